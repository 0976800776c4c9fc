/* What an auditor signs: chains, and figures down to their records. */
#include "audit_impl.h"

#include <stdlib.h>

#include "base/map.h"

struct audit {
	struct node *n;
	struct report *r;
	struct map *bad;	/* node numbers whose chain did not verify */
	bool all_bad;		/* headquarters' own chains among them */
	struct sample sample;
	struct err *e;
};

struct sources {
	struct audit *a;
	int64_t all, signed_, unsigned_, bad;
	enum err_code rc;
};

static int take_chain(void *arg, const struct verify_report *v)
{
	struct audit *a = arg;
	struct report_row *row = report_row(a->r);
	struct roster_row node;
	struct err ignored = {0};

	if (row == NULL)
		return 1;
	report_text(a->r, &row->cell[0], v->chain);
	row->cell[1].kind = row->cell[2].kind = CELL_NUMBER;
	row->cell[1].num = value_int(v->changesets);
	row->cell[2].num = value_int(v->bytes);
	report_text(a->r, &row->cell[3], v->code == OK ? "" : v->detail);
	if (v->code == OK) {
		row->cell[3].zh = "合格";
		row->cell[3].en = "good";
		return 0;
	}
	if (strncmp(v->chain, "node/", 5) != 0)
		a->all_bad = true;
	else if (roster_by_code(a->n->store, v->chain + 5, &node,
	    &ignored) == OK)
		return map_put_i(a->bad, node.number, v->seq) < 0;
	else
		a->all_bad = true;
	return 0;
}

static enum err_code add_chains(struct audit *a)
{
	struct report *r = a->r;
	enum err_code rc;

	if (report_section(r, "链的核验", "Chains") == NULL)
		return report_ok(r, a->e);
	report_column(r, "链", "Chain", "");
	report_column(r, "变更集", "Changesets", "");
	report_column(r, "字节", "Bytes", "");
	report_column(r, "结论", "Result", "");
	rc = report_ok(r, a->e);
	if (rc == OK)
		rc = verify_chains(a->n, NULL, VERIFY_DEEP, take_chain, a,
		    a->e);
	/* What is bad is told in its row; the report goes on. */
	if (rc == ERR_MEMORY || rc == ERR_IO || rc == ERR_INTERRUPTED)
		return rc;
	return report_ok(r, a->e);
}

/* A stamp's low 16 bits are the number of the node that made the record. */
static int take_source(void *arg, const struct value *cell)
{
	struct sources *s = arg;
	bool waits = false;
	int64_t seq;

	s->all++;
	s->rc = outbox_has(s->a->n->store, cell[0].i, &waits, s->a->e);
	if (waits)
		s->unsigned_++;
	else if (s->a->all_bad ||
	    map_get_i(s->a->bad, cell[0].i & 0xffff, &seq))
		s->bad++;
	else
		s->signed_++;
	if (s->rc == OK && !waits)
		s->rc = sample_offer(&s->a->sample, cell[0].i, s->a->e);
	return s->rc != OK;
}

static enum err_code add_figure(struct audit *a,
    const struct report_cell *cell, const char *zh, const char *en)
{
	struct sources s = { .a = a };
	struct report_row *row;
	enum err_code rc;

	rc = figure_rows(a->n->store, cell->query, NULL, 0, take_source, &s,
	    a->e);
	if (rc == OK)
		rc = s.rc;
	row = rc == OK ? report_row(a->r) : NULL;
	if (row == NULL)
		return rc != OK ? rc : report_ok(a->r, a->e);
	const int64_t counts[] = { s.all, s.signed_, s.unsigned_, s.bad };

	report_text(a->r, &row->cell[0], cell->figure);
	row->cell[1] = (struct report_cell){ .kind = CELL_TEXT, .zh = zh,
	    .en = en };
	row->cell[2] = *cell;
	row->cell[2].figure = NULL;
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		row->cell[3 + i].kind = CELL_NUMBER;
		row->cell[3 + i].num = value_int(counts[i]);
	}
	return OK;
}

/* One branch: a figure in each row; all branches: one in each column, of
 * which the last row is the total. */
static enum err_code add_section(struct audit *a, size_t section)
{
	enum err_code rc = OK;

	for (size_t i = 0; rc == OK && i < a->r->section[section].nrow; i++)
		for (size_t k = 0; rc == OK &&
		    k < a->r->section[section].ncolumn; k++) {
			const struct report_section *s =
			    &a->r->section[section];
			const struct report_cell *c = &s->row[i].cell[k];

			if (c->figure == NULL || c->query == NULL ||
			    (a->r->branch == NULL && !s->row[i].total))
				continue;
			rc = add_figure(a, c, a->r->branch == NULL ?
			    s->column[k].zh : s->row[i].cell[1].zh,
			    a->r->branch == NULL ? s->column[k].en :
			    s->row[i].cell[1].en);
		}
	return rc;
}

enum err_code audit_report(struct node *n, const struct audit_options *o,
    struct report *r, struct err *e)
{
	struct audit a = { .n = n, .r = r, .bad = map_new(), .e = e,
		.sample = { .seed = o->seed, .want = (size_t)o->sample } };
	size_t figures = r->nsection;
	enum err_code rc;

	if (a.bad == NULL)
		return err_memory(e);
	rc = add_chains(&a);
	if (rc == OK && report_section(r, "指标的来源", "What figures stand "
	    "on") == NULL)
		rc = report_ok(r, e);
	if (rc == OK) {
		report_column(r, "编号", "Number", "");
		report_column(r, "指标", "Figure", "");
		report_column(r, "数值", "Value", "");
		report_column(r, "来源记录", "Records", "条");
		report_column(r, "签名合格", "Signed, good", "条");
		report_column(r, "尚未签名", "Not yet signed", "条");
		report_column(r, "所在链不合格", "In bad chains", "条");
		rc = report_ok(r, e);
	}
	for (size_t i = 0; rc == OK && i < figures; i++)
		rc = add_section(&a, i);
	if (rc == OK)
		rc = sample_report(n, r, &a.sample, e);
	map_free(a.bad);
	free(a.sample.pick);
	return rc;
}
