/* From a parsed figure to SQL: what figure.c and figure_value.c share.
 */
#ifndef NODE_FIGURE_SQL_H
#define NODE_FIGURE_SQL_H

#include "base/date.h"
#include "figure.h"
#include "figure_parse.h"
#include "store_db.h"

/* What a path ends at, after following its references. A polymorphic
 * reference may end at the same field of several types. */
struct figure_leaf {
	const struct type *type;
	const struct field *field;	/* NULL: id, branch, state, ext, type,
					 * or what is known of a step */
	enum column_kind kind;
	const char *column;		/* in the typed table */
	bool range;	/* `period` of a type that has none: a range of its
			 * report date */
	const char *step;	/* the state that a step led to; column is one
				 * of its own */
};

/* What a figure is asked for. */
enum figure_what {
	FIGURE_NUMBER,
	FIGURE_RECORDS,		/* the ids behind it */
	FIGURE_GROUPS,		/* the number for each value of the paths */
	FIGURE_ROWS		/* id and the paths' values of each record */
};

struct figure_columns {
	enum figure_what what;
	struct figure_path path[FIGURE_PATHS];
	size_t npath;
};

#define FIGURE_LEAVES 64

struct figure_end {
	struct figure_leaf leaf[FIGURE_LEAVES];	/* at least one */
	size_t n;
};

/* A reference of the figure's own record that leads to one type only is
 * joined once, however many filters look through it. */
#define FIGURE_JOINS 8
struct figure_join {
	const struct field *field;
	const struct type *type;
};

struct figure_writer {
	struct store *s;
	const struct figure_query *q;
	const struct type *type;
	struct buf *sql;
	char as_of[DATE_TEXT];	/* "": as things stand now */
	struct figure_join join[FIGURE_JOINS];	/* j0, j1 ... */
	size_t njoin;
	struct err *e;
};

/* figure_path.c: find what a path means, and write it as an expression. */
MUST_USE enum err_code figure_resolve(struct figure_writer *w,
    const struct figure_path *p, struct figure_end *out);
void figure_expression(struct figure_writer *w, const struct figure_path *p);

/* The joins that the expressions so far stand on. */
void figure_joins(struct figure_writer *w);
/* "figure, character 9: award.kind: <what>" of the leaf a path ends at. */
enum err_code figure_bad_leaf(struct figure_writer *w,
    const struct figure_path *p, const struct figure_leaf *leaf,
    enum err_code code, const char *what);

/* figure_filter.c: one filter as a condition. */
MUST_USE enum err_code figure_condition(struct figure_writer *w,
    const struct figure_filter *f);

#endif
