/* Attachments: kinds of bytes, names, rows in any order. */
#include "attachment.h"
#include "fixture.h"
#include "store_db.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define BYTES(s) s, sizeof(s) - 1
#define OFFICE "application/vnd.openxmlformats-officedocument."
#define OPEN "application/vnd.oasis.opendocument."

static const struct {
	const char *name, *bytes;
	size_t n;
	const char *want;		/* NULL: none that we keep */
} kinds[] = {
	{ "jpeg", BYTES("\xff\xd8\xff\xe0..JFIF"), "image/jpeg" },
	{ "jpeg of a camera", BYTES("\xff\xd8\xff\xe1..Exif"), "image/jpeg" },
	{ "png", BYTES("\x89PNG\r\n\x1a\n...."), "image/png" },
	{ "pdf", BYTES("%PDF-1.4 x"), "application/pdf" },
	{ "docx", BYTES("PK\3\4....word/document.xml"),
	    OFFICE "wordprocessingml.document" },
	{ "xlsx", BYTES("PK\3\4....xl/workbook.xml"),
	    OFFICE "spreadsheetml.sheet" },
	{ "pptx", BYTES("PK\3\4....ppt/presentation.xml"),
	    OFFICE "presentationml.presentation" },
	{ "odt", BYTES("PK\3\4mimetypeapplication/vnd.oasis.opendocument.text"),
	    OPEN "text" },
	{ "ods", BYTES("PK\3\4mimetypeapplication/vnd.oasis.opendocument."
	    "spreadsheet"), OPEN "spreadsheet" },
	{ "nothing", BYTES(""), NULL },
	{ "the magic alone", BYTES("\xff\xd8\xff"), NULL },
	{ "half a png", BYTES("\x89PNG\r\n"), NULL },
	{ "a png that was mailed as text", BYTES("\x89PNG\n\x1a\n....."),
	    NULL },
	{ "any archive", BYTES("PK\3\4....evil.sh"), NULL },
	{ "an empty archive", BYTES("PK\5\6................"), NULL },
	{ "a page", BYTES("<html>%PDF-"), NULL },
	{ "a program", BYTES("\x7f" "ELF........"), NULL },
	{ "gif", BYTES("GIF89a......"), NULL },
	{ "svg", BYTES("<svg xmlns='http://www.w3.org/2000/svg'>"), NULL },
};

static void test_kinds(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		const char *got = attachment_media(slice_of(kinds[i].bytes,
		    kinds[i].n));

		if (!got != !kinds[i].want ||
		    (got && strcmp(got, kinds[i].want) != 0))
			fail_msg("%s: %s, want %s", kinds[i].name,
			    got ? got : "none",
			    kinds[i].want ? kinds[i].want : "none");
	}
}

static const struct {
	const char *name, *media;
	enum err_code want;
} names[] = {
	{ "a.jpg", "image/jpeg", OK }, { "a.JPEG", "image/jpeg", OK },
	{ "签收单.png", "image/png", OK }, { "no ending", "image/png", OK },
	{ "a.b.pdf", "application/pdf", OK },
	{ "a.jpg", "image/png", ERR_TYPE },
	{ "a.pdf.exe", "application/pdf", ERR_TYPE },
	{ "a.", "application/pdf", ERR_TYPE },
	{ "a.xlsx", OFFICE "wordprocessingml.document", ERR_TYPE },
	{ "", "image/png", ERR_USAGE }, { ".png", "image/png", ERR_USAGE },
	{ "../a.png", "image/png", ERR_USAGE },
	{ "a/b.png", "image/png", ERR_USAGE },
	{ "a\\b.png", "image/png", ERR_USAGE },
	{ "c:a.png", "image/png", ERR_USAGE },
	{ "a\n.png", "image/png", ERR_USAGE },
	{ "a\x7f.png", "image/png", ERR_USAGE },
	{ "a\xc2\x85.png", "image/png", ERR_USAGE },
	{ "a\xff.png", "image/png", ERR_USAGE },
	{ " a.png", "image/png", ERR_USAGE },
	{ "a.png ", "image/png", ERR_USAGE },
};

static void test_names(void **state)
{
	char longest[ATTACHMENT_NAME_ROOM + 1];
	struct err e = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		enum err_code got = attachment_name_check(names[i].name,
		    names[i].media, &e);

		if (got != names[i].want)
			fail_msg("“%s” of %s: %s, want %s", names[i].name,
			    names[i].media, err_name(got),
			    err_name(names[i].want));
	}
	memset(longest, 'a', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	assert_int_equal(attachment_name_check(longest, "image/png", &e),
	    ERR_USAGE);
	assert_int_equal(attachment_name_check(longest + 1, "image/png", &e),
	    OK);
}

/* ---- rows ---- */

#define FIRST stamp_make(1000000, 2)

static const unsigned char hash[32] = { 7 };

/* Rows about one record: 1 and 2 attach under one name, 3 takes 1 off, 4
 * attaches another, 5 takes 3 off (which attaches nothing), 6 is of a branch
 * that does not own the record. */
static const struct { const char *name; int removes; } rows[] = {
	{ "a.png", 0 }, { "a.png", 0 }, { NULL, 1 }, { "b.png", 0 },
	{ NULL, 3 }, { "c.png", 0 },
};

static void apply_row(struct fixture *f, size_t i)
{
	struct origin o = { .branch = i == 5 ? "NB" : "TC",
		.node = i == 5 ? 3 : 2 };
	struct err e = {0};
	struct value *cell;
	struct batch b;

	batch_init(&b, f->catalogue);
	cell = batch_row(&b, NULL, TABLE_ATTACHMENT);
	assert_non_null(cell);
	cell[ATTACHMENT_STAMP] = value_int(stamp_make(2000000 + (int64_t)i,
	    o.node));
	cell[ATTACHMENT_RECORD] = value_int(FIRST);
	if (rows[i].removes) {
		cell[ATTACHMENT_REMOVES] = value_int(stamp_make(1999999 +
		    rows[i].removes, 2));
	} else {
		cell[ATTACHMENT_NAME] = value_str(rows[i].name);
		cell[ATTACHMENT_SHA256] = value_bytes(slice_of(hash, 32));
		cell[ATTACHMENT_SIZE] = value_int(9);
		cell[ATTACHMENT_MEDIA] = value_str("image/png");
	}
	if (attachment_apply(f->store, &b, &o, &e) != OK)
		fail_msg("row %zu: %s", i, e.detail);
	batch_release(&b);
}

/* The names that show, and the tables; rolled back. */
static void look(struct fixture *f, const size_t *order, struct buf *out)
{
	const struct record r = { .id = FIRST, .branch = "TC" };
	struct err e = {0};
	json_t *list = NULL;
	char *text;

	assert_int_equal(store_begin(f->store, &e), OK);
	for (size_t i = 0; i < COUNT(rows); i++)
		apply_row(f, order[i]);
	apply_row(f, order[0]);		/* once more changes nothing */
	assert_int_equal(attachment_json(f->store, &r, &list, &e), OK);
	text = json_dumps(list, JSON_COMPACT);
	buf_adds(out, text);
	free(text);
	assert_int_equal(json_array_size(list), 2);
	assert_string_equal(json_string_value(json_object_get(
	    json_array_get(list, 0), "name")), "a.png");
	assert_string_equal(json_string_value(json_object_get(
	    json_array_get(list, 1), "name")), "b.png");
	json_decref(list);
	assert_int_equal(store_dump(f->store, out, &e), OK);
	store_rollback(f->store);
}

static void permute(struct fixture *f, size_t *order, size_t n,
    struct buf *first, size_t *tried)
{
	struct buf now = BUF_INIT;

	if (n == COUNT(rows)) {
		look(f, order, *tried ? &now : first);
		if (*tried && !slice_eq(slice_buf(first), slice_buf(&now)))
			fail_msg("order %zu differs:\n%s\n%s", *tried,
			    (char *)first->p, (char *)now.p);
		buf_release(&now);
		++*tried;
		return;
	}
	for (size_t i = n; i < COUNT(rows); i++) {
		size_t was = order[n];

		order[n] = order[i];
		order[i] = was;
		permute(f, order, n + 1, first, tried);
		order[i] = order[n];
		order[n] = was;
	}
}

static void test_any_order(void **state)
{
	size_t order[COUNT(rows)], tried = 0;
	struct buf first = BUF_INIT;
	struct fixture f;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		order[i] = i;
	fixture_open(&f, "HQ");
	permute(&f, order, 0, &first, &tried);
	assert_int_equal(tried, 720);
	buf_release(&first);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds), cmocka_unit_test(test_names),
		cmocka_unit_test(test_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
