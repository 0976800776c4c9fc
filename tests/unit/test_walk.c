/* Every step of every type's state machine, taken; every other step refused,
 * with the states that it could go to. From the catalogue, at headquarters on
 * its own records, where any role may act.
 */
#include "scene.h"

/* What was walked, told at the end of each test. */
struct tally {
	size_t taken, ways, steps, refused;
};

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
static void refuse(const struct type *t, const struct label *from,
    struct tally *n)
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
		n->refused++;
	}
	assert_int_equal(store_dump(f.store, &after, &e), OK);
	assert_true(slice_eq(slice_buf(&before), slice_buf(&after)));
	buf_release(&before);
	buf_release(&after);
	problems_release(&p);
	fixture_close(&f);
}

static void each_type(void (*each)(const struct type *t, struct tally *n),
    struct tally *n)
{
	struct catalogue *c;
	struct err e = {0};

	clock_fix(1790000000000);	/* 2026-09-21 */
	assert_int_equal(catalogue_load(&c, &e), OK);
	assert_int_equal(c->ntype, 28);
	for (size_t i = 0; i < c->ntype; i++)
		each(&c->type[i], n);
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

/* The way being walked through a type, and which steps any way has taken. */
struct way {
	const struct type *type;
	const struct transition *step[PATH_MAX_STEPS];
	bool walked[PATH_MAX_STEPS];
};

/* Every way from here on that takes no step twice and cannot go further. */
static void extend(struct way *w, const char *at, size_t n, struct tally *sum)
{
	const struct type *t = w->type;
	const struct transition *tr;
	bool further = false;
	size_t i;

	assert_in_range(n, 0, PATH_MAX_STEPS - 1);
	for (tr = t->transition; tr < t->transition + t->ntransition; tr++) {
		for (i = 0; i < n && w->step[i] != tr; i++)
			;
		if (i < n || strcmp(tr->from, at) != 0)
			continue;
		further = true;
		w->step[n] = tr;
		w->walked[tr - t->transition] = true;
		extend(w, tr->to, n + 1, sum);
	}
	if (further)
		return;
	walk(t, w->step, n);
	sum->ways++;
	sum->steps += n;
}

static void walk_all(const struct type *t, struct tally *sum)
{
	struct way w = { .type = t };
	size_t before = sum->ways;

	assert_in_range(t->ntransition, 1, PATH_MAX_STEPS - 1);
	extend(&w, t->state[0].key, 0, sum);
	assert_in_range(sum->ways - before, 1, 200);
	for (size_t i = 0; i < t->ntransition; i++)
		if (!w.walked[i])
			fail_msg("%s: no way takes the step %s to %s", t->key,
			    t->transition[i].from, t->transition[i].to);
}

static void take_all(const struct type *t, struct tally *sum)
{
	for (size_t i = 0; i < t->ntransition; i++)
		take(t, &t->transition[i]);
	sum->taken += t->ntransition;
}

static void refuse_all(const struct type *t, struct tally *sum)
{
	for (size_t i = 0; i < t->nstate; i++)
		refuse(t, &t->state[i], sum);
}

static void test_legal(void **state)
{
	struct tally n = {0};

	(void)state;
	each_type(take_all, &n);
	print_message("%zu steps taken\n", n.taken);
}

static void test_paths(void **state)
{
	struct tally n = {0};

	(void)state;
	each_type(walk_all, &n);
	print_message("%zu ways of %zu steps walked\n", n.ways, n.steps);
}

static void test_illegal(void **state)
{
	struct tally n = {0};

	(void)state;
	each_type(refuse_all, &n);
	print_message("%zu steps refused\n", n.refused);
	assert_true(n.refused > 0);
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
