/* Statements: prepared once, bound, stepped; SQLite's errors translated. */
#include "rules.h"
#include "store_db.h"

#include <stdarg.h>

#include "base/text.h"

static const char *const sql_texts[SQL_COUNT] = {
#define X(name, nparam, text) [SQL_##name] = text,
	SQL_MAP(X)
#undef X
};

static enum err_code code_of(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ERR_BUSY;
	case SQLITE_NOMEM:
		return ERR_MEMORY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return ERR_CORRUPT;
	case SQLITE_INTERRUPT:
		return ERR_INTERRUPTED;
	case SQLITE_CONSTRAINT:
		return ERR_FORMAT;
	case SQLITE_TOOBIG:
		return ERR_TOO_BIG;
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return ERR_IO;
	default:
		return ERR_INTERNAL;
	}
}

enum err_code err_sqlite(struct err *e, sqlite3 *db, const char *fmt, ...)
{
	enum err_code code;
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	code = code_of(db ? sqlite3_errcode(db) : SQLITE_NOMEM);
	err_set(e, code, "%s: %s", text,
	    db ? sqlite3_errmsg(db) : sqlite3_errstr(SQLITE_NOMEM));
	if (code == ERR_BUSY)
		err_hint(e, _("wait until the other command has ended, "
		    "then try again"));
	else if (code == ERR_CORRUPT)
		err_hint(e, _("make the store again from its chains: "
		    "wellhead rebuild"));
	return code;
}

enum err_code store_prepare(struct store *s, const char *sql,
    sqlite3_stmt **out, struct err *e)
{
	*out = NULL;
	if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out,
	    NULL) != SQLITE_OK)
		return err_sqlite(e, s->db, _("preparing a statement"));
	return OK;
}

/* Reset and unbind *slot, preparing it from sql if it is not there yet. */
static enum err_code ready(struct store *s, sqlite3_stmt **slot,
    const char *sql, sqlite3_stmt **out, struct err *e)
{
	enum err_code r;

	if (!*slot && (r = store_prepare(s, sql, slot, e)) != OK)
		return r;
	sqlite3_reset(*slot);
	sqlite3_clear_bindings(*slot);
	*out = *slot;
	return OK;
}

enum err_code store_stmt(struct store *s, enum sql_name name,
    sqlite3_stmt **out, struct err *e)
{
	return ready(s, &s->stmt[name], sql_texts[name], out, e);
}

enum err_code store_walk(struct store *s, enum sql_name name,
    sqlite3_stmt **out, struct err *e)
{
	return store_prepare(s, sql_texts[name], out, e);
}

static void insert_sql(struct buf *b, const struct type *t)
{
	size_t i;

	buf_adds(b, "INSERT INTO ");
	sql_name(b, t->key);
	buf_adds(b, "(id, branch, state, state_at");
	for (i = TYPE_COL_EXT; i < t->table.ncol; i++) {
		buf_adds(b, ", ");
		sql_name(b, t->table.col[i].key);
	}
	buf_adds(b, ") VALUES (?1, ?2, ");
	sql_text(b, slice_str(t->state[0].key));
	buf_adds(b, ", ?1");
	for (i = TYPE_COL_EXT; i < t->table.ncol; i++)
		buf_printf(b, ", ?%zu", i + 2);
	buf_addc(b, ')');
}

static void row_sql(struct buf *b, const struct type *t)
{
	size_t i;

	for (i = TYPE_COL_EXT; i < t->table.ncol; i++) {
		buf_adds(b, i == TYPE_COL_EXT ? "SELECT " : ", ");
		sql_name(b, t->table.col[i].key);
	}
	buf_adds(b, " FROM ");
	sql_name(b, t->key);
	buf_adds(b, " WHERE id = ?1");
}

static void type_sql(struct buf *b, const struct type *t, enum type_sql which)
{
	static const struct { const char *before, *after; } part[] = {
		[TYPE_GET] = { "SELECT branch, state, state_at FROM ",
		    " WHERE id = ?1" },
		[TYPE_STATE] = { "UPDATE ", " SET state = ?2, state_at = ?3 "
		    "WHERE id = ?1" },
		[TYPE_BY_EXT] = { "SELECT min(id) FROM ",
		    " WHERE ext = ?1" },
	};

	if (which == TYPE_INSERT || which == TYPE_ROW) {
		(which == TYPE_ROW ? row_sql : insert_sql)(b, t);
		return;
	}
	buf_adds(b, part[which].before);
	sql_name(b, t->key);
	buf_adds(b, part[which].after);
}

enum err_code store_type_stmt(struct store *s, const struct type *t,
    enum type_sql which, sqlite3_stmt **out, struct err *e)
{
	sqlite3_stmt **slot = &s->type[t->index].st[which];
	struct buf sql = BUF_INIT;
	enum err_code r = OK;

	if (!*slot) {
		type_sql(&sql, t, which);
		r = buf_ok(&sql, e);
	}
	if (r == OK)
		r = ready(s, slot, (const char *)sql.p, out, e);
	buf_release(&sql);
	return r;
}

static void field_sql(struct buf *b, const struct type *t, size_t column,
    bool write)
{
	const char *key = column < t->table.ncol ? t->table.col[column].key :
	    "void";

	buf_adds(b, write ? "UPDATE " : "SELECT ");
	sql_name(b, write ? t->key : key);
	buf_adds(b, write ? " SET " : " FROM ");
	sql_name(b, write ? key : t->key);
	buf_adds(b, write ? " = ?2 WHERE id = ?1" : " WHERE id = ?1");
}

enum err_code store_field_stmt(struct store *s, const struct type *t,
    size_t column, bool write, sqlite3_stmt **out, struct err *e)
{
	struct type_stmt *ts = &s->type[t->index];
	struct buf sql = BUF_INIT;
	sqlite3_stmt **slot;
	enum err_code r = OK;

	if (!ts->field) {
		ts->field = calloc(2 * (t->table.ncol + 1),
		    sizeof(sqlite3_stmt *));
		if (!ts->field)
			return err_memory(e);
	}
	slot = &ts->field[2 * column + (write ? 1 : 0)];
	if (!*slot) {
		field_sql(&sql, t, column, write);
		r = buf_ok(&sql, e);
	}
	if (r == OK)
		r = ready(s, slot, (const char *)sql.p, out, e);
	buf_release(&sql);
	return r;
}

static void release_type(struct type_stmt *ts, const struct type *t)
{
	size_t i;

	for (i = 0; i < TYPE_SQL_COUNT; i++)
		sqlite3_finalize(ts->st[i]);
	for (i = 0; ts->field && i < 2 * (t->table.ncol + 1); i++)
		sqlite3_finalize(ts->field[i]);
	free(ts->field);
	*ts = (struct type_stmt){0};
}

void store_stmt_release(struct store *s)
{
	size_t i;

	for (i = 0; i < SQL_COUNT; i++) {
		sqlite3_finalize(s->stmt[i]);
		s->stmt[i] = NULL;
	}
	for (i = 0; s->type && i < s->catalogue->ntype; i++)
		release_type(&s->type[i], &s->catalogue->type[i]);
	for (i = 0; s->rule && i < nrules; i++) {
		sqlite3_finalize(s->rule[i]);
		s->rule[i] = NULL;
	}
}

enum err_code store_exec(struct store *s, const char *sql, struct err *e)
{
	if (sqlite3_exec(s->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return err_sqlite(e, s->db, _("in the store"));
	return OK;
}

enum err_code store_step(struct store *s, sqlite3_stmt *st, bool *row,
    struct err *e)
{
	int rc = sqlite3_step(st);

	*row = rc == SQLITE_ROW;
	if (rc == SQLITE_ROW)
		return OK;
	if (rc == SQLITE_DONE) {
		sqlite3_reset(st);
		return OK;
	}
	err_sqlite(e, s->db, _("in the store"));
	sqlite3_reset(st);
	return e->code;
}

bool store_next(struct store *s, sqlite3_stmt *st, enum err_code *rc,
    struct err *e)
{
	bool row = false;

	if (!*rc)
		*rc = store_step(s, st, &row, e);
	return row;
}

enum err_code store_number(struct store *s, sqlite3_stmt *st, int64_t *out,
    struct err *e)
{
	bool row;
	enum err_code rc = store_step(s, st, &row, e);

	if (rc == OK && row)
		*out = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return rc;
}

enum err_code store_run(struct store *s, sqlite3_stmt *st, struct err *e)
{
	bool row;
	enum err_code r = store_step(s, st, &row, e);

	if (r == OK && row)
		sqlite3_reset(st);
	return r;
}

enum err_code store_collision(struct err *e)
{
	return err_set(e, ERR_COLLISION, _("there is another row with this "
	    "stamp: two copies of one node's store have used it"));
}

enum err_code store_run_once(struct store *s, sqlite3_stmt *st,
    struct err *e)
{
	enum err_code r = store_run(s, st, e);

	return r == OK && sqlite3_changes(s->db) == 0 ? store_collision(e) :
	    r;
}

void bind_value(sqlite3_stmt *st, int i, const struct value *v)
{
	switch (v->kind) {
	case VALUE_INT:
		sqlite3_bind_int64(st, i, v->i);
		break;
	case VALUE_REAL:
		sqlite3_bind_double(st, i, v->r);
		break;
	case VALUE_TEXT:
		sqlite3_bind_text64(st, i, v->s.n ? (const char *)v->s.p : "",
		    v->s.n, SQLITE_STATIC, SQLITE_UTF8);
		break;
	case VALUE_BYTES:
		/* A NULL pointer would bind NULL, not nothing. */
		sqlite3_bind_blob64(st, i, v->s.n ? v->s.p :
		    (const unsigned char *)"", v->s.n, SQLITE_STATIC);
		break;
	default:
		sqlite3_bind_null(st, i);
	}
}

void bind_text(sqlite3_stmt *st, int i, const char *text)
{
	sqlite3_bind_text(st, i, text, -1, SQLITE_STATIC);
}

void bind_bytes(sqlite3_stmt *st, int i, const void *p, size_t n)
{
	sqlite3_bind_blob64(st, i, p, n, SQLITE_STATIC);
}

struct value column_value(sqlite3_stmt *st, int i)
{
	const void *p;

	switch (sqlite3_column_type(st, i)) {
	case SQLITE_INTEGER:
		return value_int(sqlite3_column_int64(st, i));
	case SQLITE_FLOAT:
		return value_real(sqlite3_column_double(st, i));
	case SQLITE_TEXT:
		p = sqlite3_column_text(st, i);
		return value_text(slice_of(p,
		    (size_t)sqlite3_column_bytes(st, i)));
	case SQLITE_BLOB:
		p = sqlite3_column_blob(st, i);
		return value_bytes(slice_of(p,
		    (size_t)sqlite3_column_bytes(st, i)));
	default:
		return VALUE_NONE;
	}
}

void column_text(sqlite3_stmt *st, int i, char *out, size_t size)
{
	const char *p = (const char *)sqlite3_column_text(st, i);
	size_t n = p ? (size_t)sqlite3_column_bytes(st, i) : 0;

	if (n >= size)
		n = utf8_cut(slice_of(p, n), size - 1);
	if (p && n)
		memcpy(out, p, n);
	out[n] = 0;
}

bool column_bytes(sqlite3_stmt *st, int i, unsigned char *out, size_t n)
{
	struct value v = column_value(st, i);

	return value_copy_bytes(&v, out, n);
}

static void quoted(struct buf *b, struct slice s, unsigned char quote)
{
	size_t i;

	buf_addc(b, quote);
	for (i = 0; i < s.n; i++) {
		if (s.p[i] == quote)
			buf_addc(b, quote);
		buf_addc(b, s.p[i]);
	}
	buf_addc(b, quote);
}

void sql_name(struct buf *b, const char *name)
{
	quoted(b, slice_str(name), '"');
}

void sql_text(struct buf *b, struct slice text)
{
	quoted(b, text, '\'');
}
