/* Letters: keys of values of level X, outside the chains, so that an erasure
 * can end them. docs/format-sealing.md.
 *
 *   refs/mail/<code>       a node to headquarters
 *   refs/mail/hq/<code>    headquarters to a node
 *
 * Each is one blob that the next one replaces. A node tells the keys of what
 * headquarters has not receipted yet or asks for, and asks for those that it
 * lacks; headquarters answers who may read the values.
 */
#ifndef SYNC_MAIL_H
#define SYNC_MAIL_H

#include "node.h"
#include "record_key.h"

#define MAIL_REFS "refs/mail/"
#define MAIL_MAX (1 << 20)	/* bytes of a letter */

/* Headquarters, in a transaction: its mail key, for an invitation. */
MUST_USE enum err_code mail_key_ours(struct node *n,
    unsigned char public[KEY_PUBLIC], struct err *e);
/* A new node: that is headquarters'. */
MUST_USE enum err_code mail_key_hq(struct store *s,
    const unsigned char public[KEY_PUBLIC], struct err *e);

/* A node: the letter to headquarters as it should be now. */
MUST_USE enum err_code mail_write(struct node *n, struct err *e);
/* Does it say what this remote has not been sent? */
MUST_USE enum err_code mail_due(struct node *n, const char *remote, bool *due,
    struct err *e);
/* In a transaction: it has been sent there. */
MUST_USE enum err_code mail_sent(struct node *n, const char *remote,
    struct err *e);
/* The link did not last for it (or it did): the next one is shorter. */
MUST_USE enum err_code mail_size(struct node *n, bool lasted, struct err *e);
/* A node: what headquarters' letter that came from this remote says. */
MUST_USE enum err_code mail_take(struct node *n, const char *remote,
    struct err *e);

/* Headquarters: the letters that came by this remote; NULL: into its own
 * repository, from where they are taken away. again: those that were read
 * before, too, for there is something new that their keys may open. */
MUST_USE enum err_code mail_collect(struct node *n, const char *remote,
    bool again, struct err *e);
/* Headquarters: a letter for everybody who is to have one. */
MUST_USE enum err_code mail_answer(struct node *n, struct err *e);
/* Those that this remote has not been sent; in a transaction: they have
 * been. */
typedef int (*mail_ref_fn)(void *arg, const char *ref);
MUST_USE enum err_code mail_answers_due(struct node *n, const char *remote,
    mail_ref_fn fn, void *arg, struct err *e);
MUST_USE enum err_code mail_answers_sent(struct node *n, const char *remote,
    struct err *e);

/* Does the letter at refs/mail/<own code>, or at headquarters the one to this
 * node, belong on a stick? Not one that says nothing, and has been there. */
MUST_USE enum err_code mail_carried(struct node *n, const char *remote,
    const char *code, bool *yes, struct err *e);

/* Where "refs/mail/X" of a remote stands here. */
void mail_tracking(const char *remote, const char *ref, char to[120]);

#endif
