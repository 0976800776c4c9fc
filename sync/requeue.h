/* What this node has sealed, and could not be taken, goes out again.
 *
 * The store is replayed without the changesets that nobody will take, with
 * what the remote has in their place; their rows are entered again as local
 * ones, under the stamps that they had, unless another life of this store has
 * used a stamp for something else: then the row gets a new one, and so does
 * all that refers to it.
 */
#ifndef SYNC_REQUEUE_H
#define SYNC_REQUEUE_H

#include "base/map.h"
#include "chain_impl.h"
#include "epoch_impl.h"

struct requeue {
	struct position ours;	/* our life of the chain */
	int64_t keep;		/* taken up to here; what follows is queued */
	const char *tip;	/* the remote's, to follow instead; "": none */
	const char *from;	/* where the remote's chains stand here */
	bool theirs;		/* another's to queue, or queued already */
	enum epoch_why why;
};

/* n's store is another one afterwards, in a new epoch unless nothing has been
 * sealed in this one. The changesets left out stay as evidence. */
MUST_USE enum err_code requeue_fork(struct node *n, const struct requeue *q,
    struct err *e);
/* The changesets of ours after keep are not in the repository any more: their
 * rows, which the store has, wait to be sealed again. */
MUST_USE enum err_code requeue_lost(struct node *n, const struct requeue *q,
    struct err *e);

/* For rebuild.c: b's records, edits and steps as local changes of `to` that
 * wait to ride in chain; *dropped counts the steps that must be taken again:
 * they fit no more, or an operator's signature is of another stamp. */
MUST_USE enum err_code requeue_rows(struct node *to, const char *chain,
    struct batch *b, struct map *moved, size_t *dropped, struct err *e);

/* rebuild.c: the replay that requeue_fork() wants. */
struct detour {
	const struct requeue *q;
	struct batch *batch;	/* of the changesets left out, oldest first */
	size_t n;
	struct map *moved;	/* old stamp to new */
	struct store *from;	/* set by rebuild_around() */
	size_t dropped;
};
/* The origin of a change of ours that waits to ride in that chain. */
void rebuild_origin(const struct node *to, const char *chain,
    struct origin *o);
MUST_USE enum err_code rebuild_around(struct node *n, struct detour *d,
    struct err *e);

#endif
