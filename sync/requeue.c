/* Changesets of our own that are not taken: their rows wait again.
 */
#include <stdlib.h>

#include "base/map.h"
#include "base/text.h"
#include "hash.h"
#include "leaf.h"
#include "requeue.h"

#define ATTEMPTS 16		/* at a stamp that nobody has used */
#define JUMP_BITS 16		/* of a clock's ticks: a second */

/* ---- the changesets left out ---- */

static enum err_code load_one(struct node *n, const struct position *p,
    int64_t seq, struct batch *b, struct err *e)
{
	struct link l = {0};
	char commit[OID_HEX];
	enum err_code rc;

	rc = link_find(n, p->chain, p->epoch, seq, commit, e);
	if (!rc)
		rc = link_open(n, commit, &l, e);
	if (!rc)
		rc = link_payload(n, &l, e);
	if (!rc)
		rc = link_batch(n, &l, b, e);
	link_release(&l);
	return rc ? err_in(e, _("reading changeset %lld of %s"),
	    (long long)seq, p->chain) : OK;
}

static enum err_code load_batches(struct node *n, const struct requeue *q,
    struct detour *d, struct err *e)
{
	size_t want = (size_t)(q->ours.seq - q->keep);
	enum err_code rc = OK;

	d->batch = calloc(want ? want : 1, sizeof *d->batch);
	if (!d->batch)
		return err_memory(e);
	for (; !rc && d->n < want; d->n++) {
		batch_init(&d->batch[d->n], n->catalogue);
		rc = load_one(n, &q->ours, q->keep + 1 + (int64_t)d->n,
		    &d->batch[d->n], e);
	}
	return rc;
}

/* Ours is kept where nobody looks for chains; the ref is the remote's. */
static enum err_code move_ref(struct node *n, const struct requeue *q,
    struct err *e)
{
	char ref[80], now[OID_HEX], commit[OID_HEX] = "";
	const char *to = q->tip;
	enum err_code rc;

	rc = evidence_keep(n, q->ours.chain, q->ours.commit, e);
	if (!rc && !*to && q->keep) {
		rc = link_find(n, q->ours.chain, q->ours.epoch, q->keep,
		    commit, e);
		to = commit;
	}
	chain_ref(q->ours.chain, q->ours.epoch, ref);
	if (!rc)
		rc = repo_ref_get(n->repo, ref, now, e);
	if (!rc && *to && strcmp(now, to) != 0)
		rc = repo_ref_set(n->repo, ref, now, to, e);
	return rc;
}

static void tell_dropped(struct node *n, size_t dropped)
{
	size_t at = strlen(n->notice);

	snprintf(n->notice + at, sizeof n->notice - at, _("; %zu steps no "
	    "longer fit and must be taken again"), dropped);
}

enum err_code requeue_fork(struct node *n, const struct requeue *q,
    struct err *e)
{
	struct detour d = { .q = q, .moved = map_new() };
	enum err_code rc;

	rc = d.moved ? OK : err_memory(e);
	if (!rc && !q->theirs)
		rc = load_batches(n, q, &d, e);
	if (!rc)
		rc = move_ref(n, q, e);
	if (!rc)
		rc = rebuild_around(n, &d, e);
	if (!rc && !q->theirs)
		epoch_notice(n, q->why);
	if (!rc && d.dropped)
		tell_dropped(n, d.dropped);
	for (size_t i = 0; d.batch && i < d.n; i++)
		batch_release(&d.batch[i]);
	free(d.batch);
	map_free(d.moved);
	return rc ? err_in(e, _("queueing again what %s held after changeset "
	    "%lld"), q->ours.chain, (long long)q->keep) : OK;
}

/* ---- stamps that another life has used, too ---- */

/* A stamp under which the row goes on; its own if that is free. */
static stamp_t moved_to(const struct map *moved, stamp_t stamp)
{
	int64_t now = stamp;

	return map_get_i(moved, stamp, &now) ? now : stamp;
}

static void move_value(const struct map *moved, struct value *v)
{
	if (v->kind == VALUE_INT)
		v->i = moved_to(moved, v->i);
}

/* "[1,2]": stamps in decimal text, as `replaces` and lists of references
 * have them. */
static void move_list(const struct map *moved, struct batch *b,
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

static void move_row(const struct map *moved, struct batch *b,
    const struct section *s, struct value *cell)
{
	for (size_t i = 1; i < s->table->ncol; i++) {
		enum column_kind kind = s->table->col[i].kind;
		bool list = strcmp(s->table->col[i].key, "replaces") == 0;

		if (!s->type && s->fixed == TABLE_EDIT && i == EDIT_VALUE)
			kind = edit_kind(b, cell);
		if (kind == COL_REF)
			move_value(moved, &cell[i]);
		else if (kind == COL_REFS || list)
			move_list(moved, b, &cell[i]);
	}
}

/* Must the row have a new stamp because what it is about has one? A change
 * stands after its record and after what it replaces. */
static bool follows_moved(const struct map *moved, const struct section *s,
    const struct value *cell)
{
	stamp_t list[64];
	int64_t now;
	size_t n = 0;

	if (s->type || map_count(moved) == 0)
		return false;
	if (map_get_i(moved, cell[EDIT_RECORD].i, &now))
		return true;
	if (!batch_replaces(&cell[s->fixed == TABLE_EDIT ? EDIT_REPLACES :
	    TRANSITION_REPLACES], list, 64, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (map_get_i(moved, list[i], &now))
			return true;
	return false;
}

/* ---- one row after another ---- */

/* What NULL means depends on the batch: write it out. */
static enum err_code write_replaces(struct batch *b, struct err *e)
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

/* Apply one row by itself; nothing of it stays when it is refused. */
static enum err_code apply_one(struct node *to, const struct origin *o,
    const struct section *s, const struct value *cell, struct err *e)
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
		rc = apply_batch(to->store, &one, o, NULL, e);
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
	stamp_t list[64], after = cell[0].i;
	size_t n = 0;

	if (s->type)
		return after;
	if (cell[EDIT_RECORD].i > after)
		after = cell[EDIT_RECORD].i;
	if (!batch_replaces(&cell[s->fixed == TABLE_EDIT ? EDIT_REPLACES :
	    TRANSITION_REPLACES], list, 64, &n))
		return after;
	for (size_t i = 0; i < n; i++)
		if (list[i] > after)
			after = list[i];
	return after;
}

/* Another copy of this node may have the same row to enter again: the stamp
 * comes from the row alone, and it is one row still. */
static enum err_code stamp_of_row(const struct section *s,
    const struct value *cell, unsigned attempt, stamp_t *out, struct err *e)
{
	static const unsigned char salt[LEAF_SALT];
	struct buf row = BUF_INIT, scratch = BUF_INIT;
	unsigned char hash[SHA256_LEN];
	stamp_t after = moves_after(s, cell);
	enum err_code rc;

	buf_printf(&row, "%s %lld %u ", s->table->name, (long long)cell[0].i,
	    attempt);
	for (size_t i = 1; i < s->table->ncol; i++) {
		if (cell[i].kind == VALUE_NULL)
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

/* An operator's signature is of the stamps, too: such a step can't be moved,
 * and must be taken again. */
static enum err_code apply_moved(struct node *to, const struct origin *o,
    struct batch *b, const struct section *s, struct value *cell,
    struct map *moved, size_t *dropped, struct err *e)
{
	const struct value was = cell[0];
	stamp_t now = 0;
	enum err_code rc = ERR_COLLISION;

	if (is_signed(s, cell)) {
		(*dropped)++;
		return OK;
	}
	move_row(moved, b, s, cell);
	for (unsigned i = 0; rc == ERR_COLLISION && i < ATTEMPTS; i++) {
		cell[0] = was;
		rc = stamp_of_row(s, cell, i, &now, e);
		cell[0] = value_int(now);
		if (!rc)
			rc = apply_one(to, o, s, cell, e);
	}
	if (rc)
		return rc;
	store_pass(to->store, now);
	return map_put_i(moved, was.i, now) < 0 ? err_memory(e) : OK;
}

static enum err_code take_row(struct node *to, const struct origin *o,
    struct batch *b, const struct section *s, struct value *cell,
    struct map *moved, size_t *dropped, struct err *e)
{
	struct err why = {0};
	enum err_code rc = ERR_COLLISION;

	if (!follows_moved(moved, s, cell)) {
		move_row(moved, b, s, cell);
		rc = apply_one(to, o, s, cell, &why);
	}
	if (rc == ERR_COLLISION)
		rc = apply_moved(to, o, b, s, cell, moved, dropped, &why);
	/* the other history has gone where this step does not fit */
	if (rc == ERR_TRANSITION || rc == ERR_SOD || rc == ERR_NOT_FOUND) {
		(*dropped)++;
		return OK;
	}
	if (rc)
		*e = why;
	return rc;
}

static bool is_change(const struct section *s)
{
	return s->type || s->fixed <= TABLE_TRANSITION;
}

enum err_code requeue_rows(struct node *to, const char *chain,
    struct batch *b, struct map *moved, size_t *dropped, struct err *e)
{
	size_t *at = calloc(b->nsection ? b->nsection : 1, sizeof *at);
	const struct section *next;
	struct origin o;
	enum err_code rc;

	if (!at)
		return err_memory(e);
	rc = write_replaces(b, e);
	rebuild_origin(to, chain, &o);
	do {
		struct value *cell = NULL;
		size_t which = 0;

		next = NULL;
		for (size_t i = 0; !rc && i < b->nsection; i++) {
			struct section *s = &b->section[i];
			struct value *v = s->cell + at[i] * s->table->ncol;

			if (!is_change(s) || at[i] == s->nrow ||
			    (cell && v[0].i >= cell[0].i))
				continue;
			next = s;
			cell = v;
			which = i;
		}
		if (next)
			rc = take_row(to, &o, b, next, cell, moved, dropped,
			    e);
		at[which] += next != NULL;
	} while (!rc && next);
	free(at);
	return rc;
}

/* ---- what is lost from the repository ---- */

struct lost {
	const struct requeue *q;
	struct node *n;
	enum err_code rc;
	struct err *e;
};

static int queue_changeset(void *arg, const struct changeset_row *r)
{
	struct lost *l = arg;

	if (strcmp(r->epoch, l->q->ours.epoch) == 0 && r->first)
		l->rc = outbox_again(l->n->store, r->chain, r->first, r->last,
		    l->e);
	return l->rc != OK;
}

enum err_code requeue_lost(struct node *n, const struct requeue *q,
    struct err *e)
{
	struct detour d = { .q = q, .moved = map_new() };
	struct lost l = { .q = q, .n = n, .e = e };
	enum err_code rc = d.moved ? store_begin(n->store, e) : err_memory(e);

	if (rc)
		goto done;
	rc = changeset_each(n->store, q->ours.chain, q->keep + 1,
	    queue_changeset, &l, e);
	if (!rc)
		rc = l.rc;
	if (!rc)
		rc = store_commit(n->store, e);
	if (rc)
		store_rollback(n->store);
	if (!rc)
		rc = rebuild_around(n, &d, e);
	if (!rc)
		epoch_notice(n, q->why);
done:
	map_free(d.moved);
	return rc;
}
