/* The key of tokens, and the hash. */
#include "token.h"

#include "hash.h"

#define META_TOKEN_KEY "token_key"

static enum err_code make(struct node *n, struct token_key *k, struct err *e)
{
	enum err_code rc;

	random_bytes(k->key, sizeof k->key);
	if (n->lock < 0)
		return OK;
	rc = store_begin(n->store, e);
	if (!rc)
		rc = store_meta_set(n->store, META_TOKEN_KEY,
		    slice_of(k->key, sizeof k->key), e);
	if (!rc)
		rc = store_commit(n->store, e);
	if (rc)
		store_rollback(n->store);
	return rc;
}

enum err_code token_load(struct node *n, struct token_key *k, struct err *e)
{
	struct buf b = BUF_INIT;
	enum err_code rc;

	rc = store_meta_get(n->store, META_TOKEN_KEY, &b, e);
	if (!rc && b.n == sizeof k->key)
		memcpy(k->key, b.p, sizeof k->key);
	else if (!rc)
		rc = make(n, k, e);
	if (b.n)
		wipe(b.p, b.n);
	buf_release(&b);
	return rc;
}

void token_release(struct token_key *k)
{
	wipe(k, sizeof *k);
}

static void hash(const void *key, struct slice text, unsigned char out[32])
{
	const struct token_key *k = key;

	hmac_sha256(k->key, text, out);
}

struct duplicate_hash token_hash(const struct token_key *k)
{
	return (struct duplicate_hash){ .fn = hash, .key = k };
}
