/* A batch to bytes and back, compared cell by cell. */
#ifndef UNIT_CODEC_TRIP_H
#define UNIT_CODEC_TRIP_H

#include <inttypes.h>

#include "codec.h"

static inline void say_value(char *out, size_t size, const struct value *v)
{
	static const char *const kinds[] = { "null", "int", "real", "text",
		"bytes" };

	if (v->kind == VALUE_TEXT)
		snprintf(out, size, "text '%.*s'", v->s.n > 60 ? 60 :
		    (int)v->s.n, (const char *)v->s.p);
	else
		snprintf(out, size, "%s %" PRId64, kinds[v->kind],
		    v->kind == VALUE_INT ? v->i : 0);
}

static inline void same_batch(const struct batch *a, const struct batch *b)
{
	assert_int_equal(a->nsection, b->nsection);
	for (size_t i = 0; i < a->nsection; i++) {
		const struct section *s = &a->section[i], *t = &b->section[i];

		assert_ptr_equal(s->table, t->table);
		assert_int_equal(s->nrow, t->nrow);
		for (size_t j = 0; j < s->nrow * s->table->ncol; j++) {
			char got[100], want[100];

			if (value_eq(&s->cell[j], &t->cell[j]))
				continue;
			say_value(want, sizeof(want), &s->cell[j]);
			say_value(got, sizeof(got), &t->cell[j]);
			fail_msg("%s.%s row %zu: %s became %s",
			    s->table->name,
			    s->table->col[j % s->table->ncol].key,
			    j / s->table->ncol, want, got);
		}
	}
}

/* Encode, decode, compare, encode again; raw is left for the caller. */
static inline void round_trip(const struct batch *b, struct buf *raw)
{
	struct err e = { 0 };
	struct buf again = BUF_INIT;
	struct batch back;

	batch_init(&back, b->catalogue);
	if (codec_encode(b, raw, &e) != OK ||
	    codec_decode(slice_buf(raw), &back, &e) != OK)
		fail_msg("%s: %s", err_name(e.code), e.detail);
	same_batch(b, &back);
	assert_int_equal(codec_encode(&back, &again, &e), OK);
	assert_int_equal(again.n, raw->n);
	assert_memory_equal(again.p, raw->p, raw->n);
	batch_release(&back);
	buf_release(&again);
}

#endif
