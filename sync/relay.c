#include "relay.h"

#include <stdlib.h>

#include "base/date.h"
#include "base/list.h"
#include "courier.h"
#include "exchange_impl.h"
#include "lost.h"
#include "mail.h"
#include "receive.h"
#include "relay_mail.h"

#define HEADS "refs/heads/"
#define ZERO "0000000000000000000000000000000000000000"

#define PAST "past/"

/* One chain: where it stands on either side, and verified here. */
struct stretch {
	char name[100];	/* "node/TC/1a2b3c4d", "hq/TC", "past/hq/TC/..." */
	char at[2][OID_HEX], good[OID_HEX];
	bool bad[2];			/* what came from there stays there */
	bool old[2];			/* an epoch that has ended is there */
	bool down;			/* of a branch that is below */
};

struct relay {
	struct node *n;
	const struct relay_options *o;
	struct relayed *out;
	struct remote_row side[2];	/* below, above */
	struct stretch *s;
	size_t ns, cap;
	int adding;
	bool failed;
};

/* ---- both sides ---- */

static void start(struct relay *r, int side, struct exchange *x,
    struct sync_options *o, struct synced *counts)
{
	*o = (struct sync_options){ .deadline_s = r->o->deadline_s,
		.now = true, .progress = r->o->progress, .arg = r->o->arg,
		.notes = r->o->notes };
	*counts = (struct synced){0};
	*x = (struct exchange){ .n = r->n, .o = o, .out = counts,
		.remote = &r->side[side] };
	if (o->deadline_s > 0)
		x->until_ms = clock_ms() + (int64_t)o->deadline_s * 1000;
}

static void finish(struct relay *r, struct exchange *x)
{
	r->out->sent += x->out->sent;
	r->out->received += x->out->received;
	free(x->spec);
}

static enum err_code fetch(struct relay *r, int side, struct err *e)
{
	static const char *const all[] = { HEADS "node/*", HEADS "file/*",
		HEADS "hq/*", HEADS PAST "hq/*" };
	struct sync_options o;
	struct synced counts;
	struct exchange x;
	enum err_code rc = OK;

	start(r, side, &x, &o, &counts);
	for (size_t i = 0; !rc && i < sizeof all / sizeof *all; i++)
		rc = exchange_want(&x, all[i], e);
	if (!rc)
		rc = exchange_want_letters(&x, side ? "hq/" : "", e);
	if (!rc)
		rc = exchange_fetch(&x, e);
	finish(r, &x);
	return rc;
}

static struct stretch *stretch_of(struct relay *r, const char *name)
{
	struct stretch *more;

	for (size_t i = 0; i < r->ns; i++)
		if (strcmp(r->s[i].name, name) == 0)
			return &r->s[i];
	more = list_grow(r->s, r->ns, &r->cap, sizeof *more);
	r->failed |= !more;
	if (!more)
		return NULL;
	r->s = more;
	more += r->ns++;
	*more = (struct stretch){ .down = false };
	snprintf(more->name, sizeof more->name, "%s", name);
	return more;
}

static int add_ref(void *arg, const char *name, const char *oid)
{
	struct relay *r = arg;
	size_t n = sizeof TRACKING + strlen(r->side[r->adding].name);
	struct stretch *s;

	if (strlen(name) <= n || strlen(name) - n >= sizeof s->name ||
	    strcmp(name + n, "hq/HQ") == 0 ||
	    strncmp(name + n, PAST "hq/HQ/", sizeof PAST + 5) == 0 ||
	    strncmp(name + n, "mail/", 5) == 0)
		return 0;
	s = stretch_of(r, name + n);
	if (s)
		snprintf(s->at[r->adding], OID_HEX, "%s", oid);
	return r->failed;
}

static enum err_code list(struct relay *r, int side, struct err *e)
{
	char prefix[sizeof TRACKING + sizeof r->side->name + 1];
	enum err_code rc;

	r->adding = side;
	snprintf(prefix, sizeof prefix, TRACKING "%s/", r->side[side].name);
	rc = repo_ref_each(r->n->repo, prefix, add_ref, r, e);
	return !rc && r->failed ? err_memory(e) : rc;
}

/* ---- verifying ---- */

static int64_t seq_of(struct relay *r, const char *commit)
{
	struct link l = {0};
	struct err ignored;
	int64_t seq = 0;

	if (commit[0] && !link_open(r->n, commit, &l, &ignored))
		seq = l.h.seq;
	link_release(&l);
	return seq;
}

/* One bad chain does not hold up the others. */
static void refuse(struct relay *r, struct stretch *s, int side,
    const char *why)
{
	s->bad[side] = true;
	r->out->refused++;
	if (r->o->notes)
		buf_printf(r->o->notes, "%s: %s: %s\n", r->side[side].name,
		    s->name, why);
}

/* Of an epoch of headquarters that has ended? */
static bool is_past(const char *name)
{
	return strncmp(name, PAST, sizeof PAST - 1) == 0;
}

static bool is_hq(const char *name)
{
	return strncmp(is_past(name) ? name + sizeof PAST - 1 : name, "hq/",
	    3) == 0;
}

static void epoch_of(struct relay *r, const char *commit, char out[33])
{
	struct link l = {0};
	struct err ignored;

	out[0] = '\0';
	if (commit[0] && !link_open(r->n, commit, &l, &ignored))
		memcpy(out, l.h.epoch, sizeof l.h.epoch);
	link_release(&l);
}

/* Does the chain that ends at tip go through this commit? */
static bool leads(struct relay *r, const char *tip, const char *commit)
{
	struct position at = { .seq = 1 };
	struct buf list = BUF_INIT;
	struct err ignored;
	bool yes;

	memcpy(at.commit, commit, OID_HEX);
	yes = strcmp(tip, commit) == 0 ||
	    !chain_commits(r->n, tip, &at, &list, &ignored);
	buf_release(&list);
	return yes;
}

/* What came from one side, from where it was verified last. */
static enum err_code verify(struct relay *r, struct stretch *s, int side,
    struct err *e)
{
	struct receive how = { .relay = true };
	struct buf line = BUF_INIT;
	enum err_code rc, bad = OK;
	struct err why;
	char ref[120];

	snprintf(ref, sizeof ref, RELAY_REFS "%s", s->name);
	buf_printf(&line, "%s %s " HEADS "%s\n", s->good[0] ? s->good : ZERO,
	    s->at[side], s->name);
	rc = buf_ok(&line, e);
	if (!rc)
		bad = receive_check(r->n, &how, slice_buf(&line), &why);
	buf_release(&line);
	if (bad == ERR_MEMORY || bad == ERR_IO) {
		*e = why;
		return bad;
	}
	if (!rc && !bad)
		rc = repo_ref_set(r->n->repo, ref, s->good, s->at[side], e);
	if (!rc && !bad)
		memcpy(s->good, s->at[side], OID_HEX);
	if (rc || !bad)
		return rc;
	refuse(r, s, side, why.detail);
	return OK;
}

/* Two histories of one chain: headquarters settles that, not we. */
static void check_fork(struct relay *r, struct stretch *s, int side)
{
	if (!leads(r, s->good, s->at[side]))
		refuse(r, s, side, _("two histories of this chain go about"));
}

/* ---- headquarters begins again ---- */

static void past_ref(const struct stretch *s, const char *epoch,
    char ref[160])
{
	snprintf(ref, 160, RELAY_REFS PAST "%s/%.8s", s->name, epoch);
}

/* What was good until now, beside the chain that takes its place. */
static enum err_code keep_past(struct relay *r, struct stretch *s,
    const char *epoch, struct err *e)
{
	char ref[160], past[OID_HEX], now[160];
	enum err_code rc;

	past_ref(s, epoch, ref);
	snprintf(now, sizeof now, RELAY_REFS "%s", s->name);
	rc = repo_ref_get(r->n->repo, ref, past, e);
	if (!rc && past[0] && !leads(r, s->good, past))
		rc = evidence_keep(r->n, s->name, s->good, e);
	else if (!rc && strcmp(past, s->good) != 0)
		rc = repo_ref_set(r->n->repo, ref, past, s->good, e);
	return rc ? rc : repo_ref_remove(r->n->repo, now, e);
}

/* The epoch of headquarters that is under way is the one that our own store
 * has taken, by the root key's signature. A chain of it takes the place of
 * the one before; a side that has not heard of it yet is behind. */
static enum err_code follow_hq(struct relay *r, struct stretch *s,
    struct err *e)
{
	char now[33], good[33], there[2][33], ref[160], past[OID_HEX];
	enum err_code rc = hq_epoch_now(r->n, now, e);

	epoch_of(r, s->good, good);
	for (int side = 0; side < 2; side++)
		epoch_of(r, s->at[side], there[side]);
	if (rc || !now[0] || (strcmp(there[0], now) != 0 &&
	    strcmp(there[1], now) != 0 && strcmp(good, now) != 0))
		return rc;
	if (s->good[0] && strcmp(good, now) != 0) {
		rc = keep_past(r, s, good, e);
		s->good[0] = '\0';
	}
	for (int side = 0; !rc && side < 2; side++) {
		if (!there[side][0] || strcmp(there[side], now) == 0)
			continue;
		past_ref(s, there[side], ref);
		rc = repo_ref_get(r->n->repo, ref, past, e);
		s->old[side] = !rc && past[0] && leads(r, past, s->at[side]);
		if (!rc && !s->old[side])
			refuse(r, s, side, _("it is of another epoch of "
			    "headquarters than the one that the roster is "
			    "from"));
	}
	return rc;
}

static enum err_code verify_one(struct relay *r, struct stretch *s,
    struct err *e)
{
	char ref[120];
	enum err_code rc;

	snprintf(ref, sizeof ref, RELAY_REFS "%s", s->name);
	rc = repo_ref_get(r->n->repo, ref, s->good, e);
	if (!rc && is_hq(s->name) && !is_past(s->name))
		rc = follow_hq(r, s, e);
	for (int side = 0; !rc && side < 2; side++)
		if (s->at[side][0] && !s->old[side] && !s->bad[side] &&
		    (!seq_of(r, s->at[side]) ||
		     seq_of(r, s->at[side]) > seq_of(r, s->good)))
			rc = verify(r, s, side, e);
	for (int side = 0; !rc && side < 2; side++)
		if (s->at[side][0] && s->good[0] && !s->bad[side] &&
		    !s->old[side])
			check_fork(r, s, side);
	return rc;
}

/* The epochs that have ended first: the others are held against them. */
static enum err_code verify_all(struct relay *r, struct err *e)
{
	enum err_code rc = OK;

	for (int past = 1; past >= 0; past--)
		for (size_t i = 0; !rc && i < r->ns; i++)
			if (is_past(r->s[i].name) == past)
				rc = verify_one(r, &r->s[i], e);
	return rc;
}

/* ---- what goes where ---- */

static bool is_below(const struct relay *r, const char *code)
{
	for (size_t i = 0; i < r->ns; i++) {
		const char *rest = r->s[i].name;
		size_t n = strlen(code);

		if (strncmp(rest, "node/", 5) == 0 && r->s[i].at[0][0] &&
		    strncmp(rest + 5, code, n) == 0 && rest[5 + n] == '/')
			return true;
	}
	return false;
}

/* Is it hq/<branch>, of whatever epoch? */
static bool concerns(const char *name, const char *branch)
{
	const char *of = strstr(name, "hq/") + 3;
	size_t n = strlen(branch);

	return strncmp(of, branch, n) == 0 && (!of[n] || of[n] == '/');
}

/* The chains of a branch that has a node below go down. */
static int mark_branch(void *arg, const struct roster_row *row)
{
	struct relay *r = arg;

	if (!is_below(r, row->code))
		return 0;
	for (size_t i = 0; i < r->ns; i++)
		if (is_hq(r->s[i].name) &&
		    (concerns(r->s[i].name, row->branch) ||
		     concerns(r->s[i].name, "all")))
			r->s[i].down = true;
	return 0;
}

/* Has headquarters less of an epoch of its own that has ended? Of a stick's
 * other end nothing is known. */
static bool is_lost(struct relay *r, const struct stretch *s)
{
	return is_past(s->name) && s->good[0] && !s->bad[1] &&
	    strncmp(r->side[1].url, "courier:", 8) != 0 &&
	    seq_of(r, s->at[1]) < seq_of(r, s->good);
}

/* Is this chain to be moved on to that side? */
static bool goes(struct relay *r, const struct stretch *s, int side)
{
	bool hq = is_hq(s->name);

	if (!s->good[0] || s->bad[side] || (side == 1 && hq) ||
	    (side == 0 && !(hq ? s->down : s->at[0][0] != '\0')))
		return false;
	return strncmp(r->side[side].url, "courier:", 8) == 0 ||
	    s->old[side] || (strcmp(s->at[side], s->good) != 0 &&
	     seq_of(r, s->at[side]) < seq_of(r, s->good));
}

/* Letters that came from the other side and are for this one. A stick may be
 * another one than last time: it gets all of them. */
static enum err_code load_letters(struct relay *r, int side,
    struct relay_letters *ls, struct err *e)
{
	bool stick = strncmp(r->side[side].url, "courier:", 8) == 0;
	size_t n = 0;
	enum err_code rc;

	rc = relay_letters_load(r->n, r->side[!side].name,
	    stick ? NULL : r->side[side].name, ls, e);
	for (size_t i = 0; i < ls->n; i++) {
		bool hq = strncmp(ls->l[i].name, "hq/", 3) == 0;

		if (hq == !side && (side || is_below(r, ls->l[i].name + 3)))
			ls->l[n++] = ls->l[i];
	}
	ls->n = n;
	return rc;
}

static void fill_specs(struct relay *r, int side,
    const struct relay_letters *ls, struct refspec *spec, size_t *n)
{
	const struct identity *id = store_identity(r->n->store);

	for (size_t i = 0; i < r->ns; i++) {
		const struct stretch *s = &r->s[i];
		bool lost = side == 1 && is_lost(r, s);
		struct refspec *to = &spec[*n];

		if (!lost && !goes(r, s, side))
			continue;
		to->force = lost || s->old[side];
		memcpy(to->base, lost ? s->at[1] : "", lost ? OID_HEX : 1);
		snprintf(to->from, sizeof to->from, RELAY_REFS "%s", s->name);
		snprintf(to->to, sizeof to->to, "%s%.16s%s%.70s",
		    lost ? LOST_REFS : HEADS, lost ? id->code : "",
		    lost ? "/" : "", s->name);
		++*n;
	}
	*(side ? &r->out->up : &r->out->down) += *n;
	for (size_t i = 0; i < ls->n; i++, ++*n) {
		snprintf(spec[*n].to, sizeof spec->to, MAIL_REFS "%s",
		    ls->l[i].name);
		mail_tracking(r->side[!side].name, spec[*n].to,
		    spec[*n].from);
		spec[*n].force = true;
	}
}

static enum err_code push(struct relay *r, int side, struct err *e)
{
	size_t *moved = side ? &r->out->up : &r->out->down, was = *moved;
	struct relay_letters ls = {0};
	struct refspec *spec = NULL;
	struct sync_options o;
	struct synced counts;
	struct exchange x;
	struct transfer t;
	size_t n = 0;
	enum err_code rc = load_letters(r, side, &ls, e);

	if (!rc) {
		spec = calloc(r->ns + ls.n + 1, sizeof *spec);
		rc = spec ? OK : err_memory(e);
	}
	start(r, side, &x, &o, &counts);
	if (!rc && spec)
		fill_specs(r, side, &ls, spec, &n);
	if (n)
		rc = exchange_limits(&x, &t, e);
	if (n && !rc) {
		rc = transport_push(repo_path(r->n->repo), x.remote->url,
		    spec, n, &t, e);
		r->out->sent += t.sent;
		r->out->received += t.received;
	}
	if (rc)
		*moved = was;
	else
		rc = relay_letters_sent(r->n, r->side[side].name, &ls, e);
	finish(r, &x);
	free(spec);
	free(ls.l);
	return rc ? err_in(e, _("sending to %s"), r->side[side].name) : OK;
}

/* ---- a stick ---- */

static int by_file(const void *a, const void *b)
{
	const struct courier_ref *p = a, *q = b;
	int c = strcmp(p->file, q->file);

	return c ? c : strcmp(p->name, q->name);
}

static void fill_ref(struct courier_ref *c, const char *name)
{
	const char *chain = is_past(name) ? name + sizeof PAST - 1 : name;
	const char *code = strchr(chain, '/') + 1;

	snprintf(c->name, sizeof c->name, HEADS "%s", name);
	snprintf(c->from, sizeof c->from, RELAY_REFS "%s", name);
	snprintf(c->file, sizeof c->file, "%s-%.*s",
	    is_hq(name) ? "hq" : "node",
	    (int)strcspn(code, "/"), code);
}

/* To its writers the relay is what they write to: headquarters to a branch,
 * a node to headquarters. */
static enum err_code carry(struct relay *r, int side, struct err *e)
{
	const struct identity *id = store_identity(r->n->store);
	struct relay_letters ls = {0};
	struct courier_ref *ref = NULL;
	struct buf have = BUF_INIT;
	struct courier_put put = { .repo = repo_path(r->n->repo),
		.url = r->side[side].url, .anyone = true };
	struct sync_options o;
	struct synced counts;
	struct exchange x;
	struct transfer t;
	char who[32];
	enum err_code rc = load_letters(r, side, &ls, e);

	if (!rc)
		ref = calloc(r->ns + ls.n + 1, sizeof *ref);
	put.ref = ref;
	snprintf(who, sizeof who, "node-%s", id->code);
	put.who = side ? who : "hq";
	for (size_t i = 0; ref && i < r->ns; i++) {
		const struct stretch *s = &r->s[i];

		/* of an epoch that has ended we may have more than they */
		if (s->good[0] && is_hq(s->name) == (side == 1))
			buf_printf(&have, "%s " HEADS "%s\n",
			    is_past(s->name) && s->at[side][0] ?
			    s->at[side] : s->good, s->name);
		if (goes(r, s, side))
			fill_ref(&ref[put.n++], s->name);
	}
	*(side ? &r->out->up : &r->out->down) += put.n;
	for (size_t i = 0; ref && i < ls.n; i++)
		relay_letter_ref(r->n, r->side[!side].name, &ls.l[i],
		    &ref[put.n++]);
	start(r, side, &x, &o, &counts);
	if (!rc)
		rc = ref ? buf_ok(&have, e) : err_memory(e);
	if (!rc)
		rc = exchange_limits(&x, &t, e);
	if (!rc && ref) {
		qsort(ref, put.n, sizeof *ref, by_file);
		put.have = slice_buf(&have);
		rc = courier_put(&put, &t, e);
		r->out->sent += t.sent;
	}
	finish(r, &x);
	buf_release(&have);
	free(ref);
	free(ls.l);
	return rc ? err_in(e, _("sending to %s"), r->side[side].name) : OK;
}

static enum err_code send(struct relay *r, int side, struct err *e)
{
	return strncmp(r->side[side].url, "courier:", 8) == 0
	    ? carry(r, side, e) : push(r, side, e);
}

/* What came from above is also what this node itself knows: the roster. */
static enum err_code learn(struct relay *r, struct err *e)
{
	char prefix[sizeof TRACKING + sizeof r->side->name + 1];
	struct ingested in;

	snprintf(prefix, sizeof prefix, TRACKING "%s/", r->side[1].name);
	return ingest_all(r->n, prefix, &in, e);
}

enum err_code relay_run(struct node *n, const struct relay_options *o,
    struct relayed *out, struct err *e)
{
	struct relay r = { .n = n, .o = o, .out = out };
	enum err_code rc;

	*out = (struct relayed){0};
	rc = remote_get(n->store, o->below, &r.side[0], e);
	if (!rc)
		rc = remote_get(n->store, o->above, &r.side[1], e);
	if (!rc)
		rc = node_repo(n, e);
	for (int side = 1; !rc && side >= 0; side--)
		rc = fetch(&r, side, e);
	if (!rc)
		rc = learn(&r, e);
	for (int side = 0; !rc && side < 2; side++)
		rc = list(&r, side, e);
	if (!rc)
		rc = verify_all(&r, e);
	if (!rc)
		rc = roster_each(n->store, mark_branch, &r, e);
	for (int side = 1; !rc && side >= 0; side--)
		rc = send(&r, side, e);
	free(r.s);
	return rc;
}
