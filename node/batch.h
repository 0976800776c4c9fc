/* A batch: rows of typed tables, in memory; what a changeset carries.
 *
 * A section holds the rows of one wire table, ascending by stamp (column 0).
 * Tables are the record types' (type->table) and the fixed ones below. Cells
 * are row-major; their text is owned by the batch. The codec turns a batch
 * into bytes and back, the store takes one from its outbox and applies one.
 */
#ifndef NODE_BATCH_H
#define NODE_BATCH_H

#include "base/arena.h"
#include "catalogue.h"
#include "stamp.h"

/* The fixed wire tables: X(NAME, "name", columns as C(key, kind)...) in wire
 * order. The column after a COL_REF `record` named `type` tells its type. */
#define TABLE_MAP(X, C) \
	X(EDIT, "edit", \
	    C("stamp", COL_STAMP) C("record", COL_REF) C("type", COL_TEXT) \
	    C("field", COL_TEXT) C("value", COL_ANY) C("replaces", COL_JSON) \
	    C("by", COL_TEXT)) \
	X(TRANSITION, "transition", \
	    C("stamp", COL_STAMP) C("record", COL_REF) C("type", COL_TEXT) \
	    C("from", COL_TEXT) C("to", COL_TEXT) C("role", COL_TEXT) \
	    C("by", COL_TEXT) C("on", COL_DATE) C("note", COL_TEXT) \
	    C("replaces", COL_JSON) C("imported", COL_BOOL) \
	    C("operator", COL_TEXT) C("signature", COL_BYTES)) \
	X(NODE, "node", \
	    C("stamp", COL_STAMP) C("number", COL_INT) C("code", COL_TEXT) \
	    C("branch", COL_TEXT) C("name", COL_TEXT) C("key", COL_BYTES) \
	    C("kind", COL_TEXT)) \
	X(ENROL, "enrol", \
	    C("stamp", COL_STAMP) C("number", COL_INT) C("code", COL_TEXT) \
	    C("key", COL_BYTES) C("mac", COL_BYTES)) \
	X(RECEIPT, "receipt", \
	    C("stamp", COL_STAMP) C("chain", COL_TEXT) C("epoch", COL_TEXT) \
	    C("from_seq", COL_INT) C("to_seq", COL_INT) \
	    C("arrived", COL_INT) C("result", COL_TEXT) C("code", COL_TEXT)) \
	X(OPERATOR, "operator", \
	    C("stamp", COL_STAMP) C("code", COL_TEXT) C("branch", COL_TEXT) \
	    C("person", COL_REF) C("roles", COL_JSON) C("key", COL_BYTES) \
	    C("from", COL_DATE) C("to", COL_DATE)) \
	X(LINK, "link", \
	    C("stamp", COL_STAMP) C("a", COL_REF) C("b", COL_REF) \
	    C("verdict", COL_TEXT) C("by", COL_TEXT) C("note", COL_TEXT)) \
	X(ATTACHMENT, "attachment", \
	    C("stamp", COL_STAMP) C("record", COL_REF) C("name", COL_TEXT) \
	    C("sha256", COL_BYTES) C("size", COL_INT) C("media", COL_TEXT) \
	    C("by", COL_TEXT) C("removes", COL_REF)) \
	X(SHARE, "share", \
	    C("stamp", COL_STAMP) C("chain", COL_TEXT) C("key", COL_BYTES) \
	    C("reader", COL_TEXT) C("box", COL_BYTES)) \
	X(CHECKPOINT, "checkpoint", \
	    C("stamp", COL_STAMP) C("number", COL_INT) C("at", COL_INT) \
	    C("chains", COL_INT) C("root", COL_BYTES)) \
	X(TIP, "tip", \
	    C("stamp", COL_STAMP) C("chain", COL_TEXT) C("epoch", COL_TEXT) \
	    C("seq", COL_INT) C("sha256", COL_BYTES) C("tree", COL_BYTES) \
	    C("stopped", COL_TEXT)) \
	X(STATE, "state", \
	    C("stamp", COL_STAMP) C("branch", COL_TEXT) \
	    C("records", COL_INT) C("root", COL_BYTES)) \
	X(LIMIT, "limit", \
	    C("stamp", COL_STAMP) C("key", COL_BYTES) C("chain", COL_TEXT) \
	    C("epoch", COL_TEXT) C("after", COL_INT) C("known", COL_INT) \
	    C("why", COL_TEXT) C("reason", COL_TEXT)) \
	X(ROTATE, "rotate", \
	    C("stamp", COL_STAMP) C("code", COL_TEXT) C("key", COL_BYTES) \
	    C("proof", COL_BYTES)) \
	X(ERASE, "erase", \
	    C("stamp", COL_STAMP) C("record", COL_REF) C("field", COL_TEXT) \
	    C("reason", COL_TEXT) C("by", COL_TEXT)) \
	X(ACCESS, "access", \
	    C("stamp", COL_STAMP) C("who", COL_TEXT) C("record", COL_REF) \
	    C("what", COL_TEXT) C("detail", COL_TEXT)) \
	X(CHUNK, "chunk", \
	    C("stamp", COL_STAMP) C("sha256", COL_BYTES) \
	    C("offset", COL_INT) C("bytes", COL_BYTES))

enum fixed_table {
#define C(key, kind)
#define X(NAME, name, cols) TABLE_##NAME,
	TABLE_MAP(X, C)
#undef X
#undef C
	TABLE_FIXED_COUNT
};

/* Column numbers of the fixed tables, in the order above. */
enum { EDIT_STAMP, EDIT_RECORD, EDIT_TYPE, EDIT_FIELD, EDIT_VALUE,
	EDIT_REPLACES, EDIT_BY };
enum { TRANSITION_STAMP, TRANSITION_RECORD, TRANSITION_TYPE, TRANSITION_FROM,
	TRANSITION_TO, TRANSITION_ROLE, TRANSITION_BY, TRANSITION_ON,
	TRANSITION_NOTE, TRANSITION_REPLACES, TRANSITION_IMPORTED,
	TRANSITION_OPERATOR, TRANSITION_SIGNATURE, TRANSITION_NCOL };
enum { NODE_STAMP, NODE_NUMBER, NODE_CODE, NODE_BRANCH, NODE_NAME, NODE_KEY,
	NODE_KIND };
enum { ENROL_STAMP, ENROL_NUMBER, ENROL_CODE, ENROL_KEY, ENROL_MAC };
enum { RECEIPT_STAMP, RECEIPT_CHAIN, RECEIPT_EPOCH, RECEIPT_FROM, RECEIPT_TO,
	RECEIPT_ARRIVED, RECEIPT_RESULT, RECEIPT_CODE };
enum { OPERATOR_STAMP, OPERATOR_CODE, OPERATOR_BRANCH, OPERATOR_PERSON,
	OPERATOR_ROLES, OPERATOR_KEY, OPERATOR_FROM, OPERATOR_TO };
enum { LINK_STAMP, LINK_A, LINK_B, LINK_VERDICT, LINK_BY, LINK_NOTE };
enum { ATTACHMENT_STAMP, ATTACHMENT_RECORD, ATTACHMENT_NAME,
	ATTACHMENT_SHA256, ATTACHMENT_SIZE, ATTACHMENT_MEDIA, ATTACHMENT_BY,
	ATTACHMENT_REMOVES };
enum { SHARE_STAMP, SHARE_CHAIN, SHARE_KEY, SHARE_READER, SHARE_BOX };
enum { CHECKPOINT_STAMP, CHECKPOINT_NUMBER, CHECKPOINT_AT, CHECKPOINT_CHAINS,
	CHECKPOINT_ROOT };
enum { TIP_STAMP, TIP_CHAIN, TIP_EPOCH, TIP_SEQ, TIP_SHA256, TIP_TREE,
	TIP_STOPPED };
enum { STATE_STAMP, STATE_BRANCH, STATE_RECORDS, STATE_ROOT };
enum { LIMIT_STAMP, LIMIT_KEY, LIMIT_CHAIN, LIMIT_EPOCH, LIMIT_AFTER,
	LIMIT_KNOWN, LIMIT_WHY, LIMIT_REASON };
enum { ROTATE_STAMP, ROTATE_CODE, ROTATE_KEY, ROTATE_PROOF };
enum { ERASE_STAMP, ERASE_RECORD, ERASE_FIELD, ERASE_REASON, ERASE_BY };
enum { ACCESS_STAMP, ACCESS_WHO, ACCESS_RECORD, ACCESS_WHAT, ACCESS_DETAIL };
enum { CHUNK_STAMP, CHUNK_SHA256, CHUNK_OFFSET, CHUNK_BYTES };

/* `replaces`: NULL when the row replaces exactly one value: the newest one of
 * the same record (and field) that stands before it in the same batch by
 * stamp, or the record's initial value if the batch has none. Otherwise a
 * JSON array of stamps in decimal text, ascending, no spaces: "[123,456]". */

/* The stamps of a `replaces` cell, ascending. A NULL cell gives *n = 0: the
 * one it means is as above. False when it is not exactly of that form or has
 * more than max. */
MUST_USE bool batch_replaces(const struct value *cell, stamp_t *out,
    size_t max, size_t *n);
/* The reverse: the cell's text appended to out. */
void batch_replaces_text(struct buf *out, const stamp_t *stamp, size_t n);

struct section {
	const struct table *table;
	const struct type *type;	/* NULL for a fixed table */
	int fixed;			/* enum fixed_table, or -1 */
	struct value *cell;		/* nrow * table->ncol */
	size_t nrow, cap;
};

struct batch {
	const struct catalogue *catalogue;
	struct section *section;	/* ascending: types by index, fixed */
	size_t nsection;
	unsigned char salt[16];		/* of its Merkle leaves; the writer's */
	int64_t version;		/* the writer's catalogue; 0: ours */
	struct arena arena;		/* texts, bytes */
	bool failed;			/* out of memory: batch_ok() */
};

const struct table *fixed_table(enum fixed_table t);
/* A type's wire table, or a fixed one, by name; NULL if there is none. */
const struct table *table_by_name(const struct catalogue *c,
    const char *name, const struct type **type, int *fixed);

void batch_init(struct batch *b, const struct catalogue *c);
void batch_release(struct batch *b);
/* A new row's ncol cells, all VALUE_NULL; NULL when out of memory. Valid
 * until the next row is added to the same section. */
struct value *batch_row(struct batch *b, const struct type *type, int fixed);
struct section *batch_section(struct batch *b, const struct type *type,
    int fixed);				/* NULL if it has no rows */
/* Copy text into the batch; the slice lives as long as the batch. Out of
 * memory here or in batch_value() sets b->failed: ask batch_ok() at the end,
 * before the batch is used. */
struct slice batch_text(struct batch *b, struct slice s);
/* Copy a value, its text with it. */
struct value batch_value(struct batch *b, const struct value *v);
/* OK, or ERR_MEMORY if any addition failed. */
MUST_USE enum err_code batch_ok(const struct batch *b, struct err *e);
size_t batch_rows(const struct batch *b);
/* Smallest and greatest stamp of all rows; false if there are none. */
bool batch_span(const struct batch *b, stamp_t *first, stamp_t *last);
/* Sort every section by stamp; a writer calls it once at the end. */
void batch_sort(struct batch *b);
/* "17 records: 3 care_visit, 9 activity; 4 edits, 5 transitions". English
 * always, fewer than 200 bytes (the last types are only counted then). */
enum err_code batch_describe(const struct batch *b, struct buf *out,
    struct err *e);

#endif
