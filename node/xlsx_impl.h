/* Between xlsx_*.c only: XML parts, and what the sheet's cells refer to. */
#ifndef NODE_XLSX_IMPL_H
#define NODE_XLSX_IMPL_H

#include "xlsx_read.h"
#include "zip_read.h"

#define XML_DEPTH 64
#define XML_TOKEN (1024 * 1024)

/* One part on its way through the parser. A handler that sets rc ends it;
 * names come without their prefix. */
struct xml {
	void *arg;
	void (*start)(struct xml *x, const char *name, const char **attr);
	void (*end)(struct xml *x, const char *name);
	void (*text)(struct xml *x, struct slice s);
	enum err_code rc;
	struct err *e;
};

/* Read a part; x has its handlers. A DTD is refused, so entities are those
 * five that XML has itself. */
MUST_USE enum err_code xml_read(const struct zip *z, const char *part,
    struct xml *x, struct err *e);
/* An attribute by its name without a prefix, or NULL. */
const char *xml_attr(const char **attr, const char *name);
/* A whole number 0..max; fallback if the text is absent or none. */
int64_t xml_number(const char *text, int64_t max, int64_t fallback);

/* How a number in a cell is to be read. */
enum xlsx_form { XLSX_NUMBER, XLSX_DATE, XLSX_MONTH };

struct xlsx_styles {
	uint16_t *format;	/* per cell style: its number format */
	size_t n, cap;
	enum xlsx_form form[65536];	/* per number format */
};

/* Formats that need no definition in the file. */
void xlsx_styles_init(struct xlsx_styles *s);
MUST_USE enum err_code xlsx_styles_read(const struct zip *z,
    const char *part, struct xlsx_styles *s, struct err *e);
/* Of a cell style; XLSX_NUMBER for an unknown one. */
enum xlsx_form xlsx_styles_form(const struct xlsx_styles *s, int64_t style);

struct xlsx_strings {	/* each ends where the next one begins */
	struct buf text;
	size_t *end;
	size_t n, cap;
};
MUST_USE enum err_code xlsx_strings_read(const struct zip *z,
    const char *part, struct xlsx_strings *s, struct err *e);

struct xlsx_book {
	char sheet[256], strings[256], styles[256];	/* parts, or "" */
	bool from_1904;		/* dates count from there */
	size_t others;		/* as in struct xlsx_table */
};
MUST_USE enum err_code xlsx_book_read(const struct zip *z,
    struct xlsx_book *b, struct err *e);

/* xlsx_sheet.c: the rows. */
MUST_USE enum err_code xlsx_sheet_read(const struct zip *z,
    const struct xlsx_book *b, const struct xlsx_strings *strings,
    const struct xlsx_styles *styles, struct xlsx_table *out, struct err *e);

/* Text of a cell as XML has it: _x000D_ stands for a character. */
void xlsx_unescape(struct buf *out, struct slice s);

#endif
