/* Verify: every chain in the repository from its first changeset, with the
 * roster that hq/all itself gives. The store is only asked how far it had
 * come, so that a chain cut short is noticed.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "chunk.h"
#include "checkpoint.h"
#include "hash.h"
#include "ingest_impl.h"
#include "outbox.h"
#include "operator.h"
#include "verified.h"
#include "signer.h"

#define WINDOW 256

struct checker {
	struct node *n;
	struct verified before, now;	/* before: empty if it is not asked */
	bool again;			/* all chains stood where they did */
	bool forgot;			/* before's keys are not in keys */
	struct proof *proof;		/* [WINDOW], scratch */
	struct positions known;
	struct keyring keys;		/* from hq/all, then each chain */
	verify_fn fn;
	void *arg;
	struct err first;		/* the first bad one */
};

static void tell(struct checker *c, const struct verify_report *r)
{
	if (r->code && !c->first.code)
		err_set(&c->first, r->code, "%s: %s", r->chain, r->detail);
	if (c->fn)
		c->fn(c->arg, r);
}

/* ---- one chain ---- */

/* The next of the chain, opened and proved already. */
static enum err_code check_link(struct checker *c, const struct proof *p,
    const struct position *known, struct position *at, struct err *e)
{
	const struct link *l = &p->l;
	unsigned char named[KEY_PUBLIC];
	const unsigned char *key = l->signer;
	enum err_code rc;

	if (p->opened) {
		*e = p->e;
		return p->opened;
	}
	rc = link_place(c->n, l, at, e);
	if (rc)
		return rc;
	if (p->proved) {	/* whoever it says it is comes first */
		rc = link_signer(l, named, e);
		key = named;
	}
	if (!rc)
		rc = keyring_check(c->n, &c->keys, &l->h, key, e);
	if (rc)
		return rc;
	if (p->proved) {
		*e = p->e;
		return p->proved;
	}
	if (known && known->seq == l->h.seq &&
	    strcmp(known->sha256, l->sha256) != 0)
		return err_set(e, ERR_CHAIN, _("it is not the changeset that "
		    "the store has taken with this number"));
	at->seq = l->h.seq;
	memcpy(at->epoch, l->h.epoch, sizeof at->epoch);
	memcpy(at->commit, l->commit, sizeof at->commit);
	memcpy(at->sha256, l->sha256, sizeof at->sha256);
	return OK;
}

/* Up to WINDOW links; what they say of keys counts for those after them. */
static enum err_code check_window(struct checker *c, const unsigned char *list,
    size_t n, const struct position *known, struct position *at,
    struct verify_report *r, struct err *e)
{
	enum err_code rc = OK;

	proofs_make(c->n, list, n, c->proof);
	for (size_t i = 0; !rc && i < n; i++) {
		rc = check_link(c, &c->proof[i], known, at, e);
		if (!rc)
			rc = keyring_link(c->n, &c->keys, &c->proof[i].l, e);
		if (!rc)
			rc = witness_check(c->n, &c->proof[i].l.h,
			    c->proof[i].l.sha256, e);
		if (rc)
			break;
		r->changesets++;
		r->bytes += (int64_t)c->proof[i].bytes;
	}
	return rc;
}

static enum err_code check_list(struct checker *c, const struct buf *list,
    const struct position *known, struct position *at,
    struct verify_report *r, struct err *e)
{
	size_t window = WINDOW;
	size_t left = list->n / OID_HEX;
	enum err_code rc = OK;

	for (size_t i = 0; !rc && left; left -= window) {
		if (window > left)
			window = left;
		rc = check_window(c, list->p + i, window, known, at, r, e);
		i += window * OID_HEX;
	}
	return rc;
}

/* ---- which commits ---- */

struct journal {
	const struct position *known;
	struct buf *list;
	int64_t next;
};

static int add_commit(void *arg, const struct changeset_row *r)
{
	struct journal *j = arg;

	if (strcmp(r->epoch, j->known->epoch) != 0)
		return 0;
	if (r->seq != j->next || r->seq > j->known->seq)
		return 1;
	buf_add(j->list, r->commit, OID_HEX - 1);
	buf_addc(j->list, '\n');
	j->next++;
	return 0;
}

/* The chain's commits by the store's journal, and by the parents from there
 * to the tip: a commit is read once, not twice. The journal is not trusted: every link is
 * checked against the one before it, and the tip descends from the last. */
static enum err_code list_known(struct checker *c, const struct tip *t,
    const struct position *known, struct buf *list, struct err *e)
{
	struct journal j = { .known = known, .list = list, .next = 1 };
	struct buf rest = BUF_INIT;
	enum err_code rc;

	rc = changeset_each(c->n->store, t->chain, 1, add_commit, &j, e);
	if (!rc && j.next != known->seq + 1)
		rc = err_set(e, ERR_CORRUPT, _("the store's journal of %s is "
		    "not whole"), t->chain);
	if (!rc)
		rc = chain_commits(c->n, t->commit, known, &rest, e);
	if (!rc) {
		buf_addb(list, slice_buf(&rest));
		rc = buf_ok(list, e);
	}
	buf_release(&rest);
	return rc;
}

/* ---- one report ---- */

static void report_start(struct verify_report *r, const char *chain,
    const char *epoch)
{
	*r = (struct verify_report){0};
	snprintf(r->chain, sizeof r->chain, "%s", chain);
	snprintf(r->epoch, sizeof r->epoch, "%s", epoch);
}

/* From where the last verify stopped: the commit there must be what it was.
 * Limits that have come since may be about what was good then. */
static enum err_code list_new(struct checker *c, const struct tip *t,
    const struct position *known, struct position *at,
    struct verify_report *r, struct buf *list, struct err *e)
{
	const struct verified_row *v = verified_find(&c->before, t->chain,
	    t->epoch8);
	struct link l = {0};
	enum err_code rc;

	if (!v || c->keys.limits.n != c->before.keys.limits.n ||
	    (known && known->seq == v->at.seq &&
	    strcmp(known->sha256, v->at.sha256) != 0))
		return ERR_NOT_FOUND;
	rc = link_open(c->n, v->at.commit, &l, e);
	if (!rc && strcmp(l.sha256, v->at.sha256) != 0)
		rc = ERR_CORRUPT;
	if (!rc && strcmp(t->commit, v->at.commit) != 0)
		rc = chain_commits(c->n, t->commit, &v->at, list, e);
	link_release(&l);
	*at = v->at;
	r->changesets = r->before = v->changesets;
	r->bytes = v->bytes;
	return rc;
}

/* How a chain's commits are found: by what was verified before, by the
 * store's journal, by the parents all the way. */
enum way { WAY_NEW, WAY_JOURNAL, WAY_PARENTS };

static enum err_code list_chain(struct checker *c, const struct tip *t,
    enum way way, const struct position *known, struct position *at,
    struct verify_report *r, struct buf *list, struct err *e)
{
	if (way == WAY_NEW)
		return list_new(c, t, known, at, r, list, e);
	if (way == WAY_PARENTS)
		return chain_commits(c->n, t->commit, at, list, e);
	return known && known->seq ? list_known(c, t, known, list, e) :
	    ERR_NOT_FOUND;
}

/* What is good is remembered, but for a chain whose end does not count. */
static enum err_code remember(struct checker *c, const struct position *at,
    const struct verify_report *r, struct err *e)
{
	struct verified_row row = { .at = *at, .changesets = r->changesets,
		.bytes = r->bytes };
	const struct verified_row *v = verified_find(&c->before, at->chain,
	    at->epoch);

	c->again &= v && v->at.seq == at->seq;
	if (r->code || r->detail[0] || !at->seq)
		return OK;
	return verified_add(&c->now, &row, e);
}

static bool try_chain(struct checker *c, const struct tip *t,
    enum way way, struct verify_report *r)
{
	const struct position *known = positions_find(&c->known, t->chain,
	    t->epoch8);
	struct position at = {0};
	struct buf list = BUF_INIT;
	struct err e = {0};

	report_start(r, t->chain, t->epoch8);
	memcpy(at.chain, t->chain, sizeof at.chain);
	memcpy(at.epoch, t->epoch8, sizeof t->epoch8);
	r->code = list_chain(c, t, way, known, &at, r, &list, &e);
	if (!r->code)
		r->code = check_list(c, &list, known, &at, r, &e);
	/* what headquarters has taken from a key ends the chain: no fault */
	if ((r->code == ERR_REVOKED || r->code == ERR_UNDETERMINED) &&
	    !(known && known->seq > at.seq)) {
		r->code = OK;
		snprintf(r->detail, sizeof r->detail, _("the rest does not "
		    "count: %.500s"), e.detail);
	}
	if (!r->code && known && known->seq > at.seq)
		r->code = err_set(&e, ERR_CHAIN, _("the store has taken %lld "
		    "changesets, the repository ends before: the chain was "
		    "cut short"), (long long)known->seq);
	memcpy(r->epoch, at.epoch, sizeof r->epoch);
	if (!r->code)
		r->code = remember(c, &at, r, &e);
	if (r->code) {
		r->seq = at.seq + 1;
		snprintf(r->detail, sizeof r->detail,
		    _("changeset %lld: %.500s"), (long long)r->seq, e.detail);
	}
	buf_release(&list);
	return r->code == OK;
}

/* The keys of the last verify are not those of the chains as they are now;
 * what this one has learnt stands behind them. */
static void forget_keys(struct checker *c)
{
	struct keyring *k = &c->keys;
	size_t keys = c->before.keys.nkey, limits = c->before.keys.limits.n;

	if (c->forgot)
		return;
	c->forgot = true;
	k->nkey -= keys;
	k->limits.n -= limits;
	if (k->nkey)
		memmove(k->key, k->key + keys, k->nkey * sizeof *k->key);
	if (k->limits.n)
		memmove(k->limits.row, k->limits.row + limits,
		    k->limits.n * sizeof *k->limits.row);
}

/* What a short way does not find good is judged by a longer one. */
static void check_chain(struct checker *c, const struct tip *t,
    struct verify_report *r)
{
	size_t keys = c->keys.nkey, limits = c->keys.limits.n;
	bool all = strcmp(t->chain, "hq/all") == 0;

	for (enum way way = WAY_NEW; way <= WAY_PARENTS; way++) {
		c->keys.nkey = keys;
		c->keys.limits.n = limits;
		/* the roster's own chain is judged by itself alone */
		if (all && way)
			forget_keys(c);
		keys = c->keys.nkey;
		limits = c->keys.limits.n;
		if (try_chain(c, t, way, r))
			return;
	}
	c->again = false;
}

/* ---- all ---- */

/* Pushed, not taken in yet: not on the roster, but invited. */
static bool awaits(struct checker *c, const struct tip *t)
{
	const char *code = chain_node_code(t->chain);
	struct invitation_row inv;
	struct err ignored;

	return code && store_identity(c->n->store)->hq &&
	    !positions_find(&c->known, t->chain, t->epoch8) &&
	    !invitation_by_code(c->n->store, code, &inv, &ignored) &&
	    !inv.used;
}

static bool chosen(const char *chain, const char *name)
{
	return !chain || strcmp(chain, name) == 0;
}

static bool has_tip(const struct tips *tips, const struct position *p)
{
	for (size_t i = 0; i < tips->n; i++)
		if (strcmp(tips->t[i].chain, p->chain) == 0 &&
		    strncmp(tips->t[i].epoch8, p->epoch,
			strlen(tips->t[i].epoch8)) == 0)
			return true;
	return false;
}

/* A chain that the store has taken must still be there. */
static void check_missing(struct checker *c, const struct tips *tips,
    const char *chain)
{
	struct verify_report r;

	for (size_t i = 0; i < c->known.n; i++) {
		const struct position *p = &c->known.p[i];

		if (!p->seq || !chosen(chain, p->chain) || has_tip(tips, p))
			continue;
		report_start(&r, p->chain, p->epoch);
		r.code = ERR_CHAIN;
		r.seq = 1;
		snprintf(r.detail, sizeof r.detail, _("the store has taken "
		    "%lld changesets, the repository has none: its ref is "
		    "gone"), (long long)p->seq);
		tell(c, &r);
	}
}

/* What operators signed, as the store has it, where they signed anything. */
static enum err_code check_steps(struct checker *c, struct err *e)
{
	static const struct operator_proof proof = { sha256, key_verify };
	struct verify_report r;
	struct err bad = {0};
	size_t n;

	report_start(&r, "steps", "");
	if (c->again) {
		n = (size_t)c->before.steps;
		r.code = OK;
	} else {
		r.code = operator_verify(c->n->store, &proof, &n, &bad);
	}
	if (r.code == ERR_IO || r.code == ERR_MEMORY || r.code == ERR_BUSY) {
		*e = bad;
		return r.code;
	}
	r.changesets = c->now.steps = (int64_t)n;
	snprintf(r.detail, sizeof r.detail, "%.500s", bad.detail);
	if (n || r.code)
		tell(c, &r);
	return OK;
}

/* The store against its replay in a store of its own, which verifies what
 * operators signed, too. */
static enum err_code check_deep(struct checker *c, struct err *e)
{
	struct verify_report r;
	struct buf diff = BUF_INIT, path = BUF_INIT;
	struct store *s = NULL;
	enum err_code rc;

	report_start(&r, "store", "");
	buf_printf(&path, "%s/verify-%ld.db", c->n->dir, (long)getpid());
	rc = buf_ok(&path, e);
	if (!rc)
		rc = replay_store(c->n, (const char *)path.p, &s, e);
	if (!rc)
		rc = store_compare(c->n->store, s, &diff, e);
	store_close(s);
	if (path.p)
		store_remove((const char *)path.p);
	if (!rc && diff.n) {
		r.code = ERR_CORRUPT;
		snprintf(r.detail, sizeof r.detail, _("it differs from what "
		    "the chains give: %.500s"), (const char *)diff.p);
	}
	if (!rc)
		tell(c, &r);
	buf_release(&diff);
	buf_release(&path);
	return rc;
}

/* The files that records name, as far as they are here. */
static enum err_code check_files(struct checker *c, struct err *e)
{
	struct verify_report r;
	struct err bad = {0};
	size_t n;

	report_start(&r, "files", "");
	r.code = chunk_verify(c->n, &n, &bad);
	if (r.code && r.code != ERR_CORRUPT) {
		*e = bad;
		return r.code;
	}
	r.changesets = (int64_t)n;
	snprintf(r.detail, sizeof r.detail, "%.500s", bad.detail);
	if (n || r.code)
		tell(c, &r);
	return OK;
}

static enum err_code check_all(struct checker *c, const struct tips *tips,
    const char *chain, struct err *e)
{
	struct verify_report r;
	bool found = false;

	for (size_t i = 0; i < tips->n; i++) {
		const struct tip *t = &tips->t[i];
		bool told = chosen(chain, t->chain);

		/* hq/all is read in any case, for the roster */
		if ((!told && strcmp(t->chain, "hq/all") != 0) ||
		    awaits(c, t))
			continue;
		check_chain(c, t, &r);
		found |= told;
		if (told)
			tell(c, &r);
	}
	check_missing(c, tips, chain);
	if (chain && !found && !c->first.code)
		return err_set(e, ERR_NOT_FOUND, _("there is no chain %s "
		    "here"), chain);
	return OK;
}

static const char *text_of(const struct buf *b)
{
	return b->n ? (const char *)b->p : "";
}

/* Nothing waits that was not there when steps were looked at. */
static enum err_code start(struct checker *c, unsigned how, struct err *e)
{
	stamp_t oldest;
	size_t waiting;
	enum err_code rc = outbox_count(c->n->store, &waiting, &oldest, e);

	if (!rc)
		rc = verified_files(c->n, &c->now.objects, &c->now.store, e);
	if (!rc && (how & VERIFY_NEW))
		rc = verified_load(c->n, &c->before, e);
	if (!rc && !verified_within(text_of(&c->before.objects),
	    text_of(&c->now.objects)))
		verified_release(&c->before);
	c->again = !rc && c->before.n && !waiting &&
	    strcmp(text_of(&c->before.store), text_of(&c->now.store)) == 0;
	for (size_t i = 0; !rc && i < c->before.keys.limits.n; i++)
		rc = limits_add(&c->keys.limits,
		    &c->before.keys.limits.row[i], e);
	if (!rc && c->before.keys.nkey) {
		c->keys.key = calloc(c->before.keys.nkey,
		    sizeof *c->keys.key);
		if (!c->keys.key)
			return err_memory(e);
		memcpy(c->keys.key, c->before.keys.key, c->before.keys.nkey *
		    sizeof *c->keys.key);
		c->keys.nkey = c->keys.cap = c->before.keys.nkey;
	}
	return rc;
}

/* All chains, all good: the next one may begin here. */
static enum err_code finish(struct checker *c, struct err *e)
{
	struct keyring own = c->now.keys;
	enum err_code rc;

	c->now.keys = c->keys;		/* lent */
	rc = verified_save(c->n, &c->now, e);
	c->now.keys = own;
	return rc;
}

enum err_code verify_chains(struct node *n, const char *chain, unsigned how,
    verify_fn fn, void *arg, struct err *e)
{
	struct checker c = { .n = n, .fn = fn, .arg = arg };
	struct tips tips = {0};
	bool deep = how & VERIFY_DEEP;
	enum err_code rc;

	c.proof = calloc(WINDOW, sizeof *c.proof);
	rc = c.proof ? node_repo(n, e) : err_memory(e);
	if (!rc)
		rc = start(&c, how, e);
	if (!rc)
		rc = positions_load(n->store, &c.known, e);
	if (!rc)
		rc = tips_load(n, HEADS, &tips, e);
	if (!rc)
		rc = check_all(&c, &tips, chain, e);
	if (!rc && !chain)
		rc = check_steps(&c, e);
	if (!rc && !chain && !c.first.code)
		rc = finish(&c, e);
	if (!rc && deep && !c.first.code)
		rc = check_deep(&c, e);
	if (!rc && deep && !c.first.code)
		rc = check_files(&c, e);
	if (!rc && c.first.code) {
		*e = c.first;
		rc = c.first.code;
	}
	for (size_t i = 0; c.proof && i < WINDOW; i++)
		link_release(&c.proof[i].l);
	free(c.proof);
	positions_release(&c.known);
	free(tips.t);
	keyring_release(&c.keys);
	verified_release(&c.before);
	verified_release(&c.now);
	return rc;
}
