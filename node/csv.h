/* CSV (RFC 4180), read and written. Only import_csv.c and export_csv.c
 * include this.
 */
#ifndef NODE_CSV_H
#define NODE_CSV_H

#include "catalogue.h"

#define CSV_COLUMNS 256

struct csv_row {
	struct buf text;			/* the cells' bytes, joined */
	size_t end[CSV_COLUMNS];		/* where each ends in text */
	size_t n;				/* cells, also those past the
						 * last place in end */
	bool unclosed;				/* a quote is never closed */
};

/* The next row of *rest, which moves past it; the row's own bytes, without
 * the line's end, are *raw. Counts the lines it takes (a quoted cell may have
 * several) onto *lines. False at the end of the text. row starts zeroed; the
 * caller releases row->text. */
bool csv_next(struct slice *rest, char separator, struct csv_row *row,
    struct slice *raw, int64_t *lines);
/* Cell i, without spaces around it; empty past the last. */
struct slice csv_cell(const struct csv_row *row, size_t i);
/* Comma, tab or semicolon: which the header line has most of. */
char csv_separator(struct slice text);

/* One cell, quoted where it must be; a comma before all but the first. */
void csv_write(struct buf *out, struct slice cell, bool first);

/* A spreadsheet runs text that begins with one of = + - @ as a formula. An
 * apostrophe before it stops that; text that has apostrophes there already
 * gets one more, so that csv_unguard() gives back exactly what was there. */
void csv_guard(struct buf *out, struct slice text);
struct slice csv_unguard(struct slice cell);

/* The columns that are no fields: key, and label for people. */
enum csv_frame { CSV_ID, CSV_BRANCH, CSV_STATE, CSV_FRAME_COUNT };
extern const struct label csv_frame[CSV_FRAME_COUNT];

#endif
