/* Between repo_pack.c and repo_walk.c.
 */
#ifndef SYNC_REPO_PACK_IMPL_H
#define SYNC_REPO_PACK_IMPL_H

#include "base/map.h"
#include "repo_git.h"
#include "repo_pack.h"

/* Not reached; part of a chain; a blob that a ref names by itself, a letter:
 * it is never packed, so that it can go at once. */
enum loose_state { LOOSE_FOUND, LOOSE_REACHED, LOOSE_NAMED };

/* Loose objects by their 20 bytes; the value is enum loose_state. */
struct loose_set {
	struct map *by_oid;
	bool holes;		/* a chain is not whole: nothing is pruned */
	unsigned char (*oid)[20];	/* in the order of the folders */
	size_t n, cap;
};

/* About how many there are, from a few of their folders. */
size_t loose_guess(const struct repo *r);
MUST_USE enum err_code loose_load(struct repo *r, struct loose_set *out,
    struct err *e);
void loose_release(struct loose_set *s);
/* Mark those that refs reach. deep: to the beginning of every chain; else
 * each walk ends after a long stretch of packed ones. */
MUST_USE enum err_code loose_reach(struct repo *r, struct loose_set *s,
    bool deep, struct err *e);
bool loose_reached(const struct loose_set *s, size_t i);
/* Remove the reached ones' files: they are in a pack now. */
void loose_remove(struct repo *r, const struct loose_set *s);
/* Remove those found, not reached, and older; how many. After a deep walk. */
size_t loose_prune(struct repo *r, const struct loose_set *s, int64_t age_ms);

#endif
