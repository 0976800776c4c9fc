/* Changesets that are whole but stand where they do not belong: wrong
 * numbers and hashes under a good signature, bombs, splices, replays, forks,
 * other people's keys and refs.
 */
#include "attack.h"

#include <zlib.h>

#define HEX40 "0123456789abcdef0123456789abcdef01234567"
#define HEX64 "0123456789abcdef0123456789abcdef" \
	"0123456789abcdef0123456789abcdef"

/* ---- the header's fields, signed by TC ---- */

static const struct spoil {
	const char *name;
	size_t at;
	const char *value;
	enum err_code want;
	bool unseen;		/* by a verify that does not inflate */
} spoils[] = {
#define F(field, value, ...) \
	{ #field, offsetof(struct header, field), value, __VA_ARGS__ }
	F(chain, "node/NB", ERR_CHAIN, false),
	F(chain, "node/TC-2", ERR_CHAIN, false),
	F(chain, "hq/TC", ERR_CHAIN, false),
	F(epoch, "00112233445566778899aabbccddeeff", ERR_CHAIN, false),
	F(author, "NB", ERR_FOREIGN, false),
	F(author, "HQ", ERR_FOREIGN, false),
	F(author, "tc", ERR_FOREIGN, false),
	F(prev, HEX64, ERR_CHAIN, false),
	F(parent, HEX40, ERR_NOT_FOUND, false),
	F(payload, HEX64, ERR_CHAIN, false),
	F(root, HEX64, ERR_FORMAT, true),
#undef F
};

static void test_fields(void **state)
{
	char oid[OID_HEX], name[80];
	struct header h;
	struct world w;

	(void)state;
	world_start(&w);
	for (size_t i = 0; i < COUNT(spoils); i++) {
		h = w.due.h;
		memcpy((char *)&h + spoils[i].at, spoils[i].value,
		    strlen(spoils[i].value) + 1);
		snprintf(name, sizeof name, "%s = %s", spoils[i].name,
		    spoils[i].value);
		attack_commit(&w, &h, &w.tc->key, oid);
		if (spoils[i].unseen)
			attack_refused(&w, name, oid, spoils[i].want);
		else
			attack_seen(&w, name, oid, spoils[i].want);
	}
	h = w.due.h;
	snprintf(h.org, sizeof h.org, "%.32s", HEX64);
	snprintf(h.org_short, sizeof h.org_short, "%.16s", HEX64);
	attack_commit(&w, &h, &w.tc->key, oid);
	attack_seen(&w, "another organisation", oid, ERR_CHAIN);
	h = w.due.h;	/* the same beginning, which the ref's name shows */
	h.epoch[31] = h.epoch[31] == '0' ? '1' : '0';
	attack_commit(&w, &h, &w.tc->key, oid);
	attack_seen(&w, "the epoch's last digit", oid, ERR_CHAIN);
	world_others(&w);
	world_accept(&w);
	world_end(&w);
}

static void test_numbers(void **state)
{
	static const struct {
		int64_t seq, raw, dict;		/* added to the true ones */
		enum err_code want;
	} cases[] = {
		{ 1, 0, 0, ERR_CHAIN }, { -1, 0, 0, ERR_CHAIN },
		{ 1000000, 0, 0, ERR_CHAIN }, { 0, 1, 0, ERR_FORMAT },
		{ 0, -1, 0, ERR_FORMAT }, { 0, 4096, 0, ERR_FORMAT },
		{ 0, 16000000, 0, ERR_FORMAT }, { 0, 0, 1, ERR_FORMAT },
		{ 0, 0, 2, ERR_FORMAT },
	};
	struct header h;
	struct world w;
	char oid[OID_HEX], name[80];

	(void)state;
	world_start(&w);
	for (size_t i = 0; i < COUNT(cases); i++) {
		h = w.due.h;
		h.seq += cases[i].seq;
		h.raw_len += cases[i].raw;
		h.dict += cases[i].dict;
		snprintf(name, sizeof name, "seq %+d, length %+d, dict %+d",
		    (int)cases[i].seq, (int)cases[i].raw, (int)cases[i].dict);
		attack_commit(&w, &h, &w.tc->key, oid);
		attack_refused(&w, name, oid, cases[i].want);
	}
	for (int64_t n = 0; n < w.due.h.raw_len; n++) {
		h = w.due.h;
		h.raw_len = n;
		snprintf(name, sizeof name, "length %d", (int)n);
		attack_commit(&w, &h, &w.tc->key, oid);
		attack_refused(&w, name, oid, ERR_FORMAT);
	}
	world_others(&w);
	world_accept(&w);
	world_end(&w);
}

/* ---- bombs ---- */

/* The due changeset's text with this payload and length, signed. */
static void try_length(struct world *w, const char *name, struct slice blob,
    uint64_t length, enum err_code want)
{
	struct header h = w->due.h;
	struct buf text = BUF_INIT, content = BUF_INIT, sealed = BUF_INIT;
	const unsigned char *at;
	struct err e = {0};
	char oid[OID_HEX];

	buf_addb(&sealed, blob);
	attack_close(w, &h, &sealed);
	attack_blob(w, slice_buf(&sealed), &h);
	attack_payload_hash(slice_buf(&sealed), &h);
	buf_release(&sealed);
	h.raw_len = 7777777;
	WANT(changeset_text(&h, &content, &e), e);
	at = memmem(content.p, content.n, " 7777777\n", 9);
	assert_non_null(at);
	buf_add(&text, content.p, (size_t)(at - content.p));
	buf_printf(&text, " %" PRIu64, length);
	buf_add(&text, at + 8, content.n - (size_t)(at - content.p) - 8);
	attack_sign(slice_buf(&text), &w->tc->key, &content);
	attack_object(w->o.hq, OBJECT_COMMIT, slice_buf(&content), oid);
	attack_refused(w, name, oid, want);
	buf_release(&text);
	buf_release(&content);
}

static void test_bombs(void **state)
{
	static const struct {
		uint64_t length;
		enum err_code want;
	} cases[] = {
		{ 0, ERR_FORMAT }, { 1, ERR_FORMAT }, { 100, ERR_FORMAT },
		{ 65536, ERR_FORMAT }, { RAW_MAX - 1, ERR_FORMAT },
		{ RAW_MAX, ERR_FORMAT }, { RAW_MAX + 1u, ERR_TOO_BIG },
		{ 64u << 20, ERR_TOO_BIG }, { UINT32_MAX, ERR_TOO_BIG },
		{ (uint64_t)1 << 32, ERR_TOO_BIG },
		{ 999999999999999999, ERR_TOO_BIG },
		{ UINT64_MAX, ERR_FORMAT },
	};
	const uLong size = 64u << 20;
	unsigned char *zeros = calloc(1, size), *bomb = malloc(size / 500);
	uLongf n = size / 500;
	char name[60];
	struct world w;

	(void)state;
	world_start(&w);
	assert_non_null(zeros);
	assert_non_null(bomb);
	/* 64 MiB in 64 KiB, without a dictionary; and itself too big */
	assert_int_equal(compress2(bomb, &n, zeros, size, 9), Z_OK);
	for (size_t i = 0; i < COUNT(cases); i++) {
		snprintf(name, sizeof name, "64 MiB said to be %" PRIu64,
		    cases[i].length);
		try_length(&w, name, slice_of(bomb, n), cases[i].length,
		    cases[i].want);
	}
	try_length(&w, "a blob of 20 MiB", slice_of(zeros, 20u << 20), 100,
	    ERR_TOO_BIG);
	try_length(&w, "an empty blob", slice_of(zeros, 0), 0, ERR_FORMAT);
	try_length(&w, "a short blob said to be long", slice_of(bomb, 100),
	    RAW_MAX, ERR_FORMAT);
	free(zeros);
	free(bomb);
	world_others(&w);
	world_accept(&w);
	world_end(&w);
}

/* ---- keys and splices ---- */

/* The due changeset's text under another signature. */
static void try_armored(struct world *w, const char *name,
    struct slice armored, enum err_code want)
{
	struct buf content = BUF_INIT;
	const char *text = (char *)w->due.text.p;
	size_t top = (size_t)(strstr(text, "\n\n") - text) + 1;
	char oid[OID_HEX];

	buf_add(&content, text, top);
	buf_adds(&content, "gpgsig ");
	for (size_t i = 0; i < armored.n; i++) {
		buf_addc(&content, armored.p[i]);
		if (armored.p[i] == '\n' && i + 1 < armored.n)
			buf_addc(&content, ' ');
	}
	buf_adds(&content, text + top);
	attack_object(w->o.hq, OBJECT_COMMIT, slice_buf(&content), oid);
	attack_seen(w, name, oid, want);
	buf_release(&content);
}

static void test_signatures(void **state)
{
	struct buf other = BUF_INIT;
	struct link l = {0};
	struct key stranger, root = {0};
	struct err e = {0};
	struct world w;
	char oid[OID_HEX];

	(void)state;
	world_start(&w);
	key_make(&stranger);
	WANT(node_root_key(w.o.hq, &root, &e), e);
	{
		const struct { const char *name; const struct key *k; }
		keys[] = { { "a stranger's key", &stranger },
			{ "NB's key", &w.nb->key },
			{ "HQ's key", &w.o.hq->key },
			{ "the root key", &root } };

		for (size_t i = 0; i < COUNT(keys); i++) {
			attack_commit(&w, &w.due.h, keys[i].k, oid);
			attack_seen(&w, keys[i].name, oid, ERR_KEY);
		}
	}
	WANT(link_open(w.tc, w.good.commit, &l, &e), e);
	try_armored(&w, "the signature of the one before",
	    slice_buf(&l.armored), ERR_SIGNATURE);
	WANT(sshsig_sign(&w.tc->key, "file", slice_buf(&w.due.text), &other,
	    &e), e);
	try_armored(&w, "signed for files", slice_buf(&other), ERR_SIGNATURE);
	buf_clear(&other);
	WANT(sshsig_sign(&w.tc->key, "git", slice_str(""), &other, &e), e);
	try_armored(&w, "the signature of nothing", slice_buf(&other),
	    ERR_SIGNATURE);
	link_release(&l);
	buf_release(&other);
	key_release(&stranger);
	key_release(&root);
	world_others(&w);
	world_accept(&w);
	world_end(&w);
}

/* Whole changesets of others, and of TC at other times. */
static void test_splices(void **state)
{
	struct position nb, hq;
	struct link first = {0};
	struct header h;
	struct err e = {0};
	struct world w;
	char oid[OID_HEX];

	(void)state;
	world_start(&w);
	nb = nodes_tip(w.nb, NULL);
	hq = attack_tip(w.o.hq, "hq/TC", store_identity(w.o.hq->store)->epoch);
	assert_true(hq.seq > 0);
	attack_seen(&w, "NB's chain under TC's ref", nb.commit, ERR_CHAIN);
	attack_seen(&w, "HQ's chain under TC's ref", hq.commit, ANY_REFUSAL);
	WANT(link_open(w.tc, w.good.commit, &first, &e), e);
	attack_seen(&w, "turned back", first.h.parent, ERR_CHAIN);
	h = w.due.h;	/* what was taken once, as a new changeset */
	memcpy(h.tree, first.h.tree, sizeof h.tree);
	memcpy(h.payload, first.h.payload, sizeof h.payload);
	memcpy(h.root, first.h.root, sizeof h.root);
	h.raw_len = first.h.raw_len;
	attack_commit(&w, &h, &w.tc->key, oid);
	attack_refused(&w, "replayed", oid, ERR_CHAIN);
	memcpy(h.payload, w.due.h.payload, sizeof h.payload);
	attack_commit(&w, &h, &w.tc->key, oid);
	attack_seen(&w, "the payload before under this header", oid,
	    ERR_CHAIN);
	h = w.due.h;	/* NB goes on where TC stopped */
	memcpy(h.author, "NB", 3);
	memcpy(h.chain, nb.chain, sizeof h.chain);
	memcpy(h.epoch, nb.epoch, sizeof h.epoch);
	attack_commit(&w, &h, &w.nb->key, oid);
	attack_seen(&w, "NB's after TC's", oid, ERR_CHAIN);
	link_release(&first);
	world_others(&w);
	world_accept(&w);
	world_end(&w);
}

/* ---- refs ---- */

static const struct stray {
	const char *ref;
	enum err_code want;	/* OK: not looked at */
} strays[] = {
	{ HEADS "node/TC/00000000", ERR_CHAIN },
	{ HEADS "node/ZZ/00000000", ERR_INVITATION },
	{ HEADS "node/HQ/00000000", ERR_INVITATION },
	{ HEADS "node/all/00000000", ERR_INVITATION },
	{ HEADS "node/TC/x", OK }, { HEADS "node/TC/0000000G", OK },
	{ HEADS "main", OK }, { HEADS "hq/NB", OK }, { HEADS "hq/zz", OK },
	{ "refs/tags/node/TC/00000000", OK },
};

/* TC's chain under other names: it is not taken there, and goes on. */
static void test_refs(void **state)
{
	char chain[CHAIN_NAME], epoch8[9], was[OID_HEX];
	struct ingested in;
	struct position p;
	struct world w;
	struct err e = {0};

	(void)state;
	world_start(&w);
	for (size_t i = 0; i < COUNT(strays); i++, w.tried++) {
		const struct stray *s = &strays[i];

		WANT(repo_ref_get(w.o.hq->repo, s->ref, was, &e), e);
		attack_ref(w.o.hq, s->ref, w.due.commit);
		in = attack_ingest(w.o.hq, HEADS);
		world_same(&w, s->ref);
		if (in.changesets || (in.stopped != 0) != (s->want != OK))
			fail_msg("%s: %zu changesets, %zu stopped", s->ref,
			    in.changesets, in.stopped);
		if (s->want) {
			assert_true(chain_of_ref(s->ref, HEADS, chain, epoch8));
			p = attack_tip(w.o.hq, chain, epoch8);
			assert_string_equal(p.stopped, err_name(s->want));
		}
		if (was[0])
			attack_ref(w.o.hq, s->ref, was);
		else
			assert_int_equal(shell(NULL, "rm '%s/hq/repo.git/%s'",
			    w.o.dir, s->ref), 0);
	}
	world_accept(&w);
	world_end(&w);
}

/* HQ's own chains moved by somebody who may push: set back, kept. */
static void test_hq_refs(void **state)
{
	static const char *const refs[] = { HEADS "hq/all", HEADS "hq/TC" };
	char was[OID_HEX], now[OID_HEX], kept[100];
	struct link l = {0};
	struct world w;
	struct err e = {0};

	(void)state;
	world_start(&w);
	for (size_t i = 0; i < COUNT(refs); i++, w.tried += 2) {
		WANT(repo_ref_get(w.o.hq->repo, refs[i], was, &e), e);
		WANT(link_open(w.o.hq, was, &l, &e), e);
		attack_ref(w.o.hq, refs[i], w.due.commit);
		nodes_seal(w.o.hq);
		WANT(repo_ref_get(w.o.hq->repo, refs[i], now, &e), e);
		assert_string_equal(now, was);
		snprintf(kept, sizeof kept, "refs/evidence/%s/%.8s",
		    refs[i] + strlen(HEADS), w.due.commit);
		WANT(repo_ref_get(w.o.hq->repo, kept, now, &e), e);
		assert_string_equal(now, w.due.commit);
		if (l.h.parent[0])
			attack_ref(w.o.hq, refs[i], l.h.parent);
		nodes_seal(w.o.hq);
		WANT(repo_ref_get(w.o.hq->repo, refs[i], now, &e), e);
		assert_string_equal(now, was);
	}
	link_release(&l);
	world_ground(&w);
	world_accept(&w);
	world_end(&w);
}

/* ---- forks ---- */

/* Another changeset of TC's with the number after `after`. */
static void sibling(struct world *w, const struct position *after,
    const char *text, struct position *out)
{
	const struct type *t = catalogue_type(w->tc->catalogue, "request");
	struct header h = w->due.h;
	struct buf raw = BUF_INIT;
	struct link l = {0};
	struct err e = {0};
	struct value *cell;
	struct batch b;

	batch_init(&b, w->tc->catalogue);
	cell = batch_row(&b, t, -1);
	assert_non_null(cell);
	cell[0] = value_int(stamp_make(stamp_ticks(after->last) + 100,
	    store_identity(w->tc->store)->number));
	cell[type_field(b.catalogue, t, "content")->column_index] =
	    value_str(text);
	WANT(codec_encode(&b, &raw, &e), e);
	h.seq = after->seq + 1;
	memcpy(h.parent, after->commit, sizeof h.parent);
	memcpy(h.prev, after->sha256, sizeof h.prev);
	attack_raw(w, slice_buf(&raw), &h);
	*out = *after;
	attack_commit(w, &h, &w->tc->key, out->commit);
	WANT(link_open(w->o.hq, out->commit, &l, &e), e);
	out->seq++;
	out->last = cell[0].i;
	memcpy(out->sha256, l.sha256, sizeof out->sha256);
	link_release(&l);
	buf_release(&raw);
	batch_release(&b);
}

static void test_forks(void **state)
{
	struct position before, fork, later, next;
	char ref[100], kept[OID_HEX];
	struct ingested in;
	struct world w;
	struct err e = {0};

	(void)state;
	world_start(&w);
	before = w.good;
	attack_ref(w.o.hq, w.ref, w.due.commit);
	assert_int_equal(attack_ingest(w.o.hq, HEADS).changesets, 1);
	world_ground(&w);
	sibling(&w, &before, "the other third one", &fork);
	attack_seen(&w, "a fork", fork.commit, ERR_CHAIN);
	snprintf(ref, sizeof ref, "refs/evidence/node/TC/%.8s", fork.commit);
	WANT(repo_ref_get(w.o.hq->repo, ref, kept, &e), e);
	assert_string_equal(kept, fork.commit);
	sibling(&w, &fork, "and on", &later);
	attack_seen(&w, "a fork's fourth", later.commit, ERR_CHAIN);
	for (int i = 0; i < 50; i++) {
		sibling(&w, &later, "and on", &fork);
		later = fork;
		attack_seen(&w, "a longer fork", later.commit, ERR_CHAIN);
	}
	world_others(&w);
	/* the canary: the same after the one that was taken */
	sibling(&w, &w.good, "the fourth", &next);
	attack_ref(w.o.hq, w.ref, next.commit);
	in = attack_ingest(w.o.hq, HEADS);
	assert_int_equal(in.changesets, 1);
	assert_int_equal(in.stopped, 0);
	nodes_seal(w.o.hq);
	nodes_verify(w.o.hq);
	world_end(&w);
}

/* What is good before the bad one is taken, and it alone. */
static void test_prefix(void **state)
{
	struct position bad;
	struct ingested in;
	struct link l = {0};
	struct world w;
	struct err e = {0};

	(void)state;
	world_start(&w);
	WANT(link_open(w.o.hq, w.due.commit, &l, &e), e);
	w.good.seq++;
	memcpy(w.good.commit, l.commit, sizeof l.commit);
	memcpy(w.good.sha256, l.sha256, sizeof l.sha256);
	w.good.last = stamp_make(stamp_ticks(w.good.last) - 1000,
	    stamp_node(w.good.last));
	sibling(&w, &w.good, "its stamp is older", &bad);
	attack_ref(w.o.hq, w.ref, bad.commit);
	in = attack_ingest(w.o.hq, HEADS);
	assert_int_equal(in.changesets, 1);
	assert_int_equal(in.stopped, 1);
	world_ground(&w);
	assert_int_equal(w.good.seq, 4);
	attack_refused(&w, "after a good one", bad.commit, ERR_CHAIN);
	world_others(&w);
	link_release(&l);
	world_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_bombs),
		cmocka_unit_test(test_signatures),
		cmocka_unit_test(test_splices),
		cmocka_unit_test(test_refs),
		cmocka_unit_test(test_hq_refs),
		cmocka_unit_test(test_forks),
		cmocka_unit_test(test_prefix),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	printf("%zu forged inputs, none taken\n", attack_count);
	return failed;
}
