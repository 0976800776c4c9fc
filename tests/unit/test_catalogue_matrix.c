/* Programs with different catalogues at headquarters and a branch: N-1, N and
 * N+1 in all nine ways. What one side cannot read yet waits, nothing else
 * does, and after the upgrade all of it is applied by itself.
 *
 * The catalogues are the real one and two that grow from it: a field, a value
 * of an enumeration, a state and a type more each.
 */
#include "nodes.h"

#include "base/text.h"
#include "catalogue_json.h"
#include "store_db.h"

#define ROOM 40000
#define FOLDER "node/catalogue/"

static char text[34][ROOM];
const struct embedded catalogue_files[] = {
	{ "activity.json", text[0] },
	{ "award.json", text[1] },
	{ "care_visit.json", text[2] },
	{ "catalogue.json", text[3] },
	{ "commitment.json", text[4] },
	{ "common.json", text[5] },
	{ "competition.json", text[6] },
	{ "distribution.json", text[7] },
	{ "document.json", text[8] },
	{ "enums.json", text[9] },
	{ "evaluation.json", text[10] },
	{ "expense.json", text[11] },
	{ "facility.json", text[12] },
	{ "followup.json", text[13] },
	{ "hardship_case.json", text[14] },
	{ "holidays.json", text[15] },
	{ "incident.json", text[16] },
	{ "innovation.json", text[17] },
	{ "inspection.json", text[18] },
	{ "issue.json", text[19] },
	{ "meeting.json", text[20] },
	{ "membership.json", text[21] },
	{ "org_unit.json", text[22] },
	{ "pairing.json", text[23] },
	{ "participation.json", text[24] },
	{ "person.json", text[25] },
	{ "post.json", text[26] },
	{ "practical_item.json", text[27] },
	{ "proposal.json", text[28] },
	{ "publication.json", text[29] },
	{ "request.json", text[30] },
	{ "talk.json", text[31] },
	{ "gadget2.json", text[32] }, { "gadget3.json", text[33] }
};
const size_t ncatalogue_files =
    sizeof catalogue_files / sizeof *catalogue_files;

static json_t *load(const char *name)
{
	char path[200];
	json_t *j;

	snprintf(path, sizeof path, FOLDER "%s", name);
	j = json_load_file(path, 0, NULL);
	if (!j)
		fail_msg("%s cannot be read: run it in the source folder",
		    path);
	return j;
}

/* What version v adds to a file of the catalogue. */
static void grow(json_t *j, const char *name, int v)
{
	char key[16], zh[16];

	snprintf(key, sizeof key, "extra%d", v);
	snprintf(zh, sizeof zh, "增%d", v);
	if (!strcmp(name, "catalogue.json")) {
		json_object_set_new(j, "version", json_integer(v));
		snprintf(key, sizeof key, "gadget%d", v);
		json_array_append_new(json_object_get(j, "types"),
		    json_string(key));
	} else if (!strcmp(name, "enums.json")) {
		json_object_set_new(json_object_get(j, "channel"),
		    key, json_string(zh));
	} else if (!strcmp(name, "request.json")) {
		json_array_append_new(json_object_get(j, "fields"), json_pack(
		    "{s:s, s:s, s:s, s:s, s:s}", "key", key, "zh", zh, "type",
		    "text", "required", "", "level", "I"));
		json_array_append_new(json_object_get(j, "states"),
		    json_pack("{s:s, s:s}", "key", key, "zh", zh));
		json_array_append_new(json_object_get(j, "transitions"),
		    json_pack("{s:s, s:s, s:s, s:s}", "from", "submitted",
		    "to", key, "role", "chair", "zh", zh));
	}
}

/* A small type of its own, after the last one. */
static json_t *gadget(int v)
{
	char key[16];

	snprintf(key, sizeof key, "gadget%d", v);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:[{s:s, s:s, s:s, s:s, "
	    "s:s}], s:[{s:s, s:s}], s:[]}", "key", key, "zh", key, "en", key,
	    "group", "x", "create", "clerk, chair", "fields", "key", "name",
	    "zh", "名", "type", "text", "required", "Y", "level", "I",
	    "states", "key", "here", "zh", "在", "transitions");
}

/* From here on nodes are opened with catalogue 1, 2 or 3. */
static void use(int version)
{
	for (size_t i = 0; i < ncatalogue_files; i++) {
		const char *name = catalogue_files[i].name;
		bool own = strncmp(name, "gadget", 6) == 0;
		json_t *j = own ? gadget(name[6] - '0') : load(name);
		char *dump;

		for (int v = 2; !own && v <= version; v++)
			grow(j, name, v);
		dump = json_dumps(j, 0);
		assert_true(dump && strlen(dump) < ROOM);
		memcpy(text[i], dump, strlen(dump) + 1);
		free(dump);
		json_decref(j);
	}
}

static int64_t ask(struct node *n, const char *sql)
{
	sqlite3_stmt *q = NULL;
	struct err e = {0};
	int64_t got = -1;

	WANT(store_prepare(n->store, sql, &q, &e), e);
	if (sqlite3_step(q) == SQLITE_ROW)
		got = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return got;
}

/* A record with the newest field, enumeration value and state of version v,
 * and one of its newest type. */
static void newest(struct node *n, int v)
{
	const struct type *t = catalogue_type(n->catalogue, "request");
	struct problems p = {0};
	struct err e = {0};
	char key[16], type[16], ref[40];
	stamp_t id = 0;
	json_t *j;

	snprintf(key, sizeof key, "extra%d", v);
	snprintf(type, sizeof type, "gadget%d", v);
	j = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "kind", "demand",
	    "channel", v > 1 ? key : "online", "content", "x", "received_on",
	    "2022-03-08", "outcome", "pending", v > 1 ? key : "remark", "y");
	if (record_add(n->store, t, NULL, j, "test", &id, &p, &e))
		fail_msg("add: %s", e.detail);
	json_decref(j);
	base32_stamp(ref, (uint64_t)id);
	if (v > 1)
		WANT(record_do(n->store, ref, key, NULL, "test", "2022-06-01",
		    NULL, &p, &e), e);
	if (v > 1) {
		j = json_pack("{s:s}", "name", "g");
		WANT(record_add(n->store, catalogue_type(n->catalogue, type),
		    NULL, j, "test", &id, &p, &e), e);
		json_decref(j);
	}
	problems_release(&p);
}

static struct node *reopen(struct nodes *o, struct node *n, const char *name,
    int version)
{
	node_close(n);
	use(version);
	return nodes_open(o, name);
}

/* Headquarters at version h, the branch at b, another branch at 1. */
static void mixed(int h, int b)
{
	struct node *tc, *gq;
	struct nodes o;

	use(1);
	nodes_start(&o);
	tc = nodes_add(&o, "TC", NULL);
	gq = nodes_add(&o, "GQ", NULL);
	for (int i = 0; i < 2; i++) {
		(void)nodes_sync(tc);
		(void)nodes_sync(gq);
		(void)nodes_sync(o.hq);
	}
	o.hq = reopen(&o, o.hq, "hq", h);
	tc = reopen(&o, tc, "TC", b);
	newest(tc, b);
	nodes_request(gq, "plain");
	(void)nodes_sync(tc);
	(void)nodes_sync(gq);
	(void)nodes_sync(o.hq);
	/* the other branch's came, and what can be read */
	assert_int_equal(ask(o.hq, "SELECT count(*) FROM request"),
	    b > h ? 1 : 2);
	assert_int_equal(ask(o.hq, "SELECT count(*) FROM position WHERE "
	    "stopped = 'W_NEWER'"), b > h);
	/* a newer headquarters' receipts are read by an older branch */
	(void)nodes_sync(gq);
	assert_int_equal(ask(gq, "SELECT count(*) FROM position WHERE "
	    "stopped <> ''"), 0);
	assert_true(ask(gq, "SELECT count(*) FROM receipt WHERE "
	    "chain = 'node/GQ'") > 0);
	/* both are upgraded: all of it comes by itself */
	o.hq = reopen(&o, o.hq, "hq", 3);
	tc = reopen(&o, tc, "TC", 3);
	newest(tc, 3);
	for (int i = 0; i < 2; i++) {
		(void)nodes_sync(tc);
		(void)nodes_sync(o.hq);
	}
	assert_int_equal(ask(o.hq, "SELECT count(*) FROM request"), 3);
	assert_int_equal(ask(o.hq, "SELECT count(*) FROM position WHERE "
	    "stopped <> ''"), 0);
	assert_int_equal(ask(o.hq, "SELECT count(*) FROM request WHERE "
	    "state LIKE 'extra%' AND channel = state"), b > 1 ? 2 : 1);
	nodes_verify(o.hq);
	nodes_verify(tc);
	node_close(tc);
	node_close(gq);
	nodes_end(&o);
}

static void test_matrix(void **state)
{
	(void)state;
	for (int h = 1; h <= 3; h++)
		for (int b = 1; b <= 3; b++)
			mixed(h, b);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_matrix) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
