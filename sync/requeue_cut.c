/* Chains that end here earlier than they did: what is left out is read, and
 * the store is made again without.
 */
#include <stdlib.h>

#include "base/text.h"
#include "outbox.h"
#include "record_cell.h"
#include "requeue.h"
#include "share.h"

struct cut *requeue_add(struct node *n, struct requeue *q,
    const struct position *p)
{
	struct cut *more = reallocarray(q->cut, q->n + 1, sizeof *more);

	if (!more)
		return NULL;
	q->cut = more;
	more += q->n++;
	*more = (struct cut){ .p = *p };
	batch_init(&more->left, n->catalogue);
	more->moved = map_new();
	return more->moved ? more : NULL;
}

void requeue_drop(struct requeue *q)
{
	q->n--;
	batch_release(&q->cut[q->n].left);
	map_free(q->cut[q->n].moved);
}

void requeue_release(struct requeue *q)
{
	while (q->n)
		requeue_drop(q);
	free(q->cut);
}

/* ---- the changesets left out ---- */

/* The records, edits and steps of b; their text is copied. */
static enum err_code keep_changes(const struct batch *b, struct batch *out,
    struct err *e)
{
	for (size_t i = 0; i < b->nsection; i++) {
		const struct section *s = &b->section[i];
		size_t ncol = s->table->ncol;

		for (size_t k = 0; k < s->nrow; k++) {
			struct value *to = batch_row(out, s->type, s->fixed);

			for (size_t c = 0; to && c < ncol; c++)
				to[c] = batch_value(out,
				    &s->cell[k * ncol + c]);
			if (!to)
				return err_memory(e);
		}
	}
	return batch_ok(out, e);
}

/* The changeset after `at`; *good: it is one that may be taken. */
static enum err_code load_one(struct node *n, struct cut *c,
    const char *commit, struct slice rest, struct position *at, bool *good,
    struct err *e)
{
	bool had = c->life.lived && strcmp(c->from, c->p.commit) == 0;
	struct link l = {0};
	struct batch b;
	enum err_code rc;

	batch_init(&b, n->catalogue);
	rc = had ? link_open(n, commit, &l, e) :
	    link_read(n, commit, at, NULL, &l, e);
	if (!rc)
		rc = link_payload(n, &l, e);
	if (!rc)
		rc = link_batch(n, &l, &b, e);
	if (rc == ERR_SEALED && !share_ahead(n, &l.h, rest, e))
		rc = link_batch(n, &l, &b, e);
	if (!rc)
		rc = record_cell_mine(n->store, &b, e);
	*good = !rc;
	if (!rc)
		rc = requeue_explicit(&b, e);
	if (!rc)
		rc = keep_changes(&b, &c->left, e);
	at->seq++;
	memcpy(at->commit, l.commit, sizeof at->commit);
	memcpy(at->sha256, l.sha256, sizeof at->sha256);
	batch_release(&b);
	link_release(&l);
	return rc;
}

/* Another life's that is not good is for ingest to judge. */
static enum err_code load_all(struct node *n, struct cut *c,
    const struct buf *list, struct position *at, struct err *e)
{
	bool good = true;
	char commit[OID_HEX];
	enum err_code rc = OK;

	while (!rc && (size_t)at->seq * OID_HEX < list->n) {
		size_t i = (size_t)at->seq * OID_HEX;

		snprintf(commit, sizeof commit, "%.*s", OID_HEX - 1,
		    (const char *)list->p + i);
		rc = load_one(n, c, commit, slice_of(list->p + i + OID_HEX,
		    list->n - i - OID_HEX), at, &good, e);
		if (!rc)
			c->life.upto = at->seq;
	}
	if (rc && !good && !c->life.lived && rc != ERR_MEMORY)
		rc = OK;
	return rc ? err_in(e, _("reading changeset %lld of %s"),
	    (long long)at->seq, c->p.chain) : OK;
}

enum err_code requeue_load(struct node *n, struct cut *c, struct err *e)
{
	struct position at = c->p, none = {0};
	struct buf list = BUF_INIT;
	struct link l = {0};
	enum err_code rc = chain_commits(n, c->from, &none, &list, e);

	at.seq = c->life.upto = c->at;
	at.commit[0] = at.sha256[0] = '\0';
	if (!rc && at.seq && (size_t)at.seq * OID_HEX <= list.n) {
		snprintf(at.commit, sizeof at.commit, "%.*s", OID_HEX - 1,
		    (const char *)list.p + (size_t)(at.seq - 1) * OID_HEX);
		rc = link_open(n, at.commit, &l, e);
		memcpy(at.sha256, l.sha256, sizeof at.sha256);
	}
	if (!rc)
		rc = load_all(n, c, &list, &at, e);
	batch_sort(&c->left);
	link_release(&l);
	buf_release(&list);
	return rc;
}

/* ---- the store without them ---- */

/* Ours is kept where nobody looks for chains; the ref is the other history's,
 * or goes back. */
static enum err_code move_ref(struct node *n, const struct cut *c,
    struct err *e)
{
	char ref[80], now[OID_HEX], commit[OID_HEX] = "";
	const char *to = c->tip;
	enum err_code rc = OK;

	if (c->p.seq)
		rc = evidence_keep(n, c->p.chain, c->p.commit, e);
	if (!rc && !*to && c->at && c->at <= c->p.seq) {
		rc = link_find(n, c->p.chain, c->p.epoch, c->at, commit, e);
		to = commit;
	}
	chain_ref(c->p.chain, c->p.epoch, ref);
	if (!rc)
		rc = repo_ref_get(n->repo, ref, now, e);
	if (!rc && *to && strcmp(now, to) != 0)
		rc = repo_ref_set(n->repo, ref, now, to, e);
	return rc;
}

struct lost {
	const struct cut *c;
	struct node *n;
	enum err_code rc;
	struct err *e;
};

static int queue_changeset(void *arg, const struct changeset_row *r)
{
	struct lost *l = arg;

	if (strcmp(r->epoch, l->c->p.epoch) == 0 && r->first)
		l->rc = outbox_again(l->n->store, r->chain, r->first, r->last,
		    l->e);
	return l->rc != OK;
}

/* The changesets after keep are not in the repository any more: their rows,
 * which the store has, wait to be sealed again. */
static enum err_code queue_lost(struct node *n, const struct cut *c,
    struct err *e)
{
	struct lost l = { .c = c, .n = n, .e = e };
	enum err_code rc = store_begin(n->store, e);

	if (rc)
		return rc;
	rc = changeset_each(n->store, c->p.chain, c->at + 1,
	    queue_changeset, &l, e);
	if (!rc)
		rc = l.rc;
	if (!rc)
		rc = store_commit(n->store, e);
	if (rc)
		store_rollback(n->store);
	return rc;
}

/* The chain may have been cut before, in this same settling. */
static const struct cut *open_before(const struct requeue *q, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (q->cut[k].off && strcmp(q->cut[k].p.epoch,
		    q->cut[i].p.epoch) == 0)
			return &q->cut[k];
	return NULL;
}

enum err_code requeue_note(struct store *s, const struct detour *d,
    struct err *e)
{
	enum err_code rc = OK;

	for (size_t i = 0; !rc && i < d->q->n; i++) {
		struct cut *c = &d->q->cut[i];
		const struct cut *o = c->off ? c : open_before(d->q, i);

		c->life.rest = o ? o->at : 0;
		c->life.since = d->q->newest;
		snprintf(c->life.rest_tip, sizeof c->life.rest_tip, "%s",
		    o ? o->from : "");
		rc = epoch_settled(s, c->p.epoch, &c->life, e);
	}
	return rc;
}

/* They are signed and sent: only people can put that right. */
static void tell_others(struct node *n, const struct detour *d)
{
	size_t at = strlen(n->notice);
	char id[STAMP_DIGITS + 1];

	base32_stamp(id, (uint64_t)d->other);
	if (at)
		at += (size_t)snprintf(n->notice + at, sizeof n->notice - at,
		    "; ");
	if (at < sizeof n->notice)
		snprintf(n->notice + at, sizeof n->notice - at, _("%zu "
		    "changes of this node stand at entries that they were not "
		    "meant for, the first at %s: another copy has used the "
		    "same number; look at both entries and enter the changes "
		    "again"), d->others, id);
}

static void tell(struct node *n, const struct detour *d)
{
	bool ours = false;
	size_t at;

	for (size_t i = 0; i < d->q->n; i++)
		ours |= d->q->cut[i].ours;
	if (ours && !n->notice[0])	/* what was told before stays told */
		epoch_notice(n, d->q->why);
	at = strlen(n->notice);
	if (d->dropped)
		snprintf(n->notice + at, sizeof n->notice - at, _("; %zu "
		    "steps no longer fit and must be taken again"),
		    d->dropped);
	if (d->others)
		tell_others(n, d);
}

enum err_code requeue_run(struct node *n, struct requeue *q, struct err *e)
{
	struct detour d = { .q = q, .moved = map_new(), .had = map_new() };
	enum err_code rc = d.moved && d.had ? OK : err_memory(e);
	size_t i;

	for (i = 0; !rc && i < q->n; i++) {
		const struct cut *c = &q->cut[i];

		if (c->lost)
			rc = queue_lost(n, c, e);
		else if (!c->again)
			rc = move_ref(n, c, e);
	}
	if (!rc)
		rc = rebuild_around(n, &d, e);
	if (!rc)
		tell(n, &d);
	map_free(d.moved);
	map_free(d.had);
	return rc && i ? err_in(e, _("queueing again what %s held after "
	    "changeset %lld"), q->cut[i - 1].p.chain,
	    (long long)q->cut[i - 1].at) : rc;
}
