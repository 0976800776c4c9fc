/* roster: the nodes that may sign; their keys as words, and where they end. */
#include <stdlib.h>

#include "fingerprint.h"
#include "out.h"
#include "signer_row.h"

struct printer {
	const struct context *c;
	bool words;
	struct limits limits;
	struct grid grid;
};

/* Where the node's own key ends: the newest word on it; NULL: nowhere. */
static const struct limit_row *end_of(const struct printer *p,
    const struct roster_row *r)
{
	const struct limit_row *last = NULL;

	for (size_t i = 0; i < p->limits.n; i++) {
		const struct limit_row *l = &p->limits.row[i];

		if (memcmp(l->key, r->key, sizeof l->key) == 0 &&
		    strncmp(l->chain, "node/", 5) == 0 &&
		    (!last || l->stamp > last->stamp))
			last = l;
	}
	return last;
}

static int add_row(void *arg, const struct roster_row *r)
{
	struct printer *p = arg;
	const struct limit_row *end = end_of(p, r);
	struct buf key = BUF_INIT;

	if (p->words)
		fingerprint_text(r->key, p->c->zh ? fingerprint_zh :
		    fingerprint_en, &key);
	else
		key_ssh_text(&key, r->key);
	grid_addf(&p->grid, "%u", (unsigned)r->number);
	grid_add(&p->grid, r->code);
	grid_add(&p->grid, r->branch);
	grid_add(&p->grid, r->kind);
	grid_add(&p->grid, r->name);
	if (end)
		grid_addf(&p->grid, _("revoked after changeset %lld"),
		    (long long)end->after);
	else
		grid_add(&p->grid, "");
	grid_add(&p->grid, (char *)key.p);
	buf_release(&key);
	return 0;
}

static int print_json(void *arg, const struct roster_row *r)
{
	struct printer *p = arg;
	struct buf key = BUF_INIT, zh = BUF_INIT, en = BUF_INIT;
	const struct limit_row *end = end_of(p, r);
	json_t *o;

	key_ssh_text(&key, r->key);
	fingerprint_text(r->key, fingerprint_zh, &zh);
	fingerprint_text(r->key, fingerprint_en, &en);
	o = json_pack("{s:i,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:o*}", "number",
	    (int)r->number, "code", r->code, "branch", r->branch, "kind",
	    r->kind, "name", r->name, "key", key.p ? (char *)key.p : "",
	    "words", zh.p ? (char *)zh.p : "",
	    "words_en", en.p ? (char *)en.p : "", "ended_after",
	    end ? json_integer(end->after) : NULL);
	if (o)
		out_json(o);
	json_decref(o);
	buf_release(&key);
	buf_release(&zh);
	buf_release(&en);
	return 0;
}

static enum err_code print_table(struct printer *p, struct err *e)
{
	enum err_code rc;

	grid_init(&p->grid, 7);
	grid_add(&p->grid, _("NO"));
	grid_add(&p->grid, _("NODE"));
	grid_add(&p->grid, _("BRANCH"));
	grid_add(&p->grid, _("KIND"));
	grid_add(&p->grid, _("NAME"));
	grid_add(&p->grid, _("ENDED"));
	grid_add(&p->grid, p->words ? _("KEY AS WORDS") : _("KEY"));
	rc = roster_each(p->c->node->store, add_row, p, e);
	if (!rc)
		rc = grid_print(&p->grid, e);
	grid_release(&p->grid);
	return rc;
}

enum err_code cmd_roster(struct context *c, struct err *e)
{
	struct printer p = { .c = c, .words = option(c, "long") != NULL };
	enum err_code rc = limits_load(c->node->store, NULL, &p.limits, e);

	if (!rc && c->json)
		rc = roster_each(c->node->store, print_json, &p, e);
	else if (!rc)
		rc = print_table(&p, e);
	free(p.limits.row);
	return rc;
}
