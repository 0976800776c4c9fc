/* Reading a spreadsheet (.xlsx, ECMA-376): its first sheet as CSV text.
 *
 * What people see in a cell becomes its text: a number as digits, a date as
 * 2022-03-08 (a month as 2022-03), yes and no as TRUE and FALSE, a formula by
 * the value that the spreadsheet program kept with it. Numbers of 16 digits and
 * more stay as the file has them, 3.79999198802290E+17, so that nothing takes
 * them for whole. Hidden sheets are passed over; of merged cells only the
 * first has the value. Hostile files are refused within fixed memory: no DTD,
 * no nesting, no growth past the limits below.
 */
#ifndef NODE_XLSX_READ_H
#define NODE_XLSX_READ_H

#include "base/buf.h"

#define XLSX_ROWS 1048576
#define XLSX_TEXT_BYTES (256u * 1024 * 1024)

struct xlsx_table {
	struct buf text;	/* rows as RFC 4180 has them, no blank ones;
				 * texts guarded as csv_guard() does */
	int64_t *number;	/* of each row, in the sheet, from 1 */
	size_t n, cap;
	size_t others;		/* visible sheets that are not read, but for
				 * the values of a template */
};
/* The sheet of a template that tells what its columns take. */
#define XLSX_VALUES "取值"

/* Is it .xlsx, by its first bytes? */
bool xlsx_is(struct slice file);
/* Is it the older .xls, or .xlsx under a password? */
bool xlsx_is_old(struct slice file);
/* out starts zeroed; the caller releases it either way. Expected: ERR_FORMAT,
 * ERR_TOO_BIG, ERR_COLUMN past CSV_COLUMNS. */
MUST_USE enum err_code xlsx_read(struct slice file, struct xlsx_table *out,
    struct err *e);
void xlsx_table_release(struct xlsx_table *t);

#endif
