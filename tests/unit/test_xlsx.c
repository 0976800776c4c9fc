/* Spreadsheets read: what a cell is, what is refused, and that nothing a file
 * says about itself is believed.
 */
#include "fixture.h"

#include "base/text.h"
#include "figure.h"
#include "seed.h"
#include "xlsx_read.h"
#include "zip_make.h"

#define SHEET(rows) "<worksheet><sheetData>" rows "</sheetData></worksheet>"
#define ROW(cells) SHEET("<row r=\"1\">" cells "</row>")

/* A whole file of the usual parts and this sheet. */
static void make(struct zip_make *z, const struct xlsx_make *x,
    const char *sheet)
{
	xlsx_make(z, x);
	xlsx_part(z, "xl/worksheets/s.xml", sheet, true);
	zip_end(z);
}

static enum err_code read_sheet(const struct xlsx_make *x, const char *sheet,
    struct xlsx_table *t, struct err *e)
{
	struct zip_make z = { .n = 0 };
	enum err_code rc;

	make(&z, x, sheet);
	rc = xlsx_read(slice_buf(&z.file), t, e);
	zip_release(&z);
	return rc;
}

static const struct { const char *cells, *text; } good[] = {
	{ "<c r=\"A1\" t=\"s\"><v>0</v></c>", "甲" },
	{ "<c r=\"A1\" t=\"s\"><v>1</v></c>", "a<b" },
	{ "<c r=\"A1\" t=\"s\"><v>2</v></c>", "\"x\ny_z\"" },
	{ "<c r=\"A1\" t=\"s\"><v>3</v></c>", "'=1+1" },
	{ "<c r=\"A1\" t=\"s\"><v>4</v></c>", "东" },
	{ "<c r=\"C1\" t=\"s\"><v>0</v></c><c r=\"E1\"><v>5</v></c>",
	    ",,甲,,5" },
	{ "<c t=\"s\"><v>0</v></c><c><v>7</v></c>", "甲,7" },
	{ "<c r=\"A1\" t=\"inlineStr\"><is><t>a,b</t><rPh><t>x</t></rPh></is>"
	    "</c>", "\"a,b\"" },
	{ "<c r=\"A1\" t=\"str\"><f>1+1</f><v>two</v></c>", "two" },
	{ "<c r=\"A1\"><f>1+1</f><v>2</v></c>", "2" },
	{ "<c r=\"A1\"><f>1+1</f></c>", "#VALUE!" },
	{ "<c r=\"A1\"><f>1+1</f><v></v></c>", "#VALUE!" },
	{ "<c r=\"A1\" t=\"str\"><f>\"\"</f><v></v></c>", "" },
	{ "<c r=\"A1\" t=\"e\"><v>#REF!</v></c>", "#REF!" },
	{ "<c r=\"A1\" t=\"b\"><v>1</v></c><c t=\"b\"><v>0</v></c>",
	    "TRUE,FALSE" },
	{ "<c r=\"A1\"><v>0.30000000000000004</v></c>", "0.3" },
	{ "<c r=\"A1\"><v>-12.5</v></c>", "-12.5" },
	{ "<c r=\"A1\"><v>1.38E+10</v></c>", "13800000000" },
	{ "<c r=\"A1\"><v>3.79999198802290E+17</v></c>",
	    "3.79999198802290E+17" },
	{ "<c r=\"A1\"><v>379999198802290011</v></c>", "379999198802290011" },
	{ "<c r=\"A1\"><v>0x10</v></c>", "0x10" },
	{ "<c r=\"A1\"><v>nan</v></c>", "nan" },
	{ "<c r=\"A1\"><v>1e999</v></c>", "1e999" },
	{ "<c r=\"A1\" s=\"1\"><v>44628</v></c>", "2022-03-08" },
	{ "<c r=\"A1\" s=\"1\"><v>1</v></c>", "1900-01-01" },
	{ "<c r=\"A1\" s=\"1\"><v>59</v></c>", "1900-02-28" },
	{ "<c r=\"A1\" s=\"1\"><v>60</v></c>", "60" },
	{ "<c r=\"A1\" s=\"1\"><v>61</v></c>", "1900-03-01" },
	{ "<c r=\"A1\" s=\"1\"><v>-1</v></c>", "-1" },
	{ "<c r=\"A1\" s=\"1\"><v>2958465</v></c>", "9999-12-31" },
	{ "<c r=\"A1\" s=\"1\"><v>2958466</v></c>", "2958466" },
	{ "<c r=\"A1\" s=\"1\"><v>1e300</v></c>", "1e300" },
	{ "<c r=\"A1\" s=\"2\"><v>44621</v></c>", "2022-03" },
	{ "<c r=\"A1\" s=\"3\"><v>44621</v></c>", "44621" },
	{ "<c r=\"A1\" s=\"4\"><v>44628</v></c>", "2022-03-08" },
	{ "<c r=\"A1\" s=\"5\"><v>0.5</v></c>", "0.5" },
	{ "<c r=\"A1\" s=\"6\"><v>44621</v></c>", "2022-03" },
	{ "<c r=\"A1\" s=\"7\"><v>44628.75</v></c>", "2022-03-08" },
	{ "<c r=\"A1\" s=\"8\"><v>44628</v></c>", "44628" },
	{ "<c r=\"A1\" s=\"999\"><v>44628</v></c>", "44628" },
	{ "<c r=\"A1\" t=\"d\"><v>2022-03-08T00:00:00</v></c>", "2022-03-08" },
	{ "<x:c r=\"A1\" x:s=\"1\"><x:v>44628</x:v></x:c>", "2022-03-08" },
	{ "<c r=\"XFD1\" s=\"1\"/><c r=\"A2\"/>", NULL },	/* order */
	{ "<c r=\"IW1\" s=\"1\"/>", "" },
};

static void test_cells(void **state)
{
	char sheet[1024];

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct xlsx_table t = { .n = 0 };
		struct err e = {0};
		enum err_code rc;

		snprintf(sheet, sizeof sheet, ROW("%s"), good[i].cells);
		rc = read_sheet(&xlsx_usual, sheet, &t, &e);
		if (good[i].text == NULL ? rc == OK : rc != OK ||
		    !slice_eqs(slice_buf(&t.text), good[i].text))
			fail_msg("%s: %s \"%.*s\", not \"%s\"", good[i].cells,
			    e.detail, (int)t.text.n, (char *)t.text.p,
			    good[i].text ? good[i].text : "refused");
		xlsx_table_release(&t);
	}
}

/* Blank rows take no line; the numbers are the sheet's. */
static void test_rows(void **state)
{
	static const int64_t wanted[] = { 2, 5, 6 };
	struct xlsx_table t = { .n = 0 };
	struct err e = {0};

	(void)state;
	assert_int_equal(read_sheet(&xlsx_usual, SHEET("<row r=\"1\"><c s=\"1\""
	    "/></row><row r=\"2\"><c><v>1</v></c></row><row r=\"5\"><c/><c>"
	    "<v>2</v></c></row><row><c><v>3</v></c></row>"), &t, &e), OK);
	assert_string_equal((char *)t.text.p, "1\n,2\n3");
	assert_int_equal(t.n, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(t.number[i], wanted[i]);
	xlsx_table_release(&t);
}

/* Sheets that nobody reads are counted, but not those of a template. */
static void test_others(void **state)
{
	static const struct { const char *sheets; size_t others; } files[] = {
		{ "<sheet name=\"a\" r:id=\"r1\"/>", 0 },
		{ "<sheet name=\"a\" r:id=\"r1\"/><sheet name=\"" XLSX_VALUES
		    "\" r:id=\"r4\"/>", 0 },
		{ "<sheet name=\"a\" r:id=\"r1\"/><sheet name=\"b\" "
		    "r:id=\"r4\"/><sheet name=\"c\" state=\"hidden\" "
		    "r:id=\"r4\"/>", 1 },
		{ "<sheet name=\"" XLSX_VALUES "\" r:id=\"r1\"/>", 0 },
	};
	char workbook[512];

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct xlsx_make x = xlsx_usual;
		struct xlsx_table t = { .n = 0 };
		struct err e = {0};

		snprintf(workbook, sizeof workbook, "<workbook><sheets>%s"
		    "</sheets></workbook>", files[i].sheets);
		x.workbook = workbook;
		if (read_sheet(&x, ROW(""), &t, &e) != OK ||
		    t.others != files[i].others)
			fail_msg("%s: %zu others, not %zu; %s",
			    files[i].sheets, t.others, files[i].others,
			    e.detail);
		xlsx_table_release(&t);
	}
}

static void test_books(void **state)
{
	static const char sheet[] = ROW("<c s=\"1\"><v>1</v></c>");
	static const struct { const char *workbook, *text; } books[] = {
		{ "<workbook><workbookPr date1904=\"1\"/><sheets><sheet r:id="
		    "\"r1\"/></sheets></workbook>", "1904-01-02" },
		{ "<workbook><sheets><sheet r:id=\"r4\" state=\"hidden\"/>"
		    "<sheet r:id=\"r5\"/><sheet r:id=\"r1\"/></sheets>"
		    "</workbook>", "1900-01-01" },
		{ "<x:workbook><x:sheets><x:sheet q:id=\"r1\"/></x:sheets>"
		    "</x:workbook>", "1900-01-01" },
		{ "<workbook><sheets><sheet r:id=\"r1\" state=\"veryHidden\"/>"
		    "</sheets></workbook>", NULL },
		{ "<workbook><sheets><sheet r:id=\"r9\"/></sheets>"
		    "</workbook>", NULL },
		{ "<workbook><sheets><sheet r:id=\"r4\"/></sheets>"
		    "</workbook>", NULL },	/* a part that is not there */
		{ "<workbook/>", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof books / sizeof *books; i++) {
		struct xlsx_make x = xlsx_usual;
		struct xlsx_table t = { .n = 0 };
		struct err e = {0};
		enum err_code rc;

		x.workbook = books[i].workbook;
		rc = read_sheet(&x, sheet, &t, &e);
		if (books[i].text == NULL ? rc == OK : rc != OK ||
		    !slice_eqs(slice_buf(&t.text), books[i].text))
			fail_msg("%s: %s \"%.*s\"", books[i].workbook,
			    e.detail, (int)t.text.n, (char *)t.text.p);
		xlsx_table_release(&t);
	}
}

static const struct { const char *sheet; enum err_code code; } bad[] = {
	{ "", ERR_FORMAT },
	{ "<worksheet>", ERR_FORMAT },
	{ ROW("<c><v>1</c>"), ERR_FORMAT },
	{ "<!DOCTYPE x>" ROW(""), ERR_FORMAT },
	{ "<!DOCTYPE x [<!ENTITY a \"b\">]>" ROW("<c><v>&a;</v></c>"),
	    ERR_FORMAT },
	{ ROW("<c><v>&a;</v></c>"), ERR_FORMAT },
	{ ROW("<c t=\"s\"><v>5</v></c>"), ERR_FORMAT },
	{ ROW("<c t=\"s\"><v>-1</v></c>"), ERR_FORMAT },
	{ ROW("<c t=\"s\"><v>99999999999999999999</v></c>"), ERR_FORMAT },
	{ ROW("<c r=\"B1\"/><c r=\"A1\"/>"), ERR_FORMAT },
	{ ROW("<c r=\"A1\"/><c r=\"A1\"/>"), ERR_FORMAT },
	{ ROW("<c r=\"XFE1\"/>"), ERR_FORMAT },
	{ ROW("<c r=\"ZZZZZZZZZZZZZZZZ1\"/>"), ERR_FORMAT },
	{ ROW("<c r=\"1\"/>"), ERR_FORMAT },
	{ ROW("<c r=\"IW1\"><v>1</v></c>"), ERR_COLUMN },
	{ SHEET("<row r=\"2\"/><row r=\"2\"/>"), ERR_FORMAT },
	{ SHEET("<row r=\"1048576\"/><row/>"), ERR_FORMAT },
	{ SHEET("<c r=\"A1\"><v>1</v></c>"), ERR_FORMAT },
	{ "\xff\xfe" ROW(""), ERR_FORMAT },
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct xlsx_table t = { .n = 0 };
		struct err e = {0};
		enum err_code rc = read_sheet(&xlsx_usual, bad[i].sheet, &t,
		    &e);

		if (rc != bad[i].code)
			fail_msg("%s: %s (%s), not %s", bad[i].sheet,
			    err_name(rc), e.detail, err_name(bad[i].code));
		xlsx_table_release(&t);
	}
}

static void fill(struct buf *b, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_adds(b, text);
}

static void expect(const struct xlsx_make *x, struct buf *sheet,
    enum err_code code)
{
	struct xlsx_table t = { .n = 0 };
	struct err e = {0};
	enum err_code rc = read_sheet(x, (const char *)sheet->p, &t, &e);

	if (rc != code)
		fail_msg("%.60s…: %s (%s), not %s", (char *)sheet->p,
		    err_name(rc), e.detail, err_name(code));
	xlsx_table_release(&t);
	buf_clear(sheet);
}

/* Small files that would grow: nesting, one endless tag, one text shared by
 * many cells. */
static void test_growth(void **state)
{
	struct buf sheet = BUF_INIT, strings = BUF_INIT;
	struct xlsx_make x = xlsx_usual;

	(void)state;
	fill(&sheet, "<a>", 100000);
	expect(&x, &sheet, ERR_FORMAT);
	buf_adds(&sheet, "<worksheet a=\"");
	fill(&sheet, "bbbbbbbbbbbbbbbb", 200000);
	expect(&x, &sheet, ERR_TOO_BIG);
	buf_adds(&strings, "<sst><si><t>");
	fill(&strings, "0123456789abcdef", 65536);
	buf_adds(&strings, "</t></si></sst>");
	x.strings = (const char *)strings.p;
	buf_adds(&sheet, "<worksheet><sheetData>");
	fill(&sheet, "<row><c t=\"s\"><v>0</v></c></row>", 300);
	buf_adds(&sheet, "</sheetData></worksheet>");
	expect(&x, &sheet, ERR_TOO_BIG);
	buf_release(&sheet);
	buf_release(&strings);
}

/* What the directory says of the sheet, and the bytes beside it. */
static void test_lies(void **state)
{
	static const char sheet[] = ROW("<c><v>1</v></c>");
	static const struct zip_make lies[] = {
		{ .crc = 1 }, { .size = 1 }, { .size = (uint32_t)-1 },
		{ .size = 300u << 20 }, { .packed = 100000 },
		{ .packed = (uint32_t)-1 }, { .at = 1 },
		{ .at = (uint32_t)-1 }, { .at = 1u << 31 }, { .flags = 1 },
		{ .flags = 0x40 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++)
		for (int deflated = 0; deflated < 2; deflated++) {
			struct zip_make z = { .n = 0 };
			struct xlsx_table t = { .n = 0 };
			struct err e = {0};
			enum err_code rc;

			xlsx_make(&z, &xlsx_usual);
			z.crc = lies[i].crc;
			z.size = lies[i].size;
			z.packed = lies[i].packed;
			z.at = lies[i].at;
			z.flags = lies[i].flags;
			zip_add(&z, "xl/worksheets/s.xml", slice_str(sheet),
			    deflated);
			zip_end(&z);
			rc = xlsx_read(slice_buf(&z.file), &t, &e);
			if (rc != ERR_FORMAT && rc != ERR_TOO_BIG)
				fail_msg("lie %zu, deflated %d: %s (%s)", i,
				    deflated, err_name(rc), e.detail);
			xlsx_table_release(&t);
			zip_release(&z);
		}
}

/* Cut anywhere, or changed anywhere: refused, or read without harm. */
static void test_damage(void **state)
{
	struct zip_make z = { .n = 0 };
	struct xlsx_table t = { .n = 0 };
	struct buf copy = BUF_INIT;
	uint64_t seed = seed_start(), random;
	struct err e = {0};

	(void)state;
	make(&z, &xlsx_usual, ROW("<c t=\"s\"><v>0</v></c><c><v>1</v></c>"));
	for (size_t n = 0; n < z.file.n; n++) {
		if (xlsx_read(slice_of(z.file.p, n), &t, &e) == OK)
			fail_msg("the first %zu of %zu bytes are read", n,
			    z.file.n);
		xlsx_table_release(&t);
	}
	for (size_t i = 0; i < 20000; i++) {
		buf_clear(&copy);
		buf_addb(&copy, slice_buf(&z.file));
		for (size_t k = 0; k < 1 + i % 3; k++) {
			random = seed_next(&seed);
			copy.p[(random >> 8) % copy.n] =
			    (unsigned char)random;
		}
		if (xlsx_read(slice_buf(&copy), &t, &e) == OK)
			assert_true(utf8_valid(slice_buf(&t.text)));
		xlsx_table_release(&t);
	}
	buf_release(&copy);
	zip_release(&z);
}

static struct problems problems;

static enum err_code import(struct fixture *f, const char *type,
    const char *sheet, struct err *e)
{
	struct import_options o = { .by = "test" };
	struct import_result r;
	struct zip_make z = { .n = 0 };
	enum err_code rc;

	problems_release(&problems);
	problems = (struct problems){ .n = 0 };
	make(&z, &xlsx_usual, sheet);
	rc = import_sheet(f->store, catalogue_type(f->catalogue, type),
	    slice_buf(&z.file), &o, &r, &problems, e);
	zip_release(&z);
	return rc;
}

#define T(text) "<c t=\"inlineStr\"><is><t>" text "</t></is></c>"
#define N(style, number) "<c s=\"" style "\"><v>" number "</v></c>"

static double count(struct fixture *f, const char *query)
{
	struct value v;
	struct err e = {0};

	if (figure_value(f->store, query, &v, &e) != OK)
		fail_msg("%s: %s", query, e.detail);
	return value_number(&v);
}

/* Dates and amounts as spreadsheets keep them; a row's own number in what is
 * wrong with it. */
static void test_import(void **state)
{
	static const char good_rows[] = SHEET("<row r=\"3\">" T("标识")
	    T("title") T("kind") T("org") T("date") T("amount")
	    "</row><row r=\"5\">" T("a") T("'=x") T("sport") T("o")
	    N("4", "44628") N("8", "300") "</row>");
	static const char bad_rows[] = SHEET("<row r=\"3\">" T("标识")
	    T("title") T("kind") T("org") T("date")
	    "</row><row r=\"7\">" T("b") T("t") T("sport") T("o")
	    N("0", "soon") "</row><row r=\"9\">" T("c") T("t")
	    "<c><f>1</f></c>" T("o") N("4", "44628") "</row>");
	struct fixture f;
	struct err e = {0};

	(void)state;
	fixture_open(&f, "TC");
	fixture_import(&f, slice_str("{\"type\":\"org_unit\",\"id\":\"o\","
	    "\"code\":\"o\",\"name\":\"name\",\"kind\":\"hq\","
	    "\"established_on\":\"2020-01-01\"}\n"), NULL);
	if (import(&f, "activity", good_rows, &e) != OK)
		fail_msg("%s", e.detail);
	assert_true(count(&f, "activity[date=2022-03-08;title='=x]"
	    "#sum(amount)") == 30000);
	assert_int_equal(import(&f, "activity", bad_rows, &e), ERR_DATE);
	assert_int_equal(problems.errors, 2);
	assert_int_equal(problems.p[0].line, 7);
	assert_int_equal(problems.p[1].line, 9);
	assert_int_equal(problems.p[1].code, ERR_TYPE);
	assert_true(count(&f, "activity#count") == 1);
	assert_int_equal(import(&f, "activity", SHEET(""), &e), ERR_FORMAT);
	assert_int_equal(import(&f, "person", SHEET("<row>" T("姓名") T("kind")
	    T("org") T("id_no") "</row><row>" T("测试甲") T("on_duty") T("o")
	    N("0", "3.79999198802290E+17") "</row>"), &e), ERR_IDNO_EXCEL);
	problems_release(&problems);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_books),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_import),
	};

	return cmocka_run_group_tests_name("xlsx", tests, NULL, NULL);
}
