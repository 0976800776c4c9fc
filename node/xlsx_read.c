/* A workbook: which parts there are, and the texts that cells share. */
#include "xlsx_impl.h"

#include "base/text.h"

#define SHEETS 1024
#define STRINGS 8388608

bool xlsx_is(struct slice file)
{
	return zip_is(file);
}

/* Microsoft's compound file: .xls, and also what a password encrypts. */
bool xlsx_is_old(struct slice file)
{
	return file.n >= 8 &&
	    memcmp(file.p, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8) == 0;
}

void xlsx_table_release(struct xlsx_table *t)
{
	buf_release(&t->text);
	free(t->number);
	*t = (struct xlsx_table){ .n = 0 };
}

/* Relations: a part of some kind, by id or alone of its kind. */
struct relations {
	char folder[256];	/* of the part that has them, with a '/' */
	const char *kind;	/* the last word of the relation's type */
	const char *id;		/* NULL: the first of the kind */
	char target[256];	/* "" until found */
};

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n > m && text[n - m - 1] == '/' && strcmp(text + n - m, end)
	    == 0;
}

static void on_relation(struct xml *x, const char *name, const char **attr)
{
	struct relations *r = x->arg;
	const char *id = xml_attr(attr, "Id"), *type = xml_attr(attr, "Type");
	const char *target = xml_attr(attr, "Target");

	if (strcmp(name, "Relationship") != 0 || !id || !type || !target ||
	    r->target[0] != '\0' || !ends_with(type, r->kind) ||
	    (r->id != NULL && strcmp(id, r->id) != 0))
		return;
	if (target[0] == '/')
		snprintf(r->target, sizeof r->target, "%s", target + 1);
	else
		snprintf(r->target, sizeof r->target, "%s%s", r->folder,
		    target);
}

/* What `part` ("" the whole file) calls its `kind`; out is "" if nothing. */
static enum err_code relation(const struct zip *z, const char *part,
    const char *kind, const char *id, char out[256], struct err *e)
{
	struct relations r = { .kind = kind, .id = id };
	struct xml x = { .arg = &r, .start = on_relation };
	const char *slash = strrchr(part, '/');
	size_t n = slash != NULL ? (size_t)(slash - part) + 1 : 0;
	char path[600];
	enum err_code rc = OK;

	snprintf(r.folder, sizeof r.folder, "%.*s", (int)n, part);
	snprintf(path, sizeof path, "%s_rels/%s.rels", r.folder, part + n);
	if (zip_has(z, path))
		rc = xml_read(z, path, &x, e);
	memcpy(out, r.target, sizeof r.target);
	return rc;
}

struct sheets {
	char (*id)[64];		/* the visible ones, in order */
	size_t n, values;	/* values: those named XLSX_VALUES */
	bool from_1904;
};

static bool is_true(const char *text)
{
	return text != NULL && (strcmp(text, "1") == 0 ||
	    strcmp(text, "true") == 0);
}

static void on_sheet(struct xml *x, const char *name, const char **attr)
{
	struct sheets *s = x->arg;
	const char *state = xml_attr(attr, "state");
	const char *title = xml_attr(attr, "name"), *id;

	if (strcmp(name, "workbookPr") == 0)
		s->from_1904 = is_true(xml_attr(attr, "date1904"));
	if (strcmp(name, "sheet") != 0 || s->n == SHEETS ||
	    (state != NULL && strcmp(state, "visible") != 0))
		return;
	id = xml_attr(attr, "id");
	if (id == NULL || strlen(id) >= sizeof s->id[0])
		return;
	s->values += title != NULL && strcmp(title, XLSX_VALUES) == 0;
	snprintf(s->id[s->n++], sizeof s->id[0], "%s", id);
}

/* The first that is a table: charts have sheets of their own. */
static enum err_code find_sheet(const struct zip *z, const char *workbook,
    struct xlsx_book *b, struct err *e)
{
	struct sheets s = { .id = calloc(SHEETS, sizeof *s.id) };
	struct xml x = { .arg = &s, .start = on_sheet };
	enum err_code rc;

	if (s.id == NULL)
		return err_memory(e);
	rc = xml_read(z, workbook, &x, e);
	for (size_t i = 0; rc == OK && b->sheet[0] == '\0' && i < s.n; i++)
		rc = relation(z, workbook, "worksheet", s.id[i], b->sheet, e);
	b->from_1904 = s.from_1904;
	if (s.n > s.values)
		b->others = s.n - s.values - 1;
	free(s.id);
	return rc;
}

enum err_code xlsx_book_read(const struct zip *z, struct xlsx_book *b,
    struct err *e)
{
	char workbook[256];
	enum err_code rc;

	rc = relation(z, "", "officeDocument", NULL, workbook, e);
	if (rc == OK && workbook[0] != '\0')
		rc = find_sheet(z, workbook, b, e);
	if (rc == OK && b->sheet[0] == '\0') {
		err_set(e, ERR_FORMAT, _("the file has no sheet that can be "
		    "read"));
		return err_hint(e, _("save it as .xlsx (not .ods or .xlsb), "
		    "or as CSV"));
	}
	if (rc == OK)
		rc = relation(z, workbook, "sharedStrings", NULL, b->strings,
		    e);
	if (rc == OK)
		rc = relation(z, workbook, "styles", NULL, b->styles, e);
	return rc;
}

/* "_x" and four hexadecimal digits and "_" at s.p + i. */
static bool escape_at(struct slice s, size_t i, uint32_t *cp)
{
	static const char hex[] = "0123456789abcdef0123456789ABCDEF";

	*cp = 0;
	if (s.n - i < 7 || s.p[i] != '_' || s.p[i + 1] != 'x' ||
	    s.p[i + 6] != '_')
		return false;
	for (size_t k = i + 2; k < i + 6; k++) {
		const char *digit = s.p[k] ? strchr(hex, s.p[k]) : NULL;

		if (digit == NULL)
			return false;
		*cp = *cp * 16 + (uint32_t)(digit - hex) % 16;
	}
	return *cp != 0 && (*cp < 0xd800 || *cp > 0xdfff);
}

void xlsx_unescape(struct buf *out, struct slice s)
{
	uint32_t cp;

	for (size_t i = 0; i < s.n; i++) {
		if (!escape_at(s, i, &cp)) {
			buf_addc(out, s.p[i]);
			continue;
		}
		utf8_add(out, cp);
		i += 6;
	}
}

struct string_reader {
	struct xlsx_strings *s;
	struct buf raw;
	bool in_text;		/* within <t> */
	int phonetic;		/* within <rPh>: how it is pronounced */
};

static void string_start(struct xml *x, const char *name, const char **attr)
{
	struct string_reader *r = x->arg;

	(void)attr;
	if (strcmp(name, "si") == 0)
		buf_clear(&r->raw);
	else if (strcmp(name, "rPh") == 0)
		r->phonetic++;
	else if (strcmp(name, "t") == 0)
		r->in_text = r->phonetic == 0;
}

static void string_text(struct xml *x, struct slice text)
{
	struct string_reader *r = x->arg;

	if (r->in_text)
		buf_addb(&r->raw, text);
}

static enum err_code add_string(struct string_reader *r, struct err *e)
{
	struct xlsx_strings *s = r->s;

	if (s->n == s->cap) {
		size_t cap = s->cap * 2 + 1024;
		void *grown = cap <= STRINGS * 2 ?
		    realloc(s->end, cap * sizeof *s->end) : NULL;

		if (grown == NULL)
			return err_memory(e);
		s->end = grown;
		s->cap = cap;
	}
	xlsx_unescape(&s->text, slice_buf(&r->raw));
	s->end[s->n++] = s->text.n;
	return buf_ok(&s->text, e);
}

static void string_end(struct xml *x, const char *name)
{
	struct string_reader *r = x->arg;

	if (strcmp(name, "t") == 0)
		r->in_text = false;
	else if (strcmp(name, "rPh") == 0)
		r->phonetic--;
	else if (strcmp(name, "si") == 0)
		x->rc = add_string(r, x->e);
}

enum err_code xlsx_strings_read(const struct zip *z, const char *part,
    struct xlsx_strings *s, struct err *e)
{
	struct string_reader r = { .s = s };
	struct xml x = { .arg = &r, .start = string_start,
	    .end = string_end, .text = string_text };
	enum err_code rc = xml_read(z, part, &x, e);

	if (rc == OK)
		rc = buf_ok(&r.raw, e);
	buf_release(&r.raw);
	return rc;
}

static enum err_code read_parts(const struct zip *z, const struct xlsx_book *b,
    struct xlsx_strings *strings, struct xlsx_styles *styles,
    struct xlsx_table *out, struct err *e)
{
	enum err_code rc = OK;

	if (b->strings[0] != '\0')
		rc = xlsx_strings_read(z, b->strings, strings, e);
	if (rc == OK && b->styles[0] != '\0')
		rc = xlsx_styles_read(z, b->styles, styles, e);
	return rc == OK ? xlsx_sheet_read(z, b, strings, styles, out, e) : rc;
}

enum err_code xlsx_read(struct slice file, struct xlsx_table *out,
    struct err *e)
{
	struct xlsx_book book = { .sheet = "" };
	struct xlsx_strings strings = { .text = BUF_INIT };
	struct xlsx_styles *styles = calloc(1, sizeof *styles);
	struct zip *z = NULL;
	enum err_code rc;

	if (styles == NULL)
		return err_memory(e);
	xlsx_styles_init(styles);
	rc = zip_open(&z, file, e);
	if (rc == OK)
		rc = xlsx_book_read(z, &book, e);
	if (rc == OK)
		rc = read_parts(z, &book, &strings, styles, out, e);
	out->others = book.others;
	zip_close(z);
	buf_release(&strings.text);
	free(strings.end);
	free(styles->format);
	free(styles);
	return rc;
}
