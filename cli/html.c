/* The page writer. */
#include "html.h"

#include "base/text.h"
#include "out.h"

/* Song for text and Hei for headings are what serif and sans-serif are on a
 * Chinese machine; naming fonts would change the look from one to the next.
 * position: fixed repeats the watermark on each printed page. */
static const char style[] =
	"html{font-family:serif;font-size:12pt;line-height:1.6}\n"
	"body{margin:0 auto;max-width:174mm}\n"
	"body.wide{max-width:257mm}\n"
	"h1{font-family:sans-serif;font-size:20pt;text-align:center;"
	"margin:6mm 0}\n"
	"h2{font-family:sans-serif;font-size:13pt;margin:5mm 0 2mm}\n"
	"p{margin:2mm 0}\n"
	"table{border-collapse:collapse;width:100%;margin:3mm 0;"
	"font-size:10.5pt}\n"
	"thead{display:table-header-group}\n"
	"tr{break-inside:avoid}\n"
	"th,td{border:.3mm solid #000;padding:1mm 1.5mm;text-align:left;"
	"vertical-align:top;overflow-wrap:anywhere}\n"
	"th{font-family:sans-serif;font-weight:normal;text-align:center}\n"
	"th,td{min-width:2.2em}\n"
	".number{text-align:right;white-space:nowrap}\n"
	".short{white-space:nowrap}\n"
	".label{white-space:nowrap;width:24%;text-align:left}\n"
	".sign{min-width:20mm;height:9mm}\n"
	".head{display:flex;justify-content:space-between;gap:6mm;"
	"flex-wrap:wrap}\n"
	".text{white-space:pre-wrap;text-indent:2em;overflow-wrap:anywhere}\n"
	".end{margin-top:12mm;text-align:right;break-inside:avoid}\n"
	".note{font-size:9pt}\n"
	".watermark{position:fixed;top:40%;left:0;right:0;text-align:center;"
	"font:bold 72pt sans-serif;color:#888;opacity:.3;"
	"transform:rotate(-30deg);z-index:1}\n"
	"@media screen{body{padding:10mm}}\n";

void html_begin(struct buf *b, const struct html_page *page)
{
	html_raw(b, "<!DOCTYPE html>\n"
	    "<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"zh-CN\" "
	    "xml:lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\"/>\n"
	    "<meta http-equiv=\"Content-Security-Policy\" "
	    "content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n"
	    "<meta name=\"viewport\" content=\"width=device-width\"/>\n");
	html_element(b, "title", NULL, page->title);
	html_raw(b, "\n<style>\n@page{size:A4");
	html_raw(b, page->wide ? " landscape" : "");
	html_raw(b, ";margin:20mm 18mm}\n");
	html_raw(b, style);
	html_raw(b, "</style>\n</head>\n");
	html_open(b, "body", page->wide ? "wide" : NULL);
	if (page->watermark)
		html_element(b, "div", "watermark", page->watermark);
	html_raw(b, "\n");
}

void html_end(struct buf *b)
{
	html_raw(b, "</body>\n</html>\n");
}

static void add_escaped(struct buf *b, uint32_t cp)
{
	static const struct { uint32_t cp; const char *name; } names[] = {
		{ '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" },
		{ '"', "&quot;" }, { '\'', "&#39;" },
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (cp == names[i].cp) {
			buf_adds(b, names[i].name);
			return;
		}
	/* What XML forbids, and what a reader would not see. */
	if ((cp < 0x20 && cp != '\n' && cp != '\t') ||
	    (cp >= 0x7f && cp < 0xa0) || cp == 0xfffe || cp == 0xffff ||
	    cp > 0x10ffff || out_turns(cp))
		cp = 0xfffd;
	utf8_add(b, cp);
}

void html_text_slice(struct buf *b, struct slice text)
{
	for (size_t i = 0; i < text.n;)
		add_escaped(b, utf8_next(text, &i));
}

void html_text(struct buf *b, const char *text)
{
	html_text_slice(b, slice_str(text));
}

void html_raw(struct buf *b, const char *markup)
{
	buf_adds(b, markup);
}

void html_open(struct buf *b, const char *tag, const char *name)
{
	if (name)
		buf_printf(b, "<%s class=\"%s\">", tag, name);
	else
		buf_printf(b, "<%s>", tag);
}

void html_close(struct buf *b, const char *tag)
{
	buf_printf(b, "</%s>", tag);
}

void html_element(struct buf *b, const char *tag, const char *name,
    const char *text)
{
	html_open(b, tag, name);
	html_text(b, text);
	html_close(b, tag);
}

void html_row(struct buf *b, const char *tag, const char *const *text,
    const char *const *name, size_t n)
{
	html_raw(b, "<tr>");
	for (size_t i = 0; i < n; i++)
		html_element(b, tag, name ? name[i] : NULL, text[i]);
	html_raw(b, "</tr>\n");
}
