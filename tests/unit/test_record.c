/* Records: what a clerk, an officer and a second clerk do to them. */
#include "fixture.h"

#include "apply.h"
#include "base/date.h"
#include "base/text.h"
#include "store_db.h"

#define NOW INT64_C(1790000000000)	/* 2026-09-21T14:13:20Z */

static struct fixture tc;		/* branch TC */

static int open_store(void **state)
{
	(void)state;
	clock_fix(NOW);
	fixture_open(&tc, "TC");
	return 0;
}

static int close_store(void **state)
{
	(void)state;
	fixture_close(&tc);
	clock_fix(0);
	return 0;
}

static json_t *object(const char *text)
{
	json_t *o = json_loads(text, 0, NULL);

	if (!o)
		fail_msg("not JSON: %s", text);
	return o;
}

static const struct type *type_of(const char *key)
{
	const struct type *t = catalogue_type(tc.catalogue, key);

	assert_non_null(t);
	return t;
}

static enum err_code try_add(const char *type, const char *fields,
    stamp_t *id, struct err *e)
{
	struct problems p = {0};
	json_t *o = object(fields);
	enum err_code rc = record_add(tc.store, type_of(type), NULL, o, "me",
	    id, &p, e);

	json_decref(o);
	problems_release(&p);
	return rc;
}

static stamp_t add(const char *type, const char *fields)
{
	struct err e = {0};
	stamp_t id = 0;

	if (try_add(type, fields, &id, &e) != OK)
		fail_msg("add %s %s: %s", type, fields, e.detail);
	return id;
}

static void name_of(stamp_t id, char out[STAMP_DIGITS + 1])
{
	base32_stamp(out, (uint64_t)id);
}

static enum err_code try_edit(stamp_t id, const char *fields, struct err *e)
{
	struct problems p = {0};
	char ref[STAMP_DIGITS + 1];
	json_t *o = object(fields);
	enum err_code rc;

	name_of(id, ref);
	rc = record_edit(tc.store, ref, o, "me", &p, e);
	json_decref(o);
	problems_release(&p);
	return rc;
}

static void edit(stamp_t id, const char *fields)
{
	struct err e = {0};

	if (try_edit(id, fields, &e) != OK)
		fail_msg("edit %s: %s", fields, e.detail);
}

static enum err_code try_do(stamp_t id, const char *to, const char *role,
    const char *on, struct err *e)
{
	struct problems p = {0};
	char ref[STAMP_DIGITS + 1];
	enum err_code rc;

	name_of(id, ref);
	rc = record_do(tc.store, ref, to, role, "me", on, " a note ", &p, e);
	problems_release(&p);
	return rc;
}

static json_t *show(stamp_t id, const char *type, bool history)
{
	struct err e = {0};
	json_t *o = NULL;

	if (record_json(tc.store, id, type_of(type), history, &o, &e) != OK)
		fail_msg("show: %s", e.detail);
	return o;
}

static void assert_text(const json_t *o, const char *key, const char *text)
{
	const char *got = json_string_value(json_object_get(o, key));

	if (!got || strcmp(got, text) != 0)
		fail_msg("%s: got %s, wanted %s", key, got ? got : "nothing",
		    text);
}

static stamp_t add_org(void)
{
	return add("org_unit", "{\"code\":\"TC\",\"name\":\"田陈\","
	    "\"kind\":\"partner\",\"established_on\":\"2001/1/1\","
	    "\"ext\":\"TC.org\"}");
}

static stamp_t add_activity(void)
{
	return add("activity", "{\"类别\":\"sport\",\"title\":\"健步走\","
	    "\"org\":\"TC.org\",\"date\":\"2026年9月1日\"}");
}

static void assert_code(const char *what, enum err_code got,
    enum err_code wanted, const struct err *e)
{
	if (got != wanted)
		fail_msg("%s: got %s (%s), wanted %s", what, err_name(got),
		    got == OK ? "" : e->detail, err_name(wanted));
}

static void assert_rev(stamp_t id, const char *type, json_int_t wanted)
{
	json_t *o = show(id, type, false);

	assert_int_equal(json_integer_value(json_object_get(o, "rev")),
	    wanted);
	json_decref(o);
}

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

/* ---- two nodes of one branch ---- */

/* A change of node 3, also branch TC, that knows only the initial value. */
static void other_change(enum fixed_table table, stamp_t record,
    int64_t later_ms, const char *a, const char *b, const char *c)
{
	struct origin o = { .branch = "TC", .node = 3 };
	stamp_t stamp = stamp_after_ms(NOW + later_ms) | 3;
	struct err e = {0};
	struct value *cell;
	struct batch batch;

	batch_init(&batch, tc.catalogue);
	cell = batch_row(&batch, NULL, (int)table);
	cell[0] = value_int(stamp);
	cell[1] = value_int(record);
	cell[2] = value_str("activity");
	cell[3] = value_str(a);
	cell[4] = value_str(b);
	if (table == TABLE_TRANSITION) {
		cell[TRANSITION_ROLE] = value_str(c);
		cell[TRANSITION_IMPORTED] = value_int(0);
	} else {
		cell[EDIT_BY] = value_str(c);
	}
	assert_int_equal(store_begin(tc.store, &e), OK);
	if (apply_batch(tc.store, &batch, &o, NULL, &e) != OK)
		fail_msg("apply: %s", e.detail);
	assert_int_equal(store_commit(tc.store, &e), OK);
	batch_release(&batch);
}

static int keep_record(void *arg, const json_t *record)
{
	json_array_append(arg, (json_t *)record);
	return 0;
}

static json_t *conflicts(void)
{
	json_t *list = json_array();
	struct err e = {0};

	assert_int_equal(conflict_list(tc.store, keep_record, list, &e), OK);
	return list;
}

static enum err_code try_resolve(stamp_t id, const char *field,
    const char *take, const char *value, struct err *e)
{
	struct problems p = {0};
	char ref[STAMP_DIGITS + 1];
	enum err_code rc;

	name_of(id, ref);
	rc = record_resolve(tc.store, ref, field, take, value, "me", &p, e);
	problems_release(&p);
	return rc;
}

/* The stamp of the value that does not show. */
static void hidden_stamp(const json_t *list, char out[STAMP_DIGITS + 1])
{
	const json_t *values = json_object_get(json_array_get(list, 0),
	    "values"), *v;
	size_t i, shown = 0;

	out[0] = '\0';
	json_array_foreach(values, i, v) {
		if (json_is_true(json_object_get(v, "shows")))
			shown++;
		else
			snprintf(out, STAMP_DIGITS + 1, "%s",
			    json_string_value(json_object_get(v, "stamp")));
	}
	assert_int_equal(shown, 1);
	assert_true(out[0]);
}

static void test_conflict(void **state)
{
	char hidden[STAMP_DIGITS + 1];
	struct err e = {0};
	stamp_t id;
	json_t *list, *o;

	(void)state;
	add_org();
	id = add_activity();
	edit(id, "{\"place\":\"湖边\"}");
	other_change(TABLE_EDIT, id, 1000, "place", "山上", "she");
	list = conflicts();
	assert_int_equal(json_array_size(list), 1);
	o = json_array_get(list, 0);
	assert_text(o, "field", "place");
	assert_text(o, "type", "activity");
	assert_int_equal(json_array_size(json_object_get(o, "values")), 2);
	hidden_stamp(list, hidden);
	json_decref(list);
	/* a plain edit replaces what shows; the other value stays */
	edit(id, "{\"place\":\"山下\"}");
	list = conflicts();
	assert_int_equal(json_array_size(list), 1);
	json_decref(list);
	assert_code("both", try_resolve(id, "place", hidden, "x", &e),
	    ERR_USAGE, &e);
	assert_code("none", try_resolve(id, "title", hidden, NULL, &e),
	    ERR_NOT_FOUND, &e);
	assert_code("bad", try_resolve(id, "place", "0000000000001", NULL,
	    &e), ERR_NOT_FOUND, &e);
	assert_code("take", try_resolve(id, "地点", hidden, NULL, &e), OK,
	    &e);
	o = show(id, "activity", false);
	assert_text(o, "place", "湖边");
	json_decref(o);
	list = conflicts();
	assert_int_equal(json_array_size(list), 0);
	json_decref(list);
}

static void test_resolve_value(void **state)
{
	struct err e = {0};
	stamp_t id;
	json_t *o;

	(void)state;
	add_org();
	id = add_activity();
	edit(id, "{\"headcount\":10}");
	other_change(TABLE_EDIT, id, 1000, "place", "x", NULL);
	edit(id, "{\"place\":\"y\"}");
	other_change(TABLE_EDIT, id, 2000, "place", "z", NULL);
	assert_code("value", try_resolve(id, "place", NULL, "全场", &e), OK,
	    &e);
	o = show(id, "activity", false);
	assert_text(o, "place", "全场");
	json_decref(o);
	o = conflicts();
	assert_int_equal(json_array_size(o), 0);
	json_decref(o);
}

static void test_state_conflict(void **state)
{
	char hidden[STAMP_DIGITS + 1];
	struct err e = {0};
	json_t *list, *o;
	stamp_t id;

	(void)state;
	add_org();
	id = add_activity();
	assert_code("do", try_do(id, "approved", NULL, NULL, &e), OK, &e);
	other_change(TABLE_TRANSITION, id, 1000, "planned", "cancelled",
	    "chair");
	list = conflicts();
	assert_int_equal(json_array_size(list), 1);
	assert_text(json_array_get(list, 0), "field", "state");
	hidden_stamp(list, hidden);
	json_decref(list);
	assert_code("blocked", try_do(id, "held", NULL, NULL, &e),
	    ERR_CONFLICT, &e);
	assert_code("not live", try_resolve(id, "state", NULL, "held", &e),
	    ERR_TRANSITION, &e);
	assert_code("take", try_resolve(id, "state", hidden, NULL, &e), OK,
	    &e);
	o = show(id, "activity", false);
	assert_text(o, "state", "approved");
	json_decref(o);
	list = conflicts();
	assert_int_equal(json_array_size(list), 0);
	json_decref(list);
}

static void test_held(void **state)
{
	json_t *list = json_array();
	struct err e = {0};

	(void)state;
	other_change(TABLE_EDIT, stamp_after_ms(NOW - 5000) | 3, 0, "place",
	    "x", NULL);
	assert_int_equal(held_list(tc.store, keep_record, list, &e), OK);
	assert_int_equal(json_array_size(list), 1);
	assert_text(json_array_get(list, 0), "what", "edit");
	assert_non_null(json_object_get(json_array_get(list, 0), "needs"));
	json_decref(list);
}

/* ---- at headquarters ---- */

static int open_hq(void **state)
{
	(void)state;
	clock_fix(NOW);
	fixture_open(&tc, "HQ");
	return 0;
}

/* A record of branch TC as it comes by its chain. */
static stamp_t merge_activity(void)
{
	const struct type *t = type_of("activity");
	struct origin o = { .branch = "TC", .node = 2 };
	stamp_t id = stamp_after_ms(NOW - 1000) | 2;
	struct err e = {0};
	struct value *cell;
	struct batch b;

	batch_init(&b, tc.catalogue);
	cell = batch_row(&b, t, -1);
	cell[TYPE_COL_ID] = value_int(id);
	cell[type_field(tc.catalogue, t, "kind")->column_index] =
	    value_str("sport");
	cell[type_field(tc.catalogue, t, "title")->column_index] =
	    value_str("健步走");
	cell[type_field(tc.catalogue, t, "org")->column_index] =
	    value_str("TC.later");
	cell[type_field(tc.catalogue, t, "date")->column_index] =
	    value_str("2026-09-01");
	assert_int_equal(store_begin(tc.store, &e), OK);
	if (apply_batch(tc.store, &b, &o, NULL, &e) != OK)
		fail_msg("apply: %s", e.detail);
	assert_int_equal(store_commit(tc.store, &e), OK);
	batch_release(&b);
	return id;
}

static void test_hq(void **state)
{
	struct err e = {0};
	char ref[STAMP_DIGITS + 1];
	stamp_t theirs = merge_activity(), own;
	json_t *o;

	(void)state;
	add_org();
	own = add_activity();
	name_of(theirs, ref);
	o = show(theirs, "activity", false);
	assert_text(o, "org", "TC.later");	/* it waits for its record */
	json_decref(o);
	assert_code("edit theirs", try_edit(theirs, "{\"place\":\"x\"}", &e),
	    ERR_FOREIGN, &e);
	assert_code("void theirs", record_void(tc.store, ref, "x", NULL, &e),
	    ERR_FOREIGN, &e);
	assert_code("their step", try_do(theirs, "approved", NULL, NULL, &e),
	    ERR_ROLE, &e);
	assert_code("own step", try_do(own, "approved", NULL, NULL, &e), OK,
	    &e);
	edit(own, "{\"place\":\"x\"}");
}

/* At the branch itself a waiting reference counts as filled in. */
static void test_waiting(void **state)
{
	struct err e = {0};
	stamp_t id = merge_activity();
	json_t *o;

	(void)state;
	edit(id, "{\"place\":\"x\"}");
	assert_code("step", try_do(id, "approved", NULL, NULL, &e), OK, &e);
	o = show(id, "activity", false);
	assert_text(o, "org", "TC.later");
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
#define AT_HQ(f) cmocka_unit_test_setup_teardown(f, open_hq, close_store)
	const struct CMUnitTest tests[] = {
		AT_TC(test_add), AT_TC(test_add_refused),
		AT_TC(test_all_problems), AT_TC(test_foreign_branch),
		AT_TC(test_find),
		AT_TC(test_edit), AT_TC(test_void), AT_TC(test_do),
		AT_TC(test_conflict), AT_TC(test_resolve_value),
		AT_TC(test_state_conflict), AT_TC(test_held), AT_HQ(test_hq),
		AT_TC(test_waiting), AT_TC(test_list), AT_TC(test_list_void),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
