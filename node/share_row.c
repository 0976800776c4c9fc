/* Keys of chains, in and out of the store. */
#include "share_row.h"

#include "store_db.h"

bool share_read(const struct value *cell, struct share_row *r)
{
	*r = (struct share_row){0};
	if (cell[SHARE_STAMP].kind != VALUE_INT)
		return false;
	r->stamp = cell[SHARE_STAMP].i;
	return value_copy_name(&cell[SHARE_CHAIN], r->chain, sizeof r->chain) &&
	    value_copy_name(&cell[SHARE_READER], r->reader, sizeof r->reader) &&
	    value_copy_bytes(&cell[SHARE_KEY], r->key, sizeof r->key) &&
	    value_copy_bytes(&cell[SHARE_BOX], r->box, sizeof r->box);
}

enum err_code share_keep(struct store *s, const struct share_row *r,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_SHARE_NEW, &st, e);

	if (rc)
		return rc;
	sqlite3_bind_int64(st, 1, r->stamp);
	bind_text(st, 2, r->chain);
	bind_bytes(st, 3, r->key, sizeof r->key);
	bind_text(st, 4, r->reader);
	bind_bytes(st, 5, r->box, sizeof r->box);
	return store_run_once(s, st, e);
}

enum err_code share_give(struct store *s, const char *chain,
    struct share_row *r, struct err *e)
{
	struct value *cell;
	struct batch b;
	enum err_code rc;

	batch_init(&b, s->catalogue);
	rc = store_stamp(s, &r->stamp, e);
	if (rc)
		goto done;
	cell = batch_row(&b, NULL, TABLE_SHARE);
	if (!cell) {
		rc = err_memory(e);
		goto done;
	}
	cell[SHARE_STAMP] = value_int(r->stamp);
	cell[SHARE_CHAIN] = value_str(r->chain);
	cell[SHARE_KEY] = value_bytes(slice_of(r->key, sizeof r->key));
	cell[SHARE_READER] = value_str(r->reader);
	cell[SHARE_BOX] = value_bytes(slice_of(r->box, sizeof r->box));
	rc = share_keep(s, r, e);
	if (!rc)
		rc = outbox_put(s, chain, &b, e);
done:
	batch_release(&b);
	return rc;
}

enum err_code share_has(struct store *s, const char *reader,
    const unsigned char id[32], bool *yes, struct err *e)
{
	sqlite3_stmt *st;
	int64_t n = 0;
	enum err_code rc = store_stmt(s, SQL_SHARE_HAS, &st, e);

	if (rc)
		return rc;
	bind_text(st, 1, reader);
	bind_bytes(st, 2, id, 32);
	rc = store_number(s, st, &n, e);
	*yes = n != 0;
	return rc;
}

enum err_code share_state(struct store *s, int64_t *state, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_SHARE_STATE, &st, e);

	*state = 0;
	return rc ? rc : store_number(s, st, state, e);
}

/* ---- keys that open ---- */

enum err_code chain_key_add(struct store *s, const struct chain_key *k,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_CHAIN_KEY_NEW, &st, e);

	if (rc)
		return rc;
	bind_bytes(st, 1, k->id, sizeof k->id);
	bind_bytes(st, 2, k->key, sizeof k->key);
	bind_text(st, 3, k->chain);
	sqlite3_bind_int64(st, 4, k->stamp);
	return store_run(s, st, e);
}

static bool read_key(sqlite3_stmt *st, struct chain_key *k)
{
	*k = (struct chain_key){ .stamp = sqlite3_column_int64(st, 3) };
	column_text(st, 2, k->chain, sizeof k->chain);
	return column_bytes(st, 0, k->id, sizeof k->id) &&
	    column_bytes(st, 1, k->key, sizeof k->key);
}

/* The first row of a statement that gives keys. */
static enum err_code first_key(struct store *s, sqlite3_stmt *st,
    struct chain_key *out, bool *found, struct err *e)
{
	enum err_code rc = store_step(s, st, found, e);

	if (!rc && *found && !read_key(st, out))
		rc = err_set(e, ERR_CORRUPT, _("a key in the store cannot be "
		    "read"));
	sqlite3_reset(st);
	return rc;
}

enum err_code chain_key_get(struct store *s, const unsigned char id[32],
    struct chain_key *out, bool *found, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_CHAIN_KEY_GET, &st, e);

	if (rc)
		return rc;
	bind_bytes(st, 1, id, 32);
	return first_key(s, st, out, found, e);
}

enum err_code chain_key_own(struct store *s, const char *chain,
    struct chain_key *out, bool *found, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_CHAIN_KEY_OWN, &st, e);

	if (rc)
		return rc;
	bind_text(st, 1, chain);
	sqlite3_bind_int(st, 2, s->id.number);
	return first_key(s, st, out, found, e);
}

enum err_code chain_key_each(struct store *s, chain_key_fn fn, void *arg,
    struct err *e)
{
	struct chain_key k;
	sqlite3_stmt *st;
	enum err_code rc = store_walk(s, SQL_CHAIN_KEY_ALL, &st, e);

	while (store_next(s, st, &rc, e))
		if (read_key(st, &k) && fn(arg, &k))
			break;
	sqlite3_finalize(st);
	return rc;
}
