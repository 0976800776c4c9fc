/* Which numbers are dates: cells name a style, a style a number format. */
#include "xlsx_impl.h"

#include <ctype.h>

#define STYLES 65536

void xlsx_styles_init(struct xlsx_styles *s)
{
	/* ECMA-376 part 1, 18.8.30; 27 to 58 as Chinese programs have them.
	 * Those of times alone are left out: a time is no date. */
	static const struct { uint16_t first, last; enum xlsx_form form; }
	known[] = {
		{ 14, 16, XLSX_DATE }, { 17, 17, XLSX_MONTH },
		{ 22, 22, XLSX_DATE }, { 27, 27, XLSX_MONTH },
		{ 28, 31, XLSX_DATE }, { 36, 36, XLSX_MONTH },
		{ 50, 50, XLSX_MONTH }, { 51, 51, XLSX_DATE },
		{ 52, 52, XLSX_MONTH }, { 53, 54, XLSX_DATE },
		{ 57, 57, XLSX_MONTH }, { 58, 58, XLSX_DATE },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		for (size_t k = known[i].first; k <= known[i].last; k++)
			s->form[k] = known[i].form;
}

/* After what is not format: "text", [colour], \x, and _x *x for spacing. */
static const char *skip_literal(const char *p)
{
	const char *end;

	if (*p == '"' || *p == '[') {
		end = strchr(p + 1, *p == '"' ? '"' : ']');
		return end != NULL ? end + 1 : p + strlen(p);
	}
	if ((*p == '\\' || *p == '_' || *p == '*') && p[1] != '\0')
		return p + 2;
	return p + 1;
}

/* "yyyy-mm-dd" is a date, "yyyy年m月" a month, "mm:ss" and "0.00" neither; the
 * first section counts. */
static enum xlsx_form form_of(const char *code)
{
	bool year = false, month = false, day = false, time = false;

	for (const char *p = code; *p != '\0' && *p != ';';
	    p = skip_literal(p)) {
		int c = tolower((unsigned char)*p);

		if (strncmp(p, "General", 7) == 0)
			return XLSX_NUMBER;
		year |= c == 'y';
		month |= c == 'm';
		day |= c == 'd';
		time |= c == 'h' || c == 's';
	}
	if (day || (year && !month))
		return XLSX_DATE;
	if (year)
		return XLSX_MONTH;
	return month && !time ? XLSX_DATE : XLSX_NUMBER;
}

static void add_style(struct xml *x, struct xlsx_styles *s, int64_t format)
{
	if (s->n == s->cap) {
		size_t cap = s->cap * 2 + 64;
		void *grown = cap <= 2 * STYLES ?
		    realloc(s->format, cap * sizeof *s->format) : NULL;

		if (grown == NULL) {
			x->rc = err_memory(x->e);
			return;
		}
		s->format = grown;
		s->cap = cap;
	}
	s->format[s->n++] = (uint16_t)format;
}

struct style_reader {
	struct xlsx_styles *s;
	bool in_cells;		/* within cellXfs */
};

static void on_start(struct xml *x, const char *name, const char **attr)
{
	struct style_reader *r = x->arg;
	const char *id = xml_attr(attr, "numFmtId");
	const char *code = xml_attr(attr, "formatCode");
	int64_t format = xml_number(id, 65535, 0);

	if (strcmp(name, "cellXfs") == 0)
		r->in_cells = true;
	else if (strcmp(name, "numFmt") == 0 && code != NULL && id != NULL)
		r->s->form[format] = form_of(code);
	else if (strcmp(name, "xf") == 0 && r->in_cells)
		add_style(x, r->s, format);
}

static void on_end(struct xml *x, const char *name)
{
	struct style_reader *r = x->arg;

	if (strcmp(name, "cellXfs") == 0)
		r->in_cells = false;
}

enum err_code xlsx_styles_read(const struct zip *z, const char *part,
    struct xlsx_styles *s, struct err *e)
{
	struct style_reader r = { .s = s };
	struct xml x = { .arg = &r, .start = on_start, .end = on_end };

	return xml_read(z, part, &x, e);
}

enum xlsx_form xlsx_styles_form(const struct xlsx_styles *s, int64_t style)
{
	return style >= 0 && (size_t)style < s->n ?
	    s->form[s->format[style]] : XLSX_NUMBER;
}
