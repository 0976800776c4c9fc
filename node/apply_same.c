/* Is a row that came the one that is here already? A stamp is used once; a
 * key that two copies of a store use may break that. What came first stays,
 * and the other is refused by name: nothing is displaced silently.
 *
 * Values of level X are left out: they may be sealed or erased here.
 */
#include "apply_impl.h"

static const struct field *column_field(const struct catalogue *c,
    const struct type *t, size_t column)
{
	size_t i = column - TYPE_COL_COMMON;

	if (column < TYPE_COL_COMMON)
		return NULL;
	return i < c->ncommon ? &c->common[i] : &t->field[i - c->ncommon];
}

enum err_code same_record(struct store *s, const struct type *t,
    const struct value *cell, struct err *e)
{
	const struct type *type = NULL;
	struct value *old = NULL;
	const struct field *f;
	struct batch b;
	bool same;
	enum err_code r;

	batch_init(&b, s->catalogue);
	r = outbox_first(s, cell[TYPE_COL_ID].i, &b, &type, &old, e);
	if (r != OK || !old)
		goto done;
	same = type == t;
	for (size_t i = TYPE_COL_EXT; same && i < t->table.ncol; i++) {
		f = column_field(s->catalogue, t, i);
		same = (f && f->level == 'X') || value_eq(&old[i], &cell[i]);
	}
	if (!same)
		r = store_collision(e);
done:
	batch_release(&b);
	return r;
}

/* The statement's first column tells whether they are the same. */
static enum err_code ask(struct store *s, sqlite3_stmt *st, struct err *e)
{
	int64_t same = 0;
	enum err_code r = store_number(s, st, &same, e);

	return r == OK && !same ? store_collision(e) : r;
}

static bool sealed_field(struct store *s, const struct change *ch)
{
	const struct field *f = type_field(s->catalogue, ch->type, ch->field);

	return f && f->level == 'X';
}

enum err_code same_change(struct store *s, const struct change *ch,
    struct err *e)
{
	bool edit = ch->kind == TABLE_EDIT;
	sqlite3_stmt *st;
	enum err_code r;

	if (edit && sealed_field(s, ch))
		return OK;
	if ((r = store_stmt(s, edit ? SQL_EDIT_SAME : SQL_TRANSITION_SAME,
	    &st, e)) != OK)
		return r;
	if (edit) {
		sqlite3_bind_int64(st, 1, ch->record);
		bind_text(st, 2, ch->field);
		sqlite3_bind_int64(st, 3, ch->stamp);
		bind_value(st, 4, &ch->cell[EDIT_VALUE]);
		bind_value(st, 5, &ch->cell[EDIT_BY]);
		return ask(s, st, e);
	}
	for (int i = TRANSITION_STAMP; i < TRANSITION_NCOL; i++)
		if (i != TRANSITION_REPLACES)
			bind_value(st, i + 1, &ch->cell[i]);
	return ask(s, st, e);
}

/* What a change replaces may be written in two ways; all else is compared. */
static bool same_cells(struct store *s, const struct change *ch,
    const struct value *old)
{
	bool x = ch->kind == TABLE_EDIT && sealed_field(s, ch);
	const struct table *t = fixed_table(ch->kind);
	size_t list = ch->kind == TABLE_EDIT ? EDIT_REPLACES :
	    TRANSITION_REPLACES;

	for (size_t i = 0; i < t->ncol; i++)
		if (i != list && !(x && i == EDIT_VALUE) &&
		    !value_eq(&old[i], &ch->cell[i]))
			return false;
	return true;
}

enum err_code same_held(struct store *s, const struct change *ch,
    struct err *e)
{
	const struct table *t = fixed_table(ch->kind);
	struct value old[TRANSITION_NCOL], row, kind;
	sqlite3_stmt *st;
	struct batch text;
	bool found, same = false;
	enum err_code r;

	if ((r = store_stmt(s, SQL_HELD_ROW, &st, e)) != OK)
		return r;
	sqlite3_bind_int64(st, 1, ch->stamp);
	if ((r = store_step(s, st, &found, e)) != OK || !found)
		return r;
	batch_init(&text, s->catalogue);
	kind = column_value(st, 0);
	row = column_value(st, 1);
	if (kind.kind == VALUE_TEXT && slice_eqs(kind.s, t->name)) {
		r = row_read(t, row.s, &text, old, e);
		same = r == OK && same_cells(s, ch, old);
	}
	sqlite3_reset(st);
	batch_release(&text);
	return r == OK && !same ? store_collision(e) : r;
}
