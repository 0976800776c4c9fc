/* Sealing: keys, nonces and boxes; what is sealed opens for who has the key,
 * as it was, and not at all otherwise.
 */
#include "attack.h"
#include "box.h"

static void fill(unsigned char *p, size_t n, uint64_t *seed)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char)seed_next(seed);
}

/* ---- bytes ---- */

static void test_box(void **state)
{
	unsigned char key[BOX_KEY], nonce[BOX_NONCE], text[200];
	uint64_t seed = seed_start();
	struct err e = {0};

	(void)state;
	for (size_t n = 0; n < sizeof text; n += 7) {
		struct buf sealed = BUF_INIT, out = BUF_INIT;
		enum err_code rc;

		fill(key, sizeof key, &seed);
		fill(nonce, sizeof nonce, &seed);
		fill(text, sizeof text, &seed);
		WANT(box_seal(key, nonce, slice_of(text, n), &sealed, &e), e);
		assert_int_equal(sealed.n, n + BOX_TAG);
		WANT(box_open(key, nonce, slice_buf(&sealed), &out, &e), e);
		assert_true(slice_eq(slice_buf(&out), slice_of(text, n)));
		for (size_t bit = 0; bit < sealed.n * 8; bit++) {
			sealed.p[bit / 8] ^= (unsigned char)(1 << bit % 8);
			rc = box_open(key, nonce, slice_buf(&sealed), &out,
			    &e);
			assert_int_equal(rc, ERR_SEALED);
			sealed.p[bit / 8] ^= (unsigned char)(1 << bit % 8);
		}
		for (size_t cut = 0; cut < sealed.n; cut++)
			assert_int_equal(box_open(key, nonce,
			    slice_of(sealed.p, cut), &out, &e), ERR_SEALED);
		for (size_t bit = 0; bit < BOX_KEY * 8; bit += 11) {
			key[bit / 8] ^= (unsigned char)(1 << bit % 8);
			assert_int_equal(box_open(key, nonce,
			    slice_buf(&sealed), &out, &e), ERR_SEALED);
			key[bit / 8] ^= (unsigned char)(1 << bit % 8);
		}
		nonce[n % BOX_NONCE] ^= 1;
		assert_int_equal(box_open(key, nonce, slice_buf(&sealed),
		    &out, &e), ERR_SEALED);
		assert_int_equal(out.n, n);	/* failures added nothing */
		buf_release(&sealed);
		buf_release(&out);
	}
}

static void test_box_to(void **state)
{
	struct key ours, theirs;
	struct buf box = BUF_INIT, out = BUF_INIT;
	struct slice text = slice_str("32 bytes of some chain's key ...");
	static const unsigned char bad[KEY_PUBLIC] = { 2 };
	struct err e = {0};

	(void)state;
	key_make(&ours);
	key_make(&theirs);
	WANT(box_to(ours.public, text, &box, &e), e);
	assert_int_equal(box.n, text.n + BOX_TO_MORE);
	WANT(box_of(&ours, slice_buf(&box), &out, &e), e);
	assert_true(slice_eq(slice_buf(&out), text));
	assert_int_equal(box_of(&theirs, slice_buf(&box), &out, &e),
	    ERR_SEALED);
	for (size_t i = 0; i < box.n; i++) {
		box.p[i] ^= 0x10;
		assert_int_equal(box_of(&ours, slice_buf(&box), &out, &e),
		    ERR_SEALED);
		box.p[i] ^= 0x10;
		assert_int_equal(box_of(&ours, slice_of(box.p, i), &out, &e),
		    ERR_SEALED);
	}
	assert_int_equal(box_to(bad, text, &box, &e), ERR_KEY);
	buf_release(&box);
	buf_release(&out);
	key_release(&ours);
	key_release(&theirs);
}

/* The vector of draft-irtf-cfrg-xchacha-03 is libsodium's to pass; the id of
 * a key is ours: sha256sum of the word, a NUL and the key. */
static void test_key_id(void **state)
{
	unsigned char key[BOX_KEY] = {0}, chain[32], record[32];
	char hex[65];

	(void)state;
	box_key_id(BOX_CHAIN, key, chain);
	box_key_id("another word", key, record);
	hex_text(chain, sizeof chain, hex);
	assert_string_equal(hex, "afda76695c96777def3a99d8d2446842"
	    "1a4dc44d8ae447035829c306b3028275");
	assert_memory_not_equal(chain, record, sizeof chain);
}

/* ---- changesets ---- */

/* The due changeset under a header that TC signs, once changed. */
static void refused(struct world *w, const char *name, struct slice blob,
    const struct header *like, enum err_code want)
{
	struct header h = *like;
	char oid[OID_HEX];

	attack_blob(w, blob, &h);
	attack_payload_hash(blob, &h);
	attack_commit(w, &h, &w->tc->key, oid);
	attack_refused(w, name, oid, want);
}

/* Payloads of other changesets and chains, sealed with the same key or
 * another; keys that nobody has; what must not be open, or sealed. */
static void test_swapped(void **state)
{
	struct link before = {0};
	struct buf theirs = BUF_INIT;
	struct header h;
	struct err e = {0};
	struct world w;

	(void)state;
	world_start(&w);
	WANT(link_open(w.tc, w.good.commit, &before, &e), e);
	WANT(link_payload(w.tc, &before, &e), e);
	refused(&w, "the payload before it", slice_buf(&before.payload),
	    &w.due.h, ERR_FORMAT);
	h = w.due.h;
	memcpy(h.root, before.h.root, sizeof h.root);
	refused(&w, "its own under another root", slice_buf(&w.due.payload),
	    &h, ERR_FORMAT);
	h = w.due.h;
	h.key[5] = h.key[5] == '0' ? '1' : '0';
	refused(&w, "a key that is not here", slice_buf(&w.due.payload), &h,
	    ERR_SEALED);
	h = w.due.h;
	snprintf(h.key, sizeof h.key, "none");
	refused(&w, "open, it says", slice_buf(&w.due.payload), &h,
	    ERR_FORMAT);
	refused(&w, "open, and is", slice_buf(&w.clear), &h, ERR_FORMAT);
	/* NB's key is at headquarters, too */
	h = w.due.h;
	snprintf(h.chain, sizeof h.chain, "node/NB");
	buf_addb(&theirs, slice_buf(&w.clear));
	WANT(share_seal(w.nb, &h, &theirs, &e), e);
	memcpy(h.chain, w.due.h.chain, sizeof h.chain);
	snprintf(h.key, sizeof h.key, "%s", w.due.h.key);
	refused(&w, "sealed with NB's key, it says TC's", slice_buf(&theirs),
	    &h, ERR_FORMAT);
	link_release(&before);
	buf_release(&theirs);
	world_accept(&w);
	world_end(&w);
}

/* Rows that hand keys out, badly made, in TC's chain. */
static void test_shares(void **state)
{
	static const struct {
		const char *name, *chain, *reader;
		size_t key, box;
		enum err_code want;
	} rows[] = {
		{ "another chain's", "node/NB", "HQ", 32, 80, ERR_FOREIGN },
		{ "headquarters'", "hq/all", "HQ", 32, 80, ERR_FOREIGN },
		{ "no reader", "node/TC", "", 32, 80, ERR_FORMAT },
		{ "no chain", "", "HQ", 32, 80, ERR_FORMAT },
		{ "a short id", "node/TC", "HQ", 31, 80, ERR_FORMAT },
		{ "a short box", "node/TC", "HQ", 32, 79, ERR_FORMAT },
		{ "a long box", "node/TC", "HQ", 32, 81, ERR_FORMAT },
	};
	unsigned char bytes[81] = {0};
	struct buf raw = BUF_INIT;
	struct header h;
	struct err e = {0};
	struct world w;
	struct batch b;
	struct value *cell;
	char oid[OID_HEX];

	(void)state;
	world_start(&w);
	for (size_t i = 0; i < COUNT(rows); i++) {
		batch_init(&b, w.tc->catalogue);
		cell = batch_row(&b, NULL, TABLE_SHARE);
		assert_non_null(cell);
		cell[SHARE_STAMP] = value_int(w.good.last + 65536 * 1000);
		cell[SHARE_CHAIN] = value_str(rows[i].chain);
		cell[SHARE_READER] = value_str(rows[i].reader);
		cell[SHARE_KEY] = value_bytes(slice_of(bytes, rows[i].key));
		cell[SHARE_BOX] = value_bytes(slice_of(bytes, rows[i].box));
		buf_clear(&raw);
		WANT(codec_encode(&b, &raw, &e), e);
		h = w.due.h;
		attack_raw(&w, slice_buf(&raw), &h);
		attack_commit(&w, &h, &w.tc->key, oid);
		attack_refused(&w, rows[i].name, oid, rows[i].want);
		batch_release(&b);
	}
	buf_release(&raw);
	world_accept(&w);
	world_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_box),
		cmocka_unit_test(test_box_to),
		cmocka_unit_test(test_key_id),
		cmocka_unit_test(test_swapped),
		cmocka_unit_test(test_shares),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
