/* init and what it printed: the new headquarters. */
#include "out.h"

enum err_code cmd_init(struct context *c, struct err *e)
{
	struct founding f = { .name = option(c, "org"),
		.code = option(c, "code") };
	const struct identity *id;
	enum err_code rc;

	if (!f.name || !*f.name) {
		err_set(e, ERR_USAGE, _("the organisation has no name"));
		return err_hint(e, _("give it with --org NAME"));
	}
	rc = node_init(c->argv[0], &f, e);
	if (!rc)
		rc = node_open(&c->node, c->argv[0], NODE_READ, e);
	if (rc)
		return rc;
	id = store_identity(c->node->store);
	rc = out_facts(c, (struct fact[]){
		{ "org", N_("organisation"), id->org_name, 0 },
		{ "org_id", N_("its id"), id->org, 0 },
		{ "code", N_("node"), id->code, 0 },
		{ "dir", N_("folder"), c->argv[0], 0 },
	    }, 4, e);
	if (!rc && !c->json)
		out_hint(_("keep a copy of keys/root.key in a safe; "
		    "“wellhead invite” asks a branch in"));
	return rc;
}
