/* Figures: the source documents' own, and every way to write one wrongly. */
#include "fixture.h"

#include <math.h>

#include "figure.h"
#include "store_db.h"

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

static double number(const struct value *v)
{
	return v->kind == VALUE_INT ? (double)v->i :
	    v->kind == VALUE_REAL ? v->r : NAN;
}

static double figure(struct store *s, const char *query)
{
	struct value v;
	struct err e = {0};

	if (figure_value(s, query, &v, &e) != OK)
		fail_msg("%s: %s", query, e.detail);
	return number(&v);
}

static bool compares(double got, const char *op, double expected)
{
	double near = fabs(got - expected);

	if (strcmp(op, "=") == 0)
		return near < 1e-9;
	if (strcmp(op, ">=") == 0)
		return got >= expected;
	return strcmp(op, ">") == 0 ? got > expected : got < expected;
}

static int count_record(void *arg, const json_t *record)
{
	assert_non_null(json_object_get(record, "id"));
	++*(size_t *)arg;
	return 0;
}

/* The value, the operator of the source, and the records behind it. */
static void check_entry(const json_t *entry)
{
	const char *query = json_string_value(json_object_get(entry, "query"));
	const char *op = json_string_value(json_object_get(entry, "op"));
	double demo = json_number_value(json_object_get(entry, "demo"));
	double expected = json_number_value(json_object_get(entry,
	    "expected"));
	double got = figure(hq.store, query);
	struct err e = {0};
	size_t n = 0;

	if (fabs(got - demo) > 1e-9)
		fail_msg("%s: %.10g, not %.10g", query, got, demo);
	if (!compares(got, op, expected))
		fail_msg("%s: %.10g is not %s %.10g", query, got, op,
		    expected);
	if (figure_records(hq.store, query, count_record, &n, &e) != OK)
		fail_msg("%s: %s", query, e.detail);
	if (strstr(query, "#count") && (double)n != got)
		fail_msg("%s: %zu records behind %.10g", query, n, got);
}

static void test_acceptance(void **state)
{
	json_t *all = json_load_file("tests/data/acceptance.json", 0, NULL);
	json_t *entry;
	size_t i, n = 0;

	(void)state;
	assert_non_null(all);
	json_array_foreach(all, i, entry) {
		if (!json_object_get(entry, "query"))
			continue;
		check_entry(entry);
		n++;
	}
	json_decref(all);
	assert_int_equal(n, 96);
}

/* Counted by a second program over demo.jsonl. */
static const struct { const char *query; double value; } more[] = {
	{ "award#count", 16 },
	{ "award[]#count", 16 },
	{ " award [ branch = GQ ; kind = star ] # count ", 5 },
	{ "荣誉授予[branch=GQ;kind=star]#count", 5 },
	{ "award[branch=GQ;period!=2022Q1]#count", 4 },
	{ "award[period=]#count", 0 },
	{ "award[period!=]#count", 16 },
	{ "practical_item[focus=]#count", 80 },
	{ "practical_item[focus!=f1]#count", 106 },
	{ "practical_item[focus=f1|]#count", 88 },
	{ "org_unit[parent.kind=branch;kind=club]#count", 13 },
	{ "org_unit[parent.kind=基层工会;kind=文体协会]#count", 13 },
	{ "care_visit[period=2022]#count", 43 },
	{ "care_visit[period=2022Q1|2022Q2]#count", 31 },
	{ "care_visit[period=2022-04]#count", 2 },
	{ "care_visit[period!=2022]#count", 7 },
	{ "care_visit[person=GQ.ret1]#count", 1 },
	{ "care_visit[branch=GQ]#sum(amount)", 1240000 },
	{ "incident[kind=theft;loss_t>6;loss_t<12.6]#count", 3 },
	{ "followup[parent.level=party;kind=report]#count", 146 },
	{ "publication[title~公开]#count", 3 },
	{ "person[name~' OR 1=1 --]#count", 0 },
	{ "person[name~a\\;b\\|c\\]]#count", 0 },
	{ "activity[outdoor=true]#count", 3 },
	{ "post[person.org.kind=branch]#count", 5 },
	/* as of a day: states replayed, what is dated later left out */
	{ "practical_item[branch=XN;state=done|published|evaluated]"
	    "@2021-06-30#count", 48 },
	{ "practical_item[branch=XN;state=done|published|evaluated]"
	    "@2021-08-30#count", 60 },
	{ "practical_item[branch=XN;state=evaluated]@2021年6月30日#count", 12 },
	{ "activity[branch=GQ;kind=lecture]@2022-06-01#count", 3 },
	/* steps, and fields beside fields */
	{ "expense[step:l1.by!=;step:l2.by!=;step:l3.by!="
	    ";step:l1.by!=$step:l2.by;step:l1.by!=$step:l3.by"
	    ";step:l2.by!=$step:l3.by;step:l1.by!=$handler.ext]#count", 4 },
	{ "expense[step:l1.by=$step:l2.by]#count", 0 },
	{ "expense[step:paid.on=2019-04-20]#count", 1 },
	{ "expense[step:paid.on=$paid_on]#count", 4 },
	{ "activity[outdoor=true;safety_notice.signed_on<=$date]#count", 3 },
	{ "activity[outdoor=true;safety_notice.signed_on>$date]#count", 0 },
	/* open in a month: not done yet, or done in it or later */
	{ "practical_item[level=party|grassroots;approved_on<=2021-04-30;"
	    "done_on>=2021-04-01|]#count", 96 },
	{ "followup[kind=report;period=2021-04;parent.type=practical_item]"
	    "#distinct(parent)", 96 },
	{ "followup[parent.type=实事项目]#count", 870 },
	{ "followup[parent.type!=practical_item]#count", 0 },
	/* rates */
	{ "award[kind=star]#count / award#count", 5.0 / 16 },
	{ "award[kind=star]#count/award[kind=star|flag]#count", 5.0 / 7 },
};

static void test_more(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
		double got = figure(hq.store, more[i].query);

		if (got != more[i].value)
			fail_msg("%s: %.10g, not %.10g", more[i].query, got,
			    more[i].value);
	}
}

static const struct { const char *query; enum err_code code; } bad[] = {
	{ "", ERR_USAGE }, { "award", ERR_USAGE }, { "award#", ERR_USAGE },
	{ "award[#count", ERR_USAGE }, { "award[kind]#count", ERR_USAGE },
	{ "award[kind=star#count", ERR_USAGE },
	{ "award[kind=star]#count x", ERR_USAGE },
	{ "award[=star]#count", ERR_USAGE },
	{ "award#sum", ERR_USAGE }, { "award#sum(votes", ERR_USAGE },
	{ "award#mean(kind)", ERR_USAGE },
	{ "award[a.b.c.d.e=1]#count", ERR_USAGE },
	{ "medal#count", ERR_NOT_FOUND },
	{ "award[colour=red]#count", ERR_COLUMN },
	{ "award[kind.name=red]#count", ERR_COLUMN },
	{ "award[to_org.colour=red]#count", ERR_COLUMN },
	{ "person[period=2022]#count", ERR_COLUMN },
	{ "award#sum(kind)", ERR_TYPE }, { "award#lines(kind)", ERR_TYPE },
	{ "award[kind=moon]#count", ERR_ENUM },
	{ "award[state=moon]#count", ERR_ENUM },
	{ "award[granted_on=soon]#count", ERR_DATE },
	{ "award[granted_on>=2022-02-30]#count", ERR_DATE },
	{ "award[period=2022Q5]#count", ERR_PERIOD },
	{ "care_visit[period=2022-13]#count", ERR_PERIOD },
	{ "care_visit[amount=1e3]#count", ERR_TYPE },
	{ "care_visit[amount>=1|2]#count", ERR_USAGE },
	{ "care_visit[amount>=]#count", ERR_USAGE },
	{ "care_visit[person~x]#count", ERR_USAGE },
	{ "care_visit[person=no.such]#count", ERR_NOT_FOUND },
	{ "publication[title~]#count", ERR_USAGE },
	{ "award@#count", ERR_DATE }, { "award@2022-02-30#count", ERR_DATE },
	{ "award#count /", ERR_USAGE }, { "award#count / star", ERR_USAGE },
	{ "award#count / award#count / award#count", ERR_USAGE },
	{ "activity[date>=|2021-01-01]#count", ERR_USAGE },
	{ "activity[date>=2021-01-01|2022-01-01]#count", ERR_USAGE },
	{ "activity[date>=|]#count", ERR_USAGE },
	{ "activity[date=$]#count", ERR_USAGE },
	{ "activity[date=$title]#count", ERR_TYPE },
	{ "activity[title~$topic]#count", ERR_USAGE },
	{ "activity[date=$colour]#count", ERR_COLUMN },
	{ "expense[step:moon.by=x]#count", ERR_COLUMN },
	{ "expense[step:l1.colour=x]#count", ERR_COLUMN },
	{ "expense[step:l1=x]#count", ERR_COLUMN },
	{ "followup[parent.type=moon]#count", ERR_ENUM },
	{ "publication[title~\xff]#count", ERR_ENCODING },
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct value v;
		struct err e = {0};
		enum err_code rc = figure_value(hq.store, bad[i].query, &v,
		    &e);

		if (rc != bad[i].code)
			fail_msg("%s: %s (%s), not %s", bad[i].query,
			    err_name(rc), e.detail, err_name(bad[i].code));
		assert_string_not_equal(e.detail, "");
	}
}

/* The place is counted in characters, as a person counts. */
static void test_place(void **state)
{
	struct value v;
	struct err e = {0};

	(void)state;
	assert_int_equal(figure_value(hq.store,
	    "publication[title~公开;kind=无]#count", &v, &e), ERR_ENUM);
	if (strstr(e.detail, "character 27") == NULL)
		fail_msg("no \"character 27\" in: %s", e.detail);
}

static void test_too_long(void **state)
{
	struct buf query = BUF_INIT;
	struct value v;
	struct err e = {0};

	(void)state;
	buf_adds(&query, "award[kind=star");
	for (int i = 0; i < 600; i++)
		buf_adds(&query, "|cup");
	buf_adds(&query, "]#count");
	assert_int_equal(figure_value(hq.store, (char *)query.p, &v, &e),
	    ERR_USAGE);
	for (int i = 0; i < 6000; i++)
		buf_adds(&query, " ");
	assert_int_equal(figure_value(hq.store, (char *)query.p, &v, &e),
	    ERR_TOO_BIG);
	buf_release(&query);
}

/* What figure_sql() gives is all of it: nothing is bound beside the text. */
static void test_plain_sql(void **state)
{
	struct buf sql = BUF_INIT;
	sqlite3_stmt *st = NULL;
	struct err e = {0};

	(void)state;
	assert_int_equal(figure_sql(hq.store,
	    "participation[target.title~宁烟杯;org.kind=workshop]"
	    "#distinct(org)", false, &sql, &e), OK);
	assert_int_equal(store_prepare(hq.store, (char *)sql.p, &st, &e), OK);
	assert_int_equal(sqlite3_bind_parameter_count(st), 0);
	sqlite3_finalize(st);
	buf_release(&sql);
}

static void test_void_never_counts(void **state)
{
	struct err e = {0};

	(void)state;
	if (record_void(hq.store, "HQ.lim", "entered twice", "test", &e) != OK)
		fail_msg("void: %s", e.detail);
	assert_true(figure(hq.store, "document[kind=limits]#count") == 0);
	assert_true(figure(hq.store, "document#count") == 43);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_acceptance),
		cmocka_unit_test(test_more),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_place),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_plain_sql),
		cmocka_unit_test(test_void_never_counts),
	};

	return cmocka_run_group_tests_name("figure", tests, open_all,
	    close_all);
}
