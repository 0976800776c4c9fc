/* same ID1 ID2 and apart ID1 ID2: headquarters decides. */
#include "out.h"
#include "same.h"

static enum err_code decide(struct context *c, bool same, struct err *e)
{
	struct same_decision d = { .a = c->argv[0], .b = c->argv[1],
		.by = c->as, .note = option(c, "note"), .same = same };
	enum err_code rc = same_decide(c->node->store, &d, e);

	return rc ? rc : out_result(c, json_pack("{s:s}", "verdict",
	    c->command->name), e);
}

enum err_code cmd_same(struct context *c, struct err *e)
{
	return decide(c, true, e);
}

enum err_code cmd_apart(struct context *c, struct err *e)
{
	return decide(c, false, e);
}
