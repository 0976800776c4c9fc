#include "blob.h"

#include <sodium.h>

#include "hash.h"

void blob_add(struct blob *b, const void *p, size_t n)
{
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

void blob_u32(struct blob *b, size_t v)
{
	const unsigned char be[4] = { (unsigned char)(v >> 24),
		(unsigned char)(v >> 16), (unsigned char)(v >> 8),
		(unsigned char)v };

	blob_add(b, be, sizeof be);
}

void blob_str(struct blob *b, const void *p, size_t n)
{
	blob_u32(b, n);
	blob_add(b, p, n);
}

void blob_armor(const struct blob *b, const char *begin, const char *end,
    struct buf *out)
{
	char digits[BLOB_DIGITS];
	size_t n;

	sodium_bin2base64(digits, sizeof digits, b->p, b->n,
	    sodium_base64_VARIANT_ORIGINAL);
	n = strlen(digits);
	buf_adds(out, begin);
	for (size_t at = 0; at < n; at += BLOB_LINE) {
		buf_add(out, digits + at, n - at < BLOB_LINE ? n - at :
		    BLOB_LINE);
		buf_addc(out, '\n');
	}
	buf_adds(out, end);
	wipe(digits, sizeof digits);
}
