/* Proofs: the evidence for one record as a text, made and checked.
 * docs/format-proof.md.
 *
 *   attest_make.c  attest_pick.c    from a node's store and repository
 *   attest_read.c  attest_text.c  attest_tree.c    the text
 *   attest_check.c, _chain, _row, _step, _tip, _report    what it proves
 */
#ifndef SYNC_ATTEST_H
#define SYNC_ATTEST_H

#include <jansson.h>

#include "chain.h"

#define ATTEST_MAX 1048576	/* bytes that a reader takes */
#define ATTEST_AIM 16384	/* what a writer leaves receipts out for */

/* The proof of the record `ref` (as record_find() takes it), leaving out the
 * values of nredact fields, of fields that are kept from who acts, and values
 * that were erased. n has its repository open. Expected:
 * ERR_NOT_FOUND, ERR_AMBIGUOUS, ERR_COLUMN; ERR_STATE (not sealed yet). */
struct attest_ask { const char *ref; const char *const *redact;
	size_t nredact; };
MUST_USE enum err_code attest_make(struct node *n, const struct attest_ask *a,
    struct buf *out, struct err *e);

/* Check a proof. root NULL: as far as its own root key is trusted. *out is
 * what it says (docs/format-proof.md, wellhead.1); a new reference.
 * Expected: ERR_FORMAT (with the line), ERR_NEWER, ERR_SIGNATURE, ERR_KEY,
 * ERR_CHAIN, ERR_FOREIGN, ERR_REVOKED, ERR_SPLIT. */
MUST_USE enum err_code attest_check(struct slice text,
    const unsigned char *root, const struct catalogue *c, json_t **out,
    struct err *e);

#endif
