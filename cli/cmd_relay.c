/* relay: carry chains between two remotes, unchanged. */
#include "out.h"
#include "relay.h"

enum err_code cmd_relay(struct context *c, struct err *e)
{
	struct buf notes = BUF_INIT;
	struct relay_options o = { .below = c->argv[0], .above = c->argv[1],
		.progress = out_moved, .notes = &notes };
	struct relayed r = {0};
	int64_t deadline = 0;
	enum err_code rc;

	rc = option_number(c, "deadline", 7 * 86400, &deadline, e);
	if (rc)
		return rc;
	o.deadline_s = (int)deadline;
	rc = relay_run(c->node, &o, &r, e);
	out_progress_end();
	out_notes(&notes);
	if (rc)
		return rc;
	return out_facts(c, (struct fact[]){
		{ "up", N_("chains sent up"), NULL, (int64_t)r.up },
		{ "down", N_("chains sent down"), NULL, (int64_t)r.down },
		{ "refused", N_("chains refused"), NULL, (int64_t)r.refused },
		{ "sent_bytes", N_("bytes sent"), NULL, (int64_t)r.sent },
		{ "received_bytes", N_("bytes received"), NULL,
		  (int64_t)r.received },
	    }, 5, e);
}
