/* A chunked bump allocator. */
#include "arena.h"

#include <stdalign.h>
#include <stdlib.h>

#define BLOCK 32768	/* bytes; larger wishes get a block of their own */

struct arena_block {
	struct arena_block *next;
	size_t n, cap;
	alignas(max_align_t) unsigned char p[];
};

static struct arena_block *block_new(size_t cap)
{
	struct arena_block *b;

	if (cap > SIZE_MAX - sizeof(*b))
		return NULL;
	b = malloc(sizeof(*b) + cap);
	if (b == NULL)
		return NULL;
	b->next = NULL;
	b->n = 0;
	b->cap = cap;
	return b;
}

/* n bytes, not cleared, at a multiple of align. */
static unsigned char *take(struct arena *a, size_t n, size_t align)
{
	struct arena_block *b = a->block;
	size_t at = b == NULL ? 0 : (b->n + align - 1) & ~(align - 1);

	if (b != NULL && at <= b->cap && n <= b->cap - at) {
		b->n = at + n;
		return b->p + at;
	}
	b = block_new(n > BLOCK / 4 ? n : BLOCK);
	if (b == NULL) {
		a->failed = true;
		return NULL;
	}
	b->n = n;
	/* A block made to measure is full: the old one stays in front. */
	if (a->block != NULL && b->n == b->cap) {
		b->next = a->block->next;
		a->block->next = b;
	} else {
		b->next = a->block;
		a->block = b;
	}
	return b->p;
}

void *arena_alloc(struct arena *a, size_t count, size_t size)
{
	unsigned char *p;

	if (size != 0 && count > SIZE_MAX / size) {
		a->failed = true;
		return NULL;
	}
	p = take(a, count * size, alignof(max_align_t));
	if (p != NULL)
		memset(p, 0, count * size);
	return p;
}

struct slice arena_copy(struct arena *a, struct slice s)
{
	unsigned char *p = NULL;

	if (s.n < SIZE_MAX)
		p = take(a, s.n + 1, 1);
	else
		a->failed = true;
	if (p == NULL)
		return slice_of(NULL, 0);
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return slice_of(p, s.n);
}

void arena_release(struct arena *a)
{
	struct arena_block *b, *next;

	for (b = a->block; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	*a = ARENA_INIT;
}
