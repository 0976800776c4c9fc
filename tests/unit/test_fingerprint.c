/* A key's fingerprint as words: the lists, and what is typed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/text.h"
#include "fingerprint.h"

static void words_are_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < 256; i++)
		for (size_t j = 0; j < 256; j++) {
			const char *a = fingerprint_en[i];
			const char *b = fingerprint_en[j];

			if (i != j && strncmp(a, b, strlen(a)) == 0)
				fail_msg("%s begins %s", a, b);
			a = fingerprint_zh[i];
			b = fingerprint_zh[j];
			if (utf8_count(slice_str(a)) != 2 ||
			    (i != j && strcmp(a, b) == 0))
				fail_msg("%s and %s", a, b);
		}
}

static void words_are_read_back(void **state)
{
	unsigned char key[KEY_PUBLIC], other[KEY_PUBLIC];
	struct buf b = BUF_INIT, wide = BUF_INIT;
	size_t bad;

	(void)state;
	memset(key, 1, sizeof key);
	memset(other, 2, sizeof other);
	fingerprint_text(key, fingerprint_zh, &b);
	assert_true(fingerprint_is(key, slice_buf(&b), &bad));
	assert_false(fingerprint_is(other, slice_buf(&b), &bad));
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] == ' ')
			buf_adds(&wide, "\xe3\x80\x80");
		else
			buf_addc(&wide, b.p[i]);
	assert_true(fingerprint_is(key, slice_buf(&wide), &bad));
	buf_adds(&wide, fingerprint_zh[0]);
	assert_false(fingerprint_is(key, slice_buf(&wide), &bad));
	assert_int_equal(bad, FINGERPRINT_WORDS + 1);
	assert_false(fingerprint_is(key, slice_of(b.p, 7), &bad));
	assert_int_equal(bad, 2);
	assert_false(fingerprint_is(key, slice_str(""), &bad));
	assert_false(fingerprint_is(key, slice_str("\xff"), &bad));
	buf_clear(&b);
	fingerprint_text(key, fingerprint_en, &b);
	b.p[0] = (unsigned char)(b.p[0] - 'a' + 'A');
	assert_true(fingerprint_is(key, slice_buf(&b), &bad));
	buf_release(&b);
	buf_release(&wide);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_apart),
		cmocka_unit_test(words_are_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
