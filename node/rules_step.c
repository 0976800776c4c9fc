/* Rules about the days on which steps were taken. */
#include "rules.h"

#include "base/date.h"

/* Is the text one of "a|b"? */
static bool is_among(const char *text, const char *states)
{
	struct slice rest = slice_str(states), one;
	bool first = true;

	while (rule_value_next(&rest, &one, &first))
		if (slice_eqs(one, text))
			return true;
	return false;
}

bool rule_day(struct rule_context *x, struct rule_other o,
    const char *states, char day[DATE_TEXT])
{
	sqlite3_stmt *st;
	bool found = false;

	if (x->id == o.id && x->on && is_among(x->state, states)) {
		snprintf(day, DATE_TEXT, "%s", x->on);
		return true;
	}
	st = o.id ? rule_fixed(x, SQL_RULE_STEPS) : NULL;
	if (!st)
		return false;
	sqlite3_bind_int64(st, 1, o.id);
	while (!found && rule_step(x, st)) {
		const char *to = (const char *)sqlite3_column_text(st, 0);

		found = to && is_among(to, states);
		if (found)
			column_text(st, 1, day, DATE_TEXT);
	}
	sqlite3_reset(st);
	return found && *day;
}

static struct rule_other own(const struct rule_context *x)
{
	return (struct rule_other){ .t = x->t, .id = x->id };
}

/* Where a matter ends: these states, on this field's day or the step's. */
static const struct ending {
	const char *type, *states, *field;
} endings[] = {
	{ "practical_item", "done|published|evaluated|returned", "done_on" },
	{ "issue", "accepted|closed", "accepted_on" },
	{ "proposal", "declined|answered|closed", "" },
	{ "request", "refused|replied|closed", "" },
	{ "innovation", "promoted|stopped", "promoted_on" },
	{ "pairing", "completed|ended", "" },
	{ "hardship_case", "removed|rejected", "removed_on" },
	{ "person", "moved|left|deceased|archived", "" },
};

/* Has it ended, and when? */
static bool ended(struct rule_context *x, struct rule_other o,
    char day[DATE_TEXT])
{
	struct buf text = BUF_INIT;
	const struct ending *q;
	struct value v;
	bool is = false;

	for (q = endings; o.t && q < endings + sizeof(endings) /
	    sizeof(endings[0]); q++) {
		if (strcmp(q->type, o.t->key) != 0)
			continue;
		v = rule_read(x, o, "state", &text);
		is = v.kind == VALUE_TEXT && is_among((const char *)text.p,
		    q->states);
		v = is ? rule_read(x, o, q->field, &text) : VALUE_NONE;
		if (v.kind == VALUE_TEXT)
			snprintf(day, DATE_TEXT, "%s", (const char *)text.p);
		else
			is = is && rule_day(x, o, q->states, day);
	}
	buf_release(&text);
	return is;
}

/* What it belongs to was still open on the day of r->other. Reports close
 * the month in which the matter ended. */
bool rule_then_open(struct rule_context *x, const struct rule *r)
{
	struct value date = rule_value(x, r->other);
	char day[DATE_TEXT];
	bool month = !strcmp(x->t->key, "followup");

	if (date.kind != VALUE_TEXT ||
	    !ended(x, rule_refer(x, r->field), day))
		return true;
	buf_adds(&x->detail, day);
	if (month) {
		day[7] = '\0';
		date.s.n = date.s.n < 7 ? date.s.n : 7;
	}
	return slice_cmp(date.s, slice_str(day)) <= 0;
}

/* Help goes to an open file. What is entered now needs it open now; what is
 * imported or looked at again, that it was so on its day. */
bool rule_case_open(struct rule_context *x, const struct rule *r)
{
	struct rule_other o = rule_refer(x, r->field);
	struct value date = rule_value(x, r->other);
	char day[DATE_TEXT];

	if (!o.t || rule_meets(x, o, "state=active"))
		return true;
	if ((!x->id && !x->imported) || !rule_meets(x, o, "state=removed") ||
	    date.kind != VALUE_TEXT || !ended(x, o, day))
		return false;
	buf_adds(&x->detail, day);
	return slice_cmp(date.s, slice_str(day)) < 0;
}

/* The step to one of r->other came by the day of the field. */
bool rule_in_time(struct rule_context *x, const struct rule *r)
{
	struct value due = rule_value(x, r->field);
	char day[DATE_TEXT];

	if (due.kind != VALUE_TEXT || !rule_day(x, own(x), r->other, day))
		return true;
	buf_adds(&x->detail, day);
	return slice_cmp(slice_str(day), due.s) <= 0;
}

/* The field's day is not after the step to r->other. */
bool rule_before_step(struct rule_context *x, const struct rule *r)
{
	struct value v = rule_value(x, r->field);
	char day[DATE_TEXT];

	if (v.kind != VALUE_TEXT || !rule_day(x, own(x), r->other, day))
		return true;
	buf_adds(&x->detail, day);
	return slice_cmp(v.s, slice_str(day)) <= 0;
}

/* Mediation ends 15 days after the request; one accepted before the day on
 * which it is said to have come counts from there. */
bool rule_mediated(struct rule_context *x, const struct rule *r)
{
	struct value from = rule_value(x, r->field);
	char day[DATE_TEXT], accepted[DATE_TEXT];
	int64_t start, first, end;

	if (from.kind != VALUE_TEXT || !date_days(from.s, &start) ||
	    !rule_day(x, own(x), r->other, day) ||
	    !date_days(slice_str(day), &end))
		return true;
	if (rule_day(x, own(x), "accepted", accepted) &&
	    date_days(slice_str(accepted), &first) && first < start)
		start = first;
	buf_adds(&x->detail, day);
	return end - start <= 15;
}

/* Accepted or refused within three working days. */
bool rule_decided(struct rule_context *x, const struct rule *r)
{
	struct value from = rule_value(x, r->field);
	struct calendar *calendar;
	char day[DATE_TEXT];
	int64_t start, end;

	if (from.kind != VALUE_TEXT || !date_days(from.s, &start) ||
	    !rule_day(x, own(x), r->other, day) ||
	    !date_days(slice_str(day), &end) ||
	    !(calendar = rule_calendar(x)))
		return true;
	buf_adds(&x->detail, day);
	return end <= calendar_add(calendar, start, 3);
}
