/* The outbox: which local rows wait, and the batch they make. The rows stay
 * in their own tables; the outbox knows their stamps and their chain.
 */
#include "outbox.h"

#include "base/map.h"
#include "store_db.h"

/* HQ's own records are of branch "HQ" whatever HQ's code is. */
void outbox_chain(const struct store *s, const char *branch,
    const struct type *t, char out[CHAIN_NAME])
{
	if (!s->id.hq)
		snprintf(out, CHAIN_NAME, "node/%s", s->id.code);
	else if (strcmp(branch, "HQ") != 0)
		snprintf(out, CHAIN_NAME, "hq/%.16s", branch);
	else
		snprintf(out, CHAIN_NAME, "hq/%s", t->published ? "all" :
		    "HQ");
}

static enum err_code put(struct store *s, stamp_t stamp, const char *chain,
    int what, stamp_t record, const char *field, const struct value *row,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r = store_stmt(s, SQL_OUTBOX_NEW, &st, e);

	if (r != OK)
		return r;
	sqlite3_bind_int64(st, 1, stamp);
	bind_text(st, 2, chain);
	sqlite3_bind_int(st, 3, what);
	if (record)
		sqlite3_bind_int64(st, 4, record);
	bind_text(st, 5, field);
	bind_value(st, 6, row);
	return store_run(s, st, e);
}

enum err_code outbox_note(struct store *s, stamp_t stamp, int what,
    stamp_t record, const char *field, const char *branch,
    const struct type *t, struct err *e)
{
	char chain[CHAIN_NAME];

	outbox_chain(s, branch, t, chain);
	return put(s, stamp, chain, what, record, field, &VALUE_NONE, e);
}

static enum err_code put_section(struct store *s, const char *chain,
    const struct section *sec, struct err *e)
{
	struct buf json = BUF_INIT;
	enum err_code r = OK;
	struct value row;
	size_t i;

	if (sec->type || sec->fixed == TABLE_EDIT ||
	    sec->fixed == TABLE_TRANSITION)
		return err_set(e, ERR_INTERNAL,
		    _("rows of %s go through their own tables"),
		    sec->table->name);
	for (i = 0; r == OK && i < sec->nrow; i++) {
		const struct value *cell = &sec->cell[i * sec->table->ncol];

		buf_clear(&json);
		if ((r = row_write(sec->table, cell, &json, e)) != OK)
			break;
		row = value_text(slice_buf(&json));
		r = put(s, cell[0].i, chain, sec->fixed, 0, NULL, &row, e);
	}
	buf_release(&json);
	return r;
}

enum err_code outbox_put(struct store *s, const char *chain,
    const struct batch *b, struct err *e)
{
	enum err_code r = OK;
	size_t i;

	for (i = 0; r == OK && i < b->nsection; i++)
		r = put_section(s, chain, &b->section[i], e);
	return r;
}

enum err_code outbox_chains(struct store *s, char (*out)[CHAIN_NAME],
    size_t max, size_t *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r;
	bool row;

	*n = 0;
	if ((r = store_stmt(s, SQL_OUTBOX_CHAINS, &st, e)) != OK)
		return r;
	while (*n < max && (r = store_step(s, st, &row, e)) == OK && row)
		column_text(st, 0, out[(*n)++], CHAIN_NAME);
	sqlite3_reset(st);
	return r;
}

enum err_code outbox_count(struct store *s, size_t *n, stamp_t *oldest,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r;
	bool row;

	if ((r = store_stmt(s, SQL_OUTBOX_COUNT, &st, e)) != OK ||
	    (r = store_step(s, st, &row, e)) != OK)
		return r;
	*n = (size_t)sqlite3_column_int64(st, 0);
	*oldest = sqlite3_column_int64(st, 1);
	sqlite3_reset(st);
	return OK;
}

enum err_code outbox_done(struct store *s, const char *chain, stamp_t last,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r = store_stmt(s, SQL_OUTBOX_DONE, &st, e);

	if (r != OK)
		return r;
	bind_text(st, 1, chain);
	sqlite3_bind_int64(st, 2, last);
	return store_run(s, st, e);
}

/* ---- rows taken back from their tables ---- */

struct taking {
	struct store *s;
	struct batch *b;
	struct map *newest;	/* of a field in this batch: its stamp */
};

static enum err_code gone(const struct table *t, struct err *e)
{
	return err_set(e, ERR_CORRUPT, _("a row of %s that waits to be "
	    "sealed is not in its table"), t->name);
}

static struct value *cell_of(const struct type *t, struct value *cell,
    const char *key)
{
	size_t i;

	for (i = 0; i < t->table.ncol; i++)
		if (strcmp(t->table.col[i].key, key) == 0)
			return &cell[i];
	return NULL;
}

/* What the record said first: later edits put aside, keys as entered. */
static enum err_code first_values(struct store *s, enum sql_name name,
    stamp_t id, struct batch *b, const struct type *t, struct value *cell,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r;

	if ((r = store_stmt(s, name, &st, e)) != OK)
		return r;
	sqlite3_bind_int64(st, 1, id);
	while (store_next(s, st, &r, e)) {
		const char *key = (const char *)sqlite3_column_text(st, 0);
		struct value v = column_value(st, 1);
		struct value *at = key ? cell_of(t, cell, key) : NULL;

		if (at)
			*at = batch_value(b, &v);
	}
	return r;
}

static const struct type *type_of(struct store *s, stamp_t id, struct err *e)
{
	const struct type *t = NULL;
	sqlite3_stmt *st;
	int64_t index;
	bool row;

	if (store_stmt(s, SQL_RECORD_TYPE, &st, e) != OK)
		return NULL;
	sqlite3_bind_int64(st, 1, id);
	if (store_step(s, st, &row, e) != OK)
		return NULL;
	index = row ? sqlite3_column_int64(st, 0) : -1;
	sqlite3_reset(st);
	if (index >= 0 && index < (int64_t)s->catalogue->ntype)
		t = &s->catalogue->type[index];
	else
		err_set(e, ERR_CORRUPT, _("a record that waits to be sealed "
		    "has no type"));
	return t;
}

enum err_code outbox_first(struct store *s, stamp_t id, struct batch *b,
    const struct type **type, struct value **out, struct err *e)
{
	const struct type *t = *type = type_of(s, id, e);
	struct value *cell = *out = t ? batch_row(b, t, -1) : NULL, v;
	sqlite3_stmt *st;
	enum err_code r;
	size_t i;
	bool row;

	if (!t)
		return e->code;
	if (!cell)
		return err_memory(e);
	if ((r = store_type_stmt(s, t, TYPE_ROW, &st, e)) != OK)
		return r;
	sqlite3_bind_int64(st, 1, id);
	if ((r = store_step(s, st, &row, e)) != OK || !row)
		return r != OK ? r : gone(&t->table, e);
	cell[TYPE_COL_ID] = value_int(id);
	for (i = TYPE_COL_EXT; i < t->table.ncol; i++) {
		v = column_value(st, (int)(i - TYPE_COL_EXT));
		cell[i] = batch_value(b, &v);
	}
	sqlite3_reset(st);
	r = first_values(s, SQL_OUTBOX_INITIAL, id, b, t, cell, e);
	return r == OK ? first_values(s, SQL_OUTBOX_EXT, id, b, t, cell, e) :
	    r;
}

/* NULL stands for the one stamp that the reader would take anyway. */
static enum err_code shorten(struct taking *k, struct value *cell, int at,
    const struct value *field, struct err *e)
{
	stamp_t list[2], record = cell[EDIT_RECORD].i, before = record;
	struct buf key = BUF_INIT;
	enum err_code r;
	size_t n;

	buf_add(&key, &record, sizeof record);
	if (field)
		buf_addb(&key, field->s);
	if ((r = buf_ok(&key, e)) == OK && map_put(k->newest,
	    slice_buf(&key), cell[EDIT_STAMP].i, &before) < 0)
		r = err_memory(e);
	if (batch_replaces(&cell[at], list, 2, &n) && n == 1 &&
	    list[0] == before)
		cell[at] = VALUE_NONE;
	buf_release(&key);
	return r;
}

static enum err_code take_change(struct taking *k, enum fixed_table what,
    sqlite3_stmt *st, struct err *e)
{
	const struct table *t = fixed_table(what);
	struct value *cell, v;
	enum err_code r;
	size_t i;
	bool row;

	if ((r = store_step(k->s, st, &row, e)) != OK || !row)
		return r != OK ? r : gone(t, e);
	if (!(cell = batch_row(k->b, NULL, (int)what)))
		return err_memory(e);
	for (i = 0; i < t->ncol; i++) {
		v = column_value(st, (int)i);
		cell[i] = batch_value(k->b, &v);
	}
	sqlite3_reset(st);
	return what == TABLE_EDIT ?
	    shorten(k, cell, EDIT_REPLACES, &cell[EDIT_FIELD], e) :
	    shorten(k, cell, TRANSITION_REPLACES, NULL, e);
}

static enum err_code take_fixed(struct taking *k, enum fixed_table what,
    const struct value *row, struct err *e)
{
	struct value *cell = batch_row(k->b, NULL, (int)what);

	if (!cell)
		return err_memory(e);
	if (row->kind != VALUE_TEXT)
		return gone(fixed_table(what), e);
	return row_read(fixed_table(what), row->s, k->b, cell, e);
}

/* at: a row of OUTBOX_OLDEST. */
static enum err_code take_row(struct taking *k, sqlite3_stmt *at,
    struct err *e)
{
	struct value row = column_value(at, 4), field = column_value(at, 3);
	int what = sqlite3_column_int(at, 1);
	const struct type *type;
	struct value *cell;
	sqlite3_stmt *st;
	enum err_code r;

	if (what == -1)
		return outbox_first(k->s, sqlite3_column_int64(at, 0), k->b,
		    &type, &cell, e);
	if (what < 0 || what >= TABLE_FIXED_COUNT)
		return err_set(e, ERR_CORRUPT, _("the outbox is damaged"));
	if (what == TABLE_EDIT) {
		if ((r = store_stmt(k->s, SQL_OUTBOX_EDIT, &st, e)) != OK)
			return r;
		sqlite3_bind_int64(st, 1, sqlite3_column_int64(at, 2));
		bind_value(st, 2, &field);
		sqlite3_bind_int64(st, 3, sqlite3_column_int64(at, 0));
		return take_change(k, TABLE_EDIT, st, e);
	}
	if (what == TABLE_TRANSITION) {
		if ((r = store_stmt(k->s, SQL_OUTBOX_TRANSITION, &st,
		    e)) != OK)
			return r;
		sqlite3_bind_int64(st, 1, sqlite3_column_int64(at, 0));
		return take_change(k, TABLE_TRANSITION, st, e);
	}
	return take_fixed(k, (enum fixed_table)what, &row, e);
}

enum err_code outbox_take(struct store *s, const char *chain, size_t max,
    struct batch *b, stamp_t *last, struct err *e)
{
	struct taking k = { .s = s, .b = b, .newest = map_new() };
	sqlite3_stmt *st;
	enum err_code r;

	*last = 0;
	if (!k.newest)
		return err_memory(e);
	if ((r = store_stmt(s, SQL_OUTBOX_OLDEST, &st, e)) != OK)
		goto done;
	bind_text(st, 1, chain);
	sqlite3_bind_int64(st, 2, max > INT64_MAX ? INT64_MAX : (int64_t)max);
	while (store_next(s, st, &r, e)) {
		*last = sqlite3_column_int64(st, 0);
		if ((r = take_row(&k, st, e)) != OK)
			break;
	}
	sqlite3_reset(st);
	batch_sort(b);
	if (r == OK)
		r = batch_ok(b, e);
done:
	map_free(k.newest);
	return r;
}

enum err_code outbox_again(struct store *s, const char *chain, stamp_t first,
    stamp_t last, struct err *e)
{
	static const struct { enum sql_name name; int what; } again[] = {
		{ SQL_OUTBOX_RECORDS, -1 },
		{ SQL_OUTBOX_EDITS, -1 },
		{ SQL_OUTBOX_STEPS, -1 },
		{ SQL_OUTBOX_OPERATORS, TABLE_OPERATOR },
		{ SQL_OUTBOX_ATTACHMENTS, TABLE_ATTACHMENT },
		{ SQL_OUTBOX_SHARES, TABLE_SHARE },
		{ SQL_OUTBOX_ERASED, TABLE_ERASE },
		{ SQL_OUTBOX_ACCESS, TABLE_ACCESS },
	};
	enum err_code r = OK;
	sqlite3_stmt *st;

	for (size_t i = 0; r == OK && i < sizeof again / sizeof *again; i++) {
		if ((r = store_stmt(s, again[i].name, &st, e)) != OK)
			break;
		sqlite3_bind_int64(st, 1, first);
		sqlite3_bind_int64(st, 2, last);
		sqlite3_bind_int(st, 3, s->id.number);
		bind_text(st, 4, chain);
		if (again[i].what >= 0)
			sqlite3_bind_int(st, 5, again[i].what);
		r = store_run(s, st, e);
	}
	return r;
}

enum err_code outbox_has(struct store *s, stamp_t stamp, bool *waits,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r;

	*waits = false;
	if ((r = store_stmt(s, SQL_OUTBOX_HAS, &st, e)) != OK)
		return r;
	sqlite3_bind_int64(st, 1, stamp);
	r = store_step(s, st, waits, e);
	sqlite3_reset(st);
	return r;
}

enum err_code outbox_other(struct store *s, const struct section *sec,
    const struct value *cell, bool *waits, struct err *e)
{
	bool edit = !sec->type && sec->fixed == TABLE_EDIT;
	bool change = sec->type || sec->fixed <= TABLE_TRANSITION;
	sqlite3_stmt *st;
	enum err_code r;

	*waits = false;
	if ((r = store_stmt(s, SQL_OUTBOX_OTHER, &st, e)) != OK)
		return r;
	sqlite3_bind_int64(st, 1, cell[0].i);
	sqlite3_bind_int(st, 2, sec->type ? -1 : sec->fixed);
	bind_value(st, 3, change ? &cell[sec->type ? 0 : EDIT_RECORD] :
	    &VALUE_NONE);
	bind_value(st, 4, edit ? &cell[EDIT_FIELD] : &VALUE_NONE);
	r = store_step(s, st, waits, e);
	sqlite3_reset(st);
	return r;
}
