/* Reports: every definition runs, every cell equals its figure, totals,
 * rounding, names of cells, and what is refused.
 */
#include "fixture.h"

#include <math.h>

#include "base/text.h"
#include "report.h"

static struct fixture hq;

static int open_all(void **state)
{
	(void)state;
	fixture_open(&hq, "HQ");
	fixture_demo(&hq, NULL);
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	fixture_close(&hq);
	return 0;
}

static struct report *make(const char *id, const char *period,
    const char *as_of, const char *branch)
{
	struct report_options o = { .period = period, .as_of = as_of,
	    .branch = branch };
	struct report *r = NULL;
	struct err e = {0};

	if (report_make(hq.store, id, &o, &r, &e) != OK)
		fail_msg("%s %s: %s", id, period ? period : "", e.detail);
	return r;
}

/* The cell, and the figure it says it is, counted by itself. */
static void check_cell(const struct report *r, const struct report_cell *c)
{
	struct value num, den;
	struct err e = {0};

	if (figure_rate(hq.store, c->query, &num, &den, &e) != OK)
		fail_msg("%s: %s: %s", r->id, c->query, e.detail);
	if (fabs(value_number(&num) - value_number(&c->num)) > 1e-9 ||
	    fabs(value_number(&den) - value_number(&c->den)) > 1e-9)
		fail_msg("%s: %s: cell %g/%g, figure %g/%g", r->id, c->query,
		    value_number(&c->num), value_number(&c->den),
		    value_number(&num), value_number(&den));
	if ((c->kind == CELL_RATE) != (den.kind != VALUE_NULL))
		fail_msg("%s: %s: kind %d", r->id, c->query, (int)c->kind);
}

/* Every number of a report opens; returns how many there are. */
static size_t check_cells(const struct report *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->nsection; i++)
		for (size_t j = 0; j < r->section[i].nrow; j++)
			for (size_t k = 0; k < r->section[i].ncolumn; k++) {
				const struct report_cell *c =
				    &r->section[i].row[j].cell[k];

				if (c->query == NULL)
					continue;
				check_cell(r, c);
				n++;
			}
	return n;
}

static bool has_period(const json_t *def, const char *kind)
{
	const json_t *p;
	size_t i;

	json_array_foreach(json_object_get(def, "period"), i, p)
		if (strcmp(json_string_value(p), kind) == 0)
			return true;
	return false;
}

/* All reports, each with every kind of period it has, of one branch and of
 * all, today and as of an earlier day. */
static void test_every_report(void **state)
{
	static const struct { const char *kind, *period, *as_of; } when[] = {
		{ "year", "2021", "2021-06-30" }, { "year", "2019", NULL },
		{ "quarter", "2022Q2", NULL }, { "month", "2021-04", NULL },
		{ NULL, NULL, "2021-08-30" }, { NULL, NULL, NULL },
	};
	json_t *all = NULL, *def;
	struct err e = {0};
	size_t i, n = 0;

	(void)state;
	assert_int_equal(report_definitions(&all, &e), OK);
	assert_int_equal(json_array_size(all), 18);
	json_array_foreach(all, i, def)
		for (size_t k = 0; k < sizeof when / sizeof *when; k++) {
			const char *id = json_string_value(
			    json_object_get(def, "id"));
			bool timeless = json_array_size(
			    json_object_get(def, "period")) == 0;
			struct report *r;

			if (when[k].kind == NULL ? !timeless :
			    !has_period(def, when[k].kind))
				continue;
			r = make(id, when[k].period, when[k].as_of, NULL);
			n += check_cells(r);
			report_free(r);
			r = make(id, when[k].period, when[k].as_of, "XN");
			n += check_cells(r);
			report_free(r);
		}
	json_decref(all);
	if (n < 5000)
		fail_msg("only %zu cells", n);
}

/* One person may be in two rows: the total counts again. */
static void test_totals(void **state)
{
	struct report *r = make("R03", "2022", "2022-11-17", NULL);
	struct err e = {0};
	const struct report_cell *visits = report_cell(r, "2B5", &e);
	const struct report_cell *persons = report_cell(r, "2C5", &e);
	const struct report_cell *money = report_cell(r, "2D5", &e);

	(void)state;
	assert_non_null(visits);
	assert_int_equal(visits->num.i, 43);
	assert_int_equal(persons->num.i, 42);
	assert_int_equal(money->num.i, 1240000);
	assert_int_equal(money->kind, CELL_MONEY);
	report_free(r);
}

static void test_cell_names(void **state)
{
	static const char *const bad[] = { "", "1", "B", "1B", "B1", "0B1",
		"1A0", "9B1", "1ZZ1", "1B99", "1B1x", "-1B1", "1B1 ", "RT-99",
		"999999999999999999B1", "1A1" };
	struct report *r = make("R03", "2022", NULL, "GQ");
	struct err e = {0};
	char letters[8];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (report_cell(r, bad[i], &e) != NULL)
			fail_msg("\"%s\" is a cell", bad[i]);
	assert_ptr_equal(report_cell(r, "1d2", &e), report_cell(r, "000-09",
	    &e));
	assert_non_null(report_cell(r, "000-09", &e));
	report_letters(0, letters);
	assert_string_equal(letters, "A");
	report_letters(25, letters);
	assert_string_equal(letters, "Z");
	report_letters(26, letters);
	assert_string_equal(letters, "AA");
	report_letters(701, letters);
	assert_string_equal(letters, "ZZ");
	report_letters(702, letters);
	assert_string_equal(letters, "AAA");
	report_free(r);
}

static void test_rounded(void **state)
{
	static const struct { int64_t n; const char *how, *text; } cases[] = {
		{ 153, "over", "150余" }, { 206, "over", "200余" },
		{ 198, "near", "近200" }, { 191, "near", "近200" },
		{ 200, "near", "近200" }, { 95, "about", "约95" },
		{ 40, "exact", "40" }, { 40, "", "40" }, { 0, "over", "0余" },
	};
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		report_rounded(cases[i].n, cases[i].how, text, sizeof text);
		if (strcmp(text, cases[i].text) != 0)
			fail_msg("%lld %s: %s, not %s", (long long)cases[i].n,
			    cases[i].how, text, cases[i].text);
	}
}

static void test_refused(void **state)
{
	static const struct { const char *id, *period, *as_of, *branch;
		enum err_code code; } cases[] = {
		{ "R19", NULL, NULL, NULL, ERR_NOT_FOUND },
		{ "figures", NULL, NULL, NULL, ERR_NOT_FOUND },
		{ "R03", "2022Q5", NULL, NULL, ERR_PERIOD },
		{ "R03", "soon", NULL, NULL, ERR_PERIOD },
		{ "R01", "2022-05", NULL, NULL, ERR_PERIOD },
		{ "R09", "2022", NULL, NULL, ERR_PERIOD },
		{ "R03", "2022", "2021-12-31", NULL, ERR_PERIOD },
		{ "R03", "2022", "2022-02-30", NULL, ERR_DATE },
		{ "R03", "2022", NULL, "ZZ", ERR_NOT_FOUND },
		{ "R03", "2022", NULL, "GQ]#count", ERR_NOT_FOUND },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct report_options o = { .period = cases[i].period,
		    .as_of = cases[i].as_of, .branch = cases[i].branch };
		struct report *r = NULL;
		struct err e = {0};
		enum err_code rc = report_make(hq.store, cases[i].id, &o, &r,
		    &e);

		if (rc != cases[i].code || r != NULL)
			fail_msg("%s %s: %s (%s), not %s", cases[i].id,
			    cases[i].period ? cases[i].period : "",
			    err_name(rc), e.detail,
			    err_name(cases[i].code));
		assert_string_not_equal(e.detail, "");
	}
}

/* A key taken from data must not become grammar. */
static void test_hostile_keys(void **state)
{
	static const char *const titles[] = { "a;b|c]d\\e$f", "$date", " x ",
		"x=1]#count / award#count", "' OR 1=1 --" };
	const struct type *t = catalogue_type(hq.catalogue, "org_unit");
	struct problems p = {0};
	struct err e = {0};
	struct report *r;

	(void)state;
	for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
		json_t *o = json_pack("{s:s,s:s,s:s,s:s,s:s}", "name",
		    titles[i], "kind", "partner", "established_on",
		    "2020-01-01", "code", "X", "branch", "HQ");
		char code[8];
		stamp_t id;

		snprintf(code, sizeof code, "X%zu", i);
		json_object_set_new(o, "code", json_string(code));
		json_object_del(o, "branch");
		if (record_add(hq.store, t, NULL, o, "test", &id, &p, &e) !=
		    OK)
			fail_msg("%s: %s", titles[i], e.detail);
		json_decref(o);
		o = json_pack("{s:s,s:s,s:i,s:s,s:s}", "kind", "board",
		    "name", "board", "quantity", 1, "opened_on",
		    "2020-01-01", "org", code);
		char ref[STAMP_DIGITS + 1];
		base32_stamp(ref, (uint64_t)id);
		json_object_set_new(o, "org", json_string(ref));
		if (record_add(hq.store, catalogue_type(hq.catalogue,
		    "facility"), NULL, o, "test", &id, &p, &e) != OK)
			fail_msg("%s: %s", titles[i], e.detail);
		json_decref(o);
		base32_stamp(ref, (uint64_t)id);
		if (record_do(hq.store, ref, "open", NULL, "test", NULL, NULL,
		    &p, &e) != OK)
			fail_msg("%s: %s", titles[i], e.detail);
	}
	problems_release(&p);
	r = make("R09", NULL, NULL, NULL);
	assert_true(check_cells(r) > 50);
	report_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_report),
		cmocka_unit_test(test_totals),
		cmocka_unit_test(test_cell_names),
		cmocka_unit_test(test_rounded),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_hostile_keys),
	};

	return cmocka_run_group_tests_name("report", tests, open_all,
	    close_all);
}
