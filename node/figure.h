/* Figures: one number from a query in the measure grammar (docs/format.md).
 *
 *   type[filter;filter...]#count | #sum(f) | #distinct(f) | #lines(f)
 *   filter: path op value|value...     op: = != >= <= > < ~
 *   path:   field, or field.field through references
 */
#ifndef NODE_FIGURE_H
#define NODE_FIGURE_H

#include "record.h"

/* Compile to SQL over the typed tables: the text into sql. Its bound values
 * are inlined as SQL literals so that a reader may paste it in any tool.
 * records: select the ids behind the figure instead of the number. */
MUST_USE enum err_code figure_sql(struct store *s, const char *query,
    bool records, struct buf *sql, struct err *e);
/* The number. Expected: ERR_USAGE (names the place in the query), ERR_COLUMN,
 * ERR_ENUM, ERR_PERIOD. */
MUST_USE enum err_code figure_value(struct store *s, const char *query,
    struct value *out, struct err *e);
MUST_USE enum err_code figure_records(struct store *s, const char *query,
    record_fn fn, void *arg, struct err *e);

#endif
