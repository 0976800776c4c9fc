/* The tables of a sheet: other records, a field's rows, lines to sign. */
#include "sheet_impl.h"

#include "base/json.h"
#include "html.h"

#define COLUMNS_MAX 16
#define ROWS_MAX 2000	/* lines to sign on one sheet */

/* The class of a column's cells. */
static const char *class_of(const struct field *f)
{
	if (f && (f->kind == COL_INT || f->kind == COL_REAL))
		return "number";
	return f && f->kind == COL_DATE ? "short" : NULL;
}

struct heading {
	const char *label, *path;
	const char *class;
};

/* The head of a table whose first column counts its rows. Columns that the
 * reader may not see are not there. */
static size_t write_columns(const struct sheet_job *j, const struct type *t,
    const struct sheet_cell *c, struct heading *out, struct buf *b)
{
	const struct field *f;
	size_t n = 0;

	html_raw(b, "<table>\n<thead>\n<tr>");
	html_element(b, "th", NULL, "序号");
	for (; (c->path || c->label) && n < COLUMNS_MAX; c++) {
		f = c->path && t ? type_field(j->c->catalogue, t, c->path) :
		    NULL;
		if (f && mask_level(f->level, j->reader) == MASK_LEAVE_OUT)
			continue;
		out[n++] = (struct heading){ sheet_label(c, f), c->path,
			class_of(f) };
		html_element(b, "th", c->path ? NULL : "sign",
		    out[n - 1].label);
	}
	html_raw(b, "</tr>\n</thead>\n<tbody>\n");
	return n;
}

static void write_count(struct buf *b, size_t i)
{
	char text[24];

	snprintf(text, sizeof text, "%zu", i);
	html_element(b, "td", "number", text);
}

struct collected {
	const struct sheet_job *j;
	json_t *rows;
	bool failed;
};

static int collect(void *arg, const json_t *record)
{
	struct collected *c = arg;
	const struct sheet_list *l = c->j->sheet->list;
	const char *owner = l->mine ? json_text(record, l->mine) : "";

	if (l->states && !sheet_has(l->states, json_text(record, "state")))
		return 0;
	if (*owner && strcmp(owner, json_text(c->j->record, "id")) != 0)
		return 0;
	c->failed = json_array_append_new(c->rows,
	    json_deep_copy(record)) != 0;
	return c->failed;
}

static enum err_code rows_of(const struct sheet_job *j,
    const struct sheet_list *l, json_t **out, struct err *e)
{
	struct collected c = { .j = j, .rows = json_array() };
	const struct sheet_filter *f = l->filter;
	struct filter filter[8];
	const char *value;
	enum err_code rc;
	size_t n = 0;

	for (; f->key && n < sizeof filter / sizeof *filter; f++) {
		value = *f->from == '=' ? f->from + 1 :
		    json_text(j->record, f->from);
		if (*value || !f->optional)
			filter[n++] = (struct filter){ f->key, FILTER_EQ,
				value };
	}
	rc = record_list(j->c->node->store, catalogue_type(j->c->catalogue,
	    l->type), filter, n, 0, collect, &c, e);
	*out = c.rows;
	return !rc && c.failed ? err_memory(e) : rc;
}

static enum err_code write_row(const struct sheet_job *j,
    const struct type *t, const json_t *row, const struct heading *column,
    size_t n, struct buf *b, struct err *e)
{
	struct sheet_value v;
	enum err_code rc = OK;

	for (size_t i = 0; i < n && !rc; i++) {
		if (!column[i].path) {
			html_element(b, "td", "sign", "");
			continue;
		}
		rc = sheet_value(j, t, row, column[i].path, &v, e);
		html_element(b, "td", column[i].class,
		    sheet_text(&v.text));
		buf_release(&v.text);
	}
	return rc;
}

/* Rows came newest first and stand oldest first. */
static enum err_code write_list(const struct sheet_job *j, struct buf *b,
    struct err *e)
{
	const struct sheet_list *l = j->sheet->list;
	struct heading column[COLUMNS_MAX];
	const struct type *t;
	json_t *rows = NULL;
	enum err_code rc;
	size_t i, n, all;
	char text[64];

	if (!l)
		return OK;
	t = catalogue_type(j->c->catalogue, l->type);
	rc = rows_of(j, l, &rows, e);
	all = json_array_size(rows);
	if (rc || all == 0)
		goto done;
	n = write_columns(j, t, l->column, column, b);
	for (i = 0; i < all && !rc; i++) {
		html_raw(b, "<tr>");
		write_count(b, i + 1);
		rc = write_row(j, t, json_array_get(rows, all - 1 - i),
		    column, n, b, e);
		html_raw(b, "</tr>\n");
	}
	html_raw(b, "</tbody>\n</table>\n");
	snprintf(text, sizeof text, "共 %zu 项", all);
	html_element(b, "p", NULL, text);
done:
	json_decref(rows);
	return rc;
}

/* Whole numbers in a list are money: quotes have no other. */
static void write_line_cell(const json_t *v, struct buf *b)
{
	struct buf text = BUF_INIT;

	if (json_is_integer(v))
		sheet_money(&text, json_integer_value(v));
	else if (json_is_string(v))
		buf_adds(&text, json_string_value(v));
	html_element(b, "td", json_is_integer(v) ? "number" : NULL,
	    sheet_text(&text));
	buf_release(&text);
}

/* A list field's rows: quotes. */
static void write_lines(const struct sheet_job *j, struct buf *b)
{
	const struct sheet_cell *c = j->sheet->line;
	const struct field *f;
	const json_t *rows, *row;
	struct heading column[COLUMNS_MAX];
	size_t i, k, n;

	if (!c)
		return;
	f = type_field(j->c->catalogue, j->type, j->sheet->line_field);
	rows = json_object_get(j->record, j->sheet->line_field);
	if (!json_array_size(rows) || !f ||
	    mask_level(f->level, j->reader) != MASK_SHOW)
		return;
	n = write_columns(j, NULL, c, column, b);
	json_array_foreach(rows, i, row) {
		html_raw(b, "<tr>");
		write_count(b, i + 1);
		for (k = 0; k < n; k++)
			write_line_cell(json_object_get(row,
			    column[k].path), b);
		html_raw(b, "</tr>\n");
	}
	html_raw(b, "</tbody>\n</table>\n");
}

/* Empty lines to sign, one for each who is to get something. */
static void write_blank(const struct sheet_job *j, struct buf *b)
{
	struct heading column[COLUMNS_MAX];
	json_int_t rows;
	char text[128];
	size_t n;

	if (!j->sheet->blank_rows)
		return;
	rows = json_integer_value(json_object_get(j->record,
	    j->sheet->blank_rows));
	n = write_columns(j, NULL, j->sheet->blank, column, b);
	for (json_int_t i = 0; i < rows && i < ROWS_MAX; i++) {
		html_raw(b, "<tr>");
		write_count(b, (size_t)i + 1);
		for (size_t k = 0; k < n; k++)
			html_element(b, "td", "sign", "");
		html_raw(b, "</tr>\n");
	}
	html_raw(b, "</tbody>\n</table>\n");
	if (rows > ROWS_MAX) {
		snprintf(text, sizeof text, "应发 %lld 人,本表 %d 行,"
		    "其余另附签领表", (long long)rows, ROWS_MAX);
		html_element(b, "p", "note", text);
	}
}

enum err_code sheet_tables(const struct sheet_job *j, struct buf *b,
    struct err *e)
{
	write_lines(j, b);
	write_blank(j, b);
	return write_list(j, b, e);
}
