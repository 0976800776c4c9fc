#include "base/text.h"
#include "out.h"

enum err_code cmd_edit(struct context *c, struct err *e)
{
	char id[STAMP_DIGITS + 1];
	json_t *fields = NULL;
	struct record r;
	enum err_code rc;

	rc = record_find(c->node->store, c->argv[0], &r, e);
	if (!rc)
		rc = fields_read(c, 1, r.type, &fields, e);
	if (!rc)
		rc = record_edit(c->node->store, c->argv[0], fields, c->as,
		    &c->problems, e);
	json_decref(fields);
	if (rc)
		return rc;
	base32_stamp(id, (uint64_t)r.id);
	return out_result(c, json_pack("{s:s}", "id", id), e);
}
