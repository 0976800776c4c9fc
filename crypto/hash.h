/* Hashes, randomness, wiping: libsodium under names of our own, so that no
 * other folder calls it.
 * Sources: FIPS 180-4, RFC 2104.
 */
#ifndef CRYPTO_HASH_H
#define CRYPTO_HASH_H

#include "base/buf.h"

#define SHA256_LEN 32
#define SHA512_LEN 64

/* Once per process, before anything else here; fails only on a machine with
 * no source of randomness. */
MUST_USE enum err_code crypto_start(struct err *e);

void sha256(struct slice s, unsigned char out[SHA256_LEN]);
void sha512(struct slice s, unsigned char out[SHA512_LEN]);
/* Of several slices one after another. */
void sha256_of(const struct slice *s, size_t n, unsigned char out[SHA256_LEN]);
void hmac_sha256(const unsigned char key[32], struct slice s,
    unsigned char out[SHA256_LEN]);

void random_bytes(void *out, size_t n);
void wipe(void *p, size_t n);
bool equal_secret(const void *a, const void *b, size_t n);	/* constant time */

/* Standard base64 with padding (RFC 4648 section 4). Decoding is strict. */
void base64_add(struct buf *b, struct slice s);
MUST_USE bool base64_decode(struct slice s, struct buf *out);
/* The same without heap: at most max bytes to out. */
MUST_USE bool base64_decode_to(struct slice s, unsigned char *out, size_t max,
    size_t *n);
/* base64url without padding (section 5); as strict. */
void base64url_add(struct buf *b, struct slice s);
MUST_USE bool base64url_decode_to(struct slice s, unsigned char *out,
    size_t max, size_t *n);

#endif
