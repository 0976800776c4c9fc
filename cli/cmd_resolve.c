#include "base/text.h"
#include "out.h"

enum err_code cmd_resolve(struct context *c, struct err *e)
{
	const char *take = option(c, "take"), *value = option(c, "value");
	char id[STAMP_DIGITS + 1];
	struct record r;
	enum err_code rc;

	if (!take == !value) {
		err_set(e, ERR_USAGE,
		    _("give --take STAMP or --value VALUE, one of them"));
		return err_hint(e, _("“wellhead conflicts” prints the stamps"));
	}
	rc = record_find(c->node->store, c->argv[0], &r, e);
	if (!rc)
		rc = record_resolve(c->node->store, c->argv[0], c->argv[1],
		    take, value, c->as, &c->problems, e);
	if (rc)
		return rc;
	base32_stamp(id, (uint64_t)r.id);
	return out_result(c, json_pack("{s:s,s:s}", "id", id, "field",
	    c->argv[1]), e);
}
