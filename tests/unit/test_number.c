/* Numbers that carry their own proof. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "number.h"
#include "seed.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static void proofs(void **state)
{
	static const struct {
		const char *text;
		bool digits, province, mod11, luhn;
	} cases[] = {
		{ "", false, false, false, false },
		{ "1", true, false, false, false },
		{ "0", true, false, false, true },
		{ "11", true, true, false, false },
		{ "990101", true, false, false, true },
		{ "379999198802290011", true, true, true, false },
		{ "379999198802290012", true, true, false, false },
		{ "33999919751230118X", false, true, true, false },
		{ "33999919751230118x", false, true, false, false },
		{ "339999197512301183", true, true, false, false },
		{ "X39999197512301180", false, false, false, false },
		{ "4111111111111111", true, true, false, true },
		{ "4111111111111112", true, true, false, false },
		{ "411111111111111 ", false, true, false, false },
		{ "\xef\xbc\x91", false, false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct slice s = slice_str(cases[i].text);

		print_message("\"%s\"\n", cases[i].text);
		assert_int_equal(number_digits(s), cases[i].digits);
		assert_int_equal(number_province(s), cases[i].province);
		assert_int_equal(number_mod11(s), cases[i].mod11);
		assert_int_equal(number_luhn(s), cases[i].luhn);
	}
}

/* What both sums are for: exactly one last character fits, and no single
 * wrong digit passes. */
static void one_wrong(void **state)
{
	uint64_t seed = seed_start();
	unsigned char d[18];

	(void)state;
	for (int round = 0; round < 300; round++) {
		int fit = 0, card = 0;

		for (size_t i = 0; i < 17; i++)
			d[i] = (unsigned char)('0' + seed_next(&seed) % 10);
		for (int last = 10; last >= 0; last--) {
			d[17] = (unsigned char)(last < 10 ? '0' + last : 'X');
			fit += number_mod11(slice_of(d, 18));
			card += number_luhn(slice_of(d, 18));
		}
		assert_int_equal(fit, 1);
		assert_int_equal(card, 1);
		while (!number_luhn(slice_of(d, 18)))
			d[17]++;
		d[seed_next(&seed) % 18] ^= 1;
		assert_false(number_luhn(slice_of(d, 18)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(proofs), cmocka_unit_test(one_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
