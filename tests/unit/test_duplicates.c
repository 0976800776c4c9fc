/* Duplicates: folding, pairs, and what decisions come to. */
#include <time.h>

#include "base/date.h"
#include "duplicate.h"
#include "fixture.h"
#include "same.h"
#include "seed.h"
#include "store_db.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static const struct { const char *text, *want; } folds[] = {
	{ "测试甲", "测试甲" }, { " 测 试　甲 ", "测试甲" },
	{ "Ab-００１２", "ab0012" }, { "ＡＢ（一期）", "ab一期" },
	{ "瓦斯·抽采(二期)", "瓦斯抽采二期" },
	{ "“提质”增效!", "提质增效" },
	{ "阿依古丽·买买提", "阿依古丽买买提" },
	{ "37999919880229001x", "37999919880229001x" },
	{ "37999919880229001Ｘ", "37999919880229001x" },
	{ "2022-03-08", "20220308" }, { "", "" }, { "—·。", "" },
	{ "é", "é" }, { "\xe6\xb5", "" },
};

static void test_fold(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(folds); i++) {
		buf_clear(&b);
		buf_adds(&b, "");
		duplicate_fold(&b, slice_str(folds[i].text));
		if (!slice_eqs(slice_buf(&b), folds[i].want))
			fail_msg("“%s” is “%s”, want “%s”", folds[i].text,
			    b.p ? (char *)b.p : "", folds[i].want);
	}
	buf_release(&b);
}

/* ---- pairs ---- */

/* FNV-1a spread over the 32 bytes; the key turns it. */
static void plain_hash(const void *key, struct slice text,
    unsigned char out[32])
{
	uint64_t h = *(const uint64_t *)key;

	for (size_t i = 0; i < text.n; i++)
		h = (h ^ text.p[i]) * UINT64_C(0x100000001b3);
	for (size_t i = 0; i < 32; i++)
		out[i] = (unsigned char)(h >> 8 * (i % 8));
}

static const char people[] =
    "{\"type\":\"org_unit\",\"id\":\"TC.o\",\"branch\":\"TC\",\"code\":\"TC\","
    "\"name\":\"o\",\"kind\":\"branch\",\"parent\":\"HQ.o\","
    "\"established_on\":\"2001-03-01\"}\n"
#define P(id, name, birth) "{\"type\":\"person\",\"id\":\"" id "\"," \
    "\"branch\":\"TC\",\"kind\":\"on_duty\",\"org\":\"TC.o\",\"name\":\"" \
    name "\",\"birth\":\"" birth "\"}\n"
    P("TC.1", "测试甲", "1990-01-01") P("TC.2", "测试 甲", "1990-01-01")
    P("TC.3", "测试甲", "1990-01-02") P("TC.4", "测试甲", "1990-01-01")
    P("TC.5", "测试乙", "1990-01-01");

static int count_pairs(void *arg, const json_t *o)
{
	assert_string_equal(json_string_value(json_object_get(o, "type")),
	    "person");
	assert_null(json_object_get(o, "verdict"));
	++*(size_t *)arg;
	return 0;
}

static size_t pairs(struct fixture *f, uint64_t key)
{
	struct duplicate_hash h = { plain_hash, &key };
	struct err e = {0};
	size_t n = 0;

	if (duplicate_list(f->store, NULL, false, &h, count_pairs, &n,
	    &e) != OK)
		fail_msg("list: %s", e.detail);
	return n;
}

static stamp_t person_of(struct fixture *f, const char *ext)
{
	struct err e = {0};
	struct record r;

	if (record_find(f->store, ext, &r, &e) != OK)
		fail_msg("%s: %s", ext, e.detail);
	return r.id;
}

static void decide(struct fixture *f, const char *a, const char *b,
    bool same, enum err_code want)
{
	struct same_decision d = { .a = a, .b = b, .same = same };
	struct err e = {0};
	enum err_code got = same_decide(f->store, &d, &e);

	if (got != want)
		fail_msg("%s %s %s: %s, want %s", a, same ? "same" : "apart",
		    b, err_name(got), err_name(want));
}

/* Three are alike: three pairs, fewer as they are decided on. */
static void test_pairs(void **state)
{
	struct err e = {0};
	struct fixture f;
	stamp_t one;

	(void)state;
	fixture_open(&f, "HQ");
	fixture_import(&f, slice_str(people), NULL);
	assert_int_equal(pairs(&f, 1), 3);
	assert_int_equal(pairs(&f, 2), 3);
	decide(&f, "TC.1", "TC.2", true, OK);
	assert_int_equal(pairs(&f, 1), 2);
	decide(&f, "TC.2", "TC.4", true, OK);
	assert_int_equal(pairs(&f, 1), 0);	/* 1 and 4 through 2 */
	assert_int_equal(same_one(f.store, person_of(&f, "TC.4"), &one, &e),
	    OK);
	assert_int_equal(one, person_of(&f, "TC.1"));
	decide(&f, "TC.1", "TC.4", false, ERR_CONFLICT);
	decide(&f, "TC.1", "TC.2", false, OK);
	assert_int_equal(pairs(&f, 1), 1);	/* 1 and 4 are open again */
	decide(&f, "TC.5", "TC.5", true, ERR_SELF);
	fixture_close(&f);
}

/* ---- decisions ---- */

#define IDS 12
#define WORDS 30

struct word { int a, b; bool same; };

static void apply_word(struct fixture *f, const struct word *w, int64_t at)
{
	struct err e = {0};
	struct value *cell;
	struct batch b;

	batch_init(&b, f->catalogue);
	cell = batch_row(&b, NULL, TABLE_LINK);
	assert_non_null(cell);
	cell[LINK_STAMP] = value_int(stamp_make(5000 + at, 1));
	cell[LINK_A] = value_int(stamp_make(1000 + w->a, 2));
	cell[LINK_B] = value_int(stamp_make(1000 + w->b, 2));
	cell[LINK_VERDICT] = value_str(w->same ? "same" : "apart");
	if (same_apply(f->store, &b, &e) != OK)
		fail_msg("word %d: %s", (int)at, e.detail);
	batch_release(&b);
}

/* The slow way: the smallest that can be reached by newest words. */
static void expect(const struct word *w, int one[IDS])
{
	bool is[IDS][IDS] = { { false } };

	for (int i = 0; i < WORDS; i++)
		is[w[i].a][w[i].b] = is[w[i].b][w[i].a] = w[i].same;
	for (int i = 0; i < IDS; i++)
		one[i] = i;
	for (int turn = 0; turn < IDS; turn++)
		for (int i = 0; i < IDS; i++)
			for (int k = 0; k < IDS; k++)
				if (is[i][k] && one[k] < one[i])
					one[i] = one[k];
}

static void one_history(struct fixture *f, uint64_t *seed, int turn)
{
	struct word w[WORDS];
	int one[IDS], order[WORDS];
	struct err e = {0};
	stamp_t got;

	for (int i = 0; i < WORDS; i++) {
		w[i].a = (int)(seed_next(seed) % (IDS - 1));
		w[i].b = w[i].a + 1 + (int)(seed_next(seed) %
		    (uint64_t)(IDS - 1 - w[i].a));
		w[i].same = seed_next(seed) % 2;
		order[i] = i;
	}
	for (int i = WORDS - 1; i > 0; i--) {	/* in any order */
		int k = (int)(seed_next(seed) % (uint64_t)(i + 1));
		int was = order[i];

		order[i] = order[k];
		order[k] = was;
	}
	assert_int_equal(store_begin(f->store, &e), OK);
	for (int i = 0; i < WORDS; i++)
		apply_word(f, &w[order[i]], order[i]);
	expect(w, one);
	for (int i = 0; i < IDS; i++) {
		assert_int_equal(same_one(f->store, stamp_make(1000 + i, 2),
		    &got, &e), OK);
		if (got != stamp_make(1000 + one[i], 2))
			fail_msg("turn %d: %d is one with %d, want %d", turn,
			    i, (int)(stamp_ticks(got) - 1000), one[i]);
	}
	store_rollback(f->store);
}

static void test_decisions(void **state)
{
	uint64_t seed = seed_start();
	struct fixture f;

	(void)state;
	fixture_open(&f, "HQ");
	for (int turn = 0; turn < 100; turn++)
		one_history(&f, &seed, turn);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fold), cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_decisions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
