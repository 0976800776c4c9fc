/* Batches in memory. */
#include "batch.h"

#include <stdlib.h>

#define C(key, kind) { key, kind, NULL },
#define X(NAME, name, cols) static const struct column col_##NAME[] = { cols };
TABLE_MAP(X, C)
#undef X
#undef C

#define C(key, kind)
#define X(NAME, name, cols) [TABLE_##NAME] = { name, col_##NAME, \
	sizeof(col_##NAME) / sizeof(*col_##NAME) },
static const struct table fixed[] = { TABLE_MAP(X, C) };
#undef X
#undef C

const struct table *fixed_table(enum fixed_table t)
{
	return (unsigned)t < TABLE_FIXED_COUNT ? &fixed[t] : NULL;
}

const struct table *table_by_name(const struct catalogue *c,
    const char *name, const struct type **type, int *number)
{
	size_t i;

	*type = NULL;
	*number = -1;
	for (i = 0; i < c->ntype; i++)
		if (strcmp(c->type[i].table.name, name) == 0) {
			*type = &c->type[i];
			return &c->type[i].table;
		}
	for (i = 0; i < TABLE_FIXED_COUNT; i++)
		if (strcmp(fixed[i].name, name) == 0) {
			*number = (int)i;
			return &fixed[i];
		}
	return NULL;
}

void batch_init(struct batch *b, const struct catalogue *c)
{
	*b = (struct batch){ .catalogue = c };
}

void batch_release(struct batch *b)
{
	size_t i;

	for (i = 0; i < b->nsection; i++)
		free(b->section[i].cell);
	free(b->section);
	arena_release(&b->arena);
	batch_init(b, b->catalogue);
}

/* Where a section stands among the others: types first, then fixed tables. */
static size_t rank(const struct batch *b, const struct type *type, int number)
{
	return type != NULL ? type->index :
	    b->catalogue->ntype + (size_t)number;
}

/* The first section of at least this rank. */
static size_t lower_bound(const struct batch *b, size_t want)
{
	size_t lo = 0, hi = b->nsection, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (rank(b, b->section[mid].type, b->section[mid].fixed) < want)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct section *batch_section(struct batch *b, const struct type *type,
    int number)
{
	size_t want = rank(b, type, number), at = lower_bound(b, want);
	struct section *s;

	if (at == b->nsection)
		return NULL;
	s = &b->section[at];
	return rank(b, s->type, s->fixed) == want ? s : NULL;
}

static struct section *section_add(struct batch *b, const struct type *type,
    int number)
{
	size_t at = lower_bound(b, rank(b, type, number));
	struct section *s;

	s = realloc(b->section, (b->nsection + 1) * sizeof(*s));
	if (s == NULL)
		return NULL;
	b->section = s;
	memmove(s + at + 1, s + at, (b->nsection - at) * sizeof(*s));
	b->nsection++;
	s[at] = (struct section){ .type = type, .fixed = number };
	s[at].table = type != NULL ? &type->table : &fixed[number];
	return &s[at];
}

static bool section_grow(struct section *s)
{
	size_t cap = s->cap == 0 ? 8 : s->cap * 2;
	struct value *cell;

	if (cap > SIZE_MAX / sizeof(*cell) / s->table->ncol)
		return false;
	cell = realloc(s->cell, cap * s->table->ncol * sizeof(*cell));
	if (cell == NULL)
		return false;
	s->cell = cell;
	s->cap = cap;
	return true;
}

struct value *batch_row(struct batch *b, const struct type *type, int number)
{
	struct section *s = batch_section(b, type, number);
	struct value *cell;
	size_t i;

	if (s == NULL)
		s = section_add(b, type, type != NULL ? -1 : number);
	if (s == NULL || (s->nrow == s->cap && !section_grow(s))) {
		b->failed = true;
		return NULL;
	}
	cell = s->cell + s->nrow++ * s->table->ncol;
	for (i = 0; i < s->table->ncol; i++)
		cell[i] = VALUE_NONE;
	return cell;
}

struct slice batch_text(struct batch *b, struct slice s)
{
	struct slice copy = arena_copy(&b->arena, s);

	b->failed |= b->arena.failed;
	return copy;
}

struct value batch_value(struct batch *b, const struct value *v)
{
	struct value copy = *v;

	if (v->kind == VALUE_TEXT || v->kind == VALUE_BYTES)
		copy.s = batch_text(b, v->s);
	return copy;
}

enum err_code batch_ok(const struct batch *b, struct err *e)
{
	return b->failed ? err_memory(e) : OK;
}

size_t batch_rows(const struct batch *b)
{
	size_t i, n = 0;

	for (i = 0; i < b->nsection; i++)
		n += b->section[i].nrow;
	return n;
}

bool batch_span(const struct batch *b, stamp_t *first, stamp_t *last)
{
	const struct section *s;
	bool any = false;
	size_t i, row;
	stamp_t at;

	for (i = 0; i < b->nsection; i++) {
		s = &b->section[i];
		for (row = 0; row < s->nrow; row++) {
			at = s->cell[row * s->table->ncol].i;
			*first = !any || at < *first ? at : *first;
			*last = !any || at > *last ? at : *last;
			any = true;
		}
	}
	return any;
}

/* Rows, by their first cell. */
static int by_stamp(const void *a, const void *b)
{
	stamp_t x = ((const struct value *)a)->i;
	stamp_t y = ((const struct value *)b)->i;

	return (x > y) - (x < y);
}

static bool is_sorted(const struct section *s)
{
	size_t row, ncol = s->table->ncol;

	for (row = 1; row < s->nrow; row++)
		if (s->cell[row * ncol].i < s->cell[(row - 1) * ncol].i)
			return false;
	return true;
}

void batch_sort(struct batch *b)
{
	struct section *s;
	size_t i;

	for (i = 0; i < b->nsection; i++) {
		s = &b->section[i];
		if (!is_sorted(s))
			qsort(s->cell, s->nrow,
			    s->table->ncol * sizeof(*s->cell), by_stamp);
	}
}
