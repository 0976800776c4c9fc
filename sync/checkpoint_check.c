/* Two checkpoints side by side, and one against the chains that are here.
 */
#include <stdlib.h>

#include "chain_impl.h"
#include "checkpoint_file.h"

/* ---- the trees, from the commits ---- */

struct redo {			/* a chain's commits, read again */
	struct node *n;
	const char *epoch;
	int64_t old, new;	/* where the tree is wanted */
	struct merkle tree;
	unsigned char old_tree[SHA256_LEN], new_tree[SHA256_LEN];
	char old_sha[SHA_HEX], new_sha[SHA_HEX];
	struct buf content;
	struct err *e;
	enum err_code rc;
};

static void note(struct redo *r, int64_t seq, const char *sha)
{
	if (seq == r->old) {
		merkle_root(&r->tree, r->old_tree);
		memcpy(r->old_sha, sha, SHA_HEX);
	}
	if (seq == r->new) {
		merkle_root(&r->tree, r->new_tree);
		memcpy(r->new_sha, sha, SHA_HEX);
	}
}

static int redo_one(void *arg, const struct changeset_row *c)
{
	struct redo *r = arg;
	unsigned char sum[SHA256_LEN];
	char sha[SHA_HEX];
	merkle_hash leaf;

	if (strcmp(c->epoch, r->epoch) != 0)
		return 0;
	if (c->seq != (int64_t)r->tree.n + 1 || c->seq > r->new)
		return 1;
	buf_clear(&r->content);
	r->rc = repo_read(r->n->repo, c->commit, OBJECT_COMMIT, COMMIT_MAX,
	    &r->content, r->e);
	if (r->rc)
		return 1;
	sha256(slice_buf(&r->content), sum);
	hex_text(sum, sizeof sum, sha);
	merkle_leaf(slice_of(sum, sizeof sum), leaf);
	merkle_add(&r->tree, leaf);
	note(r, c->seq, sha);
	return 0;
}

static bool is_tip(const struct tip_row *t, const char *sha,
    const unsigned char tree[SHA256_LEN])
{
	char said[SHA_HEX];

	hex_text(t->sha256, SHA256_LEN, said);
	return strcmp(said, sha) == 0 &&
	    memcmp(tree, t->tree, SHA256_LEN) == 0;
}

/* The chain's commits give both trees; old NULL: just the new one. */
static enum err_code check_trees(struct node *n, const struct tip_row *old,
    const struct tip_row *new, struct chain_report *out, struct err *e)
{
	struct redo r = { .n = n, .epoch = new->epoch, .new = new->seq,
		.old = old ? old->seq : 0, .e = e };
	int64_t have;
	enum err_code rc;

	rc = changeset_last(n->store, new->chain, new->epoch, &have, e);
	if (!rc && have < new->seq) {
		out->word = CHAIN_ELSEWHERE;
		return OK;
	}
	if (!rc)
		rc = changeset_each(n->store, new->chain, 1, redo_one, &r, e);
	buf_release(&r.content);
	if (rc || r.rc)
		return rc ? rc : r.rc;
	if (is_tip(new, r.new_sha, r.new_tree) &&
	    (!old || is_tip(old, r.old_sha, r.old_tree)))
		return OK;
	out->word = CHAIN_BAD;
	snprintf(out->detail, sizeof out->detail, _("its commits do not give "
	    "what was signed at changeset %lld"), (long long)
	    (old && !is_tip(old, r.old_sha, r.old_tree) ? old->seq :
	    new->seq));
	return OK;
}

/* ---- reports ---- */

struct checking {
	chain_fn fn;
	void *arg;
	struct err first;
};

static void tell(struct checking *c, const struct chain_report *r)
{
	if (r->word == CHAIN_BAD && !c->first.code)
		err_set(&c->first, ERR_SPLIT, "%s: %s", r->chain, r->detail);
	if (c->fn)
		c->fn(c->arg, r);
}

static void start(struct chain_report *r, const struct tip_row *t)
{
	*r = (struct chain_report){ .new = t->seq };
	memcpy(r->chain, t->chain, sizeof r->chain);
	memcpy(r->epoch, t->epoch, sizeof r->epoch);
	memcpy(r->stopped, t->stopped, sizeof r->stopped);
}

static const struct tip_row *find(const struct tip_list *l,
    const struct tip_row *like)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->t[i].chain, like->chain) == 0 &&
		    strcmp(l->t[i].epoch, like->epoch) == 0)
			return &l->t[i];
	return NULL;
}

static enum err_code compare_tip(struct node *n, const struct tip_row *old,
    const struct tip_row *new, struct chain_report *r, struct err *e)
{
	start(r, new);
	r->old = old ? old->seq : 0;
	r->word = !old ? CHAIN_NEW : old->seq == new->seq ? CHAIN_SAME :
	    CHAIN_GREW;
	if (!old || new->seq > old->seq)
		return check_trees(n, old, new, r, e);
	if (new->seq == old->seq &&
	    memcmp(new->tree, old->tree, SHA256_LEN) == 0 &&
	    memcmp(new->sha256, old->sha256, SHA256_LEN) == 0)
		return OK;
	r->word = CHAIN_BAD;
	snprintf(r->detail, sizeof r->detail, _("it was at changeset %lld and "
	    "is at another one, %lld, now"), (long long)old->seq,
	    (long long)new->seq);
	return OK;
}

static enum err_code check_numbers(const struct checkpoint_copy *old,
    const struct checkpoint_copy *new, struct err *e)
{
	if (old->c.number < new->c.number ||
	    strcmp(old->c.name, new->c.name) == 0)
		return OK;
	if (old->c.number > new->c.number)
		return err_set(e, ERR_USAGE, _("checkpoint %lld is older than "
		    "%lld: name the older one first"),
		    (long long)new->c.number, (long long)old->c.number);
	return err_set(e, ERR_SPLIT, _("there are two checkpoints %lld"),
	    (long long)old->c.number);
}

enum err_code checkpoint_compare(struct node *n,
    const struct checkpoint_copy *old, const struct checkpoint_copy *new,
    chain_fn fn, void *arg, struct err *e)
{
	struct checking c = { .fn = fn, .arg = arg };
	struct chain_report r;
	enum err_code rc;

	rc = check_numbers(old, new, e);
	if (!rc)
		rc = node_repo(n, e);
	for (size_t i = 0; !rc && i < old->tips.n; i++) {
		if (find(&new->tips, &old->tips.t[i]))
			continue;
		start(&r, &old->tips.t[i]);
		r.old = r.new;
		r.new = 0;
		r.word = CHAIN_BAD;
		snprintf(r.detail, sizeof r.detail, _("it has vanished"));
		tell(&c, &r);
	}
	for (size_t i = 0; !rc && i < new->tips.n; i++) {
		const struct tip_row *t = &new->tips.t[i];

		rc = compare_tip(n, find(&old->tips, t), t, &r, e);
		if (!rc)
			tell(&c, &r);
	}
	if (!rc && c.first.code) {
		*e = c.first;
		rc = c.first.code;
	}
	return rc;
}

enum err_code checkpoint_complete(struct node *n,
    const struct checkpoint_row *c, const char *code, chain_fn fn, void *arg,
    struct err *e)
{
	struct checking k = { .fn = fn, .arg = arg };
	struct tip_list tips;
	struct chain_report r;
	enum err_code rc;

	rc = tips_load_all(n->store, c->stamp, &tips, e);
	if (!rc)
		rc = node_repo(n, e);
	for (size_t i = 0; !rc && i < tips.n; i++) {
		const char *of = strchr(tips.t[i].chain, '/');

		if (code && (!of || strcmp(of + 1, code) != 0))
			continue;
		start(&r, &tips.t[i]);
		r.word = CHAIN_SAME;
		rc = check_trees(n, NULL, &tips.t[i], &r, e);
		if (!rc)
			tell(&k, &r);
	}
	if (!rc && k.first.code) {
		*e = k.first;
		rc = k.first.code;
	}
	free(tips.t);
	return rc;
}
