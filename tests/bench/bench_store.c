/* The store beside plain SQLite: the same rows into the same tables.
 */
#include <sqlite3.h>

#include "bench.h"
#include "codec.h"

#define COPIES 20	/* of XN's 1,588 records */
#define ADDS 200

static void must_sql(sqlite3 *db, int rc)
{
	if (rc == SQLITE_OK || rc == SQLITE_DONE || rc == SQLITE_ROW)
		return;
	fprintf(stderr, "bench: %s\n", sqlite3_errmsg(db));
	exit(1);
}

static sqlite3 *plain_open(const char *path)
{
	sqlite3 *db = NULL;

	must_sql(db, sqlite3_open(path, &db));
	/* as our store is opened for writing */
	must_sql(db, sqlite3_exec(db, "PRAGMA journal_mode=WAL;"
	    "PRAGMA synchronous=FULL; PRAGMA cache_size=-16000", NULL, NULL,
	    NULL));
	return db;
}

/* Read every row of a table into memory and insert it into `to`. */
struct plain_table {
	sqlite3_stmt *insert;
	sqlite3_value **cell;
	size_t nrow;
	int ncol;
};

static void plain_load(sqlite3 *from, const char *table, struct plain_table *t)
{
	char sql[200];
	sqlite3_stmt *st;
	size_t cap = 0;
	int i;

	snprintf(sql, sizeof sql, "SELECT * FROM \"%s\"", table);
	must_sql(from, sqlite3_prepare_v2(from, sql, -1, &st, NULL));
	t->ncol = sqlite3_column_count(st);
	while (sqlite3_step(st) == SQLITE_ROW) {
		if (t->nrow == cap) {
			cap = cap ? cap * 2 : 1024;
			t->cell = realloc(t->cell,
			    cap * (size_t)t->ncol * sizeof *t->cell);
			if (!t->cell)
				abort();
		}
		for (i = 0; i < t->ncol; i++)
			t->cell[t->nrow * (size_t)t->ncol + (size_t)i] =
			    sqlite3_value_dup(sqlite3_column_value(st, i));
		t->nrow++;
	}
	sqlite3_finalize(st);
}

static void plain_prepare(sqlite3 *to, const char *table,
    struct plain_table *t)
{
	char sql[1000];
	int i, n;

	n = snprintf(sql, sizeof sql, "INSERT INTO \"%s\" VALUES (?", table);
	for (i = 1; i < t->ncol; i++)
		n += snprintf(sql + n, sizeof sql - (size_t)n, ",?");
	snprintf(sql + n, sizeof sql - (size_t)n, ")");
	must_sql(to, sqlite3_prepare_v2(to, sql, -1, &t->insert, NULL));
}

static void plain_insert(sqlite3 *to, struct plain_table *t)
{
	size_t r;
	int i;

	for (r = 0; r < t->nrow; r++) {
		for (i = 0; i < t->ncol; i++)
			sqlite3_bind_value(t->insert, i + 1,
			    t->cell[r * (size_t)t->ncol + (size_t)i]);
		must_sql(to, sqlite3_step(t->insert));
		sqlite3_reset(t->insert);
	}
}

static void plain_free(struct plain_table *t)
{
	size_t i;

	for (i = 0; i < t->nrow * (size_t)t->ncol; i++)
		sqlite3_value_free(t->cell[i]);
	free(t->cell);
	sqlite3_finalize(t->insert);
}

/* Tables and indexes of a store, as SQL, into an empty database: the record
 * types' tables and `transition`, which is what a merge fills. */
static size_t plain_schema(sqlite3 *from, sqlite3 *to, char name[][64],
    size_t max)
{
	static const char sql[] = "SELECT type, name, tbl_name, sql FROM "
	    "sqlite_schema WHERE sql IS NOT NULL AND (tbl_name = 'transition' "
	    "OR tbl_name IN (SELECT m.name FROM sqlite_schema m, "
	    "pragma_table_info(m.name) c WHERE c.name = 'state_at')) "
	    "ORDER BY type DESC";
	sqlite3_stmt *st;
	size_t n = 0;

	must_sql(from, sqlite3_prepare_v2(from, sql, -1, &st, NULL));
	while (sqlite3_step(st) == SQLITE_ROW) {
		must_sql(to, sqlite3_exec(to,
		    (const char *)sqlite3_column_text(st, 3), NULL, NULL,
		    NULL));
		if (strcmp((const char *)sqlite3_column_text(st, 0),
		    "table") == 0 && n < max)
			snprintf(name[n++], 64, "%s",
			    (const char *)sqlite3_column_text(st, 1));
	}
	sqlite3_finalize(st);
	return n;
}

/* Seconds that plain SQLite takes to insert all rows of `store` into the same
 * tables in one durable transaction; *rows says how many. */
static double plain_seconds(const char *store, int round, size_t *rows)
{
	struct plain_table table[40] = {0};
	char name[40][64], file[64];
	sqlite3 *from = NULL, *to;
	size_t i, n;
	double t;

	snprintf(file, sizeof file, "plain-%d.db", round);
	remove(bench_path(file));
	must_sql(from, sqlite3_open_v2(store, &from, SQLITE_OPEN_READONLY,
	    NULL));
	to = plain_open(bench_path(file));
	n = plain_schema(from, to, name, 40);
	*rows = 0;
	for (i = 0; i < n; i++) {
		plain_load(from, name[i], &table[i]);
		plain_prepare(to, name[i], &table[i]);
		*rows += table[i].nrow;
	}
	t = bench_now();
	must_sql(to, sqlite3_exec(to, "BEGIN", NULL, NULL, NULL));
	for (i = 0; i < n; i++)
		plain_insert(to, &table[i]);
	must_sql(to, sqlite3_exec(to, "COMMIT", NULL, NULL, NULL));
	t = bench_now() - t;
	for (i = 0; i < n; i++)
		plain_free(&table[i]);
	sqlite3_close(from);
	sqlite3_close(to);
	return t;
}

static void bench_adds(void)
{
	struct samples ours = {0}, raw = {0};
	struct problems p = {0};
	struct err e = {0};
	struct node *n = bench_open("adds");
	const struct type *t = catalogue_type(n->catalogue, "org_unit");
	json_t *fields = json_pack("{ssssssss}", "kind", "partner", "name",
	    "宁波市总工会", "established_on", "2010-01-01", "code", "HB-1");
	sqlite3 *db = plain_open(bench_path("adds.db"));
	sqlite3_stmt *st;
	int i;

	must_sql(db, sqlite3_exec(db, "CREATE TABLE org_unit(id INTEGER "
	    "PRIMARY KEY, kind TEXT, name TEXT, established_on TEXT, "
	    "code TEXT) STRICT", NULL,
	    NULL, NULL));
	must_sql(db, sqlite3_prepare_v2(db, "INSERT INTO org_unit VALUES "
	    "(NULL, 'partner', '宁波市总工会', '2010-01-01', 'HB-1')", -1, &st, NULL));
	for (i = 0; i < ADDS; i++) {
		char code[32];
		stamp_t id;
		double at;

		snprintf(code, sizeof code, "HB-%d", i);
		json_object_set_new(fields, "code", json_string(code));
		at = bench_now();
		bench_must(record_add(n->store, t, NULL, fields, "", &id, &p,
		    &e), &e);
		bench_sample(&ours, bench_now() - at);
		at = bench_now();
		must_sql(db, sqlite3_step(st));
		sqlite3_reset(st);
		bench_sample(&raw, bench_now() - at);
	}
	bench_row("durable add", 1 / bench_median(&ours), "adds/s",
	    "plain SQLite insert", 1 / bench_median(&raw),
	    bench_median(&raw) / bench_median(&ours), "");
	sqlite3_finalize(st);
	sqlite3_close(db);
	json_decref(fields);
	problems_release(&p);
	node_close(n);
}

/* Import, seal, then merge at HQ, each round in fresh folders. */
static void round_trip(int round, const struct buf *lines, size_t *records,
    struct samples *import, struct samples *seal, struct samples *merge)
{
	struct import_options io = { .branch = "XN" };
	struct import_result in = {0};
	struct problems p = {0};
	struct sealed sealed;
	struct ingested got;
	struct sync_options so = {0};
	struct synced synced;
	struct err e = {0};
	char tag[32], hq[40];
	struct node *n;
	double t;

	snprintf(tag, sizeof tag, "bulk-%d", round);
	snprintf(hq, sizeof hq, "hq-%s", tag);
	bench_pair(tag, "XN");
	n = bench_open(tag);
	t = bench_now();
	bench_must(import_jsonl(n->store, slice_buf(lines), &io, &in, &p, &e),
	    &e);
	bench_sample(import, bench_now() - t);
	t = bench_now();
	bench_must(seal_all(n, &sealed, &e), &e);
	bench_sample(seal, bench_now() - t);
	bench_must(sync_run(n, &so, &synced, &e), &e);
	node_close(n);
	n = bench_open(hq);
	t = bench_now();
	bench_must(ingest_all(n, "refs/heads/", &got, &e), &e);
	bench_sample(merge, bench_now() - t);
	node_close(n);
	if (got.records != in.added)
		abort();
	*records = in.added;
	problems_release(&p);
}

void bench_store(void)
{
	struct samples import = {0}, seal = {0}, merge = {0}, raw = {0};
	struct buf lines = BUF_INIT;
	size_t records = 0, rows = 0;
	char path[64];
	double plain, k;
	int i;

	bench_pair("adds", "GQ");
	bench_adds();
	bench_lines("XN", COPIES, &lines);
	for (i = 0; i < ROUNDS; i++) {
		round_trip(i, &lines, &records, &import, &seal, &merge);
		snprintf(path, sizeof path, "hq-bulk-%d/store.db", i);
		bench_sample(&raw, plain_seconds(bench_path(path), i, &rows));
	}
	plain = bench_median(&raw);
	k = (double)rows;
	bench_row("bulk import", k / bench_median(&import), "rows/s",
	    "plain SQLite, same rows", k / plain,
	    plain / bench_median(&import), "");
	bench_row("seal", k / bench_median(&seal), "rows/s",
	    "plain SQLite, same rows", k / plain,
	    plain / bench_median(&seal), "");
	bench_row("HQ merge", k / bench_median(&merge), "rows/s",
	    "plain SQLite, same rows", k / plain,
	    plain / bench_median(&merge), "(>= 0.3)");
	buf_release(&lines);
}
