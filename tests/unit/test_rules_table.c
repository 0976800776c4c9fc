/* The table of rules itself: every word in it means something, every query it
 * makes stands on an index, and docs/rules.md shows it as it is.
 * WELLHEAD_WRITE=1 writes that page.
 */
#include "fixture.h"

#include "rules.h"

#define PAGE "docs/rules.md"
#define TABLE "| rule | type | where | only when | code | what is wrong, " \
	"what to do |\n| --- | --- | --- | --- | --- | --- |\n"

static struct fixture f;

static int open_store(void **state)
{
	(void)state;
	fixture_open(&f, "TC");
	return 0;
}

static int close_store(void **state)
{
	(void)state;
	fixture_close(&f);
	return 0;
}

static const struct field *find_field(const struct rule *r, const char *key)
{
	return r->type ? type_field(f.catalogue,
	    catalogue_type(f.catalogue, r->type), key) :
	    type_field(f.catalogue, f.catalogue->type, key);
}

static bool is_value(const struct rule *r, const char *key, const char *value)
{
	const struct field *field;

	if (!*value)
		return true;
	if (!strcmp(key, "state"))
		return type_state(catalogue_type(f.catalogue, r->type),
		    value) != NULL;
	field = find_field(r, key);
	return !field->values ||
	    enumeration_find(field->values, slice_str(value));
}

static void check_condition(const struct rule *r)
{
	const char *text = r->when;
	struct rule_part part;
	char key[64], value[64];
	struct slice one;
	bool first;

	while (rule_part_next(&text, &part)) {
		snprintf(key, sizeof key, "%.*s", (int)part.key.n,
		    (const char *)part.key.p);
		if (strcmp(key, "state") != 0 && !find_field(r, key))
			fail_msg("%s: no field %s", r->name, key);
		first = true;
		while (rule_value_next(&part.values, &one, &first)) {
			snprintf(value, sizeof value, "%.*s", (int)one.n,
			    (const char *)one.p);
			if (!is_value(r, key, value))
				fail_msg("%s: %s is never %s", r->name, key,
				    value);
		}
	}
}

static void test_words(void **state)
{
	const struct rule *r, *q;

	(void)state;
	for (r = rules; r < rules + nrules; r++) {
		for (q = rules; q < r; q++)
			if (!strcmp(q->name, r->name))
				fail_msg("%s stands twice", r->name);
		if (r->type && !catalogue_type(f.catalogue, r->type))
			fail_msg("%s: no type %s", r->name, r->type);
		if (r->field && !find_field(r, r->field))
			fail_msg("%s: no field %s", r->name, r->field);
		if ((r->code == OK) != (r->warning != NULL) || !*r->text)
			fail_msg("%s: code or sentence", r->name);
		if (r->warning && strncmp(r->warning, "W_", 2) != 0)
			fail_msg("%s: %s", r->name, r->warning);
		check_condition(r);
	}
}

/* Queries of the rows that make their own, for a record full of ones. */
static sqlite3_stmt *query_of(const struct rule *r)
{
	const struct type *t = catalogue_type(f.catalogue, r->type);
	struct value *cell = calloc(t->table.ncol, sizeof *cell);
	struct rule_memo memo = {0};
	struct err e = {0};
	struct rule_context x = { .s = f.store, .c = f.catalogue, .t = t,
	    .cell = cell, .state = t->state[0].key, .id = 1,
	    .branch = "TC", .memo = &memo, .e = &e };

	assert_non_null(cell);
	for (size_t i = 0; i < t->table.ncol; i++)
		cell[i] = value_int(1);
	assert_true(r->holds(&x, r));
	assert_int_equal(x.rc, OK);
	buf_release(&x.detail);
	free(cell);
	return f.store->rule[r - rules];
}

static bool scans(const char *sql)
{
	sqlite3_stmt *st;
	char plan[4000];
	bool yes = false;

	snprintf(plan, sizeof plan, "EXPLAIN QUERY PLAN %s", sql);
	assert_int_equal(sqlite3_prepare_v2(f.store->db, plan, -1, &st,
	    NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW)
		yes |= strncmp((const char *)sqlite3_column_text(st, 3),
		    "SCAN", 4) == 0;
	sqlite3_finalize(st);
	return yes;
}

static void test_indexes(void **state)
{
	static const enum sql_name fixed[] = { SQL_RULE_STEPS,
	    SQL_RULE_SPLIT, SQL_RULE_STAR, SQL_RULE_ENTRANTS };
	struct err e = {0};
	sqlite3_stmt *st;
	size_t i, n = 0;

	(void)state;
	for (i = 0; i < nrules; i++) {
		if (rules[i].holds != rule_unique &&
		    rules[i].holds != rule_no_child &&
		    rules[i].holds != rule_progress)
			continue;
		n++;
		st = query_of(&rules[i]);
		if (scans(sqlite3_sql(st)))
			fail_msg("%s walks the whole table: %s",
			    rules[i].name, sqlite3_sql(st));
	}
	assert_in_range(n, 20, nrules);
	for (i = 0; i < sizeof fixed / sizeof *fixed; i++) {
		assert_int_equal(store_stmt(f.store, fixed[i], &st, &e), OK);
		if (scans(sqlite3_sql(st)))
			fail_msg("walks the whole table: %s",
			    sqlite3_sql(st));
	}
}

/* A cell of the page: | stands for a column's edge there. */
static void add_cell(struct buf *b, const char *text)
{
	buf_adds(b, " ");
	for (; text && *text; text++)
		buf_printf(b, *text == '|' ? "\\%c" : "%c", *text);
	buf_adds(b, " |");
}

static void add_row(struct buf *b, const struct rule *r)
{
	const char *code = r->warning ? r->warning : err_name(r->code);

	buf_adds(b, "|");
	add_cell(b, r->name);
	add_cell(b, r->type ? r->type : "every");
	add_cell(b, r->field);
	add_cell(b, r->when);
	add_cell(b, code);
	add_cell(b, r->text);
	buf_adds(b, "\n");
}

static void test_page(void **state)
{
	struct buf page = BUF_INIT, table = BUF_INIT;
	const char *at, *write = getenv("WELLHEAD_WRITE");
	struct err e = {0};

	(void)state;
	fixture_file(PAGE, &page);
	buf_adds(&table, TABLE);
	for (size_t i = 0; i < nrules; i++)
		add_row(&table, &rules[i]);
	at = strstr((const char *)page.p, "| rule |");
	if (!at)
		fail_msg(PAGE " has no table of rules");
	if (write) {
		page.n = (size_t)(at - (const char *)page.p);
		buf_addb(&page, slice_buf(&table));
		assert_int_equal(file_write(PAGE, slice_buf(&page), 0644,
		    false, &e), OK);
	} else if (strcmp(at, (const char *)table.p) != 0) {
		fail_msg(PAGE " and rules_table.c differ; WELLHEAD_WRITE=1 "
		    "makes the page new");
	}
	buf_release(&page);
	buf_release(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_indexes),
		cmocka_unit_test(test_page),
	};

	return cmocka_run_group_tests(tests, open_store, close_store);
}
