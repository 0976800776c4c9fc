#include "out.h"

/* OpenSSH's format has no other; with --json it is one string. */
enum err_code cmd_allowed_signers(struct context *c, struct err *e)
{
	struct buf text = BUF_INIT;
	enum err_code rc;

	rc = node_allowed_signers(c->node, &text, e);
	if (!rc && c->json)
		rc = out_result(c, json_pack("{s:s}", "allowed_signers",
		    text.p ? (char *)text.p : ""), e);
	else if (!rc && text.n)
		fwrite(text.p, 1, text.n, stdout);
	buf_release(&text);
	return rc;
}
