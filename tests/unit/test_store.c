/* The store: made, opened, refused, kept; its statements. */
#include "history.h"

#include <fcntl.h>

#include "base/date.h"
#include "position.h"
#include "roster.h"

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

/* Close it and open it again, as the next command would. */
static enum err_code reopen(bool writing, struct err *e)
{
	char *path = strdup(store_path(f.store));
	enum err_code r;

	store_close(f.store);
	r = store_open(&f.store, path, f.catalogue, writing, e);
	free(path);
	return r;
}

static void reopened(bool writing)
{
	struct err e = {0};

	if (reopen(writing, &e) != OK)
		fail_msg("open: %s", e.detail);
}

static void must_exec(const char *sql)
{
	struct err e = {0};

	if (store_exec(f.store, sql, &e) != OK)
		fail_msg("%s: %s", sql, e.detail);
}

/* ---- every statement ---- */

static void test_statements(void **state)
{
	static const struct { const char *name, *text; int n; } all[] = {
#define X(name, nparam, text) { #name, text, nparam },
		SQL_MAP(X)
#undef X
	};
	struct err e = {0};

	(void)state;
	assert_int_equal(COUNT(all), SQL_COUNT);
	for (size_t i = 0; i < SQL_COUNT; i++) {
		sqlite3_stmt *st = NULL;
		int n;

		if (store_prepare(f.store, all[i].text, &st, &e) != OK)
			fail_msg("%s: %s", all[i].name, e.detail);
		n = sqlite3_bind_parameter_count(st);
		if (n != all[i].n)
			fail_msg("%s: takes %d, the table says %d",
			    all[i].name, n, all[i].n);
		sqlite3_finalize(st);
	}
}

static void test_type_statements(void **state)
{
	struct err e = {0};
	sqlite3_stmt *st;

	(void)state;
	for (size_t i = 0; i < f.catalogue->ntype; i++) {
		const struct type *t = &f.catalogue->type[i];

		for (int j = 0; j < TYPE_SQL_COUNT; j++)
			if (store_type_stmt(f.store, t, (enum type_sql)j,
			    &st, &e) != OK)
				fail_msg("%s %d: %s", t->key, j, e.detail);
		for (size_t j = 1; j <= t->table.ncol; j++)
			if (store_field_stmt(f.store, t, j, false, &st,
			    &e) != OK ||
			    store_field_stmt(f.store, t, j, true, &st,
			    &e) != OK)
				fail_msg("%s %zu: %s", t->key, j, e.detail);
	}
}

/* ---- made and opened ---- */

static void test_pragmas(void **state)
{
	static const struct { const char *pragma; int64_t want; } cases[] = {
		{ "application_id", SCHEMA_APPLICATION },
		{ "user_version", SCHEMA_VERSION }, { "page_size", 4096 },
		{ "foreign_keys", 1 }, { "synchronous", 2 },
		{ "trusted_schema", 0 }, { "cell_size_check", 1 },
	};
	char text[40], sql[60];

	(void)state;
	for (int again = 0; again < 2; again++) {
		for (size_t i = 0; i < COUNT(cases); i++) {
			int64_t got;

			snprintf(sql, sizeof sql, "PRAGMA %s",
			    cases[i].pragma);
			got = history_ask(f.store, sql, NULL, 0);
			if (got != cases[i].want)
				fail_msg("%s is %lld, want %lld",
				    cases[i].pragma, (long long)got,
				    (long long)cases[i].want);
		}
		history_ask(f.store, "PRAGMA journal_mode", text,
		    sizeof text);
		assert_string_equal(text, "wal");
		reopened(true);
	}
}

static void test_identity(void **state)
{
	struct identity was = *store_identity(f.store);
	const struct identity *is;

	(void)state;
	reopened(false);
	is = store_identity(f.store);
	assert_string_equal(was.org, is->org);
	assert_string_equal(was.org_name, is->org_name);
	assert_string_equal(was.code, is->code);
	assert_string_equal(was.branch, is->branch);
	assert_string_equal(was.name, is->name);
	assert_string_equal(was.epoch, is->epoch);
	assert_int_equal(was.number, is->number);
	assert_int_equal(was.hq, is->hq);
	assert_memory_equal(was.root_key, is->root_key, 32);
	assert_memory_equal(was.node_key, is->node_key, 32);
	assert_int_equal(was.floor_ms, is->floor_ms);
}

static void test_exists(void **state)
{
	struct identity id = *store_identity(f.store);
	struct store *other = NULL;
	struct err e = {0};

	(void)state;
	assert_int_equal(store_create(&other, store_path(f.store),
	    f.catalogue, &id, &e), ERR_EXISTS);
	assert_null(other);
}

/* How an opened store is spoilt, and what opening it says. */
static const struct spoilt {
	const char *name, *sql;
	enum err_code want;
} spoilts[] = {
	{ "newer", "PRAGMA user_version = 99", ERR_NEWER },
	{ "somebody else's", "PRAGMA application_id = 1", ERR_CORRUPT },
	{ "never finished", "PRAGMA user_version = 0", ERR_CORRUPT },
	{ "nobody's", "DELETE FROM meta WHERE name = 'org'", ERR_CORRUPT },
	{ "without a number", "UPDATE meta SET value = '70000' "
	    "WHERE name = 'number'", ERR_CORRUPT },
};

static void test_spoilt(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(spoilts); i++) {
		struct err e = {0};
		enum err_code got;

		must_exec(spoilts[i].sql);
		got = reopen(i % 2, &e);
		if (got != spoilts[i].want)
			fail_msg("%s: got %s, want %s (%s)", spoilts[i].name,
			    err_name(got), err_name(spoilts[i].want),
			    e.detail);
		assert_null(f.store);
		assert_true(*e.detail);
		teardown(NULL);
		setup(NULL);
	}
}

static void test_not_a_database(void **state)
{
	static const char noise[] = "this is not a database, "
	    "it only says that it is one, at some length, and then ends.";
	struct store *s = NULL;
	struct err e = {0};
	char *path = path_join(f.dir, "noise.db");

	(void)state;
	assert_int_equal(store_open(&s, path, f.catalogue, false, &e),
	    ERR_NOT_FOUND);
	assert_int_equal(file_write(path, slice_str(noise), 0644, false, &e),
	    OK);
	assert_int_equal(store_open(&s, path, f.catalogue, true, &e),
	    ERR_CORRUPT);
	assert_null(s);
	free(path);
}

/* A page overwritten: the check names it, nothing crashes. */
static void test_damaged_page(void **state)
{
	unsigned char noise[4096];
	struct err e = {0};
	char *path = strdup(store_path(f.store));
	int fd;

	(void)state;
	store_close(f.store);
	memset(noise, 0xa5, sizeof noise);
	fd = open(path, O_WRONLY);
	assert_int_equal(pwrite(fd, noise, sizeof noise, 4096 * 20), 4096);
	close(fd);
	if (store_open(&f.store, path, f.catalogue, true, &e) == OK)
		assert_int_equal(store_check(f.store, &e), ERR_CORRUPT);
	else
		assert_int_equal(e.code, ERR_CORRUPT);
	free(path);
}

static void test_check(void **state)
{
	struct err e = {0};

	(void)state;
	assert_int_equal(store_check(f.store, &e), OK);
}

static void test_reader_writes_nothing(void **state)
{
	struct err e = {0};

	(void)state;
	reopened(false);
	assert_int_not_equal(store_begin(f.store, &e), OK);
	assert_int_not_equal(store_meta_set(f.store, "x", slice_str("y"),
	    &e), OK);
	assert_int_equal(store_check(f.store, &e), OK);
}

/* An older catalogue's store gets what is missing, and keeps its rows. */
static void test_catalogue_grew(void **state)
{
	struct history h = { .name = "grew", .batch = {
	    { 2, { { 'R', 1 } } } } };
	struct err e = {0};

	(void)state;
	assert_int_equal(store_begin(f.store, &e), OK);
	assert_int_equal(history_apply(f.store, &h, 0, NULL, &e), OK);
	assert_int_equal(store_commit(f.store, &e), OK);
	must_exec("DROP TABLE talk; ALTER TABLE org_unit DROP COLUMN uscc; "
	    "UPDATE meta SET value = 'older' WHERE name = 'catalogue'");
	reopened(false);
	assert_int_equal(history_ask(f.store, "SELECT count(*) FROM talk",
	    NULL, 0), 0);
	assert_int_equal(history_ask(f.store, "SELECT count(*) "
	    "FROM org_unit WHERE uscc IS NULL", NULL, 0), 1);
}

/* ---- transactions, clock, facts ---- */

static void test_clock_is_kept(void **state)
{
	struct err e = {0};
	stamp_t a, b;

	(void)state;
	assert_int_equal(store_stamp(f.store, &a, &e), ERR_INTERNAL);
	clock_fix(HISTORY_MS);
	assert_int_equal(store_begin(f.store, &e), OK);
	assert_int_equal(store_begin(f.store, &e), ERR_INTERNAL);
	assert_int_equal(store_stamp(f.store, &a, &e), OK);
	assert_int_equal(store_commit(f.store, &e), OK);
	/* The battery is dead: a year back. */
	clock_fix(HISTORY_MS - 365ll * 86400000);
	reopened(true);
	assert_int_equal(store_begin(f.store, &e), OK);
	assert_int_equal(store_stamp(f.store, &b, &e), OK);
	assert_true(b > a);
	store_rollback(f.store);
	clock_fix(0);
}

static void test_meta(void **state)
{
	const unsigned char raw[] = { 0xff, 0, 1 };
	struct buf b = BUF_INIT;
	struct err e = {0};

	(void)state;
	assert_int_equal(store_meta_get(f.store, "x", &b, &e), OK);
	assert_int_equal(b.n, 0);
	assert_int_equal(store_meta_set(f.store, "x", slice_str("井"), &e),
	    OK);
	assert_int_equal(store_meta_set(f.store, "y", slice_of(raw, 3), &e),
	    OK);
	reopened(false);
	assert_int_equal(store_meta_get(f.store, "x", &b, &e), OK);
	assert_true(slice_eqs(slice_buf(&b), "井"));
	assert_int_equal(store_meta_get(f.store, "y", &b, &e), OK);
	assert_true(slice_eq(slice_buf(&b), slice_of(raw, 3)));
	buf_release(&b);
}

static void test_savepoint(void **state)
{
	struct buf b = BUF_INIT;
	struct err e = {0};

	(void)state;
	assert_int_equal(store_savepoint(f.store, &e), ERR_INTERNAL);
	assert_int_equal(store_begin(f.store, &e), OK);
	for (int keep = 0; keep < 2; keep++) {
		assert_int_equal(store_savepoint(f.store, &e), OK);
		assert_int_equal(store_meta_set(f.store, keep ? "kept" :
		    "left", slice_str("1"), &e), OK);
		store_savepoint_end(f.store, keep);
	}
	assert_int_equal(store_commit(f.store, &e), OK);
	assert_int_equal(store_meta_get(f.store, "kept", &b, &e), OK);
	assert_int_equal(b.n, 1);
	assert_int_equal(store_meta_get(f.store, "left", &b, &e), OK);
	assert_int_equal(b.n, 0);
	buf_release(&b);
}

static void test_copy_local(void **state)
{
	struct identity id = *store_identity(f.store);
	char *path = path_join(f.dir, "again.db");
	struct remote_row remote;
	struct store *to = NULL;
	struct err e = {0};
	stamp_t a, b;

	(void)state;
	assert_int_equal(remote_add(f.store, "hq", "ssh://hq/r", &e), OK);
	assert_int_equal(store_begin(f.store, &e), OK);
	assert_int_equal(store_stamp(f.store, &a, &e), OK);
	assert_int_equal(store_commit(f.store, &e), OK);
	assert_int_equal(store_create(&to, path, f.catalogue, &id, &e), OK);
	assert_int_equal(store_copy_local(f.store, to, &e), OK);
	assert_int_equal(remote_get(to, "hq", &remote, &e), OK);
	assert_string_equal(remote.url, "ssh://hq/r");
	clock_fix(stamp_ms(a) - 1000);
	assert_int_equal(store_begin(to, &e), OK);
	assert_int_equal(store_stamp(to, &b, &e), OK);
	assert_true(b > a);
	clock_fix(0);
	store_close(to);
	free(path);
}

/* ---- other people's SQL ---- */

static const struct query {
	const char *sql;
	enum err_code want;
	int rows;
} queries[] = {
	{ "SELECT 1 UNION SELECT 2", OK, 2 },
	{ "SELECT count(*) FROM org_unit;  ", OK, 1 },
	{ "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
	    "WHERE i < 5) SELECT i FROM n", OK, 5 },
	{ "SELECT count(*) FROM search_text WHERE search_text MATCH 'abc'",
	    OK, 1 },
	{ "SELECT 1; SELECT 2", ERR_USAGE, 0 },
	{ "SELEC", ERR_USAGE, 0 },
	{ "", ERR_USAGE, 0 },
	{ "SELECT * FROM nowhere", ERR_USAGE, 0 },
	{ "DELETE FROM org_unit", ERR_ROLE, 0 },
	{ "INSERT INTO meta VALUES ('a', 'b')", ERR_ROLE, 0 },
	{ "DROP TABLE talk", ERR_ROLE, 0 },
	{ "CREATE TEMP TABLE t(a)", ERR_ROLE, 0 },
	{ "ATTACH 'x.db' AS x", ERR_ROLE, 0 },
	{ "PRAGMA user_version = 7", ERR_ROLE, 0 },
	{ "PRAGMA writable_schema = 1", ERR_ROLE, 0 },
	{ "BEGIN", ERR_ROLE, 0 },
	{ "VACUUM INTO 'y.db'", ERR_ROLE, 0 },
};

static int count_row(void *arg, size_t n, const char *const *name,
    const struct value *value)
{
	(void)name;
	(void)value;
	*(int *)arg += n > 0;
	return 0;
}

static void test_sql(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * COUNT(queries); i++) {
		const struct query *q = &queries[i % COUNT(queries)];
		struct err e = {0};
		enum err_code got;
		int rows = 0;

		if (i == COUNT(queries))
			reopened(false);
		got = store_sql(f.store, q->sql, count_row, &rows, &e);
		if (got != q->want || rows != q->rows)
			fail_msg("%s: got %s and %d rows, want %s and %d "
			    "(%s)", q->sql, err_name(got), rows,
			    err_name(q->want), q->rows, e.detail);
	}
}

/* ---- chains, remotes, roster ---- */

static void test_roster(void **state)
{
	struct roster_row n = { .number = 2, .code = "GQ", .branch = "GQ",
		.name = "g", .kind = "branch" }, got;
	struct invitation_row i = { .code = "NB", .branch = "NB",
		.name = "n", .token = { 1, 2, 3 } }, back;
	struct err e = {0};

	(void)state;
	assert_int_equal(store_begin(f.store, &e), OK);
	assert_int_equal(roster_add(f.store, &n, &e), OK);
	assert_int_equal(roster_by_code(f.store, "GQ", &got, &e), OK);
	assert_memory_equal(&n, &got, sizeof n);
	assert_int_equal(roster_by_code(f.store, "NO", &got, &e),
	    ERR_NOT_FOUND);
	assert_int_equal(invitation_add(f.store, &i, &e), OK);
	assert_int_equal(i.number, 3);
	assert_int_equal(invitation_add(f.store, &i, &e), ERR_EXISTS);
	snprintf(i.code, sizeof i.code, "GQ");
	assert_int_equal(invitation_add(f.store, &i, &e), ERR_EXISTS);
	assert_int_equal(invitation_use(f.store, "NB", &e), OK);
	assert_int_equal(invitation_by_code(f.store, "NB", &back, &e), OK);
	assert_true(back.used);
	assert_memory_equal(back.token, i.token, sizeof i.token);
	assert_int_equal(invitation_use(f.store, "NO", &e), ERR_NOT_FOUND);
	assert_int_equal(store_commit(f.store, &e), OK);
}

/* Rows that have no table of their own come back from the outbox whole. */
static void test_outbox_keeps(void **state)
{
	struct roster_row n = { .number = 9, .code = "CY", .branch = "CY",
		.name = "采油厂", .kind = "branch", .key = { 0, 255, 7 } };
	struct section *sec;
	struct err e = {0};
	struct batch b;
	stamp_t last;

	(void)state;
	batch_init(&b, f.catalogue);
	assert_int_equal(store_begin(f.store, &e), OK);
	assert_int_equal(roster_add(f.store, &n, &e), OK);
	assert_int_equal(store_commit(f.store, &e), OK);
	assert_int_equal(outbox_take(f.store, "hq/all", 9, &b, &last, &e),
	    OK);
	assert_int_equal(last, n.stamp);
	sec = batch_section(&b, NULL, TABLE_NODE);
	assert_non_null(sec);
	assert_int_equal(sec->nrow, 1);
	assert_int_equal(sec->cell[NODE_NUMBER].i, 9);
	assert_true(slice_eqs(sec->cell[NODE_NAME].s, "采油厂"));
	assert_true(slice_eq(sec->cell[NODE_KEY].s, slice_of(n.key, 32)));
	batch_release(&b);
}

/* The same counts without a catalogue. */
static void test_look(void **state)
{
	struct status full, look;
	struct store *s = NULL;
	struct err e = {0};

	(void)state;
	assert_int_equal(store_look(&s, store_path(f.store), &e), OK);
	assert_int_equal(status_read(f.store, &full, &e), OK);
	assert_int_equal(status_read(s, &look, &e), OK);
	full.clock_ahead_ms = look.clock_ahead_ms = 0;
	assert_memory_equal(&full, &look, sizeof full);
	assert_int_not_equal(store_begin(s, &e), OK);
	store_close(s);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_statements), TEST(test_type_statements),
		TEST(test_pragmas), TEST(test_identity), TEST(test_exists),
		TEST(test_spoilt), TEST(test_not_a_database),
		TEST(test_damaged_page), TEST(test_check),
		TEST(test_reader_writes_nothing), TEST(test_catalogue_grew),
		TEST(test_clock_is_kept), TEST(test_meta),
		TEST(test_savepoint), TEST(test_copy_local), TEST(test_sql),
		TEST(test_roster), TEST(test_outbox_keeps), TEST(test_look),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
