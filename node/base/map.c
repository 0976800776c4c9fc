/* Open addressing, linear probing, backward-shift deletion. */
#include "map.h"

#include <stdlib.h>
#include <sys/random.h>

#define MAP_FIRST 16	/* slots; always a power of two */
#define SMALL 16	/* keys up to here are kept in the slot itself */

struct slot {
	uint64_t hash;
	union {
		unsigned char small[SMALL];
		unsigned char *big;
	} key;
	size_t n;
	int64_t value;
	bool used;
};

struct map {
	struct slot *slot;
	size_t cap, count;
	uint64_t start;		/* where the hash begins */
};

struct map *map_new(void)
{
	struct map *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->slot = calloc(MAP_FIRST, sizeof(*m->slot));
	if (m->slot == NULL) {
		free(m);
		return NULL;
	}
	m->cap = MAP_FIRST;
	/* Failure leaves the plain FNV start: slower under attack, still
	 * right. */
	if (getrandom(&m->start, sizeof(m->start), GRND_NONBLOCK) < 0)
		m->start = 0xcbf29ce484222325;
	return m;
}

static const unsigned char *slot_key(const struct slot *s)
{
	return s->n <= SMALL ? s->key.small : s->key.big;
}

static void slot_release(struct slot *s)
{
	if (s->used && s->n > SMALL)
		free(s->key.big);
	s->used = false;
}

void map_free(struct map *m)
{
	size_t i;

	if (m == NULL)
		return;
	for (i = 0; i < m->cap; i++)
		slot_release(&m->slot[i]);
	free(m->slot);
	free(m);
}

/* FNV-1a, then a mix so that the low bits depend on all. */
static uint64_t hash_of(const struct map *m, struct slice key)
{
	uint64_t h = m->start;
	size_t i;

	for (i = 0; i < key.n; i++)
		h = (h ^ key.p[i]) * 0x100000001b3;
	h ^= h >> 33;
	h *= 0xff51afd7ed558ccd;
	return h ^ h >> 33;
}

/* The key's slot, or the empty one where it belongs. */
static struct slot *find(const struct map *m, struct slice key, uint64_t hash)
{
	size_t i = (size_t)hash & (m->cap - 1);
	struct slot *s;

	for (;; i = (i + 1) & (m->cap - 1)) {
		s = &m->slot[i];
		if (!s->used || (s->hash == hash &&
		    slice_eq(slice_of(slot_key(s), s->n), key)))
			return s;
	}
}

static bool grow(struct map *m)
{
	struct slot *old = m->slot, *s;
	size_t i, j, cap = m->cap;

	if (cap > SIZE_MAX / 2 / sizeof(*old))
		return false;
	s = calloc(cap * 2, sizeof(*s));
	if (s == NULL)
		return false;
	m->slot = s;
	m->cap = cap * 2;
	for (i = 0; i < cap; i++) {
		if (!old[i].used)
			continue;
		j = (size_t)old[i].hash & (m->cap - 1);
		while (s[j].used)
			j = (j + 1) & (m->cap - 1);
		s[j] = old[i];
	}
	free(old);
	return true;
}

static bool slot_fill(struct slot *s, struct slice key, uint64_t hash)
{
	unsigned char *to = s->key.small;

	if (key.n > SMALL) {
		to = malloc(key.n);
		if (to == NULL)
			return false;
		s->key.big = to;
	}
	if (key.n > 0)
		memcpy(to, key.p, key.n);
	s->n = key.n;
	s->hash = hash;
	s->used = true;
	return true;
}

int map_put(struct map *m, struct slice key, int64_t value, int64_t *old)
{
	uint64_t hash = hash_of(m, key);
	struct slot *s = find(m, key, hash);

	if (s->used) {
		if (old != NULL)
			*old = s->value;
		s->value = value;
		return 0;
	}
	if (m->count >= m->cap / 4 * 3) {
		if (!grow(m))
			return -1;
		s = find(m, key, hash);
	}
	if (!slot_fill(s, key, hash))
		return -1;
	s->value = value;
	m->count++;
	return 1;
}

bool map_get(const struct map *m, struct slice key, int64_t *value)
{
	const struct slot *s = find(m, key, hash_of(m, key));

	if (s->used)
		*value = s->value;
	return s->used;
}

bool map_del(struct map *m, struct slice key)
{
	struct slot *s = find(m, key, hash_of(m, key));
	size_t mask = m->cap - 1, hole, i, home;

	if (!s->used)
		return false;
	slot_release(s);
	m->count--;
	/* Move back whatever the hole would cut off from its home. */
	hole = (size_t)(s - m->slot);
	for (i = (hole + 1) & mask; m->slot[i].used; i = (i + 1) & mask) {
		home = (size_t)m->slot[i].hash & mask;
		if (((i - home) & mask) < ((i - hole) & mask))
			continue;
		m->slot[hole] = m->slot[i];
		m->slot[i].used = false;
		hole = i;
	}
	return true;
}

size_t map_count(const struct map *m)
{
	return m->count;
}

int map_put_i(struct map *m, int64_t key, int64_t value)
{
	return map_put(m, slice_of(&key, sizeof(key)), value, NULL);
}

bool map_get_i(const struct map *m, int64_t key, int64_t *value)
{
	return map_get(m, slice_of(&key, sizeof(key)), value);
}
