/* Transitions: a record's next state, by someone in a role. */
#include "record_write.h"

#include "base/date.h"

bool write_role(const struct store *s, const struct record *r,
    const char *role)
{
	bool of_hq = !strcmp(role, "hq") || !strcmp(role, "hq_chair");

	return (s->id.hq ? of_hq || !strcmp(r->branch, s->id.branch) :
	    !of_hq) && operator_may(s, role);
}

/* A state by key or Chinese label; NULL if the type has none such. */
static const struct label *find_state(const struct type *t, const char *text)
{
	size_t i;

	for (i = 0; i < t->nstate; i++)
		if (!strcmp(t->state[i].key, text) ||
		    !strcmp(t->state[i].zh, text))
			return &t->state[i];
	return NULL;
}

/* "planned (计划), cancelled (取消)": where the record may go from here. */
static void next_states(const struct record *r, struct buf *out)
{
	const struct label *to;
	size_t i;

	for (i = 0; i < r->type->ntransition; i++) {
		const struct transition *t = &r->type->transition[i];

		to = type_state(r->type, t->to);
		if (to && !strcmp(t->from, r->state))
			buf_printf(out, "%s%s (%s)", out->n ? ", " : "",
			    to->key, to->zh);
	}
}

static enum err_code no_transition(const struct record *r, const char *to,
    struct err *e)
{
	struct buf list = BUF_INIT;

	err_set(e, ERR_TRANSITION,
	    _("%s (%s) does not go from “%s” to “%.60s”"), r->type->zh,
	    r->type->key, r->state, to);
	next_states(r, &list);
	if (list.n)
		err_hint(e, _("from here it goes to: %s"),
		    (const char *)list.p);
	else
		err_hint(e, _("this is its last state"));
	buf_release(&list);
	return e->code;
}

static void role_list(const struct transition *t, struct buf *out)
{
	size_t i;

	for (i = 0; i < t->nrole; i++)
		buf_printf(out, "%s%s", i ? ", " : "", t->role[i]);
}

/* The role given, if it may, or the first that may. */
static enum err_code pick_role(const struct store *s, const struct record *r,
    const struct transition *t, const char *role, const char **out,
    struct err *e)
{
	struct buf list = BUF_INIT;
	size_t i;

	for (i = 0; i < t->nrole; i++) {
		if (!write_role(s, r, t->role[i]) ||
		    (role && strcmp(role, t->role[i]) != 0))
			continue;
		*out = t->role[i];
		return OK;
	}
	role_list(t, &list);
	err_set(e, ERR_ROLE, _("the step to “%s” is for: %s"), t->to,
	    list.n ? (const char *)list.p : "-");
	buf_release(&list);
	if (operator_acting(s))
		return right_hint(s, e);
	return err_hint(e, s->id.hq ?
	    _("the branch takes this step at its own node") :
	    _("ask someone in that role; headquarters' steps are taken at "
	      "headquarters"));
}

/* Is the record one that this node may act on at all, now? */
static enum err_code check_open(struct store *s, const struct record *r,
    struct err *e)
{
	enum err_code rc;
	bool disputed;

	if (r->voided)
		return err_set(e, ERR_VOID, _("the record is void"));
	if (!s->id.hq && strcmp(r->branch, s->id.branch) != 0) {
		err_set(e, ERR_FOREIGN, _("the record belongs to %s"),
		    r->branch);
		return err_hint(e, _("its steps are taken there"));
	}
	rc = entry_conflict(s, r->id, "state", &disputed, e);
	if (rc != OK || !disputed)
		return rc;
	err_set(e, ERR_CONFLICT, _("two people moved the record to different "
				   "states"));
	return err_hint(e, _("decide first: wellhead resolve ID state --take "
			     "STAMP (`wellhead conflicts` shows them)"));
}

/* The day of the step as ISO text; today if on is NULL. */
static enum err_code step_day(const char *on, char out[DATE_TEXT],
    struct err *e)
{
	if (!on) {
		date_text(clock_ms() / 86400000, out);
		return OK;
	}
	if (date_parse(slice_str(on), out))
		return OK;
	err_set(e, ERR_DATE, _("“%.60s” is not a date"), on);
	return err_hint(e, _("write it as 2022-03-08"));
}

static enum err_code take_step(struct write *w, const struct record *r,
    struct step *step, const char *by, const char *note, struct problems *p,
    struct err *e)
{
	struct rule_context x;
	struct value *cell;
	stamp_t state_at;
	enum err_code rc;

	rc = entry_load(w->s, r, &w->scratch, &cell, &state_at, e);
	if (rc != OK)
		return rc;
	write_by(w, by, &step->by, p);
	write_text(w, &field_note, note, &step->note, p);
	x = (struct rule_context){ .s = w->s, .c = w->s->catalogue,
	    .t = r->type, .cell = cell, .state = step->to, .on = step->on,
	    .id = r->id, .branch = r->branch, .p = p };
	rc = check_record(&x, e);
	if (rc != OK)
		return rc;
	rc = problems_err(p, e);
	if (rc != OK)
		return err_in(e, _("before the step to “%s”"), step->to);
	rc = right_duties(w->s, r, step->from, step->to, state_at, cell,
	    &step->by, e);
	if (rc != OK)
		return rc;
	if (state_at != r->id) {
		snprintf(step->known, sizeof(step->known), "[%lld]",
		    (long long)state_at);
		step->replaces = step->known;
	}
	return write_step(w, r, step, e);
}

enum err_code record_do(struct store *s, const char *ref, const char *to,
    const char *role, const char *by, const char *on, const char *note,
    struct problems *p, struct err *e)
{
	const struct transition *t = NULL;
	const struct label *state;
	struct record r = { .id = 0 };
	struct step step = { .role = NULL };
	char day[DATE_TEXT];
	struct write w;
	enum err_code rc;

	rc = write_begin(&w, s, e);
	if (rc == OK)
		rc = record_find(s, ref, &r, e);
	if (rc == OK)
		rc = check_open(s, &r, e);
	if (rc != OK)
		goto done;
	state = find_state(r.type, to);
	if (state)
		t = type_transition(r.type, r.state, state->key);
	if (!t) {
		rc = no_transition(&r, to, e);
		goto done;
	}
	rc = pick_role(s, &r, t, role, &step.role, e);
	if (rc == OK)
		rc = step_day(on, day, e);
	if (rc != OK)
		goto done;
	step.from = r.state;
	step.to = t->to;
	step.on = day;
	rc = take_step(&w, &r, &step, by, note, p, e);
done:
	return write_end(&w, r.branch, rc, e);
}
