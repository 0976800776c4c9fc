/* Values of level X that came sealed, and what becomes of them. */
#include "sealed_value.h"

#include "apply_impl.h"
#include "erase.h"

/* A statement that takes record, field and stamp. */
static enum err_code three(struct store *s, enum sql_name name,
    stamp_t record, const struct field *f, stamp_t stamp, sqlite3_stmt **st,
    struct err *e)
{
	enum err_code r = store_stmt(s, name, st, e);

	if (r != OK)
		return r;
	sqlite3_bind_int64(*st, 1, record);
	bind_text(*st, 2, f->key);
	sqlite3_bind_int64(*st, 3, stamp);
	return OK;
}

/* The row is here, and has nothing in the field though nothing was erased:
 * another life of its node has entered it again without the key. */
static enum err_code is_blank(struct store *s, stamp_t record,
    const struct type *t, const struct field *f, stamp_t stamp, bool *yes,
    struct err *e)
{
	sqlite3_stmt *st;
	bool row, hit;
	enum err_code r = erase_hit(s, record, f->key, stamp, &hit, e);

	*yes = false;
	if (r != OK || hit ||
	    (r = three(s, SQL_EDIT_GET, record, f, stamp, &st, e)) != OK ||
	    (r = store_step(s, st, &row, e)) != OK)
		return r;
	if (!row) {
		if (stamp != record ||
		    (r = store_field_stmt(s, t, f->column_index, false, &st,
		    e)) != OK)
			return r;
		sqlite3_bind_int64(st, 1, record);
		if ((r = store_step(s, st, &row, e)) != OK)
			return r;
	}
	*yes = row && sqlite3_column_type(st, 0) == SQLITE_NULL;
	sqlite3_reset(st);
	return OK;
}

static enum err_code keep(struct store *s, stamp_t record,
    const struct type *t, const struct field *f, stamp_t stamp,
    const struct value *v, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r = three(s, SQL_SEALED_NEW, record, f, stamp, &st, e);

	if (r != OK)
		return r;
	bind_value(st, 4, v);
	bind_text(st, 5, t->key);
	return store_run(s, st, e);
}

enum err_code sealed_note(struct store *s, stamp_t record,
    const struct type *t, const struct field *f, stamp_t stamp,
    const struct value *v, bool new, struct err *e)
{
	bool waits = new, sealed = v->kind == VALUE_BYTES;
	enum err_code r = OK;

	if (v->kind == VALUE_NULL || (new && !sealed))
		return OK;
	/* what is here open, or was erased, stays as it is */
	if (!new)
		r = is_blank(s, record, t, f, stamp, &waits, e);
	if (r != OK || !waits)
		return r;
	return sealed ? keep(s, record, t, f, stamp, v, e) :
	    sealed_value_open(s, record, t, f, stamp, v, e);
}

/* ---- opening ---- */

bool sealed_value_fits(const struct field *f, const struct value *v,
    bool edit)
{
	return apply_fits(f->kind, v) && v->kind != VALUE_NULL &&
	    v->kind != VALUE_BYTES &&
	    !(edit && f->kind == COL_REF && v->kind == VALUE_TEXT);
}

static enum err_code put_change(struct store *s, enum sql_name name,
    stamp_t record, const struct field *f, stamp_t stamp,
    const struct value *v, int *changed, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r = three(s, name, record, f, stamp, &st, e);

	if (r != OK)
		return r;
	bind_value(st, 4, v);
	r = store_run(s, st, e);
	*changed = r == OK ? sqlite3_changes(s->db) : 0;
	return r;
}

/* Is it this row's value that the column is to show? As long as a field was
 * not edited the record's own does. */
static enum err_code shows(struct store *s, stamp_t record,
    const struct field *f, stamp_t stamp, bool *yes, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r = store_stmt(s, SQL_EDIT_SHOWN, &st, e);
	int64_t shown = record;

	if (r != OK)
		return r;
	sqlite3_bind_int64(st, 1, record);
	bind_text(st, 2, f->key);
	r = store_number(s, st, &shown, e);
	*yes = shown == stamp;
	return r;
}

static enum err_code has_come(struct store *s, stamp_t record,
    const struct type *t, bool *yes, struct err *e)
{
	int64_t index = -1;
	sqlite3_stmt *st;
	enum err_code r = store_stmt(s, SQL_RECORD_TYPE, &st, e);

	if (r != OK)
		return r;
	sqlite3_bind_int64(st, 1, record);
	r = store_number(s, st, &index, e);
	*yes = r == OK && index == (int64_t)t->index;
	return r;
}

static enum err_code show(struct store *s, stamp_t record,
    const struct type *t, const struct field *f, stamp_t stamp,
    const struct value *v, struct err *e)
{
	sqlite3_stmt *st;
	bool yes = false;
	enum err_code r = has_come(s, record, t, &yes, e);

	if (r != OK || !yes || (r = shows(s, record, f, stamp, &yes, e)) != OK
	    || !yes ||
	    (r = store_field_stmt(s, t, f->column_index, true, &st, e)) != OK)
		return r;
	sqlite3_bind_int64(st, 1, record);
	bind_value(st, 2, v);
	return store_run(s, st, e);
}

enum err_code sealed_value_open(struct store *s, stamp_t record,
    const struct type *t, const struct field *f, stamp_t stamp,
    const struct value *v, struct err *e)
{
	struct value found = *v;
	sqlite3_stmt *st;
	int changed;
	enum err_code r;

	r = three(s, SQL_SEALED_END, record, f, stamp, &st, e);
	if (r == OK)
		r = store_run(s, st, e);
	if (r == OK && f->kind == COL_REF && v->kind == VALUE_TEXT)
		r = ref_wait(s, record, t, f->column_index, v, &found, e);
	if (r == OK)
		r = put_change(s, SQL_SEALED_EDIT, record, f, stamp, &found,
		    &changed, e);
	if (r == OK && stamp != record && !changed)
		return put_change(s, SQL_SEALED_HELD, record, f, stamp,
		    &found, &changed, e);
	return r == OK ? show(s, record, t, f, stamp, &found, e) : r;
}

/* ---- which there are ---- */

enum err_code sealed_value_any(struct store *s, stamp_t record, bool *any,
    struct err *e)
{
	sqlite3_stmt *st;
	int64_t n = 0;
	enum err_code r = store_stmt(s, SQL_SEALED_ANY, &st, e);

	if (r != OK)
		return r;
	sqlite3_bind_int64(st, 1, record);
	r = store_number(s, st, &n, e);
	*any = n != 0;
	return r;
}

enum err_code sealed_value_each(struct store *s, stamp_t stamp,
    const char *field, sealed_value_cell_fn fn, void *arg, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r = store_stmt(s, SQL_SEALED_OF, &st, e);

	if (r != OK)
		return r;
	sqlite3_bind_int64(st, 1, stamp);
	bind_text(st, 2, field);
	while (store_next(s, st, &r, e)) {
		const char *type = (const char *)sqlite3_column_text(st, 1);
		struct value cell = column_value(st, 2);

		if (type && cell.kind == VALUE_BYTES &&
		    fn(arg, sqlite3_column_int64(st, 0), type, cell.s))
			break;
	}
	sqlite3_reset(st);
	return r;
}

enum err_code sealed_value_walk(struct store *s, const char *branch,
    size_t max, record_key_fn fn, void *arg, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r = store_stmt(s, branch ? SQL_SEALED_BRANCH :
	    SQL_SEALED_ALL, &st, e);

	if (r != OK)
		return r;
	sqlite3_bind_int64(st, 1, (int64_t)max);
	if (branch)
		bind_text(st, 2, branch);
	while (store_next(s, st, &r, e)) {
		const char *field = (const char *)sqlite3_column_text(st, 1);

		if (field && fn(arg, sqlite3_column_int64(st, 0), field,
		    NULL))
			break;
	}
	sqlite3_reset(st);
	return r;
}

enum err_code sealed_value_erasures(struct store *s, int64_t *n,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r = store_stmt(s, SQL_ERASED_COUNT, &st, e);

	*n = 0;
	return r == OK ? store_number(s, st, n, e) : r;
}
