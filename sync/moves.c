/* Stamps that two lives of a node have used, and who refers to them.
 */
#include "moves.h"

#include "hash.h"
#include "leaf.h"
#include "record_cell.h"

#define JUMP_BITS 16		/* of a clock's ticks: a second */

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
		    stamp <= INT64_MAX / 10 - 1)
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

void moves_row(const struct moves *moved, struct batch *b,
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

bool moves_wait(const struct moves *moved, const struct batch *b,
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

bool moves_follow(const struct moves *moved, const struct section *s,
    const struct value *cell)
{
	stamp_t list[ABOUT_MAX + 1], now;
	size_t n = about(s, cell, list);

	while (n > 0)
		if (has_moved(moved, list[--n], &now))
			return true;
	return false;
}

/* What a stamp must be after: its old place, and what it is about. */
static stamp_t after_all(const struct section *s, const struct value *cell)
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
enum err_code moves_stamp(const struct catalogue *c,
    const struct section *s, const struct value *cell, unsigned attempt,
    stamp_t *out, struct err *e)
{
	static const unsigned char salt[LEAF_SALT];
	struct buf row = BUF_INIT, scratch = BUF_INIT;
	unsigned char hash[SHA256_LEN];
	stamp_t after = after_all(s, cell);
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
