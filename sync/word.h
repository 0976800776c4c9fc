/* Headquarters' word on a node's chain, as it has come to this store: how far
 * it has taken which history, and what it has refused. All copies of a node,
 * and the other nodes of its branch, go by it, in whatever order the chains
 * have come to them.
 */
#ifndef SYNC_WORD_H
#define SYNC_WORD_H

#include "node.h"
#include "position.h"

struct word {
	int64_t seq;		/* taken up to here; 0: nothing is said */
	char sha256[SHA_HEX];	/* of the commit there */
	int64_t refused;	/* from here, its stamps were used; 0: none */
	int64_t forked;		/* a second history from here; 0: none */
};

MUST_USE enum err_code word_of(struct store *s, const char *chain,
    const char *epoch, struct word *out, struct err *e);
/* Is the word of the history that ends at the commit tip? No when that ends
 * before. */
MUST_USE enum err_code word_is_of(struct node *n, const struct word *w,
    const char *tip, bool *yes, struct err *e);
/* Is the word of the history that the store has taken? */
MUST_USE enum err_code word_is_ours(struct node *n, const struct word *w,
    const char *chain, const char *epoch, bool *yes, struct err *e);

#endif
