/* Receipts for changesets that are not applied: refused, or taken with rows
 * that wait for what has not come, or for good.
 */
#include <stdlib.h>

#include "hash.h"
#include "ingest_impl.h"

#define CODE_WAITS "E_REF"	/* waits for what it refers to */

static enum err_code give(struct ingest *g, const struct changeset_row *c,
    const char *result, const char *code, const char *branch, struct err *e)
{
	struct receipt_row row = { .from_seq = c->seq, .to_seq = c->seq,
		.arrived_ms = g->arrived };

	memcpy(row.chain, c->chain, sizeof row.chain);
	memcpy(row.epoch, c->epoch, sizeof row.epoch);
	snprintf(row.result, sizeof row.result, "%s", result);
	snprintf(row.code, sizeof row.code, "%s", code);
	return receipt_give(g->n, &row, branch, e);
}

enum err_code receipt_held(struct ingest *g, struct run *r,
    const struct changeset_row *row, bool *told, struct err *e)
{
	char code[24];
	int64_t held;
	enum err_code rc;

	if (!g->receipts || !row->first || !chain_node_code(row->chain))
		return OK;
	rc = held_between(g->n->store, row->first, row->last, &held, code, e);
	if (rc || !held)
		return rc;
	rc = merge_receipt(g, r, e);
	if (!rc)
		rc = give(g, row, "held", code[0] ? code : CODE_WAITS,
		    r->writer.branch, e);
	*told = true;
	return rc;
}

/* ---- refused ---- */

/* Whom a receipt about the chain goes to, and its whole epoch. One that was
 * refused from its beginning is known by its invitation and its tip alone;
 * branch is "" when nobody knows it. */
static enum err_code addressee(struct ingest *g, const struct run *r,
    char epoch[33], char branch[17], struct err *e)
{
	struct invitation_row inv = {0};
	struct link l = {0};
	struct err unknown = {0};
	enum err_code rc = OK;

	memcpy(epoch, r->pos.epoch, sizeof r->pos.epoch);
	memcpy(branch, r->writer.branch, sizeof inv.branch);
	if (!r->writer.number) {
		rc = invitation_by_code(g->n->store,
		    chain_code(r->pos.chain), &inv, &unknown);
		memcpy(branch, inv.branch, sizeof inv.branch);
	}
	wipe(&inv, sizeof inv);
	if (rc && rc != ERR_NOT_FOUND) {
		*e = unknown;
		return rc;
	}
	if (strlen(epoch) != 32 &&
	    !link_open(g->n, r->tip->commit, &l, &unknown) &&
	    strcmp(l.h.chain, r->pos.chain) == 0)
		memcpy(epoch, l.h.epoch, sizeof l.h.epoch);
	if (strlen(epoch) != 32)
		branch[0] = '\0';
	link_release(&l);
	return OK;
}

enum err_code receipt_refuse(struct ingest *g, const struct run *r,
    enum err_code code, const char *name, struct err *e)
{
	struct receipt_row said = {0};
	struct receipt_row row = { .from_seq = r->pos.seq + 1,
		.to_seq = r->pos.seq + 1, .arrived_ms = g->arrived,
		.result = "refused" };
	char branch[17];
	enum err_code rc;

	if (!g->receipts || !chain_code(r->pos.chain))
		return OK;
	rc = addressee(g, r, row.epoch, branch, e);
	if (rc || !branch[0])
		return rc;
	memcpy(row.chain, r->pos.chain, sizeof row.chain);
	if (code == ERR_NEWER || code == ERR_UNDETERMINED ||
	    code == ERR_SEALED || code == ERR_REF)
		snprintf(row.result, sizeof row.result, "held");
	snprintf(row.code, sizeof row.code, "%s", name);
	rc = receipt_at(g->n->store, row.chain, row.epoch, row.from_seq, &said,
	    e);
	/* once: it may come by several ways */
	if (!rc && (strcmp(said.code, row.code) != 0 ||
	    strcmp(said.result, row.result) != 0))
		rc = receipt_give(g->n, &row, branch, e);
	return rc;
}

/* ---- released ---- */

struct open {			/* receipts that say "held" */
	struct receipt_row *r;
	size_t n;
	bool failed;
};

static int add_open(void *arg, const struct receipt_row *r)
{
	struct open *o = arg;
	struct receipt_row *more;

	if (strcmp(r->result, "held") != 0)
		return 0;
	more = reallocarray(o->r, o->n + 1, sizeof *more);
	o->failed |= !more;
	if (!more)
		return 1;
	o->r = more;
	o->r[o->n++] = *r;
	return 0;
}

/* The changeset stands in the journal and nothing of it waits any more. */
static enum err_code release(struct ingest *g, const struct receipt_row *r,
    struct err *e)
{
	struct roster_row writer;
	struct changeset_row c;
	int64_t held = 0;
	char code[24];
	enum err_code rc;

	rc = changeset_get(g->n->store, r->chain, r->epoch, r->from_seq, &c,
	    e);
	if (rc || !c.seq)
		return rc;
	rc = held_between(g->n->store, c.first, c.last, &held, code, e);
	if (rc || held)
		return rc;
	rc = chain_writer(g->n, r->chain, &writer, e);
	return rc ? rc : give(g, &c, "applied", "", writer.branch, e);
}

enum err_code receipts_release(struct ingest *g, struct err *e)
{
	struct open o = {0};
	enum err_code rc;

	rc = receipt_open_each(g->n->store, NULL, add_open, &o, e);
	if (!rc && o.failed)
		rc = err_memory(e);
	for (size_t i = 0; !rc && i < o.n; i++)
		rc = release(g, &o.r[i], e);
	free(o.r);
	return rc;
}
