/* A node at rest: while bytes crawl over a slow link, people can enter
 * records. And its repository's files, kept few.
 */
#include "base/file.h"
#include "chain_impl.h"
#include "repo_pack.h"

#define WAKE_WAIT_MS (10 * 60 * 1000)
/* Packs of more objects are left to the daemon. */
#define TIDY_MOST 50000

void node_tidy(struct node *n)
{
	struct repacked ignored;
	struct err none;

	if (n->repo && n->lock >= 0 &&
	    repo_tidy(n->repo, TIDY_MOST, &ignored, &none))
		return;		/* the next one tries again */
}

void node_rest(struct node *n)
{
	if (n->lock < 0)
		return;
	store_close(n->store);
	n->store = NULL;
	lock_release(&n->lock);
}

/* Another command may have given the node a new key meanwhile. */
static enum err_code check_key(struct node *n, struct err *e)
{
	static const unsigned char none[KEY_PUBLIC];
	const struct identity *id = store_identity(n->store);

	if (memcmp(n->key.public, none, KEY_PUBLIC) == 0 ||
	    memcmp(n->key.public, id->node_key, KEY_PUBLIC) == 0)
		return OK;
	key_release(&n->key);
	return node_key(n, e);
}

enum err_code node_wake(struct node *n, struct err *e)
{
	char *store, *lock;
	enum err_code rc;

	if (n->store)
		return OK;
	store = path_join(n->dir, STORE_FILE);
	lock = path_join(n->dir, "lock");
	rc = store && lock ? OK : err_memory(e);
	if (!rc)
		rc = lock_take(lock, WAKE_WAIT_MS, &n->lock, e);
	if (!rc)
		rc = store_open(&n->store, store, n->catalogue, true, e);
	if (!rc && n->actor.key)
		operator_act(n->store, &n->actor);
	if (!rc)
		rc = check_key(n, e);
	free(store);
	free(lock);
	return rc;
}
