/* Shared by epoch.c, fork.c, settle.c and requeue.c.
 */
#ifndef SYNC_EPOCH_IMPL_H
#define SYNC_EPOCH_IMPL_H

#include "epoch.h"
#include "repo.h"

/* In the caller's transaction: the store is in a new epoch. */
MUST_USE enum err_code epoch_renew(struct store *s, enum epoch_why why,
    struct err *e);
void epoch_notice(struct node *n, enum epoch_why why);

/* In the caller's transaction: this store has lived in that epoch. */
MUST_USE enum err_code epoch_lived(struct store *s, const char *epoch,
    struct err *e);
/* What a store knows of an epoch of a node. One is settled when what it held
 * after `keep` was left out here, and queued again if it was this node's. */
struct life {
	bool lived;		/* by this store; it may go on unless settled */
	bool settled;
	int64_t keep;
	/* it may be taken up to here, and on as far as headquarters has */
	int64_t limit;
	int64_t upto;		/* of what is followed: queued again to here */
	/* Of what follows `rest` in the history that ends at rest_tip some
	 * could not be entered before headquarters says more than it had said
	 * by `since`; "": nothing. */
	int64_t rest;
	char rest_tip[OID_HEX];
	stamp_t since;
};
MUST_USE enum err_code epoch_life(struct store *s, const char *epoch,
    struct life *out, struct err *e);
/* In the caller's transaction. */
MUST_USE enum err_code epoch_settled(struct store *s, const char *epoch,
    const struct life *l, struct err *e);

/* Where the chain that ends at tip parts from ours, which p ends: the first
 * `keep` changesets are the same, and the next of tip's is signed by who may
 * write the chain. Anything but OK: it is not. */
MUST_USE enum err_code fork_point(struct node *n, const struct position *p,
    const char *tip, int64_t *keep, struct err *e);
/* The changeset after `at` in the list, a commit a line, from skip on, must be
 * one that may stand there: anybody can put a ref there. */
MUST_USE enum err_code fork_next(struct node *n, const struct position *at,
    const struct buf *list, size_t skip, struct err *e);

#endif
