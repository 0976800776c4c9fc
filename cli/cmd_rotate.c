/* rotate: a new key for this node, which the old one vouches for. */
#include "out.h"
#include "signer.h"

enum err_code cmd_rotate(struct context *c, struct err *e)
{
	struct buf key = BUF_INIT;
	enum err_code rc = node_rotate(c->node, e);

	if (rc)
		return rc;
	key_ssh_text(&key, store_identity(c->node->store)->node_key);
	rc = buf_ok(&key, e);
	if (!rc)
		rc = out_facts(c, (struct fact[]){
			{ "key", N_("the new key"), (char *)key.p, 0 },
		    }, 1, e);
	buf_release(&key);
	if (!rc && !c->json)
		out_hint(_("back up the folder keys/ and run “wellhead sync”: "
		    "until then the others know the old key only"));
	return rc;
}
