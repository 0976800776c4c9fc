/* What an operator signs when taking a step. */
#include "operator.h"

#include "base/text.h"
#include "erase.h"
#include "right.h"
#include "sealed_value.h"
#include "store_db.h"

#define MESSAGE_HEAD "wellhead transition 1"	/* its NUL counts */
#define CONTENT_HEAD "wellhead record 1"

/* An absent text is an empty one. */
static void add_text(struct buf *b, const struct value *v)
{
	buf_add_str32(b, v->kind == VALUE_TEXT ? v->s : slice_str(""));
}

enum err_code operator_message(const char *org,
    const struct value *cell, const stamp_t *replaces, size_t n,
    const unsigned char content[32], struct buf *out, struct err *e)
{
	static const int text[] = { TRANSITION_TYPE, TRANSITION_FROM,
		TRANSITION_TO, TRANSITION_ROLE, TRANSITION_OPERATOR,
		TRANSITION_ON, TRANSITION_NOTE };
	size_t i;

	buf_add(out, MESSAGE_HEAD, sizeof MESSAGE_HEAD);
	buf_add_str32(out, slice_str(org));
	buf_add_u64(out, (uint64_t)cell[TRANSITION_STAMP].i);
	buf_add_u64(out, (uint64_t)cell[TRANSITION_RECORD].i);
	for (i = 0; i < sizeof text / sizeof *text; i++)
		add_text(out, &cell[text[i]]);
	buf_add_u32(out, (uint32_t)n);
	for (i = 0; i < n; i++)
		buf_add_u64(out, (uint64_t)replaces[i]);
	buf_add(out, content, 32);
	return buf_ok(out, e);
}

/* ---- content ---- */

/* The column with a value whose key comes next after that of `after` (0: the
 * first); 0 at the end. */
static size_t next_column(const struct table *t, const struct value *cell,
    size_t after)
{
	size_t best = 0;

	for (size_t i = TYPE_COL_EXT; i < t->ncol; i++) {
		const char *key = t->col[i].key;

		if (cell[i].kind != VALUE_NULL &&
		    (!after || strcmp(key, t->col[after].key) > 0) &&
		    (!best || strcmp(key, t->col[best].key) < 0))
			best = i;
	}
	return best;
}

void operator_content_add(const struct type *t, const struct value *cell,
    struct buf *out)
{
	size_t i = 0;

	buf_add(out, CONTENT_HEAD, sizeof CONTENT_HEAD);
	buf_add_str32(out, slice_str(t->key));
	buf_add_u64(out, (uint64_t)cell[TYPE_COL_ID].i);
	while ((i = next_column(&t->table, cell, i)) != 0) {
		buf_add_str32(out, slice_str(t->table.col[i].key));
		value_add(out, &cell[i]);
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

	if (r != OK)
		return r;
	sqlite3_bind_int64(st, 1, record);
	sqlite3_bind_int64(st, 2, before);
	while (store_next(s, st, &r, e)) {
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
	bool hidden = false;
	enum err_code r;

	*sure = true;
	r = erase_any(s, record, &hidden, e);
	if (r == OK && !hidden)
		r = sealed_value_any(s, record, &hidden, e);
	if (r == OK && hidden)
		*sure = false;	/* what was signed is not known here */
	if (r == OK &&
	    (r = outbox_first(s, record, b, type, cell, e)) == OK &&
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
	bool sure, sealed = false;

	batch_init(&b, s->catalogue);
	r = sealed_value_any(s, record, &sealed, e);
	if (r == OK && sealed) {
		err_set(e, ERR_SEALED, _("some of the record's sensitive "
		    "values cannot be read here yet, and nobody signs what "
		    "cannot be read"));
		r = err_hint(e, _("their keys come with the next syncs"));
	}
	if (r == OK)
		r = row_before(s, record, before, &b, &t, &cell, &sure, e);
	if (r == OK) {
		operator_content_add(t, cell, out);
		r = buf_ok(out, e);
	}
	batch_release(&b);
	return r;
}

/* ---- looking back ---- */

/* One signed step as the store has it, its texts borrowed. */
struct signed_step {
	struct store *s;
	const struct operator_proof *proof;
	struct value cell[TRANSITION_NCOL];
	stamp_t stamp, record, replaces[256];
	size_t nreplaces;
	const unsigned char *signature;
};

static enum err_code read_step(struct signed_step *x, sqlite3_stmt *st,
    struct err *e)
{
	const struct value *mark = &x->cell[TRANSITION_SIGNATURE];

	for (int i = 0; i < TRANSITION_NCOL; i++)
		x->cell[i] = column_value(st, i);
	x->stamp = x->cell[TRANSITION_STAMP].i;
	x->record = x->cell[TRANSITION_RECORD].i;
	x->signature = mark->s.p;
	if (mark->kind != VALUE_BYTES || mark->s.n != OPERATOR_SIGNATURE ||
	    x->cell[TRANSITION_OPERATOR].kind != VALUE_TEXT ||
	    x->cell[TRANSITION_ROLE].kind != VALUE_TEXT ||
	    !batch_replaces(&x->cell[TRANSITION_REPLACES], x->replaces, 256,
	    &x->nreplaces) || x->nreplaces == 0)
		return err_set(e, ERR_SIGNATURE, _("it is not what was "
		    "signed"));
	return OK;
}

static const char *text_at(const struct signed_step *x, int column)
{
	return (const char *)x->cell[column].s.p;
}

/* The operator that day, and the signature. */
static enum err_code check_signature(const struct signed_step *x,
    struct err *e)
{
	const char *role = text_at(x, TRANSITION_ROLE);
	struct buf message = BUF_INIT;
	struct operator_row row;
	char day[DATE_TEXT];
	enum err_code r;

	r = operator_at(x->s, stamp_node(x->stamp),
	    text_at(x, TRANSITION_OPERATOR), x->stamp, &row, e);
	if (r != OK)
		return r == ERR_NOT_FOUND ? err_set(e, ERR_KEY, _("its node "
		    "has told of no such operator")) : r;
	date_text(stamp_ms(x->stamp) / 86400000, day);
	if (strcmp(role, "system") != 0 && !operator_has(&row, role, day))
		return err_set(e, ERR_ROLE, _("its operator had not the role "
		    "%s on %s"), role, day);
	r = operator_message(x->s->id.org, x->cell, x->replaces,
	    x->nreplaces, x->signature, &message, e);
	if (r == OK && !x->proof->verify(row.key, slice_buf(&message),
	    x->signature + 32))
		r = err_set(e, ERR_SIGNATURE, _("its operator's signature is "
		    "wrong"));
	buf_release(&message);
	return r;
}

static enum err_code check_content(const struct signed_step *x,
    const struct type *t, const struct value *cell, struct err *e)
{
	struct buf content = BUF_INIT;
	unsigned char sum[32];
	enum err_code r;

	operator_content_add(t, cell, &content);
	r = buf_ok(&content, e);
	if (r == OK) {
		x->proof->hash(slice_buf(&content), sum);
		if (memcmp(x->signature, sum, sizeof sum) != 0)
			r = err_set(e, ERR_SIGNATURE, _("it is not what was "
			    "signed"));
	}
	buf_release(&content);
	return r;
}

/* The fields, too, name nobody whom the step must not be taken by. */
static enum err_code check_fields(const struct signed_step *x,
    const struct type *t, const struct value *cell, struct err *e)
{
	struct past_step p = { .type = t, .cell = cell, .stamp = x->stamp,
		.record = x->record, .by = text_at(x, TRANSITION_OPERATOR),
		.before = x->replaces[x->nreplaces - 1],
		.step = type_transition(t, text_at(x, TRANSITION_FROM),
		text_at(x, TRANSITION_TO)) };

	return p.step ? right_past(x->s, &p, e) : OK;
}

static enum err_code check_step(const struct signed_step *x, struct err *e)
{
	const struct type *t = NULL;
	struct value *cell;
	struct batch b;
	enum err_code r;
	bool sure;

	if ((r = check_signature(x, e)) != OK)
		return r;
	batch_init(&b, x->s->catalogue);
	r = row_before(x->s, x->record, x->stamp, &b, &t, &cell, &sure, e);
	if (r == OK && sure)
		r = check_content(x, t, cell, e);
	if (r == OK && sure)
		r = check_fields(x, t, cell, e);
	batch_release(&b);
	return r;
}

enum err_code operator_verify(struct store *s,
    const struct operator_proof *proof, size_t *n, struct err *e)
{
	struct signed_step x = { .s = s, .proof = proof };
	char id[STAMP_DIGITS + 1];
	sqlite3_stmt *st;
	enum err_code r = store_walk(s, SQL_OPERATOR_SIGNED, &st, e);

	*n = 0;
	if (r != OK)
		return r;
	while (store_next(s, st, &r, e)) {
		if ((r = read_step(&x, st, e)) != OK ||
		    (r = check_step(&x, e)) != OK) {
			base32_stamp(id, (uint64_t)x.record);
			err_in(e, _("a signed step of %s %s"),
			    text_at(&x, TRANSITION_TYPE), id);
			break;
		}
		++*n;
	}
	sqlite3_finalize(st);
	return r;
}
