/* Checkpoints: headquarters' signed word on where every chain stands, and the
 * proofs that follow from it. docs/format-checkpoint.md.
 *
 *   checkpoint.root     RFC 6962 root over the tips, sorted by chain, epoch
 *   tip.tree            RFC 6962 root over the chain's commits 1..seq
 *   state.root          RFC 6962 root over a branch's records, by id
 *
 * hq/all has a tip, too: where it stood before the changeset that carries the
 * checkpoint. So each changeset of each chain leads to the root by two paths.
 *   checkpoint.c (making)  checkpoint_proof.c  checkpoint_state.c
 */
#ifndef SYNC_CHECKPOINT_H
#define SYNC_CHECKPOINT_H

#include "checkpoint_row.h"
#include "merkle.h"
#include "node.h"

/* One leaf and its audit path. */
struct merkle_proof {
	merkle_hash leaf;
	uint64_t index, n;
	merkle_hash path[MERKLE_PATH_MAX];
	size_t len;
};

/* The text that a tip's leaf hashes, one line with its LF:
 * "chain epoch seq sha256 tree stopped", "-" for an empty `stopped`. */
void tip_line(const struct tip_row *t, struct buf *out);
/* The leaf of a changeset in its chain's tree, from the SHA-256 (hex) of its
 * commit. False if it is not 64 hex digits. */
MUST_USE bool chain_leaf(const char *sha256, merkle_hash out);
/* The leaf of a record in its branch's state: stamps ascending. */
void state_leaf(stamp_t record, const stamp_t *stamp, size_t n,
    struct buf *scratch, merkle_hash out);

/* The first checkpoint that covers a changeset (number 0: none does yet). For
 * hq/all, too. */
MUST_USE enum err_code checkpoint_covering(struct node *n, const char *chain,
    const char *epoch, int64_t seq, struct checkpoint_row *out,
    struct err *e);
/* The newest checkpoint that came with a STATE of branch (number 0: none);
 * *state is that row. */
MUST_USE enum err_code checkpoint_with_state(struct node *n,
    const char *branch, struct checkpoint_row *out, struct state_row *state,
    struct err *e);

/* The chain's tip under c, and its path to c->root; compared with c->root.
 * Expected: ERR_NOT_FOUND (c has no such chain), ERR_SPLIT (the tips here do
 * not give its root). */
MUST_USE enum err_code checkpoint_prove_tip(struct node *n,
    const struct checkpoint_row *c, const char *chain, const char *epoch,
    struct tip_row *tip, struct merkle_proof *out, struct err *e);
/* The path of changeset seq <= tip->seq to tip->tree; compared with it.
 * Expected: ERR_NOT_FOUND (the chain is not here as far as that), ERR_SPLIT. */
MUST_USE enum err_code checkpoint_prove_commit(struct node *n,
    const struct tip_row *tip, int64_t seq, struct merkle_proof *out,
    struct err *e);
/* The path of a record to the root of its branch's STATE row, which c came
 * with, worked out from the store as of c; compared with it. *stamps: what
 * touched the record by then, u64 big-endian each, ascending.
 * Expected: ERR_NOT_FOUND (no such record by then), ERR_SPLIT (the store does
 * not give the root). */
MUST_USE enum err_code checkpoint_prove_state(struct node *n,
    const struct checkpoint_row *c, const struct state_row *state,
    stamp_t record, struct merkle_proof *out, struct buf *stamps,
    struct err *e);

/* In the caller's transaction, for each changeset that is sealed or merged,
 * after changeset_add(): its leaf into the chain's tree, its checkpoint rows
 * into the tables, its Wellhead-Seen noted. */
struct header;
MUST_USE enum err_code checkpoint_step(struct node *n,
    const struct header *h, const struct changeset_row *row,
    const struct batch *b, struct err *e);
/* For verify, of one changeset and the SHA-256 of its commit: do the tips give
 * the root of the checkpoint that it carries; at headquarters, is what it has
 * seen a checkpoint of ours, or known not to be? Expected: ERR_SPLIT. */
MUST_USE enum err_code witness_check(struct node *n, const struct header *h,
    const char sha256[SHA_HEX], struct err *e);
/* Wellhead-Seen of what is sealed now: a name, or "none". */
MUST_USE enum err_code checkpoint_seen(struct node *n, char out[SHA_HEX],
    struct err *e);

/* HQ, with everything else sealed: put a checkpoint into hq/all's outbox if
 * any chain stands elsewhere than at the last one, or if states (then with
 * STATE rows of the branches that changed). *made: there is something to
 * seal. In a transaction of its own. */
MUST_USE enum err_code checkpoint_write(struct node *n, bool states,
    bool *made, struct err *e);
/* Seal all, write a checkpoint if one is due, seal it: what `sync` does at
 * headquarters' end, and `checkpoint` with states. */
struct sealed;
MUST_USE enum err_code checkpoint_make(struct node *n, bool states,
    struct sealed *out, struct err *e);

#endif
