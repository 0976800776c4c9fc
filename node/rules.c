/* The table of named rules, and those that one record alone decides.
 * Rules that read other records or need an algorithm (identity numbers,
 * quorum, duplicates ...) get their own files and a row at the end.
 */
#include "check_impl.h"

#include "base/date.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct field *own_field(const struct type *t, const char *key)
{
	size_t i;

	for (i = 0; i < t->nfield; i++)
		if (!strcmp(t->field[i].key, key))
			return &t->field[i];
	return NULL;
}

/* The field's value, or VALUE_NULL when the type has no such field. */
static struct value cell_of(const struct type *t, const struct value *cell,
    const char *key)
{
	const struct field *f = own_field(t, key);

	return f ? cell[f->column_index] : VALUE_NONE;
}

/* A missing field whose lack has a code of its own. */
enum err_code rule_missing(const struct type *t, const struct field *f)
{
	static const struct {
		const char *type, *field;
		enum err_code code;
	} finer[] = {
		{ "proposal", "decision", ERR_REASON },
		{ "issue", "owner", ERR_FIVE },
		{ "issue", "measures", ERR_FIVE },
		{ "issue", "fund", ERR_FIVE },
		{ "issue", "due_on", ERR_FIVE },
		{ "issue", "plan", ERR_FIVE },
	};
	size_t i;

	for (i = 0; i < COUNT(finer); i++)
		if (!strcmp(finer[i].type, t->key) &&
		    !strcmp(finer[i].field, f->key))
			return finer[i].code;
	return ERR_REQUIRED;
}

/* Counts, ordinals, percentages and scores are never below nought; where
 * the catalogue says more, it stands here. */
static const struct range {
	const char *type, *field;
	int64_t min, max;
} ranges[] = {
	{ "practical_item", "progress", 0, 100 },
	{ "followup", "progress", 0, 100 },
	{ "activity", "headcount", 0, 100000 },
	{ "facility", "quantity", 1, INT64_MAX },
	{ "hardship_case", "household", 1, 20 },
	{ "expense", "amount", 1, INT64_MAX },
	{ "participation", "item_no", 1, INT64_MAX },
	{ "competition", "year", 1900, 2199 },
	{ "evaluation", "party_weight", 0, 100 },
	{ "evaluation", "worker_weight", 0, 100 },
};

static struct range range_of(const struct type *t, const struct field *f)
{
	size_t i;

	for (i = 0; i < COUNT(ranges); i++)
		if (!strcmp(ranges[i].type, t->key) &&
		    !strcmp(ranges[i].field, f->key))
			return ranges[i];
	return (struct range){ .min = 0, .max = INT64_MAX };
}

static void check_range(const struct catalogue *c, const struct type *t,
    const struct value *cell, const char *state, struct problems *p)
{
	const struct field *f;
	const struct value *v;
	struct range r;

	(void)c;
	(void)state;
	for (f = t->field; f < t->field + t->nfield; f++) {
		v = &cell[f->column_index];
		r = range_of(t, f);
		if ((v->kind == VALUE_INT && v->i < r.min) ||
		    (v->kind == VALUE_REAL && v->r < 0))
			problems_error(p, ERR_RANGE, f->key,
			    _("%s (%s) must be at least %lld"), f->zh,
			    f->key, (long long)r.min);
		else if (v->kind == VALUE_INT && v->i > r.max)
			problems_error(p, ERR_RANGE, f->key,
			    _("%s (%s) must be at most %lld"), f->zh, f->key,
			    (long long)r.max);
	}
}

/* Pairs of one record's values: the second may not be before (dates) or
 * below (numbers) the first. */
static const struct pair {
	const char *type, *low, *high;
	enum err_code code;
} ascending[] = {
	{ "org_unit", "established_on", "closed_on", ERR_ORDER },
	{ "org_unit", "members", "employees", ERR_RANGE },
	{ "org_unit", "female", "employees", ERR_RANGE },
	{ "membership", "joined_on", "left_on", ERR_ORDER },
	{ "post", "from_on", "to_on", ERR_ORDER },
	{ "post", "from_on", "ended_on", ERR_ORDER },
	{ "meeting", "attended", "expected", ERR_RANGE },
	{ "proposal", "submitted_on", "implemented_on", ERR_ORDER },
	{ "request", "received_on", "due_on", ERR_ORDER },
	{ "publication", "start_on", "end_on", ERR_ORDER },
	{ "practical_item", "approved_on", "done_on", ERR_ORDER },
	{ "competition", "start_on", "end_on", ERR_ORDER },
	{ "innovation", "approved_on", "developed_on", ERR_ORDER },
	{ "innovation", "developed_on", "applied_on", ERR_ORDER },
	{ "innovation", "applied_on", "promoted_on", ERR_ORDER },
	{ "activity", "date", "end_on", ERR_ORDER },
	{ "facility", "opened_on", "closed_on", ERR_ORDER },
	{ "hardship_case", "applied_on", "visited_on", ERR_ORDER },
	{ "hardship_case", "approved_on", "removed_on", ERR_ORDER },
	{ "pairing", "from_on", "to_on", ERR_ORDER },
	{ "issue", "found_on", "due_on", ERR_ORDER },
	{ "issue", "found_on", "rectified_on", ERR_ORDER },
	{ "issue", "rectified_on", "accepted_on", ERR_ORDER },
	{ "evaluation", "answered", "invited", ERR_RANGE },
};

/* True when both are there and a is greater than b. */
static bool is_greater(const struct value *a, const struct value *b)
{
	if (a->kind == VALUE_INT && b->kind == VALUE_INT)
		return a->i > b->i;
	return a->kind == VALUE_TEXT && b->kind == VALUE_TEXT &&
	    slice_cmp(a->s, b->s) > 0;
}

static void check_ascending(const struct catalogue *c, const struct type *t,
    const struct value *cell, const char *state, struct problems *p)
{
	const struct pair *q;
	struct value low, high;

	(void)c;
	(void)state;
	for (q = ascending; q < ascending + COUNT(ascending); q++) {
		if (strcmp(q->type, t->key) != 0)
			continue;
		low = cell_of(t, cell, q->low);
		high = cell_of(t, cell, q->high);
		if (!is_greater(&low, &high))
			continue;
		problems_error(p, q->code,
		    q->code == ERR_ORDER ? q->high : q->low,
		    q->code == ERR_ORDER ?
		    _("%s (%s) is before %s (%s)") :
		    _("%s (%s) is below %s (%s)"),
		    own_field(t, q->high)->zh, q->high,
		    own_field(t, q->low)->zh, q->low);
	}
}

/* Two references that must lead to two different records. */
static const struct pair different[] = {
	{ "pairing", "helper", "target_person", ERR_SELF },
	{ "issue", "owner", "acceptor", ERR_SOD },
	{ "expense", "handler", "witness", ERR_SOD },
};

static void check_different(const struct catalogue *c, const struct type *t,
    const struct value *cell, const char *state, struct problems *p)
{
	const struct pair *q;
	struct value a, b;

	(void)c;
	(void)state;
	for (q = different; q < different + COUNT(different); q++) {
		if (strcmp(q->type, t->key) != 0)
			continue;
		a = cell_of(t, cell, q->low);
		b = cell_of(t, cell, q->high);
		if (a.kind != VALUE_NULL && value_eq(&a, &b))
			problems_error(p, q->code, q->high,
			    _("%s (%s) and %s (%s) must be two different "
			      "ones"), own_field(t, q->low)->zh, q->low,
			    own_field(t, q->high)->zh, q->high);
	}
}

/* A field that has no place where another has this value. */
static const struct misfit {
	const char *type, *field, *key, *value;
	enum err_code code;
} misfits[] = {
	{ "practical_item", "focus", "level", "grassroots",
	    ERR_FORBIDDEN_FIELD },
	{ "practical_item", "batch", "level", "party", ERR_FORBIDDEN_FIELD },
	{ "award", "to_org", "kind", "star", ERR_RECIPIENT },
	{ "award", "to_person", "kind", "flag", ERR_RECIPIENT },
};

static void check_misfit(const struct catalogue *c, const struct type *t,
    const struct value *cell, const char *state, struct problems *p)
{
	const struct misfit *m;
	struct value key;

	(void)c;
	(void)state;
	for (m = misfits; m < misfits + COUNT(misfits); m++) {
		if (strcmp(m->type, t->key) != 0 ||
		    cell_of(t, cell, m->field).kind == VALUE_NULL)
			continue;
		key = cell_of(t, cell, m->key);
		if (key.kind == VALUE_TEXT && slice_eqs(key.s, m->value))
			problems_error(p, m->code, m->field,
			    _("%s (%s) must be empty where %s (%s) is %s"),
			    own_field(t, m->field)->zh, m->field,
			    own_field(t, m->key)->zh, m->key, m->value);
	}
}

/* What has been held, joined or opened was not so tomorrow. A day of grace:
 * the wall clock of a remote site may stand in another time zone. */
static const struct past {
	const char *type, *field, *state;	/* state NULL: any */
} pasts[] = {
	{ "activity", "date", "held" }, { "activity", "date", "archived" },
	{ "membership", "joined_on", NULL },
	{ "facility", "opened_on", "open" },
	{ "talk", "date", NULL }, { "incident", "date", NULL },
};

static void check_past(const struct catalogue *c, const struct type *t,
    const struct value *cell, const char *state, struct problems *p)
{
	char limit[DATE_TEXT];
	const struct past *q;
	struct value v;

	(void)c;
	date_text(clock_ms() / 86400000 + 1, limit);
	for (q = pasts; q < pasts + COUNT(pasts); q++) {
		if (strcmp(q->type, t->key) != 0 ||
		    (q->state && strcmp(q->state, state) != 0))
			continue;
		v = cell_of(t, cell, q->field);
		if (v.kind == VALUE_TEXT && slice_cmp(v.s,
		    slice_str(limit)) > 0)
			problems_error(p, ERR_FUTURE, q->field,
			    _("%s (%s) lies in the future"),
			    own_field(t, q->field)->zh, q->field);
	}
}

static void check_weights(const struct catalogue *c, const struct type *t,
    const struct value *cell, const char *state, struct problems *p)
{
	struct value a = cell_of(t, cell, "party_weight");
	struct value b = cell_of(t, cell, "worker_weight");
	int64_t sum;

	(void)c;
	(void)state;
	if (a.kind != VALUE_INT || b.kind != VALUE_INT)
		return;
	sum = a.i + b.i;
	if (sum != 100)
		problems_error(p, ERR_WEIGHT, "worker_weight",
		    _("the two weights must make 100 together; they make "
		      "%lld"), (long long)sum);
}

/* Sensitive fields are kept only with the person's consent on paper. */
static void check_consent(const struct catalogue *c, const struct type *t,
    const struct value *cell, const char *state, struct problems *p)
{
	const struct field *f;

	(void)c;
	(void)state;
	if (cell_of(t, cell, "consent").kind != VALUE_NULL)
		return;
	for (f = t->field; f < t->field + t->nfield; f++) {
		if (f->level != 'X' || cell[f->column_index].kind ==
		    VALUE_NULL)
			continue;
		problems_error(p, ERR_CONSENT, "consent",
		    _("%s (%s) may be kept only with the person's consent; "
		      "enter the paper as a commitment and name it here"),
		    f->zh, f->key);
		return;
	}
}

const struct rule rules[] = {
	{ "range", NULL, check_range },
	{ "ascending", NULL, check_ascending },
	{ "different", NULL, check_different },
	{ "misfit", NULL, check_misfit },
	{ "past", NULL, check_past },
	{ "weights", "evaluation", check_weights },
	{ "consent", "person", check_consent },
};
const size_t nrules = COUNT(rules);
