/* Operators: the people at a node, their roles, their keys; who acts now.
 *
 * A node says who works at it by rows of the wire table OPERATOR: a branch
 * node's in its own chain, HQ's in hq/all. Rows are only added. For a change
 * that a node made, that node's newest row of the code before the change's
 * stamp holds; one without roles takes the operator off. So what was signed
 * stays good after its signer has left. docs/format-trust.md has the bytes.
 *   operator.c  operator_sign.c (what is signed)
 */
#ifndef NODE_OPERATOR_H
#define NODE_OPERATOR_H

#include "base/date.h"
#include "store.h"

#define OPERATOR_ROOM 49	/* bytes of a code, with its NUL */
#define OPERATOR_ROLES_ROOM 240
#define OPERATOR_SIGNATURE 96	/* SHA-256 of the content, then Ed25519 */

struct operator_row {
	stamp_t stamp;
	uint16_t node;			/* whose operator: the stamp's */
	char code[OPERATOR_ROOM];	/* the name; one person at the node */
	char branch[17];		/* "HQ" at headquarters */
	stamp_t person;			/* 0: not told */
	char roles[OPERATOR_ROLES_ROOM]; /* ["chair","clerk"], sorted */
	unsigned char key[32];		/* Ed25519 public key */
	char from[DATE_TEXT], to[DATE_TEXT];	/* "" : open */
};

/* 1 to 48 bytes of UTF-8, no control characters, no space at an end. */
bool operator_code_ok(struct slice code);
/* Had the operator the role on that day (ISO)? */
bool operator_has(const struct operator_row *r, const char *role,
    const char *day);
/* "chair, clerk"; nothing for one who was taken off. */
void operator_roles_text(const struct operator_row *r, struct buf *out);
/* The roles as r->roles has them, from n keys in any order. Expected:
 * ERR_NOT_FOUND (no such role), ERR_ROLE (HQ's role at a branch), ERR_USAGE. */
MUST_USE enum err_code operator_roles(const struct store *s,
    const char *const *role, size_t n, char out[OPERATOR_ROLES_ROOM],
    struct err *e);

/* The row that holds for a change of `node` at the stamp `before`
 * (INT64_MAX: now). Expected: ERR_NOT_FOUND. */
MUST_USE enum err_code operator_at(struct store *s, uint16_t node,
    const char *code, stamp_t before, struct operator_row *out,
    struct err *e);
/* Had the node any operator before that stamp? */
MUST_USE enum err_code operator_any(struct store *s, uint16_t node,
    stamp_t before, bool *yes, struct err *e);
/* The rows that hold now, of all nodes, also those taken off. */
typedef int (*operator_fn)(void *arg, const struct operator_row *r);
MUST_USE enum err_code operator_each(struct store *s, operator_fn fn,
    void *arg, struct err *e);
/* A new row of this node: applied here, put into the outbox. Stamp, node and
 * branch are filled in. In the caller's transaction. */
MUST_USE enum err_code operator_put(struct store *s, struct operator_row *r,
    struct err *e);
/* The OPERATOR rows of a batch from the chain of `branch` ("HQ"). Expected:
 * ERR_FORMAT, ERR_FOREIGN, ERR_ROLE. */
MUST_USE enum err_code operator_apply(struct store *s, const struct batch *b,
    const char *branch, struct err *e);

/* Who makes local changes from here on. Borrowed; NULL: nobody is named. */
struct actor {
	struct operator_row row;
	const void *key;		/* given to sign */
	void (*sign)(const void *key, struct slice message,
	    unsigned char out[64]);
	void (*hash)(struct slice s, unsigned char out[32]);
};
void operator_act(struct store *s, const struct actor *a);
const struct actor *operator_acting(const struct store *s);
/* A node that has operators takes changes from them alone: ERR_ROLE. */
MUST_USE enum err_code operator_required(struct store *s, struct err *e);
/* The acting operator's code, else what was given. */
const char *operator_by(const struct store *s, const char *given);
/* May who acts use this role today? Without operators everybody may; what
 * happens by its date alone (role "system") any operator may note. */
bool operator_may(const struct store *s, const char *role);

/* The bytes that an operator signs for a step: cell is a row of TRANSITION,
 * `replaces` the stamps it replaces, content the record's content hash. */
MUST_USE enum err_code operator_message(const char *org,
    const struct value *cell, const stamp_t *replaces, size_t n,
    const unsigned char content[32], struct buf *out, struct err *e);
/* The bytes whose SHA-256 is that hash, of a row of the type's table. */
void operator_content_add(const struct type *t, const struct value *cell,
    struct buf *out);
/* The same of a record in the store: the record's values as known before
 * the stamp. */
MUST_USE enum err_code operator_content(struct store *s, stamp_t record,
    stamp_t before, struct buf *out, struct err *e);
/* Look back at every signed step in the store: the signature is right, by
 * one who had the role, the hash is the record's content's, and no field of
 * the record then named the signer where that must not be. The record is not
 * judged where an edit of another node, or one ahead of its time, stands
 * before the step: the signer may not have known it. *n steps were good.
 * Expected: ERR_SIGNATURE, ERR_KEY, ERR_ROLE, ERR_SOD, naming the record of
 * the first that is not. */
struct operator_proof {
	void (*hash)(struct slice s, unsigned char out[32]);
	bool (*verify)(const unsigned char key[32], struct slice message,
	    const unsigned char signature[64]);
};
MUST_USE enum err_code operator_verify(struct store *s,
    const struct operator_proof *proof, size_t *n, struct err *e);

#endif
