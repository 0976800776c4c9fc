/* One sync: seal, send, fetch, merge, receipt.
 */
#include <stdlib.h>

#include "base/date.h"
#include "chain_impl.h"
#include "checkpoint.h"
#include "transport.h"

#define TRACKING "refs/remotes/"

struct exchange {
	struct node *n;
	const struct sync_options *o;
	struct synced *out;
	int64_t until_ms;		/* 0: no deadline of the caller's */
	const struct remote_row *remote;
	struct refspec *spec;
	size_t nspec, cap;
};

static void add_sealed(struct sealed *to, const struct sealed *s)
{
	to->changesets += s->changesets;
	to->records += s->records;
	to->edits += s->edits;
	to->transitions += s->transitions;
	to->bytes += s->bytes;
	to->raw_bytes += s->raw_bytes;
}

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

	add_sealed(&x->out->sealed, &s);
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

/* ---- moving refs ---- */

static enum err_code limits(const struct exchange *x, struct transfer *t,
    struct err *e)
{
	int64_t left = x->until_ms - clock_ms();

	*t = (struct transfer){ .progress = x->o->progress,
		.arg = x->o->arg, .dir = x->n->dir };
	if (!x->until_ms)
		return OK;
	if (left <= 0)
		return err_set(e, ERR_DEADLINE, _("the time given for this "
		    "sync is over"));
	t->deadline_s = (int)((left + 999) / 1000);
	return OK;
}

static void add_moved(struct exchange *x, const struct transfer *t)
{
	x->out->sent += t->sent;
	x->out->received += t->received;
}

static enum err_code want(struct exchange *x, const char *from,
    const char *to, bool force, struct err *e)
{
	struct refspec *s;

	if (x->nspec == x->cap) {
		size_t cap = x->cap ? 2 * x->cap : 8;

		s = reallocarray(x->spec, cap, sizeof *s);
		if (!s)
			return err_memory(e);
		x->spec = s;
		x->cap = cap;
	}
	s = &x->spec[x->nspec++];
	snprintf(s->from, sizeof s->from, "%s", from);
	snprintf(s->to, sizeof s->to, "%s", to);
	s->force = force;
	return OK;
}

/* Where refs/heads/X of the remote stands here. */
static void tracking(const struct exchange *x, const char *head,
    char to[120])
{
	snprintf(to, 120, TRACKING "%s/%.60s", x->remote->name,
	    head + strlen("refs/heads/"));
}

/* refs/heads/X there to refs/remotes/<name>/X here. A rewound ref is taken
 * as it is: ingest must see it to refuse it. */
static enum err_code want_fetch(struct exchange *x, const char *head,
    struct err *e)
{
	char to[120];

	tracking(x, head, to);
	return want(x, head, to, true, e);
}

static enum err_code fetch(struct exchange *x, struct err *e)
{
	struct transfer t;
	enum err_code rc = OK;

	if (x->nspec)
		rc = limits(x, &t, e);
	if (x->nspec && !rc) {
		rc = transport_fetch(repo_path(x->n->repo), x->remote->url,
		    x->spec, x->nspec, &t, e);
		add_moved(x, &t);
	}
	x->nspec = 0;
	if (rc)
		err_in(e, _("fetching from %s"), x->remote->name);
	return rc;
}

/* ---- our own chains ---- */

static enum err_code restored(const struct position *p, struct err *e)
{
	err_set(e, ERR_CHAIN, _("the remote's copy of %s is not the "
	    "beginning of ours: this store was restored from an older copy, "
	    "or another machine uses the same node"), p->chain);
	return err_hint(e, _("enter nothing more here and tell "
	    "headquarters; what is in this store is kept"));
}

/* hq/HQ holds what concerns headquarters alone: it is not sent anywhere. */
static bool is_sent(const struct identity *id, const struct position *p)
{
	return p->seq && chain_is_own(id, p->chain, p->epoch) &&
	    strcmp(p->chain, "hq/HQ") != 0;
}

static enum err_code push_specs(struct exchange *x,
    const struct positions *ps, bool all, struct err *e)
{
	const struct identity *id = store_identity(x->n->store);
	enum err_code rc = OK;
	char ref[80];

	for (size_t i = 0; !rc && i < ps->n; i++) {
		const struct position *p = &ps->p[i];
		int64_t sent = 0;

		if (!is_sent(id, p))
			continue;
		rc = sent_get(x->n->store, x->remote->name, p->chain,
		    p->epoch, &sent, e);
		if (rc || (sent >= p->seq && !all))
			continue;
		chain_ref(p->chain, p->epoch, ref);
		rc = want(x, ref, ref, false, e);
		if (sent < p->seq)
			x->out->pushed += (size_t)(p->seq - sent);
	}
	return rc;
}

static enum err_code note_sent(struct exchange *x, const struct positions *ps,
    struct err *e)
{
	const struct identity *id = store_identity(x->n->store);
	enum err_code rc = store_begin(x->n->store, e);

	if (rc)
		return rc;
	for (size_t i = 0; !rc && i < ps->n; i++)
		if (is_sent(id, &ps->p[i]))
			rc = sent_set(x->n->store, x->remote->name,
			    ps->p[i].chain, ps->p[i].epoch, ps->p[i].seq, e);
	if (!rc)
		rc = store_commit(x->n->store, e);
	if (rc)
		store_rollback(x->n->store);
	return rc;
}

/* Send our chains: what the remote is not known to have, or all of it. */
static enum err_code push(struct exchange *x, bool all, struct err *e)
{
	struct positions ps = {0};
	struct transfer t;
	size_t before = x->out->pushed;
	enum err_code rc;

	rc = positions_load(x->n->store, &ps, e);
	if (!rc)
		rc = push_specs(x, &ps, all, e);
	if (rc || x->nspec == 0)
		goto done;
	rc = limits(x, &t, e);
	if (!rc) {
		rc = transport_push(repo_path(x->n->repo), x->remote->url,
		    x->spec, x->nspec, &t, e);
		add_moved(x, &t);
	}
	if (!rc)
		rc = note_sent(x, &ps, e);
	else
		x->out->pushed = before;
	if (rc)
		err_in(e, _("sending to %s"), x->remote->name);
done:
	x->nspec = 0;
	positions_release(&ps);
	return rc;
}

/* After a fetch: is what the remote has of our chain a part of it? *behind:
 * it lacks something that we believed it had. */
static enum err_code check_own(struct exchange *x, bool *behind,
    struct err *e)
{
	const struct identity *id = store_identity(x->n->store);
	struct position p;
	struct link l = {0};
	char chain[CHAIN_NAME], head[80], ref[120];
	char at[OID_HEX] = "", ours[OID_HEX] = "";
	enum err_code rc;

	*behind = false;
	snprintf(chain, sizeof chain, "node/%s", id->code);
	chain_ref(chain, id->epoch, head);
	tracking(x, head, ref);
	rc = position_get(x->n->store, chain, id->epoch, &p, e);
	if (!rc)
		rc = repo_ref_get(x->n->repo, ref, at, e);
	if (rc || !at[0] || strcmp(at, p.commit) == 0)
		goto done;
	rc = link_open(x->n, at, &l, e);
	if (!rc)
		rc = link_find(x->n, chain, id->epoch, l.h.seq, ours, e);
	*behind = !rc && strcmp(ours, at) == 0;
	if (!*behind && rc != ERR_MEMORY && rc != ERR_IO)
		rc = restored(&p, e);
done:
	link_release(&l);
	return rc;
}

/* ---- a branch ---- */

struct siblings {
	struct exchange *x;
	const struct identity *id;
	const char *list;
	enum err_code rc;
	struct err *e;
	size_t n;
};

/* Every ref of this sibling in the remote's list ("oid name\n" lines). */
static enum err_code want_listed(struct siblings *s, const char *code)
{
	char prefix[48], name[120];
	size_t n = (size_t)snprintf(prefix, sizeof prefix,
	    " refs/heads/node/%s/", code);
	enum err_code rc = OK;

	for (const char *at = strstr(s->list, prefix); at && !rc;
	    at = strstr(at + n, prefix)) {
		size_t len = strcspn(at + 1, "\n");

		if (len >= sizeof name || len != n - 1 + 8)
			continue;
		snprintf(name, sizeof name, "%.*s", (int)len, at + 1);
		rc = want_fetch(s->x, name, s->e);
	}
	return rc;
}

static int each_sibling(void *arg, const struct roster_row *r)
{
	struct siblings *s = arg;

	if (strcmp(r->branch, s->id->branch) != 0 ||
	    strcmp(r->code, s->id->code) == 0 || strcmp(r->kind, "hq") == 0)
		return 0;
	s->n++;
	if (s->list)
		s->rc = want_listed(s, r->code);
	return s->rc != OK;
}

/* Chains of the other nodes of this branch. Their epochs are not known
 * beforehand, so the remote is asked for its list, but only if the roster
 * has such nodes. */
static enum err_code fetch_siblings(struct exchange *x, bool *more,
    struct err *e)
{
	struct siblings s = { .x = x, .id = store_identity(x->n->store),
		.e = e };
	struct buf list = BUF_INIT;
	struct transfer t;
	enum err_code rc;

	rc = roster_each(x->n->store, each_sibling, &s, e);
	*more = s.n > 0;
	if (rc || !*more)
		return rc;
	rc = limits(x, &t, e);
	if (rc)
		return rc;
	rc = transport_list(x->remote->url, &t, &list, e);
	add_moved(x, &t);
	if (!rc) {
		s.list = list.p ? (const char *)list.p : "";
		rc = roster_each(x->n->store, each_sibling, &s, e);
	}
	if (!rc)
		rc = s.rc;
	if (!rc)
		rc = fetch(x, e);
	buf_release(&list);
	return rc;
}

static enum err_code fetch_hq(struct exchange *x, struct err *e)
{
	const struct identity *id = store_identity(x->n->store);
	char chain[CHAIN_NAME], ref[80];
	enum err_code rc;

	rc = want_fetch(x, "refs/heads/hq/all", e);
	snprintf(chain, sizeof chain, "hq/%s", id->branch);
	chain_ref(chain, id->epoch, ref);
	if (!rc)
		rc = want_fetch(x, ref, e);
	snprintf(chain, sizeof chain, "node/%s", id->code);
	chain_ref(chain, id->epoch, ref);
	if (!rc)
		rc = want_fetch(x, ref, e);
	return rc ? rc : fetch(x, e);
}

/* What was entered here goes first: a link that lasts only so long carries
 * that before anything else. */
static enum err_code branch_sync(struct exchange *x, struct err *e)
{
	char prefix[sizeof TRACKING + sizeof x->remote->name + 1];
	size_t stopped;
	bool behind = false, more = false;
	enum err_code rc;

	snprintf(prefix, sizeof prefix, TRACKING "%s/", x->remote->name);
	stopped = x->out->in.stopped;
	rc = push(x, false, e);
	if (!rc)
		rc = fetch_hq(x, e);
	if (!rc)
		rc = check_own(x, &behind, e);
	if (!rc && behind)
		rc = push(x, true, e);
	if (!rc)
		rc = ingest(x, prefix, e);
	if (!rc)
		rc = fetch_siblings(x, &more, e);
	if (rc || !more)
		return rc;
	x->out->in.stopped = stopped;	/* they would be counted twice */
	return ingest(x, prefix, e);
}

/* ---- headquarters ---- */

/* Receipts and the like are sealed, then where all chains stand now. */
static enum err_code answer(struct exchange *x, struct err *e)
{
	struct sealed s = {0};
	enum err_code rc = checkpoint_make(x->n, false, &s, e);

	add_sealed(&x->out->sealed, &s);
	return rc;
}

/* Its own repository: merge what branches pushed, then answer. */
static enum err_code hq_own(struct exchange *x, struct err *e)
{
	enum err_code rc = ingest(x, "refs/heads/", e);

	return rc ? rc : answer(x, e);
}

/* A remote between: fetch every node's chain, merge, push the answers. */
static enum err_code hq_remote(struct exchange *x, struct err *e)
{
	char prefix[sizeof TRACKING + sizeof x->remote->name + 1];
	char chain[CHAIN_NAME], epoch8[9], ref[120];
	struct buf list = BUF_INIT;
	struct transfer t;
	enum err_code rc;

	rc = limits(x, &t, e);
	if (rc)
		return rc;
	rc = transport_list(x->remote->url, &t, &list, e);
	add_moved(x, &t);
	for (const char *at = (const char *)list.p; !rc && at && *at;
	    at = strchr(at, '\n') + 1) {
		const char *name = at + strcspn(at, " \n");
		size_t len = strcspn(name, "\n");

		if (!strchr(at, '\n'))
			break;
		if (*name != ' ' || len < 2 || len > sizeof ref)
			continue;
		snprintf(ref, sizeof ref, "%.*s", (int)len - 1, name + 1);
		if (chain_of_ref(ref, "refs/heads/", chain, epoch8) &&
		    chain_node_code(chain))
			rc = want_fetch(x, ref, e);
	}
	buf_release(&list);
	snprintf(prefix, sizeof prefix, TRACKING "%s/", x->remote->name);
	if (!rc)
		rc = fetch(x, e);
	if (!rc)
		rc = ingest(x, prefix, e);
	if (!rc)
		rc = answer(x, e);
	return rc ? rc : push(x, false, e);
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

/* One remote's failure does not keep the others waiting; the first is told. */
static enum err_code each_remote(struct exchange *x, const struct remotes *rs,
    struct err *e)
{
	bool hq = store_identity(x->n->store)->hq;
	enum err_code first = OK;

	for (size_t i = 0; i < rs->n; i++) {
		struct err one = {0};
		enum err_code rc;

		x->remote = &rs->r[i];
		rc = hq ? hq_remote(x, &one) : branch_sync(x, &one);
		if (rc && !first) {
			*e = one;
			first = rc;
		}
		if (rc == ERR_INTERRUPTED)
			break;
	}
	return first;
}

enum err_code sync_run(struct node *n, const struct sync_options *o,
    struct synced *out, struct err *e)
{
	struct exchange x = { .n = n, .o = o, .out = out };
	struct remotes rs = {0};
	enum err_code rc;

	*out = (struct synced){0};
	if (o->deadline_s > 0)
		x.until_ms = clock_ms() + (int64_t)o->deadline_s * 1000;
	rc = pick_remotes(&x, &rs, e);
	if (!rc)
		rc = seal(&x, e);
	if (!rc && store_identity(n->store)->hq && !o->remote)
		rc = hq_own(&x, e);
	if (!rc)
		rc = each_remote(&x, &rs, e);
	free(x.spec);
	free(rs.r);
	return rc;
}
