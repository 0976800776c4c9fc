/* Merging: any order that keeps each chain's own gives the same store. Here
 * small histories, in every such order.
 */
#include "history.h"

static const struct history histories[] = {
	{ "two nodes edit one field", { { 2, { { 'R', 1 } } },
	    { 2, { { 'E', 2, 1, "name", "a" } } },
	    { 3, { { 'E', 3, 1, "name", "b" } } } }, 1, 0, "b", NULL },
	{ "equal values are a conflict too", { { 2, { { 'R', 1 } } },
	    { 2, { { 'E', 2, 1, "name", "a" } } },
	    { 3, { { 'E', 3, 1, "name", "a" } } } }, 1, 0, "a", NULL },
	{ "a resolution names both", { { 2, { { 'R', 1 } } },
	    { 2, { { 'E', 2, 1, "name", "a" } } },
	    { 3, { { 'E', 3, 1, "name", "b" } } },
	    { 4, { { 'E', 9, 1, "name", "a", { 2, 3 } } } } }, 0, 0, "a",
	    NULL },
	{ "a resolution that knew of two of three", { { 2, { { 'R', 1 } } },
	    { 2, { { 'E', 2, 1, "name", "a" } } },
	    { 3, { { 'E', 3, 1, "name", "b" } } },
	    { 4, { { 'E', 4, 1, "name", "c" } } },
	    { 5, { { 'E', 9, 1, "name", "a", { 2, 3 } } } } }, 1, 0, "a",
	    NULL },
	{ "two resolutions", { { 2, { { 'R', 1 } } },
	    { 2, { { 'E', 2, 1, "name", "a" } } },
	    { 3, { { 'E', 3, 1, "name", "b" } } },
	    { 2, { { 'E', 8, 1, "name", "a", { 2, 3 } } } },
	    { 3, { { 'E', 9, 1, "name", "b", { 2, 3 } } } },
	    { 4, { { 'E', 10, 1, "name", "d", { 8, 9 } } } } }, 0, 0, "d",
	    NULL },
	{ "a later edit knew of one", { { 2, { { 'R', 1 } } },
	    { 2, { { 'E', 2, 1, "name", "a" } } },
	    { 3, { { 'E', 3, 1, "name", "b" } } },
	    { 2, { { 'E', 4, 1, "name", "c", { 2 } } } } }, 1, 0, "c",
	    NULL },
	{ "an older stamp knew of the newer's sibling",
	    { { 2, { { 'R', 1 } } }, { 3, { { 'E', 9, 1, "name", "z" } } },
	    { 2, { { 'E', 2, 1, "name", "a" },
	    { 'E', 3, 1, "name", "b" } } } }, 1, 0, "z", NULL },
	{ "what is replaced never comes", { { 2, { { 'R', 1 } } },
	    { 3, { { 'E', 3, 1, "name", "b", { 2 } } } },
	    { 4, { { 'E', 4, 1, "name", "c", { 3 } } } } }, 0, 2, "1",
	    NULL },
	{ "the record never comes", { { 2, { { 'E', 2, 1, "name", "a" } } },
	    { 3, { { 'T', 3, 1, "active", "closed" } } } }, 0, 2, "",
	    NULL },
	{ "two steps from one state", { { 2, { { 'R', 1 } } },
	    { 2, { { 'T', 2, 1, "active", "suspended" } } },
	    { 3, { { 'T', 3, 1, "active", "closed" } } } }, 1, 0, "1",
	    "closed" },
	{ "a state settled", { { 2, { { 'R', 1 } } },
	    { 2, { { 'T', 2, 1, "active", "suspended" } } },
	    { 3, { { 'T', 3, 1, "active", "closed" } } },
	    { 4, { { 'T', 9, 1, "suspended", "suspended", { 2, 3 } } } } },
	    0, 0, "1", "suspended" },
	{ "a step beside the conflict", { { 2, { { 'R', 1 } } },
	    { 2, { { 'T', 2, 1, "active", "suspended" } } },
	    { 3, { { 'T', 3, 1, "active", "closed" } } },
	    { 2, { { 'T', 4, 1, "suspended", "active", { 2 } } } } },
	    1, 0, "1", "active" },
	{ "a step from the wrong state is held",
	    { { 2, { { 'R', 1 } } },
	    { 2, { { 'T', 2, 1, "active", "closed" } } },
	    { 3, { { 'T', 3, 1, "suspended", "active", { 2 } } } },
	    { 4, { { 'T', 4, 1, "active", "closed", { 3 } } } } },
	    0, 2, "1", "closed" },
	{ "HQ's step and the branch's", { { 2, { { 'F', 1 } } },
	    { 1, { { 'H', 2, 1, "submitted", "seen" } } },
	    { 2, { { 'T', 3, 1, "submitted", "seen" } } } }, 1, 0, NULL,
	    NULL },
	{ "keys and edits of one reference",
	    { { 2, { { 'R', 1, 0, NULL, "k" } } },
	    { 3, { { 'R', 2, 0, "k" } } }, { 4, { { 'R', 3, 0, "k" } } },
	    { 5, { { 'I', 4, 1, "parent", "5" } } } }, 0, 0, "1", NULL },
	{ "two edits of one reference that waits",
	    { { 2, { { 'R', 1, 0, NULL, "k" } } },
	    { 3, { { 'R', 2, 0, "k" } } },
	    { 4, { { 'I', 6, 1, "parent", "6" } } },
	    { 5, { { 'I', 7, 1, "parent", "7" } } } }, 1, 0, "1", NULL },
	{ "voided and edited", { { 2, { { 'R', 1 } } },
	    { 2, { { 'E', 2, 1, "void", "twice" } } },
	    { 3, { { 'E', 3, 1, "name", "b" } } },
	    { 3, { { 'E', 4, 1, "void", NULL } } } }, 1, 0, "b", NULL },
};

struct walk {
	const struct history *h;
	struct store *s;
	size_t n, orders;
	size_t order[HISTORY_BATCHES];
	struct buf first;
	int ahead;		/* apply_ahead() before this batch; -1: not */
};

static void apply_order(struct walk *w)
{
	stamp_t after[8] = {0};
	struct err e = {0};

	for (size_t i = 0; i <= w->n; i++) {
		size_t b = i < w->n ? w->order[i] : 0;

		if (w->ahead == (int)i && apply_ahead(w->s,
		    history_stamp(w->h, 2), history_stamp(w->h, 2),
		    &e) != OK)
			fail_msg("%s: ahead: %s", w->h->name, e.detail);
		if (i < w->n && history_apply(w->s, w->h, b,
		    &after[w->h->batch[b].node], &e) != OK)
			fail_msg("%s: %s", w->h->name, e.detail);
	}
}

static void look_expected(struct walk *w)
{
	const struct history *h = w->h;
	char text[40];
	int64_t n;

	n = history_ask(w->s, "SELECT count(*) FROM conflict", NULL, 0);
	if (n != h->conflicts)
		fail_msg("%s: %d conflicts, want %d", h->name, (int)n,
		    (int)h->conflicts);
	n = history_ask(w->s, "SELECT count(*) FROM held", NULL, 0);
	if (n != h->held)
		fail_msg("%s: %d held, want %d", h->name, (int)n,
		    (int)h->held);
	history_ask(w->s, "SELECT name FROM org_unit ORDER BY id", text,
	    sizeof text);
	if (h->shown && strcmp(text, h->shown) != 0)
		fail_msg("%s: shows '%s', want '%s'", h->name, text,
		    h->shown);
	history_ask(w->s, "SELECT state FROM org_unit ORDER BY id", text,
	    sizeof text);
	if (h->state && strcmp(text, h->state) != 0)
		fail_msg("%s: state '%s', want '%s'", h->name, text,
		    h->state);
}

static void one_order(struct walk *w)
{
	struct buf dump = BUF_INIT;
	struct err e = {0};

	if (store_begin(w->s, &e) != OK)
		fail_msg("begin: %s", e.detail);
	apply_order(w);
	if (w->ahead < 0)
		look_expected(w);
	if (store_dump(w->s, &dump, &e) != OK)
		fail_msg("dump: %s", e.detail);
	store_rollback(w->s);
	if (w->orders++ == 0)
		buf_addb(&w->first, slice_buf(&dump));
	else
		history_same(w->h->name, &w->first, &dump);
	buf_release(&dump);
}

/* Orders in which a node's batches stand as it made them. */
static bool legal(const struct walk *w, size_t at, size_t b)
{
	bool done[HISTORY_BATCHES] = {0};

	for (size_t i = 0; i < at; i++)
		done[w->order[i]] = true;
	if (done[b])
		return false;
	for (size_t i = 0; i < b; i++)
		if (w->h->batch[i].node == w->h->batch[b].node && !done[i])
			return false;
	return true;
}

static void permute(struct walk *w, size_t at)
{
	if (at == w->n) {
		one_order(w);
		return;
	}
	for (size_t b = 0; b < w->n; b++)
		if (legal(w, at, b)) {
			w->order[at] = b;
			permute(w, at + 1);
		}
}

/* with_ahead: what stands at 2 is called ahead of time, sooner or later. */
static void all_orders(bool with_ahead)
{
	struct fixture f;

	fixture_open(&f, "XX");
	for (size_t i = 0; i < COUNT(histories); i++) {
		struct walk w = { .h = &histories[i], .s = f.store,
			.ahead = -1 };

		while (w.n < HISTORY_BATCHES && w.h->batch[w.n].node)
			w.n++;
		if (!with_ahead)
			permute(&w, 0);
		for (w.ahead = 0; with_ahead && w.ahead <= (int)w.n;
		    w.ahead++)
			permute(&w, 0);
		assert_true(w.orders > 1);
		buf_release(&w.first);
	}
	fixture_close(&f);
}

static void test_all_orders(void **state)
{
	(void)state;
	all_orders(false);
}

static void test_all_orders_ahead(void **state)
{
	(void)state;
	all_orders(true);
}

/* What is ahead wins nothing by itself, and stays in sight. */
static void test_ahead_wins_nothing(void **state)
{
	struct history h = { .name = "ahead", .batch = {
	    { 2, { { 'R', 1 } } }, { 3, { { 'E', 9, 1, "name", "z" } } },
	    { 2, { { 'E', 10, 1, "name", "a", { 1, 9 } } } } } };
	struct err e = {0};
	struct fixture f;
	char text[40];

	(void)state;
	fixture_open(&f, "XX");
	assert_int_equal(store_begin(f.store, &e), OK);
	assert_int_equal(history_apply(f.store, &h, 0, NULL, &e), OK);
	assert_int_equal(history_apply(f.store, &h, 1, NULL, &e), OK);
	assert_int_equal(apply_ahead(f.store, history_stamp(&h, 9),
	    history_stamp(&h, 9), &e), OK);
	history_ask(f.store, "SELECT name FROM org_unit", text, sizeof text);
	assert_string_equal(text, "1");
	assert_int_equal(history_ask(f.store,
	    "SELECT count(*) FROM conflict", NULL, 0), 1);
	assert_int_equal(history_apply(f.store, &h, 2, NULL, &e), OK);
	history_ask(f.store, "SELECT name FROM org_unit", text, sizeof text);
	assert_string_equal(text, "a");
	assert_int_equal(history_ask(f.store,
	    "SELECT count(*) FROM conflict", NULL, 0), 0);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_orders),
		cmocka_unit_test(test_all_orders_ahead),
		cmocka_unit_test(test_ahead_wins_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
