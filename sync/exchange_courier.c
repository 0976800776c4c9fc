/* A remote that is a courier's folder: what goes into which file.
 */
#include <stdlib.h>

#include "courier.h"
#include "exchange_impl.h"
#include "lost.h"
#include "mail.h"

struct cargo {
	struct exchange *x;
	const struct identity *id;
	struct positions ps;
	struct roster_row *node;
	size_t nnode;
	struct courier_ref *ref;
	size_t nref;
	struct buf have;
	bool failed;		/* out of memory */
};

bool exchange_by_hand(const struct exchange *x)
{
	return strncmp(x->remote->url, "courier:", 8) == 0;
}

static int add_node(void *arg, const struct roster_row *r)
{
	struct cargo *g = arg;
	struct roster_row *more = reallocarray(g->node, g->nnode + 1,
	    sizeof *more);

	g->failed = !more;
	if (!more)
		return 1;
	g->node = more;
	g->node[g->nnode++] = *r;
	return 0;
}

static void add_have(struct cargo *g, const char *commit, const char *ref)
{
	buf_printf(&g->have, "%040d %s\n", 0, ref);
	if (commit[0] && !g->have.failed)
		memcpy(g->have.p + g->have.n - strlen(ref) - OID_HEX - 1,
		    commit, OID_HEX - 1);
}

static enum err_code add_ref(struct cargo *g, const char *file,
    const char *name, const char *have, struct err *e)
{
	struct courier_ref *more = reallocarray(g->ref, g->nref + 1,
	    sizeof *more);

	if (!more)
		return err_memory(e);
	g->ref = more;
	more += g->nref++;
	*more = (struct courier_ref){ .name = "" };
	snprintf(more->name, sizeof more->name, "%s", name);
	snprintf(more->file, sizeof more->file, "%s", file);
	snprintf(more->have, sizeof more->have, "%s", have);
	return OK;
}

/* The commit that headquarters is known to have, by its receipts. */
static enum err_code receipted(struct cargo *g, const struct position *p,
    char commit[OID_HEX], struct err *e)
{
	int64_t seq = 0, when;
	enum err_code rc;

	commit[0] = '\0';
	rc = receipt_newest(g->x->n->store, p->chain, p->epoch, &seq, &when,
	    e);
	return rc || !seq ? rc : link_find(g->x->n, p->chain, p->epoch, seq,
	    commit, e);
}

/* refs/mail/<prefix><code>, if it says anything that may be news. */
static enum err_code add_letter(struct cargo *g, const char *file,
    const char *prefix, const char *code, struct err *e)
{
	char ref[80];
	bool yes = false;
	enum err_code rc = mail_carried(g->x->n, g->x->remote->name, code,
	    &yes, e);

	snprintf(ref, sizeof ref, MAIL_REFS "%s%s", prefix, code);
	g->x->mail |= yes;
	return rc || !yes ? rc : add_ref(g, file, ref, "", e);
}

/* ---- a branch ---- */

/* What headquarters has lost of its own, under our name. */
static enum err_code add_lost(struct cargo *g, const char *file,
    const char *ref, const char *have, struct err *e)
{
	char name[120];
	enum err_code rc;

	snprintf(name, sizeof name, LOST_REFS "%s/%s", g->id->code,
	    ref + strlen("refs/heads/"));
	rc = add_ref(g, file, name, have, e);
	if (!rc)
		snprintf(g->ref[g->nref - 1].from, sizeof g->ref->from, "%s",
		    ref);
	return rc;
}

static enum err_code branch_cargo(struct cargo *g, struct err *e)
{
	char file[32], ref[80], have[OID_HEX];
	bool more = false;
	enum err_code rc = OK;

	snprintf(file, sizeof file, "node-%s", g->id->code);
	for (size_t i = 0; !rc && i < g->ps.n; i++) {
		const struct position *p = &g->ps.p[i];

		rc = chain_ref_now(g->x->n, p->chain, p->epoch, ref, e);
		/* of an epoch of theirs that has ended, what they have, too */
		if (!rc)
			rc = lost_more(g->x->n, p, &more, have, e);
		/* our own too: a sibling may get them by the same file */
		if (!rc && p->seq)
			add_have(g, have, ref);
		if (!rc && more)
			rc = add_lost(g, file, ref, have, e);
		if (rc || !exchange_sends(g->x->n->store, p))
			continue;
		rc = receipted(g, p, have, e);
		if (!rc)
			rc = add_ref(g, file, ref, have, e);
	}
	/* asked for though nothing of it has come yet */
	if (!positions_find(&g->ps, "hq/all", ""))
		add_have(g, "", "refs/heads/hq/all");
	snprintf(ref, sizeof ref, "hq/%s", g->id->branch);
	if (!positions_find(&g->ps, ref, "")) {
		snprintf(ref, sizeof ref, "refs/heads/hq/%s", g->id->branch);
		add_have(g, "", ref);
	}
	return rc ? rc : add_letter(g, file, "", g->id->code, e);
}

/* ---- headquarters ---- */

static const struct roster_row *node_of(const struct cargo *g,
    const char *chain)
{
	const char *code = strchr(chain, '/');

	for (size_t i = 0; code && i < g->nnode; i++)
		if (strcmp(g->node[i].code, code + 1) == 0)
			return &g->node[i];
	return NULL;
}

static bool has_siblings(const struct cargo *g, const char *branch)
{
	size_t n = 0;

	for (size_t i = 0; i < g->nnode; i++)
		n += strcmp(g->node[i].branch, branch) == 0;
	return n > 1;
}

/* A branch's nodes get each other's chains from headquarters. */
static enum err_code pass_on(struct cargo *g, const struct position *p,
    const char *ref, struct err *e)
{
	const struct roster_row *r = node_of(g, p->chain);
	char file[32];

	if (p->seq)
		add_have(g, p->commit, ref);
	if (!p->seq || !r || !has_siblings(g, r->branch))
		return OK;
	snprintf(file, sizeof file, "hq-%s", r->branch);
	return add_ref(g, file, ref, "", e);
}

static enum err_code hq_cargo(struct cargo *g, struct err *e)
{
	char file[32], ref[80];
	enum err_code rc = OK;

	for (size_t i = 0; !rc && i < g->ps.n; i++) {
		const struct position *p = &g->ps.p[i];
		const char *branch = chain_hq_branch(p->chain);

		rc = chain_ref_now(g->x->n, p->chain, p->epoch, ref, e);
		if (rc)
			break;
		snprintf(file, sizeof file, "hq-%.16s", branch ? branch
		    : "all");
		if (exchange_sends(g->x->n->store, p))
			rc = add_ref(g, file, ref, "", e);
		else if (!branch)
			rc = pass_on(g, p, ref, e);
	}
	for (size_t i = 0; !rc && i < g->nnode; i++) {
		snprintf(file, sizeof file, "hq-%s", g->node[i].branch);
		if (strcmp(g->node[i].kind, "branch") == 0)
			rc = add_letter(g, file, "hq/", g->node[i].code, e);
	}
	return rc;
}

static int by_file(const void *a, const void *b)
{
	const struct courier_ref *p = a, *q = b;
	int c = strcmp(p->file, q->file);

	return c ? c : strcmp(p->name, q->name);
}

static enum err_code load(struct cargo *g, struct err *e)
{
	enum err_code rc = positions_load(g->x->n->store, &g->ps, e);

	if (!rc)
		rc = roster_each(g->x->n->store, add_node, g, e);
	if (!rc && g->failed)
		rc = err_memory(e);
	if (!rc)
		rc = g->id->hq ? hq_cargo(g, e) : branch_cargo(g, e);
	if (!rc)
		rc = buf_ok(&g->have, e);
	if (!rc && g->nref)
		qsort(g->ref, g->nref, sizeof *g->ref, by_file);
	return rc;
}

enum err_code exchange_carry(struct exchange *x, struct err *e)
{
	struct cargo g = { .x = x, .id = store_identity(x->n->store) };
	struct courier_put put = { .repo = repo_path(x->n->repo),
		.url = x->remote->url };
	struct transfer t;
	char who[32];
	enum err_code rc;

	x->mail = false;
	rc = load(&g, e);
	if (!rc)
		rc = exchange_limits(x, &t, e);
	if (!rc) {
		snprintf(who, sizeof who, "node-%s", g.id->code);
		put.who = g.id->hq ? "hq" : who;
		put.ref = g.ref;
		put.n = g.nref;
		put.have = slice_buf(&g.have);
		rc = courier_put(&put, &t, e);
		x->out->sent += t.sent;
	}
	if (!rc)
		rc = exchange_note_sent(x, &g.ps, e);
	buf_release(&g.have);
	free(g.ref);
	free(g.node);
	positions_release(&g.ps);
	return rc ? err_in(e, _("sending to %s"), x->remote->name) : OK;
}
