/* Headquarters takes a node's keys away, from a position in its chain on.
 */
#include <stdlib.h>

#include "base/date.h"
#include "base/text.h"
#include "chain_impl.h"
#include "share.h"
#include "signer.h"

/* ---- what is here ---- */

struct seen {			/* one chain's changesets, in our repository */
	struct node *n;
	const char *code;
	const struct position *p;
	int64_t seq;		/* as far as they verify */
	struct err *e;
	enum err_code rc;
};

/* Is it one of the node's keys, wherever that may sign? */
static bool by_node(struct seen *s, const struct link *l)
{
	unsigned char key[KEY_PUBLIC];
	struct err ignored;
	bool yes = false;

	return !link_signer(l, key, &ignored) &&
	    !signer_has(s->n->store, s->code, key, &yes, &ignored) && yes;
}

static int64_t follow(struct seen *s, const struct buf *list)
{
	struct position at = *s->p;
	char commit[OID_HEX];
	struct link l = {0};
	struct err ignored;

	for (size_t i = 0; i + OID_HEX <= list->n; i += OID_HEX) {
		snprintf(commit, sizeof commit, "%.*s", OID_HEX - 1,
		    (const char *)list->p + i);
		if (link_open(s->n, commit, &l, &ignored) ||
		    link_place(s->n, &l, &at, &ignored) || !by_node(s, &l))
			break;
		at.seq = l.h.seq;
		memcpy(at.commit, l.commit, sizeof at.commit);
		memcpy(at.sha256, l.sha256, sizeof at.sha256);
	}
	link_release(&l);
	return at.seq;
}

/* refs/heads/X and refs/remotes/NAME/X alike. */
static int look_at(void *arg, const char *name, const char *oid)
{
	struct seen *s = arg;
	char chain[CHAIN_NAME], epoch8[9], ref[80];
	struct buf list = BUF_INIT;
	struct err ignored;
	const char *tail;
	int64_t seq;

	chain_ref(s->p->chain, s->p->epoch, ref);
	tail = strstr(name, ref + strlen("refs/heads"));
	if (!tail || tail[strlen(ref + strlen("refs/heads"))] ||
	    strncmp(name, "refs/evidence", 13) == 0 ||
	    !chain_of_ref(ref, "refs/heads/", chain, epoch8))
		return 0;
	if (!chain_commits(s->n, oid, s->p, &list, &ignored)) {
		seq = follow(s, &list);
		if (seq > s->seq)
			s->seq = seq;
	}
	buf_release(&list);
	return 0;
}

/* How much of a chain headquarters has, taken in or waiting to be. */
static enum err_code known_of(struct node *n, const char *code,
    const struct position *p, int64_t *out, struct err *e)
{
	struct seen s = { .n = n, .code = code, .p = p, .seq = p->seq };
	enum err_code rc = repo_ref_each(n->repo, "refs/", look_at, &s, e);

	*out = s.seq;
	return rc;
}

/* ---- the limits ---- */

struct cut {
	struct node *n;
	const struct revocation *r;
	const struct position *newest;	/* that `after` is said of */
	struct positions ps;
	struct keyring keys;
	struct revoked *out;
};

static bool of_code(const struct position *p, const char *code)
{
	return !chain_hq_branch(p->chain) && strlen(p->epoch) == 32 &&
	    strcmp(chain_code(p->chain), code) == 0;
}

static enum err_code pick_epoch(struct cut *c, struct err *e)
{
	const char *epoch8 = c->r->epoch8;

	for (size_t i = 0; i < c->ps.n; i++) {
		const struct position *p = &c->ps.p[i];

		if (!of_code(p, c->r->code) || !chain_node_code(p->chain) ||
		    (epoch8 && strncmp(p->epoch, epoch8, strlen(epoch8)) != 0))
			continue;
		if (!c->newest || p->last > c->newest->last)
			c->newest = p;
	}
	if (c->newest || !epoch8)
		return OK;
	return err_set(e, ERR_NOT_FOUND, _("node %s has no epoch %s here"),
	    c->r->code, epoch8);
}

/* A key that was given up before keeps its own end, and gets no other place
 * to sign at. False: nothing is to be said of it here. */
static bool bounded(const struct limits *l, const unsigned char *key,
    struct limit_row *r)
{
	const struct limit_row *old = NULL;
	bool rotated = false;

	for (size_t i = 0; i < l->n; i++) {
		const struct limit_row *x = &l->row[i];

		if (memcmp(x->key, key, KEY_PUBLIC) != 0 ||
		    strcmp(x->why, "rotate") != 0)
			continue;
		rotated = true;
		if (strcmp(x->chain, r->chain) == 0 &&
		    strcmp(x->epoch, r->epoch) == 0 &&
		    (!old || x->after > old->after))
			old = x;
	}
	if (old && old->after < r->after)
		r->after = old->after;
	if (r->known > r->after)
		r->known = r->after;
	return !rotated || old;
}

/* The end of every key of the node in one of its chains. */
static enum err_code end_keys(struct cut *c, const struct position *p,
    int64_t after, int64_t known, struct err *e)
{
	enum err_code rc = OK;

	for (size_t i = 0; !rc && i < c->keys.nkey; i++) {
		const struct signer_row *k = &c->keys.key[i];
		struct limit_row r = { .after = after, .known = known,
			.why = "revoke" };

		if (strcmp(k->code, c->r->code) != 0)
			continue;
		memcpy(r.key, k->key, sizeof r.key);
		memcpy(r.chain, p->chain, sizeof r.chain);
		memcpy(r.epoch, p->epoch, sizeof r.epoch);
		snprintf(r.reason, sizeof r.reason, "%s", c->r->reason);
		if (r.known > r.after)
			r.known = r.after;
		if (bounded(&c->keys.limits, k->key, &r))
			rc = limit_give(c->n->store, "hq/all", &r, e);
	}
	return rc;
}

/* Had it ended before, by an earlier revocation? */
static bool has_ended(const struct cut *c, const struct position *p)
{
	const struct limits *l = &c->keys.limits;

	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->row[i].why, "revoke") == 0 &&
		    strcmp(l->row[i].chain, p->chain) == 0 &&
		    strcmp(l->row[i].epoch, p->epoch) == 0)
			return true;
	return false;
}

static enum err_code tell_branch(struct cut *c, const struct position *p,
    int64_t stays, int64_t after, struct err *e)
{
	struct receipt_row r = { .from_seq = stays + 1, .to_seq = p->seq,
		.arrived_ms = clock_ms(), .result = "refused" };
	struct roster_row row;
	enum err_code rc;

	if (p->seq <= stays || !chain_node_code(p->chain))
		return OK;
	memcpy(r.chain, p->chain, sizeof r.chain);
	memcpy(r.epoch, p->epoch, sizeof r.epoch);
	snprintf(r.code, sizeof r.code, "%s", err_name(ERR_REVOKED));
	if (stays < after)
		snprintf(r.result, sizeof r.result, "held");
	rc = roster_by_code(c->n->store, c->r->code, &row, e);
	return rc ? rc : receipt_give(c->n, &r, row.branch, e);
}

static enum err_code end_chain(struct cut *c, const struct position *p,
    struct err *e)
{
	int64_t after = p->seq, known = p->seq;
	enum err_code rc = OK;

	if (p == c->newest) {
		after = c->r->after;
		rc = known_of(c->n, c->r->code, p, &known, e);
		if (known > after)
			known = after;
		memcpy(c->out->epoch, p->epoch, sizeof c->out->epoch);
		c->out->had = p->seq;
		c->out->known = known;
	} else if (has_ended(c, p)) {
		return OK;	/* what was said of it stands */
	}
	if (!rc)
		rc = end_keys(c, p, after, known, e);
	return rc ? rc : tell_branch(c, p, known, after, e);
}

/* A node that never sent anything has no chain to end: its keys end
 * everywhere, by a limit of 0 on an epoch that is nobody's. */
static enum err_code end_unknown(struct cut *c, struct err *e)
{
	struct position p = { .seq = 0 };

	snprintf(p.chain, sizeof p.chain, "node/%.16s", c->r->code);
	snprintf(p.epoch, sizeof p.epoch, "%032d", 0);
	return end_keys(c, &p, 0, 0, e);
}

static enum err_code end_all(struct cut *c, struct err *e)
{
	struct roster_row row;
	enum err_code rc = store_begin(c->n->store, e);

	if (rc)
		return rc;
	if (!c->newest)
		rc = end_unknown(c, e);
	for (size_t i = 0; !rc && i < c->ps.n; i++)
		if (of_code(&c->ps.p[i], c->r->code))
			rc = end_chain(c, &c->ps.p[i], e);
	if (!rc)
		rc = roster_by_code(c->n->store, c->r->code, &row, e);
	if (!rc)
		rc = share_renew(c->n, row.branch, e);
	if (!rc)
		rc = store_commit(c->n->store, e);
	if (rc)
		store_rollback(c->n->store);
	return rc;
}

static enum err_code check_wish(struct node *n, const struct revocation *r,
    bool *hq, struct err *e)
{
	const struct identity *id = store_identity(n->store);
	struct roster_row row;
	enum err_code rc;

	if (!id->hq)
		return err_set(e, ERR_ROLE, _("only headquarters takes keys "
		    "away"));
	if (!*r->reason || strlen(r->reason) >= sizeof row.name)
		return err_set(e, ERR_REASON, _("say why in 1 to 200 bytes"));
	rc = roster_by_code(n->store, r->code, &row, e);
	*hq = !rc && strcmp(row.kind, "hq") == 0;
	return rc;
}

enum err_code node_revoke(struct node *n, const struct revocation *r,
    struct revoked *out, struct err *e)
{
	struct cut c = { .n = n, .r = r, .out = out };
	struct sealed sealed;
	enum err_code rc;

	*out = (struct revoked){0};
	rc = check_wish(n, r, &out->hq, e);
	if (!rc && out->hq)
		return revoke_hq(n, r->reason, e);
	if (!rc)
		rc = node_repo(n, e);
	if (!rc)
		rc = positions_load(n->store, &c.ps, e);
	if (!rc)
		rc = keyring_load(&c.keys, n->store, e);
	if (!rc)
		rc = pick_epoch(&c, e);
	if (!rc)
		rc = end_all(&c, e);
	if (!rc)
		rc = seal_all(n, &sealed, e);
	if (!rc)
		rc = signer_settle(n, &out->rebuilt, e);
	keyring_release(&c.keys);
	positions_release(&c.ps);
	return rc;
}

/* ---- what follows from it ---- */

/* The last changeset of a chain that any key of its node may sign. */
static int64_t reach(const struct keyring *k, const struct position *p)
{
	const char *code = chain_code(p->chain);
	const struct limits *l = &k->limits;
	int64_t most = 0;
	bool any = false;

	for (size_t i = 0; i < k->nkey; i++) {
		const struct limit_row *h;

		if (strcmp(k->key[i].code, code) != 0)
			continue;
		any = true;
		if (signer_judge(l->row, l->n, k->key[i].key, p->chain,
		    p->epoch, p->seq) == SIGNER_MAY)
			return INT64_MAX;
		h = signer_holds(l->row, l->n, k->key[i].key, p->chain,
		    p->epoch);
		if (h && h->known > most)
			most = h->known;
	}
	return any ? most : INT64_MAX;
}

enum err_code signer_settle(struct node *n, bool *rebuilt, struct err *e)
{
	const struct identity *id = store_identity(n->store);
	struct positions ps = {0};
	struct keyring k = {0};
	bool past = false;
	enum err_code rc;

	*rebuilt = false;
	rc = keyring_load(&k, n->store, e);
	if (!rc && k.limits.n)
		rc = positions_load(n->store, &ps, e);
	for (size_t i = 0; !rc && i < ps.n; i++)
		past |= !chain_hq_branch(ps.p[i].chain) && ps.p[i].seq &&
		    strcmp(chain_code(ps.p[i].chain), id->code) != 0 &&
		    ps.p[i].seq > reach(&k, &ps.p[i]);
	positions_release(&ps);
	keyring_release(&k);
	if (rc || !past)
		return rc;
	*rebuilt = true;
	return rebuild_run(n, e);
}
