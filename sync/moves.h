/* Stamps that two lives of a node have used for two rows: where a row went
 * that had to have another one, and which rows refer to it.
 */
#ifndef SYNC_MOVES_H
#define SYNC_MOVES_H

#include "base/map.h"
#include "batch.h"
#include "stamp.h"

/* Two lives may mean two rows by one stamp: what another life has left out is
 * looked up among its own first, then among what it may have begun with. The
 * new stamp of a row that must wait is WAITS. */
struct moves {
	struct map *own;
	const struct map *before;	/* may be NULL */
};

#define WAITS 0

/* The row's references, set to where those rows are now. */
void moves_row(const struct moves *m, struct batch *b,
    const struct section *s, struct value *cell);
/* Does the row name one that must wait? */
bool moves_wait(const struct moves *m, const struct batch *b,
    const struct section *s, const struct value *cell);
/* Must the row have a new stamp because what it is about has one? */
bool moves_follow(const struct moves *m, const struct section *s,
    const struct value *cell);
/* A stamp for a row that can't have its own: the same in every copy of the
 * node. Expected: ERR_RANGE. */
MUST_USE enum err_code moves_stamp(const struct catalogue *c,
    const struct section *s, const struct value *cell, unsigned attempt,
    stamp_t *out, struct err *e);

#endif
