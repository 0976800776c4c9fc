#include "columns.h"

enum err_code bins_init(struct codec *k, size_t rows, struct err *e)
{
	struct bins *b = &k->bins;
	struct arena *a = &k->scratch;

	b->class = arena_alloc(a, rows, sizeof(*b->class));
	b->number = arena_alloc(a, rows, sizeof(*b->number));
	b->integer = arena_alloc(a, rows, sizeof(*b->integer));
	b->count = arena_alloc(a, rows, sizeof(*b->count));
	b->text = arena_alloc(a, rows, sizeof(*b->text));
	b->bytes = arena_alloc(a, rows, sizeof(*b->bytes));
	b->real = arena_alloc(a, rows, sizeof(*b->real));
	return a->failed ? err_memory(e) : OK;
}

bool column_any(const struct section *s, size_t col)
{
	for (size_t row = 0; row < s->nrow; row++)
		if (s->cell[row * s->table->ncol + col].kind != VALUE_NULL)
			return true;
	return false;
}

/* For every transition the row of its predecessor. */
static enum err_code link_steps(struct codec *k, const struct section *s,
    struct err *e)
{
	struct map *last = map_new();
	size_t row = 0;

	k->before = arena_alloc(&k->scratch, s->nrow, sizeof(*k->before));
	for (; last != NULL && k->before != NULL && row < s->nrow; row++) {
		const struct value *v = &s->cell[row * s->table->ncol +
		    TRANSITION_RECORD];

		k->before[row] = -1;
		if (v->kind != VALUE_INT)
			continue;
		(void)map_get_i(last, v->i, &k->before[row]);
		if (map_put_i(last, v->i, (int64_t)row) < 0)
			break;
	}
	map_free(last);
	return row < s->nrow ? err_memory(e) : OK;
}

static enum err_code start(struct codec *k, const struct section *s,
    size_t col, struct err *e)
{
	memset(k->bins.n, 0, sizeof(k->bins.n));
	k->bins.listed.n = 0;
	k->list_at = 0;
	if (s->fixed == TABLE_TRANSITION && col == TRANSITION_FROM)
		return link_steps(k, s, e);
	return OK;
}

static void reals_encode(struct buf *out, const double *v, size_t n)
{
	cbor_add_array(out, n);
	for (size_t i = 0; i < n; i++)
		cbor_add_real(out, v[i]);
}

static void bytes_encode(struct buf *out, const struct slice *v, size_t n)
{
	cbor_add_array(out, n);
	for (size_t i = 0; i < n; i++)
		cbor_add_bytes(out, v[i]);
}

static void lists_encode(struct buf *out, const struct bins *b)
{
	cbor_add_array(out, b->listed.n > 0 ? 2 : 1);
	ints_encode(out, b->count, b->n[CLASS_LIST]);
	if (b->listed.n > 0)
		ints_encode(out, b->listed.v, b->listed.n);
}

static enum err_code class_encode(struct codec *k, struct buf *out,
    enum class class, struct err *e)
{
	const struct bins *b = &k->bins;
	size_t n = b->n[class];

	if (class == CLASS_NUMBER)
		ints_encode(out, b->number, n);
	else if (class == CLASS_INT)
		ints_encode(out, b->integer, n);
	else if (class == CLASS_REAL)
		reals_encode(out, b->real, n);
	else if (class == CLASS_BYTES)
		bytes_encode(out, b->bytes, n);
	else if (class == CLASS_LIST)
		lists_encode(out, b);
	else if (class == CLASS_TEXT)
		return texts_encode(k, out, b->text, n, e);
	return OK;
}

enum err_code column_encode(struct codec *k, struct buf *out,
    const struct section *s, size_t col, struct err *e)
{
	const enum class usual = usual_class(s, col);
	enum err_code rc = start(k, s, col, e);
	uint64_t streams = 0;

	for (size_t row = 0; rc == OK && row < s->nrow; row++)
		rc = cell_sort(k, s, row, col, e);
	if (rc == OK && k->scratch.failed)
		rc = err_memory(e);
	if (rc != OK)
		return rc;
	k->listed_left -= k->bins.listed.n;
	if (k->bins.n[usual] == s->nrow)
		return class_encode(k, out, usual, e);
	for (enum class c = CLASS_NUMBER; c < CLASS_COUNT; c++)
		streams += k->bins.n[c] > 0;
	cbor_add_array(out, 2 + streams);
	cbor_add_null(out);
	ints_encode(out, k->bins.class, s->nrow);
	for (enum class c = CLASS_NUMBER; rc == OK && c < CLASS_COUNT; c++)
		if (k->bins.n[c] > 0)
			rc = class_encode(k, out, c, e);
	return rc;
}

/* The head of an array that has n items. */
static enum err_code want_array(struct cbor *c, size_t n, struct err *e)
{
	struct cbor_item item;
	size_t at = c->at;
	enum err_code rc = cbor_want(c, CBOR_ARRAY, &item, e);

	if (rc == OK && (uint64_t)item.i != n)
		rc = err_set(e, ERR_FORMAT,
		    _("at byte %zu: %lld items where %zu are due"), at,
		    (long long)item.i, n);
	return rc;
}

static enum err_code reals_decode(struct cbor *c, double *v, size_t n,
    struct err *e)
{
	struct cbor_item item;
	enum err_code rc = want_array(c, n, e);

	for (size_t i = 0; rc == OK && i < n; i++) {
		rc = cbor_want(c, CBOR_REAL, &item, e);
		v[i] = item.r;
	}
	return rc;
}

static enum err_code bytes_decode(struct codec *k, struct cbor *c,
    size_t n, struct err *e)
{
	struct cbor_item item;
	enum err_code rc = want_array(c, n, e);

	for (size_t i = 0; rc == OK && i < n; i++) {
		rc = cbor_want(c, CBOR_BYTES, &item, e);
		if (rc == OK)
			k->bins.bytes[i] = batch_text(k->out, item.s);
	}
	return rc == OK ? batch_ok(k->out, e) : rc;
}

static enum err_code lists_decode(struct codec *k, struct cbor *c, size_t n,
    struct err *e)
{
	struct numbers *listed = &k->bins.listed;
	struct cbor_item item;
	size_t total = 0;
	enum err_code rc = cbor_want(c, CBOR_ARRAY, &item, e);

	if (rc == OK)
		rc = ints_decode(c, k->bins.count, n, e);
	for (size_t i = 0; rc == OK && i < n; i++) {
		int64_t one = k->bins.count[i];

		if (one < 0 || (uint64_t)one > k->listed_left - total)
			rc = err_set(e, ERR_FORMAT,
			    _("a list of %lld references"), (long long)one);
		else
			total += (size_t)one;
	}
	if (rc == OK && item.i != (total > 0 ? 2 : 1))
		rc = err_set(e, ERR_FORMAT,
		    _("at byte %zu: lists are not written so"), c->at);
	if (rc != OK || total == 0)
		return rc;
	k->listed_left -= total;
	while (listed->n < total)
		if (!numbers_add(listed, 0))
			return err_memory(e);
	return ints_decode(c, listed->v, total, e);
}

static enum err_code class_decode(struct codec *k, struct cbor *c,
    enum class class, size_t n, struct err *e)
{
	struct bins *b = &k->bins;

	switch (class) {
	case CLASS_NUMBER:
		return ints_decode(c, b->number, n, e);
	case CLASS_INT:
		return ints_decode(c, b->integer, n, e);
	case CLASS_REAL:
		return reals_decode(c, b->real, n, e);
	case CLASS_BYTES:
		return bytes_decode(k, c, n, e);
	case CLASS_LIST:
		return lists_decode(k, c, n, e);
	case CLASS_TEXT:
		return texts_decode(k, c, b->text, n, e);
	case CLASS_NULL:
	case CLASS_COUNT:
		break;
	}
	return OK;
}

/* The classes and the streams of a column that is not all of one class. */
static enum err_code mixed_decode(struct codec *k, struct cbor *c, size_t nrow,
    uint64_t items, struct err *e)
{
	struct bins *b = &k->bins;
	struct cbor_item null;
	uint64_t streams = 0;
	enum err_code rc = cbor_want(c, CBOR_NULL, &null, e);

	if (rc == OK)
		rc = ints_decode(c, b->class, nrow, e);
	for (size_t i = 0; rc == OK && i < nrow; i++) {
		if (b->class[i] < 0)
			rc = err_set(e, ERR_FORMAT, _("a class below 0"));
		else if (b->class[i] >= CLASS_COUNT)
			rc = err_set(e, ERR_NEWER,
			    _("a class of values this wellhead does not know"));
		else
			streams += b->n[b->class[i]]++ == 0 &&
			    b->class[i] != CLASS_NULL;
	}
	if (rc == OK && (items != streams + 2 || streams == 0))
		rc = err_set(e, ERR_FORMAT,
		    _("at byte %zu: a column with %llu items"), c->at,
		    (unsigned long long)items);
	for (enum class x = CLASS_NUMBER; rc == OK && x < CLASS_COUNT; x++)
		if (b->n[x] > 0)
			rc = class_decode(k, c, x, b->n[x], e);
	return rc;
}

enum err_code column_decode(struct codec *k, struct cbor *c,
    struct section *s, size_t col, struct err *e)
{
	const enum class usual = usual_class(s, col);
	size_t at[CLASS_COUNT] = { 0 };
	struct cbor_item head, first;
	struct cbor ahead = *c;
	enum err_code rc = start(k, s, col, e);

	if (rc == OK)
		rc = cbor_next(&ahead, &head, e);
	if (rc == OK && head.kind == CBOR_ARRAY && head.i > 0) {
		struct cbor inside = ahead;

		rc = cbor_next(&inside, &first, e);
		if (rc == OK && first.kind == CBOR_NULL) {
			*c = ahead;
			rc = mixed_decode(k, c, s->nrow, (uint64_t)head.i, e);
			goto take;
		}
	}
	if (rc == OK) {
		for (size_t i = 0; i < s->nrow; i++)
			k->bins.class[i] = usual;
		rc = class_decode(k, c, usual, s->nrow, e);
	}
take:
	for (size_t row = 0; rc == OK && row < s->nrow; row++)
		rc = cell_take(k, s, row, col, at, e);
	return rc;
}
