/* One local write: a transaction, the batch it applies, its origin. Between
 * record.c, record_do.c and record_resolve.c only.
 */
#ifndef NODE_RECORD_WRITE_H
#define NODE_RECORD_WRITE_H

#include "entry.h"
#include "right.h"

struct write {
	struct store *s;
	struct batch b;		/* what is applied */
	struct batch scratch;	/* cells looked at, never applied */
	bool open;
};

/* What people write beside fields: given to check_value() as fields are. */
extern const struct field field_ext, field_by, field_reason, field_note;

MUST_USE enum err_code write_begin(struct write *w, struct store *s,
    struct err *e);
/* Apply and commit when rc is OK and there are rows; roll back otherwise.
 * Returns rc, or what went wrong. Always ends w. */
MUST_USE enum err_code write_end(struct write *w, const char *branch,
    enum err_code rc, struct err *e);

/* Text beside fields, checked as f says; NULL and "" give VALUE_NULL. */
bool write_text(struct write *w, const struct field *f, const char *text,
    struct value *out, struct problems *p);
/* Who writes: the operator who acts, else what was given. */
void write_by(struct write *w, const char *by, struct value *out,
    struct problems *p);
/* A row of the edit table; replaces NULL: the initial value. */
MUST_USE enum err_code write_edit(struct write *w, const struct record *r,
    const char *field, const struct value *v, const char *replaces,
    const struct value *by, struct err *e);
struct step {			/* a row of the transition table */
	const char *from, *to, *role, *on, *replaces;
	struct value by, note;
	char known[32];		/* room for what replaces points at */
};
/* Signed by the operator who acts. */
MUST_USE enum err_code write_step(struct write *w, const struct record *r,
    const struct step *step, struct err *e);
/* record_do.c: may this node, and the operator who acts, act in that role on
 * the record? HQ acts in any on its own records, in its own roles on a
 * branch's; a branch in all but HQ's. */
bool write_role(const struct store *s, const struct record *r,
    const char *role);

#endif
