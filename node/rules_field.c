/* Rules about the fields of one record: empty or not, ranges, order. */
#include "rules.h"

#include <inttypes.h>

#include "base/date.h"
#include "base/text.h"

#define DAY_MS 86400000

/* What `when` describes must not be. */
bool rule_never(struct rule_context *x, const struct rule *r)
{
	(void)x;
	(void)r;
	return false;
}

/* The field must not be empty; unless something said so already. */
bool rule_need(struct rule_context *x, const struct rule *r)
{
	return rule_value(x, r->field).kind != VALUE_NULL;
}

static bool is_negative(const struct value *v)
{
	return (v->kind == VALUE_INT && v->i < 0) ||
	    (v->kind == VALUE_REAL && v->r < 0);
}

bool rule_not_negative(struct rule_context *x, const struct rule *r)
{
	const struct field *f;
	bool ok = true;

	(void)r;
	for (f = x->t->field; f < x->t->field + x->t->nfield; f++) {
		if (!is_negative(&x->cell[f->column_index]))
			continue;
		/* told at each field by itself, so not through the row */
		problems_error(x->p, r->code, f->key, "%s (%s): %s", f->zh,
		    f->key, _(r->text));
	}
	return ok;
}

/* "1..20", "..100" or "1..": the ends that are there. */
static bool within(double v, const char *range)
{
	const char *dots = strstr(range, "..");

	return (dots == range || v >= strtod(range, NULL)) &&
	    (!dots[2] || v <= strtod(dots + 2, NULL));
}

bool rule_range(struct rule_context *x, const struct rule *r)
{
	struct value v = rule_value(x, r->field);
	double n;

	if ((v.kind != VALUE_INT && v.kind != VALUE_REAL) || is_negative(&v))
		return true;
	n = v.kind == VALUE_INT ? (double)v.i : v.r;
	buf_adds(&x->detail, r->other);
	return within(n, r->other);
}

bool rule_chars(struct rule_context *x, const struct rule *r)
{
	struct value v = rule_value(x, r->field);

	if (v.kind != VALUE_TEXT)
		return true;
	buf_adds(&x->detail, r->other);
	return within((double)utf8_count(v.s), r->other);
}

/* True when both are there and a is greater than b. */
static bool is_greater(const struct value *a, const struct value *b)
{
	if (a->kind == VALUE_INT && b->kind == VALUE_INT)
		return a->i > b->i;
	return a->kind == VALUE_TEXT && b->kind == VALUE_TEXT &&
	    slice_cmp(a->s, b->s) > 0;
}

static void name_other(struct rule_context *x, const struct rule *r)
{
	const struct field *f = rule_field(x, r->other);

	if (f)
		buf_printf(&x->detail, "%s, %s", f->zh, f->key);
}

bool rule_not_before(struct rule_context *x, const struct rule *r)
{
	struct value v = rule_value(x, r->field);
	struct value from = rule_value(x, r->other);

	name_other(x, r);
	return !is_greater(&from, &v);
}

bool rule_at_most(struct rule_context *x, const struct rule *r)
{
	struct value v = rule_value(x, r->field);
	struct value most = rule_value(x, r->other);

	name_other(x, r);
	return !is_greater(&v, &most);
}

bool rule_different(struct rule_context *x, const struct rule *r)
{
	struct value a = rule_value(x, r->field);
	struct value b = rule_value(x, r->other);

	name_other(x, r);
	return a.kind == VALUE_NULL || !value_eq(&a, &b);
}

/* A day of grace: the wall clock of a remote site may stand in another time
 * zone. */
bool rule_past(struct rule_context *x, const struct rule *r)
{
	struct value v = rule_value(x, r->field);
	char limit[DATE_TEXT];

	date_text(clock_ms() / DAY_MS + 1, limit);
	return v.kind != VALUE_TEXT || slice_cmp(v.s, slice_str(limit)) <= 0;
}

bool rule_weights(struct rule_context *x, const struct rule *r)
{
	struct value a = rule_value(x, "party_weight");
	struct value b = rule_value(x, r->field);

	if (a.kind != VALUE_INT || b.kind != VALUE_INT)
		return true;
	buf_printf(&x->detail, "%" PRId64, a.i + b.i);
	return a.i + b.i == 100;
}

/* Sensitive fields are kept only with the person's consent on paper. */
bool rule_consent(struct rule_context *x, const struct rule *r)
{
	const struct field *f;

	if (rule_value(x, r->field).kind != VALUE_NULL)
		return true;
	for (f = x->t->field; f < x->t->field + x->t->nfield; f++) {
		if (f->level != 'X' || x->cell[f->column_index].kind ==
		    VALUE_NULL)
			continue;
		buf_printf(&x->detail, "%s, %s", f->zh, f->key);
		return false;
	}
	return true;
}

bool rule_two_thirds(struct rule_context *x, const struct rule *r)
{
	struct value here = rule_value(x, r->field);
	struct value all = rule_value(x, r->other);

	if (here.kind != VALUE_INT || all.kind != VALUE_INT)
		return true;
	buf_printf(&x->detail, "%" PRId64 "/%" PRId64, here.i, all.i);
	return 3 * here.i >= 2 * all.i;
}

static bool day_of(const struct rule_context *x, const char *key,
    int64_t *days)
{
	struct value v = rule_value(x, key);

	return v.kind == VALUE_TEXT && date_days(v.s, days);
}

/* Three or five years, give or take a month. */
bool rule_term(struct rule_context *x, const struct rule *r)
{
	int64_t from, to, n;

	if (!day_of(x, r->other, &from) || !day_of(x, r->field, &to))
		return true;
	n = to - from;
	return (n >= 3 * 365 - 31 && n <= 3 * 365 + 32) ||
	    (n >= 5 * 365 - 31 && n <= 5 * 365 + 33);
}

/* The field's day ten days or more before the other's. */
bool rule_days_before(struct rule_context *x, const struct rule *r)
{
	int64_t notice, day;

	if (!day_of(x, r->field, &notice) || !day_of(x, r->other, &day))
		return true;
	return day - notice >= 10;
}

/* Working days from the first to the last day, both counted. */
bool rule_open_days(struct rule_context *x, const struct rule *r)
{
	struct calendar *calendar;
	int64_t from, to, open;

	if (!day_of(x, r->other, &from) || !day_of(x, r->field, &to) ||
	    !(calendar = rule_calendar(x)))
		return true;
	open = calendar_count(calendar, from, to);
	buf_printf(&x->detail, "%" PRId64, open);
	return open >= 5;
}

bool rule_march(struct rule_context *x, const struct rule *r)
{
	struct value v = rule_value(x, r->field);

	return v.kind != VALUE_TEXT || v.s.n != 10 ||
	    memcmp(v.s.p + 5, "03", 2) == 0;
}

/* Entered on the day itself or on the next. */
bool rule_entered_late(struct rule_context *x, const struct rule *r)
{
	int64_t entered, day;

	return !day_of(x, r->field, &entered) || !day_of(x, r->other, &day) ||
	    entered - day <= 1;
}

static bool money(const struct rule_context *x, const char *key, int64_t *fen)
{
	struct value v = rule_value(x, key);

	*fen = v.kind == VALUE_INT ? v.i : 0;
	return v.kind == VALUE_INT;
}

/* A month's income per head, in fen, rounded down; false if it cannot be
 * told. Rigid spending that is not given counts as none. */
static bool per_head(const struct rule_context *x, int64_t *fen)
{
	int64_t income, rigid, heads;

	if (!money(x, "income_year", &income) ||
	    !money(x, "household", &heads) || heads < 1)
		return false;
	(void)money(x, "rigid_year", &rigid);
	*fen = (income - rigid) / 12 / heads;
	return true;
}

bool rule_poverty(struct rule_context *x, const struct rule *r)
{
	struct value kind = rule_value(x, r->field);
	int64_t fen, line;

	if (kind.kind != VALUE_TEXT || !money(x, "dibao_line", &line) ||
	    (!per_head(x, &fen) && !money(x, r->other, &fen)))
		return true;
	buf_printf(&x->detail, "%.2f/%.2f 元", (double)fen / 100,
	    (double)line / 100);
	if (slice_eqs(kind.s, "deep"))
		return fen < line;
	return !slice_eqs(kind.s, "relative") ||
	    (fen >= line && fen - line < line);
}

/* As far as a yuan, since people round. */
bool rule_per_capita(struct rule_context *x, const struct rule *r)
{
	int64_t fen, is;

	if (!money(x, r->field, &fen) || !per_head(x, &is))
		return true;
	buf_printf(&x->detail, "%.2f 元", (double)is / 100);
	return fen - is <= 100 && is - fen <= 100;
}
