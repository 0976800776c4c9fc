/* Checkpoints: trees that grow, paths that lead to the root, states, what
 * contradicts.
 */
#include "nodes.h"

#include "base/text.h"
#include "checkpoint_file.h"
#include "chain_impl.h"
#include "seed.h"
#include "witness_row.h"

static void round_of(struct nodes *o, struct node *n)
{
	nodes_sync(n);
	nodes_sync(o->hq);
	nodes_sync(n);
}

static struct checkpoint_row newest_of(struct node *n)
{
	struct checkpoint_row c;
	struct err e = {0};

	WANT(checkpoint_newest(n->store, &c, &e), e);
	return c;
}

/* Every changeset of every chain of c leads to its root. */
static size_t follow_all(struct node *n, const struct checkpoint_row *c)
{
	struct positions ps = {0};
	struct merkle_proof p;
	struct tip_row tip;
	struct err e = {0};
	merkle_hash root;
	size_t tried = 0;

	WANT(positions_load(n->store, &ps, &e), e);
	for (size_t i = 0; i < ps.n; i++) {
		enum err_code rc = checkpoint_prove_tip(n, c, ps.p[i].chain,
		    ps.p[i].epoch, &tip, &p, &e);

		if (rc == ERR_NOT_FOUND)
			continue;
		WANT(rc, e);
		assert_true(merkle_follow(p.leaf, p.index, p.n,
		    (const merkle_hash *)p.path, p.len, root));
		assert_memory_equal(root, c->root, sizeof root);
		for (int64_t seq = 1; seq <= tip.seq; seq++, tried++) {
			WANT(checkpoint_prove_commit(n, &tip, seq, &p, &e),
			    e);
			assert_int_equal(p.index, seq - 1);
			assert_true(merkle_follow(p.leaf, p.index, p.n,
			    (const merkle_hash *)p.path, p.len, root));
			assert_memory_equal(root, tip.tree, sizeof root);
		}
		assert_int_equal(checkpoint_prove_commit(n, &tip,
		    tip.seq + 1, &p, &e), ERR_NOT_FOUND);
	}
	positions_release(&ps);
	return tried;
}

static void test_paths(void **state)
{
	uint64_t seed = seed_start();
	struct checkpoint_row c, covering;
	struct position p;
	struct nodes o;
	struct node *tc;
	struct err e = {0};
	size_t tried = 0;

	(void)state;
	nodes_start(&o);
	tc = nodes_add(&o, "TC", NULL);
	for (int i = 0; i < 8; i++) {
		for (uint64_t k = seed_next(&seed) % 4; k; k--) {
			nodes_request(tc, "a request");
			nodes_seal(tc);
		}
		round_of(&o, tc);
		c = newest_of(o.hq);
		assert_int_equal(newest_of(tc).number, c.number);
		tried += follow_all(o.hq, &c) + follow_all(tc, &c);
	}
	if (tried < 50)
		fail_msg("%zu paths were tried", tried);
	p = nodes_tip(tc, NULL);
	for (int64_t seq = 1; seq <= p.seq; seq++) {
		WANT(checkpoint_covering(tc, p.chain, p.epoch, seq, &covering,
		    &e), e);
		assert_true(covering.number >= 1 &&
		    covering.number <= c.number);
	}
	WANT(checkpoint_covering(tc, p.chain, p.epoch, p.seq + 1, &covering,
	    &e), e);
	assert_int_equal(covering.number, 0);
	node_close(tc);
	nodes_end(&o);
}

/* A store of an older program has no trees: they are made from its journal. */
static void test_regrown(void **state)
{
	struct checkpoint_row c;
	struct nodes o;
	struct node *tc;

	(void)state;
	nodes_start(&o);
	tc = nodes_add(&o, "TC", NULL);
	for (int i = 0; i < 3; i++) {
		nodes_request(tc, "a request");
		round_of(&o, tc);
	}
	node_close(o.hq);
	assert_int_equal(shell(NULL, "sqlite3 '%s/hq/store.db' "
	    "'DELETE FROM tree'", o.dir), 0);
	o.hq = nodes_open(&o, "hq");
	nodes_request(tc, "one more");
	round_of(&o, tc);
	c = newest_of(o.hq);
	assert_true(follow_all(o.hq, &c) > 5);
	node_close(tc);
	nodes_end(&o);
}

/* ---- states ---- */

static void prove_state(struct node *n, const struct checkpoint_row *c,
    const struct state_row *s, stamp_t id, size_t touches)
{
	struct merkle_proof p;
	struct buf stamps = BUF_INIT;
	struct err e = {0};
	merkle_hash root;

	WANT(checkpoint_prove_state(n, c, s, id, &p, &stamps, &e), e);
	assert_true(merkle_follow(p.leaf, p.index, p.n,
	    (const merkle_hash *)p.path, p.len, root));
	assert_memory_equal(root, s->root, sizeof root);
	assert_int_equal(stamps.n, 8 * touches);
	buf_release(&stamps);
}

/* What comes after the checkpoint changes nothing about it. */
static void test_states(void **state)
{
	struct checkpoint_row c;
	struct state_row s;
	struct merkle_proof p;
	struct buf stamps = BUF_INIT;
	struct problems ps = {0};
	struct sealed out;
	struct nodes o;
	struct node *tc;
	struct err e = {0};
	char id[STAMP_DIGITS + 1];
	json_t *j = json_pack("{s:s}", "content", "another");
	stamp_t first, second, late;

	(void)state;
	nodes_start(&o);
	tc = nodes_add(&o, "TC", NULL);
	first = nodes_request(tc, "one");
	second = nodes_request(tc, "two");
	base32_stamp(id, (uint64_t)first);
	WANT(record_edit(tc->store, id, j, "x", &ps, &e), e);
	round_of(&o, tc);
	WANT(checkpoint_make(o.hq, true, &out, &e), e);
	nodes_sync(tc);
	late = nodes_request(tc, "late");
	base32_stamp(id, (uint64_t)second);
	WANT(record_edit(tc->store, id, j, "x", &ps, &e), e);
	round_of(&o, tc);
	for (int i = 0; i < 2; i++) {
		struct node *n = i ? tc : o.hq;

		WANT(checkpoint_with_state(n, "TC", &c, &s, &e), e);
		assert_true(c.number && s.records == 2);
		prove_state(n, &c, &s, first, 1);
		prove_state(n, &c, &s, second, 0);
		assert_int_equal(checkpoint_prove_state(n, &c, &s, late, &p,
		    &stamps, &e), ERR_NOT_FOUND);
	}
	json_decref(j);
	problems_release(&ps);
	buf_release(&stamps);
	node_close(tc);
	nodes_end(&o);
}

/* ---- what somebody changed in the store ---- */

static void test_tampered(void **state)
{
	static const char *const sql[] = {
		"UPDATE tip SET seq = seq + 1",
		"UPDATE tip SET sha256 = zeroblob(32)",
		"UPDATE tip SET tree = zeroblob(32)",
		"UPDATE tip SET stopped = 'E_CHAIN'",
		"DELETE FROM tip WHERE chain = 'node/TC'",
		"UPDATE checkpoint SET root = zeroblob(32)",
		"UPDATE checkpoint SET name = substr(name, 1, 63) || 'g'",
	};
	struct checkpoint_copy copy;
	struct nodes o;
	struct node *tc;
	struct err e = {0};

	(void)state;
	nodes_start(&o);
	tc = nodes_add(&o, "TC", NULL);
	round_of(&o, tc);
	node_close(tc);
	WANT(checkpoint_load(o.hq, "1", &copy, &e), e);
	checkpoint_release(&copy);
	for (size_t i = 0; i < sizeof sql / sizeof *sql; i++) {
		enum err_code rc;

		node_close(o.hq);
		assert_int_equal(shell(NULL, "cd '%s/hq' && "
		    "sqlite3 store.db 'PRAGMA wal_checkpoint(TRUNCATE)' "
		    ">was.out && cp store.db kept && sqlite3 store.db \"%s\"",
		    o.dir, sql[i]), 0);
		o.hq = nodes_open(&o, "hq");
		rc = checkpoint_load(o.hq, "1", &copy, &e);
		if (!rc)
			fail_msg("%s: taken", sql[i]);
		node_close(o.hq);
		assert_int_equal(shell(NULL, "cd '%s/hq' && rm -f "
		    "store.db-wal store.db-shm && mv kept store.db", o.dir),
		    0);
		o.hq = nodes_open(&o, "hq");
	}
	nodes_end(&o);
}

/* Seen by a branch, unknown to headquarters: said once, kept. */
static int count_split(void *arg, const struct split_row *r)
{
	size_t *n = arg;

	(void)r;
	return (int)(++*n * 0);
}

static void test_split(void **state)
{
	struct split_row r = { .chain = "node/TC", .seq = 3, .at_ms = 1 };
	struct nodes o;
	struct err e = {0};
	bool fresh;
	size_t n = 0;

	(void)state;
	nodes_start(&o);
	memset(r.epoch, 'a', 32);
	memset(r.name, 'b', 64);
	WANT(store_begin(o.hq->store, &e), e);
	WANT(split_add(o.hq->store, &r, &fresh, &e), e);
	assert_true(fresh);
	WANT(split_add(o.hq->store, &r, &fresh, &e), e);
	assert_false(fresh);
	WANT(split_each(o.hq->store, count_split, &n, &e), e);
	assert_int_equal(n, 1);
	WANT(split_settle(o.hq->store, NULL, &e), e);
	WANT(split_add(o.hq->store, &r, &fresh, &e), e);
	assert_false(fresh);
	WANT(split_each(o.hq->store, count_split, &n, &e), e);
	assert_int_equal(n, 1);
	WANT(store_commit(o.hq->store, &e), e);
	nodes_end(&o);
}

/* Headquarters signs a root that its own tips do not give. */
static void sign_wrong_root(struct node *hq)
{
	unsigned char root[32] = { 1 };
	struct checkpoint_row last = newest_of(hq);
	struct value *c;
	struct batch b;
	stamp_t stamp;
	struct err e = {0};

	batch_init(&b, hq->catalogue);
	c = batch_row(&b, NULL, TABLE_CHECKPOINT);
	WANT(store_begin(hq->store, &e), e);
	WANT(store_stamp(hq->store, &stamp, &e), e);
	c[CHECKPOINT_STAMP] = value_int(stamp);
	c[CHECKPOINT_NUMBER] = value_int(last.number + 1);
	c[CHECKPOINT_AT] = value_int(stamp_ms(stamp));
	c[CHECKPOINT_CHAINS] = value_int(last.chains);
	c[CHECKPOINT_ROOT] = value_bytes(slice_of(root, sizeof root));
	WANT(outbox_put(hq->store, "hq/all", &b, &e), e);
	WANT(store_commit(hq->store, &e), e);
	nodes_seal(hq);
	batch_release(&b);
}

static void test_wrong_root(void **state)
{
	struct nodes o;
	struct node *tc;
	struct err e = {0};
	size_t n = 0;

	(void)state;
	nodes_start(&o);
	tc = nodes_add(&o, "TC", NULL);
	round_of(&o, tc);
	WANT(verify_chains(tc, "hq/all", 0, NULL, NULL, &e), e);
	WANT(split_each(tc->store, count_split, &n, &e), e);
	assert_int_equal(n, 0);
	sign_wrong_root(o.hq);
	nodes_sync(tc);
	WANT(split_each(tc->store, count_split, &n, &e), e);
	assert_int_equal(n, 1);
	assert_int_equal(verify_chains(tc, "hq/all", 0, NULL, NULL, &e),
	    ERR_SPLIT);
	assert_int_equal(verify_chains(o.hq, "hq/all", 0, NULL, NULL, &e),
	    ERR_SPLIT);
	node_close(tc);
	nodes_end(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_regrown),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_tampered),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_wrong_root),
	};
	struct err e = {0};

	if (crypto_start(&e))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
