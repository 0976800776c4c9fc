/* Rights: what the operator who acts may do, by the catalogue. Without an
 * operator acting all is allowed but approving twice and handling what one
 * approves, as far as names tell. Between record*.c, import*.c, apply_signed.c and
 * operator_sign.c only.
 */
#ifndef NODE_RIGHT_H
#define NODE_RIGHT_H

#include "check.h"
#include "operator.h"
#include "record.h"

/* May a record with these cells be entered? Notes ERR_ROLE. */
void right_create(const struct store *s, const struct type *t,
    const struct value *cell, struct problems *p);
/* May fields of a record of this type be changed? Whoever enters such
 * records or takes steps with them may. ERR_ROLE. */
MUST_USE enum err_code right_change(const struct store *s,
    const struct type *t, struct err *e);
/* The hint of a refusal: which roles the one who acts has. */
enum err_code right_hint(const struct store *s, struct err *e);

/* Is the one who takes the step (by; the record stands at state_at) none of
 * those whom the step's `unlike` names? cell is the record's row. ERR_SOD. */
MUST_USE enum err_code right_duties(struct store *s, const struct record *r,
    const char *from, const char *to, stamp_t state_at,
    const struct value *cell, const struct value *by, struct err *e);
/* The same for a step of the past: by whom at the stamp, what it replaced.
 * cell NULL: without looking at fields, which may have changed since. */
struct past_step {
	const struct type *type;
	const struct transition *step;
	stamp_t record, stamp, before;
	const char *by;
	const struct value *cell;
};
MUST_USE enum err_code right_past(struct store *s, const struct past_step *p,
    struct err *e);

/* A new TRANSITION row: signed by the operator who acts, if there is one. */
MUST_USE enum err_code right_sign(struct store *s, struct value *cell,
    struct batch *b, struct err *e);

#endif
