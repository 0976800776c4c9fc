#include "out.h"

enum err_code cmd_seal(struct context *c, struct err *e)
{
	struct sealed s = {0};
	enum err_code rc = seal_all(c->node, &s, e);

	if (rc)
		return rc;
	node_tidy(c->node);
	return out_facts(c, (struct fact[]){
		{ "changesets", N_("changesets"), NULL, (int64_t)s.changesets },
		{ "records", N_("records"), NULL, (int64_t)s.records },
		{ "edits", N_("edits"), NULL, (int64_t)s.edits },
		{ "transitions", N_("steps"), NULL, (int64_t)s.transitions },
		{ "bytes", N_("bytes"), NULL, (int64_t)s.bytes },
	    }, 5, e);
}
