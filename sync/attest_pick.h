/* What a proof takes from a node's chains: changesets, and rows of them.
 */
#ifndef SYNC_ATTEST_PICK_H
#define SYNC_ATTEST_PICK_H

#include "attest_impl.h"
#include "checkpoint_impl.h"
#include "record.h"

struct pick_row {
	const struct section *section;
	size_t row, leaf;	/* numbers in the section, in the tree */
};

struct pick {			/* one changeset */
	struct changeset_row at;
	struct link l;
	unsigned char signer[KEY_PUBLIC], signature[SIGNATURE_LEN];
	struct batch b;
	merkle_hash *leaf;
	size_t nleaf;
	struct pick_row *row;	/* rising by leaf */
	size_t nrow;
	bool past;		/* the checkpoint's own */
};

struct picks {
	struct node *n;
	struct pick **pick;	/* by chain, epoch, seq */
	size_t npick, cap;
	struct record record;
	const char *const *redact;
	size_t nredact;
	stamp_t *stamp;		/* of all rows of the record */
	size_t nstamp;
	stamp_t *change;	/* of those that changed it */
	size_t nchange;
	/* what they hang on; number 0: nothing */
	struct checkpoint_row checkpoint;
	bool whole;
	struct state_row state;
	struct merkle_proof state_path;
};

void picks_release(struct picks *p);
/* The row of this stamp in the chain, if it is there: *found. */
MUST_USE enum err_code pick_stamp(struct picks *p, const char *chain,
    stamp_t stamp, struct pick **found, struct err *e);
/* One of a changeset that is known; NULL stamp: none yet. */
MUST_USE enum err_code pick_changeset(struct picks *p,
    const struct changeset_row *at, struct pick **out, struct err *e);
MUST_USE enum err_code pick_row(struct pick *k, stamp_t stamp, struct err *e);
/* Not that row after all; forget a changeset of which no row is shown. */
void pick_unrow(struct pick *k, size_t i);
void pick_drop(struct picks *p, struct pick *k);
/* attest_who.c. The cells of a row that was picked. */
const struct value *pick_cell(const struct pick *k, size_t i);
/* The chain of the node whose stamp it is. */
MUST_USE enum err_code pick_own_chain(struct picks *p, stamp_t stamp,
    char chain[CHAIN_NAME], struct err *e);
/* The row with this stamp, wherever its node may have put it. */
MUST_USE enum err_code pick_anywhere(struct picks *p, stamp_t stamp,
    struct pick **found, struct err *e);
/* Why it is in no chain. */
enum err_code pick_not_here(struct picks *p, stamp_t stamp, struct err *e);
/* Who signed steps and, if anybody did, whom the record and its steps name. */
MUST_USE enum err_code pick_operators(struct picks *p, struct err *e);
/* The whole text. */
MUST_USE enum err_code attest_write(const struct picks *p, struct buf *out,
    struct err *e);

#endif
