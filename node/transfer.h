/* In and out by file: JSON lines, CSV and spreadsheets.
 * import*.c, export*.c. Formats in docs/format.md.
 */
#ifndef NODE_TRANSFER_H
#define NODE_TRANSFER_H

#include "record.h"

struct import_result {
	size_t lines, added, already, skipped;	/* skipped: other branches */
	size_t transitions, waiting;	/* waiting: references yet to come */
};

struct import_options {
	const char *branch;	/* only this branch's lines; NULL: a branch
				 * node takes its own and refuses others,
				 * HQ takes all */
	const char *by;
	bool dry_run;
	void (*progress)(void *arg, size_t done, size_t all);
	void *arg;
};

/* All or nothing. text must be the whole file (UTF-8, or GB18030 which is
 * converted, a BOM is skipped). p gets every bad line. */
MUST_USE enum err_code import_jsonl(struct store *s, struct slice text,
    const struct import_options *o, struct import_result *out,
    struct problems *p, struct err *e);

/* Rows of one type. The first line names the columns: field keys or Chinese
 * labels, and id (the external key; without one a second import adds the rows
 * again), branch, state (only the type's first state can be imported).
 * Comma, tab or semicolon; the same encodings, checks and promises. A whole
 * number is yuan under the label of a field of money, and fen under its key. */
MUST_USE enum err_code import_csv(struct store *s, const struct type *t,
    struct slice text, const struct import_options *o,
    struct import_result *out, struct problems *p, struct err *e);
/* The first sheet of an .xlsx file, the same way; a problem's line is the
 * sheet's row, and whole numbers are yuan. xlsx_read.h says what a cell is. */
MUST_USE enum err_code import_xlsx(struct store *s, const struct type *t,
    struct slice file, const struct import_options *o,
    struct import_result *out, struct problems *p, struct err *e);
/* One of both, by what the file begins with. */
MUST_USE enum err_code import_sheet(struct store *s, const struct type *t,
    struct slice file, const struct import_options *o,
    struct import_result *out, struct problems *p, struct err *e);

enum export_format { EXPORT_CSV, EXPORT_CSV_RAW, EXPORT_CSV_TEMPLATE,
	EXPORT_JSONL };
/* Rows of t into out: CSV with a BOM and Chinese labels (RFC 4180, CRLF;
 * cells that a spreadsheet would run as a formula get a leading ', but not in
 * raw), its first line alone with the columns to fill, or JSON lines that
 * import_jsonl reads back, histories with them. */
MUST_USE enum err_code export_type(struct store *s, const struct type *t,
    enum export_format f, struct buf *out, struct err *e);

/* The same table cell by cell, for spreadsheets. Row 0 has the headings. f is
 * NULL for the columns that are no fields; text as in raw CSV, borrowed; empty
 * cells are left out. template: the headings alone, of the columns to fill. */
typedef void (*export_put_fn)(void *arg, size_t row, size_t col,
    const struct field *f, const char *text);
MUST_USE enum err_code export_cells(struct store *s, const struct type *t,
    bool template, export_put_fn put, void *arg, struct err *e);
/* What stands in a cell for a value: its label, or its key where another value
 * has that label too. */
const char *export_label(const struct enumeration *values,
    const struct label *l);

#endif
