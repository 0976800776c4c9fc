/* verify [CHAIN] [--deep]: a line per chain. */
#include "out.h"

struct printer {
	bool json;
	struct grid grid;
};

static void print_json(const struct verify_report *r)
{
	json_t *o = json_pack("{s:s,s:s,s:I,s:I,s:I,s:b}", "chain",
	    r->chain, "epoch", r->epoch, "changesets",
	    (json_int_t)r->changesets, "before", (json_int_t)r->before, "bytes", (json_int_t)r->bytes, "ok", r->code == OK);

	if (o && r->code) {
		json_object_set_new(o, "code", json_string(err_name(r->code)));
		json_object_set_new(o, "seq", json_integer(r->seq));
		json_object_set_new(o, "text", json_string(r->detail));
	}
	if (o)
		out_json(o);
	json_decref(o);
}

static int print_row(void *arg, const struct verify_report *r)
{
	struct printer *p = arg;
	char epoch[9];

	if (p->json) {
		print_json(r);
		return 0;
	}
	snprintf(epoch, sizeof epoch, "%.8s", r->epoch);
	grid_add(&p->grid, r->chain);
	grid_add(&p->grid, epoch);
	grid_addf(&p->grid, "%lld", (long long)r->changesets);
	grid_addf(&p->grid, "%lld", (long long)r->bytes);
	grid_add(&p->grid, r->detail[0] ? r->detail : _("good"));
	return 0;
}

enum err_code cmd_verify(struct context *c, struct err *e)
{
	static const char *const head[] = { N_("CHAIN"), N_("EPOCH"),
		N_("CHANGESETS"), N_("BYTES"), N_("RESULT") };
	struct printer p = { .json = c->json };
	char chain[CHAIN_NAME];
	struct err unprinted = {0};
	enum err_code rc = OK;

	grid_init(&p.grid, sizeof head / sizeof *head);
	for (size_t i = 0; i < sizeof head / sizeof *head; i++)
		grid_add(&p.grid, _(head[i]));
	if (c->argc)
		rc = chain_read(c->argv[0], chain, e);
	if (!rc)
		rc = verify_chains(c->node, c->argc ? chain : NULL,
		    option(c, "deep") ? VERIFY_DEEP : option(c, "full") ? 0 :
		    VERIFY_NEW, print_row, &p, e);
	/* The good ones are shown beside the bad one. */
	if (!c->json && p.grid.ncell > p.grid.ncol &&
	    grid_print(&p.grid, rc ? &unprinted : e) && !rc)
		rc = e->code;
	grid_release(&p.grid);
	return rc;
}
