/* Refs of our own chains, and of what is kept as evidence.
 */
#include "chain_impl.h"
#include "epoch.h"
#include "signer.h"
#include "sshsig.h"

#define EVIDENCE_MAX 8		/* refs of one chain */

enum err_code chain_ref_now(struct node *n, const char *chain,
    const char *epoch, char out[80], struct err *e)
{
	char now[33] = "";
	enum err_code rc = OK;

	chain_ref(chain, epoch, out);
	if (chain_hq_branch(chain))
		rc = hq_epoch_now(n, now, e);
	if (!rc && now[0] && strcmp(now, epoch) != 0)
		chain_past_ref(chain, epoch, out);
	return rc;
}

/* A tip that cannot be read goes on from nothing. */
static bool goes_on(struct node *n, const char *tip,
    const struct position *p)
{
	struct buf list = BUF_INIT;
	struct link l = {0};
	struct err ignored;
	bool yes = tip[0] && !link_open(n, tip, &l, &ignored) &&
	    l.h.seq > p->seq && !chain_commits(n, tip, p, &list, &ignored);

	link_release(&l);
	buf_release(&list);
	return yes;
}

static enum err_code set_ref(struct node *n, const struct position *p,
    bool back, struct err *e)
{
	char ref[80], now[OID_HEX];
	enum err_code rc;

	rc = chain_ref_now(n, p->chain, p->epoch, ref, e);
	if (!rc)
		rc = repo_ref_get(n->repo, ref, now, e);
	if (!rc && strcmp(now, p->commit) != 0 &&
	    (back || !goes_on(n, now, p)))
		rc = repo_ref_set(n->repo, ref, now, p->commit, e);
	return rc;
}

enum err_code chain_ref_set(struct node *n, const struct position *p,
    struct err *e)
{
	return set_ref(n, p, true, e);
}

enum err_code chain_ref_show(struct node *n, const struct position *p,
    struct err *e)
{
	return set_ref(n, p, false, e);
}

static int count_ref(void *arg, const char *name, const char *oid)
{
	size_t *n = arg;

	(void)name, (void)oid;
	return ++*n >= EVIDENCE_MAX;
}

/* Somebody who makes histories by the hundred shall not fill the refs. */
enum err_code evidence_keep(struct node *n, const char *chain,
    const char *tip, struct err *e)
{
	char ref[80], folder[60], now[OID_HEX];
	size_t kept = 0;
	enum err_code rc;

	snprintf(folder, sizeof folder, "refs/evidence/%.23s/", chain);
	snprintf(ref, sizeof ref, "%s%.8s", folder, tip);
	rc = repo_ref_get(n->repo, ref, now, e);
	if (!rc && !now[0])
		rc = repo_ref_each(n->repo, folder, count_ref, &kept, e);
	if (!rc && !now[0] && kept < EVIDENCE_MAX)
		rc = repo_ref_set(n->repo, ref, "", tip, e);
	return rc;
}

/* Did this node sign the changeset at `commit` for this chain? Anything that
 * cannot be read was not ours. */
static bool signed_by_us(struct node *n, const struct position *p,
    const char *commit, int64_t *seq)
{
	const struct identity *id = store_identity(n->store);
	unsigned char key[KEY_PUBLIC];
	struct link l = {0};
	struct err ignored;
	bool ours = false;

	if (link_open(n, commit, &l, &ignored))
		goto done;
	*seq = l.h.seq;
	ours = strcmp(l.h.chain, p->chain) == 0 &&
	    strcmp(l.h.epoch, p->epoch) == 0 &&
	    !link_signer(&l, key, &ignored) &&
	    (node_owns_key(n, key) ||
	     memcmp(key, id->root_key, KEY_PUBLIC) == 0) &&
	    !sshsig_verify(key, "git", slice_buf(&l.text),
		slice_buf(&l.armored), &ignored);
done:
	link_release(&l);
	return ours;
}

/* Somebody else wrote the ref: keep what he put there, set it back, tell. */
static enum err_code take_back(struct node *n, struct position *p,
    const char *found, struct err *e)
{
	enum err_code rc;

	rc = evidence_keep(n, p->chain, found, e);
	if (!rc)
		rc = chain_ref_set(n, p, e);
	if (rc)
		return rc;
	snprintf(p->stopped, sizeof p->stopped, "%s", err_name(ERR_CHAIN));
	snprintf(p->reason, sizeof p->reason, _("somebody else moved this "
	    "chain to %.10s in our repository; it was set back to changeset "
	    "%lld and what was found is kept under refs/evidence"), found,
	    (long long)p->seq);
	return position_set(n->store, p, e);
}

/* The store or the repository was put back from a backup: at headquarters
 * that is for a person to mend, elsewhere the chain is left as it is. */
static enum err_code put_back(struct node *n, const struct position *p,
    int64_t seq, enum epoch_why why, struct err *e)
{
	if (!store_identity(n->store)->hq)
		return epoch_start(n, why, e);
	if (why == EPOCH_REPO) {
		err_set(e, ERR_CHAIN, _("%s: the repository lacks our "
		    "changeset %lld: it is an older copy"), p->chain,
		    (long long)p->seq);
		return err_hint(e, _("put the newer repo.git back"));
	}
	err_set(e, ERR_CHAIN, _("%s: the repository holds our changeset "
	    "%lld, the store knows %lld: the store is an older copy"),
	    p->chain, (long long)seq, (long long)p->seq);
	return err_hint(e, _("'wellhead rebuild' makes the store again from "
	    "the chains"));
}

static enum err_code repair_one(struct node *n, struct position *p,
    struct err *e)
{
	char ref[80], now[OID_HEX];
	struct link l = {0};
	int64_t seq = 0;
	enum err_code rc;

	rc = chain_ref_now(n, p->chain, p->epoch, ref, e);
	if (!rc)
		rc = repo_ref_get(n->repo, ref, now, e);
	if (rc)
		return rc;
	if (strcmp(now, p->commit) == 0 && !p->stopped[0])
		return OK;
	if (strcmp(now, p->commit) == 0) {
		p->stopped[0] = p->reason[0] = '\0';
		return position_set(n->store, p, e);
	}
	rc = link_open(n, p->commit, &l, e);
	link_release(&l);
	if (rc == ERR_NOT_FOUND)
		return put_back(n, p, seq, EPOCH_REPO, e);
	if (rc)
		return rc;
	if (!now[0])
		return chain_ref_set(n, p, e);
	if (!signed_by_us(n, p, now, &seq))
		return take_back(n, p, now, e);
	if (seq < p->seq)
		return chain_ref_set(n, p, e);
	return put_back(n, p, seq, EPOCH_OLDER, e);
}

enum err_code own_refs_repair(struct node *n, struct err *e)
{
	const struct identity id = *store_identity(n->store);
	struct positions ps = {0};
	enum err_code rc;

	rc = positions_load(n->store, &ps, e);
	for (size_t i = 0; !rc && i < ps.n; i++)
		if (ps.p[i].seq && chain_is_own(&id, ps.p[i].chain,
		    ps.p[i].epoch))
			rc = repair_one(n, &ps.p[i], e);
	positions_release(&ps);
	return rc;
}
