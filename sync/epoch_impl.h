/* Shared by epoch.c, settle.c and requeue.c.
 */
#ifndef SYNC_EPOCH_IMPL_H
#define SYNC_EPOCH_IMPL_H

#include "epoch.h"

/* In the caller's transaction: the store is in a new epoch. */
MUST_USE enum err_code epoch_renew(struct store *s, enum epoch_why why,
    struct err *e);
void epoch_notice(struct node *n, enum epoch_why why);

/* In the caller's transaction: this store has lived in that epoch. */
MUST_USE enum err_code epoch_lived(struct store *s, const char *epoch,
    struct err *e);
/* In the caller's transaction: what this store had sealed in that epoch, and
 * could not be taken, has been queued again; its chain is not to be taken
 * further than limit, not be sent on, and not be looked at again. */
MUST_USE enum err_code epoch_settled(struct store *s, const char *epoch,
    int64_t limit, struct err *e);
/* Is or was this store in that epoch, is it settled, and how far? */
MUST_USE enum err_code epoch_life(struct store *s, const char *epoch,
    bool *ours, bool *settled, int64_t *limit, struct err *e);

/* Where the chain that ends at tip parts from ours, which p ends: the first
 * `keep` changesets are the same, and the next of tip's is signed by who may
 * write the chain. Anything but OK: it is not. */
MUST_USE enum err_code fork_point(struct node *n, const struct position *p,
    const char *tip, int64_t *keep, struct err *e);

#endif
