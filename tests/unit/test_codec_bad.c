/* Payloads made to harm: cut, changed, malformed, or asking for gigabytes; and
 * batches that must not be sealed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "cbor.h"
#include "codec_trip.h"
#include "demo_batch.h"
#include "seed.h"

#define ROWS_TOO_MANY 65537

static struct demo demo;
static struct demo_branch branch[DEMO_BRANCHES];

static enum err_code decode(struct slice raw)
{
	struct err e = { 0 };
	struct batch b;
	enum err_code rc;

	batch_init(&b, demo.catalogue);
	rc = codec_decode(raw, &b, &e);
	if (rc != OK && (rc != e.code || e.detail[0] == '\0'))
		fail_msg("%s without a word", err_name(rc));
	batch_release(&b);
	return rc;
}

/* Cut anywhere: refused. One byte changed anywhere: refused, or a batch that
 * makes the round trip. */
static void damaged(void **state)
{
	uint64_t seed = seed_start();
	struct buf raw = BUF_INIT;

	(void)state;
	round_trip(&branch[3].batch, &raw);
	for (size_t n = 0; n < raw.n; n++)
		if (decode(slice_of(raw.p, n)) != ERR_FORMAT)
			fail_msg("cut at %zu: not refused as E_FORMAT", n);
	for (int i = 0; i < 20000; i++) {
		size_t at = seed_next(&seed) % raw.n;
		unsigned char was = raw.p[at];
		struct batch b;
		struct err e = { 0 };

		raw.p[at] = (unsigned char)seed_next(&seed);
		batch_init(&b, demo.catalogue);
		if (codec_decode(slice_buf(&raw), &b, &e) == OK) {
			struct buf again = BUF_INIT;

			round_trip(&b, &again);
			buf_release(&again);
		}
		batch_release(&b);
		raw.p[at] = was;
	}
	buf_addc(&raw, 0xf6);
	assert_int_equal(decode(slice_buf(&raw)), ERR_FORMAT);
	buf_release(&raw);
}

/* A payload from letters: digits are numbers up to 9, quoted text is text,
 * (...) arrays with their length from the count before them, N null, H a
 * byte string of the two hex digits after it, E an empty one, S one of a salt's length. */
static void write_items(struct buf *b, const char *p)
{
	for (; *p != '\0'; p++) {
		const char *end;

		if (*p == '\'') {
			end = strchr(p + 1, '\'');
			cbor_add_text(b, slice_of(p + 1, (size_t)(end - p - 1)));
			p = end;
		} else if (*p == '(') {
			cbor_add_array(b, (uint64_t)(*++p - '0'));
		} else if (*p == 'N') {
			cbor_add_null(b);
		} else if (*p == 'S') {
			cbor_add_bytes(b, slice_of("0123456789abcdef", 16));
		} else if (*p == 'E') {
			cbor_add_bytes(b, slice_str(NULL));
		} else if (*p == 'H') {
			unsigned char byte = (unsigned char)((p[1] - '0') *
			    16 + p[2] - '0');

			cbor_add_bytes(b, slice_of(&byte, 1));
			p += 2;
		} else if (*p == '-') {
			cbor_add_int(b, '0' - *++p);
		} else if (*p == '!') {
			cbor_add_int(b, ROWS_TOO_MANY);
		} else if (*p != ' ') {
			cbor_add_int(b, *p - '0');
		}
	}
}

/* Masks: H02 is a record's ext or a step's record, H04 a step's type, H08 its
 * from, H06 record and type, H16 these and to, H20 an edit's replaces. */
static const struct {
	const char *items;
	enum err_code want;
} payloads[] = {
	/* sound ones, to show that the others fail for their own
	 * reason */
	{ "(7 1 1 2 9 S E (0", OK },
	{ "(8 1 1 2 9 S E (3 'org_unit' 1 0 (1 E", OK },
	{ "(8 1 1 2 9 S E (3 'org_unit' 2 (2 0 1 (2 H02 'x'", OK },
	{ "(8 1 1 2 9 S E (3 'org_unit' 2 (2 0 1 (2 H02"
	  " (3 (1 'x0' 0 (2 1 1", OK },
	{ "(8 1 1 2 9 S E (3 'org_unit' 2 (2 0 1 (2 H02"
	  " (3 N (2 0 2 'x'", OK },
	/* heads */
	{ "", ERR_FORMAT }, { "1", ERR_FORMAT }, { "(0", ERR_FORMAT },
	{ "(6 1 1 2 9 S E", ERR_FORMAT },
	{ "(7 0 1 2 9 S E (0", ERR_FORMAT },
	{ "(7 2 1 2 9 S E (0", ERR_NEWER },
	{ "(7 1 9 2 9 S E (0", OK },
	{ "(7 1 0 2 9 S E (0", ERR_FORMAT },
	{ "(7 1 1 -2 9 S E (0", ERR_FORMAT },
	{ "(7 1 1 ! 9 S E (0", ERR_FORMAT },
	{ "(7 1 1 2 -9 S E (0", ERR_FORMAT },
	{ "(7 1 1 2 9 S H00 (0", ERR_FORMAT },
	{ "(7 1 1 2 9 S E (0 N", ERR_FORMAT },
	{ "(8 1 1 2 9 S E (0 (1 E", ERR_FORMAT },
	{ "(7 1 1 2 9 E E (0", ERR_FORMAT },
	{ "(7 1 1 2 9 H00 E (0", ERR_FORMAT },
	/* directories */
	{ "(8 1 1 2 9 S E (3 'no_such' 1 0 (1 E", ERR_NEWER },
	{ "(8 1 1 2 9 S E (3 'org_unit' 0 0 (1 E", ERR_FORMAT },
	{ "(8 1 1 2 9 S E (3 'org_unit' -1 0 (1 E", ERR_FORMAT },
	{ "(8 1 1 2 9 S E (3 'org_unit' ! 0 (1 E", ERR_FORMAT },
	{ "(8 1 1 2 9 S E (3 'org_unit' 2 0 (1 E", ERR_FORMAT },
	{ "(8 1 1 2 9 S E (3 'org_unit' 2 (2 1 -1 (1 E", ERR_FORMAT },
	{ "(8 1 1 2 9 S E (3 'org_unit' 1 -1 (1 E", ERR_FORMAT },
	{ "(9 1 1 2 9 S E (6 'org_unit' 1 0 'org_unit' 1 1 (1 E (1 E",
	  ERR_FORMAT },
	/* masks */
	{ "(8 1 1 2 9 S E (3 'org_unit' 1 0 (1 H00", ERR_FORMAT },
	{ "(8 1 1 2 9 S E (3 'org_unit' 1 0 (2 H01 0", ERR_FORMAT },
	{ "(8 1 1 2 9 S E (3 'org_unit' 1 0 (1 H02", ERR_FORMAT },
	{ "(8 1 1 2 9 S E (3 'org_unit' 1 0 (3 H02 'x' 'y'",
	  ERR_FORMAT },
	{ "(8 1 1 2 9 S E (3 'enrol' 1 0 (2 H20 0", ERR_NEWER },
	/* texts */
	{ "(8 1 1 2 9 S E (3 'org_unit' 2 (2 0 1 (2 H02"
	  " (3 (1 'x1' 0 (2 1 1", ERR_FORMAT },
	{ "(8 1 1 2 9 S E (3 'org_unit' 2 (2 0 1 (2 H02"
	  " (3 (1 'x0' 1 (2 1 1", ERR_FORMAT },
	{ "(8 1 1 2 9 S E (3 'org_unit' 2 (2 0 1 (2 H02"
	  " (3 (1 'x0' 0 (2 9 1", ERR_FORMAT },
	{ "(8 1 1 2 9 S E (3 'org_unit' 2 (2 0 1 (2 H02"
	  " (3 (1 'x0' 0 -1", ERR_FORMAT },
	{ "(8 1 1 2 9 S E (3 'org_unit' 2 (2 0 1 (2 H02"
	  " (2 (1 'x0' 0", ERR_FORMAT },
	{ "(8 1 1 2 9 S E (3 'org_unit' 2 (2 0 1 (2 H02"
	  " (4 (2 'x0' 'y' 0 (2 1 1", ERR_FORMAT },
	{ "(8 1 1 2 9 S E (3 'org_unit' 2 (2 0 1 (2 H02"
	  " (2 (0 0", ERR_FORMAT },
	{ "(8 1 1 2 9 S E (3 'org_unit' 1 0 (2 H02 7", ERR_FORMAT },
	/* classes */
	{ "(8 1 1 2 9 S E (3 'org_unit' 2 (2 0 1 (2 H02"
	  " (2 N 0", ERR_FORMAT },
	{ "(8 1 1 2 9 S E (3 'org_unit' 2 (2 0 1 (2 H02"
	  " (3 N 1 5", ERR_FORMAT },
	{ "(8 1 1 2 9 S E (3 'org_unit' 2 (2 0 1 (2 H02"
	  " (3 N 9 5", ERR_NEWER },
	{ "(8 1 1 2 9 S E (3 'org_unit' 2 (2 0 1 (2 H02"
	  " (3 N -1 5", ERR_FORMAT },
	{ "(8 1 1 2 9 S E (3 'org_unit' 2 (2 0 1 (2 H02"
	  " (4 N (2 0 2 'x' 'y'", ERR_FORMAT },
	{ "(8 1 1 2 9 S E (3 'org_unit' 2 (2 0 1 (2 H02"
	  " (3 N 5 (1 0", ERR_FORMAT },
	/* steps: of no record, to no state */
	{ "(8 1 1 2 9 S E (3 'transition' 1 0 (2 H02 0", ERR_FORMAT },
	{ "(8 1 1 2 9 S E (3 'transition' 1 0 (2 H04 0", ERR_FORMAT },
	{ "(8 1 1 2 9 S E (3 'transition' 1 0 (2 H08 0", ERR_FORMAT },
	{ "(9 1 1 2 9 S E (6 'org_unit' 1 0 'transition' 1 1 (1 E"
	  " (3 H06 0 0", OK },
	{ "(9 1 1 2 9 S E (6 'org_unit' 1 0 'transition' 1 1 (1 E"
	  " (3 H06 1 0", ERR_FORMAT },
	{ "(9 1 1 2 9 S E (6 'org_unit' 1 0 'transition' 1 1 (1 E"
	  " (4 H16 0 0 9", ERR_NEWER },
};

static void bad_payloads(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(payloads) / sizeof(*payloads); i++) {
		struct buf b = BUF_INIT;
		enum err_code got;

		write_items(&b, payloads[i].items);
		got = decode(slice_buf(&b));
		if (got != payloads[i].want)
			fail_msg("%s: got %s, wanted %s", payloads[i].items,
			    err_name(got), err_name(payloads[i].want));
		buf_release(&b);
	}
}

/* A few bytes that ask for gigabytes. */
static void bombs(void **state)
{
	static char zeros[4096];
	struct buf b = BUF_INIT;

	(void)state;
	/* 65,536 rows of 4 KB */
	write_items(&b, "(7 1 1 2 9 E (3 'org_unit'");
	cbor_add_int(&b, 65536);
	write_items(&b, "(2 0 1 (2 H02");
	memset(zeros, '0', sizeof(zeros));
	cbor_add_text(&b, slice_of(zeros, sizeof(zeros)));
	assert_int_equal(decode(slice_buf(&b)), ERR_FORMAT);
	/* lists of a million references, 65,536 times */
	buf_clear(&b);
	write_items(&b, "(7 1 1 2 9 E (3 'edit'");
	cbor_add_int(&b, 65536);
	write_items(&b, "(2 0 1 (2 H20 (2");
	cbor_add_int(&b, 1000000);
	cbor_add_int(&b, 0);
	assert_int_equal(decode(slice_buf(&b)), ERR_FORMAT);
	/* 65,536 rows twice */
	buf_clear(&b);
	write_items(&b, "(8 1 1 2 9 E (6 'org_unit'");
	cbor_add_int(&b, 65536);
	write_items(&b, "(2 0 1 'person'");
	cbor_add_int(&b, 65536);
	write_items(&b, "(2 0 1 (1 E (1 E");
	assert_int_equal(decode(slice_buf(&b)), ERR_FORMAT);
	buf_release(&b);
}

/* What must not be sealed is refused when written. */
static void unfit_batches(void **state)
{
	static const struct {
		struct value id, ext;
		enum err_code want;
	} cases[] = {
		{ { VALUE_INT, { .i = 1 << 17 } }, { VALUE_NULL, { 0 } }, OK },
		{ { VALUE_INT, { .i = 0 } }, { VALUE_NULL, { 0 } },
		  ERR_INTERNAL },
		{ { VALUE_NULL, { 0 } }, { VALUE_NULL, { 0 } },
		  ERR_INTERNAL },
		{ { VALUE_INT, { .i = 1 << 17 } },
		  { VALUE_TEXT, { .s = { (const unsigned char *)"\xff", 1 } } },
		  ERR_ENCODING },
		{ { VALUE_INT, { .i = 1 << 17 } },
		  { VALUE_REAL, { .r = (double)INFINITY } }, ERR_RANGE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf raw = BUF_INIT;
		struct err e = { 0 };
		struct batch b;
		struct value *cell;

		batch_init(&b, demo.catalogue);
		cell = batch_row(&b, &demo.catalogue->type[0], -1);
		assert_non_null(cell);
		cell[0] = cases[i].id;
		cell[TYPE_COL_EXT] = cases[i].ext;
		assert_int_equal(codec_encode(&b, &raw, &e), cases[i].want);
		batch_release(&b);
		buf_release(&raw);
	}
}

static void packs(void **state)
{
	struct slice raw = slice_buf(&branch[2].json), none = slice_str(NULL);
	struct slice dict;
	struct buf in = BUF_INIT, out = BUF_INIT;
	struct err e;

	(void)state;
	assert_int_equal(dictionary_zero(demo.catalogue, &dict, &e), OK);
	assert_int_equal(pack_deflate(raw, dict, &in, &e), OK);
	assert_int_equal(pack_inflate(slice_buf(&in), dict, raw.n, &out, &e),
	    OK);
	assert_true(slice_eq(slice_buf(&out), raw));
	buf_clear(&out);
	assert_int_equal(pack_inflate(slice_buf(&in), none, raw.n, &out, &e),
	    ERR_FORMAT);
	assert_int_equal(pack_inflate(slice_buf(&in), slice_of(dict.p,
	    dict.n - 1), raw.n, &out, &e), ERR_FORMAT);
	assert_int_equal(pack_inflate(slice_buf(&in), dict, raw.n - 1, &out,
	    &e), ERR_FORMAT);
	assert_int_equal(pack_inflate(slice_buf(&in), dict, raw.n + 1, &out,
	    &e), ERR_FORMAT);
	assert_int_equal(pack_inflate(slice_buf(&in), dict, RAW_MAX + 1u,
	    &out, &e), ERR_FORMAT);
	for (size_t n = 0; n < in.n; n += 97)
		assert_int_equal(pack_inflate(slice_of(in.p, n), dict, raw.n,
		    &out, &e), ERR_FORMAT);
	buf_addc(&in, 0);
	assert_int_equal(pack_inflate(slice_buf(&in), dict, raw.n, &out, &e),
	    ERR_FORMAT);
	assert_int_equal(out.n, 0);
	buf_release(&in);
	buf_release(&out);
}

static int run_group(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(damaged),
		cmocka_unit_test(bad_payloads),
		cmocka_unit_test(bombs),
		cmocka_unit_test(unfit_batches),
		cmocka_unit_test(packs),
	};
	int failed;

	demo_open(&demo);
	demo_load(&demo, branch);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	demo_unload(branch);
	demo_close(&demo);
	return failed;
}

int main(void)
{
	return run_group();
}
