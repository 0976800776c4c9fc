/* sync: seal, send, fetch, merge; then what went and came. */
#include "watch_print.h"
#include "witness_row.h"

#define BUDGET_MAX ((int64_t)1 << 50)

/* The good went on; what did not is said, so that no count hides it. */
static int warn_stopped(void *arg, const struct position *p)
{
	(void)arg;
	if (p->stopped[0])
		out_warn(_("chain %s stopped after changeset %lld: %s (%s)"),
		    p->chain, (long long)p->seq, p->reason, p->stopped);
	return 0;
}

/* Said with every sync until a person has looked. */
static int warn_split(void *arg, const struct split_row *r)
{
	*(bool *)arg = true;
	out_warn("%s (%s)", r->reason, err_name(ERR_SPLIT));
	return 0;
}

static enum err_code print_synced(struct context *c, const struct synced *s,
    struct err *e)
{
	const struct sealed *o = &s->sealed;
	const struct ingested *i = &s->in;

	return out_facts(c, (struct fact[]){
		{ "sealed_changesets", N_("changesets sealed"), NULL,
		  (int64_t)o->changesets },
		{ "sealed_records", N_("records sealed"), NULL,
		  (int64_t)o->records },
		{ "sealed_edits", N_("edits sealed"), NULL,
		  (int64_t)o->edits },
		{ "sealed_transitions", N_("steps sealed"), NULL,
		  (int64_t)o->transitions },
		{ "sealed_bytes", N_("bytes sealed"), NULL,
		  (int64_t)o->bytes },
		{ "pushed", N_("changesets sent"), NULL,
		  (int64_t)s->pushed },
		{ "sent_bytes", N_("bytes sent"), NULL, (int64_t)s->sent },
		{ "came_changesets", N_("changesets merged"), NULL,
		  (int64_t)i->changesets },
		{ "came_records", N_("records merged"), NULL,
		  (int64_t)i->records },
		{ "came_edits", N_("edits merged"), NULL,
		  (int64_t)i->edits },
		{ "came_transitions", N_("steps merged"), NULL,
		  (int64_t)i->transitions },
		{ "received_bytes", N_("bytes received"), NULL,
		  (int64_t)s->received },
		{ "enrolled", N_("nodes enrolled"), NULL,
		  (int64_t)i->enrolled },
		{ "held", N_("held"), NULL, (int64_t)i->held },
		{ "conflicts", N_("new conflicts"), NULL,
		  (int64_t)i->conflicts },
		{ "stopped", N_("chains stopped"), NULL,
		  (int64_t)i->stopped },
	    }, 16, e);
}

enum err_code cmd_sync(struct context *c, struct err *e)
{
	struct buf notes = BUF_INIT;
	struct sync_options o = { .remote = c->argc ? c->argv[0] : NULL,
		.progress = out_moved, .notes = &notes };
	struct synced s = {0};
	bool split = false;
	int64_t deadline = 0, budget = 0;
	enum err_code rc;

	rc = option_number(c, "deadline", 7 * 86400, &deadline, e);
	if (!rc)
		rc = option_number(c, "budget", BUDGET_MAX, &budget, e);
	if (rc)
		return rc;
	o.deadline_s = (int)deadline;
	o.budget = (uint64_t)budget;
	o.now = option(c, "now") != NULL;
	if (option(c, "watch"))
		return watch_start(c, false, &o, e);
	rc = sync_run(c->node, &o, &s, e);
	out_progress_end();
	out_notes(&notes);
	if (!rc)
		rc = print_synced(c, &s, e);
	if (!rc && s.in.stopped)
		rc = position_each(c->node->store, warn_stopped, NULL, e);
	if (!rc)
		rc = split_each(c->node->store, warn_split, &split, e);
	if (!rc && split)
		out_hint(_("tell the other side by telephone; both histories "
		    "are kept; `wellhead checkpoint settle` when a person has "
		    "looked"));
	if (!rc && s.in.conflicts)
		out_hint(_("“wellhead conflicts” shows what a person must "
		    "decide"));
	return rc;
}
