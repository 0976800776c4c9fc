/* Where chains stand, what was sent and answered, and what status makes of it.
 */
#include "history.h"

#include "position.h"

static struct fixture f;

static int setup(void **state)
{
	(void)state;
	fixture_open(&f, "XX");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fixture_close(&f);
	return 0;
}

static void test_position(void **state)
{
	struct position p, q;
	struct err e = {0};

	(void)state;
	assert_int_equal(position_get(f.store, "node/TC", "e1", &p, &e), OK);
	assert_int_equal(p.seq, 0);
	assert_string_equal(p.chain, "node/TC");
	p.seq = 7;
	p.last = 99;
	snprintf(p.stopped, sizeof p.stopped, "E_CHAIN");
	assert_int_equal(position_set(f.store, &p, &e), OK);
	assert_int_equal(position_get(f.store, "node/TC", "e1", &q, &e), OK);
	assert_memory_equal(&p, &q, sizeof p);
}

static void test_receipts_and_status(void **state)
{
	const char *epoch = store_identity(f.store)->epoch;
	struct changeset_row c = { .chain = "node/XX" };
	struct receipt_row r = { .chain = "node/XX", .from_seq = 1,
		.to_seq = 2, .arrived_ms = 50, .result = "applied" };
	struct position p = { .chain = "node/XX", .seq = 5 };
	char life[48];
	struct status st;
	struct err e = {0};
	int64_t seq, at;

	(void)state;
	snprintf(life, sizeof life, "life/%032d", 7);
	snprintf(c.epoch, sizeof c.epoch, "%s", epoch);
	snprintf(r.epoch, sizeof r.epoch, "%s", epoch);
	for (c.seq = 1; c.seq <= 5; c.seq++)
		assert_int_equal(changeset_add(f.store, &c, &e), OK);
	assert_int_equal(sent_set(f.store, "hq", "node/XX", epoch, 4, &e),
	    OK);
	assert_int_equal(receipt_add(f.store, &r, &e), OK);
	assert_int_equal(receipt_add(f.store, &r, &e), OK);
	r.from_seq = r.to_seq = 3;
	r.arrived_ms = 60;
	snprintf(r.result, sizeof r.result, "refused");
	assert_int_equal(receipt_add(f.store, &r, &e), OK);
	assert_int_equal(receipt_newest(f.store, "node/XX", epoch, &seq, &at,
	    &e), OK);
	assert_int_equal(seq, 2);
	assert_int_equal(at, 60);
	assert_int_equal(sent_get(f.store, "usb", "node/XX", epoch, &seq,
	    &e), OK);
	assert_int_equal(seq, 0);
	snprintf(p.epoch, sizeof p.epoch, "%s", epoch);
	assert_int_equal(position_set(f.store, &p, &e), OK);
	assert_int_equal(status_read(f.store, &st, &e), OK);
	assert_int_equal(st.unsent, 1);
	assert_int_equal(st.unreceipted, 2);	/* refused is an answer */
	assert_int_equal(st.unsealed, 0);
	assert_int_equal(st.newest_receipt_ms, 60);
	r.from_seq = r.to_seq = 5;
	snprintf(r.result, sizeof r.result, "held");
	assert_int_equal(receipt_add(f.store, &r, &e), OK);
	assert_int_equal(status_read(f.store, &st, &e), OK);
	assert_int_equal(st.unreceipted, 0);
	/* a former epoch counts until it is done with */
	snprintf(p.epoch, sizeof p.epoch, "%032d", 7);
	p.seq = 2;
	assert_int_equal(position_set(f.store, &p, &e), OK);
	assert_int_equal(store_meta_set(f.store, life, slice_str("-"), &e),
	    OK);
	assert_int_equal(status_read(f.store, &st, &e), OK);
	assert_int_equal(st.unsent, 3);
	assert_int_equal(st.unreceipted, 2);
	assert_int_equal(store_meta_set(f.store, life, slice_str("1"), &e),
	    OK);
	assert_int_equal(status_read(f.store, &st, &e), OK);
	assert_int_equal(st.unsent, 1);
	assert_int_equal(st.unreceipted, 0);
}

static void test_remotes(void **state)
{
	struct remote_row r;
	struct err e = {0};
	char big[1200];

	(void)state;
	memset(big, 'a', sizeof big);
	big[sizeof big - 1] = 0;
	assert_int_equal(remote_add(f.store, "hq", "/r", &e), OK);
	assert_int_equal(remote_add(f.store, "hq", "/q", &e), ERR_EXISTS);
	assert_int_equal(remote_add(f.store, "big", big, &e), ERR_TOO_BIG);
	assert_int_equal(remote_add(f.store, "", "/q", &e), ERR_TOO_BIG);
	assert_int_equal(remote_get(f.store, "hq", &r, &e), OK);
	assert_string_equal(r.url, "/r");
	assert_int_equal(sent_set(f.store, "hq", "node/XX", "", 4, &e), OK);
	assert_int_equal(remote_remove(f.store, "hq", &e), OK);
	assert_int_equal(remote_remove(f.store, "hq", &e), ERR_NOT_FOUND);
	assert_int_equal(history_ask(f.store, "SELECT count(*) FROM sent",
	    NULL, 0), 0);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_position), TEST(test_receipts_and_status),
		TEST(test_remotes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
