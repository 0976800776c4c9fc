/* The chains of nodes against a remote's copy of them, and against what
 * headquarters has said of them.
 *
 * All chains are looked at first; what must end earlier is then left out in
 * one replay. What is left out depends on headquarters' word and on where our
 * own lives part from a remote's copy, each of which is settled once: so this
 * ends.
 */
#include <stdlib.h>

#include "checkpoint_row.h"
#include "ingest_impl.h"
#include "requeue.h"
#include "word.h"

#define TRACKING "refs/remotes/"
/* What is settled stays so, and a second round finds the first one's chains
 * noted as sent: more than this is a fault of ours, and is told. */
#define SETTLE_ROUNDS 8

enum standing {
	STANDS,		/* the same, or nothing there */
	BEHIND,		/* the remote lacks something */
	AHEAD,		/* it goes on where ours ends */
	FORKED,		/* it goes on where ours goes on otherwise */
};

struct copy {			/* a chain here, and at the remote */
	struct position p;	/* ours */
	struct life life;
	struct word word;
	bool own;		/* of this node's code */
	bool current;		/* the one that it writes */
	bool ours;		/* lived by this store, and not settled */
	char at[OID_HEX];	/* the remote's tip; "": none */
	int64_t at_seq;
	enum standing standing;
	int64_t there;		/* how much of ours the remote has */
	int64_t keep;		/* FORKED: common up to here */
};

struct scan {
	struct node *n;
	const char *remote;
	struct requeue q;
	bool ahead;		/* the remote has more of the current life */
	bool again;		/* there is something to send */
	bool shows;		/* what the remote does not show it has not */
};

/* ---- where they stand ---- */

static enum err_code judge(struct node *n, struct copy *f, struct err *e)
{
	struct buf list = BUF_INIT;
	struct link l = {0};
	char ours[OID_HEX] = "";
	enum err_code rc = OK;

	f->standing = STANDS;
	f->there = f->p.seq;
	if (!f->at[0])
		return OK;
	f->at_seq = f->p.seq;
	if (strcmp(f->at, f->p.commit) == 0)
		return OK;
	rc = link_open(n, f->at, &l, e);
	if (!rc)
		rc = link_find(n, f->p.chain, f->p.epoch, l.h.seq, ours, e);
	if (rc)
		goto done;
	f->at_seq = l.h.seq;
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
		rc = fork_next(n, &f->p, &list, 0, e);
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

static enum err_code not_ours(struct node *n, const struct copy *f,
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

/* ---- what must end earlier ---- */

/* NULL: out of memory. */
static struct cut *cut_at(struct scan *s, const struct copy *f, int64_t keep,
    const char *tip, enum epoch_why why)
{
	struct cut *c = requeue_add(s->n, &s->q, &f->p);

	if (!c)
		return NULL;
	c->at = keep;
	c->ours = f->own;
	c->life = (struct life){ .lived = f->life.lived, .settled = true,
		.keep = f->life.keep < keep ? f->life.keep : keep,
		.limit = *tip ? INT64_MAX : keep, .upto = f->p.seq };
	snprintf(c->tip, sizeof c->tip, "%s", tip);
	memcpy(c->from, f->p.commit, sizeof c->from);
	if (f->own)
		s->q.why = why;
	return c;
}

static enum err_code cut_lost(struct scan *s, const struct copy *f,
    struct err *e)
{
	struct present here = { .n = s->n, .epoch = f->p.epoch };
	struct cut *c = NULL;
	enum err_code rc;

	rc = changeset_each(s->n->store, f->p.chain, 1, count_present, &here,
	    e);
	if (!rc)
		c = cut_at(s, f, here.seq, "", EPOCH_REPO);
	if (!rc && !c)
		rc = err_memory(e);
	if (c)
		c->lost = true;
	return rc;
}

/* Another history than ours goes on. */
static enum err_code cut_fork(struct scan *s, const struct copy *f,
    int64_t keep, const char *tip, struct err *e)
{
	struct cut *c = cut_at(s, f, keep, tip, EPOCH_REMOTE);
	enum err_code rc;

	if (!c)
		return err_memory(e);
	rc = f->own ? requeue_load(s->n, c, e) : OK;
	/* of the history that is followed nothing was */
	if (*tip)
		c->life.upto = keep;
	return rc;
}

/* The history that headquarters has refused from `from`: as the store has it,
 * or as far as it has come here without being taken; "": it is not here. */
static enum err_code find_refused(struct node *n, const struct copy *f,
    int64_t from, char tip[OID_HEX], int64_t *seq, struct err *e)
{
	char ref[80];
	struct link l = {0};
	struct err gone;
	enum err_code rc;

	*seq = f->p.seq;
	memcpy(tip, f->p.commit, OID_HEX);
	if (*seq >= from)
		return OK;
	*seq = f->at_seq;
	memcpy(tip, f->at, OID_HEX);
	if (*tip && *seq >= from)
		return OK;
	chain_ref(f->p.chain, f->p.epoch, ref);
	rc = repo_ref_get(n->repo, ref, tip, e);
	*seq = 0;
	if (!rc && *tip && !link_open(n, tip, &l, &gone) &&
	    strcmp(l.h.chain, f->p.chain) == 0)
		*seq = l.h.seq;
	link_release(&l);
	if (*seq < from)
		tip[0] = '\0';
	return rc;
}

/* What was refused in any life of this node is entered again by all that can
 * read it: whose it was may be gone. */
static enum err_code cut_refused(struct scan *s, const struct copy *f,
    int64_t from, struct err *e)
{
	const struct life *l = &f->life;
	char tip[OID_HEX];
	struct cut *c;
	int64_t seq;
	enum err_code rc;

	rc = find_refused(s->n, f, from, tip, &seq, e);
	if (rc || !*tip || (!f->own && f->p.seq < from) ||
	    (l->settled && l->keep < from && l->upto >= seq &&
	     f->p.seq < from))
		return rc;
	c = cut_at(s, f, from - 1, "", EPOCH_REFUSED);
	if (!c)
		return err_memory(e);
	if (!f->own)
		return OK;
	memcpy(c->from, tip, sizeof c->from);
	rc = requeue_load(s->n, c, e);
	/* nothing new that is good */
	if (!rc && l->settled && l->keep < from && l->upto >= c->life.upto &&
	    f->p.seq < from) {
		requeue_drop(&s->q);
		return OK;
	}
	return rc;
}

/* A life of this store that goes on: where the remote has another history of
 * it, it is over, whichever of the two headquarters will take. */
static enum err_code look_ours(struct scan *s, const struct copy *f,
    struct err *e)
{
	int64_t from = f->word.refused;
	bool confirmed;
	enum err_code rc;

	s->ahead |= f->standing == AHEAD && f->current;
	s->again |= f->standing == BEHIND;
	if (f->p.seq && !is_here(s->n, f->p.commit))
		return cut_lost(s, f, e);
	rc = word_is_ours(s->n, &f->word, f->p.chain, f->p.epoch, &confirmed,
	    e);
	if (rc)
		return rc;
	/* the remote may not show which history that was */
	if ((!f->at[0] || f->standing == FORKED) && f->word.forked &&
	    !(confirmed && f->word.seq >= f->word.forked))
		from = f->word.forked;
	if (from &&
	    (f->standing != FORKED || from <= f->keep))
		return cut_refused(s, f, from, e);
	if (f->standing != FORKED)
		return OK;
	return confirmed && f->word.seq > f->keep ?
	    cut_fork(s, f, f->word.seq, "", e) :
	    cut_fork(s, f, f->keep, f->at, e);
}

/* Another's chain, or one that is done with: of two histories that were
 * signed headquarters' is the one that all go by; and what it refused is left
 * out here, too, if it came here first. */
static enum err_code look_others(struct scan *s, const struct copy *f,
    struct err *e)
{
	bool theirs = false;
	enum err_code rc = OK;

	if (f->standing == FORKED && f->word.seq > f->keep)
		rc = word_is_of(s->n, &f->word, f->at, &theirs, e);
	if (rc)
		return rc;
	if (theirs)
		return cut_fork(s, f, f->keep, f->at, e);
	return f->word.refused ? cut_refused(s, f, f->word.refused, e) : OK;
}

/* What could not be entered when it was left out, now that headquarters has
 * said more. */
static enum err_code look_rest(struct scan *s, const struct copy *f,
    struct err *e)
{
	const struct life *l = &f->life;
	struct cut *c;
	enum err_code rc;

	if (!f->own || !l->rest_tip[0] || l->since >= s->q.newest)
		return OK;
	c = cut_at(s, f, l->rest, "", EPOCH_REFUSED);
	if (!c)
		return err_memory(e);
	c->again = true;
	c->life = *l;
	memcpy(c->from, l->rest_tip, sizeof c->from);
	rc = requeue_load(s->n, c, e);
	c->life.upto = l->upto;
	return rc;
}

/* ---- all chains ---- */

/* What the remote has of this chain need not be sent there, and what it lacks
 * must be, whatever was believed. Where it has another history nothing of
 * ours can be. */
static enum err_code note_there(struct scan *s, const struct copy *f,
    struct err *e)
{
	const struct position *p = &f->p;
	int64_t sent = 0, there = f->at[0] ? f->there : 0;
	enum err_code rc = sent_get(s->n->store, s->remote, p->chain,
	    p->epoch, &sent, e);

	if (rc || sent == there)
		return rc;
	s->again |= sent > there;
	rc = store_begin(s->n->store, e);
	if (rc)
		return rc;
	rc = sent_set(s->n->store, s->remote, p->chain, p->epoch, there, e);
	if (!rc)
		rc = store_commit(s->n->store, e);
	if (rc)
		store_rollback(s->n->store);
	return rc;
}

/* A chain that was refused from its beginning has only its ref's digits for
 * an epoch: the tip tells the rest. *there: it is told. */
static enum err_code whole_epoch(struct node *n, struct copy *f, bool *there,
    struct err *e)
{
	struct link l = {0};
	struct err gone;
	enum err_code rc = OK;

	*there = strlen(f->p.epoch) == 32;
	if (*there || !f->at[0] || link_open(n, f->at, &l, &gone))
		goto done;
	if (strcmp(l.h.chain, f->p.chain) == 0 &&
	    strncmp(l.h.epoch, f->p.epoch, 8) == 0)
		rc = position_get(n->store, l.h.chain, l.h.epoch, &f->p, e);
	/* taken since, that one stands for it */
	*there = !rc && strlen(f->p.epoch) == 32 && !f->p.seq;
done:
	link_release(&l);
	return rc;
}

static enum err_code know(struct scan *s, struct copy *f, bool *there,
    struct err *e)
{
	const struct identity *id = store_identity(s->n->store);
	const char *code = chain_node_code(f->p.chain);
	char head[80], ref[160];
	enum err_code rc;

	chain_ref(f->p.chain, f->p.epoch, head);
	snprintf(ref, sizeof ref, "%s%s", s->q.from,
	    head + strlen("refs/heads/"));
	rc = repo_ref_get(s->n->repo, ref, f->at, e);
	if (!rc)
		rc = whole_epoch(s->n, f, there, e);
	if (rc || !*there)
		return rc;
	f->own = strcmp(code, id->code) == 0;
	f->current = f->own && strcmp(f->p.epoch, id->epoch) == 0;
	rc = epoch_life(s->n->store, f->p.epoch, &f->life, e);
	if (!rc)
		rc = word_of(s->n->store, f->p.chain, f->p.epoch, &f->word, e);
	f->life.lived &= f->own;
	f->ours = f->life.lived && !f->life.settled;
	return rc;
}

static enum err_code look_at(struct scan *s, const struct position *p,
    struct err *e)
{
	struct copy f = { .p = *p };
	struct err why = {0};
	bool there = false;
	enum err_code rc = know(s, &f, &there, e);

	if (rc || !there)
		return rc;
	rc = judge(s->n, &f, &why);
	if (rc && is_machine(rc)) {
		*e = why;
		return rc;
	}
	if (rc)	/* another life's is for ingest to judge */
		return f.ours ? not_ours(s->n, &f, &why, e) : OK;
	if (f.p.seq && (f.at[0] || (f.own && s->shows)))
		rc = note_there(s, &f, e);
	if (rc)
		return rc;
	rc = look_rest(s, &f, e);
	if (rc)
		return rc;
	return f.ours ? look_ours(s, &f, e) : look_others(s, &f, e);
}

/* Files have their turn later; what the remote has of ours is known now. */
static enum err_code look_at_files(struct scan *s, const struct position *p,
    struct err *e)
{
	struct copy f = { .p = *p };
	struct err why = {0};
	char head[80], ref[160];
	enum err_code rc;

	if (strcmp(chain_code(p->chain),
	    store_identity(s->n->store)->code) != 0)
		return OK;
	chain_ref(p->chain, p->epoch, head);
	snprintf(ref, sizeof ref, "%s%s", s->q.from,
	    head + strlen("refs/heads/"));
	rc = repo_ref_get(s->n->repo, ref, f.at, e);
	if (rc || !p->seq)
		return rc;
	rc = judge(s->n, &f, &why);
	if (rc && is_machine(rc))
		*e = why;
	if (rc)
		return is_machine(rc) ? rc : OK;
	return f.at[0] || s->shows ? note_there(s, &f, e) : OK;
}

/* Lives of this node at the remote that this store has nothing of: what it
 * had may have been put back from an older copy, and headquarters may have
 * refused all of it before it came here again. */
static enum err_code look_at_unknown(struct scan *s, const char *own,
    const struct positions *ps, struct err *e)
{
	const struct identity *id = store_identity(s->n->store);
	struct tips tips = {0};
	enum err_code rc = tips_load(s->n, s->q.from, &tips, e);

	for (size_t i = 0; !rc && i < tips.n; i++) {
		const struct tip *t = &tips.t[i];
		struct position p = {0};

		if (strcmp(t->chain, own) != 0 ||
		    strncmp(t->epoch8, id->epoch, 8) == 0 ||
		    positions_find(ps, t->chain, t->epoch8))
			continue;
		memcpy(p.chain, t->chain, sizeof p.chain);
		memcpy(p.epoch, t->epoch8, sizeof t->epoch8);
		rc = look_at(s, &p, e);
	}
	free(tips.t);
	return rc;
}

static enum err_code look_at_all(struct scan *s, struct err *e)
{
	const struct identity *id = store_identity(s->n->store);
	struct positions ps = {0};
	struct position now = {0};
	char own[CHAIN_NAME];
	bool current = false;
	enum err_code rc;

	snprintf(own, sizeof own, "node/%s", id->code);
	rc = positions_load(s->n->store, &ps, e);
	for (size_t i = 0; !rc && i < ps.n; i++) {
		if (chain_file_code(ps.p[i].chain))
			rc = look_at_files(s, &ps.p[i], e);
		if (rc || !chain_node_code(ps.p[i].chain))
			continue;
		current |= strcmp(ps.p[i].chain, own) == 0 &&
		    strcmp(ps.p[i].epoch, id->epoch) == 0;
		rc = look_at(s, &ps.p[i], e);
	}
	if (!rc && !current)
		rc = position_get(s->n->store, own, id->epoch, &now, e);
	if (!rc && !current)
		rc = look_at(s, &now, e);
	if (!rc)
		rc = look_at_unknown(s, own, &ps, e);
	positions_release(&ps);
	return rc;
}

/* One look, and what follows from it; *acted: there may be more to see. */
static enum err_code settle_round(struct node *n, const char *remote,
    const char *from, bool *acted, bool *again, struct err *e)
{
	struct scan s = { .n = n, .remote = remote, .q.from = from };
	struct checkpoint_row newest = {0};
	struct remote_row r;
	enum err_code rc = remote_get(n->store, remote, &r, e);

	/* a stick is for one trip */
	s.shows = !rc && strncmp(r.url, "courier:", 8) != 0;
	if (!rc)
		rc = checkpoint_newest(n->store, &newest, e);
	s.q.newest = newest.stamp;
	if (!rc)
		rc = look_at_all(&s, e);
	*acted = s.ahead || s.q.n;
	*again |= s.again || s.ahead;
	if (!rc && s.ahead)
		rc = epoch_start(n, EPOCH_REMOTE, e);
	if (!rc && s.q.n)
		rc = requeue_run(n, &s.q, e);
	for (size_t i = 0; i < s.q.n; i++)
		*again |= s.q.cut[i].ours;
	requeue_release(&s.q);
	return rc;
}

static void tell_unsettled(struct node *n)
{
	size_t at = strlen(n->notice);

	if (at)
		at += (size_t)snprintf(n->notice + at, sizeof n->notice - at,
		    "; ");
	if (at < sizeof n->notice)
		snprintf(n->notice + at, sizeof n->notice - at, _("the copies "
		    "of this node could not be settled in %d rounds; the next "
		    "sync goes on, and if this is said again, report it"),
		    SETTLE_ROUNDS);
}

enum err_code epoch_settle(struct node *n, const char *remote, bool *again,
    struct err *e)
{
	char from[sizeof TRACKING + 40];
	bool acted = true;
	enum err_code rc = OK;

	*again = false;
	snprintf(from, sizeof from, TRACKING "%.33s/", remote);
	for (int i = 0; !rc && acted && i < SETTLE_ROUNDS; i++)
		rc = settle_round(n, remote, from, &acted, again, e);
	if (!rc && acted)
		tell_unsettled(n);
	return rc;
}

bool epoch_sends(struct store *s, const struct position *p)
{
	const struct identity *id = store_identity(s);
	const char *code = chain_code(p->chain);

	/* all lives of this node: another one's folder may be gone */
	return (code && !id->hq && strcmp(code, id->code) == 0) ||
	    chain_is_own(id, p->chain, p->epoch);
}
