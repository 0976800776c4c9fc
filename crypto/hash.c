#include "hash.h"

#include <sodium.h>

enum err_code crypto_start(struct err *e)
{
	if (sodium_init() < 0) {
		err_set(e, ERR_INTERNAL,
		    _("this machine gives no random numbers"));
		return err_hint(e, _("check that /dev/urandom is readable"));
	}
	return OK;
}

void sha256(struct slice s, unsigned char out[SHA256_LEN])
{
	crypto_hash_sha256(out, s.p, s.n);
}

void sha512(struct slice s, unsigned char out[SHA512_LEN])
{
	crypto_hash_sha512(out, s.p, s.n);
}

void sha256_of(const struct slice *s, size_t n, unsigned char out[SHA256_LEN])
{
	crypto_hash_sha256_state st;

	crypto_hash_sha256_init(&st);
	for (size_t i = 0; i < n; i++)
		crypto_hash_sha256_update(&st, s[i].p, s[i].n);
	crypto_hash_sha256_final(&st, out);
}

void hmac_sha256(const unsigned char key[32], struct slice s,
    unsigned char out[SHA256_LEN])
{
	crypto_auth_hmacsha256(out, s.p, s.n, key);
}

void random_bytes(void *out, size_t n)
{
	randombytes_buf(out, n);
}

void wipe(void *p, size_t n)
{
	sodium_memzero(p, n);
}

bool equal_secret(const void *a, const void *b, size_t n)
{
	return sodium_memcmp(a, b, n) == 0;
}

static void encode(struct buf *b, struct slice s, int variant)
{
	size_t n = sodium_base64_encoded_len(s.n, variant); /* with the NUL */
	unsigned char *room = buf_room(b, n);

	if (room == NULL)
		return;
	sodium_bin2base64((char *)room, n, s.p, s.n, variant);
	b->n += n - 1;
}

static bool decode(struct slice s, int variant, unsigned char *out, size_t max,
    size_t *n)
{
	/* libsodium 1.0.18 takes some bytes past 127 for digits. */
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] > 127)
			return false;
	return sodium_base642bin(out, max, (const char *)s.p, s.n, NULL, n,
	    NULL, variant) == 0;
}

void base64_add(struct buf *b, struct slice s)
{
	encode(b, s, sodium_base64_VARIANT_ORIGINAL);
}

bool base64_decode_to(struct slice s, unsigned char *out, size_t max, size_t *n)
{
	return decode(s, sodium_base64_VARIANT_ORIGINAL, out, max, n);
}

void base64url_add(struct buf *b, struct slice s)
{
	encode(b, s, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool base64url_decode_to(struct slice s, unsigned char *out, size_t max,
    size_t *n)
{
	return decode(s, sodium_base64_VARIANT_URLSAFE_NO_PADDING, out, max,
	    n);
}

bool base64_decode(struct slice s, struct buf *out)
{
	/* Three bytes for every four digits; the slack is for s.n < 4. */
	size_t max = s.n / 4 * 3 + 3, n;
	unsigned char *room = buf_room(out, max);

	if (room == NULL || !base64_decode_to(s, room, max, &n))
		return false;
	out->n += n;
	return true;
}
