/* duplicates [TYPE] [--all]: pairs of records that are alike. */
#include "base/json.h"
#include "out.h"
#include "token.h"

static int print_json(void *arg, const json_t *o)
{
	(void)arg;
	out_json(o);
	return 0;
}

static int add_row(void *arg, const json_t *o)
{
	static const char *const key[] = { "type", "a", "branch_a", "b",
		"branch_b" };
	const json_t *keys = json_object_get(o, "keys"), *k;
	struct buf b = BUF_INIT;
	struct grid *g = arg;
	size_t i;

	for (i = 0; i < sizeof key / sizeof *key; i++)
		grid_add(g, json_text(o, key[i]));
	json_array_foreach(keys, i, k)
		buf_printf(&b, "%s%s", i ? ", " : "", json_string_value(k));
	grid_add(g, (const char *)b.p);
	grid_add(g, json_text(o, "token"));
	grid_add(g, !*json_text(o, "verdict") ? "" :
	    strcmp(json_text(o, "verdict"), "same") ? _("apart") : _("same"));
	buf_release(&b);
	return g->failed;
}

static enum err_code print(struct context *c, const struct type *t,
    const struct duplicate_hash *h, struct err *e)
{
	static const char *const head[] = { N_("TYPE"), N_("ID"),
		N_("BRANCH"), N_("ID"), N_("BRANCH"), N_("ALIKE BY"),
		N_("TOKEN"), "" };
	bool all = option(c, "all");
	enum err_code rc;
	struct grid g;

	if (c->json)
		return duplicate_list(c->node->store, t, all, h, print_json,
		    NULL, e);
	grid_init(&g, sizeof head / sizeof *head);
	for (size_t i = 0; i < sizeof head / sizeof *head; i++)
		grid_add(&g, *head[i] ? _(head[i]) : "");
	rc = duplicate_list(c->node->store, t, all, h, add_row, &g, e);
	if (!rc && g.ncell > g.ncol)
		rc = grid_print(&g, e);
	grid_release(&g);
	return rc;
}

enum err_code cmd_duplicates(struct context *c, struct err *e)
{
	const struct type *t = NULL;
	struct duplicate_hash h;
	struct token_key k;
	enum err_code rc = OK;

	if (c->argc)
		rc = type_read(c, 0, &t, e);
	if (!rc)
		rc = token_load(c->node, &k, e);
	if (rc)
		return rc;
	h = token_hash(&k);
	rc = print(c, t, &h, e);
	token_release(&k);
	return rc;
}
