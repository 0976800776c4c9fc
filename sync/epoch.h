/* Epochs: the lives of a node's store.
 *
 * A store that was copied or put back from a backup must not go on writing
 * the chain it was writing: the one it was copied from may do so, too. It
 * begins a new epoch, and with it a new chain, before anything is sealed; its
 * old chain stays, is sent on as far as it went, and what a remote has more
 * of it is taken back like another node's. Where the two histories differ the
 * remote's stands, and what this node had sealed beside it goes out again, in
 * the new epoch, under its old stamps (requeue.h).
 */
#ifndef SYNC_EPOCH_H
#define SYNC_EPOCH_H

#include "node.h"

/* Why a new epoch began; epoch_text() has the sentences. */
enum epoch_why {
	EPOCH_COPIED,		/* the folder */
	EPOCH_OLDER,		/* the store */
	EPOCH_GONE,		/* the marker */
	EPOCH_REPO,		/* the repository is older than the store */
	EPOCH_REMOTE,		/* it has what we have not */
	EPOCH_REFUSED,		/* by headquarters */
	EPOCH_WHY_COUNT
};

/* When a node is opened for writing: its marker is looked at. */
MUST_USE enum err_code epoch_open(struct node *n, struct err *e);
/* Begin a new epoch, and say so in n->notice. At headquarters the same for
 * hq/..., which takes the root key. */
MUST_USE enum err_code epoch_start(struct node *n, enum epoch_why why,
    struct err *e);

/* A branch node, after a fetch from remote into refs/remotes/<remote>/: hold
 * what the remote has of this node's chains against its own, and do what the
 * text above says. *again: there is something to seal and to send. Expected:
 * ERR_SIGNATURE (the remote has what this node never signed). */
MUST_USE enum err_code epoch_settle(struct node *n, const char *remote,
    bool *again, struct err *e);
/* Is this one of the node's own chains, and to be sent to remotes? */
bool epoch_sends(struct store *s, const struct position *p);

/* Since when the node is in its epoch and why; at_ms 0: since it was made. */
struct epoch_note { int64_t at_ms; enum epoch_why why; };
MUST_USE enum err_code epoch_last(struct store *s, struct epoch_note *out,
    struct err *e);
const char *epoch_text(enum epoch_why why);	/* translated */
const char *epoch_word(enum epoch_why why);

#endif
