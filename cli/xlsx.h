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
/* Columns get the width of what they hold. The file's bytes go into out; x is
 * freed in any case. out NULL: given up. */
MUST_USE enum err_code xlsx_close(struct xlsx *x, struct buf *out,
    struct err *e);

#endif
