/* Random tests: the seed is printed, and WELLHEAD_SEED gives it back. */
#ifndef UNIT_SEED_H
#define UNIT_SEED_H

#include <inttypes.h>
#include <stdint.h>

static inline uint64_t seed_start(void)
{
	const char *given = getenv("WELLHEAD_SEED");
	struct timespec now;
	uint64_t seed;

	clock_gettime(CLOCK_REALTIME, &now);
	seed = given != NULL ? strtoull(given, NULL, 0) :
	    (uint64_t)now.tv_sec * 1000000007u + (uint64_t)now.tv_nsec;
	printf("WELLHEAD_SEED=%" PRIu64 "\n", seed);
	return seed;
}

/* SplitMix64 (Steele, Lea, Flood 2014). */
static inline uint64_t seed_next(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

#endif
