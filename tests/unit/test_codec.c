/* Batches to bytes and back: the demo data, small changesets, random ones,
 * and payloads made to harm.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <math.h>

#include "base/text.h"
#include "cbor.h"
#include "codec.h"
#include "demo_batch.h"
#include "hash.h"
#include "seed.h"

#define ROWS_TOO_MANY 65537

static struct demo demo;
static struct demo_branch branch[DEMO_BRANCHES];

static void say_value(char *out, size_t size, const struct value *v)
{
	static const char *const kinds[] = { "null", "int", "real", "text",
		"bytes" };

	if (v->kind == VALUE_TEXT)
		snprintf(out, size, "text '%.*s'", v->s.n > 60 ? 60 :
		    (int)v->s.n, (const char *)v->s.p);
	else
		snprintf(out, size, "%s %" PRId64, kinds[v->kind],
		    v->kind == VALUE_INT ? v->i : 0);
}

static void same_batch(const struct batch *a, const struct batch *b)
{
	assert_int_equal(a->nsection, b->nsection);
	for (size_t i = 0; i < a->nsection; i++) {
		const struct section *s = &a->section[i], *t = &b->section[i];

		assert_ptr_equal(s->table, t->table);
		assert_int_equal(s->nrow, t->nrow);
		for (size_t j = 0; j < s->nrow * s->table->ncol; j++) {
			char got[100], want[100];

			if (value_eq(&s->cell[j], &t->cell[j]))
				continue;
			say_value(want, sizeof(want), &s->cell[j]);
			say_value(got, sizeof(got), &t->cell[j]);
			fail_msg("%s.%s row %zu: %s became %s",
			    s->table->name,
			    s->table->col[j % s->table->ncol].key,
			    j / s->table->ncol, want, got);
		}
	}
}

/* Encode, decode, compare, encode again; raw is left for the caller. */
static void round_trip(const struct batch *b, struct buf *raw)
{
	struct err e = { 0 };
	struct buf again = BUF_INIT;
	struct batch back;

	batch_init(&back, b->catalogue);
	if (codec_encode(b, raw, &e) != OK ||
	    codec_decode(slice_buf(raw), &back, &e) != OK)
		fail_msg("%s: %s", err_name(e.code), e.detail);
	same_batch(b, &back);
	assert_int_equal(codec_encode(&back, &again, &e), OK);
	assert_int_equal(again.n, raw->n);
	assert_memory_equal(again.p, raw->p, raw->n);
	batch_release(&back);
	buf_release(&again);
}

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

/* Payloads made to harm */

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
 * byte string of the two hex digits after it, E an empty one. */
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
static void bad_payloads(void **state)
{
	static const struct {
		const char *items;
		enum err_code want;
	} cases[] = {
		/* sound ones, to show that the others fail for their own
		 * reason */
		{ "(6 1 1 2 9 E (0", OK },
		{ "(7 1 1 2 9 E (3 'org_unit' 1 0 (1 E", OK },
		{ "(7 1 1 2 9 E (3 'org_unit' 2 (2 0 1 (2 H02 'x'", OK },
		{ "(7 1 1 2 9 E (3 'org_unit' 2 (2 0 1 (2 H02"
		  " (3 (1 'x0' 0 (2 1 1", OK },
		{ "(7 1 1 2 9 E (3 'org_unit' 2 (2 0 1 (2 H02"
		  " (3 N (2 0 2 'x'", OK },
		/* heads */
		{ "", ERR_FORMAT }, { "1", ERR_FORMAT }, { "(0", ERR_FORMAT },
		{ "(5 1 1 2 9 E", ERR_FORMAT },
		{ "(6 0 1 2 9 E (0", ERR_FORMAT },
		{ "(6 2 1 2 9 E (0", ERR_NEWER },
		{ "(6 1 9 2 9 E (0", ERR_NEWER },
		{ "(6 1 0 2 9 E (0", ERR_FORMAT },
		{ "(6 1 1 -2 9 E (0", ERR_FORMAT },
		{ "(6 1 1 ! 9 E (0", ERR_FORMAT },
		{ "(6 1 1 2 -9 E (0", ERR_FORMAT },
		{ "(6 1 1 2 9 H00 (0", ERR_FORMAT },
		{ "(6 1 1 2 9 E (0 N", ERR_FORMAT },
		{ "(7 1 1 2 9 E (0 (1 E", ERR_FORMAT },
		/* directories */
		{ "(7 1 1 2 9 E (3 'no_such' 1 0 (1 E", ERR_NEWER },
		{ "(7 1 1 2 9 E (3 'org_unit' 0 0 (1 E", ERR_FORMAT },
		{ "(7 1 1 2 9 E (3 'org_unit' -1 0 (1 E", ERR_FORMAT },
		{ "(7 1 1 2 9 E (3 'org_unit' ! 0 (1 E", ERR_FORMAT },
		{ "(7 1 1 2 9 E (3 'org_unit' 2 0 (1 E", ERR_FORMAT },
		{ "(7 1 1 2 9 E (3 'org_unit' 2 (2 1 -1 (1 E", ERR_FORMAT },
		{ "(7 1 1 2 9 E (3 'org_unit' 1 -1 (1 E", ERR_FORMAT },
		{ "(8 1 1 2 9 E (6 'org_unit' 1 0 'org_unit' 1 1 (1 E (1 E",
		  ERR_FORMAT },
		/* masks */
		{ "(7 1 1 2 9 E (3 'org_unit' 1 0 (1 H00", ERR_FORMAT },
		{ "(7 1 1 2 9 E (3 'org_unit' 1 0 (2 H01 0", ERR_FORMAT },
		{ "(7 1 1 2 9 E (3 'org_unit' 1 0 (1 H02", ERR_FORMAT },
		{ "(7 1 1 2 9 E (3 'org_unit' 1 0 (3 H02 'x' 'y'",
		  ERR_FORMAT },
		{ "(7 1 1 2 9 E (3 'enrol' 1 0 (2 H20 0", ERR_NEWER },
		/* texts */
		{ "(7 1 1 2 9 E (3 'org_unit' 2 (2 0 1 (2 H02"
		  " (3 (1 'x1' 0 (2 1 1", ERR_FORMAT },
		{ "(7 1 1 2 9 E (3 'org_unit' 2 (2 0 1 (2 H02"
		  " (3 (1 'x0' 1 (2 1 1", ERR_FORMAT },
		{ "(7 1 1 2 9 E (3 'org_unit' 2 (2 0 1 (2 H02"
		  " (3 (1 'x0' 0 (2 9 1", ERR_FORMAT },
		{ "(7 1 1 2 9 E (3 'org_unit' 2 (2 0 1 (2 H02"
		  " (3 (1 'x0' 0 -1", ERR_FORMAT },
		{ "(7 1 1 2 9 E (3 'org_unit' 2 (2 0 1 (2 H02"
		  " (2 (1 'x0' 0", ERR_FORMAT },
		{ "(7 1 1 2 9 E (3 'org_unit' 2 (2 0 1 (2 H02"
		  " (4 (2 'x0' 'y' 0 (2 1 1", ERR_FORMAT },
		{ "(7 1 1 2 9 E (3 'org_unit' 2 (2 0 1 (2 H02"
		  " (2 (0 0", ERR_FORMAT },
		{ "(7 1 1 2 9 E (3 'org_unit' 1 0 (2 H02 7", ERR_FORMAT },
		/* classes */
		{ "(7 1 1 2 9 E (3 'org_unit' 2 (2 0 1 (2 H02"
		  " (2 N 0", ERR_FORMAT },
		{ "(7 1 1 2 9 E (3 'org_unit' 2 (2 0 1 (2 H02"
		  " (3 N 1 5", ERR_FORMAT },
		{ "(7 1 1 2 9 E (3 'org_unit' 2 (2 0 1 (2 H02"
		  " (3 N 9 5", ERR_NEWER },
		{ "(7 1 1 2 9 E (3 'org_unit' 2 (2 0 1 (2 H02"
		  " (3 N -1 5", ERR_FORMAT },
		{ "(7 1 1 2 9 E (3 'org_unit' 2 (2 0 1 (2 H02"
		  " (4 N (2 0 2 'x' 'y'", ERR_FORMAT },
		{ "(7 1 1 2 9 E (3 'org_unit' 2 (2 0 1 (2 H02"
		  " (3 N 5 (1 0", ERR_FORMAT },
		/* steps: of no record, to no state */
		{ "(7 1 1 2 9 E (3 'transition' 1 0 (2 H02 0", ERR_FORMAT },
		{ "(7 1 1 2 9 E (3 'transition' 1 0 (2 H04 0", ERR_FORMAT },
		{ "(7 1 1 2 9 E (3 'transition' 1 0 (2 H08 0", ERR_FORMAT },
		{ "(8 1 1 2 9 E (6 'org_unit' 1 0 'transition' 1 1 (1 E"
		  " (3 H06 0 0", OK },
		{ "(8 1 1 2 9 E (6 'org_unit' 1 0 'transition' 1 1 (1 E"
		  " (3 H06 1 0", ERR_FORMAT },
		{ "(8 1 1 2 9 E (6 'org_unit' 1 0 'transition' 1 1 (1 E"
		  " (4 H16 0 0 9", ERR_NEWER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf b = BUF_INIT;
		enum err_code got;

		write_items(&b, cases[i].items);
		got = decode(slice_buf(&b));
		if (got != cases[i].want)
			fail_msg("%s: got %s, wanted %s", cases[i].items,
			    err_name(got), err_name(cases[i].want));
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
	struct slice dict = zero();
	struct buf in = BUF_INIT, out = BUF_INIT;
	struct err e;

	(void)state;
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
		cmocka_unit_test(dictionary_is_frozen),
		cmocka_unit_test(demo_data),
		cmocka_unit_test(small_changesets),
		cmocka_unit_test(random_batches),
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
	for (size_t i = 0; i < DEMO_BRANCHES; i++) {
		batch_release(&branch[i].batch);
		buf_release(&branch[i].json);
	}
	demo_close(&demo);
	return failed;
}

int main(void)
{
	return run_group();
}
