/* Nobody approves their own paper: whom the catalogue's `unlike` names for a
 * step, as far as the proof tells.
 */
#include "attest_impl.h"

struct who {
	const struct value *name;
	const struct attest_row *row;	/* NULL: no operator, or not shown */
};

struct duty {
	const struct attest *p;
	const struct attest_row *step;
	struct who who;
	struct err *e;
};

static struct who who_was(const struct attest *p, const struct attest_row *r,
    const char *column)
{
	const struct value *name = attest_cell(p, r, column);

	return (struct who){ name, attest_operator_at(p, name, r->stamp) };
}

/* As the store judges: one name at two branches is two people, unless both
 * say who they are. */
static bool same_person(const struct attest *p, const struct who *a,
    const struct who *b)
{
	const struct value *at, *bt;
	int64_t x, y;

	if (a->row && b->row) {
		if (attest_int(p, a->row, "person", &x) &&
		    attest_int(p, b->row, "person", &y))
			return x == y;
		at = attest_cell(p, a->row, "branch");
		bt = attest_cell(p, b->row, "branch");
		if (!at || !bt || !value_eq(at, bt))
			return false;
	}
	return a->name && b->name && value_eq(a->name, b->name);
}

static enum err_code refuse(const struct duty *d)
{
	return attest_bad(d->e, ERR_SOD, d->step->line, "%s", _("its operator "
	    "is one who must not take this step: the same person stands in "
	    "the paper already"));
}

static const struct attest_row *step_at(const struct attest *p, stamp_t stamp)
{
	for (size_t i = 0; i < p->nrow; i++)
		if (p->row[i].stamp == stamp &&
		    strcmp(p->row[i].table, "transition") == 0)
			return &p->row[i];
	return NULL;
}

/* The step before that one, along what each replaced. Every time around it is
 * an earlier one. */
static const struct attest_row *step_before(const struct attest *p,
    const struct attest_row *step)
{
	stamp_t list[ATTEST_REPLACES];
	size_t n;

	if (!attest_replaces(p, step, list, &n) ||
	    list[n - 1] >= step->stamp)
		return NULL;
	return step_at(p, list[n - 1]);
}

/* Who last took it to that state. A step that leaves the state as it was
 * settles a conflict, and is nobody's. */
static enum err_code unlike_state(const struct duty *d, const char *state)
{
	const struct attest_row *r = d->step;

	while ((r = step_before(d->p, r)) != NULL) {
		struct who who = who_was(d->p, r, "by");

		if (!attest_is(d->p, r, "to", state) ||
		    attest_is(d->p, r, "from", state))
			continue;
		return same_person(d->p, &d->who, &who) ? refuse(d) : OK;
	}
	return OK;
}

/* Whom a field names: told by the operator's own person or the name alone,
 * for the person's record is not here. */
static enum err_code unlike_field(const struct duty *d, const struct value *v)
{
	int64_t person = 0;
	bool same = v->kind == VALUE_TEXT ? value_eq(v, d->who.name) :
	    v->kind == VALUE_INT &&
	    attest_int(d->p, d->who.row, "person", &person) && v->i == person;

	return same ? refuse(d) : OK;
}

enum err_code attest_duties(const struct attest *p, const struct type *t,
    const struct attest_row *step, const struct value *cell, struct err *e)
{
	struct duty d = { .p = p, .step = step, .e = e,
		.who = who_was(p, step, "operator") };
	struct who maker = who_was(p, p->first, "by");
	char from[ATTEST_TYPE], to[ATTEST_TYPE];
	const struct transition *k;
	enum err_code rc = OK;

	if (!attest_string(p, step, "from", from, sizeof from) ||
	    !attest_string(p, step, "to", to, sizeof to))
		return attest_bad(e, ERR_FORMAT, step->line, "%s",
		    _("it is no step"));
	k = type_transition(t, from, to);
	for (size_t i = 0; !rc && k && i < k->nunlike; i++) {
		const char *key = k->unlike[i];
		struct value name = value_str(key);
		size_t col = attest_column(&t->table, &name);

		if (strcmp(key, "by") == 0)
			rc = same_person(p, &d.who, &maker) ? refuse(&d) : OK;
		else if (type_state(t, key))
			rc = unlike_state(&d, key);
		else if (cell && col)
			rc = unlike_field(&d, &cell[col]);
	}
	return rc;
}
