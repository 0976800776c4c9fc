/* Figures: one number from a query in the measure grammar (docs/format.md).
 *
 *   type[filter;filter...]@date#count | #sum(f) | #distinct(f) | #lines(f)
 *   filter: path op value|value... or path op $path
 *           op: = != >= <= > < ~
 *   path:   field, or field.field through references; step:STATE.by, .on,
 *           .role, .note of the step that led to a state
 *   @date:  states as they stood at the end of that day
 *   figure / figure: a rate
 */
#ifndef NODE_FIGURE_H
#define NODE_FIGURE_H

#include "record.h"

/* Compile to SQL over the typed tables: the text into sql. Its bound values
 * are inlined as SQL literals so that a reader may paste it in any tool.
 * records: select the ids behind the figure instead of the number. */
MUST_USE enum err_code figure_sql(struct store *s, const char *query,
    bool records, struct buf *sql, struct err *e);
/* The number; of a rate the quotient, VALUE_NULL over nought. Expected:
 * ERR_USAGE (names the place in the query), ERR_COLUMN, ERR_ENUM, ERR_PERIOD. */
MUST_USE enum err_code figure_value(struct store *s, const char *query,
    struct value *out, struct err *e);
/* Both halves of a rate; *den is VALUE_NULL when the figure is none. */
MUST_USE enum err_code figure_rate(struct store *s, const char *query,
    struct value *num, struct value *den, struct err *e);
/* Of a rate: the records behind its numerator. */
MUST_USE enum err_code figure_records(struct store *s, const char *query,
    record_fn fn, void *arg, struct err *e);

/* For reports: one statement for all rows of a table rather than one for each
 * cell. cell has the paths' values and then the number (figure_groups), or
 * the record's id and then the paths' values (figure_rows, by report date);
 * borrowed by fn, non-zero stops. */
#define FIGURE_PATHS 16
enum figure_part { FIGURE_NUMERATOR, FIGURE_DENOMINATOR };
typedef int (*figure_row_fn)(void *arg, const struct value *cell);
/* No path: the number alone. No denominator: fn is not called. */
MUST_USE enum err_code figure_groups(struct store *s, const char *query,
    enum figure_part part, const char *const *path, size_t npath,
    figure_row_fn fn, void *arg, struct err *e);
MUST_USE enum err_code figure_rows(struct store *s, const char *query,
    const char *const *path, size_t npath, figure_row_fn fn, void *arg,
    struct err *e);
/* What a path of a type ends at, for labels: *f is NULL for id, branch, state,
 * ext, type and steps. */
MUST_USE enum err_code figure_field(struct store *s, const char *type,
    const char *path, const struct type **t, const struct field **f,
    struct err *e);

#endif
