/* The state of a branch: a leaf for each of its records, of what touched it.
 *
 * As the store stands when headquarters makes it; to prove it later, what came
 * after the checkpoint is left out again: rows of a node beyond the changeset
 * that its tip names, rows of headquarters from the STATE row's stamp on.
 */
#include <stdlib.h>

#include "base/text.h"
#include "base/list.h"
#include "chain_impl.h"
#include "checkpoint_impl.h"
#include "touch.h"

void state_leaf(stamp_t record, const stamp_t *stamp, size_t n,
    struct buf *scratch, merkle_hash out)
{
	unsigned char sum[SHA256_LEN];

	buf_clear(scratch);
	for (size_t i = 0; i < n; i++)
		buf_add_u64(scratch, (uint64_t)stamp[i]);
	sha256(slice_buf(scratch), sum);
	buf_clear(scratch);
	buf_add_u64(scratch, (uint64_t)record);
	buf_add(scratch, sum, sizeof sum);
	merkle_leaf(slice_buf(scratch), out);
}

/* ---- what was known by then ---- */

struct cut {			/* how far a node's stamps count */
	uint16_t number;
	stamp_t last;
};

struct state_walk {
	struct node *n;
	const struct state_row *state;	/* NULL: everything counts */
	struct tip_list tips;
	struct cut *cut;
	size_t ncut;
	struct err *e;
	enum err_code rc;
	/* what comes out */
	struct merkle tree;
	merkle_hash *leaf;		/* kept if `wanted` */
	size_t nleaf, cap;
	stamp_t wanted;
	size_t index;
	bool found;
	struct buf *stamps;
	struct buf scratch;
};

/* The greatest stamp that this node had under the tips. */
static enum err_code last_of(struct state_walk *w, const char *code,
    stamp_t *last, struct err *e)
{
	char chain[CHAIN_NAME];
	struct changeset_row r;
	enum err_code rc = OK;

	*last = 0;
	snprintf(chain, sizeof chain, "node/%.16s", code);
	for (size_t i = 0; !rc && i < w->tips.n; i++) {
		const struct tip_row *t = &w->tips.t[i];

		if (strcmp(t->chain, chain) != 0)
			continue;
		rc = changeset_get(w->n->store, chain, t->epoch, t->seq, &r,
		    e);
		if (!rc && r.last > *last)
			*last = r.last;
	}
	return rc;
}

static int add_cut(void *arg, const struct roster_row *r)
{
	struct state_walk *w = arg;
	struct cut *more;
	stamp_t last = INT64_MAX;

	if (strcmp(r->kind, "hq") == 0)
		last = w->state->stamp - 1;
	else
		w->rc = last_of(w, r->code, &last, w->e);
	if (w->rc)
		return 1;
	more = reallocarray(w->cut, w->ncut + 1, sizeof *more);
	if (!more) {
		w->rc = err_memory(w->e);
		return 1;
	}
	w->cut = more;
	w->cut[w->ncut++] = (struct cut){ r->number, last };
	return 0;
}

static bool was_known(void *arg, stamp_t stamp)
{
	const struct state_walk *w = arg;

	for (size_t i = 0; i < w->ncut; i++)
		if (w->cut[i].number == stamp_node(stamp))
			return stamp <= w->cut[i].last;
	return false;
}

/* ---- the leaves ---- */

static bool keep_leaf(struct state_walk *w, const merkle_hash leaf)
{
	merkle_hash *more = list_grow(w->leaf, w->nleaf, &w->cap,
	    sizeof *more);

	if (!more)
		return false;
	w->leaf = more;
	memcpy(w->leaf[w->nleaf++], leaf, SHA256_LEN);
	return true;
}

static int add_record(void *arg, stamp_t record, const stamp_t *stamp,
    size_t n)
{
	struct state_walk *w = arg;
	merkle_hash leaf;

	state_leaf(record, stamp, n, &w->scratch, leaf);
	merkle_add(&w->tree, leaf);
	if (!w->wanted)
		return 0;
	if (record == w->wanted) {
		w->found = true;
		w->index = w->nleaf;
		for (size_t i = 0; i < n; i++)
			buf_add_u64(w->stamps, (uint64_t)stamp[i]);
	}
	if (keep_leaf(w, leaf))
		return 0;
	w->rc = err_memory(w->e);
	return 1;
}

static enum err_code walk(struct state_walk *w, const char *branch,
    struct err *e)
{
	enum err_code rc;

	w->e = e;
	rc = touch_each(w->n->store, branch, w->state ? was_known : NULL,
	    add_record, w, e);
	if (!rc)
		rc = w->rc;
	if (!rc)
		rc = buf_ok(&w->scratch, e);
	buf_release(&w->scratch);
	return rc;
}

enum err_code checkpoint_prove_state(struct node *n,
    const struct checkpoint_row *c, const struct state_row *state,
    stamp_t record, struct merkle_proof *out, struct buf *stamps,
    struct err *e)
{
	struct state_walk w = { .n = n, .state = state, .wanted = record,
		.stamps = stamps, .e = e };
	enum err_code rc;

	buf_clear(stamps);
	rc = tips_load_all(n->store, c->stamp, &w.tips, e);
	if (!rc)
		rc = roster_each(n->store, add_cut, &w, e);
	if (!rc)
		rc = w.rc;
	if (!rc)
		rc = walk(&w, state->branch, e);
	if (!rc && !w.found)
		rc = err_set(e, ERR_NOT_FOUND, _("the record was not there "
		    "as of checkpoint %lld"), (long long)c->number);
	if (!rc)
		rc = buf_ok(stamps, e);
	if (!rc)
		rc = merkle_prove((const merkle_hash *)w.leaf, w.nleaf,
		    w.index, state->root, out, e);
	free(w.leaf);
	free(w.cut);
	free(w.tips.t);
	return rc;
}

/* ---- headquarters makes them ---- */

struct branches {		/* of the roster, each once */
	char (*name)[17];
	size_t n;
	bool failed;
};

static int add_branch(void *arg, const struct roster_row *r)
{
	struct branches *b = arg;
	char (*more)[17];

	for (size_t i = 0; i < b->n; i++)
		if (strcmp(b->name[i], r->branch) == 0)
			return 0;
	more = reallocarray(b->name, b->n + 1, sizeof *more);
	b->failed |= !more;
	if (!more)
		return 1;
	b->name = more;
	memcpy(b->name[b->n++], r->branch, sizeof *more);
	return 0;
}

static enum err_code add_state(struct node *n, struct batch *b,
    const char *branch, const struct state_walk *w,
    const unsigned char root[SHA256_LEN], struct err *e)
{
	struct value *c = batch_row(b, NULL, TABLE_STATE);
	stamp_t stamp;
	enum err_code rc;

	if (!c)
		return err_memory(e);
	rc = store_stamp(n->store, &stamp, e);
	if (rc)
		return rc;
	c[STATE_STAMP] = value_int(stamp);
	c[STATE_BRANCH] = value_text(batch_text(b, slice_str(branch)));
	c[STATE_RECORDS] = value_int((int64_t)w->tree.n);
	c[STATE_ROOT] = value_bytes(batch_text(b, slice_of(root,
	    SHA256_LEN)));
	return OK;
}

/* A row if the branch's records are not as its last STATE says. */
static enum err_code one_state(struct node *n, struct batch *b,
    const char *branch, struct err *e)
{
	struct state_walk w = { .n = n };
	unsigned char root[SHA256_LEN];
	struct state_row last;
	enum err_code rc;

	rc = state_as_of(n->store, branch, INT64_MAX, &last, e);
	if (!rc)
		rc = walk(&w, branch, e);
	if (rc)
		return rc;
	merkle_root(&w.tree, root);
	if (last.stamp ? memcmp(last.root, root, sizeof root) == 0 :
	    w.tree.n == 0)
		return OK;
	return add_state(n, b, branch, &w, root, e);
}

enum err_code states_add(struct node *n, struct batch *b, struct err *e)
{
	struct branches all = {0};
	enum err_code rc;

	rc = roster_each(n->store, add_branch, &all, e);
	if (!rc && all.failed)
		rc = err_memory(e);
	for (size_t i = 0; !rc && i < all.n; i++)
		rc = one_state(n, b, all.name[i], e);
	free(all.name);
	return rc;
}
