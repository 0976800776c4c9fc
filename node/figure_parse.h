/* The measure grammar, read into a tree that knows nothing of the catalogue.
 * Only figure*.c includes this; the grammar stands in figure.h.
 */
#ifndef NODE_FIGURE_PARSE_H
#define NODE_FIGURE_PARSE_H

#include "record.h"

/* Ceilings far above any real query, so that a hostile one stays small. */
#define FIGURE_BYTES 8192
#define FIGURE_DEPTH 4
#define FIGURE_FILTERS 64
#define FIGURE_VALUES 512

enum figure_agg { FIGURE_COUNT, FIGURE_SUM, FIGURE_DISTINCT, FIGURE_LINES };

struct figure_path {
	struct slice key[FIGURE_DEPTH];
	size_t n;
	size_t at;		/* byte offset in the query, for messages */
};

struct figure_filter {
	struct figure_path path;
	enum filter_op op;
	size_t first, n;	/* alternatives: value[first .. first + n) */
	bool field;		/* compared with another field: other */
	struct figure_path other;
};

struct figure_query {
	char *query;		/* as given: what offsets count in */
	char *text;		/* copy that every slice here points into */
	struct slice type;
	struct figure_filter filter[FIGURE_FILTERS];
	size_t nfilter;
	struct slice value[FIGURE_VALUES];	/* escapes undone, trimmed */
	size_t value_at[FIGURE_VALUES];
	size_t nvalue;
	struct slice as_of;	/* empty: as things stand now */
	size_t as_of_at;
	enum figure_agg agg;
	struct figure_path arg;	/* not of count */
	size_t over;	/* where the denominator begins; 0: there is none */
};

/* Read the figure that begins at byte `from`. On success the caller owns *out:
 * figure_query_free(). Expected: ERR_USAGE naming the place, ERR_TOO_BIG. */
MUST_USE enum err_code figure_parse(const char *query, size_t from,
    struct figure_query **out, struct err *e);
void figure_query_free(struct figure_query *q);

/* Prefix the error in e with the place `at` in the query; returns its code. */
enum err_code figure_at(const struct figure_query *q, size_t at,
    struct err *e);

#endif
