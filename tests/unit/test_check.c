/* What people enter: every kind of value, good and bad; whole records; the
 * catalogue of bad input as far as one record alone decides.
 */
#include "fixture.h"

#include "base/date.h"

static struct catalogue *catalogue;

static int open_catalogue(void **state)
{
	struct err e = {0};

	(void)state;
	clock_fix(1790000000000);	/* 2026-09-21 */
	return catalogue_load(&catalogue, &e) != OK;
}

static int close_catalogue(void **state)
{
	(void)state;
	clock_fix(0);
	catalogue_free(catalogue);
	return 0;
}

static const struct type *type_of(const char *key)
{
	const struct type *t = catalogue_type(catalogue, key);

	if (!t)
		fail_msg("no type %s", key);
	return t;
}

/* References in these tests lead wherever they say: R1 to 1, R2 to 2. */
static bool any_ref(void *arg, const struct field *f, struct slice text,
    struct value *out, struct problems *p)
{
	(void)arg;
	if (text.n == 2 && text.p[0] == 'R') {
		*out = value_int(text.p[1] - '0');
		return true;
	}
	if (text.n > 2 && text.p[0] == 'L') {
		*out = value_text(text);
		return true;
	}
	problems_error(p, ERR_REF, f->key, "no such record");
	return false;
}

static void print_value(const struct value *v, char *out, size_t n)
{
	if (v->kind == VALUE_NULL)
		snprintf(out, n, "null");
	else if (v->kind == VALUE_INT)
		snprintf(out, n, "%lld", (long long)v->i);
	else if (v->kind == VALUE_REAL)
		snprintf(out, n, "%.6g", v->r);
	else
		snprintf(out, n, "'%.*s'", (int)v->s.n,
		    (const char *)v->s.p);
}

/* wanted: the value as print_value() writes it, or an error's code. */
static const struct {
	const char *type, *field, *in, *wanted;
} values[] = {
	/* whole numbers */
	{ "activity", "headcount", "153", "153" },
	{ "activity", "headcount", "\"153\"", "153" },
	{ "activity", "headcount", "\" １５３ \"", "153" },
	{ "activity", "headcount", "\"-3\"", "-3" },
	{ "activity", "headcount", "\"+3\"", "3" },
	{ "activity", "headcount", "9007199254740992", "9007199254740992" },
	{ "activity", "headcount", "9007199254740993", "E_RANGE" },
	{ "activity", "headcount", "\"99999999999999999999999999\"",
	    "E_RANGE" },
	{ "activity", "headcount", "\"近200人\"", "E_TYPE" },
	{ "activity", "headcount", "\"-\"", "E_TYPE" },
	{ "activity", "headcount", "1.5", "E_TYPE" },
	{ "activity", "headcount", "true", "E_TYPE" },
	{ "activity", "headcount", "[1]", "E_TYPE" },
	{ "activity", "headcount", "null", "null" },
	{ "activity", "headcount", "\"\"", "null" },
	{ "activity", "headcount", "\" 　\"", "null" },
	/* money */
	{ "expense", "amount", "350", "350" },
	{ "expense", "amount", "\"350\"", "350" },
	{ "expense", "amount", "\"3.50\"", "350" },
	{ "expense", "amount", "\"3.5\"", "350" },
	{ "expense", "amount", "\"3元\"", "300" },
	{ "expense", "amount", "\"3.50元\"", "350" },
	{ "expense", "amount", "\"¥3.50\"", "350" },
	{ "expense", "amount", "\"￥ ３．５０\"", "350" },
	{ "expense", "amount", "\".5\"", "50" },
	{ "expense", "amount", "\"12.345 元\"", "E_TYPE" },
	{ "expense", "amount", "\"元\"", "E_TYPE" },
	{ "expense", "amount", "\".\"", "E_TYPE" },
	{ "expense", "amount", "\"1.2.3\"", "E_TYPE" },
	{ "expense", "amount", "12.5", "E_TYPE" },
	{ "expense", "amount", "-1", "E_RANGE" },
	{ "expense", "amount", "\"-3.50元\"", "E_RANGE" },
	{ "expense", "amount", "\"99999999999999999元\"", "E_RANGE" },
	/* numbers with a point */
	{ "incident", "loss_t", "20.5", "20.5" },
	{ "incident", "loss_t", "20", "20" },
	{ "incident", "loss_t", "\"６.2\"", "6.2" },
	{ "incident", "loss_t", "\"-0\"", "0" },
	{ "incident", "loss_t", "\"1e5\"", "E_TYPE" },
	{ "incident", "loss_t", "\"nan\"", "E_TYPE" },
	{ "incident", "loss_t", "\"0x10\"", "E_TYPE" },
	/* yes and no */
	{ "activity", "outdoor", "true", "1" },
	{ "activity", "outdoor", "0", "0" },
	{ "activity", "outdoor", "\"是\"", "1" },
	{ "activity", "outdoor", "\"否\"", "0" },
	{ "activity", "outdoor", "\"YES\"", "1" },
	{ "activity", "outdoor", "\"maybe\"", "E_TYPE" },
	{ "activity", "outdoor", "2", "E_TYPE" },
	/* days and periods */
	{ "activity", "date", "\"2022-03-08\"", "'2022-03-08'" },
	{ "activity", "date", "\"2022/3/8\"", "'2022-03-08'" },
	{ "activity", "date", "\"2022.3.8\"", "'2022-03-08'" },
	{ "activity", "date", "\"2022年3月8日\"", "'2022-03-08'" },
	{ "activity", "date", "44628", "'2022-03-08'" },
	{ "activity", "date", "\"2022-02-30\"", "E_DATE" },
	{ "activity", "date", "\"2022/13/1\"", "E_DATE" },
	{ "activity", "date", "\"soon\"", "E_DATE" },
	{ "followup", "period", "\"2021年5月\"", "'2021-05'" },
	{ "followup", "period", "\"2021Q1\"", "E_PERIOD" },
	{ "award", "period", "\"2022q1\"", "'2022Q1'" },
	{ "award", "period", "\"2022\"", "'2022'" },
	{ "award", "period", "2022", "'2022'" },
	{ "award", "period", "\"2022Q5\"", "E_PERIOD" },
	{ "award", "period", "\"2022-03\"", "E_PERIOD" },
	/* enumerations */
	{ "award", "kind", "\"star\"", "'star'" },
	{ "person", "gender", "\"男\"", "'1'" },
	{ "person", "gender", "2", "'2'" },
	{ "person", "gender", "\"X\"", "E_ENUM" },
	/* text */
	{ "activity", "title", "\"  健步走 \\r\\n二 \"", "'健步走 \n二'" },
	{ "activity", "title", "12", "'12'" },
	{ "activity", "title", "\"a\\u0007b\"", "E_TYPE" },
	{ "activity", "title", "\"a\\u0085b\"", "E_TYPE" },
	{ "activity", "title", "true", "E_TYPE" },
	{ "activity", "title", "{}", "E_TYPE" },
	{ "person", "phone", "\"139-0000 0000\"", "'13900000000'" },
	{ "person", "phone", "\"+86 139 0000 0000\"", "'13900000000'" },
	{ "person", "phone", "13900000000", "'13900000000'" },
	{ "person", "phone", "\"12900000000\"", "E_TYPE" },
	{ "person", "phone", "\"1390000000\"", "E_TYPE" },
	{ "person", "phone", "\"139000000000\"", "E_TYPE" },
	{ "person", "phone", "\"none\"", "E_TYPE" },
	{ "person", "id_no", "\"３79999198802290０1x\"",
	    "'37999919880229001X'" },
	{ "person", "id_no", "\"3.79999E+17\"", "E_IDNO_EXCEL" },
	{ "person", "id_no", "3.79999E+17", "E_IDNO_EXCEL" },
	{ "person", "id_no", "\"37999919880229001A\"", "E_TYPE" },
	{ "person", "id_no", "\"37999919880229001\"", "E_IDNO_LEN" },
	/* references */
	{ "person", "org", "\"R1\"", "1" },
	{ "person", "org", "\"L.later\"", "'L.later'" },
	{ "person", "org", "\"nobody\"", "E_REF" },
	{ "inspection", "team", "[\"R1\",\"R2\",\"R1\"]", "'[1,2]'" },
	{ "inspection", "team", "\"R1、R2, L.x ；\"", "'[1,2,\"L.x\"]'" },
	{ "inspection", "team", "\"[\\\"R2\\\"]\"", "'[2]'" },
	{ "inspection", "team", "[]", "null" },
	{ "inspection", "team", "\",,\"", "null" },
	{ "inspection", "team", "[1]", "E_TYPE" },
	{ "inspection", "team", "\"[R1\"", "E_REF" },
	/* lists */
	{ "competition", "items", "[{\"no\":\"1\",\"name\":\" a \"}]",
	    "'[{\"name\":\"a\",\"no\":\"1\"}]'" },
	{ "competition", "items", "\"[{\\\"no\\\":1.5}]\"",
	    "'[{\"no\":1.5}]'" },
	{ "competition", "items", "{\"no\":true,\"name\":null}",
	    "'[{\"no\":true}]'" },
	{ "competition", "items", "[{\"who\":\"1\"}]", "E_COLUMN" },
	{ "competition", "items", "[{\"no\":[1]}]", "E_TYPE" },
	{ "competition", "items", "[1]", "E_TYPE" },
	{ "competition", "items", "\"x\"", "E_TYPE" },
	{ "competition", "items", "7", "E_TYPE" },
	{ "competition", "dimensions", "\"甲、 乙\"",
	    "'[{\"name\":\"甲\"},{\"name\":\"乙\"}]'" },
	{ "document", "programmes", "\"PEACE\"",
	    "'[{\"code\":\"PEACE\"}]'" },
};

static void read_value(const char *type, const char *field, const char *in,
    char *out, size_t n, struct problems *p)
{
	const struct type *t = type_of(type);
	const struct field *f = type_field(catalogue, t, field);
	json_t *j = json_loads(in, JSON_DECODE_ANY, NULL);
	struct value v = VALUE_NONE;
	struct batch b;

	if (!f || !j)
		fail_msg("%s.%s: %s", type, field, f ? in : "no such field");
	batch_init(&b, catalogue);
	if (check_value(&b, f, j, any_ref, NULL, &v, p))
		print_value(&v, out, n);
	else
		snprintf(out, n, "%s", p->n ? err_name(p->p[p->n - 1].code) :
		    "refused without a word");
	json_decref(j);
	batch_release(&b);
}

static void test_values(void **state)
{
	char got[300];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct problems p = {0};

		read_value(values[i].type, values[i].field, values[i].in, got,
		    sizeof(got), &p);
		if (strcmp(got, values[i].wanted) != 0)
			fail_msg("%s.%s = %s: got %s, wanted %s",
			    values[i].type, values[i].field, values[i].in,
			    got, values[i].wanted);
		if ((got[0] == 'E') != (p.errors == 1))
			fail_msg("%s: %s with %zu errors", values[i].in, got,
			    p.errors);
		problems_release(&p);
	}
}

/* Damage of the kind that the source documents show. */
static void test_mangled(void **state)
{
	static const struct {
		const char *text;
		size_t warnings;
	} cases[] = {
		{ "\"導(dǎo)師\"", 1 }, { "\"畫(huà )\"", 1 },
		{ "\"日?；顒?dòng)\"", 1 }, { "\"a\\ufffdb\"", 1 },
		{ "\"规划(huà)画(huà)\"", 1 },
		{ "\"平台(app)\"", 0 }, { "\"集团(演示)\"", 0 },
		{ "\"什么?怎么;\"", 0 }, { "\"a(dǎo)\"", 0 },
		{ "\"画(\"", 0 }, { "\"画(huà\"", 0 },
	};
	char got[300];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct problems p = {0};

		read_value("activity", "title", cases[i].text, got,
		    sizeof(got), &p);
		if (p.n != cases[i].warnings || p.errors)
			fail_msg("%s: %zu warnings, wanted %zu",
			    cases[i].text, p.n, cases[i].warnings);
		if (p.n)
			assert_string_equal(p.p[0].warning, "W_MANGLED");
		problems_release(&p);
	}
}

static void test_length(void **state)
{
	struct buf text = BUF_INIT;
	char got[2000];
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct problems p = {0};
		size_t n = 200 + i;

		buf_clear(&text);
		buf_addc(&text, '"');
		while (n--)
			buf_adds(&text, "矿");
		buf_addc(&text, '"');
		read_value("activity", "title", (const char *)text.p, got,
		    sizeof(got), &p);
		if (p.errors != i)
			fail_msg("%zu characters: %s", 200 + i, got);
		problems_release(&p);
	}
	buf_release(&text);
}

/* Records that lack or have just one thing. wanted: "" or the code expected
 * among the problems; field: where. */
static const struct {
	const char *id, *type, *fields, *state, *wanted, *field;
} records[] = {
	{ "-", "person", "{\"name\":\"测试\",\"kind\":\"on_duty\","
	    "\"org\":\"R1\"}", "active", "", "" },
	{ "-", "person", "{\"kind\":\"on_duty\",\"org\":\"R1\"}", "active",
	    "E_REQUIRED", "name" },
	{ "B10", "person", "{\"name\":\"测试\",\"kind\":\"family\","
	    "\"org\":\"R1\",\"relation\":\"01\"}", "active", "E_REQUIRED",
	    "family_of" },
	{ "B11", "person", "{\"name\":\"测试\",\"kind\":\"on_duty\","
	    "\"org\":\"R1\",\"id_no\":\"379999198802290011\"}", "active",
	    "E_CONSENT", "consent" },
	{ "B13", "membership", "{\"joined_on\":\"2022-03-08\","
	    "\"left_on\":\"2022-03-07\"}", "left", "E_ORDER", "left_on" },
	{ "B14", "post", "{\"kind\":\"chair\"}", "nominated", "E_REQUIRED",
	    "elected_at" },
	{ "B19", "proposal", "{\"title\":\"x\"}", "declined", "E_REASON",
	    "decision" },
	{ "B20", "request", "{\"kind\":\"dispute\"}", "submitted",
	    "E_REQUIRED", "respondent" },
	{ "B26", "practical_item", "{\"level\":\"party\"}", "candidate",
	    "E_REQUIRED", "focus" },
	{ "B26", "practical_item", "{\"level\":\"grassroots\","
	    "\"focus\":0}", "candidate", "E_FORBIDDEN_FIELD", "focus" },
	{ "B29", "practical_item", "{\"progress\":120}", "candidate",
	    "E_RANGE", "progress" },
	{ "B32", "competition", "{\"start_on\":\"2022-03-08\","
	    "\"end_on\":\"2022-03-07\"}", "planned", "E_ORDER", "end_on" },
	{ "B33", "award", "{\"kind\":\"star\",\"to_org\":\"R1\"}",
	    "nominated", "E_RECIPIENT", "to_org" },
	{ "B37", "innovation", "{\"developed_on\":\"2022-03-08\","
	    "\"applied_on\":\"2022-03-07\"}", "applied", "E_ORDER",
	    "applied_on" },
	{ "B38", "activity", "{\"date\":\"2027-01-01\"}", "held", "E_FUTURE",
	    "date" },
	{ "-", "activity", "{\"kind\":\"sport\",\"title\":\"x\","
	    "\"org\":\"R1\",\"date\":\"2027-01-01\"}", "planned", "", "" },
	{ "B39", "activity", "{\"kind\":\"sport\",\"outdoor\":true,"
	    "\"date\":\"2022-07-01\"}", "held", "E_REQUIRED",
	    "safety_notice" },
	{ "B40", "activity", "{\"headcount\":-3}", "planned", "E_RANGE",
	    "headcount" },
	{ "B43", "facility", "{\"kind\":\"station\",\"quantity\":1}",
	    "planned", "E_REQUIRED", "station_type" },
	{ "B43", "facility", "{\"quantity\":0}", "planned", "E_RANGE",
	    "quantity" },
	{ "B46", "hardship_case", "{\"category\":\"disability\"}", "applied",
	    "E_REQUIRED", "disability" },
	{ "B48", "care_visit", "{\"form\":\"cash\",\"amount\":100}",
	    "signed", "E_REQUIRED", "receipt" },
	{ "B52", "pairing", "{\"helper\":\"R1\",\"target_person\":\"R1\"}",
	    "proposed", "E_SELF", "target_person" },
	{ "B55", "issue", "{\"kind\":\"hazard\"}", "notified", "E_FIVE",
	    "due_on" },
	{ "B56", "issue", "{\"owner\":\"R1\",\"acceptor\":\"R1\"}", "found",
	    "E_SOD", "acceptor" },
	{ "B57", "incident", "{\"kind\":\"theft\"}", "reported",
	    "E_REQUIRED", "loss_t" },
	{ "B57", "incident", "{\"loss_t\":-1}", "reported", "E_RANGE",
	    "loss_t" },
	{ "B58", "document", "{\"kind\":\"process\"}", "issued",
	    "E_REQUIRED", "flowchart" },
	{ "B59", "evaluation", "{\"party_weight\":60,"
	    "\"worker_weight\":50}", "draft", "E_WEIGHT", "worker_weight" },
	{ "B59", "evaluation", "{\"invited\":10,\"answered\":11}", "draft",
	    "E_RANGE", "answered" },
	{ "B63", "expense", "{\"amount\":0}", "draft", "E_RANGE", "amount" },
	/* S: only once it leaves its first state */
	{ "-", "practical_item", "{\"level\":\"grassroots\"}", "approved",
	    "E_REQUIRED", "measures" },
};

static void fill(struct batch *b, const struct type *t, const char *fields,
    struct value *cell)
{
	json_t *o = json_loads(fields, 0, NULL), *v;
	const struct field *f;
	struct problems p = {0};
	const char *key;

	assert_non_null(o);
	json_object_foreach(o, key, v) {
		f = type_field(catalogue, t, key);
		if (!f)
			fail_msg("%s has no %s", t->key, key);
		if (f->kind == COL_ENUM && json_is_integer(v))
			cell[f->column_index] = value_str(
			    f->values->value[json_integer_value(v)].key);
		else if (!check_value(b, f, v, any_ref, NULL,
		    &cell[f->column_index], &p))
			fail_msg("%s.%s: %s", t->key, key, p.p[0].text);
	}
	json_decref(o);
}

static bool has_problem(const struct problems *p, const char *code,
    const char *field)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (!strcmp(err_name(p->p[i].code), code) &&
		    !strcmp(p->p[i].field, field))
			return true;
	return false;
}

/* Without a store: what the record itself tells. */
static void check(const struct type *t, const struct value *cell,
    const char *state, struct problems *p)
{
	struct rule_context x = { .c = catalogue, .t = t, .cell = cell,
	    .state = state, .p = p };
	struct err e = {0};

	assert_int_equal(check_record(&x, &e), OK);
}

static void test_records(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		const struct type *t = type_of(records[i].type);
		struct problems p = {0};
		struct value *cell;
		struct batch b;

		batch_init(&b, catalogue);
		cell = batch_row(&b, t, -1);
		assert_non_null(cell);
		fill(&b, t, records[i].fields, cell);
		check(t, cell, records[i].state, &p);
		if (*records[i].wanted ? !has_problem(&p, records[i].wanted,
		    records[i].field) : p.n > 0)
			fail_msg("%s %s %s: wanted “%s” at “%s”, got %zu: %s "
			    "%s", records[i].id, records[i].type,
			    records[i].fields, records[i].wanted,
			    records[i].field, p.n,
			    p.n ? err_name(p.p[0].code) : "",
			    p.n ? p.p[0].text : "");
		problems_release(&p);
		batch_release(&b);
	}
}

/* S is not asked for in the first state. */
static void test_first_state(void **state)
{
	const struct type *t = type_of("practical_item");
	struct problems p = {0};
	struct batch b;
	struct value *cell;

	(void)state;
	batch_init(&b, catalogue);
	cell = batch_row(&b, t, -1);
	check(t, cell, "candidate", &p);
	assert_false(has_problem(&p, "E_REQUIRED", "measures"));
	assert_true(has_problem(&p, "E_REQUIRED", "title"));
	problems_release(&p);
	batch_release(&b);
}

static void test_problems(void **state)
{
	struct problems p = {0};
	struct err e = {0};
	json_t *list;

	(void)state;
	assert_int_equal(problems_err(&p, &e), OK);
	p.line = 7;
	problems_warn(&p, "W_MANGLED", "title", "looks bad");
	assert_int_equal(problems_err(&p, &e), OK);
	problems_error(&p, ERR_DATE, "date", "%s", "no date");
	problems_error(&p, ERR_ENUM, "", "second");
	assert_int_equal(problems_err(&p, &e), ERR_DATE);
	assert_non_null(strstr(e.detail, "no date"));
	list = problems_json(&p, false);
	assert_int_equal(json_array_size(list), 2);
	assert_string_equal(json_string_value(json_object_get(
	    json_array_get(list, 0), "code")), "E_DATE");
	assert_int_equal(json_integer_value(json_object_get(
	    json_array_get(list, 0), "line")), 7);
	json_decref(list);
	list = problems_json(&p, true);
	assert_int_equal(json_array_size(list), 1);
	assert_string_equal(json_string_value(json_object_get(
	    json_array_get(list, 0), "code")), "W_MANGLED");
	json_decref(list);
	problems_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_mangled),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_first_state),
		cmocka_unit_test(test_problems),
	};

	return cmocka_run_group_tests(tests, open_catalogue,
	    close_catalogue);
}
