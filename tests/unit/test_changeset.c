/* The changeset's commit: writing, strict reading, forged input, and what
 * stock git says of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/text.h"
#include "changeset.h"
#include "hash.h"
#include "repo.h"
#include "shell.h"
#include "sshsig.h"

#define HEX64 "0123456789abcdef0123456789abcdef" \
	"0123456789abcdef0123456789abcdef"
#define TREE "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

static void put(char *out, size_t size, const char *text)
{
	assert_true(snprintf(out, size, "%s", text) < (int)size);
}
#define PUT(field, text) put(field, sizeof(field), text)

static struct header sample(int64_t seq)
{
	struct header h = { .seq = seq, .raw_len = 1234, .sealed = 1646730902 };

	PUT(h.org, "00112233445566778899aabbccddeeff");
	PUT(h.org_short, "0011223344556677");
	PUT(h.chain, "node/TC");
	PUT(h.epoch, "1a2b3c4d5e6f708192a3b4c5d6e7f809");
	PUT(h.prev, seq == 1 ? "none" : HEX64);
	PUT(h.payload, HEX64);
	PUT(h.root, HEX64);
	PUT(h.seen, "none");
	PUT(h.key, "none");
	PUT(h.author, "TC");
	PUT(h.subject, "17 records: 3 care_visit, 9 activity; 4 edits");
	PUT(h.tree, TREE);
	PUT(h.parent, seq == 1 ? "" : TREE);
	return h;
}

static void sign(const struct header *h, const struct key *k, struct buf *out)
{
	struct err e = { 0 };

	if (changeset_sign(h, k, out, &e) != OK)
		fail_msg("%s: %s", err_name(e.code), e.detail);
}

static void test_round_trip(void **state)
{
	struct buf content = BUF_INIT, text = BUF_INIT, armored = BUF_INIT;
	struct err e = { 0 };
	struct key k;
	int64_t seq;

	(void)state;
	key_make(&k);
	for (seq = 1; seq < 4; seq++) {
		struct header in = sample(seq), out;

		buf_clear(&content);
		sign(&in, &k, &content);
		if (changeset_parse(slice_buf(&content), &out, &text,
		    &armored, &e) != OK)
			fail_msg("%s: %s", err_name(e.code), e.detail);
		assert_memory_equal(&in, &out, sizeof(in));
		assert_int_equal(sshsig_verify(k.public, "git",
		    slice_buf(&text), slice_buf(&armored), &e), OK);
	}
	buf_release(&content);
	buf_release(&text);
	buf_release(&armored);
	key_release(&k);
}

/* One field spoiled: neither written nor read. */
static const struct spoil {
	const char *name;
	size_t at;
	const char *value;
} spoils[] = {
#define F(field, value) { #field, offsetof(struct header, field), value }
	F(org, ""), F(org, "00112233445566778899aabbccddee"),
	F(org, "00112233445566778899AABBCCDDEEFF"),
	F(org_short, "0011223344556678"), F(chain, "node/"),
	F(chain, "node/.x"), F(chain, "node/a..b"), F(chain, "other/TC"),
	F(chain, "node/a/b"), F(epoch, "1a2b3c4d"), F(prev, "none"),
	F(prev, "None"), F(prev, "12"), F(payload, "none"), F(root, ""),
	F(seen, ""), F(key, "x"), F(author, ""), F(author, "-TC"),
	F(author, "T C"), F(author, "a>b"), F(subject, ""),
	F(subject, " leading"), F(subject, "trailing "),
	F(subject, "two\nlines"), F(subject, "bad \xff utf"), F(tree, "none"),
	F(parent, ""), F(parent, "4b825dc6"),
#undef F
};

static void test_spoiled_fields(void **state)
{
	struct buf out = BUF_INIT;
	struct err e = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(spoils) / sizeof(spoils[0]); i++) {
		struct header h = sample(7);
		char *field = (char *)&h + spoils[i].at;
		enum err_code rc;

		memcpy(field, spoils[i].value, strlen(spoils[i].value) + 1);
		rc = changeset_text(&h, &out, &e);
		if (rc != ERR_FORMAT)
			fail_msg("%s = \"%s\": %s, expected E_FORMAT",
			    spoils[i].name, spoils[i].value, err_name(rc));
	}
	buf_release(&out);
}

static void test_spoiled_numbers(void **state)
{
	static const struct { int64_t seq, raw, dict, sealed; } cases[] = {
		{ 0, 1, 0, 1 }, { -1, 1, 0, 1 }, { 7, -1, 0, 1 },
		{ 7, (16 << 20) + 1, 0, 1 }, { 7, 1, 7, 1 }, { 7, 1, -1, 1 },
		{ 7, 1, 0, -1 }, { 7, 1, 0, INT64_MAX },
	};
	struct buf out = BUF_INIT;
	struct err e = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct header h = sample(7);

		h.seq = cases[i].seq;
		h.raw_len = cases[i].raw;
		h.dict = cases[i].dict;
		h.sealed = cases[i].sealed;
		if (changeset_text(&h, &out, &e) != ERR_FORMAT)
			fail_msg("numbers %zu were written", i);
	}
	buf_release(&out);
}

/* Text replaced in a good commit; what reading must say. */
static const struct forge {
	const char *from, *to;
	enum err_code code;
} forges[] = {
	{ "Wellhead-Format: 1", "Wellhead-Format: 2", ERR_NEWER },
	{ "Wellhead-Format: 1", "Wellhead-Format: 0", ERR_FORMAT },
	{ "Wellhead-Format: 1", "Wellhead-Format: 01", ERR_FORMAT },
	{ "Wellhead-Format: 1", "Wellhead-format: 1", ERR_FORMAT },
	{ "Wellhead-Seq: 7", "Wellhead-Seq: 07", ERR_FORMAT },
	{ "Wellhead-Seq: 7", "Wellhead-Seq: +7", ERR_FORMAT },
	{ "Wellhead-Seq: 7", "Wellhead-Seq: 99999999999999999999999",
	    ERR_FORMAT },
	{ "Wellhead-Seq: 7\n", "Wellhead-Seq: 7\nWellhead-Seq: 7\n",
	    ERR_FORMAT },
	{ "Wellhead-Seen: none\n", "", ERR_FORMAT },
	{ "Wellhead-Key: none\n", "Wellhead-Key: none\nMore: x\n", ERR_FORMAT },
	{ "Wellhead-Key: none\n", "Wellhead-Key: none", ERR_FORMAT },
	{ "committer TC", "committer NB", ERR_FORMAT },
	{ "+0000\ncommitter", "+0800\ncommitter", ERR_FORMAT },
	{ "+0000\ngpgsig", "+0000\nencoding GBK\ngpgsig", ERR_FORMAT },
	{ "author ", "parent " TREE "\nauthor ", ERR_FORMAT },
	{ "author ", "author  ", ERR_FORMAT },
	{ "tree ", "gpgsig x\ntree ", ERR_FORMAT },
	{ "-----END SSH SIGNATURE-----\n",
	    "-----END SSH SIGNATURE-----\ngpgsig again\n", ERR_FORMAT },
	{ "-----END SSH SIGNATURE-----\n",
	    "-----END SSH SIGNATURE-----\nmergetag object x\n", ERR_FORMAT },
	{ "gpgsig -----BEGIN", "gpgsig-sha256 -----BEGIN", ERR_FORMAT },
	{ "tree ", "tree\t", ERR_FORMAT },
	{ "node/TC/1a", "node/T\x01/1a", ERR_FORMAT },
};

static void replace(struct slice in, const char *from, const char *to,
    struct buf *out)
{
	const unsigned char *at = memmem(in.p, in.n, from, strlen(from));
	size_t head;

	if (at == NULL)
		fail_msg("\"%s\" is not in the commit", from);
	head = (size_t)(at - in.p);
	buf_clear(out);
	buf_add(out, in.p, head);
	buf_adds(out, to);
	buf_add(out, at + strlen(from), in.n - head - strlen(from));
}

static void test_forged_text(void **state)
{
	struct buf good = BUF_INIT, bad = BUF_INIT, text = BUF_INIT;
	struct buf armored = BUF_INIT;
	struct header h = sample(7), out;
	struct err e = { 0 };
	struct key k;
	size_t i;

	(void)state;
	key_make(&k);
	sign(&h, &k, &good);
	for (i = 0; i < sizeof(forges) / sizeof(forges[0]); i++) {
		const struct forge *f = &forges[i];
		enum err_code rc;

		replace(slice_buf(&good), f->from, f->to, &bad);
		rc = changeset_parse(slice_buf(&bad), &out, &text, &armored,
		    &e);
		if (rc != f->code)
			fail_msg("\"%s\" for \"%s\": %s, expected %s", f->to,
			    f->from, err_name(rc), err_name(f->code));
	}
	buf_release(&good);
	buf_release(&bad);
	buf_release(&text);
	buf_release(&armored);
	key_release(&k);
}

/* Whatever one byte becomes, the commit is refused or its signature is. */
static void test_every_byte(void **state)
{
	struct buf good = BUF_INIT, text = BUF_INIT, armored = BUF_INIT;
	struct header h = sample(7), out;
	struct err e = { 0 };
	struct key k;
	size_t i;
	int bit;

	(void)state;
	key_make(&k);
	sign(&h, &k, &good);
	for (i = 0; i < good.n; i++)
		for (bit = 0; bit < 8; bit++) {
			good.p[i] ^= (unsigned char)(1 << bit);
			if (changeset_parse(slice_buf(&good), &out, &text,
			    &armored, &e) == OK &&
			    sshsig_verify(k.public, "git", slice_buf(&text),
			    slice_buf(&armored), &e) == OK)
				fail_msg("byte %zu bit %d went unseen", i, bit);
			good.p[i] ^= (unsigned char)(1 << bit);
		}
	for (i = 0; i < good.n; i++)
		assert_int_not_equal(changeset_parse(slice_of(good.p, i), &out,
		    &text, &armored, &e), OK);
	buf_release(&good);
	buf_release(&text);
	buf_release(&armored);
	key_release(&k);
}

static const struct name_case {
	const char *ref, *chain, *epoch8;	/* chain NULL: refused */
} names[] = {
	{ "refs/heads/node/TC/1a2b3c4d", "node/TC", "1a2b3c4d" },
	{ "refs/heads/node/TC-pit.2/00000000", "node/TC-pit.2", "00000000" },
	{ "refs/heads/node/A234567890123456/00000000",
	    "node/A234567890123456", "00000000" },
	{ "refs/heads/hq/all", "hq/all", "" },
	{ "refs/heads/hq/TC", "hq/TC", "" },
	{ "refs/heads/hq/TC/1a2b3c4d", NULL, NULL },
	{ "refs/heads/hq/", NULL, NULL },
	{ "refs/heads/hq/x.lock", NULL, NULL },
	{ "refs/heads/node/TC", NULL, NULL },
	{ "refs/heads/node/TC/1a2b3c4", NULL, NULL },
	{ "refs/heads/node/TC/1A2B3C4D", NULL, NULL },
	{ "refs/heads/node/TC/1a2b3c4g", NULL, NULL },
	{ "refs/heads/node/A2345678901234567/00000000", NULL, NULL },
	{ "refs/heads/node/../hq/00000000", NULL, NULL },
	{ "refs/heads/node/-x/00000000", NULL, NULL },
	{ "refs/heads/node//00000000", NULL, NULL },
	{ "refs/heads/node/\xe7\x94\xb0/00000000", NULL, NULL },
	{ "refs/heads/main", NULL, NULL },
	{ "refs/tags/hq/all", NULL, NULL },
	{ "", NULL, NULL },
};

static void test_names(void **state)
{
	char chain[CHAIN_NAME], epoch8[9], ref[80];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct name_case *c = &names[i];
		bool ok = chain_of_ref(c->ref, "refs/heads/", chain, epoch8);

		if (ok != (c->chain != NULL))
			fail_msg("\"%s\" was %s", c->ref,
			    ok ? "accepted" : "refused");
		if (!ok)
			continue;
		assert_string_equal(chain, c->chain);
		assert_string_equal(epoch8, c->epoch8);
		chain_ref(chain, epoch8, ref);
		assert_string_equal(ref, c->ref);
	}
}

static void hex_hash(struct slice s, char out[SHA_HEX])
{
	unsigned char hash[SHA256_LEN];
	struct buf hex = BUF_INIT;

	sha256(s, hash);
	hex_add(&hex, slice_of(hash, sizeof(hash)));
	put(out, SHA_HEX, (char *)hex.p);
	buf_release(&hex);
}

static void write_object(struct repo *r, enum object_kind kind,
    struct slice s, char oid[OID_HEX])
{
	struct err e = { 0 };

	if (repo_write(r, kind, s, oid, &e) != OK)
		fail_msg("%s: %s", err_name(e.code), e.detail);
}

/* A chain of n changesets as the header file says; gives the tip. */
static void write_chain(struct repo *r, const struct key *k, int64_t n,
    char tip[OID_HEX])
{
	struct buf content = BUF_INIT, tree = BUF_INIT;
	char prev[SHA_HEX] = "none", oid[OID_HEX];
	unsigned char raw[20];
	int64_t seq;

	tip[0] = '\0';
	for (seq = 1; seq <= n; seq++) {
		struct header h = sample(seq);

		hex_hash(slice_str("payload"), h.payload);
		write_object(r, OBJECT_BLOB, slice_str("payload"), oid);
		assert_true(hex_decode(slice_str(oid), raw, 20));
		buf_clear(&tree);
		buf_adds(&tree, "100644 changeset");
		buf_addc(&tree, 0);
		buf_add(&tree, raw, 20);
		write_object(r, OBJECT_TREE, slice_buf(&tree), h.tree);
		PUT(h.prev, prev);
		PUT(h.parent, tip);
		buf_clear(&content);
		sign(&h, k, &content);
		hex_hash(slice_buf(&content), prev);
		write_object(r, OBJECT_COMMIT, slice_buf(&content), tip);
	}
	buf_release(&content);
	buf_release(&tree);
}

/* Stock git takes the chain as its own. */
static void test_stock_git(void **state)
{
	char *folder = shell_folder(), *path = path_join(folder, "r.git");
	char *signers = path_join(folder, "signers"), tip[OID_HEX];
	struct buf line = BUF_INIT, out = BUF_INIT;
	struct repo *r = NULL;
	struct err e = { 0 };
	struct key k;

	(void)state;
	key_make(&k);
	if (repo_create(&r, path, &e) != OK)
		fail_msg("%s", e.detail);
	write_chain(r, &k, 3, tip);
	assert_int_equal(repo_ref_set(r, "refs/heads/node/TC/1a2b3c4d", "",
	    tip, &e), OK);
	repo_close(r);
	buf_adds(&line, "TC@0011223344556677 namespaces=\"git\" ");
	key_ssh_text(&line, k.public);
	buf_addc(&line, '\n');
	assert_int_equal(file_write(signers, slice_buf(&line), 0644, false,
	    &e), OK);
	assert_int_equal(shell(NULL, "cd %s && git fsck --strict && "
	    "for c in $(git rev-list %s); do git -c gpg.format=ssh "
	    "-c gpg.ssh.allowedSignersFile=%s verify-commit $c || exit 1; "
	    "done", path, tip, signers), 0);
	assert_int_equal(shell(&out, "cd %s && git log -1 "
	    "--format='%%an|%%ae|%%s|%%(trailers:key=Wellhead-Seq,valueonly,"
	    "separator=)|%%(trailers:key=Wellhead-Key,valueonly,separator=)' "
	    "%s", path, tip), 0);
	assert_string_equal((char *)out.p, "TC|TC@0011223344556677|17 records"
	    ": 3 care_visit, 9 activity; 4 edits|3|none\n");
	buf_release(&line);
	buf_release(&out);
	key_release(&k);
	free(signers);
	free(path);
	shell_remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_spoiled_fields),
		cmocka_unit_test(test_spoiled_numbers),
		cmocka_unit_test(test_forged_text),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_stock_git),
	};
	struct err e = { 0 };

	if (crypto_start(&e) != OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
