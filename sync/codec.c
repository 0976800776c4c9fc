#include "columns.h"

#include <stdlib.h>

#define FORMAT 1
#define HEAD_ITEMS 6	/* format, catalogue, node, base, salt, foreign ids */
#define TICKS_MAX ((int64_t)1 << (63 - STAMP_NODE_BITS))

static void codec_release(struct codec *k)
{
	arena_release(&k->scratch);
	map_free(k->foreign);
	free(k->id.v);
	free(k->bins.listed.v);
}

static enum err_code codec_init(struct codec *k, const struct catalogue *c,
    size_t nsection, struct err *e)
{
	k->catalogue = c;
	k->text_left = TEXT_TOTAL_MAX;
	k->listed_left = LISTED_MAX;
	k->record = arena_alloc(&k->scratch, nsection + 1,
	    sizeof(const struct section *));
	k->first = arena_alloc(&k->scratch, nsection + 1, sizeof(*k->first));
	return k->scratch.failed ? err_memory(e) : OK;
}

/* References count records through the sections in this order. */
static void note_records(struct codec *k, const struct section *s)
{
	if (s->type == NULL)
		return;
	k->record[k->nrecord] = s;
	k->first[k->nrecord++] = k->nrow;
	k->nrow += s->nrow;
}

/* Sizes so far, refused past the caps with this code. */
struct sizes {
	size_t rows, cells, most;	/* most rows of one section */
};

static enum err_code sizes_add(struct sizes *z, size_t nrow, size_t ncol,
    enum err_code code, struct err *e)
{
	if (nrow > ROWS_MAX - z->rows || nrow * ncol > CELLS_MAX - z->cells)
		return err_set(e, code, _("more than %d rows or %u cells in "
		    "one changeset"), ROWS_MAX, CELLS_MAX);
	z->rows += nrow;
	z->cells += nrow * ncol;
	if (nrow > z->most)
		z->most = nrow;
	return OK;
}

/* Writing */

static stamp_t stamp_at(const struct section *s, size_t row)
{
	return s->cell[row * s->table->ncol].i;
}

/* The stamps of a section: integers, rising, of one node. */
static enum err_code check_stamps(const struct codec *k,
    const struct section *s, struct err *e)
{
	stamp_t last = 0;

	for (size_t row = 0; row < s->nrow; row++) {
		stamp_t now = stamp_at(s, row);

		if (s->cell[row * s->table->ncol].kind != VALUE_INT ||
		    now <= last || stamp_node(now) != k->node)
			return err_set(e, ERR_INTERNAL, _("%s: stamps that "
			    "do not rise, or of two nodes"), s->table->name);
		last = now;
	}
	return OK;
}

static enum err_code look_over(struct codec *k, const struct batch *b,
    struct sizes *z, struct err *e)
{
	stamp_t first = 0, last;
	enum err_code rc = OK;

	if (batch_span(b, &first, &last) && first > 0) {
		k->base = stamp_ticks(first);
		k->node = stamp_node(first);
	}
	for (size_t i = 0; rc == OK && i < b->nsection; i++) {
		const struct section *s = &b->section[i];

		rc = sizes_add(z, s->nrow, s->table->ncol, ERR_TOO_BIG, e);
		if (rc == OK)
			rc = check_stamps(k, s, e);
		if (s->nrow > 0)
			note_records(k, s);
	}
	return rc;
}

static enum err_code section_encode(struct codec *k, struct buf *out,
    const struct section *s, struct err *e)
{
	const size_t ncol = s->table->ncol;
	unsigned char *mask = arena_alloc(&k->scratch, ncol / 8 + 1, 1);
	size_t columns = 0, len = 0;
	enum err_code rc = OK;

	if (mask == NULL)
		return err_memory(e);
	for (size_t col = 1; rc == OK && col < ncol; col++)
		if (column_any(s, col)) {
			mask[col / 8] |= (unsigned char)(1u << (col % 8));
			len = col / 8 + 1;
			columns++;
		}
	cbor_add_array(out, 1 + columns);
	cbor_add_bytes(out, slice_of(mask, len));
	for (size_t place = 1; rc == OK && place < ncol; place++) {
		size_t col = column_at(s, place);

		if (mask[col / 8] >> (col % 8) & 1)
			rc = column_encode(k, out, s, col, e);
	}
	return rc;
}

/* The ids that are not in this payload: how much older than its base, and
 * how far from its node, each. */
static void foreign_encode(const struct codec *k, struct buf *out)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < k->id.n; i++) {
		varint_add(&b, k->base - stamp_ticks(k->id.v[i]));
		varint_add(&b, (int64_t)stamp_node(k->id.v[i]) - k->node);
	}
	cbor_add_bytes(out, slice_buf(&b));
	out->failed |= b.failed;
	buf_release(&b);
}

/* Name, number of rows and stamps of every section. */
static void directory_encode(const struct codec *k, struct buf *out,
    const struct batch *b, size_t nsection)
{
	cbor_add_array(out, 3 * nsection);
	for (size_t i = 0; i < b->nsection; i++) {
		const struct section *s = &b->section[i];

		if (s->nrow == 0)
			continue;
		cbor_add_text(out, slice_str(s->table->name));
		cbor_add_int(out, (int64_t)s->nrow);
		for (size_t row = 0; row < s->nrow; row++)
			k->bins.number[row] = stamp_ticks(stamp_at(s, row)) -
			    k->base;
		ints_encode(out, k->bins.number, s->nrow);
	}
}

enum err_code codec_encode(const struct batch *b, struct buf *raw,
    struct err *e)
{
	struct codec k = { 0 };
	struct sizes z = { 0 };
	struct buf body = BUF_INIT;
	size_t nsection = 0;
	enum err_code rc = codec_init(&k, b->catalogue, b->nsection, e);

	k.foreign = map_new();
	if (rc == OK && k.foreign == NULL)
		rc = err_memory(e);
	if (rc == OK)
		rc = look_over(&k, b, &z, e);
	if (rc == OK)
		rc = bins_init(&k, z.most, e);
	for (size_t i = 0; rc == OK && i < b->nsection; i++)
		if (b->section[i].nrow > 0) {
			rc = section_encode(&k, &body, &b->section[i], e);
			nsection++;
		}
	if (rc != OK)
		goto done;
	cbor_add_array(raw, HEAD_ITEMS + 1 + nsection);
	cbor_add_int(raw, FORMAT);
	cbor_add_int(raw, b->catalogue->version);
	cbor_add_int(raw, k.node);
	cbor_add_int(raw, k.base);
	cbor_add_bytes(raw, slice_of(b->salt, sizeof(b->salt)));
	foreign_encode(&k, raw);
	directory_encode(&k, raw, b, nsection);
	buf_addb(raw, slice_buf(&body));
	raw->failed |= body.failed;
	rc = buf_ok(raw, e);
	if (rc == OK && raw->n > RAW_MAX)
		rc = err_set(e, ERR_TOO_BIG, _("more than %u bytes in one "
		    "changeset"), RAW_MAX);
done:
	buf_release(&body);
	codec_release(&k);
	return rc;
}

/* Reading */

static enum err_code newer(struct err *e, const char *what, int64_t theirs,
    int64_t ours)
{
	err_set(e, ERR_NEWER, _("%s %lld; this wellhead knows %lld"), what,
	    (long long)theirs, (long long)ours);
	return err_hint(e, _("upgrade wellhead"));
}

static enum err_code head_decode(struct codec *k, struct cbor *c,
    size_t *nsection, struct err *e)
{
	struct cbor_item all, item[4];
	enum err_code rc = cbor_want(c, CBOR_ARRAY, &all, e);

	for (size_t i = 0; rc == OK && i < 4; i++) {
		rc = cbor_want(c, CBOR_INT, &item[i], e);
		if (rc == OK && i == 0 && item[0].i > FORMAT)
			return newer(e, _("payload format"), item[0].i,
			    FORMAT);
	}
	if (rc != OK)
		return rc;
	if (item[0].i != FORMAT || item[1].i < 1 || item[2].i < 0 ||
	    item[2].i > UINT16_MAX || item[3].i < 0 ||
	    item[3].i >= TICKS_MAX || all.i < HEAD_ITEMS + 1)
		return err_set(e, ERR_FORMAT,
		    _("the payload's first numbers are out of range"));
	if (all.i > HEAD_ITEMS + 1 + (int64_t)k->catalogue->ntype +
	    TABLE_FIXED_COUNT)
		return err_set(e, ERR_FORMAT, _("%lld parts in one payload"),
		    (long long)all.i);
	k->node = (uint16_t)item[2].i;
	k->base = item[3].i;
	k->out->version = item[1].i;
	*nsection = (size_t)all.i - HEAD_ITEMS - 1;
	return OK;
}

static enum err_code salt_decode(struct codec *k, struct cbor *c,
    struct err *e)
{
	struct cbor_item item;
	enum err_code rc = cbor_want(c, CBOR_BYTES, &item, e);

	if (rc == OK && item.s.n != sizeof(k->out->salt))
		rc = err_set(e, ERR_FORMAT, _("a salt of %zu bytes"),
		    item.s.n);
	if (rc == OK)
		memcpy(k->out->salt, item.s.p, item.s.n);
	return rc;
}

static enum err_code foreign_decode(struct codec *k, struct cbor *c,
    struct err *e)
{
	struct cbor_item item;
	enum err_code rc = cbor_want(c, CBOR_BYTES, &item, e);
	size_t at = 0;
	int64_t ticks, node;

	while (rc == OK && at < item.s.n) {
		if (!varint_next(item.s, &at, &ticks) ||
		    !varint_next(item.s, &at, &node) ||
		    ticks > k->base || ticks <= k->base - TICKS_MAX ||
		    node < -(int64_t)k->node || node > UINT16_MAX - k->node ||
		    stamp_make(k->base - ticks,
		    (uint16_t)(node + k->node)) == 0)
			return err_set(e, ERR_FORMAT,
			    _("a reference to a stamp out of range"));
		if (!numbers_add(&k->id, stamp_make(k->base - ticks,
		    (uint16_t)(node + k->node))))
			return err_memory(e);
	}
	return rc;
}

/* A section that the directory names: made, with its stamps. */
struct named {
	const struct type *type;
	int fixed;
	size_t nrow;
};

static enum err_code name_decode(struct codec *k, struct cbor *c,
    struct named *n, const struct table **table, struct err *e)
{
	struct cbor_item name, nrow;
	char text[64];
	enum err_code rc = cbor_want(c, CBOR_TEXT, &name, e);

	if (rc == OK)
		rc = cbor_want(c, CBOR_INT, &nrow, e);
	if (rc != OK)
		return rc;
	snprintf(text, sizeof(text), "%.*s", name.s.n < 63 ? (int)name.s.n :
	    63, (const char *)name.s.p);
	*table = table_by_name(k->catalogue, text, &n->type, &n->fixed);
	if (*table == NULL || !slice_eqs(name.s, text)) {
		err_set(e, ERR_NEWER, _("\"%s\" is not in this wellhead's "
		    "catalogue"), text);
		return err_hint(e, _("upgrade wellhead"));
	}
	if (nrow.i < 1 || nrow.i > ROWS_MAX ||
	    batch_section(k->out, n->type, n->fixed) != NULL)
		return err_set(e, ERR_FORMAT, _("%s: twice, or without rows"),
		    text);
	n->nrow = (size_t)nrow.i;
	return OK;
}

static enum err_code stamps_decode(struct codec *k, struct cbor *c,
    const struct named *n, struct err *e)
{
	int64_t *ticks = arena_alloc(&k->scratch, n->nrow, sizeof(*ticks));
	int64_t last = -1;
	enum err_code rc;

	if (ticks == NULL)
		return err_memory(e);
	rc = ints_decode(c, ticks, n->nrow, e);
	for (size_t row = 0; rc == OK && row < n->nrow; row++) {
		struct value *cell;

		if (ticks[row] <= last || ticks[row] >= TICKS_MAX - k->base)
			return err_set(e, ERR_FORMAT,
			    _("stamps that do not rise"));
		last = ticks[row];
		cell = batch_row(k->out, n->type, n->fixed);
		if (cell == NULL)
			return err_memory(e);
		cell[0] = value_int(stamp_make(k->base + last, k->node));
		if (cell[0].i == 0)
			return err_set(e, ERR_FORMAT, _("a stamp of 0"));
	}
	return rc;
}

static enum err_code directory_decode(struct codec *k, struct cbor *c,
    struct named *n, size_t nsection, struct sizes *z, struct err *e)
{
	struct cbor_item item;
	enum err_code rc = cbor_want(c, CBOR_ARRAY, &item, e);

	if (rc == OK && (uint64_t)item.i != 3 * (uint64_t)nsection)
		rc = err_set(e, ERR_FORMAT, _("a directory of %lld items for "
		    "%zu sections"), (long long)item.i, nsection);
	for (size_t i = 0; rc == OK && i < nsection; i++) {
		const struct table *table;

		rc = name_decode(k, c, &n[i], &table, e);
		if (rc == OK)
			rc = sizes_add(z, n[i].nrow, table->ncol, ERR_FORMAT,
			    e);
		if (rc == OK)
			rc = stamps_decode(k, c, &n[i], e);
	}
	return rc;
}

/* The mask: bit 1 of byte 0 for column 1 and so on, no zero byte last. */
static enum err_code mask_decode(const struct section *s, struct slice mask,
    uint64_t items, struct err *e)
{
	const size_t ncol = s->table->ncol;
	uint64_t columns = 0;

	for (size_t col = 0; col < mask.n * 8; col++) {
		if ((mask.p[col / 8] >> (col % 8) & 1) == 0)
			continue;
		columns++;
		if (col >= ncol) {
			err_set(e, ERR_NEWER, _("%s has a field that is not "
			    "in this wellhead's catalogue"), s->table->name);
			return err_hint(e, _("upgrade wellhead"));
		}
	}
	if ((mask.n > 0 && (mask.p[mask.n - 1] == 0 || mask.p[0] & 1)) ||
	    items != columns + 1)
		return err_set(e, ERR_FORMAT, _("%s: %llu columns announced, "
		    "%llu there"), s->table->name,
		    (unsigned long long)columns,
		    (unsigned long long)items - 1);
	return OK;
}

static enum err_code section_decode(struct codec *k, struct cbor *c,
    struct section *s, struct err *e)
{
	struct cbor_item items, mask = { 0 };
	enum err_code rc = cbor_want(c, CBOR_ARRAY, &items, e);

	if (rc == OK)
		rc = cbor_want(c, CBOR_BYTES, &mask, e);
	if (rc == OK)
		rc = mask_decode(s, mask.s, (uint64_t)items.i, e);
	for (size_t place = 1; rc == OK && place < s->table->ncol; place++) {
		size_t col = column_at(s, place);

		if (col / 8 < mask.s.n &&
		    mask.s.p[col / 8] >> (col % 8) & 1)
			rc = column_decode(k, c, s, col, e);
	}
	return rc == OK ? OK : err_in(e, "%s", s->table->name);
}

static enum err_code payload_decode(struct codec *k, struct cbor *c,
    struct err *e)
{
	struct sizes z = { 0 };
	struct named *n = NULL;
	size_t nsection = 0;
	enum err_code rc = head_decode(k, c, &nsection, e);

	if (rc == OK)
		rc = salt_decode(k, c, e);
	if (rc == OK)
		rc = foreign_decode(k, c, e);
	if (rc == OK)
		rc = codec_init(k, k->catalogue, nsection, e);
	if (rc != OK)
		return rc;
	n = arena_alloc(&k->scratch, nsection + 1, sizeof(*n));
	if (n == NULL)
		return err_memory(e);
	rc = directory_decode(k, c, n, nsection, &z, e);
	/* Adding a section moves the others: only now they stay. */
	for (size_t i = 0; rc == OK && i < nsection; i++)
		note_records(k, batch_section(k->out, n[i].type, n[i].fixed));
	if (rc == OK)
		rc = bins_init(k, z.most, e);
	for (size_t i = 0; rc == OK && i < nsection; i++)
		rc = section_decode(k, c, batch_section(k->out, n[i].type,
		    n[i].fixed), e);
	if (rc == OK && !cbor_end(c))
		rc = err_set(e, ERR_FORMAT, _("%zu bytes after the payload"),
		    c->in.n - c->at);
	return rc;
}

enum err_code codec_decode(struct slice raw, struct batch *out, struct err *e)
{
	struct codec k = { .catalogue = out->catalogue, .out = out };
	struct cbor c = { .in = raw };
	enum err_code rc;

	if (raw.n > RAW_MAX)
		return err_set(e, ERR_FORMAT, _("a payload of %zu bytes"),
		    raw.n);
	rc = payload_decode(&k, &c, e);
	if (rc == OK)
		rc = batch_ok(out, e);
	codec_release(&k);
	return rc;
}
