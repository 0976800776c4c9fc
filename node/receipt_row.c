/* Receipts in the store.
 *
 * When headquarters has begun a new epoch of its chains, receipts from before
 * count as far as its first list of tips confirms them.
 */
#include "position.h"

#include "checkpoint_row.h"
#include "store_db.h"

enum err_code receipt_add(struct store *s, const struct receipt_row *r,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code code = store_stmt(s, SQL_RECEIPT_NEW, &st, e);

	if (code != OK)
		return code;
	bind_text(st, 1, r->chain);
	bind_text(st, 2, r->epoch);
	sqlite3_bind_int64(st, 3, r->from_seq);
	sqlite3_bind_int64(st, 4, r->to_seq);
	sqlite3_bind_int64(st, 5, r->arrived_ms);
	bind_text(st, 6, r->result);
	bind_text(st, 7, r->code);
	sqlite3_bind_int64(st, 8, r->stamp);
	return store_run(s, st, e);
}

/* A statement about this chain, bound to its first two parameters. Receipts
 * below *start count up to *seq. */
static enum err_code about(struct store *s, enum sql_name name,
    const char *chain, const char *epoch, stamp_t *start, int64_t *seq,
    sqlite3_stmt **st, struct err *e)
{
	struct tip_row t = {0};
	enum err_code rc = hq_epoch_first(s, start, e);

	if (!rc && *start)
		rc = tip_as_of(s, chain, epoch, *start, &t, e);
	*seq = t.seq;
	if (!rc)
		rc = store_stmt(s, name, st, e);
	if (rc)
		return rc;
	bind_text(*st, 1, chain);
	bind_text(*st, 2, epoch);
	return OK;
}

static enum err_code greatest(struct store *s, enum sql_name name,
    const char *chain, const char *epoch, int64_t *seq, int64_t *arrived_ms,
    struct err *e)
{
	stamp_t start = 0;
	int64_t below;
	sqlite3_stmt *st;
	enum err_code rc = about(s, name, chain, epoch, &start, &below, &st,
	    e);
	bool row;

	if (rc)
		return rc;
	sqlite3_bind_int64(st, 3, start);
	sqlite3_bind_int64(st, 4, below);
	rc = store_step(s, st, &row, e);
	if (rc)
		return rc;
	*seq = row ? sqlite3_column_int64(st, 0) : 0;
	*arrived_ms = row ? sqlite3_column_int64(st, 1) : 0;
	sqlite3_reset(st);
	return OK;
}

enum err_code receipt_newest(struct store *s, const char *chain,
    const char *epoch, int64_t *seq, int64_t *arrived_ms, struct err *e)
{
	return greatest(s, SQL_RECEIPT_NEWEST, chain, epoch, seq, arrived_ms,
	    e);
}

enum err_code receipt_answered(struct store *s, const char *chain,
    const char *epoch, int64_t *seq, int64_t *arrived_ms, struct err *e)
{
	return greatest(s, SQL_RECEIPT_ANSWERED, chain, epoch, seq,
	    arrived_ms, e);
}

static void read_receipt(sqlite3_stmt *st, struct receipt_row *r)
{
	*r = (struct receipt_row){ .from_seq = sqlite3_column_int64(st, 2),
		.to_seq = sqlite3_column_int64(st, 3),
		.arrived_ms = sqlite3_column_int64(st, 4),
		.stamp = sqlite3_column_int64(st, 7) };
	column_text(st, 0, r->chain, sizeof r->chain);
	column_text(st, 1, r->epoch, sizeof r->epoch);
	column_text(st, 5, r->result, sizeof r->result);
	column_text(st, 6, r->code, sizeof r->code);
}

enum err_code receipt_at(struct store *s, const char *chain,
    const char *epoch, int64_t seq, struct receipt_row *out, struct err *e)
{
	stamp_t start = 0;
	int64_t below;
	sqlite3_stmt *st;
	enum err_code rc;

	*out = (struct receipt_row){0};
	rc = about(s, SQL_RECEIPT_AT, chain, epoch, &start, &below, &st, e);
	if (rc)
		return rc;
	sqlite3_bind_int64(st, 3, seq);
	sqlite3_bind_int64(st, 4, seq > below ? start : 0);
	if (store_next(s, st, &rc, e))
		read_receipt(st, out);
	sqlite3_reset(st);
	return rc;
}

static enum err_code walk(struct store *s, sqlite3_stmt *st, receipt_fn fn,
    void *arg, struct err *e)
{
	struct receipt_row r;
	enum err_code rc = OK;

	while (store_next(s, st, &rc, e)) {
		read_receipt(st, &r);
		if (fn(arg, &r))
			break;
	}
	sqlite3_finalize(st);
	return rc;
}

enum err_code receipt_open_each(struct store *s, const char *code,
    receipt_fn fn, void *arg, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_walk(s, SQL_RECEIPT_OPEN, &st, e);

	if (rc)
		return rc;
	bind_text(st, 1, code);
	return walk(s, st, fn, arg, e);
}

enum err_code receipt_clock_each(struct store *s, receipt_fn fn, void *arg,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_walk(s, SQL_RECEIPT_CLOCK, &st, e);

	return rc ? rc : walk(s, st, fn, arg, e);
}

enum err_code receipt_refused(struct store *s, const char *chain,
    const char *epoch, const char *code, int64_t *seq, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r = store_stmt(s, SQL_RECEIPT_REFUSED, &st, e);

	*seq = 0;
	if (r != OK)
		return r;
	bind_text(st, 1, chain);
	bind_text(st, 2, epoch);
	bind_text(st, 3, code);
	return store_number(s, st, seq, e);
}

enum err_code receipt_said(struct store *s, const char *chain,
    const char *epoch, const char *code, int64_t from_seq, bool *yes,
    struct err *e)
{
	sqlite3_stmt *st;
	int64_t n = 0;
	enum err_code r = store_stmt(s, SQL_RECEIPT_SAID, &st, e);

	*yes = false;
	if (r != OK)
		return r;
	bind_text(st, 1, chain);
	bind_text(st, 2, epoch);
	bind_text(st, 3, code);
	sqlite3_bind_int64(st, 4, from_seq);
	r = store_number(s, st, &n, e);
	*yes = n > 0;
	return r;
}

enum err_code held_between(struct store *s, stamp_t first, stamp_t last,
    int64_t *n, char code[24], struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_HELD_BETWEEN, &st, e);
	bool row;

	*n = 0;
	code[0] = 0;
	if (rc)
		return rc;
	sqlite3_bind_int64(st, 1, first);
	sqlite3_bind_int64(st, 2, last);
	sqlite3_bind_int(st, 3, stamp_node(first));
	rc = store_step(s, st, &row, e);
	if (rc)
		return rc;
	if (row) {
		*n = sqlite3_column_int64(st, 0);
		column_text(st, 1, code, 24);
	}
	sqlite3_reset(st);
	return OK;
}
