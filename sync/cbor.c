#include "cbor.h"

#include <math.h>

#include "base/text.h"

enum major { UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG, SIMPLE };
enum simple { SIMPLE_FALSE = 20, SIMPLE_TRUE = 21, SIMPLE_NULL = 22,
	SIMPLE_DOUBLE = 27 };

/* Initial byte's low five bits: 24 to 27 announce 1, 2, 4, 8 more bytes. */
#define SHORT_MAX 23

static void add_big_endian(struct buf *b, uint64_t v, unsigned bytes)
{
	while (bytes-- > 0)
		buf_addc(b, (unsigned char)(v >> (8 * bytes)));
}

static void add_head(struct buf *b, enum major major, uint64_t v)
{
	unsigned info = 24, bytes = 1;

	if (v <= SHORT_MAX) {
		buf_addc(b, (unsigned char)((unsigned)major << 5 | v));
		return;
	}
	while (bytes < 8 && v >> (8 * bytes) != 0) {
		bytes *= 2;
		info++;
	}
	buf_addc(b, (unsigned char)((unsigned)major << 5 | info));
	add_big_endian(b, v, bytes);
}

void cbor_add_int(struct buf *b, int64_t v)
{
	if (v < 0)
		add_head(b, NEGATIVE, ~(uint64_t)v);	/* -1 - v */
	else
		add_head(b, UNSIGNED, (uint64_t)v);
}

void cbor_add_bytes(struct buf *b, struct slice s)
{
	add_head(b, BYTES, s.n);
	buf_addb(b, s);
}

void cbor_add_text(struct buf *b, struct slice s)
{
	add_head(b, TEXT, s.n);
	buf_addb(b, s);
}

void cbor_add_array(struct buf *b, uint64_t n)
{
	add_head(b, ARRAY, n);
}

void cbor_add_bool(struct buf *b, bool v)
{
	add_head(b, SIMPLE, v ? SIMPLE_TRUE : SIMPLE_FALSE);
}

void cbor_add_null(struct buf *b)
{
	add_head(b, SIMPLE, SIMPLE_NULL);
}

void cbor_add_real(struct buf *b, double v)
{
	uint64_t bits;

	memcpy(&bits, &v, sizeof(bits));
	buf_addc(b, SIMPLE << 5 | SIMPLE_DOUBLE);
	add_big_endian(b, bits, 8);
}

static enum err_code bad(const struct cbor *c, struct err *e, const char *why)
{
	return err_set(e, ERR_FORMAT, _("at byte %zu: %s"), c->at, why);
}

/* The argument of the head at c->at, in its shortest form. */
static bool read_argument(struct cbor *c, unsigned info, uint64_t *v)
{
	unsigned bytes;

	if (info <= SHORT_MAX) {
		*v = info;
		return true;
	}
	if (info > 27)
		return false;
	bytes = 1u << (info - 24);
	if (c->in.n - c->at < bytes)
		return false;
	*v = 0;
	for (unsigned i = 0; i < bytes; i++)
		*v = *v << 8 | c->in.p[c->at + i];
	c->at += bytes;
	if (bytes == 1)
		return *v > SHORT_MAX;
	return *v >> (4 * bytes) != 0;	/* half the bytes would not do */
}

static enum err_code read_simple(struct cbor *c, unsigned info,
    struct cbor_item *out, struct err *e)
{
	uint64_t bits = 0;

	if (info == SIMPLE_FALSE || info == SIMPLE_TRUE) {
		out->kind = CBOR_BOOL;
		out->i = info == SIMPLE_TRUE;
		return OK;
	}
	if (info == SIMPLE_NULL) {
		out->kind = CBOR_NULL;
		return OK;
	}
	if (info != SIMPLE_DOUBLE)
		return bad(c, e, _("a value of a kind that is not used here"));
	if (c->in.n - c->at < 8)
		return bad(c, e, _("the data ends in the middle of a value"));
	for (int i = 0; i < 8; i++)
		bits = bits << 8 | c->in.p[c->at++];
	out->kind = CBOR_REAL;
	memcpy(&out->r, &bits, sizeof(bits));
	/* NaN has many forms and no use. */
	return isfinite(out->r) ? OK : bad(c, e, _("not a finite number"));
}

static enum err_code read_string(struct cbor *c, enum major major, uint64_t n,
    struct cbor_item *out, struct err *e)
{
	if (n > c->in.n - c->at)
		return bad(c, e, _("the data ends in the middle of a value"));
	out->kind = major == TEXT ? CBOR_TEXT : CBOR_BYTES;
	out->s = slice_of(c->in.p + c->at, (size_t)n);
	if (major == TEXT && !utf8_valid(out->s))
		return bad(c, e, _("text that is not UTF-8"));
	c->at += (size_t)n;
	return OK;
}

enum err_code cbor_next(struct cbor *c, struct cbor_item *out, struct err *e)
{
	unsigned char head;
	enum major major;
	uint64_t v;

	memset(out, 0, sizeof(*out));
	if (c->at >= c->in.n)
		return bad(c, e, _("the data ends too early"));
	head = c->in.p[c->at++];
	major = (enum major)(head >> 5);
	if (major == SIMPLE)
		return read_simple(c, head & 31, out, e);
	if (!read_argument(c, head & 31, &v))
		return bad(c, e, _("a number not in its shortest form"));
	if (major == BYTES || major == TEXT)
		return read_string(c, major, v, out, e);
	if (v > INT64_MAX)
		return bad(c, e, _("a number past 63 bits"));
	out->i = (int64_t)v;
	out->kind = CBOR_INT;
	if (major == NEGATIVE) {
		out->i = -1 - out->i;
	} else if (major == ARRAY) {
		out->kind = CBOR_ARRAY;
		/* Every item takes a byte or more. */
		if (v > c->in.n - c->at)
			return bad(c, e, _("an array longer than the data"));
	} else if (major != UNSIGNED) {
		return bad(c, e, _("a value of a kind that is not used here"));
	}
	return OK;
}

enum err_code cbor_want(struct cbor *c, enum cbor_kind kind,
    struct cbor_item *out, struct err *e)
{
	static const char *const name[] = {
		[CBOR_INT] = N_("a number"),
		[CBOR_BYTES] = N_("bytes"),
		[CBOR_TEXT] = N_("a text"),
		[CBOR_ARRAY] = N_("an array"),
		[CBOR_BOOL] = N_("true or false"),
		[CBOR_NULL] = N_("null"),
		[CBOR_REAL] = N_("a real number"),
	};
	size_t at = c->at;
	enum err_code code = cbor_next(c, out, e);

	if (code == OK && out->kind != kind)
		return err_set(e, ERR_FORMAT, _("at byte %zu: expected %s"),
		    at, _(name[kind]));
	return code;
}

bool cbor_end(const struct cbor *c)
{
	return c->at >= c->in.n;
}
