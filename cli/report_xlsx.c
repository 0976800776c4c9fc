/* A report as a workbook: a sheet for each table, numbers as numbers. */
#include "report_print.h"
#include "xlsx.h"

static void add_cell(const struct context *c, const struct report_row *row,
    size_t at, size_t k, struct xlsx *x)
{
	const struct report_cell *cell = &row->cell[k];
	enum xlsx_style style = row->total ? XLSX_TOTAL : XLSX_PLAIN;
	struct buf text = BUF_INIT;

	if (cell->kind == CELL_MONEY)
		xlsx_number(x, at, k, value_number(&cell->num) / 100, 2,
		    style);
	else if (cell->kind == CELL_NUMBER && !cell->zh)
		xlsx_number(x, at, k, value_number(&cell->num),
		    cell->num.kind == VALUE_REAL ? 2 : 0, style);
	else if (cell->kind == CELL_DATE)
		xlsx_date(x, at, k, cell->zh, style);
	else {
		report_cell_text(c, cell, false, &text);
		xlsx_text(x, at, k, text.n ? (char *)text.p : "", style);
	}
	buf_release(&text);
}

static size_t add_section(const struct context *c,
    const struct report_section *s, size_t at, struct xlsx *x)
{
	for (size_t k = 0; k < s->ncolumn; k++) {
		const struct report_column *column = &s->column[k];
		char head[256];

		snprintf(head, sizeof head, *column->unit ? "%.120s(%.60s)" :
		    "%.120s%.60s", report_label(c, column->zh, column->en),
		    column->unit);
		xlsx_text(x, at, k, head, XLSX_HEAD);
	}
	at++;
	for (size_t i = 0; i < s->nrow; i++, at++)
		for (size_t k = 0; k < s->ncolumn; k++)
			add_cell(c, &s->row[i], at, k, x);
	return at;
}

/* The first sheet says what the report is and how complete. */
static void add_front(const struct context *c, const struct report *r,
    struct xlsx *x)
{
	char text[REPORT_CHAIN_CELLS][256];
	const char *head[REPORT_CHAIN_CELLS];
	struct report_lines l;
	size_t at = 0;

	xlsx_sheet(x, r->id);
	xlsx_text(x, at++, 0, report_label(c, r->zh, r->en), XLSX_TITLE);
	report_lines(c, r, &l);
	for (size_t i = 0; i < l.n; i++)
		xlsx_text(x, at++, 0, l.line[i], XLSX_PLAIN);
	at++;
	report_chain_head(head);
	for (size_t k = 0; k < REPORT_CHAIN_CELLS; k++)
		xlsx_text(x, at, k, head[k], XLSX_HEAD);
	for (size_t i = 0; i < r->nchain; i++) {
		at++;
		report_chain_cells(&r->chain[i], text);
		for (size_t k = 0; k < REPORT_CHAIN_CELLS; k++)
			if (k == 3)
				xlsx_number(x, at, k,
				    (double)r->chain[i].seq, 0, XLSX_PLAIN);
			else if (k == 4 && !r->chain[i].late)
				xlsx_date(x, at, k, text[k], XLSX_PLAIN);
			else
				xlsx_text(x, at, k, text[k], XLSX_PLAIN);
	}
}

enum err_code print_report_xlsx(const struct context *c,
    const struct report *r, struct buf *out, struct err *e)
{
	struct xlsx *x = NULL;
	enum err_code rc = xlsx_open(&x, e);

	if (rc)
		return rc;
	add_front(c, r, x);
	for (size_t i = 0; i < r->nsection; i++) {
		const struct report_section *s = &r->section[i];

		xlsx_sheet(x, report_label(c, s->zh, s->en));
		xlsx_freeze(x, 1);
		add_section(c, s, 0, x);
	}
	return xlsx_close(x, out, e);
}
