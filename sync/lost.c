#include "lost.h"

#include <stdlib.h>

#include "checkpoint_row.h"
#include "ingest_impl.h"

#define LOST "lost/"

bool lost_of_ref(const char *name, char chain[CHAIN_NAME], char epoch8[9],
    char code[17])
{
	const char *slash;
	size_t n;

	if (strncmp(name, LOST, sizeof LOST - 1) != 0)
		return false;
	name += sizeof LOST - 1;
	slash = strchr(name, '/');
	n = slash ? (size_t)(slash - name) : 0;
	if (!n || !chain_code_ok(slice_of(name, n)) ||
	    !chain_of_ref(slash + 1, "", chain, epoch8) || !epoch8[0])
		return false;
	snprintf(code, 17, "%.*s", (int)n, name);
	return chain_hq_branch(chain) != NULL;
}

enum err_code lost_more(struct node *n, const struct position *p,
    bool *more, char known[OID_HEX], struct err *e)
{
	struct tip_row t = {0};
	stamp_t start = 0;
	char now[33] = "";
	enum err_code rc = OK;

	*more = false;
	memcpy(known, p->commit, OID_HEX);
	if (!p->seq || !chain_hq_branch(p->chain))
		return OK;
	rc = hq_epoch_now(n, now, e);
	if (rc || !now[0] || strcmp(now, p->epoch) == 0)
		return rc;
	rc = hq_epoch_first(n->store, &start, e);
	/* not the first checkpoint of the epoch that is under way yet? */
	if (!rc && start > p->last)
		rc = tip_as_of(n->store, p->chain, p->epoch, INT64_MAX, &t,
		    e);
	if (rc || start <= p->last || t.seq >= p->seq)
		return rc;
	*more = true;
	known[0] = '\0';
	return t.seq ? link_find(n, p->chain, p->epoch, t.seq, known, e) : OK;
}

/* ---- headquarters ---- */

struct givers {			/* "refs/lost/TC/", each once */
	const char *prefix;
	char (*name)[120];
	size_t n;
	bool failed;
};

static int add_giver(void *arg, const char *ref, const char *oid)
{
	struct givers *g = arg;
	size_t skip = strlen(g->prefix);
	char chain[CHAIN_NAME], epoch8[9], code[17], name[120];
	void *more;

	(void)oid;
	if (!lost_of_ref(ref + skip, chain, epoch8, code))
		return 0;
	snprintf(name, sizeof name, "%.80s" LOST "%s/", g->prefix, code);
	if (g->n && strcmp(g->name[g->n - 1], name) == 0)
		return 0;
	more = reallocarray(g->name, g->n + 1, sizeof *g->name);
	g->failed = !more;
	if (!more)
		return 1;
	g->name = more;
	memcpy(g->name[g->n++], name, sizeof name);
	return 0;
}

struct taken {
	struct node *n;
	enum err_code rc;
	struct err *e;
};

/* All of it is taken now, or kept as evidence. */
static int drop(void *arg, const char *ref, const char *oid)
{
	struct taken *t = arg;

	(void)oid;
	t->rc = repo_ref_remove(t->n->repo, ref, t->e);
	return t->rc != OK;
}

enum err_code lost_take(struct node *n, const char *prefix,
    struct buf *notes, struct ingested *out, struct err *e)
{
	struct givers g = { .prefix = prefix };
	struct taken t = { .n = n, .e = e };
	struct ingested one;
	char folder[120];
	enum err_code rc;

	*out = (struct ingested){0};
	snprintf(folder, sizeof folder, "%.100s" LOST, prefix);
	rc = repo_ref_each(n->repo, folder, add_giver, &g, e);
	if (!rc && g.failed)
		rc = err_memory(e);
	for (size_t i = 0; !rc && g.name && i < g.n; i++) {
		rc = ingest_lost(n, g.name[i], notes, &one, e);
		out->changesets += one.changesets;
		out->stopped += one.stopped;
	}
	if (!rc && g.n && strcmp(prefix, "refs/") == 0)
		rc = repo_ref_each(n->repo, folder, drop, &t, e);
	free(g.name);
	return rc ? rc : t.rc;
}
