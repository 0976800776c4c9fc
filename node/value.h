/* One value of one field, as the store and the wire see it.
 * Text and bytes are borrowed; who owns them is said where a value is given.
 */
#ifndef NODE_VALUE_H
#define NODE_VALUE_H

#include "base/buf.h"

enum value_kind { VALUE_NULL, VALUE_INT, VALUE_REAL, VALUE_TEXT, VALUE_BYTES };

struct value {
	enum value_kind kind;
	union {
		int64_t i;
		double r;
		struct slice s;
	};
};

#define VALUE_NONE ((struct value){ .kind = VALUE_NULL })
struct value value_int(int64_t i);
struct value value_real(double r);
struct value value_text(struct slice s);
struct value value_str(const char *s);	/* NULL gives VALUE_NULL */
struct value value_bytes(struct slice s);
/* An integer or real as a double; 0 for anything else. */
double value_number(const struct value *v);
/* As it is hashed for signatures and commitments: `i` and 8 bytes of two's
 * complement, `r` and the 8 bytes of the IEEE 754 number, `t` or `b` and the
 * length-prefixed bytes, big-endian; nothing at all for VALUE_NULL. */
void value_add(struct buf *b, const struct value *v);
/* Copy text without a NUL in it, or n bytes, out of a value that came from
 * elsewhere. False if it is not that or does not fit: *out is then "", or
 * zero. value_copy_text() takes VALUE_NULL for "", value_copy_name() refuses
 * both. */
bool value_copy_text(const struct value *v, char *out, size_t size);
bool value_copy_name(const struct value *v, char *out, size_t size);
bool value_copy_bytes(const struct value *v, unsigned char *out, size_t n);
bool value_eq(const struct value *a, const struct value *b);

#endif
