/* The waits of a loop of syncs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

#include "seed.h"
#include "watch.h"

#define MINUTES 60000

static void test_wait(void **state)
{
	static const struct { int failures; int64_t every, most; } rows[] = {
		{ 1, 300000, 5000 }, { 2, 300000, 10000 },
		{ 3, 300000, 20000 }, { 8, 300000, 640000 },
		{ 9, 300000, 15 * MINUTES }, { 500, 300000, 15 * MINUTES },
		{ INT32_MAX, 300000, 15 * MINUTES },
		{ 1, 86400000, 5000 }, { 60, 86400000, 86400000 },
		{ 60, 1000, 15 * MINUTES },
	};
	uint64_t seed = seed_start();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t low = INT64_MAX, high = 0;

		for (int k = 0; k < 10000; k++) {
			int64_t ms = watch_wait(rows[i].failures,
			    rows[i].every, seed_next(&seed));

			if (ms < 1000 || ms > rows[i].most)
				fail_msg("row %zu: %lld ms, at most %lld", i,
				    (long long)ms, (long long)rows[i].most);
			low = ms < low ? ms : low;
			high = ms > high ? ms : high;
		}
		/* the whole of the time is used */
		assert_true(low < 1000 + rows[i].most / 100);
		assert_true(high > rows[i].most - rows[i].most / 100);
	}
	assert_int_equal(watch_wait(1, 300000, UINT64_MAX), 1000 +
	    (int64_t)(UINT64_MAX % 4001));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_wait) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
