/* Errors, buffers, arenas, maps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/text.h"
#include "seed.h"

#include <errno.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static void error_map(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ERR_COUNT; i++) {
		enum err_code code = (enum err_code)i;
		int status = err_status(code);

		assert_int_equal(err_by_name(err_name(code)), code);
		assert_true(strlen(err_text(code)) > 0);
		assert_true(status == 1 || status == 2 || status == 75 ||
		    (status == 0 && code == OK));
	}
	assert_int_equal(err_by_name("E_NONE_SUCH"), ERR_COUNT);
	/* What a newer peer may send is not an index out of the map. */
	assert_string_equal(err_name(ERR_COUNT), "E_INTERNAL");
}

static void error_context(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_int_equal(err_set(&e, ERR_OFFLINE, "no %s", "route"),
	    ERR_OFFLINE);
	assert_int_equal(err_hint(&e, "try %d", 2), ERR_OFFLINE);
	assert_int_equal(err_in(&e, "fetching from %s", "hq"), ERR_OFFLINE);
	assert_string_equal(e.detail, "fetching from hq: no route");
	assert_string_equal(e.hint, "try 2");
	/* A new error forgets the old one's hint. */
	err_set(&e, ERR_DATE, "x");
	assert_string_equal(e.hint, "");
	e = (struct err){ .code = ERR_BUSY };
	err_in(&e, "here");
	assert_string_equal(e.detail, "here: another wellhead is at work here");
}

static void error_errno(void **state)
{
	static const struct {
		int number;
		enum err_code code;
	} cases[] = { { ENOENT, ERR_NOT_FOUND }, { EEXIST, ERR_EXISTS },
		{ ENOMEM, ERR_MEMORY }, { ENOSPC, ERR_IO }, { EIO, ERR_IO } };
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		errno = cases[i].number;
		assert_int_equal(err_errno(&e, "opening %s", "x"),
		    cases[i].code);
		assert_non_null(strstr(e.detail, "opening x: "));
		assert_true(strlen(e.detail) > strlen("opening x: "));
	}
}

/* Whatever goes in, what comes out is UTF-8 without control characters. */
static void error_text(void **state)
{
	struct err e = { 0 };
	char long_text[3001];

	(void)state;
	err_set(&e, ERR_DATE, "a\x1b[31m\xff\xc3z\tb");
	assert_string_equal(e.detail, "a?[31m??z\tb");
	/* 中 is three bytes: the cut must fall between two, at any offset. */
	for (size_t shift = 0; shift < 3; shift++) {
		memset(long_text, 'x', shift);
		for (size_t i = shift; i + 3 < sizeof(long_text); i += 3)
			memcpy(long_text + i, "中", 4);
		err_set(&e, ERR_DATE, "%s", long_text);
		assert_true(strlen(e.detail) > sizeof(e.detail) - 4);
		assert_true(utf8_valid(slice_str(e.detail)));
		assert_null(strchr(e.detail, '?'));
		for (int i = 0; i < 300; i++)
			err_in(&e, "到%d", i);
		assert_true(utf8_valid(slice_str(e.detail)));
	}
}

static void buffers(void **state)
{
	struct buf b = BUF_INIT;
	struct err e;
	char *text;

	(void)state;
	buf_add(&b, NULL, 0);
	buf_adds(&b, "ab");
	buf_addc(&b, 'c');
	buf_printf(&b, "%05d", 42);
	buf_add_u32(&b, 0x01020304);
	buf_add_str32(&b, slice_str("zz"));
	assert_int_equal(b.n, 3 + 5 + 4 + 6);
	assert_memory_equal(b.p, "abc00042\1\2\3\4\0\0\0\2zz", b.n + 1);
	assert_int_equal(buf_ok(&b, &e), OK);
	buf_clear(&b);
	for (int i = 0; i < 10000; i++)
		buf_printf(&b, "%04d", i);
	assert_int_equal(b.n, 40000);
	assert_memory_equal(b.p + 4 * 4321, "4321", 4);
	text = buf_steal(&b);
	assert_int_equal(strlen(text), 40000);
	free(text);
	assert_null(b.p);
	text = buf_steal(&b);	/* of an empty one */
	assert_string_equal(text, "");
	free(text);
	buf_release(&b);
	buf_release(&b);
}

static void buffer_room(void **state)
{
	struct buf b = BUF_INIT;
	struct err e;
	unsigned char *p = buf_room(&b, 10);

	(void)state;
	assert_non_null(p);
	memcpy(p, "abcdef", 6);
	b.n += 4;	/* fewer than written: the next room is clean again */
	p = buf_room(&b, 1);
	assert_int_equal(p[0], 0);
	assert_string_equal((char *)b.p, "abcd");
	assert_null(buf_room(&b, SIZE_MAX));
	assert_null(buf_room(&b, SIZE_MAX - 4));
	/* Failed stays failed, and keeps what was there. */
	buf_adds(&b, "more");
	assert_int_equal(b.n, 4);
	assert_int_equal(buf_ok(&b, &e), ERR_MEMORY);
	assert_int_equal(e.code, ERR_MEMORY);
	assert_null(buf_steal(&b));
	buf_release(&b);
}

static void slices(void **state)
{
	static const struct {
		const char *a, *b;
		int sign;
	} cases[] = { { "", "", 0 }, { NULL, "", 0 }, { "a", "a", 0 },
		{ "a", "b", -1 }, { "a", "ab", -1 }, { "b", "ab", 1 },
		{ "\xff", "a", 1 }, { NULL, "a", -1 } };
	char *copy;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct slice a = slice_str(cases[i].a);
		struct slice b = slice_str(cases[i].b);
		int c = slice_cmp(a, b), d = slice_cmp(b, a);

		assert_int_equal((c > 0) - (c < 0), cases[i].sign);
		assert_int_equal((d > 0) - (d < 0), -cases[i].sign);
		assert_int_equal(slice_eq(a, b), cases[i].sign == 0);
	}
	copy = slice_dup(slice_of("a\0b", 3));
	assert_memory_equal(copy, "a\0b", 4);
	free(copy);
}

static void arenas(void **state)
{
	struct arena a = ARENA_INIT;
	struct slice s[2000];
	char text[40];

	(void)state;
	for (size_t i = 0; i < COUNT(s); i++) {
		void *p = arena_alloc(&a, i % 7, 16);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % 16, 0);
		memset(p, 0xee, i % 7 * 16);
		snprintf(text, sizeof(text), "text %zu", i);
		s[i] = arena_copy(&a, slice_str(text));
		if (i % 500 == 0)	/* larger than a block */
			memset(arena_alloc(&a, 100000, 1), 1, 100000);
	}
	for (size_t i = 0; i < COUNT(s); i++) {
		snprintf(text, sizeof(text), "text %zu", i);
		assert_string_equal((const char *)s[i].p, text);
	}
	assert_non_null(arena_copy(&a, slice_of(NULL, 0)).p);
	assert_false(a.failed);
	assert_null(arena_alloc(&a, SIZE_MAX / 2, 3));
	assert_null(arena_alloc(&a, SIZE_MAX - 8, 1));
	assert_true(a.failed);
	arena_release(&a);
	arena_release(&a);
}

static void map_basics(void **state)
{
	struct map *m = map_new();
	int64_t v = 7;
	const char *long_key = "a key that is longer than sixteen bytes";

	(void)state;
	assert_non_null(m);
	assert_int_equal(map_put(m, slice_str(""), 1, &v), 1);
	assert_int_equal(v, 7);
	assert_int_equal(map_put(m, slice_str(""), 2, &v), 0);
	assert_int_equal(v, 1);
	assert_int_equal(map_put(m, slice_str(long_key), 3, NULL), 1);
	assert_true(map_get(m, slice_str(long_key), &v));
	assert_int_equal(v, 3);
	assert_false(map_get(m, slice_of(long_key, 17), &v));
	assert_true(map_del(m, slice_str(long_key)));
	assert_false(map_del(m, slice_str(long_key)));
	assert_int_equal(map_count(m), 1);
	map_free(m);
	map_free(NULL);
}

/* Against a plain array: the same keys present, with the same values. */
static void map_random(void **state)
{
	enum { KEYS = 700 };
	static int64_t want[KEYS];
	uint64_t seed = seed_start();
	struct map *m = map_new();
	char key[40];
	size_t n = 0;

	(void)state;
	for (int step = 0; step < 60000; step++) {
		uint64_t r = seed_next(&seed);
		size_t k = r % KEYS;
		int64_t v = 0;

		snprintf(key, sizeof(key), k % 2 ? "%zu" :
		    "%zu and a tail past the slot", k);
		/* Long runs of each so that it grows and empties. */
		if ((r >> 20) % 100 < (step / 6000 % 2 ? 80u : 20u)) {
			bool had = map_del(m, slice_str(key));

			assert_int_equal(had, want[k] != 0);
			n -= had;
			want[k] = 0;
		} else {
			int added = map_put(m, slice_str(key), step + 1, NULL);

			assert_int_equal(added, want[k] == 0);
			n += added == 1;
			want[k] = step + 1;
		}
		assert_int_equal(map_count(m), n);
		k = (r >> 40) % KEYS;
		snprintf(key, sizeof(key), k % 2 ? "%zu" :
		    "%zu and a tail past the slot", k);
		assert_int_equal(map_get(m, slice_str(key), &v), want[k] != 0);
		assert_int_equal(v, want[k]);
	}
	map_free(m);
}

static void map_numbers(void **state)
{
	struct map *m = map_new();
	int64_t v;

	(void)state;
	for (int64_t i = 0; i < 100000; i++)
		assert_int_equal(map_put_i(m, i * 65536 - 5, i), 1);
	assert_int_equal(map_count(m), 100000);
	for (int64_t i = 0; i < 100000; i++) {
		assert_true(map_get_i(m, i * 65536 - 5, &v));
		assert_int_equal(v, i);
		assert_false(map_get_i(m, i * 65536, &v));
	}
	map_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(error_map), cmocka_unit_test(error_context),
		cmocka_unit_test(error_errno), cmocka_unit_test(error_text),
		cmocka_unit_test(buffers), cmocka_unit_test(buffer_room),
		cmocka_unit_test(slices), cmocka_unit_test(arenas),
		cmocka_unit_test(map_basics), cmocka_unit_test(map_random),
		cmocka_unit_test(map_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
