/* Both blobs of a signature have one fixed shape, and nearly all of their
 * bytes are constants: they are built on the stack, and what is read is
 * compared with what would have been written. That is strict and costs
 * next to nothing beside the curve arithmetic.
 */
#include "sshsig.h"

#include "blob.h"
#include "hash.h"

#define BEGIN "-----BEGIN SSH SIGNATURE-----\n"
#define END "-----END SSH SIGNATURE-----\n"
#define MAGIC "SSHSIG"
#define KEY_TYPE "ssh-ed25519"
#define HASH_NAME "sha512"
#define NAMESPACE_MAX 64

/* Bytes beside the namespace; "string" is a 4-byte length and the bytes. */
#define STR(n) (4 + (n))
#define KEY_BLOB (STR(sizeof(KEY_TYPE) - 1) + STR(KEY_PUBLIC))
#define SIG_BLOB (STR(sizeof(KEY_TYPE) - 1) + STR(SIGNATURE_LEN))
#define MAGIC_LEN (sizeof(MAGIC) - 1)
#define BLOB_FIXED (MAGIC_LEN + 4 + STR(KEY_BLOB) + STR(0) + STR(0) + \
	STR(sizeof(HASH_NAME) - 1) + STR(SIG_BLOB))
#define PUBLIC_AT (MAGIC_LEN + 4 + 4 + STR(sizeof(KEY_TYPE) - 1) + 4)
_Static_assert(BLOB_FIXED + NAMESPACE_MAX <= BLOB_MAX, "a blob is too small");

static bool namespace_fits(const char *namespace)
{
	size_t n = strlen(namespace);

	return n > 0 && n <= NAMESPACE_MAX;
}

/* What Ed25519 signs. */
static void signed_blob(struct blob *b, const char *namespace,
    struct slice message)
{
	unsigned char hash[SHA512_LEN];

	b->n = 0;
	sha512(message, hash);
	blob_add(b, MAGIC, MAGIC_LEN);
	blob_str(b, namespace, strlen(namespace));
	blob_str(b, "", 0);
	blob_str(b, HASH_NAME, sizeof(HASH_NAME) - 1);
	blob_str(b, hash, sizeof(hash));
}

/* What the armor holds: the signature comes last. */
static void armor_blob(struct blob *b, const char *namespace,
    const unsigned char public[KEY_PUBLIC],
    const unsigned char sig[SIGNATURE_LEN])
{
	b->n = 0;
	blob_add(b, MAGIC, MAGIC_LEN);
	blob_u32(b, 1);
	blob_u32(b, KEY_BLOB);
	blob_str(b, KEY_TYPE, sizeof(KEY_TYPE) - 1);
	blob_str(b, public, KEY_PUBLIC);
	blob_str(b, namespace, strlen(namespace));
	blob_str(b, "", 0);
	blob_str(b, HASH_NAME, sizeof(HASH_NAME) - 1);
	blob_u32(b, SIG_BLOB);
	blob_str(b, KEY_TYPE, sizeof(KEY_TYPE) - 1);
	blob_str(b, sig, SIGNATURE_LEN);
}

static enum err_code bad_namespace(struct err *e)
{
	return err_set(e, ERR_INTERNAL,
	    _("a signature's namespace must have 1 to %d bytes"),
	    NAMESPACE_MAX);
}

enum err_code sshsig_armor(const unsigned char public[KEY_PUBLIC],
    const char *namespace, const unsigned char signature[SIGNATURE_LEN],
    struct buf *armored, struct err *e)
{
	struct blob b;

	if (!namespace_fits(namespace))
		return bad_namespace(e);
	armor_blob(&b, namespace, public, signature);
	blob_armor(&b, BEGIN, END, armored);
	return buf_ok(armored, e);
}

enum err_code sshsig_sign(const struct key *k, const char *namespace,
    struct slice message, struct buf *armored, struct err *e)
{
	struct blob b;
	unsigned char sig[SIGNATURE_LEN];

	if (!namespace_fits(namespace))
		return bad_namespace(e);
	signed_blob(&b, namespace, message);
	key_sign(k, slice_of(b.p, b.n), sig);
	return sshsig_armor(k->public, namespace, sig, armored, e);
}

static enum err_code damaged(struct err *e)
{
	return err_set(e, ERR_SIGNATURE,
	    _("the signature block is not a plain SSH Ed25519 signature"));
}

/* The bytes between the BEGIN and END lines. Every line but the last has
 * exactly BLOB_LINE digits, so that one signature has one text. */
static bool unarmor(struct slice a, struct blob *b)
{
	const size_t nbegin = sizeof(BEGIN) - 1, nend = sizeof(END) - 1;
	unsigned char digits[BLOB_DIGITS];
	size_t n = 0, at = nbegin, stop;

	if (a.n < nbegin + nend + 1 || memcmp(a.p, BEGIN, nbegin) != 0)
		return false;
	stop = a.n - nend;
	if (memcmp(a.p + stop, END, nend) != 0)
		return false;
	while (at < stop) {
		size_t len = stop - at - 1;

		if (len > BLOB_LINE)
			len = BLOB_LINE;
		if (len == 0 || a.p[at + len] != '\n' ||
		    n + len > sizeof(digits))
			return false;
		memcpy(digits + n, a.p + at, len);
		n += len;
		at += len + 1;
	}
	return base64_decode_to(slice_of(digits, n), b->p, sizeof(b->p),
	    &b->n);
}

enum err_code sshsig_parts(const char *namespace, struct slice armored,
    unsigned char public[KEY_PUBLIC], unsigned char signature[SIGNATURE_LEN],
    struct err *e)
{
	struct blob got, want;

	if (!namespace_fits(namespace) || !unarmor(armored, &got) ||
	    got.n != BLOB_FIXED + strlen(namespace))
		return damaged(e);
	memcpy(public, got.p + PUBLIC_AT, KEY_PUBLIC);
	memcpy(signature, got.p + got.n - SIGNATURE_LEN, SIGNATURE_LEN);
	armor_blob(&want, namespace, public, signature);
	return memcmp(got.p, want.p, got.n) == 0 ? OK : damaged(e);
}

static enum err_code check(const unsigned char public[KEY_PUBLIC],
    const unsigned char sig[SIGNATURE_LEN], const char *namespace,
    struct slice message, struct err *e)
{
	struct blob want;

	signed_blob(&want, namespace, message);
	if (!key_verify(public, slice_of(want.p, want.n), sig))
		return err_set(e, ERR_SIGNATURE,
		    _("the signature does not fit the signed text"));
	return OK;
}

enum err_code sshsig_verify(const unsigned char public[KEY_PUBLIC],
    const char *namespace, struct slice message, struct slice armored,
    struct err *e)
{
	unsigned char key[KEY_PUBLIC], sig[SIGNATURE_LEN];
	enum err_code rc = sshsig_parts(namespace, armored, key, sig, e);

	if (rc != OK)
		return rc;
	if (memcmp(key, public, KEY_PUBLIC) != 0)
		return err_set(e, ERR_KEY,
		    _("it was signed by another key than the one expected"));
	return check(public, sig, namespace, message, e);
}

enum err_code sshsig_own(const char *namespace, struct slice message,
    struct slice armored, unsigned char public[KEY_PUBLIC], struct err *e)
{
	unsigned char sig[SIGNATURE_LEN];
	enum err_code rc = sshsig_parts(namespace, armored, public, sig, e);

	return rc != OK ? rc : check(public, sig, namespace, message, e);
}

enum err_code sshsig_key(struct slice armored, unsigned char public[KEY_PUBLIC],
    struct err *e)
{
	struct blob got, want;

	if (!unarmor(armored, &got) || got.n <= BLOB_FIXED)
		return damaged(e);
	/* Everything up to the key is constant, whatever the namespace. */
	armor_blob(&want, "", got.p + PUBLIC_AT, got.p + PUBLIC_AT);
	if (memcmp(got.p, want.p, PUBLIC_AT + KEY_PUBLIC) != 0)
		return damaged(e);
	memcpy(public, got.p + PUBLIC_AT, KEY_PUBLIC);
	return OK;
}
