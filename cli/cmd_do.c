#include "base/text.h"
#include "out.h"

/* The states that lead on from here help more than the refusal alone. */
static void hint_states(const struct record *r, struct err *e)
{
	char text[400] = "";
	size_t n = 0;

	for (size_t i = 0; i < r->type->ntransition; i++) {
		const struct transition *t = &r->type->transition[i];

		if (strcmp(t->from, r->state) != 0 || n >= sizeof text)
			continue;
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%s",
		    n ? ", " : "", t->to);
	}
	if (!e->hint[0] && *text)
		err_hint(e, _("from %s it may go to: %s"), r->state, text);
	else if (!e->hint[0])
		err_hint(e, _("%s is where it ends"), r->state);
}

enum err_code cmd_do(struct context *c, struct err *e)
{
	char id[STAMP_DIGITS + 1];
	struct record r;
	enum err_code rc;

	rc = record_find(c->node->store, c->argv[0], &r, e);
	if (rc)
		return rc;
	rc = record_do(c->node->store, c->argv[0], c->argv[1],
	    option(c, "role"), c->as, option(c, "on"), option(c, "note"),
	    &c->problems, e);
	if (rc == ERR_TRANSITION)
		hint_states(&r, e);
	if (rc)
		return rc;
	base32_stamp(id, (uint64_t)r.id);
	return out_result(c, json_pack("{s:s,s:s}", "id", id, "state",
	    c->argv[1]), e);
}
