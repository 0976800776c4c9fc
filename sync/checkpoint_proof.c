/* Paths from a changeset, a chain or a record to a checkpoint.
 */
#include <stdlib.h>

#include "chain_impl.h"
#include "checkpoint_impl.h"

enum err_code checkpoint_covering(struct node *n, const char *chain,
    const char *epoch, int64_t seq, struct checkpoint_row *out,
    struct err *e)
{
	struct tip_row t;
	enum err_code rc;

	*out = (struct checkpoint_row){0};
	rc = tip_first(n->store, chain, epoch, seq, &t, e);
	if (!rc && t.seq)
		rc = checkpoint_after(n->store, t.stamp, out, e);
	return rc;
}

enum err_code checkpoint_with_state(struct node *n, const char *branch,
    struct checkpoint_row *out, struct state_row *state, struct err *e)
{
	enum err_code rc;

	*out = (struct checkpoint_row){0};
	rc = state_as_of(n->store, branch, INT64_MAX, state, e);
	if (!rc && state->stamp)
		rc = checkpoint_after(n->store, state->stamp, out, e);
	return rc;
}

enum err_code merkle_prove(const merkle_hash *leaf, size_t n, size_t index,
    const unsigned char root[SHA256_LEN], struct merkle_proof *out,
    struct err *e)
{
	merkle_hash found;

	memcpy(out->leaf, leaf[index], SHA256_LEN);
	out->index = index;
	out->n = n;
	merkle_path(leaf, n, index, out->path, &out->len);
	if (merkle_follow(out->leaf, index, n,
	    (const merkle_hash *)out->path, out->len, found) &&
	    memcmp(found, root, SHA256_LEN) == 0)
		return OK;
	return err_set(e, ERR_SPLIT, _("what is here does not give the root "
	    "that headquarters signed"));
}

static enum err_code tip_leaves(const struct tip_list *l, merkle_hash *leaf,
    struct err *e)
{
	struct buf line = BUF_INIT;
	enum err_code rc;

	for (size_t i = 0; i < l->n; i++) {
		buf_clear(&line);
		tip_line(&l->t[i], &line);
		merkle_leaf(slice_buf(&line), leaf[i]);
	}
	rc = buf_ok(&line, e);
	buf_release(&line);
	return rc;
}

enum err_code checkpoint_prove_tip(struct node *n,
    const struct checkpoint_row *c, const char *chain, const char *epoch,
    struct tip_row *tip, struct merkle_proof *out, struct err *e)
{
	struct tip_list l = {0};
	merkle_hash *leaf = NULL;
	size_t at = 0;
	enum err_code rc;

	rc = tips_load_all(n->store, c->stamp, &l, e);
	while (!rc && at < l.n && (strcmp(l.t[at].chain, chain) != 0 ||
	    strcmp(l.t[at].epoch, epoch) != 0))
		at++;
	if (!rc && at == l.n)
		rc = err_set(e, ERR_NOT_FOUND, _("checkpoint %lld does not "
		    "have the chain %s"), (long long)c->number, chain);
	if (!rc && !(leaf = calloc(l.n + 1, sizeof *leaf)))
		rc = err_memory(e);
	if (!rc && leaf)
		rc = tip_leaves(&l, leaf, e);
	if (!rc && leaf) {
		*tip = l.t[at];
		rc = merkle_prove((const merkle_hash *)leaf, l.n, at,
		    c->root, out, e);
	}
	free(leaf);
	free(l.t);
	return rc ? err_in(e, _("checkpoint %lld"), (long long)c->number) : OK;
}

/* ---- a chain's tree ---- */

struct commits {
	const char *epoch;
	merkle_hash *leaf;
	size_t n, want;
	bool bad;
};

static int add_commit(void *arg, const struct changeset_row *r)
{
	struct commits *c = arg;

	if (strcmp(r->epoch, c->epoch) != 0)
		return 0;
	c->bad |= r->seq != (int64_t)c->n + 1 ||
	    !chain_leaf(r->sha256, c->leaf[c->n]);
	return c->bad || ++c->n == c->want;
}

enum err_code checkpoint_prove_commit(struct node *n,
    const struct tip_row *tip, int64_t seq, struct merkle_proof *out,
    struct err *e)
{
	struct commits c = { .epoch = tip->epoch };
	int64_t have;
	enum err_code rc = OK;

	if (seq < 1 || seq > tip->seq)
		return err_set(e, ERR_NOT_FOUND, _("changeset %lld of %s is "
		    "not under that tip"), (long long)seq, tip->chain);
	rc = changeset_last(n->store, tip->chain, tip->epoch, &have, e);
	if (!rc && have < tip->seq)
		rc = err_set(e, ERR_NOT_FOUND, _("%s is here up to changeset "
		    "%lld, the checkpoint has it up to %lld"), tip->chain,
		    (long long)have, (long long)tip->seq);
	if (rc)
		return rc;
	c.want = (size_t)tip->seq;
	c.leaf = calloc(c.want, sizeof *c.leaf);
	if (!c.leaf)
		return err_memory(e);
	rc = changeset_each(n->store, tip->chain, 1, add_commit, &c, e);
	if (!rc && (c.bad || c.n != c.want))
		rc = err_set(e, ERR_CORRUPT, _("the store's journal of %s is "
		    "not whole"), tip->chain);
	if (!rc)
		rc = merkle_prove((const merkle_hash *)c.leaf, c.n,
		    (size_t)seq - 1, tip->tree, out, e);
	free(c.leaf);
	return rc;
}
