/* Attachments' bytes: after everything else, with what is left of the time
 * and the bytes. A connection is made only if there is something to move.
 */
#include "attach.h"
#include "exchange_impl.h"

enum err_code exchange_push_files(struct exchange *x, struct err *e)
{
	const struct identity *id = store_identity(x->n->store);
	struct roster_row row;
	enum err_code rc = roster_by_code(x->n->store, id->code, &row, e);

	/* who is not on the roster yet would be refused */
	if (rc == ERR_NOT_FOUND)
		return OK;
	if (rc || exchange_by_hand(x))
		return rc;
	x->files = true;
	rc = exchange_push(x, false, e);
	x->files = false;
	return rc;
}

struct missing {
	const struct node *n;
	bool any;
};

static int look(void *arg, const struct attachment *a)
{
	struct missing *m = arg;

	m->any = !attach_here(m->n, a->sha256);
	return m->any;
}

struct wanting {
	struct exchange *x;
	enum err_code rc;
	struct err *e;
};

/* A branch: headquarters' files and those of the branch's other nodes; an
 * auditor: all. */
static int want_of(void *arg, const struct roster_row *r)
{
	struct wanting *w = arg;
	const struct identity *id = store_identity(w->x->n->store);
	bool hq = strcmp(r->kind, "hq") == 0;
	char head[80];

	if (strcmp(r->code, id->code) == 0 ||
	    (!hq && !id->hq && !id->auditor &&
	     strcmp(r->branch, id->branch) != 0))
		return 0;
	snprintf(head, sizeof head, "refs/heads/file/%s/*", r->code);
	w->rc = exchange_want(w->x, head, w->e);
	return w->rc != OK;
}

enum err_code exchange_fetch_files(struct exchange *x, bool *came,
    struct err *e)
{
	struct missing m = { .n = x->n };
	struct wanting w = { .x = x, .e = e };
	uint64_t before = x->out->received;
	enum err_code rc;

	*came = false;
	rc = attachment_expected(x->n->store, look, &m, e);
	if (rc || !m.any)
		return rc;
	rc = roster_each(x->n->store, want_of, &w, e);
	if (!rc)
		rc = w.rc;
	if (!rc)
		rc = exchange_fetch(x, e);
	x->nspec = 0;
	*came = x->out->received > before;
	return rc;
}
