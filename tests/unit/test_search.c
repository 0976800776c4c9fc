/* Full text: found at once, after edits, by few or many characters, and when
 * the store cannot be written.
 */
#include "fixture.h"

#include "base/text.h"

static struct fixture tc;

static int open_store(void **state)
{
	(void)state;
	fixture_open(&tc, "TC");
	return 0;
}

static int close_store(void **state)
{
	(void)state;
	fixture_close(&tc);
	return 0;
}

static stamp_t add(const char *type, const char *fields)
{
	struct problems p = {0};
	struct err e = {0};
	json_t *o = json_loads(fields, 0, NULL);
	stamp_t id = 0;

	assert_non_null(o);
	if (record_add(tc.store, catalogue_type(tc.catalogue, type), NULL, o,
	    NULL, &id, &p, &e) != OK)
		fail_msg("add %s: %s", fields, e.detail);
	json_decref(o);
	problems_release(&p);
	return id;
}

static void edit(stamp_t id, const char *fields)
{
	struct problems p = {0};
	struct err e = {0};
	json_t *o = json_loads(fields, 0, NULL);
	char ref[STAMP_DIGITS + 1];

	base32_stamp(ref, (uint64_t)id);
	if (record_edit(tc.store, ref, o, NULL, &p, &e) != OK)
		fail_msg("edit %s: %s", fields, e.detail);
	json_decref(o);
	problems_release(&p);
}

static int keep_record(void *arg, const json_t *record)
{
	json_array_append(arg, (json_t *)record);
	return 0;
}

static json_t *search(const char *text, size_t limit)
{
	json_t *list = json_array();
	struct err e = {0};

	if (record_search(tc.store, text, limit, keep_record, list, &e) != OK)
		fail_msg("search %s: %s", text, e.detail);
	return list;
}

static void assert_found(const char *text, size_t wanted)
{
	json_t *list = search(text, 0);

	if (json_array_size(list) != wanted)
		fail_msg("%s: found %zu, wanted %zu", text,
		    json_array_size(list), wanted);
	json_decref(list);
}

static stamp_t activity;

static void add_some(void)
{
	add("org_unit", "{\"code\":\"TC\",\"name\":\"田陈煤矿工会\","
	    "\"kind\":\"partner\",\"established_on\":\"2001-01-01\","
	    "\"ext\":\"TC.org\"}");
	activity = add("activity", "{\"kind\":\"sport\",\"title\":"
	    "\"春季健步走 Walk 100%\",\"org\":\"TC.org\","
	    "\"date\":\"2026-03-01\",\"summary\":\"第一行\\n第二行\"}");
	add("activity", "{\"kind\":\"lecture\",\"title\":\"安全讲座\","
	    "\"org\":\"TC.org\",\"date\":\"2026-03-02\","
	    "\"programmes\":\"PEACE\"}");
}

static const struct {
	const char *text;
	size_t n;
} cases[] = {
	{ "健步走", 1 }, { "春季健步走", 1 }, { "健步", 1 }, { "走", 1 },
	{ "walk", 1 }, { "WALK", 1 }, { "wa", 1 }, { "100%", 1 },
	{ "0%", 1 }, { "%", 1 }, { "_", 0 }, { "\\", 0 },
	{ "健步走 walk", 1 }, { "健步走 走 wa", 1 }, { "walk　健步", 1 },
	{ "健步走 讲座", 0 }, { "讲座 安", 1 }, { "TC.org", 1 },
	{ "PEACE", 1 }, { "code", 0 }, { "田陈", 1 }, { "不在此处", 0 }, { "第二行", 1 },
	{ "\"", 0 }, { "\"walk\"", 0 }, { "walk OR x", 0 },
	{ "NOT walk", 0 }, { "*alk", 0 }, { "第一行\n第二行", 1 },
};

static void test_cases(void **state)
{
	size_t i;

	(void)state;
	add_some();
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_found(cases[i].text, cases[i].n);
}

static void test_hit(void **state)
{
	char ref[STAMP_DIGITS + 1];
	json_t *list, *o;

	(void)state;
	add_some();
	list = search("健步走", 0);
	o = json_array_get(list, 0);
	base32_stamp(ref, (uint64_t)activity);
	assert_string_equal(json_string_value(json_object_get(o, "id")), ref);
	assert_string_equal(json_string_value(json_object_get(o, "type")),
	    "activity");
	assert_string_equal(json_string_value(json_object_get(o, "field")),
	    "title");
	assert_string_equal(json_string_value(json_object_get(o, "text")),
	    "春季健步走 Walk 100%");
	json_decref(list);
	list = search("TC", 1);
	assert_int_equal(json_array_size(list), 1);
	json_decref(list);
}

static void test_changes(void **state)
{
	char ref[STAMP_DIGITS + 1];
	struct err e = {0};

	(void)state;
	add_some();
	assert_found("健步走", 1);
	edit(activity, "{\"title\":\"秋季登山节\"}");
	assert_found("健步走", 0);
	assert_found("登山节", 1);
	edit(activity, "{\"title\":\"冬季登山节\"}");
	edit(activity, "{\"place\":\"东山公园\"}");
	assert_found("秋季登", 0);
	assert_found("冬季登", 1);
	assert_found("东山公园", 1);
	base32_stamp(ref, (uint64_t)activity);
	assert_int_equal(record_void(tc.store, ref, "错了", NULL, &e), OK);
	assert_found("登山节", 0);
}

/* Level X never gets into the index. */
static void test_sensitive(void **state)
{
	(void)state;
	add_some();
	add("person", "{\"name\":\"测试甲\",\"kind\":\"on_duty\","
	    "\"org\":\"TC.org\",\"ext\":\"TC.p\"}");
	add("talk", "{\"kind\":\"research\",\"date\":\"2026-03-03\","
	    "\"org\":\"TC.org\",\"content\":\"心事不外传\","
	    "\"remark\":\"例行走访\",\"talker\":\"TC.p\"}");
	assert_found("例行走访", 1);
	assert_found("心事不外传", 0);
	assert_found("心事", 0);
}

static void reopen(bool writing)
{
	struct err e = {0};
	char *path = path_join(tc.dir, "store.db");

	store_close(tc.store);
	assert_int_equal(store_open(&tc.store, path, tc.catalogue, writing,
	    &e), OK);
	free(path);
}

/* Opened for reading, with all, some and none of the records indexed. */
static void test_reading(void **state)
{
	size_t i;

	(void)state;
	add_some();
	reopen(false);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_found(cases[i].text, cases[i].n);
	reopen(true);
	assert_found("健步走", 1);
	edit(activity, "{\"title\":\"登山节\"}");
	reopen(false);
	assert_found("健步走", 0);
	assert_found("登山", 1);
	assert_found("登山节", 1);
	assert_found("讲座", 1);
}

static void test_refused(void **state)
{
	static const struct {
		const char *text;
		enum err_code code;
	} bad[] = {
		{ "", ERR_USAGE }, { "  　", ERR_USAGE },
		{ "\xff", ERR_ENCODING },
		{ "a b c d e f g h i", ERR_TOO_BIG },
	};
	json_t *list = json_array();
	struct err e = {0};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(record_search(tc.store, bad[i].text, 0,
		    keep_record, list, &e), bad[i].code);
	assert_int_equal(json_array_size(list), 0);
	json_decref(list);
}

int main(void)
{
#define AT_TC(f) cmocka_unit_test_setup_teardown(f, open_store, close_store)
	const struct CMUnitTest tests[] = {
		AT_TC(test_cases), AT_TC(test_hit), AT_TC(test_changes),
		AT_TC(test_sensitive), AT_TC(test_reading),
		AT_TC(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
