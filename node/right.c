/* What the operator who acts may do. */
#include "right.h"

#include "store_db.h"

/* Steps that are looked back at for one step: a record has few. */
#define STEPS_MAX 1000
#define BY_ROOM 820		/* 200 characters */

/* ---- roles ---- */

static void role_list(const struct creator *c, struct buf *out)
{
	size_t i;

	for (i = 0; i < c->nrole; i++)
		buf_printf(out, "%s%s", i ? ", " : "", c->role[i]);
}

static const struct field *kind_field(const struct type *t)
{
	size_t i;

	for (i = 0; i < t->nfield; i++)
		if (strcmp(t->field[i].key, "kind") == 0)
			return &t->field[i];
	return NULL;
}

void right_create(const struct store *s, const struct type *t,
    const struct value *cell, struct problems *p)
{
	const struct field *f = kind_field(t);
	const struct creator *c = type_creator(t, f &&
	    cell[f->column_index].kind == VALUE_TEXT ?
	    cell[f->column_index].s : slice_str(""));
	struct buf list = BUF_INIT;
	size_t i;

	for (i = 0; i < c->nrole; i++)
		if (operator_may(s, c->role[i]))
			return;
	role_list(c, &list);
	problems_error(p, ERR_ROLE, c->nkind && f ? f->key : "by",
	    _("%s has no role that may enter this %s (%s): it is for %s"),
	    operator_by(s, ""), t->zh, t->key,
	    list.n ? (const char *)list.p : "-");
	buf_release(&list);
}

enum err_code right_hint(const struct store *s, struct err *e)
{
	struct buf roles = BUF_INIT;

	if (!s->actor)
		return e->code;
	operator_roles_text(&s->actor->row, &roles);
	err_hint(e, _("%s may act as: %s; `wellhead operator list` shows who "
	    "has other roles"), s->actor->row.code,
	    roles.n ? (const char *)roles.p : "-");
	buf_release(&roles);
	return e->code;
}

enum err_code right_change(const struct store *s, const struct type *t,
    struct err *e)
{
	const struct catalogue *c = s->catalogue;
	size_t i;

	for (i = 0; i < c->nrole; i++)
		if (operator_may(s, c->role[i].key) &&
		    strcmp(c->role[i].key, "system") != 0 &&
		    type_concerns(t, c->role[i].key))
			return OK;
	if (!s->actor)
		return OK;
	err_set(e, ERR_ROLE, _("%s has no role in the work on %s (%s)"),
	    operator_by(s, ""), t->zh, t->key);
	return right_hint(s, e);
}

/* ---- nobody approves their own paper ---- */

struct who {
	char by[BY_ROOM];
	bool known;		/* an operator of the node */
	struct operator_row row;
};

/* Who a name meant at a node, at a stamp. */
static enum err_code who_was(struct store *s, const char *by, stamp_t stamp,
    struct who *out, struct err *e)
{
	struct err none = {0};
	enum err_code r = ERR_NOT_FOUND;

	*out = (struct who){0};
	snprintf(out->by, sizeof out->by, "%s", by ? by : "");
	if (out->by[0] && strlen(out->by) < OPERATOR_ROOM)
		r = operator_at(s, stamp_node(stamp), out->by, stamp,
		    &out->row, &none);
	out->known = r == OK;
	if (r == OK || r == ERR_NOT_FOUND)
		return OK;
	*e = none;
	return r;
}

/* One name at two branches is two people, unless both say who they are. */
static bool same_person(const struct who *a, const struct who *b)
{
	if (a->known && b->known) {
		if (a->row.person && b->row.person)
			return a->row.person == b->row.person;
		if (strcmp(a->row.branch, b->row.branch) != 0)
			return false;
	}
	return a->by[0] && strcmp(a->by, b->by) == 0;
}

struct duty {
	struct store *s;
	const struct type *type;
	const struct transition *step;
	stamp_t record, before;
	const struct value *cell;	/* NULL: fields are not looked at */
	struct who who;
};

/* zh NULL: as who entered it. */
static enum err_code refuse(const struct duty *d, const char *zh,
    const char *key, struct err *e)
{
	if (zh)
		err_set(e, ERR_SOD, _("%s may not take the step to “%s”: the "
		    "same person stands in the paper under %s (%s)"),
		    d->who.by, d->step->to, zh, key);
	else
		err_set(e, ERR_SOD, _("%s may not take the step to “%s”: the "
		    "same person has entered the record"), d->who.by,
		    d->step->to);
	return err_hint(e, _("another person in one of the step's roles "
	    "takes it"));
}

/* Text of one column of a record. */
static enum err_code column_of(struct store *s, const struct type *t,
    size_t column, stamp_t id, char out[BY_ROOM], struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r = store_field_stmt(s, t, column, false, &st, e);
	bool row;

	out[0] = 0;
	if (r != OK)
		return r;
	sqlite3_bind_int64(st, 1, id);
	if ((r = store_step(s, st, &row, e)) != OK || !row)
		return r;
	column_text(st, 0, out, BY_ROOM);
	sqlite3_reset(st);
	return OK;
}

/* Who entered it. A name that nobody vouches for may be the office's. */
static enum err_code unlike_maker(const struct duty *d, struct err *e)
{
	char by[BY_ROOM];
	struct who maker;
	enum err_code r;

	if (!d->who.known)
		return OK;
	r = column_of(d->s, d->type, TYPE_COL_BY, d->record, by, e);
	if (r == OK)
		r = who_was(d->s, by, d->record, &maker, e);
	return r != OK || !same_person(&d->who, &maker) ? r :
	    refuse(d, NULL, NULL, e);
}

struct earlier {		/* one step before */
	stamp_t replaced;
	char from[64], to[64], by[BY_ROOM];
	bool found;
};

static enum err_code step_at(struct store *s, stamp_t stamp,
    struct earlier *out, struct err *e)
{
	stamp_t list[256];
	struct value replaces;
	sqlite3_stmt *st;
	enum err_code r = store_stmt(s, SQL_OPERATOR_STEP, &st, e);
	size_t n;

	*out = (struct earlier){0};
	if (r != OK)
		return r;
	sqlite3_bind_int64(st, 1, stamp);
	if ((r = store_step(s, st, &out->found, e)) != OK || !out->found)
		return r;
	column_text(st, 0, out->from, sizeof out->from);
	column_text(st, 1, out->to, sizeof out->to);
	column_text(st, 2, out->by, sizeof out->by);
	replaces = column_value(st, 3);
	if (batch_replaces(&replaces, list, 256, &n) && n)
		out->replaced = list[n - 1];
	sqlite3_reset(st);
	return OK;
}

/* Who last took it to that state, back along what each step replaced. A step
 * that leaves the state as it was settles a conflict, and is nobody's. */
static enum err_code unlike_state(const struct duty *d,
    const struct label *state, struct err *e)
{
	stamp_t at = d->before;
	struct earlier x;
	struct who who;
	enum err_code r;
	int i;

	for (i = 0; i < STEPS_MAX && at > d->record; i++) {
		if ((r = step_at(d->s, at, &x, e)) != OK || !x.found)
			return r;
		if (strcmp(x.to, state->key) == 0 && strcmp(x.from, x.to) != 0) {
			r = who_was(d->s, x.by, at, &who, e);
			return r != OK || !same_person(&d->who, &who) ? r :
			    refuse(d, state->zh, state->key, e);
		}
		at = x.replaced;
	}
	return OK;
}

/* A reference's record, if it has come: by its id or external key. */
static enum err_code person_at(struct store *s, const struct type *t,
    const struct value *v, stamp_t *id, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r;

	if (v->kind == VALUE_INT)
		*id = v->i;
	if (v->kind != VALUE_TEXT)
		return OK;
	if ((r = store_type_stmt(s, t, TYPE_BY_EXT, &st, e)) != OK)
		return r;
	bind_value(st, 1, v);
	return store_number(s, st, id, e);
}

/* Whom a field names: the operator's own person or, where that is not told,
 * somebody whose key or name the operator goes by. */
static enum err_code unlike_field(const struct duty *d,
    const struct field *f, struct err *e)
{
	const struct value *v = &d->cell[f->column_index];
	const struct type *person = f->target[0];
	const struct field *name = type_field(d->s->catalogue, person,
	    "name");
	char text[BY_ROOM];
	stamp_t id = 0;
	enum err_code r = person_at(d->s, person, v, &id, e);

	if (r != OK)
		return r;
	if (v->kind == VALUE_TEXT && slice_eqs(v->s, d->who.by))
		return refuse(d, f->zh, f->key, e);
	if (!id || (d->who.known && d->who.row.person))
		return id && id == d->who.row.person ?
		    refuse(d, f->zh, f->key, e) : OK;
	r = column_of(d->s, person, TYPE_COL_EXT, id, text, e);
	if (r == OK && strcmp(text, d->who.by) != 0 && name)
		r = column_of(d->s, person, name->column_index, id, text, e);
	return r != OK || strcmp(text, d->who.by) != 0 ? r :
	    refuse(d, f->zh, f->key, e);
}

static enum err_code check_duty(const struct duty *d, struct err *e)
{
	enum err_code r = OK;
	size_t i;

	for (i = 0; r == OK && i < d->step->nunlike; i++) {
		const char *key = d->step->unlike[i];

		if (strcmp(key, "by") == 0)
			r = unlike_maker(d, e);
		else if (type_state(d->type, key))
			r = unlike_state(d, type_state(d->type, key), e);
		else if (d->cell)
			r = unlike_field(d, type_field(d->s->catalogue,
			    d->type, key), e);
	}
	return r;
}

enum err_code right_duties(struct store *s, const struct record *r,
    const char *from, const char *to, stamp_t state_at,
    const struct value *cell, const struct value *by, struct err *e)
{
	struct duty d = { .s = s, .type = r->type, .record = r->id,
		.before = state_at, .cell = cell,
		.step = type_transition(r->type, from, to) };
	enum err_code rc;

	if (!d.step || !d.step->nunlike || by->kind != VALUE_TEXT)
		return OK;
	/* A stamp of this node, later than all: who the name means now. */
	rc = who_was(s, (const char *)by->s.p,
	    stamp_make(INT64_MAX >> STAMP_NODE_BITS, s->id.number), &d.who,
	    e);
	return rc == OK ? check_duty(&d, e) : rc;
}

enum err_code right_past(struct store *s, const struct past_step *p,
    struct err *e)
{
	struct duty d = { .s = s, .type = p->type, .step = p->step,
		.record = p->record, .before = p->before, .cell = p->cell };
	enum err_code rc;

	if (!p->step->nunlike)
		return OK;
	rc = who_was(s, p->by, p->stamp, &d.who, e);
	return rc == OK ? check_duty(&d, e) : rc;
}

/* ---- signing ---- */

enum err_code right_sign(struct store *s, struct value *cell,
    struct batch *b, struct err *e)
{
	const struct actor *a = s->actor;
	unsigned char signature[OPERATOR_SIGNATURE];
	struct buf content = BUF_INIT, message = BUF_INIT;
	stamp_t replaces[256], record = cell[TRANSITION_RECORD].i;
	size_t n = 0;
	enum err_code r;

	if (!a)
		return OK;
	if (!batch_replaces(&cell[TRANSITION_REPLACES], replaces, 256, &n))
		return err_set(e, ERR_TOO_BIG, _("the step replaces too many "
		    "states at once"));
	if (n == 0)
		replaces[n++] = record;
	cell[TRANSITION_OPERATOR] = value_str(a->row.code);
	r = operator_content(s, record, cell[TRANSITION_STAMP].i, &content,
	    e);
	if (r != OK)
		goto done;
	a->hash(slice_buf(&content), signature);
	r = operator_message(s->id.org, cell, replaces, n, signature, &message, e);
	if (r != OK)
		goto done;
	a->sign(a->key, slice_buf(&message), signature + 32);
	cell[TRANSITION_SIGNATURE] = value_bytes(batch_text(b,
	    slice_of(signature, sizeof signature)));
done:
	buf_release(&content);
	buf_release(&message);
	return r;
}
