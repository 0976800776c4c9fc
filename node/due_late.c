/* Late entries (补报): what was entered after its period was closed. */
#include "due_impl.h"

bool due_closes(const char *period, char out[DATE_TEXT])
{
	char first[DATE_TEXT], last[DATE_TEXT];
	int64_t day;

	if (!period_range(period, first, last) ||
	    !date_days(slice_str(last), &day))
		return false;
	date_text(day + (strchr(period, 'Q') ? 10 : strchr(period, '-') ?
	    5 : 20), out);
	return true;
}

bool due_late(const char *period, const char *entered_on)
{
	char closes[DATE_TEXT];

	return entered_on && *entered_on && due_closes(period, closes) &&
	    strcmp(entered_on, closes) > 0;
}

/* ?1 the period, ?2 and ?3 its first and last day: a record's own period
 * counts before its day, so that a report of July made in August is July's. */
static void add_belongs(struct buf *b, const struct catalogue *c,
    const struct type *t)
{
	const struct field *own = type_field(c, t, "period");

	if (own && own->kind == COL_MONTH)
		buf_adds(b, "coalesce(period, substr(day, 1, 7)) BETWEEN "
		    "substr(?2, 1, 7) AND substr(?3, 1, 7)");
	else if (own && own->kind == COL_QUARTER)
		buf_adds(b, "iif(period IS NULL OR ?1 LIKE '%-%', "
		    "day BETWEEN ?2 AND ?3, "
		    "period = ?1 OR substr(period, 1, 4) = ?1)");
	else
		buf_adds(b, "day BETWEEN ?2 AND ?3");
}

static void add_type(struct buf *b, const struct catalogue *c, size_t i)
{
	const struct type *t = &c->type[i];
	const struct enumeration *kind;
	const char *title = due_title_field(c, t, &kind);

	buf_printf(b, "%sSELECT %zu AS type, id, branch, ",
	    b->n ? " UNION ALL " : "", i);
	if (title)
		sql_name(b, title);
	else
		buf_adds(b, "NULL");
	buf_adds(b, " AS title, day, entered_on FROM (SELECT *, ");
	sql_name(b, t->report_date->key);
	buf_adds(b, " AS day FROM ");
	sql_name(b, t->key);
	buf_adds(b, ") WHERE void IS NULL AND entered_on > ?4 "
	    "AND (?5 IS NULL OR branch = ?5) AND ");
	add_belongs(b, c, t);
}

static enum err_code prepare(struct store *s, const char *period,
    const char *branch, struct buf *sql, sqlite3_stmt **st, struct err *e)
{
	char first[DATE_TEXT], last[DATE_TEXT], closes[DATE_TEXT];
	const struct catalogue *c = s->catalogue;
	enum err_code rc;

	if (!period_range(period, first, last) || !due_closes(period, closes))
		return err_set(e, ERR_PERIOD, _("“%.40s” is no month, quarter "
		    "or year"), period);
	for (size_t i = 0; i < c->ntype; i++)
		if (c->type[i].report_date)
			add_type(sql, c, i);
	buf_adds(sql, " ORDER BY branch, type, day, id");
	if ((rc = buf_ok(sql, e)) != OK ||
	    (rc = store_prepare(s, (char *)sql->p, st, e)) != OK)
		return rc;
	for (int i = 0; i < 4; i++)	/* copied: our arrays end here */
		sqlite3_bind_text(*st, i + 1, (const char *[]){ period, first,
		    last, closes }[i], -1, SQLITE_TRANSIENT);
	bind_text(*st, 5, branch);
	return OK;
}

enum err_code due_late_each(struct store *s, const char *period,
    const char *branch, due_late_fn fn, void *arg, struct err *e)
{
	const struct catalogue *c = s->catalogue;
	struct buf sql = BUF_INIT;
	sqlite3_stmt *st = NULL;
	enum err_code rc = prepare(s, period, branch, &sql, &st, e);
	struct due_late_entry one;

	while (store_next(s, st, &rc, e)) {
		one.type = &c->type[sqlite3_column_int64(st, 0)];
		one.id = sqlite3_column_int64(st, 1);
		one.branch = due_text(st, 2);
		one.title = due_title(c, one.type, due_text(st, 3));
		one.day = due_text(st, 4);
		one.entered_on = due_text(st, 5);
		if (fn(arg, &one))
			break;
	}
	sqlite3_finalize(st);
	buf_release(&sql);
	return rc;
}
