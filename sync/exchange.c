/* One sync: seal, send, fetch, merge, receipt.
 */
#include <stdlib.h>

#include "access.h"
#include "base/date.h"
#include "base/file.h"
#include "checkpoint.h"
#include "epoch.h"
#include "exchange_impl.h"
#include "lost.h"
#include "mail.h"
#include "share.h"
#include "signer.h"

#define TURN_WAIT_MS 10000

static void add_ingested(struct ingested *to, const struct ingested *s)
{
	to->changesets += s->changesets;
	to->records += s->records;
	to->edits += s->edits;
	to->transitions += s->transitions;
	to->held += s->held;
	to->conflicts += s->conflicts;
	to->enrolled += s->enrolled;
	to->stopped += s->stopped;
	to->bytes += s->bytes;
}

static enum err_code seal(struct exchange *x, struct err *e)
{
	struct sealed s;
	enum err_code rc = seal_all(x->n, &s, e);

	sealed_add(&x->out->sealed, &s);
	return rc;
}

static enum err_code ingest(struct exchange *x, const char *prefix,
    struct err *e)
{
	struct ingested in;
	enum err_code rc = ingest_all(x->n, prefix, &in, e);

	add_ingested(&x->out->in, &in);
	return rc;
}

/* HQ: what it has lost of its own chains, if somebody has handed it back. */
static enum err_code take_lost(struct exchange *x, const char *prefix,
    struct err *e)
{
	struct ingested in;
	enum err_code rc = lost_take(x->n, prefix, x->o->notes, &in, e);

	add_ingested(&x->out->in, &in);
	return rc;
}

/* ---- a branch ---- */

struct siblings {
	struct exchange *x;
	const struct identity *id;
	enum err_code rc;
	struct err *e;
	size_t n;
};

/* All of a sibling's chains: its epochs are not known beforehand. */
static int each_sibling(void *arg, const struct roster_row *r)
{
	struct siblings *s = arg;
	char head[80];

	if (strcmp(r->branch, s->id->branch) != 0 ||
	    strcmp(r->code, s->id->code) == 0 || strcmp(r->kind, "hq") == 0)
		return 0;
	s->n++;
	snprintf(head, sizeof head, "refs/heads/node/%s/*", r->code);
	s->rc = exchange_want(s->x, head, s->e);
	return s->rc != OK;
}

/* Ask for the chains of the other nodes of this branch that the roster
 * knows; *n: how many nodes. */
static enum err_code want_siblings(struct exchange *x, size_t *n,
    struct err *e)
{
	struct siblings s = { .x = x, .id = store_identity(x->n->store),
		.e = e };
	enum err_code rc = roster_each(x->n->store, each_sibling, &s, e);

	*n = s.n;
	return rc ? rc : s.rc;
}

/* An auditor reads every chain that is sent anywhere. */
static enum err_code want_all(struct exchange *x, struct err *e)
{
	enum err_code rc;

	x->nspec = 0;
	rc = exchange_want_mail(x, e);
	if (!rc)
		rc = exchange_want(x, "refs/heads/hq/*", e);
	if (!rc)
		rc = exchange_want(x, "refs/heads/past/hq/*", e);
	return rc ? rc : exchange_want(x, "refs/heads/node/*", e);
}

/* Our files' chains: not to read them, but to know how far they are there. */
static enum err_code want_files(struct exchange *x, struct err *e)
{
	const struct identity *id = store_identity(x->n->store);
	struct positions ps = {0};
	char ref[80];
	enum err_code rc = positions_load(x->n->store, &ps, e);

	for (size_t i = 0; !rc && i < ps.n; i++) {
		const char *code = chain_file_code(ps.p[i].chain);

		if (!code || strcmp(code, id->code) != 0)
			continue;
		chain_ref(ps.p[i].chain, ps.p[i].epoch, ref);
		rc = exchange_want(x, ref, e);
	}
	positions_release(&ps);
	return rc;
}

static enum err_code fetch_known(struct exchange *x, size_t *siblings,
    struct err *e)
{
	const struct identity *id = store_identity(x->n->store);
	char chain[CHAIN_NAME], ref[80];
	enum err_code rc;

	rc = exchange_want(x, "refs/heads/hq/all", e);
	if (!rc)
		rc = exchange_want(x, "refs/heads/past/hq/all/*", e);
	if (!rc)
		rc = exchange_want_mail(x, e);
	snprintf(chain, sizeof chain, "hq/%s", id->branch);
	chain_ref(chain, id->epoch, ref);
	if (!rc)
		rc = exchange_want(x, ref, e);
	snprintf(ref, sizeof ref, "refs/heads/past/hq/%s/*", id->branch);
	if (!rc)
		rc = exchange_want(x, ref, e);
	/* our own in all epochs: another copy of this store may be at work */
	snprintf(ref, sizeof ref, "refs/heads/node/%s/*", id->code);
	if (!rc)
		rc = exchange_want(x, ref, e);
	if (!rc)
		rc = exchange_want_lost(x, id->code, e);
	if (!rc)
		rc = want_files(x, e);
	if (!rc)
		rc = id->auditor ? want_all(x, e) :
		    want_siblings(x, siblings, e);
	return rc ? rc : exchange_fetch(x, e);
}

/* The roster has just named nodes of this branch: their chains come too. */
static enum err_code fetch_new(struct exchange *x, const char *prefix,
    size_t known, size_t stopped, struct err *e)
{
	size_t now = 0;
	enum err_code rc;

	rc = store_identity(x->n->store)->auditor ? OK :
	    want_siblings(x, &now, e);
	if (rc || now == known) {
		x->nspec = 0;
		return rc;
	}
	rc = exchange_fetch(x, e);
	x->out->in.stopped = stopped;	/* they would be counted twice */
	return rc ? rc : ingest(x, prefix, e);
}

/* What another life of this store has written is taken back; what nobody
 * would take is to go out again. */
static enum err_code settle_lives(struct exchange *x, bool *push,
    struct err *e)
{
	bool again = false;
	enum err_code rc;

	rc = epoch_settle(x->n, x->remote->name, &again, e);
	*push |= again;
	return rc || !again ? rc : seal(x, e);
}

/* Attachments' bytes, when nothing else is left to do. */
static enum err_code files(struct exchange *x, const char *prefix,
    size_t stopped, struct err *e)
{
	struct err other;	/* the first is the one to tell */
	bool came = false;
	enum err_code rc, late = OK;

	rc = exchange_push_files(x, e);
	if (!rc)
		rc = exchange_fetch_files(x, &came, e);
	if (came) {
		x->out->in.stopped = stopped;
		late = ingest(x, prefix, rc ? &other : e);
	}
	return rc ? rc : late;
}

/* Keys of sensitive values: what came, and what is to be asked for now.
 * *push: a letter is to go out. */
static enum err_code letters(struct exchange *x, bool *push, struct err *e)
{
	bool due = false;
	enum err_code rc = mail_take(x->n, x->remote->name, e);

	if (!rc)
		rc = mail_write(x->n, e);
	if (!rc)
		rc = mail_due(x->n, x->remote->name, &due, e);
	*push |= due;
	return rc;
}

/* What was entered here goes first: a link that lasts only so long carries
 * that before anything else. */
static enum err_code branch_sync(struct exchange *x, struct err *e)
{
	char prefix[sizeof TRACKING + sizeof x->remote->name + 1];
	size_t siblings = 0, stopped = x->out->in.stopped;
	/* a stick is read first: no link breaks there, and with the receipts
	 * on it less needs to be written */
	bool by_hand = exchange_by_hand(x);
	bool refused;
	enum err_code rc;

	snprintf(prefix, sizeof prefix, TRACKING "%s/", x->remote->name);
	/* the repository may be newer than a store that was put back */
	rc = ingest(x, "refs/heads/", e);
	if (!rc)
		rc = mail_write(x->n, e);
	if (!rc && !by_hand)
		rc = exchange_push(x, false, e);
	refused = rc == ERR_CHAIN;	/* tried again once that is settled */
	if (!rc || refused)
		rc = fetch_known(x, &siblings, e);
	if (!rc)
		rc = settle_lives(x, &refused, e);
	if (!rc)
		rc = ingest(x, prefix, e);
	if (!rc)
		rc = fetch_new(x, prefix, siblings, stopped, e);
	if (!rc)	/* what the receipts that came say */
		rc = settle_lives(x, &refused, e);
	if (!rc)
		rc = letters(x, &refused, e);
	if (!rc && (by_hand || refused))
		rc = exchange_push(x, by_hand, e);
	if (!rc && !by_hand)
		rc = exchange_push_lost(x, e);
	return rc ? rc : files(x, prefix, stopped, e);
}

/* ---- headquarters ---- */

/* Receipts and the like are sealed, then where all chains stand now. */
static enum err_code answer(struct exchange *x, struct err *e)
{
	struct sealed s = {0};
	enum err_code rc = share_spread(x->n, e);

	if (!rc)
		rc = mail_answer(x->n, e);
	if (!rc)
		rc = checkpoint_make(x->n, false, &s, e);

	sealed_add(&x->out->sealed, &s);
	return rc;
}

/* Its own repository: merge what branches pushed, then answer. */
static enum err_code hq_own(struct exchange *x, struct err *e)
{
	enum err_code rc = take_lost(x, "refs/", e);

	if (!rc)
		rc = ingest(x, "refs/heads/", e);
	if (!rc)
		rc = mail_collect(x->n, NULL, x->out->in.changesets > 0, e);
	return rc ? rc : answer(x, e);
}

/* A remote between: fetch every node's chain, merge, push the answers. */
static enum err_code hq_remote(struct exchange *x, struct err *e)
{
	char prefix[sizeof TRACKING + sizeof x->remote->name + 1];
	size_t stopped = x->out->in.stopped;
	enum err_code rc;

	snprintf(prefix, sizeof prefix, TRACKING "%s/", x->remote->name);
	rc = exchange_want(x, "refs/heads/node/*", e);
	if (!rc)
		rc = exchange_want_lost(x, NULL, e);
	if (!rc)
		rc = exchange_want_mail(x, e);
	if (!rc)
		rc = exchange_fetch(x, e);
	if (!rc)
		rc = take_lost(x, prefix, e);
	if (!rc)
		rc = ingest(x, prefix, e);
	if (!rc)
		rc = mail_collect(x->n, x->remote->name,
		    x->out->in.changesets > 0, e);
	if (!rc)
		rc = answer(x, e);
	if (!rc)
		rc = exchange_push(x, false, e);
	return rc ? rc : files(x, prefix, stopped, e);
}

/* ---- all remotes ---- */

struct remotes {
	struct remote_row *r;
	size_t n;
	bool failed;
};

static int add_remote(void *arg, const struct remote_row *r)
{
	struct remotes *rs = arg;
	struct remote_row *more = reallocarray(rs->r, rs->n + 1, sizeof *more);

	if (!more) {
		rs->failed = true;
		return 1;
	}
	rs->r = more;
	rs->r[rs->n++] = *r;
	return 0;
}

static enum err_code pick_remotes(struct exchange *x, struct remotes *rs,
    struct err *e)
{
	struct remote_row one;
	enum err_code rc;

	if (x->o->remote) {
		rc = remote_get(x->n->store, x->o->remote, &one, e);
		if (!rc && add_remote(rs, &one))
			rc = err_memory(e);
		return rc;
	}
	rc = remote_each(x->n->store, add_remote, rs, e);
	if (!rc && rs->failed)
		return err_memory(e);
	if (rc || rs->n || store_identity(x->n->store)->hq)
		return rc;
	err_set(e, ERR_NOT_FOUND, _("this node has no remote to sync with"));
	return err_hint(e, _("'wellhead remote add hq URL' names one"));
}

/* Leave out the remotes whose window is closed. */
static enum err_code drop_closed(struct exchange *x, struct remotes *rs,
    struct err *e)
{
	size_t n = rs->n, i;
	enum err_code rc = OK;
	bool open = true;

	rs->n = 0;
	for (i = 0; !rc && i < n; i++) {
		rc = exchange_open(x, &rs->r[i], &open, e);
		if (open)
			rs->r[rs->n++] = rs->r[i];
	}
	if (rc || rs->n || !n)
		return rc;
	err_set(e, ERR_WINDOW, _("it is outside the hours in which %s is "
	    "used"), rs->r[0].name);
	return err_hint(e, _("“wellhead sync %s --now” syncs all the same"),
	    rs->r[0].name);
}

/* A stick that is not in, and was not asked for by name. */
static bool is_away(const struct exchange *x, enum err_code rc)
{
	return rc == ERR_OFFLINE && !x->o->remote && x->n->store &&
	    exchange_by_hand(x);
}

/* One remote's failure does not keep the others waiting; the first is told. */
static enum err_code each_remote(struct exchange *x, const struct remotes *rs,
    struct err *e)
{
	bool hq = store_identity(x->n->store)->hq;
	bool done = hq && !x->o->remote;	/* something was exchanged */
	struct err away = {0};
	enum err_code first = OK;

	for (size_t i = 0; i < rs->n; i++) {
		struct err one = {0};
		enum err_code rc;

		x->remote = &rs->r[i];
		rc = hq ? hq_remote(x, &one) : branch_sync(x, &one);
		rc = exchange_unsent(x, rc, &one);
		done |= !rc;
		if (is_away(x, rc)) {
			away = one;
		} else if (rc && !first) {
			*e = one;
			first = rc;
		}
		if (rc == ERR_INTERRUPTED || !x->n->store)
			break;
	}
	if (first || !away.code)
		return first;
	if (done && x->o->notes)
		buf_printf(x->o->notes, "%s\n", away.detail);
	if (!done)
		*e = away;
	return done ? OK : away.code;
}

/* A key may have been revoked: what it has lost is taken out. */
static enum err_code settle(struct exchange *x, struct err *e)
{
	bool rebuilt;
	enum err_code rc;

	if (!x->n->store)
		return OK;
	rc = signer_settle(x->n, &rebuilt, e);
	if (!rc && rebuilt && x->o->notes)
		buf_printf(x->o->notes, "%s\n", _("headquarters has revoked "
		    "a key: what was sealed with it afterwards was taken out "
		    "of this store"));
	return rc;
}

/* While bytes move the node is free, but not for a second sync. */
static enum err_code take_turn(const struct node *n, int *lock,
    struct err *e)
{
	char *path = path_join(n->dir, "sync.lock");
	enum err_code rc = path ? lock_take(path, TURN_WAIT_MS, lock, e) :
	    err_memory(e);

	free(path);
	return rc;
}

enum err_code sync_run(struct node *n, const struct sync_options *o,
    struct synced *out, struct err *e)
{
	struct exchange x = { .n = n, .o = o, .out = out };
	struct remotes rs = {0};
	struct err other;	/* the first is the one to tell */
	int turn = -1;
	enum err_code rc, late;

	*out = (struct synced){0};
	if (o->deadline_s > 0)
		x.until_ms = clock_ms() + (int64_t)o->deadline_s * 1000;
	rc = take_turn(n, &turn, e);
	if (rc)
		return rc;
	rc = access_key_refresh(n, e);
	if (!rc)
		rc = pick_remotes(&x, &rs, e);
	if (!rc)
		rc = drop_closed(&x, &rs, e);
	if (!rc)
		rc = seal(&x, e);
	if (!rc && store_identity(n->store)->hq && !o->remote)
		rc = hq_own(&x, e);
	if (!rc)
		rc = each_remote(&x, &rs, e);
	late = settle(&x, rc ? &other : e);
	node_tidy(n);
	lock_release(&turn);
	free(x.spec);
	free(rs.r);
	return rc ? rc : late;
}
