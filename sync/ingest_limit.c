/* How far a chain may be taken.
 */
#include "checkpoint_row.h"
#include "epoch_impl.h"
#include "ingest_impl.h"

/* An epoch of hq/... that has ended goes as far as headquarters' next one
 * says, or as the store had taken it before. */
static enum err_code past_limit(struct ingest *g, const struct run *r,
    int64_t *limit, struct err *e)
{
	const struct position *p = !g->limit ? NULL :
	    positions_find(g->limit, r->pos.chain, r->pos.epoch);
	char now[33];
	struct tip_row t = {0};
	stamp_t start = 0;
	enum err_code rc;

	rc = hq_epoch_now(g->n, now, e);
	if (rc || !now[0] || strcmp(now, r->pos.epoch) == 0)
		return rc;
	rc = hq_epoch_first(g->n->store, &start, e);
	if (!rc && start)
		rc = tip_as_of(g->n->store, r->pos.chain, r->pos.epoch,
		    start, &t, e);
	if (!rc && t.seq)
		*limit = p && p->seq > t.seq ? p->seq : t.seq;
	return rc;
}

/* Our own chain, in any of its lives, is ours to the end, but for what was
 * queued again and nobody has taken after all; so is what another life of
 * this node has signed. */
static enum err_code own_limit(struct ingest *g, const struct run *r,
    const char *epoch, int64_t *limit, struct err *e)
{
	bool lived, settled;
	int64_t taken, arrived;
	enum err_code rc;

	if (!epoch[0])
		return OK;
	rc = epoch_life(g->n->store, epoch, &lived, &settled, limit, e);
	if (rc || !settled)
		return rc;
	/* it had reached a remote that was not asked then */
	rc = receipt_newest(g->n->store, r->pos.chain, epoch, &taken,
	    &arrived, e);
	if (!rc && taken > *limit)
		*limit = taken;
	return rc;
}

/* In a replay it is what the store had taken, or what HQ's receipts in the
 * chains say that it took (the store may be an older copy). */
static enum err_code replay_limit(struct ingest *g, const struct run *r,
    const char *epoch, int64_t *limit, struct err *e)
{
	const struct position *p = positions_find(g->limit, r->pos.chain,
	    r->tip->epoch8);
	int64_t seq = 0, arrived;
	enum err_code rc = OK;

	*limit = p ? p->seq : 0;
	if (epoch[0])
		rc = receipt_newest(g->n->store, r->pos.chain, epoch, &seq,
		    &arrived, e);
	if (!rc && seq > *limit)
		*limit = seq;
	return rc;
}

/* Of two lives that have used one stamp headquarters has refused the one that
 * came to it second; here they may come in the other order. */
static enum err_code refused_limit(struct ingest *g, const struct run *r,
    const char *epoch, int64_t *limit, struct err *e)
{
	int64_t refused = 0;
	enum err_code rc = receipt_refused(g->n->store, r->pos.chain, epoch,
	    NULL, &refused, e);

	if (!rc && refused && refused <= *limit)
		*limit = refused - 1;
	return rc;
}

enum err_code ingest_limit(struct ingest *g, const struct run *r,
    int64_t *limit, struct err *e)
{
	const struct identity *id = store_identity(g->n->store);
	const char *code = chain_code(r->pos.chain);
	bool node = chain_node_code(r->pos.chain) != NULL;
	bool own = code && strcmp(code, id->code) == 0;
	char epoch[33] = "";
	struct link l = {0};
	struct err unreadable;	/* the chain will stop for that */
	enum err_code rc = OK;

	*limit = INT64_MAX;
	if (chain_hq_branch(r->pos.chain))
		return past_limit(g, r, limit, e);
	if (!code)
		return OK;
	if (!link_open(g->n, r->tip->commit, &l, &unreadable))
		memcpy(epoch, l.h.epoch, sizeof epoch);
	link_release(&l);
	if (own && node)
		rc = own_limit(g, r, epoch, limit, e);
	else if (!own && g->limit)
		rc = replay_limit(g, r, epoch, limit, e);
	if (!rc && node && !g->receipts)
		rc = refused_limit(g, r, epoch, limit, e);
	return rc;
}
