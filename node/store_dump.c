/* Two stores side by side: the synced tables as text, the first difference;
 * and the local tables carried from one to another.
 */
#include <inttypes.h>

#include "base/text.h"
#include "store_db.h"

#define DIFFERENCES_MAX 10	/* that are named */

/* The synced tables: the fixed ones, then the types'. */
static size_t ntables(const struct store *s)
{
	return nschema_tables + s->catalogue->ntype;
}

static const char *table_name(const struct store *s, size_t i)
{
	return i < nschema_tables ? schema_tables[i].name :
	    s->catalogue->type[i - nschema_tables].key;
}

static bool is_synced(size_t i)
{
	return i >= nschema_tables || schema_tables[i].order;
}

static enum err_code open_table(struct store *s, size_t i, sqlite3_stmt **st,
    struct err *e)
{
	struct buf sql = BUF_INIT;
	enum err_code r;

	buf_adds(&sql, "SELECT ");
	if (i < nschema_tables)
		buf_addc(&sql, '*');
	else
		schema_columns(&sql, &s->catalogue->type[i - nschema_tables]);
	buf_adds(&sql, " FROM ");
	sql_name(&sql, table_name(s, i));
	buf_adds(&sql, " ORDER BY ");
	buf_adds(&sql, i < nschema_tables ? schema_tables[i].order : "id");
	if ((r = buf_ok(&sql, e)) == OK)
		r = store_prepare(s, (const char *)sql.p, st, e);
	buf_release(&sql);
	return r;
}

static void add_quoted(struct buf *out, struct slice s)
{
	size_t i;

	buf_addc(out, '"');
	for (i = 0; i < s.n; i++)
		if (s.p[i] == '"' || s.p[i] == '\\' || s.p[i] < 0x20)
			buf_printf(out, "\\%02x", s.p[i]);
		else
			buf_addc(out, s.p[i]);
	buf_addc(out, '"');
}

static void add_value(struct buf *out, const struct value *v)
{
	switch (v->kind) {
	case VALUE_INT:
		buf_printf(out, "%" PRId64, v->i);
		break;
	case VALUE_REAL:
		buf_printf(out, "%.17g", v->r);
		break;
	case VALUE_TEXT:
		add_quoted(out, v->s);
		break;
	case VALUE_BYTES:
		buf_adds(out, "x'");
		hex_add(out, v->s);
		buf_addc(out, '\'');
		break;
	default:
		buf_addc(out, '-');
	}
}

static void add_row(struct buf *out, sqlite3_stmt *st)
{
	int i, n = sqlite3_column_count(st);

	for (i = 0; i < n; i++) {
		struct value v = column_value(st, i);

		if (i)
			buf_addc(out, ' ');
		add_value(out, &v);
	}
	buf_addc(out, '\n');
}

static enum err_code dump_table(struct store *s, size_t i, struct buf *out,
    struct err *e)
{
	sqlite3_stmt *st = NULL;
	enum err_code r = open_table(s, i, &st, e);

	buf_printf(out, "[%s]\n", table_name(s, i));
	while (store_next(s, st, &r, e))
		add_row(out, st);
	sqlite3_finalize(st);
	return r;
}

enum err_code store_dump(struct store *s, struct buf *out, struct err *e)
{
	enum err_code r = OK;
	size_t i;

	for (i = 0; r == OK && i < ntables(s); i++)
		if (is_synced(i))
			r = dump_table(s, i, out, e);
	return r == OK ? buf_ok(out, e) : r;
}

/* One place in one store's table. */
struct cursor {
	struct store *s;
	sqlite3_stmt *st;
	struct buf row;		/* its text; empty past the end */
};

static enum err_code cursor_next(struct cursor *c, struct err *e)
{
	enum err_code r;
	bool row;

	buf_clear(&c->row);
	if ((r = store_step(c->s, c->st, &row, e)) != OK)
		return r;
	if (row)
		add_row(&c->row, c->st);
	return buf_ok(&c->row, e);
}

/* Printed as people know it: a record's id or a stamp, else the value. */
static void add_key(struct buf *out, const struct cursor *c)
{
	struct value key = column_value(c->st, 0);
	char text[STAMP_DIGITS + 1];

	if (key.kind == VALUE_INT && key.i > 0xffffffff) {
		base32_stamp(text, (uint64_t)key.i);
		buf_adds(out, text);
	} else {
		add_value(out, &key);
	}
}

/* Of two rows with one key, the columns that differ. */
static void add_columns(struct buf *out, const struct cursor *a,
    const struct cursor *b)
{
	int n = sqlite3_column_count(a->st);
	bool any = false;

	for (int i = 0; i < n; i++) {
		struct value x = column_value(a->st, i);
		struct value y = column_value(b->st, i);

		if (x.kind == y.kind && (x.kind == VALUE_NULL ||
		    value_eq(&x, &y)))
			continue;
		buf_printf(out, "%s%s", any ? ", " : "",
		    sqlite3_column_name(a->st, i));
		any = true;
	}
}

/* Where they differ, without what stands there: a report may be logged. */
static void name_difference(struct buf *out, const char *table,
    const struct cursor *a, const struct cursor *b, int order)
{
	if (out->n)
		buf_adds(out, "; ");
	buf_printf(out, "%s ", table);
	add_key(out, order > 0 ? b : a);
	buf_adds(out, ": ");
	if (order == 0)
		add_columns(out, a, b);
	else
		buf_adds(out, order > 0 ? _("only in the second store") :
		    _("only in the first store"));
}

static int value_order(const struct value *x, const struct value *y)
{
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->kind == VALUE_INT)
		return x->i < y->i ? -1 : x->i > y->i;
	if (x->kind == VALUE_TEXT || x->kind == VALUE_BYTES)
		return slice_cmp(x->s, y->s);
	return 0;
}

/* Which of the two rows comes first, by the columns with these names. */
static int row_order(const struct cursor *a, const struct cursor *b,
    const char *order)
{
	int n = sqlite3_column_count(a->st), c = 0;

	if (!a->row.n || !b->row.n)
		return a->row.n ? -1 : 1;
	while (!c && *order) {
		size_t len = strcspn(order, ",");

		for (int i = 0; !c && i < n; i++) {
			const char *name = sqlite3_column_name(a->st, i);
			struct value x = column_value(a->st, i);
			struct value y = column_value(b->st, i);

			if (strlen(name) == len &&
			    strncmp(name, order, len) == 0)
				c = value_order(&x, &y);
		}
		order += len;
		order += strspn(order, ", ");
	}
	return c;
}

static enum err_code compare_table(struct cursor *a, struct cursor *b,
    size_t i, struct buf *out, size_t *found, struct err *e)
{
	const char *order = i < nschema_tables ? schema_tables[i].order : "id";
	int c = 0;
	enum err_code r;

	if ((r = open_table(a->s, i, &a->st, e)) != OK ||
	    (r = open_table(b->s, i, &b->st, e)) != OK)
		return r;
	do {
		if ((c <= 0 && (r = cursor_next(a, e)) != OK) ||
		    (c >= 0 && (r = cursor_next(b, e)) != OK))
			return r;
		if (slice_eq(slice_buf(&a->row), slice_buf(&b->row))) {
			c = 0;
			continue;
		}
		c = row_order(a, b, order);
		name_difference(out, table_name(a->s, i), a, b, c);
		++*found;
	} while (*found < DIFFERENCES_MAX && (a->row.n || b->row.n));
	return OK;
}

enum err_code store_compare(struct store *a, struct store *b,
    struct buf *out, struct err *e)
{
	struct cursor ca = { .s = a }, cb = { .s = b };
	enum err_code r = OK;
	size_t i, found = 0;

	buf_clear(out);
	for (i = 0; r == OK && found < DIFFERENCES_MAX && i < ntables(a);
	    i++) {
		if (!is_synced(i))
			continue;
		r = compare_table(&ca, &cb, i, out, &found, e);
		sqlite3_finalize(ca.st);
		sqlite3_finalize(cb.st);
		ca.st = cb.st = NULL;
	}
	buf_release(&ca.row);
	buf_release(&cb.row);
	return r == OK ? buf_ok(out, e) : r;
}

/* ---- local tables ---- */

static enum err_code copy_rows(struct store *to, struct store *from,
    sqlite3_stmt *in, sqlite3_stmt *out, struct err *e)
{
	int i, n = sqlite3_column_count(out);
	enum err_code r = OK;

	while (store_next(from, out, &r, e)) {
		for (i = 0; i < n; i++)
			sqlite3_bind_value(in, i + 1,
			    sqlite3_column_value(out, i));
		if ((r = store_run(to, in, e)) != OK)
			break;
	}
	return r;
}

static enum err_code copy_table(struct store *from, struct store *to,
    const char *name, struct err *e)
{
	sqlite3_stmt *out = NULL, *in = NULL;
	struct buf sql = BUF_INIT;
	enum err_code r;
	int i;

	buf_printf(&sql, "SELECT * FROM %s", name);
	if ((r = buf_ok(&sql, e)) != OK ||
	    (r = store_prepare(from, (const char *)sql.p, &out, e)) != OK)
		goto done;
	buf_clear(&sql);
	buf_printf(&sql, "INSERT OR REPLACE INTO %s VALUES (", name);
	for (i = 0; i < sqlite3_column_count(out); i++)
		buf_adds(&sql, i ? ", ?" : "?");
	buf_addc(&sql, ')');
	if ((r = buf_ok(&sql, e)) != OK ||
	    (r = store_prepare(to, (const char *)sql.p, &in, e)) != OK)
		goto done;
	r = copy_rows(to, from, in, out, e);
done:
	sqlite3_finalize(in);
	sqlite3_finalize(out);
	buf_release(&sql);
	return r;
}

enum err_code store_copy_local(struct store *from, struct store *to,
    struct err *e)
{
	bool own = !to->in_txn;
	enum err_code r = own ? store_begin(to, e) : OK;
	size_t i;

	for (i = 0; r == OK && i < nschema_tables; i++)
		if (schema_tables[i].carried)
			r = copy_table(from, to, schema_tables[i].name, e);
	/* Stamps go on where they were. */
	if (from->clock.last > to->clock.last)
		to->clock.last = from->clock.last;
	to->kept = -1;
	if (r == OK && own)
		r = store_commit(to, e);
	if (r != OK && own)
		store_rollback(to);
	return r;
}
