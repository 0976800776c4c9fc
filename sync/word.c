/* Headquarters' word on a chain.
 */
#include "chain_impl.h"
#include "checkpoint_row.h"
#include "word.h"

enum err_code word_of(struct store *s, const char *chain, const char *epoch,
    struct word *out, struct err *e)
{
	struct tip_row t = {0};
	enum err_code rc;

	*out = (struct word){0};
	rc = tip_as_of(s, chain, epoch, INT64_MAX, &t, e);
	if (rc)
		return rc;
	out->seq = t.seq;
	hex_text(t.sha256, sizeof t.sha256, out->sha256);
	rc = receipt_refused(s, chain, epoch, NULL, &out->refused, e);
	/* what it has taken after all is not refused */
	if (out->refused <= out->seq)
		out->refused = 0;
	if (!rc)
		rc = receipt_refused(s, chain, epoch, err_name(ERR_FORK),
		    &out->forked, e);
	return rc;
}

enum err_code word_is_of(struct node *n, const struct word *w,
    const char *tip, bool *yes, struct err *e)
{
	struct position none = {0};
	struct buf list = BUF_INIT;
	struct link l = {0};
	char commit[OID_HEX];
	enum err_code rc;

	*yes = false;
	if (!w->seq || !tip[0])
		return OK;
	rc = chain_commits(n, tip, &none, &list, e);
	if (!rc && (size_t)w->seq * OID_HEX <= list.n) {
		snprintf(commit, sizeof commit, "%.*s", OID_HEX - 1,
		    (const char *)list.p + (size_t)(w->seq - 1) * OID_HEX);
		rc = link_open(n, commit, &l, e);
		*yes = !rc && strcmp(l.sha256, w->sha256) == 0;
	}
	link_release(&l);
	buf_release(&list);
	return rc;
}

enum err_code word_is_ours(struct node *n, const struct word *w,
    const char *chain, const char *epoch, bool *yes, struct err *e)
{
	struct changeset_row r = {0};
	enum err_code rc = OK;

	if (w->seq)
		rc = changeset_get(n->store, chain, epoch, w->seq, &r, e);
	*yes = !rc && r.seq && strcmp(r.sha256, w->sha256) == 0;
	return rc;
}
