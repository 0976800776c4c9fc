/* Rows that are entered again.
 */
#include <stdlib.h>

#include "base/map.h"
#include "base/text.h"
#include "hash.h"
#include "leaf.h"
#include "outbox.h"
#include "record_cell.h"
#include "requeue.h"
#include "word.h"

#define ATTEMPTS 16		/* at a stamp that nobody has used */
#define JUMP_BITS 16		/* of a clock's ticks: a second */

/* ---- stamps that another life has used, too ---- */

/* Two lives may mean two rows by one stamp: what another life has left out is
 * looked up among its own first, then among what it may have begun with. The
 * new stamp of a row that must wait is WAITS. */
struct moves {
	struct map *own;
	const struct map *before;	/* may be NULL */
};

#define WAITS 0

static bool is_known(const struct moves *m, stamp_t stamp, stamp_t *now)
{
	return map_get_i(m->own, stamp, now) ||
	    (m->before && map_get_i(m->before, stamp, now));
}

static bool has_moved(const struct moves *m, stamp_t stamp, stamp_t *now)
{
	return is_known(m, stamp, now) && *now != WAITS;
}

static bool must_wait(const struct moves *m, stamp_t stamp)
{
	stamp_t now;

	return is_known(m, stamp, &now) && now == WAITS;
}

/* A stamp under which the row goes on; its own if that is free. */
static stamp_t moved_to(const struct moves *m, stamp_t stamp)
{
	stamp_t now;

	return has_moved(m, stamp, &now) ? now : stamp;
}

static void move_value(const struct moves *moved, struct value *v)
{
	if (v->kind == VALUE_INT)
		v->i = moved_to(moved, v->i);
}

/* "[1,2]": stamps in decimal text, as `replaces` and lists of references
 * have them. */
static void move_list(const struct moves *moved, struct batch *b,
    struct value *v)
{
	struct buf out = BUF_INIT;
	size_t at = 0;

	if (v->kind != VALUE_TEXT || v->s.n == 0 || v->s.p[0] != '[')
		return;
	while (at < v->s.n) {
		int64_t stamp = 0;
		size_t from = at;

		while (at < v->s.n && v->s.p[at] >= '0' && v->s.p[at] <= '9' &&
		    at - from < 18)
			stamp = stamp * 10 + (v->s.p[at++] - '0');
		if (at == from)
			buf_addc(&out, v->s.p[at++]);
		else
			buf_printf(&out, "%lld", (long long)moved_to(moved,
			    stamp));
	}
	if (out.failed)
		b->failed = true;
	else
		*v = value_text(batch_text(b, slice_buf(&out)));
	buf_release(&out);
}

/* An edit's value is a reference when its field is one. */
static enum column_kind edit_kind(const struct batch *b,
    const struct value *cell)
{
	char type[64], field[64];
	const struct field *f = NULL;
	const struct type *t;

	if (cell[EDIT_TYPE].kind != VALUE_TEXT ||
	    cell[EDIT_FIELD].kind != VALUE_TEXT ||
	    cell[EDIT_TYPE].s.n >= sizeof type ||
	    cell[EDIT_FIELD].s.n >= sizeof field)
		return COL_ANY;
	snprintf(type, sizeof type, "%.*s", (int)cell[EDIT_TYPE].s.n,
	    (const char *)cell[EDIT_TYPE].s.p);
	snprintf(field, sizeof field, "%.*s", (int)cell[EDIT_FIELD].s.n,
	    (const char *)cell[EDIT_FIELD].s.p);
	t = catalogue_type(b->catalogue, type);
	f = t ? type_field(b->catalogue, t, field) : NULL;
	return f ? f->kind : COL_ANY;
}

/* COL_REF: the cell is a stamp; COL_REFS: a list of them. */
static enum column_kind refers(const struct batch *b, const struct section *s,
    const struct value *cell, size_t i)
{
	const struct column *col = &s->table->col[i];

	if (!s->type && s->fixed == TABLE_EDIT && i == EDIT_VALUE)
		return edit_kind(b, cell);
	return strcmp(col->key, "replaces") == 0 ? COL_REFS : col->kind;
}

static void move_row(const struct moves *moved, struct batch *b,
    const struct section *s, struct value *cell)
{
	for (size_t i = 1; i < s->table->ncol; i++) {
		enum column_kind kind = refers(b, s, cell, i);

		if (kind == COL_REF)
			move_value(moved, &cell[i]);
		else if (kind == COL_REFS)
			move_list(moved, b, &cell[i]);
	}
}

/* Does the row name one that must wait? */
static bool follows_waiting(const struct moves *moved, const struct batch *b,
    const struct section *s, const struct value *cell)
{
	stamp_t list[64];

	for (size_t i = 1; i < s->table->ncol; i++) {
		enum column_kind kind = refers(b, s, cell, i);
		size_t n = 0;

		if (kind == COL_REF && cell[i].kind == VALUE_INT &&
		    must_wait(moved, cell[i].i))
			return true;
		if (kind != COL_REFS ||
		    !batch_replaces(&cell[i], list, 64, &n))
			continue;
		while (n > 0)
			if (must_wait(moved, list[--n]))
				return true;
	}
	return false;
}

/* What a row is about, and stands after: its record, first, and what it
 * replaces. */
#define ABOUT_MAX 64

static size_t about(const struct section *s, const struct value *cell,
    stamp_t out[ABOUT_MAX + 1])
{
	size_t n = 0;

	if (s->type || s->fixed == TABLE_OPERATOR || s->fixed == TABLE_ACCESS)
		return 0;
	out[0] = cell[EDIT_RECORD].i;
	if (s->fixed > TABLE_TRANSITION || !batch_replaces(
	    &cell[s->fixed == TABLE_EDIT ? EDIT_REPLACES :
	    TRANSITION_REPLACES], out + 1, ABOUT_MAX, &n))
		n = 0;
	return n + 1;
}

/* Must the row have a new stamp because what it is about has one? */
static bool follows_moved(const struct moves *moved, const struct section *s,
    const struct value *cell)
{
	stamp_t list[ABOUT_MAX + 1], now;
	size_t n = about(s, cell, list);

	while (n > 0)
		if (has_moved(moved, list[--n], &now))
			return true;
	return false;
}

/* ---- one row after another ---- */

enum err_code requeue_explicit(struct batch *b, struct err *e)
{
	struct map *newest = map_new();
	struct buf text = BUF_INIT;
	enum err_code rc = newest ? OK : err_memory(e);

	for (size_t i = 0; !rc && i < b->nsection; i++) {
		struct section *s = &b->section[i];
		bool edit = s->fixed == TABLE_EDIT;
		size_t at = edit ? EDIT_REPLACES : TRANSITION_REPLACES;

		if (s->type || s->fixed > TABLE_TRANSITION)
			continue;
		for (size_t k = 0; !rc && k < s->nrow; k++) {
			struct value *cell = s->cell + k * s->table->ncol;
			int64_t before = cell[EDIT_RECORD].i;

			buf_clear(&text);
			buf_add(&text, &cell[EDIT_RECORD].i, sizeof(int64_t));
			if (edit)
				buf_addb(&text, cell[EDIT_FIELD].s);
			if (!buf_ok(&text, e) && map_put(newest,
			    slice_buf(&text), cell[0].i, &before) < 0)
				rc = err_memory(e);
			if (rc || cell[at].kind != VALUE_NULL)
				continue;
			buf_clear(&text);
			batch_replaces_text(&text, &before, 1);
			cell[at] = value_text(batch_text(b,
			    slice_buf(&text)));
		}
	}
	if (!rc)
		rc = buf_ok(&text, e);
	if (!rc)
		rc = batch_ok(b, e);
	buf_release(&text);
	map_free(newest);
	return rc;
}

bool requeue_moves(const struct section *s)
{
	return s->type || s->fixed <= TABLE_TRANSITION ||
	    s->fixed == TABLE_OPERATOR || s->fixed == TABLE_ATTACHMENT ||
	    s->fixed == TABLE_ERASE || s->fixed == TABLE_ACCESS;
}

static enum err_code apply_plain(struct node *to, const char *chain,
    const struct batch *one, stamp_t stamp, struct err *e)
{
	bool waits;
	enum err_code rc = outbox_has(to->store, stamp, &waits, e);

	if (!rc && !waits)
		rc = outbox_put(to->store, chain, one, e);
	return rc ? rc : rebuild_plain(to, chain, one, e);
}

/* Apply one row by itself; nothing of it stays when it is refused. */
static enum err_code apply_one(struct node *to, const char *chain,
    const struct origin *o, const struct section *s,
    const struct value *cell, struct err *e)
{
	struct batch one;
	struct value *row;
	enum err_code rc;

	batch_init(&one, to->catalogue);
	row = batch_row(&one, s->type, s->fixed);
	if (row)
		memcpy(row, cell, s->table->ncol * sizeof *cell);
	rc = row ? store_savepoint(to->store, e) : err_memory(e);
	if (!rc) {
		rc = !s->type && s->fixed > TABLE_TRANSITION ?
		    apply_plain(to, chain, &one, cell[0].i, e) :
		    apply_batch(to->store, &one, o, NULL, e);
		store_savepoint_end(to->store, !rc);
	}
	batch_release(&one);
	return rc;
}

static bool is_signed(const struct section *s, const struct value *cell)
{
	return !s->type && s->fixed == TABLE_TRANSITION &&
	    cell[TRANSITION_SIGNATURE].kind != VALUE_NULL;
}

/* What a stamp must be after: its old place, and what it is about. */
static stamp_t moves_after(const struct section *s, const struct value *cell)
{
	stamp_t list[ABOUT_MAX + 1], after = cell[0].i;
	size_t n = about(s, cell, list);

	while (n > 0)
		if (list[--n] > after)
			after = list[n];
	return after;
}

/* Another copy of this node may have the same row to enter again: the stamp
 * comes from the row alone, and it is one row still. */
static enum err_code stamp_of_row(const struct catalogue *c,
    const struct section *s, const struct value *cell, unsigned attempt,
    stamp_t *out, struct err *e)
{
	static const unsigned char salt[LEAF_SALT];
	struct buf row = BUF_INIT, scratch = BUF_INIT;
	unsigned char hash[SHA256_LEN];
	stamp_t after = moves_after(s, cell);
	enum err_code rc;

	buf_printf(&row, "%s %lld %u ", s->table->name, (long long)cell[0].i,
	    attempt);
	for (size_t i = 1; i < s->table->ncol; i++) {
		/* the other copy may not have the keys of ours */
		if (cell[i].kind == VALUE_NULL ||
		    record_cell_is(c, s, cell, i))
			continue;
		leaf_commit(salt, s->table->col[i].key, &cell[i], &scratch,
		    hash);
		buf_add(&row, hash, sizeof hash);
	}
	rc = scratch.failed ? err_memory(e) : buf_ok(&row, e);
	if (!rc && stamp_ticks(after) >= stamp_ticks(INT64_MAX) -
	    (1 << JUMP_BITS))
		rc = err_set(e, ERR_RANGE, _("this node's clock has run out "
		    "of stamps"));
	if (!rc)
		sha256(slice_buf(&row), hash);
	if (!rc)
		*out = stamp_make(stamp_ticks(after) + 1 +
		    (hash[0] << 8 | hash[1]), stamp_node(cell[0].i));
	buf_release(&row);
	buf_release(&scratch);
	return rc;
}

/* ---- all of them ---- */

struct again {			/* the rows that are entered again */
	struct node *to;
	const char *chain;
	struct origin o;
	struct detour *d;
	struct source {
		struct batch *b;
		struct cut *cut;	/* NULL: never sealed */
		struct moves moved;
		size_t *at;	/* next row of each section */
	} *from;
	size_t n;
};

/* An operator's signature is of the stamps, too: such a step can't be moved,
 * and must be taken again. */
static enum err_code apply_moved(struct again *a, struct source *f,
    const struct section *s, struct value *cell, struct err *e)
{
	const struct value was = cell[0];
	stamp_t now = 0;
	enum err_code rc = ERR_COLLISION;

	if (is_signed(s, cell)) {
		a->d->dropped++;
		return OK;
	}
	move_row(&f->moved, f->b, s, cell);
	for (unsigned i = 0; rc == ERR_COLLISION && i < ATTEMPTS; i++) {
		cell[0] = was;
		rc = stamp_of_row(f->b->catalogue, s, cell, i, &now, e);
		cell[0] = value_int(now);
		if (!rc)
			rc = apply_one(a->to, a->chain, &a->o, s, cell,
			    e);
	}
	if (rc)
		return rc;
	store_pass(a->to->store, now);
	return map_put_i(f->moved.own, was.i, now) < 0 ? err_memory(e) : OK;
}

/* ---- rows that must wait ---- */

struct holder {			/* of a stamp, in one that nobody has taken */
	struct node *to;
	stamp_t stamp;
	bool open;
	enum err_code rc;
	struct err *e;
};

static int look_for(void *arg, const struct changeset_row *r)
{
	struct holder *h = arg;
	struct word w;

	if (h->stamp < r->first || h->stamp > r->last)
		return 0;
	h->rc = word_of(h->to->store, r->chain, r->epoch, &w, h->e);
	h->open |= !h->rc && w.seq < r->seq;
	return h->rc || h->open;
}

/* May the row that has this stamp here still lose it, because headquarters
 * has not taken it? */
static enum err_code is_open(struct again *a, stamp_t stamp, bool *open,
    struct err *e)
{
	struct holder h = { .to = a->to, .stamp = stamp, .e = e };
	enum err_code rc = outbox_has(a->to->store, stamp, open, e);

	if (rc || *open)
		return rc;
	rc = changeset_each(a->to->store, a->chain, 1, look_for, &h, e);
	*open = h.open;
	return rc ? rc : h.rc;
}

static enum err_code put_off(struct source *f, stamp_t stamp, struct err *e)
{
	f->cut->off = true;
	return map_put_i(f->moved.own, stamp, WAITS) < 0 ? err_memory(e) : OK;
}

/* What was left out of a chain waits while what it clashes with, or refers to,
 * is not decided on: *wait. One that was never sealed is nowhere else, and
 * goes on. */
static enum err_code check_wait(struct again *a, struct source *f,
    const struct section *s, const struct value *cell, bool *wait,
    struct err *e)
{
	*wait = f->cut && follows_waiting(&f->moved, f->b, s, cell);
	return !f->cut || *wait ? OK :
	    outbox_other(a->to->store, s, cell, wait, e);
}

static void waits_no_more(struct source *f, stamp_t stamp)
{
	stamp_t now;

	if (map_get_i(f->moved.own, stamp, &now) && now == WAITS)
		map_del(f->moved.own, slice_of(&stamp, sizeof stamp));
}

/* ---- one row ---- */

static enum err_code enter(struct again *a, struct source *f,
    const struct section *s, struct value *cell, struct err *e)
{
	const stamp_t was = cell[0].i;
	bool open = false;
	enum err_code rc = ERR_COLLISION;

	if (!follows_moved(&f->moved, s, cell)) {
		move_row(&f->moved, f->b, s, cell);
		rc = apply_one(a->to, a->chain, &a->o, s, cell,
			    e);
		if (rc == ERR_COLLISION && f->cut)
			rc = is_open(a, was, &open, e) ? e->code :
			    ERR_COLLISION;
	}
	if (open)
		return put_off(f, was, e);
	if (rc == ERR_COLLISION)
		return apply_moved(a, f, s, cell, e);
	if (!rc)
		waits_no_more(f, was);
	return rc;
}

static enum err_code take_row(struct again *a, struct source *f,
    const struct section *s, struct value *cell, struct err *e)
{
	struct err why = {0};
	bool wait = false;
	enum err_code rc = check_wait(a, f, s, cell, &wait, e);

	if (rc || wait)
		return rc ? rc : put_off(f, cell[0].i, e);
	rc = enter(a, f, s, cell, &why);
	/* the other history has gone where this step does not fit, or who took
	 * it was made an operator under a later stamp */
	if (rc == ERR_TRANSITION || rc == ERR_SOD || rc == ERR_NOT_FOUND ||
	    (is_signed(s, cell) && (rc == ERR_KEY || rc == ERR_ROLE ||
	     rc == ERR_SIGNATURE))) {
		a->d->dropped++;
		return OK;
	}
	if (rc)
		*e = why;
	return rc;
}

/* The row itself stays as it is: it may be tried again. */
static enum err_code take_copy(struct again *a, struct source *f,
    const struct section *s, size_t row, struct err *e)
{
	size_t n = s->table->ncol;
	struct value *cell = calloc(n, sizeof *cell);
	enum err_code rc;

	if (!cell)
		return err_memory(e);
	memcpy(cell, s->cell + row * n, n * sizeof *cell);
	rc = take_row(a, f, s, cell, e);
	free(cell);
	return rc;
}

/* The oldest row that is left, whichever life it is of; false: none. */
static bool next_row(const struct again *a, size_t *from, size_t *section)
{
	stamp_t first = INT64_MAX;
	bool any = false;

	for (size_t k = 0; k < a->n; k++) {
		const struct source *f = &a->from[k];

		for (size_t i = 0; f->b && i < f->b->nsection; i++) {
			const struct section *s = &f->b->section[i];
			const struct value *v = s->cell +
			    f->at[i] * s->table->ncol;

			if (!requeue_moves(s) || f->at[i] == s->nrow ||
			    (any && v->i >= first))
				continue;
			first = v->i;
			any = true;
			*from = k;
			*section = i;
		}
	}
	return any;
}

static enum err_code add_source(struct again *a, struct batch *b,
    struct cut *c, struct err *e)
{
	struct source *f = &a->from[a->n];

	*f = (struct source){ .b = b, .cut = c, .moved.own = a->d->moved };
	if (c && !c->life.lived) {
		f->moved.own = c->moved;
		f->moved.before = a->d->moved;
	}
	f->at = calloc(b->nsection ? b->nsection : 1, sizeof *f->at);
	if (!f->at)
		return err_memory(e);
	a->n++;
	return OK;
}

/* Of two rows with one stamp this store's own goes first. */
static enum err_code add_sources(struct again *a, struct batch *waiting,
    struct err *e)
{
	struct requeue *q = a->d->q;
	enum err_code rc = OK;

	a->from = calloc(q->n + 1, sizeof *a->from);
	if (!a->from)
		return err_memory(e);
	if (waiting)
		rc = add_source(a, waiting, NULL, e);
	for (int lived = 1; lived >= 0; lived--)
		for (size_t i = 0; !rc && i < q->n; i++)
			if (q->cut[i].ours && q->cut[i].life.lived == lived)
				rc = add_source(a, &q->cut[i].left,
				    &q->cut[i], e);
	return rc;
}

enum err_code requeue_rows(struct node *to, const char *chain,
    struct batch *waiting, struct detour *d, struct err *e)
{
	struct again a = { .to = to, .chain = chain, .d = d };
	size_t k = 0, i = 0;
	enum err_code rc = waiting ? requeue_explicit(waiting, e) : OK;

	rebuild_origin(to, chain, &a.o);
	if (!rc)
		rc = add_sources(&a, waiting, e);
	while (!rc && next_row(&a, &k, &i)) {
		const struct section *s = &a.from[k].b->section[i];

		rc = take_copy(&a, &a.from[k], s, a.from[k].at[i]++, e);
	}
	for (k = 0; k < a.n; k++)
		free(a.from[k].at);
	free(a.from);
	return rc;
}
