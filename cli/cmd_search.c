#include "out.h"

static int add_row(void *arg, const json_t *hit)
{
	static const char *const key[] = { "id", "type", "branch", "state",
		"field", "text" };

	for (size_t i = 0; i < sizeof key / sizeof *key; i++)
		grid_add(arg, json_string_value(json_object_get(hit, key[i])));
	return 0;
}

static int print_json(void *arg, const json_t *hit)
{
	(void)arg;
	out_json(hit);
	return 0;
}

enum err_code cmd_search(struct context *c, struct err *e)
{
	int64_t limit = 100;
	struct grid g;
	enum err_code rc;

	rc = option_number(c, "limit", INT32_MAX, &limit, e);
	if (rc)
		return rc;
	grid_init(&g, 6);
	rc = record_search(c->node->store, c->argv[0], (size_t)limit,
	    c->json ? print_json : add_row, &g, e);
	if (!rc && !c->json)
		rc = grid_print(&g, e);
	grid_release(&g);
	return rc;
}
