/* A report for printing on A4. */
#include "html.h"
#include "report_print.h"

/* More columns than stand on an upright page. */
#define UPRIGHT 8

static void add_heads(const struct context *c, const struct report_section *s,
    struct buf *b)
{
	html_raw(b, "<thead><tr>");
	for (size_t k = 0; k < s->ncolumn; k++) {
		const struct report_column *column = &s->column[k];

		html_open(b, "th", NULL);
		html_text(b, report_label(c, column->zh, column->en));
		if (*column->unit) {
			html_raw(b, "<br/>(");
			html_text(b, column->unit);
			html_raw(b, ")");
		}
		html_close(b, "th");
	}
	html_raw(b, "</tr></thead>\n<tbody>\n");
}

static void add_row(const struct context *c, const struct report_section *s,
    const struct report_row *row, struct buf *b)
{
	struct buf text = BUF_INIT;

	html_raw(b, "<tr>");
	for (size_t k = 0; k < s->ncolumn; k++) {
		buf_clear(&text);
		report_cell_text(c, &row->cell[k], true, &text);
		html_element(b, row->total ? "th" : "td",
		    report_cell_number(&row->cell[k]) ? "number" : NULL,
		    text.n ? (char *)text.p : "");
	}
	html_raw(b, "</tr>\n");
	b->failed |= text.failed;
	buf_release(&text);
}

static void add_section(const struct context *c,
    const struct report_section *s, struct buf *b)
{
	html_element(b, "h2", NULL, report_label(c, s->zh, s->en));
	html_raw(b, "\n<table>\n");
	add_heads(c, s, b);
	for (size_t i = 0; i < s->nrow; i++)
		add_row(c, s, &s->row[i], b);
	if (!s->nrow) {
		buf_printf(b, "<tr><td colspan=\"%zu\">", s->ncolumn);
		html_text(b, _("none"));
		html_raw(b, "</td></tr>\n");
	}
	html_raw(b, "</tbody></table>\n");
}

static void add_chains(const struct report *r, struct buf *b)
{
	char text[REPORT_CHAIN_CELLS][256];
	const char *head[REPORT_CHAIN_CELLS], *cell[REPORT_CHAIN_CELLS];

	report_chain_head(head);
	html_raw(b, "<table>\n<thead>");
	html_row(b, "th", head, NULL, REPORT_CHAIN_CELLS);
	html_raw(b, "</thead>\n<tbody>\n");
	for (size_t i = 0; i < r->nchain; i++) {
		report_chain_cells(&r->chain[i], text);
		for (size_t k = 0; k < REPORT_CHAIN_CELLS; k++)
			cell[k] = text[k];
		html_row(b, "td", cell, NULL, REPORT_CHAIN_CELLS);
	}
	html_raw(b, "</tbody></table>\n");
}

enum err_code print_report_html(const struct context *c,
    const struct report *r, struct buf *out, struct err *e)
{
	struct html_page page = { .title = report_label(c, r->zh, r->en) };
	struct report_lines l;

	for (size_t i = 0; i < r->nsection; i++)
		page.wide |= r->section[i].ncolumn > UPRIGHT;
	html_begin(out, &page);
	html_element(out, "h1", NULL, page.title);
	html_raw(out, "\n");
	report_lines(c, r, &l);
	for (size_t i = 0; i < l.n; i++) {
		html_element(out, "p", NULL, l.line[i]);
		html_raw(out, "\n");
	}
	for (size_t i = 0; i < r->nsection; i++)
		add_section(c, &r->section[i], out);
	if (r->nchain)
		add_chains(r, out);
	html_element(out, "p", "end", _("(seal)"));
	html_raw(out, "\n");
	html_end(out);
	return buf_ok(out, e);
}
