/* The bytes that attachments name: their chunks in the outbox, and which
 * hashes there are. */
#include "attachment.h"

#include "base/text.h"
#include "outbox.h"
#include "store_db.h"

/* Their bytes are read when they are sealed. */
static enum err_code add_chunks(struct store *s, struct batch *b,
    const struct attachment *a, struct err *e)
{
	unsigned char hash[32];
	struct slice name;
	struct value *cell;
	stamp_t stamp;
	enum err_code rc;

	if (!hex_decode(slice_str(a->sha256), hash, sizeof hash))
		return err_set(e, ERR_FORMAT, _("not a SHA-256"));
	name = batch_text(b, slice_of(hash, sizeof hash));
	for (int64_t at = 0; at < a->size; at += CHUNK_LEN) {
		rc = store_stamp(s, &stamp, e);
		if (rc != OK)
			return rc;
		cell = batch_row(b, NULL, TABLE_CHUNK);
		if (!cell)
			return err_memory(e);
		cell[CHUNK_STAMP] = value_int(stamp);
		cell[CHUNK_SHA256] = value_bytes(name);
		cell[CHUNK_OFFSET] = value_int(at);
	}
	return batch_ok(b, e);
}

enum err_code attachment_queue(struct store *s, const struct attachment *a,
    struct err *e)
{
	char chain[CHAIN_NAME];
	struct batch b;
	enum err_code rc;

	batch_init(&b, s->catalogue);
	snprintf(chain, sizeof chain, "file/%s", s->id.code);
	rc = add_chunks(s, &b, a, e);
	if (rc == OK)
		rc = outbox_put(s, chain, &b, e);
	batch_release(&b);
	return rc;
}

/* branch NULL: the statement does not ask. */
static enum err_code is_there(struct store *s, enum sql_name name,
    const char *sha256, const char *branch, bool *yes, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, name, &st, e);

	*yes = false;
	if (rc != OK)
		return rc;
	bind_text(st, 1, sha256);
	if (branch)
		bind_text(st, 2, branch);
	rc = store_step(s, st, yes, e);
	sqlite3_reset(st);
	return rc;
}

enum err_code attachment_on_way(struct store *s, const char *sha256,
    bool *yes, struct err *e)
{
	return is_there(s, SQL_ATTACHMENT_OURS, sha256, s->id.branch, yes, e);
}

enum err_code attachment_sent(struct store *s, const char *sha256, bool *yes,
    struct err *e)
{
	return is_there(s, SQL_ATTACHMENT_SENT, sha256, NULL, yes, e);
}

static enum err_code each(struct store *s, enum sql_name name,
    const char *sha256, attachment_fn fn, void *arg, struct err *e)
{
	struct attachment a;
	sqlite3_stmt *st;
	enum err_code rc;

	rc = store_walk(s, name, &st, e);
	if (rc != OK)
		return rc;
	if (sha256)
		bind_text(st, 1, sha256);
	while (store_next(s, st, &rc, e)) {
		a = (struct attachment){ .size = sqlite3_column_int64(st, 1) };
		column_text(st, 0, a.sha256, sizeof a.sha256);
		column_text(st, 2, a.media, sizeof a.media);
		if (fn(arg, &a))
			break;
	}
	sqlite3_finalize(st);
	return rc;
}

enum err_code attachment_named(struct store *s, const char *sha256,
    attachment_fn fn, void *arg, struct err *e)
{
	return each(s, sha256 ? SQL_ATTACHMENT_NAMED : SQL_ATTACHMENT_HASHES,
	    sha256, fn, arg, e);
}

enum err_code attachment_expected(struct store *s, attachment_fn fn,
    void *arg, struct err *e)
{
	return each(s, SQL_ATTACHMENT_EXPECTED, NULL, fn, arg, e);
}
