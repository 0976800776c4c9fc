/* Chains from seal to ingest: the good way, every forged one, kills between
 * two steps, and the store made again.
 */
#include "nodes.h"

#include "base/text.h"
#include "chain_impl.h"
#include "codec.h"
#include "hash.h"

#define NO_SUCH "ce013625030ba8dba906f756967f9e9ca394464a"

/* ---- a forger with TC's own key and pen ---- */

struct forged {
	struct node *n;			/* who signs */
	struct node *where;		/* whose repository gets it */
	struct header h;
	struct key key;
	struct batch b;
	struct buf blob, tree, content;
	bool tree_given, break_signature, no_blob;
};

static stamp_t next_stamp(struct node *n)
{
	struct err e = {0};
	stamp_t s;

	WANT(store_begin(n->store, &e), e);
	WANT(store_stamp(n->store, &s, &e), e);
	WANT(store_commit(n->store, &e), e);
	return s;
}

static struct value *request_row(struct forged *f, stamp_t id)
{
	const struct type *t = catalogue_type(f->n->catalogue, "request");
	struct value *cell = batch_row(&f->b, t, -1);

	cell[TYPE_COL_ID] = value_int(id);
	return cell;
}

static void put_blob(struct forged *f)
{
	struct buf raw = BUF_INIT;
	struct slice dict;
	unsigned char sum[SHA256_LEN];
	struct err e = {0};

	batch_sort(&f->b);
	WANT(codec_encode(&f->b, &raw, &e), e);
	WANT(dictionary_zero(f->n->catalogue, &dict, &e), e);
	buf_clear(&f->blob);
	WANT(pack_deflate(slice_buf(&raw), dict, &f->blob, &e), e);
	sha256(slice_buf(&f->blob), sum);
	hex_text(sum, sizeof sum, f->h.payload);
	f->h.raw_len = (int64_t)raw.n;
	changeset_root(slice_buf(&raw), f->h.root);
	buf_release(&raw);
}

static void add_entry(struct buf *tree, const char *head, const char *oid)
{
	unsigned char name[20];

	assert_true(hex_decode(slice_str(oid), name, sizeof name));
	buf_add(tree, head, strlen(head) + 1);
	buf_add(tree, name, sizeof name);
}

/* A good successor of TC's tip, for a case to spoil. */
static void forge_start(struct forged *f, struct node *tc, struct node *hq)
{
	const struct identity *id = store_identity(tc->store);
	struct position p = nodes_tip(tc, NULL);
	struct err e = {0};

	*f = (struct forged){ .n = tc, .where = hq };
	WANT(node_key(tc, &e), e);
	WANT(node_repo(hq, &e), e);
	f->key = tc->key;
	snprintf(f->h.org, sizeof f->h.org, "%s", id->org);
	snprintf(f->h.org_short, sizeof f->h.org_short, "%.16s", id->org);
	snprintf(f->h.chain, sizeof f->h.chain, "node/%s", id->code);
	snprintf(f->h.epoch, sizeof f->h.epoch, "%s", id->epoch);
	f->h.seq = p.seq + 1;
	snprintf(f->h.prev, sizeof f->h.prev, "%s", p.sha256);
	snprintf(f->h.parent, sizeof f->h.parent, "%s", p.commit);
	snprintf(f->h.seen, sizeof f->h.seen, "none");
	snprintf(f->h.key, sizeof f->h.key, "none");
	snprintf(f->h.author, sizeof f->h.author, "%s", id->code);
	snprintf(f->h.subject, sizeof f->h.subject, "1 record");
	f->h.sealed = clock_ms() / 1000;
	batch_init(&f->b, tc->catalogue);
	request_row(f, next_stamp(tc));
	put_blob(f);
}

/* Write it and let the chain's ref say so. */
static void forge_end(struct forged *f, char commit[OID_HEX])
{
	static const char sig[] = "-----BEGIN SSH SIGNATURE-----\n ";
	struct repo *r = f->where->repo;
	struct err e = {0};
	char blob[OID_HEX] = NO_SUCH;
	char ref[80], now[OID_HEX];
	unsigned char *at;

	if (!f->no_blob)
		WANT(repo_write(r, OBJECT_BLOB, slice_buf(&f->blob), blob,
		    &e), e);
	if (!f->tree_given)
		add_entry(&f->tree, "100644 changeset", blob);
	WANT(repo_write(r, OBJECT_TREE, slice_buf(&f->tree), f->h.tree, &e),
	    e);
	WANT(changeset_sign(&f->h, &f->key, &f->content, &e), e);
	if (f->break_signature) {
		at = memmem(f->content.p, f->content.n, sig, sizeof sig - 1);
		assert_non_null(at);
		at += sizeof sig - 1 + 180;	/* inside the 64 bytes */
		*at = *at == 'A' ? 'B' : 'A';
	}
	WANT(repo_write(r, OBJECT_COMMIT, slice_buf(&f->content), commit, &e),
	    e);
	chain_ref("node/TC", store_identity(f->n->store)->epoch, ref);
	WANT(repo_ref_get(r, ref, now, &e), e);
	WANT(repo_ref_set(r, ref, now, commit, &e), e);
	batch_release(&f->b);
	buf_release(&f->blob);
	buf_release(&f->tree);
	buf_release(&f->content);
}

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
	struct value *cell = batch_row(&f->b, NULL, (int)t);
	stamp_t s = next_stamp(f->n);

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

struct good {
	struct nodes o;
	struct node *tc, *gq;
};

static void good_start(struct good *g)
{
	nodes_start(&g->o);
	g->tc = nodes_add(&g->o, "TC", NULL);
	g->gq = nodes_add(&g->o, "GQ", NULL);
	nodes_request(g->tc, "one");
	nodes_seal(g->tc);
	nodes_request(g->tc, "two");
	(void)nodes_sync(g->tc);
	(void)nodes_sync(g->gq);
	assert_int_equal(nodes_sync(g->o.hq).in.enrolled, 2);
}

static void good_end(struct good *g)
{
	node_close(g->tc);
	node_close(g->gq);
	nodes_end(&g->o);
}

static struct position at_hq(struct good *g, struct node *n)
{
	const struct identity *id = store_identity(n->store);
	struct position p;
	struct err e = {0};
	char chain[CHAIN_NAME];

	snprintf(chain, sizeof chain, "node/%s", id->code);
	WANT(position_get(g->o.hq->store, chain, id->epoch, &p, &e), e);
	return p;
}

static size_t requests(struct node *n)
{
	struct status s;
	struct err e = {0};

	WANT(status_read(n->store, &s, &e), e);
	return (size_t)s.records;
}

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
	unsigned char sum[SHA256_LEN];
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
	sha256(slice_buf(&f.blob), sum);
	hex_text(sum, sizeof sum, f.h.payload);
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
	struct sealed s;
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
	assert_int_equal(seal_all(g.tc, &s, &e), ERR_CHAIN);
	/* the chains mend it, and what was entered since is kept */
	WANT(rebuild_run(g.tc, &e), e);
	assert_int_equal(requests(g.tc), n + 1);
	assert_int_equal(nodes_sync(g.tc).sealed.records, 1);
	assert_int_equal(nodes_sync(g.o.hq).in.records, 2);
	nodes_verify(g.tc);
	nodes_verify(g.o.hq);
	good_end(&g);
}

/* Whole machine put back: only the remote knows better. */
static void test_old_node(void **state)
{
	struct sync_options opt = {0};
	struct synced s;
	struct err e = {0};
	struct good g;

	(void)state;
	good_start(&g);
	node_close(g.tc);
	assert_int_equal(shell(NULL, "cp -a '%s/TC' '%s/old'", g.o.dir,
	    g.o.dir), 0);
	g.tc = nodes_open(&g.o, "TC");
	nodes_request(g.tc, "three");
	(void)nodes_sync(g.tc);
	node_close(g.tc);
	g.tc = nodes_open(&g.o, "old");
	/* even with nothing new to send it is noticed */
	assert_int_equal(sync_run(g.tc, &opt, &s, &e), ERR_CHAIN);
	nodes_request(g.tc, "another three");
	assert_int_equal(sync_run(g.tc, &opt, &s, &e), ERR_CHAIN);
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
		cmocka_unit_test(test_not_forged),
		cmocka_unit_test(test_forged),
		cmocka_unit_test(test_dictionary),
		cmocka_unit_test(test_fork),
		cmocka_unit_test(test_hq_moved),
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
