/* Conflicts: a person decides between values nobody has replaced. */
#include "live.h"
#include "record_write.h"

#include "base/date.h"
#include "base/text.h"

struct conflict {
	struct write *w;
	const struct record *r;
	struct live_list *live;
};

/* The one live value whose printed stamp begins so. */
static enum err_code take_live(const struct conflict *c, const char *take,
    const struct live **out, struct err *e)
{
	uint64_t lo, hi, at;
	size_t i, n = 0;

	if (base32_prefix(take, &lo, &hi)) {
		for (i = 0; i < c->live->n; i++) {
			at = (uint64_t)c->live->value[i].stamp;
			if (at < lo || at > hi)
				continue;
			*out = &c->live->value[i];
			n++;
		}
	}
	if (n == 1)
		return OK;
	err_set(e, n ? ERR_AMBIGUOUS : ERR_NOT_FOUND, n ?
	    _("“%.60s” fits several of the values in conflict") :
	    _("“%.60s” is not the stamp of a value in conflict"), take);
	return err_hint(e, _("`wellhead conflicts` shows the stamps"));
}

static enum err_code no_conflict(const char *field, struct err *e)
{
	err_set(e, ERR_NOT_FOUND, _("“%.60s” of this record is not in "
	    "conflict"), field);
	return err_hint(e, _("`wellhead conflicts` lists what is; change a "
			     "value with `wellhead edit`"));
}

/* "[1,2]" of all live stamps. */
static enum err_code replace_all(const struct conflict *c, struct buf *out,
    struct err *e)
{
	size_t i;

	for (i = 0; i < c->live->n; i++)
		buf_printf(out, "%c%lld", i ? ',' : '[',
		    (long long)c->live->value[i].stamp);
	buf_addc(out, ']');
	return buf_ok(out, e);
}

/* In which role does this node stand by a state? The one it was reached in,
 * or another that the catalogue allows to reach it. */
static const char *role_for(const struct conflict *c, const struct live *l)
{
	const struct type *t = c->r->type;
	size_t i, j;

	if (l->role && write_role(c->w->s, c->r, l->role))
		return l->role;
	for (i = 0; i < t->ntransition; i++) {
		if (!slice_eqs(l->value.s, t->transition[i].to))
			continue;
		for (j = 0; j < t->transition[i].nrole; j++)
			if (write_role(c->w->s, c->r,
			    t->transition[i].role[j]))
				return t->transition[i].role[j];
	}
	return NULL;
}

/* The live state that a key or label names. */
static enum err_code named_state(const struct conflict *c, const char *text,
    const struct live **out, struct err *e)
{
	const struct label *state;
	size_t i;

	for (i = 0; i < c->live->n; i++) {
		state = type_state(c->r->type,
		    (const char *)c->live->value[i].value.s.p);
		if (state && (!strcmp(state->key, text) ||
		    !strcmp(state->zh, text))) {
			*out = &c->live->value[i];
			return OK;
		}
	}
	return err_set(e, ERR_TRANSITION, _("“%.60s” is not one of the states "
	    "in conflict"), text);
}

static enum err_code resolve_state(const struct conflict *c,
    const char *take, const char *value, const char *by, struct problems *p,
    struct err *e)
{
	const struct live *l = NULL;
	struct buf all = BUF_INIT;
	char day[DATE_TEXT];
	struct step step;
	enum err_code rc;

	rc = take ? take_live(c, take, &l, e) : named_state(c, value, &l, e);
	if (rc == OK)
		rc = replace_all(c, &all, e);
	if (rc != OK || !l)
		goto done;
	date_text(clock_ms() / 86400000, day);
	step = (struct step){ .from = (const char *)l->value.s.p,
	    .to = (const char *)l->value.s.p, .on = day,
	    .role = role_for(c, l), .replaces = (const char *)all.p };
	if (!step.role) {
		rc = err_set(e, ERR_ROLE, _("this node has no role that leads "
		    "to the state “%s”"), step.to);
		goto done;
	}
	write_by(c->w, by, &step.by, p);
	rc = problems_err(p, e);
	if (rc == OK)
		rc = write_step(c->w, c->r, &step, e);
done:
	buf_release(&all);
	return rc;
}

/* The value a person wrote, read as the field's; void takes a reason. */
static void new_value(const struct conflict *c, const char *field,
    const char *text, struct value *out, struct problems *p)
{
	const struct field *f = !strcmp(field, "void") ? &field_reason :
	    type_field(c->w->s->catalogue, c->r->type, field);
	json_t *in = json_string(text);

	if (!in)
		problems_error(p, ERR_ENCODING, f->key,
		    _("%s (%s) is not UTF-8 text"), f->zh, f->key);
	else
		check_value(&c->w->b, f, in, entry_ref, c->w->s, out, p);
	json_decref(in);
}

static enum err_code resolve_field(const struct conflict *c,
    const char *field, const char *take, const char *value, const char *by,
    struct problems *p, struct err *e)
{
	const struct live *l = NULL;
	struct buf all = BUF_INIT;
	struct value v = VALUE_NONE, who;
	enum err_code rc = OK;

	if (take)
		rc = take_live(c, take, &l, e);
	else
		new_value(c, field, value, &v, p);
	if (rc == OK && l)
		v = l->value;
	write_by(c->w, by, &who, p);
	if (rc == OK)
		rc = problems_err(p, e);
	if (rc == OK)
		rc = replace_all(c, &all, e);
	if (rc == OK)
		rc = write_edit(c->w, c->r, field, &v,
		    (const char *)all.p, &who, e);
	buf_release(&all);
	return rc;
}

/* The field's key from a key or label; NULL if the type has none such. */
static const char *field_key(struct store *s, const struct type *t,
    const char *text)
{
	const struct field *f = type_field(s->catalogue, t, text);

	if (!strcmp(text, "state") || !strcmp(text, "void"))
		return text;
	return f ? f->key : NULL;
}

static enum err_code resolve(struct conflict *c, const char *field,
    const char *take, const char *value, const char *by, struct problems *p,
    struct err *e)
{
	struct record r = *c->r;
	enum err_code rc;
	bool disputed;

	rc = entry_conflict(c->w->s, r.id, field, &disputed, e);
	if (rc == OK && !disputed)
		rc = no_conflict(field, e);
	if (rc == OK)
		rc = live_load(c->w->s, r.id, r.type, field, &c->live, e);
	if (rc != OK)
		return rc;
	if (!strcmp(field, "state"))
		return resolve_state(c, take, value, by, p, e);
	/* a record whose being void is disputed may be resolved too */
	r.voided = false;
	rc = entry_writable(c->w->s, &r, e);
	if (rc == OK)
		rc = right_change(c->w->s, r.type, e);
	if (rc == OK)
		rc = resolve_field(c, field, take, value, by, p, e);
	return rc;
}

enum err_code record_resolve(struct store *s, const char *ref,
    const char *field, const char *take, const char *value, const char *by,
    struct problems *p, struct err *e)
{
	struct record r = { .id = 0 };
	struct conflict c = { .live = NULL };
	const char *key = NULL;
	struct write w;
	enum err_code rc;

	rc = write_begin(&w, s, e);
	if (rc == OK && !take == !value)
		rc = err_set(e, ERR_USAGE,
		    _("give either the stamp to take or a new value"));
	if (rc == OK)
		rc = record_find(s, ref, &r, e);
	if (rc != OK)
		goto done;
	c.w = &w;
	c.r = &r;
	key = field_key(s, r.type, field);
	rc = key ? resolve(&c, key, take, value, by, p, e) :
	    no_conflict(field, e);
done:
	rc = write_end(&w, r.branch, rc, e);
	live_free(c.live);
	return rc;
}
