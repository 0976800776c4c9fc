/* Making checkpoints: the trees of the chains, headquarters' list of tips.
 */
#include "checkpoint.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/date.h"
#include "base/list.h"
#include "base/text.h"
#include "chain_impl.h"
#include "checkpoint_impl.h"

/* ---- leaves ---- */

void tip_line(const struct tip_row *t, struct buf *out)
{
	char sha[SHA_HEX], tree[SHA_HEX];

	hex_text(t->sha256, sizeof t->sha256, sha);
	hex_text(t->tree, sizeof t->tree, tree);
	buf_printf(out, "%s %s %" PRId64 " %s %s %s\n", t->chain, t->epoch,
	    t->seq, sha, tree, t->stopped[0] ? t->stopped : "-");
}

bool chain_leaf(const char *sha256_hex, merkle_hash out)
{
	unsigned char sum[SHA256_LEN];

	if (!hex_decode(slice_str(sha256_hex), sum, sizeof sum))
		return false;
	merkle_leaf(slice_of(sum, sizeof sum), out);
	return true;
}

/* ---- the tree of a chain ---- */

struct regrow {
	const char *epoch;
	int64_t below;
	struct merkle tree;
	bool bad;
};

static int regrow_one(void *arg, const struct changeset_row *r)
{
	struct regrow *g = arg;
	merkle_hash leaf;

	if (r->seq >= g->below)
		return 1;
	if (strcmp(r->epoch, g->epoch) != 0)
		return 0;
	g->bad |= r->seq != (int64_t)g->tree.n + 1 ||
	    !chain_leaf(r->sha256, leaf);
	if (!g->bad)
		merkle_add(&g->tree, leaf);
	return g->bad;
}

/* The tree of 1..below-1 from the journal: for a store of an older program,
 * once. */
static enum err_code regrow(struct node *n, const char *chain,
    const char *epoch, int64_t below, struct merkle *out, struct err *e)
{
	struct regrow g = { .epoch = epoch, .below = below };
	enum err_code rc;

	rc = changeset_each(n->store, chain, 1, regrow_one, &g, e);
	if (!rc && (g.bad || (int64_t)g.tree.n != below - 1))
		rc = err_set(e, ERR_CORRUPT, _("the store's journal of %s is "
		    "not whole"), chain);
	*out = g.tree;
	return rc;
}

/* The tree of the chain's changesets 1..count. */
static enum err_code tree_at(struct node *n, const char *chain,
    const char *epoch, int64_t count, struct merkle *out, struct err *e)
{
	struct buf parts = BUF_INIT;
	int64_t kept;
	enum err_code rc;

	*out = (struct merkle){0};
	rc = tree_get(n->store, chain, epoch, &kept, &parts, e);
	if (!rc && (kept != count ||
	    !merkle_load(out, (uint64_t)kept, slice_buf(&parts))))
		rc = regrow(n, chain, epoch, count + 1, out, e);
	buf_release(&parts);
	return rc;
}

static enum err_code grow(struct node *n, const struct changeset_row *row,
    struct err *e)
{
	struct buf parts = BUF_INIT;
	struct merkle tree;
	merkle_hash leaf;
	enum err_code rc;

	rc = tree_at(n, row->chain, row->epoch, row->seq - 1, &tree, e);
	if (rc)
		return rc;
	if (!chain_leaf(row->sha256, leaf))
		return err_set(e, ERR_INTERNAL, _("%s is no hash"),
		    row->sha256);
	merkle_add(&tree, leaf);
	merkle_save(&tree, &parts);
	rc = buf_ok(&parts, e);
	if (!rc)
		rc = tree_set(n->store, row->chain, row->epoch, row->seq,
		    slice_buf(&parts), e);
	buf_release(&parts);
	return rc;
}

enum err_code checkpoint_step(struct node *n, const struct header *h,
    const struct changeset_row *row, const struct batch *b, struct err *e)
{
	enum err_code rc = grow(n, row, e);

	if (!rc && strcmp(row->chain, "hq/all") == 0)
		rc = checkpoint_apply(n->store, b, row, e);
	return rc ? rc : witness_step(n, h, row, b, e);
}

enum err_code checkpoint_seen(struct node *n, char out[SHA_HEX],
    struct err *e)
{
	struct checkpoint_row c;
	enum err_code rc = checkpoint_newest(n->store, &c, e);

	snprintf(out, SHA_HEX, "%s", !rc && c.number ? c.name : "none");
	return rc;
}

/* ---- a new one ---- */

int tips_add(void *arg, const struct tip_row *t)
{
	struct tip_list *l = arg;
	struct tip_row *more = list_grow(l->t, l->n, &l->cap, sizeof *more);

	l->failed |= !more;
	if (!more)
		return 1;
	l->t = more;
	l->t[l->n++] = *t;
	return 0;
}

static int tip_order(const void *a, const void *b)
{
	const struct tip_row *p = a, *q = b;
	int c = strcmp(p->chain, q->chain);

	return c ? c : strcmp(p->epoch, q->epoch);
}

enum err_code tips_load_all(struct store *s, stamp_t below,
    struct tip_list *out, struct err *e)
{
	enum err_code rc;

	*out = (struct tip_list){0};
	rc = tip_each(s, below, tips_add, out, e);
	return !rc && out->failed ? err_memory(e) : rc;
}

enum err_code tips_root(const struct tip_list *l,
    unsigned char root[SHA256_LEN], struct err *e)
{
	struct buf line = BUF_INIT;
	struct merkle tree = {0};
	merkle_hash leaf;
	enum err_code rc;

	for (size_t i = 0; i < l->n; i++) {
		buf_clear(&line);
		tip_line(&l->t[i], &line);
		merkle_leaf(slice_buf(&line), leaf);
		merkle_add(&tree, leaf);
	}
	merkle_root(&tree, root);
	rc = buf_ok(&line, e);
	buf_release(&line);
	return rc;
}

struct making {
	struct node *n;
	struct checkpoint_row last;
	struct positions at;
	struct tip_list tips;		/* all, as of the new one */
	struct batch b;
	bool made;
};

/* Where the chain stands, as a tip. */
static enum err_code stand(struct making *m, const struct position *p,
    struct tip_row *t, struct err *e)
{
	struct merkle tree;
	enum err_code rc;

	*t = (struct tip_row){ .seq = p->seq };
	memcpy(t->chain, p->chain, sizeof t->chain);
	memcpy(t->epoch, p->epoch, sizeof t->epoch);
	memcpy(t->stopped, p->stopped, sizeof t->stopped);
	if (!hex_decode(slice_str(p->sha256), t->sha256, sizeof t->sha256))
		return err_set(e, ERR_CORRUPT, _("%s is no hash"), p->sha256);
	rc = tree_at(m->n, p->chain, p->epoch, p->seq, &tree, e);
	if (!rc)
		merkle_root(&tree, t->tree);
	return rc;
}

static enum err_code add_tip(struct making *m, const struct tip_row *t,
    struct err *e)
{
	struct value *c = batch_row(&m->b, NULL, TABLE_TIP);

	if (!c)
		return err_memory(e);
	c[TIP_STAMP] = value_int(t->stamp);
	c[TIP_CHAIN] = value_text(batch_text(&m->b, slice_str(t->chain)));
	c[TIP_EPOCH] = value_text(batch_text(&m->b, slice_str(t->epoch)));
	c[TIP_SEQ] = value_int(t->seq);
	c[TIP_SHA256] = value_bytes(batch_text(&m->b,
	    slice_of(t->sha256, sizeof t->sha256)));
	c[TIP_TREE] = value_bytes(batch_text(&m->b,
	    slice_of(t->tree, sizeof t->tree)));
	if (t->stopped[0])
		c[TIP_STOPPED] = value_text(batch_text(&m->b,
		    slice_str(t->stopped)));
	return OK;
}

/* What the last checkpoint said of the chain; NULL: nothing. */
static struct tip_row *tip_of(const struct making *m,
    const struct position *p)
{
	struct tip_row key = {0};

	memcpy(key.chain, p->chain, sizeof key.chain);
	memcpy(key.epoch, p->epoch, sizeof key.epoch);
	return m->tips.n ? bsearch(&key, m->tips.t, m->tips.n, sizeof key,
	    tip_order) : NULL;
}

static bool same_tip(const struct tip_row *t, const struct position *p)
{
	return t && t->seq == p->seq && strcmp(t->stopped, p->stopped) == 0;
}

/* A tip that is new, or another than at the last checkpoint. */
static enum err_code note_tip(struct making *m, const struct position *p,
    struct err *e)
{
	struct tip_row now, *old = tip_of(m, p);
	enum err_code rc;

	if (same_tip(old, p))
		return OK;
	rc = stand(m, p, &now, e);
	if (!rc)
		rc = store_stamp(m->n->store, &now.stamp, e);
	if (!rc)
		rc = add_tip(m, &now, e);
	if (rc)
		return rc;
	if (old) {
		*old = now;
		return OK;
	}
	if (tips_add(&m->tips, &now))
		return err_memory(e);
	qsort(m->tips.t, m->tips.n, sizeof now, tip_order);
	return OK;
}

/* Does hq/all stand elsewhere than at the changeset that carries the last
 * checkpoint, or another chain than where that one says? */
static bool is_changed(const struct making *m)
{
	const struct identity *id = store_identity(m->n->store);

	for (size_t i = 0; i < m->at.n; i++) {
		const struct position *p = &m->at.p[i];

		if (!p->seq)
			continue;
		if (strcmp(p->chain, "hq/all") == 0 &&
		    strcmp(p->epoch, id->epoch) == 0) {
			if (strcmp(p->sha256, m->last.name) != 0)
				return true;
		} else if (!same_tip(tip_of(m, p), p)) {
			return true;
		}
	}
	return false;
}

static enum err_code add_checkpoint(struct making *m, struct err *e)
{
	unsigned char root[SHA256_LEN];
	struct value *c = batch_row(&m->b, NULL, TABLE_CHECKPOINT);
	stamp_t stamp;
	enum err_code rc;

	if (!c)
		return err_memory(e);
	rc = tips_root(&m->tips, root, e);
	if (!rc)
		rc = store_stamp(m->n->store, &stamp, e);
	if (rc)
		return rc;
	c[CHECKPOINT_STAMP] = value_int(stamp);
	c[CHECKPOINT_NUMBER] = value_int(m->last.number + 1);
	c[CHECKPOINT_AT] = value_int(clock_ms());
	c[CHECKPOINT_CHAINS] = value_int((int64_t)m->tips.n);
	c[CHECKPOINT_ROOT] = value_bytes(batch_text(&m->b,
	    slice_of(root, sizeof root)));
	return OK;
}

static enum err_code fill(struct making *m, bool states, struct err *e)
{
	enum err_code rc = OK;

	if (states)
		rc = states_add(m->n, &m->b, e);
	m->made = !rc && (is_changed(m) ||
	    batch_section(&m->b, NULL, TABLE_STATE));
	if (!m->made)
		return rc;
	for (size_t i = 0; !rc && i < m->at.n; i++)
		if (m->at.p[i].seq)
			rc = note_tip(m, &m->at.p[i], e);
	if (!rc)
		rc = add_checkpoint(m, e);
	if (!rc)
		rc = batch_ok(&m->b, e);
	return rc ? rc : outbox_put(m->n->store, "hq/all", &m->b, e);
}

enum err_code checkpoint_write(struct node *n, bool states, bool *made,
    struct err *e)
{
	struct making m = { .n = n };
	enum err_code rc;

	batch_init(&m.b, n->catalogue);
	rc = store_begin(n->store, e);
	if (!rc)
		rc = checkpoint_newest(n->store, &m.last, e);
	if (!rc)
		rc = positions_load(n->store, &m.at, e);
	/* a new epoch lists all of them again */
	if (!rc && strcmp(m.last.epoch, store_identity(n->store)->epoch) == 0)
		rc = tips_load_all(n->store, INT64_MAX, &m.tips, e);
	if (!rc)
		rc = fill(&m, states, e);
	if (!rc)
		rc = store_commit(n->store, e);
	if (rc)
		store_rollback(n->store);
	*made = m.made;
	batch_release(&m.b);
	positions_release(&m.at);
	free(m.tips.t);
	return rc;
}

enum err_code checkpoint_make(struct node *n, bool states,
    struct sealed *out, struct err *e)
{
	struct sealed more = {0};
	bool made = false;
	enum err_code rc;

	rc = seal_all(n, out, e);
	if (!rc)
		rc = checkpoint_write(n, states, &made, e);
	if (!rc && made)
		rc = seal_all(n, &more, e);
	sealed_add(out, &more);
	return rc;
}
