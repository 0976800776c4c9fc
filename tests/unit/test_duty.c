/* Nobody approves their own paper: what check says of the rows that a proof
 * shows, against what the catalogue's `unlike` asks of an expense.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "attest_impl.h"

#define NODE 5
#define AT(n) ((stamp_t)(n) << STAMP_NODE_BITS | NODE)
#define ID AT(100)

struct paper {			/* a proof, as far as this looks at it */
	struct attest p;
	struct attest_row row[16];
	struct attest_value value[80];
};

static void put(struct paper *x, const char *column, struct value v)
{
	struct attest_value *to = &x->value[x->p.nvalue++];

	snprintf(to->column, sizeof to->column, "%s", column);
	to->value = v;
	x->row[x->p.nrow - 1].nvalue++;
}

static struct attest_row *row(struct paper *x, const char *table,
    stamp_t stamp)
{
	struct attest_row *r = &x->row[x->p.nrow++];

	x->p.row = x->row;
	x->p.value = x->value;
	*r = (struct attest_row){ .stamp = stamp, .keyed = true,
		.value = x->p.nvalue, .commit = x->p.nrow };
	snprintf(r->table, sizeof r->table, "%s", table);
	return r;
}

/* person 0: not told. */
static void operator(struct paper *x, int n, const char *code,
    const char *branch, int64_t person)
{
	row(x, "operator", AT(n));
	put(x, "code", value_str(code));
	put(x, "branch", value_str(branch));
	if (person)
		put(x, "person", value_int(person));
}

static struct attest_row *step(struct paper *x, int n, const char *from,
    const char *to, const char *by, const char *replaces)
{
	struct attest_row *r = row(x, "transition", AT(n));

	put(x, "from", value_str(from));
	put(x, "to", value_str(to));
	put(x, "by", value_str(by));
	put(x, "operator", value_str(by));
	put(x, "replaces", value_str(replaces));
	return r;
}

/* The expense is entered by 录入, taken to l1 by `first`, to l2 by `second`;
 * 甲 and 乙 are person 7 where they tell, 丙 tells none. */
static enum err_code judge(const struct catalogue *c, const char *first,
    const char *second, int64_t handler, bool maker_shown)
{
	const struct type *t = catalogue_type(c, "expense");
	struct value *cell = calloc(t->table.ncol, sizeof *cell);
	const struct field *f = type_field(c, t, "handler");
	char replaces[40];
	struct paper x = { .p.id = ID };
	struct attest_row *last;
	struct err e = {0};
	enum err_code rc;

	x.p.first = row(&x, "expense", ID);
	put(&x, "by", value_str("录入"));
	if (maker_shown)
		operator(&x, 1, "录入", "TC", 9);
	operator(&x, 2, "甲", "TC", 7);
	operator(&x, 3, "乙", "TC", 7);
	operator(&x, 4, "丙", "TC", 0);
	operator(&x, 5, "录入员", "TC", 9);
	/* the same name later: another person's, who is not meant */
	operator(&x, 900, "甲", "TC", 8);
	snprintf(replaces, sizeof replaces, "[%lld]", (long long)ID);
	step(&x, 200, "draft", "l1", first, replaces);
	snprintf(replaces, sizeof replaces, "[%lld]", (long long)AT(200));
	last = step(&x, 300, "l1", "l2", second, replaces);
	cell[f->column_index] = value_int(handler);
	rc = attest_duties(&x.p, t, last, handler ? cell : NULL, &e);
	free(cell);
	return rc;
}

static void who_may(void **state)
{
	static const struct {
		const char *first, *second;
		int64_t handler;
		bool maker;
		enum err_code want;
	} cases[] = {
		{ "甲", "丙", 1, true, OK },
		{ "甲", "丙", 0, true, OK },
		{ "甲", "甲", 1, true, ERR_SOD },	/* the same */
		{ "甲", "乙", 1, true, ERR_SOD },	/* by two names */
		{ "丙", "丙", 1, true, ERR_SOD },	/* by the name alone */
		{ "丙", "录入", 1, true, ERR_SOD },	/* entered it */
		{ "丙", "录入", 1, false, ERR_SOD },
		{ "丙", "录入员", 1, true, ERR_SOD },	/* by another name */
		{ "丙", "录入员", 1, false, OK },	/* not shown */
		{ "丙", "甲", 7, true, ERR_SOD },	/* is the handler */
		{ "丙", "甲", 8, true, OK },
		{ "甲", "丙", 7, true, OK },		/* who tells no person */
	};
	struct catalogue *c = NULL;
	struct err e = {0};

	(void)state;
	assert_int_equal(catalogue_load(&c, &e), OK);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		enum err_code got = judge(c, cases[i].first, cases[i].second,
		    cases[i].handler, cases[i].maker);

		if (got != cases[i].want)
			fail_msg("case %zu, %s then %s: %s, not %s", i,
			    cases[i].first, cases[i].second, err_name(got),
			    err_name(cases[i].want));
	}
	catalogue_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_may),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
