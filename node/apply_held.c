/* Changes that wait for their record or for what they replace. */
#include "apply_impl.h"

/* The wire row with its list of replaced stamps written out: what `default`
 * means is known only in the batch it came in. */
static enum err_code full_row(const struct change *ch, struct buf *out,
    struct err *e)
{
	const struct table *t = fixed_table(ch->kind);
	size_t at = ch->kind == TABLE_EDIT ? EDIT_REPLACES :
	    TRANSITION_REPLACES;
	struct value cell[TRANSITION_NCOL];
	struct buf list = BUF_INIT;
	enum err_code r;

	memcpy(cell, ch->cell, t->ncol * sizeof *cell);
	batch_replaces_text(&list, ch->replaces, ch->nreplaces);
	cell[at] = value_text(slice_buf(&list));
	if ((r = buf_ok(&list, e)) == OK)
		r = row_write(t, cell, out, e);
	buf_release(&list);
	return r;
}

enum err_code held_add(struct applying *a, const struct change *ch,
    const char *code, struct err *e)
{
	struct buf row = BUF_INIT;
	struct value v;
	sqlite3_stmt *st;
	enum err_code r;

	if ((r = full_row(ch, &row, e)) != OK ||
	    (r = store_stmt(a->s, SQL_HELD_NEW, &st, e)) != OK)
		goto done;
	v = value_text(slice_buf(&row));
	sqlite3_bind_int64(st, 1, ch->stamp);
	bind_text(st, 2, fixed_table(ch->kind)->name);
	sqlite3_bind_int64(st, 3, ch->record);
	bind_text(st, 4, ch->type->key);
	bind_value(st, 5, &v);
	sqlite3_bind_int64(st, 6, *code ? 0 : ch->needs);
	bind_text(st, 7, code);
	bind_text(st, 8, ch->branch);
	sqlite3_bind_int(st, 9, ch->hq);
	if ((r = store_run(a->s, st, e)) != OK)
		goto done;
	if (sqlite3_changes(a->s->db) == 0) {
		r = same_held(a->s, ch, e);
		goto done;
	}
	a->s->nheld++;
	a->n.held++;
	a->n.edits += ch->kind == TABLE_EDIT;
	a->n.transitions += ch->kind == TABLE_TRANSITION;
done:
	buf_release(&row);
	return r;
}

static enum err_code held_set(struct store *s, stamp_t stamp, stamp_t needs,
    const char *code, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r = store_stmt(s, SQL_HELD_SET, &st, e);

	if (r != OK)
		return r;
	sqlite3_bind_int64(st, 1, stamp);
	sqlite3_bind_int64(st, 2, needs);
	bind_text(st, 3, code);
	return store_run(s, st, e);
}

static enum err_code held_end(struct store *s, stamp_t stamp, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r = store_stmt(s, SQL_HELD_END, &st, e);

	if (r != OK)
		return r;
	sqlite3_bind_int64(st, 1, stamp);
	return store_run(s, st, e);
}

/* A held row, its own copy. */
struct held {
	stamp_t stamp;
	char branch[17];
	struct change ch;
	struct batch text;
	struct value cell[TRANSITION_NCOL];
};

/* The next one that needs this stamp, past the one tried before: naming a
 * stamp of another field, it may go on needing it. */
static enum err_code held_next(struct store *s, stamp_t stamp, stamp_t after,
    struct held *h, bool *found, struct err *e)
{
	sqlite3_stmt *st;
	const char *kind;
	struct value row;
	enum err_code r;

	if ((r = store_stmt(s, SQL_HELD_FOR, &st, e)) != OK)
		return r;
	sqlite3_bind_int64(st, 1, stamp);
	sqlite3_bind_int64(st, 2, after);
	if ((r = store_step(s, st, found, e)) != OK || !*found)
		return r;
	h->stamp = sqlite3_column_int64(st, 0);
	kind = (const char *)sqlite3_column_text(st, 1);
	h->ch.kind = kind && strcmp(kind, "edit") == 0 ? TABLE_EDIT :
	    TABLE_TRANSITION;
	row = column_value(st, 2);
	column_text(st, 3, h->branch, sizeof h->branch);
	h->ch.branch = h->branch;
	h->ch.hq = sqlite3_column_int(st, 4) != 0;
	r = row_read(fixed_table(h->ch.kind), row.s, &h->text, h->cell, e);
	sqlite3_reset(st);
	return r;
}

/* Apply it, let it wait for the next thing, or say why it never will be. */
static enum err_code held_try(struct applying *a, struct held *h,
    struct err *e)
{
	enum err_code r = change_read(a->s, h->cell, &h->ch, e);

	if (r == OK)
		r = change_judge(a->s, &h->ch, e);
	if (change_refused(r))
		return held_set(a->s, h->stamp, 0, err_name(r), e);
	if (r != OK)
		return r;
	if (h->ch.needs)
		return held_set(a->s, h->stamp, h->ch.needs, "", e);
	if (!h->ch.already && (r = change_put(a, &h->ch, e)) != OK)
		return r;
	return held_end(a->s, h->stamp, e);
}

/* What a release applies is fresh itself: the list grows while it is
 * walked, until nothing more comes free. */
enum err_code held_release(struct applying *a, struct err *e)
{
	const struct applied counted = a->n;
	enum err_code r = OK;
	stamp_t after = 0;
	bool found = false;
	size_t i;

	for (i = 0; r == OK && i < a->nfresh; i += !found) {
		struct held h = {0};

		batch_init(&h.text, a->s->catalogue);
		r = held_next(a->s, a->fresh[i], after, &h, &found, e);
		if (r == OK && found)
			r = held_try(a, &h, e);
		after = found ? h.stamp : 0;
		batch_release(&h.text);
	}
	/* They were counted when they came. */
	a->n.edits = counted.edits;
	a->n.transitions = counted.transitions;
	return r;
}
