/* A new epoch of headquarters' chains.
 *
 * When headquarters was restored from an older copy, or its key was stolen, it
 * must not go on writing chains that others have seen more of. Its chains
 * begin again: the first changeset of the new hq/all is signed by the root
 * key, the roster and the limits of keys follow, and the first checkpoint
 * lists every tip. Receipts of the old epoch that these tips do not confirm
 * count no longer. Branches keep the old chains, under refs/heads/past/.
 */
#ifndef SYNC_HQ_EPOCH_H
#define SYNC_HQ_EPOCH_H

#include "epoch.h"

/* Headquarters, outside a transaction. The old epoch's refs move to
 * refs/heads/past/; nothing is sealed yet. Expected: ERR_KEY (the root key is
 * not here), ERR_ROLE. */
MUST_USE enum err_code hq_epoch_start(struct node *n, enum epoch_why why,
    struct err *e);
/* In the caller's transaction: before anything is sealed again, a new epoch
 * is to begin. */
MUST_USE enum err_code hq_epoch_need(struct node *n, struct err *e);
/* Begin it if it is needed. Expected: hq_epoch_start()'s. */
MUST_USE enum err_code hq_epoch_due(struct node *n, struct err *e);
/* Is it needed? */
MUST_USE enum err_code hq_epoch_waits(struct store *s, bool *out,
    struct err *e);

#endif
