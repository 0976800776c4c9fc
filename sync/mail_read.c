/* A letter, read. mail_letter.c tells its form. */
#include "mail_impl.h"

#include "box.h"
#include "cbor.h"
#include "hash.h"
#include "share.h"

static bool name_of(struct slice s, char out[64])
{
	if (s.n == 0 || s.n >= 64 || memchr(s.p, 0, s.n))
		return false;
	memcpy(out, s.p, s.n);
	out[s.n] = '\0';
	return true;
}

static enum err_code not_valid(struct err *e)
{
	return err_set(e, ERR_FORMAT, _("a letter cannot be read"));
}

static enum err_code read_items(struct cbor *c, bool keys,
    const struct letter_reader *r, struct err *e)
{
	struct cbor_item list, at, name, key = {0};
	const int64_t each = keys ? 3 : 2;
	char field[64];
	enum err_code rc = cbor_want(c, CBOR_ARRAY, &list, e);

	if (!rc && list.i % each != 0)
		rc = not_valid(e);
	for (int64_t i = 0; !rc && i < list.i; i += each) {
		rc = cbor_want(c, CBOR_INT, &at, e);
		if (!rc)
			rc = cbor_want(c, CBOR_TEXT, &name, e);
		if (!rc && keys)
			rc = cbor_want(c, CBOR_BYTES, &key, e);
		if (!rc && (at.i <= 0 || !name_of(name.s, field) ||
		    (keys && key.s.n != RECORD_KEY_LEN)))
			rc = not_valid(e);
		if (!rc)
			rc = keys ? r->key(r->arg, at.i, field, key.s.p, e) :
			    r->want(r->arg, at.i, field, e);
	}
	return rc;
}

static void forget(struct buf *text)
{
	if (text->p)
		wipe(text->p, text->n);
	buf_release(text);
}

/* Keys that were sealed to a mail key of the past are no fault of anybody's:
 * they are asked for again. */
static enum err_code read_keys(struct node *n, struct slice box,
    const struct letter_reader *r, struct err *e)
{
	struct buf text = BUF_INIT;
	struct key own = {0};
	struct cbor c = { .at = 0 };
	enum err_code rc;

	if (!box.n)
		return OK;
	rc = letter_key(n, false, &own, e);
	if (!rc)
		rc = box_of(&own, box, &text, e);
	key_release(&own);
	c.in = slice_buf(&text);
	if (!rc)
		rc = read_items(&c, true, r, e);
	if (!rc && !cbor_end(&c))
		rc = not_valid(e);
	forget(&text);
	return rc == ERR_SEALED ? OK : rc;
}

static enum err_code keep_reply(struct node *n, struct slice key,
    const char *name, struct err *e)
{
	char text[SHA_HEX];

	if (key.n != KEY_PUBLIC)
		return not_valid(e);
	hex_text(key.p, key.n, text);
	return mail_meta_set(n, name, text, e);
}

enum err_code letter_read(struct node *n, const char *oid,
    const struct letter_reader *r, struct err *e)
{
	struct buf sealed = BUF_INIT, text = BUF_INIT;
	struct cbor_item item, reply = {0}, keys = {0};
	struct cbor c = { .at = 0 };
	enum err_code rc;

	rc = repo_read(n->repo, oid, OBJECT_BLOB, MAIL_MAX, &sealed, e);
	if (!rc)
		rc = share_unbox(n, slice_buf(&sealed), &text, e);
	c.in = slice_buf(&text);
	if (!rc)
		rc = cbor_want(&c, CBOR_ARRAY, &item, e);
	if (!rc && item.i != 4)
		rc = not_valid(e);
	if (!rc)
		rc = cbor_want(&c, CBOR_INT, &item, e);
	if (!rc && item.i != LETTER_FORMAT)
		rc = not_valid(e);
	if (!rc)
		rc = cbor_want(&c, CBOR_BYTES, &reply, e);
	if (!rc)
		rc = cbor_want(&c, CBOR_BYTES, &keys, e);
	if (!rc)
		rc = keep_reply(n, reply.s, r->reply, e);
	if (!rc)
		rc = read_keys(n, keys.s, r, e);
	if (!rc)
		rc = read_items(&c, false, r, e);
	if (!rc && !cbor_end(&c))
		rc = not_valid(e);
	forget(&text);
	buf_release(&sealed);
	return rc;
}

bool letter_is_bad(enum err_code rc)
{
	return rc == ERR_SEALED || rc == ERR_FORMAT || rc == ERR_CORRUPT ||
	    rc == ERR_TOO_BIG || rc == ERR_NOT_FOUND;
}
