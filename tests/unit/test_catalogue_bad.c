/* A catalogue that does not hold together is refused, with file and key; no
 * text crashes the loader. A later catalogue will come over the wire.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "catalogue.h"
#include "catalogue_json.h"
#include "seed.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define ROOM 2000

enum { HEAD, ENUMS, COMMON, TOOL, LOAN, FILES };

/* A small catalogue of two types, in place of the compiled-in one. */
static const char *const good[FILES] = {
	[HEAD] = "{ \"version\": 3, \"roles\": { \"clerk\": \"C\", "
	    "\"chair\": \"H\" }, \"types\": [ \"tool\", \"loan\" ] }",
	[ENUMS] = "{ \"size\": { \"s\": \"小\", \"l\": \"大\" } }",
	[COMMON] = "[ { \"key\": \"no\", \"zh\": \"编号\", \"type\": "
	    "\"text\", \"required\": \"\", \"level\": \"P\" } ]",
	[TOOL] = "{ \"key\": \"tool\", \"zh\": \"工具\", \"report_date\": "
	    "\"on\", \"create\": \"clerk (a remark)\", \"fields\": [ "
	    "{ \"key\": \"size\", \"zh\": \"大小\", \"type\": \"enum:size\","
	    " \"required\": \"Y\", \"level\": \"P\" }, "
	    "{ \"key\": \"on\", \"zh\": \"日期\", \"type\": \"date\", "
	    "\"required\": \"C\", \"level\": \"I\", \"when\": "
	    "\"size!=s;state=gone\" } ], "
	    "\"states\": [ { \"key\": \"here\", \"zh\": \"在\" }, "
	    "{ \"key\": \"gone\", \"zh\": \"无\" } ], \"transitions\": [ "
	    "{ \"from\": \"here\", \"to\": \"gone\", \"role\": "
	    "\"clerk|chair\", \"unlike\": \"by|here\", "
	    "\"zh\": \"x\" } ] }",
	[LOAN] = "{ \"key\": \"loan\", \"zh\": \"借\", \"create\": "
	    "\"s: chair; clerk, chair\", \"fields\": [ "
	    "{ \"key\": \"kind\", \"zh\": \"类\", \"type\": \"enum:size\", "
	    "\"required\": \"\", \"level\": \"P\" }, "
	    "{ \"key\": \"what\", \"zh\": \"何\", \"type\": \"ref:tool|loan\""
	    ", \"required\": \"S\", \"level\": \"X\" }, "
	    "{ \"key\": \"rows\", \"zh\": \"行\", \"type\": \"list{a,b_2}\", "
	    "\"required\": \"\", \"level\": \"R\" } ], "
	    "\"states\": [ { \"key\": \"out\", \"zh\": \"出\" } ], "
	    "\"transitions\": [] }",
};

static char text[FILES][ROOM];
const struct embedded catalogue_files[] = {
	{ "catalogue.json", text[HEAD] }, { "enums.json", text[ENUMS] },
	{ "common.json", text[COMMON] }, { "tool.json", text[TOOL] },
	{ "loan.json", text[LOAN] },
};
const size_t ncatalogue_files = FILES;

static void set_good(void)
{
	for (size_t i = 0; i < FILES; i++)
		snprintf(text[i], ROOM, "%s", good[i]);
}

static void good_one(void **state)
{
	struct catalogue *c = NULL;
	struct err e = { 0 };
	const struct field *f;

	(void)state;
	set_good();
	if (catalogue_load(&c, &e) != OK)
		fail_msg("%s", e.detail);
	assert_int_equal(c->version, 3);
	assert_int_equal(c->ntype, 2);
	f = &c->type[0].field[1];
	assert_ptr_equal(c->type[0].report_date, f);
	assert_int_equal(f->nwhen, 2);
	assert_true(f->when[0].negated);
	assert_int_equal(c->type[0].transition[0].nrole, 2);
	assert_int_equal(c->type[0].transition[0].nunlike, 2);
	assert_true(creator_allows(type_creator(&c->type[0], slice_str("s")),
	    "clerk"));
	assert_false(creator_allows(type_creator(&c->type[1], slice_str("s")),
	    "clerk"));
	assert_true(creator_allows(type_creator(&c->type[1], slice_str("l")),
	    "clerk"));
	assert_true(type_concerns(&c->type[0], "chair"));
	f = c->type[1].field + 1;
	assert_int_equal(f->ntarget, 2);
	assert_ptr_equal(f->target[1], &c->type[1]);
	assert_string_equal(f[1].column[1], "b_2");
	assert_int_equal(f->required, REQ_SUBMIT);
	catalogue_free(c);
}

/* In one file, one piece of text becomes another. */
static const struct change {
	int file;
	const char *from, *to;
	const char *say;	/* in the detail */
} changes[] = {
	{ HEAD, "3", "0", "version" },
	{ HEAD, "\"chair\": \"H\"", "\"x\": \"H\"", "no role chair" },
	{ HEAD, "\"tool\"", "\"Tool\"", "type 0" },
	{ HEAD, "\"loan\"", "\"tool\"", "tool is there twice" },
	{ HEAD, "\"loan\"", "\"lamp\"", "lamp.json: the file is missing" },
	{ HEAD, "\"loan\"", "7", "type 1" },
	{ HEAD, "{ \"clerk\"", "[] , \"r\": { \"clerk\"", "expected" },
	{ ENUMS, "\"size\"", "\"sizes\"", "no enumeration size" },
	{ ENUMS, "\"小\"", "1", "s has no label" },
	{ ENUMS, "\"s\"", "\"m\"", "size is never s" },
	{ ENUMS, "}", "]", "byte" },
	{ COMMON, "\"no\"", "\"id\"", "id is taken" },
	{ COMMON, "\"no\"", "\"size\"", "size is taken" },
	{ COMMON, "\"no\"", "\"no no\"", "not a key" },
	{ COMMON, "\"no\"", "\"9no\"", "not a key" },
	{ COMMON, "\"no\"", "\"a2345678901234567890123456789012\"",
	    "not a key" },
	{ COMMON, "\"no\"", "[]", "key is not text" },
	{ TOOL, "\"tool\"", "\"loan\"", "tool.json: its key" },
	{ TOOL, "\"on\",", "\"off\",", "report_date off" },
	{ TOOL, "\"on\",", "\"size\",", "report_date size" },
	{ TOOL, "\"key\": \"on\"", "\"key\": \"size\"", "size is taken" },
	{ TOOL, "\"key\": \"on\"", "\"key\": \"void\"", "void is taken" },
	{ TOOL, "\"required\": \"Y\"", "\"required\": \"Z\"", "size: its" },
	{ TOOL, "\"required\": \"Y\"", "\"required\": \"YY\"", "size: its" },
	{ TOOL, "\"level\": \"P\"", "\"level\": \"\"", "size: its" },
	{ TOOL, "\"required\": \"C\"", "\"required\": \"\"",
	    "not conditional" },
	{ TOOL, "\"date\"", "\"dates\"", "no kind of field dates" },
	{ TOOL, "size!=s", "size", "not a condition" },
	{ TOOL, "size!=s", "=s", "not a condition" },
	{ TOOL, "size!=s", "!=s", "no field " },
	{ TOOL, "size!=s", "", "not a condition" },
	{ TOOL, "size!=s", "sizes=s", "no field sizes" },
	{ TOOL, "size!=s", "size=", "size is never " },
	{ TOOL, "size!=s", "size=s|x", "size is never x" },
	{ TOOL, "state=gone", "state=went", "state is never went" },
	{ TOOL, "\"key\": \"here\"", "\"key\": \"HERE\"", "not a key" },
	{ TOOL, "\"to\": \"gone\"", "\"to\": \"went\"", "no such states" },
	{ TOOL, "clerk|chair", "clerk|", "no role " },
	{ TOOL, "clerk|chair", "", "no role " },
	{ TOOL, "clerk (", "clerks (", "no role clerks" },
	{ TOOL, "clerk (", "s: clerk (", "no kind s" },
	{ TOOL, "clerk (", "(", "no role " },
	{ TOOL, "by|here", "by|size", "unlike: size" },
	{ LOAN, "s: chair", "m: chair", "no kind m" },
	{ LOAN, "s: chair", "s: l: chair", "no role" },
	{ LOAN, "s: chair", "s: ", "no role " },
	{ TOOL, "\"states\"", "\"statues\"", "no states" },
	{ TOOL, "\"zh\": \"工具\"", "\"key\": \"tool\"", "byte" },
	{ LOAN, "ref:tool", "ref:tools", "no type tools" },
	{ LOAN, "ref:tool|", "ref:tool||", "no type " },
	{ LOAN, "list{a,b_2}", "list{a,b-2}", "rows: not a list" },
	{ LOAN, "list{a,b_2}", "list{}", "rows: not a list" },
	{ LOAN, "list{a,b_2}", "list{", "rows: not a list" },
	{ LOAN, "list{a,b_2}", "list{a,b_2", "rows: not a list" },
};

static void bad_ones(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(changes); i++) {
		const struct change *x = &changes[i];
		const char *at = strstr(good[x->file], x->from);
		struct catalogue *c = NULL;
		struct err e = { 0 };

		print_message("%s -> %s\n", x->from, x->to);
		assert_non_null(at);
		set_good();
		snprintf(text[x->file], ROOM, "%.*s%s%s",
		    (int)(at - good[x->file]), good[x->file], x->to,
		    at + strlen(x->from));
		assert_int_equal(catalogue_load(&c, &e), ERR_FORMAT);
		assert_null(c);
		if (strstr(e.detail, x->say) == NULL)
			fail_msg("\"%s\" does not say \"%s\"", e.detail,
			    x->say);
	}
}

/* Any bytes at any place: it loads or is refused. */
static void random_ones(void **state)
{
	uint64_t seed = seed_start();
	size_t loaded = 0;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		uint64_t r = seed_next(&seed);
		struct catalogue *c = NULL;
		struct err e = { 0 };
		char *file;

		set_good();
		for (unsigned n = 0; n <= r % 3; n++) {
			file = text[seed_next(&seed) % FILES];
			/* Mostly bytes that JSON or we give a meaning. */
			file[seed_next(&seed) % strlen(file)] = r & 1 ?
			    "\"{}[]:,|=!;\\ 0sx"[seed_next(&seed) % 16] :
			    (char)(1 + seed_next(&seed) % 255);
		}
		if (catalogue_load(&c, &e) == OK)
			loaded++;
		else
			assert_int_equal(e.code, ERR_FORMAT);
		catalogue_free(c);
	}
	print_message("%zu of 20000 still hold together\n", loaded);
	assert_true(loaded > 0 && loaded < 20000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_one), cmocka_unit_test(bad_ones),
		cmocka_unit_test(random_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
