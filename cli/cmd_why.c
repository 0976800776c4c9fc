/* why ID: a record's way to headquarters and back, step by step. */
#include "base/date.h"
#include "base/text.h"
#include "out.h"
#include "touch.h"
#include "way.h"

struct why {
	struct context *c;
	struct record r;
	json_t *list;			/* of steps, with --json */
	struct err *e;
	enum err_code rc;
};

static void line(const char *label, const char *text)
{
	printf("  %s  ", label);
	out_text(stdout, text);
	putchar('\n');
}

static void linef(const char *label, const char *fmt, ...) PRINTF(2, 3);
static void linef(const char *label, const char *fmt, ...)
{
	char text[500];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	line(label, text);
}

/* What a code means, in a sentence. */
static const char *code_text(const char *code)
{
	static const struct { const char *code, *text; } known[] = {
		{ "W_CLOCK", N_("the clock was more than a day ahead: set the "
		    "node's clock; the change stands as a conflict to be "
		    "resolved") },
		{ "W_NEWER", N_("made with a newer catalogue or program: it "
		    "is applied by itself after the upgrade") },
		{ "W_UNDETERMINED", N_("the key was revoked and it cannot be "
		    "told who sealed it: an officer decides with 'wellhead "
		    "revoke CODE --after SEQ'") },
		{ "E_FORK", N_("a copy of the node's store has sealed other "
		    "changes under the same numbers: let only one of the "
		    "two go on; it sends its changes again by itself") },
		{ "E_COLLISION", N_("its id stands for something else "
		    "already: the node that wrote it enters it again by "
		    "itself at its next sync") },
	};
	enum err_code found;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i].code, code) == 0)
			return _(known[i].text);
	found = err_by_name(code);
	return found == ERR_COUNT ? "" : err_text(found);
}

/* ---- for people ---- */

static void print_sealed(const struct way *w)
{
	char at[32];

	if (w->waits) {
		line(_("sealed "), _("not yet: `wellhead sync` seals and "
		    "sends it"));
		return;
	}
	if (!w->sealed.seq) {
		line(_("sealed "), _("in a chain that is not here"));
		return;
	}
	time_text(w->sealed.sealed_ms, at);
	linef(_("sealed "), _("%s, %s changeset %lld, commit %.10s"), at,
	    w->sealed.chain, (long long)w->sealed.seq, w->sealed.commit);
}

static void print_carried(const struct why *y, const struct way *w)
{
	bool hq = store_identity(y->c->node->store)->hq;

	if (w->remote[0])
		linef(_("carried"), _("to %s"), w->remote);
	else if (w->own && !hq)
		line(_("carried"), _("not yet: `wellhead sync` sends it"));
	else
		line(_("carried"), hq ? _("it is at headquarters") :
		    _("it came from headquarters or another node"));
}

static void print_arrived(const struct way *w)
{
	const struct receipt_row *r = &w->receipt;
	char at[32];

	if (strncmp(w->sealed.chain, "node/", 5) != 0)
		return;
	if (!r->from_seq) {
		line(_("arrived"), _("headquarters has sent no receipt yet"));
		return;
	}
	time_text(r->arrived_ms, at);
	linef(_("arrived"), _("%s by headquarters' receipt"), at);
	if (strcmp(r->result, "applied") == 0 && !r->code[0])
		line(_("result "), _("applied"));
	else
		linef(_("result "), "%s %s: %s",
		    strcmp(r->result, "applied") == 0 ? _("applied") :
		    strcmp(r->result, "held") == 0 ? _("held") : _("refused"),
		    r->code, code_text(r->code));
}

/* What keeps its chain back. */
static void print_stopped(const struct position *p)
{
	if (!p->stopped[0])
		return;
	linef(_("chain  "), "%s (%s)", p->reason, p->stopped);
	if (strcmp(p->stopped, err_name(ERR_FORK)) == 0)
		line(_("to do  "), _("let one of the two copies go on, and "
		    "say `wellhead checkpoint settle` when a person has "
		    "looked"));
}

static void print_held(const struct touch_row *t)
{
	char needs[STAMP_DIGITS + 1];

	if (!t || !t->held)
		return;
	base32_stamp(needs, (uint64_t)t->needs);
	if (t->needs)
		linef(_("held   "), _("here, until %s comes"), needs);
	else
		linef(_("held   "), "%s: %s", t->code, code_text(t->code));
}

static void print_way(const struct why *y, const char *what, stamp_t stamp,
    const char *by, const struct touch_row *t, const struct way *w)
{
	char at[32];

	printf("%s\n", what);
	time_text(stamp_ms(stamp), at);
	linef(_("entered"), *by ? _("%s by %s") : "%s", at, by);
	print_sealed(w);
	if (w->sealed.seq) {
		print_carried(y, w);
		print_arrived(w);
	}
	print_stopped(&w->at);
	print_held(t);
	if (w->covered.number)
		linef(_("covered"), _("by checkpoint %lld"),
		    (long long)w->covered.number);
	else if (w->sealed.seq)
		line(_("covered"), _("by no checkpoint yet"));
}

/* ---- for programs ---- */

static json_t *receipt_json(const struct receipt_row *r)
{
	char at[32];

	if (!r->from_seq)
		return json_null();
	time_text(r->arrived_ms, at);
	return json_pack("{s:s,s:s,s:s}", "arrived", at, "result", r->result,
	    "code", r->code);
}

static json_t *sealed_json(const struct way *w)
{
	char at[32];

	if (!w->sealed.seq)
		return json_null();
	time_text(w->sealed.sealed_ms, at);
	return json_pack("{s:s,s:s,s:I,s:s,s:s,s:s}", "chain",
	    w->sealed.chain, "epoch", w->sealed.epoch, "seq",
	    (json_int_t)w->sealed.seq, "at", at, "commit", w->sealed.commit,
	    "sha256", w->sealed.sha256);
}

static json_t *way_json(const char *what, const char *name, stamp_t stamp,
    const char *by, const struct touch_row *t, const struct way *w)
{
	char at[32], id[STAMP_DIGITS + 1], needs[STAMP_DIGITS + 1] = "";

	time_text(stamp_ms(stamp), at);
	base32_stamp(id, (uint64_t)stamp);
	if (t && t->needs)
		base32_stamp(needs, (uint64_t)t->needs);
	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:b,s:o,s:s,s:o,s:s,s:b,s:s,"
	    "s:s,s:o}", "what", what, "name", name, "stamp", id, "entered", at,
	    "by", by, "waits", w->waits, "sealed", sealed_json(w),
	    "sent_to", w->remote, "receipt", receipt_json(&w->receipt),
	    "stopped", w->at.stopped, "held", t && t->held, "needs", needs, "code", t ? t->code : "",
	    "checkpoint", w->covered.number ?
	    json_integer((json_int_t)w->covered.number) : json_null());
}

/* ---- both ---- */

static enum err_code tell(struct why *y, const char *what, const char *name,
    stamp_t stamp, const char *by, const struct touch_row *t)
{
	struct way w;
	char head[100];
	json_t *o;
	enum err_code rc = way_of(y->c->node, stamp, y->r.branch, &w, y->e);

	if (rc)
		return rc;
	if (!y->c->json) {
		snprintf(head, sizeof head, "%s%s%s", what, *name ? " " : "",
		    name);
		print_way(y, head, stamp, by, t, &w);
		return OK;
	}
	o = way_json(what, name, stamp, by, t, &w);
	return o && !json_array_append_new(y->list, o) ? OK :
	    err_memory(y->e);
}

static int tell_change(void *arg, const struct touch_row *t)
{
	struct why *y = arg;

	y->rc = tell(y, t->what, t->name, t->stamp, t->by, t);
	return y->rc != OK;
}

static enum err_code tell_all(struct why *y, struct err *e)
{
	json_t *o = NULL;
	const char *by;
	enum err_code rc = record_json(y->c->node->store, y->r.id, y->r.type,
	    false, &o, e);

	if (rc)
		return rc;
	by = json_string_value(json_object_get(o, "by"));
	rc = tell(y, "record", y->r.type->key, y->r.id, by ? by : "", NULL);
	json_decref(o);
	if (!rc)
		rc = touch_changes(y->c->node->store, y->r.id, tell_change, y,
		    e);
	return rc ? rc : y->rc;
}

enum err_code cmd_why(struct context *c, struct err *e)
{
	struct why y = { .c = c, .list = json_array(), .e = e };
	char id[STAMP_DIGITS + 1];
	enum err_code rc;

	rc = record_find(c->node->store, c->argv[0], &y.r, e);
	if (!rc)
		rc = tell_all(&y, e);
	if (!rc && c->json) {
		base32_stamp(id, (uint64_t)y.r.id);
		rc = out_result(c, json_pack("{s:s,s:s,s:s,s:O}", "id", id,
		    "type", y.r.type->key, "branch", y.r.branch, "steps",
		    y.list), e);
	}
	json_decref(y.list);
	return rc;
}
