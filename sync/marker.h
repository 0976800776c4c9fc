/* The marker: a small text file in a node's folder, outside the store, that
 * tells a copied or restored folder from the one it was copied from.
 *
 *   wellhead marker 1
 *   machine 64 hex digits      SHA-256 of this machine's id; "-": it has none
 *   inode 1234                 of the marker file itself
 *   epoch 32 hex digits        of the node's store
 *   seq 7                      of the newest changeset of its own chain
 *
 * A copy of the file has another inode; a store put back from a backup stands
 * behind `seq` or in another epoch. It is no secret and proves nothing to
 * others: it only spares a node from writing one history twice.
 */
#ifndef SYNC_MARKER_H
#define SYNC_MARKER_H

#include "node.h"

enum marker_state {
	MARKER_GOOD,
	MARKER_COPIED,		/* another folder, or another machine */
	MARKER_OLDER,		/* the store is older than its marker */
	MARKER_GONE,		/* there was one, or it cannot be read */
};

/* The first marker of a new store, beside it in dir; the store remembers that
 * there is one. */
MUST_USE enum err_code marker_start(const char *dir, struct store *s,
    struct err *e);
/* Is this folder the one that the store was last written in? A store that
 * never had a marker gets one. */
MUST_USE enum err_code marker_check(struct node *n, enum marker_state *out,
    struct err *e);
/* The own chain has moved, or a new epoch has begun: write it again. */
MUST_USE enum err_code marker_note(struct node *n, struct err *e);

#endif
