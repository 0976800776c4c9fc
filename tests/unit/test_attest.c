/* A proof's trees: the words for any tree with any leaves shown give its root
 * back, and no others do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

#include "attest_impl.h"
#include "seed.h"

#define LEAVES 300

static merkle_hash leaf[LEAVES];

static void root_of(size_t n, merkle_hash out)
{
	struct merkle m = {0};

	for (size_t i = 0; i < n; i++)
		merkle_add(&m, leaf[i]);
	merkle_root(&m, out);
}

static int make_leaves(void **state)
{
	(void)state;
	for (size_t i = 0; i < LEAVES; i++)
		sha256(slice_of(&i, sizeof i), leaf[i]);
	return 0;
}

/* Some of n, at least one; shown's hashes into part. */
static size_t choose(uint64_t *seed, size_t n, size_t *shown,
    merkle_hash *part)
{
	size_t count = 0, one_in = 1 + seed_next(seed) % 20;
	size_t always = seed_next(seed) % n;

	for (size_t i = 0; i < n; i++)
		if (i == always || seed_next(seed) % one_in == 0) {
			memcpy(part[count], leaf[i], SHA256_LEN);
			shown[count++] = i;
		}
	return count;
}

static void any_tree(void **state)
{
	uint64_t seed = seed_start();

	(void)state;
	for (int round = 0; round < 2000; round++) {
		size_t n = 1 + seed_next(&seed) % LEAVES, shown[LEAVES], k;
		merkle_hash part[LEAVES], want, got;
		struct buf words = BUF_INIT;

		k = choose(&seed, n, shown, part);
		root_of(n, want);
		attest_tree_add(&words, (const merkle_hash *)leaf, n, shown,
		    k);
		if (!attest_tree_root(slice_buf(&words),
		    (const merkle_hash *)part, k, got) ||
		    memcmp(got, want, SHA256_LEN) != 0)
			fail_msg("%zu of %zu leaves: %s", k, n,
			    (char *)words.p);
		if (attest_tree_root(slice_buf(&words),
		    (const merkle_hash *)part, k - 1, got))
			fail_msg("%zu of %zu leaves: one less is taken", k, n);
		buf_release(&words);
	}
}

/* The path of one leaf says the same as the tree with that one shown. */
static void any_path(void **state)
{
	(void)state;
	for (size_t n = 1; n <= 70; n++)
		for (size_t i = 0; i < n; i++) {
			struct merkle_proof m = { .index = i, .n = n };
			struct buf tree = BUF_INIT, path = BUF_INIT;

			merkle_path((const merkle_hash *)leaf, n, i, m.path,
			    &m.len);
			attest_tree_add(&tree, (const merkle_hash *)leaf, n,
			    &i, 1);
			attest_path_add(&path, &m);
			if (!slice_eq(slice_buf(&tree), slice_buf(&path)))
				fail_msg("leaf %zu of %zu: %s, not %s", i, n,
				    (char *)path.p, (char *)tree.p);
			buf_release(&tree);
			buf_release(&path);
		}
}

#define HASH "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static void bad_trees(void **state)
{
	static const struct { const char *words; size_t leaves; bool good; }
	    tree[] = {
		{ "=", 1, true }, { "= = 1", 2, true },
		{ HASH " = 1", 1, true }, { HASH " " HASH " = 2", 1, true },
		{ "= " HASH " 1 " HASH " 1", 1, true },
		{ "", 0, false }, { "", 1, false }, { "=", 0, false },
		{ "=", 2, false }, { HASH, 0, false }, { "= =", 2, false },
		{ "= 1", 1, false }, { "1 = =", 2, false },
		{ "= = 1 1", 2, false }, { "= = 01", 2, false },
		{ "= = 0", 2, false }, { "= = 65", 2, false },
		{ "= = 2", 2, false }, { " = = 1", 2, false },
		{ "= = 1 ", 2, false }, { "=  = 1", 2, false },
		{ "= == 1", 2, false }, { HASH " " HASH " 1 = 1", 1, false },
		{ "= " HASH "A 1", 1, false },
		/* a spare bit of the last digit; too short; no digit */
		{ "= AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB 1", 1,
		    false },
		{ "= AAAA 1", 1, false }, { "= *AAA 1", 1, false },
		{ "= = = 1 1", 3, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof tree / sizeof *tree; i++) {
		merkle_hash root;
		bool got = attest_tree_root(slice_str(tree[i].words),
		    (const merkle_hash *)leaf, tree[i].leaves, root);

		if (got != tree[i].good)
			fail_msg("“%s” with %zu leaves: %s", tree[i].words,
			    tree[i].leaves, got ? "taken" : "refused");
	}
}

/* As deep as a stack could go, and deeper. */
static void deep_trees(void **state)
{
	struct buf words = BUF_INIT;
	merkle_hash root;

	(void)state;
	for (int i = 0; i < 10000; i++)
		buf_adds(&words, HASH " ");
	buf_adds(&words, "= 64");
	assert_false(attest_tree_root(slice_buf(&words),
	    (const merkle_hash *)leaf, 1, root));
	buf_release(&words);
}

/* Values, texts: read again they are what they were. */
static void texts(void **state)
{
	static const struct { const char *in, *out; } text[] = {
		{ "abc", "abc" }, { "a\\b", "a\\\\b" }, { "a\nb", "a\\x0ab" },
		{ "\x7f\x01", "\\x7f\\x01" }, { "井口", "井口" }, { "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
		struct buf b = BUF_INIT;

		buf_adds(&b, "");
		attest_text_add(&b, slice_str(text[i].in));
		assert_string_equal(b.p ? (char *)b.p : "", text[i].out);
		buf_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_tree),
		cmocka_unit_test(any_path),
		cmocka_unit_test(bad_trees),
		cmocka_unit_test(deep_trees),
		cmocka_unit_test(texts),
	};

	return cmocka_run_group_tests(tests, make_leaves, NULL);
}
