/* UTF-8, hex, base32, dates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/date.h"
#include "base/text.h"
#include "seed.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static void utf8(void **state)
{
	/* The edges of RFC 3629, and what it forbids. */
	static const struct {
		const char *text;
		size_t n;
		bool valid;
		size_t count, width;
	} cases[] = {
		{ "", 0, true, 0, 0 }, { "abc", 3, true, 3, 3 },
		{ "a\0b", 3, false, 0, 0 }, { "井口", 6, true, 2, 4 },
		{ "\xc2\x80", 2, true, 1, 1 }, { "\xdf\xbf", 2, true, 1, 1 },
		{ "\xe0\xa0\x80", 3, true, 1, 1 },
		{ "\xef\xbf\xbf", 3, true, 1, 1 },
		{ "\xf0\x90\x80\x80", 4, true, 1, 1 },
		{ "\xf4\x8f\xbf\xbf", 4, true, 1, 1 },
		{ "e\xcc\x81", 3, true, 2, 1 }, { "\xf0\xa0\x80\x80", 4,
		    true, 1, 2 },
		{ "\xc0\x80", 2, false, 0, 0 },		/* overlong NUL */
		{ "\xc1\xbf", 2, false, 0, 0 },
		{ "\xe0\x9f\xbf", 3, false, 0, 0 },
		{ "\xf0\x8f\xbf\xbf", 4, false, 0, 0 },
		{ "\xed\xa0\x80", 3, false, 0, 0 },	/* surrogates */
		{ "\xed\xbf\xbf", 3, false, 0, 0 },
		{ "\xf4\x90\x80\x80", 4, false, 0, 0 },
		{ "\xf8\x88\x80\x80\x80", 5, false, 0, 0 },
		{ "\x80", 1, false, 0, 0 }, { "\xc2", 1, false, 0, 0 },
		{ "\xe4\xba", 2, false, 0, 0 }, { "\xc2" "a", 2, false, 0, 0 },
		{ "\xff", 1, false, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct slice s = slice_of(cases[i].text, cases[i].n);

		print_message("case %zu\n", i);
		assert_int_equal(utf8_valid(s), cases[i].valid);
		if (!cases[i].valid)
			continue;
		assert_int_equal(utf8_count(s), cases[i].count);
		assert_int_equal(utf8_width(s), cases[i].width);
	}
}

/* Every code point there and back; each is valid but NUL. */
static void utf8_all(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	for (uint32_t cp = 0; cp <= 0x110000; cp++) {
		bool real = cp <= 0x10ffff && (cp < 0xd800 || cp > 0xdfff);
		size_t at = 0;

		buf_clear(&b);
		utf8_add(&b, cp);
		assert_int_equal(utf8_next(slice_buf(&b), &at),
		    real ? cp : 0xfffd);
		assert_int_equal(at, b.n);
		assert_int_equal(utf8_valid(slice_buf(&b)), cp != 0);
	}
	buf_release(&b);
}

/* Reading any bytes ends, never passes the end, and agrees with valid. */
static void utf8_random(void **state)
{
	uint64_t seed = seed_start();

	(void)state;
	for (int round = 0; round < 50000; round++) {
		unsigned char p[12];
		struct slice s = { p, seed_next(&seed) % sizeof(p) };
		bool bad = false;
		size_t at = 0;

		for (size_t i = 0; i < s.n; i++) {
			uint64_t r = seed_next(&seed);

			p[i] = (unsigned char)(r & 1 ? r >> 8 :
			    0x80 | (r >> 8 & 0x7f));
		}
		while (at < s.n) {
			size_t before = at;
			uint32_t cp = utf8_next(s, &at);

			assert_true(at > before && at <= s.n);
			bad |= cp == (uint32_t)-1 || cp == 0;
		}
		assert_int_equal(utf8_valid(s), !bad);
	}
}

static void utf8_cuts(void **state)
{
	static const struct {
		const char *text;
		size_t n, want;
	} cases[] = { { "abc", 2, 2 }, { "abc", 9, 3 }, { "中a", 1, 0 },
		{ "中a", 2, 0 }, { "中a", 3, 3 }, { "a中", 3, 1 },
		{ "\xf0\x9f\x98\x80z", 3, 0 }, { "", 5, 0 },
		{ "\x80\x80\x80\x80\x80\x80\x80", 6, 3 } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(utf8_cut(slice_str(cases[i].text),
		    cases[i].n), cases[i].want);
	assert_true(is_han(0x4e95) && is_han(0x3007) && is_han(0x20000));
	assert_false(is_han('a') || is_han(0x3042) || is_han(0xff01));
}

static void hex(void **state)
{
	struct buf b = BUF_INIT;
	unsigned char out[4] = { 9, 9, 9, 9 };

	(void)state;
	hex_add(&b, slice_of("\x00\x0f\xa5\xff", 4));
	assert_string_equal((char *)b.p, "000fa5ff");
	assert_true(hex_decode(slice_str("000FA5ff"), out, 4));
	assert_memory_equal(out, "\x00\x0f\xa5\xff", 4);
	assert_false(hex_decode(slice_str("000fa5f"), out, 4));
	assert_false(hex_decode(slice_str("000fa5ff0"), out, 4));
	assert_false(hex_decode(slice_str("000fa5fg"), out, 4));
	assert_false(hex_decode(slice_str("000fa5"), out, 4));
	assert_true(hex_decode(slice_str(""), out, 0));
	buf_release(&b);
}

static void base32_text(void **state)
{
	static const struct {
		uint64_t v;
		const char *text;
	} cases[] = { { 0, "0000000000000" }, { 31, "000000000000Z" },
		{ 32, "0000000000010" }, { INT64_MAX, "7ZZZZZZZZZZZZ" },
		{ UINT64_MAX, "FZZZZZZZZZZZZ" },
		{ 0x123456789abcdef, "028T5CY4TQKFF" } };
	char out[STAMP_DIGITS + 1], lower[STAMP_DIGITS + 1];
	uint64_t lo, hi;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		base32_stamp(out, cases[i].v);
		assert_string_equal(out, cases[i].text);
		for (size_t k = 0; k <= STAMP_DIGITS; k++)
			lower[k] = (char)(out[k] >= 'A' ? out[k] | 0x20 :
			    out[k]);
		assert_true(base32_prefix(lower, &lo, &hi));
		assert_int_equal(lo, cases[i].v);
		assert_int_equal(hi, cases[i].v);
	}
}

static void base32_prefixes(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		uint64_t lo, hi;
	} cases[] = {
		{ "0", true, 0, 0x0fffffffffffffff },
		{ "7", true, 0x7000000000000000, INT64_MAX },
		{ "F", true, 0xf000000000000000, UINT64_MAX },
		{ "1-0", true, 0x1000000000000000, 0x107fffffffffffff },
		{ "iO", true, 0x1000000000000000, 0x107fffffffffffff },
		{ "L0", true, 0x1000000000000000, 0x107fffffffffffff },
		{ "000000000001", true, 32, 63 },
		{ "", false, 0, 0 }, { "-", false, 0, 0 },
		{ "G", false, 0, 0 }, { "0U", false, 0, 0 },
		{ "0 1", false, 0, 0 }, { "00000000000000", false, 0, 0 },
		{ "0\xc3\xa9", false, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint64_t lo = 0, hi = 0;

		print_message("%s\n", cases[i].text);
		assert_int_equal(base32_prefix(cases[i].text, &lo, &hi),
		    cases[i].ok);
		assert_int_equal(lo, cases[i].lo);
		assert_int_equal(hi, cases[i].hi);
	}
}

typedef bool (*parse_fn)(struct slice s, char out[DATE_TEXT]);

struct date_case {
	const char *in, *want;	/* NULL: refused */
};

static void parse_all(parse_fn parse, const struct date_case *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char out[DATE_TEXT] = "untouched";
		bool ok = parse(slice_str(c[i].in), out);

		print_message("\"%s\" %s\n", c[i].in, out);
		assert_int_equal(ok, c[i].want != NULL);
		assert_string_equal(out, ok ? c[i].want : "untouched");
	}
}

static void dates(void **state)
{
	static const struct date_case cases[] = {
		{ "2022-03-08", "2022-03-08" }, { "2022-3-8", "2022-03-08" },
		{ "2022/3/8", "2022-03-08" }, { "2022.3.8", "2022-03-08" },
		{ "2022年3月8日", "2022-03-08" },
		{ "2022年03月08号", "2022-03-08" },
		{ "44628", "2022-03-08" }, { " 2022-03-08\t", "2022-03-08" },
		{ "\xe3\x80\x80" "2022-03-08", "2022-03-08" },
		{ "２０２２／３／８", "2022-03-08" },
		{ "2024-02-29", "2024-02-29" }, { "2000-02-29", "2000-02-29" },
		{ "1900-01-01", "1900-01-01" }, { "2199-12-31", "2199-12-31" },
		{ "109574", "2199-12-31" },
		{ "2022-02-30", NULL }, { "2022/13/1", NULL },
		{ "2023-02-29", NULL }, { "1900-02-29", NULL },
		{ "2022-00-10", NULL }, { "2022-01-00", NULL },
		{ "2022-04-31", NULL }, { "1899-12-31", NULL },
		{ "2200-01-01", NULL }, { "109575", NULL },
		{ "2022", NULL }, { "202203", NULL }, { "20220308", NULL },
		{ "2022-03", NULL }, { "2022-03/08", NULL },
		{ "22-03-08", NULL }, { "2022-003-08", NULL },
		{ "2022-03-08x", NULL }, { "2022-03-08-", NULL },
		{ "2022 - 03 - 08", NULL }, { "-2022-03-08", NULL },
		{ "昨天", NULL }, { "", NULL }, { "  ", NULL },
		{ "2022年3月", NULL }, { "99999999999999999999999", NULL },
		{ "2022-03-08\xff", NULL },
	};

	(void)state;
	parse_all(date_parse, cases, COUNT(cases));
}

static void periods(void **state)
{
	static const struct date_case month[] = {
		{ "2022-03", "2022-03" }, { "2022/3", "2022-03" },
		{ "2022年3月", "2022-03" }, { "2022年12月", "2022-12" },
		{ "2022-13", NULL }, { "2022-0", NULL }, { "2022.10", NULL },
		{ "2022", NULL }, { "2022-03-08", NULL }, { "2022Q1", NULL },
	}, quarter[] = {
		{ "2022Q1", "2022Q1" }, { "2022q4", "2022Q4" },
		{ "２０２２Ｑ３", "2022Q3" }, { "2022-Q2", "2022Q2" },
		{ "2022年1季度", "2022Q1" }, { "2022年第二季度", "2022Q2" },
		{ "2022Q5", NULL }, { "2022Q0", NULL }, { "2022Q11", NULL },
		{ "2022", NULL }, { "Q1", NULL }, { "2022-03", NULL },
	}, period[] = {
		{ "2022Q1", "2022Q1" }, { "2022年3月", "2022-03" },
		{ "2022", "2022" }, { "2022年", "2022" },
		{ "2022年度", "2022" }, { "1899", NULL }, { "2022Q5", NULL },
		{ "2022-03-08", NULL }, { "22", NULL },
	};

	(void)state;
	parse_all(month_parse, month, COUNT(month));
	parse_all(quarter_parse, quarter, COUNT(quarter));
	parse_all(period_parse, period, COUNT(period));
}

static void ranges(void **state)
{
	static const struct {
		const char *period, *first, *last;
	} cases[] = { { "2022", "2022-01-01", "2022-12-31" },
		{ "2022Q1", "2022-01-01", "2022-03-31" },
		{ "2022Q4", "2022-10-01", "2022-12-31" },
		{ "2024-02", "2024-02-01", "2024-02-29" },
		{ "2023-12", "2023-12-01", "2023-12-31" },
		{ "2022-03-08", "2022-03-08", "2022-03-08" },
		{ "2022Q5", NULL, NULL }, { "2022-13", NULL, NULL },
		{ "2022-02-30", NULL, NULL }, { "", NULL, NULL } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char first[DATE_TEXT], last[DATE_TEXT];
		bool ok = period_range(cases[i].period, first, last);

		assert_int_equal(ok, cases[i].first != NULL);
		if (!ok)
			continue;
		assert_string_equal(first, cases[i].first);
		assert_string_equal(last, cases[i].last);
	}
}

/* Every day of 400 years, against counting. */
static void days(void **state)
{
	static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };
	int64_t at = days_from_civil(1800, 1, 1), y, n;
	int m, d;

	(void)state;
	assert_int_equal(days_from_civil(1970, 1, 1), 0);
	for (int year = 1800; year < 2200; year++)
		for (int month = 1; month <= 12; month++) {
			bool leap = year % 4 == 0 &&
			    (year % 100 != 0 || year % 400 == 0);
			int most = length[month - 1] + (month == 2 && leap);

			for (int day = 1; day <= most; day++, at++) {
				assert_int_equal(days_from_civil(year, month,
				    day), at);
				civil_from_days(at, &y, &m, &d);
				assert_true(y == year && m == month &&
				    d == day);
			}
		}
	assert_true(date_days(slice_str("1970-01-02"), &n));
	assert_int_equal(n, 1);
	assert_false(date_days(slice_str("1970-1-2"), &n));
	assert_false(date_days(slice_str("1970-01-2 "), &n));
	assert_false(date_days(slice_str("1970/01/02"), &n));
	assert_false(date_days(slice_of("1970-01-0\0", 10), &n));
}

static void times(void **state)
{
	static const struct {
		int64_t ms;
		const char *text;
	} cases[] = { { 0, "1970-01-01T00:00:00Z" },
		{ 1646730902999, "2022-03-08T09:15:02Z" },
		{ -1, "1969-12-31T23:59:59Z" },
		{ -86400000, "1969-12-31T00:00:00Z" } };
	char out[32];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		time_text(cases[i].ms, out);
		assert_string_equal(out, cases[i].text);
	}
	time_text(INT64_MAX, out);
	time_text(INT64_MIN, out);
	clock_fix(1646730902999);
	assert_int_equal(clock_ms(), 1646730902999);
	clock_fix(0);
	assert_true(clock_ms() > 1646730902999);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8), cmocka_unit_test(utf8_all),
		cmocka_unit_test(utf8_random), cmocka_unit_test(utf8_cuts),
		cmocka_unit_test(hex), cmocka_unit_test(base32_text),
		cmocka_unit_test(base32_prefixes), cmocka_unit_test(dates),
		cmocka_unit_test(periods), cmocka_unit_test(ranges),
		cmocka_unit_test(days), cmocka_unit_test(times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
