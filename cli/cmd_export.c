/* export TYPE: its records as a file, or the empty table to fill in. */
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "out.h"
#include "xlsx.h"
#include "xlsx_read.h"

#define FILL_ROWS 10000		/* of a template that check what is typed */
#define VALUES 200		/* most that a column chooses from */
#define CELL_CHARS 32767	/* most that a spreadsheet's cell holds */

struct sheet_sink {
	struct context *c;
	struct xlsx *x;
	bool template;
	size_t long_row;	/* 0: every text so far fits its cell */
};

/* Numbers and dates as such, so that a spreadsheet can count with them. */
static void put_value(struct sheet_sink *s, size_t row, size_t col,
    const struct field *f, const char *text)
{
	enum column_kind kind = f != NULL ? f->kind : COL_TEXT;

	if (kind == COL_DATE)
		xlsx_date(s->x, row, col, text, XLSX_PLAIN);
	else if (kind == COL_INT && f->money)
		xlsx_number(s->x, row, col, strtod(text, NULL), 2, XLSX_PLAIN);
	else if (kind == COL_INT || kind == COL_REAL)
		xlsx_number(s->x, row, col, strtod(text, NULL),
		    kind == COL_REAL ? 2 : 0, XLSX_PLAIN);
	else
		xlsx_text(s->x, row, col, text, XLSX_PLAIN);
	if (s->long_row == 0 && strlen(text) > CELL_CHARS &&
	    utf8_count(slice_str(text)) > CELL_CHARS)
		s->long_row = row + 1;
}

static enum xlsx_column column_kind(const struct field *f)
{
	if (f == NULL)
		return XLSX_COL_TEXT;
	if (f->kind == COL_DATE)
		return XLSX_COL_DATE;
	if (f->kind == COL_INT && f->money)
		return XLSX_COL_MONEY;
	return f->kind == COL_INT || f->kind == COL_REAL ? XLSX_COL_NUMBER :
	    XLSX_COL_TEXT;
}

/* What a cell of the column takes, for who fills it in. */
static const char *form_of(const struct field *f)
{
	static const char *const forms[] = {
		[COL_REF] = N_("the key (标识) or id of a record"),
		[COL_REFS] = N_("keys or ids of records: a、b"),
		[COL_TEXT] = N_("text"),
		[COL_INT] = N_("a whole number"),
		[COL_REAL] = N_("a number"),
		[COL_BOOL] = N_("yes or no: 是, 否"),
		[COL_DATE] = N_("a date: 2022-03-08"),
		[COL_MONTH] = N_("a month: 2022-03"),
		[COL_QUARTER] = N_("a quarter: 2022Q1, or a year: 2022"),
		[COL_ENUM] = N_("one of the values on the second sheet"),
		[COL_JSON] = N_("rows as JSON: [{…},{…}]"),
		[COL_ANY] = NULL,
	};

	if (f->money)
		return _("an amount in yuan: 30.50");
	if (f->period)
		return _("a period: 2022, 2022Q1 or 2022-03");
	if (f->kind == COL_JSON && f->ncolumn == 1)
		return _("several, with commas between");
	return forms[f->kind] != NULL ? _(forms[f->kind]) : "";
}

static const char *need_of(const struct field *f)
{
	static const char *const needs[] = {
		[REQ_NO] = "",
		[REQ_YES] = N_("required"),
		[REQ_SUBMIT] = N_("required from the first step on"),
		[REQ_WHEN] = N_("required in some cases"),
	};

	return *needs[f->required] ? _(needs[f->required]) : "";
}

static void add_line(struct buf *b, const char *text)
{
	if (text == NULL || *text == '\0')
		return;
	if (b->n > 0)
		buf_addc(b, '\n');
	buf_adds(b, text);
}

static void put_note(struct sheet_sink *s, size_t col, const struct field *f)
{
	struct buf b = BUF_INIT;

	if (f == NULL) {
		add_line(&b, _("your own key for the row: other records refer "
		    "to it, and the same file taken in again adds nothing"));
	} else {
		add_line(&b, f->key);
		add_line(&b, form_of(f));
		for (size_t i = 0; f->kind == COL_JSON && i < f->ncolumn; i++)
			add_line(&b, f->column[i]);
		add_line(&b, need_of(f));
		add_line(&b, f->note);
	}
	if (!b.failed)
		xlsx_note(s->x, 0, col, (const char *)b.p);
	buf_release(&b);
}

/* What a column chooses from; most take anything. */
static size_t values_of(const struct field *f, const char *value[VALUES])
{
	size_t n = 0;

	if (f != NULL && f->kind == COL_BOOL) {
		value[n++] = "是";
		value[n++] = "否";
	}
	for (; f != NULL && f->kind == COL_ENUM && n < f->values->n &&
	    n < VALUES; n++)
		value[n] = export_label(f->values, &f->values->value[n]);
	return n;
}

static void put_cell(void *arg, size_t row, size_t col,
    const struct field *f, const char *text)
{
	struct sheet_sink *s = arg;
	const char *value[VALUES];

	if (row > 0) {
		put_value(s, row, col, f, text);
		return;
	}
	xlsx_text(s->x, 0, col, text, XLSX_HEAD);
	if (!s->template)
		return;
	xlsx_column(s->x, col, column_kind(f));
	put_note(s, col, f);
	if (f != NULL && f->kind == COL_DATE)
		xlsx_dates(s->x, col, 1, FILL_ROWS);
	xlsx_choices(s->x, col, 1, FILL_ROWS, value, values_of(f, value));
}

/* The second sheet: under every column the values that it takes. */
static void put_values(void *arg, size_t row, size_t col,
    const struct field *f, const char *text)
{
	struct sheet_sink *s = arg;
	const char *value[VALUES];
	size_t n = values_of(f, value);

	(void)row;
	xlsx_text(s->x, 0, col, text, XLSX_HEAD);
	for (size_t i = 0; i < n; i++)
		xlsx_text(s->x, i + 1, col, value[i], XLSX_PLAIN);
}

static enum err_code fill(struct sheet_sink *s, const struct type *t,
    struct err *e)
{
	struct store *store = s->c->node->store;
	enum err_code rc;

	xlsx_sheet(s->x, t->zh);
	xlsx_freeze(s->x, 1);
	rc = export_cells(store, t, s->template, put_cell, s, e);
	if (!rc && s->template) {
		xlsx_sheet(s->x, XLSX_VALUES);
		xlsx_freeze(s->x, 1);
		rc = export_cells(store, t, true, put_values, s, e);
	}
	if (rc || s->long_row == 0)
		return rc;
	err_set(e, ERR_TOO_BIG, _("row %zu has a text of more than %d "
	    "characters, and no spreadsheet cell holds it"), s->long_row,
	    CELL_CHARS);
	return err_hint(e, _("--format csv or --format jsonl keeps it whole"));
}

static enum err_code write_xlsx(struct context *c, const struct type *t,
    bool template, struct buf *out, struct err *e)
{
	struct sheet_sink s = { .c = c, .template = template };
	enum err_code rc = xlsx_open(&s.x, e), close_rc;

	if (rc)
		return rc;
	rc = fill(&s, t, e);
	if (!rc)
		return xlsx_close(s.x, out, e);
	close_rc = xlsx_close(s.x, NULL, &(struct err){0});
	(void)close_rc;		/* what went wrong first is told */
	return rc;
}

static enum err_code write_text(struct context *c, const struct type *t,
    enum export_format f, struct buf *out, struct err *e)
{
	if (option(c, "template"))
		f = EXPORT_CSV_TEMPLATE;
	else if (option(c, "raw"))
		f = EXPORT_CSV_RAW;
	return export_type(c->node->store, t, f, out, e);
}

static enum err_code give(const struct context *c, const struct buf *out,
    bool binary, struct err *e)
{
	const char *file = option(c, "o");

	if (file && strcmp(file, "-") != 0)
		return file_write(file, slice_buf(out), 0600, false, e);
	if (binary && isatty(STDOUT_FILENO)) {
		err_set(e, ERR_USAGE, _("a spreadsheet cannot be shown here"));
		return err_hint(e, _("write it to a file: -o FILE"));
	}
	if (out->n)
		fwrite(out->p, 1, out->n, stdout);
	return OK;
}

/* What cannot be meant together is said before anything is written. */
static enum err_code check_options(const struct context *c, const char *name,
    struct err *e)
{
	bool csv = !strcmp(name, "csv"), xlsx = !strcmp(name, "xlsx");

	if (!csv && !xlsx && strcmp(name, "jsonl") != 0)
		return err_set(e, ERR_USAGE,
		    _("no such format: %s; there are csv, xlsx and jsonl"),
		    name);
	if (option(c, "template") && !csv && !xlsx)
		return err_set(e, ERR_USAGE,
		    _("a template is csv or xlsx, not %s"), name);
	if (option(c, "raw") && (!csv || option(c, "template")))
		return err_set(e, ERR_USAGE, _("--raw is for records as CSV: "
		    "nothing else is guarded"));
	return OK;
}

/* Before the first byte is given out. */
static enum err_code note_export(struct context *c, const struct type *t,
    const char *name, struct err *e)
{
	char what[80];

	snprintf(what, sizeof what, "%.60s %.8s", t->key, name);
	return trail_write(c, "export", 0, what, e);
}

enum err_code cmd_export(struct context *c, struct err *e)
{
	const char *name = option(c, "format");
	const struct type *t;
	struct buf out = BUF_INIT;
	enum err_code rc;
	bool xlsx;

	if (!name)
		name = c->json && !option(c, "template") ? "jsonl" : "csv";
	xlsx = !strcmp(name, "xlsx");
	rc = check_options(c, name, e);
	if (!rc)
		rc = type_read(c, 0, &t, e);
	if (!rc && xlsx)
		rc = write_xlsx(c, t, option(c, "template"), &out, e);
	else if (!rc)
		rc = write_text(c, t, *name == 'j' ? EXPORT_JSONL : EXPORT_CSV,
		    &out, e);
	if (!rc && !option(c, "template"))
		rc = note_export(c, t, name, e);
	if (!rc)
		rc = give(c, &out, xlsx, e);
	buf_release(&out);
	return rc;
}
