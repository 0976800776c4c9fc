/* attach ID FILE [--name NAME] and detach ID NAME */
#include "attach.h"
#include "base/text.h"
#include "out.h"

enum err_code cmd_attach(struct context *c, struct err *e)
{
	char stamp[STAMP_DIGITS + 1];
	struct attachment a;
	bool sent = true;
	enum err_code rc;

	rc = attach_file(c->node, c->argv[0], c->argv[1], option(c, "name"),
	    c->as, &a, e);
	if (!rc)
		rc = attachment_sent(c->node->store, a.sha256, &sent, e);
	if (rc)
		return rc;
	if (!sent)
		out_warn("%s", _("the file stays at headquarters: the branch "
		    "sees that it is there, and not its bytes"));
	base32_stamp(stamp, (uint64_t)a.stamp);
	return out_result(c, json_pack("{s:s, s:s, s:I, s:s, s:s}", "name",
	    a.name, "sha256", a.sha256, "size", (json_int_t)a.size, "media",
	    a.media, "stamp", stamp), e);
}

enum err_code cmd_detach(struct context *c, struct err *e)
{
	enum err_code rc = attachment_remove(c->node->store, c->argv[0],
	    c->argv[1], c->as, e);

	return rc ? rc : out_result(c, json_pack("{s:s}", "name",
	    c->argv[1]), e);
}
