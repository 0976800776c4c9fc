/* What an operator signs when taking a step. */
#include "operator.h"

#include "base/text.h"
#include "right.h"
#include "store_db.h"

#define MESSAGE_HEAD "wellhead transition 1"	/* its NUL counts */
#define CONTENT_HEAD "wellhead record 1"

static void add_u64(struct buf *b, int64_t v)
{
	buf_add_u32(b, (uint32_t)((uint64_t)v >> 32));
	buf_add_u32(b, (uint32_t)v);
}

/* An absent text is an empty one. */
static void add_text(struct buf *b, const struct value *v)
{
	buf_add_str32(b, v->kind == VALUE_TEXT ? v->s : slice_str(""));
}

enum err_code operator_message(const struct store *s,
    const struct value *cell, const stamp_t *replaces, size_t n,
    const unsigned char content[32], struct buf *out, struct err *e)
{
	static const int text[] = { TRANSITION_TYPE, TRANSITION_FROM,
		TRANSITION_TO, TRANSITION_ROLE, TRANSITION_OPERATOR,
		TRANSITION_ON, TRANSITION_NOTE };
	size_t i;

	buf_add(out, MESSAGE_HEAD, sizeof MESSAGE_HEAD);
	buf_add_str32(out, slice_str(s->id.org));
	add_u64(out, cell[TRANSITION_STAMP].i);
	add_u64(out, cell[TRANSITION_RECORD].i);
	for (i = 0; i < sizeof text / sizeof *text; i++)
		add_text(out, &cell[text[i]]);
	buf_add_u32(out, (uint32_t)n);
	for (i = 0; i < n; i++)
		add_u64(out, replaces[i]);
	buf_add(out, content, 32);
	return buf_ok(out, e);
}

/* ---- content ---- */

static void add_value(struct buf *b, const struct value *v)
{
	int64_t bits;

	switch (v->kind) {
	case VALUE_INT:
		buf_addc(b, 'i');
		add_u64(b, v->i);
		break;
	case VALUE_REAL:
		memcpy(&bits, &v->r, sizeof bits);
		buf_addc(b, 'r');
		add_u64(b, bits);
		break;
	case VALUE_TEXT:
	case VALUE_BYTES:
		buf_addc(b, v->kind == VALUE_TEXT ? 't' : 'b');
		buf_add_str32(b, v->s);
		break;
	case VALUE_NULL:
		break;
	}
}

static void write_content(const struct type *t, const struct value *cell,
    struct buf *out)
{
	size_t i;

	buf_add(out, CONTENT_HEAD, sizeof CONTENT_HEAD);
	buf_add_str32(out, slice_str(t->key));
	add_u64(out, cell[TYPE_COL_ID].i);
	for (i = TYPE_COL_EXT; i < t->table.ncol; i++) {
		if (cell[i].kind == VALUE_NULL)
			continue;
		buf_add_str32(out, slice_str(t->table.col[i].key));
		add_value(out, &cell[i]);
	}
}

/* Edits before the stamp, the oldest first, over the first values. */
static enum err_code put_edits(struct store *s, stamp_t record,
    stamp_t before, struct batch *b, const struct type *t,
    struct value *cell, bool *sure, struct err *e)
{
	uint16_t node = stamp_node(before);
	sqlite3_stmt *st;
	enum err_code r = store_stmt(s, SQL_OPERATOR_VALUES, &st, e);
	bool row;

	if (r != OK)
		return r;
	sqlite3_bind_int64(st, 1, record);
	sqlite3_bind_int64(st, 2, before);
	while ((r = store_step(s, st, &row, e)) == OK && row) {
		const char *key = (const char *)sqlite3_column_text(st, 0);
		const struct field *f = key ?
		    type_field(s->catalogue, t, key) : NULL;
		struct value v = column_value(st, 1);
		bool ahead = sqlite3_column_int(st, 3) != 0;

		if (ahead || stamp_node(sqlite3_column_int64(st, 2)) != node)
			*sure = false;
		if (f && !ahead)
			cell[f->column_index] = batch_value(b, &v);
	}
	return r;
}

/* The record's row as known before the stamp, in b. */
static enum err_code row_before(struct store *s, stamp_t record,
    stamp_t before, struct batch *b, const struct type **type,
    struct value **cell, bool *sure, struct err *e)
{
	enum err_code r;

	*sure = true;
	if ((r = outbox_first(s, record, b, type, cell, e)) == OK &&
	    (r = put_edits(s, record, before, b, *type, *cell, sure, e)) == OK)
		r = batch_ok(b, e);
	return r;
}

enum err_code operator_content(struct store *s, stamp_t record,
    stamp_t before, struct buf *out, struct err *e)
{
	const struct type *t;
	struct value *cell;
	struct batch b;
	enum err_code r;
	bool sure;

	batch_init(&b, s->catalogue);
	r = row_before(s, record, before, &b, &t, &cell, &sure, e);
	if (r == OK) {
		write_content(t, cell, out);
		r = buf_ok(out, e);
	}
	batch_release(&b);
	return r;
}

/* ---- looking back ---- */

typedef void (*hash_fn)(struct slice s, unsigned char out[32]);

static enum err_code check_content(const struct type *t,
    const struct value *cell, const struct value *signature, hash_fn hash,
    struct err *e)
{
	struct buf content = BUF_INIT;
	unsigned char sum[32];
	enum err_code r;

	write_content(t, cell, &content);
	r = buf_ok(&content, e);
	if (r == OK) {
		hash(slice_buf(&content), sum);
		if (signature->kind != VALUE_BYTES ||
		    signature->s.n != OPERATOR_SIGNATURE ||
		    memcmp(signature->s.p, sum, sizeof sum) != 0)
			r = err_set(e, ERR_SIGNATURE, _("it is not what was "
			    "signed"));
	}
	buf_release(&content);
	return r;
}

/* The current row of SQL_OPERATOR_SIGNED: the fields, too, name nobody whom
 * the step must not be taken by. */
static enum err_code check_fields(struct store *s, sqlite3_stmt *st,
    const struct type *t, const struct value *cell, struct err *e)
{
	struct value replaces = column_value(st, 5);
	struct past_step p = { .type = t, .cell = cell,
		.stamp = sqlite3_column_int64(st, 0),
		.record = sqlite3_column_int64(st, 1),
		.step = type_transition(t,
		    (const char *)sqlite3_column_text(st, 2),
		    (const char *)sqlite3_column_text(st, 3)),
		.by = (const char *)sqlite3_column_text(st, 4) };
	stamp_t list[256];
	size_t n;

	if (!p.step || !p.by)
		return OK;
	p.before = batch_replaces(&replaces, list, 256, &n) && n ?
	    list[n - 1] : p.record;
	return right_past(s, &p, e);
}

static enum err_code check_step(struct store *s, sqlite3_stmt *st,
    hash_fn hash, struct err *e)
{
	struct value signature = column_value(st, 6);
	stamp_t record = sqlite3_column_int64(st, 1);
	const struct type *t = NULL;
	char id[STAMP_DIGITS + 1];
	struct value *cell;
	struct batch b;
	enum err_code r;
	bool sure;

	batch_init(&b, s->catalogue);
	r = row_before(s, record, sqlite3_column_int64(st, 0), &b, &t, &cell,
	    &sure, e);
	if (r == OK && sure) {
		r = check_content(t, cell, &signature, hash, e);
		if (r == OK)
			r = check_fields(s, st, t, cell, e);
		base32_stamp(id, (uint64_t)record);
		if (r != OK)
			err_in(e, _("a signed step of %s %s"), t->key, id);
	}
	batch_release(&b);
	return r;
}

enum err_code operator_contents(struct store *s, hash_fn hash, size_t *n,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r = store_walk(s, SQL_OPERATOR_SIGNED, &st, e);
	bool row;

	*n = 0;
	if (r != OK)
		return r;
	while ((r = store_step(s, st, &row, e)) == OK && row &&
	    (r = check_step(s, st, hash, e)) == OK)
		++*n;
	sqlite3_finalize(st);
	return r;
}
