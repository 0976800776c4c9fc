/* Batches to bytes and back: the demo data, small changesets, random ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>

#include "base/text.h"
#include "codec_trip.h"
#include "demo_batch.h"
#include "hash.h"
#include "seed.h"

static struct demo demo;
static struct demo_branch branch[DEMO_BRANCHES];

static size_t packed(struct slice raw, struct slice dictionary)
{
	struct err e = { 0 };
	struct buf out = BUF_INIT, back = BUF_INIT;
	size_t n;

	assert_int_equal(pack_deflate(raw, dictionary, &out, &e), OK);
	assert_int_equal(pack_inflate(slice_buf(&out), dictionary, raw.n,
	    &back, &e), OK);
	assert_true(slice_eq(slice_buf(&back), raw));
	n = out.n;
	buf_release(&out);
	buf_release(&back);
	return n;
}

static struct slice zero(void)
{
	struct slice dictionary;
	struct err e;

	assert_int_equal(dictionary_zero(demo.catalogue, &dictionary, &e), OK);
	assert_true(dictionary.n > 1000 && dictionary.n <= DICTIONARY_MAX);
	return dictionary;
}

/* Every payload ever sealed needs these very bytes. */
static void dictionary_is_frozen(void **state)
{
	unsigned char sum[SHA256_LEN];
	struct buf hex = BUF_INIT;

	(void)state;
	sha256(zero(), sum);
	hex_add(&hex, slice_of(sum, sizeof(sum)));
	assert_string_equal((char *)hex.p, "b349f5d083cb150980228ea7b65f7705"
	    "ee41b794d5bf3f82e9acbfb4210413d3");
	buf_release(&hex);
}

/* The whole demo data costs at most half of its JSON lines under zlib. */
static void demo_data(void **state)
{
	size_t ours = 0, theirs = 0;

	(void)state;
	for (size_t i = 0; i < DEMO_BRANCHES; i++) {
		struct buf raw = BUF_INIT;
		size_t a, b;

		round_trip(&branch[i].batch, &raw);
		a = packed(slice_buf(&raw), zero());
		b = packed(slice_buf(&branch[i].json), slice_str(NULL));
		printf("%s: %zu rows, raw %zu, %zu bytes; JSON %zu\n",
		    demo_branches[i], batch_rows(&branch[i].batch), raw.n, a,
		    b);
		ours += a;
		theirs += b;
		buf_release(&raw);
	}
	printf("all: %zu bytes; JSON %zu; %.3f\n", ours, theirs,
	    (double)ours / (double)theirs);
	assert_true(2 * ours <= theirs);
}

/* One changeset of the first n records of a type, without external keys, as
 * when they are entered by hand: its bytes. */
static size_t some_records(size_t which, const char *type, size_t n)
{
	const struct type *t = catalogue_type(demo.catalogue, type);
	struct section *from = batch_section(&branch[which].batch, t, -1);
	struct buf raw = BUF_INIT;
	struct batch b;
	size_t bytes;

	assert_non_null(from);
	batch_init(&b, demo.catalogue);
	for (size_t row = 0; row < n; row++) {
		struct value *cell = batch_row(&b, t, -1);
		size_t ncol = t->table.ncol;

		assert_non_null(cell);
		memcpy(cell, from->cell + row * ncol, ncol * sizeof(*cell));
		/* Some minutes from one to the next. */
		cell[0].i = stamp_make(stamp_ticks(cell[0].i) +
		    (int64_t)(row * row * 7000123), stamp_node(cell[0].i));
		cell[TYPE_COL_EXT] = VALUE_NONE;
	}
	round_trip(&b, &raw);
	bytes = packed(slice_buf(&raw), zero());
	batch_release(&b);
	buf_release(&raw);
	return bytes;
}

static void small_changesets(void **state)
{
	static const struct {
		size_t branch, n, most;
		const char *type;
	} cases[] = {
		{ 1, 1, 60, "person" }, { 1, 10, 250, "person" },
		{ 1, 1, 60, "care_visit" }, { 1, 10, 350, "care_visit" },
		{ 5, 1, 60, "activity" }, { 5, 10, 460, "activity" },
		{ 5, 1, 90, "practical_item" }, { 5, 10, 460, "followup" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t n = some_records(cases[i].branch, cases[i].type,
		    cases[i].n);

		printf("%zu %s: %zu bytes\n", cases[i].n, cases[i].type, n);
		if (n > cases[i].most)
			fail_msg("%zu %s: %zu bytes, at most %zu wanted",
			    cases[i].n, cases[i].type, n, cases[i].most);
	}
}

/* Random batches: any kind of value in any column. */

static struct slice random_text(uint64_t *seed, struct batch *b)
{
	static const char *const words[] = { "", "NB", "0", "00793", "测试",
		"2022-03-08", "2022-03", "2022Q1", "2022Q5", "2022-13",
		"9223372036854775807", "123456789012345678901234567890", "[",
		"]", "[1,2]", "[0]", "[1,]", "[9223372036854775808]", "10",
		"submitted", "chair", "person", "name", "😀", "0000-01-01",
		"9999-12-31", "-1", "[]" };
	const size_t n = sizeof(words) / sizeof(*words);
	struct buf t = BUF_INIT;
	struct slice s;

	do
		buf_adds(&t, words[seed_next(seed) % n]);
	while (seed_next(seed) % 4 == 0);
	if (seed_next(seed) % 4 == 0)
		buf_printf(&t, "%" PRIu64, seed_next(seed) % 2000);
	s = batch_text(b, slice_buf(&t));
	buf_release(&t);
	return s;
}

static int64_t random_int(uint64_t *seed)
{
	int64_t v = (int64_t)seed_next(seed);

	switch (seed_next(seed) % 8) {
	case 0:
		return v;
	case 1:
		return INT64_MIN;
	case 2:
		return INT64_MAX;
	default:
		return v % 100;
	}
}

static struct value random_value(uint64_t *seed, struct batch *b)
{
	switch (seed_next(seed) % 6) {
	case 0:
		return VALUE_NONE;
	case 1:
		return value_int(random_int(seed));
	case 2:
		return value_real((double)random_int(seed) / 8);
	case 3:
		return value_bytes(random_text(seed, b));
	default:
		return value_text(random_text(seed, b));
	}
}

/* What the column would hold if people were right. */
static struct value usual_value(uint64_t *seed, struct batch *b,
    const struct column *c, const stamp_t *id, size_t nid)
{
	stamp_t one = id[seed_next(seed) % nid];
	char text[100];

	switch (c->kind) {
	case COL_REF:
		return value_int(one);
	case COL_REFS:
		snprintf(text, sizeof(text), "[%" PRId64 ",%" PRId64 "]", one,
		    id[seed_next(seed) % nid]);
		return value_text(batch_text(b, slice_str(text)));
	case COL_ENUM:
		return value_str(c->values->value[seed_next(seed) %
		    c->values->n].key);
	case COL_INT:
	case COL_BOOL:
		return value_int(random_int(seed));
	default:
		return value_text(random_text(seed, b));
	}
}

/* Types and states that fit, so that steps follow one another. */
static void random_step(uint64_t *seed, struct value *cell)
{
	const struct type *t = &demo.catalogue->type[seed_next(seed) %
	    demo.catalogue->ntype];
	const struct transition *x = &t->transition[seed_next(seed) %
	    t->ntransition];

	cell[TRANSITION_TYPE] = value_str(t->key);
	cell[TRANSITION_FROM] = value_str(x->from);
	cell[TRANSITION_TO] = value_str(x->to);
	cell[TRANSITION_ROLE] = value_str(x->role[0]);
}

static void random_batch(uint64_t *seed, struct batch *b)
{
	stamp_t id[64], now = (stamp_t)(seed_next(seed) >> 24);
	const size_t nid = sizeof(id) / sizeof(*id);
	size_t rows = seed_next(seed) % 60, ntype = demo.catalogue->ntype;
	unsigned wild = (unsigned)(seed_next(seed) % 3);
	uint16_t node = (uint16_t)seed_next(seed);

	for (size_t i = 0; i < nid; i++)
		id[i] = stamp_make(now + (int64_t)(seed_next(seed) % 99),
		    i % 4 == 0 ? (uint16_t)(node + 1) : node);
	for (size_t i = 0; i < rows; i++) {
		size_t n = seed_next(seed) % (ntype + TABLE_FIXED_COUNT) / 4;
		bool record = seed_next(seed) % 2;
		const struct type *t = record ? &demo.catalogue->type[n] : NULL;
		int fixed = (int)(n % TABLE_FIXED_COUNT);
		struct value *cell = batch_row(b, t, fixed);
		const struct table *table = record ? &t->table :
		    fixed_table((enum fixed_table)fixed);

		now += 1 + (int64_t)(seed_next(seed) % 3);
		assert_non_null(cell);
		cell[0] = value_int(stamp_make(now, node));
		for (size_t c = 1; c < table->ncol; c++)
			cell[c] = seed_next(seed) % 3 < wild ?
			    random_value(seed, b) : usual_value(seed, b,
			    &table->col[c], id, nid);
		if (!record && fixed == TABLE_TRANSITION && wild < 2)
			random_step(seed, cell);
	}
	batch_sort(b);
}

static void random_batches(void **state)
{
	uint64_t seed = seed_start();

	(void)state;
	for (int i = 0; i < 3000; i++) {
		struct buf raw = BUF_INIT;
		struct batch b;

		batch_init(&b, demo.catalogue);
		random_batch(&seed, &b);
		round_trip(&b, &raw);
		batch_release(&b);
		buf_release(&raw);
	}
}

static int run_group(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dictionary_is_frozen),
		cmocka_unit_test(demo_data),
		cmocka_unit_test(small_changesets),
		cmocka_unit_test(random_batches),
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
