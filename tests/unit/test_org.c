/* Founding, inviting, joining, enrolling: and everything that must not get
 * a node onto the roster.
 */
#include "nodes.h"

#include <dirent.h>
#include <sys/stat.h>

#include "chain_impl.h"
#include "hash.h"

static unsigned mode_of(const char *dir, const char *name)
{
	struct stat st;
	char *path = path_join(dir, name);

	if (stat(path, &st))
		fail_msg("%s is not there", path);
	free(path);
	return st.st_mode & 0777;
}

static int count_row(void *arg, const struct roster_row *r)
{
	size_t *n = arg;

	(void)r;
	(*n)++;
	return 0;
}

static size_t roster_size(struct node *n)
{
	size_t rows = 0;
	struct err e = {0};

	WANT(roster_each(n->store, count_row, &rows, &e), e);
	return rows;
}

static void test_init(void **state)
{
	struct nodes o;
	const struct identity *id;
	struct position p;
	struct err e = {0};
	char org[33], *dir;

	(void)state;
	nodes_start(&o);
	id = store_identity(o.hq->store);
	org_id(id->root_key, org);
	assert_string_equal(id->org, org);
	assert_string_equal(id->branch, "HQ");
	assert_int_equal(id->number, 1);
	assert_int_equal(roster_size(o.hq), 1);
	WANT(position_get(o.hq->store, "hq/all", id->epoch, &p, &e), e);
	assert_int_equal(p.seq, 1);
	dir = path_join(o.dir, "hq");
	assert_int_equal(mode_of(dir, "keys"), 0700);
	assert_int_equal(mode_of(dir, "keys/root.key"), 0600);
	assert_int_equal(mode_of(dir, "keys/node.key"), 0600);
	/* the root key may leave the machine now */
	assert_int_equal(shell(NULL, "rm '%s/keys/root.key'", dir), 0);
	nodes_request(o.hq, "later");
	nodes_seal(o.hq);
	nodes_verify(o.hq);
	free(dir);
	nodes_end(&o);
}

static void test_folders(void **state)
{
	static const struct {
		const char *name, *script;
		enum err_code want;
	} tests[] = {
		{ "not empty", "mkdir D && touch D/x", ERR_EXISTS },
		{ "empty", "mkdir D", OK },
		{ "absent, parents too", "true", OK },
		{ "left by a killed run", "mkdir -p D/.new-12345678/keys",
		    OK },
		{ "a file", "touch D", ERR_COUNT },	/* any error */
	};
	struct founding f = { .name = "Test" };

	(void)state;
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
		struct err e = {0};
		char *dir = shell_folder(), *d = path_join(dir, "D");
		enum err_code rc;

		assert_int_equal(shell(NULL, "cd '%s' && %s", dir,
		    tests[i].script), 0);
		rc = node_init(d, &f, &e);
		if (tests[i].want == ERR_COUNT ? rc == OK :
		    rc != tests[i].want)
			fail_msg("%s: %s, not %s: %s", tests[i].name,
			    err_name(rc), err_name(tests[i].want), e.detail);
		/* nothing is left of a run that failed or succeeded */
		assert_int_equal(shell(NULL, "! ls -A '%s/D' 2>/dev/null | "
		    "grep -q new", dir), 0);
		free(d);
		shell_remove(dir);
	}
}

static void test_bad_wishes(void **state)
{
	static const struct {
		struct invitation i;
		enum err_code want;
	} tests[] = {
		{ { .code = "HQ", .name = "x" }, ERR_USAGE },
		{ { .code = "all", .name = "x" }, ERR_USAGE },
		{ { .code = "A", .name = "x", .branch = "ALL" }, ERR_USAGE },
		{ { .code = "../x", .name = "x" }, ERR_USAGE },
		{ { .code = "", .name = "x" }, ERR_USAGE },
		{ { .code = "A23456789012345678", .name = "x" }, ERR_USAGE },
		{ { .code = "x.lock", .name = "x" }, ERR_USAGE },
		{ { .code = "A", .name = "" }, ERR_USAGE },
		{ { .code = "A", .name = "\xff" }, ERR_USAGE },
		{ { .code = "TC", .name = "again" }, ERR_EXISTS },
	};
	struct buf text = BUF_INIT;
	struct nodes o;

	(void)state;
	nodes_start(&o);
	nodes_invite(&o, "TC", NULL, &text);
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
		struct err e = {0};
		enum err_code rc = node_invite(o.hq, &tests[i].i, &text, &e);

		if (rc != tests[i].want)
			fail_msg("case %zu: %s, not %s", i, err_name(rc),
			    err_name(tests[i].want));
	}
	buf_release(&text);
	nodes_end(&o);
}

/* One member of the good invitation replaced (NULL: left out). */
static const struct {
	const char *key, *json;
	enum err_code want;
} invitations[] = {
	{ "wellhead", "\"checkpoint\"", ERR_INVITATION },
	{ "wellhead", NULL, ERR_INVITATION },
	{ "format", "2", ERR_NEWER },
	{ "format", "\"1\"", ERR_INVITATION },
	{ "org", "\"00\"", ERR_INVITATION },
	{ "org", "\"00112233445566778899aabbccddeeff\"",
	    ERR_INVITATION },
	{ "org_name", "\"\"", ERR_INVITATION },
	{ "hq_code", "\"a/b\"", ERR_INVITATION },
	{ "root_key", "\"ssh-rsa AAAA\"", ERR_INVITATION },
	{ "root_key", NULL, ERR_INVITATION },
	{ "number", "1", ERR_INVITATION },
	{ "number", "65536", ERR_INVITATION },
	{ "number", "2.0", ERR_INVITATION },
	{ "code", "\"../../etc\"", ERR_INVITATION },
	{ "code", "7", ERR_INVITATION },
	{ "branch", "\"-x\"", ERR_INVITATION },
	{ "name", "null", ERR_INVITATION },
	{ "catalogue", "9999", ERR_NEWER },
	{ "catalogue", "-1", ERR_INVITATION },
	{ "remotes", "{}", ERR_INVITATION },
	{ "remotes", "[1]", ERR_INVITATION },
	{ "remotes", "[{\"name\":\"hq\"}]", ERR_INVITATION },
	{ "issued", "1", ERR_INVITATION },
	{ "issued", "99999999999999", ERR_INVITATION },
	{ "token", "\"00\"", ERR_INVITATION },
	{ "token", NULL, ERR_INVITATION },
	{ "unknown", "[1,2]", OK },
};

static void test_bad_invitations(void **state)
{
	struct buf text = BUF_INIT;
	struct nodes o;
	char *d;

	(void)state;
	nodes_start(&o);
	nodes_invite(&o, "TC", NULL, &text);
	d = path_join(o.dir, "tc");
	for (size_t i = 0; i < sizeof invitations / sizeof *invitations; i++) {
		json_t *j = json_loads((char *)text.p, 0, NULL);
		struct err e = {0};
		enum err_code rc;
		char *s;

		json_object_del(j, invitations[i].key);
		if (invitations[i].json)
			json_object_set_new(j, invitations[i].key, json_loads(
			    invitations[i].json, JSON_DECODE_ANY, NULL));
		s = json_dumps(j, 0);
		rc = node_join(d, slice_str(s), NULL, &e);
		if (rc != invitations[i].want)
			fail_msg("%s = %s: %s, not %s: %s", invitations[i].key,
			    invitations[i].json, err_name(rc),
			    err_name(invitations[i].want), e.detail);
		assert_int_equal(file_exists(d), rc == OK);
		free(s);
		json_decref(j);
	}
	for (size_t n = 0; n < text.n - 1; n += 7) {	/* cut short */
		struct err e = {0};

		if (node_join(d, slice_of(text.p, n), NULL, &e) != ERR_INVITATION)
			fail_msg("%zu bytes of it were taken", n);
	}
	free(d);
	buf_release(&text);
	nodes_end(&o);
}

/* ---- enrolment ---- */

static void test_enrol(void **state)
{
	struct nodes o;
	struct node *tc, *pit;
	struct synced s;
	struct err e = {0};
	stamp_t id;

	(void)state;
	nodes_start(&o);
	tc = nodes_add(&o, "TC", NULL);
	pit = nodes_add(&o, "TC-pit", "TC");
	id = nodes_request(tc, "one");
	nodes_request(pit, "two");
	s = nodes_sync(tc);
	assert_int_equal(s.pushed, 2);
	(void)nodes_sync(pit);
	s = nodes_sync(o.hq);
	assert_int_equal(s.in.enrolled, 2);
	assert_int_equal(s.in.stopped, 0);
	assert_int_equal(s.in.records, 2);
	assert_int_equal(roster_size(o.hq), 3);
	(void)nodes_sync(pit);
	s = nodes_sync(tc);
	assert_int_equal(roster_size(tc), 3);
	assert_int_equal(s.in.records, 1);	/* its sibling's */
	assert_true(id > 0);
	s = nodes_sync(tc);	/* again: nothing */
	assert_int_equal(s.in.changesets + s.sealed.changesets + s.pushed, 0);
	nodes_verify(o.hq);
	nodes_verify(tc);
	nodes_verify(pit);
	WANT(node_repo(tc, &e), e);
	node_close(tc);
	node_close(pit);
	nodes_end(&o);
}

static void test_join_twice(void **state)
{
	struct buf text = BUF_INIT;
	struct nodes o;
	struct node *one, *two;
	struct synced s;
	struct err e = {0};
	char *a, *b;

	(void)state;
	nodes_start(&o);
	nodes_invite(&o, "TC", NULL, &text);
	a = path_join(o.dir, "a");
	b = path_join(o.dir, "b");
	WANT(node_join(a, slice_buf(&text), NULL, &e), e);
	WANT(node_join(b, slice_buf(&text), NULL, &e), e);
	one = nodes_open(&o, "a");
	two = nodes_open(&o, "b");
	(void)nodes_sync(one);
	s = nodes_sync(o.hq);
	assert_int_equal(s.in.enrolled, 1);
	(void)nodes_sync(two);
	s = nodes_sync(o.hq);
	assert_int_equal(s.in.enrolled, 0);
	assert_int_equal(s.in.stopped, 1);
	assert_int_equal(roster_size(o.hq), 2);
	node_close(one);
	node_close(two);
	free(a);
	free(b);
	buf_release(&text);
	nodes_end(&o);
}

/* A token, code or number that is not the invitation's. */
static void test_false_enrolment(void **state)
{
	static const struct { const char *key, *json; } tests[] = {
		{ "token", "\"0000000000000000000000000000000000000000"
		    "000000000000000000000000\"" },
		{ "number", "77" },
		{ "code", "\"XN\"" },
	};
	struct buf text = BUF_INIT;
	struct nodes o;

	(void)state;
	nodes_start(&o);
	nodes_invite(&o, "TC", NULL, &text);
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
		json_t *j = json_loads((char *)text.p, 0, NULL);
		char name[8], *s, *d;
		struct node *n;
		struct synced out;
		struct err e = {0};

		snprintf(name, sizeof name, "n%zu", i);
		d = path_join(o.dir, name);
		json_object_set_new(j, tests[i].key, json_loads(
		    tests[i].json, JSON_DECODE_ANY, NULL));
		s = json_dumps(j, 0);
		WANT(node_join(d, slice_str(s), NULL, &e), e);
		n = nodes_open(&o, name);
		nodes_request(n, "false");
		(void)nodes_sync(n);
		out = nodes_sync(o.hq);
		if (out.in.enrolled || out.in.records || !out.in.stopped)
			fail_msg("%s: enrolled %zu records %zu stopped %zu",
			    tests[i].key, out.in.enrolled, out.in.records,
			    out.in.stopped);
		node_close(n);
		free(s);
		free(d);
		json_decref(j);
	}
	assert_int_equal(roster_size(o.hq), 1);
	buf_release(&text);
	nodes_end(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_init),
		cmocka_unit_test(test_folders),
		cmocka_unit_test(test_bad_wishes),
		cmocka_unit_test(test_bad_invitations),
		cmocka_unit_test(test_enrol),
		cmocka_unit_test(test_join_twice),
		cmocka_unit_test(test_false_enrolment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
