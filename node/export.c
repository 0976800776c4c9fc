/* Exporting: the rows of one type, and values as people's keys. */
#include "export.h"
#include "sealed.h"

#include "base/text.h"

/* One numbering over both lists, for header and rows alike. */
const struct field *export_field(const struct exporter *x, size_t i)
{
	const struct catalogue *c = store_catalogue(x->s);

	if (i < x->t->nfield)
		return &x->t->field[i];
	i -= x->t->nfield;
	return i < c->ncommon ? &c->common[i] : NULL;
}

static struct value stored(void *arg, const struct field *f)
{
	const struct exporter *x = arg;
	size_t i = f->column_index - TYPE_COL_COMMON;

	return column_value(x->row, EXPORT_WIRE + (int)i);
}

struct value export_cell(const struct exporter *x, const struct field *f)
{
	struct exporter own = *x;

	return sealed_field(x->s, x->t, f, stored, &own) ? VALUE_NONE :
	    stored(&own, f);
}

/* Made once per type that is referred to. */
static enum err_code prepare_ext(struct exporter *x, const struct type *t)
{
	struct buf sql = BUF_INIT;
	enum err_code rc;

	if (x->ext_of[t->index] != NULL)
		return OK;
	buf_adds(&sql, "SELECT ext FROM ");
	sql_name(&sql, t->table.name);
	buf_adds(&sql, " WHERE id = ?1");
	rc = buf_ok(&sql, x->e);
	if (rc == OK)
		rc = store_prepare(x->s, (const char *)sql.p,
		    &x->ext_of[t->index], x->e);
	buf_release(&sql);
	return rc;
}

/* The external key of a record of type t into x->key, if it has one. */
static enum err_code add_ext(struct exporter *x, const struct type *t,
    stamp_t id)
{
	sqlite3_stmt *st;
	bool row = false;
	enum err_code rc = prepare_ext(x, t);

	if (rc != OK)
		return rc;
	st = x->ext_of[t->index];
	sqlite3_bind_int64(st, 1, id);
	rc = store_step(x->s, st, &row, x->e);
	if (rc == OK && row && sqlite3_column_type(st, 0) != SQLITE_NULL)
		buf_adds(&x->key, (const char *)sqlite3_column_text(st, 0));
	sqlite3_reset(st);
	return rc;
}

/* The type of a record; NULL when it has not come. */
static enum err_code type_of(struct exporter *x, stamp_t id,
    const struct type **out)
{
	const struct catalogue *c = store_catalogue(x->s);
	sqlite3_stmt *st = NULL;
	int64_t index;
	enum err_code rc = store_stmt(x->s, SQL_TRANSFER_TYPE, &st, x->e);

	*out = NULL;
	if (rc != OK)
		return rc;
	sqlite3_bind_int64(st, 1, id);
	if (store_next(x->s, st, &rc, x->e)) {
		index = sqlite3_column_int64(st, 0);
		if (index >= 0 && (size_t)index < c->ntype)
			*out = &c->type[index];
	}
	sqlite3_reset(st);
	return rc;
}

enum err_code export_key(struct exporter *x, stamp_t id, const char **key)
{
	char text[STAMP_DIGITS + 1];
	const struct type *t;
	enum err_code rc = type_of(x, id, &t);

	buf_clear(&x->key);
	if (rc == OK && t != NULL)
		rc = add_ext(x, t, id);
	if (rc == OK && x->key.n == 0) {
		base32_stamp(text, (uint64_t)id);
		buf_adds(&x->key, text);
	}
	if (rc == OK)
		rc = buf_ok(&x->key, x->e);
	*key = rc == OK ? (const char *)x->key.p : "";
	return rc;
}

/* A reference whose record has not come is kept by its external key. */
static enum err_code waiting_key(struct exporter *x, const struct field *f,
    json_t **out)
{
	sqlite3_stmt *st = NULL;
	enum err_code rc = store_stmt(x->s, SQL_TRANSFER_WAITING, &st, x->e);

	if (rc != OK)
		return rc;
	sqlite3_bind_int64(st, 1, sqlite3_column_int64(x->row, EXPORT_ID));
	bind_text(st, 2, f->key);
	if (store_next(x->s, st, &rc, x->e))
		*out = json_string((const char *)sqlite3_column_text(st, 0));
	sqlite3_reset(st);
	return rc;
}

/* By key, since ids mean nothing in another organisation's store. */
static enum err_code reference(struct exporter *x, const struct field *f,
    const struct value *v, json_t **out)
{
	const char *key;
	enum err_code rc;

	if (v->kind == VALUE_NULL)
		return waiting_key(x, f, out);
	rc = export_key(x, v->i, &key);
	if (rc == OK)
		*out = json_string(key);
	return rc;
}

/* Entries are ids, or external keys of records that have not come. */
static enum err_code references(struct exporter *x, json_t *list)
{
	json_t *entry;
	size_t i;

	json_array_foreach(list, i, entry) {
		const char *key;
		enum err_code rc;

		if (!json_is_integer(entry))
			continue;
		rc = export_key(x, json_integer_value(entry), &key);
		if (rc != OK)
			return rc;
		if (json_array_set_new(list, i, json_string(key)) != 0)
			return err_memory(x->e);
	}
	return OK;
}

/* Lists are kept as JSON text. */
static enum err_code list_value(struct exporter *x, const struct field *f,
    struct slice text, json_t **out)
{
	*out = json_loadb((const char *)text.p, text.n, 0, NULL);
	if (*out == NULL)
		return err_set(x->e, ERR_CORRUPT, _("%s.%s of a record is not "
		    "JSON; \"wellhead verify --deep\" tells more"), x->t->key,
		    f->key);
	return f->kind == COL_REFS ? references(x, *out) : OK;
}

int export_digits(double r)
{
	char text[40];

	snprintf(text, sizeof text, "%.15g", r);
	return strtod(text, NULL) == r ? 15 : 17;
}

enum err_code export_json(struct exporter *x, const struct field *f,
    json_t **out)
{
	struct value v = export_cell(x, f);

	*out = NULL;
	if (f->kind == COL_REF)
		return reference(x, f, &v, out);
	switch (v.kind) {
	case VALUE_NULL:
	case VALUE_BYTES:
		return OK;
	case VALUE_REAL:
		if (export_digits(v.r) > x->digits)
			x->digits = export_digits(v.r);
		*out = json_real(v.r);
		break;
	case VALUE_INT:
		*out = f->kind == COL_BOOL ? json_boolean(v.i) :
		    json_integer(v.i);
		break;
	case VALUE_TEXT:
		if (f->kind == COL_REFS || f->kind == COL_JSON)
			return list_value(x, f, v.s, out);
		*out = json_stringn((const char *)v.s.p, v.s.n);
		break;
	}
	return *out != NULL ? OK : err_memory(x->e);
}

/* By id, that is by the time of entry: two exports of one store are equal. */
static enum err_code select_rows(struct exporter *x, bool voided)
{
	struct buf sql = BUF_INIT;
	enum err_code rc;

	buf_adds(&sql, "SELECT id, ext, branch, state, state_at, void");
	for (size_t i = TYPE_COL_COMMON; i < x->t->table.ncol; i++) {
		buf_adds(&sql, ", ");
		sql_name(&sql, x->t->table.col[i].key);
	}
	buf_adds(&sql, " FROM ");
	sql_name(&sql, x->t->table.name);
	buf_adds(&sql, voided ? " ORDER BY id" :
	    " WHERE void IS NULL ORDER BY id");
	rc = buf_ok(&sql, x->e);
	if (rc == OK)
		rc = store_prepare(x->s, (const char *)sql.p, &x->row, x->e);
	buf_release(&sql);
	return rc;
}

static enum err_code write_rows(struct exporter *x)
{
	bool lines = x->format == EXPORT_JSONL, row = true;
	enum err_code rc = OK;

	while (rc == OK) {
		rc = store_step(x->s, x->row, &row, x->e);
		if (rc != OK || !row)
			break;
		rc = lines ? export_jsonl_row(x) : export_table_row(x);
	}
	return rc;
}

/* Rows are written one by one; only the text is kept whole. */
static enum err_code export_rows(struct exporter *x)
{
	size_t ntype = store_catalogue(x->s)->ntype;
	enum err_code rc = OK;

	x->ext_of = calloc(ntype, sizeof(void *));
	if (x->ext_of == NULL)
		rc = err_memory(x->e);
	if (rc == OK && x->format != EXPORT_JSONL)
		rc = export_table_header(x);
	if (rc == OK && !x->template)
		rc = select_rows(x, x->format == EXPORT_JSONL);
	if (rc == OK && !x->template)
		rc = write_rows(x);
	for (size_t i = 0; x->ext_of != NULL && i < ntype; i++)
		sqlite3_finalize(x->ext_of[i]);
	free(x->ext_of);
	sqlite3_finalize(x->row);
	buf_release(&x->key);
	buf_release(&x->cell);
	return rc;
}

enum err_code export_type(struct store *s, const struct type *t,
    enum export_format f, struct buf *out, struct err *e)
{
	struct exporter x = { .s = s, .t = t, .format = f, .out = out,
	    .template = f == EXPORT_CSV_TEMPLATE, .e = e };
	enum err_code rc = export_rows(&x);

	return rc == OK ? buf_ok(out, e) : rc;
}

enum err_code export_cells(struct store *s, const struct type *t,
    bool template, export_put_fn put, void *arg, struct err *e)
{
	struct exporter x = { .s = s, .t = t, .template = template,
	    .put = put, .arg = arg, .e = e };

	return export_rows(&x);
}
