/* A private key as ssh itself keeps it (OpenSSH PROTOCOL.key): for a link
 * that is opened with the node's own key.
 */
#include <sodium.h>

#include "hash.h"
#include "key.h"

#define MAGIC "openssh-key-v1"	/* its NUL counts */
#define TYPE "ssh-ed25519"
#define LINE 70
#define COMMENT_MAX 64
#define BLOB_MAX (512 + COMMENT_MAX)

struct blob {
	unsigned char p[BLOB_MAX];
	size_t n;
};

static void add(struct blob *b, const void *p, size_t n)
{
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

static void add_u32(struct blob *b, uint32_t v)
{
	const unsigned char be[4] = { (unsigned char)(v >> 24),
		(unsigned char)(v >> 16), (unsigned char)(v >> 8),
		(unsigned char)v };

	add(b, be, sizeof be);
}

static void add_str(struct blob *b, const void *p, size_t n)
{
	add_u32(b, (uint32_t)n);
	add(b, p, n);
}

/* The secret half: two equal numbers (a reader with a wrong passphrase would
 * see them differ), the key, a comment, and padding that counts up. */
static void add_secret(struct blob *b, const struct key *k,
    const char *comment)
{
	struct blob s = { .n = 0 };
	uint32_t check;

	random_bytes(&check, sizeof check);
	add_u32(&s, check);
	add_u32(&s, check);
	add_str(&s, TYPE, sizeof TYPE - 1);
	add_str(&s, k->public, KEY_PUBLIC);
	add_str(&s, k->secret, KEY_SECRET);
	add_str(&s, comment, strlen(comment));
	for (unsigned char i = 1; s.n % 8 != 0; i++)
		add(&s, &i, 1);
	add_str(b, s.p, s.n);
	wipe(&s, sizeof s);
}

static void add_public(struct blob *b, const struct key *k)
{
	struct blob s = { .n = 0 };

	add_str(&s, TYPE, sizeof TYPE - 1);
	add_str(&s, k->public, KEY_PUBLIC);
	add_str(b, s.p, s.n);
}

enum err_code key_openssh(const struct key *k, const char *comment,
    struct buf *out, struct err *e)
{
	char digits[(BLOB_MAX + 2) / 3 * 4 + 1];
	struct blob b = { .n = 0 };
	size_t n;

	if (strlen(comment) > COMMENT_MAX)
		return err_set(e, ERR_INTERNAL,
		    _("a key's comment has at most %d bytes"), COMMENT_MAX);
	add(&b, MAGIC, sizeof MAGIC);
	add_str(&b, "none", 4);
	add_str(&b, "none", 4);
	add_str(&b, "", 0);
	add_u32(&b, 1);
	add_public(&b, k);
	add_secret(&b, k, comment);
	sodium_bin2base64(digits, sizeof digits, b.p, b.n,
	    sodium_base64_VARIANT_ORIGINAL);
	wipe(&b, sizeof b);
	buf_adds(out, "-----BEGIN OPENSSH PRIVATE KEY-----\n");
	n = strlen(digits);
	for (size_t at = 0; at < n; at += LINE) {
		buf_add(out, digits + at, n - at < LINE ? n - at : LINE);
		buf_addc(out, '\n');
	}
	wipe(digits, sizeof digits);
	buf_adds(out, "-----END OPENSSH PRIVATE KEY-----\n");
	return buf_ok(out, e);
}
