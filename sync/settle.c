/* A node's own chains against a remote's copy of them.
 */
#include "base/map.h"
#include "chain_impl.h"
#include "checkpoint_row.h"
#include "requeue.h"

#define TRACKING "refs/remotes/"

enum standing {
	STANDS,		/* the same, or nothing there */
	BEHIND,		/* the remote lacks something */
	AHEAD,		/* it goes on where ours ends */
	FORKED,		/* it goes on where ours goes on otherwise */
};

struct life {			/* one of our chains */
	const char *from;	/* refs/remotes/<remote>/ */
	struct position p;
	char at[OID_HEX];	/* the remote's tip; "": none */
	enum standing standing;
	int64_t there;		/* how much of ours the remote has */
	int64_t keep;		/* FORKED: common up to here */
};

/* ---- where two histories part ---- */

struct journal {		/* our commits of one epoch, by seq */
	const char *epoch;
	const struct buf *theirs;	/* their commits, a line each */
	struct position at;	/* the last common one */
	bool parted;
};

static int compare(void *arg, const struct changeset_row *r)
{
	struct journal *j = arg;
	size_t i = (size_t)j->at.seq * OID_HEX;

	if (strcmp(r->epoch, j->epoch) != 0)
		return 0;
	if (r->seq != j->at.seq + 1 || i + OID_HEX > j->theirs->n ||
	    memcmp(j->theirs->p + i, r->commit, OID_HEX - 1) != 0)
		return 1;
	j->at.seq = r->seq;
	memcpy(j->at.commit, r->commit, sizeof j->at.commit);
	memcpy(j->at.sha256, r->sha256, sizeof j->at.sha256);
	return 0;
}

/* The changeset after `at` in their list must be one that this node signed:
 * anybody can put a ref there. */
static enum err_code check_next(struct node *n, const struct position *at,
    const struct buf *list, size_t skip, struct err *e)
{
	struct link l = {0};
	char commit[OID_HEX];
	enum err_code rc;

	if (skip + OID_HEX > list->n)
		return OK;
	snprintf(commit, sizeof commit, "%.*s", OID_HEX - 1,
	    (const char *)list->p + skip);
	rc = link_read(n, commit, at, NULL, &l, e);
	link_release(&l);
	return rc;
}

enum err_code fork_point(struct node *n, const struct position *p,
    const char *tip, int64_t *keep, struct err *e)
{
	struct position none = *p;
	struct buf list = BUF_INIT;
	struct journal j = { .epoch = p->epoch, .theirs = &list, .at = *p };
	enum err_code rc;

	none.seq = j.at.seq = 0;
	rc = chain_commits(n, tip, &none, &list, e);
	if (!rc)
		rc = changeset_each(n->store, p->chain, 1, compare, &j, e);
	if (!rc)
		rc = check_next(n, &j.at, &list, (size_t)j.at.seq * OID_HEX,
		    e);
	*keep = j.at.seq;
	buf_release(&list);
	return rc;
}

static enum err_code judge(struct node *n, struct life *f, struct err *e)
{
	struct buf list = BUF_INIT;
	struct link l = {0};
	char ours[OID_HEX] = "";
	enum err_code rc = OK;

	f->standing = STANDS;
	f->there = f->p.seq;
	if (!f->at[0] || strcmp(f->at, f->p.commit) == 0)
		return OK;
	rc = link_open(n, f->at, &l, e);
	if (!rc)
		rc = link_find(n, f->p.chain, f->p.epoch, l.h.seq, ours, e);
	if (rc)
		goto done;
	if (strcmp(ours, f->at) == 0) {
		f->standing = BEHIND;
		f->there = l.h.seq;
		goto done;
	}
	rc = chain_commits(n, f->at, &f->p, &list, e);
	if (rc == ERR_CHAIN) {
		f->standing = FORKED;
		rc = fork_point(n, &f->p, f->at, &f->keep, e);
	} else if (!rc) {
		f->standing = AHEAD;
		rc = check_next(n, &f->p, &list, 0, e);
	}
done:
	link_release(&l);
	buf_release(&list);
	return rc;
}

/* ---- what is done about it ---- */

/* Is it the machine that failed, not the chain? */
static bool is_machine(enum err_code rc)
{
	return rc == ERR_IO || rc == ERR_MEMORY || rc == ERR_BUSY ||
	    rc == ERR_INTERNAL || rc == ERR_INTERRUPTED;
}

static enum err_code not_ours(struct node *n, const struct life *f,
    const struct err *why, struct err *e)
{
	enum err_code rc = evidence_keep(n, f->p.chain, f->at, e);

	if (rc)
		return rc;
	err_set(e, ERR_SIGNATURE, _("the remote has a copy of %s that this "
	    "node has not written: %.300s"), f->p.chain, why->detail);
	return err_hint(e, _("it is kept under refs/evidence; tell "
	    "headquarters that somebody writes to this remote"));
}

/* Has headquarters refused what we hold, where we can't see why? */
static enum err_code refused_at(struct node *n, const struct life *f,
    int64_t *seq, struct err *e)
{
	enum err_code rc = receipt_refused(n->store, f->p.chain, f->p.epoch,
	    f->at[0] && f->standing != FORKED ? NULL : err_name(ERR_FORK),
	    seq, e);

	if (*seq > f->p.seq)
		*seq = 0;
	return rc;
}

/* The last of our changesets that the repository still has. */
struct present {
	struct node *n;
	const char *epoch;
	int64_t seq;
};

static bool is_here(struct node *n, const char *commit)
{
	struct link l = {0};
	struct err ignored;
	bool here = link_open(n, commit, &l, &ignored) == OK;

	link_release(&l);
	return here;
}

static int count_present(void *arg, const struct changeset_row *r)
{
	struct present *p = arg;

	if (strcmp(r->epoch, p->epoch) != 0)
		return 0;
	if (!is_here(p->n, r->commit))
		return 1;
	p->seq = r->seq;
	return 0;
}

static enum err_code lost(struct node *n, const struct life *f, bool *again,
    struct err *e)
{
	struct present p = { .n = n, .epoch = f->p.epoch };
	struct requeue q = { .ours = f->p, .tip = "", .from = f->from,
		.why = EPOCH_REPO };
	enum err_code rc;

	rc = changeset_each(n->store, f->p.chain, 1, count_present, &p, e);
	q.keep = p.seq;
	*again = true;
	return rc ? rc : requeue_lost(n, &q, e);
}

static enum err_code act(struct node *n, const struct life *f, bool *acted,
    bool *again, struct err *e)
{
	const struct identity *id = store_identity(n->store);
	struct requeue q = { .ours = f->p, .keep = f->keep, .tip = f->at,
		.from = f->from, .why = EPOCH_REMOTE };
	int64_t refused = 0;
	enum err_code rc;

	if (f->standing == AHEAD && strcmp(id->epoch, f->p.epoch) == 0) {
		*acted = *again = true;
		return epoch_start(n, EPOCH_REMOTE, e);
	}
	if (f->p.seq && !is_here(n, f->p.commit)) {
		*acted = true;
		return lost(n, f, again, e);
	}
	rc = refused_at(n, f, &refused, e);
	if (rc)
		return rc;
	if (f->standing == FORKED) {
		*acted = *again = true;
		return requeue_fork(n, &q, e);
	}
	if (refused) {
		q = (struct requeue){ .ours = f->p, .keep = refused - 1,
			.tip = "", .from = f->from,
			.why = EPOCH_REFUSED };
		*acted = *again = true;
		return requeue_fork(n, &q, e);
	}
	*again |= f->standing == BEHIND;
	return OK;
}

/* What the remote has of this chain need not be sent there, and what it lacks
 * must be, whatever was believed. */
static enum err_code note_there(struct node *n, const char *remote,
    const struct life *f, struct err *e)
{
	const struct position *p = &f->p;
	int64_t sent = 0;
	enum err_code rc = sent_get(n->store, remote, p->chain, p->epoch,
	    &sent, e);

	if (rc || sent == f->there)
		return rc;
	rc = store_begin(n->store, e);
	if (rc)
		return rc;
	rc = sent_set(n->store, remote, p->chain, p->epoch, f->there, e);
	if (!rc)
		rc = store_commit(n->store, e);
	if (rc)
		store_rollback(n->store);
	return rc;
}

/* Does headquarters' newest word on the chain name the history that ends at
 * f->at, and not ours? */
static enum err_code hq_says(struct node *n, const struct life *f, bool *yes,
    struct err *e)
{
	struct position none = f->p;
	struct buf list = BUF_INIT;
	struct link l = {0};
	struct tip_row t = {0};
	char commit[OID_HEX], want[SHA_HEX];
	enum err_code rc;

	*yes = false;
	rc = tip_as_of(n->store, f->p.chain, f->p.epoch, INT64_MAX, &t, e);
	if (rc || t.seq <= f->keep)
		return rc;
	none.seq = 0;
	rc = chain_commits(n, f->at, &none, &list, e);
	if (!rc && (size_t)t.seq * OID_HEX <= list.n) {
		snprintf(commit, sizeof commit, "%.*s", OID_HEX - 1,
		    (const char *)list.p + (size_t)(t.seq - 1) * OID_HEX);
		rc = link_open(n, commit, &l, e);
		hex_text(t.sha256, sizeof t.sha256, want);
		*yes = !rc && strcmp(l.sha256, want) == 0;
	}
	link_release(&l);
	buf_release(&list);
	return rc;
}

/* Another's chain, or one that is done with: of two histories that were
 * signed headquarters' is the one that all go by; and what it refused is left
 * out here, too, if it came here first. */
static enum err_code follow(struct node *n, const struct life *f,
    bool *acted, struct err *e)
{
	struct requeue q = { .ours = f->p, .keep = f->keep, .tip = f->at,
		.theirs = true };
	int64_t refused = 0;
	enum err_code rc = OK;

	if (f->standing == FORKED)
		rc = hq_says(n, f, acted, e);
	if (!rc && !*acted)
		rc = receipt_refused(n->store, f->p.chain, f->p.epoch, NULL,
		    &refused, e);
	if (!rc && refused && refused <= f->p.seq) {
		q.keep = refused - 1;
		q.tip = "";
		*acted = true;
	}
	return rc || !*acted ? rc : requeue_fork(n, &q, e);
}

/* ours: this store has lived in that epoch, and has not settled it. */
static enum err_code settle_one(struct node *n, const char *remote,
    const struct position *p, bool ours, bool *acted, bool *again,
    struct err *e)
{
	char head[80], ref[160], from[sizeof TRACKING + 40];
	struct life f = { .p = *p, .from = from };
	struct err why = {0};
	enum err_code rc;

	chain_ref(p->chain, p->epoch, head);
	snprintf(from, sizeof from, TRACKING "%.33s/", remote);
	snprintf(ref, sizeof ref, "%s%s", from, head + strlen("refs/heads/"));
	rc = repo_ref_get(n->repo, ref, f.at, e);
	if (rc)
		return rc;
	rc = judge(n, &f, &why);
	if (rc && is_machine(rc)) {
		*e = why;
		return rc;
	}
	if (rc)	/* another life's is for ingest to judge */
		return ours ? not_ours(n, &f, &why, e) : OK;
	if (f.at[0] && f.standing != FORKED)
		rc = note_there(n, remote, &f, e);
	if (rc)
		return rc;
	return ours ? act(n, &f, acted, again, e) : follow(n, &f, acted, e);
}

/* Lives that are done with are not looked at again, so this ends. */
static enum err_code settle_next(struct node *n, const char *remote,
    bool *acted, bool *again, struct err *e)
{
	const struct identity *id = store_identity(n->store);
	struct positions ps = {0};
	struct position now;
	char chain[CHAIN_NAME], epoch[33];
	bool ours, settled, current = false;
	int64_t limit;
	enum err_code rc;

	*acted = false;
	snprintf(chain, sizeof chain, "node/%s", id->code);
	memcpy(epoch, id->epoch, sizeof epoch);
	rc = positions_load(n->store, &ps, e);
	for (size_t i = 0; !rc && !*acted && i < ps.n; i++) {
		if (!chain_node_code(ps.p[i].chain) || !ps.p[i].seq)
			continue;
		rc = epoch_life(n->store, ps.p[i].epoch, &ours, &settled,
		    &limit, e);
		ours = ours && strcmp(ps.p[i].chain, chain) == 0;
		current |= ours && strcmp(ps.p[i].epoch, epoch) == 0;
		if (!rc)
			rc = settle_one(n, remote, &ps.p[i], ours && !settled,
			    acted, again, e);
	}
	if (!rc && !*acted && !current)
		rc = position_get(n->store, chain, epoch, &now, e);
	if (!rc && !*acted && !current)
		rc = settle_one(n, remote, &now, true, acted, again, e);
	positions_release(&ps);
	return rc;
}

#define SETTLE_ROUNDS 16

enum err_code epoch_settle(struct node *n, const char *remote, bool *again,
    struct err *e)
{
	bool acted = true;
	enum err_code rc = OK;

	*again = false;
	/* two lives that name each other's ends must not keep a sync for ever:
	 * the next one goes on */
	for (int round = 0; !rc && acted && round < SETTLE_ROUNDS; round++)
		rc = settle_next(n, remote, &acted, again, e);
	return rc;
}

enum err_code epoch_sends(struct store *s, const struct position *p,
    bool *yes, struct err *e)
{
	const struct identity *id = store_identity(s);
	const char *code = chain_code(p->chain);
	bool ours, settled;
	int64_t limit;
	enum err_code rc;

	if (!code || strcmp(code, id->code) != 0 || id->hq) {
		*yes = chain_is_own(id, p->chain, p->epoch);
		return OK;
	}
	/* another life's, too: its folder may be gone */
	rc = epoch_life(s, p->epoch, &ours, &settled, &limit, e);
	*yes = !settled || !chain_node_code(p->chain);
	return rc;
}
