/* Ingest: verified changesets of other nodes into the store.
 *
 * Chains in a fixed order; each changeset under a savepoint, so that a bad
 * one leaves nothing and stops its own chain only; many under one
 * transaction. Position, journal row, receipts and rows are committed
 * together.
 */
#include <stdlib.h>

#include "base/date.h"
#include "checkpoint_row.h"
#include "epoch_impl.h"
#include "hash.h"
#include "ingest_impl.h"
#include "record_cell.h"
#include "share.h"
#include "signer.h"
#include "sshsig.h"

#define CHANGES_PER_TXN 20000

/* ---- transactions ---- */

static enum err_code open_txn(struct ingest *g, struct err *e)
{
	enum err_code rc = OK;

	if (!g->open)
		rc = store_begin(g->n->store, e);
	g->open = !rc;
	return rc;
}

static enum err_code close_txn(struct ingest *g, struct err *e)
{
	enum err_code rc = OK;

	if (g->open)
		rc = store_commit(g->n->store, e);
	if (!rc) {
		g->open = false;
		g->waiting = 0;
	}
	return rc;
}

/* Open a changeset. Its key may stand further on in the same chain. */
static enum err_code open_link(struct ingest *g, const struct link *l,
    struct slice rest, struct batch *b, struct err *e)
{
	enum err_code rc = link_batch(g->n, l, b, e);

	if (rc != ERR_SEALED)
		return rc;
	rc = open_txn(g, e);
	if (!rc)
		rc = share_ahead(g->n, &l->h, rest, e);
	return rc ? rc : link_batch(g->n, l, b, e);
}

/* A catalogue grows: what a newer one allows may be refused here until this
 * program is as new, and is no fault of the writer's. */
static enum err_code newer_rules(const struct ingest *g,
    const struct batch *b, enum err_code rc, struct err *e)
{
	if (b->version <= g->n->catalogue->version)
		return rc;
	if (rc != ERR_TRANSITION && rc != ERR_ROLE && rc != ERR_FORMAT)
		return rc;
	e->code = ERR_NEWER;
	err_in(e, _("by catalogue %lld, which this wellhead does not have "
	    "yet"), (long long)b->version);
	return err_hint(e, _("upgrade wellhead"));
}

/* rest: the commits after it. */
static enum err_code take_one(struct ingest *g, struct run *r,
    const char *commit, struct slice rest, struct link *l, struct err *e)
{
	struct batch b;
	enum err_code rc;

	batch_init(&b, g->n->catalogue);
	if (r->enrolling)
		rc = enrol_key(g->n, r->pos.chain, commit, r->key, e);
	else
		rc = OK;
	if (!rc)
		rc = link_read(g->n, commit, &r->pos,
		    r->enrolling ? r->key : NULL, l, e);
	if (!rc)
		rc = open_link(g, l, rest, &b, e);
	if (!rc)
		rc = record_cell_open(g->n->store, &b, e);
	if (!rc)
		rc = open_txn(g, e);
	if (!rc)
		rc = newer_rules(g, &b, merge_link(g, r, l, &b, e), e);
	batch_release(&b);
	return rc;
}

/* ---- one chain ---- */

/* Is it the machine that failed, not the chain? */
static bool is_ours(enum err_code rc)
{
	switch (rc) {
	case ERR_IO: case ERR_MEMORY: case ERR_INTERNAL: case ERR_BUSY:
	case ERR_INTERRUPTED: case ERR_DEADLINE: case ERR_OFFLINE:
		return true;
	default:
		return false;
	}
}

/* Our own chain is as it was; what was handed back is kept, and told. */
static enum err_code stop_lost(struct ingest *g, const struct run *r,
    struct err *e)
{
	if (g->notes)
		buf_printf(g->notes, _("what was handed back of headquarters' "
		    "own chains is not taken: %s (%s)\n"), r->pos.reason,
		    r->pos.stopped);
	return evidence_keep(g->n, r->pos.chain, r->tip->commit, e);
}

/* The chain goes no further for now; why is kept with its position. */
static enum err_code stop(struct ingest *g, struct run *r, enum err_code code,
    const struct err *why, struct err *e)
{
	const char *name = code == ERR_NEWER ? CODE_NEWER : err_name(code);
	char was[sizeof r->pos.stopped];
	enum err_code rc;

	g->locked |= code == ERR_SEALED;
	memcpy(was, r->pos.stopped, sizeof was);
	/* who goes on with a revoked key is told of once */
	g->out->stopped += code != ERR_REVOKED ||
	    strcmp(was, err_name(code)) != 0;
	/* that its writer has signed two histories stays said */
	if (strcmp(was, err_name(ERR_FORK)) != 0) {
		snprintf(r->pos.stopped, sizeof r->pos.stopped, "%s", name);
		snprintf(r->pos.reason, sizeof r->pos.reason,
		    _("changeset %lld of %s: %.300s"),
		    (long long)r->pos.seq + 1, r->pos.chain, why->detail);
	}
	if (g->lost)
		return stop_lost(g, r, e);
	rc = open_txn(g, e);
	if (!rc)
		rc = position_set(g->n->store, &r->pos, e);
	if (!rc && code != ERR_FORK && strcmp(was, name) != 0)
		rc = receipt_refuse(g, r, code, name, e);
	return rc;
}

/* Take the commits one after another; *bad is why a changeset stopped it. */
static enum err_code take_commits(struct ingest *g, struct run *r,
    const struct buf *list, int64_t limit, enum err_code *bad,
    struct err *why, struct err *e)
{
	struct link l = {0};
	char commit[OID_HEX];
	enum err_code rc = OK;

	for (size_t at = 0; !rc && at + OID_HEX <= list->n &&
	    r->pos.seq < limit; at += OID_HEX) {
		snprintf(commit, sizeof commit, "%.*s", OID_HEX - 1,
		    (const char *)list->p + at);
		*bad = take_one(g, r, commit, slice_of(list->p + at + OID_HEX,
		    list->n - at - OID_HEX), &l, why);
		if (*bad)
			break;
		if (g->waiting < CHANGES_PER_TXN)
			continue;
		rc = merge_receipt(g, r, e);
		if (!rc)
			rc = close_txn(g, e);
	}
	link_release(&l);
	return rc;
}

/* A node that headquarters has not enrolled yet has been given few keys. */
static bool is_guest(struct ingest *g)
{
	struct roster_row row;
	struct err none;

	return roster_by_code(g->n->store, store_identity(g->n->store)->code,
	    &row, &none) == ERR_NOT_FOUND;
}

/* Another life of this node has the same number, and now both clocks have
 * seen the same: they must not go on from there with the same stamps. */
static void part_clocks(struct ingest *g, const struct run *r)
{
	const char *code = chain_node_code(r->pos.chain);
	uint16_t skip;

	if (g->replay || !code ||
	    strcmp(code, store_identity(g->n->store)->code) != 0)
		return;
	random_bytes(&skip, sizeof skip);
	store_skip(g->n->store, 1 + (int64_t)skip);
}

static enum err_code take_list(struct ingest *g, struct run *r,
    const struct buf *list, struct err *e)
{
	struct err why = {0};
	enum err_code rc, bad = OK;
	int64_t limit;

	rc = ingest_limit(g, r, &limit, e);
	if (!rc)
		rc = take_commits(g, r, list, limit, &bad, &why, e);
	if (!rc)
		rc = merge_receipt(g, r, e);
	if (!rc && g->open)
		part_clocks(g, r);
	if (rc || !bad || (bad == ERR_SEALED && is_guest(g)))
		return rc;
	if (is_ours(bad)) {
		*e = why;
		return err_in(e, _("taking in %s"), r->pos.chain);
	}
	return stop(g, r, bad, &why, e);
}

/* HQ tells the branch from where on it has another history, once; *told: it
 * has, and nobody needs to hear of it again. */
static enum err_code refuse_fork(struct ingest *g, const struct run *r,
    int64_t from, int64_t to, bool *told, struct err *e)
{
	struct receipt_row row = { .from_seq = from, .to_seq = to,
		.arrived_ms = g->arrived, .result = "refused" };
	bool said;
	enum err_code rc;

	*told = false;
	if (!g->receipts || !r->writer.number)
		return OK;
	rc = receipt_said(g->n->store, r->pos.chain, r->pos.epoch,
	    err_name(ERR_FORK), from, &said, e);
	*told = !rc && said && !r->pos.stopped[0];
	if (rc || said)
		return rc;
	memcpy(row.chain, r->pos.chain, sizeof row.chain);
	memcpy(row.epoch, r->pos.epoch, sizeof row.epoch);
	snprintf(row.code, sizeof row.code, "%s", err_name(ERR_FORK));
	rc = open_txn(g, e);
	return rc ? rc : receipt_give(g->n, &row, r->writer.branch, e);
}

/* Both histories bear the node's signature: ours stands, the other is kept
 * as evidence and a person is asked, until it is settled. */
static enum err_code two_histories(struct ingest *g, struct run *r,
    int64_t keep, int64_t to, struct err *e)
{
	struct err why = {0};
	bool told;
	enum err_code rc;

	err_set(&why, ERR_FORK, _("the node has signed two different "
	    "changesets %lld: a copy of its store is at work; the second "
	    "history, %.10s, is kept under refs/evidence"),
	    (long long)keep + 1, r->tip->commit);
	rc = refuse_fork(g, r, keep + 1, to, &told, e);
	if (!rc && g->receipts && strcmp(g->prefix, HEADS) == 0)
		rc = chain_ref_set(g->n, &r->pos, e);
	return rc || told ? rc : stop(g, r, ERR_FORK, &why, e);
}

/* Has headquarters signed this other history of its chain? */
static bool signed_fork(struct ingest *g, const struct run *r)
{
	unsigned char key[KEY_PUBLIC];
	struct link l = {0};
	struct err e;
	bool yes = chain_hq_branch(r->pos.chain) &&
	    !link_open(g->n, r->tip->commit, &l, &e) &&
	    strcmp(l.h.chain, r->pos.chain) == 0 &&
	    !sshsig_key(slice_buf(&l.armored), key, &e) &&
	    !signer_check(g->n, &l.h, key, &e) &&
	    !sshsig_verify(key, "git", slice_buf(&l.text),
		slice_buf(&l.armored), &e);

	link_release(&l);
	return yes;
}

/* The tip is not after our position. A remote that lags behind is no fault;
 * anything else is a chain with two histories. */
static enum err_code forked(struct ingest *g, struct run *r,
    const struct err *why, struct err *e)
{
	struct link l = {0};
	struct err ignored;
	char ours[OID_HEX];
	int64_t keep, seq = 0;
	bool behind;
	enum err_code rc;

	behind = !(g->receipts && strcmp(g->prefix, HEADS) == 0) &&
	    !link_open(g->n, r->tip->commit, &l, &ignored) &&
	    !link_find(g->n, r->pos.chain, r->pos.epoch, l.h.seq, ours,
		&ignored) && strcmp(ours, r->tip->commit) == 0;
	seq = l.h.seq;
	link_release(&l);
	if (behind)
		return OK;
	rc = evidence_keep(g->n, r->pos.chain, r->tip->commit, e);
	if (rc || !chain_node_code(r->pos.chain))
		return rc ? rc : stop(g, r, signed_fork(g, r) ? ERR_SPLIT :
		    ERR_CHAIN, why, e);
	if (fork_point(g->n, &r->pos, r->tip->commit, &keep, &ignored) ||
	    keep >= seq)
		return stop(g, r, ERR_CHAIN, why, e);
	return two_histories(g, r, keep, seq, e);
}

/* Does the chain go on in another place from where it was fetched? */
struct elsewhere {
	struct ingest *g;
	const struct run *r;
	const char *tail;	/* of the ref's name */
	bool more;
};

static int look_there(void *arg, const char *ref, const char *oid)
{
	struct elsewhere *w = arg;
	size_t n = strlen(ref), tail = strlen(w->tail);
	const struct position *p = &w->r->pos;
	struct link l = {0};
	char ours[OID_HEX] = "";
	struct err ignored;

	if (n > tail && strcmp(ref + n - tail, w->tail) == 0 &&
	    !link_open(w->g->n, oid, &l, &ignored) &&
	    !link_find(w->g->n, p->chain, p->epoch, l.h.seq, ours, &ignored))
		w->more = strcmp(ours, oid) != 0;
	link_release(&l);
	return w->more;
}

/* It went back to what we have: nothing is wrong any more. That its writer
 * has signed two histories stays said; and so does what is wrong with it
 * where it came from by another way. */
static enum err_code clear(struct ingest *g, struct run *r, struct err *e)
{
	struct elsewhere w = { .g = g, .r = r,
		.tail = r->tip->ref + strlen(g->prefix) };
	enum err_code rc;

	if (!r->pos.stopped[0] ||
	    strcmp(r->pos.stopped, err_name(ERR_FORK)) == 0)
		return OK;
	rc = repo_ref_each(g->n->repo, "refs/", look_there, &w, e);
	if (rc || w.more)
		return rc;
	r->pos.stopped[0] = r->pos.reason[0] = '\0';
	rc = open_txn(g, e);
	return rc ? rc : position_set(g->n->store, &r->pos, e);
}

/* Who writes it: from the roster, or by an invitation that waits. *skip: the
 * roster does not know him yet, the chain waits. */
static enum err_code find_writer(struct ingest *g, struct run *r, bool *skip,
    struct err *e)
{
	const struct identity *id = store_identity(g->n->store);
	bool node = chain_node_code(r->pos.chain) != NULL;
	bool file = chain_file_code(r->pos.chain) != NULL;
	struct err unknown;
	enum err_code rc;

	*skip = false;
	rc = chain_writer(g->n, r->pos.chain, &r->writer, &unknown);
	if (rc && rc != ERR_KEY) {
		*e = unknown;
		return rc;
	}
	if (rc && node && g->receipts && r->pos.seq == 0)
		r->enrolling = true;
	else if (rc)
		*skip = strcmp(r->pos.chain, "hq/all") != 0;
	else if ((node || file) && !id->hq && !id->auditor)
		*skip = strcmp(r->writer.branch, id->branch) != 0 &&
		    !(file && strcmp(r->writer.kind, "hq") == 0);
	return OK;
}

static void start_run(struct ingest *g, const struct tip *t, struct run *r)
{
	const struct position *p = positions_find(&g->known, t->chain,
	    t->epoch8);

	*r = (struct run){ .tip = t };
	if (p) {
		r->pos = *p;
		return;
	}
	memcpy(r->pos.chain, t->chain, sizeof r->pos.chain);
	memcpy(r->pos.epoch, t->epoch8, sizeof t->epoch8);
}

/* The name of an hq chain's ref does not tell its epoch: its tip does. One
 * that is new here begins from nothing, with stamps after those of the epochs
 * before, and hq/<branch> only when hq/all has begun it. */
static enum err_code hq_run(struct ingest *g, const struct tip *t,
    struct run *r, bool *skip, struct err *e)
{
	bool now = !t->epoch8[0], all = strcmp(t->chain, "hq/all") == 0;
	stamp_t last = now ? r->pos.last : 0;
	struct position p;
	struct link l = {0};
	struct err ignored;
	enum err_code rc = OK;

	*skip = false;
	if (!chain_hq_branch(t->chain) ||
	    strcmp(r->pos.commit, t->commit) == 0 ||
	    link_open(g->n, t->commit, &l, &ignored) ||
	    strcmp(l.h.chain, t->chain) != 0 ||
	    strcmp(l.h.epoch, r->pos.epoch) == 0)
		goto done;
	rc = position_get(g->n->store, "hq/all", l.h.epoch, &p, e);
	*skip = !rc && !p.seq && !all && (g->lost || now);
	if (!rc)
		rc = position_get(g->n->store, t->chain, l.h.epoch, &p, e);
	if (rc)
		goto done;
	if (!p.seq)
		p.last = last;
	r->pos = p;
done:
	link_release(&l);
	return rc;
}

static enum err_code take_chain(struct ingest *g, const struct tip *t,
    struct err *e)
{
	struct buf list = BUF_INIT;
	struct err why = {0};
	struct run r;
	bool skip;
	enum err_code rc;

	start_run(g, t, &r);
	rc = hq_run(g, t, &r, &skip, e);
	if (rc || skip)
		return rc;
	if (r.pos.seq && strcmp(r.pos.commit, t->commit) == 0)
		return clear(g, &r, e);
	rc = find_writer(g, &r, &skip, e);
	if (rc || skip)
		return rc;
	rc = chain_commits(g->n, t->commit, &r.pos, &list, &why);
	if (rc == ERR_CHAIN) {
		rc = forked(g, &r, &why, e);
	} else if (rc && is_ours(rc)) {
		*e = why;
	} else if (rc) {
		rc = stop(g, &r, rc, &why, e);
	} else {
		rc = take_list(g, &r, &list, e);
	}
	buf_release(&list);
	return rc;
}

/* ---- all chains ---- */

/* What is verified and merged stands under refs/heads/ too, where `git clone`
 * and verify look. */
static enum err_code publish(struct ingest *g, const struct tips *tips,
    struct err *e)
{
	struct positions now = {0};
	enum err_code rc;

	rc = positions_load(g->n->store, &now, e);
	for (size_t i = 0; !rc && i < tips->n; i++) {
		const struct position *p = positions_find(&now,
		    tips->t[i].chain, tips->t[i].epoch8);

		if (p && p->seq && tip_wanted(g, &tips->t[i]))
			rc = chain_ref_show(g->n, p, e);
	}
	/* epochs of hq/... that have just ended, too */
	for (size_t i = 0; !rc && i < now.n; i++)
		if (now.p[i].seq && chain_hq_branch(now.p[i].chain))
			rc = chain_ref_set(g->n, &now.p[i], e);
	positions_release(&now);
	return rc;
}

static enum err_code take_tips(struct ingest *g, const struct tips *tips,
    struct err *e)
{
	enum err_code rc;

	g->out->stopped = 0;
	g->locked = false;
	positions_release(&g->known);
	rc = positions_load(g->n->store, &g->known, e);
	for (size_t i = 0; !rc && i < tips->n; i++)
		if (tip_wanted(g, &tips->t[i]))
			rc = take_chain(g, &tips->t[i], e);
	return rc;
}

static enum err_code take_all(struct ingest *g, struct err *e)
{
	struct tips tips = {0};
	enum err_code rc;

	rc = tips_load(g->n, g->prefix, &tips, e);
	if (!rc)
		rc = take_tips(g, &tips, e);
	/* the key may have come in a chain after the one that it opens */
	if (!rc && g->locked)
		rc = take_tips(g, &tips, e);
	if (!rc && g->receipts && g->waiting)
		rc = receipts_release(g, e);
	if (!rc)
		rc = close_txn(g, e);
	if (rc)
		store_rollback(g->n->store);
	else if (strcmp(g->prefix, HEADS) != 0)
		rc = publish(g, &tips, e);
	positions_release(&g->known);
	free(tips.t);
	return rc;
}

enum err_code ingest_all(struct node *n, const char *prefix,
    struct ingested *out, struct err *e)
{
	struct ingest g = { .n = n, .prefix = prefix, .out = out,
		.receipts = store_identity(n->store)->hq,
		.arrived = clock_ms() };
	enum err_code rc;

	*out = (struct ingested){0};
	rc = node_repo(n, e);
	return rc ? rc : take_all(&g, e);
}

enum err_code ingest_lost(struct node *n, const char *prefix,
    struct buf *notes, struct ingested *out, struct err *e)
{
	struct ingest g = { .n = n, .prefix = prefix, .out = out,
		.lost = true, .notes = notes, .arrived = clock_ms() };

	*out = (struct ingested){0};
	return take_all(&g, e);
}

enum err_code ingest_replay(struct node *n, const char *prefix,
    const struct positions *limit, enum reach reach, struct ingested *out,
    struct err *e)
{
	struct ingest g = { .n = n, .prefix = prefix, .out = out,
		.replay = true, .limit = limit, .reach = reach,
		.arrived = clock_ms() };

	*out = (struct ingested){0};
	return take_all(&g, e);
}
