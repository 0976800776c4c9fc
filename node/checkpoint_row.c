/* Rows of checkpoints, tips, states and trees, in and out of the store. */
#include "checkpoint_row.h"

#include <stdlib.h>

#include "base/text.h"
#include "store_db.h"

/* ---- from the wire ---- */

static bool count_of(const struct value *v, int64_t least, int64_t *out)
{
	*out = v->i;
	return v->kind == VALUE_INT && v->i >= least;
}

static enum err_code note_epoch(struct store *s, stamp_t stamp,
    const char *epoch, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_HQ_EPOCH_ADD, &st, e);

	if (rc)
		return rc;
	bind_text(st, 1, epoch);
	sqlite3_bind_int64(st, 2, stamp);
	return store_run(s, st, e);
}

enum err_code hq_epoch_first(struct store *s, stamp_t *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_HQ_EPOCH_START, &st, e);

	*out = 0;
	return rc ? rc : store_number(s, st, out, e);
}

enum err_code hq_epoch_many(struct store *s, bool *out, struct err *e)
{
	sqlite3_stmt *st;
	int64_t many = 0;
	enum err_code rc = store_stmt(s, SQL_HQ_EPOCH_MANY, &st, e);

	if (!rc)
		rc = store_number(s, st, &many, e);
	*out = many;
	return rc;
}

/* Tips up to here are of headquarters' epochs before the one in which `stamp`
 * is; they say nothing in it. */
static enum err_code floor_at(struct store *s, stamp_t stamp, stamp_t *out,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_HQ_EPOCH_FLOOR, &st, e);

	*out = 0;
	if (rc)
		return rc;
	sqlite3_bind_int64(st, 1, stamp);
	return store_number(s, st, out, e);
}

enum err_code hq_epoch_newest(struct store *s, char out[33], struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_HQ_EPOCH_NOW, &st, e);
	bool row;

	out[0] = 0;
	if (!rc)
		rc = store_step(s, st, &row, e);
	if (rc)
		return rc;
	if (row)
		column_text(st, 0, out, 33);
	sqlite3_reset(st);
	return OK;
}

static enum err_code add_checkpoint(struct store *s, const struct value *c,
    const struct changeset_row *by, struct err *e)
{
	struct checkpoint_row r = { .stamp = c[CHECKPOINT_STAMP].i,
		.seq = by->seq };
	sqlite3_stmt *st;
	enum err_code rc;

	if (!count_of(&c[CHECKPOINT_NUMBER], 1, &r.number) ||
	    !count_of(&c[CHECKPOINT_AT], 1, &r.at_ms) ||
	    !count_of(&c[CHECKPOINT_CHAINS], 0, &r.chains) ||
	    !value_copy_bytes(&c[CHECKPOINT_ROOT], r.root, 32))
		return err_set(e, ERR_FORMAT, _("its checkpoint is not "
		    "valid"));
	rc = store_stmt(s, SQL_CHECKPOINT_NEW, &st, e);
	if (rc)
		return rc;
	sqlite3_bind_int64(st, 1, r.stamp);
	sqlite3_bind_int64(st, 2, r.number);
	sqlite3_bind_int64(st, 3, r.at_ms);
	sqlite3_bind_int64(st, 4, r.chains);
	bind_bytes(st, 5, r.root, sizeof r.root);
	bind_text(st, 6, by->epoch);
	sqlite3_bind_int64(st, 7, by->seq);
	bind_text(st, 8, by->sha256);
	rc = store_run(s, st, e);
	return rc ? rc : note_epoch(s, r.stamp, by->epoch, e);
}

static enum err_code note_chain(struct store *s, const struct tip_row *t,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_TIP_CHAIN_NEW, &st, e);

	if (rc)
		return rc;
	bind_text(st, 1, t->chain);
	bind_text(st, 2, t->epoch);
	return store_run(s, st, e);
}

static enum err_code add_tip(struct store *s, const struct value *c,
    const struct changeset_row *by, struct err *e)
{
	struct tip_row t = { .stamp = c[TIP_STAMP].i };
	sqlite3_stmt *st;
	enum err_code rc;

	(void)by;
	if (!value_copy_text(&c[TIP_CHAIN], t.chain, sizeof t.chain) ||
	    !value_copy_text(&c[TIP_EPOCH], t.epoch, sizeof t.epoch) ||
	    strlen(t.epoch) != 32 ||
	    !value_copy_text(&c[TIP_STOPPED], t.stopped, sizeof t.stopped) ||
	    !count_of(&c[TIP_SEQ], 1, &t.seq) ||
	    !value_copy_bytes(&c[TIP_SHA256], t.sha256, 32) ||
	    !value_copy_bytes(&c[TIP_TREE], t.tree, 32))
		return err_set(e, ERR_FORMAT, _("a tip of its checkpoint is "
		    "not valid"));
	rc = store_stmt(s, SQL_TIP_NEW, &st, e);
	if (rc)
		return rc;
	bind_text(st, 1, t.chain);
	bind_text(st, 2, t.epoch);
	sqlite3_bind_int64(st, 3, t.stamp);
	sqlite3_bind_int64(st, 4, t.seq);
	bind_bytes(st, 5, t.sha256, sizeof t.sha256);
	bind_bytes(st, 6, t.tree, sizeof t.tree);
	bind_text(st, 7, t.stopped);
	rc = store_run(s, st, e);
	return rc ? rc : note_chain(s, &t, e);
}

static enum err_code add_state(struct store *s, const struct value *c,
    const struct changeset_row *by, struct err *e)
{
	struct state_row r = { .stamp = c[STATE_STAMP].i };
	sqlite3_stmt *st;
	enum err_code rc;

	(void)by;
	if (!value_copy_text(&c[STATE_BRANCH], r.branch, sizeof r.branch) ||
	    !r.branch[0] || !count_of(&c[STATE_RECORDS], 0, &r.records) ||
	    !value_copy_bytes(&c[STATE_ROOT], r.root, 32))
		return err_set(e, ERR_FORMAT, _("a state of its checkpoint "
		    "is not valid"));
	rc = store_stmt(s, SQL_STATE_NEW, &st, e);
	if (rc)
		return rc;
	sqlite3_bind_int64(st, 1, r.stamp);
	bind_text(st, 2, r.branch);
	sqlite3_bind_int64(st, 3, r.records);
	bind_bytes(st, 4, r.root, sizeof r.root);
	return store_run(s, st, e);
}

enum err_code checkpoint_apply(struct store *s, const struct batch *b,
    const struct changeset_row *by, struct err *e)
{
	static const struct {
		int table;
		enum err_code (*add)(struct store *s, const struct value *c,
		    const struct changeset_row *by, struct err *e);
	} kinds[] = {
		{ TABLE_CHECKPOINT, add_checkpoint },
		{ TABLE_TIP, add_tip },
		{ TABLE_STATE, add_state },
	};
	enum err_code rc = OK;

	for (size_t i = 0; i < b->nsection; i++) {
		const struct section *sec = &b->section[i];

		for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
			if (sec->type || sec->fixed != kinds[k].table)
				continue;
			for (size_t r = 0; !rc && r < sec->nrow; r++)
				rc = kinds[k].add(s, sec->cell +
				    r * sec->table->ncol, by, e);
		}
	}
	return rc;
}

/* ---- out of the store ---- */

static void read_checkpoint(sqlite3_stmt *st, struct checkpoint_row *r)
{
	*r = (struct checkpoint_row){ .stamp = sqlite3_column_int64(st, 0),
		.number = sqlite3_column_int64(st, 1),
		.at_ms = sqlite3_column_int64(st, 2),
		.chains = sqlite3_column_int64(st, 3),
		.seq = sqlite3_column_int64(st, 6) };
	(void)column_bytes(st, 4, r->root, 32);
	column_text(st, 5, r->epoch, sizeof r->epoch);
	column_text(st, 7, r->name, sizeof r->name);
}

static void read_tip(sqlite3_stmt *st, struct tip_row *t)
{
	*t = (struct tip_row){ .stamp = sqlite3_column_int64(st, 2),
		.seq = sqlite3_column_int64(st, 3) };
	column_text(st, 0, t->chain, sizeof t->chain);
	column_text(st, 1, t->epoch, sizeof t->epoch);
	(void)column_bytes(st, 4, t->sha256, 32);
	(void)column_bytes(st, 5, t->tree, 32);
	column_text(st, 6, t->stopped, sizeof t->stopped);
}

static void read_state(sqlite3_stmt *st, struct state_row *r)
{
	*r = (struct state_row){ .stamp = sqlite3_column_int64(st, 0),
		.records = sqlite3_column_int64(st, 2) };
	column_text(st, 1, r->branch, sizeof r->branch);
	(void)column_bytes(st, 3, r->root, 32);
}

/* One checkpoint of a bound statement. */
static enum err_code one_checkpoint(struct store *s, sqlite3_stmt *st,
    struct checkpoint_row *out, struct err *e)
{
	enum err_code rc = OK;

	*out = (struct checkpoint_row){0};
	if (store_next(s, st, &rc, e))
		read_checkpoint(st, out);
	sqlite3_reset(st);
	return rc;
}

enum err_code checkpoint_newest(struct store *s, struct checkpoint_row *out,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_CHECKPOINT_NEWEST, &st, e);

	return rc ? rc : one_checkpoint(s, st, out, e);
}

enum err_code checkpoint_lead(struct store *s, int64_t *ms, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_CHECKPOINT_LEAD, &st, e);

	*ms = 0;
	if (rc)
		return rc;
	sqlite3_bind_int64(st, 1, STAMP_EPOCH_MS);
	rc = store_number(s, st, ms, e);
	if (*ms < 0)
		*ms = 0;
	return rc;
}

static enum err_code by_stamp(struct store *s, enum sql_name name,
    stamp_t stamp, struct checkpoint_row *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, name, &st, e);

	if (rc)
		return rc;
	sqlite3_bind_int64(st, 1, stamp);
	return one_checkpoint(s, st, out, e);
}

enum err_code checkpoint_after(struct store *s, stamp_t after,
    struct checkpoint_row *out, struct err *e)
{
	return by_stamp(s, SQL_CHECKPOINT_AFTER, after, out, e);
}

enum err_code checkpoint_before(struct store *s, stamp_t below,
    struct checkpoint_row *out, struct err *e)
{
	return by_stamp(s, SQL_CHECKPOINT_BEFORE, below, out, e);
}

enum err_code checkpoint_named(struct store *s, const char *text,
    struct checkpoint_row *out, struct err *e)
{
	size_t n = strlen(text);
	char last[SHA_HEX + 1];
	sqlite3_stmt *st;
	enum err_code rc;

	*out = (struct checkpoint_row){0};
	if (n > 0 && n < 8 && strspn(text, "0123456789") == n)
		return by_stamp(s, SQL_CHECKPOINT_NUMBER,
		    strtoll(text, NULL, 10), out, e);
	if (n < 8 || n >= SHA_HEX || strspn(text, "0123456789abcdef") != n)
		return OK;
	rc = store_stmt(s, SQL_CHECKPOINT_NAME, &st, e);
	if (rc)
		return rc;
	snprintf(last, sizeof last, "%s~", text);	/* after any digit */
	bind_text(st, 1, text);
	bind_text(st, 2, last);
	return one_checkpoint(s, st, out, e);
}

enum err_code checkpoint_each(struct store *s, checkpoint_fn fn, void *arg,
    struct err *e)
{
	struct checkpoint_row r;
	sqlite3_stmt *st;
	enum err_code rc = store_walk(s, SQL_CHECKPOINT_ALL, &st, e);

	while (store_next(s, st, &rc, e)) {
		read_checkpoint(st, &r);
		if (fn(arg, &r))
			break;
	}
	sqlite3_finalize(st);
	return rc;
}

/* below: of the checkpoint whose epoch counts. */
static enum err_code one_tip(struct store *s, enum sql_name name,
    const char *chain, const char *epoch, int64_t third, stamp_t below,
    struct tip_row *out, struct err *e)
{
	stamp_t floor;
	sqlite3_stmt *st;
	enum err_code rc;

	*out = (struct tip_row){0};
	rc = floor_at(s, below, &floor, e);
	if (!rc)
		rc = store_stmt(s, name, &st, e);
	if (rc)
		return rc;
	bind_text(st, 1, chain);
	bind_text(st, 2, epoch);
	sqlite3_bind_int64(st, 3, third);
	sqlite3_bind_int64(st, 4, floor);
	if (store_next(s, st, &rc, e))
		read_tip(st, out);
	sqlite3_reset(st);
	return rc;
}

enum err_code tip_as_of(struct store *s, const char *chain,
    const char *epoch, stamp_t below, struct tip_row *out, struct err *e)
{
	return one_tip(s, SQL_TIP_AS_OF, chain, epoch, below, below, out,
	    e);
}

enum err_code tip_first(struct store *s, const char *chain,
    const char *epoch, int64_t seq, struct tip_row *out, struct err *e)
{
	return one_tip(s, SQL_TIP_FIRST, chain, epoch, seq, INT64_MAX, out,
	    e);
}

enum err_code tip_each(struct store *s, stamp_t below, tip_fn fn, void *arg,
    struct err *e)
{
	struct tip_row t;
	sqlite3_stmt *st;
	stamp_t floor;
	enum err_code rc = floor_at(s, below, &floor, e);

	if (!rc)
		rc = store_walk(s, SQL_TIP_ALL, &st, e);
	if (rc)
		return rc;
	sqlite3_bind_int64(st, 1, below);
	sqlite3_bind_int64(st, 2, floor);
	while (store_next(s, st, &rc, e)) {
		read_tip(st, &t);
		if (fn(arg, &t))
			break;
	}
	sqlite3_finalize(st);
	return rc;
}

enum err_code state_as_of(struct store *s, const char *branch, stamp_t below,
    struct state_row *out, struct err *e)
{
	sqlite3_stmt *st;
	stamp_t floor;
	enum err_code rc = floor_at(s, below, &floor, e);

	*out = (struct state_row){0};
	if (!rc)
		rc = store_stmt(s, SQL_STATE_AS_OF, &st, e);
	if (rc)
		return rc;
	bind_text(st, 1, branch);
	sqlite3_bind_int64(st, 2, below);
	sqlite3_bind_int64(st, 3, floor);
	if (store_next(s, st, &rc, e))
		read_state(st, out);
	sqlite3_reset(st);
	return rc;
}

enum err_code state_each(struct store *s, stamp_t from, stamp_t below,
    state_fn fn, void *arg, struct err *e)
{
	struct state_row r;
	sqlite3_stmt *st;
	enum err_code rc = store_walk(s, SQL_STATE_BETWEEN, &st, e);

	if (rc)
		return rc;
	sqlite3_bind_int64(st, 1, from);
	sqlite3_bind_int64(st, 2, below);
	while (store_next(s, st, &rc, e)) {
		read_state(st, &r);
		if (fn(arg, &r))
			break;
	}
	sqlite3_finalize(st);
	return rc;
}

/* ---- trees ---- */

enum err_code tree_get(struct store *s, const char *chain, const char *epoch,
    int64_t *n, struct buf *parts, struct err *e)
{
	sqlite3_stmt *st;
	struct value v;
	enum err_code rc;

	*n = 0;
	buf_clear(parts);
	rc = store_stmt(s, SQL_TREE_GET, &st, e);
	if (rc)
		return rc;
	bind_text(st, 1, chain);
	bind_text(st, 2, epoch);
	if (store_next(s, st, &rc, e)) {
		*n = sqlite3_column_int64(st, 0);
		v = column_value(st, 1);
		if (v.kind == VALUE_BYTES)
			buf_addb(parts, v.s);
	}
	sqlite3_reset(st);
	return rc ? rc : buf_ok(parts, e);
}

enum err_code tree_set(struct store *s, const char *chain, const char *epoch,
    int64_t n, struct slice parts, struct err *e)
{
	struct value v = value_bytes(parts);
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_TREE_SET, &st, e);

	if (rc)
		return rc;
	bind_text(st, 1, chain);
	bind_text(st, 2, epoch);
	sqlite3_bind_int64(st, 3, n);
	bind_value(st, 4, &v);
	return store_run(s, st, e);
}
