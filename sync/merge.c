/* One verified changeset into the store: who may write what, the roster, the
 * receipts, the rows.
 */
#include "ingest_impl.h"
#include "attachment.h"
#include "checkpoint.h"
#include "chunk.h"
#include "erase.h"
#include "operator.h"
#include "same.h"
#include "share.h"
#include "signer.h"
#include "trail.h"

enum err_code merge_receipt(struct ingest *g, struct run *r, struct err *e)
{
	struct receipt_row row = { .from_seq = r->from, .to_seq = r->to,
		.arrived_ms = g->arrived, .result = "applied" };

	if (!g->receipts || !r->from)
		return OK;
	memcpy(row.chain, r->pos.chain, sizeof row.chain);
	memcpy(row.epoch, r->pos.epoch, sizeof row.epoch);
	r->from = r->to = 0;
	return receipt_give(g->n, &row, r->writer.branch, e);
}

static size_t rows_of(const struct batch *b, enum fixed_table t)
{
	for (size_t i = 0; i < b->nsection; i++)
		if (!b->section[i].type && b->section[i].fixed == (int)t)
			return b->section[i].nrow;
	return 0;
}

/* Where rows that apply_batch() leaves to us may stand. */
enum { IN_ALL = 1, IN_BRANCH = 2, IN_NODE = 4, IN_FIRST = 8, IN_FILE = 16,
	IN_AUDIT = 32 };
static const unsigned places[TABLE_FIXED_COUNT] = {
	[TABLE_EDIT] = IN_ALL | IN_BRANCH | IN_NODE,
	[TABLE_TRANSITION] = IN_ALL | IN_BRANCH | IN_NODE,
	[TABLE_NODE] = IN_ALL,
	[TABLE_ENROL] = IN_FIRST,
	[TABLE_RECEIPT] = IN_BRANCH,
	[TABLE_OPERATOR] = IN_ALL | IN_NODE | IN_AUDIT,
	[TABLE_LINK] = IN_BRANCH,
	[TABLE_ATTACHMENT] = IN_ALL | IN_BRANCH | IN_NODE,
	[TABLE_SHARE] = IN_ALL | IN_BRANCH | IN_NODE | IN_AUDIT,
	[TABLE_CHECKPOINT] = IN_ALL,
	[TABLE_TIP] = IN_ALL,
	[TABLE_STATE] = IN_ALL,
	[TABLE_LIMIT] = IN_ALL | IN_NODE | IN_AUDIT,
	[TABLE_ROTATE] = IN_ALL | IN_NODE | IN_AUDIT,
	[TABLE_ERASE] = IN_ALL | IN_BRANCH | IN_NODE,
	[TABLE_ACCESS] = IN_ALL | IN_BRANCH | IN_NODE | IN_AUDIT,
	[TABLE_CHUNK] = IN_FILE,
};

/* An auditor's chain holds its enrolment, and what it has looked at. */
static unsigned place_of(const struct run *r, const struct header *h)
{
	if (strcmp(h->chain, "hq/all") == 0)
		return IN_ALL;
	if (chain_hq_branch(h->chain))
		return IN_BRANCH;
	if (!chain_node_code(h->chain))
		return IN_FILE;
	if (strcmp(r->writer.kind, "auditor") == 0)
		return h->seq == 1 ? IN_AUDIT | IN_FIRST : IN_AUDIT;
	return h->seq == 1 ? IN_NODE | IN_FIRST : IN_NODE;
}

static enum err_code check_places(const struct run *r, const struct link *l,
    const struct batch *b, struct err *e)
{
	const struct header *h = &l->h;
	unsigned place = place_of(r, h);

	for (size_t i = 0; i < b->nsection; i++) {
		const struct section *s = &b->section[i];

		if (s->type ? place & (IN_ALL | IN_BRANCH | IN_NODE) :
		    places[s->fixed] & place)
			continue;
		return err_set(e, ERR_FOREIGN, _("changeset %lld of %s holds "
		    "rows of the table %s, which may not stand there"),
		    (long long)h->seq, h->chain, s->table->name);
	}
	if (rows_of(b, TABLE_ENROL) && !r->enrolling)
		return enrol_same(b, &r->writer, l, e);
	return OK;
}

/* The stamps of those rows, as apply_batch() checks the others'. */
static enum err_code check_stamps(const struct origin *o,
    const struct batch *b, struct err *e)
{
	for (size_t i = 0; i < b->nsection; i++) {
		const struct section *s = &b->section[i];

		if (s->type || s->fixed < TABLE_NODE)
			continue;
		for (size_t k = 0; k < s->nrow; k++) {
			const struct value *v = s->cell + k * s->table->ncol;

			if (v->kind != VALUE_INT || v->i <= o->after)
				return err_set(e, ERR_CHAIN, _("its stamps do "
				    "not follow the chain's last one"));
			if (stamp_node(v->i) != o->node)
				return err_set(e, ERR_FOREIGN, _("it holds a "
				    "stamp of node %u"),
				    (unsigned)stamp_node(v->i));
		}
	}
	return OK;
}

static void origin_of(const struct run *r, struct origin *o)
{
	const char *branch = chain_hq_branch(r->pos.chain);

	*o = (struct origin){ .after = r->pos.last, .verify = key_verify };
	if (!branch) {
		o->branch = r->writer.branch;
		o->node = r->writer.number;
		return;
	}
	o->hq = true;
	o->everybody = strcmp(branch, "all") == 0;
	o->branch = o->everybody ? "HQ" : branch;
	o->node = HQ_NUMBER;
}

enum err_code merge_before(struct node *n, const char *chain,
    const struct batch *b, const struct origin *o, struct err *e)
{
	enum err_code rc = share_take(n, chain, b, e);

	return rc ? rc : operator_apply(n->store, b, o->branch, e);
}

enum err_code merge_after(struct node *n, const struct batch *b,
    const struct origin *o, struct err *e)
{
	struct store *s = n->store;
	enum err_code rc = receipts_take(s, b, e);

	if (!rc)
		rc = same_apply(s, b, e);
	if (!rc)
		rc = erase_apply(s, b, o, e);
	if (!rc)
		rc = attachment_apply(s, b, o, e);
	return rc ? rc : trail_apply(s, b, o->branch, e);
}

/* The roster, the receipts and the rows of one batch, in the savepoint. */
static enum err_code apply_link(struct ingest *g, struct run *r,
    const struct link *l, const struct batch *b, struct applied *done,
    struct err *e)
{
	struct store *s = g->n->store;
	struct origin o;
	enum err_code rc;

	rc = check_places(r, l, b, e);
	if (!rc && r->enrolling)
		rc = enrol_accept(g->n, r->pos.chain, r->key, b, &r->writer,
		    e);
	if (rc)
		return rc;
	origin_of(r, &o);
	rc = check_stamps(&o, b, e);
	if (!rc && rows_of(b, TABLE_NODE))
		rc = roster_apply(s, b, e);
	if (!rc && (l->h.seq == 1 || rows_of(b, TABLE_ROTATE) ||
	    rows_of(b, TABLE_LIMIT)))
		rc = signer_take(g->n, l, b, e);
	if (!rc && g->receipts)
		rc = signer_publish(g->n, l, b, e);
	if (!rc)
		rc = merge_before(g->n, l->h.chain, b, &o, e);
	if (!rc)
		rc = apply_batch(s, b, &o, done, e);
	if (!rc)
		rc = merge_after(g->n, b, &o, e);
	if (!rc && rows_of(b, TABLE_CHUNK))
		rc = chunk_apply(g->n, &l->h, b, g->replay, e);
	return rc;
}

/* A clock more than a day ahead: HQ decides by the arrival and says so in
 * the receipt, everybody else by that receipt. */
static enum err_code check_clock(struct ingest *g, struct run *r,
    const struct changeset_row *row, bool *told, struct err *e)
{
	struct receipt_row said = {0};
	enum err_code rc = OK;
	bool ahead;

	if (!row->first || !chain_node_code(row->chain))
		return OK;
	if (g->receipts) {
		ahead = stamp_ms(row->last) > g->arrived + STAMP_AHEAD_MS;
	} else {
		rc = receipt_at(g->n->store, row->chain, row->epoch, row->seq,
		    &said, e);
		ahead = strcmp(said.code, CODE_CLOCK) == 0;
	}
	if (rc || !ahead)
		return rc;
	rc = apply_ahead(g->n->store, row->first, row->last, e);
	if (rc || !g->receipts)
		return rc;
	said = (struct receipt_row){ .from_seq = row->seq,
		.to_seq = row->seq, .arrived_ms = g->arrived,
		.result = "applied", .code = CODE_CLOCK };
	memcpy(said.chain, row->chain, sizeof said.chain);
	memcpy(said.epoch, row->epoch, sizeof said.epoch);
	rc = merge_receipt(g, r, e);
	if (!rc)
		rc = receipt_give(g->n, &said, r->writer.branch, e);
	*told = true;
	return rc;
}

/* A chain that was refused from its beginning stands in the store under what
 * its ref tells of the epoch. It is good now. */
static enum err_code forget_stop(struct ingest *g, const struct run *r,
    struct err *e)
{
	struct position p = r->pos;

	p.stopped[0] = p.reason[0] = '\0';
	return position_set(g->n->store, &p, e);
}

/* The store's and the run's position move past the link. */
static enum err_code step(struct ingest *g, struct run *r,
    const struct link *l, const struct changeset_row *row, size_t held,
    struct err *e)
{
	struct position p = r->pos;
	bool told = false;
	enum err_code rc = OK;

	memcpy(p.epoch, l->h.epoch, sizeof p.epoch);
	p.seq = l->h.seq;
	memcpy(p.commit, l->commit, sizeof p.commit);
	memcpy(p.sha256, l->sha256, sizeof p.sha256);
	if (row->last > p.last)
		p.last = row->last;
	if (strcmp(p.stopped, err_name(ERR_FORK)) != 0)
		p.stopped[0] = p.reason[0] = '\0';
	if (!r->pos.seq && r->pos.stopped[0])
		rc = forget_stop(g, r, e);
	if (!rc)
		rc = changeset_add(g->n->store, row, e);
	if (!rc)
		rc = position_set(g->n->store, &p, e);
	if (!rc)
		rc = check_clock(g, r, row, &told, e);
	if (!rc && !told && held)
		rc = receipt_held(g, r, row, &told, e);
	if (rc)
		return rc;
	r->pos = p;
	if (told)
		return OK;
	if (!r->from)
		r->from = p.seq;
	r->to = p.seq;
	return OK;
}

static void count(struct ingest *g, const struct run *r,
    const struct changeset_row *row, const struct applied *a)
{
	struct ingested *out = g->out;

	out->changesets++;
	out->records += a->records;
	out->edits += a->edits;
	out->transitions += a->transitions;
	out->held += a->held;
	out->conflicts += a->conflicts;
	out->enrolled += r->enrolling;
	out->bytes += (uint64_t)row->bytes;
}

enum err_code merge_link(struct ingest *g, struct run *r,
    const struct link *l, const struct batch *b, struct err *e)
{
	struct run before = *r;
	struct applied done = {0};
	struct changeset_row row;
	enum err_code rc;

	rc = store_savepoint(g->n->store, e);
	if (rc)
		return rc;
	link_row(l, b, &row);
	rc = apply_link(g, r, l, b, &done, e);
	if (!rc)
		rc = step(g, r, l, &row, done.held, e);
	if (!rc)
		rc = checkpoint_step(g->n, &l->h, &row, b, e);
	store_savepoint_end(g->n->store, !rc);
	if (rc) {
		*r = before;
		return rc;
	}
	count(g, r, &row, &done);
	r->enrolling = false;
	g->waiting += batch_rows(b);
	return OK;
}
