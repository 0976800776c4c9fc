/* A node: its folder, opened. What a command or a page is given.
 *
 *   store.db     the store            repo.git   its chains, and others'
 *   keys/node.key, keys/root.key      0600       lock   one writer at a time
 */
#ifndef SYNC_NODE_H
#define SYNC_NODE_H

#include "changeset.h"
#include "repo.h"
#include "roster.h"

struct node {
	char *dir;
	struct catalogue *catalogue;	/* NULL if only for a look */
	struct store *store;
	struct repo *repo;	/* NULL until node_repo() */
	struct key key;		/* zero until node_key() */
	int lock;		/* -1: opened for reading */
};

enum node_mode { NODE_LOOK, NODE_READ, NODE_WRITE };

/* Open dir; NODE_LOOK allows what store_look() does and loads no catalogue;
 * NODE_WRITE takes the lock (waits 10 s) and repairs what a killed process
 * left between store and repository. The caller owns *out: node_close().
 * Expected: ERR_NO_NODE, ERR_BUSY, ERR_NEWER. */
MUST_USE enum err_code node_open(struct node **out, const char *dir,
    enum node_mode mode, struct err *e);
void node_close(struct node *n);
/* Open the repository, load the key (passphrase from WELLHEAD_PASSPHRASE). */
MUST_USE enum err_code node_repo(struct node *n, struct err *e);
MUST_USE enum err_code node_key(struct node *n, struct err *e);

/* Found an organisation in dir (made; must be empty or absent). */
struct founding { const char *name, *code; };	/* code NULL: "HQ" */
MUST_USE enum err_code node_init(const char *dir, const struct founding *f,
    struct err *e);
/* HQ: a node's invitation, JSON text, a secret. branch NULL: code's own;
 * remote NULL: none. Expected: ERR_EXISTS, ERR_ROLE (not HQ). */
struct invitation { const char *code, *name, *branch, *remote; };
MUST_USE enum err_code node_invite(struct node *n, const struct invitation *i,
    struct buf *json, struct err *e);
/* Make the node that the invitation is for. Expected: ERR_INVITATION,
 * ERR_NEWER. */
MUST_USE enum err_code node_join(const char *dir, struct slice invitation,
    struct err *e);
/* Lines for an OpenSSH allowed_signers file: the whole roster. */
MUST_USE enum err_code node_allowed_signers(struct node *n, struct buf *out,
    struct err *e);

#endif
