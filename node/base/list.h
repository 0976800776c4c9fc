/* Lists that grow by doubling.
 */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stddef.h>

#include "err.h"

/* p with room for one more after its n things of `size` bytes: p itself, or
 * its successor, which the caller puts in its place; *cap counts the room.
 * NULL: out of memory, p and *cap are as they were. */
MUST_USE void *list_grow(void *p, size_t n, size_t *cap, size_t size);

#endif
