/* A hash map from bytes to a 64-bit number (open addressing, SipHash-free
 * FNV-1a with a per-process random start, since keys come from files).
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "buf.h"

struct map;	/* map_new(), map_free() */

struct map *map_new(void);		/* NULL: out of memory */
void map_free(struct map *m);
/* Copies key. *old gets the value that was there (unchanged if none);
 * returns 1 added, 0 replaced, -1 out of memory. old may be NULL. */
int map_put(struct map *m, struct slice key, int64_t value, int64_t *old);
bool map_get(const struct map *m, struct slice key, int64_t *value);
bool map_del(struct map *m, struct slice key);
size_t map_count(const struct map *m);
/* Same with a 64-bit key. */
int map_put_i(struct map *m, int64_t key, int64_t value);
bool map_get_i(const struct map *m, int64_t key, int64_t *value);

#endif
