#include "columns.h"

#include <stdlib.h>

/* All arithmetic is modulo 2^64, so that no pair of numbers overflows and
 * the reader undoes exactly what the writer did. */
static int64_t add(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b);
}

static int64_t sub(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a - (uint64_t)b);
}

static uint64_t zigzag(int64_t v)
{
	return (uint64_t)v << 1 ^ (v < 0 ? UINT64_MAX : 0);
}

static int64_t unzigzag(uint64_t u)
{
	return (int64_t)(u >> 1 ^ (u & 1 ? UINT64_MAX : 0));
}

void varint_add(struct buf *b, int64_t v)
{
	uint64_t u = zigzag(v);

	for (; u > 127; u >>= 7)
		buf_addc(b, (unsigned char)(u | 128));
	buf_addc(b, (unsigned char)u);
}

bool varint_next(struct slice s, size_t *at, int64_t *v)
{
	uint64_t u = 0;

	for (unsigned shift = 0; *at < s.n && shift < 64; shift += 7) {
		unsigned char c = s.p[(*at)++];

		u |= (uint64_t)(c & 127) << shift;
		if (c > 127)
			continue;
		*v = unzigzag(u);
		/* A last byte of 0 says nothing; the tenth has one bit. */
		return shift == 0 || (c != 0 && (shift < 63 || c == 1));
	}
	return false;
}

bool numbers_add(struct numbers *a, int64_t v)
{
	if (a->n == a->cap) {
		size_t cap = a->cap < 64 ? 64 : a->cap * 2;
		int64_t *p = realloc(a->v, cap * sizeof(*p));

		if (p == NULL)
			return false;
		a->v = p;
		a->cap = cap;
	}
	a->v[a->n++] = v;
	return true;
}

/* What a series expects at place i, from the values before it. */
static int64_t expected(const int64_t *v, size_t i, enum series how)
{
	if (how == SERIES_RAW || i == 0)
		return 0;
	if (how == SERIES_DELTA || i == 1)
		return v[i - 1];
	return add(v[i - 1], sub(v[i - 1], v[i - 2]));
}

static unsigned varint_len(int64_t v)
{
	unsigned n = 1;

	for (uint64_t u = zigzag(v); u > 127; u >>= 7)
		n++;
	return n;
}

/* About how many bits deflate will make of the residuals: a residual that
 * came after the same two before costs next to nothing. A guess of our own,
 * not a trial of zlib, so that the bytes do not depend on zlib's version. */
static uint64_t cost(const int64_t *v, size_t n, enum series how)
{
	int64_t seen[256] = { 0 }, a = 0, b = 0;
	uint64_t bits = 0;

	for (size_t i = 0; i < n; i++) {
		int64_t r = sub(v[i], expected(v, i, how));
		uint64_t h = (uint64_t)a * 31 + (uint64_t)b;

		h = h * 0x9e3779b97f4a7c15u >> 56;
		bits += seen[h] == r ? 1 : 4 + 8 * varint_len(r);
		seen[h] = r;
		a = b;
		b = r;
	}
	return bits;
}

static bool is_run(const int64_t *v, size_t n)
{
	int64_t step = n > 1 ? sub(v[1], v[0]) : 0;

	for (size_t i = 1; i < n; i++)
		if (sub(v[i], v[i - 1]) != step)
			return false;
	return true;
}

static void series_encode(struct buf *out, const int64_t *v, size_t n)
{
	enum series best = SERIES_RAW;
	uint64_t least = UINT64_MAX;
	struct buf b = BUF_INIT;

	for (enum series how = SERIES_RAW; how < SERIES_COUNT; how++) {
		uint64_t bits = cost(v, n, how);

		if (bits < least) {
			least = bits;
			best = how;
		}
	}
	buf_addc(&b, (unsigned char)best);
	for (size_t i = 0; i < n; i++)
		varint_add(&b, sub(v[i], expected(v, i, best)));
	cbor_add_bytes(out, slice_buf(&b));
	out->failed |= b.failed;
	buf_release(&b);
}

void ints_encode(struct buf *out, const int64_t *v, size_t n)
{
	if (!is_run(v, n)) {
		series_encode(out, v, n);
	} else if (n == 1 || v[0] == v[1]) {
		cbor_add_int(out, v[0]);
	} else {
		cbor_add_array(out, 2);
		cbor_add_int(out, v[0]);
		cbor_add_int(out, sub(v[1], v[0]));
	}
}

static enum err_code series_decode(struct slice s, int64_t *v, size_t n,
    struct err *e)
{
	size_t at = 1, i = 0;
	int64_t r;

	if (s.n == 0 || s.p[0] >= SERIES_COUNT)
		return err_set(e, ERR_NEWER,
		    _("numbers in a series this wellhead does not know"));
	for (; i < n && varint_next(s, &at, &r); i++)
		v[i] = add(r, expected(v, i, (enum series)s.p[0]));
	if (i < n || at < s.n)
		return err_set(e, ERR_FORMAT,
		    _("a series that does not have %zu numbers"), n);
	return OK;
}

enum err_code ints_decode(struct cbor *c, int64_t *v, size_t n, struct err *e)
{
	struct cbor_item item, step = { .i = 0 };
	enum err_code rc = cbor_next(c, &item, e);

	if (rc == OK && item.kind == CBOR_BYTES)
		return series_decode(item.s, v, n, e);
	if (rc == OK && item.kind == CBOR_ARRAY && item.i == 2) {
		rc = cbor_want(c, CBOR_INT, &item, e);
		if (rc == OK)
			rc = cbor_want(c, CBOR_INT, &step, e);
	}
	if (rc != OK)
		return rc;
	if (item.kind != CBOR_INT)
		return err_set(e, ERR_FORMAT,
		    _("at byte %zu: numbers are not written so"), c->at);
	for (size_t i = 0; i < n; i++)
		v[i] = i == 0 ? item.i : add(v[i - 1], step.i);
	return OK;
}
