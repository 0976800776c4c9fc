/* Keys and their limits: the table of positions, rotation and revocation over
 * whole nodes.
 */
#include "nodes.h"

#include <stdlib.h>

#include "chain_impl.h"
#include "seed.h"
#include "signer.h"

#define E1 "11111111111111111111111111111111"
#define E2 "22222222222222222222222222222222"

/* ---- the rule ---- */

static struct limit_row row(int64_t tick, unsigned node, const char *chain,
    const char *epoch, int64_t after, int64_t known, const char *why)
{
	struct limit_row r = { .stamp = tick << 16 | node, .after = after,
		.known = known };

	memset(r.key, 'k', sizeof r.key);
	snprintf(r.chain, sizeof r.chain, "%s", chain);
	snprintf(r.epoch, sizeof r.epoch, "%s", epoch);
	snprintf(r.why, sizeof r.why, "%s", why);
	return r;
}

static const struct place {
	const char *what, *chain, *epoch;
	int64_t seq;
	int set;		/* which limits: see limits_of() */
	enum signer_right want;
} places[] = {
	{ "no limit", "node/TC", E1, 9, 0, SIGNER_MAY },
	{ "old key, its last one", "node/TC", E1, 5, 1, SIGNER_MAY },
	{ "old key, one more", "node/TC", E1, 6, 1, SIGNER_OLD },
	{ "old key, another epoch", "node/TC", E2, 1, 1, SIGNER_OLD },
	{ "old key, attachments", "file/TC", E1, 1, 1, SIGNER_OLD },
	{ "revoked, before", "node/TC", E1, 5, 2, SIGNER_MAY },
	{ "revoked, after", "node/TC", E1, 6, 2, SIGNER_REVOKED },
	{ "revoked, another epoch", "node/TC", E2, 1, 2, SIGNER_REVOKED },
	{ "revoked, never known", "node/TC", E1, 8, 3, SIGNER_UNDETERMINED },
	{ "revoked, known", "node/TC", E1, 5, 3, SIGNER_MAY },
	{ "revoked, past both", "node/TC", E1, 9, 3, SIGNER_REVOKED },
	{ "lowered", "node/TC", E1, 4, 4, SIGNER_REVOKED },
	{ "lowered, still good", "node/TC", E1, 3, 4, SIGNER_MAY },
	{ "raised", "node/TC", E1, 8, 5, SIGNER_MAY },
	{ "raised, past it", "node/TC", E1, 9, 5, SIGNER_REVOKED },
	{ "lifted by the thief", "node/TC", E1, 6, 6, SIGNER_REVOKED },
	{ "another's limits", "node/TC", E1, 9, 7, SIGNER_MAY },
};

static size_t limits_of(int set, struct limit_row out[3])
{
	const char *tc = "node/TC";

	out[0] = row(10, 1, tc, E1, 5, 5, set == 1 ? "rotate" : "revoke");
	switch (set) {
	case 0:
		return 0;
	case 3:
		out[0] = row(10, 1, tc, E1, 8, 5, "revoke");
		return 1;
	case 4:
		out[1] = row(20, 1, tc, E1, 3, 3, "revoke");
		return 2;
	case 5:		/* the newest first: the order does not matter */
		out[1] = out[0];
		out[0] = row(20, 1, tc, E1, 8, 8, "revoke");
		return 2;
	case 6:
		out[1] = row(30, 2, tc, E1, 99, 99, "rotate");
		return 2;
	case 7:
		memset(out[0].key, 'x', sizeof out[0].key);
		return 1;
	default:
		return 1;
	}
}

static void positions_are_judged(void **state)
{
	unsigned char key[32];
	struct limit_row l[3];

	(void)state;
	memset(key, 'k', sizeof key);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		const struct place *p = &places[i];
		size_t n = limits_of(p->set, l);
		enum signer_right is = signer_judge(l, n, key, p->chain,
		    p->epoch, p->seq);

		if (is != p->want)
			fail_msg("%s: %d, not %d", p->what, (int)is,
			    (int)p->want);
	}
}

/* ---- nodes ---- */

static struct position tip_at(struct node *n, struct node *of)
{
	const struct identity *id = store_identity(of->store);
	struct position p;
	struct err e = {0};
	char chain[CHAIN_NAME];

	snprintf(chain, sizeof chain, "node/%s", id->code);
	WANT(position_get(n->store, chain, id->epoch, &p, &e), e);
	return p;
}

/* Two stores say the same, and so does a replay of each. */
static void same(struct nodes *o, struct node *a)
{
	(void)o;
	struct err e = {0};

	WANT(verify_chains(a, NULL, VERIFY_DEEP, NULL, NULL, &e), e);
}

static void rotate(struct node *n)
{
	struct err e = {0};

	WANT(node_rotate(n, &e), e);
}

static void new_keys_sign_on(void **state)
{
	struct nodes o;
	struct node *tc;
	unsigned char first[KEY_PUBLIC];
	struct roster_row row_tc;
	struct err e = {0};
	struct key k = {0};

	(void)state;
	nodes_start(&o);
	tc = nodes_add(&o, "TC", NULL);
	memcpy(first, store_identity(tc->store)->node_key, sizeof first);
	nodes_request(tc, "one");
	rotate(tc);			/* before anybody knows the node */
	nodes_request(tc, "two");
	(void)nodes_sync(tc);
	assert_int_equal(nodes_sync(o.hq).in.enrolled, 1);
	rotate(tc);
	rotate(o.hq);
	nodes_request(tc, "three");
	(void)nodes_sync(tc);
	assert_int_equal(nodes_sync(o.hq).in.stopped, 0);
	assert_int_equal(nodes_sync(tc).in.stopped, 0);
	assert_int_equal(tip_at(o.hq, tc).seq, tip_at(tc, tc).seq);
	WANT(roster_by_code(tc->store, "TC", &row_tc, &e), e);
	assert_memory_equal(row_tc.key, store_identity(tc->store)->node_key,
	    KEY_PUBLIC);
	WANT(node_key_of(tc, first, &k, &e), e);
	assert_memory_equal(k.public, first, KEY_PUBLIC);
	key_release(&k);
	same(&o, tc);
	same(&o, o.hq);
	WANT(rebuild_run(tc, &e), e);
	WANT(rebuild_run(o.hq, &e), e);
	same(&o, tc);
	node_close(tc);
	nodes_end(&o);
}

/* The next changeset of tc, signed with the key given, in HQ's repository. */
static void forge(struct nodes *o, struct node *tc, const struct key *k)
{
	struct identity id = *store_identity(tc->store);
	struct key was = tc->key;
	struct err e = {0};

	/* as if the store had never heard of the new key */
	WANT(store_begin(tc->store, &e), e);
	memcpy(id.node_key, k->public, sizeof id.node_key);
	WANT(store_identity_set(tc->store, &id, &e), e);
	WANT(store_commit(tc->store, &e), e);
	tc->key = *k;
	nodes_request(tc, "forged");
	nodes_seal(tc);
	memcpy(id.node_key, was.public, sizeof id.node_key);
	WANT(store_begin(tc->store, &e), e);
	WANT(store_identity_set(tc->store, &id, &e), e);
	WANT(store_commit(tc->store, &e), e);
	tc->key = was;
	(void)o;
}

static void old_key_is_dead(void **state)
{
	struct nodes o;
	struct node *tc;
	struct key old;
	struct position p;
	struct err e = {0};
	struct synced s;
	int64_t good;

	(void)state;
	nodes_start(&o);
	tc = nodes_add(&o, "TC", NULL);
	(void)nodes_sync(tc);
	(void)nodes_sync(o.hq);
	WANT(node_key(tc, &e), e);
	old = tc->key;
	rotate(tc);
	(void)nodes_sync(tc);
	(void)nodes_sync(o.hq);
	good = tip_at(o.hq, tc).seq;
	forge(&o, tc, &old);
	(void)nodes_sync(tc);
	s = nodes_sync(o.hq);
	assert_int_equal(s.in.stopped, 1);
	p = tip_at(o.hq, tc);
	if (p.seq != good || strcmp(p.stopped, "E_KEY") != 0)
		fail_msg("at %lld, not %lld: %s", (long long)p.seq,
		    (long long)good, p.stopped);
	if (verify_chains(o.hq, "node/TC", false, NULL, NULL, &e) != ERR_KEY)
		fail_msg("verify: %s %s", err_name(e.code), e.detail);
	key_release(&old);
	node_close(tc);
	nodes_end(&o);
}

/* ---- revoked ---- */

static size_t records(struct node *n)
{
	struct status s;
	struct err e = {0};

	WANT(status_read(n->store, &s, &e), e);
	return (size_t)s.records;
}

static struct revoked take_away(struct nodes *o, int64_t after)
{
	struct revocation r = { .code = "TC", .reason = "lost",
		.after = after };
	struct revoked out;
	struct err e = {0};

	WANT(node_revoke(o->hq, &r, &out, &e), e);
	return out;
}

struct fleet {
	struct nodes o;
	struct node *tc, *sibling;
};

/* TC has n records, a changeset each; everybody knows. */
static int64_t fleet_start(struct fleet *f, int n)
{
	int64_t seq;

	nodes_start(&f->o);
	f->tc = nodes_add(&f->o, "TC", NULL);
	f->sibling = nodes_add(&f->o, "TC2", "TC");
	(void)nodes_sync(f->tc);
	(void)nodes_sync(f->sibling);
	(void)nodes_sync(f->o.hq);
	seq = tip_at(f->tc, f->tc).seq;
	for (int i = 0; i < n; i++) {
		nodes_request(f->tc, "good");
		nodes_seal(f->tc);
	}
	(void)nodes_sync(f->tc);
	(void)nodes_sync(f->o.hq);
	(void)nodes_sync(f->sibling);
	(void)nodes_sync(f->sibling);
	return seq;
}

static void fleet_end(struct fleet *f)
{
	node_close(f->tc);
	node_close(f->sibling);
	nodes_end(&f->o);
}

static void lowered_and_raised(void **state)
{
	struct fleet f;
	struct revoked out;
	int64_t first;

	(void)state;
	first = fleet_start(&f, 4);
	assert_int_equal(records(f.o.hq), 4);
	assert_int_equal(records(f.sibling), 4);
	out = take_away(&f.o, first + 1);
	assert_true(out.rebuilt);
	assert_int_equal(records(f.o.hq), 1);
	(void)nodes_sync(f.sibling);
	assert_int_equal(records(f.sibling), 1);
	same(&f.o, f.o.hq);
	same(&f.o, f.sibling);
	/* the node that was lost keeps what it has */
	(void)nodes_sync(f.tc);
	assert_int_equal(records(f.tc), 4);
	same(&f.o, f.tc);
	/* an officer has looked: one more is good */
	out = take_away(&f.o, first + 3);
	assert_false(out.rebuilt);
	assert_int_equal(out.known, first + 3);
	(void)nodes_sync(f.o.hq);
	assert_int_equal(records(f.o.hq), 3);
	(void)nodes_sync(f.sibling);
	assert_int_equal(records(f.sibling), 3);
	same(&f.o, f.o.hq);
	same(&f.o, f.sibling);
	fleet_end(&f);
}

static void came_too_late(void **state)
{
	struct fleet f;
	struct position p;
	int64_t first;

	(void)state;
	first = fleet_start(&f, 1);
	assert_int_equal(take_away(&f.o, first + 2).known, first + 1);
	for (int i = 0; i < 2; i++) {
		nodes_request(f.tc, "late");
		nodes_seal(f.tc);
	}
	(void)nodes_sync(f.tc);
	assert_int_equal(nodes_sync(f.o.hq).in.stopped, 1);
	p = tip_at(f.o.hq, f.tc);
	if (strcmp(p.stopped, "W_UNDETERMINED") != 0)
		fail_msg("stopped: %s", p.stopped);
	assert_int_equal(records(f.o.hq), 1);
	nodes_verify(f.o.hq);
	/* said again after a look: the one up to there is good */
	assert_int_equal(take_away(&f.o, first + 2).known, first + 2);
	(void)nodes_sync(f.o.hq);
	assert_int_equal(records(f.o.hq), 2);
	p = tip_at(f.o.hq, f.tc);
	if (p.seq != first + 2 || strcmp(p.stopped, "E_REVOKED") != 0)
		fail_msg("at %lld: %s", (long long)p.seq, p.stopped);
	same(&f.o, f.o.hq);
	fleet_end(&f);
}

static void revoked_brings_no_key(void **state)
{
	struct fleet f;
	struct err e = {0};
	int64_t first;

	(void)state;
	first = fleet_start(&f, 1);
	(void)take_away(&f.o, first + 1);
	(void)nodes_sync(f.tc);
	if (node_rotate(f.tc, &e) != ERR_REVOKED)
		fail_msg("rotate: %s %s", err_name(e.code), e.detail);
	fleet_end(&f);
}

/* ---- whatever the order ---- */

struct crowd {
	struct nodes o;
	struct node *n[4];	/* headquarters, TC, its sibling, GQ */
	bool revoked;
	int64_t most;		/* of TC's chain, ever */
	uint64_t seed;
};

static uint64_t below(struct crowd *c, uint64_t n)
{
	return seed_next(&c->seed) % n;
}

static void crowd_revoke(struct crowd *c)
{
	int64_t had = tip_at(c->o.hq, c->n[1]).seq;

	if (!had || below(c, 3))
		return;
	if (had > c->most)
		c->most = had;
	c->revoked = true;
	(void)take_away(&c->o, (int64_t)below(c, (uint64_t)c->most + 3));
}

static void crowd_step(struct crowd *c)
{
	size_t i = (size_t)below(c, 4);
	struct sync_options o = {0};
	struct synced out;
	struct err e = {0};
	enum err_code rc = OK;

	switch (below(c, 8)) {
	case 0:
		rc = node_rotate(c->n[i], &e);
		if (rc == ERR_REVOKED && i == 1 && c->revoked)
			rc = OK;
		break;
	case 1:
		crowd_revoke(c);
		break;
	case 2: case 3: case 4:
		nodes_request(c->n[i], "any");
		break;
	default:
		rc = sync_run(c->n[i], &o, &out, &e);
	}
	WANT(rc, e);
}

/* The end is the same for all: each store is its replay, and the sibling has
 * of TC's chain what headquarters has. */
static void crowd_check(struct crowd *c)
{
	struct position at, sibling;
	struct err e = {0};

	for (int i = 0; i < 3; i++)
		for (size_t k = 4; k-- > 0;)
			(void)nodes_sync(c->n[k]);
	for (size_t k = 0; k < 4; k++)
		WANT(verify_chains(c->n[k], NULL, VERIFY_DEEP, NULL, NULL,
		    &e), e);
	at = tip_at(c->o.hq, c->n[1]);
	sibling = tip_at(c->n[2], c->n[1]);
	if (at.seq != sibling.seq || strcmp(at.sha256, sibling.sha256) != 0)
		fail_msg("headquarters has TC up to %lld, its sibling %lld",
		    (long long)at.seq, (long long)sibling.seq);
}

static void crowd_run(uint64_t seed)
{
	static const char *const code[] = { NULL, "TC", "TC2", "GQ" };
	struct crowd c = { .seed = seed };

	nodes_start(&c.o);
	c.n[0] = c.o.hq;
	for (size_t i = 1; i < 4; i++)
		c.n[i] = nodes_add(&c.o, code[i], i == 2 ? "TC" : NULL);
	for (int i = 0; i < 40; i++)
		crowd_step(&c);
	crowd_check(&c);
	for (size_t i = 1; i < 4; i++)
		node_close(c.n[i]);
	nodes_end(&c.o);
}

/* 2 crowds; SCALE=100 for a long run. */
static void crowds_end_alike(void **state)
{
	const char *scale = getenv("SCALE");
	long n = scale ? strtol(scale, NULL, 10) : 2;
	uint64_t seed = seed_start();

	(void)state;
	for (long i = 0; i < n; i++) {
		printf("crowd %ld: WELLHEAD_SEED=%" PRIu64 "\n", i, seed);
		crowd_run(seed);
		(void)seed_next(&seed);
	}
}

/* ---- rows that a node may not write ---- */

enum { OWN_LIMIT, HQ_KEY, REVOKES, OTHERS_CHAIN, GOOD, NO_PROOF, OTHERS_CODE,
	TWICE, SAME_KEY };

static const struct forgery {
	const char *what;
	int kind;
	enum err_code want;
} forgeries[] = {
	{ "canary: gives its own key up", OWN_LIMIT, OK },
	{ "limits headquarters' key", HQ_KEY, ERR_FOREIGN },
	{ "revokes", REVOKES, ERR_FOREIGN },
	{ "limits in another's chain", OTHERS_CHAIN, ERR_FOREIGN },
	{ "canary: a new key", GOOD, OK },
	{ "a key that has not agreed", NO_PROOF, ERR_SIGNATURE },
	{ "a key for another node", OTHERS_CODE, ERR_FOREIGN },
	{ "two new keys", TWICE, ERR_FORMAT },
	{ "the same key", SAME_KEY, ERR_FORMAT },
};

static void forge_limit(struct batch *b, const struct node *hq,
    const struct link *l, int kind)
{
	struct value *c = batch_row(b, NULL, TABLE_LIMIT);
	const unsigned char *key = kind == HQ_KEY ?
	    store_identity(hq->store)->node_key : l->signer;

	c[LIMIT_STAMP] = value_int(1 << 16 | 2);
	c[LIMIT_KEY] = value_bytes(slice_of(key, KEY_PUBLIC));
	c[LIMIT_CHAIN] = value_str(kind == OTHERS_CHAIN ? "node/GQ" :
	    "file/TC");
	c[LIMIT_EPOCH] = value_str(E1);
	c[LIMIT_AFTER] = c[LIMIT_KNOWN] = value_int(3);
	c[LIMIT_WHY] = value_str(kind == REVOKES ? "revoke" : "rotate");
}

static void forge_rotate(struct batch *b, struct node *n,
    const struct link *l, const struct key *new, int kind, int tick)
{
	struct value *c = batch_row(b, NULL, TABLE_ROTATE);
	unsigned char proof[SIGNATURE_LEN];
	struct err e = {0};

	WANT(rotate_proof(n, "TC", l->signer, new, proof, &e), e);
	if (kind == NO_PROOF)
		proof[9] ^= 1;
	c[ROTATE_STAMP] = value_int((int64_t)tick << 16 | 2);
	c[ROTATE_CODE] = value_str(kind == OTHERS_CODE ? "GQ" : "TC");
	c[ROTATE_KEY] = value_bytes(batch_text(b, slice_of(kind == SAME_KEY ?
	    l->signer : new->public, KEY_PUBLIC)));
	c[ROTATE_PROOF] = value_bytes(batch_text(b, slice_of(proof,
	    sizeof proof)));
}

static void rows_are_refused(void **state)
{
	struct nodes o;
	struct key new, tc;
	struct link l = {0};

	(void)state;
	nodes_start(&o);
	key_make(&new);
	key_make(&tc);
	snprintf(l.h.chain, sizeof l.h.chain, "node/TC");
	snprintf(l.h.epoch, sizeof l.h.epoch, "%s", E1);
	l.h.seq = 7;
	memcpy(l.signer, tc.public, sizeof l.signer);
	for (size_t i = 0; i < sizeof forgeries / sizeof *forgeries; i++) {
		const struct forgery *f = &forgeries[i];
		struct keyring k = {0};
		struct batch b;
		struct err e = {0};
		enum err_code rc;

		batch_init(&b, o.hq->catalogue);
		if (f->kind < GOOD)
			forge_limit(&b, o.hq, &l, f->kind);
		else
			forge_rotate(&b, o.hq, &l, &new, f->kind, 5);
		if (f->kind == TWICE)
			forge_rotate(&b, o.hq, &l, &new, f->kind, 6);
		rc = keyring_learn(o.hq, &k, &l, &b, &e);
		if (rc != f->want || (rc && (k.nkey || k.limits.n)))
			fail_msg("%s: %s, not %s; %zu keys, %zu limits",
			    f->what, err_name(rc), err_name(f->want), k.nkey,
			    k.limits.n);
		keyring_release(&k);
		batch_release(&b);
	}
	key_release(&new);
	key_release(&tc);
	nodes_end(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(positions_are_judged),
		cmocka_unit_test(new_keys_sign_on),
		cmocka_unit_test(old_key_is_dead),
		cmocka_unit_test(lowered_and_raised),
		cmocka_unit_test(came_too_late),
		cmocka_unit_test(revoked_brings_no_key),
		cmocka_unit_test(crowds_end_alike),
		cmocka_unit_test(rows_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
