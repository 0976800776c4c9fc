/* Batches: rows, order, summary, replaced stamps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "batch.h"
#include "seed.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static struct catalogue *c;

static int setup(void **state)
{
	struct err e;

	(void)state;
	return catalogue_load(&c, &e) == OK ? 0 : 1;
}

static int teardown(void **state)
{
	(void)state;
	catalogue_free(c);
	return 0;
}

static void names(void **state)
{
	static const size_t ncol[] = { 7, 13, 7, 5, 8, 8, 6, 8,
	    5, 5, 7, 4, 8, 4, 5, 5, 4 };
	const struct type *type;
	int fixed;

	(void)state;
	for (int i = 0; i < TABLE_FIXED_COUNT; i++) {
		const struct table *t = fixed_table((enum fixed_table)i);

		assert_int_equal(t->ncol, ncol[i]);
		assert_int_equal(t->col[0].kind, COL_STAMP);
		/* No record type may take a fixed table's name. */
		assert_null(catalogue_type(c, t->name));
		assert_ptr_equal(table_by_name(c, t->name, &type, &fixed), t);
		assert_null(type);
		assert_int_equal(fixed, i);
	}
	assert_string_equal(fixed_table(TABLE_TRANSITION)->
	    col[TRANSITION_IMPORTED].key, "imported");
	assert_string_equal(fixed_table(TABLE_EDIT)->col[EDIT_BY].key, "by");
	assert_string_equal(fixed_table(TABLE_NODE)->col[NODE_KIND].key,
	    "kind");
	assert_string_equal(fixed_table(TABLE_ENROL)->col[ENROL_MAC].key,
	    "mac");
	assert_string_equal(fixed_table(TABLE_RECEIPT)->
	    col[RECEIPT_CODE].key, "code");
	assert_string_equal(fixed_table(TABLE_TRANSITION)->
	    col[TRANSITION_SIGNATURE].key, "signature");
	assert_string_equal(fixed_table(TABLE_OPERATOR)->
	    col[OPERATOR_TO].key, "to");
	assert_string_equal(fixed_table(TABLE_LINK)->col[LINK_NOTE].key,
	    "note");
	assert_string_equal(fixed_table(TABLE_ATTACHMENT)->
	    col[ATTACHMENT_REMOVES].key, "removes");
	assert_ptr_equal(table_by_name(c, "award", &type, &fixed),
	    &catalogue_type(c, "award")->table);
	assert_ptr_equal(type, catalogue_type(c, "award"));
	assert_int_equal(fixed, -1);
	/* The wire knows keys, not labels. */
	assert_null(table_by_name(c, type->zh, &type, &fixed));
	assert_null(table_by_name(c, "", &type, &fixed));
	assert_null(fixed_table(TABLE_FIXED_COUNT));
}

/* Rows added at random; sections come ordered, rows sorted, texts kept. */
static void rows(void **state)
{
	uint64_t seed = seed_start();
	struct batch b;
	size_t all = 20000, n = 0;
	stamp_t first = INT64_MAX, last = 0, got_first, got_last;
	char text[32];
	struct err e;

	(void)state;
	batch_init(&b, c);
	assert_false(batch_span(&b, &got_first, &got_last));
	assert_null(batch_section(&b, NULL, TABLE_EDIT));
	for (size_t i = 0; i < all; i++) {
		uint64_t r = seed_next(&seed);
		size_t k = r % (c->ntype + TABLE_FIXED_COUNT);
		const struct type *t = k < c->ntype ? &c->type[k] : NULL;
		stamp_t stamp = (stamp_t)(r >> 1 | 1);
		struct value *cell = batch_row(&b, t,
		    t == NULL ? (int)(k - c->ntype) : -1);
		struct value v;

		assert_non_null(cell);
		assert_int_equal(cell[1].kind, VALUE_NULL);
		snprintf(text, sizeof(text), "%" PRId64, stamp);
		v = value_str(text);
		cell[0] = value_int(stamp);
		cell[1] = batch_value(&b, &v);
		first = stamp < first ? stamp : first;
		last = stamp > last ? stamp : last;
	}
	batch_sort(&b);
	assert_int_equal(batch_ok(&b, &e), OK);
	assert_int_equal(batch_rows(&b), all);
	assert_true(batch_span(&b, &got_first, &got_last));
	assert_int_equal(got_first, first);
	assert_int_equal(got_last, last);
	for (size_t i = 0; i < b.nsection; i++) {
		const struct section *s = &b.section[i];

		assert_ptr_equal(batch_section(&b, s->type, s->fixed), s);
		assert_int_equal(s->type == NULL, i >= c->ntype);
		assert_true(i == 0 || i >= c->ntype ||
		    s->type->index == s[-1].type->index + 1);
		for (size_t row = 0; row < s->nrow; row++, n++) {
			const struct value *cell = s->cell +
			    row * s->table->ncol;

			snprintf(text, sizeof(text), "%" PRId64, cell[0].i);
			assert_true(slice_eqs(cell[1].s, text));
			assert_true(row == 0 ||
			    cell[0].i >= cell[-(int)s->table->ncol].i);
		}
	}
	assert_int_equal(n, all);
	batch_release(&b);
	assert_int_equal(batch_rows(&b), 0);
	batch_release(&b);
}

static void describe(void **state)
{
	static const struct {
		const char *table[8];
		size_t n[8];
		const char *want;
	} cases[] = {
		{ { NULL }, { 0 }, "nothing" },
		{ { "activity", "care_visit" }, { 1, 0 },
		    "1 record: 1 activity" },
		{ { "care_visit", "activity", "edit", "transition" },
		    { 3, 9, 4, 5 }, "12 records: 9 activity, 3 care_visit; "
		    "4 edits, 5 transitions" },
		{ { "edit" }, { 1 }, "1 edit" },
		{ { "receipt", "node", "enrol" }, { 2, 1, 1 },
		    "1 node, 1 enrolment, 2 receipts" },
	};
	struct buf out = BUF_INIT;
	struct batch b;
	struct err e;

	(void)state;
	batch_init(&b, c);
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (size_t k = 0; cases[i].table[k] != NULL; k++) {
			const struct type *type;
			int fixed;

			(void)table_by_name(c, cases[i].table[k], &type,
			    &fixed);
			for (size_t row = 0; row < cases[i].n[k]; row++)
				assert_non_null(batch_row(&b, type, fixed));
		}
		buf_clear(&out);
		assert_int_equal(batch_describe(&b, &out, &e), OK);
		assert_string_equal((char *)out.p, cases[i].want);
		batch_release(&b);
	}
	/* Everything there is must still fit a commit's subject. */
	for (size_t i = 0; i < c->ntype; i++)
		for (int row = 0; row < 300; row++)
			assert_non_null(batch_row(&b, &c->type[i], -1));
	for (int i = 0; i < TABLE_FIXED_COUNT; i++)
		for (int row = 0; row < 8000; row++)
			assert_non_null(batch_row(&b, NULL, i));
	buf_clear(&out);
	assert_int_equal(batch_describe(&b, &out, &e), OK);
	print_message("%s\n", (char *)out.p);
	assert_true(out.n < 200);
	assert_non_null(strstr((char *)out.p, "more types; 8000 edits, "));
	batch_release(&b);
	buf_release(&out);
}

static void replaces(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		size_t n;
		stamp_t last;
	} cases[] = {
		{ NULL, true, 0, 0 }, { "[]", true, 0, 0 },
		{ "[1]", true, 1, 1 }, { "[123,456]", true, 2, 456 },
		{ "[9223372036854775807]", true, 1, INT64_MAX },
		{ "[1,2,3,4]", true, 4, 4 },
		{ "[1,2,3,4,5]", false, 0, 0 },		/* past max */
		{ "[9223372036854775808]", false, 0, 0 },
		{ "[99999999999999999999]", false, 0, 0 },
		{ "[0]", false, 0, 0 }, { "[01]", false, 0, 0 },
		{ "[-1]", false, 0, 0 }, { "[+1]", false, 0, 0 },
		{ "[1,1]", false, 0, 0 }, { "[2,1]", false, 0, 0 },
		{ "[1, 2]", false, 0, 0 }, { "[1,]", false, 0, 0 },
		{ "[,1]", false, 0, 0 }, { "[1", false, 0, 0 },
		{ "[", false, 0, 0 }, { "]", false, 0, 0 },
		{ "", false, 0, 0 }, { "[1]]", false, 0, 0 },
		{ "[1] ", false, 0, 0 }, { "[1.0]", false, 0, 0 },
		{ "{1}", false, 0, 0 }, { "[\"1\"]", false, 0, 0 },
	};
	struct buf out = BUF_INIT;
	struct value v;
	stamp_t stamp[4];
	size_t n;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		v = value_str(cases[i].text);
		print_message("%s\n", cases[i].text);
		assert_int_equal(batch_replaces(&v, stamp, 4, &n),
		    cases[i].ok);
		if (!cases[i].ok || cases[i].text == NULL)
			continue;
		assert_int_equal(n, cases[i].n);
		if (n > 0)
			assert_int_equal(stamp[n - 1], cases[i].last);
		buf_clear(&out);
		batch_replaces_text(&out, stamp, n);
		assert_string_equal((char *)out.p, cases[i].text);
	}
	v = value_int(5);
	assert_false(batch_replaces(&v, stamp, 4, &n));
	v = value_text(slice_of("[1\0]", 4));
	assert_false(batch_replaces(&v, stamp, 4, &n));
	buf_release(&out);
}

static void values(void **state)
{
	const struct value v[] = { VALUE_NONE, value_int(0), value_int(1),
		value_real(0), value_real(1.5), value_str(""), value_str("a"),
		value_bytes(slice_str("")), value_bytes(slice_str("a")) };

	(void)state;
	for (size_t i = 0; i < COUNT(v); i++)
		for (size_t k = 0; k < COUNT(v); k++)
			assert_int_equal(value_eq(&v[i], &v[k]), i == k);
	assert_int_equal(value_str(NULL).kind, VALUE_NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names), cmocka_unit_test(rows),
		cmocka_unit_test(describe), cmocka_unit_test(replaces),
		cmocka_unit_test(values),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
