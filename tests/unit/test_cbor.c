/* RFC 8949's examples, what a strict reader refuses, and random bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "base/text.h"
#include "cbor.h"
#include "seed.h"

static void same_hex(const struct buf *b, const char *want)
{
	struct buf hex = BUF_INIT;

	hex_add(&hex, slice_buf(b));
	assert_string_equal((char *)hex.p, want);
	buf_release(&hex);
}

static void numbers(void **state)
{
	/* RFC 8949 appendix A, and the ends of int64_t. */
	static const struct {
		int64_t v;
		const char *hex;
	} cases[] = {
		{ 0, "00" }, { 1, "01" }, { 10, "0a" }, { 23, "17" },
		{ 24, "1818" }, { 25, "1819" }, { 100, "1864" },
		{ 255, "18ff" }, { 256, "190100" }, { 1000, "1903e8" },
		{ 65535, "19ffff" }, { 65536, "1a00010000" },
		{ 1000000, "1a000f4240" }, { 4294967295, "1affffffff" },
		{ 4294967296, "1b0000000100000000" },
		{ 1000000000000, "1b000000e8d4a51000" },
		{ INT64_MAX, "1b7fffffffffffffff" },
		{ -1, "20" }, { -10, "29" }, { -24, "37" }, { -25, "3818" },
		{ -100, "3863" }, { -1000, "3903e7" },
		{ INT64_MIN, "3b7fffffffffffffff" },
	};
	struct cbor_item item;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf b = BUF_INIT;
		struct cbor c;

		cbor_add_int(&b, cases[i].v);
		same_hex(&b, cases[i].hex);
		c = (struct cbor){ .in = slice_buf(&b) };
		assert_int_equal(cbor_want(&c, CBOR_INT, &item, &e), OK);
		assert_int_equal(item.i, cases[i].v);
		assert_true(cbor_end(&c));
		buf_release(&b);
	}
}

static void others(void **state)
{
	static const enum cbor_kind kinds[] = { CBOR_ARRAY, CBOR_TEXT,
		CBOR_BYTES, CBOR_BOOL, CBOR_BOOL, CBOR_NULL, CBOR_REAL };
	struct buf b = BUF_INIT;
	struct cbor_item item = { 0 };
	struct cbor c;
	struct err e;

	(void)state;
	cbor_add_array(&b, 6);
	cbor_add_text(&b, slice_str("水"));
	cbor_add_bytes(&b, slice_of("\1\2\3\4", 4));
	cbor_add_bool(&b, false);
	cbor_add_bool(&b, true);
	cbor_add_null(&b);
	cbor_add_real(&b, 1.1);
	same_hex(&b, "8663e6b0b44401020304f4f5f6fb3ff199999999999a");
	c = (struct cbor){ .in = slice_buf(&b) };
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		assert_int_equal(cbor_want(&c, kinds[i], &item, &e), OK);
	assert_true(item.r == 1.1);
	assert_true(cbor_end(&c));
	assert_int_equal(cbor_next(&c, &item, &e), ERR_FORMAT);
	c.at = 0;
	assert_int_equal(cbor_want(&c, CBOR_INT, &item, &e), ERR_FORMAT);
	buf_release(&b);
}

static void bad(void **state)
{
	static const char *const cases[] = {
		"", "18", "1817", "190017", "1900ff", "1a0000ffff",
		"1b00000000ffffffff", "1bffffffffffffffff",	/* past 63 bits */
		"3b8000000000000000", "1c", "1d", "1e", "1f", "3f",
		"5f", "7f", "9f", "bf", "ff",	/* indefinite lengths, break */
		"a0", "c000", "e0", "f0", "f7", "f820", "f93c00",
		"fa3f800000", "fb3ff00000000000", "fb7ff8000000000000",
		"fb7ff0000000000000", "42ff", "61", "61ff", "62c080",
		"63eda080", "6100", "81", "8300", "9b7fffffffffffffff",
		"7b7fffffffffffffff", "5bffffffffffffffff",
	};
	unsigned char in[32];
	struct cbor_item item;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t n = strlen(cases[i]) / 2;
		struct cbor c = { .in = slice_of(in, n) };

		assert_true(hex_decode(slice_str(cases[i]), in, n));
		if (cbor_next(&c, &item, &e) != ERR_FORMAT)
			fail_msg("accepted %s", cases[i]);
	}
}

/* Whatever is read and written again is the bytes that were read. */
static void one_form(void **state)
{
	uint64_t seed = seed_start();
	unsigned char in[24];
	struct err e;

	(void)state;
	for (int round = 0; round < 200000; round++) {
		size_t n = seed_next(&seed) % sizeof(in);
		struct cbor c = { .in = slice_of(in, n) };
		struct buf b = BUF_INIT;
		struct cbor_item item;

		for (size_t i = 0; i < n; i++)
			in[i] = (unsigned char)seed_next(&seed);
		while (cbor_next(&c, &item, &e) == OK) {
			if (item.kind == CBOR_INT)
				cbor_add_int(&b, item.i);
			else if (item.kind == CBOR_BYTES)
				cbor_add_bytes(&b, item.s);
			else if (item.kind == CBOR_TEXT)
				cbor_add_text(&b, item.s);
			else if (item.kind == CBOR_ARRAY)
				cbor_add_array(&b, (uint64_t)item.i);
			else if (item.kind == CBOR_BOOL)
				cbor_add_bool(&b, item.i != 0);
			else if (item.kind == CBOR_NULL)
				cbor_add_null(&b);
			else
				cbor_add_real(&b, item.r);
			assert_int_equal(b.n, c.at);
			assert_memory_equal(b.p, in, b.n);
		}
		buf_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(others),
		cmocka_unit_test(bad),
		cmocka_unit_test(one_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
