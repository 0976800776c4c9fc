/* The figures that have a number of their own, each with its measure word:
 * at one branch a row each, for all branches a row for each branch.
 */
#include "base/json.h"
#include "report_impl.h"

#define SUBS 24		/* months of two years */

/* One figure of the list for the whole period, or for a part of it. */
struct figure_use {
	const char *id, *zh, *en, *unit, *query, *rule;
	char sub[DATE_TEXT];
};

struct figure_list {
	struct figure_use *use;
	size_t n;
};

/* "月汇报率 2021-03": the part of the period that it is for. */
static const char *label(struct report *r, const char *text, const char *sub)
{
	struct buf b = BUF_INIT;
	const char *kept = text;

	if (*sub != '\0') {
		buf_printf(&b, "%s %s", text, sub);
		kept = b.failed ? NULL : report_keep(r, slice_buf(&b));
		buf_release(&b);
	}
	return kept;
}

static void add_use(struct report *r, struct figure_list *l, const json_t *def,
    const char *sub)
{
	struct figure_use *u = report_grow(r, l->use, l->n, sizeof *u);

	if (u == NULL)
		return;
	l->use = u;
	u = &l->use[l->n++];
	*u = (struct figure_use){
	    .id = label(r, json_text(def, "id"), sub),
	    .zh = label(r, json_text(def, "zh"), sub),
	    .en = label(r, json_text(def, "en"), sub),
	    .unit = json_text(def, "unit"),
	    .query = json_text(def, "query"),
	    .rule = json_text(def, "rule") };
	snprintf(u->sub, sizeof u->sub, "%s", sub);
}

/* Those of one report, in the list's order. What is counted by month or
 * quarter is there once for each within the period. */
static void collect(struct report_run *run, const char *of,
    struct figure_list *l)
{
	const json_t *def;
	size_t i;

	*l = (struct figure_list){0};
	json_array_foreach(run->figures, i, def) {
		const char *each = json_text(def, "each");
		char sub[SUBS][DATE_TEXT] = { "" };
		size_t n = 1;

		if (strcmp(json_text(def, "report"), of) != 0)
			continue;
		if (*each != '\0')
			report_subs(run->r, strcmp(each, "quarter") == 0, sub,
			    SUBS, &n);
		for (size_t j = 0; j < n; j++)
			add_use(run->r, l, def, sub[j]);
	}
}

static void fill_cell(struct report_cell *c, const struct figure_use *u,
    const char *query)
{
	bool rate = c->den.kind != VALUE_NULL;

	c->kind = rate ? CELL_RATE : CELL_NUMBER;
	c->query = query;
	c->figure = u->id;
	if (c->num.kind == VALUE_NULL)
		c->num = value_int(0);
}

static enum err_code one_cell(struct report_run *run,
    const struct figure_use *u, struct report_cell *c)
{
	const char *query;
	enum err_code rc;

	memcpy(run->sub, u->sub, sizeof run->sub);
	query = report_fill(run, u->query, run->r->branch, NULL, NULL);
	if (query == NULL)
		return report_ok(run->r, run->e);
	rc = figure_rate(run->s, query, &c->num, &c->den, run->e);
	fill_cell(c, u, query);
	return rc == OK ? rc : err_in(run->e, "%s", u->id);
}

static enum err_code rows_of_figures(struct report_run *run,
    const struct figure_list *l)
{
	struct report *r = run->r;
	enum err_code rc = OK;

	report_column(r, "编号", "Number", "");
	report_column(r, "指标", "Figure", "");
	report_column(r, "单位", "Unit", "");
	report_column(r, "数值", "Value", "");
	report_column(r, "口径", "Rule", "");
	for (size_t i = 0; rc == OK && i < l->n; i++) {
		const struct figure_use *u = &l->use[i];
		struct report_row *row = report_row(r);

		if (row == NULL)
			break;
		report_text(r, &row->cell[0], u->id);
		row->cell[1] = (struct report_cell){ .kind = CELL_TEXT,
		    .zh = u->zh, .en = u->en };
		report_text(r, &row->cell[2], u->unit);
		report_text(r, &row->cell[4], u->rule);
		rc = one_cell(run, u, &row->cell[3]);
	}
	return rc;
}

struct group_run {
	struct report *r;
	size_t column;
	enum figure_part part;
	struct value sum[2];	/* of each part, over all branches */
};

/* Branches that are not known here (records that came by another way) are in
 * the total only. */
static int take_branch(void *arg, const struct value *cell)
{
	struct group_run *g = arg;
	struct report_section *s = &g->r->section[g->r->nsection - 1];

	report_add(&g->sum[g->part], &cell[1]);
	for (size_t i = 0; i < s->nrow; i++) {
		if (s->row[i].key == NULL ||
		    !slice_eqs(cell[0].s, s->row[i].key))
			continue;
		if (g->part == FIGURE_NUMERATOR)
			s->row[i].cell[g->column].num = cell[1];
		else
			s->row[i].cell[g->column].den = cell[1];
	}
	return 0;
}

/* The last row: added up, or counted again where adding would be wrong, or
 * would round otherwise than one sum over all does. */
static enum err_code total_cell(struct report_run *run,
    const struct figure_use *u, const struct group_run *g,
    struct report_cell *total)
{
	if (!report_adds_up(u->query) ||
	    g->sum[FIGURE_NUMERATOR].kind == VALUE_REAL)
		return one_cell(run, u, total);
	total->num = g->sum[FIGURE_NUMERATOR];
	if (strchr(u->query, '/') != NULL)
		total->den = g->sum[FIGURE_DENOMINATOR];
	fill_cell(total, u, report_fill(run, u->query, NULL, NULL, NULL));
	return OK;
}

static enum err_code group_column(struct report_run *run,
    const struct figure_use *u, size_t column)
{
	static const char *const by[] = { "branch" };
	struct report_section *s = &run->r->section[run->r->nsection - 1];
	struct group_run g = { .r = run->r, .column = column,
	    .sum = { value_int(0), value_int(0) } };
	struct report_cell *total = &s->row[s->nrow - 1].cell[column];
	const char *query;
	enum err_code rc = OK;

	memcpy(run->sub, u->sub, sizeof run->sub);
	query = report_fill(run, u->query, NULL, NULL, NULL);
	if (query == NULL)
		return report_ok(run->r, run->e);
	for (; rc == OK && g.part <= FIGURE_DENOMINATOR; g.part++)
		rc = figure_groups(run->s, query, g.part, by, 1, take_branch,
		    &g, run->e);
	if (rc == OK)
		rc = total_cell(run, u, &g, total);
	for (size_t i = 0; rc == OK && i + 1 < s->nrow; i++) {
		struct report_cell *c = &s->row[i].cell[column];

		if (total->kind == CELL_RATE && c->den.kind == VALUE_NULL)
			c->den = value_int(0);
		fill_cell(c, u, report_fill(run, u->query, s->row[i].key,
		    NULL, NULL));
	}
	return rc == OK ? rc : err_in(run->e, "%s", u->id);
}

static void rows_of_branches(struct report *r)
{
	const char *last = "";
	struct report_row *row;

	for (size_t i = 0; i < r->nchain; i++) {
		if (strcmp(last, r->chain[i].branch) == 0)
			continue;
		last = r->chain[i].branch;
		row = report_row(r);
		if (row == NULL)
			return;
		row->key = last;
		report_text(r, &row->cell[0], report_branch_name(r, last));
	}
	row = report_row(r);
	if (row == NULL)
		return;
	row->total = true;
	row->cell[0] = (struct report_cell){ .kind = CELL_TEXT,
	    .zh = "合计", .en = "Total" };
}

static enum err_code columns_of_figures(struct report_run *run,
    const struct figure_list *l)
{
	struct report *r = run->r;
	enum err_code rc;

	report_column(r, "单位", "Branch", "");
	for (size_t i = 0; i < l->n; i++)
		report_column(r, l->use[i].zh, l->use[i].en, l->use[i].unit);
	rows_of_branches(r);
	rc = report_ok(r, run->e);
	for (size_t i = 0; rc == OK && i < l->n; i++)
		rc = group_column(run, &l->use[i], i + 1);
	return rc;
}

static enum err_code one_section(struct report_run *run, const char *of,
    const char *zh, const char *en)
{
	struct figure_list l;
	enum err_code rc;

	collect(run, of, &l);
	if (l.n == 0)
		return report_ok(run->r, run->e);
	if (report_section(run->r, zh, en) == NULL)
		return report_ok(run->r, run->e);
	rc = run->r->branch != NULL ? rows_of_figures(run, &l) :
	    columns_of_figures(run, &l);
	run->sub[0] = '\0';
	return rc == OK ? report_ok(run->r, run->e) : rc;
}

/* All: one section for each report that has figures, under its title. */
enum err_code report_figures(struct report_run *run, const char *of)
{
	json_t *all = NULL;
	const json_t *def;
	enum err_code rc;
	size_t i;

	if (strcmp(of, "all") != 0)
		return one_section(run, of, "主要指标", "Key figures");
	rc = report_definitions(&all, run->e);
	json_array_foreach(all, i, def) {
		if (rc == OK)
			rc = one_section(run, json_text(def, "id"),
			    report_keep(run->r,
			    slice_str(json_text(def, "zh"))),
			    report_keep(run->r,
			    slice_str(json_text(def, "en"))));
	}
	json_decref(all);
	return rc;
}
