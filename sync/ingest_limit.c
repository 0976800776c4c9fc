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
 * queued again; so is what another life of this node has signed. */
static enum err_code own_limit(struct ingest *g, const struct run *r,
    bool *own, int64_t *limit, struct err *e)
{
	const struct identity *id = store_identity(g->n->store);
	struct link l = {0};
	struct err unreadable;	/* the chain will stop for that */
	bool lived, settled;
	enum err_code rc = OK;

	*own = strcmp(chain_code(r->pos.chain), id->code) == 0;
	if (!*own || !chain_node_code(r->pos.chain))
		return OK;
	if (!link_open(g->n, r->tip->commit, &l, &unreadable))
		rc = epoch_life(g->n->store, l.h.epoch, &lived, &settled,
		    limit, e);
	link_release(&l);
	return rc;
}

/* Of two lives that have used one stamp headquarters has refused the one that
 * came to it second; here they may come in the other order. */
static enum err_code refused_limit(struct ingest *g, const struct run *r,
    int64_t *limit, struct err *e)
{
	struct link l = {0};
	struct err unreadable;	/* the chain will stop for that */
	int64_t refused = 0;
	enum err_code rc = OK;

	if (g->receipts || !chain_node_code(r->pos.chain))
		return OK;
	if (!link_open(g->n, r->tip->commit, &l, &unreadable))
		rc = receipt_refused(g->n->store, r->pos.chain, l.h.epoch,
		    NULL, &refused, e);
	if (!rc && refused && refused <= *limit)
		*limit = refused - 1;
	link_release(&l);
	return rc;
}

/* In a replay it is what the store had taken, or what HQ's receipts in the
 * chains say that it took (the store may be an older copy). */
static enum err_code limit_of(struct ingest *g, const struct run *r,
    int64_t *limit, struct err *e)
{
	const struct position *p;
	int64_t seq = 0, arrived;
	struct link l = {0};
	bool own;
	enum err_code rc;

	*limit = INT64_MAX;
	if (chain_hq_branch(r->pos.chain))
		return past_limit(g, r, limit, e);
	if (!chain_code(r->pos.chain))
		return OK;
	rc = own_limit(g, r, &own, limit, e);
	if (rc || own || !g->limit)
		return rc;
	p = positions_find(g->limit, r->pos.chain, r->tip->epoch8);
	*limit = p ? p->seq : 0;
	rc = link_open(g->n, r->tip->commit, &l, e);
	if (!rc)
		rc = receipt_newest(g->n->store, r->pos.chain, l.h.epoch,
		    &seq, &arrived, e);
	if (!rc && seq > *limit)
		*limit = seq;
	link_release(&l);
	return rc;
}

enum err_code ingest_limit(struct ingest *g, const struct run *r,
    int64_t *limit, struct err *e)
{
	enum err_code rc = limit_of(g, r, limit, e);

	return rc ? rc : refused_limit(g, r, limit, e);
}
