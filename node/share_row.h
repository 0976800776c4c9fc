/* Keys of chains: the SHARE rows that hand them out, and those that this
 * store can open. A key goes by its id, box_key_id(). docs/format-trust.md.
 */
#ifndef NODE_SHARE_ROW_H
#define NODE_SHARE_ROW_H

#include "outbox.h"

#define SHARE_BOX_LEN 80	/* 32 bytes of key, sealed to a reader */

struct share_row {
	stamp_t stamp;
	char chain[CHAIN_NAME];		/* that the key is for */
	unsigned char key[32];		/* its id */
	char reader[17];		/* the code of a node */
	unsigned char box[SHARE_BOX_LEN];
};

/* A row of the wire, checked; false if it is none. */
MUST_USE bool share_read(const struct value *cell, struct share_row *r);
/* In a transaction. */
MUST_USE enum err_code share_keep(struct store *s, const struct share_row *r,
    struct err *e);
/* Keep it here and put it into chain's outbox; r->stamp is filled in. */
MUST_USE enum err_code share_give(struct store *s, const char *chain,
    struct share_row *r, struct err *e);
/* Has headquarters handed this key to this reader? */
MUST_USE enum err_code share_has(struct store *s, const char *reader,
    const unsigned char id[32], bool *yes, struct err *e);
/* A number that changes when there is another node, another key or another
 * limit. */
MUST_USE enum err_code share_state(struct store *s, int64_t *state,
    struct err *e);

struct chain_key {
	unsigned char id[32], key[32];
	char chain[CHAIN_NAME];
	stamp_t stamp;			/* of its row; 0: by other ways */
};
/* One that is here stays as it is, but gets a stamp if it had none. */
MUST_USE enum err_code chain_key_add(struct store *s,
    const struct chain_key *k, struct err *e);
/* *found false: it is not here. */
MUST_USE enum err_code chain_key_get(struct store *s,
    const unsigned char id[32], struct chain_key *out, bool *found,
    struct err *e);
/* The newest one that this node itself made for a chain. */
MUST_USE enum err_code chain_key_own(struct store *s, const char *chain,
    struct chain_key *out, bool *found, struct err *e);
typedef int (*chain_key_fn)(void *arg, const struct chain_key *k);
MUST_USE enum err_code chain_key_each(struct store *s, chain_key_fn fn,
    void *arg, struct err *e);

#endif
