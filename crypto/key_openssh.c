/* A private key as ssh itself keeps it (OpenSSH PROTOCOL.key): for a link
 * that is opened with the node's own key.
 */
#include "blob.h"
#include "hash.h"
#include "key.h"

#define MAGIC "openssh-key-v1"	/* its NUL counts */
#define TYPE "ssh-ed25519"
#define COMMENT_MAX 64

/* The secret half: two equal numbers (a reader with a wrong passphrase would
 * see them differ), the key, a comment, and padding that counts up. */
static void add_secret(struct blob *b, const struct key *k,
    const char *comment)
{
	struct blob s = { .n = 0 };
	uint32_t check;

	random_bytes(&check, sizeof check);
	blob_u32(&s, check);
	blob_u32(&s, check);
	blob_str(&s, TYPE, sizeof TYPE - 1);
	blob_str(&s, k->public, KEY_PUBLIC);
	blob_str(&s, k->secret, KEY_SECRET);
	blob_str(&s, comment, strlen(comment));
	for (unsigned char i = 1; s.n % 8 != 0; i++)
		blob_add(&s, &i, 1);
	blob_str(b, s.p, s.n);
	wipe(&s, sizeof s);
}

static void add_public(struct blob *b, const struct key *k)
{
	struct blob s = { .n = 0 };

	blob_str(&s, TYPE, sizeof TYPE - 1);
	blob_str(&s, k->public, KEY_PUBLIC);
	blob_str(b, s.p, s.n);
}

enum err_code key_openssh(const struct key *k, const char *comment,
    struct buf *out, struct err *e)
{
	struct blob b = { .n = 0 };

	if (strlen(comment) > COMMENT_MAX)
		return err_set(e, ERR_INTERNAL,
		    _("a key's comment has at most %d bytes"), COMMENT_MAX);
	blob_add(&b, MAGIC, sizeof MAGIC);
	blob_str(&b, "none", 4);
	blob_str(&b, "none", 4);
	blob_str(&b, "", 0);
	blob_u32(&b, 1);
	add_public(&b, k);
	add_secret(&b, k, comment);
	blob_armor(&b, "-----BEGIN OPENSSH PRIVATE KEY-----\n",
	    "-----END OPENSSH PRIVATE KEY-----\n", out);
	wipe(&b, sizeof b);
	return buf_ok(out, e);
}
