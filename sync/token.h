/* The organisation's keyed hash: what stands for an identity number where
 * records of several branches are compared.
 *
 * HMAC-SHA-256 under a key of 32 random bytes, made at first use, kept in this
 * store alone. Without the key a number cannot be found from its token by
 * trying all numbers, as it could from a plain hash.
 */
#ifndef SYNC_TOKEN_H
#define SYNC_TOKEN_H

#include "duplicate.h"
#include "node.h"

struct token_key {
	unsigned char key[32];
};

/* A node opened for reading gets a key for this time only, if it has none
 * yet. The caller wipes it: token_release(). */
MUST_USE enum err_code token_load(struct node *n, struct token_key *k,
    struct err *e);
void token_release(struct token_key *k);
/* Borrows k. */
struct duplicate_hash token_hash(const struct token_key *k);

#endif
