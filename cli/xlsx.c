/* Spreadsheets. libxlsxwriter writes files only, so the workbook goes through
 * a temporary one that nobody else can read.
 */
#include "xlsx.h"

#include <errno.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/date.h"
#include "base/file.h"
#include "base/text.h"

#define COLUMNS 64		/* wider sheets keep the default width */
#define WIDTH_MAX 60
#define BYTES_MAX (1u << 30)
#define CHOICES 255
#define CELL_CHARS 32767	/* the format's own limit */

enum number_form { FORM_WHOLE, FORM_TENTHS, FORM_CENTS, FORM_DATE, FORM_TEXT,
	FORM_PLAIN, FORMS };

struct xlsx {
	char path[64];
	lxw_workbook *book;
	lxw_worksheet *sheet;
	lxw_format *format[XLSX_STYLES][FORMS];
	size_t width[COLUMNS];
	lxw_format *column[COLUMNS];	/* NULL: as spreadsheets do it */
	struct err err;
	bool failed;
};

/* Only the first failure is told: the others follow from it. */
static void check(struct xlsx *x, lxw_error code)
{
	if (code == LXW_NO_ERROR || x->failed)
		return;
	x->failed = true;
	err_set(&x->err, code == LXW_ERROR_MEMORY_MALLOC_FAILED ? ERR_MEMORY :
	    ERR_IO, _("writing a spreadsheet: %s"), lxw_strerror(code));
}

static lxw_format *make_format(struct xlsx *x, enum xlsx_style style,
    enum number_form form)
{
	static const char *const number[FORMS] = {
		[FORM_WHOLE] = "#,##0", [FORM_TENTHS] = "#,##0.0",
		[FORM_CENTS] = "#,##0.00", [FORM_DATE] = "yyyy-mm-dd",
		[FORM_TEXT] = "@", [FORM_PLAIN] = "General",
	};
	lxw_format *f = workbook_add_format(x->book);

	if (f == NULL)
		return NULL;
	format_set_num_format(f, number[form]);
	if (style != XLSX_PLAIN)
		format_set_bold(f);
	if (style == XLSX_HEAD) {
		format_set_bottom(f, LXW_BORDER_THIN);
		format_set_text_wrap(f);
	}
	if (style == XLSX_TITLE)
		format_set_font_size(f, 14);
	return f;
}

static lxw_format *format(struct xlsx *x, enum xlsx_style style,
    enum number_form form)
{
	lxw_format **f = &x->format[style][form];

	if (*f == NULL)
		*f = make_format(x, style, form);
	if (*f == NULL)
		check(x, LXW_ERROR_MEMORY_MALLOC_FAILED);
	return *f;
}

enum err_code xlsx_open(struct xlsx **out, struct err *e)
{
	struct xlsx *x = calloc(1, sizeof *x);
	int fd;

	*out = NULL;
	if (x == NULL)
		return err_memory(e);
	snprintf(x->path, sizeof x->path, "/tmp/wellhead-XXXXXX");
	fd = mkstemp(x->path);
	if (fd < 0) {
		free(x);
		return err_errno(e, _("making a temporary file"));
	}
	close(fd);
	x->book = workbook_new(x->path);
	if (x->book == NULL) {
		unlink(x->path);
		free(x);
		return err_memory(e);
	}
	*out = x;
	return OK;
}

static void end_sheet(struct xlsx *x)
{
	for (size_t i = 0; x->sheet != NULL && i < COLUMNS; i++) {
		size_t w = x->width[i] < WIDTH_MAX ? x->width[i] : WIDTH_MAX;

		if (w > 0 || x->column[i] != NULL)
			check(x, worksheet_set_column(x->sheet, (lxw_col_t)i,
			    (lxw_col_t)i, (double)w + 2, x->column[i]));
		x->width[i] = 0;
		x->column[i] = NULL;
	}
}

/* At most 31 characters, none of []:*?/\, no apostrophe at an end, and each
 * name once. A name that is taken gets a number. */
void xlsx_sheet(struct xlsx *x, const char *name)
{
	struct slice s = slice_str(name);
	struct buf clean = BUF_INIT;
	char unique[160];
	size_t chars = 0;

	end_sheet(x);
	for (size_t i = 0; i < s.n && chars < 27; chars++) {
		uint32_t cp = utf8_next(s, &i);

		if (cp == (uint32_t)-1)
			break;
		utf8_add(&clean, cp < 0x20 || cp == '\'' ||
		    (cp < 0x80 && strchr("[]:*?/\\", (int)cp)) ? '_' : cp);
	}
	snprintf(unique, sizeof unique, "%s", clean.n ? (char *)clean.p : "1");
	for (unsigned n = 2; n < 1000 &&
	    workbook_validate_sheet_name(x->book, unique); n++)
		snprintf(unique, sizeof unique, "%s %u",
		    clean.n ? (char *)clean.p : "", n);
	buf_release(&clean);
	x->sheet = workbook_add_worksheet(x->book, unique);
	if (x->sheet == NULL) {
		check(x, LXW_ERROR_MEMORY_MALLOC_FAILED);
		return;
	}
	worksheet_set_paper(x->sheet, 9);	/* A4 */
	worksheet_fit_to_pages(x->sheet, 1, 0);
}

void xlsx_freeze(struct xlsx *x, size_t row)
{
	if (x->sheet != NULL)
		worksheet_freeze_panes(x->sheet, (lxw_row_t)row, 0);
}

static void widen(struct xlsx *x, size_t col, size_t width)
{
	if (col < COLUMNS && width > x->width[col])
		x->width[col] = width;
}

void xlsx_text(struct xlsx *x, size_t row, size_t col, const char *text,
    enum xlsx_style style)
{
	struct slice s = slice_str(text);
	struct buf safe = BUF_INIT;
	size_t chars = 0;

	/* The format is XML: no control characters, and a limit per cell. */
	for (size_t i = 0; i < s.n && chars < CELL_CHARS; chars++) {
		uint32_t cp = utf8_next(s, &i);

		if (cp == (uint32_t)-1)
			break;
		utf8_add(&safe, cp < 0x20 && cp != '\n' ? ' ' : cp);
	}
	if (style != XLSX_TITLE)
		widen(x, col, utf8_width(slice_buf(&safe)));
	if (x->sheet != NULL && safe.n > 0)
		check(x, worksheet_write_string(x->sheet, (lxw_row_t)row,
		    (lxw_col_t)col, (const char *)safe.p,
		    format(x, style, FORM_TEXT)));
	if (safe.failed)
		check(x, LXW_ERROR_MEMORY_MALLOC_FAILED);
	buf_release(&safe);
}

void xlsx_number(struct xlsx *x, size_t row, size_t col, double v,
    int decimals, enum xlsx_style style)
{
	char text[64];
	int n = snprintf(text, sizeof text, "%.*f", decimals, v);

	widen(x, col, (size_t)n + (size_t)n / 3);
	if (x->sheet != NULL)
		check(x, worksheet_write_number(x->sheet, (lxw_row_t)row,
		    (lxw_col_t)col, v, format(x, style, decimals == 0 ?
		    FORM_WHOLE : decimals == 1 ? FORM_TENTHS : FORM_CENTS)));
}

void xlsx_date(struct xlsx *x, size_t row, size_t col, const char *iso,
    enum xlsx_style style)
{
	lxw_datetime date = {0};
	int64_t days, year;

	if (!date_days(slice_str(iso), &days)) {
		xlsx_text(x, row, col, iso, style);
		return;
	}
	civil_from_days(days, &year, &date.month, &date.day);
	date.year = (int)year;
	widen(x, col, 10);
	if (x->sheet != NULL)
		check(x, worksheet_write_datetime(x->sheet, (lxw_row_t)row,
		    (lxw_col_t)col, &date, format(x, style, FORM_DATE)));
}

void xlsx_column(struct xlsx *x, size_t col, enum xlsx_column kind)
{
	static const enum number_form form[] = {
		[XLSX_COL_TEXT] = FORM_TEXT, [XLSX_COL_NUMBER] = FORM_PLAIN,
		[XLSX_COL_MONEY] = FORM_CENTS, [XLSX_COL_DATE] = FORM_DATE,
	};

	if (col < COLUMNS)
		x->column[col] = format(x, XLSX_PLAIN, form[kind]);
}

void xlsx_note(struct xlsx *x, size_t row, size_t col, const char *text)
{
	if (x->sheet != NULL && *text != '\0')
		check(x, worksheet_write_comment(x->sheet, (lxw_row_t)row,
		    (lxw_col_t)col, text));
}

/* Empty cells are always allowed: import says which are needed. */
static void validate(struct xlsx *x, size_t col, size_t first, size_t last,
    lxw_data_validation *v)
{
	if (x->sheet != NULL)
		check(x, worksheet_data_validation_range(x->sheet,
		    (lxw_row_t)first, (lxw_col_t)col, (lxw_row_t)last,
		    (lxw_col_t)col, v));
}

/* Joined by commas they must fit 255 characters, and the library (1.1.4) has
 * room for as many bytes. */
static bool list_fits(const char *const *text, size_t n)
{
	size_t bytes = 0;

	for (size_t i = 0; i < n; i++) {
		bytes += strlen(text[i]) + 1;
		if (strchr(text[i], ',') != NULL)
			return false;
	}
	return n > 0 && bytes <= CHOICES;
}

/* The list stands in the rule itself: of a reference to other cells the
 * library loses the memory. */
void xlsx_choices(struct xlsx *x, size_t col, size_t first, size_t last,
    const char *const *text, size_t n)
{
	const char *list[CHOICES + 1] = { NULL };
	lxw_data_validation v = { .validate = LXW_VALIDATION_TYPE_LIST,
	    .value_list = (char **)(uintptr_t)list };

	if (!list_fits(text, n))
		return;
	memcpy(list, text, n * sizeof *list);
	validate(x, col, first, last, &v);
}

void xlsx_dates(struct xlsx *x, size_t col, size_t first, size_t last)
{
	lxw_data_validation v = { .validate = LXW_VALIDATION_TYPE_DATE,
	    .criteria = LXW_VALIDATION_CRITERIA_BETWEEN,
	    .minimum_datetime = { .year = 1900, .month = 1, .day = 1 },
	    .maximum_datetime = { .year = 2199, .month = 12, .day = 31 } };

	validate(x, col, first, last, &v);
}

enum err_code xlsx_close(struct xlsx *x, struct buf *out, struct err *e)
{
	enum err_code rc = OK;

	if (x == NULL)
		return OK;
	end_sheet(x);
	check(x, workbook_close(x->book));
	if (x->failed) {
		*e = x->err;
		rc = x->err.code;
	} else if (out != NULL) {
		rc = file_read(x->path, BYTES_MAX, out, e);
	}
	unlink(x->path);
	free(x);
	return rc;
}
