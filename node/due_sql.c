/* What the statement of due.c stands on. */
#include "due_impl.h"

#define SETTINGS_MAX 10000
#define NUMBER_MAX 3660		/* ten years of days */
#define LOOK_BACK 12		/* months */

/* ---- functions of SQL ---- */

/* The two arguments; false if the result is NULL. */
static bool read_args(sqlite3_value **v, int64_t *day, int64_t *n)
{
	const unsigned char *text = sqlite3_value_text(v[0]);

	*n = sqlite3_value_int64(v[1]);
	return text && sqlite3_value_type(v[1]) != SQLITE_NULL &&
	    *n >= -NUMBER_MAX && *n <= NUMBER_MAX &&
	    date_days(slice_str((const char *)text), day);
}

static void give_day(sqlite3_context *ctx, int64_t day)
{
	char iso[DATE_TEXT];

	date_text(day, iso);
	sqlite3_result_text(ctx, iso, -1, SQLITE_TRANSIENT);
}

static void fn_workday(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
	int64_t day, n;

	(void)argc;
	if (read_args(v, &day, &n))
		give_day(ctx, calendar_add(sqlite3_user_data(ctx), day, n));
}

/* The first day of month i, counted from year 0. */
static int64_t month_start(int64_t i)
{
	return days_from_civil(i / 12, (int)(i % 12) + 1, 1);
}

/* n months later; where that month has no such day, its last one (Civil Code
 * art. 202), unlike SQLite's own, which runs over into the next. */
static void fn_months(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
	int64_t day, n, y, i, length;
	int m, d;

	(void)argc;
	if (!read_args(v, &day, &n))
		return;
	civil_from_days(day, &y, &m, &d);
	i = y * 12 + m - 1 + n;
	if (i < 0)
		return;
	length = month_start(i + 1) - month_start(i);
	give_day(ctx, month_start(i) + (d < length ? d : length) - 1);
}

static const struct {
	const char *name;
	void (*fn)(sqlite3_context *, int, sqlite3_value **);
} functions[] = { { "workday", fn_workday }, { "months", fn_months } };

/* calendar NULL takes the functions away again. */
static int set_functions(struct store *s, struct calendar *c)
{
	int rc = SQLITE_OK;

	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		if (rc == SQLITE_OK)
			rc = sqlite3_create_function(s->db,
			    functions[i].name, 2,
			    SQLITE_UTF8 | SQLITE_DETERMINISTIC, c,
			    c ? functions[i].fn : NULL, NULL, NULL);
	return rc;
}

/* ---- settings ---- */

/* A line with a value that is neither a number nor "off" says nothing. */
static bool read_setting(sqlite3_stmt *st, struct setting *out)
{
	const char *text = (const char *)sqlite3_column_text(st, 2);
	char *end = NULL;

	if (!text || !*text)
		return false;
	column_text(st, 0, out->branch, sizeof out->branch);
	column_text(st, 1, out->rule, sizeof out->rule);
	memmove(out->rule, out->rule + strlen("due."),
	    strlen(out->rule + strlen("due.")) + 1);
	out->off = !strcmp(text, "off");
	out->n = out->off ? 0 : strtoll(text, &end, 10);
	return out->off || (!*end && out->n >= -NUMBER_MAX &&
	    out->n <= NUMBER_MAX);
}

static enum err_code add_setting(struct due_run *run, sqlite3_stmt *st,
    struct err *e)
{
	struct setting *p = run->setting;

	if (run->nsetting == SETTINGS_MAX)
		return OK;
	p = realloc(p, (run->nsetting + 1) * sizeof *p);
	if (!p)
		return err_memory(e);
	run->setting = p;
	run->nsetting += read_setting(st, &p[run->nsetting]);
	return OK;
}

static enum err_code read_settings(struct due_run *run, struct err *e)
{
	sqlite3_stmt *st = NULL;
	enum err_code rc = store_stmt(run->s, SQL_DUE_SETTINGS, &st, e);

	while (store_next(run->s, st, &rc, e))
		rc = add_setting(run, st, e);
	sqlite3_reset(st);
	return rc;
}

static void add_number(struct buf *b, const struct setting *one)
{
	if (one->off)
		buf_adds(b, "NULL");
	else
		buf_printf(b, "%lld", (long long)one->n);
}

/* CASE takes the first that fits, so the newest settings come first. */
void due_number(struct due_run *run, const struct due_rule *rule)
{
	struct setting base = { .n = rule->n };
	struct buf *b = &run->sql;
	bool any = false, hq = false;

	for (size_t i = run->nsetting; i > 0; i--) {
		const struct setting *one = &run->setting[i - 1];

		if (strcmp(one->rule, rule->name) != 0)
			continue;
		if (!strcmp(one->branch, "HQ")) {
			base = hq ? base : *one;
			hq = true;
			continue;
		}
		buf_adds(b, any ? " WHEN " : "CASE branch WHEN ");
		sql_text(b, slice_str(one->branch));
		buf_adds(b, " THEN ");
		add_number(b, one);
		any = true;
	}
	buf_adds(b, any ? " ELSE " : "");
	add_number(b, &base);
	buf_adds(b, any ? " END" : "");
}

/* ---- periods ---- */

static const struct cycle {
	const char *kind;
	int months, shift;	/* shift: months that it begins early */
	const char *part;	/* between year and number in its name */
} cycles[] = {
	{ "month", 1, 0, "-" }, { "quarter", 3, 0, "Q" },
	{ "half", 6, 0, "H" }, { "year", 12, 0, "" },
	{ "statistics", 12, 3, "" },
};

static void add_period(struct buf *b, const struct cycle *c, int64_t month)
{
	int64_t end = month + c->months - 1;
	char first[DATE_TEXT], last[DATE_TEXT];

	date_text(month_start(month), first);
	date_text(month_start(end + 1) - 1, last);
	buf_printf(b, "%s('%s', '", b->p[b->n - 1] == ')' ? ", " : "",
	    c->kind);
	buf_printf(b, "%04lld%s", (long long)(end / 12), c->part);
	if (*c->part)
		buf_printf(b, "%0*d", c->months == 1 ? 2 : 1,
		    (int)(end % 12) / c->months + 1);
	buf_printf(b, "', '%s', '%s')", first, last);
}

static int64_t month_of(const char *iso)
{
	int64_t day = 0, y;
	int m, d;

	if (!date_days(slice_str(iso), &day))
		return 0;
	civil_from_days(day, &y, &m, &d);
	return y * 12 + m - 1;
}

void due_periods(struct due_run *run)
{
	int64_t from = month_of(run->as_of) - LOOK_BACK;
	int64_t to = month_of(run->horizon);

	buf_adds(&run->sql, "WITH period(kind, name, first, last) AS (VALUES ");
	for (size_t i = 0; i < sizeof cycles / sizeof *cycles; i++) {
		const struct cycle *c = &cycles[i];
		int64_t m = (from + c->shift) / c->months * c->months -
		    c->shift;

		for (; !run->sql.failed && m <= to; m += c->months)
			add_period(&run->sql, c, m);
	}
	buf_adds(&run->sql, ") ");
}

/* ---- start and end ---- */

enum err_code due_start(struct due_run *run, struct err *e)
{
	enum err_code rc = read_settings(run, e);

	if (rc == OK)
		rc = calendar_load(&run->calendar, run->s, e);
	if (rc == OK && set_functions(run->s, run->calendar) != SQLITE_OK)
		rc = err_sqlite(e, run->s->db, _("working days"));
	return rc;
}

void due_end(struct due_run *run)
{
	/* no statement of due.c is open any more, so this cannot fail */
	(void)set_functions(run->s, NULL);
	calendar_free(run->calendar);
	free(run->setting);
	buf_release(&run->sql);
}
