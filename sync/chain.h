/* Chains: append, walk, verify.
 */
#ifndef SYNC_CHAIN_H
#define SYNC_CHAIN_H

#include "node.h"

/* Seal whatever the outbox holds into the chains it belongs to. Crash order:
 * objects durable, then one store transaction (tip, outbox), then the ref;
 * node_open() sets a ref that is behind. */
struct sealed { size_t changesets, records, edits, transitions;
	uint64_t bytes, raw_bytes; };
MUST_USE enum err_code seal_all(struct node *n, struct sealed *out,
    struct err *e);
void sealed_add(struct sealed *to, const struct sealed *s);

/* One verified changeset. */
struct link {
	struct header h;
	char commit[OID_HEX], sha256[SHA_HEX];
	unsigned char signer[KEY_PUBLIC];	/* once it is verified */
	struct buf payload;		/* the blob, verified against h */
	struct buf text, armored;	/* the signed bytes; scratch */
};
void link_release(struct link *l);

/* Read and verify the one changeset at `commit` as the successor of `after`
 * (after->seq 0: the chain's first): object sizes, tree shape, header,
 * Org, Chain, Seq = last + 1, Prev, parent, Payload, author, signature. Signed
 * by public; NULL: by whichever key may sign there (signer.h). Nothing is
 * inflated. Expected: ERR_CHAIN ERR_SIGNATURE ERR_KEY ERR_REVOKED
 * ERR_UNDETERMINED ERR_FORMAT ERR_CORRUPT ERR_NEWER ERR_TOO_BIG. */
MUST_USE enum err_code link_read(struct node *n, const char *commit,
    const struct position *after, const unsigned char *public,
    struct link *l, struct err *e);
/* Inflate and decode a verified link's payload, Root compared, into b. The
 * dictionary (h.dict) is read from the same chain. */
MUST_USE enum err_code link_batch(struct node *n, const struct link *l,
    struct batch *b, struct err *e);
/* Commits after `after` up to tip, oldest first, newline-separated in out.
 * Reads parents only. ERR_CHAIN when `after` is not an ancestor of tip. */
MUST_USE enum err_code chain_commits(struct node *n, const char *tip,
    const struct position *after, struct buf *out, struct err *e);

/* Verify chains in the repository from their first changeset: signatures,
 * order, payload hashes, authority. chain NULL: all; VERIFY_DEEP: also the
 * store against a replay. fn is told of every chain; a bad changeset goes into
 * report->code, seq, detail. With all chains also what operators signed, as
 * the store has it: chain "steps", if there is any. OK when all are good, else the first bad code. */
struct verify_report { char chain[CHAIN_NAME], epoch[33]; int64_t changesets;
	int64_t bytes; enum err_code code; int64_t seq; char detail[600];
	int64_t before; };	/* of changesets: verified an earlier time */
typedef int (*verify_fn)(void *arg, const struct verify_report *r);
#define VERIFY_DEEP 1u
#define VERIFY_NEW 2u	/* go on from what was verified before (verified.h) */
MUST_USE enum err_code verify_chains(struct node *n, const char *chain,
    unsigned how, verify_fn fn, void *arg, struct err *e);

/* Verify and merge everything under `prefix` ("refs/heads/" at HQ,
 * "refs/remotes/<name>/" after a fetch) that is past the store's position.
 * A bad changeset stops its own chain, is kept in its position (stopped,
 * reason), and the others go on. */
struct ingested { size_t changesets, records, edits, transitions, held,
	conflicts, enrolled, stopped; uint64_t bytes; };
MUST_USE enum err_code ingest_all(struct node *n, const char *prefix,
    struct ingested *out, struct err *e);

/* seal, push, fetch, merge with one remote (NULL: all of the node's); at HQ
 * with no remote, ingest its own repository, write receipts, seal them. */
struct synced { struct sealed sealed; struct ingested in;
	size_t pushed, unsent;	/* changesets; unsent: left for another time */
	uint64_t sent, received; };
struct sync_options { const char *remote; int deadline_s;
	uint64_t budget;	/* bytes both ways, 0: any; ERR_BUDGET */
	bool now;		/* outside a remote's window too */
	struct buf *notes;	/* lines for people; may be NULL */
	void (*progress)(void *arg, uint64_t sent, uint64_t received);
	void *arg; };
MUST_USE enum err_code sync_run(struct node *n, const struct sync_options *o,
    struct synced *out, struct err *e);

/* The store again from the chains, in a new file beside it, checked, then
 * renamed into place. What is unsealed is carried over, still unsealed. */
MUST_USE enum err_code rebuild_run(struct node *n, struct err *e);

#endif
