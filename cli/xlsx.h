/* Spreadsheets by libxlsxwriter: the only place that calls it.
 *
 * A workbook is filled sheet by sheet, cell by cell, and given back as bytes.
 * Mistakes are kept and come out of xlsx_close().
 */
#ifndef CLI_XLSX_H
#define CLI_XLSX_H

#include "base/buf.h"

struct xlsx;

enum xlsx_style { XLSX_PLAIN, XLSX_HEAD, XLSX_TITLE, XLSX_TOTAL,
	XLSX_STYLES };

/* The caller owns *out: xlsx_close(). */
MUST_USE enum err_code xlsx_open(struct xlsx **out, struct err *e);
/* Begin a sheet; what follows goes there. The name is cut and cleaned to what
 * spreadsheets allow. */
void xlsx_sheet(struct xlsx *x, const char *name);
/* Rows above this one stay in sight. */
void xlsx_freeze(struct xlsx *x, size_t row);
/* Text is text, whatever it begins with: no formula is ever written. */
void xlsx_text(struct xlsx *x, size_t row, size_t col, const char *text,
    enum xlsx_style style);
/* decimals: 0, 1 or 2 places shown. */
void xlsx_number(struct xlsx *x, size_t row, size_t col, double v,
    int decimals, enum xlsx_style style);
/* A date cell of "YYYY-MM-DD"; other text stays text. */
void xlsx_date(struct xlsx *x, size_t row, size_t col, const char *iso,
    enum xlsx_style style);
/* For sheets that people fill in: how a whole column shows what is typed
 * there. Text keeps 18 digits as they are typed. */
enum xlsx_column { XLSX_COL_TEXT, XLSX_COL_NUMBER, XLSX_COL_MONEY,
	XLSX_COL_DATE };
void xlsx_column(struct xlsx *x, size_t col, enum xlsx_column kind);
/* A note that shows when the pointer rests on the cell. */
void xlsx_note(struct xlsx *x, size_t row, size_t col, const char *text);
/* Cells of a column from row `first` to `last` take only one of n texts; or
 * only dates. Lists longer than the format allows are left out. */
void xlsx_choices(struct xlsx *x, size_t col, size_t first, size_t last,
    const char *const *text, size_t n);
void xlsx_dates(struct xlsx *x, size_t col, size_t first, size_t last);
/* Columns get the width of what they hold. The file's bytes go into out; x is
 * freed in any case. out NULL: given up. */
MUST_USE enum err_code xlsx_close(struct xlsx *x, struct buf *out,
    struct err *e);

#endif
