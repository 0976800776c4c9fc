/* root export FILE: the organisation's root key leaves the node's folder. */
#include "out.h"
#include "signer.h"

static enum err_code export(struct context *c, struct err *e)
{
	enum err_code rc = node_root_export(c->node, c->argv[1], e);

	if (!rc && !c->json)
		out_hint(_("keep that file and a copy of it in two safes; "
		    "WELLHEAD_ROOT=FILE names it when it is needed"));
	return rc ? rc : out_result(c, json_pack("{s:s}", "file",
	    c->argv[1]), e);
}

static const struct verb verbs[] = {
	{ "export", 2, true, export },
};

enum err_code cmd_root(struct context *c, struct err *e)
{
	return verb_run(c, verbs, sizeof verbs / sizeof *verbs, e);
}
