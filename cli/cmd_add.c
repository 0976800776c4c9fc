#include "base/text.h"
#include "out.h"

enum err_code cmd_add(struct context *c, struct err *e)
{
	char id[STAMP_DIGITS + 1];
	const struct type *t;
	json_t *fields = NULL;
	enum err_code rc;
	stamp_t stamp;

	rc = type_read(c, 0, &t, e);
	if (!rc)
		rc = fields_read(c, 1, t, &fields, e);
	if (!rc)
		rc = record_add(c->node->store, t, option(c, "branch"),
		    fields, c->as, &stamp, &c->problems, e);
	json_decref(fields);
	if (rc)
		return rc;
	base32_stamp(id, (uint64_t)stamp);
	if (!c->json)
		puts(id);
	return out_result(c, json_pack("{s:s}", "id", id), e);
}
