/* attachment get ID NAME -o FILE */
#include "attach.h"
#include "out.h"

enum err_code cmd_attachment(struct context *c, struct err *e)
{
	const char *path = option(c, "o");
	enum err_code rc;

	if (strcmp(c->argv[0], "get") != 0)
		return err_set(e, ERR_USAGE, _("“%s” is not get"),
		    c->argv[0]);
	if (!path) {
		err_set(e, ERR_USAGE, _("-o FILE is missing"));
		return err_hint(e, _("it is the new file that the attachment "
		    "is written to"));
	}
	rc = attach_get(c->node, c->argv[1], c->argv[2], path, e);
	return rc ? rc : out_result(c, json_pack("{s:s}", "file", path), e);
}
