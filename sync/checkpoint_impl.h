/* Shared by checkpoint*.c and witness.c.
 */
#ifndef SYNC_CHECKPOINT_IMPL_H
#define SYNC_CHECKPOINT_IMPL_H

#include "checkpoint.h"

/* Tips in memory, by chain, then epoch; free(l->t). */
struct tip_list {
	struct tip_row *t;
	size_t n, cap;
	bool failed;
};
int tips_add(void *list, const struct tip_row *t);	/* a tip_fn */
/* All tips of the checkpoint whose stamp is `below`. */
MUST_USE enum err_code tips_load_all(struct store *s, stamp_t below,
    struct tip_list *out, struct err *e);
/* RFC 6962 root over their lines. */
MUST_USE enum err_code tips_root(const struct tip_list *l,
    unsigned char root[SHA256_LEN], struct err *e);

/* leaf[index]'s path, whose root is compared with what was signed:
 * ERR_SPLIT. */
MUST_USE enum err_code merkle_prove(const merkle_hash *leaf, size_t n,
    size_t index, const unsigned char root[SHA256_LEN],
    struct merkle_proof *out, struct err *e);

/* checkpoint_state.c: STATE rows of the branches that changed since their
 * last one, as the store stands. */
MUST_USE enum err_code states_add(struct node *n, struct batch *b,
    struct err *e);

/* witness.c: note the changeset's Wellhead-Seen, and hold what hq/all says of
 * chains against what this store has of them. */
MUST_USE enum err_code witness_step(struct node *n, const struct header *h,
    const struct changeset_row *row, const struct batch *b, struct err *e);

#endif
