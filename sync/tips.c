/* Which chains there are under a prefix, and which are ours to take.
 */
#include <stdlib.h>

#include "ingest_impl.h"
#include "base/list.h"

/* The roster first, then the branches, then what HQ says of them; at the end
 * the files, which records must have named before. */
static int rank_of(const char *chain)
{
	if (strcmp(chain, "hq/all") == 0)
		return 0;
	if (chain_file_code(chain))
		return 3;
	return chain_node_code(chain) ? 1 : 2;
}

static int add_tip(void *arg, const char *name, const char *oid)
{
	struct tips *ts = arg;
	struct tip t = {0}, *more;

	if (!chain_of_ref(name, ts->prefix, t.chain, t.epoch8))
		return 0;
	more = list_grow(ts->t, ts->n, &ts->cap, sizeof *more);
	ts->failed |= !more;
	if (!more)
		return 1;
	ts->t = more;
	snprintf(t.ref, sizeof t.ref, "%s", name);
	snprintf(t.commit, sizeof t.commit, "%s", oid);
	t.rank = rank_of(t.chain);
	ts->t[ts->n++] = t;
	return 0;
}

static int tip_cmp(const void *a, const void *b)
{
	const struct tip *p = a, *q = b;

	if (p->rank != q->rank)
		return p->rank < q->rank ? -1 : 1;
	return strcmp(p->ref, q->ref);
}

enum err_code tips_load(struct node *n, const char *prefix, struct tips *out,
    struct err *e)
{
	enum err_code rc;

	*out = (struct tips){ .prefix = prefix };
	rc = repo_ref_each(n->repo, prefix, add_tip, out, e);
	if (!rc && out->failed)
		rc = err_memory(e);
	if (!rc && out->n)
		qsort(out->t, out->n, sizeof *out->t, tip_cmp);
	return rc;
}

bool tip_wanted(const struct ingest *g, const struct tip *t)
{
	const struct identity *id = store_identity(g->n->store);
	const char *branch = chain_hq_branch(t->chain);
	const char *code = chain_code(t->chain);

	if (g->replay)
		return true;
	if (g->lost)
		return branch && t->epoch8[0] &&
		    strncmp(t->epoch8, id->epoch, 8) != 0;
	if (id->hq)
		return chain_node_code(t->chain) ||
		    (code && strcmp(code, id->code) != 0);
	if (branch)
		return strcmp(branch, "all") == 0 ||
		    (id->auditor && strcmp(branch, "HQ") != 0) ||
		    strcmp(branch, id->branch) == 0;
	/* of our own code: what another life of this node has written */
	return strcmp(code, id->code) != 0 ||
	    strncmp(t->epoch8, id->epoch, 8) != 0;
}
