/* Values of level X, sealed and opened where they stand in a batch. */
#include "record_cell.h"

#include "base/text.h"
#include "box.h"
#include "hash.h"
#include "sealed_value.h"

_Static_assert(RECORD_KEY_LEN == BOX_KEY, "a record key seals a box");

struct place {			/* one value of level X */
	struct record_key k;
	bool edit;
	const struct type *type;
	const struct field *field;
	struct value *cell;
};
typedef enum err_code (*place_fn)(struct store *s, struct batch *b,
    struct place *p, struct err *e);

/* ---- where they are ---- */

static void place_set(struct place *p, const struct type *t,
    const struct field *f, stamp_t stamp, stamp_t record, struct value *cell)
{
	*p = (struct place){ .type = t, .field = f, .cell = cell,
		.edit = stamp != record,
		.k = { .stamp = stamp, .record = record } };
	snprintf(p->k.field, sizeof p->k.field, "%s", f->key);
}

static enum err_code each_of_row(struct store *s, struct batch *b,
    const struct type *t, struct value *cell, place_fn fn, struct err *e)
{
	stamp_t id = cell[TYPE_COL_ID].i;
	enum err_code rc = OK;

	for (size_t i = 0; !rc && i < t->nfield; i++) {
		const struct field *f = &t->field[i];
		struct place p;

		if (cell[f->column_index].kind == VALUE_NULL)
			continue;
		place_set(&p, t, f, id, id, &cell[f->column_index]);
		rc = fn(s, b, &p, e);
	}
	return rc;
}

/* A key of the catalogue out of a cell; false if it cannot be one. */
static bool cell_key(const struct value *v, char out[64])
{
	if (v->kind != VALUE_TEXT || v->s.n == 0 || v->s.n >= 64)
		return false;
	snprintf(out, 64, "%.*s", (int)v->s.n, (const char *)v->s.p);
	return true;
}

/* The field that an edit is of; NULL: none that we know, which is left for
 * apply_batch(). */
static const struct field *edit_field(const struct catalogue *c,
    const struct value *cell, const struct type **t)
{
	const struct field *f;
	char type[64], field[64];

	if (cell[EDIT_RECORD].kind != VALUE_INT ||
	    !cell_key(&cell[EDIT_TYPE], type) ||
	    !cell_key(&cell[EDIT_FIELD], field))
		return NULL;
	*t = catalogue_type(c, type);
	f = *t ? type_field(c, *t, field) : NULL;
	return f && strcmp(f->key, field) == 0 ? f : NULL;
}

bool record_cell_is(const struct catalogue *c, const struct section *s,
    const struct value *cell, size_t column)
{
	const struct field *f = NULL;
	const struct type *t;

	if (!s->type && s->fixed == TABLE_EDIT && column == EDIT_VALUE)
		f = edit_field(c, cell, &t);
	if (!s->type)
		return f && f->level == 'X';
	for (size_t i = 0; i < s->type->nfield; i++)
		if (s->type->field[i].column_index == column)
			return s->type->field[i].level == 'X';
	return false;
}

static enum err_code of_edit(struct store *s, struct batch *b,
    struct value *cell, place_fn fn, struct err *e)
{
	const struct type *t = NULL;
	const struct field *f = edit_field(b->catalogue, cell, &t);
	struct place p;

	if (!f || cell[EDIT_VALUE].kind == VALUE_NULL)
		return OK;
	place_set(&p, t, f, cell[EDIT_STAMP].i, cell[EDIT_RECORD].i,
	    &cell[EDIT_VALUE]);
	return fn(s, b, &p, e);
}

static enum err_code each_place(struct store *s, struct batch *b, place_fn fn,
    struct err *e)
{
	enum err_code rc = OK;

	for (size_t i = 0; i < b->nsection; i++) {
		const struct section *sec = &b->section[i];

		if (!sec->type && sec->fixed != TABLE_EDIT)
			continue;
		for (size_t k = 0; !rc && k < sec->nrow; k++) {
			struct value *cell = sec->cell + k * sec->table->ncol;

			if (cell[0].kind != VALUE_INT)
				continue;
			rc = sec->type ? each_of_row(s, b, sec->type, cell,
			    fn, e) : of_edit(s, b, cell, fn, e);
		}
	}
	return rc ? rc : batch_ok(b, e);
}

/* ---- sealing ---- */

static enum err_code nonce_of(const struct record_key *k,
    unsigned char out[BOX_NONCE], struct err *e)
{
	unsigned char sum[SHA256_LEN];
	struct buf b = BUF_INIT;
	enum err_code rc;

	buf_add_u64(&b, (uint64_t)k->stamp);
	buf_add_str32(&b, slice_str(k->field));
	rc = buf_ok(&b, e);
	if (!rc) {
		sha256(slice_buf(&b), sum);
		memcpy(out, sum, BOX_NONCE);
	}
	buf_release(&b);
	return rc;
}

static void name_key(struct record_key *k)
{
	unsigned char id[32];

	box_key_id(BOX_RECORD, k->key, id);
	memcpy(k->id, id, sizeof k->id);
}

/* Kept before it is used: what this node has sealed it can open. */
static enum err_code key_made(struct store *s, struct record_key *k,
    struct err *e)
{
	const stamp_t record = k->record;
	bool found;
	enum err_code rc = record_key_get(s, k, true, &found, e);

	if (rc || found)
		return rc;
	k->record = record;
	k->told = store_identity(s)->hq;
	random_bytes(k->key, sizeof k->key);
	name_key(k);
	return record_key_add(s, k, e);
}

static enum err_code seal_place(struct store *s, struct batch *b,
    struct place *p, struct err *e)
{
	unsigned char nonce[BOX_NONCE];
	struct buf clear = BUF_INIT, out = BUF_INIT;
	enum err_code rc;

	if (p->field->level != 'X')
		return OK;
	rc = key_made(s, &p->k, e);
	if (!rc)
		rc = nonce_of(&p->k, nonce, e);
	if (rc)
		goto done;
	value_add(&clear, p->cell);
	buf_add(&out, p->k.id, sizeof p->k.id);
	rc = buf_ok(&clear, e);
	if (!rc)
		rc = box_seal(p->k.key, nonce, slice_buf(&clear), &out, e);
	if (!rc)
		rc = buf_ok(&out, e);
	if (!rc)
		*p->cell = value_bytes(batch_text(b, slice_buf(&out)));
done:
	if (clear.p)
		wipe(clear.p, clear.n);
	buf_release(&clear);
	buf_release(&out);
	wipe(p->k.key, sizeof p->k.key);
	return rc;
}

enum err_code record_cell_seal(struct store *s, struct batch *b,
    struct err *e)
{
	return each_place(s, b, seal_place, e);
}

/* ---- opening ---- */

static uint64_t number(const unsigned char *p, size_t n)
{
	uint64_t v = 0;

	while (n--)
		v = v << 8 | *p++;
	return v;
}

/* What value_add() made; text is borrowed. */
static bool value_parse(struct slice in, struct value *out)
{
	uint64_t bits;
	double r;

	if (in.n == 9 && (in.p[0] == 'i' || in.p[0] == 'r')) {
		bits = number(in.p + 1, 8);
		memcpy(&r, &bits, sizeof r);
		*out = in.p[0] == 'i' ? value_int((int64_t)bits) :
		    value_real(r);
		return in.p[0] == 'i' || r - r == 0;	/* finite */
	}
	if (in.n < 5 || in.p[0] != 't' || number(in.p + 1, 4) != in.n - 5)
		return false;
	*out = value_text(slice_of(in.p + 5, in.n - 5));
	return utf8_valid(out->s);
}

/* Open a cell; false if the key is another, the bytes were changed, or it is
 * no value of this field: then it is as good as sealed for ever. v borrows
 * from clear. */
static bool open_cell(const struct record_key *k, const struct field *f,
    bool edit, struct slice cell, struct buf *clear, struct value *v)
{
	unsigned char nonce[BOX_NONCE];
	struct err why;

	return cell.n > RECORD_KEY_ID + BOX_TAG &&
	    memcmp(k->id, cell.p, RECORD_KEY_ID) == 0 &&
	    !nonce_of(k, nonce, &why) &&
	    !box_open(k->key, nonce, slice_of(cell.p + RECORD_KEY_ID,
		cell.n - RECORD_KEY_ID), clear, &why) &&
	    value_parse(slice_buf(clear), v) && sealed_value_fits(f, v, edit);
}

static void forget(struct buf *clear)
{
	if (clear->p)
		wipe(clear->p, clear->n);
	buf_release(clear);
}

static enum err_code open_place(struct store *s, struct batch *b,
    struct place *p, struct err *e)
{
	struct buf clear = BUF_INIT;
	struct value v;
	bool found;
	enum err_code rc;

	/* by what it is, not by the field's level: that may have changed */
	if (p->cell->kind != VALUE_BYTES)
		return OK;
	if (p->cell->s.n <= RECORD_KEY_ID + BOX_TAG)
		return err_set(e, ERR_FORMAT, _("its value of %s.%s is not "
		    "sealed under a key of its own"), p->type->key,
		    p->field->key);
	memcpy(p->k.id, p->cell->s.p, sizeof p->k.id);
	rc = record_key_get(s, &p->k, false, &found, e);
	if (!rc && found && open_cell(&p->k, p->field, p->edit, p->cell->s,
	    &clear, &v))
		*p->cell = batch_value(b, &v);
	forget(&clear);
	wipe(p->k.key, sizeof p->k.key);
	return rc;
}

enum err_code record_cell_open(struct store *s, struct batch *b,
    struct err *e)
{
	return each_place(s, b, open_place, e);
}

static enum err_code empty_place(struct store *s, struct batch *b,
    struct place *p, struct err *e)
{
	(void)s, (void)b, (void)e;
	if (p->cell->kind == VALUE_BYTES)
		*p->cell = VALUE_NONE;
	return OK;
}

enum err_code record_cell_mine(struct store *s, struct batch *b,
    struct err *e)
{
	enum err_code rc = record_cell_open(s, b, e);

	return rc ? rc : each_place(s, b, empty_place, e);
}

/* ---- a key that came ---- */

struct fitting {		/* the cell that a key opens */
	const struct catalogue *catalogue;
	struct record_key *k;
	const struct type *type;
	const struct field *field;
	struct buf clear;
	struct value v;
	bool found;
};

static int try_cell(void *arg, stamp_t record, const char *type,
    struct slice cell)
{
	struct fitting *x = arg;

	x->type = catalogue_type(x->catalogue, type);
	x->field = x->type ? type_field(x->catalogue, x->type, x->k->field) :
	    NULL;
	if (!x->field || strcmp(x->field->key, x->k->field) != 0)
		return 0;
	buf_clear(&x->clear);
	x->k->record = record;
	x->found = open_cell(x->k, x->field, record != x->k->stamp, cell,
	    &x->clear, &x->v);
	return x->found;
}

enum err_code record_cell_key(struct store *s, stamp_t stamp,
    const char *field, const unsigned char key[RECORD_KEY_LEN], bool *known,
    struct err *e)
{
	struct record_key k = { .stamp = stamp, .told = true };
	struct fitting x = { .catalogue = store_catalogue(s), .k = &k };
	enum err_code rc;

	snprintf(k.field, sizeof k.field, "%s", field);
	memcpy(k.key, key, sizeof k.key);
	name_key(&k);
	rc = record_key_get(s, &k, false, known, e);
	if (!rc && !*known)
		rc = sealed_value_each(s, stamp, k.field, try_cell, &x, e);
	if (!rc && x.found)
		rc = record_key_add(s, &k, e);
	if (!rc && x.found)
		rc = sealed_value_open(s, k.record, x.type, x.field, stamp,
		    &x.v, e);
	*known |= x.found;
	forget(&x.clear);
	wipe(&k, sizeof k);
	return rc;
}
