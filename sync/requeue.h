/* What was sealed, and could not be taken, goes out again.
 *
 * The store is replayed without the changesets that nobody will take, with
 * what others have in their place; if they are of this node's code, their
 * rows are entered again as local ones, under the stamps that they had. Only
 * where headquarters has taken another row with that stamp does a row get a
 * new one, and so does all that refers to it: so every copy of a node comes
 * to the same stamps, whatever it has seen of the others.
 */
#ifndef SYNC_REQUEUE_H
#define SYNC_REQUEUE_H

#include "base/map.h"
#include "chain_impl.h"
#include "epoch_impl.h"

struct cut {			/* one chain that ends here earlier */
	struct position p;	/* as the store has it; its whole epoch */
	int64_t at;		/* what follows is left out */
	bool again;		/* was left out before: only enter the rest */
	bool off;		/* not all could be entered yet */
	char from[OID_HEX];	/* the history that it was left out of */
	struct life life;	/* what is to be known of it from now on */
	char tip[OID_HEX];	/* the history to follow instead; "": none */
	bool ours;		/* of this node's code */
	bool lost;		/* what follows is in the tables alone */
	struct batch left;	/* the changes left out */
	struct map *moved;	/* of another life's: old stamp to new */
};

struct requeue {
	struct cut *cut;
	size_t n;
	const char *from;	/* where the remote's chains stand here */
	enum epoch_why why;
	stamp_t newest;		/* what headquarters has said by now */
};

/* A cut of p, all else of it empty; NULL: out of memory. */
struct cut *requeue_add(struct node *n, struct requeue *q,
    const struct position *p);
void requeue_release(struct requeue *q);
/* Take the last one back. */
void requeue_drop(struct requeue *q);
/* The changes of c's chain after c->at, of the history that ends at the
 * commit c->from, into c->left; life.upto is the last one that was good. What
 * this store has not taken is verified first. */
MUST_USE enum err_code requeue_load(struct node *n, struct cut *c,
    struct err *e);
/* n's store is another one afterwards, if any of the cuts is ours in a new
 * epoch unless nothing has been sealed in this one. The changesets left out
 * stay as evidence. */
MUST_USE enum err_code requeue_run(struct node *n, struct requeue *q,
    struct err *e);

/* requeue.c, for rebuild.c: the replay that requeue_run() wants. */
struct detour {
	struct requeue *q;
	struct map *moved;	/* this store's own: old stamp to new */
	struct map *had;	/* where what the old store had went: what is
				 * not sealed yet is about that */
	struct store *from;	/* set by rebuild_around() */
	size_t dropped;
	size_t others;		/* sealed changes that stand at another */
	stamp_t other;		/* record than was meant; the first */
};
MUST_USE enum err_code rebuild_around(struct node *n, struct detour *d,
    struct err *e);
/* Does a row of this kind get a new stamp when its own is taken? */
bool requeue_moves(const struct section *s);
/* Rows of b that are no records, edits or steps, applied; they wait already. */
MUST_USE enum err_code rebuild_plain(struct node *to, const char *chain,
    const struct batch *b, struct err *e);
/* The origin of a change of ours that waits to ride in that chain. */
void rebuild_origin(const struct node *to, const char *chain,
    struct origin *o);
/* The changes of all cuts, and of waiting (may be NULL), as local changes of
 * `to` that wait to ride in chain; d->dropped counts the steps that must be
 * taken again: they fit no more, or an operator's signature is of another
 * stamp. A second call enters what could not be entered before. A cut some of
 * whose rows must wait for headquarters is marked `off`. */
MUST_USE enum err_code requeue_rows(struct node *to, const char *chain,
    struct batch *waiting, struct detour *d, struct err *e);
/* In the caller's transaction: what is `off` is to be tried again. */
MUST_USE enum err_code requeue_note(struct store *s, const struct detour *d,
    struct err *e);
/* What an absent `replaces` means depends on the batch: write it out. */
MUST_USE enum err_code requeue_explicit(struct batch *b, struct err *e);

#endif
