/* log [CHAIN]: its changesets; of all chains when none is named. */
#include "base/date.h"
#include "out.h"

struct printer {
	bool json;
	size_t n;
	struct grid grid;
};

static void print_json(const struct changeset_row *r, const char *sealed)
{
	json_t *o = json_pack("{s:s,s:s,s:I,s:s,s:I,s:I,s:I,s:I,s:I,s:s,s:s}",
	    "chain", r->chain, "epoch", r->epoch, "seq", (json_int_t)r->seq,
	    "sealed", sealed, "records", (json_int_t)r->records,
	    "edits", (json_int_t)r->edits,
	    "transitions", (json_int_t)r->transitions,
	    "bytes", (json_int_t)r->bytes,
	    "raw_bytes", (json_int_t)r->raw_bytes,
	    "commit", r->commit, "sha256", r->sha256);

	if (o)
		out_json(o);
	json_decref(o);
}

static int print_row(void *arg, const struct changeset_row *r)
{
	struct printer *p = arg;
	char sealed[32];

	time_text(r->sealed_ms, sealed);
	p->n++;
	if (p->json) {
		print_json(r, sealed);
		return 0;
	}
	grid_add(&p->grid, r->chain);
	grid_addf(&p->grid, "%lld", (long long)r->seq);
	grid_add(&p->grid, sealed);
	grid_addf(&p->grid, "%lld", (long long)r->records);
	grid_addf(&p->grid, "%lld", (long long)r->edits);
	grid_addf(&p->grid, "%lld", (long long)r->transitions);
	grid_addf(&p->grid, "%lld", (long long)r->bytes);
	grid_add(&p->grid, r->commit);
	return 0;
}

enum err_code cmd_log(struct context *c, struct err *e)
{
	static const char *const head[] = { N_("CHAIN"), N_("SEQ"),
		N_("SEALED"), N_("RECORDS"), N_("EDITS"), N_("STEPS"),
		N_("BYTES"), N_("COMMIT") };
	struct printer p = { .json = c->json };
	char chain[CHAIN_NAME];
	enum err_code rc = OK;

	grid_init(&p.grid, sizeof head / sizeof *head);
	for (size_t i = 0; i < sizeof head / sizeof *head; i++)
		grid_add(&p.grid, _(head[i]));
	if (c->argc)
		rc = chain_read(c->argv[0], chain, e);
	if (!rc)
		rc = changeset_each(c->node->store, c->argc ? chain : NULL, 0,
		    print_row, &p, e);
	if (!rc && !p.n && c->argc) {
		err_set(e, ERR_NOT_FOUND, _("no changesets of chain %s here"),
		    chain);
		rc = err_hint(e, _("“wellhead log” lists all chains"));
	}
	if (!rc && !c->json && p.n)
		rc = grid_print(&p.grid, e);
	grid_release(&p.grid);
	return rc;
}
