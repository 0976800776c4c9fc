/* invite: a branch node's invitation, written to a file of its own. */
#include <unistd.h>

#include "base/file.h"
#include "hash.h"
#include "out.h"

/* The file is made, empty, before the invitation is: an invitation that could
 * not be written would use up its code. */
static enum err_code write_invitation(struct context *c,
    const struct invitation *i, const char *path, struct err *e)
{
	struct buf json = BUF_INIT;
	enum err_code rc;

	rc = file_write(path, slice_str(""), 0600, true, e);
	if (rc)
		return err_in(e, _("writing the invitation"));
	rc = node_invite(c->node, i, &json, e);
	if (rc)
		unlink(path);
	else
		rc = file_write(path, slice_buf(&json), 0600, false, e);
	if (json.p)
		wipe(json.p, json.n);
	buf_release(&json);
	return rc;
}

enum err_code cmd_invite(struct context *c, struct err *e)
{
	struct invitation i = { .code = c->argv[0],
		.name = option(c, "name"), .branch = option(c, "branch"),
		.remote = option(c, "remote"),
		.auditor = option(c, "auditor") != NULL };
	const char *path = option(c, "o");
	enum err_code rc;

	if (!i.name || !*i.name)
		return err_set(e, ERR_USAGE,
		    _("give the node's name with --name NAME"));
	if (!path || !*path)
		return err_set(e, ERR_USAGE,
		    _("say with -o FILE where the invitation goes"));
	rc = write_invitation(c, &i, path, e);
	if (rc)
		return rc;
	if (!c->json)
		out_hint(_("the file lets whoever has it join as %s: hand it "
		    "over in person"), i.code);
	return out_result(c, json_pack("{s:s,s:s,s:s}", "code", i.code,
	    "branch", i.branch ? i.branch : i.code, "file", path), e);
}
