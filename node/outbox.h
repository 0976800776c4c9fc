/* The outbox: local changes not sealed yet, by the chain they will ride in.
 *
 * A branch node has one chain, node/<code>. HQ's changes go to hq/all (the
 * roster and its own records of published types), hq/<branch> (what concerns
 * one branch, receipts) or hq/HQ (its other records).
 */
#ifndef NODE_OUTBOX_H
#define NODE_OUTBOX_H

#include "store.h"

#define CHAIN_NAME 24	/* "node/" + 16 + NUL, rounded up */

/* The chain that a change to a record of this branch and type rides in. */
void outbox_chain(const struct store *s, const char *branch,
    const struct type *t, char out[CHAIN_NAME]);
/* Chains that have something waiting: up to max names into out. */
MUST_USE enum err_code outbox_chains(struct store *s, char (*out)[CHAIN_NAME],
    size_t max, size_t *n, struct err *e);
/* How many changes wait in all, files' chunks aside, and the oldest one's
 * stamp (0: none). */
MUST_USE enum err_code outbox_count(struct store *s, size_t *n,
    stamp_t *oldest, struct err *e);
/* Does a row of another kind, or about something else, wait with the stamp
 * cell[0]? */
MUST_USE enum err_code outbox_other(struct store *s, const struct section *sec,
    const struct value *cell, bool *waits, struct err *e);
/* Does the change with this stamp wait to be sealed? */
MUST_USE enum err_code outbox_has(struct store *s, stamp_t stamp, bool *waits,
    struct err *e);
/* The oldest `max` changes of chain into b (initial values, not later edits);
 * *last is the greatest stamp among them. Leaves the outbox as it is. */
MUST_USE enum err_code outbox_take(struct store *s, const char *chain,
    size_t max, struct batch *b, stamp_t *last, struct err *e);
/* They are sealed: forget all of chain up to last, in the caller's
 * transaction. */
MUST_USE enum err_code outbox_done(struct store *s, const char *chain,
    stamp_t last, struct err *e);
/* This node's rows with stamps first..last, which were sealed, are to be
 * sealed again into chain; those that wait already go on waiting. */
MUST_USE enum err_code outbox_again(struct store *s, const char *chain,
    stamp_t first, stamp_t last, struct err *e);
/* Put rows of a fixed table past TRANSITION into chain's outbox (kept
 * whole there until sealed); the other rows come by apply_batch(). */
MUST_USE enum err_code outbox_put(struct store *s, const char *chain,
    const struct batch *b, struct err *e);

#endif
