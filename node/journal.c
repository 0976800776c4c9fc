/* Single changesets out of the journal. */
#include "position.h"

#include "store_db.h"

static enum err_code one_row(struct store *s, sqlite3_stmt *st,
    struct changeset_row *r, struct err *e)
{
	enum err_code rc = OK;

	*r = (struct changeset_row){0};
	if (store_next(s, st, &rc, e))
		changeset_read(st, r);
	sqlite3_reset(st);
	return rc;
}

enum err_code changeset_get(struct store *s, const char *chain,
    const char *epoch, int64_t seq, struct changeset_row *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_CHANGESET_AT, &st, e);

	if (rc)
		return rc;
	bind_text(st, 1, chain);
	bind_text(st, 2, epoch);
	sqlite3_bind_int64(st, 3, seq);
	return one_row(s, st, out, e);
}

enum err_code changeset_holding(struct store *s, const char *chain,
    stamp_t stamp, struct changeset_row *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_CHANGESET_HOLDING, &st, e);

	if (rc)
		return rc;
	bind_text(st, 1, chain);
	sqlite3_bind_int64(st, 2, stamp);
	return one_row(s, st, out, e);
}

enum err_code changeset_last(struct store *s, const char *chain,
    const char *epoch, int64_t *seq, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_CHANGESET_LAST, &st, e);

	*seq = 0;
	if (rc)
		return rc;
	bind_text(st, 1, chain);
	bind_text(st, 2, epoch);
	return store_number(s, st, seq, e);
}
