/* Keys: who may sign what, and the rows that say so.
 */
#include <stdlib.h>

#include "chain_impl.h"
#include "base/list.h"
#include "hash.h"
#include "signer.h"
#include "sshsig.h"

#define PROOF_HEAD "wellhead rotate 1"	/* its NUL counts */

/* ---- the rule ---- */

static enum err_code writer_code(struct node *n, const char *chain,
    char code[17], struct err *e)
{
	const char *of = chain_code(chain);
	enum err_code rc = hq_author(n, code, e);

	if (rc || !of)
		return rc;
	/* headquarters' key never signs a branch's chain */
	if (chain_node_code(chain) && strcmp(of, code) == 0)
		return err_set(e, ERR_KEY, _("nobody on the roster may write "
		    "the chain %s"), chain);
	snprintf(code, 17, "%s", of);
	return OK;
}

static enum err_code refuse(enum signer_right right, const char *code,
    const struct limit_row *l, struct err *e)
{
	switch (right) {
	case SIGNER_MAY:
		return OK;
	case SIGNER_OLD:
		return err_set(e, ERR_KEY, _("it is signed with a key that "
		    "node %s had given up by then"), code);
	case SIGNER_REVOKED:
		if (l)
			return err_set(e, ERR_REVOKED, _("headquarters has "
			    "revoked the key of node %s: after changeset %lld "
			    "nothing counts"), code, (long long)l->after);
		return err_set(e, ERR_REVOKED, _("headquarters has revoked "
		    "the key of node %s"), code);
	case SIGNER_UNDETERMINED:
		break;
	}
	err_set(e, ERR_UNDETERMINED, _("the key of node %s was revoked before "
	    "headquarters had this: it cannot be told who sealed it"), code);
	return err_hint(e, _("headquarters decides with 'wellhead revoke %s "
	    "--after SEQ'"), code);
}

/* yes: the key is one of code's; limit: those of this key, at least. */
static enum err_code judge(struct node *n, const struct header *h,
    const char *code, const unsigned char key[KEY_PUBLIC], bool yes,
    const struct limits *l, struct err *e)
{
	const struct identity *id = store_identity(n->store);
	bool own = !id->hq && strcmp(code, id->code) == 0;
	const struct limit_row *holds;
	enum signer_right right;

	/* a node knows itself before the roster does */
	if (!yes && !(own && node_owns_key(n, key)))
		return err_set(e, ERR_KEY, _("it is signed with a key that "
		    "the roster does not have for node %s"), code);
	right = signer_judge(l->row, l->n, key, h->chain, h->epoch, h->seq);
	holds = signer_holds(l->row, l->n, key, h->chain, h->epoch);
	/* what was entered here stays here, whoever else takes it */
	if (own && (right != SIGNER_OLD || !holds))
		return OK;
	return refuse(right, code, holds, e);
}

static bool founding(const struct header *h)
{
	return h->seq == 1 && strcmp(h->chain, "hq/all") == 0;
}

static enum err_code check_root(struct node *n,
    const unsigned char key[KEY_PUBLIC], struct err *e)
{
	if (memcmp(key, store_identity(n->store)->root_key, KEY_PUBLIC) == 0)
		return OK;
	return err_set(e, ERR_KEY, _("the first changeset of hq/all is not "
	    "signed with the organisation's root key"));
}

enum err_code signer_check(struct node *n, const struct header *h,
    const unsigned char key[KEY_PUBLIC], struct err *e)
{
	struct limits l = {0};
	char code[17];
	bool yes = false;
	enum err_code rc;

	if (founding(h))
		return check_root(n, key, e);
	rc = writer_code(n, h->chain, code, e);
	if (!rc)
		rc = signer_has(n->store, code, key, &yes, e);
	if (!rc)
		rc = limits_load(n->store, key, &l, e);
	if (!rc)
		rc = judge(n, h, code, key, yes, &l, e);
	free(l.row);
	return rc;
}

enum err_code keyring_check(struct node *n, const struct keyring *k,
    const struct header *h, const unsigned char key[KEY_PUBLIC],
    struct err *e)
{
	char code[17];
	bool yes = false;
	enum err_code rc;

	if (founding(h))
		return check_root(n, key, e);
	rc = writer_code(n, h->chain, code, e);
	for (size_t i = 0; !rc && !yes && i < k->nkey; i++)
		yes = memcmp(k->key[i].key, key, KEY_PUBLIC) == 0 &&
		    strcmp(k->key[i].code, code) == 0;
	return rc ? rc : judge(n, h, code, key, yes, &k->limits, e);
}

/* ---- keys in memory ---- */

static enum err_code add_key(struct keyring *k, const char *code,
    const unsigned char key[KEY_PUBLIC], stamp_t stamp, struct err *e)
{
	struct signer_row *r = list_grow(k->key, k->nkey, &k->cap, sizeof *r);

	if (!r)
		return err_memory(e);
	k->key = r;
	r += k->nkey++;
	*r = (struct signer_row){ .stamp = stamp };
	snprintf(r->code, sizeof r->code, "%s", code);
	memcpy(r->key, key, KEY_PUBLIC);
	return OK;
}

struct loading {
	struct keyring *k;
	struct err *e;
	enum err_code rc;
};

static int load_key(void *arg, const struct signer_row *r)
{
	struct loading *l = arg;

	l->rc = add_key(l->k, r->code, r->key, r->stamp, l->e);
	return l->rc != OK;
}

enum err_code keyring_load(struct keyring *k, struct store *s, struct err *e)
{
	struct loading l = { k, e, OK };
	enum err_code rc = signer_each(s, load_key, &l, e);

	if (!rc)
		rc = l.rc;
	return rc ? rc : limits_load(s, NULL, &k->limits, e);
}

void keyring_release(struct keyring *k)
{
	free(k->key);
	free(k->limits.row);
	*k = (struct keyring){0};
}

/* ---- rows ---- */

static const struct section *rows_of(const struct batch *b,
    enum fixed_table t)
{
	for (size_t i = 0; i < b->nsection; i++)
		if (!b->section[i].type && b->section[i].fixed == (int)t &&
		    b->section[i].nrow)
			return &b->section[i];
	return NULL;
}

static bool is_key(const struct value *v, size_t n)
{
	return v->kind == VALUE_BYTES && v->s.n == n;
}

static enum err_code learn_roster(struct keyring *k, const struct section *s,
    struct err *e)
{
	enum err_code rc = OK;

	for (size_t i = 0; s && !rc && i < s->nrow; i++) {
		const struct value *c = s->cell + i * s->table->ncol;
		char text[17];

		if (!is_key(&c[NODE_KEY], KEY_PUBLIC) ||
		    c[NODE_STAMP].kind != VALUE_INT ||
		    c[NODE_CODE].kind != VALUE_TEXT ||
		    !chain_code_ok(c[NODE_CODE].s))
			return err_set(e, ERR_FORMAT, _("its roster row is "
			    "not valid"));
		snprintf(text, sizeof text, "%.*s", (int)c[NODE_CODE].s.n,
		    (const char *)c[NODE_CODE].s.p);
		rc = add_key(k, text, c[NODE_KEY].s.p, c[NODE_STAMP].i, e);
	}
	return rc;
}

/* Whatever the row says: who signed it is whom it enrols. */
static enum err_code learn_enrol(struct keyring *k, const struct link *l,
    const struct section *s, struct err *e)
{
	if (!s || s->cell[ENROL_STAMP].kind != VALUE_INT)
		return OK;
	return add_key(k, chain_node_code(l->h.chain), l->signer,
	    s->cell[ENROL_STAMP].i, e);
}

/* A node speaks of its own chains alone, and only to give up the key that
 * signs this. */
static bool limit_is_own(const struct limit_row *r, const char *chain,
    const unsigned char *signer)
{
	const char *of = chain_code(chain);

	if (!of)
		return strcmp(chain, "hq/all") == 0;
	return memcmp(r->key, signer, KEY_PUBLIC) == 0 &&
	    strchr(r->chain, '/') && chain_code(r->chain) &&
	    strcmp(chain_code(r->chain), of) == 0 &&
	    strcmp(r->why, "rotate") == 0;
}

static enum err_code learn_limits(struct keyring *k, const char *chain,
    const unsigned char *signer, const struct section *s, struct err *e)
{
	struct limit_row r;
	enum err_code rc = OK;

	for (size_t i = 0; s && !rc && i < s->nrow; i++) {
		if (!limit_read(s->cell + i * s->table->ncol, &r))
			return err_set(e, ERR_FORMAT, _("its limit of a key "
			    "is not valid"));
		if (!limit_is_own(&r, chain, signer ? signer : r.key))
			return err_set(e, ERR_FOREIGN, _("it limits a key in "
			    "the chain %s"), r.chain);
		rc = limits_add(&k->limits, &r, e);
	}
	return rc;
}

/* What the new key signs, so that nobody takes another's for his own. */
static enum err_code proof_text(struct node *n, const char *code,
    const unsigned char old[KEY_PUBLIC], const unsigned char new[KEY_PUBLIC],
    struct buf *out, struct err *e)
{
	buf_add(out, PROOF_HEAD, sizeof PROOF_HEAD);
	buf_add_str32(out, slice_str(store_identity(n->store)->org));
	buf_add_str32(out, slice_str(code));
	buf_add_str32(out, slice_of(old, KEY_PUBLIC));
	buf_add_str32(out, slice_of(new, KEY_PUBLIC));
	return buf_ok(out, e);
}

enum err_code rotate_proof(struct node *n, const char *code,
    const unsigned char old[KEY_PUBLIC], const struct key *new,
    unsigned char proof[SIGNATURE_LEN], struct err *e)
{
	struct buf b = BUF_INIT;
	enum err_code rc = proof_text(n, code, old, new->public, &b, e);

	if (!rc)
		key_sign(new, slice_buf(&b), proof);
	buf_release(&b);
	return rc;
}

static enum err_code check_rotate(struct node *n, const struct link *l,
    const char *code, const struct value *c, struct err *e)
{
	struct buf b = BUF_INIT;
	enum err_code rc;
	bool ok;

	if (c[ROTATE_CODE].kind != VALUE_TEXT ||
	    !is_key(&c[ROTATE_KEY], KEY_PUBLIC) ||
	    !is_key(&c[ROTATE_PROOF], SIGNATURE_LEN) ||
	    memcmp(c[ROTATE_KEY].s.p, l->signer, KEY_PUBLIC) == 0)
		return err_set(e, ERR_FORMAT, _("its new key is not valid"));
	if (!slice_eqs(c[ROTATE_CODE].s, code))
		return err_set(e, ERR_FOREIGN, _("it gives a key to another "
		    "node"));
	rc = proof_text(n, code, l->signer, c[ROTATE_KEY].s.p, &b, e);
	ok = !rc && key_verify(c[ROTATE_KEY].s.p, slice_buf(&b),
	    c[ROTATE_PROOF].s.p);
	buf_release(&b);
	if (rc || ok)
		return rc;
	return err_set(e, ERR_SIGNATURE, _("its new key has not agreed to be "
	    "node %s's"), code);
}

/* The old key ends with the very changeset that brings the new one. */
static enum err_code learn_rotate(struct node *n, struct keyring *k,
    const struct link *l, const struct section *s, struct err *e)
{
	struct limit_row r = { .after = l->h.seq, .known = l->h.seq,
		.why = "rotate" };
	const struct value *c = s->cell;
	char code[17];
	enum err_code rc;

	if (s->nrow != 1)
		return err_set(e, ERR_FORMAT, _("it changes the key more than "
		    "once"));
	rc = writer_code(n, l->h.chain, code, e);
	if (!rc)
		rc = check_rotate(n, l, code, c, e);
	if (rc)
		return rc;
	r.stamp = c[ROTATE_STAMP].i;
	memcpy(r.key, l->signer, sizeof r.key);
	memcpy(r.chain, l->h.chain, sizeof r.chain);
	memcpy(r.epoch, l->h.epoch, sizeof r.epoch);
	rc = add_key(k, code, c[ROTATE_KEY].s.p, r.stamp, e);
	return rc ? rc : limits_add(&k->limits, &r, e);
}

enum err_code keyring_learn(struct node *n, struct keyring *k,
    const struct link *l, const struct batch *b, struct err *e)
{
	const struct section *rotate = rows_of(b, TABLE_ROTATE);
	bool all = strcmp(l->h.chain, "hq/all") == 0;
	enum err_code rc = OK;

	if (all)
		rc = learn_roster(k, rows_of(b, TABLE_NODE), e);
	else if (l->h.seq == 1 && chain_node_code(l->h.chain))
		rc = learn_enrol(k, l, rows_of(b, TABLE_ENROL), e);
	if (!rc)
		rc = learn_limits(k, l->h.chain, l->signer,
		    rows_of(b, TABLE_LIMIT), e);
	if (!rc && rotate)
		rc = learn_rotate(n, k, l, rotate, e);
	return rc;
}

enum err_code keyring_link(struct node *n, struct keyring *k, struct link *l,
    struct err *e)
{
	struct batch b;
	enum err_code rc;

	if (strcmp(l->h.key, "none") != 0)
		return OK;
	batch_init(&b, n->catalogue);
	rc = link_payload(n, l, e);
	if (!rc)
		rc = link_batch(n, l, &b, e);
	if (!rc)
		rc = keyring_learn(n, k, l, &b, e);
	batch_release(&b);
	return rc;
}

/* ---- into the store ---- */

static enum err_code keep(struct store *s, const struct keyring *k,
    struct err *e)
{
	enum err_code rc = OK;

	for (size_t i = 0; !rc && i < k->nkey; i++)
		rc = signer_add(s, k->key[i].code, k->key[i].key,
		    k->key[i].stamp, e);
	for (size_t i = 0; !rc && i < k->limits.n; i++)
		rc = limit_keep(s, &k->limits.row[i], e);
	return rc;
}

static enum err_code new_own_key(struct node *n, const struct link *l,
    const struct batch *b, struct err *e)
{
	struct identity id = *store_identity(n->store);
	const struct section *s = rows_of(b, TABLE_ROTATE);
	enum err_code rc;
	bool old;

	if (!s || !(id.hq ? chain_hq_branch(l->h.chain) != NULL :
	    chain_node_code(l->h.chain) && strcmp(chain_code(l->h.chain),
		id.code) == 0))
		return OK;
	memcpy(id.node_key, s->cell[ROTATE_KEY].s.p, KEY_PUBLIC);
	if (id.hq && !node_holds_key(n, id.node_key))
		return err_set(e, ERR_KEY, _("it gives headquarters a key "
		    "that is not in keys/ here"));
	/* chains of several epochs are read in any order */
	rc = signer_limited(n, id.node_key, &old, e);
	return rc || old ? rc : store_identity_set(n->store, &id, e);
}

enum err_code signer_take(struct node *n, const struct link *l,
    const struct batch *b, struct err *e)
{
	struct keyring k = {0};
	enum err_code rc = keyring_learn(n, &k, l, b, e);

	if (!rc)
		rc = keep(n->store, &k, e);
	if (!rc)
		rc = new_own_key(n, l, b, e);
	keyring_release(&k);
	return rc;
}

enum err_code signer_carry(struct node *n, const char *chain,
    const struct batch *b, struct err *e)
{
	struct keyring k = {0};
	enum err_code rc;

	rc = learn_limits(&k, chain, NULL, rows_of(b, TABLE_LIMIT), e);
	if (!rc)
		rc = keep(n->store, &k, e);
	keyring_release(&k);
	return rc;
}

/* ---- headquarters tells ---- */

/* Where the old key ended, in every chain of the node. */
static enum err_code publish_limits(struct node *n, const struct link *l,
    struct err *e)
{
	const char *code = chain_code(l->h.chain);
	struct positions ps = {0};
	enum err_code rc = positions_load(n->store, &ps, e);

	for (size_t i = 0; !rc && i < ps.n; i++) {
		struct limit_row r = { .why = "rotate" };
		const struct position *p = &ps.p[i];
		const char *of = chain_code(p->chain);
		bool here = strcmp(p->chain, l->h.chain) == 0 &&
		    strcmp(p->epoch, l->h.epoch) == 0;

		if (!of || strcmp(of, code) != 0 || !p->seq || here)
			continue;
		memcpy(r.key, l->signer, sizeof r.key);
		memcpy(r.chain, p->chain, sizeof r.chain);
		memcpy(r.epoch, p->epoch, sizeof r.epoch);
		r.after = r.known = p->seq;
		rc = limit_give(n->store, "hq/all", &r, e);
	}
	if (!rc) {
		struct limit_row r = { .why = "rotate", .after = l->h.seq,
			.known = l->h.seq };

		memcpy(r.key, l->signer, sizeof r.key);
		memcpy(r.chain, l->h.chain, sizeof r.chain);
		memcpy(r.epoch, l->h.epoch, sizeof r.epoch);
		rc = limit_give(n->store, "hq/all", &r, e);
	}
	positions_release(&ps);
	return rc;
}

enum err_code signer_publish(struct node *n, const struct link *l,
    const struct batch *b, struct err *e)
{
	const struct section *s = rows_of(b, TABLE_ROTATE);
	const char *code = chain_node_code(l->h.chain);
	struct roster_row row;
	bool old = false;
	enum err_code rc;

	if (!s || !code)
		return OK;
	rc = roster_by_code(n->store, code, &row, e);
	memcpy(row.key, s->cell[ROTATE_KEY].s.p, KEY_PUBLIC);
	if (!rc)
		rc = signer_limited(n, row.key, &old, e);
	if (rc || old)	/* from an epoch before: it has another one since */
		return rc;
	rc = roster_add(n->store, &row, e);
	return rc ? rc : publish_limits(n, l, e);
}

/* One more row for each key that a node has had, its own last. */
struct again {
	struct node *n;
	struct err *e;
	enum err_code rc;
	struct keyring keys;
};

static int row_again(void *arg, const struct roster_row *r)
{
	struct again *a = arg;
	struct roster_row row = *r;

	for (size_t i = 0; !a->rc && i < a->keys.nkey; i++) {
		const struct signer_row *k = &a->keys.key[i];

		if (strcmp(k->code, r->code) != 0 ||
		    memcmp(k->key, r->key, KEY_PUBLIC) == 0)
			continue;
		memcpy(row.key, k->key, KEY_PUBLIC);
		a->rc = roster_add(a->n->store, &row, a->e);
	}
	memcpy(row.key, r->key, KEY_PUBLIC);
	if (!a->rc)
		a->rc = roster_add(a->n->store, &row, a->e);
	return a->rc != OK;
}

static enum err_code limits_again(struct node *n, const struct limits *l,
    struct err *e)
{
	enum err_code rc = OK;

	for (size_t i = 0; !rc && i < l->n; i++) {
		struct limit_row r = l->row[i];

		if (signer_holds(l->row, l->n, r.key, r.chain, r.epoch) ==
		    &l->row[i])
			rc = limit_give(n->store, "hq/all", &r, e);
	}
	return rc;
}

enum err_code signer_again(struct node *n, struct err *e)
{
	struct again a = { .n = n, .e = e };
	enum err_code rc = keyring_load(&a.keys, n->store, e);

	if (!rc)
		rc = roster_each(n->store, row_again, &a, e);
	if (!rc)
		rc = a.rc;
	if (!rc)
		rc = limits_again(n, &a.keys.limits, e);
	keyring_release(&a.keys);
	return rc;
}

/* ---- who reads ---- */

enum err_code signer_limited(struct node *n,
    const unsigned char key[KEY_PUBLIC], bool *yes, struct err *e)
{
	struct limits l = {0};
	enum err_code rc = limits_load(n->store, key, &l, e);

	*yes = l.n > 0;
	free(l.row);
	return rc;
}

struct readers {
	struct node *n;
	const char *branch;
	roster_fn fn;
	void *arg;
	struct err *e;
	enum err_code rc;
};

static int reader(void *arg, const struct roster_row *r)
{
	struct readers *w = arg;
	bool limited = false;

	if (strcmp(w->branch, "all") != 0 &&
	    strcmp(r->kind, "branch") == 0 &&
	    strcmp(r->branch, w->branch) != 0)
		return 0;
	w->rc = signer_limited(w->n, r->key, &limited, w->e);
	return w->rc || (!limited && w->fn(w->arg, r));
}

enum err_code readers_each(struct node *n, const char *branch, roster_fn fn,
    void *arg, struct err *e)
{
	struct readers w = { n, branch, fn, arg, e, OK };
	enum err_code rc = roster_each(n->store, reader, &w, e);

	return rc ? rc : w.rc;
}
