/* status: what waits, and what needs a person. */
#include "base/date.h"
#include "due.h"
#include "epoch.h"
#include "out.h"

#define CLOCK_WARN_MS (10 * 60 * 1000)	/* a burst of entries runs ahead less */

static int add_stopped(void *arg, const struct position *p)
{
	json_t *o;

	if (!p->stopped[0])
		return 0;
	o = json_pack("{s:s,s:s,s:I,s:s,s:s}", "chain", p->chain,
	    "epoch", p->epoch, "seq", (json_int_t)p->seq, "code", p->stopped,
	    "reason", p->reason);
	return o ? json_array_append_new(arg, o) : -1;
}

static const char *string_of(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static void print_stopped(const json_t *list)
{
	const json_t *o;
	size_t i;

	json_array_foreach(list, i, o) {
		printf(_("chain %s stopped after changeset %lld: "),
		    string_of(o, "chain"),
		    (long long)json_integer_value(json_object_get(o, "seq")));
		out_text(stdout, string_of(o, "reason"));
		printf(" (%s)\n", string_of(o, "code"));
	}
}

struct overdue {
	int64_t n;
	char day[DATE_TEXT];	/* when they were counted; "": never */
};

/* A great store is not counted for each status: say when it was. */
static void overdue_text(const struct overdue *o, char *out, size_t n)
{
	char today[DATE_TEXT];

	date_text(clock_ms() / 86400000, today);
	if (!*o->day)
		snprintf(out, n, "%s", _("`wellhead due` counts them"));
	else if (!strcmp(o->day, today))
		snprintf(out, n, "%lld", (long long)o->n);
	else
		snprintf(out, n, _("%lld, counted on %s"), (long long)o->n,
		    o->day);
}

/* Ages are for people, moments for programs. */
static void moment(const struct context *c, int64_t ms, char out[64])
{
	if (!ms)
		out[0] = 0;
	else if (c->json)
		time_text(ms, out);
	else
		out_age(ms, out, 64);
}

static enum err_code print_all(struct context *c, const struct status *s,
    const struct overdue *late, json_t *stopped, struct err *e)
{
	const struct identity *id = store_identity(c->node->store);
	char receipt[64], oldest[64], overdue[100], since[64] = "";
	struct epoch_note epoch;
	struct fact f[] = {
		{ "org", N_("organisation"), id->org_name, 0 },
		{ "code", N_("node"), id->code, 0 },
		{ "branch", N_("branch"), id->branch, 0 },
		{ "records", N_("records"), NULL, s->records },
		{ "unsealed", N_("not sealed"), NULL, s->unsealed },
		{ "oldest_unsealed", N_("the oldest of them"), oldest, 0 },
		{ "unsent", N_("changesets not sent"), NULL, s->unsent },
		{ "unreceipted", N_("changesets without receipt"), NULL,
		  s->unreceipted },
		{ "last_receipt", N_("last receipt"), receipt, 0 },
		{ "held", N_("held"), NULL, s->held },
		{ "conflicts", N_("conflicts"), NULL, s->conflicts },
		{ "overdue", N_("overdue matters"),
		  c->json ? NULL : overdue, late->n },
		/* from here on for programs alone */
		{ "overdue_on", "", late->day, 0 },
		{ "clock_ahead_ms", N_("clock ahead, ms"), NULL,
		  s->clock_ahead_ms },
		{ "epoch", "", id->epoch, 0 },
		{ "epoch_since", "", since, 0 },
		{ "epoch_why", "", "", 0 },
	};
	size_t n = sizeof f / sizeof *f;
	enum err_code rc;
	json_t *o;

	rc = epoch_last(c->node->store, &epoch, e);
	if (rc)
		return rc;
	if (epoch.at_ms) {
		time_text(epoch.at_ms, since);
		f[n - 1].text = epoch_word(epoch.why);
	}
	overdue_text(late, overdue, sizeof overdue);
	moment(c, s->newest_receipt_ms, receipt);
	moment(c, s->oldest_unsealed ? stamp_ms(s->oldest_unsealed) : 0,
	    oldest);
	if (!*receipt && !c->json)
		snprintf(receipt, sizeof receipt, "%s", _("never"));
	if (c->json) {
		o = facts_json(f, n);
		if (o && !*late->day)
			json_object_set_new(o, "overdue", json_null());
		if (o && json_object_set(o, "stopped", stopped)) {
			json_decref(o);
			o = NULL;
		}
		return out_result(c, o, e);
	}
	rc = facts_print(f, n - 5, e);	/* the clock has its own warning */
	if (epoch.at_ms)
		printf(_("in a new epoch since %s: %s\n"), since,
		    epoch_text(epoch.why));
	print_stopped(stopped);
	return rc;
}

enum err_code cmd_status(struct context *c, struct err *e)
{
	struct status s = {0};
	json_t *stopped = json_array();
	struct overdue late = {0};
	enum err_code rc;

	rc = status_read(c->node->store, &s, e);
	if (!rc)
		rc = position_each(c->node->store, add_stopped, stopped, e);
	if (!rc)
		rc = due_overdue(c->node->store, s.records, &late.n, late.day,
		    e);
	if (!rc)
		rc = print_all(c, &s, &late, stopped, e);
	json_decref(stopped);
	if (!rc && s.clock_ahead_ms > CLOCK_WARN_MS) {
		out_warn(_("this machine's clock is %lld minutes behind the "
		    "newest entry"), (long long)(s.clock_ahead_ms / 60000));
		out_hint(_("set the clock; what was entered keeps its order"));
	}
	return rc;
}
