/* References by external key: the record they mean may come later. */
#include "apply_impl.h"

static const struct field *field_at(const struct catalogue *c,
    const struct type *t, size_t column)
{
	size_t i = column - TYPE_COL_COMMON;

	return i < c->ncommon ? &c->common[i] : &t->field[i - c->ncommon];
}

static bool may_target(const struct field *f, const struct type *t)
{
	size_t i;

	for (i = 0; i < f->ntarget; i++)
		if (f->target[i] == t)
			return true;
	return f->ntarget == 0;
}

/* The smallest id that has this key, VALUE_NULL if none has come. */
static enum err_code ref_lookup(struct store *s, const struct field *f,
    const struct value *ext, struct value *out, struct err *e)
{
	const struct catalogue *c = s->catalogue;
	enum err_code r = OK;
	sqlite3_stmt *st;
	size_t i;
	bool row;

	*out = VALUE_NONE;
	for (i = 0; r == OK && i < c->ntype; i++) {
		struct value v;

		if (!may_target(f, &c->type[i]))
			continue;
		if ((r = store_type_stmt(s, &c->type[i], TYPE_BY_EXT, &st,
		    e)) != OK)
			break;
		bind_value(st, 1, ext);
		if ((r = store_step(s, st, &row, e)) != OK)
			break;
		v = column_value(st, 0);
		if (v.kind == VALUE_INT &&
		    (out->kind == VALUE_NULL || v.i < out->i))
			*out = v;
		sqlite3_reset(st);
	}
	return r;
}

enum err_code ref_wait(struct store *s, stamp_t record,
    const struct type *t, size_t column, const struct value *ext,
    struct value *found, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r;

	r = ref_lookup(s, field_at(s->catalogue, t, column), ext, found, e);
	if (r != OK || (r = store_stmt(s, SQL_REF_EXT_NEW, &st, e)) != OK)
		return r;
	sqlite3_bind_int64(st, 1, record);
	bind_text(st, 2, t->table.col[column].key);
	bind_text(st, 3, t->key);
	bind_value(st, 4, ext);
	s->nref_ext++;
	return store_run(s, st, e);
}

/* Where a field's initial value stands: in its edit row once it has been
 * edited, in the column before. */
static enum err_code initial_get(struct store *s, stamp_t record,
    const struct type *t, size_t column, bool *edited, struct value *out,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r;
	bool row;

	if ((r = store_stmt(s, SQL_EDIT_GET, &st, e)) != OK)
		return r;
	sqlite3_bind_int64(st, 1, record);
	bind_text(st, 2, t->table.col[column].key);
	sqlite3_bind_int64(st, 3, record);
	if ((r = store_step(s, st, edited, e)) != OK)
		return r;
	if (!*edited) {
		if ((r = store_field_stmt(s, t, column, false, &st, e)) != OK)
			return r;
		sqlite3_bind_int64(st, 1, record);
		if ((r = store_step(s, st, &row, e)) != OK)
			return r;
	}
	*out = column_value(st, 0);	/* an id: nothing borrowed */
	sqlite3_reset(st);
	return OK;
}

static enum err_code column_set(struct store *s, stamp_t record,
    const struct type *t, size_t column, stamp_t id, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r = store_field_stmt(s, t, column, true, &st, e);

	if (r != OK)
		return r;
	sqlite3_bind_int64(st, 1, record);
	sqlite3_bind_int64(st, 2, id);
	return store_run(s, st, e);
}

static enum err_code initial_set(struct store *s, stamp_t record,
    const struct type *t, size_t column, stamp_t id, struct err *e)
{
	const char *key = t->table.col[column].key;
	sqlite3_stmt *st;
	enum err_code r;
	bool shown;

	if ((r = store_stmt(s, SQL_EDIT_INITIAL_SET, &st, e)) != OK)
		return r;
	sqlite3_bind_int64(st, 1, record);
	bind_text(st, 2, key);
	sqlite3_bind_int64(st, 3, id);
	if ((r = store_run(s, st, e)) != OK ||
	    (r = store_stmt(s, SQL_EDIT_SHOWN, &st, e)) != OK)
		return r;
	/* It shows as long as every edit of it is ahead of time. */
	sqlite3_bind_int64(st, 1, record);
	bind_text(st, 2, key);
	if ((r = store_step(s, st, &shown, e)) != OK)
		return r;
	shown = shown && sqlite3_column_int64(st, 0) == record;
	sqlite3_reset(st);
	return shown ? column_set(s, record, t, column, id, e) : OK;
}

/* One waiting reference meets a record that has its key. */
static enum err_code ref_meet(struct store *s, stamp_t record,
    const struct type *t, size_t column, stamp_t id, struct err *e)
{
	struct value now;
	enum err_code r;
	bool edited;

	r = initial_get(s, record, t, column, &edited, &now, e);
	if (r != OK || (now.kind == VALUE_INT && now.i <= id))
		return r;
	return edited ? initial_set(s, record, t, column, id, e) :
	    column_set(s, record, t, column, id, e);
}

/* A second record of a type with the same key changes nothing, and a file
 * full of them must cost nothing. */
static enum err_code ref_first(struct store *s, stamp_t id,
    const struct type *t, const struct value *ext, bool *first,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r;
	bool row;

	if ((r = store_type_stmt(s, t, TYPE_BY_EXT, &st, e)) != OK)
		return r;
	bind_value(st, 1, ext);
	if ((r = store_step(s, st, &row, e)) != OK)
		return r;
	*first = sqlite3_column_int64(st, 0) == id;
	sqlite3_reset(st);
	return OK;
}

enum err_code ref_arrive(struct store *s, stamp_t id,
    const struct type *t, const struct value *ext, struct err *e)
{
	sqlite3_stmt *st;
	bool first;
	enum err_code r;

	if ((r = ref_first(s, id, t, ext, &first, e)) != OK || !first ||
	    (r = store_stmt(s, SQL_REF_EXT_WAITING, &st, e)) != OK)
		return r;
	bind_value(st, 1, ext);
	while (store_next(s, st, &r, e)) {
		const char *key = (const char *)sqlite3_column_text(st, 1);
		const char *name = (const char *)sqlite3_column_text(st, 2);
		const struct type *from = name ?
		    catalogue_type(s->catalogue, name) : NULL;
		const struct field *f = from && key ?
		    type_field(s->catalogue, from, key) : NULL;

		if (!f || !may_target(f, t))
			continue;
		r = ref_meet(s, sqlite3_column_int64(st, 0), from,
		    f->column_index, id, e);
		if (r != OK)
			break;
	}
	sqlite3_reset(st);
	return r;
}
