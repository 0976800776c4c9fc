/* Who may sign which changeset: the roster's keys and their limits, the rows
 * that change them, `rotate` and `revoke`. docs/format-trust.md.
 *
 *   signer.c   the rule and the rows      rotate.c   a node's new key
 *   revoke.c   headquarters takes a key away, and what follows
 */
#ifndef SYNC_SIGNER_H
#define SYNC_SIGNER_H

#include "chain.h"
#include "signer_row.h"

/* May this key sign the changeset that h describes, by what the store knows?
 * Expected: ERR_KEY, ERR_REVOKED, ERR_UNDETERMINED. */
MUST_USE enum err_code signer_check(struct node *n, const struct header *h,
    const unsigned char key[KEY_PUBLIC], struct err *e);

/* The same by keys in memory, for who reads ahead of the store. */
struct keyring {
	struct signer_row *key;
	size_t nkey, cap;
	struct limits limits;
};
/* All that the store knows. Added to what is in k. */
MUST_USE enum err_code keyring_load(struct keyring *k, struct store *s,
    struct err *e);
void keyring_release(struct keyring *k);
MUST_USE enum err_code keyring_check(struct node *n, const struct keyring *k,
    const struct header *h, const unsigned char key[KEY_PUBLIC],
    struct err *e);
/* Learn from the rows of a changeset whose signature and place are checked
 * (l->signer signed it): NODE, ENROL, ROTATE, LIMIT. Expected: ERR_FORMAT,
 * ERR_FOREIGN (a row about somebody else's keys), ERR_SIGNATURE. */
MUST_USE enum err_code keyring_learn(struct node *n, struct keyring *k,
    const struct link *l, const struct batch *b, struct err *e);
/* The same from the link itself; one that is sealed has no such rows and is
 * not opened. */
MUST_USE enum err_code keyring_link(struct node *n, struct keyring *k,
    struct link *l, struct err *e);

/* In the caller's transaction: what a merged or sealed changeset says of keys
 * into the store. Our own new key becomes the node's. */
MUST_USE enum err_code signer_take(struct node *n, const struct link *l,
    const struct batch *b, struct err *e);
/* LIMIT rows of our own that wait in chain's outbox, carried to a new
 * store. */
MUST_USE enum err_code signer_carry(struct node *n, const char *chain,
    const struct batch *b, struct err *e);
/* Headquarters, the same transaction: tell everybody of a node's new key that
 * l brought, and where the old one ended. */
MUST_USE enum err_code signer_publish(struct node *n, const struct link *l,
    const struct batch *b, struct err *e);
/* Headquarters, in a transaction: every key and every limit that holds once
 * more into hq/all, for a new epoch of it. */
MUST_USE enum err_code signer_again(struct node *n, struct err *e);

/* Is the key limited, that is, no longer its node's own? */
MUST_USE enum err_code signer_limited(struct node *n,
    const unsigned char key[KEY_PUBLIC], bool *yes, struct err *e);
/* The nodes that may read what concerns `branch` ("all": everybody) and whose
 * key stands: headquarters, the branch's own, auditors. */
MUST_USE enum err_code readers_each(struct node *n, const char *branch,
    roster_fn fn, void *arg, struct err *e);

/* Give the node a new key. What waits is sealed with the old one first.
 * Killed anywhere, either key is the node's. Expected: ERR_REVOKED. */
MUST_USE enum err_code node_rotate(struct node *n, struct err *e);
/* The secret key to a public one that is or was the node's own.
 * Expected: ERR_KEY. */
MUST_USE enum err_code node_key_of(const struct node *n,
    const unsigned char public[KEY_PUBLIC], struct key *k, struct err *e);
/* Is its file here? Asks for file names, not for keys. */
bool node_holds_key(const struct node *n,
    const unsigned char public[KEY_PUBLIC]);
/* Is or was it the node's own? */
bool node_owns_key(const struct node *n,
    const unsigned char public[KEY_PUBLIC]);
/* Headquarters: move keys/root.key to a new file elsewhere, read it back, and
 * take it out of the folder. Expected: ERR_EXISTS, ERR_KEY. */
MUST_USE enum err_code node_root_export(struct node *n, const char *file,
    struct err *e);
/* The files of the node's key, under its own name, and of a new one. */
MUST_USE enum err_code rotate_files(struct node *n, const struct key *new,
    struct err *e);
/* Before sealing: if the row that brought the node's key waits again (its
 * changeset was not taken), the key before it is the node's until then. */
MUST_USE enum err_code rotate_back(struct node *n, struct err *e);
/* After a group of changesets: if one of them brought our new key, it signs
 * from now on. */
MUST_USE enum err_code rotate_done(struct node *n, struct err *e);

/* Headquarters: nothing that the node's keys signed after changeset `after` is
 * its own. epoch8 NULL: of its newest epoch, the older ones end where they
 * stand. Seals, and rebuilds when that takes anything out. Called again it
 * corrects. Of headquarters itself: its key ends where its chains stand, and
 * they begin again with another one; `after` is not asked for, the root key
 * is. Expected: ERR_ROLE, ERR_NOT_FOUND, ERR_REASON, ERR_KEY. */
struct revocation { const char *code, *epoch8, *reason; int64_t after; };
struct revoked {
	char epoch[33];		/* that `after` was said of */
	int64_t had;		/* of it, taken in before */
	int64_t known;		/* of what stands, how much is here */
	bool rebuilt;
	bool hq;		/* headquarters' own: nothing else is told */
};
MUST_USE enum err_code node_revoke(struct node *n,
    const struct revocation *r, struct revoked *out, struct err *e);
MUST_USE enum err_code revoke_hq(struct node *n, const char *reason,
    struct err *e);
/* After limits have come: what the store holds past them is taken out by a
 * rebuild. */
MUST_USE enum err_code signer_settle(struct node *n, bool *rebuilt,
    struct err *e);

#endif
