/* An arena: many small things that are freed together.
 *
 * Starts as ARENA_INIT, ends with arena_release(). Running out of memory
 * gives NULL and sets failed, so that a builder may check once at the end.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "buf.h"

struct arena_block;

struct arena {
	struct arena_block *block;	/* the newest; linked to the others */
	bool failed;
};

#define ARENA_INIT ((struct arena){0})

/* count * size zeroed bytes, aligned for any type. */
void *arena_alloc(struct arena *a, size_t count, size_t size);
/* Copy with a NUL after it; p is NULL only when out of memory. */
struct slice arena_copy(struct arena *a, struct slice s);
void arena_release(struct arena *a);

#endif
