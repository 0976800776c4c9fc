/* A report for programs. */
#include "report_print.h"

/* Builders give NULL when memory runs out; json_pack() and json_array take
 * NULL for that, so only the end is looked at. */
static json_t *number_json(const struct value *v)
{
	return v->kind == VALUE_REAL ? json_real(v->r) :
	    json_integer(v->kind == VALUE_INT ? v->i : 0);
}

static json_t *cell_json(const struct report_cell *cell, size_t section,
    size_t row, size_t column)
{
	char name[64], letters[8];
	json_t *o;

	report_letters(column, letters);
	snprintf(name, sizeof name, "%zu%s%zu", section + 1, letters, row + 1);
	if (cell->kind == CELL_RATE)
		o = json_pack("{s:s,s:o,s:o}", "cell", name, "num",
		    number_json(&cell->num), "den", number_json(&cell->den));
	else if (cell->kind == CELL_NUMBER || cell->kind == CELL_MONEY)
		o = json_pack("{s:s,s:o}", "cell", name, "value",
		    number_json(&cell->num));
	else
		o = json_pack("{s:s}", "cell", name);
	if (o && cell->zh)
		json_object_set_new(o, "text", json_string(cell->zh));
	if (o && cell->kind == CELL_MONEY)
		json_object_set_new(o, "unit", json_string("fen"));
	if (o && cell->query)
		json_object_set_new(o, "query", json_string(cell->query));
	if (o && cell->figure)
		json_object_set_new(o, "figure", json_string(cell->figure));
	return o;
}

static json_t *section_json(const struct report_section *s, size_t number)
{
	json_t *columns = json_array(), *rows = json_array();

	for (size_t k = 0; k < s->ncolumn; k++)
		json_array_append_new(columns, json_pack("{s:s,s:s,s:s}",
		    "zh", s->column[k].zh, "en", s->column[k].en, "unit",
		    s->column[k].unit));
	for (size_t i = 0; i < s->nrow; i++) {
		json_t *cells = json_array();

		for (size_t k = 0; k < s->ncolumn; k++)
			json_array_append_new(cells,
			    cell_json(&s->row[i].cell[k], number, i, k));
		json_array_append_new(rows, json_pack("{s:b,s:s*,s:o}",
		    "total", s->row[i].total, "key", s->row[i].key, "cells",
		    cells));
	}
	return json_pack("{s:s,s:s,s:o,s:o}", "zh", s->zh, "en", s->en,
	    "columns", columns, "rows", rows);
}

static json_t *chains_json(const struct report *r)
{
	json_t *chains = json_array();

	for (size_t i = 0; i < r->nchain; i++) {
		const struct report_chain *c = &r->chain[i];
		char sealed[32] = "";

		if (c->seq)
			time_text(c->sealed_ms, sealed);
		json_array_append_new(chains, json_pack(
		    "{s:s,s:s,s:s,s:I,s:s,s:b}", "branch", c->branch, "name",
		    c->name, "node", c->code, "seq", (json_int_t)c->seq,
		    "sealed", sealed, "late", c->seq && c->late));
	}
	return chains;
}

enum err_code print_report_json(const struct context *c,
    const struct report *r, struct buf *out, struct err *e)
{
	json_t *sections = json_array(), *o;
	char *text = NULL;

	(void)c;
	for (size_t i = 0; i < r->nsection; i++)
		json_array_append_new(sections,
		    section_json(&r->section[i], i));
	o = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s*,s:s*,"
	    "s:{s:I,s:I,s:I,s:I,s:o},s:o}",
	    "report", r->id, "zh", r->zh, "en", r->en, "unit", r->unit_zh,
	    "period", r->period, "first", r->first, "last", r->last,
	    "as_of", r->as_of, "printed", r->printed, "branch", r->branch,
	    "maker", r->maker, "complete", "branches_in",
	    (json_int_t)r->nbranch_in, "branches", (json_int_t)r->nbranch,
	    "unsealed", (json_int_t)r->unsealed, "late_entries",
	    (json_int_t)r->late_entries, "chains", chains_json(r),
	    "sections", sections);
	if (o)
		text = json_dumps(o, JSON_COMPACT);
	json_decref(o);
	if (!text)
		return err_memory(e);
	buf_adds(out, text);
	buf_addc(out, '\n');
	free(text);
	return buf_ok(out, e);
}
