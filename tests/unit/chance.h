/* Random tests of whole nodes: keys, epochs and salts come from the seed, so
 * that it repeats a history exactly.
 */
#ifndef UNIT_CHANCE_H
#define UNIT_CHANCE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>
#include <sodium.h>

#include "seed.h"

static uint64_t chance;		/* libsodium's functions take no argument */

static inline const char *chance_name(void)
{
	return "seed";
}

static inline void chance_bytes(void *out, size_t n)
{
	unsigned char *p = out;

	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char)seed_next(&chance);
}

static inline uint32_t chance_number(void)
{
	return (uint32_t)seed_next(&chance);
}

static inline void chance_from(uint64_t seed)
{
	static randombytes_implementation seeded = {
		.implementation_name = chance_name,
		.random = chance_number,
		.buf = chance_bytes,
	};

	/* it takes from the first seed, which would not repeat alone */
	assert_true(sodium_init() >= 0);
	chance = ~seed;
	assert_int_equal(randombytes_set_implementation(&seeded), 0);
}

#endif
