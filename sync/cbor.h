/* Deterministic CBOR (RFC 8949 section 4.2.1), the part we use: unsigned and
 * negative integers, byte and text strings, definite arrays, false, true,
 * null, 64-bit floats. The reader refuses anything else, any value that is
 * not in its shortest form, and text that is not UTF-8.
 */
#ifndef SYNC_CBOR_H
#define SYNC_CBOR_H

#include "base/buf.h"

void cbor_add_int(struct buf *b, int64_t v);
void cbor_add_bytes(struct buf *b, struct slice s);
void cbor_add_text(struct buf *b, struct slice s);
void cbor_add_array(struct buf *b, uint64_t n);
void cbor_add_bool(struct buf *b, bool v);
void cbor_add_null(struct buf *b);
void cbor_add_real(struct buf *b, double v);

enum cbor_kind { CBOR_INT, CBOR_BYTES, CBOR_TEXT, CBOR_ARRAY, CBOR_BOOL,
	CBOR_NULL, CBOR_REAL };

struct cbor_item {
	enum cbor_kind kind;
	int64_t i;		/* INT, BOOL; ARRAY: number of items */
	double r;
	struct slice s;		/* BYTES, TEXT: points into the input */
};

struct cbor {			/* a reader; owns nothing */
	struct slice in;
	size_t at;
};

/* The next item's head (an array's items follow). Expected: ERR_FORMAT, with
 * the offset in the detail. */
MUST_USE enum err_code cbor_next(struct cbor *c, struct cbor_item *out,
    struct err *e);
/* The next item, which must be of this kind. */
MUST_USE enum err_code cbor_want(struct cbor *c, enum cbor_kind kind,
    struct cbor_item *out, struct err *e);
bool cbor_end(const struct cbor *c);

#endif
