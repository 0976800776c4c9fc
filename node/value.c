/* Values. */
#include "value.h"

struct value value_int(int64_t i)
{
	return (struct value){ .kind = VALUE_INT, .i = i };
}

struct value value_real(double r)
{
	return (struct value){ .kind = VALUE_REAL, .r = r };
}

struct value value_text(struct slice s)
{
	return (struct value){ .kind = VALUE_TEXT, .s = s };
}

struct value value_str(const char *s)
{
	return s == NULL ? VALUE_NONE : value_text(slice_str(s));
}

struct value value_bytes(struct slice s)
{
	return (struct value){ .kind = VALUE_BYTES, .s = s };
}

bool value_eq(const struct value *a, const struct value *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case VALUE_NULL:
		return true;
	case VALUE_INT:
		return a->i == b->i;
	case VALUE_REAL:
		return a->r == b->r;
	case VALUE_TEXT:
	case VALUE_BYTES:
		return slice_eq(a->s, b->s);
	}
	return false;
}

bool value_copy_text(const struct value *v, char *out, size_t size)
{
	out[0] = '\0';
	if (v->kind == VALUE_NULL)
		return true;
	if (v->kind != VALUE_TEXT || v->s.n >= size ||
	    (v->s.n && memchr(v->s.p, '\0', v->s.n)))
		return false;
	if (v->s.n)
		memcpy(out, v->s.p, v->s.n);
	out[v->s.n] = '\0';
	return true;
}

bool value_copy_name(const struct value *v, char *out, size_t size)
{
	return value_copy_text(v, out, size) && out[0];
}

bool value_copy_bytes(const struct value *v, unsigned char *out, size_t n)
{
	bool fits = v->kind == VALUE_BYTES && v->s.n == n;

	if (fits)
		memcpy(out, v->s.p, n);
	else
		memset(out, 0, n);
	return fits;
}

double value_number(const struct value *v)
{
	return v->kind == VALUE_REAL ? v->r :
	    v->kind == VALUE_INT ? (double)v->i : 0;
}

void value_add(struct buf *b, const struct value *v)
{
	uint64_t bits;

	switch (v->kind) {
	case VALUE_INT:
		buf_addc(b, 'i');
		buf_add_u64(b, (uint64_t)v->i);
		break;
	case VALUE_REAL:
		memcpy(&bits, &v->r, sizeof bits);
		buf_addc(b, 'r');
		buf_add_u64(b, bits);
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
