/* Records: what a clerk and an officer do to them. */
#include "recording.h"

static void test_add(void **state)
{
	stamp_t org = add_org(), id = add_activity();
	char ref[STAMP_DIGITS + 1];
	json_t *o = show(id, "activity", true);

	(void)state;
	name_of(org, ref);
	assert_text(o, "org", ref);
	name_of(id, ref);
	assert_text(o, "id", ref);
	assert_text(o, "type", "activity");
	assert_text(o, "branch", "TC");
	assert_text(o, "state", "planned");
	assert_text(o, "kind", "sport");
	assert_text(o, "title", "健步走");
	assert_text(o, "date", "2026-09-01");
	assert_text(o, "entered_on", "2026-09-21");
	assert_text(o, "by", "me");
	assert_int_equal(json_array_size(json_object_get(o, "history")), 1);
	assert_null(json_object_get(o, "end_on"));
	json_decref(o);
	o = show(org, "org_unit", false);
	assert_text(o, "ext", "TC.org");
	assert_null(json_object_get(o, "history"));
	json_decref(o);
}

static void test_add_refused(void **state)
{
	static const struct {
		const char *type, *fields;
		enum err_code wanted;
	} cases[] = {
		{ "activity", "{}", ERR_REQUIRED },
		{ "activity", "{\"titel\":\"x\"}", ERR_COLUMN },
		{ "activity", "{\"state\":\"held\"}", ERR_COLUMN },
		{ "activity", "{\"id\":\"1\"}", ERR_COLUMN },
		{ "activity", "{\"title\":\"x\",\"主题\":\"x\"}",
		    ERR_COLUMN },
		{ "activity", "{\"org\":\"nobody\"}", ERR_REF },
		{ "person", "{\"name\":\"a\",\"kind\":\"on_duty\","
		    "\"org\":\"TC.act\"}", ERR_REF },
		{ "org_unit", "{\"code\":\"X\",\"name\":\"x\","
		    "\"kind\":\"partner\",\"established_on\":\"2001-01-01\","
		    "\"ext\":\"TC.org\"}", ERR_DUP },
	};
	struct err e = {0};
	struct buf before = BUF_INIT, after = BUF_INIT;
	stamp_t id;
	size_t i;

	(void)state;
	add_org();
	add("activity", "{\"kind\":\"sport\",\"title\":\"x\",\"ext\":"
	    "\"TC.act\",\"org\":\"TC.org\",\"date\":\"2026-09-01\"}");
	assert_int_equal(store_dump(tc.store, &before, &e), OK);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_code(cases[i].fields, try_add(cases[i].type,
		    cases[i].fields, &id, &e), cases[i].wanted, &e);
	assert_int_equal(store_dump(tc.store, &after, &e), OK);
	assert_true(slice_eq(slice_buf(&before), slice_buf(&after)));
	buf_release(&before);
	buf_release(&after);
}

/* All that is wrong is said, and nothing twice. */
static void test_all_problems(void **state)
{
	struct problems p = {0};
	struct err e = {0};
	json_t *o = object("{\"kind\":\"sprot\",\"title\":\"\","
	    "\"org\":\"nobody\",\"headcount\":-1}");
	stamp_t id;

	(void)state;
	assert_code("add", record_add(tc.store, type_of("activity"), NULL, o,
	    NULL, &id, &p, &e), ERR_ENUM, &e);
	assert_int_equal(p.errors, 5);	/* kind title org date headcount */
	json_decref(o);
	problems_release(&p);
}

static void test_foreign_branch(void **state)
{
	struct problems p = {0};
	struct err e = {0};
	json_t *o = object("{}");
	stamp_t id;

	(void)state;
	assert_code("add for NB", record_add(tc.store, type_of("activity"),
	    "NB", o, NULL, &id, &p, &e), ERR_FOREIGN, &e);
	json_decref(o);
	problems_release(&p);
}

static void test_find(void **state)
{
	stamp_t org = add_org(), id = add_activity();
	struct record r;
	struct err e = {0};
	char ref[STAMP_DIGITS + 1], cut[STAMP_DIGITS + 1];

	(void)state;
	assert_int_equal(record_find(tc.store, "TC.org", &r, &e), OK);
	assert_true(r.id == org);
	assert_string_equal(r.branch, "TC");
	assert_string_equal(r.state, "active");
	name_of(id, ref);
	assert_int_equal(record_find(tc.store, ref, &r, &e), OK);
	assert_true(r.id == id && r.type == type_of("activity"));
	snprintf(cut, sizeof(cut), "%.3s", ref);
	assert_code(cut, record_find(tc.store, cut, &r, &e), ERR_AMBIGUOUS,
	    &e);
	assert_code("?", record_find(tc.store, "?", &r, &e), ERR_NOT_FOUND,
	    &e);
	assert_code("empty", record_find(tc.store, "", &r, &e),
	    ERR_NOT_FOUND, &e);
	assert_code("7ZZZ", record_find(tc.store, "7ZZZ", &r, &e),
	    ERR_NOT_FOUND, &e);
}

static void test_edit(void **state)
{
	struct err e = {0};
	stamp_t id;
	json_t *o;

	(void)state;
	add_org();
	id = add_activity();
	edit(id, "{\"title\":\"健步走二\",\"place\":\"湖边\"}");
	assert_rev(id, "activity", 3);
	edit(id, "{\"title\":\"健步走二\"}");	/* the same: nothing done */
	assert_rev(id, "activity", 3);
	edit(id, "{\"place\":\"\"}");
	edit(id, "{\"title\":\"三\"}");
	o = show(id, "activity", true);
	assert_text(o, "title", "三");
	assert_null(json_object_get(o, "place"));
	assert_int_equal(json_array_size(json_object_get(o, "history")), 5);
	assert_text(json_array_get(json_object_get(o, "history"), 4),
	    "value", "三");
	json_decref(o);
	assert_code("required", try_edit(id, "{\"title\":\"\"}", &e),
	    ERR_REQUIRED, &e);
	assert_code("unknown", try_edit(id, "{\"ext\":\"x\"}", &e),
	    ERR_COLUMN, &e);
	assert_rev(id, "activity", 5);
}

static void test_void(void **state)
{
	char ref[STAMP_DIGITS + 1];
	struct err e = {0};
	stamp_t id;
	json_t *o;

	(void)state;
	add_org();
	id = add_activity();
	name_of(id, ref);
	assert_code("no reason", record_void(tc.store, ref, " ", NULL, &e),
	    ERR_REQUIRED, &e);
	assert_code("null", record_void(tc.store, ref, NULL, NULL, &e),
	    ERR_REQUIRED, &e);
	assert_code("void", record_void(tc.store, ref, "重复", "me", &e), OK,
	    &e);
	o = show(id, "activity", false);
	assert_text(o, "void", "重复");
	json_decref(o);
	assert_code("again", record_void(tc.store, ref, "x", "me", &e),
	    ERR_VOID, &e);
	assert_code("edit", try_edit(id, "{\"place\":\"x\"}", &e), ERR_VOID,
	    &e);
	assert_code("do", try_do(id, "approved", NULL, NULL, &e), ERR_VOID,
	    &e);
}

static void test_do(void **state)
{
	struct err e = {0};
	stamp_t id;
	json_t *o, *h;

	(void)state;
	add_org();
	id = add_activity();
	assert_code("skip", try_do(id, "held", NULL, NULL, &e),
	    ERR_TRANSITION, &e);
	assert_code("unknown", try_do(id, "nowhere", NULL, NULL, &e),
	    ERR_TRANSITION, &e);
	assert_code("role", try_do(id, "approved", "clerk", NULL, &e),
	    ERR_ROLE, &e);
	assert_code("day", try_do(id, "approved", NULL, "2026-02-30", &e),
	    ERR_DATE, &e);
	assert_rev(id, "activity", 1);
	assert_code("approved", try_do(id, "批准", NULL, "2026/9/1", &e), OK,
	    &e);
	assert_code("needs", try_do(id, "held", NULL, NULL, &e),
	    ERR_REQUIRED, &e);
	edit(id, "{\"headcount\":\"198\",\"precision\":\"near\"}");
	assert_code("held", try_do(id, "held", "clerk", NULL, &e), OK, &e);
	o = show(id, "activity", true);
	assert_text(o, "state", "held");
	assert_int_equal(json_integer_value(json_object_get(o, "rev")), 5);
	h = json_array_get(json_object_get(o, "history"), 4);
	assert_text(h, "what", "transition");
	assert_text(h, "from", "approved");
	assert_text(h, "to", "held");
	assert_text(h, "role", "clerk");
	assert_text(h, "on", "2026-09-21");
	assert_text(h, "note", "a note");
	assert_text(h, "at", "2026-09-21T14:13:20Z");
	json_decref(o);
}

/* ---- lists ---- */

struct listed {
	const char *key;
	enum filter_op op;
	const char *value;
	size_t n;
	enum err_code code;
};

static size_t list_of(const char *type, const struct filter *f, size_t nf,
    size_t limit, enum err_code *rc, struct err *e)
{
	json_t *list = json_array();
	size_t n;

	*rc = record_list(tc.store, type_of(type), f, nf, limit, keep_record,
	    list, e);
	n = json_array_size(list);
	json_decref(list);
	return n;
}

static const struct listed lists[] = {
	{ "kind", FILTER_EQ, "体育活动", 2, OK },
	{ "类别", FILTER_EQ, "sport", 2, OK },
	{ "kind", FILTER_NE, "sport", 1, OK },
	{ "kind", FILTER_EQ, "nothing", 0, ERR_ENUM },
	{ "headcount", FILTER_GE, "20", 2, OK },
	{ "headcount", FILTER_GT, "100", 1, OK },
	{ "headcount", FILTER_LT, "100", 1, OK },
	{ "headcount", FILTER_EQ, "", 1, OK },
	{ "headcount", FILTER_NE, "", 2, OK },
	{ "headcount", FILTER_EQ, "many", 0, ERR_TYPE },
	{ "date", FILTER_EQ, "2026-08", 1, OK },
	{ "date", FILTER_NE, "2026-08", 2, OK },
	{ "date", FILTER_GE, "2026Q3", 3, OK },
	{ "date", FILTER_GT, "2026年8月", 2, OK },
	{ "date", FILTER_LE, "2026-08", 1, OK },
	{ "date", FILTER_EQ, "2026/9/1", 1, OK },
	{ "title", FILTER_HAS, "步", 2, OK },
	{ "title", FILTER_EQ, "步", 0, OK },
	{ "title", FILTER_EQ, "' OR 1=1 --", 0, OK },
	{ "org", FILTER_EQ, "TC.org", 3, OK },
	{ "org", FILTER_NE, "TC.org", 0, OK },
	{ "org", FILTER_EQ, "nobody", 0, ERR_REF },
	{ "ext", FILTER_EQ, "TC.a1", 1, OK },
	{ "id", FILTER_EQ, "TC.a1", 1, OK },
	{ "branch", FILTER_EQ, "TC", 3, OK },
	{ "state", FILTER_EQ, "计划", 3, OK },
	{ "state", FILTER_NE, "planned", 0, OK },
	{ "state", FILTER_EQ, "nowhere", 0, ERR_ENUM },
	{ "programmes", FILTER_HAS, "PEACE", 1, OK },
	{ "programmes", FILTER_GE, "PEACE", 0, ERR_USAGE },
	{ "nothing", FILTER_EQ, "x", 0, ERR_COLUMN },
};

static void add_three(void)
{
	add_org();
	add("activity", "{\"kind\":\"sport\",\"title\":\"健步走\",\"ext\":"
	    "\"TC.a1\",\"org\":\"TC.org\",\"date\":\"2026-08-31\","
	    "\"headcount\":20}");
	add("activity", "{\"kind\":\"sport\",\"title\":\"跑步 abc\",\"org\":"
	    "\"TC.org\",\"date\":\"2026-09-01\",\"headcount\":198}");
	add("activity", "{\"kind\":\"lecture\",\"title\":\"安全\",\"org\":"
	    "\"TC.org\",\"date\":\"2026-09-02\",\"programmes\":\"PEACE\"}");
}

static void test_list(void **state)
{
	struct err e = {0};
	struct filter f;
	enum err_code rc;
	size_t i, n;

	(void)state;
	add_three();
	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		f = (struct filter){ lists[i].key, lists[i].op,
		    lists[i].value };
		n = list_of("activity", &f, 1, 0, &rc, &e);
		if (n != lists[i].n || rc != lists[i].code)
			fail_msg("%s %d %s: %zu %s (%s), wanted %zu %s",
			    f.key, (int)f.op, f.value, n, err_name(rc),
			    rc ? e.detail : "", lists[i].n,
			    err_name(lists[i].code));
	}
	assert_int_equal(list_of("activity", NULL, 0, 0, &rc, &e), 3);
	assert_int_equal(list_of("activity", NULL, 0, 2, &rc, &e), 2);
	assert_int_equal(list_of("award", NULL, 0, 0, &rc, &e), 0);
}

static void test_list_void(void **state)
{
	struct err e = {0};
	enum err_code rc;

	(void)state;
	add_three();
	assert_int_equal(record_void(tc.store, "TC.a1", "x", NULL, &e), OK);
	assert_int_equal(list_of("activity", NULL, 0, 0, &rc, &e), 2);
}

int main(void)
{
#define AT_TC(f) cmocka_unit_test_setup_teardown(f, open_store, close_store)
	const struct CMUnitTest tests[] = {
		AT_TC(test_add), AT_TC(test_add_refused),
		AT_TC(test_all_problems), AT_TC(test_foreign_branch),
		AT_TC(test_find), AT_TC(test_edit), AT_TC(test_void),
		AT_TC(test_do), AT_TC(test_list), AT_TC(test_list_void),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
