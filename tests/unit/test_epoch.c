/* Two lives of one node's store that have used the same stamp for different
 * records: both records stay, one of them under another id.
 */
#include "nodes.h"

#include <sodium.h>

#include "base/text.h"
#include "epoch.h"
#include "seed.h"
#include "store_db.h"

#define NOW 1840000000000	/* stamps have 19 digits by then */

static int64_t ask(struct node *n, const char *sql)
{
	sqlite3_stmt *q = NULL;
	struct err e = {0};
	int64_t got = -1;

	WANT(store_prepare(n->store, sql, &q, &e), e);
	if (sqlite3_step(q) == SQLITE_ROW)
		got = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return got;
}

/* A disk's image of the node's folder: its marker tells nothing. */
static void image(struct nodes *o, const char *from, const char *to)
{
	assert_int_equal(shell(NULL, "cd '%s' && cp -a %s %s && cd %s && "
	    "t=$(sed \"s/^inode .*/inode $(stat -c %%i marker)/\" marker) && "
	    "printf '%%s\\n' \"$t\" >marker", o->dir, from, to, to), 0);
}

static void remark(struct node *n, stamp_t id, const char *text)
{
	char ref[STAMP_DIGITS + 1];
	struct problems p = {0};
	struct err e = {0};
	json_t *in = json_pack("{s:s}", "remark", text);

	base32_stamp(ref, (uint64_t)id);
	WANT(record_edit(n->store, ref, in, "test", &p, &e), e);
	json_decref(in);
	problems_release(&p);
}

/* What the remote has is looked at before anything is sealed, as with a stick
 * that is read first. */
static void settle(struct nodes *o, const char *name, struct node *n)
{
	struct ingested in;
	struct err e = {0};
	bool again;

	assert_int_equal(shell(NULL, "git -C '%s/%s/repo.git' fetch -q "
	    "'%s/hq/repo.git' '+refs/heads/*:refs/remotes/hq/*'", o->dir,
	    name, o->dir), 0);
	WANT(ingest_all(n, "refs/remotes/hq/", &in, &e), e);
	WANT(epoch_settle(n, "hq", &again, &e), e);
}

/* In all of them: this many requests, and each remark is of its own. */
static void all_have(struct node *const *n, size_t nn, int64_t requests,
    int64_t remarks)
{
	for (size_t i = 0; i < nn; i++) {
		int64_t all = ask(n[i], "SELECT count(*) FROM request"),
		    of = ask(n[i], "SELECT count(*) FROM request WHERE "
		    "remark = 'of ' || content"),
		    any = ask(n[i], "SELECT count(*) FROM request WHERE "
		    "remark IS NOT NULL");

		if (all != requests || of != remarks || any != remarks)
			fail_msg("node %zu: %lld requests, %lld remarks, %lld "
			    "right; wanted %lld, %lld", i, (long long)all,
			    (long long)any, (long long)of,
			    (long long)requests, (long long)remarks);
		if (strstr(n[i]->notice, "not meant for"))
			fail_msg("node %zu: %s", i, n[i]->notice);
	}
}

/* Both lives enter at one moment of a clock that stands still. */
static void test_one_stamp(void **state)
{
	struct node *a, *b;
	struct nodes o;
	stamp_t x, y;

	(void)state;
	clock_fix(NOW);
	nodes_start(&o);
	a = nodes_add(&o, "TC", NULL);
	(void)nodes_sync(a);
	(void)nodes_sync(o.hq);
	(void)nodes_sync(a);
	node_close(a);
	image(&o, "TC", "copy");
	clock_fix(NOW + 60000);
	a = nodes_open(&o, "TC");
	b = nodes_open(&o, "copy");
	x = nodes_request(a, "one");
	y = nodes_request(b, "two");
	assert_int_equal(x, y);
	remark(a, x, "of one");
	remark(b, y, "of none");
	remark(b, y, "of two");
	(void)nodes_sync(a);
	(void)nodes_sync(b);
	assert_true(b->notice[0]);
	for (int i = 0; i < 3; i++) {
		(void)nodes_sync(o.hq);
		(void)nodes_sync(a);
		(void)nodes_sync(b);
	}
	assert_int_equal(ask(o.hq, "SELECT count(*) FROM request"), 2);
	assert_int_equal(ask(o.hq, "SELECT count(*) FROM request WHERE "
	    "remark = 'of ' || content"), 2);
	assert_int_equal(ask(b, "SELECT count(*) FROM request WHERE "
	    "remark = 'of ' || content"), 2);
	assert_int_equal(ask(a, "SELECT count(*) FROM request WHERE "
	    "remark = 'of ' || content"), 2);
	nodes_verify(o.hq);
	nodes_verify(a);
	nodes_verify(b);
	node_close(a);
	node_close(b);
	nodes_end(&o);
	clock_fix(0);
}

/* What is not sealed yet when its record must wait for another number. */
static void test_unsealed_waits(void **state)
{
	struct node *n[3];
	struct nodes o;
	stamp_t x, y;

	(void)state;
	clock_fix(NOW);
	nodes_start(&o);
	n[0] = nodes_add(&o, "TC", NULL);
	(void)nodes_sync(n[0]);
	(void)nodes_sync(o.hq);
	(void)nodes_sync(n[0]);
	node_close(n[0]);
	image(&o, "TC", "copy");
	clock_fix(NOW + 60000);
	n[0] = nodes_open(&o, "TC");
	n[1] = nodes_open(&o, "copy");
	x = nodes_request(n[0], "one");
	y = nodes_request(n[1], "two");
	assert_int_equal(x, y);
	(void)nodes_sync(n[0]);
	nodes_seal(n[1]);
	remark(n[1], y, "of two");
	settle(&o, "copy", n[1]);
	n[2] = o.hq;
	for (int i = 0; i < 4; i++)
		for (int k = 0; k < 3; k++)
			(void)nodes_sync(n[k]);
	all_have(n, 3, 2, 1);
	node_close(n[0]);
	node_close(n[1]);
	nodes_end(&o);
	clock_fix(0);
}

/* Two copies hold one row whose stamp the first folder has used, too: both
 * enter it again, and it is one row still. */
static void test_one_row(void **state)
{
	struct node *n[3];
	struct nodes o;

	(void)state;
	clock_fix(NOW);
	nodes_start(&o);
	n[0] = nodes_add(&o, "TC", NULL);
	(void)nodes_sync(n[0]);
	(void)nodes_sync(o.hq);
	(void)nodes_sync(n[0]);
	node_close(n[0]);
	image(&o, "TC", "copy");
	clock_fix(NOW + 60000);
	n[1] = nodes_open(&o, "copy");
	remark(n[1], nodes_request(n[1], "two"), "of two");
	node_close(n[1]);
	image(&o, "copy", "another");
	n[0] = nodes_open(&o, "TC");
	n[1] = nodes_open(&o, "copy");
	n[2] = nodes_open(&o, "another");
	(void)nodes_request(n[0], "one");
	for (int i = 0; i < 4; i++) {
		for (int k = 0; k < 3; k++)
			(void)nodes_sync(n[k]);
		(void)nodes_sync(o.hq);
	}
	assert_int_equal(ask(o.hq, "SELECT count(*) FROM request"), 2);
	for (int k = 0; k < 3; k++)
		assert_int_equal(ask(n[k], "SELECT count(*) FROM request "
		    "WHERE content = 'two' AND remark = 'of two'"), 1);
	for (int k = 0; k < 3; k++)
		node_close(n[k]);
	nodes_end(&o);
	clock_fix(0);
}

/* No stamps are left out, and each epoch's name is before the last one's. */
static void near_bytes(void *out, size_t n)
{
	static uint64_t seed = 1, epochs;
	unsigned char *p = out;

	for (size_t i = 0; i < n; i++)
		p[i] = n <= 4 ? 0 : (unsigned char)seed_next(&seed);
	if (n == 16)
		p[0] = (unsigned char)(255 - epochs++);
}

static const char *near_name(void)
{
	return "near";
}

static uint32_t near_number(void)
{
	return 0;
}

/* A neighbour takes one life's stamp before headquarters refuses it in favour
 * of the other's: it follows. */
static void test_other_order(void **state)
{
	static randombytes_implementation near = {
		.implementation_name = near_name,
		.random = near_number,
		.buf = near_bytes,
	};
	struct node *a, *b, *c;
	struct buf x, y;
	struct nodes o;

	(void)state;
	assert_int_equal(randombytes_set_implementation(&near), 0);
	clock_fix(NOW);
	nodes_start(&o);
	a = nodes_add(&o, "TC", NULL);
	c = nodes_add(&o, "TC2", "TC");
	for (int i = 0; i < 3; i++) {
		(void)nodes_sync(a);
		(void)nodes_sync(c);
		(void)nodes_sync(o.hq);
	}
	node_close(a);
	assert_int_equal(shell(NULL, "cd '%s' && cp -a TC copy", o.dir), 0);
	a = nodes_open(&o, "TC");
	b = nodes_open(&o, "copy");
	for (int i = 0; i < 6; i++)
		(void)nodes_request(a, "one");
	(void)nodes_request(b, "two");
	(void)nodes_sync(a);
	(void)nodes_sync(c);
	assert_int_equal(ask(c, "SELECT count(*) FROM request"), 6);
	(void)nodes_sync(b);
	for (int i = 0; i < 4; i++) {
		(void)nodes_sync(o.hq);
		(void)nodes_sync(c);
		(void)nodes_sync(a);
		(void)nodes_sync(b);
	}
	assert_int_equal(ask(o.hq, "SELECT count(*) FROM receipt WHERE "
	    "code = 'E_COLLISION'"), 1);
	assert_int_equal(ask(c, "SELECT count(*) FROM request"), 7);
	x = nodes_dump(a);
	y = nodes_dump(c);
	assert_true(x.n == y.n && memcmp(x.p, y.p, x.n) == 0);
	buf_release(&x);
	buf_release(&y);
	node_close(a);
	node_close(b);
	node_close(c);
	nodes_end(&o);
	clock_fix(0);
}

/* A third life has taken what is refused, and changed it: what it has sealed
 * stays where it is, and is told of. */
static void third_life(bool sealed)
{
	static randombytes_implementation near = {
		.implementation_name = near_name,
		.random = near_number,
		.buf = near_bytes,
	};
	struct node *n[4];
	struct nodes o;
	stamp_t x;
	bool told;

	assert_int_equal(randombytes_set_implementation(&near), 0);
	clock_fix(NOW);
	nodes_start(&o);
	n[0] = nodes_add(&o, "TC", NULL);
	(void)nodes_sync(n[0]);
	(void)nodes_sync(o.hq);
	(void)nodes_sync(n[0]);
	node_close(n[0]);
	assert_int_equal(shell(NULL, "cd '%s' && cp -a TC copy && "
	    "cp -a TC third", o.dir), 0);
	n[0] = nodes_open(&o, "TC");
	n[1] = nodes_open(&o, "copy");
	n[2] = nodes_open(&o, "third");
	for (int i = 0; i < 6; i++)
		(void)nodes_request(n[1], "one");
	x = nodes_request(n[2], "two");
	(void)nodes_sync(n[1]);
	(void)nodes_sync(n[0]);
	remark(n[0], x, "of none");
	remark(n[0], x, "of one");
	(void)nodes_sync(n[2]);
	(void)nodes_sync(o.hq);
	if (sealed)
		(void)nodes_sync(n[0]);
	else
		settle(&o, "TC", n[0]);
	told = strstr(n[0]->notice, "not meant for") != NULL;
	if (told != sealed)
		fail_msg("notice: %s", n[0]->notice);
	n[3] = o.hq;
	for (int i = 0; i < 4; i++)
		for (int k = 0; k < 4; k++)
			(void)nodes_sync(n[k]);
	if (!sealed)
		all_have(n, 4, 7, 1);
	for (int i = 0; i < 3; i++)
		node_close(n[i]);
	nodes_end(&o);
	clock_fix(0);
}

static void test_unsealed_follows(void **state)
{
	(void)state;
	third_life(false);
}

static void test_sealed_told(void **state)
{
	(void)state;
	third_life(true);
}

/* A new epoch is recorded, and leaves stamps unused. */
static void test_skip(void **state)
{
	struct epoch_note note;
	struct err e = {0};
	struct nodes o;
	struct node *a;
	char before[33];
	stamp_t x, y;

	(void)state;
	clock_fix(NOW);
	nodes_start(&o);
	a = nodes_add(&o, "TC", NULL);
	x = nodes_request(a, "one");
	snprintf(before, sizeof before, "%s", store_identity(a->store)->epoch);
	WANT(epoch_last(a->store, &note, &e), e);
	assert_int_equal(note.at_ms, 0);
	WANT(epoch_start(a, EPOCH_COPIED, &e), e);
	assert_string_not_equal(before, store_identity(a->store)->epoch);
	WANT(epoch_last(a->store, &note, &e), e);
	assert_int_equal(note.at_ms, NOW);
	assert_int_equal(note.why, EPOCH_COPIED);
	y = nodes_request(a, "two");
	assert_true(stamp_ticks(y) - stamp_ticks(x) > 1);
	assert_true(stamp_ticks(y) - stamp_ticks(x) <= (1 << 22) + 64);
	node_close(a);
	a = nodes_open(&o, "TC");
	assert_string_not_equal(before, store_identity(a->store)->epoch);
	(void)nodes_sync(a);
	assert_int_equal(nodes_sync(o.hq).in.records, 2);
	node_close(a);
	nodes_end(&o);
	clock_fix(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_stamp),
		cmocka_unit_test(test_one_row),
		cmocka_unit_test(test_unsealed_waits),
		cmocka_unit_test(test_skip),
		cmocka_unit_test(test_other_order),
		cmocka_unit_test(test_unsealed_follows),
		cmocka_unit_test(test_sealed_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
