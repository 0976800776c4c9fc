/* Sealing: which key a chain's payloads are under, who is given it, and what
 * opens them. docs/format-trust.md.
 *
 * A chain's writer makes its key and hands it to itself and to headquarters
 * by SHARE rows; headquarters hands it on to the branch's other nodes and to
 * auditors. Rows that everybody must read to know whom to trust stay open.
 */
#ifndef SYNC_SHARE_H
#define SYNC_SHARE_H

#include "chain.h"
#include "share_row.h"

/* Is this section one of those that are not sealed? */
bool share_is_plain(const struct section *s);
/* Does what a header says of its key fit the rows? Expected: ERR_FORMAT. */
MUST_USE enum err_code share_check(const struct header *h,
    const struct batch *b, struct err *e);

/* In a transaction of the new node s, the key made: the key of its chain,
 * shared with itself and headquarters. */
MUST_USE enum err_code share_start(struct store *s, const char *hq_code,
    const unsigned char hq_key[KEY_PUBLIC], struct err *e);
/* Headquarters, in a transaction: the key of hq/all, made if there is none,
 * for an invitation. */
MUST_USE enum err_code share_all_key(struct node *n,
    unsigned char key[32], struct err *e);
/* A new node: keep that. */
MUST_USE enum err_code share_keep_all(struct store *s,
    const unsigned char key[32], struct err *e);

/* Seal a deflated payload in place under the key of the chain h->chain, which
 * is made if there is none yet; h->root is filled in, h->key is set. In a
 * transaction. */
MUST_USE enum err_code share_seal(struct node *n, struct header *h,
    struct buf *payload, struct err *e);
/* The deflated payload of a verified link appended to out.
 * Expected: ERR_SEALED (the key is not here, or is not the right one). */
MUST_USE enum err_code share_open(struct node *n, const struct link *l,
    struct buf *out, struct err *e);

/* Open what was sealed to this node's key, or to one that it had before.
 * Expected: ERR_SEALED. */
MUST_USE enum err_code share_unbox(struct node *n, struct slice box,
    struct buf *out, struct err *e);

/* In the caller's transaction: the SHARE rows of a merged changeset into the
 * store; what is shared with this node is opened. Expected: ERR_FORMAT,
 * ERR_FOREIGN (the key of somebody else's chain). */
MUST_USE enum err_code share_take(struct node *n, const char *chain,
    const struct batch *b, struct err *e);
/* In a transaction: look for the key that h names among the open changesets
 * of list (41 bytes each), which are not verified yet; a key is known by its
 * id. Expected: ERR_SEALED. */
MUST_USE enum err_code share_ahead(struct node *n, const struct header *h,
    struct slice list, struct err *e);

/* Headquarters, at the end of a sync: every reader is handed the keys that
 * are its business. Costs next to nothing when nobody is new. */
MUST_USE enum err_code share_spread(struct node *n, struct err *e);
/* Headquarters, in a transaction, when a node of branch has been shut out:
 * new keys for hq/all and hq/<branch>, handed to who may still read. */
MUST_USE enum err_code share_renew(struct node *n, const char *branch,
    struct err *e);

#endif
