/* The limits of one sync: time, bytes, the window of a remote.
 */
#include "base/date.h"
#include "exchange_impl.h"

enum err_code exchange_limits(const struct exchange *x, struct transfer *t,
    struct err *e)
{
	uint64_t moved = x->out->sent + x->out->received;
	int64_t left = x->until_ms - clock_ms();
	struct remote_link link;

	*t = (struct transfer){ .progress = x->o->progress,
		.arg = x->o->arg, .dir = x->n->dir,
		.org = store_identity(x->n->store)->org,
		.notes = x->o->notes };
	if (x->until_ms && left <= 0)
		return err_set(e, ERR_DEADLINE, _("the time given for this "
		    "sync is over"));
	if (x->until_ms)
		t->deadline_s = (int)((left + 999) / 1000);
	if (x->o->budget && moved >= x->o->budget)
		return err_set(e, ERR_BUDGET, _("the %llu bytes allowed were "
		    "moved"), (unsigned long long)x->o->budget);
	if (x->o->budget)
		t->budget = x->o->budget - moved;
	if (remote_link_get(x->n->store, x->remote->name, &link, e))
		return e->code;
	t->slice = link.slice;
	return OK;
}

enum err_code exchange_moved(struct exchange *x, const struct transfer *t,
    struct err *e)
{
	struct remote_link link;
	enum err_code rc;

	x->out->sent += t->sent;
	x->out->received += t->received;
	rc = remote_link_get(x->n->store, x->remote->name, &link, e);
	if (rc || link.slice == t->slice)
		return rc;
	link.slice = t->slice;
	return remote_link_set(x->n->store, x->remote->name, &link, e);
}

enum err_code exchange_open(const struct exchange *x,
    const struct remote_row *r, bool *open, struct err *e)
{
	struct remote_link link;
	enum err_code rc;

	rc = remote_link_get(x->n->store, r->name, &link, e);
	*open = !rc && (x->o->now || remote_window_open(&link, clock_ms()));
	if (rc || *open)
		return rc;
	return urgent_waits(x->n->store, r->name, open, e);
}
