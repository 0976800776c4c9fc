/* conflicts: {"id","type","field","values":[{"stamp","value","by","shows"}]} */
#include "base/json.h"
#include "out.h"

struct printer {
	const struct context *c;
	struct grid grid;
};

/* One line a value; what the record is stands on the first. */
static int print_row(void *arg, const json_t *o)
{
	struct printer *p = arg;
	const json_t *list = json_object_get(o, "values"), *v;
	const struct type *t = catalogue_type(p->c->catalogue,
	    json_text(o, "type"));
	const struct field *f = t ? type_field(p->c->catalogue, t,
	    json_text(o, "field")) : NULL;
	size_t i;

	if (p->c->json) {
		out_json(o);
		return 0;
	}
	json_array_foreach(list, i, v) {
		char *text = out_value(p->c, f, json_object_get(v, "value"));

		grid_add(&p->grid, i ? "" : json_text(o, "id"));
		grid_add(&p->grid, i ? "" : json_text(o, "type"));
		grid_add(&p->grid, i ? "" : json_text(o, "field"));
		grid_add(&p->grid, json_text(v, "stamp"));
		grid_add_cut(&p->grid, text, 40);
		grid_add(&p->grid, json_text(v, "by"));
		grid_add(&p->grid, json_is_true(json_object_get(v, "shows")) ?
		    _("shows") : "");
		free(text);
	}
	return 0;
}

enum err_code cmd_conflicts(struct context *c, struct err *e)
{
	static const char *const head[] = { N_("ID"), N_("TYPE"), N_("FIELD"),
		N_("STAMP"), N_("VALUE"), N_("BY"), "" };
	struct printer p = { .c = c };
	enum err_code rc;

	grid_init(&p.grid, sizeof head / sizeof *head);
	for (size_t i = 0; i < sizeof head / sizeof *head; i++)
		grid_add(&p.grid, *head[i] ? _(head[i]) : "");
	rc = conflict_list(c->node->store, print_row, &p, e);
	if (!rc && !c->json && p.grid.ncell > p.grid.ncol)
		rc = grid_print(&p.grid, e);
	grid_release(&p.grid);
	return rc;
}
