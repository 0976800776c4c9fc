/* A node's folder, opened.
 */
#include <stdlib.h>

#include "base/file.h"
#include "chain_impl.h"
#include "epoch.h"
#include "hash.h"
#include "signer.h"

#define LOCK_WAIT_MS 10000

/* Is there a node at all? What is missing is told before a lock is made. */
static enum err_code open_parts(struct node *n, enum node_mode mode,
    const char *store, const char *lock, struct err *e)
{
	enum err_code rc;

	if (!file_exists(store)) {
		err_set(e, ERR_NO_NODE, _("%s is not a node's folder"),
		    n->dir);
		return err_hint(e, _("go to the node's folder or name it with "
		    "-C; 'wellhead init' or 'wellhead join' makes one"));
	}
	rc = crypto_start(e);
	if (!rc && mode == NODE_LOOK)
		rc = store_look(&n->store, store, e);
	if (rc || n->store)
		return rc;
	if (mode == NODE_WRITE)
		rc = lock_take(lock, LOCK_WAIT_MS, &n->lock, e);
	if (!rc)
		rc = catalogue_load(&n->catalogue, e);
	if (!rc)
		rc = store_open(&n->store, store, n->catalogue,
		    mode == NODE_WRITE, e);
	if (!rc && mode == NODE_WRITE)
		rc = epoch_open(n, e);
	return rc;
}

enum err_code node_open(struct node **out, const char *dir,
    enum node_mode mode, struct err *e)
{
	struct node *n = calloc(1, sizeof *n);
	char *store = path_join(dir, STORE_FILE);
	char *lock = path_join(dir, "lock");
	enum err_code rc;

	*out = NULL;
	if (n) {
		n->lock = -1;
		n->dir = slice_dup(slice_str(dir));
	}
	if (!n || !n->dir || !store || !lock) {
		rc = err_memory(e);
		goto done;
	}
	rc = open_parts(n, mode, store, lock, e);
	if (rc)
		goto done;
	*out = n;
	n = NULL;
done:
	free(store);
	free(lock);
	node_close(n);
	return rc;
}

void node_close(struct node *n)
{
	if (!n)
		return;
	repo_close(n->repo);
	store_close(n->store);
	catalogue_free(n->catalogue);
	key_release(&n->key);
	key_release(&n->operator_key);
	lock_release(&n->lock);
	free(n->dir);
	free(n);
}

enum err_code node_repo(struct node *n, struct err *e)
{
	char *path;
	enum err_code rc;

	if (n->repo)
		return OK;
	path = path_join(n->dir, REPO_FILE);
	if (!path)
		return err_memory(e);
	rc = repo_open(&n->repo, path, e);
	if (!rc && n->lock >= 0)
		rc = repo_sweep(n->repo, e);
	if (rc)
		err_in(e, _("opening %s"), path);
	free(path);
	return rc;
}

enum err_code node_key_load(const struct node *n, const char *name,
    struct key *k, struct err *e)
{
	char *path = path_join(n->dir, name);
	enum err_code rc;

	if (!path)
		return err_memory(e);
	rc = key_load(k, path, getenv("WELLHEAD_PASSPHRASE"), e);
	free(path);
	return rc;
}

enum err_code node_key(struct node *n, struct err *e)
{
	const struct identity *id = store_identity(n->store);

	/* another copy of this node may have changed it meanwhile */
	if (memcmp(n->key.public, id->node_key, KEY_PUBLIC) == 0)
		return OK;
	key_release(&n->key);
	return node_key_of(n, id->node_key, &n->key, e);
}

struct signers {
	struct buf *out;
	const char *org;
};

static void add_signer(struct signers *s, const char *code,
    const unsigned char public[KEY_PUBLIC])
{
	buf_printf(s->out, "%s@%.16s namespaces=\"git\" ", code, s->org);
	key_ssh_text(s->out, public);
	buf_addc(s->out, '\n');
}

static int add_row(void *arg, const struct signer_row *r)
{
	add_signer(arg, r->code, r->key);
	return 0;
}

enum err_code node_allowed_signers(struct node *n, struct buf *out,
    struct err *e)
{
	const struct identity *id = store_identity(n->store);
	struct signers s = { out, id->org };
	char hq[17];
	enum err_code rc;

	rc = hq_author(n, hq, e);
	if (rc)
		return rc;
	/* the root key signed one changeset: the first of hq/all */
	add_signer(&s, hq, id->root_key);
	rc = signer_each(n->store, add_row, &s, e);
	return rc ? rc : buf_ok(out, e);
}
