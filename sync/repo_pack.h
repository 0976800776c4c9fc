/* Few files, however old the repository is: loose objects into packs, small
 * packs into larger ones, each at least twice as large as the one before it
 * (size classes, so that an object is written again O(log n) times). And what
 * no ref reaches any more goes after two weeks.
 *
 * Only for the holder of the node's lock; git processes may be pushing and
 * fetching meanwhile: what was there when it began goes only when all of it
 * is in the new pack, which is durable and checked by then; what came later
 * is not touched. Killed anywhere, everything is there, some of it twice.
 *   repo_pack.c (packs)  repo_walk.c (what refs reach)
 */
#ifndef SYNC_REPO_PACK_H
#define SYNC_REPO_PACK_H

#include "repo.h"

/* From about so many loose objects, and so many packs out of class, on. */
#define LOOSE_MANY 1024
#define PACKS_MANY 12
#define GARBAGE_AGE_MS (14LL * 86400 * 1000)

struct repacked {
	size_t loose, packs;	/* that went into the new pack */
	size_t objects;		/* in it; 0: there was nothing to do */
	size_t pruned;		/* unreachable loose objects removed */
};

/* What a sync does at its end: nothing, for the price of a few folders read,
 * as long as there is little; else it packs. Packs of more than `most`
 * objects are left alone (0: none are). When many loose objects are left that
 * no short walk reaches, it does what repo_prune() does, at most once a day. */
MUST_USE enum err_code repo_tidy(struct repo *r, size_t most,
    struct repacked *out, struct err *e);
/* What a daemon does once a day: walks all refs to their beginnings, packs
 * what they reach and removes what they do not, if it is older than age_ms. */
MUST_USE enum err_code repo_prune(struct repo *r, int64_t age_ms,
    struct repacked *out, struct err *e);
/* Move a finished pack and its index from folder to its place, durably: the
 * pack first, an index without its pack would be a promise. */
MUST_USE enum err_code repo_pack_place(struct repo *r, const char *folder,
    const char *name, struct err *e);
/* Remove an object at once that no ref names any more, such as a letter that
 * held the key to what was erased. It is no error when it is not here;
 * ERR_BUSY: it is in a pack. */
MUST_USE enum err_code repo_drop(struct repo *r, const char *oid,
    struct err *e);

#endif
