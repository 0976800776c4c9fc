/* One change's way, pieced together from the journal, the marks of what was
 * sent, the receipts and the checkpoints.
 */
#include "way.h"

#include "chain_impl.h"
#include "checkpoint.h"

struct writer { uint16_t number; char code[17]; bool hq, found; };

static int find_writer(void *arg, const struct roster_row *r)
{
	struct writer *w = arg;

	if (r->number != w->number)
		return 0;
	w->found = true;
	w->hq = strcmp(r->kind, "hq") == 0;
	memcpy(w->code, r->code, sizeof w->code);
	return 1;
}

/* The chains that a change with this stamp may ride in. */
static enum err_code chains_of(struct node *n, stamp_t stamp,
    const char *branch, char out[3][CHAIN_NAME], size_t *count,
    struct err *e)
{
	const struct identity *id = store_identity(n->store);
	struct writer w = { .number = stamp_node(stamp) };
	enum err_code rc = roster_each(n->store, find_writer, &w, e);

	*count = 0;
	if (!w.found && w.number == id->number) {
		w.found = true;
		w.hq = id->hq;
		memcpy(w.code, id->code, sizeof w.code);
	}
	if (rc || !w.found)
		return rc;
	if (!w.hq) {
		snprintf(out[(*count)++], CHAIN_NAME, "node/%.16s", w.code);
		return OK;
	}
	snprintf(out[(*count)++], CHAIN_NAME, "hq/%.16s", branch);
	snprintf(out[(*count)++], CHAIN_NAME, "hq/all");
	snprintf(out[(*count)++], CHAIN_NAME, "hq/HQ");
	return OK;
}

struct sent { struct node *n; struct way *w; struct err *e;
	enum err_code rc; };

static int find_sent(void *arg, const struct remote_row *r)
{
	struct sent *s = arg;
	int64_t seq = 0;

	s->rc = sent_get(s->n->store, r->name, s->w->sealed.chain,
	    s->w->sealed.epoch, &seq, s->e);
	if (!s->rc && seq >= s->w->sealed.seq)
		memcpy(s->w->remote, r->name, sizeof r->name);
	return s->rc || s->w->remote[0];
}

static enum err_code follow(struct node *n, struct way *w, struct err *e)
{
	const struct changeset_row *c = &w->sealed;
	struct sent s = { n, w, e, OK };
	enum err_code rc = position_get(n->store, c->chain, c->epoch, &w->at,
	    e);

	if (rc)
		return rc;
	w->own = chain_is_own(store_identity(n->store), c->chain, c->epoch);
	rc = remote_each(n->store, find_sent, &s, e);
	if (!rc)
		rc = s.rc;
	if (!rc && chain_node_code(c->chain))
		rc = receipt_at(n->store, c->chain, c->epoch, c->seq,
		    &w->receipt, e);
	return rc ? rc : checkpoint_covering(n, c->chain, c->epoch, c->seq,
	    &w->covered, e);
}

enum err_code way_of(struct node *n, stamp_t stamp, const char *branch,
    struct way *out, struct err *e)
{
	char chain[3][CHAIN_NAME];
	size_t count;
	enum err_code rc;

	*out = (struct way){0};
	rc = outbox_has(n->store, stamp, &out->waits, e);
	if (!rc && out->waits)
		return OK;
	if (!rc)
		rc = chains_of(n, stamp, branch, chain, &count, e);
	for (size_t i = 0; !rc && i < count && !out->sealed.seq; i++)
		rc = changeset_holding(n->store, chain[i], stamp, &out->sealed,
		    e);
	return rc || !out->sealed.seq ? rc : follow(n, out, e);
}
