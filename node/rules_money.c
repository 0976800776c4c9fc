/* Limits from documents of kind `limits`: lines of code and yuan. */
#include "base/json.h"
#include "rules.h"

#include <inttypes.h>
#include <math.h>

/* Where no document says another. */
#define PRICE_LINE_YUAN 30000

/* All documents of limits once: [{"branch","from","until","lines"}], newest
 * first within a branch. */
static void read_limits(struct rule_context *x)
{
	sqlite3_stmt *st = rule_fixed(x, SQL_RULE_LIMITS);
	const char *lines, *until;
	json_t *one;

	x->memo->limits = json_array();
	while (rule_step(x, st)) {
		lines = (const char *)sqlite3_column_text(st, 3);
		until = (const char *)sqlite3_column_text(st, 2);
		one = json_pack("{s:s, s:s, s:s, s:o}", "branch",
		    (const char *)sqlite3_column_text(st, 0), "from",
		    (const char *)sqlite3_column_text(st, 1), "until",
		    until ? until : "9999", "lines",
		    json_loads(lines ? lines : "[]", 0, NULL));
		if (one)
			json_array_append_new(x->memo->limits, one);
	}
	if (st)
		sqlite3_reset(st);
	if (!x->memo->limits)
		x->rc = err_memory(x->e);
}

/* The document's line, in fen; false if it has none. */
static bool line_of(const json_t *doc, struct slice code, int64_t *fen)
{
	const json_t *one;
	double yuan;
	size_t i;

	json_array_foreach(json_object_get(doc, "lines"), i, one)
		if (slice_eqs(code, json_text(one, "code")) &&
		    rule_number(json_object_get(one, "value"), &yuan)) {
			*fen = llround(yuan * 100);
			return true;
		}
	return false;
}

/* The limit of a code on a day: of headquarters' and the branch's own, each
 * the newest in force, the lower. */
static bool limit_of(struct rule_context *x, struct slice code,
    struct slice day, int64_t *fen)
{
	const char *done = "", *branch;
	const json_t *doc;
	bool found = false;
	int64_t one;
	size_t i;

	if (!x->memo->limits)
		read_limits(x);
	json_array_foreach(x->memo->limits, i, doc) {
		branch = json_text(doc, "branch");
		if (!strcmp(branch, done) || (strcmp(branch, "HQ") != 0 &&
		    strcmp(branch, x->branch) != 0) ||
		    slice_cmp(slice_str(json_text(doc, "from")), day) > 0 ||
		    slice_cmp(slice_str(json_text(doc, "until")), day) <= 0 ||
		    !line_of(doc, code, &one))
			continue;
		*fen = found && *fen < one ? *fen : one;
		found = true;
		done = branch;
	}
	return found;
}

/* The field's amount; r->other is the field whose value is the code. */
bool rule_limit(struct rule_context *x, const struct rule *r)
{
	struct value v = rule_value(x, r->field);
	struct value code = rule_value(x, r->other);
	struct value day = rule_value(x, "date");
	int64_t fen;

	if (v.kind != VALUE_INT || code.kind != VALUE_TEXT ||
	    day.kind != VALUE_TEXT || !limit_of(x, code.s, day.s, &fen))
		return true;
	rule_yuan(x, fen);
	return v.i <= fen;
}

/* Fen per person of one distribution's items. */
static double per_person(const struct rule_context *x, const char *items)
{
	struct value target = rule_value(x, "target");
	json_t *list = rule_list(x, items), *one;
	double sum = 0, qty, price;
	size_t i;

	json_array_foreach(list, i, one)
		if (rule_number(json_object_get(one, "qty"), &qty) &&
		    rule_number(json_object_get(one, "price"), &price))
			sum += qty * price;
	json_decref(list);
	return target.kind == VALUE_INT && target.i > 0 ?
	    sum / (double)target.i : 0;
}

/* What each got in the year, this time too. */
bool rule_year_limit(struct rule_context *x, const struct rule *r)
{
	struct value code = rule_value(x, r->other);
	struct value day = rule_value(x, "date");
	struct value org = rule_value(x, "org");
	sqlite3_stmt *st;
	double sum;
	int64_t fen;

	if (code.kind != VALUE_TEXT || day.kind != VALUE_TEXT ||
	    !limit_of(x, code.s, day.s, &fen))
		return true;
	sum = per_person(x, r->field);
	st = rule_fixed(x, SQL_RULE_YEAR_SUM);
	if (!st)
		return true;
	bind_value(st, 1, &org);
	bind_value(st, 2, &code);
	bind_value(st, 3, &day);
	sqlite3_bind_int64(st, 4, x->id);
	if (rule_step(x, st))
		sum += sqlite3_column_double(st, 0);
	sqlite3_reset(st);
	rule_yuan(x, fen);
	return sum <= (double)fen + 0.5;
}

/* Is the amount above the line from which prices are compared? */
static bool above_line(struct rule_context *x, int64_t *line)
{
	struct value v = rule_value(x, "amount");
	struct value day = rule_value(x, "date");

	*line = PRICE_LINE_YUAN * 100;
	if (v.kind != VALUE_INT || day.kind != VALUE_TEXT)
		return false;
	limit_of(x, slice_str("price_line"), day.s, line);
	return v.i > *line;
}

static size_t suppliers(const json_t *list)
{
	const json_t *one, *other;
	size_t i, k, n = 0;
	bool again;

	json_array_foreach(list, i, one) {
		again = !*json_text(one, "supplier");
		json_array_foreach(list, k, other)
			again |= k < i && !strcmp(json_text(one, "supplier"),
			    json_text(other, "supplier"));
		n += !again;
	}
	return n;
}

/* Three suppliers' prices. A draft may still be without any. */
bool rule_quotes(struct rule_context *x, const struct rule *r)
{
	json_t *list;
	int64_t line;
	size_t n;
	bool none;

	if (!above_line(x, &line))
		return true;
	list = rule_list(x, r->field);
	none = !list && rule_when(x, "state=draft|l1|returned");
	n = suppliers(list);
	json_decref(list);
	rule_yuan(x, line);
	return none || n >= 3;
}

bool rule_interview(struct rule_context *x, const struct rule *r)
{
	int64_t line;

	if (!above_line(x, &line))
		return true;
	rule_yuan(x, line);
	return rule_value(x, r->field).kind != VALUE_NULL;
}

/* Several papers for one payee and day, none above the line, all together
 * above it. */
bool rule_split(struct rule_context *x, const struct rule *r)
{
	struct value payee = rule_value(x, r->field);
	struct value day = rule_value(x, r->other);
	struct value v = rule_value(x, "amount");
	sqlite3_stmt *st;
	int64_t line, sum = 0;

	if (above_line(x, &line) || payee.kind == VALUE_NULL ||
	    v.kind != VALUE_INT)
		return true;
	st = rule_fixed(x, SQL_RULE_SPLIT);
	if (!st)
		return true;
	bind_value(st, 1, &payee);
	bind_value(st, 2, &day);
	bind_text(st, 3, x->branch);
	sqlite3_bind_int64(st, 4, x->id);
	sqlite3_bind_int64(st, 5, line);
	if (rule_step(x, st))
		sum = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	if (sum == 0 || sum > INT64_MAX - v.i)
		return sum == 0;
	rule_yuan(x, sum + v.i);
	return sum + v.i <= line;
}
