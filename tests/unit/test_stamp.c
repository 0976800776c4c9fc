/* Stamps: monotone whatever the wall clock does, ordered across nodes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "seed.h"
#include "stamp.h"

#define NOW 1780000000000	/* some day in 2026, Unix ms */

static void parts(void **state)
{
	stamp_t s = stamp_make((NOW - STAMP_EPOCH_MS) * 64 + 5, 65535);

	(void)state;
	assert_true(s > 0);
	assert_int_equal(stamp_ms(s), NOW);
	assert_int_equal(stamp_node(s), 65535);
	assert_int_equal(stamp_ticks(s), (NOW - STAMP_EPOCH_MS) * 64 + 5);
	/* 41 | 6 | 16, as docs/format.md has it. */
	assert_int_equal(s >> 22, NOW - STAMP_EPOCH_MS);
	assert_int_equal(s >> 16 & 63, 5);
}

static void after_ms(void **state)
{
	stamp_t a = stamp_after_ms(NOW);

	(void)state;
	assert_int_equal(stamp_ms(a), NOW + 1);
	assert_int_equal(stamp_ms(a - 1), NOW);
	assert_int_equal(stamp_after_ms(0), 1);
	assert_int_equal(stamp_after_ms(INT64_MIN), 1);
	assert_int_equal(stamp_after_ms(STAMP_EPOCH_MS - 1), 1);
	assert_true(stamp_after_ms(INT64_MAX) > 0);
}

static void burst(void **state)
{
	struct clock c;
	stamp_t last = 0, s;

	(void)state;
	clock_init(&c, 3, 0, 0);
	for (int i = 0; i < 10000; i++, last = s) {
		s = clock_next(&c, NOW);
		assert_true(s > last);
		assert_int_equal(stamp_node(s), 3);
	}
	/* 64 a millisecond: ahead of the wall by 10,000 / 64 ms, no more. */
	assert_int_equal(stamp_ms(last), NOW + 9999 / 64);
	/* And back on it as soon as the wall is past. */
	assert_int_equal(stamp_ms(clock_next(&c, NOW + 1000)), NOW + 1000);
}

static void backwards(void **state)
{
	struct clock c;
	stamp_t a, b;

	(void)state;
	clock_init(&c, 1, 0, 0);
	a = clock_next(&c, NOW);
	b = clock_next(&c, NOW - 86400000);
	assert_true(b > a);
	assert_int_equal(stamp_ms(b), NOW);
	b = clock_next(&c, -5);
	assert_int_equal(stamp_ms(b), NOW);
}

static void floors(void **state)
{
	static const struct {
		int64_t last_ms, floor_ms, now_ms, want_ms;
	} cases[] = {
		{ 0, 0, NOW, NOW }, { 0, NOW, 0, NOW },
		{ 0, NOW, STAMP_EPOCH_MS, NOW }, { NOW, NOW - 5, 0, NOW },
		{ NOW - 5, NOW, 0, NOW }, { 0, 0, 0, STAMP_EPOCH_MS },
		{ 0, NOW, NOW + 1, NOW + 1 },
	};
	struct clock c;
	stamp_t s, last;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		last = cases[i].last_ms == 0 ? 0 :
		    stamp_make((cases[i].last_ms - STAMP_EPOCH_MS) * 64, 9);
		clock_init(&c, 1, last, cases[i].floor_ms);
		s = clock_next(&c, cases[i].now_ms);
		assert_true(s > last && s > 0);
		assert_int_equal(stamp_ms(s), cases[i].want_ms);
	}
}

static void merge(void **state)
{
	static const struct {
		int64_t ahead_ms, want_ms;	/* of NOW */
	} cases[] = { { -1000, 0 }, { 0, 0 }, { 5000, 5000 },
		{ STAMP_AHEAD_MS, STAMP_AHEAD_MS },
		{ STAMP_AHEAD_MS + 1, STAMP_AHEAD_MS },
		{ 400000000000, STAMP_AHEAD_MS } };
	struct clock c;
	stamp_t seen, s;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		clock_init(&c, 2, 0, 0);
		seen = stamp_make((NOW + cases[i].ahead_ms - STAMP_EPOCH_MS) *
		    64, 77);
		clock_merge(&c, seen, NOW);
		s = clock_next(&c, NOW);
		assert_int_equal(stamp_ms(s), NOW + cases[i].want_ms);
		if (cases[i].ahead_ms <= STAMP_AHEAD_MS)
			assert_true(s > seen);
	}
	clock_merge(&c, INT64_MAX, INT64_MAX);
	assert_int_equal(clock_next(&c, NOW), 0);	/* used up, says so */
}

/* Nodes with clocks that jump hand stamps to each other: what is made after
 * seeing is greater, all are different. */
static void nodes(void **state)
{
	enum { NODES = 5, STEPS = 20000 };
	uint64_t seed = seed_start();
	struct clock c[NODES];
	stamp_t last[NODES] = { 0 };

	(void)state;
	for (uint16_t i = 0; i < NODES; i++)
		clock_init(&c[i], (uint16_t)(i + 1), 0, 0);
	for (int step = 0; step < STEPS; step++) {
		uint64_t r = seed_next(&seed);
		size_t me = r % NODES, other = r / 8 % NODES;
		int64_t wall = NOW + step + (int64_t)(r >> 8 & 0xffff) - 32768;
		stamp_t s;

		if (last[other] != 0 && (r >> 24 & 1))
			clock_merge(&c[me], last[other], wall);
		else
			other = me;
		s = clock_next(&c[me], wall);
		assert_true(s > last[me]);
		assert_true(s > last[other]);
		assert_int_equal(stamp_node(s), me + 1);
		last[me] = s;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts), cmocka_unit_test(after_ms),
		cmocka_unit_test(burst), cmocka_unit_test(backwards),
		cmocka_unit_test(floors), cmocka_unit_test(merge),
		cmocka_unit_test(nodes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
