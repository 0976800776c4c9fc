/* Rows that are entered again.
 */
#include <stdlib.h>

#include "moves.h"
#include "outbox.h"
#include "requeue.h"
#include "word.h"

#define ATTEMPTS 16		/* at a stamp that nobody has used */

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

/* The old store may have had something else by that stamp, or by now have
 * again: only what it had itself is what its unsealed rows mean. */
static enum err_code note_move(struct again *a, struct source *f,
    stamp_t was, stamp_t now, struct err *e)
{
	struct map *also = !f->cut ? a->d->moved :
	    was <= f->cut->p.last ? a->d->had : f->moved.own;

	if (map_put_i(f->moved.own, was, now) < 0 ||
	    map_put_i(also, was, now) < 0)
		return err_memory(e);
	return OK;
}

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
	moves_row(&f->moved, f->b, s, cell);
	for (unsigned i = 0; rc == ERR_COLLISION && i < ATTEMPTS; i++) {
		cell[0] = was;
		rc = moves_stamp(f->b->catalogue, s, cell, i, &now, e);
		cell[0] = value_int(now);
		if (!rc)
			rc = apply_one(a->to, a->chain, &a->o, s, cell,
			    e);
	}
	if (rc)
		return rc;
	store_pass(a->to->store, now);
	return note_move(a, f, was.i, now, e);
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
	*wait = f->cut && moves_wait(&f->moved, f->b, s, cell);
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

	if (!moves_follow(&f->moved, s, cell)) {
		moves_row(&f->moved, f->b, s, cell);
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

	*f = (struct source){ .b = b, .cut = c,
		.moved.own = c ? a->d->moved : a->d->had };
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
