/* What the tests of records share: a branch's store and short calls on it.
 * Include once in each program.
 */
#ifndef RECORDING_H
#define RECORDING_H

#include "fixture.h"

#include "apply.h"
#include "base/date.h"
#include "base/text.h"
#include "store_db.h"

#define NOW INT64_C(1790000000000)	/* 2026-09-21T14:13:20Z */

static struct fixture tc;		/* branch TC */

static inline int open_store(void **state)
{
	(void)state;
	clock_fix(NOW);
	fixture_open(&tc, "TC");
	return 0;
}

static inline int close_store(void **state)
{
	(void)state;
	fixture_close(&tc);
	clock_fix(0);
	return 0;
}

static inline json_t *object(const char *text)
{
	json_t *o = json_loads(text, 0, NULL);

	if (!o)
		fail_msg("not JSON: %s", text);
	return o;
}

static inline const struct type *type_of(const char *key)
{
	const struct type *t = catalogue_type(tc.catalogue, key);

	assert_non_null(t);
	return t;
}

static inline enum err_code try_add(const char *type, const char *fields,
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

static inline stamp_t add(const char *type, const char *fields)
{
	struct err e = {0};
	stamp_t id = 0;

	if (try_add(type, fields, &id, &e) != OK)
		fail_msg("add %s %s: %s", type, fields, e.detail);
	return id;
}

static inline void name_of(stamp_t id, char out[STAMP_DIGITS + 1])
{
	base32_stamp(out, (uint64_t)id);
}

static inline enum err_code try_edit(stamp_t id, const char *fields, struct err *e)
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

static inline void edit(stamp_t id, const char *fields)
{
	struct err e = {0};

	if (try_edit(id, fields, &e) != OK)
		fail_msg("edit %s: %s", fields, e.detail);
}

static inline enum err_code try_do(stamp_t id, const char *to, const char *role,
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

static inline json_t *show(stamp_t id, const char *type, bool history)
{
	struct err e = {0};
	json_t *o = NULL;

	if (record_json(tc.store, id, type_of(type), history, &o, &e) != OK)
		fail_msg("show: %s", e.detail);
	return o;
}

static inline void assert_text(const json_t *o, const char *key, const char *text)
{
	const char *got = json_string_value(json_object_get(o, key));

	if (!got || strcmp(got, text) != 0)
		fail_msg("%s: got %s, wanted %s", key, got ? got : "nothing",
		    text);
}

static inline stamp_t add_org(void)
{
	return add("org_unit", "{\"code\":\"TC\",\"name\":\"田陈\","
	    "\"kind\":\"partner\",\"established_on\":\"2001/1/1\","
	    "\"ext\":\"TC.org\"}");
}

static inline stamp_t add_activity(void)
{
	return add("activity", "{\"类别\":\"sport\",\"title\":\"健步走\","
	    "\"org\":\"TC.org\",\"date\":\"2026年9月1日\"}");
}

static inline void assert_code(const char *what, enum err_code got,
    enum err_code wanted, const struct err *e)
{
	if (got != wanted)
		fail_msg("%s: got %s (%s), wanted %s", what, err_name(got),
		    got == OK ? "" : e->detail, err_name(wanted));
}

static inline void assert_rev(stamp_t id, const char *type, json_int_t wanted)
{
	json_t *o = show(id, type, false);

	assert_int_equal(json_integer_value(json_object_get(o, "rev")),
	    wanted);
	json_decref(o);
}

static inline int keep_record(void *arg, const json_t *record)
{
	json_array_append(arg, (json_t *)record);
	return 0;
}

#endif
