/* A table, as CSV or from a spreadsheet: the header says which column is which
 * field; every row becomes an object of texts, and goes the way of a JSON line.
 */
#include "csv.h"
#include "import.h"
#include "xlsx_read.h"

struct csv_table {
	const struct type *type;
	char separator;
	const char *key[CSV_COLUMNS];	/* NULL: a column with no name */
	bool number[CSV_COLUMNS];
	bool yuan[CSV_COLUMNS];		/* money, whole numbers being yuan */
	size_t ncol;
	struct csv_row row;
	int64_t lines;			/* read so far */
	const struct xlsx_table *sheet;	/* NULL: the file is CSV */
	size_t nrow;			/* read so far */
};

/* The key that a header cell stands for; NULL if there is none. A label says
 * that money is in yuan, as people's sheets have it: "金额 (元)". Under its key
 * it is as everywhere else, in fen. */
static const char *find_column(const struct import *im, struct csv_table *t,
    struct slice name)
{
	const struct field *f;
	char *text;

	for (size_t i = 0; i < CSV_FRAME_COUNT; i++)
		if (slice_eqs(name, csv_frame[i].key) ||
		    slice_eqs(name, csv_frame[i].zh))
			return csv_frame[i].key;
	text = slice_dup(name);
	f = text != NULL ? type_field(store_catalogue(im->s), t->type, text) :
	    NULL;
	free(text);
	if (f == NULL)
		return NULL;
	t->number[t->ncol] = f->kind == COL_INT || f->kind == COL_REAL;
	t->yuan[t->ncol] = f->money &&
	    (t->sheet != NULL || !slice_eqs(name, f->key));
	return f->key;
}

/* "code" and its label in one header are the same column twice. */
static bool is_doubled(const struct csv_table *t, const char *key)
{
	for (size_t i = 0; i < t->ncol; i++)
		if (t->key[i] != NULL && strcmp(t->key[i], key) == 0)
			return true;
	return false;
}

/* A column with no heading may stand there as long as it is empty. */
static void read_column(struct import *im, struct csv_table *t,
    struct slice name)
{
	const char *key = NULL;

	if (name.n > 0) {
		key = find_column(im, t, name);
		if (key == NULL)
			problems_error(im->p, ERR_COLUMN, "", _("column %zu: "
			    "%s has no field \"%.*s\"; \"wellhead types %s\" "
			    "lists them"), t->ncol + 1, t->type->key,
			    (int)(name.n < 60 ? name.n : 60),
			    (const char *)name.p, t->type->key);
		else if (is_doubled(t, key))
			problems_error(im->p, ERR_COLUMN, key,
			    _("column %zu: %s stands in the header twice"),
			    t->ncol + 1, key);
	}
	t->key[t->ncol++] = key;
}

/* The next row and where it stands in the file. */
static bool next_row(struct csv_table *t, struct slice *rest,
    struct slice *raw, int64_t *number)
{
	*number = t->lines + 1;
	if (t->sheet != NULL && t->nrow < t->sheet->n)
		*number = t->sheet->number[t->nrow];
	t->nrow++;
	return csv_next(rest, t->separator, &t->row, raw, &t->lines);
}

static bool read_header(struct import *im, struct csv_table *t,
    struct slice *text)
{
	struct slice raw;
	bool any;

	t->separator = t->sheet != NULL ? ',' : csv_separator(*text);
	any = next_row(t, text, &raw, &im->p->line);
	if (!any || t->row.n > CSV_COLUMNS || t->row.unclosed) {
		problems_error(im->p, ERR_FORMAT, "", _("the first line must "
		    "name the columns, at most %d of them"), CSV_COLUMNS);
		return false;
	}
	for (size_t i = 0; i < t->row.n; i++)
		read_column(im, t, csv_cell(&t->row, i));
	return im->p->errors == 0;
}

/* Spreadsheets leave rows of nothing but separators at the end. */
static bool is_blank(const struct csv_row *row)
{
	for (size_t i = 0; i < row->n; i++)
		if (csv_cell(row, i).n > 0)
			return false;
	return true;
}

/* With a bad header every row would be bad; the header alone is told. */
static enum err_code split_rows(struct import *im, struct slice text)
{
	struct csv_table *t = im->arg;
	enum err_code rc = OK;
	int64_t number;
	struct slice raw;

	if (!read_header(im, t, &text))
		return OK;
	while (rc == OK && next_row(t, &text, &raw, &number))
		if (!is_blank(&t->row))
			rc = import_add(im, raw, number);
	return rc == OK ? buf_ok(&t->row.text, im->e) : rc;
}

/* What a spreadsheet shows when it cannot calculate a cell. */
static bool is_error(struct slice cell)
{
	static const char *const errors[] = { "#DIV/0!", "#N/A", "#NAME?",
		"#NULL!", "#NUM!", "#REF!", "#VALUE!" };

	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
		if (slice_eqs(cell, errors[i]))
			return true;
	return false;
}

static bool is_digit(struct slice s, size_t i)
{
	return i < s.n && s.p[i] >= '0' && s.p[i] <= '9';
}

/* Spreadsheets saved as CSV have 1,234.50 as it was shown. */
static bool is_grouping(struct slice s, size_t i)
{
	return s.p[i] == ',' && i > 0 && is_digit(s, i - 1) &&
	    is_digit(s, i + 1) && is_digit(s, i + 2) && is_digit(s, i + 3) &&
	    !is_digit(s, i + 4);
}

/* A number as check_value() reads it: digits alone are yuan here. */
static void add_number(struct buf *out, struct slice cell, bool yuan)
{
	bool whole = true;

	for (size_t i = 0; i < cell.n; i++) {
		if (is_grouping(cell, i))
			continue;
		whole &= is_digit(cell, i);
		buf_addc(out, cell.p[i]);
	}
	if (yuan && whole)
		buf_adds(out, "元");
}

/* Every cell goes on as text, and check_value() reads it by its field. */
static bool set_cell(json_t *object, const struct csv_table *t, size_t i,
    struct slice cell)
{
	struct buf text = BUF_INIT;
	bool ok;

	if (t->number[i])
		add_number(&text, cell, t->yuan[i]);
	else
		buf_addb(&text, cell);
	ok = !text.failed && json_object_set_new(object, t->key[i],
	    json_stringn((const char *)text.p, text.n)) == 0;
	buf_release(&text);
	return ok;
}

static bool read_cell(struct import *im, const struct csv_table *t, size_t i,
    json_t *object)
{
	struct slice cell = csv_unguard(csv_cell(&t->row, i));

	if (cell.n == 0)
		return true;
	if (t->key[i] == NULL) {
		problems_error(im->p, ERR_COLUMN, "",
		    _("column %zu has no name in the header"), i + 1);
		return false;
	}
	if (is_error(cell)) {
		problems_error(im->p, ERR_TYPE, t->key[i], _("%.*s: the "
		    "spreadsheet has not calculated this cell; put the value "
		    "there"), (int)cell.n, (const char *)cell.p);
		return false;
	}
	return set_cell(object, t, i, cell);
}

static json_t *read_row(struct import *im, const struct import_line *line)
{
	struct csv_table *t = im->arg;
	struct slice rest = line->text, raw;
	int64_t lines = 0;
	bool ok;
	json_t *object = NULL;

	ok = csv_next(&rest, t->separator, &t->row, &raw, &lines);
	if (ok && t->row.unclosed) {
		problems_error(im->p, ERR_FORMAT, "",
		    _("a quote (\") that is opened here is never closed"));
		ok = false;
	} else if (ok && t->row.n > t->ncol) {
		problems_error(im->p, ERR_COLUMN, "", _("the row has %zu "
		    "cells, and the header %zu"), t->row.n, t->ncol);
		ok = false;
	}
	if (ok)
		object = json_pack("{ss}", "type", t->type->key);
	for (size_t i = 0; object != NULL && i < t->row.n; i++) {
		if (read_cell(im, t, i, object))
			continue;
		json_decref(object);
		object = NULL;
	}
	return object;
}

static enum err_code import_table(struct store *s, const struct type *t,
    struct slice text, const struct xlsx_table *sheet,
    const struct import_options *o, struct import_result *out,
    struct problems *p, struct err *e)
{
	struct csv_table *table = calloc(1, sizeof *table);
	struct import im = { .s = s, .o = o, .out = out, .p = p, .e = e,
	    .read = read_row, .arg = table };
	enum err_code rc;

	if (table == NULL)
		return err_memory(e);
	table->type = t;
	table->sheet = sheet;
	rc = import_file(&im, text, split_rows);
	buf_release(&table->row.text);
	free(table);
	return rc;
}

enum err_code import_csv(struct store *s, const struct type *t,
    struct slice text, const struct import_options *o,
    struct import_result *out, struct problems *p, struct err *e)
{
	return import_table(s, t, text, NULL, o, out, p, e);
}

enum err_code import_xlsx(struct store *s, const struct type *t,
    struct slice file, const struct import_options *o,
    struct import_result *out, struct problems *p, struct err *e)
{
	struct xlsx_table sheet = { .text = BUF_INIT };
	enum err_code rc = xlsx_read(file, &sheet, e);

	if (rc == OK && sheet.others > 0)
		problems_warn(p, "W_SHEETS", "", _("only the first sheet is "
		    "read; the file has %zu more"), sheet.others);
	if (rc == OK)
		rc = import_table(s, t, slice_buf(&sheet.text), &sheet, o, out,
		    p, e);
	xlsx_table_release(&sheet);
	return rc;
}

enum err_code import_sheet(struct store *s, const struct type *t,
    struct slice file, const struct import_options *o,
    struct import_result *out, struct problems *p, struct err *e)
{
	if (xlsx_is(file))
		return import_xlsx(s, t, file, o, out, p, e);
	if (!xlsx_is_old(file))
		return import_csv(s, t, file, o, out, p, e);
	err_set(e, ERR_FORMAT, _("the file is an old .xls, or has a "
	    "password"));
	return err_hint(e, _("save it as .xlsx without a password, or as "
	    "CSV"));
}
