/* Other people's SQL, read-only; SQLite's own check. */
#include "sealed.h"
#include "store_db.h"

/* Keys and the like are nobody's to read. */
static bool is_secret(const char *table, const char *column)
{
	static const struct { const char *table, *column; } secret[] = {
		{ "chain_key", "key" }, { "record_key", "key" },
		{ "mail_key", "secret" }, { "invitation", "token" },
	};

	for (size_t i = 0; i < sizeof secret / sizeof *secret; i++)
		if (strcmp(table, secret[i].table) == 0 &&
		    strcmp(column, secret[i].column) == 0)
			return true;
	return false;
}

/* Reading and nothing else. FTS5 asks for data_version when it reads. */
static int allow(void *arg, int action, const char *a, const char *b,
    const char *c, const char *d)
{
	(void)c;
	(void)d;
	switch (action) {
	case SQLITE_READ:
		/* a column that is ignored reads as NULL */
		return a && b && (is_secret(a, b) ||
		    sealed_column(arg, a, b)) ? SQLITE_IGNORE : SQLITE_OK;
	case SQLITE_SELECT:
	case SQLITE_FUNCTION:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_PRAGMA:
		return a && strcmp(a, "data_version") == 0 && !b ?
		    SQLITE_OK : SQLITE_DENY;
	default:
		return SQLITE_DENY;
	}
}

static enum err_code query_error(struct store *s, struct err *e)
{
	int rc = sqlite3_errcode(s->db) & 0xff;

	if (rc == SQLITE_AUTH) {
		err_set(e, ERR_ROLE, _("the query does more than read"));
		return err_hint(e, _("only SELECT is run here; records are "
		    "changed by add, edit, void and do"));
	}
	if (rc == SQLITE_ERROR)
		return err_set(e, ERR_USAGE, _("the query: %s"),
		    sqlite3_errmsg(s->db));
	return err_sqlite(e, s->db, _("the query"));
}

static bool only_space(const char *s)
{
	return s[strspn(s, " \t\r\n;")] == 0;
}

static enum err_code rows(struct store *s, sqlite3_stmt *st, store_row_fn fn,
    void *arg, struct err *e)
{
	size_t n = (size_t)sqlite3_column_count(st), i;
	const char **name = calloc(n + 1, sizeof *name);
	struct value *v = calloc(n + 1, sizeof *v);
	enum err_code r = OK;
	int rc;

	if (!name || !v) {
		r = err_memory(e);
		goto done;
	}
	for (i = 0; i < n; i++)
		name[i] = sqlite3_column_name(st, (int)i);
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		for (i = 0; i < n; i++)
			v[i] = column_value(st, (int)i);
		if (fn(arg, n, name, v))
			break;
	}
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		r = query_error(s, e);
done:
	free(name);
	free(v);
	return r;
}

enum err_code store_sql(struct store *s, const char *sql, store_row_fn row,
    void *arg, struct err *e)
{
	sqlite3_stmt *st = NULL;
	enum err_code r = OK;
	const char *tail;

	/* The index connects by what looks like writing: before the guard. */
	if ((r = store_exec(s, "SELECT 1 FROM search_text LIMIT 0",
	    e)) != OK)
		return r;
	sqlite3_set_authorizer(s->db, allow, s);
	if (sqlite3_prepare_v2(s->db, sql, -1, &st, &tail) != SQLITE_OK)
		r = query_error(s, e);
	else if (!st)
		r = err_set(e, ERR_USAGE, _("the query is empty"));
	else if (!only_space(tail))
		r = err_set(e, ERR_USAGE,
		    _("one query at a time, please: there is more after ;"));
	else
		r = rows(s, st, row, arg, e);
	sqlite3_finalize(st);
	sqlite3_set_authorizer(s->db, NULL, NULL);
	return r;
}

enum err_code store_check(struct store *s, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r;
	char fault[300];
	bool row;

	if ((r = store_stmt(s, SQL_STORE_CHECK, &st, e)) != OK ||
	    (r = store_step(s, st, &row, e)) != OK)
		return r;
	column_text(st, 0, fault, sizeof fault);
	sqlite3_reset(st);
	if (strcmp(fault, "ok") == 0)
		return OK;
	err_set(e, ERR_CORRUPT, _("the store %s: %s"), s->path, fault);
	return err_hint(e, _("make the store again from its chains: "
	    "wellhead rebuild"));
}
