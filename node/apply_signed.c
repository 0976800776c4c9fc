/* Steps that operators sign. What a step says is judged here by the rows of
 * its own node alone, which stand in the chain before it, so that the answer
 * does not depend on what else has come.
 */
#include "apply_impl.h"

#include "right.h"

/* A node that has operators takes no step without one. What happens by its
 * date, and what is told of the time before, nobody signs. */
static enum err_code unsigned_check(struct store *s, const struct change *ch,
    struct err *e)
{
	const struct value *imported = &ch->cell[TRANSITION_IMPORTED];
	const struct value *role = &ch->cell[TRANSITION_ROLE];
	enum err_code r;
	bool any;

	if (!s->noperator || (imported->kind == VALUE_INT && imported->i) ||
	    (role->kind == VALUE_TEXT && slice_eqs(role->s, "system")))
		return OK;
	r = operator_any(s, stamp_node(ch->stamp), ch->stamp, &any, e);
	return r != OK || !any ? r : err_set(e, ERR_SIGNATURE,
	    _("no operator has signed it, though its node has operators"));
}

/* The operator and the signature are of the right form, and nothing else
 * says who it was. */
static bool well_formed(const struct change *ch)
{
	const struct value *code = &ch->cell[TRANSITION_OPERATOR];
	const struct value *signature = &ch->cell[TRANSITION_SIGNATURE];
	const struct value *imported = &ch->cell[TRANSITION_IMPORTED];

	return code->kind == VALUE_TEXT && operator_code_ok(code->s) &&
	    signature->kind == VALUE_BYTES &&
	    signature->s.n == OPERATOR_SIGNATURE &&
	    value_eq(code, &ch->cell[TRANSITION_BY]) &&
	    !(imported->kind == VALUE_INT && imported->i);
}

static enum err_code role_check(const struct change *ch,
    const struct operator_row *row, struct err *e)
{
	const struct value *v = &ch->cell[TRANSITION_ROLE];
	char day[DATE_TEXT], role[40];

	if (!value_copy_name(v, role, sizeof role))
		return err_set(e, ERR_ROLE, _("it names no role"));
	date_text(stamp_ms(ch->stamp) / 86400000, day);
	if (strcmp(role, "system") == 0 || operator_has(row, role, day))
		return OK;
	return err_set(e, ERR_ROLE, _("its operator had not the role %s on "
	    "%s"), role, day);
}

static enum err_code signature_check(struct applying *a,
    const struct change *ch, const struct operator_row *row, struct err *e)
{
	const unsigned char *p = ch->cell[TRANSITION_SIGNATURE].s.p;
	struct buf message = BUF_INIT;
	enum err_code r;

	if (a->o->local)
		return OK;
	if (!a->o->verify)
		return err_set(e, ERR_INTERNAL, _("there is nothing to verify "
		    "signatures with"));
	r = operator_message(a->s->id.org, ch->cell, ch->replaces,
	    ch->nreplaces, p, &message, e);
	if (r == OK && !a->o->verify(row->key, slice_buf(&message), p + 32))
		r = err_set(e, ERR_SIGNATURE, _("its operator's signature is "
		    "wrong"));
	buf_release(&message);
	return r;
}

/* Well-formed, or kept as such. */
static void code_of(const struct change *ch, char out[OPERATOR_ROOM])
{
	struct slice s = ch->cell[TRANSITION_OPERATOR].s;

	snprintf(out, OPERATOR_ROOM, "%.*s", (int)(s.n < OPERATOR_ROOM ?
	    s.n : OPERATOR_ROOM - 1), (const char *)s.p);
}

enum err_code change_signed(struct applying *a, const struct change *ch,
    struct err *e)
{
	char code[OPERATOR_ROOM];
	struct operator_row row;
	enum err_code r;

	if (ch->kind != TABLE_TRANSITION)
		return OK;
	if (ch->cell[TRANSITION_OPERATOR].kind == VALUE_NULL &&
	    ch->cell[TRANSITION_SIGNATURE].kind == VALUE_NULL)
		return unsigned_check(a->s, ch, e);
	if (!well_formed(ch))
		return err_set(e, ERR_FORMAT, _("its operator or signature is "
		    "not of the right form"));
	code_of(ch, code);
	r = operator_at(a->s, stamp_node(ch->stamp), code, ch->stamp, &row,
	    e);
	if (r == ERR_NOT_FOUND)
		return err_set(e, ERR_KEY, _("its node has told of no such "
		    "operator"));
	if (r == OK)
		r = role_check(ch, &row, e);
	return r == OK ? signature_check(a, ch, &row, e) : r;
}

enum err_code change_duties(struct store *s, const struct change *ch,
    struct err *e)
{
	char from[64], to[64], code[OPERATOR_ROOM];
	const struct value *cell = ch->cell;
	struct past_step p = { .type = ch->type, .record = ch->record,
		.stamp = ch->stamp, .before = ch->nreplaces ?
		ch->replaces[ch->nreplaces - 1] : ch->record };

	if (ch->kind != TABLE_TRANSITION ||
	    cell[TRANSITION_OPERATOR].kind != VALUE_TEXT)
		return OK;
	/* Both were found in the catalogue when the row was read. */
	snprintf(from, sizeof from, "%.*s", (int)cell[TRANSITION_FROM].s.n,
	    (const char *)cell[TRANSITION_FROM].s.p);
	snprintf(to, sizeof to, "%.*s", (int)cell[TRANSITION_TO].s.n,
	    (const char *)cell[TRANSITION_TO].s.p);
	p.step = type_transition(ch->type, from, to);
	code_of(ch, code);
	p.by = code;
	return p.step ? right_past(s, &p, e) : OK;
}
