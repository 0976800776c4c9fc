/* The way of one change: entered, sealed, carried, arrived, applied, covered
 * by a checkpoint; as far as this node knows. For `why`.
 */
#ifndef SYNC_WAY_H
#define SYNC_WAY_H

#include "checkpoint_row.h"
#include "node.h"

struct way {
	struct changeset_row sealed;	/* seq 0: not sealed, or not here */
	bool waits;			/* in this node's outbox */
	bool own;			/* sealed by this node */
	struct position at;		/* its chain: why it stands still */
	char remote[33];		/* one that has it; "": none has */
	struct receipt_row receipt;	/* from_seq 0: none */
	struct checkpoint_row covered;	/* number 0: not yet */
};

/* branch: of the record that the stamp belongs to. */
MUST_USE enum err_code way_of(struct node *n, stamp_t stamp,
    const char *branch, struct way *out, struct err *e);

#endif
