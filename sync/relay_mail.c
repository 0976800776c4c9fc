#include "relay_mail.h"

#include <stdlib.h>

#include "base/list.h"
#include "mail_impl.h"

struct loading {
	struct node *n;
	const char *to;
	size_t head;		/* bytes before "TC" or "hq/TC" */
	struct relay_letters *out;
	struct err *e;
	enum err_code rc;
};

static void sent_name(const char *to, const char *letter,
    char out[META_NAME])
{
	snprintf(out, META_NAME, "mail.%.33s.%.23s", to, letter);
}

static int add_letter(void *arg, const char *ref, const char *oid)
{
	struct loading *g = arg;
	struct relay_letters *ls = g->out;
	const char *letter = ref + g->head;
	char name[META_NAME], was[OID_HEX] = "";
	struct relay_letter *more;

	if (strlen(letter) >= sizeof more->name)
		return 0;
	if (g->to) {
		sent_name(g->to, letter, name);
		g->rc = mail_meta(g->n, name, was, sizeof was, g->e);
	}
	if (g->rc || strcmp(was, oid) == 0)
		return g->rc != OK;
	more = list_grow(ls->l, ls->n, &ls->cap, sizeof *more);
	ls->failed = !more;
	if (!more)
		return 1;
	ls->l = more;
	more += ls->n++;
	snprintf(more->name, sizeof more->name, "%s", letter);
	snprintf(more->oid, sizeof more->oid, "%s", oid);
	return 0;
}

enum err_code relay_letters_load(struct node *n, const char *from,
    const char *to, struct relay_letters *out, struct err *e)
{
	struct loading g = { .n = n, .to = to, .out = out, .e = e };
	char prefix[120];
	enum err_code rc;

	mail_tracking(from, MAIL_REFS, prefix);
	g.head = strlen(prefix);
	rc = repo_ref_each(n->repo, prefix, add_letter, &g, e);
	if (!rc && out->failed)
		rc = err_memory(e);
	return rc ? rc : g.rc;
}

enum err_code relay_letters_sent(struct node *n, const char *to,
    const struct relay_letters *ls, struct err *e)
{
	char name[META_NAME], was[OID_HEX];
	enum err_code rc = ls->n ? store_begin(n->store, e) : OK;

	if (rc || !ls->n)
		return rc;
	for (size_t i = 0; !rc && i < ls->n; i++) {
		sent_name(to, ls->l[i].name, name);
		rc = mail_meta(n, name, was, sizeof was, e);
		if (!rc)
			rc = mail_meta_set(n, name, ls->l[i].oid, e);
		if (!rc)
			mail_drop(n, was);
	}
	if (!rc)
		rc = store_commit(n->store, e);
	if (rc)
		store_rollback(n->store);
	return rc;
}

void relay_letter_ref(struct node *n, const char *from,
    const struct relay_letter *l, struct courier_ref *out)
{
	struct roster_row row = { .code = "" };
	struct err ignored;
	bool hq = strncmp(l->name, "hq/", 3) == 0;
	const char *file = l->name + (hq ? 3 : 0);

	snprintf(out->name, sizeof out->name, MAIL_REFS "%s", l->name);
	mail_tracking(from, out->name, out->from);
	if (hq && !roster_by_code(n->store, file, &row, &ignored))
		file = row.branch;
	snprintf(out->file, sizeof out->file, "%s-%.16s", hq ? "hq" : "node",
	    file);
}
