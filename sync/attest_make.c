/* Gathering the evidence for one record from a node's store and repository.
 */
#include <stdlib.h>

#include "attest_pick.h"
#include "chain_impl.h"
#include "operator.h"
#include "signer_row.h"
#include "touch.h"

/* What is left out, one after another, of a proof that grows too long. */
enum spare { SPARE_NONE, SPARE_SEEN, SPARE_RECEIPTS, SPARE_ALL };

/* ---- the record ---- */

struct stamps { stamp_t *s; size_t n; bool failed; };

static int add_stamp(void *arg, stamp_t stamp)
{
	struct stamps *l = arg;
	stamp_t *more = reallocarray(l->s, l->n + 1, sizeof *more);

	l->failed |= !more;
	if (!more)
		return 1;
	l->s = more;
	l->s[l->n++] = stamp;
	return 0;
}

static enum err_code find_changes(struct picks *p, struct err *e)
{
	struct stamps change = {0}, all = {0};
	enum err_code rc;

	rc = touch_record(p->n->store, p->record.id, false, add_stamp,
	    &change, e);
	add_stamp(&all, p->record.id);
	if (!rc)
		rc = touch_record(p->n->store, p->record.id, true, add_stamp,
		    &all, e);
	if (!rc && (change.failed || all.failed))
		rc = err_memory(e);
	p->change = change.s;
	p->nchange = change.n;
	p->stamp = all.s;
	p->nstamp = all.n;
	return rc;
}

static enum err_code pick_record(struct picks *p, struct err *e)
{
	enum err_code rc = OK;

	for (size_t i = 0; !rc && i < p->nstamp; i++) {
		struct pick *k = NULL;

		rc = pick_anywhere(p, p->stamp[i], &k, e);
		if (!rc && !k)
			rc = pick_not_here(p, p->stamp[i], e);
	}
	return rc;
}

/* ---- keys ---- */

struct key_search {
	const unsigned char *key;
	struct signer_row found;
};

static int find_key(void *arg, const struct signer_row *r)
{
	struct key_search *f = arg;

	if (memcmp(r->key, f->key, KEY_PUBLIC) == 0 &&
	    (!f->found.stamp || r->stamp < f->found.stamp))
		f->found = *r;
	return 0;
}

/* ---- the row that gave a key ---- */

struct node_search {
	struct picks *p;
	const unsigned char *key;
	struct pick *found;
	struct err *e;
	enum err_code rc;
};

/* A changeset of hq/all: has it a NODE row with the key? */
static int search_node(void *arg, const struct changeset_row *r)
{
	struct node_search *f = arg;
	struct section *s;
	struct pick *k = NULL;

	f->rc = pick_changeset(f->p, r, &k, f->e);
	s = f->rc ? NULL : batch_section(&k->b, NULL, TABLE_NODE);
	for (size_t i = 0; !f->rc && s && i < s->nrow; i++) {
		const struct value *c = s->cell + i * s->table->ncol;

		if (c[NODE_KEY].kind == VALUE_BYTES &&
		    c[NODE_KEY].s.n == KEY_PUBLIC &&
		    memcmp(c[NODE_KEY].s.p, f->key, KEY_PUBLIC) == 0) {
			f->rc = pick_row(k, c[0].i, f->e);
			f->found = k;
		}
	}
	if (!f->rc)
		pick_drop(f->p, k);
	return f->rc || f->found;
}

/* A key that came with a ROTATE row: its row there. */
static enum err_code pick_rotate(struct picks *p,
    const struct signer_row *r, struct pick **found, struct err *e)
{
	char chain[CHAIN_NAME] = "hq/all";
	enum err_code rc = OK;

	if (stamp_node(r->stamp) != HQ_NUMBER)
		rc = pick_own_chain(p, r->stamp, chain, e);
	if (!rc)
		rc = pick_stamp(p, chain, r->stamp, found, e);
	for (size_t i = 0; !rc && *found && i < (*found)->nrow; i++)
		if (pick_cell(*found, i)[0].i == r->stamp &&
		    (*found)->row[i].section->fixed == TABLE_ENROL) {
			pick_unrow(*found, i);
			pick_drop(p, *found);
			*found = NULL;
		}
	return rc;
}

/* The row that gave the key of this changeset to its writer: the roster's
 * newest, or the ROTATE row, or an older row of the roster. */
static enum err_code pick_signer(struct picks *p, const struct pick *of,
    struct err *e)
{
	struct key_search f = { .key = of->signer };
	struct node_search old = { .p = p, .key = f.key, .e = e };
	struct roster_row r = {0};
	unsigned char key[KEY_PUBLIC];
	struct pick *k = NULL;
	enum err_code rc;

	if (of->at.seq == 1 && strcmp(of->at.chain, "hq/all") == 0)
		return OK;
	memcpy(key, of->signer, KEY_PUBLIC);
	f.key = old.key = key;
	rc = signer_each(p->n->store, find_key, &f, e);
	if (!rc && f.found.stamp) {
		rc = roster_by_code(p->n->store, f.found.code, &r, e);
		if (!rc && memcmp(r.key, key, KEY_PUBLIC) == 0)
			rc = pick_stamp(p, "hq/all", r.stamp, &k, e);
		else if (!rc)
			rc = pick_rotate(p, &f.found, &k, e);
	}
	if (!rc && !k) {
		rc = changeset_each(p->n->store, "hq/all", 1, search_node,
		    &old, e);
		if (!rc)
			rc = old.rc;
		k = old.found;
	}
	if (rc || k)
		return rc;
	return err_set(e, ERR_KEY, _("the roster does not have the key that "
	    "signed %s yet"), of->at.chain);
}

static enum err_code pick_limits(struct picks *p, const struct pick *of,
    struct err *e)
{
	const struct limit_row *r;
	struct limits l = {0};
	struct pick *k = NULL;
	enum err_code rc = limits_load(p->n->store, of->signer, &l, e);

	r = rc ? NULL : signer_holds(l.row, l.n, of->signer,
	    of->at.chain, of->at.epoch);
	if (r && stamp_node(r->stamp) == HQ_NUMBER)
		rc = pick_stamp(p, "hq/all", r->stamp, &k, e);
	free(l.row);
	return rc;
}

/* The root key's own changeset, of each hq/all that is used. */
static enum err_code pick_founding(struct picks *p, const char *epoch,
    struct err *e)
{
	struct changeset_row at;
	struct pick *k = NULL;
	enum err_code rc;

	rc = changeset_get(p->n->store, "hq/all", epoch, 1, &at, e);
	if (!rc && !at.seq)
		rc = err_set(e, ERR_NOT_FOUND, _("the first changeset of "
		    "hq/all is not here"));
	if (!rc)
		rc = pick_changeset(p, &at, &k, e);
	if (rc)
		return rc;
	for (size_t i = 0; i < k->b.nsection; i++) {
		const struct section *s = &k->b.section[i];

		for (size_t j = 0; !s->type && s->fixed == TABLE_NODE &&
		    j < s->nrow; j++)
			if (s->cell[j * s->table->ncol + NODE_KIND].kind ==
			    VALUE_TEXT && slice_eqs(s->cell[j *
			    s->table->ncol + NODE_KIND].s, "hq"))
				return pick_row(k, s->cell[j *
				    s->table->ncol].i, e);
	}
	return err_set(e, ERR_CORRUPT, _("the root key names no headquarters "
	    "in the first changeset of hq/all"));
}

static enum err_code newest_epoch(struct picks *p, char epoch[33],
    struct err *e)
{
	struct positions ps = {0};
	stamp_t last = 0;
	enum err_code rc = positions_load(p->n->store, &ps, e);

	epoch[0] = '\0';
	for (size_t i = 0; !rc && i < ps.n; i++)
		if (strcmp(ps.p[i].chain, "hq/all") == 0 &&
		    ps.p[i].last >= last) {
			last = ps.p[i].last;
			memcpy(epoch, ps.p[i].epoch, sizeof ps.p[i].epoch);
		}
	positions_release(&ps);
	return rc;
}

/* Until nothing new comes: what gives a key is itself signed. */
static enum err_code pick_keys(struct picks *p, struct err *e)
{
	char epoch[33];
	size_t before;
	enum err_code rc = newest_epoch(p, epoch, e);

	if (!rc)
		rc = pick_founding(p, epoch, e);
	do {
		before = p->npick;
		for (size_t i = 0; !rc && i < p->npick; i++) {
			const struct pick *k = p->pick[i];
			size_t n = p->npick;

			rc = pick_signer(p, k, e);
			if (!rc)
				rc = pick_limits(p, k, e);
			if (!rc && strcmp(k->at.chain, "hq/all") == 0)
				rc = pick_founding(p, k->at.epoch, e);
			if (p->npick != n)
				break;
		}
	} while (!rc && p->npick != before);
	return rc;
}

/* ---- what it hangs on ---- */

static enum err_code is_covered(struct picks *p,
    const struct changeset_row *at, bool *yes, struct err *e)
{
	struct tip_row t = {0};
	enum err_code rc = tip_as_of(p->n->store, at->chain, at->epoch,
	    p->checkpoint.stamp, &t, e);

	*yes = !rc && t.seq >= at->seq;
	return rc;
}

/* All that was picked so far: else there is no checkpoint. */
static enum err_code try_checkpoint(struct picks *p,
    const struct checkpoint_row *c, bool *good, struct err *e)
{
	enum err_code rc = OK;

	p->checkpoint = *c;
	*good = c->number != 0;
	for (size_t i = 0; !rc && *good && i < p->npick; i++)
		rc = is_covered(p, &p->pick[i]->at, good, e);
	if (!*good)
		p->checkpoint.number = 0;
	return rc;
}

/* Nothing else had touched the record by then. */
static enum err_code try_state(struct picks *p, struct err *e)
{
	struct buf stamps = BUF_INIT, mine = BUF_INIT;
	struct err ignored = {0};
	enum err_code rc;

	rc = checkpoint_prove_state(p->n, &p->checkpoint, &p->state,
	    p->record.id, &p->state_path, &stamps, &ignored);
	for (size_t i = 0; i < p->nchange; i++)
		buf_add_u64(&mine, (uint64_t)p->change[i]);
	p->whole = !rc && slice_eq(slice_buf(&stamps), slice_buf(&mine));
	if (rc == ERR_NOT_FOUND || rc == ERR_SPLIT)
		rc = OK;
	if (rc)
		*e = ignored;
	if (!rc)
		rc = buf_ok(&mine, e);
	buf_release(&stamps);
	buf_release(&mine);
	return rc;
}

static enum err_code choose_checkpoint(struct picks *p, struct err *e)
{
	struct checkpoint_row c;
	bool good = false;
	enum err_code rc;

	rc = checkpoint_with_state(p->n, p->record.branch, &c, &p->state, e);
	if (!rc)
		rc = try_checkpoint(p, &c, &good, e);
	if (!rc && good)
		rc = try_state(p, e);
	if (rc || p->whole)
		return rc;
	rc = checkpoint_newest(p->n->store, &c, e);
	return rc ? rc : try_checkpoint(p, &c, &good, e);
}

static enum err_code pick_carrier(struct picks *p, struct err *e)
{
	const struct checkpoint_row *c = &p->checkpoint;
	struct changeset_row at;
	struct pick *k = NULL;
	enum err_code rc;

	if (!c->number)
		return OK;
	rc = changeset_get(p->n->store, "hq/all", c->epoch, c->seq, &at, e);
	if (!rc && !at.seq)
		rc = err_set(e, ERR_NOT_FOUND, _("the changeset of checkpoint "
		    "%lld is not here"), (long long)c->number);
	if (!rc)
		rc = pick_changeset(p, &at, &k, e);
	if (!rc)
		rc = pick_row(k, c->stamp, e);
	if (!rc && p->whole)
		rc = pick_row(k, p->state.stamp, e);
	if (!rc)
		k->past = true;
	return rc;
}

/* ---- times ---- */

/* Only what the checkpoint covers; without one, anything. */
static enum err_code may_pick(struct picks *p, const struct changeset_row *at,
    bool *yes, struct err *e)
{
	*yes = at->seq != 0;
	return *yes && p->checkpoint.number ? is_covered(p, at, yes, e) : OK;
}

static enum err_code pick_seen(struct picks *p, const char *name,
    struct err *e)
{
	struct checkpoint_row c;
	struct changeset_row at;
	struct pick *k = NULL;
	bool may = false;
	enum err_code rc;

	if (strcmp(name, "none") == 0)	/* before any checkpoint */
		return OK;
	rc = checkpoint_named(p->n->store, name, &c, e);
	if (rc || !c.number)
		return rc;
	rc = changeset_get(p->n->store, "hq/all", c.epoch, c.seq, &at, e);
	if (!rc)
		rc = may_pick(p, &at, &may, e);
	if (rc || !may)
		return rc;
	rc = pick_changeset(p, &at, &k, e);
	return rc ? rc : pick_row(k, c.stamp, e);
}

static enum err_code pick_receipt(struct picks *p,
    const struct changeset_row *of, struct err *e)
{
	char chain[CHAIN_NAME];
	struct receipt_row r;
	struct changeset_row at;
	struct pick *k = NULL;
	bool may = false;
	enum err_code rc;

	rc = receipt_at(p->n->store, of->chain, of->epoch, of->seq, &r, e);
	if (rc || !r.stamp)
		return rc;
	snprintf(chain, sizeof chain, "hq/%.16s", p->record.branch);
	rc = changeset_holding(p->n->store, chain, r.stamp, &at, e);
	if (!rc)
		rc = may_pick(p, &at, &may, e);
	if (rc || !may)
		return rc;
	rc = pick_changeset(p, &at, &k, e);
	return rc ? rc : pick_row(k, r.stamp, e);
}

static enum err_code pick_times(struct picks *p, enum spare spare,
    struct err *e)
{
	enum err_code rc = OK;

	for (size_t i = 0; !rc && i < p->nstamp; i++) {
		struct pick *k = NULL;

		rc = pick_anywhere(p, p->stamp[i], &k, e);
		if (!rc && k && (spare < SPARE_SEEN || i == 0))
			rc = pick_seen(p, k->l.h.seen, e);
		if (!rc && k && (spare < SPARE_RECEIPTS || i == 0))
			rc = pick_receipt(p, &k->at, e);
	}
	return rc;
}

/* ---- all ---- */

static enum err_code gather(struct picks *p, enum spare spare, struct err *e)
{
	enum err_code rc = find_changes(p, e);

	if (!rc)
		rc = pick_record(p, e);
	if (!rc)
		rc = pick_operators(p, e);
	if (!rc)
		rc = pick_keys(p, e);
	if (!rc)
		rc = choose_checkpoint(p, e);
	if (!rc && spare < SPARE_ALL)
		rc = pick_times(p, spare, e);
	if (!rc)
		rc = pick_carrier(p, e);
	/* those that were added are signed, too */
	return rc ? rc : pick_keys(p, e);
}

static enum err_code check_fields(const struct picks *p, struct err *e)
{
	for (size_t i = 0; i < p->nredact; i++)
		if (!type_field(p->n->catalogue, p->record.type,
		    p->redact[i]))
			return err_set(e, ERR_COLUMN, _("%s has no field %s"),
			    p->record.type->key, p->redact[i]);
	return OK;
}

enum err_code attest_make(struct node *n, const struct attest_ask *a,
    struct buf *out, struct err *e)
{
	struct record r;
	enum err_code rc = record_find(n->store, a->ref, &r, e);

	for (int spare = SPARE_NONE; !rc && spare <= SPARE_ALL; spare++) {
		struct picks p = { .n = n, .record = r,
			.redact = a->redact, .nredact = a->nredact };

		buf_clear(out);
		rc = check_fields(&p, e);
		if (!rc)
			rc = gather(&p, (enum spare)spare, e);
		if (!rc)
			rc = attest_write(&p, out, e);
		picks_release(&p);
		if (out->n <= ATTEST_AIM)
			break;
	}
	return rc;
}
