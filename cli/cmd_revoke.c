/* revoke: headquarters takes a node's keys away, from a position on. */
#include "out.h"
#include "signer.h"

static enum err_code read_wish(struct context *c, struct revocation *r,
    struct err *e)
{
	r->code = c->argv[0];
	r->epoch8 = option(c, "epoch");
	r->reason = option(c, "reason");
	if (!option(c, "after") &&
	    strcmp(r->code, store_identity(c->node->store)->code) != 0)
		return err_set(e, ERR_USAGE, _("say with --after SEQ which "
		    "changeset is the last good one"));
	if (!r->reason)
		return err_set(e, ERR_USAGE, _("say why with --reason TEXT"));
	return option_number(c, "after", INT64_MAX, &r->after, e);
}

static void tell(const struct revocation *r, const struct revoked *out)
{
	if (out->had > r->after)
		out_hint(_("changesets %lld to %lld of node %s were taken out "
		    "of the store; they stay in the repository"),
		    (long long)r->after + 1, (long long)out->had, r->code);
	if (out->known < r->after)
		out_hint(_("changesets %lld to %lld have not been seen here: "
		    "if they come, they are held until this command is given "
		    "again"), (long long)out->known + 1, (long long)r->after);
	out_hint(_("run “wellhead sync” so that the branches hear of it; "
	    "“wellhead invite” makes a new node for the branch"));
}

static enum err_code tell_hq(struct context *c, struct err *e)
{
	const struct identity *id = store_identity(c->node->store);

	if (!c->json)
		out_hint(_("headquarters goes on with a new key; put the root "
		    "key back into its safe, back up the folder keys/ and run "
		    "“wellhead sync”"));
	return out_result(c, json_pack("{s:s,s:s}", "code", id->code, "epoch",
	    id->epoch), e);
}

enum err_code cmd_revoke(struct context *c, struct err *e)
{
	struct revocation r = {0};
	struct revoked out = {0};
	enum err_code rc = read_wish(c, &r, e);

	if (!rc)
		rc = node_revoke(c->node, &r, &out, e);
	if (!rc && out.hq)
		return tell_hq(c, e);
	if (!rc)
		rc = out_facts(c, (struct fact[]){
			{ "code", N_("node"), r.code, 0 },
			{ "epoch", N_("epoch"), out.epoch, 0 },
			{ "after", N_("the last good changeset"), NULL,
			  r.after },
			{ "had", N_("taken in before"), NULL, out.had },
			{ "known", N_("good and here"), NULL, out.known },
		    }, 5, e);
	if (!rc && !c->json)
		tell(&r, &out);
	return rc;
}
