/* Every forged changeset is refused for its own reason, stops its own chain
 * and nothing else.
 */
#include "forge.h"

/* ---- ways to spoil one ---- */

#define PUT(field, ...) snprintf(field, sizeof(field), __VA_ARGS__)

static void other_key(struct forged *f) { key_make(&f->key); }
static void bad_signature(struct forged *f) { f->break_signature = true; }
static void gap(struct forged *f) { f->h.seq++; }
static void replay(struct forged *f) { f->h.seq--; }
static void other_org(struct forged *f)
{
	PUT(f->h.org, "00112233445566778899aabbccddeeff");
	PUT(f->h.org_short, "0011223344556677");
}
static void other_chain(struct forged *f) { PUT(f->h.chain, "node/GQ"); }
static void other_epoch(struct forged *f)
{
	f->h.epoch[20] = f->h.epoch[20] == 'a' ? 'b' : 'a';
}
static void other_author(struct forged *f) { PUT(f->h.author, "GQ"); }
static void other_prev(struct forged *f)
{
	f->h.prev[0] = f->h.prev[0] == '0' ? '1' : '0';
}
static void no_parent(struct forged *f) { PUT(f->h.parent, NO_SUCH); }
static void beginning(struct forged *f)
{
	f->h.seq = 1;
	f->h.parent[0] = '\0';
	PUT(f->h.prev, "none");
}
static void other_payload(struct forged *f) { buf_adds(&f->blob, "x"); }
static void shorter(struct forged *f) { f->h.raw_len--; }
static void longer(struct forged *f) { f->h.raw_len++; }
static void other_root(struct forged *f)
{
	f->h.root[0] = f->h.root[0] == '0' ? '1' : '0';
}
static void not_zlib(struct forged *f)
{
	unsigned char sum[SHA256_LEN];

	buf_clear(&f->blob);
	buf_adds(&f->blob, "not a zlib stream");
	sha256(slice_buf(&f->blob), sum);
	hex_text(sum, sizeof sum, f->h.payload);
}
static void other_dictionary(struct forged *f) { f->h.dict = 1; }
static void no_blob(struct forged *f) { f->no_blob = true; }

static void tree_of_two(struct forged *f)
{
	f->tree_given = true;
	add_entry(&f->tree, "100644 changeset", NO_SUCH);
	add_entry(&f->tree, "100644 more", NO_SUCH);
}
static void tree_name(struct forged *f)
{
	f->tree_given = true;
	add_entry(&f->tree, "100644 changeseT", NO_SUCH);
}
static void tree_mode(struct forged *f)
{
	f->tree_given = true;
	add_entry(&f->tree, "100755 changeset", NO_SUCH);
}
static void tree_empty(struct forged *f) { f->tree_given = true; }

static void empty_batch(struct forged *f)
{
	batch_release(&f->b);
	batch_init(&f->b, f->n->catalogue);
}

static void foreign_stamp(struct forged *f)
{
	empty_batch(f);
	request_row(f, stamp_make(stamp_ticks(next_stamp(f->n)), 3));
	put_blob(f);
}
static void old_stamp(struct forged *f)
{
	empty_batch(f);
	request_row(f, stamp_make(stamp_ticks(nodes_tip(f->n, NULL).last) - 1,
	    2));
	put_blob(f);
}

static void fixed(struct forged *f, enum fixed_table t)
{
	struct value *cell;
	stamp_t s = next_stamp(f->n);

	if (t != TABLE_RECEIPT)		/* those are not sealed */
		empty_batch(f);
	cell = batch_row(&f->b, NULL, (int)t);

	if (t == TABLE_NODE) {
		cell[NODE_NUMBER] = value_int(9);
		cell[NODE_CODE] = value_str("EVIL");
		cell[NODE_BRANCH] = value_str("TC");
		cell[NODE_NAME] = value_str("x");
		cell[NODE_KEY] = value_bytes(slice_of(f->key.public, 32));
		cell[NODE_KIND] = value_str("branch");
	} else if (t == TABLE_ENROL) {
		cell[ENROL_NUMBER] = value_int(2);
		cell[ENROL_CODE] = value_str("TC");
		cell[ENROL_KEY] = value_bytes(slice_of(f->key.public, 32));
		cell[ENROL_MAC] = value_bytes(slice_of(f->key.public, 32));
	} else if (t == TABLE_RECEIPT) {
		cell[RECEIPT_CHAIN] = value_str("node/TC");
		cell[RECEIPT_EPOCH] = value_str(f->h.epoch);
		cell[RECEIPT_FROM] = cell[RECEIPT_TO] = value_int(1);
		cell[RECEIPT_ARRIVED] = value_int(1);
		cell[RECEIPT_RESULT] = value_str("applied");
	}
	cell[0] = value_int(s);
	put_blob(f);
}
static void roster_row(struct forged *f) { fixed(f, TABLE_NODE); }
static void enrol_row(struct forged *f) { fixed(f, TABLE_ENROL); }
static void receipt_rows(struct forged *f) { fixed(f, TABLE_RECEIPT); }

static const struct {
	const char *name;
	void (*spoil)(struct forged *f);
	enum err_code want;
	bool inside;	/* seen only when the payload is opened */
} forgeries[] = {
	{ "signed by another key", other_key, ERR_KEY, false },
	{ "a broken signature", bad_signature, ERR_SIGNATURE, false },
	{ "a gap", gap, ERR_CHAIN, false },
	{ "a replay", replay, ERR_CHAIN, false },
	{ "another organisation", other_org, ERR_CHAIN, false },
	{ "another chain's", other_chain, ERR_CHAIN, false },
	{ "another epoch", other_epoch, ERR_CHAIN, false },
	{ "another author", other_author, ERR_FOREIGN, false },
	{ "another predecessor", other_prev, ERR_CHAIN, false },
	{ "a parent that is not there", no_parent, ERR_NOT_FOUND, false },
	{ "a new beginning", beginning, ERR_CHAIN, false },
	{ "another payload", other_payload, ERR_CHAIN, false },
	{ "shorter than it is", shorter, ERR_FORMAT, true },
	{ "longer than it is", longer, ERR_FORMAT, true },
	{ "another root", other_root, ERR_FORMAT, true },
	{ "not zlib", not_zlib, ERR_FORMAT, true },
	{ "another dictionary", other_dictionary, ERR_FORMAT, true },
	{ "no blob", no_blob, ERR_NOT_FOUND, false },
	{ "a tree of two files", tree_of_two, ERR_FORMAT, false },
	{ "a file of another name", tree_name, ERR_FORMAT, false },
	{ "an executable file", tree_mode, ERR_FORMAT, false },
	{ "an empty tree", tree_empty, ERR_FORMAT, false },
	{ "a stamp of another node", foreign_stamp, ERR_FOREIGN, true },
	{ "stamps going back", old_stamp, ERR_CHAIN, true },
	{ "a roster row", roster_row, ERR_FOREIGN, true },
	{ "an enrolment, later", enrol_row, ERR_FOREIGN, true },
	{ "a receipt", receipt_rows, ERR_FOREIGN, true },
};

/* GQ goes on while TC's chain is forged; then TC's goes on too. */
static void test_forged(void **state)
{
	struct good g;
	struct err e = {0};

	(void)state;
	good_start(&g);
	for (size_t i = 0; i < sizeof forgeries / sizeof *forgeries; i++) {
		const char *name = forgeries[i].name;
		size_t before = requests(g.o.hq);
		struct position p, was = at_hq(&g, g.tc);
		char commit[OID_HEX];
		struct synced s;
		struct forged f;

		forge_start(&f, g.tc, g.o.hq);
		forgeries[i].spoil(&f);
		forge_end(&f, commit);
		nodes_request(g.gq, name);
		(void)nodes_sync(g.gq);
		s = nodes_sync(g.o.hq);
		p = at_hq(&g, g.tc);
		if (strcmp(p.stopped, err_name(forgeries[i].want)) != 0)
			fail_msg("%s: '%s' (%s), not %s", name, p.stopped,
			    p.reason, err_name(forgeries[i].want));
		if (p.seq != was.seq || s.in.stopped != 1 ||
		    requests(g.o.hq) != before + 1)
			fail_msg("%s: seq %lld, stopped %zu, %zu records, "
			    "not %zu", name, (long long)p.seq, s.in.stopped,
			    requests(g.o.hq), before + 1);
		if (!forgeries[i].inside && verify_chains(g.o.hq, NULL, false,
		    NULL, NULL, &e) != forgeries[i].want)
			fail_msg("%s: verify says %s", name, err_name(e.code));
		assert_int_equal(shell(NULL, "git -C '%s/hq/repo.git' "
		    "update-ref refs/heads/node/TC/%.8s %s", g.o.dir,
		    was.epoch, was.commit), 0);
	}
	nodes_request(g.tc, "three");
	(void)nodes_sync(g.tc);
	assert_int_equal(nodes_sync(g.o.hq).in.records, 1);
	assert_string_equal(at_hq(&g, g.tc).stopped, "");
	nodes_verify(g.o.hq);
	good_end(&g);
}

/* The unspoilt changeset of the forger is taken: the cases above fail for
 * their own reasons. */
static void test_not_forged(void **state)
{
	char commit[OID_HEX];
	struct forged f;
	struct good g;

	(void)state;
	good_start(&g);
	forge_start(&f, g.tc, g.o.hq);
	forge_end(&f, commit);
	assert_int_equal(nodes_sync(g.o.hq).in.records, 1);
	assert_string_equal(at_hq(&g, g.tc).stopped, "");
	good_end(&g);
}

/* A changeset whose dictionary is the chain's first. */
static void test_dictionary(void **state)
{
	const struct identity *id;
	char commit[OID_HEX], first[OID_HEX];
	struct buf raw = BUF_INIT, dict = BUF_INIT;
	struct link l = {0};
	struct position none = {0};
	struct err e = {0};
	struct forged f;
	struct good g;
	struct batch b;

	(void)state;
	good_start(&g);
	id = store_identity(g.tc->store);
	snprintf(none.chain, sizeof none.chain, "node/TC");
	WANT(link_find(g.o.hq, "node/TC", id->epoch, 1, first, &e), e);
	WANT(link_read(g.o.hq, first, &none, id->node_key, &l, &e), e);
	batch_init(&b, g.tc->catalogue);
	WANT(link_batch(g.o.hq, &l, &b, &e), e);
	WANT(codec_encode(&b, &dict, &e), e);
	forge_start(&f, g.tc, g.o.hq);
	WANT(codec_encode(&f.b, &raw, &e), e);
	buf_clear(&f.blob);
	WANT(pack_deflate(slice_buf(&raw), slice_buf(&dict), &f.blob, &e), e);
	close_blob(&f);
	f.h.dict = 1;
	forge_end(&f, commit);
	assert_int_equal(nodes_sync(g.o.hq).in.records, 1);
	assert_string_equal(at_hq(&g, g.tc).reason, "");
	batch_release(&b);
	buf_release(&raw);
	buf_release(&dict);
	link_release(&l);
	good_end(&g);
}

/* A second history of the same chain: kept as evidence, refused. */
static void test_fork(void **state)
{
	struct position was, p;
	char commit[OID_HEX], ref[80], at[OID_HEX];
	struct err e = {0};
	struct forged f;
	struct good g;
	struct link l = {0};

	(void)state;
	good_start(&g);
	was = at_hq(&g, g.tc);
	forge_start(&f, g.tc, g.o.hq);
	WANT(link_open(g.o.hq, was.commit, &l, &e), e);
	f.h.seq = was.seq;
	snprintf(f.h.parent, sizeof f.h.parent, "%s", l.h.parent);
	snprintf(f.h.prev, sizeof f.h.prev, "%s", l.h.prev);
	link_release(&l);
	forge_end(&f, commit);
	assert_int_equal(nodes_sync(g.o.hq).in.stopped, 1);
	p = at_hq(&g, g.tc);
	assert_string_equal(p.stopped, "E_CHAIN");
	assert_string_equal(p.commit, was.commit);
	snprintf(ref, sizeof ref, "refs/evidence/node/TC/%.8s", commit);
	WANT(repo_ref_get(g.o.hq->repo, ref, at, &e), e);
	assert_string_equal(at, commit);
	assert_int_equal(verify_chains(g.o.hq, "node/TC", false, NULL, NULL,
	    &e), ERR_CHAIN);
	good_end(&g);
}

/* Somebody pushed to HQ's own chain: set back, told, and sealed on. */
static void test_hq_moved(void **state)
{
	struct synced s;
	struct good g;

	(void)state;
	good_start(&g);
	assert_int_equal(shell(NULL, "cd '%s/hq/repo.git' && git update-ref "
	    "refs/heads/hq/all $(git for-each-ref --format='%%(objectname)' "
	    "refs/heads/node/TC)", g.o.dir), 0);
	nodes_request(g.gq, "more");
	(void)nodes_sync(g.gq);
	s = nodes_sync(g.o.hq);
	assert_int_equal(s.in.records, 1);
	nodes_verify(g.o.hq);
	(void)nodes_sync(g.gq);
	nodes_verify(g.gq);
	good_end(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_not_forged),
		cmocka_unit_test(test_forged),
		cmocka_unit_test(test_dictionary),
		cmocka_unit_test(test_fork),
		cmocka_unit_test(test_hq_moved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
