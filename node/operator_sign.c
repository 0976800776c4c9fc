/* What an operator signs when taking a step. */
#include "operator.h"

#include "base/text.h"
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

enum err_code operator_content(struct store *s, stamp_t record,
    stamp_t before, struct buf *out, bool *sure, struct err *e)
{
	const struct type *t;
	struct value *cell;
	struct batch b;
	enum err_code r;

	*sure = true;
	batch_init(&b, s->catalogue);
	if ((r = outbox_first(s, record, &b, &t, &cell, e)) == OK &&
	    (r = put_edits(s, record, before, &b, t, cell, sure, e)) == OK &&
	    (r = batch_ok(&b, e)) == OK) {
		write_content(t, cell, out);
		r = buf_ok(out, e);
	}
	batch_release(&b);
	return r;
}

/* The current row of SQL_OPERATOR_SIGNED. */
static enum err_code check_step(struct store *s, sqlite3_stmt *st,
    void (*hash)(struct slice s, unsigned char out[32]), struct err *e)
{
	struct value signature = column_value(st, 3);
	stamp_t stamp = sqlite3_column_int64(st, 0);
	stamp_t record = sqlite3_column_int64(st, 1);
	struct buf content = BUF_INIT;
	char id[STAMP_DIGITS + 1];
	unsigned char sum[32];
	enum err_code r;
	bool sure;

	r = operator_content(s, record, stamp, &content, &sure, e);
	if (r != OK)
		goto done;
	hash(slice_buf(&content), sum);
	base32_stamp(id, (uint64_t)record);
	if (sure && (signature.kind != VALUE_BYTES ||
	    signature.s.n != OPERATOR_SIGNATURE ||
	    memcmp(signature.s.p, sum, sizeof sum) != 0))
		r = err_set(e, ERR_SIGNATURE, _("the %s %s is not what was "
		    "signed at its step"),
		    (const char *)sqlite3_column_text(st, 2), id);
done:
	buf_release(&content);
	return r;
}

enum err_code operator_contents(struct store *s,
    void (*hash)(struct slice s, unsigned char out[32]), size_t *n,
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
