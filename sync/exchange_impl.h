/* One sync with one remote: what is moved, and within which limits.
 *   exchange.c (the course of a sync)  exchange_move.c  exchange_link.c
 *   exchange_courier.c  exchange_files.c  exchange_lost.c
 */
#ifndef SYNC_EXCHANGE_IMPL_H
#define SYNC_EXCHANGE_IMPL_H

#include "chain_impl.h"
#include "remote_link.h"
#include "transport.h"

#define TRACKING "refs/remotes/"

struct exchange {
	struct node *n;
	const struct sync_options *o;
	struct synced *out;
	int64_t until_ms;		/* 0: no deadline of the caller's */
	const struct remote_row *remote;
	struct refspec *spec;
	size_t nspec, cap;
	bool files;		/* exchange_push() sends file/... only */
	bool mail;		/* a letter goes with this push */
};

/* Where refs/heads/X of the remote stands here. */
void exchange_tracking(const struct exchange *x, const char *head,
    char to[120]);
/* Ask for refs/heads/X with the next fetch; "refs/heads/node/" and '*' asks
 * for all that the remote has below. */
MUST_USE enum err_code exchange_want(struct exchange *x, const char *head,
    struct err *e);
/* The same of refs/mail/X: headquarters' letter to this node; at headquarters
 * those of all nodes. */
MUST_USE enum err_code exchange_want_mail(struct exchange *x, struct err *e);
/* refs/mail/<prefix><code> of every node: prefix "" or "hq/". */
MUST_USE enum err_code exchange_want_letters(struct exchange *x,
    const char *prefix, struct err *e);
/* All that was asked for, in one go. */
MUST_USE enum err_code exchange_fetch(struct exchange *x, struct err *e);
/* Send our chains: what the remote is not known to have, or all of it. What
 * landed is noted even if the rest did not. */
MUST_USE enum err_code exchange_push(struct exchange *x, bool all,
    struct err *e);

/* The two halves of a push of other refs: put one on the list, send the
 * list. */
MUST_USE enum err_code exchange_give(struct exchange *x, const char *from,
    const char *to, struct err *e);
MUST_USE enum err_code exchange_give_all(struct exchange *x, struct err *e);
/* exchange_lost.c: what headquarters has lost of its own chains goes back to
 * it. That it does not take it is noted, and no failure. */
MUST_USE enum err_code exchange_push_lost(struct exchange *x, struct err *e);
/* Ask for what was handed back there; code: by that node, NULL: by all. */
MUST_USE enum err_code exchange_want_lost(struct exchange *x,
    const char *code, struct err *e);

/* After everything else: send our files' chains; ask for those of files that
 * are named here and are not here. *came: something did, even if not all. */
MUST_USE enum err_code exchange_push_files(struct exchange *x,
    struct err *e);
MUST_USE enum err_code exchange_fetch_files(struct exchange *x, bool *came,
    struct err *e);

/* After all: count what the remote does not have yet; rc is how it went so
 * far, and *e says what is left when the bytes or the time ran out. */
MUST_USE enum err_code exchange_unsent(struct exchange *x, enum err_code rc,
    struct err *e);

/* Is the remote a courier's folder? There exchange_push() writes files for
 * whoever reads the stick next, and always all that he may lack: it may be
 * another stick than last time. */
bool exchange_by_hand(const struct exchange *x);
MUST_USE enum err_code exchange_carry(struct exchange *x, struct err *e);
/* Is this chain one that we send? */
bool exchange_sends(struct store *s, const struct position *p);
/* All of our chains have gone to this remote. */
MUST_USE enum err_code exchange_note_sent(struct exchange *x,
    const struct positions *ps, struct err *e);

/* What is left of the caller's time and bytes, and what suits the link.
 * Expected: ERR_DEADLINE, ERR_BUDGET. */
MUST_USE enum err_code exchange_limits(const struct exchange *x,
    struct transfer *t, struct err *e);
/* After a transfer, whatever became of it: count it, remember the link. */
MUST_USE enum err_code exchange_moved(struct exchange *x,
    const struct transfer *t, struct err *e);
/* May this remote be used now? Its window is open, the caller says so, or
 * something urgent waits. */
MUST_USE enum err_code exchange_open(const struct exchange *x,
    const struct remote_row *r, bool *open, struct err *e);

#endif
