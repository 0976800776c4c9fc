/* Printing: the only place that writes to standard output and error.
 *
 * Standard output carries data alone; messages go to standard error. Text
 * that came from data passes out_safe(), so that no record can drive the
 * terminal of who reads it.
 */
#ifndef CLI_OUT_H
#define CLI_OUT_H

#include "command.h"

/* s with control characters as \x1b, \n, \t; direction marks as \u202e;
 * bytes that are not UTF-8 as \xff. */
void out_safe(struct buf *b, struct slice s);
void out_text(FILE *f, const char *s);		/* the same, printed */
/* Marks that turn the direction of what follows: they could hide a name's
 * true order of characters. */
bool out_turns(uint32_t cp);

/* One JSON value and a newline. */
void out_json(const json_t *j);
/* One result object: with --json it gets "warnings" if there are any and is
 * printed; else nothing is. Takes the reference, NULL is out of memory. */
MUST_USE enum err_code out_result(struct context *c, json_t *o,
    struct err *e);

/* A result as named facts: with --json one object, else a line each. */
struct fact {
	const char *key;	/* JSON */
	const char *label;	/* N_("...") */
	const char *text;	/* NULL: number */
	int64_t number;
};
MUST_USE enum err_code out_facts(struct context *c, const struct fact *f,
    size_t n, struct err *e);
/* Its two halves. New reference, NULL: out of memory. */
json_t *facts_json(const struct fact *f, size_t n);
MUST_USE enum err_code facts_print(const struct fact *f, size_t n,
    struct err *e);

/* A table on the screen, columns as wide as their widest cell; a column of
 * numbers stands to the right. */
struct grid {
	size_t ncol, ncell, cap;
	char **cell;		/* escaped; row-major */
	bool failed;
};
void grid_init(struct grid *g, size_t ncol);
void grid_add(struct grid *g, const char *text);	/* NULL: empty */
/* Cut to so many terminal columns, with a mark. */
void grid_add_cut(struct grid *g, const char *text, size_t width);
void grid_addf(struct grid *g, const char *fmt, ...) PRINTF(2, 3);
MUST_USE enum err_code grid_print(const struct grid *g, struct err *e);
void grid_release(struct grid *g);

/* Records as lines: with --json an object each, else a table whose columns are
 * those of the first record's type. lister_row is a record_fn. */
#define LISTER_MAX 12
struct lister {
	const struct context *c;
	const struct type *type;	/* NULL until the first record */
	const struct field *field[LISTER_MAX];
	size_t nfield;
	struct grid grid;
};
void lister_init(struct lister *l, const struct context *c);
/* "name,kind": show these fields. Expected: ERR_COLUMN. */
MUST_USE enum err_code lister_fields(struct lister *l, const struct type *t,
    const char *list, struct err *e);
int lister_row(void *lister, const json_t *record);
MUST_USE enum err_code lister_print(struct lister *l, struct err *e);
void lister_release(struct lister *l);

/* The error, its hint and all problems, on standard error; with --json also
 * {"errors":[...]} on standard output. */
void out_error(const struct context *c, const struct err *e);
void out_warnings(const struct context *c);
void out_warn(const char *fmt, ...) PRINTF(1, 2);
void out_hint(const char *fmt, ...) PRINTF(1, 2);
/* A line of a program that goes on for days: the moment, then the text. */
void out_log(const char *fmt, ...) PRINTF(1, 2);
/* A warning for each line; the notes are released. */
void out_notes(struct buf *notes);
void out_prompt(const char *text);	/* no newline of its own */

/* Progress on standard error, only on a terminal; out_progress_end() wipes
 * the line. */
void out_progress(const char *fmt, ...) PRINTF(1, 2);
void out_progress_end(void);
/* The progress of a transfer. */
void out_moved(void *arg, uint64_t sent, uint64_t received);

/* A field's value as people read it: labels of enumerations in Chinese, money
 * in yuan, lists as compact JSON. f may be NULL. The caller frees; NULL: no
 * memory. */
char *out_value(const struct context *c, const struct field *f,
    const json_t *j);
/* "3 days ago" of a moment, Unix ms. */
void out_age(int64_t ms, char *out, size_t n);

#endif
