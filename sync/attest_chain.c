/* A proof's chains: from the root key to every commit in it.
 */
#include <stdlib.h>

#include "attest_impl.h"
#include "chain_impl.h"
#include "sshsig.h"

/* ---- cells ---- */

const struct value *attest_cell(const struct attest *p,
    const struct attest_row *r, const char *column)
{
	for (size_t i = 0; i < r->nvalue; i++)
		if (strcmp(p->value[r->value + i].column, column) == 0)
			return &p->value[r->value + i].value;
	return NULL;
}

bool attest_int(const struct attest *p, const struct attest_row *r,
    const char *column, int64_t *out)
{
	const struct value *v = attest_cell(p, r, column);

	if (!v || v->kind != VALUE_INT)
		return false;
	*out = v->i;
	return true;
}

bool attest_string(const struct attest *p, const struct attest_row *r,
    const char *column, char *out, size_t size)
{
	const struct value *v = attest_cell(p, r, column);

	out[0] = '\0';
	return v && v->kind == VALUE_TEXT && value_copy_text(v, out, size);
}

bool attest_is(const struct attest *p, const struct attest_row *r,
    const char *column, const char *text)
{
	const struct value *v = attest_cell(p, r, column);

	return v && v->kind == VALUE_TEXT && slice_eqs(v->s, text);
}

bool attest_bytes(const struct attest *p, const struct attest_row *r,
    const char *column, unsigned char *out, size_t n)
{
	const struct value *v = attest_cell(p, r, column);

	return v && value_copy_bytes(v, out, n);
}

/* ---- keys ---- */

struct given {			/* a key that the rows above gave to a code */
	char code[17];
	bool hq;
	unsigned char key[KEY_PUBLIC];
};

struct limit {
	unsigned char key[KEY_PUBLIC];
	char chain[CHAIN_NAME], epoch[33];
	int64_t after;
	stamp_t stamp;
};

struct walk {
	struct attest *p;
	struct given *given;
	struct limit *limit;
	size_t ngiven, nlimit;
	char hq[17];
	struct buf text, armored, scratch;
	merkle_hash *leaf;		/* [p->nrow], scratch */
	struct err *e;
};

static bool all(const struct attest_chain *c)
{
	return strcmp(c->name, "hq/all") == 0;
}

static enum err_code give(struct walk *w, const struct attest_row *r,
    bool node)
{
	struct given *g = &w->given[w->ngiven];
	const struct attest *p = w->p;
	const struct attest_chain *c = attest_chain_of(p, r);

	*g = (struct given){0};
	if (!attest_string(p, r, "code", g->code, sizeof g->code) ||
	    !chain_code_ok(slice_str(g->code)) ||
	    !attest_bytes(p, r, "key", g->key, KEY_PUBLIC))
		return attest_bad(w->e, ERR_FORMAT, r->line, "%s",
		    _("it gives nobody a key"));
	g->hq = node ? attest_is(p, r, "kind", "hq") :
	    strcmp(g->code, w->hq) == 0;
	if (node ? !all(c) : !all(c) && (g->hq ||
	    strcmp(g->code, chain_node_code(c->name) ?
	    chain_node_code(c->name) : "") != 0))
		return attest_bad(w->e, ERR_FOREIGN, r->line, "%s",
		    _("a key may not be given there"));
	w->ngiven++;
	return OK;
}

static bool has_key(const struct walk *w, const char *code, bool hq,
    const unsigned char key[KEY_PUBLIC])
{
	for (size_t i = 0; i < w->ngiven; i++)
		if (w->given[i].hq == hq &&
		    (hq || strcmp(w->given[i].code, code) == 0) &&
		    memcmp(w->given[i].key, key, KEY_PUBLIC) == 0)
			return true;
	return false;
}

static enum err_code check_signer(const struct walk *w,
    const struct attest_commit *k)
{
	const struct attest_chain *c = &w->p->chain[k->chain];
	const char *code = chain_node_code(c->name);
	bool may;

	if (all(c) && k->h.seq == 1)
		may = memcmp(k->signer, w->p->root, KEY_PUBLIC) == 0;
	else
		may = has_key(w, code, !code, k->signer) &&
		    (!code || strcmp(code, w->hq) != 0);
	return may ? OK : attest_bad(w->e, ERR_KEY, k->line, "%s", _("its "
	    "key was not given to who writes this chain"));
}

/* ---- one commit ---- */

static enum err_code hash_commit(struct walk *w, struct attest_commit *k)
{
	enum err_code rc;

	buf_clear(&w->text);
	buf_clear(&w->armored);
	rc = changeset_text(&k->h, &w->text, w->e);
	if (!rc)
		rc = sshsig_armor(k->signer, "git", k->signature, &w->armored,
		    w->e);
	if (!rc)
		rc = sshsig_verify(k->signer, "git", slice_buf(&w->text),
		    slice_buf(&w->armored), w->e);
	buf_clear(&w->text);
	if (!rc)
		rc = changeset_content(&k->h, slice_buf(&w->armored),
		    &w->text, w->e);
	if (rc)
		return attest_bad(w->e, rc, k->line, "%s", _("the commit is "
		    "not what was signed"));
	sha256(slice_buf(&w->text), k->sha256);
	hex_text(k->sha256, SHA256_LEN, k->name);
	return OK;
}

static enum err_code check_follows(const struct walk *w, size_t at)
{
	const struct attest_commit *k = &w->p->commit[at];

	if (at == w->p->chain[k->chain].commit || k[-1].h.seq + 1 != k->h.seq)
		return OK;
	return strcmp(k->h.prev, k[-1].name) == 0 ? OK : attest_bad(w->e,
	    ERR_CHAIN, k->line, "%s", _("it does not follow the commit before "
	    "it"));
}

static enum err_code hash_row(struct walk *w, struct attest_row *r)
{
	struct attest *p = w->p;
	merkle_hash *c = calloc(r->nvalue, sizeof *c);

	if (!c)
		return err_memory(w->e);
	for (size_t i = 0; i < r->nvalue; i++) {
		struct attest_value *v = &p->value[r->value + i];

		if (r->keyed)
			leaf_salt(r->key, v->column, &w->scratch, v->salt);
		if (v->column[0])
			leaf_commit(v->salt, v->column, &v->value, &w->scratch,
			    v->commitment);
		memcpy(c[i], v->commitment, SHA256_LEN);
	}
	leaf_hash(r->table, r->stamp, (const merkle_hash *)c, r->nvalue,
	    &w->scratch, r->leaf);
	free(c);
	return buf_ok(&w->scratch, w->e);
}

static enum err_code check_leaves(struct walk *w, struct attest_commit *k)
{
	merkle_hash root;
	char hex[SHA_HEX];
	enum err_code rc = OK;

	for (size_t i = 0; !rc && i < k->nrow; i++) {
		rc = hash_row(w, &w->p->row[k->row + i]);
		memcpy(w->leaf[i], w->p->row[k->row + i].leaf, SHA256_LEN);
	}
	if (rc)
		return rc;
	if (attest_tree_root(k->tree, (const merkle_hash *)w->leaf, k->nrow,
	    root)) {
		hex_text(root, sizeof root, hex);
		if (strcmp(hex, k->h.root) == 0)
			return OK;
	}
	return attest_bad(w->e, ERR_SIGNATURE, k->line, "%s", _("its rows are "
	    "not those that were signed"));
}

static enum err_code add_limit(struct walk *w, const struct attest_row *r)
{
	struct limit *l = &w->limit[w->nlimit];

	*l = (struct limit){ .stamp = r->stamp };
	if (!attest_bytes(w->p, r, "key", l->key, KEY_PUBLIC) ||
	    !attest_string(w->p, r, "chain", l->chain, sizeof l->chain) ||
	    !attest_string(w->p, r, "epoch", l->epoch, sizeof l->epoch) ||
	    !attest_int(w->p, r, "after", &l->after))
		return attest_bad(w->e, ERR_FORMAT, r->line, "%s",
		    _("it limits no key"));
	w->nlimit++;
	return OK;
}

static enum err_code learn(struct walk *w, const struct attest_commit *k)
{
	enum err_code rc = OK;

	for (size_t i = 0; !rc && i < k->nrow; i++) {
		const struct attest_row *r = &w->p->row[k->row + i];
		bool node = strcmp(r->table, "node") == 0;

		if (node || strcmp(r->table, "rotate") == 0)
			rc = give(w, r, node);
		else if (strcmp(r->table, "limit") == 0)
			rc = add_limit(w, r);
	}
	return rc;
}

/* The author of hq/...: who the root key's first changeset says it is. */
static enum err_code find_author(struct walk *w)
{
	const struct attest *p = w->p;
	const struct attest_commit *k = p->commit;

	if (p->nchain && all(&p->chain[0]))
		for (size_t i = 0; i < k->nrow; i++)
			if (strcmp(p->row[k->row + i].table, "node") == 0 &&
			    attest_string(p, &p->row[k->row + i], "code",
				w->hq, sizeof w->hq))
				return OK;
	return attest_bad(w->e, ERR_CHAIN, p->nchain ? p->chain[0].line : 1,
	    "%s", _("the root key names no headquarters here"));
}

static enum err_code walk_commit(struct walk *w, size_t at)
{
	struct attest_commit *k = &w->p->commit[at];
	const struct attest_chain *c = &w->p->chain[k->chain];
	const char *code = chain_node_code(c->name);
	enum err_code rc = OK;

	if (!code && !chain_hq_branch(c->name))
		rc = attest_bad(w->e, ERR_FORMAT, c->line, "%s", _("a proof "
		    "has no such chain"));
	snprintf(k->h.author, sizeof k->h.author, "%s", code ? code : w->hq);
	if (!rc && all(c) && at == c->commit && k->h.seq != 1)
		rc = attest_bad(w->e, ERR_CHAIN, k->line, "%s", _("the root "
		    "key's changeset is not here"));
	if (!rc)
		rc = check_signer(w, k);
	if (!rc)
		rc = hash_commit(w, k);
	if (!rc)
		rc = check_follows(w, at);
	if (!rc)
		rc = check_leaves(w, k);
	return rc ? rc : learn(w, k);
}

/* ---- limits, writers ---- */

static enum err_code check_limits(const struct walk *w,
    const struct attest_commit *k)
{
	const struct limit *held = NULL;
	bool any = false;

	for (size_t i = 0; i < w->nlimit; i++) {
		const struct limit *l = &w->limit[i];

		if (memcmp(l->key, k->signer, KEY_PUBLIC) != 0)
			continue;
		any = true;
		if (strcmp(l->chain, k->h.chain) == 0 &&
		    strcmp(l->epoch, k->h.epoch) == 0 &&
		    (!held || l->stamp > held->stamp))
			held = l;
	}
	if (!any || (held && held->after >= k->h.seq))
		return OK;
	return attest_bad(w->e, ERR_REVOKED, k->line, "%s", _("headquarters "
	    "ended its key before it"));
}

/* A key that gave its place to another signs nothing after that. */
static enum err_code check_rotated(const struct walk *w,
    const struct attest_row *r)
{
	const struct attest_commit *by = &w->p->commit[r->commit];
	const struct attest_chain *c = &w->p->chain[by->chain];

	for (size_t i = 0; i < c->ncommit; i++) {
		const struct attest_commit *k = &w->p->commit[c->commit + i];

		if (k->h.seq > by->h.seq &&
		    memcmp(k->signer, by->signer, KEY_PUBLIC) == 0)
			return attest_bad(w->e, ERR_KEY, k->line, "%s", _("its "
			    "key had been given up"));
	}
	return OK;
}

/* Who writes the chain, by the roster's newest row. */
static enum err_code find_writer(const struct walk *w, struct attest_chain *c)
{
	const struct attest *p = w->p;
	const char *code = chain_node_code(c->name);
	const struct attest_row *best = NULL;
	int64_t number = 0;

	snprintf(c->code, sizeof c->code, "%s", code ? code : w->hq);
	for (size_t i = 0; i < p->nrow; i++) {
		const struct attest_row *r = &p->row[i];

		if (strcmp(r->table, "node") == 0 &&
		    attest_is(p, r, "code", c->code) &&
		    attest_is(p, r, "kind", code ? "branch" : "hq") &&
		    (!best || r->stamp > best->stamp))
			best = r;
	}
	if (!best || !attest_int(p, best, "number", &number) || number < 1 ||
	    number > 65535 || (!code && number != HQ_NUMBER) ||
	    !attest_string(p, best, "branch", c->branch, sizeof c->branch) ||
	    !attest_string(p, best, "name", c->label, sizeof c->label))
		return attest_bad(w->e, ERR_KEY, c->line, "%s", _("the roster "
		    "does not say who writes this chain"));
	c->number = (uint16_t)number;
	if (!code && !all(c))
		snprintf(c->branch, sizeof c->branch, "%.16s",
		    chain_hq_branch(c->name));
	return OK;
}

static int by_stamp(const void *a, const void *b)
{
	stamp_t x = *(const stamp_t *)a, y = *(const stamp_t *)b;

	return x < y ? -1 : x > y;
}

static enum err_code check_stamps(const struct walk *w)
{
	const struct attest *p = w->p;
	stamp_t *s = calloc(p->nrow + 1, sizeof *s);
	enum err_code rc = OK;

	if (!s)
		return err_memory(w->e);
	for (size_t i = 0; !rc && i < p->nrow; i++) {
		const struct attest_row *r = &p->row[i];

		s[i] = r->stamp;
		if (stamp_node(r->stamp) != attest_chain_of(p, r)->number)
			rc = attest_bad(w->e, ERR_FOREIGN, r->line, "%s",
			    _("its stamp is another node's"));
	}
	if (!rc)
		qsort(s, p->nrow, sizeof *s, by_stamp);
	for (size_t i = 1; !rc && i < p->nrow; i++)
		if (s[i] == s[i - 1])
			rc = err_set(w->e, ERR_FORMAT, _("one stamp comes "
			    "twice"));
	free(s);
	return rc;
}

static enum err_code check_root(const struct attest *p,
    const unsigned char *root, struct err *e)
{
	char org[33];

	org_id(p->root, org);
	if (strcmp(org, p->org) != 0)
		return attest_bad(e, ERR_KEY, 3, "%s", _("it is not the root "
		    "key of that organisation"));
	if (root && memcmp(root, p->root, KEY_PUBLIC) != 0)
		return attest_bad(e, ERR_KEY, 3, "%s", _("it is not the root "
		    "key that you gave"));
	return OK;
}

enum err_code attest_chains(struct attest *p, const unsigned char *root,
    struct err *e)
{
	struct walk w = { .p = p, .e = e };
	enum err_code rc = check_root(p, root, e);

	w.given = calloc(p->nrow + 1, sizeof *w.given);
	w.limit = calloc(p->nrow + 1, sizeof *w.limit);
	w.leaf = calloc(p->nrow + 1, sizeof *w.leaf);
	if (!rc && (!w.given || !w.limit || !w.leaf))
		rc = err_memory(e);
	if (!rc)
		rc = find_author(&w);
	for (size_t i = 0; !rc && i < p->ncommit; i++)
		rc = walk_commit(&w, i);
	for (size_t i = 0; !rc && i < p->ncommit; i++)
		rc = check_limits(&w, &p->commit[i]);
	for (size_t i = 0; !rc && i < p->nrow; i++)
		if (strcmp(p->row[i].table, "rotate") == 0)
			rc = check_rotated(&w, &p->row[i]);
	for (size_t i = 0; !rc && i < p->nchain; i++)
		rc = find_writer(&w, &p->chain[i]);
	if (!rc)
		rc = check_stamps(&w);
	buf_release(&w.text);
	buf_release(&w.armored);
	buf_release(&w.scratch);
	free(w.given);
	free(w.limit);
	free(w.leaf);
	return rc;
}
