/* Records that two nodes, or headquarters too, have changed. */
#include "recording.h"

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

int main(void)
{
#define AT_TC(f) cmocka_unit_test_setup_teardown(f, open_store, close_store)
#define AT_HQ(f) cmocka_unit_test_setup_teardown(f, open_hq, close_store)
	const struct CMUnitTest tests[] = {
		AT_TC(test_conflict), AT_TC(test_resolve_value),
		AT_TC(test_state_conflict), AT_TC(test_held), AT_HQ(test_hq),
		AT_TC(test_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
