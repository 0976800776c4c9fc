/* A report as CSV: what stands on paper, section under section. */
#include "csv.h"
#include "report_print.h"

static void end_line(struct buf *b)
{
	buf_adds(b, "\r\n");
}

/* Text is guarded, so that no spreadsheet runs it. */
static void add_cell(struct buf *b, size_t i, const char *text)
{
	struct buf guarded = BUF_INIT;

	csv_guard(&guarded, slice_str(text));
	csv_write(b, slice_buf(&guarded), i == 0);
	b->failed |= guarded.failed;
	buf_release(&guarded);
}

static void add_section(const struct context *c,
    const struct report_section *s, struct buf *out)
{
	struct buf text = BUF_INIT;

	end_line(out);
	add_cell(out, 0, report_label(c, s->zh, s->en));
	end_line(out);
	for (size_t k = 0; k < s->ncolumn; k++) {
		const struct report_column *column = &s->column[k];

		buf_clear(&text);
		buf_adds(&text, report_label(c, column->zh, column->en));
		if (*column->unit)
			buf_printf(&text, "(%s)", column->unit);
		add_cell(out, k, (char *)text.p);
	}
	end_line(out);
	for (size_t i = 0; i < s->nrow; i++) {
		for (size_t k = 0; k < s->ncolumn; k++) {
			const struct report_cell *cell = &s->row[i].cell[k];

			buf_clear(&text);
			report_cell_text(c, cell, false, &text);
			if (report_cell_number(cell))
				csv_write(out, slice_buf(&text), k == 0);
			else
				add_cell(out, k, text.n ? (char *)text.p : "");
		}
		end_line(out);
	}
	out->failed |= text.failed;
	buf_release(&text);
}

enum err_code print_report_csv(const struct context *c,
    const struct report *r, struct buf *out, struct err *e)
{
	char text[REPORT_CHAIN_CELLS][256];
	const char *head[REPORT_CHAIN_CELLS];
	struct report_lines l;

	buf_adds(out, "\xef\xbb\xbf");
	add_cell(out, 0, r->id);
	add_cell(out, 1, report_label(c, r->zh, r->en));
	end_line(out);
	report_lines(c, r, &l);
	for (size_t i = 0; i < l.n; i++) {
		add_cell(out, 0, l.line[i]);
		end_line(out);
	}
	for (size_t i = 0; i < r->nsection; i++)
		add_section(c, &r->section[i], out);
	end_line(out);
	report_chain_head(head);
	for (size_t k = 0; k < REPORT_CHAIN_CELLS; k++)
		add_cell(out, k, head[k]);
	end_line(out);
	for (size_t i = 0; i < r->nchain; i++) {
		report_chain_cells(&r->chain[i], text);
		for (size_t k = 0; k < REPORT_CHAIN_CELLS; k++)
			add_cell(out, k, text[k]);
		end_line(out);
	}
	return buf_ok(out, e);
}
