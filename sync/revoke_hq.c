/* Headquarters' own key was stolen: its chains begin again with another one,
 * on the word of the root key.
 */
#include "chain_impl.h"
#include "hq_epoch.h"
#include "signer.h"

/* The old key signed what stands in our chains, and nothing else. */
static enum err_code end_old(struct node *n, const char *reason,
    struct err *e)
{
	const struct identity *id = store_identity(n->store);
	struct positions ps = {0};
	enum err_code rc = positions_load(n->store, &ps, e);

	for (size_t i = 0; !rc && i < ps.n; i++) {
		const struct position *p = &ps.p[i];
		struct limit_row r = { .why = "revoke", .after = p->seq,
			.known = p->seq };

		if (!p->seq || !chain_is_own(id, p->chain, p->epoch))
			continue;
		memcpy(r.key, n->key.public, sizeof r.key);
		memcpy(r.chain, p->chain, sizeof r.chain);
		memcpy(r.epoch, p->epoch, sizeof r.epoch);
		snprintf(r.reason, sizeof r.reason, "%s", reason);
		rc = limit_give(n->store, "hq/all", &r, e);
	}
	positions_release(&ps);
	return rc;
}

static enum err_code own_row(struct node *n, const struct key *new,
    struct err *e)
{
	struct identity id = *store_identity(n->store);
	struct roster_row row;
	enum err_code rc;

	rc = roster_by_code(n->store, id.code, &row, e);
	if (rc)
		return rc;
	memcpy(row.key, new->public, sizeof row.key);
	rc = roster_add(n->store, &row, e);
	memcpy(id.node_key, new->public, sizeof id.node_key);
	return rc ? rc : store_identity_set(n->store, &id, e);
}

/* At once: the key is the new one, and nothing is sealed with it before the
 * new epoch has begun. */
static enum err_code change(struct node *n, const struct key *new,
    const char *reason, struct err *e)
{
	enum err_code rc = store_begin(n->store, e);

	if (rc)
		return rc;
	rc = end_old(n, reason, e);
	if (!rc)
		rc = own_row(n, new, e);
	if (!rc)
		rc = hq_epoch_need(n, e);
	if (!rc)
		rc = store_commit(n->store, e);
	if (rc)
		store_rollback(n->store);
	return rc;
}

enum err_code revoke_hq(struct node *n, const char *reason, struct err *e)
{
	struct key root = {0}, new = {0};
	struct sealed sealed;
	enum err_code rc;

	rc = node_root_key(n, &root, e);
	key_release(&root);
	if (!rc)
		rc = hq_epoch_due(n, e);	/* one that was interrupted */
	if (!rc)
		rc = seal_all(n, &sealed, e);
	if (rc)
		return rc;
	key_make(&new);
	rc = rotate_files(n, &new, e);
	if (!rc)
		rc = change(n, &new, reason, e);
	if (!rc)
		rc = rotate_done(n, e);
	if (!rc)
		rc = hq_epoch_due(n, e);
	if (!rc)
		rc = seal_all(n, &sealed, e);
	key_release(&new);
	return rc;
}
