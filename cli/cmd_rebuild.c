#include "out.h"

enum err_code cmd_rebuild(struct context *c, struct err *e)
{
	struct status s;
	enum err_code rc;

	rc = rebuild_run(c->node, e);
	if (!rc)
		rc = status_read(c->node->store, &s, e);
	if (rc)
		return rc;
	return out_facts(c, (struct fact[]){
		{ "records", N_("records"), NULL, s.records },
		{ "unsealed", N_("not sealed"), NULL, s.unsealed },
		{ "held", N_("held"), NULL, s.held },
		{ "conflicts", N_("conflicts"), NULL, s.conflicts },
	    }, 4, e);
}
