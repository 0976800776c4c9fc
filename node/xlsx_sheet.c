/* A sheet's cells to rows of CSV. */
#include "xlsx_impl.h"

#include <math.h>

#include "base/date.h"
#include "base/text.h"
#include "csv.h"

#define COLUMNS 16384		/* of any sheet */
#define DAYS_1900 25569		/* from Excel's day 0 to 1970-01-01 */
#define DAYS_1904 24107
#define DAYS_MAX 2958465	/* 9999-12-31 */
#define WHOLE_MAX 1e15		/* digits past it are lost in a double */

struct sheet {
	const struct xlsx_book *book;
	const struct xlsx_strings *strings;
	const struct xlsx_styles *styles;
	struct xlsx_table *out;
	int64_t row, column;	/* of the last ones, from 1; 0: none yet */
	int64_t written;	/* columns of the row in out; 0: no row yet */
	char kind[12];		/* the cell's t: "s", "str", "inlineStr" ... */
	int64_t style;
	bool in_value, in_text, formula, has_value;
	int phonetic;
	struct buf raw, clean;
};

static void refuse(struct xml *x, const struct sheet *s, const char *what)
{
	x->rc = err_set(x->e, ERR_FORMAT, _("row %lld, column %lld: %s"),
	    (long long)s->row, (long long)s->column, what);
}

/* "AB12": 28. Nought if it does not begin with a column. */
static int64_t column_of(const char *cell)
{
	int64_t n = 0;

	for (; *cell >= 'A' && *cell <= 'Z' && n <= COLUMNS; cell++)
		n = n * 26 + (*cell - 'A') + 1;
	return n <= COLUMNS ? n : 0;
}

static void begin_row(struct xml *x, struct sheet *s, const char **attr)
{
	int64_t row = xml_number(xml_attr(attr, "r"), XLSX_ROWS, s->row + 1);

	s->column = 0;
	s->written = 0;
	if (row <= s->row || row > XLSX_ROWS)
		refuse(x, s, _("the rows are not in order"));
	s->row = row;
}

static void begin_cell(struct xml *x, struct sheet *s, const char **attr)
{
	const char *cell = xml_attr(attr, "r"), *kind = xml_attr(attr, "t");
	int64_t column = cell != NULL ? column_of(cell) : s->column + 1;

	if (s->row == 0 || column <= s->column)
		refuse(x, s, _("the cells are not in order"));
	s->column = column;
	s->style = xml_number(xml_attr(attr, "s"), 65535, 0);
	snprintf(s->kind, sizeof s->kind, "%s", kind != NULL ? kind : "n");
	s->formula = s->has_value = false;
	buf_clear(&s->raw);
}

static void on_start(struct xml *x, const char *name, const char **attr)
{
	struct sheet *s = x->arg;

	if (strcmp(name, "row") == 0)
		begin_row(x, s, attr);
	else if (strcmp(name, "c") == 0)
		begin_cell(x, s, attr);
	else if (strcmp(name, "v") == 0)
		s->in_value = s->has_value = true;
	else if (strcmp(name, "t") == 0)
		s->in_text = s->phonetic == 0;
	else if (strcmp(name, "rPh") == 0)
		s->phonetic++;
	else if (strcmp(name, "f") == 0)
		s->formula = true;
}

static void on_text(struct xml *x, struct slice text)
{
	struct sheet *s = x->arg;

	if (s->in_value || (s->in_text && strcmp(s->kind, "inlineStr") == 0))
		buf_addb(&s->raw, text);
}

static void shared_string(struct xml *x, struct sheet *s, struct buf *out)
{
	const struct xlsx_strings *all = s->strings;
	int64_t i = xml_number((const char *)s->raw.p, INT32_MAX, -1);
	size_t from;

	if (i < 0 || (size_t)i >= all->n) {
		refuse(x, s, _("the cell's text is not in the file"));
		return;
	}
	from = i > 0 ? all->end[i - 1] : 0;
	if (all->end[i] > from)
		buf_add(out, all->text.p + from, all->end[i] - from);
}

/* Excel believes that 1900 was a leap year: its day 60 does not exist, and
 * those before count from a day later. */
static bool serial_days(const struct sheet *s, double serial, int64_t *days)
{
	int64_t n = (int64_t)floor(serial);

	if (s->book->from_1904)
		*days = n - DAYS_1904;
	else if (n > 60)
		*days = n - DAYS_1900;
	else
		*days = n - DAYS_1900 + 1;
	return s->book->from_1904 || n != 60;
}

static bool add_date(const struct sheet *s, double v, enum xlsx_form form,
    struct buf *out)
{
	char text[DATE_TEXT];
	int64_t days;

	if (!(v >= 0 && v < DAYS_MAX + 1) || !serial_days(s, v, &days))
		return false;
	/* Less than a day is a time of no day. */
	if (v < 1 && !s->book->from_1904)
		return false;
	date_text(days, text);
	buf_add(out, text, form == XLSX_MONTH ? 7 : 10);
	return true;
}

/* As the program shows it: 15 digits; 0.1 + 0.2 is 0.3. */
static void add_number(const struct sheet *s, struct buf *out)
{
	enum xlsx_form form = xlsx_styles_form(s->styles, s->style);
	const char *raw = s->raw.p != NULL ? (const char *)s->raw.p : "";
	char *end, text[64];
	double v = strtod(raw, &end);

	/* strtod() knows more spellings than the format has. */
	if (end == raw || *end != '\0' || !isfinite(v) ||
	    raw[strspn(raw, "+-.0123456789eE")] != '\0') {
		buf_adds(out, raw);
		return;
	}
	if (form != XLSX_NUMBER && add_date(s, v, form, out))
		return;
	snprintf(text, sizeof text, "%.15g", v);
	if (fabs(v) >= WHOLE_MAX || strchr(text, 'e') != NULL)
		buf_adds(out, raw);
	else
		buf_adds(out, text);
}

/* A date as text, of strict files: the day alone. */
static void add_iso_date(const struct sheet *s, struct buf *out)
{
	size_t n = s->raw.n > 10 && s->raw.p[10] == 'T' ? 10 : s->raw.n;

	if (n > 0)
		buf_add(out, s->raw.p, n);
}

/* A formula that nobody has calculated must not look like an empty cell; one
 * whose value is the empty text says so. */
static bool is_uncalculated(const struct sheet *s)
{
	return s->formula && s->raw.n == 0 &&
	    !(s->has_value && strcmp(s->kind, "str") == 0);
}

static void cell_text(struct xml *x, struct sheet *s, struct buf *out)
{
	const char *kind = s->kind;

	if (is_uncalculated(s))
		buf_adds(out, "#VALUE!");
	else if (s->raw.n == 0)
		return;
	else if (strcmp(kind, "s") == 0)
		shared_string(x, s, out);
	else if (strcmp(kind, "b") == 0)
		buf_adds(out, s->raw.p[0] == '1' ? "TRUE" : "FALSE");
	else if (strcmp(kind, "n") == 0)
		add_number(s, out);
	else if (strcmp(kind, "d") == 0)
		add_iso_date(s, out);
	else if (strcmp(kind, "e") == 0)
		buf_addb(out, slice_buf(&s->raw));
	else
		xlsx_unescape(out, slice_buf(&s->raw));
}

static enum err_code begin_csv_row(struct sheet *s, struct err *e)
{
	struct xlsx_table *t = s->out;

	if (t->n == t->cap) {
		size_t cap = t->cap * 2 + 256;
		void *grown = realloc(t->number, cap * sizeof *t->number);

		if (grown == NULL)
			return err_memory(e);
		t->number = grown;
		t->cap = cap;
	}
	t->number[t->n++] = s->row;
	if (t->n > 1)
		buf_addc(&t->text, '\n');
	return OK;
}

/* Numbers need no guard: -3 is no formula. */
static void write_cell(struct sheet *s, struct slice text)
{
	struct buf guarded = BUF_INIT;
	bool number = strcmp(s->kind, "n") == 0;

	for (; s->written < s->column - 1; s->written++)
		if (s->written > 0)
			buf_addc(&s->out->text, ',');
	if (!number)
		csv_guard(&guarded, text);
	csv_write(&s->out->text, number ? text : slice_buf(&guarded),
	    s->column == 1);
	s->out->text.failed |= guarded.failed;
	s->written = s->column;
	buf_release(&guarded);
}

/* Cells without a value take no room, however many there are. */
static void end_cell(struct xml *x, struct sheet *s)
{
	buf_clear(&s->clean);
	cell_text(x, s, &s->clean);
	if (x->rc != OK || s->clean.n == 0)
		return;
	if (s->column > CSV_COLUMNS)
		x->rc = err_set(x->e, ERR_COLUMN, _("row %lld has a value in "
		    "column %lld; a table has at most %d columns"),
		    (long long)s->row, (long long)s->column, CSV_COLUMNS);
	if (x->rc == OK && s->written == 0)
		x->rc = begin_csv_row(s, x->e);
	if (x->rc != OK)
		return;
	write_cell(s, slice_buf(&s->clean));
	if (s->out->text.n > XLSX_TEXT_BYTES)
		x->rc = err_set(x->e, ERR_TOO_BIG, _("the sheet has more than "
		    "%u MiB of text; split it"), XLSX_TEXT_BYTES >> 20);
}

static void on_end(struct xml *x, const char *name)
{
	struct sheet *s = x->arg;

	if (strcmp(name, "c") == 0)
		end_cell(x, s);
	else if (strcmp(name, "v") == 0)
		s->in_value = false;
	else if (strcmp(name, "t") == 0)
		s->in_text = false;
	else if (strcmp(name, "rPh") == 0)
		s->phonetic--;
}

enum err_code xlsx_sheet_read(const struct zip *z, const struct xlsx_book *b,
    const struct xlsx_strings *strings, const struct xlsx_styles *styles,
    struct xlsx_table *out, struct err *e)
{
	struct sheet s = { .book = b, .strings = strings, .styles = styles,
	    .out = out };
	struct xml x = { .arg = &s, .start = on_start, .end = on_end,
	    .text = on_text };
	enum err_code rc = xml_read(z, b->sheet, &x, e);

	if (rc == OK)
		rc = buf_ok(&s.raw, e);
	if (rc == OK)
		rc = buf_ok(&s.clean, e);
	if (rc == OK)
		rc = buf_ok(&out->text, e);
	buf_release(&s.raw);
	buf_release(&s.clean);
	return rc;
}
