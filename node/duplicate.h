/* Records that seem to have been entered twice.
 *
 * What makes two records alike is a table of keys (duplicate.c): the same
 * identity number, name and birthday, household, visit, invoice, title. The
 * parts of a key are folded (full-width letters, case, spaces and punctuation
 * do not count) and compared by a keyed hash, so that neither what is found
 * nor what is shown has an identity number in it. The hash comes from the
 * caller; sync/token.h has the organisation's.
 *
 * Whether two records are one is for people to decide: a branch makes one of
 * its own void, headquarters says `same` or `apart` (same.h).
 */
#ifndef NODE_DUPLICATE_H
#define NODE_DUPLICATE_H

#include "record.h"

struct duplicate_hash {
	void (*fn)(const void *key, struct slice text, unsigned char out[32]);
	const void *key;
};

/* Pairs of records of t (NULL: of any type) that are alike, by type and id:
 * {"type","a","b","branch_a","branch_b","keys":["id_no"],"token",
 * "verdict"}; token, the beginning of the hash, is the same for all that
 * share the first of the keys. Pairs that were decided on are left out unless
 * `all`. Expected: ERR_TOO_BIG. */
MUST_USE enum err_code duplicate_list(struct store *s, const struct type *t,
    bool all, const struct duplicate_hash *h, record_fn fn, void *arg,
    struct err *e);

/* Before a record is saved: warn (W_DUP) of an older record of its branch that
 * it is like. Keys that a named rule refuses already are left to it. */
MUST_USE enum err_code duplicate_warn(struct rule_context *x, struct err *e);

/* The text as it is compared, appended. */
void duplicate_fold(struct buf *out, struct slice text);

#endif
