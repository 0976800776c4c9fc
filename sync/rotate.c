/* Keys in a node's folder, and a new one for the node.
 *
 * Each key has a file named after it, keys/node-<16 hex digits>.key, from the
 * first rotation on; keys/node.key is the newest under a fixed name, for
 * backups and people. The store says which is the node's: that changes in the
 * transaction that moves the chain past the ROTATE row, so whenever the
 * machine stops, one key is the right one and its file is there.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "chain_impl.h"
#include "hash.h"
#include "signer.h"

#define KEY_FILE_MAX 4096

static void key_file(const unsigned char public[KEY_PUBLIC], char out[40])
{
	char hex[17];

	hex_text(public, 8, hex);
	snprintf(out, 40, "keys/node-%s.key", hex);
}

/* ---- which key ---- */

bool node_holds_key(const struct node *n,
    const unsigned char public[KEY_PUBLIC])
{
	char name[40], *path;
	bool there;

	if (memcmp(n->key.public, public, KEY_PUBLIC) == 0)
		return true;
	key_file(public, name);
	path = path_join(n->dir, name);
	there = path && file_exists(path);
	free(path);
	return there;
}

bool node_owns_key(const struct node *n,
    const unsigned char public[KEY_PUBLIC])
{
	return memcmp(store_identity(n->store)->node_key, public,
	    KEY_PUBLIC) == 0 || node_holds_key(n, public);
}

struct counting { const char *code; size_t n; };

static int count_keys(void *arg, const struct signer_row *r)
{
	struct counting *c = arg;

	c->n += strcmp(r->code, c->code) == 0;
	return 0;
}

/* The key that is the node's is not here. */
static enum err_code no_key(const struct node *n, struct err *e)
{
	struct counting c = { .code = store_identity(n->store)->code };
	struct err ignored;	/* it is about the hint alone */

	if (!signer_each(n->store, count_keys, &c, &ignored) && c.n > 1) {
		err_set(e, ERR_KEY, _("the key of node %s was changed, by "
		    "another copy of it or after this copy was made: %s/keys "
		    "does not hold the new one"), c.code, n->dir);
		return err_hint(e, _("bring the file keys/node.key from where "
		    "it was changed; if it is lost, let headquarters invite a "
		    "new node. What waits here is not lost meanwhile"));
	}
	err_set(e, ERR_KEY, _("%s/%s is not the key of node %s"), n->dir,
	    NODE_KEY_FILE, c.code);
	return err_hint(e, _("put the node's own key file back from its "
	    "backup"));
}

enum err_code node_key_of(const struct node *n,
    const unsigned char public[KEY_PUBLIC], struct key *k, struct err *e)
{
	char name[40];
	enum err_code rc;

	key_file(public, name);
	rc = node_key_load(n, name, k, e);
	if (rc == ERR_NOT_FOUND)
		rc = node_key_load(n, NODE_KEY_FILE, k, e);
	if (rc || memcmp(k->public, public, KEY_PUBLIC) == 0)
		return rc;
	key_release(k);
	return no_key(n, e);
}

enum err_code node_root_key(const struct node *n, struct key *k,
    struct err *e)
{
	const char *path = getenv("WELLHEAD_ROOT");
	enum err_code rc;

	if (path && *path)
		rc = key_load(k, path, getenv("WELLHEAD_PASSPHRASE"), e);
	else
		rc = node_key_load(n, ROOT_KEY_FILE, k, e);
	if (rc == ERR_NOT_FOUND) {
		err_set(e, ERR_KEY, _("the organisation's root key is not "
		    "here"));
		return err_hint(e, _("bring the stick that it is kept on and "
		    "say WELLHEAD_ROOT=FILE"));
	}
	if (rc || memcmp(k->public, store_identity(n->store)->root_key,
	    KEY_PUBLIC) == 0)
		return rc;
	key_release(k);
	err_set(e, ERR_KEY, _("that is not this organisation's root key"));
	return err_hint(e, _("'wellhead fingerprint' tells the words of the "
	    "right one"));
}

static enum err_code check_copy(const struct key *root, const char *file,
    const char *passphrase, struct err *e)
{
	struct key k = {0};
	enum err_code rc = key_load(&k, file, passphrase, e);

	if (!rc && memcmp(k.secret, root->secret, sizeof k.secret) != 0)
		rc = err_set(e, ERR_CORRUPT, _("what was written to %s reads "
		    "back differently"), file);
	key_release(&k);
	return rc;
}

enum err_code node_root_export(struct node *n, const char *file,
    struct err *e)
{
	const char *passphrase = getenv("WELLHEAD_PASSPHRASE");
	char *path = path_join(n->dir, ROOT_KEY_FILE);
	char *keys = path_join(n->dir, "keys");
	struct key root = {0};
	enum err_code rc;

	if (!path || !keys) {
		rc = err_memory(e);
		goto done;
	}
	rc = node_root_key(n, &root, e);
	if (!rc)
		rc = key_save(&root, file, passphrase, e);
	if (!rc)
		rc = check_copy(&root, file, passphrase, e);
	if (!rc && unlink(path))
		rc = err_errno(e, _("removing %s"), path);
	if (!rc)
		rc = file_sync_dir(keys, e);
done:
	key_release(&root);
	free(path);
	free(keys);
	return rc;
}

/* ---- files ---- */

static enum err_code copy_key(const struct node *n, const char *from,
    const char *to, struct err *e)
{
	char *old = path_join(n->dir, from), *new = path_join(n->dir, to);
	struct buf b = BUF_INIT;
	enum err_code rc = OK;

	if (!old || !new)
		rc = err_memory(e);
	if (!rc)
		rc = file_read(old, KEY_FILE_MAX, &b, e);
	if (!rc)
		rc = file_write(new, slice_buf(&b), 0600, false, e);
	if (b.p)
		wipe(b.p, b.n);
	buf_release(&b);
	free(old);
	free(new);
	return rc;
}

static enum err_code save_new(const struct node *n, const struct key *k,
    struct err *e)
{
	char name[40], *path;
	enum err_code rc;

	key_file(k->public, name);
	path = path_join(n->dir, name);
	rc = path ? key_save(k, path, getenv("WELLHEAD_PASSPHRASE"), e) :
	    err_memory(e);
	free(path);
	return rc;
}

/* The old key's file gets its own name, before another takes keys/node.key. */
static enum err_code keep_old(struct node *n, struct err *e)
{
	char name[40], *path;
	enum err_code rc = OK;

	key_file(n->key.public, name);
	path = path_join(n->dir, name);
	if (!path)
		return err_memory(e);
	if (!file_exists(path))
		rc = copy_key(n, NODE_KEY_FILE, name, e);
	free(path);
	return rc;
}

enum err_code rotate_files(struct node *n, const struct key *new,
    struct err *e)
{
	enum err_code rc = keep_old(n, e);

	return rc ? rc : save_new(n, new, e);
}

enum err_code rotate_done(struct node *n, struct err *e)
{
	const struct identity *id = store_identity(n->store);
	char name[40];
	enum err_code rc = OK;

	if (memcmp(n->key.public, id->node_key, KEY_PUBLIC) == 0)
		return OK;
	key_release(&n->key);
	key_file(id->node_key, name);
	if (node_holds_key(n, id->node_key))
		rc = copy_key(n, name, NODE_KEY_FILE, e);
	return rc ? rc : node_key(n, e);
}

/* ---- a new key that was not taken ---- */

struct before {			/* the newest key of ours that does not wait */
	struct node *n;
	unsigned char key[KEY_PUBLIC];
	bool found;
	struct err *e;
	enum err_code rc;
};

static int look_back(void *arg, const struct signer_row *r)
{
	struct before *b = arg;
	char chain[CHAIN_NAME];
	bool waits = false;

	if (strcmp(r->code, store_identity(b->n->store)->code) != 0 ||
	    !node_owns_key(b->n, r->key))
		return 0;
	b->rc = rotate_waits(b->n->store, chain, r->key, &waits, b->e);
	if (!b->rc && !waits) {
		memcpy(b->key, r->key, sizeof b->key);
		b->found = true;
	}
	return b->rc != OK;
}

/* Another copy of this node has changed its key before ours was known: ours
 * never becomes the node's, and the old one can't say so any more. */
static enum err_code give_up(struct node *n, struct err *e)
{
	enum err_code rc = store_begin(n->store, e);

	if (!rc)
		rc = rotate_drop(n->store, e);
	if (!rc)
		rc = store_commit(n->store, e);
	if (rc)
		store_rollback(n->store);
	return rc;
}

enum err_code rotate_back(struct node *n, struct err *e)
{
	struct identity id = *store_identity(n->store);
	struct before b = { .n = n, .e = e };
	char chain[CHAIN_NAME];
	bool waits = false;
	enum err_code rc;

	rc = rotate_waits(n->store, chain, id.node_key, &waits, e);
	if (!rc && chain[0] && !waits && !id.hq &&
	    !node_holds_key(n, id.node_key))
		return give_up(n, e);
	if (!rc && waits)
		rc = signer_each(n->store, look_back, &b, e);
	if (!rc)
		rc = b.rc;
	if (rc || !b.found)
		return rc;
	memcpy(id.node_key, b.key, sizeof id.node_key);
	rc = store_begin(n->store, e);
	if (!rc)
		rc = store_identity_set(n->store, &id, e);
	if (!rc)
		rc = store_commit(n->store, e);
	if (rc)
		store_rollback(n->store);
	key_release(&n->key);
	return rc;
}

/* ---- the rows ---- */

/* Nothing more is signed with the old key in any other chain of ours. */
static enum err_code limit_others(struct node *n, const char *chain,
    struct err *e)
{
	const struct identity *id = store_identity(n->store);
	struct positions ps = {0};
	enum err_code rc = positions_load(n->store, &ps, e);

	for (size_t i = 0; !rc && i < ps.n; i++) {
		struct limit_row r = { .why = "rotate" };
		const struct position *p = &ps.p[i];
		const char *code = chain_code(p->chain);
		bool ours = code ? strcmp(code, id->code) == 0 : id->hq;

		if (!ours || !p->seq || (strcmp(p->chain, chain) == 0 &&
		    strcmp(p->epoch, id->epoch) == 0))
			continue;
		memcpy(r.key, n->key.public, sizeof r.key);
		memcpy(r.chain, p->chain, sizeof r.chain);
		memcpy(r.epoch, p->epoch, sizeof r.epoch);
		r.after = r.known = p->seq;
		rc = limit_give(n->store, chain, &r, e);
	}
	positions_release(&ps);
	return rc;
}

/* Headquarters' own row names its new key at once: the same changeset brings
 * it. */
static enum err_code own_row(struct node *n, const struct key *new,
    struct err *e)
{
	const struct identity *id = store_identity(n->store);
	struct roster_row row;
	enum err_code rc;

	if (!id->hq)
		return OK;
	rc = roster_by_code(n->store, id->code, &row, e);
	if (rc)
		return rc;
	memcpy(row.key, new->public, sizeof row.key);
	return roster_add(n->store, &row, e);
}

static enum err_code put_rows(struct node *n, const struct key *new,
    struct err *e)
{
	const struct identity *id = store_identity(n->store);
	unsigned char proof[SIGNATURE_LEN];
	char chain[CHAIN_NAME];
	enum err_code rc;

	snprintf(chain, sizeof chain, id->hq ? "hq/all" : "node/%s",
	    id->code);
	rc = rotate_proof(n, id->code, n->key.public, new, proof, e);
	if (!rc)
		rc = store_begin(n->store, e);
	if (rc)
		return rc;
	rc = limit_others(n, chain, e);
	if (!rc)
		rc = own_row(n, new, e);
	if (!rc)
		rc = rotate_put(n->store, chain, id->code, new->public, proof,
		    e);
	if (!rc)
		rc = store_commit(n->store, e);
	if (rc)
		store_rollback(n->store);
	return rc;
}

/* A key that headquarters has taken away brings no other one. */
static enum err_code check_own(struct node *n, struct err *e)
{
	const struct identity *id = store_identity(n->store);
	struct limits l = {0};
	bool gone = false;
	enum err_code rc = limits_load(n->store, id->node_key, &l, e);

	for (size_t i = 0; i < l.n; i++)
		gone |= strcmp(l.row[i].why, "revoke") == 0;
	free(l.row);
	if (rc || !gone)
		return rc;
	err_set(e, ERR_REVOKED, _("headquarters has revoked the key of node "
	    "%s"), id->code);
	return err_hint(e, _("ask headquarters for an invitation for a new "
	    "node of branch %s"), id->branch);
}

enum err_code node_rotate(struct node *n, struct err *e)
{
	struct key new = {0};
	char waits[CHAIN_NAME] = "";
	struct sealed sealed;
	enum err_code rc;

	rc = check_own(n, e);
	if (!rc)
		rc = rotate_waits(n->store, waits, NULL, NULL, e);
	if (!rc)
		rc = seal_all(n, &sealed, e);
	if (rc || waits[0])	/* one that was interrupted is done now */
		return rc;
	key_make(&new);
	rc = rotate_files(n, &new, e);
	if (!rc)
		rc = put_rows(n, &new, e);
	if (!rc)
		rc = seal_all(n, &sealed, e);
	key_release(&new);
	return rc;
}
