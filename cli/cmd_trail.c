/* trail [ID]: who was shown what is kept from most, who exported what. */
#include "base/json.h"
#include "operator.h"
#include "out.h"
#include "trail.h"

/* A command that only reads opens the node again for this. */
enum err_code trail_write(struct context *c, const char *what, stamp_t record,
    const char *detail, struct err *e)
{
	const char *who = operator_by(c->node->store, c->as);
	struct node *n = c->node;
	enum err_code rc = OK;

	if (n->lock < 0)
		rc = node_open(&n, c->dir, NODE_WRITE, e);
	if (!rc)
		rc = trail_note(n->store, what, record, detail, who, e);
	if (n != c->node)
		node_close(n);
	return rc ? err_in(e, _("noting the access")) : OK;
}

static const char *what_text(const char *what)
{
	static const char *const text[][2] = {
		{ "view", N_("the person's records") },
		{ "log", N_("who had asked") },
		{ "open", N_("a sealed value") },
		{ "export", N_("exported") },
	};

	for (size_t i = 0; i < sizeof text / sizeof *text; i++)
		if (!strcmp(what, text[i][0]))
			return _(text[i][1]);
	return what;
}

static int add_row(void *arg, const json_t *o)
{
	static const char *const key[] = { "at", "branch", "who" };

	for (size_t i = 0; i < sizeof key / sizeof *key; i++)
		grid_add(arg, json_text(o, key[i]));
	grid_add(arg, what_text(json_text(o, "what")));
	grid_add(arg, json_text(o, "record"));
	grid_add(arg, json_text(o, "detail"));
	return 0;
}

static int print_json(void *arg, const json_t *o)
{
	(void)arg;
	out_json(o);
	return 0;
}

static enum err_code print_grid(struct context *c, stamp_t id, struct err *e)
{
	static const char *const head[] = { N_("AT"), N_("BRANCH"), N_("BY"),
		N_("WHAT"), N_("RECORD"), N_("DETAIL") };
	struct grid g;
	enum err_code rc;

	grid_init(&g, sizeof head / sizeof *head);
	for (size_t i = 0; i < sizeof head / sizeof *head; i++)
		grid_add(&g, _(head[i]));
	rc = trail_list(c->node->store, id, add_row, &g, e);
	if (!rc)
		rc = grid_print(&g, e);
	grid_release(&g);
	return rc;
}

enum err_code cmd_trail(struct context *c, struct err *e)
{
	struct record r = {0};
	enum err_code rc = OK;

	if (c->argc)
		rc = record_find(c->node->store, c->argv[0], &r, e);
	if (!rc && c->json)
		return trail_list(c->node->store, r.id, print_json, NULL, e);
	return rc ? rc : print_grid(c, r.id, e);
}
