/* Bytes: slice borrows, buf owns.
 *
 * A struct slice owns nothing; its bytes live as long as their owner says.
 * A struct buf starts as BUF_INIT and ends with buf_release(). Appending
 * that runs out of memory sets buf.failed and later appends do nothing, so
 * that a writer checks once at the end (buf_ok()).
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "err.h"

struct slice {
	const unsigned char *p;
	size_t n;
};

struct buf {
	unsigned char *p;	/* always followed by a NUL when not NULL */
	size_t n, cap;
	bool failed;
};

#define BUF_INIT ((struct buf){0})

struct slice slice_of(const void *p, size_t n);
struct slice slice_str(const char *s);		/* NULL gives an empty one */
struct slice slice_buf(const struct buf *b);
bool slice_eq(struct slice a, struct slice b);
bool slice_eqs(struct slice a, const char *s);
int slice_cmp(struct slice a, struct slice b);	/* as memcmp, then length */
/* Heap copy with a NUL at the end, NULL when out of memory; caller frees. */
char *slice_dup(struct slice s);

void buf_add(struct buf *b, const void *p, size_t n);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, unsigned char c);
void buf_addb(struct buf *b, struct slice s);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
/* Room for n more bytes at b->p + b->n, or NULL; the caller adds to b->n. */
unsigned char *buf_room(struct buf *b, size_t n);
void buf_clear(struct buf *b);		/* keeps the memory */
void buf_release(struct buf *b);	/* safe to call twice */
/* OK, or ERR_MEMORY if any append failed. */
MUST_USE enum err_code buf_ok(const struct buf *b, struct err *e);
/* The bytes as a C string owned by the caller (NULL: out of memory); the
 * buf is empty afterwards. */
char *buf_steal(struct buf *b);

/* Big-endian 32-bit length then bytes: the "string" of RFC 4251 section 5. */
void buf_add_u32(struct buf *b, uint32_t v);
void buf_add_u64(struct buf *b, uint64_t v);
void buf_add_str32(struct buf *b, struct slice s);

#endif
