/* person ID [--log]: all of one person's records, type by type. */
#include "base/json.h"
#include "beside.h"
#include "person.h"

struct printer {
	const struct context *c;
	struct lister list;		/* of one type */
	const struct type *type;	/* NULL before the first */
	struct err *e;
	enum err_code rc;
};

/* A type's records under its name. */
static enum err_code end_type(struct printer *p)
{
	enum err_code rc = OK;

	if (p->type) {
		printf("%s %s\n", p->type->key, p->c->zh ? p->type->zh :
		    p->type->en);
		rc = lister_print(&p->list, p->e);
	}
	lister_release(&p->list);
	return rc;
}

static int view_row(void *arg, const json_t *record)
{
	struct printer *p = arg;
	const struct type *t = catalogue_type(p->c->catalogue,
	    json_text(record, "type"));

	if (p->c->json) {
		beside_here(p->c, (json_t *)record);
		out_json(record);
		return 0;
	}
	if (t != p->type) {
		p->rc = end_type(p);
		if (p->type)
			putchar('\n');
		p->type = t;
		lister_init(&p->list, p->c);
	}
	return p->rc || lister_row(&p->list, record);
}

static enum err_code view(struct context *c, struct err *e)
{
	struct printer p = { .c = c, .e = e };
	enum err_code rc, end;

	lister_init(&p.list, c);
	rc = person_view(c->node->store, c->argv[0], c->as, view_row, &p, e);
	end = end_type(&p);
	return rc ? rc : p.rc ? p.rc : end;
}

static int log_row(void *arg, const json_t *o)
{
	grid_add(arg, json_text(o, "at"));
	grid_add(arg, json_text(o, "who"));
	grid_add(arg, strcmp(json_text(o, "what"), "log") ?
	    _("the records") : _("this list"));
	return 0;
}

static int log_json(void *arg, const json_t *o)
{
	(void)arg;
	out_json(o);
	return 0;
}

static enum err_code print_log(struct context *c, struct err *e)
{
	enum err_code rc;
	struct grid g;

	if (c->json)
		return person_log(c->node->store, c->argv[0], c->as,
		    log_json, NULL, e);
	grid_init(&g, 3);
	grid_add(&g, _("AT"));
	grid_add(&g, _("BY"));
	grid_add(&g, _("WHAT"));
	rc = person_log(c->node->store, c->argv[0], c->as, log_row, &g, e);
	if (!rc)
		rc = grid_print(&g, e);
	grid_release(&g);
	return rc;
}

enum err_code cmd_person(struct context *c, struct err *e)
{
	return option(c, "log") ? print_log(c, e) : view(c, e);
}
