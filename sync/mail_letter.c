/* A letter, written. In CBOR, sealed to its reader's node key:
 *
 *   [1, our mail key, keys, [stamp, field ...]]
 *
 * where keys is empty, or [stamp, field, key ...] sealed to the reader's mail
 * key. */
#include "mail_impl.h"

#include "base/text.h"
#include "box.h"
#include "cbor.h"
#include "hash.h"
#include "repo_pack.h"

#define LETTER_FRAME 300	/* bytes that are no keys and no wishes */

enum err_code letter_key(struct node *n, bool fresh, struct key *k,
    struct err *e)
{
	bool found, old;
	enum err_code rc = mail_key_get(n->store, k->secret, &found, &old, e);

	if (!rc && (!found || (fresh && old))) {
		key_make(k);
		rc = mail_key_set(n->store, k->secret, e);
	}
	memcpy(k->public, k->secret + KEY_SECRET - KEY_PUBLIC, KEY_PUBLIC);
	return rc;
}

enum err_code letter_start(struct node *n, struct letter *l,
    const unsigned char node[KEY_PUBLIC], const char *name, struct err *e)
{
	char text[SHA_HEX] = "";
	struct key own = {0};
	enum err_code rc = letter_key(n, true, &own, e);

	memcpy(l->reply, own.public, sizeof l->reply);
	memcpy(l->to.node, node, sizeof l->to.node);
	key_release(&own);
	if (!rc)
		rc = mail_meta(n, name, text, sizeof text, e);
	l->to.known = !rc && strlen(text) == SHA_HEX - 1 &&
	    hex_decode(slice_str(text), l->to.mail, sizeof l->to.mail);
	return rc;
}

void letter_release(struct letter *l)
{
	if (l->key.p)
		wipe(l->key.p, l->key.n);
	buf_release(&l->key);
	buf_release(&l->want);
}

int letter_add(void *arg, stamp_t stamp, const char *field,
    const unsigned char key[RECORD_KEY_LEN])
{
	struct letter *l = arg;
	struct buf *b = key ? &l->key : &l->want;

	if ((key && !l->to.known) || l->key.n + l->want.n + strlen(field) +
	    RECORD_KEY_LEN + LETTER_FRAME > l->most)
		return 1;
	cbor_add_int(b, stamp);
	cbor_add_text(b, slice_str(field));
	if (key)
		cbor_add_bytes(b, slice_of(key, RECORD_KEY_LEN));
	*(key ? &l->nkey : &l->nwant) += 1;
	return b->failed;
}

bool letter_empty(const struct letter *l)
{
	return !l->nkey && !l->nwant;
}

char letter_mark(const struct letter *l)
{
	return l->nwant ? 'w' : l->nkey ? 'k' : '-';
}

static void forget(struct buf *text)
{
	if (text->p)
		wipe(text->p, text->n);
	buf_release(text);
}

static enum err_code keys_text(const struct letter *l, struct buf *out,
    struct err *e)
{
	if (l->nkey) {
		cbor_add_array(out, 3 * l->nkey);
		buf_addb(out, slice_buf(&l->key));
	}
	out->failed |= l->key.failed || l->want.failed;
	return buf_ok(out, e);
}

static enum err_code letter_text(const struct letter *l, struct slice keys,
    struct buf *out, struct err *e)
{
	cbor_add_array(out, 4);
	cbor_add_int(out, LETTER_FORMAT);
	cbor_add_bytes(out, slice_of(l->reply, sizeof l->reply));
	cbor_add_bytes(out, keys);
	cbor_add_array(out, 2 * l->nwant);
	buf_addb(out, slice_buf(&l->want));
	return buf_ok(out, e);
}

enum err_code letter_name(const struct letter *l, char out[SHA_HEX],
    struct err *e)
{
	unsigned char sum[SHA256_LEN];
	struct buf keys = BUF_INIT, text = BUF_INIT;
	enum err_code rc = keys_text(l, &keys, e);

	if (!rc)
		rc = letter_text(l, slice_buf(&keys), &text, e);
	if (!rc) {
		const struct slice part[] = {
			slice_of(l->to.node, KEY_PUBLIC),
			slice_of(l->to.mail, KEY_PUBLIC), slice_buf(&text) };

		sha256_of(part, 3, sum);
		hex_text(sum, sizeof sum, out);
	}
	forget(&keys);
	forget(&text);
	return rc;
}

static enum err_code seal(const struct letter *l, struct buf *out,
    struct err *e)
{
	struct buf keys = BUF_INIT, box = BUF_INIT, text = BUF_INIT;
	enum err_code rc = keys_text(l, &keys, e);

	if (!rc && keys.n)
		rc = box_to(l->to.mail, slice_buf(&keys), &box, e);
	if (!rc)
		rc = letter_text(l, slice_buf(&box), &text, e);
	if (!rc)
		rc = box_to(l->to.node, slice_buf(&text), out, e);
	if (!rc)
		rc = buf_ok(out, e);
	forget(&keys);
	buf_release(&box);
	buf_release(&text);
	return rc;
}

enum err_code letter_put(struct node *n, const struct letter *l,
    const char *ref, struct err *e)
{
	struct buf sealed = BUF_INIT;
	char oid[OID_HEX], now[OID_HEX];
	enum err_code rc = seal(l, &sealed, e);

	if (!rc)
		rc = repo_write(n->repo, OBJECT_BLOB, slice_buf(&sealed), oid,
		    e);
	if (!rc)
		rc = repo_ref_get(n->repo, ref, now, e);
	if (!rc)
		rc = repo_ref_set(n->repo, ref, now, oid, e);
	if (!rc)
		mail_drop(n, now);
	buf_release(&sealed);
	return rc;
}

/* ---- small facts ---- */

enum err_code mail_meta(struct node *n, const char *name, char *out,
    size_t size, struct err *e)
{
	struct buf b = BUF_INIT;
	enum err_code rc = store_meta_get(n->store, name, &b, e);

	out[0] = '\0';
	if (!rc && b.n < size)
		snprintf(out, size, "%.*s", (int)b.n, b.n ?
		    (const char *)b.p : "");
	buf_release(&b);
	return rc;
}

enum err_code mail_meta_set(struct node *n, const char *name,
    const char *value, struct err *e)
{
	return store_meta_set(n->store, name, slice_str(value), e);
}

void mail_drop(struct node *n, const char *oid)
{
	struct err ignored;	/* an object in a pack waits for the next one */

	if (oid[0] && repo_drop(n->repo, oid, &ignored))
		return;
}

void mail_tracking(const char *remote, const char *ref, char to[120])
{
	snprintf(to, 120, "refs/remotes/%.33s/%.60s", remote,
	    ref + strlen("refs/"));
}
