/* In and out by file: JSON lines and CSV.
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
 * Comma, tab or semicolon; the same encodings, checks and promises. */
MUST_USE enum err_code import_csv(struct store *s, const struct type *t,
    struct slice text, const struct import_options *o,
    struct import_result *out, struct problems *p, struct err *e);

enum export_format { EXPORT_CSV, EXPORT_JSONL };
/* Rows of t into out: CSV with a BOM and Chinese labels (RFC 4180, CRLF;
 * cells that a spreadsheet would run as a formula get a leading '), or JSON
 * lines that import_jsonl reads back, histories with them. */
MUST_USE enum err_code export_type(struct store *s, const struct type *t,
    enum export_format f, struct buf *out, struct err *e);

#endif
