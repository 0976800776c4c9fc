#include "record_key.h"

#include "store_db.h"

enum err_code record_key_add(struct store *s, const struct record_key *k,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_RECORD_KEY_NEW, &st, e);

	if (rc)
		return rc;
	sqlite3_bind_int64(st, 1, k->stamp);
	bind_text(st, 2, k->field);
	bind_bytes(st, 3, k->id, sizeof k->id);
	sqlite3_bind_int64(st, 4, k->record);
	bind_bytes(st, 5, k->key, sizeof k->key);
	sqlite3_bind_int(st, 6, k->told);
	return store_run(s, st, e);
}

static enum err_code damaged(struct err *e)
{
	return err_set(e, ERR_CORRUPT, _("a key in the store cannot be read"));
}

enum err_code record_key_get(struct store *s, struct record_key *k, bool any,
    bool *found, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_RECORD_KEY_GET, &st, e);

	*found = false;
	if (rc)
		return rc;
	sqlite3_bind_int64(st, 1, k->stamp);
	bind_text(st, 2, k->field);
	if (!any)
		bind_bytes(st, 3, k->id, sizeof k->id);
	rc = store_step(s, st, found, e);
	if (!rc && *found) {
		k->record = sqlite3_column_int64(st, 0);
		if (!column_bytes(st, 1, k->id, sizeof k->id) ||
		    !column_bytes(st, 2, k->key, sizeof k->key))
			rc = damaged(e);
	}
	sqlite3_reset(st);
	return rc;
}

static enum err_code count_erasures(struct store *s, int64_t *n,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_ERASED_COUNT, &st, e);

	*n = 0;
	return rc ? rc : store_number(s, st, n, e);
}

enum err_code mail_key_get(struct store *s,
    unsigned char secret[MAIL_SECRET], bool *found, bool *old,
    struct err *e)
{
	sqlite3_stmt *st;
	int64_t erasures;
	enum err_code rc = count_erasures(s, &erasures, e);

	*found = false;
	*old = true;
	if (!rc)
		rc = store_stmt(s, SQL_MAIL_KEY_GET, &st, e);
	if (!rc)
		rc = store_step(s, st, found, e);
	if (rc || !*found)
		return rc;
	*found = column_bytes(st, 0, secret, MAIL_SECRET);
	*old = !*found || sqlite3_column_int64(st, 1) != erasures;
	sqlite3_reset(st);
	return OK;
}

enum err_code mail_key_set(struct store *s,
    const unsigned char secret[MAIL_SECRET], struct err *e)
{
	sqlite3_stmt *st;
	int64_t erasures;
	enum err_code rc = count_erasures(s, &erasures, e);

	if (!rc)
		rc = store_stmt(s, SQL_MAIL_KEY_SET, &st, e);
	if (rc)
		return rc;
	bind_bytes(st, 1, secret, MAIL_SECRET);
	sqlite3_bind_int64(st, 2, erasures);
	s->scrub |= erasures > 0;
	return store_run(s, st, e);
}

/* ---- what is to be told, and asked ---- */

enum err_code record_key_receipted(struct store *s, const char *chain,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_RECORD_KEY_TOLD, &st, e);

	if (rc)
		return rc;
	bind_text(st, 1, chain);
	return store_run(s, st, e);
}

enum err_code record_key_asked(struct store *s, stamp_t stamp,
    const char *field, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_RECORD_KEY_ASKED, &st, e);

	if (rc)
		return rc;
	sqlite3_bind_int64(st, 1, stamp);
	bind_text(st, 2, field);
	return store_run(s, st, e);
}

enum err_code record_key_quiet(struct store *s, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_RECORD_KEY_QUIET, &st, e);

	return rc ? rc : store_run(s, st, e);
}

static enum err_code walk_keys(struct store *s, sqlite3_stmt *st,
    record_key_fn fn, void *arg, struct err *e)
{
	unsigned char key[RECORD_KEY_LEN];
	enum err_code rc = OK;

	while (store_next(s, st, &rc, e)) {
		const char *field = (const char *)sqlite3_column_text(st, 1);

		if (!field || !column_bytes(st, 2, key, sizeof key)) {
			rc = damaged(e);
			break;
		}
		if (fn(arg, sqlite3_column_int64(st, 0), field, key))
			break;
	}
	sqlite3_reset(st);
	return rc;
}

enum err_code record_key_untold(struct store *s, record_key_fn fn, void *arg,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_RECORD_KEY_NEXT, &st, e);

	return rc ? rc : walk_keys(s, st, fn, arg, e);
}

enum err_code record_key_wanted(struct store *s, const char *reader,
    record_key_fn fn, void *arg, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_WANT_KEYS, &st, e);

	if (rc)
		return rc;
	bind_text(st, 1, reader);
	return walk_keys(s, st, fn, arg, e);
}

enum err_code record_key_want_none(struct store *s, const char *remote,
    const char *reader, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_WANT_CLEAR, &st, e);

	if (rc)
		return rc;
	bind_text(st, 1, remote);
	bind_text(st, 2, reader);
	return store_run(s, st, e);
}

enum err_code record_key_want(struct store *s, const char *remote,
    const char *reader, stamp_t stamp, const char *field,
    const char *branch, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_WANT_NEW, &st, e);

	if (rc)
		return rc;
	bind_text(st, 1, remote);
	bind_text(st, 2, reader);
	sqlite3_bind_int64(st, 3, stamp);
	bind_text(st, 4, field);
	bind_text(st, 5, branch);
	return store_run(s, st, e);
}
