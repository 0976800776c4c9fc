/* Receipts: HQ's word on what it took from a chain, in hq/<branch>.
 */
#include "chain_impl.h"

static enum err_code fill_row(struct batch *b, const struct receipt_row *r,
    stamp_t stamp, struct err *e)
{
	struct value *cell = batch_row(b, NULL, TABLE_RECEIPT);

	if (!cell)
		return err_memory(e);
	cell[RECEIPT_STAMP] = value_int(stamp);
	cell[RECEIPT_CHAIN] = value_str(r->chain);
	cell[RECEIPT_EPOCH] = value_str(r->epoch);
	cell[RECEIPT_FROM] = value_int(r->from_seq);
	cell[RECEIPT_TO] = value_int(r->to_seq);
	cell[RECEIPT_ARRIVED] = value_int(r->arrived_ms);
	cell[RECEIPT_RESULT] = value_str(r->result);
	cell[RECEIPT_CODE] = value_str(r->code);
	return OK;
}

enum err_code receipt_give(struct node *n, const struct receipt_row *r,
    const char *branch, struct err *e)
{
	struct receipt_row row = *r;
	char chain[CHAIN_NAME];
	struct batch b;
	stamp_t stamp = 0;
	enum err_code rc;

	batch_init(&b, n->catalogue);
	snprintf(chain, sizeof chain, "hq/%.16s", branch);
	rc = store_stamp(n->store, &stamp, e);
	if (!rc)
		rc = fill_row(&b, r, stamp, e);
	if (!rc)
		rc = outbox_put(n->store, chain, &b, e);
	row.stamp = stamp;
	if (!rc)
		rc = receipt_add(n->store, &row, e);
	batch_release(&b);
	return rc;
}

struct range {			/* changesets whose clock ran ahead */
	struct store *s;
	const struct receipt_row *r;
	struct err *e;
	enum err_code rc;
};

static int mark_ahead(void *arg, const struct changeset_row *c)
{
	struct range *g = arg;

	if (c->seq > g->r->to_seq)
		return 1;
	if (strcmp(c->epoch, g->r->epoch) == 0 && c->first)
		g->rc = apply_ahead(g->s, c->first, c->last, g->e);
	return g->rc != OK;
}

/* Changesets that come after their receipt are marked by ingest.c. */
static enum err_code take_one(struct store *s, const struct receipt_row *r,
    struct err *e)
{
	struct range g = { s, r, e, OK };
	enum err_code rc;

	rc = receipt_add(s, r, e);
	if (!rc && strcmp(r->code, CODE_CLOCK) == 0)
		rc = changeset_each(s, r->chain, r->from_seq, mark_ahead, &g,
		    e);
	return rc ? rc : g.rc;
}

static bool read_row(const struct value *cell, struct receipt_row *r)
{
	*r = (struct receipt_row){0};
	if (cell[RECEIPT_FROM].kind != VALUE_INT ||
	    cell[RECEIPT_TO].kind != VALUE_INT ||
	    cell[RECEIPT_ARRIVED].kind != VALUE_INT)
		return false;
	r->from_seq = cell[RECEIPT_FROM].i;
	r->to_seq = cell[RECEIPT_TO].i;
	r->arrived_ms = cell[RECEIPT_ARRIVED].i;
	r->stamp = cell[RECEIPT_STAMP].i;
	return r->from_seq > 0 && r->to_seq >= r->from_seq &&
	    value_copy_text(&cell[RECEIPT_CHAIN], r->chain, sizeof r->chain) &&
	    value_copy_text(&cell[RECEIPT_EPOCH], r->epoch, sizeof r->epoch) &&
	    value_copy_text(&cell[RECEIPT_RESULT], r->result,
	    sizeof r->result) &&
	    value_copy_text(&cell[RECEIPT_CODE], r->code, sizeof r->code) &&
	    chain_code(r->chain);
}

enum err_code receipts_take(struct store *s, const struct batch *b,
    struct err *e)
{
	struct receipt_row r;
	enum err_code rc = OK;

	for (size_t i = 0; i < b->nsection; i++) {
		const struct section *sec = &b->section[i];

		if (sec->type || sec->fixed != TABLE_RECEIPT)
			continue;
		for (size_t k = 0; !rc && k < sec->nrow; k++) {
			if (!read_row(sec->cell + k * sec->table->ncol, &r))
				return err_set(e, ERR_FORMAT, _("its receipt "
				    "%zu is not valid"), k + 1);
			rc = take_one(s, &r, e);
		}
	}
	return rc;
}
