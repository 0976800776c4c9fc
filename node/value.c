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

double value_number(const struct value *v)
{
	return v->kind == VALUE_REAL ? v->r :
	    v->kind == VALUE_INT ? (double)v->i : 0;
}
