/* join: the node that an invitation is for. */
#include "base/file.h"
#include "hash.h"
#include "out.h"

#define INVITATION_MAX (16u << 20)	/* it may carry a catalogue */

static enum err_code print_node(struct context *c, const char *dir,
    struct err *e)
{
	const struct identity *id;
	enum err_code rc = node_open(&c->node, dir, NODE_READ, e);

	if (rc)
		return rc;
	id = store_identity(c->node->store);
	rc = out_facts(c, (struct fact[]){
		{ "org", N_("organisation"), id->org_name, 0 },
		{ "org_id", N_("its id"), id->org, 0 },
		{ "code", N_("node"), id->code, 0 },
		{ "branch", N_("branch"), id->branch, 0 },
		{ "name", N_("name"), id->name, 0 },
		{ "dir", N_("folder"), dir, 0 },
	    }, 6, e);
	if (!rc && !c->json)
		out_hint(_("records can be entered at once; the first "
		    "“wellhead sync” enrols this node"));
	return rc;
}

enum err_code cmd_join(struct context *c, struct err *e)
{
	struct buf text = BUF_INIT;
	enum err_code rc;

	rc = file_read(c->argv[0], INVITATION_MAX, &text, e);
	if (rc)
		err_in(e, _("reading the invitation"));
	else
		rc = node_join(c->argv[1], slice_buf(&text),
		    option(c, "fingerprint"), e);
	if (text.p)
		wipe(text.p, text.n);	/* the token is a secret */
	buf_release(&text);
	return rc ? rc : print_node(c, c->argv[1], e);
}
