/* roster: the nodes that may sign. */
#include "key.h"
#include "out.h"

static int add_row(void *arg, const struct roster_row *r)
{
	struct buf key = BUF_INIT;

	key_ssh_text(&key, r->key);
	grid_addf(arg, "%u", (unsigned)r->number);
	grid_add(arg, r->code);
	grid_add(arg, r->branch);
	grid_add(arg, r->kind);
	grid_add(arg, r->name);
	grid_add(arg, (char *)key.p);
	buf_release(&key);
	return 0;
}

static int print_json(void *arg, const struct roster_row *r)
{
	struct buf key = BUF_INIT;
	json_t *o;

	(void)arg;
	key_ssh_text(&key, r->key);
	o = json_pack("{s:i,s:s,s:s,s:s,s:s,s:s}", "number", (int)r->number,
	    "code", r->code, "branch", r->branch, "kind", r->kind,
	    "name", r->name, "key", key.p ? (char *)key.p : "");
	if (o)
		out_json(o);
	json_decref(o);
	buf_release(&key);
	return 0;
}

enum err_code cmd_roster(struct context *c, struct err *e)
{
	enum err_code rc;
	struct grid g;

	if (c->json)
		return roster_each(c->node->store, print_json, NULL, e);
	grid_init(&g, 6);
	grid_add(&g, _("NO"));
	grid_add(&g, _("NODE"));
	grid_add(&g, _("BRANCH"));
	grid_add(&g, _("KIND"));
	grid_add(&g, _("NAME"));
	grid_add(&g, _("KEY"));
	rc = roster_each(c->node->store, add_row, &g, e);
	if (!rc)
		rc = grid_print(&g, e);
	grid_release(&g);
	return rc;
}
