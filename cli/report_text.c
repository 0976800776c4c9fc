/* A report on the screen, and what all forms of it share. */
#include "base/text.h"
#include "out.h"
#include "report_print.h"

bool report_cell_number(const struct report_cell *cell)
{
	return cell->kind == CELL_NUMBER || cell->kind == CELL_MONEY ||
	    cell->kind == CELL_RATE;
}

/* 1234567 as 1,234,567. */
static void add_grouped(struct buf *b, int64_t n)
{
	char digits[24];
	size_t len;

	snprintf(digits, sizeof digits, "%lld", (long long)n);
	len = strlen(digits);
	for (size_t i = 0; i < len; i++) {
		buf_addc(b, (unsigned char)digits[i]);
		if ((len - i) % 3 == 1 && i + 1 < len && digits[i] != '-')
			buf_addc(b, ',');
	}
}

static void add_number(struct buf *b, const struct value *v, bool separators)
{
	if (v->kind == VALUE_REAL)
		buf_printf(b, "%.10g", v->r);
	else if (separators)
		add_grouped(b, v->kind == VALUE_INT ? v->i : 0);
	else
		buf_printf(b, "%lld", v->kind == VALUE_INT ?
		    (long long)v->i : 0);
}

static void add_money(struct buf *b, int64_t fen, bool separators)
{
	uint64_t u = fen < 0 ? 0 - (uint64_t)fen : (uint64_t)fen;

	if (fen < 0)
		buf_addc(b, '-');
	if (separators)
		add_grouped(b, (int64_t)(u / 100));
	else
		buf_printf(b, "%llu", (unsigned long long)(u / 100));
	buf_printf(b, ".%02u", (unsigned)(u % 100));
}

void report_cell_text(const struct context *c, const struct report_cell *cell,
    bool separators, struct buf *out)
{
	const char *label = report_label(c, cell->zh, cell->en);
	double den = value_number(&cell->den);

	if (*label || cell->kind == CELL_EMPTY) {
		buf_adds(out, label);
	} else if (cell->kind == CELL_MONEY) {
		add_money(out, cell->num.kind == VALUE_INT ? cell->num.i : 0,
		    separators);
	} else {
		add_number(out, &cell->num, separators);
		if (cell->kind != CELL_RATE)
			return;
		buf_addc(out, '/');
		add_number(out, &cell->den, separators);
		if (den != 0)
			buf_printf(out, "=%.1f%%",
			    100 * value_number(&cell->num) / den);
	}
}

static void add_line(struct report_lines *l, const char *what,
    const char *value)
{
	char *line;

	if (l->n == REPORT_LINES)
		return;
	line = l->line[l->n++];
	snprintf(line, sizeof l->line[0], "%s%s", what, value);
	line[utf8_cut(slice_str(line), strlen(line))] = '\0';
}

void report_lines(const struct context *c, const struct report *r,
    struct report_lines *out)
{
	char text[400];

	out->n = 0;
	add_line(out, _("Unit: "), report_label(c, r->unit_zh, r->unit_en));
	if (r->period[0]) {
		snprintf(text, sizeof text, _("%s (%s to %s)"), r->period,
		    r->first, r->last);
		add_line(out, _("Period: "), text);
	}
	add_line(out, _("As of: "), r->as_of);
	snprintf(text, sizeof text, _("%zu of %zu branches have data in; "
	    "changes not yet signed here: %lld"), r->nbranch_in, r->nbranch,
	    (long long)r->unsealed);
	add_line(out, _("Completeness: "), text);
	if (r->period[0]) {
		snprintf(text, sizeof text, "%lld",
		    (long long)r->late_entries);
		add_line(out, _("Late entries: "), text);
	}
	snprintf(text, sizeof text, _("%s; printed on %s; checked by: "
	    "________; signature: ________"), r->maker ? r->maker :
	    "________", r->printed);
	add_line(out, _("Made by: "), text);
}

void report_chain_head(const char *text[REPORT_CHAIN_CELLS])
{
	text[0] = _("BRANCH");
	text[1] = _("NAME");
	text[2] = _("NODE");
	text[3] = _("LAST CHANGESET");
	text[4] = _("SEALED");
}

void report_chain_cells(const struct report_chain *chain,
    char text[REPORT_CHAIN_CELLS][256])
{
	char when[32] = "";

	if (chain->seq)
		time_text(chain->sealed_ms, when);
	snprintf(text[0], 256, "%s", chain->branch);
	snprintf(text[1], 256, "%.250s", chain->name);
	snprintf(text[2], 256, "%s", *chain->code ? chain->code :
	    _("entered here"));
	snprintf(text[3], 256, "%lld", (long long)chain->seq);
	snprintf(text[4], 256, "%.10s%s", when, chain->seq && chain->late ?
	    _(" (before the period's end)") : "");
}

static void add_heads(struct grid *g, const struct context *c,
    const struct report_section *s)
{
	grid_add(g, "");
	for (size_t i = 0; i < s->ncolumn; i++) {
		const struct report_column *k = &s->column[i];
		char letters[8];

		report_letters(i, letters);
		if (*k->unit)
			grid_addf(g, "%s %s(%s)", letters,
			    report_label(c, k->zh, k->en), k->unit);
		else
			grid_addf(g, "%s %s", letters,
			    report_label(c, k->zh, k->en));
	}
}

#define CELL_WIDTH 40

/* The number at the left and the letter above are a cell's name. */
static enum err_code print_section(const struct context *c,
    const struct report_section *s, size_t number, struct err *e)
{
	struct buf text = BUF_INIT;
	enum err_code rc;
	struct grid g;

	printf("\n%zu. ", number);
	out_text(stdout, report_label(c, s->zh, s->en));
	putchar('\n');
	grid_init(&g, s->ncolumn + 1);
	add_heads(&g, c, s);
	for (size_t i = 0; i < s->nrow; i++) {
		grid_addf(&g, "%zu", i + 1);
		for (size_t k = 0; k < s->ncolumn; k++) {
			buf_clear(&text);
			report_cell_text(c, &s->row[i].cell[k], true, &text);
			grid_add_cut(&g, text.p ? (char *)text.p : "",
			    CELL_WIDTH);
		}
	}
	if (!s->nrow)
		grid_add(&g, _("none"));
	while (g.ncell % g.ncol && !g.failed)
		grid_add(&g, "");
	rc = buf_ok(&text, e);
	if (!rc)
		rc = grid_print(&g, e);
	grid_release(&g);
	buf_release(&text);
	return rc;
}

static enum err_code print_chains(const struct report *r, struct err *e)
{
	const char *head[REPORT_CHAIN_CELLS];
	char text[REPORT_CHAIN_CELLS][256];
	enum err_code rc;
	struct grid g;

	grid_init(&g, REPORT_CHAIN_CELLS);
	report_chain_head(head);
	for (size_t k = 0; k < REPORT_CHAIN_CELLS; k++)
		grid_add(&g, head[k]);
	for (size_t i = 0; i < r->nchain; i++) {
		report_chain_cells(&r->chain[i], text);
		for (size_t k = 0; k < REPORT_CHAIN_CELLS; k++)
			grid_add(&g, text[k]);
	}
	putchar('\n');
	rc = grid_print(&g, e);
	grid_release(&g);
	return rc;
}

enum err_code print_report_text(const struct context *c,
    const struct report *r, struct err *e)
{
	struct report_lines l;
	enum err_code rc = OK;

	printf("%s %s\n", r->id, report_label(c, r->zh, r->en));
	report_lines(c, r, &l);
	for (size_t i = 0; i < l.n; i++) {
		out_text(stdout, l.line[i]);
		putchar('\n');
	}
	for (size_t i = 0; !rc && i < r->nsection; i++)
		rc = print_section(c, &r->section[i], i + 1, e);
	return rc || !r->nchain ? rc : print_chains(r, e);
}
