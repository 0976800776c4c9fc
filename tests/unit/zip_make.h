/* ZIP archives, and spreadsheets in them, for tests that must also make wrong
 * ones. Functions are inline because every test is one file.
 */
#ifndef UNIT_ZIP_MAKE_H
#define UNIT_ZIP_MAKE_H

#include <zlib.h>

#include "base/buf.h"

struct zip_make {
	struct buf file, directory;
	unsigned n;
	bool stored;		/* never deflate: fast */
	/* To lie with: added to what the directory says of the next member. */
	uint32_t crc, size, packed, at;
	unsigned flags;
};

static inline void zip_16(struct buf *b, unsigned v)
{
	buf_addc(b, (unsigned char)v);
	buf_addc(b, (unsigned char)(v >> 8));
}

static inline void zip_32(struct buf *b, uint32_t v)
{
	zip_16(b, v & 0xffff);
	zip_16(b, v >> 16);
}

static inline void zip_deflate(struct slice data, struct buf *out)
{
	z_stream z = { .next_in = (unsigned char *)(uintptr_t)data.p,
	    .avail_in = (uInt)data.n };
	size_t room = data.n + data.n / 100 + 100;

	if (deflateInit2(&z, 9, Z_DEFLATED, -MAX_WBITS, 9,
	    Z_DEFAULT_STRATEGY) != Z_OK)
		return;
	z.next_out = buf_room(out, room);
	z.avail_out = (uInt)room;
	deflate(&z, Z_FINISH);
	out->n += room - z.avail_out;
	deflateEnd(&z);
}

/* What both headers say of a member, from the version on. */
static inline void zip_head(struct buf *b, const struct zip_make *z,
    unsigned method, struct slice data, size_t packed)
{
	zip_16(b, 20);
	zip_16(b, z->flags);
	zip_16(b, method);
	zip_32(b, 0);
	zip_32(b, (uint32_t)crc32(0, data.p, (uInt)data.n) + z->crc);
	zip_32(b, (uint32_t)packed + z->packed);
	zip_32(b, (uint32_t)data.n + z->size);
}

static inline void zip_add(struct zip_make *z, const char *name,
    struct slice data, bool deflated)
{
	struct buf packed = BUF_INIT;
	uint32_t at = (uint32_t)z->file.n;
	unsigned method = deflated && !z->stored ? 8 : 0;
	unsigned n = (unsigned)strlen(name);

	if (method != 0)
		zip_deflate(data, &packed);
	else
		buf_addb(&packed, data);
	buf_add(&z->file, "PK\3\4", 4);
	zip_head(&z->file, z, method, data, packed.n);
	zip_16(&z->file, n);
	zip_16(&z->file, 0);
	buf_adds(&z->file, name);
	buf_addb(&z->file, slice_buf(&packed));
	buf_add(&z->directory, "PK\1\2", 4);
	zip_16(&z->directory, 20);
	zip_head(&z->directory, z, method, data, packed.n);
	zip_16(&z->directory, n);
	for (int i = 0; i < 6; i++)	/* extra, comment, disk, attributes */
		zip_16(&z->directory, 0);
	zip_32(&z->directory, at + z->at);
	buf_adds(&z->directory, name);
	z->n++;
	z->crc = z->size = z->packed = z->at = z->flags = 0;
	buf_release(&packed);
}

/* z->file is whole after this. */
static inline void zip_end(struct zip_make *z)
{
	uint32_t at = (uint32_t)z->file.n;

	buf_addb(&z->file, slice_buf(&z->directory));
	buf_add(&z->file, "PK\5\6\0\0\0\0", 8);
	zip_16(&z->file, z->n);
	zip_16(&z->file, z->n);
	zip_32(&z->file, (uint32_t)z->directory.n);
	zip_32(&z->file, at);
	zip_16(&z->file, 0);
}

static inline void zip_release(struct zip_make *z)
{
	buf_release(&z->file);
	buf_release(&z->directory);
	*z = (struct zip_make){ .n = 0 };
}

#define XLSX_RELS "<Relationships xmlns=\"http://schemas.openxmlformats.org/" \
	"package/2006/relationships\">"
#define XLSX_REL(id, kind, target) "<Relationship Id=\"" id "\" Type=\"http:" \
	"//schemas.openxmlformats.org/officeDocument/2006/relationships/" kind \
	"\" Target=\"" target "\"/>"

/* The parts of a workbook; a NULL one is left out. */
struct xlsx_make {
	const char *root, *workbook, *rels, *strings, *styles;
};

static const struct xlsx_make xlsx_usual = {
	.root = XLSX_RELS XLSX_REL("r", "officeDocument", "xl/workbook.xml")
	    "</Relationships>",
	.workbook = "<workbook><sheets><sheet name=\"1\" sheetId=\"1\" "
	    "r:id=\"r1\"/></sheets></workbook>",
	.rels = XLSX_RELS XLSX_REL("r1", "worksheet", "worksheets/s.xml")
	    XLSX_REL("r2", "sharedStrings", "/xl/strings.xml")
	    XLSX_REL("r3", "styles", "styles.xml")
	    XLSX_REL("r4", "worksheet", "worksheets/t.xml")
	    XLSX_REL("r5", "chartsheet", "chartsheets/c.xml")
	    "</Relationships>",
	.strings = "<sst><si><t>甲</t></si><si><r><t>a&lt;</t></r><r><t>b</t>"
	    "</r></si><si><t>x_x000A_y_x005F_z</t></si><si><t>=1+1</t></si>"
	    "<si><t>东</t><rPh><t>dong</t></rPh></si></sst>",
	.styles = "<styleSheet><numFmts>"
	    "<numFmt numFmtId=\"164\" formatCode=\"yyyy&quot;年&quot;m"
	    "&quot;月&quot;\"/>"
	    "<numFmt numFmtId=\"165\" formatCode=\"0&quot; days&quot;\"/>"
	    "<numFmt numFmtId=\"166\" formatCode=\"[$-804]yyyy\\-mm\\-dd;@\"/>"
	    "<numFmt numFmtId=\"167\" formatCode=\"[Red]#,##0.00_d\"/>"
	    "</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
	    "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/>"
	    "<xf numFmtId=\"164\"/><xf numFmtId=\"165\"/>"
	    "<xf numFmtId=\"166\"/><xf numFmtId=\"20\"/>"
	    "<xf numFmtId=\"57\"/><xf numFmtId=\"22\"/>"
	    "<xf numFmtId=\"167\"/></cellXfs></styleSheet>",
};

static inline void xlsx_part(struct zip_make *z, const char *name,
    const char *text, bool deflated)
{
	if (text != NULL)
		zip_add(z, name, slice_str(text), deflated);
}

/* All but the sheet, which the caller adds as xl/worksheets/s.xml. */
static inline void xlsx_make(struct zip_make *z, const struct xlsx_make *x)
{
	xlsx_part(z, "_rels/.rels", x->root, false);
	xlsx_part(z, "xl/workbook.xml", x->workbook, true);
	xlsx_part(z, "xl/_rels/workbook.xml.rels", x->rels, true);
	xlsx_part(z, "xl/strings.xml", x->strings, true);
	xlsx_part(z, "xl/styles.xml", x->styles, false);
}

#endif
