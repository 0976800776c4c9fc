/* Seen checkpoints and contradictions, in and out of the store. */
#include "witness_row.h"

#include "store_db.h"

enum err_code seen_set(struct store *s, const struct seen_row *r,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_SEEN_SET, &st, e);

	if (rc)
		return rc;
	bind_text(st, 1, r->chain);
	bind_text(st, 2, r->epoch);
	sqlite3_bind_int64(st, 3, r->seq);
	bind_text(st, 4, r->name);
	sqlite3_bind_int64(st, 5, r->stamp);
	return store_run(s, st, e);
}

static void read_seen(sqlite3_stmt *st, struct seen_row *r)
{
	*r = (struct seen_row){ .seq = sqlite3_column_int64(st, 2),
		.stamp = sqlite3_column_int64(st, 4) };
	column_text(st, 0, r->chain, sizeof r->chain);
	column_text(st, 1, r->epoch, sizeof r->epoch);
	column_text(st, 3, r->name, sizeof r->name);
}

enum err_code seen_get(struct store *s, const char *chain, const char *epoch,
    struct seen_row *r, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*r = (struct seen_row){0};
	rc = store_stmt(s, SQL_SEEN_GET, &st, e);
	if (rc)
		return rc;
	bind_text(st, 1, chain);
	bind_text(st, 2, epoch);
	if (store_next(s, st, &rc, e))
		read_seen(st, r);
	sqlite3_reset(st);
	return rc;
}

enum err_code seen_each(struct store *s, seen_fn fn, void *arg,
    struct err *e)
{
	struct seen_row r;
	sqlite3_stmt *st;
	enum err_code rc = store_walk(s, SQL_SEEN_ALL, &st, e);

	while (store_next(s, st, &rc, e)) {
		read_seen(st, &r);
		if (fn(arg, &r))
			break;
	}
	sqlite3_finalize(st);
	return rc;
}

enum err_code split_add(struct store *s, const struct split_row *r,
    bool *fresh, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_SPLIT_NEW, &st, e);

	if (rc)
		return rc;
	bind_text(st, 1, r->chain);
	bind_text(st, 2, r->epoch);
	sqlite3_bind_int64(st, 3, r->seq);
	bind_text(st, 4, r->name);
	sqlite3_bind_int64(st, 5, r->at_ms);
	bind_text(st, 6, r->reason);
	rc = store_run(s, st, e);
	*fresh = !rc && sqlite3_changes(s->db) > 0;
	return rc;
}

enum err_code split_each(struct store *s, split_fn fn, void *arg,
    struct err *e)
{
	struct split_row r;
	sqlite3_stmt *st;
	enum err_code rc = store_walk(s, SQL_SPLIT_ALL, &st, e);

	while (store_next(s, st, &rc, e)) {
		r = (struct split_row){ .seq = sqlite3_column_int64(st, 2),
			.at_ms = sqlite3_column_int64(st, 4) };
		column_text(st, 0, r.chain, sizeof r.chain);
		column_text(st, 1, r.epoch, sizeof r.epoch);
		column_text(st, 3, r.name, sizeof r.name);
		column_text(st, 5, r.reason, sizeof r.reason);
		if (fn(arg, &r))
			break;
	}
	sqlite3_finalize(st);
	return rc;
}

enum err_code split_settle(struct store *s, const char *name, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_SPLIT_SETTLE, &st, e);

	if (rc)
		return rc;
	bind_text(st, 1, name);
	return store_run(s, st, e);
}

enum err_code fork_settle(struct store *s, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_FORK_SETTLE, &st, e);

	if (rc)
		return rc;
	bind_text(st, 1, err_name(ERR_FORK));
	return store_run(s, st, e);
}

enum err_code split_told(struct store *s, const char *name, bool *out,
    struct err *e)
{
	sqlite3_stmt *st;
	int64_t n = 0;
	enum err_code rc = store_stmt(s, SQL_SPLIT_TOLD, &st, e);

	*out = false;
	if (rc)
		return rc;
	bind_text(st, 1, name);
	rc = store_number(s, st, &n, e);
	*out = n != 0;
	return rc;
}
