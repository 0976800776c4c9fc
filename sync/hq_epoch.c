/* Headquarters begins its chains again.
 */
#include "hq_epoch.h"

#include "chain_impl.h"
#include "checkpoint_row.h"
#include "epoch_impl.h"
#include "marker.h"
#include "signer.h"
#include "witness_row.h"

#define META_NEEDED "hq_epoch_needed"

enum err_code hq_epoch_now(struct node *n, char out[33], struct err *e)
{
	const struct identity *id = store_identity(n->store);

	if (!id->hq)
		return hq_epoch_newest(n->store, out, e);
	memcpy(out, id->epoch, sizeof id->epoch);
	return OK;
}

enum err_code hq_epoch_need(struct node *n, struct err *e)
{
	return store_meta_set(n->store, META_NEEDED, slice_str("1"), e);
}

enum err_code hq_epoch_waits(struct store *s, bool *out, struct err *e)
{
	struct buf b = BUF_INIT;
	enum err_code rc = store_meta_get(s, META_NEEDED, &b, e);

	*out = !rc && b.n == 1 && b.p[0] == '1';
	buf_release(&b);
	return rc;
}

/* The old epoch's chains stand under past/ before anything else changes. */
static enum err_code keep_past(struct node *n, struct err *e)
{
	struct positions ps = {0};
	char ref[80], now[OID_HEX];
	enum err_code rc = positions_load(n->store, &ps, e);

	for (size_t i = 0; !rc && i < ps.n; i++) {
		const struct position *p = &ps.p[i];

		if (!p->seq || !chain_hq_branch(p->chain))
			continue;
		chain_past_ref(p->chain, p->epoch, ref);
		rc = repo_ref_get(n->repo, ref, now, e);
		if (!rc && strcmp(now, p->commit) != 0)
			rc = repo_ref_set(n->repo, ref, now, p->commit, e);
	}
	positions_release(&ps);
	return rc;
}

/* The first changeset takes the root key: better to know now. */
static enum err_code check_root(struct node *n, struct err *e)
{
	struct key root = {0};
	enum err_code rc = node_root_key(n, &root, e);

	key_release(&root);
	return rc ? err_in(e, _("beginning a new epoch of headquarters' "
	    "chains")) : OK;
}

static enum err_code renew(struct node *n, enum epoch_why why, struct err *e)
{
	enum err_code rc = store_begin(n->store, e);

	if (rc)
		return rc;
	rc = epoch_renew(n->store, why, e);
	if (!rc)
		rc = signer_again(n, e);
	if (!rc)
		rc = split_settle(n->store, NULL, e);
	if (!rc)	/* and what remotes have now stands elsewhere there */
		rc = sent_forget(n->store, e);
	if (!rc)
		rc = store_meta_set(n->store, META_NEEDED, slice_str("0"), e);
	if (!rc)
		rc = store_commit(n->store, e);
	if (rc)
		store_rollback(n->store);
	return rc;
}

enum err_code hq_epoch_start(struct node *n, enum epoch_why why,
    struct err *e)
{
	enum err_code rc;

	if (!store_identity(n->store)->hq)
		return err_set(e, ERR_ROLE, _("only headquarters begins a new "
		    "epoch of its chains"));
	rc = node_repo(n, e);
	if (!rc)
		rc = check_root(n, e);
	if (!rc)
		rc = keep_past(n, e);
	if (!rc)
		rc = renew(n, why, e);
	if (!rc)
		rc = marker_note(n, e);
	if (!rc)
		epoch_notice(n, why);
	return rc;
}

enum err_code hq_epoch_due(struct node *n, struct err *e)
{
	bool waits = false;
	enum err_code rc = OK;

	if (store_identity(n->store)->hq)
		rc = hq_epoch_waits(n->store, &waits, e);
	return rc || !waits ? rc : hq_epoch_start(n, EPOCH_REMOTE, e);
}
