/* Importing, whatever the file's format. Only import*.c includes this.
 *
 * Two passes over the file, so that references may point forwards and the
 * records get consecutive stamps in the order that packs best (type by type):
 * the first notes each line's key, type and branch; then all stamps are made;
 * the second checks every field and fills a batch per branch. A line is read
 * twice rather than kept, so memory stays near the size of the rows.
 */
#ifndef NODE_IMPORT_H
#define NODE_IMPORT_H

#include "apply.h"
#include "base/map.h"
#include "right.h"
#include "store_db.h"
#include "transfer.h"

#define IMPORT_LINE_BYTES (1024 * 1024)

enum import_fate {
	IMPORT_NEW,
	IMPORT_ALREADY,		/* in the store */
	IMPORT_SKIPPED,		/* another branch's, and not asked for */
	IMPORT_BAD,
};

struct import_line {
	struct slice text;
	int64_t number;			/* in the file, from 1 */
	const struct type *type;	/* not of IMPORT_BAD */
	size_t branch;			/* index in import.branch */
	size_t step, nstep;		/* its stamps in import.step; one more
					 * when it is void */
	bool voided;
	stamp_t id;
	enum import_fate fate;
	const char *state;		/* where its history ends; NULL: the
					 * row was bad and is not there */
	size_t row;			/* in its type's section */
};

struct import {
	struct store *s;
	const struct import_options *o;
	struct import_result *out;
	struct problems *p;
	struct err *e;

	/* One line as {"type","id","branch","state","history", fields}: a new
	 * reference, or NULL with the problem noted. */
	json_t *(*read)(struct import *im, const struct import_line *line);
	void *arg;			/* for read and split */
	bool key_required;

	struct import_line *line;
	size_t nline, cap;
	struct map *own;	/* "branch NUL key" -> line index */
	struct map *any;	/* key -> the first line that has it */
	struct map *branch_index;
	char (*branch)[17];
	size_t nbranch, branch_cap;
	struct import_line **order;	/* the new ones: by branch, type, line */
	size_t norder;
	stamp_t *step;
	size_t nstep;
	sqlite3_stmt **by_ext;		/* [ntype], made at first use */
	struct batch batch;
	const struct import_line *now;	/* whose row is being filled */
};

/* UTF-8 as it is (a BOM is skipped), or GB18030 converted into own. out then
 * lives as long as both. Expected: ERR_ENCODING. */
MUST_USE enum err_code import_decode(struct slice text, struct buf *own,
    struct slice *out, struct err *e);

/* import.c: the whole of an import, in one transaction: `split` cuts the
 * decoded text into lines and gives each to import_add(). The caller has set
 * the first members, up to key_required, and releases nothing. */
typedef enum err_code (*import_split_fn)(struct import *im, struct slice text);
MUST_USE enum err_code import_file(struct import *im, struct slice text,
    import_split_fn split);
/* Note one line of the file. */
MUST_USE enum err_code import_add(struct import *im, struct slice text,
    int64_t number);

/* import_key.c: keys and references.
 * The record of type t with this external key, this branch's rather than
 * another's, or with this printed id; *id is 0 when there is none. */
MUST_USE enum err_code import_stored(struct import *im, const struct type *t,
    struct slice key, const char *branch, stamp_t *id);
bool import_ref(void *im, const struct field *f, struct slice text,
    struct value *out, struct problems *p);
/* The map key of a line: appended to out. */
void import_own_key(struct buf *out, const char *branch, struct slice key);

/* import_row.c: the row of one new line, and its history, into im->batch. */
MUST_USE enum err_code import_row(struct import *im,
    struct import_line *line, const json_t *object);
/* import_check.c: the rules that read other records, for the lines of
 * im->order from..to-1, whose rows have been applied. */
MUST_USE enum err_code import_check(struct import *im, size_t from,
    size_t to);

#endif
