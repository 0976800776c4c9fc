/* Personal data in running text: what is found, where, and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/date.h"
#include "base/text.h"
#include "pii.h"
#include "seed.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

struct sample {
	const char *text;
	enum pii_kind kind;
	const char *from;	/* the text from the find on; NULL: not asked */
};

static void try_all(const struct sample *s, size_t n)
{
	enum pii_kind kind;
	size_t at;

	for (size_t i = 0; i < n; i++) {
		struct slice text = slice_str(s[i].text);
		bool found = pii_find(text, &kind, &at);

		print_message("%s: wanted %d, got %d\n", s[i].text,
		    (int)s[i].kind, (int)kind);
		assert_int_equal(kind, s[i].kind);
		assert_int_equal(found, s[i].kind != PII_NONE);
		if (found && s[i].from)
			assert_string_equal(s[i].text + at, s[i].from);
	}
}

static void idno(void **state)
{
	static const struct sample cases[] = {
		{ "379999198802290011", PII_IDNO, "379999198802290011" },
		{ "王某379999198802290011号", PII_IDNO,
		    "379999198802290011号" },
		/* mistyped in the last digit: it still tells who is meant */
		{ "379999198802290012", PII_IDNO, NULL },
		{ "33999919751230118X", PII_IDNO, NULL },
		{ "33999919751230118x。", PII_IDNO, NULL },
		{ "３７９９９９１９８８０２２９００１１", PII_IDNO, NULL },
		{ "379999 19880229 0011", PII_IDNO, NULL },
		{ "379999-1988-0229-0011", PII_IDNO, NULL },
		{ "379999880229001", PII_IDNO, NULL },	/* 15 digits */
		/* inside a longer run, by its sum alone */
		{ "202107379999198802290011", PII_IDNO,
		    "379999198802290011" },
		{ "202107379999198802290012", PII_NONE, NULL },
		/* what is no identity number is as long as a card's */
		{ "379999199002290018", PII_CARD, NULL }, /* no 29 Feb 1990 */
		{ "990101198802290011", PII_CARD, NULL }, /* no province 99 */
		{ "379999188802290011", PII_CARD, NULL }, /* born in 1888 */
		{ "379999209902280011", PII_CARD, NULL }, /* not yet */
		{ "37999919900229001X", PII_NONE, NULL },
		{ "3799**********0011", PII_NONE, NULL },
		{ "37999919880229001", PII_CARD, NULL },  /* 17: too much */
	};

	(void)state;
	try_all(cases, COUNT(cases));
}

static void phone(void **state)
{
	static const struct sample cases[] = {
		{ "13812345678", PII_PHONE, "13812345678" },
		{ "电话:13812345678。", PII_PHONE, "13812345678。" },
		{ "１３８１２３４５６７８", PII_PHONE, NULL },
		{ "138 1234 5678", PII_PHONE, NULL },
		{ "138-1234-5678", PII_PHONE, NULL },
		{ "138 12345678", PII_PHONE, NULL },
		{ "1381234-5678", PII_PHONE, NULL },
		{ "+8613812345678", PII_PHONE, "8613812345678" },
		{ "+86 138 1234 5678", PII_PHONE, "138 1234 5678" },
		{ "0086-13812345678", PII_PHONE, NULL },
		{ "008613812345678", PII_PHONE, NULL },
		{ "138****5678", PII_NONE, NULL },
		{ "138xxxx5678", PII_NONE, NULL },
		{ "12812345678", PII_NONE, NULL },	/* not a mobile */
		{ "0632-1234567", PII_NONE, NULL },	/* an office's */
		{ "1381234567", PII_NONE, NULL },
		{ "138123456789", PII_NONE, NULL },
		{ "2021-07-08 至 2021-07-15", PII_NONE, NULL },
		{ "2021-07-08 2021-07-15", PII_NONE, NULL },
		{ "1500 2021 070", PII_NONE, NULL },
	};

	(void)state;
	try_all(cases, COUNT(cases));
}

static void card(void **state)
{
	static const struct sample cases[] = {
		{ "6222021234567890123", PII_CARD, "6222021234567890123" },
		{ "4111111111111111", PII_CARD, NULL },
		{ "6222 0200 0000 0000 004", PII_NONE, NULL },
		{ "4111 1111 1111 1111", PII_CARD, "4111 1111 1111 1111" },
		{ "4111-1111-1111-1111", PII_CARD, NULL },
		{ "卡号９５５８８０１２３４５６７８９０１２３", PII_CARD,
		    NULL },
		{ "411111999911111", PII_NONE, NULL },	/* 15 digits */
		{ "41111111111111111111", PII_NONE, NULL },
		{ "6222 **** **** 0123", PII_NONE, NULL },
		{ "913700001234567890", PII_CARD, NULL },
		{ "91370000123456789X", PII_NONE, NULL },
		{ "4111 1111 1111 1112", PII_NONE, NULL },
		{ "20210708123015", PII_NONE, NULL },	/* a moment */
		{ "2019 2020 2021 2022", PII_NONE, NULL },
		{ "发票 01234567890123456789", PII_NONE, NULL },
	};

	(void)state;
	try_all(cases, COUNT(cases));
}

static void illness(void **state)
{
	static const struct sample cases[] = {
		{ "张某身患尿毒症,需长期治疗", PII_ILLNESS,
		    "尿毒症,需长期治疗" },
		{ "王某,高血压三级", PII_ILLNESS, "高血压三级" },
		{ "李某患肺癌", PII_ILLNESS, NULL },
		{ "困难类别:大病", PII_ILLNESS, NULL },
		{ "血压 150/95", PII_ILLNESS, "血压 150/95" },
		{ "血压：１５０", PII_ILLNESS, NULL },
		{ "BMI为27", PII_ILLNESS, NULL },
		/* in general, of no one */
		{ "高血压、糖尿病防治知识讲座", PII_NONE, NULL },
		{ "为女职工开展两癌筛查", PII_NONE, NULL },
		{ "大病互助保险宣传", PII_NONE, NULL },
		{ "血压计2台", PII_NONE, NULL },
		{ "为职工测量血压", PII_NONE, NULL },
		/* the next clause is somebody's own, and so is this one */
		{ "开展防癌讲座,张某乳腺癌", PII_ILLNESS, "癌" },
		{ "张某在两癌筛查中查出乳腺癌", PII_ILLNESS, NULL },
		{ "慰问生病住院职工10人次", PII_NONE, NULL },
		{ "困难职工建档公示(脱敏名单)", PII_NONE, NULL },
		{ "", PII_NONE, NULL },
	};

	(void)state;
	try_all(cases, COUNT(cases));
}

/* A number comes before a word, and every kind has a name. */
static void order(void **state)
{
	enum pii_kind kind;
	size_t at;

	(void)state;
	assert_true(pii_find(slice_str("患肺癌,电话13812345678"), &kind, &at));
	assert_int_equal(kind, PII_PHONE);
	for (int i = 0; i < PII_COUNT; i++)
		assert_true(*pii_text((enum pii_kind)i) != '\0');
}

/* A true number is found wherever it stands in digits, blanks and bytes of
 * any kind; the scan ends and stays inside the text. */
static void random_text(void **state)
{
	static const char piece[][8] = { "0", "1", "7", "9", " ", "-", "X",
		"１", "癌", "患", "，", "\xff", "\xe4\xb8", "血压", "138" };
	static const char number[] = "379999198802290011";
	uint64_t seed = seed_start();
	struct buf b = BUF_INIT;
	enum pii_kind kind;
	size_t at;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		size_t n = seed_next(&seed) % 120;
		char *tight;

		buf_clear(&b);
		for (size_t i = 0; i < n; i++)
			buf_adds(&b, piece[seed_next(&seed) % COUNT(piece)]);
		/* A block of its own, for the sanitizer to see its ends. */
		tight = malloc(b.n + 1);
		assert_non_null(tight);
		if (b.n)
			memcpy(tight, b.p, b.n);
		if (pii_find(slice_of(tight, b.n), &kind, &at))
			assert_in_range(at, 0, b.n - 1);
		free(tight);
		buf_printf(&b, "，%s，", number);
		assert_true(pii_find(slice_buf(&b), &kind, &at));
		assert_int_not_equal(kind, PII_ILLNESS);
	}
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(idno), cmocka_unit_test(phone),
		cmocka_unit_test(card), cmocka_unit_test(illness),
		cmocka_unit_test(order), cmocka_unit_test(random_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
