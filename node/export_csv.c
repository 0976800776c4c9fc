/* Records as the rows of a table, for people and their spreadsheets. */
#include "csv.h"
#include "export.h"

/* Only text is guarded: -3 in a number's column is no formula. */
static bool is_guarded(const struct exporter *x, const struct field *f)
{
	return x->format != EXPORT_CSV_RAW && (f == NULL ||
	    (f->kind != COL_INT && f->kind != COL_REAL));
}

/* One cell of the current row, into CSV or to who asked for cells. */
static void put(struct exporter *x, const struct field *f, struct slice text)
{
	struct buf *cell = &x->cell;

	buf_clear(cell);
	if (x->put != NULL || !is_guarded(x, f))
		buf_addb(cell, text);
	else
		csv_guard(cell, text);
	if (x->put == NULL)
		csv_write(x->out, slice_buf(cell), x->ncell == 0);
	else if (cell->n > 0)
		x->put(x->arg, x->nrow, x->ncell, f, (const char *)cell->p);
	x->ncell++;
}

static enum err_code end_row(struct exporter *x)
{
	if (x->put == NULL)
		buf_adds(x->out, "\r\n");
	x->nrow++;
	x->ncell = 0;
	return buf_ok(&x->cell, x->e);
}

/* The label, unless it means another field of the type too. */
static const char *heading(const struct exporter *x, const struct field *f)
{
	const struct field *found = type_field(store_catalogue(x->s), x->t,
	    f->zh);

	for (size_t i = 0; i < CSV_FRAME_COUNT; i++)
		if (strcmp(csv_frame[i].zh, f->zh) == 0)
			return f->key;
	return found == f ? f->zh : f->key;
}

/* Branch and state of new records are not the clerk's to say. */
static bool has_frame(const struct exporter *x, size_t i)
{
	return !x->template || i == CSV_ID;
}

enum err_code export_table_header(struct exporter *x)
{
	const struct field *f;

	if (x->put == NULL)
		buf_adds(x->out, "\xef\xbb\xbf");
	for (size_t i = 0; i < CSV_FRAME_COUNT; i++)
		if (has_frame(x, i))
			put(x, NULL, slice_str(csv_frame[i].zh));
	for (size_t i = 0; (f = export_field(x, i)) != NULL; i++)
		put(x, f, slice_str(heading(x, f)));
	return end_row(x);
}

const char *export_label(const struct enumeration *values,
    const struct label *l)
{
	return enumeration_find(values, slice_str(l->zh)) == l ? l->zh :
	    l->key;
}

/* A key that the catalogue has no more stays as it is. */
static struct slice enum_text(const struct enumeration *values, struct slice s)
{
	for (size_t i = 0; values != NULL && i < values->n; i++)
		if (slice_eqs(s, values->value[i].key))
			return slice_str(export_label(values,
			    &values->value[i]));
	return s;
}

/* The label; import_csv() takes either. */
static const char *state_text(const struct exporter *x, const char *key)
{
	const struct label *l = type_state(x->t, key);

	return l != NULL ? l->zh : key;
}

/* Money in yuan with its two decimals, from fen. */
static void write_int(const struct field *f, int64_t v, struct buf *cell)
{
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

	if (f->money)
		buf_printf(cell, "%s%llu.%02u", v < 0 ? "-" : "",
		    (unsigned long long)(u / 100), (unsigned)(u % 100));
	else if (f->kind == COL_BOOL)
		buf_adds(cell, v ? "是" : "否");
	else
		buf_printf(cell, "%lld", (long long)v);
}

/* Lists have no cell form of their own and stay JSON. */
static void write_value(const struct field *f, const json_t *v,
    struct buf *cell)
{
	int digits = export_digits(json_number_value(v));
	char *text;

	switch (json_typeof(v)) {
	case JSON_STRING:
		buf_addb(cell, enum_text(f->values,
		    slice_of(json_string_value(v), json_string_length(v))));
		break;
	case JSON_INTEGER:
		write_int(f, json_integer_value(v), cell);
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		write_int(f, json_is_true(v), cell);
		break;
	default:	/* reals too: printf would follow the locale */
		text = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY |
		    JSON_REAL_PRECISION((size_t)digits));
		buf_adds(cell, text != NULL ? text : "");
		cell->failed |= text == NULL;
		free(text);
	}
}

/* The columns that are no fields. */
static enum err_code write_frame(struct exporter *x)
{
	const char *text[CSV_FRAME_COUNT] = {
		[CSV_ID] = (const char *)sqlite3_column_text(x->row,
		    EXPORT_EXT),
		[CSV_BRANCH] = (const char *)sqlite3_column_text(x->row,
		    EXPORT_BRANCH),
		[CSV_STATE] = state_text(x, (const char *)
		    sqlite3_column_text(x->row, EXPORT_STATE)),
	};
	enum err_code rc = OK;

	if (text[CSV_ID] == NULL)
		rc = export_key(x, sqlite3_column_int64(x->row, EXPORT_ID),
		    &text[CSV_ID]);
	for (size_t i = 0; rc == OK && i < CSV_FRAME_COUNT; i++)
		put(x, NULL, slice_str(text[i]));
	return rc;
}

enum err_code export_table_row(struct exporter *x)
{
	struct buf cell = BUF_INIT;
	const struct field *f;
	enum err_code rc = write_frame(x);

	for (size_t i = 0; rc == OK && (f = export_field(x, i)) != NULL; i++) {
		json_t *v = NULL;

		rc = export_json(x, f, &v);
		buf_clear(&cell);
		if (rc == OK && v != NULL)
			write_value(f, v, &cell);
		if (rc == OK)
			rc = buf_ok(&cell, x->e);
		put(x, f, slice_buf(&cell));
		json_decref(v);
	}
	buf_release(&cell);
	return rc == OK ? end_row(x) : rc;
}
