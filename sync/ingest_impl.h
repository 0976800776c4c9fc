/* Shared by tips.c, merge.c, ingest.c and ingest_limit.c; the tips serve
 * settle.c, too.
 */
#ifndef SYNC_INGEST_IMPL_H
#define SYNC_INGEST_IMPL_H

#include "chain_impl.h"

#define HEADS "refs/heads/"

struct tip {			/* one ref to be looked at */
	char ref[120];
	char chain[CHAIN_NAME], epoch8[9];
	char commit[OID_HEX];
	int rank;
};

struct tips {
	struct tip *t;
	size_t n, cap;
	const char *prefix;
	bool failed;		/* out of memory while listing */
};

struct ingest {
	struct node *n;
	const char *prefix;
	bool replay;
	bool lost;			/* HQ: its own chains, handed back */
	struct buf *notes;		/* of those, what is wrong; or NULL */
	bool receipts;			/* HQ, live: enrols, receipts */
	const struct positions *limit;	/* of a replay; NULL: none */
	enum reach reach;
	struct positions known;
	int64_t arrived;
	size_t waiting;			/* changes in the open transaction */
	bool open;
	bool locked;			/* a chain stopped: sealed from us */
	struct ingested *out;
};

struct run {			/* one chain being taken */
	const struct tip *tip;
	struct position pos;
	struct roster_row writer;	/* number 0: not known yet */
	unsigned char key[KEY_PUBLIC];
	bool enrolling;
	int64_t from, to;	/* applied, not receipted yet; 0: none */
	size_t changes;
};

/* ingest.c: HQ: what stands under prefix of epochs of its own that have ended,
 * beyond where its store has them to. */
MUST_USE enum err_code ingest_lost(struct node *n, const char *prefix,
    struct buf *notes, struct ingested *out, struct err *e);

/* tips.c: the refs of known shape under prefix, in the order in which
 * chains are taken; free(out->t). */
MUST_USE enum err_code tips_load(struct node *n, const char *prefix,
    struct tips *out, struct err *e);
/* Is this chain this node's business? */
bool tip_wanted(const struct ingest *g, const struct tip *t);

/* ingest_limit.c: the last seq of r's chain that may be taken. */
MUST_USE enum err_code ingest_limit(struct ingest *g, const struct run *r,
    int64_t *limit, struct err *e);

/* merge.c, in the open transaction: one verified changeset into the store,
 * all of it or nothing; r moves past it. */
MUST_USE enum err_code merge_link(struct ingest *g, struct run *r,
    const struct link *l, const struct batch *b, struct err *e);
/* A batch's rows that are not the roster's, a key's or a file's: those that
 * apply_batch() needs, and those that need what it does. Also for our own
 * rows that wait (rebuild.c). */
MUST_USE enum err_code merge_before(struct node *n, const char *chain,
    const struct batch *b, const struct origin *o, struct err *e);
MUST_USE enum err_code merge_after(struct node *n, const struct batch *b,
    const struct origin *o, struct err *e);
/* receipt_held.c: HQ tells the branch why its chain stands still. */
MUST_USE enum err_code receipt_refuse(struct ingest *g, const struct run *r,
    enum err_code code, const char *name, struct err *e);
/* HQ says of a changeset some of whose rows wait that it is
 * held; *told: it has said so. */
MUST_USE enum err_code receipt_held(struct ingest *g, struct run *r,
    const struct changeset_row *row, bool *told, struct err *e);
/* What was held and waits no longer has its receipt now; in the open
 * transaction. */
MUST_USE enum err_code receipts_release(struct ingest *g, struct err *e);
/* Write the receipt for what was applied since the last one. */
MUST_USE enum err_code merge_receipt(struct ingest *g, struct run *r,
    struct err *e);

#endif
