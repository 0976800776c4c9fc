/* Handing back to headquarters what it has lost of its own chains (lost.h).
 */
#include "exchange_impl.h"
#include "lost.h"

static enum err_code add_lost(struct exchange *x, const struct position *p,
    struct err *e)
{
	const char *code = store_identity(x->n->store)->code;
	char from[80], to[120], seen[200], known[OID_HEX], there[OID_HEX];
	bool more;
	enum err_code rc = lost_more(x->n, p, &more, known, e);

	if (rc || !more)
		return rc;
	chain_past_ref(p->chain, p->epoch, from);
	snprintf(to, sizeof to, LOST_REFS "%s/%s", code,
	    from + strlen("refs/heads/"));
	snprintf(seen, sizeof seen, TRACKING "%s/%s", x->remote->name,
	    to + strlen("refs/"));
	rc = repo_ref_get(x->n->repo, seen, there, e);
	if (rc || strcmp(there, p->commit) == 0)
		return rc;
	rc = exchange_give(x, from, to, e);
	if (!rc)
		memcpy(x->spec[x->nspec - 1].base, known, OID_HEX);
	return rc;
}

enum err_code exchange_push_lost(struct exchange *x, struct err *e)
{
	struct positions ps = {0};
	struct err why = {0};
	enum err_code rc = positions_load(x->n->store, &ps, e), given;

	for (size_t i = 0; !rc && i < ps.n; i++)
		rc = add_lost(x, &ps.p[i], e);
	if (rc || !x->nspec)
		goto done;
	given = exchange_give_all(x, &why);
	if (given && err_status(given) == 1 && x->n->store) {
		/* it stops nothing else */
		if (x->o->notes)
			buf_printf(x->o->notes, "%s\n", why.detail);
	} else if (given) {
		*e = why;
		rc = given;
	}
done:
	x->nspec = 0;
	positions_release(&ps);
	return rc;
}
