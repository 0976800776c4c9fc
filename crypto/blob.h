/* Small texts in ssh's encoding (RFC 4251 section 5), built on the stack by
 * those who know that what they put in fits. Only crypto/ includes this.
 */
#ifndef CRYPTO_BLOB_H
#define CRYPTO_BLOB_H

#include "base/buf.h"

#define BLOB_MAX 1024
#define BLOB_LINE 70		/* base64 digits in a line of an armor */
/* Base64 of BLOB_MAX bytes, with a NUL. */
#define BLOB_DIGITS ((BLOB_MAX + 2) / 3 * 4 + 1)

struct blob {
	unsigned char p[BLOB_MAX];
	size_t n;
};

void blob_add(struct blob *b, const void *p, size_t n);
void blob_u32(struct blob *b, size_t v);
/* Its length, then the bytes. */
void blob_str(struct blob *b, const void *p, size_t n);
/* Append begin, the bytes in base64, end; b stays. Leaves no copy behind. */
void blob_armor(const struct blob *b, const char *begin, const char *end,
    struct buf *out);

#endif
