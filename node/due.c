/* The rules become one statement, so that SQLite sorts and counts. */
#include "due_impl.h"

#define DAYS_MAX 3660
#define YEAR_MIN "1901-01-01"	/* a look back stays in date.h's range */

/* ---- one rule as a SELECT ---- */

/* The state at the end of the day asked for; figure_path.c does the same. */
static void add_state(struct due_run *run, const struct type *t)
{
	struct buf *b = &run->sql;

	if (!run->past || !t) {
		buf_adds(b, "state");
		return;
	}
	buf_adds(b, "CASE WHEN id IN (SELECT record FROM transition "
	    "WHERE \"on\" > ?1) THEN coalesce((SELECT s.\"to\" "
	    "FROM transition AS s WHERE s.record = x.id AND NOT s.ahead "
	    "AND s.\"on\" <= ?1 ORDER BY s.stamp DESC LIMIT 1), ");
	sql_text(b, slice_str(t->state[0].key));
	buf_adds(b, ") ELSE state END");
}

const char *due_title_field(const struct catalogue *c, const struct type *t,
    const struct enumeration **kind)
{
	static const char *const keys[] = { "title", "name", "occasion",
		"purpose", "kind" };
	const struct field *f;

	*kind = NULL;
	for (size_t i = 0; t && i < sizeof keys / sizeof *keys; i++) {
		f = type_field(c, t, keys[i]);
		if (!f || (f->level != 'P' && f->level != 'I'))
			continue;
		*kind = f->values;
		return f->key;
	}
	return NULL;
}

static void add_title(struct due_run *run, const struct type *t)
{
	const struct enumeration *kind;
	const char *key = due_title_field(run->s->catalogue, t, &kind);

	if (!key) {
		buf_adds(&run->sql, "NULL");
		return;
	}
	buf_adds(&run->sql, "r.");
	sql_name(&run->sql, key);
}

static void add_rule(struct due_run *run, size_t i)
{
	const struct due_rule *u = &due_rules[i];
	const struct type *t = catalogue_type(run->s->catalogue, u->type);
	const char *key = u->key ? u->key : "r.id";
	struct buf *b = &run->sql;

	buf_printf(b, "SELECT %zu AS rule, r.id AS id, r.branch AS branch, "
	    "r.now AS state, ", i);
	add_title(run, t);
	buf_printf(b, " AS title, %s AS period, min(%s) AS due, "
	    "count(*) AS missing, coalesce(%s, 0) AS high FROM (SELECT x.*, ",
	    u->cycle ? "p.name" : "''", u->due, u->high ? u->high : "0");
	add_state(run, t);
	buf_adds(b, " AS now, ");
	due_number(run, u);
	buf_printf(b, " AS due_n FROM %s AS x WHERE void IS NULL "
	    "AND (?3 IS NULL OR branch = ?3)) AS r", u->type);
	if (u->cycle)
		buf_printf(b, " JOIN period AS p ON p.kind = %s", u->cycle);
	if (u->done)
		buf_printf(b, " LEFT JOIN (%s) AS d ON d.id = %s "
		    "AND d.period = %s", u->done, key,
		    u->cycle ? "p.name" : "''");
	/* iif: the day is worked out only for what waits, so that no year is
	 * asked of the calendar in vain. */
	buf_printf(b, " WHERE %s AND iif(%s, %s, NULL) <= ", u->done ?
	    "d.id IS NULL" : "1", u->when, u->due);
	if (u->lead)
		buf_printf(b, "max(?2, months(?1, %d))", u->lead);
	else
		buf_adds(b, "?2");
	buf_printf(b, " GROUP BY %s", key);
}

static void add_rules(struct due_run *run)
{
	const char *role = run->o->role;
	bool any = false;

	for (size_t i = 0; i < ndue_rules; i++) {
		if (role && !due_rule_role(&due_rules[i], role))
			continue;
		buf_adds(&run->sql, any ? " UNION ALL " : "");
		add_rule(run, i);
		any = true;
	}
	if (!any)
		buf_adds(&run->sql, "SELECT 0 AS rule, 0 AS id, '' AS branch, "
		    "'' AS state, '' AS title, '' AS period, '' AS due, "
		    "0 AS missing, 0 AS high WHERE 0");
}

/* ---- the run ---- */

static enum err_code set_days(struct due_run *run, struct err *e)
{
	const char *as_of = run->o->as_of;
	char today[DATE_TEXT];
	int64_t day, days = run->o->days;

	date_text(clock_ms() / 86400000, today);
	snprintf(run->as_of, sizeof run->as_of, "%s", as_of ? as_of : today);
	if (!date_days(slice_str(run->as_of), &day) ||
	    strcmp(run->as_of, YEAR_MIN) < 0 || days > DAYS_MAX)
		return err_set(e, ERR_DATE, _("“%.40s” and %lld days are not "
		    "a time to look at"), run->as_of, (long long)days);
	run->past = strcmp(run->as_of, today) < 0;
	date_text(day + days, run->horizon);
	return OK;
}

static enum err_code prepare(struct due_run *run, const char *select,
    const char *tail, sqlite3_stmt **st, struct err *e)
{
	enum err_code rc = set_days(run, e);

	if (rc == OK)
		rc = due_start(run, e);
	if (rc != OK)
		return rc;
	due_periods(run);
	buf_printf(&run->sql, "SELECT %s FROM (", select);
	add_rules(run);
	buf_printf(&run->sql, ") %s", tail);
	if ((rc = buf_ok(&run->sql, e)) != OK ||
	    (rc = store_prepare(run->s, (char *)run->sql.p, st, e)) != OK)
		return rc;
	bind_text(*st, 1, run->as_of);
	bind_text(*st, 2, run->horizon);
	bind_text(*st, 3, run->o->branch);
	return OK;
}

const char *due_text(sqlite3_stmt *st, int i)
{
	const char *text = (const char *)sqlite3_column_text(st, i);

	return text ? text : "";
}

const char *due_title(const struct catalogue *c, const struct type *t,
    const char *text)
{
	const struct enumeration *kind;
	const struct label *label = NULL;

	(void)due_title_field(c, t, &kind);
	if (kind)
		label = enumeration_find(kind, slice_str(text));
	return label ? label->zh : text;
}

static void read_row(struct due_run *run, sqlite3_stmt *st, struct due *d)
{
	int64_t today = 0, day = 0;

	*d = (struct due){
		.rule = &due_rules[sqlite3_column_int64(st, 0)],
		.id = sqlite3_column_int64(st, 1), .branch = due_text(st, 2),
		.state = due_text(st, 3), .period = due_text(st, 5),
		.day = due_text(st, 6),
		.missing = sqlite3_column_int64(st, 7),
		.high = sqlite3_column_int64(st, 8) != 0,
	};
	d->title = due_title(run->s->catalogue, catalogue_type(
	    run->s->catalogue, d->rule->type), due_text(st, 4));
	if (date_days(slice_str(run->as_of), &today) &&
	    date_days(slice_str(d->day), &day))
		d->overdue = today - day;
}

/* ---- how many, for status ---- */

#define META_OVERDUE "due.overdue"	/* "2026-11-21 17" */

static enum err_code keep(struct due_run *run, int64_t overdue, struct err *e)
{
	char text[DATE_TEXT + 32];
	enum err_code rc;

	snprintf(text, sizeof text, "%s %lld", run->as_of,
	    (long long)overdue);
	rc = store_begin(run->s, e);
	if (rc == OK)
		rc = store_meta_set(run->s, META_OVERDUE, slice_str(text), e);
	if (rc == OK)
		rc = store_commit(run->s, e);
	if (rc != OK)
		store_rollback(run->s);
	return rc;
}

/* Was everything asked for, of today? */
static bool is_whole(const struct due_options *o)
{
	return !o->as_of && !o->role && !o->branch;
}

enum err_code due_each(struct store *s, const struct due_options *o,
    due_fn fn, void *arg, int *gap, struct err *e)
{
	struct due_run run = { .s = s, .o = o };
	sqlite3_stmt *st = NULL;
	bool row = true, stopped = false;
	int64_t overdue = 0;
	enum err_code rc = prepare(&run, "*", "ORDER BY due < ?1 DESC, "
	    "high DESC, due, rule, id", &st, e);
	struct due d;

	while (rc == OK && !stopped &&
	    (rc = store_step(s, st, &row, e)) == OK && row) {
		read_row(&run, st, &d);
		overdue += d.overdue > 0;
		stopped = fn(arg, &d) != 0;
	}
	sqlite3_finalize(st);
	if (gap)
		*gap = run.calendar ? calendar_gap(run.calendar) : 0;
	if (rc == OK && !stopped && s->writing && !s->in_txn && is_whole(o))
		rc = keep(&run, overdue, e);
	due_end(&run);
	return rc;
}

static enum err_code count_now(struct store *s, int64_t *overdue,
    char day[DATE_TEXT], struct err *e)
{
	const struct due_options today = { .days = -1 };
	struct due_run run = { .s = s, .o = &today };
	sqlite3_stmt *st = NULL;
	bool row = false;
	enum err_code rc = prepare(&run, "count(*)", "WHERE due < ?1", &st, e);

	if (rc == OK && (rc = store_step(s, st, &row, e)) == OK && row)
		*overdue = sqlite3_column_int64(st, 0);
	memcpy(day, run.as_of, DATE_TEXT);
	sqlite3_finalize(st);
	due_end(&run);
	return rc;
}

enum err_code due_overdue(struct store *s, int64_t records, int64_t *overdue,
    char day[DATE_TEXT], struct err *e)
{
	struct buf kept = BUF_INIT;
	int64_t when;
	enum err_code rc;
	char *space;

	*overdue = 0;
	day[0] = '\0';
	if (records <= DUE_LIVE)
		return count_now(s, overdue, day, e);
	rc = store_meta_get(s, META_OVERDUE, &kept, e);
	if (rc == OK && kept.n && (space = strchr((char *)kept.p, ' '))) {
		*space = '\0';
		if (date_days(slice_str((char *)kept.p), &when)) {
			date_text(when, day);
			*overdue = strtoll(space + 1, NULL, 10);
		}
	}
	buf_release(&kept);
	return rc;
}
