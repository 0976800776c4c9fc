/* Of a field's values: which are live, which one shows, is it a conflict.
 *
 * Live is what no change names as replaced, leaving aside changes that came
 * ahead of their time. The greatest stamp that is not ahead shows; it is
 * always live, since a change only replaces older ones. A change is put when
 * nothing names it yet (what names it waits for it), so `live` can be kept
 * up row by row; only apply_ahead() has to begin again.
 */
#include "apply_impl.h"

enum err_code field_initial_live(struct store *s, stamp_t record,
    stamp_t state_at, bool *live, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r;
	bool row;

	/* No step has counted yet: nothing can have replaced it. */
	*live = true;
	if (state_at == record)
		return OK;
	if ((r = store_stmt(s, SQL_TRANSITION_FIRST, &st, e)) != OK)
		return r;
	sqlite3_bind_int64(st, 1, record);
	if ((r = store_step(s, st, &row, e)) != OK)
		return r;
	*live = sqlite3_column_int(st, 0) == 0;
	sqlite3_reset(st);
	return OK;
}

static enum err_code set_column(struct store *s, stamp_t record,
    const struct type *t, size_t column, const struct value *v, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r = store_field_stmt(s, t, column, true, &st, e);

	if (r != OK)
		return r;
	sqlite3_bind_int64(st, 1, record);
	bind_value(st, 2, v);
	return store_run(s, st, e);
}

static enum err_code set_state(struct store *s, stamp_t record,
    const struct type *t, const struct value *state, stamp_t at,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r = store_type_stmt(s, t, TYPE_STATE, &st, e);

	if (r != OK)
		return r;
	sqlite3_bind_int64(st, 1, record);
	bind_value(st, 2, state);
	sqlite3_bind_int64(st, 3, at);
	return store_run(s, st, e);
}

/* Is this edit the one that shows? */
static enum err_code shows(struct store *s, const struct change *ch,
    bool *yes, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r = store_stmt(s, SQL_EDIT_SHOWN, &st, e);
	bool row;

	if (r != OK)
		return r;
	sqlite3_bind_int64(st, 1, ch->record);
	bind_text(st, 2, ch->field);
	if ((r = store_step(s, st, &row, e)) != OK)
		return r;
	*yes = row && sqlite3_column_int64(st, 0) == ch->stamp;
	sqlite3_reset(st);
	return OK;
}

static enum err_code show(struct store *s, const struct change *ch,
    struct err *e)
{
	enum err_code r;
	bool yes;

	if (ch->ahead)
		return OK;
	if (ch->kind == TABLE_TRANSITION)
		return ch->stamp < ch->state_at ? OK : set_state(s,
		    ch->record, ch->type, &ch->cell[TRANSITION_TO],
		    ch->stamp, e);
	r = shows(s, ch, &yes, e);
	return r != OK || !yes ? r : set_column(s, ch->record, ch->type,
	    ch->column, &ch->cell[EDIT_VALUE], e);
}

/* *made tells whether the conflict is new. */
static enum err_code set_conflict(struct store *s, stamp_t record,
    const char *field, const struct type *t, bool conflict, bool *made,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r;

	if ((r = store_stmt(s, conflict ? SQL_CONFLICT_NEW :
	    SQL_CONFLICT_END, &st, e)) != OK)
		return r;
	sqlite3_bind_int64(st, 1, record);
	bind_text(st, 2, field);
	if (conflict)
		bind_text(st, 3, t->key);
	r = store_run(s, st, e);
	*made = r == OK && conflict && sqlite3_changes(s->db) > 0;
	return r;
}

/* Live values of a field, counted up to two or a little more. */
static enum err_code count_live(struct store *s, const struct change *ch,
    int64_t *n, struct err *e)
{
	bool edit = ch->kind == TABLE_EDIT, row, initial = false;
	stamp_t at = !ch->ahead && ch->stamp > ch->state_at ? ch->stamp :
	    ch->state_at;
	sqlite3_stmt *st;
	enum err_code r;

	if (!edit && (r = field_initial_live(s, ch->record, at, &initial,
	    e)) != OK)
		return r;
	if ((r = store_stmt(s, edit ? SQL_EDIT_LIVE : SQL_TRANSITION_LIVE,
	    &st, e)) != OK)
		return r;
	sqlite3_bind_int64(st, 1, ch->record);
	if (edit)
		bind_text(st, 2, ch->field);
	if ((r = store_step(s, st, &row, e)) != OK)
		return r;
	*n = sqlite3_column_int64(st, 0) + initial;
	sqlite3_reset(st);
	return OK;
}

enum err_code field_settle(struct applying *a, const struct change *ch,
    int live, struct err *e)
{
	enum err_code r = show(a->s, ch, e);
	int64_t n = 0;
	bool made;

	/* One more and one fewer: as it was, in conflict or not. */
	if (r != OK || live == 0)
		return r;
	if ((r = count_live(a->s, ch, &n, e)) != OK ||
	    (r = set_conflict(a->s, ch->record, ch->field, ch->type, n > 1,
	    &made, e)) != OK)
		return r;
	a->n.conflicts += made;
	return OK;
}

/* ---- ahead of time: a field's values all over again ---- */

struct row {
	stamp_t stamp;
	bool ahead;
};

/* All values of one field; owned. */
struct whole {
	stamp_t record;
	const struct type *type;
	const char *field;
	bool state;
	struct row *row;
	size_t n, cap;
	stamp_t *dead;		/* named by a change that counts */
	size_t ndead, dead_cap;
};

static bool grow(void **p, size_t *cap, size_t want, size_t size)
{
	size_t more = *cap ? *cap : 16;
	void *q;

	while (more < want)
		more *= 2;
	if (more == *cap)
		return true;
	if (!(q = realloc(*p, more * size)))
		return false;
	*p = q;
	*cap = more;
	return true;
}

static bool whole_add(struct whole *w, stamp_t stamp, bool ahead,
    const struct value *replaces)
{
	stamp_t list[REPLACES_MAX];
	void *p = w->row;
	size_t n = 0;

	if (!grow(&p, &w->cap, w->n + 1, sizeof *w->row))
		return false;
	w->row = p;
	w->row[w->n++] = (struct row){ stamp, ahead };
	if (ahead || !batch_replaces(replaces, list, REPLACES_MAX, &n))
		return true;
	p = w->dead;
	if (!grow(&p, &w->dead_cap, w->ndead + n, sizeof *w->dead))
		return false;
	w->dead = p;
	if (n)
		memcpy(w->dead + w->ndead, list, n * sizeof *list);
	w->ndead += n;
	return true;
}

static int by_stamp(const void *a, const void *b)
{
	stamp_t x = *(const stamp_t *)a, y = *(const stamp_t *)b;

	return x < y ? -1 : x > y;
}

static bool is_dead(const struct whole *w, stamp_t stamp)
{
	return w->ndead && bsearch(&stamp, w->dead, w->ndead,
	    sizeof *w->dead, by_stamp);
}

static enum err_code whole_read(struct store *s, struct whole *w,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r;

	/* The initial state has no row; an initial value has. */
	if (w->state && !whole_add(w, w->record, false, &VALUE_NONE))
		return err_memory(e);
	if ((r = store_stmt(s, w->state ? SQL_TRANSITION_FIELD :
	    SQL_EDIT_FIELD, &st, e)) != OK)
		return r;
	sqlite3_bind_int64(st, 1, w->record);
	if (!w->state)
		bind_text(st, 2, w->field);
	while (store_next(s, st, &r, e)) {
		struct value replaces = column_value(st, 1);

		if (!whole_add(w, sqlite3_column_int64(st, 0),
		    sqlite3_column_int(st, 2) != 0, &replaces)) {
			r = err_memory(e);
			break;
		}
	}
	sqlite3_reset(st);
	if (w->ndead)
		qsort(w->dead, w->ndead, sizeof *w->dead, by_stamp);
	return r;
}

static enum err_code set_live(struct store *s, const struct whole *w,
    stamp_t stamp, bool live, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r = store_stmt(s, w->state ? SQL_TRANSITION_LIVE_SET :
	    SQL_EDIT_LIVE_SET, &st, e);

	if (r != OK)
		return r;
	sqlite3_bind_int64(st, 1, w->state ? stamp : w->record);
	if (w->state) {
		sqlite3_bind_int(st, 2, live);
	} else {
		bind_text(st, 2, w->field);
		sqlite3_bind_int64(st, 3, stamp);
		sqlite3_bind_int(st, 4, live);
	}
	return store_run(s, st, e);
}

static enum err_code whole_show(struct store *s, const struct whole *w,
    stamp_t winner, struct err *e)
{
	struct value v = value_str(w->type->state[0].key);
	const struct field *f;
	sqlite3_stmt *st;
	enum err_code r;
	bool row;

	if (w->state && winner == w->record)
		return set_state(s, w->record, w->type, &v, winner, e);
	if ((r = store_stmt(s, w->state ? SQL_TRANSITION_GET : SQL_EDIT_GET,
	    &st, e)) != OK)
		return r;
	sqlite3_bind_int64(st, 1, w->record);
	if (w->state) {
		sqlite3_bind_int64(st, 2, winner);
	} else {
		bind_text(st, 2, w->field);
		sqlite3_bind_int64(st, 3, winner);
	}
	if ((r = store_step(s, st, &row, e)) != OK)
		return r;
	v = column_value(st, 0);
	f = w->state ? NULL : type_field(s->catalogue, w->type, w->field);
	r = w->state ? set_state(s, w->record, w->type, &v, winner, e) :
	    set_column(s, w->record, w->type, f ? f->column_index :
	    w->type->table.ncol, &v, e);
	sqlite3_reset(st);
	return r;
}

static enum err_code whole_settle(struct store *s, struct whole *w,
    struct err *e)
{
	enum err_code r = whole_read(s, w, e);
	stamp_t winner = w->record;
	size_t i, live = 0;
	bool made;

	for (i = 0; r == OK && i < w->n; i++) {
		bool alive = !is_dead(w, w->row[i].stamp);

		live += alive;
		if (!w->row[i].ahead)
			winner = w->row[i].stamp;
		if (!(w->state && i == 0))
			r = set_live(s, w, w->row[i].stamp, alive, e);
	}
	if (r == OK)
		r = whole_show(s, w, winner, e);
	if (r == OK)
		r = set_conflict(s, w->record, w->field, w->type, live > 1,
		    &made, e);
	return r;
}

/* A row of RETURNING: record, field, type. Each field is settled once, else a
 * field of many values would be gone through for each of them. */
static enum err_code settle_marked(struct store *s, sqlite3_stmt *st,
    struct map *done, struct err *e)
{
	const char *type = (const char *)sqlite3_column_text(st, 2);
	struct value field = column_value(st, 1);
	struct whole w = {
		.record = sqlite3_column_int64(st, 0),
		.field = (const char *)field.s.p,
		.type = type ? catalogue_type(s->catalogue, type) : NULL,
	};
	struct buf key = BUF_INIT;
	enum err_code r;
	int added;

	if (!w.type || field.kind != VALUE_TEXT)
		return err_set(e, ERR_CORRUPT, _("a change has no type"));
	w.state = slice_eqs(field.s, "state");
	buf_add(&key, &w.record, sizeof w.record);
	buf_addb(&key, field.s);
	if ((r = buf_ok(&key, e)) != OK)
		goto done;
	added = map_put(done, slice_buf(&key), 1, NULL);
	if (added < 0)
		r = err_memory(e);
	else if (added)
		r = whole_settle(s, &w, e);
done:
	free(w.row);
	free(w.dead);
	buf_release(&key);
	return r;
}

/* Mark, then settle every field that had a change marked. */
static enum err_code mark_ahead(struct store *s, enum sql_name name,
    stamp_t first, stamp_t last, struct err *e)
{
	struct map *done = map_new();
	sqlite3_stmt *st;
	enum err_code r;

	if (!done)
		return err_memory(e);
	if ((r = store_stmt(s, name, &st, e)) != OK)
		goto done;
	sqlite3_bind_int64(st, 1, first);
	sqlite3_bind_int64(st, 2, last);
	sqlite3_bind_int(st, 3, stamp_node(first));
	/* RETURNING gives its rows after all are changed, so that settling
	 * may write meanwhile. */
	while (store_next(s, st, &r, e))
		if ((r = settle_marked(s, st, done, e)) != OK)
			break;
	sqlite3_reset(st);
done:
	map_free(done);
	return r;
}

enum err_code apply_ahead(struct store *s, stamp_t first, stamp_t last,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r;

	if (!s->in_txn)
		return err_set(e, ERR_INTERNAL, _("no transaction is open"));
	if ((r = store_stmt(s, SQL_AHEAD_NEW, &st, e)) != OK)
		return r;
	/* Kept for the changes of that range that are yet to come. */
	sqlite3_bind_int64(st, 1, first);
	sqlite3_bind_int64(st, 2, last);
	s->nahead++;
	if ((r = store_run(s, st, e)) != OK)
		return r;
	r = mark_ahead(s, SQL_AHEAD_EDITS, first, last, e);
	return r == OK ? mark_ahead(s, SQL_AHEAD_TRANSITIONS, first, last,
	    e) : r;
}
