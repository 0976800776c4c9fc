/* Forged changesets: every bit, every length, every part. None is taken.
 * What a node may not say over its own good signature is in
 * test_attack_rights.c.
 */
#include "attack.h"

static void put(char *out, size_t size, const char *text)
{
	assert_true(snprintf(out, size, "%s", text) < (int)size);
}
#define PUT(field, text) put(field, sizeof(field), text)

/* ---- bytes of the commit ---- */

/* Would these bytes pass for TC's? All that stands before the payload. */
static bool passes(struct slice content, const struct key *k)
{
	struct buf text = BUF_INIT, armored = BUF_INIT;
	struct header h;
	struct err e = {0};
	bool ok;

	ok = !changeset_parse(content, &h, &text, &armored, &e) &&
	    !sshsig_verify(k->public, "git", slice_buf(&text),
		slice_buf(&armored), &e);
	buf_release(&text);
	buf_release(&armored);
	return ok;
}

static void try_content(struct world *w, const char *name,
    struct slice content, enum err_code want)
{
	char oid[OID_HEX];

	attack_object(w->o.hq, OBJECT_COMMIT, content, oid);
	attack_refused(w, name, oid, want);
}

/* Every other value of each byte by the parsers alone, one bit of each as git
 * objects. */
static void test_bits(void **state)
{
	uint64_t seed = seed_start();
	char name[40];
	struct world w;

	(void)state;
	world_start(&w);
	assert_true(passes(slice_buf(&w.content), &w.tc->key));
	for (size_t i = 0; i < w.content.n; i++) {
		unsigned char was = w.content.p[i];

		for (unsigned k = 1; k < 256; k++, w.tried++) {
			w.content.p[i] = (unsigned char)(was ^ k);
			if (passes(slice_buf(&w.content), &w.tc->key))
				fail_msg("byte %zu: %02x for %02x passes", i,
				    w.content.p[i], was);
		}
		w.content.p[i] = (unsigned char)(was ^
		    1u << seed_next(&seed) % 8);
		snprintf(name, sizeof name, "byte %zu, %02x for %02x", i,
		    w.content.p[i], was);
		try_content(&w, name, slice_buf(&w.content), ANY_REFUSAL);
		w.content.p[i] = was;
	}
	world_others(&w);
	world_accept(&w);
	world_end(&w);
}

static void test_lengths(void **state)
{
	static const char *const tails[] = { "\n", " ", "x",
		"Wellhead-Key: none\n", "\nWellhead-Seq: 4\n",
		"-----BEGIN SSH SIGNATURE-----" };
	struct buf more = BUF_INIT;
	char name[40];
	struct world w;

	(void)state;
	world_start(&w);
	for (size_t n = 0; n < w.content.n; n++) {
		snprintf(name, sizeof name, "cut at %zu", n);
		try_content(&w, name, slice_of(w.content.p, n), ANY_REFUSAL);
	}
	for (size_t i = 0; i < COUNT(tails); i++) {
		buf_clear(&more);
		buf_addb(&more, slice_buf(&w.content));
		buf_adds(&more, tails[i]);
		try_content(&w, tails[i], slice_buf(&more), ERR_FORMAT);
	}
	buf_clear(&more);
	buf_addb(&more, slice_buf(&w.content));
	buf_addc(&more, 0);
	try_content(&w, "a NUL more", slice_buf(&more), ERR_FORMAT);
	while (more.n < COMMIT_MAX + 1)
		buf_addc(&more, '\n');
	try_content(&w, "too long", slice_buf(&more), ERR_TOO_BIG);
	buf_release(&more);
	world_others(&w);
	world_accept(&w);
	world_end(&w);
}

/* ---- the payload ---- */

/* A few bits of a zlib stream (what fills its last byte, lengths of codes
 * that are not used) leave no trace in what comes out; anything that inflates
 * is what it was. */
static bool same_content(struct world *w, struct slice blob)
{
	struct buf out = BUF_INIT;
	struct slice zero;
	struct err e = {0};
	bool ok;

	WANT(dictionary_zero(w->tc->catalogue, &zero, &e), e);
	ok = !pack_inflate(blob, zero, w->raw.n, &out, &e);
	if (ok && !slice_eq(slice_buf(&out), slice_buf(&w->raw)))
		fail_msg("a changed payload gave other content");
	buf_release(&out);
	return ok;
}

/* Another blob under TC's signature as it was: the tree differs, so the
 * signed text does. Then under a new one that still names the old payload;
 * then under one that names the new payload, but the old content. */
static void try_blob(struct world *w, const char *name, struct slice blob)
{
	struct header h = w->due.h;
	struct buf content = BUF_INIT;
	char oid[OID_HEX];

	buf_addb(&content, slice_buf(&w->content));
	attack_blob(w, blob, &h);
	memcpy(content.p + 5, h.tree, OID_HEX - 1);
	try_content(w, name, slice_buf(&content), ERR_SIGNATURE);
	attack_commit(w, &h, &w->tc->key, oid);
	attack_refused(w, name, oid, ERR_CHAIN);
	attack_payload_hash(blob, &h);
	attack_commit(w, &h, &w->tc->key, oid);
	attack_refused(w, name, oid, ERR_FORMAT);
	buf_release(&content);
}

static void test_payload(void **state)
{
	uint64_t seed = seed_start();
	struct buf blob = BUF_INIT;
	char name[40];
	struct world w;

	(void)state;
	world_start(&w);
	buf_addb(&blob, slice_buf(&w.due.payload));
	for (size_t i = 0; i < blob.n; i++) {
		unsigned char was = blob.p[i];

		blob.p[i] ^= (unsigned char)(1 << seed_next(&seed) % 8);
		snprintf(name, sizeof name, "payload %zu, %02x for %02x", i,
		    blob.p[i], was);
		try_blob(&w, name, slice_buf(&blob));
		blob.p[i] = was;
	}
	for (size_t n = 0; n < blob.n; n++) {
		snprintf(name, sizeof name, "payload cut at %zu", n);
		try_blob(&w, name, slice_of(blob.p, n));
	}
	for (int i = 0; i < 32; i++) {
		buf_addc(&blob, (unsigned char)seed_next(&seed));
		snprintf(name, sizeof name, "payload and %d bytes", i + 1);
		try_blob(&w, name, slice_buf(&blob));
	}
	buf_release(&blob);
	world_others(&w);
	world_accept(&w);
	world_end(&w);
}

/* What gets to the decompressor and the decoder when the one who signs is
 * the forger: no bit of it may do harm, whatever it then means. */
static void test_parsers(void **state)
{
	struct err e = {0};
	size_t refused = 0;
	struct batch b;
	struct world w;

	(void)state;
	world_start(&w);
	assert_true(same_content(&w, slice_buf(&w.clear)));
	for (size_t i = 0; i < w.clear.n * 8; i++, w.tried++) {
		w.clear.p[i / 8] ^= (unsigned char)(1 << i % 8);
		if (!same_content(&w, slice_buf(&w.clear)))
			refused++;
		w.clear.p[i / 8] ^= (unsigned char)(1 << i % 8);
	}
	if (refused < w.clear.n * 8 * 9 / 10)
		fail_msg("%zu of %zu bits mean nothing",
		    w.clear.n * 8 - refused, w.clear.n * 8);
	for (size_t i = 0; i < w.raw.n * 8; i++, w.tried++) {
		enum err_code rc;

		w.raw.p[i / 8] ^= (unsigned char)(1 << i % 8);
		batch_init(&b, w.tc->catalogue);
		rc = codec_decode(slice_buf(&w.raw), &b, &e);
		if (rc && rc != ERR_FORMAT && rc != ERR_NEWER)
			fail_msg("raw bit %zu: %s: %s", i, err_name(rc),
			    e.detail);
		batch_release(&b);
		w.raw.p[i / 8] ^= (unsigned char)(1 << i % 8);
	}
	world_accept(&w);
	world_end(&w);
}

#define BEGIN "-----BEGIN SSH SIGNATURE-----\n"
#define END "-----END SSH SIGNATURE-----\n"

/* Every bit inside the armor, armored again. */
static void test_signature(void **state)
{
	struct buf armored = BUF_INIT, digits = BUF_INIT, blob = BUF_INIT;
	struct slice text;
	struct err e = {0};
	struct world w;

	(void)state;
	world_start(&w);
	text = slice_buf(&w.due.text);
	for (size_t at = strlen(BEGIN); at + strlen(END) < w.due.armored.n;
	    at++)
		if (w.due.armored.p[at] != '\n')
			buf_addc(&digits, w.due.armored.p[at]);
	assert_true(base64_decode(slice_buf(&digits), &blob));
	/* i 0 changes nothing: the canary of this loop */
	for (size_t i = 0; i <= blob.n * 8; i++, w.tried++) {
		unsigned char bit = (unsigned char)(i ? 1 << i % 8 : 0);
		size_t at = i ? (i - 1) / 8 : 0;

		blob.p[at] ^= bit;
		buf_clear(&digits);
		base64_add(&digits, slice_buf(&blob));
		buf_clear(&armored);
		buf_adds(&armored, BEGIN);
		for (size_t k = 0; k < digits.n; k += 70) {
			buf_add(&armored, digits.p + k,
			    digits.n - k < 70 ? digits.n - k : 70);
			buf_addc(&armored, '\n');
		}
		buf_adds(&armored, END);
		if ((sshsig_verify(w.tc->key.public, "git", text,
		    slice_buf(&armored), &e) == OK) != (i == 0))
			fail_msg("signature byte %zu ^ %02x: %s", at, bit,
			    i ? "verified" : e.detail);
		blob.p[at] ^= bit;
	}
	buf_release(&armored);
	buf_release(&digits);
	buf_release(&blob);
	world_end(&w);
}

/* ---- the tree ---- */

static void test_trees(void **state)
{
	/* entries end with ';', each with the payload's blob */
	static const char *const trees[] = {
		"", "100644 Changeset;", "100644 changeset ;",
		"100644 changesets;", "100644 changese;", "100644 a/b;",
		"100644 ../changeset;", "100644 .git;",
		"100755 changeset;", "120000 changeset;", "40000 changeset;",
		"160000 changeset;", "100664 changeset;", "0100644 changeset;",
		"644 changeset;", " changeset;", "100644  changeset;",
		"100644 changeset;100644 changeset;",
		"100644 changeset;100644 other;", "100644 a;100644 changeset;",
		"40000 a;100644 changeset;", "100644;",
	};
	struct world w;
	char blob[OID_HEX], oid[OID_HEX];

	(void)state;
	world_start(&w);
	attack_object(w.o.hq, OBJECT_BLOB, slice_buf(&w.due.payload), blob);
	for (size_t i = 0; i < COUNT(trees); i++) {
		struct header h = w.due.h;
		struct buf tree = BUF_INIT;

		for (const char *p = trees[i]; *p; p += strcspn(p, ";") + 1)
			attack_entry(&tree, slice_of(p, strcspn(p, ";")),
			    blob);
		attack_tree(&w, slice_buf(&tree), &h);
		attack_commit(&w, &h, &w.tc->key, oid);
		attack_seen(&w, trees[i], oid, ERR_FORMAT);
		buf_release(&tree);
	}
	world_others(&w);
	world_accept(&w);
	world_end(&w);
}

/* Objects that are of another kind, or not there. */
static void test_objects(void **state)
{
	static const char missing[] =
	    "0123456789abcdef0123456789abcdef01234567";
	struct buf tree = BUF_INIT;
	struct header h;
	struct world w;
	char oid[OID_HEX];

	(void)state;
	world_start(&w);
	h = w.due.h;
	PUT(h.tree, missing);
	attack_commit(&w, &h, &w.tc->key, oid);
	attack_seen(&w, "no tree", oid, ERR_NOT_FOUND);
	PUT(h.tree, w.good.commit);
	attack_commit(&w, &h, &w.tc->key, oid);
	attack_seen(&w, "a commit for a tree", oid, ERR_CORRUPT);
	attack_object(w.o.hq, OBJECT_BLOB, slice_str("x"), h.tree);
	attack_commit(&w, &h, &w.tc->key, oid);
	attack_seen(&w, "a blob for a tree", oid, ERR_CORRUPT);
	attack_entry(&tree, FILE_ENTRY, missing);
	attack_tree(&w, slice_buf(&tree), &h);
	attack_commit(&w, &h, &w.tc->key, oid);
	attack_seen(&w, "no blob", oid, ERR_NOT_FOUND);
	buf_clear(&tree);
	attack_entry(&tree, FILE_ENTRY, w.good.commit);
	attack_tree(&w, slice_buf(&tree), &h);
	attack_commit(&w, &h, &w.tc->key, oid);
	attack_seen(&w, "a commit for a blob", oid, ERR_CORRUPT);
	attack_seen(&w, "a tree at the tip", w.due.h.tree, ERR_CORRUPT);
	attack_object(w.o.hq, OBJECT_BLOB, slice_str("x"), oid);
	attack_seen(&w, "a blob at the tip", oid, ERR_CORRUPT);
	buf_release(&tree);
	world_others(&w);
	world_accept(&w);
	world_end(&w);
}

/* ---- the text, signed again by TC itself ---- */

#define HEX40 "0123456789abcdef0123456789abcdef01234567"

static const struct spelling {
	const char *from, *to;	/* to NULL: from is found, then left out */
	enum err_code want;
} spellings[] = {
	{ "Wellhead-Format: 1", "Wellhead-Format: 2", ERR_NEWER },
	{ "Wellhead-Format: 1", "Wellhead-Format: 999999", ERR_NEWER },
	{ "Wellhead-Format: 1", "Wellhead-Format: 0", ERR_FORMAT },
	{ "Wellhead-Format: 1", "Wellhead-Format: 1.0", ERR_FORMAT },
	{ "Wellhead-Format: 1\n", "", ERR_FORMAT },
	{ "Wellhead-Format: ", "Wellhead-format: ", ERR_FORMAT },
	{ "Wellhead-Org: ", "wellhead-org: ", ERR_FORMAT },
	{ "Wellhead-Seq: 4\n", "Wellhead-Seq: 4\nWellhead-Seq: 4\n",
	    ERR_FORMAT },
	{ "Wellhead-Seq: 4\n", "Wellhead-Seq: 4 \n", ERR_FORMAT },
	{ "Wellhead-Seq: 4\n", "Wellhead-Seq:4\n", ERR_FORMAT },
	{ "Wellhead-Seq: 4\n", "Wellhead-Seq: 4\r\n", ERR_FORMAT },
	{ "Wellhead-Seq: 4\n", "Wellhead-Seq: 04\n", ERR_FORMAT },
	{ "Wellhead-Seq: 4\n", "Wellhead-Seq: -4\n", ERR_FORMAT },
	{ "Wellhead-Seq: 4\n", "Wellhead-Seq: 18446744073709551619\n",
	    ERR_FORMAT },
	{ "Wellhead-Seq: 4\n", "", ERR_FORMAT },
	{ "Wellhead-Seq: 4\n", "Wellhead-Seq: 3\n", ERR_CHAIN },
	{ "Wellhead-Seq: 4\n", "Wellhead-Seq: 5\n", ERR_CHAIN },
	{ "Wellhead-Seq: 4\n", "Wellhead-Seq: 0\n", ERR_FORMAT },
	{ "Wellhead-Seen: none\nWellhead-Key: ",
	    "Wellhead-Key: none\nWellhead-Seen: ", ERR_FORMAT },
	{ "Wellhead-Seen: none\n", "", ERR_FORMAT },
	{ "Wellhead-Seen: none\n", "Wellhead-Seen: None\n", ERR_FORMAT },
	{ "Wellhead-Key: ", "Wellhead-More: 1\nWellhead-Key: ", ERR_FORMAT },
	{ "Wellhead-Key: ", "Wellhead-Key: none\n\n", ERR_FORMAT },
	{ "Wellhead-Key: ", "Wellhead-Key: 0", ERR_FORMAT },
	{ "Wellhead-Key: ", "Wellhead-Key: none", ERR_FORMAT },
	{ "Wellhead-Key: ", "Wellhead-Key: \n", ERR_FORMAT },
	{ "Wellhead-Dict: 0\n", "Wellhead-Dict: 4\n", ERR_FORMAT },
	{ "Wellhead-Dict: 0\n", "Wellhead-Dict: 99\n", ERR_FORMAT },
	{ "Wellhead-Dict: 0\n", "Wellhead-Dict: none\n", ERR_FORMAT },
	{ "Wellhead-Chain: node/TC/", "Wellhead-Chain: node/../TC/",
	    ERR_FORMAT },
	{ "Wellhead-Chain: node/TC/", "Wellhead-Chain: node/NB/", ERR_CHAIN },
	{ "Wellhead-Chain: node/TC/", "Wellhead-Chain: node/tc/", ERR_CHAIN },
	{ "Wellhead-Chain: node/TC/", "Wellhead-Chain: hq/TC/", ERR_CHAIN },
	{ "Wellhead-Chain: node/TC/", "Wellhead-Chain: hq/all/", ERR_CHAIN },
	{ "Wellhead-Chain: node/TC/", "Wellhead-Chain: /", ERR_FORMAT },
	{ "committer TC", "committer NB", ERR_FORMAT },
	{ "+0000\ncommitter", "+0100\ncommitter", ERR_FORMAT },
	{ "+0000\n\n", "+0000\nencoding GB18030\n\n", ERR_FORMAT },
	{ "+0000\n\n", "+0000\nmergetag x\n\n", ERR_FORMAT },
	{ "author TC", "parent " HEX40 "\nauthor TC", ERR_FORMAT },
	{ "\nauthor TC", "\nparent\nauthor TC", ERR_FORMAT },
	{ "tree ", "tree  ", ANY_REFUSAL },
	{ "author TC <TC@", "author TC <NB@", ERR_FORMAT },
	{ " sealed", "\tsealed", ERR_FORMAT },
};

static void replace(struct slice in, const char *from, const char *to,
    struct buf *out)
{
	const unsigned char *at = memmem(in.p, in.n, from, strlen(from));
	size_t head;

	if (!at)
		fail_msg("\"%s\" is not in:\n%.*s", from, (int)in.n,
		    (const char *)in.p);
	head = (size_t)(at - in.p);
	buf_clear(out);
	buf_add(out, in.p, head);
	buf_adds(out, to);
	buf_add(out, at + strlen(from), in.n - head - strlen(from));
}

static void test_spellings(void **state)
{
	struct buf text = BUF_INIT, content = BUF_INIT;
	struct world w;
	char oid[OID_HEX];

	(void)state;
	world_start(&w);
	/* the canary of attack_sign(): the same text gives the same commit */
	attack_sign(slice_buf(&w.due.text), &w.tc->key, &content);
	assert_true(slice_eq(slice_buf(&content), slice_buf(&w.content)));
	for (size_t i = 0; i < COUNT(spellings); i++) {
		const struct spelling *s = &spellings[i];

		replace(slice_buf(&w.due.text), s->from, s->to, &text);
		attack_sign(slice_buf(&text), &w.tc->key, &content);
		attack_object(w.o.hq, OBJECT_COMMIT, slice_buf(&content), oid);
		attack_seen(&w, s->to, oid, s->want);
	}
	buf_release(&text);
	buf_release(&content);
	world_others(&w);
	world_accept(&w);
	world_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bits),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_payload),
		cmocka_unit_test(test_parsers),
		cmocka_unit_test(test_signature),
		cmocka_unit_test(test_trees),
		cmocka_unit_test(test_objects),
		cmocka_unit_test(test_spellings),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	printf("%zu forged inputs, none taken\n", attack_count);
	return failed;
}
