/* Everybody is a witness: what headquarters says of chains is held against
 * what is here, and what branches have seen against what headquarters made.
 *
 * A contradiction stops nothing by itself: both sides are signed, both are
 * kept, and every sync and `status` tell until it is settled.
 */
#include "witness_row.h"

#include <stdlib.h>

#include "base/date.h"
#include "base/text.h"
#include "chain_impl.h"
#include "checkpoint_impl.h"
#include "hq_epoch.h"

static enum err_code split(struct node *n, const struct changeset_row *row,
    const char *name, const char *reason, bool *fresh, struct err *e)
{
	struct split_row s = { .seq = row->seq, .at_ms = clock_ms() };
	enum err_code rc;

	memcpy(s.chain, row->chain, sizeof s.chain);
	memcpy(s.epoch, row->epoch, sizeof s.epoch);
	snprintf(s.name, sizeof s.name, "%s", name);
	snprintf(s.reason, sizeof s.reason, "%s", reason);
	rc = split_add(n->store, &s, fresh, e);
	return rc ? rc : evidence_keep(n, row->chain, row->commit, e);
}

/* ---- what a branch has seen ---- */

static enum err_code note_seen(struct node *n, const struct header *h,
    const struct changeset_row *row, struct err *e)
{
	struct seen_row s = { .seq = row->seq }, before;
	struct checkpoint_row c;
	stamp_t start;
	bool again, fresh = false;
	char why[300];
	enum err_code rc;

	if (strcmp(h->seen, "none") == 0 || !chain_node_code(row->chain))
		return OK;
	rc = checkpoint_named(n->store, h->seen, &c, e);
	if (rc)
		return rc;
	memcpy(s.chain, row->chain, sizeof s.chain);
	memcpy(s.epoch, row->epoch, sizeof s.epoch);
	memcpy(s.name, h->seen, sizeof s.name);
	s.stamp = c.stamp;
	rc = seen_get(n->store, row->chain, row->epoch, &before, e);
	if (!rc)
		rc = hq_epoch_first(n->store, &start, e);
	if (!rc)
		rc = hq_epoch_many(n->store, &again, e);
	if (!rc)
		rc = seen_set(n->store, &s, e);
	if (rc || c.number || !store_identity(n->store)->hq)
		return rc;
	snprintf(why, sizeof why, _("%s was shown the checkpoint %.16s, "
	    "which headquarters does not have: headquarters was restored from "
	    "an older copy, or somebody else signs with its key"),
	    row->chain, h->seen);
	rc = split(n, row, h->seen, why, &fresh, e);
	if (rc || !fresh)
		return rc;
	/* it may not have heard yet that a new epoch has begun */
	return again && before.stamp < start ?
	    split_settle(n->store, h->seen, e) : hq_epoch_need(n, e);
}

/* Do the tips that everybody has give the root? */
static enum err_code check_root(struct node *n,
    const struct checkpoint_row *c, struct err *e)
{
	unsigned char root[SHA256_LEN];
	struct tip_list tips;
	enum err_code rc = tips_load_all(n->store, c->stamp, &tips, e);

	if (!rc)
		rc = tips_root(&tips, root, e);
	if (!rc && ((int64_t)tips.n != c->chains ||
	    memcmp(root, c->root, sizeof root) != 0))
		rc = err_set(e, ERR_SPLIT, _("the tips that came with "
		    "checkpoint %lld do not give its root: headquarters has "
		    "signed what does not agree with itself"),
		    (long long)c->number);
	free(tips.t);
	return rc;
}

static enum err_code seen_known(struct node *n, const struct header *h,
    struct err *e)
{
	struct checkpoint_row c;
	bool told = false;
	enum err_code rc;

	if (strcmp(h->seen, "none") == 0 || !chain_node_code(h->chain) ||
	    !store_identity(n->store)->hq)
		return OK;
	rc = checkpoint_named(n->store, h->seen, &c, e);
	if (!rc && !c.number)
		rc = split_told(n->store, h->seen, &told, e);
	if (!rc && !c.number && !told)
		rc = err_set(e, ERR_SPLIT, _("its node was shown the "
		    "checkpoint %.16s, which headquarters does not have"),
		    h->seen);
	return rc;
}

enum err_code witness_check(struct node *n, const struct header *h,
    const char sha256[SHA_HEX], struct err *e)
{
	struct checkpoint_row c;
	enum err_code rc;

	if (strcmp(h->chain, "hq/all") != 0)
		return seen_known(n, h, e);
	rc = checkpoint_named(n->store, sha256, &c, e);
	return rc || !c.number ? rc : check_root(n, &c, e);
}

/* ---- what headquarters says ---- */

/* The checkpoint that this changeset of hq/all carries, if it does. */
static enum err_code check_checkpoint(struct node *n,
    const struct changeset_row *row, struct err *e)
{
	struct checkpoint_row c;
	struct err why = {0};
	bool fresh;
	enum err_code rc = checkpoint_named(n->store, row->sha256, &c, e);

	if (rc || !c.number)
		return rc;
	rc = check_root(n, &c, &why);
	if (rc == ERR_SPLIT)
		return split(n, row, row->sha256, why.detail, &fresh, e);
	if (rc)
		*e = why;
	return rc;
}

static enum err_code check_tip(struct node *n,
    const struct changeset_row *row, const struct value *c, struct err *e)
{
	char chain[CHAIN_NAME], epoch[33], said[SHA_HEX], why[300];
	struct changeset_row have;
	struct checkpoint_row last;
	struct tip_row before = {0};
	bool fresh;
	enum err_code rc;

	snprintf(chain, sizeof chain, "%.*s", (int)c[TIP_CHAIN].s.n,
	    (const char *)c[TIP_CHAIN].s.p);
	snprintf(epoch, sizeof epoch, "%.*s", (int)c[TIP_EPOCH].s.n,
	    (const char *)c[TIP_EPOCH].s.p);
	hex_text(c[TIP_SHA256].s.p, SHA256_LEN, said);
	rc = changeset_get(n->store, chain, epoch, c[TIP_SEQ].i, &have, e);
	if (!rc && have.seq && strcmp(have.sha256, said) != 0) {
		snprintf(why, sizeof why, _("headquarters has another "
		    "changeset %lld of %s than this node"),
		    (long long)c[TIP_SEQ].i, chain);
		rc = split(n, row, said, why, &fresh, e);
	}
	if (!rc)
		rc = tip_as_of(n->store, chain, epoch, c[TIP_STAMP].i, &before,
		    e);
	if (rc || !before.seq || before.seq < c[TIP_SEQ].i ||
	    (before.seq == c[TIP_SEQ].i &&
	     memcmp(before.sha256, c[TIP_SHA256].s.p, SHA256_LEN) == 0))
		return rc;
	rc = checkpoint_before(n->store, c[TIP_STAMP].i, &last, e);
	if (rc)
		return rc;
	snprintf(why, sizeof why, strcmp(last.epoch, row->epoch) != 0 ?
	    _("headquarters has begun its chains again from an older copy: "
	    "%s goes back from changeset %lld to %lld; what came after is "
	    "kept here, and ours is sent again") :
	    _("headquarters' checkpoints contradict each other: %s was at "
	    "changeset %lld and is now at another changeset %lld"), chain,
	    (long long)before.seq, (long long)c[TIP_SEQ].i);
	return split(n, row, said, why, &fresh, e);
}

static enum err_code check_tips(struct node *n,
    const struct changeset_row *row, const struct batch *b, struct err *e)
{
	enum err_code rc = OK;

	for (size_t i = 0; i < b->nsection; i++) {
		const struct section *s = &b->section[i];

		if (s->type || s->fixed != TABLE_TIP)
			continue;
		for (size_t k = 0; !rc && k < s->nrow; k++)
			rc = check_tip(n, row, s->cell + k * s->table->ncol,
			    e);
	}
	return rc;
}

/* checkpoint_apply() has looked at the cells' kinds and lengths. */
enum err_code witness_step(struct node *n, const struct header *h,
    const struct changeset_row *row, const struct batch *b, struct err *e)
{
	enum err_code rc;

	if (strcmp(row->chain, "hq/all") != 0)
		return note_seen(n, h, row, e);
	if (store_identity(n->store)->hq)
		return OK;
	rc = check_tips(n, row, b, e);
	return rc ? rc : check_checkpoint(n, row, e);
}
