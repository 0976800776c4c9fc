/* The head of a git bundle: what is taken, what is refused, and that any
 * bytes are one or the other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "bundle.h"
#include "seed.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define MAGIC "# v2 git bundle\n"

static const struct row {
	const char *name, *text;
	enum err_code code;
	size_t nref, nneed;
} rows[] = {
	{ "whole", MAGIC A " refs/heads/hq/all\n\nPACK", OK, 1, 0 },
	{ "goes on", MAGIC "-" B "\n" A " refs/heads/hq/all\n\nPACK", OK, 1, 1 },
	{ "git's comment", MAGIC "-" B " a subject\n" A " HEAD\n\n", OK, 1, 1 },
	{ "one need twice", MAGIC "-" B "\n-" B "\n\n", OK, 0, 1 },
	{ "nothing in it", MAGIC "\n", OK, 0, 0 },
	{ "capitals", MAGIC "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA x\n\n",
	    OK, 1, 0 },
	{ "a name too long is nobody's", MAGIC A " refs/heads/"
	    A A A "\n" B " x\n\n", OK, 1, 0 },
	{ "a name with a control character", MAGIC A " a\001b\n\n", OK, 0, 0 },
	{ "empty", "", ERR_FORMAT, 0, 0 },
	{ "another version", "# v3 git bundle\n\n", ERR_FORMAT, 0, 0 },
	{ "no end", MAGIC A " x\n", ERR_FORMAT, 0, 0 },
	{ "cut in a line", MAGIC A " x", ERR_FORMAT, 0, 0 },
	{ "39 digits", MAGIC "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa x\n\n",
	    ERR_FORMAT, 0, 0 },
	{ "41 digits", MAGIC A "a x\n\n", ERR_FORMAT, 0, 0 },
	{ "no name", MAGIC A " \n\n", ERR_FORMAT, 0, 0 },
	{ "no digits", MAGIC "-\n\n", ERR_FORMAT, 0, 0 },
	{ "a capability", MAGIC "@filter=x\n\n", ERR_FORMAT, 0, 0 },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *r = &rows[i];
		struct bundle b;
		struct err e = {0};
		enum err_code rc = bundle_parse(slice_str(r->text), &b, &e);

		if (rc != r->code || b.nref != r->nref || b.nneed != r->nneed)
			fail_msg("%s: %s, %zu refs, %zu needs; expected %s, "
			    "%zu, %zu", r->name, err_name(rc), b.nref,
			    b.nneed, err_name(r->code), r->nref, r->nneed);
		bundle_release(&b);
	}
}

static void test_too_many(void **state)
{
	struct buf text = BUF_INIT;
	struct bundle b;
	struct err e;

	(void)state;
	buf_adds(&text, MAGIC);
	for (int i = 0; i < BUNDLE_REFS_MAX + 1; i++)
		buf_printf(&text, "%040x refs/heads/%d\n", (unsigned)i, i);
	buf_addc(&text, '\n');
	assert_int_equal(bundle_parse(slice_buf(&text), &b, &e), ERR_TOO_BIG);
	/* refs of no use to us are not kept, but not read for ever either */
	buf_clear(&text);
	buf_adds(&text, MAGIC);
	for (int i = 0; i < 5 * BUNDLE_REFS_MAX; i++)
		buf_printf(&text, "%040x a\001b\n", (unsigned)i);
	buf_addc(&text, '\n');
	assert_int_equal(bundle_parse(slice_buf(&text), &b, &e), ERR_TOO_BIG);
	buf_release(&text);
}

/* What is written is read back the same, and its head ends where the pack
 * begins. */
static void test_round(void **state)
{
	struct bundle b = {0}, got;
	struct buf text = BUF_INIT;
	struct err e;

	(void)state;
	assert_int_equal(bundle_add_need(&b, B, &e), OK);
	assert_int_equal(bundle_add_ref(&b, A, "refs/heads/hq/all", &e), OK);
	assert_int_equal(bundle_add_ref(&b, B, "refs/mail/TC", &e), OK);
	bundle_head(&b, &text);
	buf_adds(&text, "PACK");
	assert_int_equal(bundle_parse(slice_buf(&text), &got, &e), OK);
	assert_int_equal(got.head, text.n - 4);
	assert_int_equal(got.nref, 2);
	assert_string_equal(got.ref[1].name, "refs/mail/TC");
	assert_string_equal(got.ref[1].oid, B);
	assert_string_equal(got.need[0], B);
	bundle_release(&got);
	bundle_release(&b);
	buf_release(&text);
}

/* Noise over a good head: taken or refused, never more. */
static void test_noise(void **state)
{
	static const char good[] = MAGIC "-" B "\n" A " refs/heads/hq/all\n"
	    B " refs/heads/hq/TC\n\nPACK";
	uint64_t seed = seed_start();
	unsigned char text[sizeof good];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct bundle b;
		struct err e = {0};
		size_t n = (size_t)(seed_next(&seed) % sizeof good);

		memcpy(text, good, sizeof good);
		for (uint64_t k = seed_next(&seed) % 4; k > 0; k--)
			text[seed_next(&seed) % sizeof good] =
			    (unsigned char)seed_next(&seed);
		if (bundle_parse(slice_of(text, n), &b, &e) == OK)
			assert_true(b.head <= n && b.nref <= 2);
		else if (e.code != ERR_FORMAT)
			fail_msg("%s: %s", err_name(e.code), e.detail);
		bundle_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
