/* Chains: positions, changesets, what was sent. */
#include "position.h"

#include "base/date.h"
#include "store_db.h"

static void read_position(sqlite3_stmt *st, struct position *p)
{
	*p = (struct position){0};
	column_text(st, 0, p->chain, sizeof p->chain);
	column_text(st, 1, p->epoch, sizeof p->epoch);
	p->seq = sqlite3_column_int64(st, 2);
	column_text(st, 3, p->commit, sizeof p->commit);
	column_text(st, 4, p->sha256, sizeof p->sha256);
	p->last = sqlite3_column_int64(st, 5);
	column_text(st, 6, p->stopped, sizeof p->stopped);
	column_text(st, 7, p->reason, sizeof p->reason);
}

enum err_code position_get(struct store *s, const char *chain,
    const char *epoch, struct position *p, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r;
	bool row;

	if ((r = store_stmt(s, SQL_POSITION_GET, &st, e)) != OK)
		return r;
	bind_text(st, 1, chain);
	bind_text(st, 2, epoch);
	if ((r = store_step(s, st, &row, e)) != OK)
		return r;
	if (row) {
		read_position(st, p);
	} else {
		*p = (struct position){0};
		snprintf(p->chain, sizeof p->chain, "%s", chain);
		snprintf(p->epoch, sizeof p->epoch, "%s", epoch);
	}
	sqlite3_reset(st);
	return OK;
}

enum err_code position_set(struct store *s, const struct position *p,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r = store_stmt(s, SQL_POSITION_SET, &st, e);

	if (r != OK)
		return r;
	bind_text(st, 1, p->chain);
	bind_text(st, 2, p->epoch);
	sqlite3_bind_int64(st, 3, p->seq);
	bind_text(st, 4, p->commit);
	bind_text(st, 5, p->sha256);
	sqlite3_bind_int64(st, 6, p->last);
	bind_text(st, 7, p->stopped);
	bind_text(st, 8, p->reason);
	return store_run(s, st, e);
}

enum err_code position_each(struct store *s, position_fn fn, void *arg,
    struct err *e)
{
	struct position p;
	sqlite3_stmt *st;
	enum err_code r;

	if ((r = store_walk(s, SQL_POSITION_ALL, &st, e)) != OK)
		return r;
	while (store_next(s, st, &r, e)) {
		read_position(st, &p);
		if (fn(arg, &p))
			break;
	}
	sqlite3_finalize(st);
	return r;
}

enum err_code changeset_add(struct store *s, const struct changeset_row *r,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code code = store_stmt(s, SQL_CHANGESET_NEW, &st, e);

	if (code != OK)
		return code;
	bind_text(st, 1, r->chain);
	bind_text(st, 2, r->epoch);
	sqlite3_bind_int64(st, 3, r->seq);
	bind_text(st, 4, r->commit);
	bind_text(st, 5, r->sha256);
	sqlite3_bind_int64(st, 6, r->first);
	sqlite3_bind_int64(st, 7, r->last);
	sqlite3_bind_int64(st, 8, r->sealed_ms);
	sqlite3_bind_int64(st, 9, r->bytes);
	sqlite3_bind_int64(st, 10, r->raw_bytes);
	sqlite3_bind_int64(st, 11, r->records);
	sqlite3_bind_int64(st, 12, r->edits);
	sqlite3_bind_int64(st, 13, r->transitions);
	return store_run(s, st, e);
}

void changeset_read(sqlite3_stmt *st, struct changeset_row *r)
{
	*r = (struct changeset_row){0};
	column_text(st, 0, r->chain, sizeof r->chain);
	column_text(st, 1, r->epoch, sizeof r->epoch);
	r->seq = sqlite3_column_int64(st, 2);
	column_text(st, 3, r->commit, sizeof r->commit);
	column_text(st, 4, r->sha256, sizeof r->sha256);
	r->first = sqlite3_column_int64(st, 5);
	r->last = sqlite3_column_int64(st, 6);
	r->sealed_ms = sqlite3_column_int64(st, 7);
	r->bytes = sqlite3_column_int64(st, 8);
	r->raw_bytes = sqlite3_column_int64(st, 9);
	r->records = sqlite3_column_int64(st, 10);
	r->edits = sqlite3_column_int64(st, 11);
	r->transitions = sqlite3_column_int64(st, 12);
}

enum err_code changeset_each(struct store *s, const char *chain,
    int64_t from_seq, changeset_fn fn, void *arg, struct err *e)
{
	struct changeset_row c;
	sqlite3_stmt *st;
	enum err_code r;

	if ((r = store_walk(s, chain ? SQL_CHANGESET_OF : SQL_CHANGESET_ALL,
	    &st, e)) != OK)
		return r;
	if (chain)
		bind_text(st, 1, chain);
	sqlite3_bind_int64(st, chain ? 2 : 1, from_seq);
	while (store_next(s, st, &r, e)) {
		changeset_read(st, &c);
		if (fn(arg, &c))
			break;
	}
	sqlite3_finalize(st);
	return r;
}

/* Up to two numbers about (chain, epoch): 0 where there is none. */
static enum err_code ask(struct store *s, enum sql_name name,
    const char *chain, const char *epoch, int64_t *a, int64_t *b,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r;
	bool row;

	if ((r = store_stmt(s, name, &st, e)) != OK)
		return r;
	bind_text(st, 1, chain);
	bind_text(st, 2, epoch);
	if ((r = store_step(s, st, &row, e)) != OK)
		return r;
	*a = row ? sqlite3_column_int64(st, 0) : 0;
	if (b)
		*b = row ? sqlite3_column_int64(st, 1) : 0;
	sqlite3_reset(st);
	return OK;
}

enum err_code sent_get(struct store *s, const char *remote,
    const char *chain, const char *epoch, int64_t *seq, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r;
	bool row;

	if ((r = store_stmt(s, SQL_SENT_GET, &st, e)) != OK)
		return r;
	bind_text(st, 1, remote);
	bind_text(st, 2, chain);
	bind_text(st, 3, epoch);
	if ((r = store_step(s, st, &row, e)) != OK)
		return r;
	*seq = row ? sqlite3_column_int64(st, 0) : 0;
	sqlite3_reset(st);
	return OK;
}

enum err_code sent_set(struct store *s, const char *remote,
    const char *chain, const char *epoch, int64_t seq, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r = store_stmt(s, SQL_SENT_SET, &st, e);

	if (r != OK)
		return r;
	bind_text(st, 1, remote);
	bind_text(st, 2, chain);
	bind_text(st, 3, epoch);
	sqlite3_bind_int64(st, 4, seq);
	return store_run(s, st, e);
}

/* ---- remotes ---- */

static enum err_code no_remote(const char *name, struct err *e)
{
	err_set(e, ERR_NOT_FOUND, _("there is no remote %s"), name);
	return err_hint(e, _("see them with: wellhead remote list"));
}

enum err_code remote_get(struct store *s, const char *name,
    struct remote_row *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r;
	bool row;

	if ((r = store_stmt(s, SQL_REMOTE_GET, &st, e)) != OK)
		return r;
	bind_text(st, 1, name);
	if ((r = store_step(s, st, &row, e)) != OK)
		return r;
	if (!row)
		return no_remote(name, e);
	column_text(st, 0, out->name, sizeof out->name);
	column_text(st, 1, out->url, sizeof out->url);
	sqlite3_reset(st);
	return OK;
}

enum err_code remote_add(struct store *s, const char *name, const char *url,
    struct err *e)
{
	struct remote_row r;
	struct err none = {0};
	sqlite3_stmt *st;
	enum err_code code;

	if (!*name || strlen(name) >= sizeof r.name ||
	    strlen(url) >= sizeof r.url)
		return err_set(e, ERR_TOO_BIG, _("a remote's name has 1 to "
		    "%zu bytes, its URL up to %zu"), sizeof r.name - 1,
		    sizeof r.url - 1);
	if ((code = remote_get(s, name, &r, &none)) == OK) {
		err_set(e, ERR_EXISTS, _("there is a remote %s already"),
		    name);
		return err_hint(e, _("remove it first: wellhead remote "
		    "remove %s"), name);
	}
	if (code != ERR_NOT_FOUND) {
		*e = none;
		return code;
	}
	if ((code = store_stmt(s, SQL_REMOTE_NEW, &st, e)) != OK)
		return code;
	bind_text(st, 1, name);
	bind_text(st, 2, url);
	return store_run(s, st, e);
}

static enum err_code by_name(struct store *s, enum sql_name name,
    const char *remote, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r = store_stmt(s, name, &st, e);

	if (r != OK)
		return r;
	bind_text(st, 1, remote);
	return store_run(s, st, e);
}

enum err_code remote_remove(struct store *s, const char *name, struct err *e)
{
	enum err_code r = by_name(s, SQL_REMOTE_END, name, e);

	if (r != OK)
		return r;
	if (sqlite3_changes(s->db) == 0)
		return no_remote(name, e);
	/* What another remote of this name will have got is not known. */
	return by_name(s, SQL_SENT_FORGET, name, e);
}

enum err_code sent_forget(struct store *s, struct err *e)
{
	return by_name(s, SQL_SENT_FORGET, NULL, e);
}

enum err_code remote_each(struct store *s, remote_fn fn, void *arg,
    struct err *e)
{
	struct remote_row remote;
	sqlite3_stmt *st;
	enum err_code r;

	if ((r = store_walk(s, SQL_REMOTE_ALL, &st, e)) != OK)
		return r;
	while (store_next(s, st, &r, e)) {
		column_text(st, 0, remote.name, sizeof remote.name);
		column_text(st, 1, remote.url, sizeof remote.url);
		if (fn(arg, &remote))
			break;
	}
	sqlite3_finalize(st);
	return r;
}

/* ---- status ---- */

static enum err_code count_rows(struct store *s, struct status *out,
    struct err *e)
{
	size_t unsealed;
	sqlite3_stmt *st;
	enum err_code r;
	bool row;

	if ((r = outbox_count(s, &unsealed, &out->oldest_unsealed, e)) != OK)
		return r;
	out->unsealed = (int64_t)unsealed;
	if ((r = store_stmt(s, SQL_STATUS_COUNTS, &st, e)) != OK ||
	    (r = store_step(s, st, &row, e)) != OK)
		return r;
	out->held = sqlite3_column_int64(st, 0);
	out->conflicts = sqlite3_column_int64(st, 1);
	out->records = sqlite3_column_int64(st, 2);
	sqlite3_reset(st);
	return OK;
}

/* What of one epoch is still to be sent, and to be answered. */
static enum err_code own_epoch(struct store *s, const char *chain,
    const char *epoch, int64_t last, struct status *out, struct err *e)
{
	int64_t sent, answered, at;
	enum err_code r;

	if ((r = ask(s, SQL_SENT_MOST, chain, epoch, &sent, NULL, e)) != OK ||
	    (r = receipt_answered(s, chain, epoch, &answered, &at, e)) != OK)
		return r;
	out->unsent += last > sent ? last - sent : 0;
	out->unreceipted += last > answered ? last - answered : 0;
	if (at > out->newest_receipt_ms)
		out->newest_receipt_ms = at;
	return OK;
}

/* A branch node's own chain, all its epochs but those whose rows were queued
 * again; HQ's stand in its own repository at once and nobody receipts them. */
static enum err_code own_chain(struct store *s, struct status *out,
    struct err *e)
{
	char chain[CHAIN_NAME], epoch[33];
	sqlite3_stmt *st;
	enum err_code r;

	snprintf(chain, sizeof chain, "node/%s", s->id.code);
	if ((r = store_walk(s, SQL_STATUS_EPOCHS, &st, e)) != OK)
		return r;
	bind_text(st, 1, chain);
	while (store_next(s, st, &r, e)) {
		column_text(st, 0, epoch, sizeof epoch);
		r = own_epoch(s, chain, epoch, sqlite3_column_int64(st, 1),
		    out, e);
		if (r != OK)
			break;
	}
	sqlite3_finalize(st);
	return r;
}

static enum err_code newest_receipt(struct store *s, int64_t *ms,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r = store_stmt(s, SQL_RECEIPT_ANY, &st, e);

	return r == OK ? store_number(s, st, ms, e) : r;
}

enum err_code status_read(struct store *s, struct status *out, struct err *e)
{
	int64_t ahead = stamp_ms(stamp_make(s->clock.last, 0)) - clock_ms();
	enum err_code r;

	*out = (struct status){ .clock_ahead_ms = ahead > 0 ? ahead : 0 };
	if ((r = count_rows(s, out, e)) != OK)
		return r;
	return s->id.hq ? newest_receipt(s, &out->newest_receipt_ms, e) :
	    own_chain(s, out, e);
}
