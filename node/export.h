/* Exporting, whatever the format. Only export*.c includes this.
 */
#ifndef NODE_EXPORT_H
#define NODE_EXPORT_H

#include "store_db.h"
#include "transfer.h"

struct exporter {
	struct store *s;
	const struct type *t;
	enum export_format format;
	struct buf *out;	/* unless put takes the cells */
	export_put_fn put;
	void *arg;
	bool template;
	struct err *e;
	sqlite3_stmt *row;	/* EXPORT_*, then the wire columns after ext */
	sqlite3_stmt **ext_of;	/* [ntype], made at first use */
	struct buf key;
	int digits;		/* that write the row's reals exactly */
	size_t nrow, ncell;	/* of the table, put so far */
	struct buf cell;	/* the one being put */
};

enum { EXPORT_ID, EXPORT_EXT, EXPORT_BRANCH, EXPORT_STATE, EXPORT_STATE_AT,
	EXPORT_VOID, EXPORT_WIRE };

/* export.c. The value of a field in the current row. */
struct value export_cell(const struct exporter *x, const struct field *f);
/* What others call the record: its external key, or its printed id. Borrowed
 * until the next call. */
MUST_USE enum err_code export_key(struct exporter *x, stamp_t id,
    const char **key);
/* A field's value as JSON, as import reads it; *out is NULL when it has none.
 * New reference. References become keys, also those still waiting. */
MUST_USE enum err_code export_json(struct exporter *x, const struct field *f,
    json_t **out);
/* 15 or 17: how many digits it takes to read r back as it is. */
int export_digits(double r);
/* The i-th field, the type's own ones first; NULL after the last. */
const struct field *export_field(const struct exporter *x, size_t i);

/* The current row in a format, appended to x->out. */
MUST_USE enum err_code export_jsonl_row(struct exporter *x);
/* The same as a row of a table, in CSV or cell by cell. */
MUST_USE enum err_code export_table_header(struct exporter *x);
MUST_USE enum err_code export_table_row(struct exporter *x);

#endif
