/* In and out by file: what is taken, what is refused and why, and that what
 * goes out comes back the same.
 */
#include "fixture.h"

#include <iconv.h>

#include "figure.h"

struct outcome {
	enum err_code code;
	struct import_result r;
	struct problems p;
	struct err e;
};

static struct outcome take(struct store *s, struct slice text,
    const char *branch, bool dry)
{
	struct import_options o = { .branch = branch, .by = "test",
	    .dry_run = dry };
	struct outcome out = { .code = OK };

	out.code = import_jsonl(s, text, &o, &out.r, &out.p, &out.e);
	return out;
}

static struct outcome take_csv(struct store *s, const char *type,
    struct slice text)
{
	struct import_options o = { .by = "test" };
	struct outcome out = { .code = OK };

	out.code = import_csv(s, catalogue_type(store_catalogue(s), type),
	    text, &o, &out.r, &out.p, &out.e);
	return out;
}

static double count(struct store *s, const char *query)
{
	struct value v;
	struct err e = {0};

	if (figure_value(s, query, &v, &e) != OK)
		fail_msg("%s: %s", query, e.detail);
	return v.kind == VALUE_INT ? (double)v.i : v.r;
}

static bool has_warning(const struct problems *p, const char *warning)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->p[i].code == OK && !strcmp(p->p[i].warning, warning))
			return true;
	return false;
}

static void expect_ok(const struct outcome *o)
{
	if (o->code != OK)
		fail_msg("%s: %s", err_name(o->code), o->e.detail);
}

static void test_demo(void **state)
{
	struct fixture f;
	struct buf text = BUF_INIT;
	struct outcome o;

	(void)state;
	fixture_open(&f, "HQ");
	fixture_file("tests/data/demo.jsonl", &text);
	o = take(f.store, slice_buf(&text), NULL, true);
	expect_ok(&o);
	assert_int_equal(o.r.added, 4352);
	assert_true(count(f.store, "person#count") == 0);
	problems_release(&o.p);

	o = take(f.store, slice_buf(&text), NULL, false);
	expect_ok(&o);
	assert_int_equal(o.r.lines, 4352);
	assert_int_equal(o.r.added, 4352);
	assert_int_equal(o.r.waiting, 0);
	assert_true(has_warning(&o.p, "W_COLUMN"));
	assert_true(count(f.store, "person#count") == 1467);
	problems_release(&o.p);

	o = take(f.store, slice_buf(&text), NULL, false);
	expect_ok(&o);
	assert_int_equal(o.r.already, 4352);
	assert_int_equal(o.r.added, 0);
	assert_true(count(f.store, "person#count") == 1467);
	problems_release(&o.p);
	buf_release(&text);
	fixture_close(&f);
}

static void test_branch(void **state)
{
	struct fixture f;
	struct buf text = BUF_INIT;
	struct outcome o;

	(void)state;
	fixture_open(&f, "GQ");
	fixture_file("tests/data/demo.jsonl", &text);
	o = take(f.store, slice_buf(&text), NULL, false);
	assert_int_equal(o.code, ERR_FOREIGN);
	problems_release(&o.p);
	o = take(f.store, slice_buf(&text), "NB", false);
	assert_int_equal(o.code, ERR_FOREIGN);
	problems_release(&o.p);
	o = take(f.store, slice_buf(&text), "GQ", false);
	expect_ok(&o);
	assert_int_equal(o.r.added, 170);
	assert_int_equal(o.r.skipped, 4352 - 170);
	assert_true(o.r.waiting > 0);
	assert_true(has_warning(&o.p, "W_REF"));
	problems_release(&o.p);
	assert_true(count(f.store, "org_unit#count") == 6);
	assert_true(count(f.store, "award[branch=GQ;kind=star;state=granted;"
	    "period=2022Q1]#count") == 2);
	buf_release(&text);
	fixture_close(&f);
}

#define ORG(id, rest) "{\"type\":\"org_unit\",\"id\":\"" id "\"," \
	"\"branch\":\"TC\",\"code\":\"" id "\",\"name\":\"n\"," \
	"\"kind\":\"hq\",\"established_on\":\"2020-01-01\"" rest "}"

static const struct { const char *text; enum err_code code; int64_t line;
	const char *field; } bad[] = {
	{ "{", ERR_FORMAT, 1, "" },
	{ "[]", ERR_FORMAT, 1, "" },
	{ "3", ERR_FORMAT, 1, "" },
	{ "{\"a\":1,\"a\":2}", ERR_FORMAT, 1, "" },
	{ "\n\r\n{}", ERR_REQUIRED, 3, "type" },
	{ "{\"type\":\"moon\",\"id\":\"a\"}", ERR_ENUM, 1, "type" },
	{ "{\"type\":7,\"id\":\"a\"}", ERR_TYPE, 1, "type" },
	{ "{\"type\":\"person\"}", ERR_REQUIRED, 1, "id" },
	{ "{\"type\":\"person\",\"id\":\"a\",\"branch\":\"XN\"}",
	    ERR_FOREIGN, 1, "branch" },
	{ "{\"type\":\"person\",\"id\":\"a\",\"branch\":\"a b\"}", ERR_TYPE,
	    1, "branch" },
	{ ORG("a", "") "\r\n" ORG("a", ""), ERR_DUP, 2, "id" },
	{ ORG("a", ",\"parent\":\"nobody\""), ERR_REF, 1, "parent" },
	{ ORG("a", ",\"leader\":\"a\""), ERR_REF, 1, "leader" },
	{ ORG("a", ",\"employees\":\"many\""), ERR_TYPE, 1, "employees" },
	{ ORG("a", ",\"closed_on\":\"2020-02-30\""), ERR_DATE, 1,
	    "closed_on" },
	{ ORG("a", ",\"state\":\"moon\""), ERR_ENUM, 1, "state" },
	{ ORG("a", ",\"state\":\"closed\""), ERR_TRANSITION, 1, "state" },
	{ ORG("a", ",\"history\":3"), ERR_TYPE, 1, "history" },
	{ ORG("a", ",\"history\":[3]"), ERR_TRANSITION, 1, "history" },
	{ ORG("a", ",\"history\":[{\"from\":\"closed\",\"to\":\"active\","
	    "\"role\":\"chair\",\"on\":\"2021-01-01\"}]"), ERR_TRANSITION, 1,
	    "history" },
	{ ORG("a", ",\"history\":[{\"from\":\"active\",\"to\":\"suspended\","
	    "\"role\":\"worker\",\"on\":\"2021-01-01\"}]"), ERR_ROLE, 1,
	    "history" },
	{ ORG("a", ",\"history\":[{\"from\":\"active\",\"to\":\"suspended\","
	    "\"role\":\"chair\",\"on\":\"soon\"}]"), ERR_DATE, 1, "history" },
	{ ORG("a", ",\"state\":\"active\",\"history\":[{\"from\":\"active\","
	    "\"to\":\"suspended\",\"role\":\"chair\",\"on\":\"2021-01-01\"}]"),
	    ERR_TRANSITION, 1, "state" },
	{ ORG("a", ",\"name\":\"again\""), ERR_FORMAT, 1, "" },
	{ ORG("a", ",\"名称\":\"again\""), ERR_COLUMN, 1, "name" },
};

static void test_bad(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f, "TC");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct outcome o = take(f.store, slice_str(bad[i].text), NULL,
		    false);
		const struct problem *p = o.p.p;

		if (o.code != bad[i].code)
			fail_msg("%s: %s (%s), not %s", bad[i].text,
			    err_name(o.code), o.e.detail,
			    err_name(bad[i].code));
		if (p->line != bad[i].line ||
		    strcmp(p->field, bad[i].field) != 0)
			fail_msg("%s: line %d field %s", bad[i].text,
			    (int)p->line, p->field);
		problems_release(&o.p);
	}
	assert_true(count(f.store, "org_unit#count") == 0);
	fixture_close(&f);
}

/* All bad lines are told, by line, and the good ones are not kept. */
static void test_every_bad_line(void **state)
{
	static const char text[] = ORG("a", ",\"parent\":\"x\"") "\n"
	    ORG("b", "") "\n{\n" ORG("c", ",\"state\":\"moon\"") "\n"
	    ORG("b", "") "\n";
	static const int64_t lines[] = { 1, 3, 4, 5 };
	struct fixture f;
	struct outcome o;

	(void)state;
	fixture_open(&f, "TC");
	o = take(f.store, slice_str(text), NULL, false);
	assert_int_equal(o.p.errors, 4);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(o.p.p[i].line, lines[i]);
	assert_true(count(f.store, "org_unit#count") == 0);
	assert_int_equal(o.r.added, 0);
	problems_release(&o.p);
	fixture_close(&f);
}

static void test_long_line(void **state)
{
	struct buf text = BUF_INIT;
	struct fixture f;
	struct outcome o;

	(void)state;
	fixture_open(&f, "TC");
	buf_adds(&text, ORG("a", "") "\n{\"type\":\"");
	for (size_t i = 0; i < 1024 * 1024; i++)
		buf_addc(&text, 'x');
	o = take(f.store, slice_buf(&text), NULL, false);
	assert_int_equal(o.code, ERR_RANGE);
	assert_int_equal(o.p.p[0].line, 2);
	problems_release(&o.p);
	buf_release(&text);
	fixture_close(&f);
}

static void to_gb18030(const char *text, struct buf *out)
{
	iconv_t cd = iconv_open("GB18030", "UTF-8");
	char *in = (char *)(uintptr_t)text, *to;
	size_t left = strlen(text), room = 4096;

	assert_true(cd != (iconv_t)-1);
	to = (char *)buf_room(out, room);
	assert_int_equal(iconv(cd, &in, &left, &to, &room), 0);
	out->n += 4096 - room;
	iconv_close(cd);
}

static const char named[] = "{\"type\":\"org_unit\",\"id\":\"a\","
    "\"code\":\"a\",\"name\":\"采油一厂工会\",\"kind\":\"hq\","
    "\"established_on\":\"2020-01-01\"}\n";

static void check_encoding(struct slice text, enum err_code code)
{
	struct fixture f;
	struct outcome o;

	fixture_open(&f, "TC");
	o = take(f.store, text, NULL, false);
	if (o.code != code)
		fail_msg("%s (%s), not %s", err_name(o.code), o.e.detail,
		    err_name(code));
	assert_true(count(f.store, "org_unit[name=采油一厂工会]#count") ==
	    (code == OK));
	problems_release(&o.p);
	fixture_close(&f);
}

static void test_encodings(void **state)
{
	struct buf text = BUF_INIT;

	(void)state;
	check_encoding(slice_str(named), OK);
	buf_adds(&text, "\xef\xbb\xbf");
	buf_adds(&text, named);
	check_encoding(slice_buf(&text), OK);
	buf_clear(&text);
	to_gb18030(named, &text);
	check_encoding(slice_buf(&text), OK);
	buf_clear(&text);
	buf_adds(&text, named);
	buf_adds(&text, "\xff");	/* one bad byte in UTF-8 */
	check_encoding(slice_buf(&text), ERR_ENCODING);
	buf_clear(&text);
	buf_adds(&text, "\xff\xff\xff{}");
	check_encoding(slice_buf(&text), ERR_ENCODING);
	buf_release(&text);
}

static void export_all(struct fixture *f, struct buf *out)
{
	struct err e = {0};

	for (size_t i = 0; i < f->catalogue->ntype; i++)
		if (export_type(f->store, &f->catalogue->type[i],
		    EXPORT_JSONL, out, &e) != OK)
			fail_msg("%s: %s", f->catalogue->type[i].key,
			    e.detail);
}

/* Out and in again: the second store gives the same text and figures. */
static void test_round_trip(void **state)
{
	struct fixture a, b;
	struct buf first = BUF_INIT, second = BUF_INIT;
	struct import_result r;

	(void)state;
	fixture_open(&a, "HQ");
	fixture_open(&b, "HQ");
	fixture_demo(&a, NULL);
	export_all(&a, &first);
	r = fixture_import(&b, slice_buf(&first), NULL);
	assert_int_equal(r.added, 4352);
	export_all(&b, &second);
	assert_int_equal(first.n, second.n);
	assert_memory_equal(first.p, second.p, first.n);
	assert_true(count(b.store, "care_visit[branch=GQ]#sum(amount)") ==
	    1240000);
	buf_release(&first);
	buf_release(&second);
	fixture_close(&a);
	fixture_close(&b);
}

/* A void record that others refer to, and one with no external key. */
static void test_round_trip_void(void **state)
{
	static const char text[] = ORG("a", "") "\n"
	    ORG("b", ",\"parent\":\"a\"") "\n";
	struct fixture a, b;
	struct buf first = BUF_INIT, second = BUF_INIT;
	struct problems p = {0};
	struct err e = {0};
	stamp_t id;
	json_t *in;

	(void)state;
	fixture_open(&a, "TC");
	fixture_open(&b, "TC");
	fixture_import(&a, slice_str(text), NULL);
	in = json_pack("{s:s,s:s,s:s,s:s,s:s}", "code", "c", "name", "c",
	    "kind", "partner", "parent", "b", "established_on", "2020-01-01");
	if (record_add(a.store, &a.catalogue->type[0], NULL, in, "t", &id, &p,
	    &e) != OK || record_void(a.store, "a", "twice", "t", &e) != OK)
		fail_msg("%s", e.detail);
	export_all(&a, &first);
	fixture_import(&b, slice_buf(&first), NULL);
	export_all(&b, &second);
	assert_int_equal(first.n, second.n);
	assert_memory_equal(first.p, second.p, first.n);
	assert_true(count(b.store, "org_unit#count") == 2);
	json_decref(in);
	problems_release(&p);
	buf_release(&first);
	buf_release(&second);
	fixture_close(&a);
	fixture_close(&b);
}

static const char table[] = "\xef\xbb\xbf标识,代码,名称,类别,上级单位,"
    "成立日期,employees\r\n"
    "u1,C1,\"甲, \"\"乙\"\"\r\n丙\",集团工会,,2020/1/5,12\r\n"
    "u2,C2,'=cmd(),club,u1,2020年1月6日,\r\n"
    ",,,,,,\r\n";

static void test_csv(void **state)
{
	struct fixture f, g;
	struct buf out = BUF_INIT;
	struct err e = {0};
	struct outcome o;

	(void)state;
	fixture_open(&f, "TC");
	o = take_csv(f.store, "org_unit", slice_str(table));
	expect_ok(&o);
	assert_int_equal(o.r.added, 2);
	problems_release(&o.p);
	assert_true(count(f.store, "org_unit[name~\";established_on="
	    "2020-01-05;kind=hq;employees=12]#count") == 1);
	assert_true(count(f.store, "org_unit[name==cmd();parent=u1]#count")
	    == 1);
	o = take_csv(f.store, "org_unit", slice_str(table));
	assert_int_equal(o.r.already, 2);
	problems_release(&o.p);

	assert_int_equal(export_type(f.store, &f.catalogue->type[0],
	    EXPORT_CSV, &out, &e), OK);
	fixture_open(&g, "TC");
	o = take_csv(g.store, "org_unit", slice_buf(&out));
	expect_ok(&o);
	problems_release(&o.p);
	buf_clear(&out);
	export_all(&f, &out);
	struct buf again = BUF_INIT;

	export_all(&g, &again);
	assert_int_equal(out.n, again.n);
	assert_memory_equal(out.p, again.p, out.n);
	buf_release(&again);
	buf_release(&out);
	fixture_close(&f);
	fixture_close(&g);
}

static const struct { const char *text; enum err_code code; int64_t line; }
bad_csv[] = {
	{ "", ERR_FORMAT, 1 },
	{ "code,moon\na,b\n", ERR_COLUMN, 1 },
	{ "code,name,代码\na,b,c\n", ERR_COLUMN, 1 },
	{ "code\tname\ta,b\n", ERR_COLUMN, 1 },
	{ "code,name\n\na,b,c\n", ERR_COLUMN, 3 },
	{ "code,\na,b\n", ERR_COLUMN, 2 },
	{ "code;name\n\"a\nb\";c\n\"d", ERR_FORMAT, 4 },
	{ "code,name,kind,established_on,state\na,b,hq,2020-01-01,撤销\n",
	    ERR_TRANSITION, 2 },
	{ "code,name,kind,established_on\na,b,hq,soon\n", ERR_DATE, 2 },
	{ "code,name,kind,established_on\na,,hq,2020-01-01\n", ERR_REQUIRED,
	    2 },
};

static void test_bad_csv(void **state)
{
	struct fixture f;

	(void)state;
	fixture_open(&f, "TC");
	for (size_t i = 0; i < sizeof bad_csv / sizeof *bad_csv; i++) {
		struct outcome o = take_csv(f.store, "org_unit",
		    slice_str(bad_csv[i].text));
		bool found = false;

		for (size_t k = 0; k < o.p.n; k++)
			found |= o.p.p[k].code == bad_csv[i].code &&
			    o.p.p[k].line == bad_csv[i].line;
		if (!found || o.code == OK)
			fail_msg("%s: %s (%s), not %s", bad_csv[i].text,
			    err_name(o.code), o.e.detail,
			    err_name(bad_csv[i].code));
		problems_release(&o.p);
	}
	assert_true(count(f.store, "org_unit#count") == 0);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_demo),
		cmocka_unit_test(test_branch),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_every_bad_line),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_encodings),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_round_trip_void),
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_bad_csv),
	};

	return cmocka_run_group_tests_name("import", tests, NULL, NULL);
}
