/* Chains from seal to ingest: kills between two steps, old copies, clocks
 * ahead, and the store made again.
 */
#include "forge.h"

/* ---- kills ---- */

/* Between the store's transaction and the ref. */
static void test_ref_behind(void **state)
{
	struct position p;
	struct good g;

	(void)state;
	good_start(&g);
	p = nodes_tip(g.tc, NULL);
	nodes_request(g.tc, "three");
	nodes_seal(g.tc);
	assert_int_equal(shell(NULL, "git -C '%s/TC/repo.git' update-ref "
	    "refs/heads/node/TC/%.8s %s", g.o.dir, p.epoch, p.commit), 0);
	nodes_request(g.tc, "four");
	assert_int_equal(nodes_sync(g.tc).sealed.changesets, 1);
	assert_int_equal(nodes_sync(g.o.hq).in.records, 2);
	nodes_verify(g.tc);
	good_end(&g);
}

/* A store put back from a backup must not seal a second history. */
static void test_old_store(void **state)
{
	struct err e = {0};
	struct good g;
	size_t n;

	(void)state;
	good_start(&g);
	node_close(g.tc);
	assert_int_equal(shell(NULL, "cp '%s/TC/store.db' '%s/old'", g.o.dir,
	    g.o.dir), 0);
	g.tc = nodes_open(&g.o, "TC");
	nodes_request(g.tc, "three");
	(void)nodes_sync(g.tc);
	n = requests(g.tc);
	node_close(g.tc);
	assert_int_equal(shell(NULL, "cp '%s/old' '%s/TC/store.db'", g.o.dir,
	    g.o.dir), 0);
	g.tc = nodes_open(&g.o, "TC");
	nodes_request(g.tc, "not three");
	nodes_seal(g.tc);
	/* the chains mend it, and what was entered since is kept */
	WANT(rebuild_run(g.tc, &e), e);
	assert_int_equal(requests(g.tc), n + 1);
	(void)nodes_sync(g.tc);
	assert_int_equal(nodes_sync(g.o.hq).in.records, 2);
	nodes_verify(g.tc);
	nodes_verify(g.o.hq);
	good_end(&g);
}

/* Whole machine put back: only the remote knows better. */
static void test_old_node(void **state)
{
	struct good g;
	size_t n;

	(void)state;
	good_start(&g);
	node_close(g.tc);
	assert_int_equal(shell(NULL, "cp -a '%s/TC' '%s/old'", g.o.dir,
	    g.o.dir), 0);
	g.tc = nodes_open(&g.o, "TC");
	nodes_request(g.tc, "three");
	(void)nodes_sync(g.tc);
	n = requests(g.tc);
	node_close(g.tc);
	g.tc = nodes_open(&g.o, "old");
	nodes_request(g.tc, "another three");
	(void)nodes_sync(g.tc);
	assert_int_equal(requests(g.tc), n + 1);
	assert_int_equal(nodes_sync(g.o.hq).in.records, 2);
	nodes_verify(g.tc);
	nodes_verify(g.o.hq);
	good_end(&g);
}

/* ---- clocks ---- */

/* A clock two days ahead: HQ's receipt says so, and a rebuild at either end
 * comes to the same store. */
static void test_clock_ahead(void **state)
{
	int64_t now = clock_ms();
	struct receipt_row r;
	struct position p;
	struct buf before, after;
	struct err e = {0};
	struct good g;

	(void)state;
	good_start(&g);
	clock_fix(now + 2 * STAMP_AHEAD_MS);
	nodes_request(g.tc, "from tomorrow");
	nodes_seal(g.tc);
	clock_fix(now + 1000);
	(void)nodes_sync(g.tc);
	assert_int_equal(nodes_sync(g.o.hq).in.records, 1);
	p = at_hq(&g, g.tc);
	WANT(receipt_at(g.o.hq->store, p.chain, p.epoch, p.seq, &r, &e), e);
	assert_string_equal(r.code, "W_CLOCK");
	assert_string_equal(r.result, "applied");
	assert_true(r.arrived_ms == now + 1000);
	WANT(receipt_at(g.o.hq->store, p.chain, p.epoch, p.seq - 1, &r, &e),
	    e);
	assert_string_equal(r.code, "");
	(void)nodes_sync(g.tc);
	nodes_verify(g.tc);
	before = nodes_dump(g.o.hq);
	WANT(rebuild_run(g.o.hq, &e), e);
	after = nodes_dump(g.o.hq);
	assert_true(slice_eq(slice_buf(&before), slice_buf(&after)));
	buf_release(&before);
	buf_release(&after);
	clock_fix(0);
	good_end(&g);
}

/* ---- the store again ---- */

static void test_rebuild(void **state)
{
	struct buf before, after;
	struct status s;
	struct err e = {0};
	struct good g;

	(void)state;
	good_start(&g);
	nodes_request(g.tc, "not sealed");
	nodes_request(g.o.hq, "headquarters' own");
	for (int i = 0; i < 2; i++) {
		struct node *n = i ? g.o.hq : g.tc;

		before = nodes_dump(n);
		WANT(rebuild_run(n, &e), e);
		after = nodes_dump(n);
		assert_true(slice_eq(slice_buf(&before), slice_buf(&after)));
		buf_release(&before);
		buf_release(&after);
		WANT(status_read(n->store, &s, &e), e);
		assert_int_equal(s.unsealed, 1);
		nodes_verify(n);
	}
	(void)nodes_sync(g.tc);
	assert_int_equal(nodes_sync(g.o.hq).in.records, 1);
	good_end(&g);
}

/* A changed row does not pass unseen. */
static void test_deep(void **state)
{
	struct err e = {0};
	struct good g;

	(void)state;
	good_start(&g);
	nodes_verify(g.tc);
	node_close(g.tc);
	assert_int_equal(shell(NULL, "sqlite3 '%s/TC/store.db' \"UPDATE "
	    "request SET content = 'other' WHERE content = 'one'\"",
	    g.o.dir), 0);
	g.tc = nodes_open(&g.o, "TC");
	WANT(verify_chains(g.tc, NULL, false, NULL, NULL, &e), e);
	assert_int_equal(verify_chains(g.tc, NULL, true, NULL, NULL, &e),
	    ERR_CORRUPT);
	good_end(&g);
}

/* More than one changeset's worth, sealed as one pack. */
static void test_many(void **state)
{
	enum { N = 3 * CHANGES_MAX };
	struct origin o;
	struct sealed s;
	struct err e = {0};
	struct forged f = {0};
	struct good g;

	(void)state;
	good_start(&g);
	f.n = g.tc;
	batch_init(&f.b, g.tc->catalogue);
	origin_local(g.tc->store, &o);
	WANT(store_begin(g.tc->store, &e), e);
	for (int i = 0; i < N; i++) {
		stamp_t id;

		WANT(store_stamp(g.tc->store, &id, &e), e);
		request_row(&f, id);
	}
	WANT(apply_batch(g.tc->store, &f.b, &o, NULL, &e), e);
	WANT(store_commit(g.tc->store, &e), e);
	batch_release(&f.b);
	WANT(seal_all(g.tc, &s, &e), e);
	assert_int_equal(s.records, N);
	assert_int_equal(s.changesets, 3);
	(void)nodes_sync(g.tc);
	assert_int_equal(nodes_sync(g.o.hq).in.records, N);
	nodes_verify(g.o.hq);
	good_end(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ref_behind),
		cmocka_unit_test(test_old_store),
		cmocka_unit_test(test_old_node),
		cmocka_unit_test(test_clock_ahead),
		cmocka_unit_test(test_rebuild),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
