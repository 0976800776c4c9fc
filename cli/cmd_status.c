/* status: what waits, and what needs a person. */
#include "base/date.h"
#include "base/json.h"
#include "checkpoint_row.h"
#include "due.h"
#include "epoch.h"
#include "out.h"
#include "witness_row.h"

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

static void print_stopped(const json_t *list)
{
	const json_t *o;
	size_t i;

	json_array_foreach(list, i, o) {
		printf(_("chain %s stopped after changeset %lld: "),
		    json_text(o, "chain"),
		    (long long)json_integer_value(json_object_get(o, "seq")));
		out_text(stdout, json_text(o, "reason"));
		printf(" (%s)\n", json_text(o, "code"));
	}
}

/* ---- what contradicts, what was not applied, whose clock is wrong ---- */

/* What a person should know beside the counts; arrays of objects. */
struct matters { json_t *stopped, *splits, *receipts, *clocks, *branches;
	struct store *store; struct err *e; enum err_code rc; };

static int add_split(void *arg, const struct split_row *r)
{
	struct matters *m = arg;
	json_t *o = json_pack("{s:s,s:s,s:I,s:s,s:s}", "chain", r->chain,
	    "epoch", r->epoch, "seq", (json_int_t)r->seq, "name", r->name,
	    "reason", r->reason);

	return o ? json_array_append_new(m->splits, o) : -1;
}

static json_t *receipt_json(const struct receipt_row *r)
{
	char at[32];

	time_text(r->arrived_ms, at);
	return json_pack("{s:s,s:s,s:I,s:s,s:s,s:s}", "chain", r->chain,
	    "epoch", r->epoch, "seq", (json_int_t)r->from_seq, "arrived", at,
	    "result", r->result, "code", r->code);
}

static int add_receipt(void *arg, const struct receipt_row *r)
{
	struct matters *m = arg;
	json_t *o = receipt_json(r);

	return o ? json_array_append_new(m->receipts, o) : -1;
}

static int add_clock(void *arg, const struct receipt_row *r)
{
	struct matters *m = arg;
	json_t *o = receipt_json(r);

	return o ? json_array_append_new(m->clocks, o) : -1;
}

/* Headquarters: when each node last sealed anything that has come. */
static int add_branch(void *arg, const struct position *p)
{
	struct matters *m = arg;
	struct changeset_row c;
	char at[32];
	json_t *o;

	if (!p->seq || strncmp(p->chain, "node/", 5) != 0)
		return 0;
	m->rc = changeset_get(m->store, p->chain, p->epoch, p->seq, &c, m->e);
	if (m->rc || !c.seq)
		return m->rc != OK;
	time_text(c.sealed_ms, at);
	o = json_pack("{s:s,s:s,s:I,s:s,s:I}", "chain", p->chain, "epoch",
	    p->epoch, "seq", (json_int_t)p->seq, "sealed", at, "sealed_ms",
	    (json_int_t)c.sealed_ms);
	return o ? json_array_append_new(m->branches, o) : -1;
}

static enum err_code matters_read(struct store *s, struct matters *m,
    struct err *e)
{
	enum err_code rc;

	*m = (struct matters){ json_array(), json_array(), json_array(),
		json_array(), json_array(), s, e, OK };
	rc = position_each(s, add_stopped, m->stopped, e);
	if (!rc)
		rc = split_each(s, add_split, m, e);
	if (!rc)
		rc = receipt_open_each(s, NULL, add_receipt, m, e);
	if (!rc)
		rc = receipt_clock_each(s, add_clock, m, e);
	if (!rc && store_identity(s)->hq)
		rc = position_each(s, add_branch, m, e);
	return rc ? rc : m->rc;
}

static void matters_release(struct matters *m)
{
	json_decref(m->stopped);
	json_decref(m->splits);
	json_decref(m->receipts);
	json_decref(m->clocks);
	json_decref(m->branches);
}

static void print_branches(const json_t *list)
{
	char age[64];
	const json_t *o;
	size_t i;

	json_array_foreach(list, i, o) {
		out_age(json_number(o, "sealed_ms"), age, sizeof age);
		printf(_("%s: changeset %lld, sealed %s\n"),
		    json_text(o, "chain"), json_number(o, "seq"), age);
	}
}

static void print_matters(const struct matters *m)
{
	const json_t *o;
	size_t i;

	print_stopped(m->stopped);
	print_branches(m->branches);
	json_array_foreach(m->receipts, i, o)
		printf(_("%s: changeset %lld %s (%s)\n"),
		    json_text(o, "chain"), json_number(o, "seq"),
		    strcmp(json_text(o, "result"), "held") == 0 ? _("held") :
		    _("refused"), json_text(o, "code"));
	json_array_foreach(m->clocks, i, o)
		printf(_("%s: its clock was more than a day ahead in "
		    "changeset %lld; set it there\n"), json_text(o, "chain"),
		    json_number(o, "seq"));
	json_array_foreach(m->splits, i, o) {
		printf("%s: ", err_name(ERR_SPLIT));
		out_text(stdout, json_text(o, "reason"));
		putchar('\n');
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

static enum err_code print_json(struct context *c, json_t *o,
    const struct overdue *late, const struct matters *m, struct err *e)
{
	if (o && !*late->day)
		json_object_set_new(o, "overdue", json_null());
	if (o && (json_object_set(o, "stopped", m->stopped) ||
	    json_object_set(o, "splits", m->splits) ||
	    json_object_set(o, "receipts", m->receipts) ||
	    json_object_set(o, "clocks", m->clocks) ||
	    json_object_set(o, "branches", m->branches))) {
		json_decref(o);
		o = NULL;
	}
	return out_result(c, o, e);
}

static enum err_code print_all(struct context *c, const struct status *s,
    const struct overdue *late, const struct matters *m,
    const struct checkpoint_row *newest, struct err *e)
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
		{ "checkpoint", N_("newest checkpoint"), NULL,
		  newest->number },
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
	if (c->json)
		return print_json(c, facts_json(f, n), late, m, e);
	rc = facts_print(f, n - 5, e);	/* the clock has its own warning */
	if (epoch.at_ms)
		printf(_("in a new epoch since %s: %s\n"), since,
		    epoch_text(epoch.why));
	print_matters(m);
	return rc;
}

enum err_code cmd_status(struct context *c, struct err *e)
{
	struct status s = {0};
	struct checkpoint_row newest = {0};
	struct matters m = {0};
	struct overdue late = {0};
	enum err_code rc;

	rc = status_read(c->node->store, &s, e);
	if (!rc)
		rc = matters_read(c->node->store, &m, e);
	if (!rc)
		rc = checkpoint_newest(c->node->store, &newest, e);
	if (!rc)
		rc = due_overdue(c->node->store, s.records, &late.n, late.day,
		    e);
	if (!rc)
		rc = print_all(c, &s, &late, &m, &newest, e);
	matters_release(&m);
	if (!rc && s.clock_ahead_ms > CLOCK_WARN_MS) {
		out_warn(_("this machine's clock is %lld minutes behind the "
		    "newest entry"), (long long)(s.clock_ahead_ms / 60000));
		out_hint(_("set the clock; what was entered keeps its order"));
	}
	return rc;
}
