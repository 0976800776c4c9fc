/* Columns: the cells of one column as a few streams of like things, each
 * written in the shortest of a few ways. Only sync/codec.c and the columns_*.c
 * files include this; docs/format.md has the format.
 *
 * A cell has a class. What class is usual for a column, and what number
 * stands for a cell, comes from the column's kind (columns_map.c): a date is
 * its day, an enumeration's key its index, a reference the row number of the
 * record in this payload. A column whose cells are all of its usual class is
 * that class's stream; any other says the classes first.
 */
#ifndef SYNC_COLUMNS_H
#define SYNC_COLUMNS_H

#include "base/arena.h"
#include "base/map.h"
#include "cbor.h"
#include "codec.h"

/* What a payload of any size may ask of memory when it is read; a writer
 * keeps to it too. Runs make a small payload large: a million equal rows
 * take ten bytes. */
#define ROWS_MAX 65536		/* of all sections */
#define CELLS_MAX (2u << 20)
#define TEXT_TOTAL_MAX (64u << 20)	/* bytes, repeated ones too */
#define LISTED_MAX (1u << 20)	/* references in lists */

enum class {		/* numbers on the wire: only add at the end */
	CLASS_NULL,
	CLASS_NUMBER,	/* by the column's mapping */
	CLASS_TEXT,
	CLASS_REAL,
	CLASS_BYTES,
	CLASS_LIST,	/* JSON array of ids, as references */
	CLASS_INT,	/* an integer where NUMBER means something else */
	CLASS_COUNT
};

struct numbers {	/* grows; for the references of lists */
	int64_t *v;
	size_t n, cap;
};

/* The cells of one column by class, each array filled up to n[class]. */
struct bins {
	size_t n[CLASS_COUNT];
	int64_t *class;			/* every row's */
	int64_t *number, *integer, *count;
	struct slice *text, *bytes;
	double *real;
	struct numbers listed;		/* `count` of them for each LIST */
};

/* One payload being written or read. */
struct codec {
	const struct catalogue *catalogue;
	struct batch *out;		/* reading; NULL when writing */
	struct arena scratch;		/* freed at the end */
	struct bins bins;
	int64_t base;			/* ticks of the smallest stamp */
	uint16_t node;
	const struct section **record;	/* sections of records, in order */
	size_t *first;			/* number of each one's first row */
	size_t nrecord, nrow;
	struct map *foreign;		/* writing: id to its index */
	struct numbers id;		/* foreign ids by index */
	int64_t *before;		/* of a transition: the row of the one
					 * before it of its record, or -1 */
	const struct type *recent;	/* the last type found by its key */
	size_t text_left, listed_left;	/* of the caps above */
	size_t list_at;			/* reading: in bins.listed */
};

/* columns_ints.c: n numbers, n > 0, as
 *   int               all equal
 *   [first, step]     an arithmetic run
 *   bytes             one byte says how (enum series), then n varints:
 *                     zigzag, seven bits a byte, the lowest first */
enum series { SERIES_RAW, SERIES_DELTA, SERIES_DELTA2, SERIES_COUNT };
void ints_encode(struct buf *out, const int64_t *v, size_t n);
MUST_USE enum err_code ints_decode(struct cbor *c, int64_t *v, size_t n,
    struct err *e);
void varint_add(struct buf *b, int64_t v);
/* False at the end, past 64 bits, or when not in its shortest form. */
MUST_USE bool varint_next(struct slice s, size_t *at, int64_t *v);
MUST_USE bool numbers_add(struct numbers *a, int64_t v);

/* columns_text.c: n texts, n > 0, as
 *   text                                   all equal
 *   [[template...], which, digits...]      a template is a text with 0 for
 *                     every digit; `which` numbers say each text's template;
 *                     then for every run of at most 18 digits of every
 *                     template, the numbers its texts have there */
MUST_USE enum err_code texts_encode(struct codec *k, struct buf *out,
    const struct slice *v, size_t n, struct err *e);
/* What it gives is owned by k->out. */
MUST_USE enum err_code texts_decode(struct codec *k, struct cbor *c,
    struct slice *v, size_t n, struct err *e);

/* columns_ref.c: an id as a number: below k->nrow the row of a record in this
 * payload, counted over its sections; from there on an index into k->id. */
bool ref_write(struct codec *k, int64_t id, int64_t *out);
MUST_USE bool ref_read(const struct codec *k, int64_t number, int64_t *id);
bool batch_record(const struct codec *k, stamp_t id, size_t *number);
/* The section of a record, and its row there; NULL past the last. */
const struct section *record_at(const struct codec *k, size_t number,
    size_t *row);
/* A list "[123,456]", ids only, into bins.listed; false if it is not one. */
bool list_write(struct codec *k, struct slice s, int64_t *count);
/* The next `count` of bins.listed as a list: OK, ERR_FORMAT, ERR_MEMORY. */
MUST_USE enum err_code list_read(struct codec *k, int64_t count,
    struct value *out);

/* columns_map.c */
enum class usual_class(const struct section *s, size_t col);
/* Put the cell of this row, in row order, into the bins. */
MUST_USE enum err_code cell_sort(struct codec *k, const struct section *s,
    size_t row, size_t col, struct err *e);
/* The reverse, for a cell of this class; at[] moves through the bins. */
MUST_USE enum err_code cell_take(struct codec *k, const struct section *s,
    size_t row, size_t col, size_t at[CLASS_COUNT], struct err *e);
/* The columns of a fixed table are written in this order, in which what one
 * is told from comes before it. */
size_t column_at(const struct section *s, size_t place);

/* columns.c */
MUST_USE enum err_code bins_init(struct codec *k, size_t rows, struct err *e);
MUST_USE enum err_code column_encode(struct codec *k, struct buf *out,
    const struct section *s, size_t col, struct err *e);
MUST_USE enum err_code column_decode(struct codec *k, struct cbor *c,
    struct section *s, size_t col, struct err *e);
/* Writing: does any row have a value here? */
bool column_any(const struct section *s, size_t col);

#endif
