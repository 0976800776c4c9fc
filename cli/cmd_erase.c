/* erase ID FIELD --reason TEXT: destroy a sensitive value. */
#include "base/text.h"
#include "erase.h"
#include "out.h"

enum err_code cmd_erase(struct context *c, struct err *e)
{
	const char *reason = option(c, "reason");
	char id[STAMP_DIGITS + 1];
	struct record r;
	enum err_code rc;

	if (!reason || !*reason)
		return err_set(e, ERR_USAGE,
		    _("say why with --reason TEXT: it stays with the record"));
	rc = record_find(c->node->store, c->argv[0], &r, e);
	if (!rc)
		rc = erase_field(c->node->store, c->argv[0], c->argv[1],
		    reason, c->as, e);
	if (rc)
		return rc;
	base32_stamp(id, (uint64_t)r.id);
	return out_result(c, json_pack("{s:s, s:s}", "id", id, "field",
	    c->argv[1]), e);
}
