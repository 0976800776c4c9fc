/* The compiled-in catalogue holds together and says what it should. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"
#include "batch.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define DEMO "tests/data/demo.jsonl"

static struct catalogue *c;

static int setup(void **state)
{
	struct err e;

	(void)state;
	if (catalogue_load(&c, &e) == OK)
		return 0;
	print_error("%s\n", e.detail);
	return 1;
}

static int teardown(void **state)
{
	(void)state;
	catalogue_free(c);
	return 0;
}

static const struct field *field(const char *type, const char *key)
{
	const struct type *t = catalogue_type(c, type);

	assert_non_null(t);
	return type_field(c, t, key);
}

static void totals(void **state)
{
	size_t fields = 0, when = 0, required[4] = { 0 };

	(void)state;
	for (size_t i = 0; i < c->ntype; i++)
		for (size_t k = 0; k < c->type[i].nfield; k++) {
			fields++;
			required[c->type[i].field[k].required]++;
			when += c->type[i].field[k].nwhen > 0;
		}
	assert_int_equal(c->ntype, 28);
	assert_int_equal(fields, 363);
	assert_int_equal(c->nenumeration, 63);
	assert_int_equal(c->nrole, 10);
	assert_int_equal(c->ncommon, 4);
	assert_int_equal(required[REQ_WHEN], 111);
	assert_int_equal(when, 104);
	assert_int_equal(c->version, 1);
	assert_string_equal(c->type[0].key, "org_unit");
	assert_string_equal(c->type[27].key, "commitment");
}

/* Wire order is the files' order. */
static void order(void **state)
{
	const struct enumeration *n = catalogue_enumeration(c, "org_kind");
	const struct type *t = catalogue_type(c, "practical_item");

	(void)state;
	assert_string_equal(n->value[0].key, "hq");
	assert_string_equal(n->value[1].key, "branch");
	assert_string_equal(n->value[n->n - 1].key, "partner");
	assert_string_equal(t->state[0].key, "candidate");
	assert_string_equal(t->field[0].key, "level");
	assert_null(catalogue_enumeration(c, "none such"));
}

/* Does a state lead to another, by transitions only? */
static void mark_reachable(const struct type *t, bool *seen)
{
	bool again = true;

	seen[0] = true;
	while (again) {
		again = false;
		for (size_t i = 0; i < t->ntransition; i++) {
			const struct transition *x = &t->transition[i];
			size_t from = (size_t)(type_state(t, x->from) -
			    t->state);
			size_t to = (size_t)(type_state(t, x->to) - t->state);

			again |= seen[from] && !seen[to];
			seen[to] |= seen[from];
		}
	}
}

static void types_complete(void **state)
{
	(void)state;
	for (size_t i = 0; i < c->ntype; i++) {
		const struct type *t = &c->type[i];
		bool seen[32] = { false };

		print_message("%s\n", t->key);
		assert_int_equal(t->index, i);
		assert_ptr_equal(catalogue_type(c, t->key), t);
		assert_ptr_equal(catalogue_type(c, t->zh), t);
		assert_true(strlen(t->en) > 0 && strlen(t->group) == 1);
		assert_true(t->nstate > 1 && t->nstate < COUNT(seen));
		mark_reachable(t, seen);
		for (size_t k = 0; k < t->nstate; k++)
			assert_true(seen[k]);
		for (size_t k = 0; k < t->ntransition; k++) {
			const struct transition *x = &t->transition[k];

			assert_ptr_equal(type_transition(t, x->from, x->to),
			    x);
			assert_true(x->nrole > 0);
			assert_true(transition_allows(x, x->role[0]));
			assert_false(transition_allows(x, "nobody"));
		}
	}
	assert_null(catalogue_type(c, "none"));
	assert_null(catalogue_type(c, ""));
}

static void tables(void **state)
{
	(void)state;
	for (size_t i = 0; i < c->ntype; i++) {
		const struct type *t = &c->type[i];
		const struct table *w = &t->table;

		assert_string_equal(w->name, t->key);
		assert_int_equal(w->ncol, 3 + c->ncommon + t->nfield);
		assert_int_equal(w->col[TYPE_COL_ID].kind, COL_STAMP);
		assert_string_equal(w->col[TYPE_COL_ID].key, "id");
		assert_string_equal(w->col[TYPE_COL_EXT].key, "ext");
		assert_string_equal(w->col[TYPE_COL_BY].key, "by");
		for (size_t k = 0; k < t->nfield; k++) {
			const struct field *f = &t->field[k];
			const struct column *col = &w->col[f->column_index];

			assert_ptr_equal(col->key, f->key);
			assert_int_equal(col->kind, f->kind);
			assert_ptr_equal(col->values, f->values);
			assert_ptr_equal(type_field(c, t, f->key), f);
			assert_ptr_equal(type_field(c, t, f->zh), f);
			assert_int_equal(f->values != NULL,
			    f->kind == COL_ENUM);
			assert_int_equal(f->max_chars > 0,
			    f->kind == COL_TEXT);
		}
		for (size_t k = 0; k < c->ncommon; k++)
			assert_ptr_equal(
			    w->col[c->common[k].column_index].key,
			    c->common[k].key);
	}
}

static void kinds(void **state)
{
	static const struct {
		const char *type, *field;
		enum column_kind kind;
		size_t targets;
		char level;
	} cases[] = {
		{ "person", "name", COL_TEXT, 0, 'R' },
		{ "person", "id_no", COL_TEXT, 0, 'X' },
		{ "care_visit", "amount", COL_INT, 0, 'I' },
		{ "incident", "loss_t", COL_REAL, 0, 'I' },
		{ "activity", "outdoor", COL_BOOL, 0, 'I' },
		{ "activity", "date", COL_DATE, 0, 'P' },
		{ "followup", "period", COL_MONTH, 0, 'I' },
		{ "award", "period", COL_QUARTER, 0, 'P' },
		{ "award", "kind", COL_ENUM, 0, 'P' },
		{ "post", "person", COL_REF, 1, 'R' },
		{ "followup", "parent", COL_REF, 7, 'I' },
		{ "proposal", "seconders", COL_REFS, 1, 'R' },
		{ "publication", "subjects", COL_REFS, 0, 'I' },
		{ "meeting", "resolutions", COL_JSON, 0, 'I' },
		{ "meeting", "programmes", COL_JSON, 0, 'P' },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct field *f = field(cases[i].type, cases[i].field);

		print_message("%s.%s\n", cases[i].type, cases[i].field);
		assert_non_null(f);
		assert_int_equal(f->kind, cases[i].kind);
		assert_int_equal(f->ntarget, cases[i].targets);
		assert_int_equal(f->level, cases[i].level);
		assert_int_equal(f->period, !strcmp(f->key, "period"));
	}
	assert_true(field("care_visit", "amount")->money);
	assert_true(field("person", "id_no")->idno);
	assert_string_equal(field("followup", "parent")->target[1]->key,
	    "issue");
	assert_int_equal(field("meeting", "resolutions")->ncolumn, 6);
	assert_string_equal(field("meeting", "resolutions")->column[5],
	    "passed");
	assert_int_equal(field("person", "name")->max_chars, 200);
	assert_int_equal(field("activity", "remark")->max_chars, 20000);
}

static void labels(void **state)
{
	const struct enumeration *n = catalogue_enumeration(c, "award_kind");

	(void)state;
	assert_string_equal(enumeration_find(n, slice_str("star"))->key,
	    "star");
	assert_string_equal(enumeration_find(n,
	    slice_str(n->value[1].zh))->key, "star");
	assert_null(enumeration_find(n, slice_str("")));
	assert_null(enumeration_find(n, slice_str("sta")));
	/* A label with its unit, and without. */
	assert_string_equal(field("org_unit", "职工人数 (人)")->key,
	    "employees");
	assert_string_equal(field("org_unit", "职工人数")->key, "employees");
	assert_null(field("org_unit", "职工"));
	assert_null(field("org_unit", ""));
	assert_string_equal(field("org_unit", "备注")->key, "remark");
}

static void report_dates(void **state)
{
	static const struct {
		const char *type, *field;
	} cases[] = { { "activity", "date" }, { "award", "granted_on" },
		{ "practical_item", "approved_on" }, { "person", NULL },
		{ "facility", "opened_on" }, { "care_visit", "date" } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct type *t = catalogue_type(c, cases[i].type);

		if (cases[i].field == NULL)
			assert_null(t->report_date);
		else
			assert_string_equal(t->report_date->key,
			    cases[i].field);
	}
	assert_true(catalogue_type(c, "document")->published);
	assert_false(catalogue_type(c, "person")->published);
}

static void conditions(void **state)
{
	const struct field *f = field("person", "family_of");

	(void)state;
	assert_int_equal(f->nwhen, 1);
	assert_string_equal(f->when[0].key, "kind");
	assert_false(f->when[0].negated);
	assert_string_equal(f->when[0].value[0], "family");
	f = field("org_unit", "parent");
	assert_true(f->when[0].negated);
	assert_int_equal(f->when[0].nvalue, 2);
	assert_string_equal(f->when[0].value[1], "partner");
	f = field("activity", "safety_notice");
	assert_int_equal(f->nwhen, 3);
	assert_string_equal(f->when[1].key, "outdoor");
	assert_string_equal(f->when[2].key, "state");
	assert_string_equal(f->when[2].value[0], "held");
	/* "From approved", without the side exit to nonconforming. */
	f = field("practical_item", "owner");
	assert_int_equal(f->when[0].nvalue, 5);
	assert_int_equal(field("person", "consent")->nwhen, 0);
}

static const char *as_text(const json_t *v)
{
	if (json_is_boolean(v))
		return json_is_true(v) ? "1" : "0";
	return json_is_string(v) ? json_string_value(v) : "";
}

static bool holds(const struct condition *w, const json_t *record)
{
	const char *text = as_text(json_object_get(record, w->key));
	bool found = false;

	for (size_t i = 0; i < w->nvalue; i++)
		found |= strcmp(w->value[i], text) == 0;
	return found != w->negated;
}

/* Number of fields that a record lacks, the last of them in *which. */
static size_t lacking(const json_t *record, const char **which)
{
	const struct type *t = catalogue_type(c,
	    json_string_value(json_object_get(record, "type")));
	size_t n = 0;

	assert_non_null(t);
	for (size_t i = 0; i < t->nfield; i++) {
		const struct field *f = &t->field[i];
		bool need = f->nwhen > 0 || f->required == REQ_YES;

		for (size_t k = 0; need && k < f->nwhen; k++)
			need = holds(&f->when[k], record);
		if (!need || json_object_get(record, f->key) != NULL)
			continue;
		*which = f->key;
		n++;
	}
	return n;
}

/* Every record of the demo is legal: our reading of the conditions must say
 * so too, and each must bite somewhere (B10: a family without its worker). */
static void demo(void **state)
{
	struct buf text = BUF_INIT;
	size_t records = 0;
	json_t *bad;
	struct err e;
	const char *which = "";
	char *line, *next;

	(void)state;
	assert_int_equal(file_read(DEMO, SIZE_MAX, &text, &e), OK);
	for (line = (char *)text.p; *line != '\0'; line = next) {
		json_t *record;

		next = strchr(line, '\n');
		assert_non_null(next);
		*next++ = '\0';
		record = json_loads(line, 0, NULL);
		assert_non_null(record);
		if (lacking(record, &which) > 0)
			fail_msg("%s lacks %s", line, which);
		json_decref(record);
		records++;
	}
	assert_int_equal(records, 4352);
	buf_release(&text);
	bad = json_pack("{s:s,s:s,s:s,s:s,s:s}", "type", "person", "kind",
	    "family", "name", "x", "org", "x", "employee_no", "1");
	assert_int_equal(lacking(bad, &which), 2);	/* and family_of */
	assert_string_equal(which, "relation");
	json_decref(bad);
}

static void twice(void **state)
{
	struct catalogue *again = NULL;
	struct err e;

	(void)state;
	assert_int_equal(catalogue_load(&again, &e), OK);
	assert_ptr_not_equal(again->type, c->type);
	assert_int_equal(again->ntype, c->ntype);
	catalogue_free(again);
	catalogue_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(totals), cmocka_unit_test(order),
		cmocka_unit_test(types_complete), cmocka_unit_test(tables),
		cmocka_unit_test(kinds), cmocka_unit_test(labels),
		cmocka_unit_test(report_dates), cmocka_unit_test(conditions),
		cmocka_unit_test(demo), cmocka_unit_test(twice),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
