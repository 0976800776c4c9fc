/* Rows that hand chains' keys out, two with one stamp: two copies of a node
 * have used it. The same row again is no second one.
 */
#include "attack.h"
#include "share_row.h"

static void keep(struct node *n, const struct share_row *r,
    enum err_code want)
{
	struct err e = {0};
	enum err_code rc;

	WANT(store_begin(n->store, &e), e);
	rc = share_keep(n->store, r, &e);
	if (rc != want)
		fail_msg("wanted %s, got %s: %s", err_name(want),
		    err_name(rc), e.detail);
	if (rc)
		store_rollback(n->store);
	else
		WANT(store_commit(n->store, &e), e);
}

static bool has(struct node *n, const char *reader,
    const unsigned char key[32])
{
	struct err e = {0};
	bool yes = false;

	WANT(share_has(n->store, reader, key, &yes, &e), e);
	return yes;
}

/* Every part of the row counts. */
static void test_kept(void **state)
{
	struct share_row row = { .stamp = 65536 * 1000 + 1,
		.chain = "node/TC", .reader = "HQ" }, other;
	struct world w;

	(void)state;
	world_start(&w);
	memset(row.key, 1, sizeof row.key);
	memset(row.box, 2, sizeof row.box);
	keep(w.o.hq, &row, OK);
	keep(w.o.hq, &row, OK);
	other = row;
	snprintf(other.chain, sizeof other.chain, "node/NB");
	keep(w.o.hq, &other, ERR_COLLISION);
	other = row;
	snprintf(other.reader, sizeof other.reader, "NB");
	keep(w.o.hq, &other, ERR_COLLISION);
	assert_false(has(w.o.hq, "NB", row.key));
	other = row;
	other.key[31] ^= 1;
	keep(w.o.hq, &other, ERR_COLLISION);
	assert_false(has(w.o.hq, "HQ", other.key));
	other = row;
	other.box[79] ^= 1;
	keep(w.o.hq, &other, ERR_COLLISION);
	assert_true(has(w.o.hq, "HQ", row.key));
	world_end(&w);
}

/* One that another life of TC has sealed comes second: its changeset is
 * refused as a whole, and a receipt says why. */
static void test_refused(void **state)
{
	struct share_row row = { .chain = "node/TC", .reader = "HQ" };
	struct buf raw = BUF_INIT;
	struct header h;
	struct err e = {0};
	struct world w;
	struct batch b;
	struct value *cell;
	char oid[OID_HEX];
	int64_t seq = 0;

	(void)state;
	world_start(&w);
	row.stamp = w.good.last + 65536 * 1000;
	memset(row.key, 1, sizeof row.key);
	keep(w.o.hq, &row, OK);
	attack_dump(w.o.hq, &w.dump);
	batch_init(&b, w.tc->catalogue);
	cell = batch_row(&b, NULL, TABLE_SHARE);
	assert_non_null(cell);
	row.box[0] = 1;
	cell[SHARE_STAMP] = value_int(row.stamp);
	cell[SHARE_CHAIN] = value_str(row.chain);
	cell[SHARE_READER] = value_str(row.reader);
	cell[SHARE_KEY] = value_bytes(slice_of(row.key, sizeof row.key));
	cell[SHARE_BOX] = value_bytes(slice_of(row.box, sizeof row.box));
	WANT(codec_encode(&b, &raw, &e), e);
	h = w.due.h;
	attack_raw(&w, slice_buf(&raw), &h);
	attack_commit(&w, &h, &w.tc->key, oid);
	attack_refused(&w, "a stamp that is used", oid, ERR_COLLISION);
	WANT(receipt_refused(w.o.hq->store, w.good.chain, w.good.epoch, NULL,
	    &seq, &e), e);
	assert_int_equal(seq, w.good.seq + 1);
	batch_release(&b);
	buf_release(&raw);
	world_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
