/* Rows of keys and their limits, in and out of the store; the rule. */
#include "signer_row.h"

#include <stdlib.h>

#include "base/list.h"
#include "store_db.h"

#define HQ_NODE 1	/* the node number of headquarters' own rows */

/* ---- the rule ---- */

/* Does a hold rather than b? A stolen key cannot lift its own limit. */
static bool stronger(const struct limit_row *a, const struct limit_row *b)
{
	bool hq_a = stamp_node(a->stamp) == HQ_NODE;
	bool hq_b = stamp_node(b->stamp) == HQ_NODE;

	return hq_a != hq_b ? hq_a : a->stamp > b->stamp;
}

const struct limit_row *signer_holds(const struct limit_row *limit, size_t n,
    const unsigned char key[32], const char *chain, const char *epoch)
{
	const struct limit_row *best = NULL;

	for (size_t i = 0; i < n; i++)
		if (memcmp(limit[i].key, key, sizeof limit[i].key) == 0 &&
		    strcmp(limit[i].chain, chain) == 0 &&
		    strcmp(limit[i].epoch, epoch) == 0 &&
		    (!best || stronger(&limit[i], best)))
			best = &limit[i];
	return best;
}

/* With no limit for the place: what the others of the key come to. */
static enum signer_right elsewhere(const struct limit_row *limit, size_t n,
    const unsigned char key[32])
{
	enum signer_right right = SIGNER_MAY;

	for (size_t i = 0; i < n; i++) {
		if (memcmp(limit[i].key, key, sizeof limit[i].key) != 0)
			continue;
		if (strcmp(limit[i].why, "revoke") == 0)
			return SIGNER_REVOKED;
		right = SIGNER_OLD;
	}
	return right;
}

enum signer_right signer_judge(const struct limit_row *limit, size_t n,
    const unsigned char key[32], const char *chain, const char *epoch,
    int64_t seq)
{
	const struct limit_row *l = signer_holds(limit, n, key, chain, epoch);

	if (!l)
		return elsewhere(limit, n, key);
	if (seq > l->after)
		return strcmp(l->why, "revoke") == 0 ? SIGNER_REVOKED :
		    SIGNER_OLD;
	return seq > l->known ? SIGNER_UNDETERMINED : SIGNER_MAY;
}

/* ---- keys ---- */

enum err_code signer_add(struct store *s, const char *code,
    const unsigned char key[32], stamp_t stamp, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_SIGNER_NEW, &st, e);

	if (rc)
		return rc;
	bind_text(st, 1, code);
	bind_bytes(st, 2, key, 32);
	sqlite3_bind_int64(st, 3, stamp);
	return store_run(s, st, e);
}

enum err_code signer_has(struct store *s, const char *code,
    const unsigned char key[32], bool *yes, struct err *e)
{
	sqlite3_stmt *st;
	int64_t n = 0;
	enum err_code rc = store_stmt(s, SQL_SIGNER_HAS, &st, e);

	if (rc)
		return rc;
	bind_text(st, 1, code);
	bind_bytes(st, 2, key, 32);
	rc = store_number(s, st, &n, e);
	*yes = n != 0;
	return rc;
}

enum err_code signer_each(struct store *s, signer_fn fn, void *arg,
    struct err *e)
{
	struct signer_row r;
	sqlite3_stmt *st;
	enum err_code rc = store_walk(s, SQL_SIGNER_ALL, &st, e);

	while (store_next(s, st, &rc, e)) {
		r = (struct signer_row){ .stamp = sqlite3_column_int64(st,
		    2) };
		column_text(st, 0, r.code, sizeof r.code);
		if (column_bytes(st, 1, r.key, 32) && fn(arg, &r))
			break;
	}
	sqlite3_finalize(st);
	return rc;
}

/* ---- limits ---- */

enum err_code limits_add(struct limits *l, const struct limit_row *r,
    struct err *e)
{
	struct limit_row *more = list_grow(l->row, l->n, &l->cap, sizeof *more);

	if (!more)
		return err_memory(e);
	l->row = more;
	l->row[l->n++] = *r;
	return OK;
}

enum err_code limits_load(struct store *s, const unsigned char key[32],
    struct limits *out, struct err *e)
{
	struct limit_row r;
	sqlite3_stmt *st;
	enum err_code rc;

	rc = store_walk(s, key ? SQL_LIMIT_OF : SQL_LIMIT_ALL, &st, e);
	if (rc)
		return rc;
	if (key)
		bind_bytes(st, 1, key, 32);
	while (store_next(s, st, &rc, e)) {
		r = (struct limit_row){0};
		if (!column_bytes(st, 0, r.key, 32))
			continue;
		column_text(st, 1, r.chain, sizeof r.chain);
		column_text(st, 2, r.epoch, sizeof r.epoch);
		r.stamp = sqlite3_column_int64(st, 3);
		r.after = sqlite3_column_int64(st, 4);
		r.known = sqlite3_column_int64(st, 5);
		column_text(st, 6, r.why, sizeof r.why);
		column_text(st, 7, r.reason, sizeof r.reason);
		rc = limits_add(out, &r, e);
		if (rc)
			break;
	}
	sqlite3_finalize(st);
	return rc;
}

bool limit_read(const struct value *cell, struct limit_row *r)
{
	*r = (struct limit_row){0};
	if (cell[LIMIT_STAMP].kind != VALUE_INT ||
	    cell[LIMIT_KEY].kind != VALUE_BYTES ||
	    cell[LIMIT_KEY].s.n != sizeof r->key ||
	    cell[LIMIT_AFTER].kind != VALUE_INT ||
	    cell[LIMIT_KNOWN].kind != VALUE_INT)
		return false;
	r->stamp = cell[LIMIT_STAMP].i;
	memcpy(r->key, cell[LIMIT_KEY].s.p, sizeof r->key);
	r->after = cell[LIMIT_AFTER].i;
	r->known = cell[LIMIT_KNOWN].i;
	return value_copy_text(&cell[LIMIT_CHAIN], r->chain, sizeof r->chain) &&
	    value_copy_text(&cell[LIMIT_EPOCH], r->epoch, sizeof r->epoch) &&
	    value_copy_text(&cell[LIMIT_WHY], r->why, sizeof r->why) &&
	    value_copy_text(&cell[LIMIT_REASON], r->reason,
	    sizeof r->reason) &&
	    r->chain[0] && strlen(r->epoch) == 32 && r->known >= 0 &&
	    r->after >= r->known && (strcmp(r->why, "rotate") == 0 ||
	    strcmp(r->why, "revoke") == 0);
}

enum err_code limit_keep(struct store *s, const struct limit_row *r,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_LIMIT_NEW, &st, e);

	if (rc)
		return rc;
	bind_bytes(st, 1, r->key, 32);
	bind_text(st, 2, r->chain);
	bind_text(st, 3, r->epoch);
	sqlite3_bind_int64(st, 4, r->stamp);
	sqlite3_bind_int64(st, 5, r->after);
	sqlite3_bind_int64(st, 6, r->known);
	bind_text(st, 7, r->why);
	bind_text(st, 8, r->reason[0] ? r->reason : NULL);
	return store_run(s, st, e);
}

static enum err_code limit_fill(struct batch *b, const struct limit_row *r,
    struct err *e)
{
	struct value *cell = batch_row(b, NULL, TABLE_LIMIT);

	if (!cell)
		return err_memory(e);
	cell[LIMIT_STAMP] = value_int(r->stamp);
	cell[LIMIT_KEY] = value_bytes(slice_of(r->key, sizeof r->key));
	cell[LIMIT_CHAIN] = value_str(r->chain);
	cell[LIMIT_EPOCH] = value_str(r->epoch);
	cell[LIMIT_AFTER] = value_int(r->after);
	cell[LIMIT_KNOWN] = value_int(r->known);
	cell[LIMIT_WHY] = value_str(r->why);
	if (r->reason[0])
		cell[LIMIT_REASON] = value_str(r->reason);
	return OK;
}

enum err_code limit_give(struct store *s, const char *chain,
    struct limit_row *r, struct err *e)
{
	struct batch b;
	enum err_code rc;

	batch_init(&b, s->catalogue);
	rc = store_stamp(s, &r->stamp, e);
	if (!rc)
		rc = limit_fill(&b, r, e);
	if (!rc)
		rc = outbox_put(s, chain, &b, e);
	if (!rc)
		rc = limit_keep(s, r, e);
	batch_release(&b);
	return rc;
}

/* ---- a new key ---- */

enum err_code rotate_put(struct store *s, const char *chain,
    const char *code, const unsigned char key[32],
    const unsigned char proof[64], struct err *e)
{
	struct value *cell;
	struct batch b;
	stamp_t stamp;
	enum err_code rc;

	batch_init(&b, s->catalogue);
	rc = store_stamp(s, &stamp, e);
	if (rc)
		goto done;
	cell = batch_row(&b, NULL, TABLE_ROTATE);
	if (!cell) {
		rc = err_memory(e);
		goto done;
	}
	cell[ROTATE_STAMP] = value_int(stamp);
	cell[ROTATE_CODE] = value_str(code);
	cell[ROTATE_KEY] = value_bytes(slice_of(key, 32));
	cell[ROTATE_PROOF] = value_bytes(slice_of(proof, 64));
	rc = outbox_put(s, chain, &b, e);
done:
	batch_release(&b);
	return rc;
}

enum err_code rotate_drop(struct store *s, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_ROTATE_DROP_LIMITS, &st, e);

	if (rc)
		return rc;
	sqlite3_bind_int(st, 1, TABLE_LIMIT);
	rc = store_run(s, st, e);
	if (!rc)
		rc = store_stmt(s, SQL_ROTATE_DROP, &st, e);
	if (rc)
		return rc;
	sqlite3_bind_int(st, 1, TABLE_ROTATE);
	sqlite3_bind_int(st, 2, TABLE_LIMIT);
	return store_run(s, st, e);
}

/* A row as the outbox keeps it: does it bring this key? */
static enum err_code brings(struct store *s, struct slice json,
    const unsigned char key[32], bool *yes, struct err *e)
{
	const struct table *t = fixed_table(TABLE_ROTATE);
	struct value cell[ROTATE_PROOF + 1];
	struct batch b;
	enum err_code rc;

	batch_init(&b, s->catalogue);
	rc = row_read(t, json, &b, cell, e);
	if (!rc && cell[ROTATE_KEY].kind == VALUE_BYTES &&
	    slice_eq(cell[ROTATE_KEY].s, slice_of(key, 32)))
		*yes = true;
	batch_release(&b);
	return rc;
}

enum err_code rotate_waits(struct store *s, char chain[CHAIN_NAME],
    const unsigned char key[32], bool *has, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_walk(s, SQL_ROTATE_WAITS, &st, e);

	chain[0] = '\0';
	if (has)
		*has = false;
	if (rc)
		return rc;
	sqlite3_bind_int(st, 1, TABLE_ROTATE);
	while (store_next(s, st, &rc, e)) {
		struct value v = column_value(st, 1);

		column_text(st, 0, chain, CHAIN_NAME);
		if (has)
			rc = brings(s, v.s, key, has, e);
		if (rc)
			break;
	}
	sqlite3_finalize(st);
	return rc;
}
