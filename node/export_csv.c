/* One record to one CSV row, for people and their spreadsheets. */
#include "csv.h"
#include "export.h"

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

enum err_code export_csv_header(struct exporter *x)
{
	const struct field *f;

	buf_adds(x->out, "\xef\xbb\xbf");
	for (size_t i = 0; i < CSV_FRAME_COUNT; i++)
		csv_write(x->out, slice_str(csv_frame[i].zh), i == 0);
	for (size_t i = 0; (f = export_field(x, i)) != NULL; i++)
		csv_write(x->out, slice_str(heading(x, f)), false);
	buf_adds(x->out, "\r\n");
	return OK;
}

/* A label where reading it gives the same key again. */
static struct slice enum_text(const struct enumeration *values, struct slice s)
{
	for (size_t i = 0; values != NULL && i < values->n; i++) {
		const struct label *l = &values->value[i];

		if (slice_eqs(s, l->key) &&
		    enumeration_find(values, slice_str(l->zh)) == l)
			return slice_str(l->zh);
	}
	return s;
}

/* The label; import_csv() takes either. */
static const char *state_text(const struct exporter *x, const char *key)
{
	const struct label *l = type_state(x->t, key);

	return l != NULL ? l->zh : key;
}

/* Only text is guarded: -3 in a number's column is no formula. */
static void write_text(const struct field *f, struct slice s, struct buf *cell)
{
	if (f->kind == COL_ENUM)
		csv_guard(cell, enum_text(f->values, s));
	else
		csv_guard(cell, s);
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
		write_text(f, slice_of(json_string_value(v),
		    json_string_length(v)), cell);
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
static enum err_code write_frame(struct exporter *x, struct buf *cell)
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
	for (size_t i = 0; rc == OK && i < CSV_FRAME_COUNT; i++) {
		buf_clear(cell);
		csv_guard(cell, slice_str(text[i]));
		csv_write(x->out, slice_buf(cell), i == 0);
	}
	return rc;
}

enum err_code export_csv_row(struct exporter *x)
{
	struct buf cell = BUF_INIT;
	const struct field *f;
	enum err_code rc = write_frame(x, &cell);

	for (size_t i = 0; rc == OK && (f = export_field(x, i)) != NULL; i++) {
		json_t *v = NULL;

		rc = export_json(x, f, &v);
		buf_clear(&cell);
		if (rc == OK && v != NULL)
			write_value(f, v, &cell);
		if (rc == OK)
			rc = buf_ok(&cell, x->e);
		csv_write(x->out, slice_buf(&cell), false);
		json_decref(v);
	}
	buf_adds(x->out, "\r\n");
	buf_release(&cell);
	return rc;
}
