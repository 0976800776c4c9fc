/* Any bytes as a spreadsheet: once as the file itself, and once as its parts
 * (sheet, texts, styles, workbook, with NUL between) in a sound archive, since
 * checksums keep most changes from ever reaching the XML. What is read must be
 * UTF-8 and as many rows as there are numbers.
 */
#include "../unit/zip_make.h"
#include "fuzz_store.h"

#include "base/text.h"
#include "csv.h"
#include "xlsx_read.h"

static void check_table(const struct xlsx_table *t)
{
	struct slice rest = slice_buf(&t->text), raw;
	struct csv_row row = { .n = 0 };
	int64_t lines = 0, before = 0;
	size_t n = 0;

	if (!utf8_valid(rest))
		abort();
	for (; csv_next(&rest, ',', &row, &raw, &lines); n++) {
		if (n >= t->n || t->number[n] <= before ||
		    row.n > CSV_COLUMNS || row.unclosed)
			abort();
		before = t->number[n];
	}
	if (n != t->n)
		abort();
	buf_release(&row.text);
}

static void read_file(struct slice file)
{
	struct xlsx_table t = { .n = 0 };
	struct err e = {0};

	if (xlsx_read(file, &t, &e) == OK)
		check_table(&t);
	xlsx_table_release(&t);
}

/* The text up to the next NUL, or what is usual when there is none left. */
static const char *next_part(char **rest, char *end, const char *usual)
{
	char *part = *rest, *stop;

	if (part >= end)
		return usual;
	stop = memchr(part, '\0', (size_t)(end - part));
	*rest = stop != NULL ? stop + 1 : end;
	return part;
}

static void read_parts(const uint8_t *data, size_t size)
{
	char *copy = slice_dup(slice_of(data, size)), *rest = copy;
	struct xlsx_make x = xlsx_usual;
	struct zip_make z = { .stored = true };
	const char *sheet;

	if (copy == NULL)
		return;
	sheet = next_part(&rest, copy + size, "");
	x.strings = next_part(&rest, copy + size, x.strings);
	x.styles = next_part(&rest, copy + size, x.styles);
	x.workbook = next_part(&rest, copy + size, x.workbook);
	xlsx_make(&z, &x);
	zip_add(&z, "xl/worksheets/s.xml", slice_str(sheet), false);
	zip_end(&z);
	read_file(slice_buf(&z.file));
	zip_release(&z);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct store *s = fuzz_store();
	struct import_options o = { .by = "fuzz", .dry_run = true };
	struct import_result r;
	struct problems p = {0};
	struct err e = {0};

	read_file(slice_of(data, size));
	read_parts(data, size);
	if (import_sheet(s, store_catalogue(s)->type, slice_of(data, size), &o,
	    &r, &p, &e) == OK && p.errors > 0)
		abort();
	problems_release(&p);
	return 0;
}
