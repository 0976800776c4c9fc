/* The roster: which nodes may sign, and HQ's pending invitations.
 */
#ifndef NODE_ROSTER_H
#define NODE_ROSTER_H

#include "store.h"

struct roster_row {
	stamp_t stamp;
	uint16_t number;
	char code[17], branch[17], name[201];
	char kind[8];			/* "hq", "branch" or "auditor" */
	unsigned char key[32];		/* Ed25519 public key */
};

/* Apply a NODE section's rows (from hq/all, or HQ's own). */
MUST_USE enum err_code roster_apply(struct store *s, const struct batch *b,
    struct err *e);
/* Expected: ERR_NOT_FOUND. */
MUST_USE enum err_code roster_by_code(struct store *s, const char *code,
    struct roster_row *out, struct err *e);
typedef int (*roster_fn)(void *arg, const struct roster_row *r);
MUST_USE enum err_code roster_each(struct store *s, roster_fn fn, void *arg,
    struct err *e);
/* HQ: add a node: the row is applied here and put in hq/all's outbox. */
MUST_USE enum err_code roster_add(struct store *s, struct roster_row *r,
    struct err *e);

struct invitation_row {			/* local to HQ */
	uint16_t number;
	char code[17], branch[17], name[201];
	char kind[8];			/* "branch" or "auditor" */
	unsigned char token[32];
	bool used;
};
/* Takes the next free node number into r->number. Expected: ERR_EXISTS when
 * the code is invited or on the roster already. */
MUST_USE enum err_code invitation_add(struct store *s,
    struct invitation_row *r, struct err *e);
MUST_USE enum err_code invitation_by_code(struct store *s, const char *code,
    struct invitation_row *out, struct err *e);
MUST_USE enum err_code invitation_use(struct store *s, const char *code,
    struct err *e);

#endif
