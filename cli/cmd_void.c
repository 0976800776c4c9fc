/* void ID and erase ID FIELD, both with --reason TEXT. */
#include "base/text.h"
#include "erase.h"
#include "out.h"

/* field NULL: the whole record becomes void. */
static enum err_code take_away(struct context *c, const char *field,
    struct err *e)
{
	const char *reason = option(c, "reason");
	struct store *s = c->node->store;
	char id[STAMP_DIGITS + 1];
	struct record r;
	enum err_code rc;

	if (!reason || !*reason)
		return err_set(e, ERR_USAGE,
		    _("say why with --reason TEXT: it stays with the record"));
	rc = record_find(s, c->argv[0], &r, e);
	if (!rc)
		rc = field ? erase_field(s, c->argv[0], field, reason, c->as,
		    e) : record_void(s, c->argv[0], reason, c->as, e);
	if (rc)
		return rc;
	base32_stamp(id, (uint64_t)r.id);
	return out_result(c, json_pack("{s:s, s:s*}", "id", id, "field",
	    field), e);
}

enum err_code cmd_void(struct context *c, struct err *e)
{
	return take_away(c, NULL, e);
}

enum err_code cmd_erase(struct context *c, struct err *e)
{
	return take_away(c, c->argv[1], e);
}
