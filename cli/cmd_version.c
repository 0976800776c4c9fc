#include "out.h"

enum err_code cmd_version(struct context *c, struct err *e)
{
	if (c->json)
		return out_result(c, json_pack("{s:s}", "version", VERSION),
		    e);
	puts("wellhead " VERSION);
	return OK;
}
