/* Where two histories of a chain part.
 */
#include "chain_impl.h"
#include "epoch_impl.h"

struct journal {		/* our commits of one epoch, by seq */
	const char *epoch;
	const struct buf *theirs;	/* their commits, a line each */
	struct position at;	/* the last common one */
};

static int compare(void *arg, const struct changeset_row *r)
{
	struct journal *j = arg;
	size_t i = (size_t)j->at.seq * OID_HEX;

	if (strcmp(r->epoch, j->epoch) != 0)
		return 0;
	if (r->seq != j->at.seq + 1 || i + OID_HEX > j->theirs->n ||
	    memcmp(j->theirs->p + i, r->commit, OID_HEX - 1) != 0)
		return 1;
	j->at.seq = r->seq;
	memcpy(j->at.commit, r->commit, sizeof j->at.commit);
	memcpy(j->at.sha256, r->sha256, sizeof j->at.sha256);
	return 0;
}

enum err_code fork_next(struct node *n, const struct position *at,
    const struct buf *list, size_t skip, struct err *e)
{
	struct link l = {0};
	char commit[OID_HEX];
	enum err_code rc;

	if (skip + OID_HEX > list->n)
		return OK;
	snprintf(commit, sizeof commit, "%.*s", OID_HEX - 1,
	    (const char *)list->p + skip);
	rc = link_read(n, commit, at, NULL, &l, e);
	link_release(&l);
	return rc;
}

enum err_code fork_point(struct node *n, const struct position *p,
    const char *tip, int64_t *keep, struct err *e)
{
	struct position none = *p;
	struct buf list = BUF_INIT;
	struct journal j = { .epoch = p->epoch, .theirs = &list, .at = *p };
	enum err_code rc;

	none.seq = j.at.seq = 0;
	rc = chain_commits(n, tip, &none, &list, e);
	if (!rc)
		rc = changeset_each(n->store, p->chain, 1, compare, &j, e);
	if (!rc)
		rc = fork_next(n, &j.at, &list, (size_t)j.at.seq * OID_HEX,
		    e);
	*keep = j.at.seq;
	buf_release(&list);
	return rc;
}
