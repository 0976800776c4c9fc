/* Merkle trees over SHA-256 leaf hashes, as RFC 6962 section 2.1 (and RFC
 * 9162 section 2.1) has them: leaves hash as 0x00 || data, nodes as
 * 0x01 || left || right, the left subtree being the largest power of two.
 *
 * A hash here is 32 bytes. Indexes count from 0.
 */
#ifndef CRYPTO_MERKLE_H
#define CRYPTO_MERKLE_H

#include "hash.h"

#define MERKLE_PATH_MAX 64	/* hashes in a path, at most */

typedef unsigned char merkle_hash[SHA256_LEN];

/* The hash of a leaf with this data. */
void merkle_leaf(struct slice s, merkle_hash out);

/* The node above two others. out may be either of them. */
void merkle_join(const merkle_hash left, const merkle_hash right,
    merkle_hash out);
/* How many of n > 1 leaves are in the left subtree. */
uint64_t merkle_split(uint64_t n);

/* A tree that grows by its end and forgets its leaves: the roots of its full
 * subtrees, largest first, as many as n has bits set. */
struct merkle {
	uint64_t n;			/* leaves */
	merkle_hash part[MERKLE_PATH_MAX];
};
/* Empty when zeroed. */
void merkle_add(struct merkle *m, const merkle_hash leaf);
/* Of no leaves: SHA-256 of nothing. */
void merkle_root(const struct merkle *m, merkle_hash out);
/* The parts as bytes, and back; false when they do not fit n. */
void merkle_save(const struct merkle *m, struct buf *out);
MUST_USE bool merkle_load(struct merkle *m, uint64_t n, struct slice parts);

/* The audit path of leaf `index` among n leaf hashes, deepest first; *len
 * hashes. */
void merkle_path(const merkle_hash *leaf, size_t n, size_t index,
    merkle_hash path[MERKLE_PATH_MAX], size_t *len);
/* The root that leaf, at index of a tree of n leaves, and its path give.
 * False when index or len do not fit n. */
MUST_USE bool merkle_follow(const merkle_hash leaf, uint64_t index,
    uint64_t n, const merkle_hash *path, size_t len, merkle_hash root);

#endif
