#include "list.h"

#include <stdlib.h>

#define FIRST 16

void *list_grow(void *p, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap ? 2 * *cap : FIRST;

	if (n < *cap)
		return p;
	p = reallocarray(p, more, size);
	if (p)
		*cap = more;
	return p;
}
