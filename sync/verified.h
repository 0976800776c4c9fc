/* What a `verify` found good, so that the next one goes on from there: the
 * end of each chain, and the keys and limits that its rows gave. The file
 * `verified` in the node's folder, JSON; local, and nothing is lost with it.
 *
 * It counts only while every file of objects that was read is still the same
 * file (size, times, inode), so damage, a copy or a repacked repository is
 * read anew; what operators signed is looked at again when the store has been
 * written to. It is as trustworthy as the folder that it is in: who can change
 * the store can change it, too. `verify --full` does not look at it.
 */
#ifndef SYNC_VERIFIED_H
#define SYNC_VERIFIED_H

#include "signer.h"

struct verified_row {
	struct position at;		/* chain, epoch, seq, commit, sha256 */
	int64_t changesets, bytes;
};

struct verified {
	struct verified_row *row;
	size_t n, cap;
	struct keyring keys;
	int64_t steps;		/* of operators, with all these chains */
	struct buf objects, store;	/* verified_files() as it began */
};

/* Leaves *v empty when there is no file, or one that is not whole. */
MUST_USE enum err_code verified_load(struct node *n, struct verified *v,
    struct err *e);
/* A folder that cannot be written is no error. */
MUST_USE enum err_code verified_save(struct node *n,
    const struct verified *v, struct err *e);
void verified_release(struct verified *v);
/* NULL: nothing is known. */
const struct verified_row *verified_find(const struct verified *v,
    const char *chain, const char *epoch8);
MUST_USE enum err_code verified_add(struct verified *v,
    const struct verified_row *r, struct err *e);

/* A line for each file: under repo.git/objects, sorted, and of the store. */
MUST_USE enum err_code verified_files(const struct node *n,
    struct buf *objects, struct buf *store, struct err *e);
/* Are all lines of before in now? Both sorted. */
bool verified_within(const char *before, const char *now);

#endif
