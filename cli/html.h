/* HTML pages that stand by themselves: printed on A4, or kept as a file.
 *
 * No script, nothing fetched, fonts by generic family only. Every page is
 * well-formed XML too, so that any XML reader can check it. Text is escaped by
 * default; html_raw() alone is not, and says so by name: it is for markup of
 * ours, never for data. Writers append to a buf, which the caller checks once
 * at the end (buf_ok()).
 */
#ifndef CLI_HTML_H
#define CLI_HTML_H

#include "base/buf.h"

struct html_page {
	const char *title;
	const char *watermark;	/* across every page; NULL: none */
	bool wide;		/* A4 on its side */
};

/* The head with the style, and where the page's body begins; its end. */
void html_begin(struct buf *b, const struct html_page *page);
void html_end(struct buf *b);

/* Escaped. Line ends stay, control characters, direction marks and what is
 * not UTF-8 become U+FFFD. NULL is empty. */
void html_text(struct buf *b, const char *text);
void html_text_slice(struct buf *b, struct slice text);
/* Markup as it stands. */
void html_raw(struct buf *b, const char *markup);

/* <tag class="name">, </tag>, and both with escaped text between. name NULL:
 * no class. Tags and classes are ours, never data. */
void html_open(struct buf *b, const char *tag, const char *name);
void html_close(struct buf *b, const char *tag);
void html_element(struct buf *b, const char *tag, const char *name,
    const char *text);
/* A table's row of n cells: tag is "th" or "td". name[i] is the class of
 * cell i ("number" stands to the right, "short" is not broken, "sign" has
 * room to write in); name NULL: none has one. */
void html_row(struct buf *b, const char *tag, const char *const *text,
    const char *const *name, size_t n);

#endif
