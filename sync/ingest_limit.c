/* How far a chain may be taken.
 */
#include "checkpoint_row.h"
#include "epoch_impl.h"
#include "ingest_impl.h"
#include "word.h"

/* An epoch of hq/... that has ended goes as far as headquarters' newest tip
 * says, or as the store had taken it before. */
static enum err_code past_limit(struct ingest *g, const struct run *r,
    int64_t *limit, struct err *e)
{
	const struct position *p = !g->limit ? NULL :
	    positions_find(g->limit, r->pos.chain, r->pos.epoch);
	char now[33];
	struct tip_row t = {0};
	enum err_code rc;

	rc = hq_epoch_now(g->n, now, e);
	if (rc || g->lost || !now[0] || strcmp(now, r->pos.epoch) == 0)
		return rc;
	rc = tip_as_of(g->n->store, r->pos.chain, r->pos.epoch, INT64_MAX,
	    &t, e);
	if (!rc && t.seq)
		*limit = p && p->seq > t.seq ? p->seq : t.seq;
	return rc;
}

/* In a replay it is what the store had taken, or what HQ's receipts in the
 * chains say that it took (the store may be an older copy). */
static enum err_code replay_limit(struct ingest *g, const struct run *r,
    const char *epoch, int64_t *limit, struct err *e)
{
	const struct position *p = positions_find(g->limit, r->pos.chain,
	    r->tip->epoch8);
	int64_t seq = 0, arrived, had = p ? p->seq : 0;
	enum err_code rc = OK;

	if (epoch[0])
		rc = receipt_newest(g->n->store, r->pos.chain, epoch, &seq,
		    &arrived, e);
	if (!rc && seq < had)
		seq = had;
	if (seq < *limit)
		*limit = seq;
	return rc;
}

/* What headquarters has taken of it, if this is that history. */
static enum err_code word_limit(struct ingest *g, const struct run *r,
    const char *epoch, int64_t *limit, struct err *e)
{
	struct word w;
	bool yes = false;
	enum err_code rc = word_of(g->n->store, r->pos.chain, epoch, &w, e);

	if (!rc)
		rc = word_is_of(g->n, &w, r->tip->commit, &yes, e);
	*limit = yes ? w.seq : 0;
	return rc;
}

/* Our own chain, in any of its lives, is ours to the end, but for what was
 * queued again; what another life has signed is like another node's. */
static enum err_code own_limit(struct ingest *g, const struct run *r,
    const char *epoch, const struct life *life, int64_t *limit,
    struct err *e)
{
	int64_t keep = !life->lived ? 0 : life->keep;
	enum err_code rc = OK;

	if (g->reach == REACH_ALL) {
		if (!life->lived && g->limit)
			rc = replay_limit(g, r, epoch, limit, e);
		return rc;
	}
	if (g->reach == REACH_WORD)
		rc = word_limit(g, r, epoch, limit, e);
	if (g->reach == REACH_OWN || *limit < keep)
		*limit = keep;
	return rc;
}

/* What was left out here is taken once headquarters has taken it: it had
 * reached a remote that was not asked then. */
static enum err_code settled_limit(struct ingest *g, const struct run *r,
    const char *epoch, const struct life *life, int64_t *limit,
    struct err *e)
{
	int64_t taken, arrived;
	enum err_code rc;

	if (life->limit == INT64_MAX)
		return OK;
	rc = receipt_newest(g->n->store, r->pos.chain, epoch, &taken,
	    &arrived, e);
	if (taken < life->limit)
		taken = life->limit;
	if (taken < *limit)
		*limit = taken;
	return rc;
}

/* Of two lives that have used one stamp headquarters has refused the one that
 * came to it second; here they may come in the other order. A replay leaves
 * in what the store had. */
static enum err_code refused_limit(struct ingest *g, const struct run *r,
    const char *epoch, int64_t *limit, struct err *e)
{
	const struct position *p = !g->limit ? NULL :
	    positions_find(g->limit, r->pos.chain, r->tip->epoch8);
	struct word w;
	enum err_code rc = word_of(g->n->store, r->pos.chain, epoch, &w, e);

	if (rc || !w.refused)
		return rc;
	if (p && p->seq >= w.refused)
		w.refused = p->seq + 1;
	if (w.refused <= *limit)
		*limit = w.refused - 1;
	return rc;
}

/* A node's chain, of which these are not headquarters' first words. */
static enum err_code node_limit(struct ingest *g, const struct run *r,
    const char *epoch, bool own, int64_t *limit, struct err *e)
{
	struct life life;
	enum err_code rc = epoch_life(g->n->store, epoch, &life, e);

	if (rc)
		return rc;
	if (own)
		rc = own_limit(g, r, epoch, &life, limit, e);
	else if (g->limit)
		rc = replay_limit(g, r, epoch, limit, e);
	if (!rc && life.settled)
		rc = settled_limit(g, r, epoch, &life, limit, e);
	return rc ? rc : refused_limit(g, r, epoch, limit, e);
}

enum err_code ingest_limit(struct ingest *g, const struct run *r,
    int64_t *limit, struct err *e)
{
	const struct identity *id = store_identity(g->n->store);
	const char *code = chain_code(r->pos.chain);
	bool own = code && strcmp(code, id->code) == 0;
	char epoch[33] = "";
	struct link l = {0};
	struct err unreadable;	/* the chain will stop for that */

	*limit = INT64_MAX;
	if (chain_hq_branch(r->pos.chain))
		return past_limit(g, r, limit, e);
	if (!code)
		return OK;
	if (!link_open(g->n, r->tip->commit, &l, &unreadable))
		memcpy(epoch, l.h.epoch, sizeof epoch);
	link_release(&l);
	if (chain_node_code(r->pos.chain) && !g->receipts && epoch[0])
		return node_limit(g, r, epoch, own, limit, e);
	return !own && g->limit ? replay_limit(g, r, epoch, limit, e) : OK;
}
