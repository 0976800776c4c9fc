/* Keys of chains. A key that is handed on is known by its id, so that where
 * it comes from need not be trusted: another key has another id.
 */
#include "share.h"

#include "base/text.h"
#include "box.h"
#include "chain_impl.h"
#include "hash.h"
#include "signer.h"

#define STATE_NAME "share_state"	/* meta: share_state() last looked at */

bool share_is_plain(const struct section *s)
{
	static const bool plain[TABLE_FIXED_COUNT] = {
		[TABLE_NODE] = true, [TABLE_ENROL] = true,
		[TABLE_SHARE] = true, [TABLE_CHECKPOINT] = true,
		[TABLE_TIP] = true, [TABLE_STATE] = true,
		[TABLE_LIMIT] = true, [TABLE_ROTATE] = true,
	};

	return !s->type && plain[s->fixed];
}

enum err_code share_check(const struct header *h, const struct batch *b,
    struct err *e)
{
	bool open = strcmp(h->key, "none") == 0;

	for (size_t i = 0; i < b->nsection; i++) {
		const struct section *s = &b->section[i];

		if (s->nrow && share_is_plain(s) != open)
			return err_set(e, ERR_FORMAT, open ?
			    _("it holds rows of %s, but is not sealed") :
			    _("it holds rows of %s, but is sealed"),
			    s->table->name);
	}
	return OK;
}

/* ---- handing out ---- */

/* One row, in `in`, for one reader. */
static enum err_code hand(struct store *s, const char *in,
    const struct chain_key *k, const char *reader,
    const unsigned char public[KEY_PUBLIC], stamp_t *stamp, struct err *e)
{
	struct share_row r = {0};
	struct buf box = BUF_INIT;
	enum err_code rc;

	memcpy(r.chain, k->chain, sizeof r.chain);
	memcpy(r.key, k->id, sizeof r.key);
	snprintf(r.reader, sizeof r.reader, "%s", reader);
	rc = box_to(public, slice_of(k->key, sizeof k->key), &box, e);
	if (!rc) {
		memcpy(r.box, box.p, sizeof r.box);
		rc = share_give(s, in, &r, e);
	}
	buf_release(&box);
	*stamp = r.stamp;
	return rc;
}

/* A new key for a chain that this node writes: handed to itself in the chain
 * `in`, and kept. */
static enum err_code make_key(struct store *s, const char *chain,
    const char *in, struct chain_key *k, struct err *e)
{
	const struct identity *id = store_identity(s);
	enum err_code rc;

	*k = (struct chain_key){0};
	snprintf(k->chain, sizeof k->chain, "%s", chain);
	random_bytes(k->key, sizeof k->key);
	box_key_id(BOX_CHAIN, k->key, k->id);
	rc = hand(s, in, k, id->code, id->node_key, &k->stamp, e);
	return rc ? rc : chain_key_add(s, k, e);
}

/* The chain whose key seals this one: files go with the chain of their node,
 * headquarters' with what everybody reads. */
static void key_chain(const struct identity *id, const char *chain,
    char out[CHAIN_NAME])
{
	const char *file = chain_file_code(chain);

	if (file && id->hq)
		snprintf(out, CHAIN_NAME, "hq/all");
	else if (file)
		snprintf(out, CHAIN_NAME, "node/%.16s", file);
	else
		snprintf(out, CHAIN_NAME, "%.23s", chain);
}

enum err_code share_start(struct store *s, const char *hq_code,
    const unsigned char hq_key[KEY_PUBLIC], struct err *e)
{
	char chain[CHAIN_NAME];
	struct chain_key k;
	stamp_t stamp;
	enum err_code rc;

	snprintf(chain, sizeof chain, "node/%.16s", store_identity(s)->code);
	rc = make_key(s, chain, chain, &k, e);
	if (!rc)
		rc = hand(s, chain, &k, hq_code, hq_key, &stamp, e);
	wipe(&k, sizeof k);
	return rc;
}

enum err_code share_keep_all(struct store *s, const unsigned char key[32],
    struct err *e)
{
	struct chain_key k = { .chain = "hq/all" };
	enum err_code rc;

	memcpy(k.key, key, sizeof k.key);
	box_key_id(BOX_CHAIN, k.key, k.id);
	rc = chain_key_add(s, &k, e);
	wipe(&k, sizeof k);
	return rc;
}

/* ---- payloads ---- */

static enum err_code nonce_of(const struct header *h,
    unsigned char nonce[BOX_NONCE], struct err *e)
{
	if (!hex_decode(slice_of(h->root, 2 * (size_t)BOX_NONCE), nonce,
	    BOX_NONCE))
		return err_set(e, ERR_INTERNAL, _("a root of '%s'"), h->root);
	return OK;
}

static enum err_code no_key(const struct header *h, struct err *e)
{
	err_set(e, ERR_SEALED, _("it is sealed with a key that this node has "
	    "not been given (%.16s...)"), h->key);
	return err_hint(e, _("headquarters hands the key out at its next "
	    "sync; the chain goes on by itself then"));
}

enum err_code share_open(struct node *n, const struct link *l,
    struct buf *out, struct err *e)
{
	unsigned char id[32], nonce[BOX_NONCE];
	struct chain_key k = {0};
	bool found = false;
	enum err_code rc;

	if (strcmp(l->h.key, "none") == 0) {
		buf_addb(out, slice_buf(&l->payload));
		return buf_ok(out, e);
	}
	if (!hex_decode(slice_str(l->h.key), id, sizeof id))
		return err_set(e, ERR_FORMAT, _("its key is no key"));
	rc = nonce_of(&l->h, nonce, e);
	if (!rc)
		rc = chain_key_get(n->store, id, &k, &found, e);
	if (!rc && !found)
		rc = no_key(&l->h, e);
	if (!rc)
		rc = box_open(k.key, nonce, slice_buf(&l->payload), out, e);
	if (rc == ERR_SEALED && found)
		rc = err_set(e, ERR_FORMAT, _("its payload is not sealed with "
		    "the key that it names"));
	wipe(&k, sizeof k);
	return rc;
}

/* ---- taking ---- */

struct opener {
	struct node *n;
	struct slice box;
	struct buf *out;
	struct err *e;
	enum err_code rc;
};

/* A key that the node had before, if it is still here. */
static int try_key(void *arg, const struct signer_row *r)
{
	const struct identity *id = store_identity(
	    ((struct opener *)arg)->n->store);
	struct opener *o = arg;
	struct key k = {0};

	if (strcmp(r->code, id->code) != 0 ||
	    memcmp(r->key, id->node_key, KEY_PUBLIC) == 0 ||
	    !node_owns_key(o->n, r->key))
		return 0;
	o->rc = node_key_of(o->n, r->key, &k, o->e);
	if (!o->rc)
		o->rc = box_of(&k, o->box, o->out, o->e);
	key_release(&k);
	return o->rc != ERR_SEALED;
}

enum err_code share_unbox(struct node *n, struct slice box,
    struct buf *out, struct err *e)
{
	struct opener o = { .n = n, .box = box, .out = out, .e = e };
	struct err walk = {0};
	enum err_code rc;

	o.rc = node_key(n, e);
	if (!o.rc)
		o.rc = box_of(&n->key, box, out, e);
	if (o.rc != ERR_SEALED)
		return o.rc;
	rc = signer_each(n->store, try_key, &o, &walk);
	if (rc)
		*e = walk;
	return rc ? rc : o.rc;
}

/* A box that cannot be opened is as good as none. */
static enum err_code open_box(struct node *n, const struct share_row *r,
    struct chain_key *k, bool *opened, struct err *e)
{
	struct buf clear = BUF_INIT;
	struct err why;
	enum err_code rc;

	*opened = false;
	rc = share_unbox(n, slice_of(r->box, sizeof r->box), &clear, &why);
	if (rc && rc != ERR_SEALED) {
		*e = why;
		goto done;
	}
	if (!rc && clear.n == sizeof k->key) {
		*k = (struct chain_key){ .stamp = r->stamp };
		memcpy(k->key, clear.p, sizeof k->key);
		memcpy(k->chain, r->chain, sizeof k->chain);
		box_key_id(BOX_CHAIN, k->key, k->id);
		*opened = memcmp(k->id, r->key, sizeof k->id) == 0;
	}
	rc = OK;
done:
	if (clear.p)
		wipe(clear.p, clear.n);
	buf_release(&clear);
	return rc;
}

static enum err_code take_row(struct node *n, const struct share_row *r,
    struct err *e)
{
	const struct identity *id = store_identity(n->store);
	struct chain_key k = {0};
	bool here = false;
	enum err_code rc = share_keep(n->store, r, e);

	if (rc || strcmp(r->reader, id->code) != 0)
		return rc;
	rc = chain_key_get(n->store, r->key, &k, &here, e);
	if (!rc && here)
		k.stamp = r->stamp;
	else if (!rc)
		rc = open_box(n, r, &k, &here, e);
	if (!rc && here)
		rc = chain_key_add(n->store, &k, e);
	wipe(&k, sizeof k);
	return rc;
}

enum err_code share_take(struct node *n, const char *chain,
    const struct batch *b, struct err *e)
{
	const bool hq = chain_hq_branch(chain) != NULL;
	struct share_row r;
	enum err_code rc = OK;

	for (size_t i = 0; i < b->nsection; i++) {
		const struct section *s = &b->section[i];

		if (s->type || s->fixed != TABLE_SHARE)
			continue;
		for (size_t k = 0; !rc && k < s->nrow; k++) {
			if (!share_read(s->cell + k * s->table->ncol, &r))
				return err_set(e, ERR_FORMAT, _("its row %zu "
				    "that shares a key is not valid"), k + 1);
			if (!hq && strcmp(r.chain, chain) != 0)
				return err_set(e, ERR_FOREIGN, _("it shares "
				    "the key of %s"), r.chain);
			rc = take_row(n, &r, e);
		}
	}
	return rc;
}

/* The key of this id in one open changeset that is not verified. */
static enum err_code look_into(struct node *n, struct link *l,
    const unsigned char id[32], bool *found, struct err *e)
{
	struct section *s = NULL;
	struct share_row r;
	struct chain_key k;
	struct batch b;
	enum err_code rc;

	batch_init(&b, n->catalogue);
	rc = link_payload(n, l, e);
	if (!rc)
		rc = link_batch(n, l, &b, e);
	if (!rc)
		s = batch_section(&b, NULL, TABLE_SHARE);
	for (size_t i = 0; !rc && s && !*found && i < s->nrow; i++) {
		if (!share_read(s->cell + i * s->table->ncol, &r) ||
		    memcmp(r.key, id, sizeof r.key) != 0 ||
		    strcmp(r.reader, store_identity(n->store)->code) != 0)
			continue;
		rc = open_box(n, &r, &k, found, e);
		k.stamp = 0;	/* nobody has vouched for it */
		if (!rc && *found)
			rc = chain_key_add(n->store, &k, e);
		wipe(&k, sizeof k);
	}
	batch_release(&b);
	return rc;
}

enum err_code share_ahead(struct node *n, const struct header *h,
    struct slice list, struct err *e)
{
	unsigned char id[32];
	char commit[OID_HEX];
	struct link l = {0};
	bool found = false;
	struct err ignored;

	if (!hex_decode(slice_str(h->key), id, sizeof id))
		return no_key(h, e);
	for (size_t at = 0; !found && at + OID_HEX <= list.n; at += OID_HEX) {
		snprintf(commit, sizeof commit, "%.*s", OID_HEX - 1,
		    (const char *)list.p + at);
		/* what is wrong with it is told when its turn comes */
		if (link_open(n, commit, &l, &ignored) ||
		    strcmp(l.h.key, "none") != 0 ||
		    look_into(n, &l, id, &found, &ignored))
			continue;
	}
	link_release(&l);
	return found ? OK : no_key(h, e);
}

/* ---- headquarters ---- */

struct spread {
	struct node *n;
	const struct chain_key *k;
	const char *in;		/* the chain that the rows go into */
	bool auditors;			/* the round for auditors */
	struct err *e;
	enum err_code rc;
};

static int give_reader(void *arg, const struct roster_row *r)
{
	struct spread *w = arg;
	bool auditor = strcmp(r->kind, "auditor") == 0, has = false;
	const char *writer = chain_node_code(w->k->chain);
	stamp_t stamp;

	if (strcmp(r->code, store_identity(w->n->store)->code) == 0 ||
	    auditor != w->auditors ||
	    (writer && strcmp(r->code, writer) == 0))
		return 0;
	w->rc = share_has(w->n->store, r->code, w->k->id, &has, w->e);
	if (!w->rc && !has)
		w->rc = hand(w->n->store, w->in, w->k, r->code, r->key,
		    &stamp, w->e);
	return w->rc != OK;
}

/* "TC" of a chain whose key concerns TC's nodes; "all"; "" for HQ's own. */
static enum err_code branch_of(struct node *n, const char *chain,
    char out[17], struct err *e)
{
	const char *code = chain_node_code(chain);
	const char *hq = chain_hq_branch(chain);
	struct roster_row r;
	enum err_code rc;

	out[0] = '\0';
	if (hq && strcmp(hq, "HQ") != 0)
		snprintf(out, 17, "%.16s", hq);
	if (!code)
		return OK;
	rc = roster_by_code(n->store, code, &r, e);
	if (rc == ERR_NOT_FOUND)
		return OK;
	if (!rc)
		memcpy(out, r.branch, sizeof r.branch);
	return rc;
}

/* What a branch's nodes share goes into their own chain of headquarters',
 * what everybody or an auditor needs into hq/all. */
static enum err_code spread_key(struct node *n, const struct chain_key *k,
    struct err *e)
{
	char branch[17], in[CHAIN_NAME];
	struct spread w = { .n = n, .k = k, .in = in, .e = e };
	enum err_code rc = branch_of(n, k->chain, branch, e);

	if (rc || !branch[0])
		return rc;
	snprintf(in, sizeof in, "hq/%.16s", branch);
	rc = readers_each(n, branch, give_reader, &w, e);
	if (rc || w.rc)
		return rc ? rc : w.rc;
	w.auditors = true;
	w.in = "hq/all";
	rc = readers_each(n, branch, give_reader, &w, e);
	return rc ? rc : w.rc;
}

/* The key that this node seals a chain of its own with. */
static enum err_code own_key(struct node *n, const char *chain,
    struct chain_key *k, struct err *e)
{
	const struct identity *id = store_identity(n->store);
	char of[CHAIN_NAME];
	bool found = false;
	enum err_code rc;

	key_chain(id, chain, of);
	rc = chain_key_own(n->store, of, k, &found, e);
	if (rc || found)
		return rc;
	rc = make_key(n->store, of, of, k, e);
	return rc || !id->hq ? rc : spread_key(n, k, e);
}

enum err_code share_all_key(struct node *n, unsigned char key[32],
    struct err *e)
{
	struct chain_key k;
	enum err_code rc = own_key(n, "hq/all", &k, e);

	memcpy(key, k.key, sizeof k.key);
	wipe(&k, sizeof k);
	return rc;
}

enum err_code share_seal(struct node *n, struct header *h,
    struct buf *payload, struct err *e)
{
	unsigned char nonce[BOX_NONCE];
	struct buf sealed = BUF_INIT;
	struct chain_key k;
	enum err_code rc;

	rc = nonce_of(h, nonce, e);
	if (!rc)
		rc = own_key(n, h->chain, &k, e);
	if (rc)
		return rc;
	rc = box_seal(k.key, nonce, slice_buf(payload), &sealed, e);
	hex_text(k.id, sizeof k.id, h->key);
	wipe(&k, sizeof k);
	buf_release(payload);
	*payload = sealed;
	return rc;
}

static int each_key(void *arg, const struct chain_key *k)
{
	struct spread *w = arg;

	w->rc = spread_key(w->n, k, w->e);
	return w->rc != OK;
}

/* Has anything changed since the last time? */
static enum err_code look_state(struct node *n, bool *same, char now[32],
    struct err *e)
{
	struct buf was = BUF_INIT;
	int64_t state;
	enum err_code rc = share_state(n->store, &state, e);

	if (!rc)
		rc = store_meta_get(n->store, STATE_NAME, &was, e);
	snprintf(now, 32, "%lld", rc ? 0 : (long long)state);
	*same = slice_eqs(slice_buf(&was), now);
	buf_release(&was);
	return rc;
}

enum err_code share_spread(struct node *n, struct err *e)
{
	struct spread w = { .n = n, .e = e };
	char now[32];
	bool same;
	enum err_code rc = look_state(n, &same, now, e);

	if (rc || same)
		return rc;
	rc = store_begin(n->store, e);
	if (rc)
		return rc;
	rc = chain_key_each(n->store, each_key, &w, e);
	if (!rc)
		rc = w.rc;
	if (!rc)
		rc = store_meta_set(n->store, STATE_NAME, slice_str(now), e);
	if (!rc)
		rc = store_commit(n->store, e);
	if (rc)
		store_rollback(n->store);
	return rc;
}

enum err_code share_renew(struct node *n, const char *branch, struct err *e)
{
	char chain[CHAIN_NAME];
	struct chain_key k;
	enum err_code rc;

	rc = make_key(n->store, "hq/all", "hq/all", &k, e);
	if (!rc)
		rc = spread_key(n, &k, e);
	snprintf(chain, sizeof chain, "hq/%.16s", branch);
	if (!rc && strcmp(branch, "HQ") != 0)
		rc = make_key(n->store, chain, chain, &k, e);
	if (!rc && strcmp(branch, "HQ") != 0)
		rc = spread_key(n, &k, e);
	wipe(&k, sizeof k);
	return rc;
}
