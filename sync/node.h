/* A node: its folder, opened. What a command or a page is given.
 *
 *   store.db     the store            repo.git   its chains, and others'
 *   keys/node.key, keys/root.key      0600       lock   one writer at a time
 *   sync.lock, watch.lock   one sync, one loop of syncs at a time
 *   marker           which folder this is (marker.h)
 */
#ifndef SYNC_NODE_H
#define SYNC_NODE_H

#include "changeset.h"
#include "operator.h"
#include "repo.h"
#include "roster.h"

struct node {
	char *dir;
	struct catalogue *catalogue;	/* NULL if only for a look */
	struct store *store;
	struct repo *repo;	/* NULL until node_repo() */
	struct key key;		/* zero until node_key() */
	int lock;		/* -1: opened for reading */
	char notice[600];	/* what a person must be told once, or "" */
	struct key operator_key;	/* of actor; zero while nobody acts */
	struct actor actor;
};

enum node_mode { NODE_LOOK, NODE_READ, NODE_WRITE };

/* Open dir; NODE_LOOK allows what store_look() does and loads no catalogue;
 * NODE_WRITE takes the lock (waits 10 s) and repairs what a killed process
 * left between store and repository; a folder that was copied or restored
 * begins a new epoch (epoch.h). The caller owns *out: node_close().
 * Expected: ERR_NO_NODE, ERR_BUSY, ERR_NEWER. */
MUST_USE enum err_code node_open(struct node **out, const char *dir,
    enum node_mode mode, struct err *e);
void node_close(struct node *n);
/* Close the store and give the lock to others while something slow is done
 * without either; then take both back, waiting for who is at work. Between
 * them, and after a node_wake() that failed, n->store is NULL. */
void node_rest(struct node *n);
MUST_USE enum err_code node_wake(struct node *n, struct err *e);
/* After sealing or a sync: repo_tidy(), within a command's patience. That it
 * could not be done is no fault of theirs. */
void node_tidy(struct node *n);
/* Open the repository, load the key (passphrase from WELLHEAD_PASSPHRASE). */
MUST_USE enum err_code node_repo(struct node *n, struct err *e);
MUST_USE enum err_code node_key(struct node *n, struct err *e);

/* Found an organisation in dir (made; must be empty or absent). */
struct founding { const char *name, *code; };	/* code NULL: "HQ" */
MUST_USE enum err_code node_init(const char *dir, const struct founding *f,
    struct err *e);
/* HQ: a node's invitation, JSON text, a secret. branch NULL: code's own;
 * remote NULL: none. Expected: ERR_EXISTS, ERR_ROLE (not HQ). */
struct invitation { const char *code, *name, *branch, *remote;
	bool auditor; };	/* who reads all chains and enters nothing */
MUST_USE enum err_code node_invite(struct node *n, const struct invitation *i,
    struct buf *json, struct err *e);
/* Make the node that the invitation is for, if the words are those of its root
 * key (NULL: nobody has asked). Expected: ERR_INVITATION, ERR_NEWER. */
MUST_USE enum err_code node_join(const char *dir, struct slice invitation,
    const char *words, struct err *e);
/* Operators: node_operator.c. Their keys are keys/operator-<id>.key, id being
 * the first 16 hex digits of the public key. passphrase NULL: not sealed.
 * Add one. Expected: ERR_EXISTS, ERR_USAGE (name, dates), ERR_NOT_FOUND (role,
 * person), ERR_ROLE. */
struct operator_new { const char *name, *person, *from, *to;
	const char *const *role; size_t nrole; };
MUST_USE enum err_code node_operator_add(struct node *n,
    const struct operator_new *o, const char *passphrase, struct err *e);
/* From now on it has no role. Expected: ERR_NOT_FOUND. */
MUST_USE enum err_code node_operator_remove(struct node *n, const char *name,
    struct err *e);
/* Is the operator's key file sealed by a passphrase? Expected: ERR_ROLE (no
 * such operator), ERR_KEY (its key is not here). */
MUST_USE enum err_code node_operator_sealed(struct node *n, const char *name,
    bool *sealed, struct err *e);
/* Seal the key file anew. Expected: as above, ERR_KEY (wrong passphrase). */
MUST_USE enum err_code node_operator_passwd(struct node *n, const char *name,
    const char *old, const char *new, struct err *e);
/* All local changes from here on are this operator's. Expected: the same. */
MUST_USE enum err_code node_act(struct node *n, const char *name,
    const char *passphrase, struct err *e);

/* Lines for an OpenSSH allowed_signers file: the whole roster. */
MUST_USE enum err_code node_allowed_signers(struct node *n, struct buf *out,
    struct err *e);

#endif
