/* Every step of every type's state machine, taken; every other step refused,
 * with the states that it could go to. From the catalogue, at headquarters on
 * its own records, where any role may act.
 */
#include "scene.h"

/* What a type needs beside its least: records before and after it, fields. */
static const struct { const char *type, *before, *fields, *after; } more[] = {
	{ "followup", "practical_item TC.i active {}\n",
	    "'parent':'TC.i'", "" },
	{ "participation", "competition TC.k running {}\n",
	    "'target':'TC.k'", "" },
	{ "practical_item", "publication TC.n published {'kind':"
	    "'item_list','period':'2022Q2'}\n", "'published_in':'TC.n'",
	    "followup TC.f {'parent':'TC.x','kind':'feedback'}\n"
	    "evaluation TC.e {'kind':'item','subject':'TC.x'}\n" },
	{ "membership", "", "'left_on':'2022-05-01'", "" },
	{ "org_unit", "", "'closed_on':'2022-05-01'", "" },
};

static void set_up(struct fixture *f, const struct type *t, const char *state)
{
	struct buf lines = BUF_INIT;
	size_t i, n = sizeof more / sizeof *more;

	for (i = 0; i < n && strcmp(more[i].type, t->key) != 0; i++)
		;
	buf_printf(&lines, "%s%s%s TC.x %s {%s}\n%s", SCENE_BASE,
	    i < n ? more[i].before : "", t->key, state,
	    i < n ? more[i].fields : "", i < n ? more[i].after : "");
	scene_set(f, (const char *)lines.p);
	buf_release(&lines);
}

static void take(const struct type *t, const struct transition *tr)
{
	struct problems p = {0};
	struct fixture f;
	struct record r;
	struct err e = {0};

	fixture_open(&f, "HQ");
	set_up(&f, t, tr->from);
	if (record_do(f.store, "TC.x", tr->to, tr->role[0], "chair",
	    "2022-06-10", NULL, &p, &e) != OK)
		fail_msg("%s: %s to %s as %s: %s", t->key, tr->from, tr->to,
		    tr->role[0], e.detail);
	assert_int_equal(record_find(f.store, "TC.x", &r, &e), OK);
	if (strcmp(r.state, tr->to) != 0)
		fail_msg("%s stands at %s, wanted %s", t->key, r.state,
		    tr->to);
	problems_release(&p);
	fixture_close(&f);
}

/* From one state to all where it may not go. */
static void refuse(const struct type *t, const struct label *from)
{
	struct buf before = BUF_INIT, after = BUF_INIT;
	struct problems p = {0};
	struct err e = {0};
	struct fixture f;
	enum err_code rc;

	fixture_open(&f, "HQ");
	set_up(&f, t, from->key);
	assert_int_equal(store_dump(f.store, &before, &e), OK);
	for (size_t i = 0; i < t->nstate; i++) {
		if (type_transition(t, from->key, t->state[i].key))
			continue;
		rc = record_do(f.store, "TC.x", t->state[i].key, NULL,
		    "chair", "2022-06-10", NULL, &p, &e);
		if (rc != ERR_TRANSITION || !e.detail[0] || !e.hint[0])
			fail_msg("%s: %s to %s: %s %s (%s)", t->key,
			    from->key, t->state[i].key, err_name(rc),
			    e.detail, e.hint);
	}
	assert_int_equal(store_dump(f.store, &after, &e), OK);
	assert_true(slice_eq(slice_buf(&before), slice_buf(&after)));
	buf_release(&before);
	buf_release(&after);
	problems_release(&p);
	fixture_close(&f);
}

static void each_type(void (*each)(const struct type *t))
{
	struct catalogue *c;
	struct err e = {0};

	clock_fix(1790000000000);	/* 2026-09-21 */
	assert_int_equal(catalogue_load(&c, &e), OK);
	assert_int_equal(c->ntype, 28);
	for (size_t i = 0; i < c->ntype; i++)
		each(&c->type[i]);
	catalogue_free(c);
	clock_fix(0);
}

#define PATH_MAX_STEPS 32

/* One way, step by step, each by another person. */
static void walk(const struct type *t, const struct transition *const *step,
    size_t n)
{
	struct problems p = {0};
	struct fixture f;
	struct err e = {0};
	char by[32];

	fixture_open(&f, "HQ");
	set_up(&f, t, t->state[0].key);
	for (size_t i = 0; i < n; i++) {
		snprintf(by, sizeof by, "p%zu", i);
		if (record_do(f.store, "TC.x", step[i]->to, step[i]->role[0],
		    by, "2022-06-10", NULL, &p, &e) != OK)
			fail_msg("%s: step %zu, %s to %s: %s", t->key, i,
			    step[i]->from, step[i]->to, e.detail);
	}
	problems_release(&p);
	fixture_close(&f);
}

/* Every way from here on that takes no step twice and cannot go further.
 * Returns how many. */
static size_t extend(const struct type *t, const char *at,
    const struct transition **step, size_t n)
{
	const struct transition *tr;
	size_t i, ways = 0;

	assert_in_range(n, 0, PATH_MAX_STEPS - 1);
	for (tr = t->transition; tr < t->transition + t->ntransition; tr++) {
		for (i = 0; i < n && step[i] != tr; i++)
			;
		if (i < n || strcmp(tr->from, at) != 0)
			continue;
		step[n] = tr;
		ways += extend(t, tr->to, step, n + 1);
	}
	if (!ways)
		walk(t, step, n);
	return ways ? ways : 1;
}

static void walk_all(const struct type *t)
{
	const struct transition *step[PATH_MAX_STEPS];

	assert_in_range(extend(t, t->state[0].key, step, 0), 1, 200);
}

static void take_all(const struct type *t)
{
	for (size_t i = 0; i < t->ntransition; i++)
		take(t, &t->transition[i]);
}

static void refuse_all(const struct type *t)
{
	for (size_t i = 0; i < t->nstate; i++)
		refuse(t, &t->state[i]);
}

static void test_legal(void **state)
{
	(void)state;
	each_type(take_all);
}

static void test_paths(void **state)
{
	(void)state;
	each_type(walk_all);
}

static void test_illegal(void **state)
{
	(void)state;
	each_type(refuse_all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_legal),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_illegal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
