/* A proof's way up to the checkpoint.
 */
#include <stdlib.h>

#include "attest_impl.h"

/* ---- the carrier ---- */

static const struct attest_row *row_in(const struct attest *p,
    const struct attest_commit *k, const char *table)
{
	const struct attest_row *found = NULL;

	for (size_t i = 0; i < k->nrow; i++) {
		const struct attest_row *r = &p->row[k->row + i];

		if (strcmp(r->table, table) != 0)
			continue;
		if (found)
			return NULL;
		found = r;
	}
	return found;
}

/* The one commit of hq/all past its chain's tip. */
static enum err_code find_carrier(struct attest *p, struct err *e)
{
	for (size_t i = 0; i < p->nchain; i++) {
		const struct attest_chain *c = &p->chain[i];

		for (size_t k = 0; k < c->ncommit; k++) {
			const struct attest_commit *m =
			    &p->commit[c->commit + k];

			if (!c->tip || m->h.seq <= c->end.seq)
				continue;
			if (p->carrier || strcmp(c->name, "hq/all") != 0)
				return attest_bad(e, ERR_SPLIT, m->line, "%s",
				    _("it is past where the checkpoint has "
				    "its chain"));
			p->carrier = m;
		}
	}
	if (p->carrier)
		return OK;
	return attest_bad(e, ERR_SPLIT, p->tips_line, "%s", _("the "
	    "checkpoint's own changeset is not here"));
}

/* ---- one chain ---- */

static enum err_code chain_tree(const struct attest *p,
    struct attest_chain *c, merkle_hash *leaf, struct err *e)
{
	merkle_hash root;
	size_t n = 0;

	for (size_t i = 0; i < c->ncommit; i++) {
		const struct attest_commit *k = &p->commit[c->commit + i];

		if (k == p->carrier)
			continue;
		if (k->h.seq == c->end.seq && memcmp(k->sha256,
		    c->end.sha256, SHA256_LEN) != 0)
			return attest_bad(e, ERR_SPLIT, k->line, "%s", _("the "
			    "checkpoint has another changeset with that "
			    "number"));
		merkle_leaf(slice_of(k->sha256, SHA256_LEN), leaf[n++]);
	}
	if (!n || !attest_tree_root(c->tree, (const merkle_hash *)leaf, n,
	    root))
		return attest_bad(e, ERR_FORMAT, c->line, "%s", _("its tree "
		    "does not hold"));
	memcpy(c->end.tree, root, SHA256_LEN);
	return OK;
}

static int by_chain(const void *a, const void *b)
{
	const struct tip_row *x = a, *y = b;
	int c = strcmp(x->chain, y->chain);

	return c ? c : strcmp(x->epoch, y->epoch);
}

/* The leaves of `tips`, in the order of all tips. */
static enum err_code tip_leaves(struct attest *p, merkle_hash *leaf,
    struct err *e)
{
	struct tip_row *tip = calloc(p->nchain + 1, sizeof *tip);
	struct buf line = BUF_INIT;
	enum err_code rc;

	if (!tip)
		return err_memory(e);
	for (size_t i = 0; i < p->nchain; i++)
		tip[i] = p->chain[i].end;
	qsort(tip, p->nchain, sizeof *tip, by_chain);
	for (size_t i = 0; i < p->nchain; i++) {
		buf_clear(&line);
		tip_line(&tip[i], &line);
		merkle_leaf(slice_buf(&line), leaf[i]);
	}
	rc = buf_ok(&line, e);
	buf_release(&line);
	free(tip);
	return rc;
}

static enum err_code tips_root(struct attest *p, merkle_hash root,
    struct err *e)
{
	merkle_hash *leaf = calloc(p->ncommit + p->nchain, sizeof *leaf);
	enum err_code rc = leaf ? OK : err_memory(e);

	for (size_t i = 0; !rc && i < p->nchain; i++)
		rc = chain_tree(p, &p->chain[i], leaf, e);
	if (!rc)
		rc = tip_leaves(p, leaf, e);
	if (!rc && !attest_tree_root(p->tips, (const merkle_hash *)leaf,
	    p->nchain, root))
		rc = attest_bad(e, ERR_FORMAT, p->tips_line, "%s", _("its "
		    "tree does not hold"));
	free(leaf);
	return rc;
}

static enum err_code check_tips(struct attest *p, struct err *e)
{
	const struct attest_row *r;
	unsigned char signed_[SHA256_LEN];
	merkle_hash root;
	enum err_code rc;

	for (size_t i = 0; i < p->nchain; i++)
		if (!p->chain[i].tip)
			return attest_bad(e, ERR_FORMAT, p->chain[i].line,
			    "%s", _("its tip is not here"));
	rc = find_carrier(p, e);
	if (!rc)
		rc = tips_root(p, root, e);
	if (rc)
		return rc;
	r = row_in(p, p->carrier, "checkpoint");
	if (r && attest_bytes(p, r, "root", signed_, SHA256_LEN) &&
	    memcmp(signed_, root, SHA256_LEN) == 0)
		return OK;
	return attest_bad(e, ERR_SPLIT, p->tips_line, "%s", _("headquarters "
	    "did not sign these tips"));
}

/* ---- the state ---- */

static int by_stamp(const void *a, const void *b)
{
	stamp_t x = *(const stamp_t *)a, y = *(const stamp_t *)b;

	return x < y ? -1 : x > y;
}

static enum err_code record_leaf(const struct attest *p, merkle_hash leaf,
    struct err *e)
{
	stamp_t *stamp = calloc(p->nrow + 1, sizeof *stamp);
	struct buf scratch = BUF_INIT;
	enum err_code rc;
	size_t n = 0;

	if (!stamp)
		return err_memory(e);
	for (size_t i = 0; i < p->nrow; i++)
		if (attest_changes(&p->row[i]))
			stamp[n++] = p->row[i].stamp;
	qsort(stamp, n, sizeof *stamp, by_stamp);
	state_leaf(p->id, stamp, n, &scratch, leaf);
	rc = buf_ok(&scratch, e);
	buf_release(&scratch);
	free(stamp);
	return rc;
}

static enum err_code check_state(const struct attest *p, struct err *e)
{
	const struct attest_row *r = row_in(p, p->carrier, "state");
	unsigned char signed_[SHA256_LEN];
	merkle_hash leaf[1], root;
	enum err_code rc = record_leaf(p, leaf[0], e);

	if (rc)
		return rc;
	if (r && attest_bytes(p, r, "root", signed_, SHA256_LEN) &&
	    attest_tree_root(p->state, (const merkle_hash *)leaf, 1, root) &&
	    memcmp(signed_, root, SHA256_LEN) == 0)
		return OK;
	return attest_bad(e, ERR_SPLIT, p->state_line, "%s", _("headquarters "
	    "knew of other changes to the record"));
}

enum err_code attest_tips(struct attest *p, struct err *e)
{
	enum err_code rc;

	if (p->covered) {
		rc = check_tips(p, e);
		return rc || !p->whole ? rc : check_state(p, e);
	}
	for (size_t i = 0; i < p->nchain; i++)
		if (p->chain[i].tip)
			return attest_bad(e, ERR_FORMAT, p->chain[i].line,
			    "%s", _("a tip without a checkpoint"));
	return p->whole ? attest_bad(e, ERR_FORMAT, p->state_line, "%s",
	    _("a state without a checkpoint")) : OK;
}
