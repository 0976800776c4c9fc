/* Apply a batch: the one way that rows get into the typed tables.
 *
 * Local commands and merged changesets pass here alike. Applying is
 * idempotent and its result does not depend on the order of batches, as long
 * as each chain's own order is kept: per field and for the state, the values
 * that nobody has replaced are live, the greatest stamp shows, more than one
 * is a conflict. An edit or transition whose record or replaced stamp has not
 * come is held and applied when it can be.
 */
#ifndef NODE_APPLY_H
#define NODE_APPLY_H

#include "store.h"

struct origin {
	const char *branch;	/* of the chain: owner of the records in it;
				 * "HQ" for hq/all and hq/HQ */
	uint16_t node;		/* all stamps must be this node's */
	bool hq;		/* signed by HQ */
	bool everybody;		/* the chain is hq/all: may carry the roster */
	bool local;		/* made here, now: also goes to the outbox */
	stamp_t after;		/* stamps must be greater (the chain's last) */
	/* Is it this Ed25519 key's signature of the message? Needed for steps
	 * that operators signed; local ones are not verified again. */
	bool (*verify)(const unsigned char key[32], struct slice message,
	    const unsigned char signature[64]);
};

struct applied {
	size_t records, edits, transitions;
	size_t held;		/* of them, waiting for something */
	size_t conflicts;	/* newly in conflict */
};

/* In the caller's transaction. Refused as a whole, naming the row:
 * ERR_FOREIGN (a record or edit of another branch, a stamp of another node),
 * ERR_CHAIN (stamps not increasing), ERR_TRANSITION, ERR_ROLE, ERR_KEY,
 * ERR_SIGNATURE (an operator's), ERR_FORMAT (unknown field, value of the wrong
 * kind). Receipt, enrol, node and operator rows are not applied here but by
 * sync (node/roster.h, position.h, operator.h). out may be NULL. */
MUST_USE enum err_code apply_batch(struct store *s, const struct batch *b,
    const struct origin *o, struct applied *out, struct err *e);

/* HQ's receipt said that edits of (first..last) of that node came more than
 * 24 h before their stamps: they win nothing by themselves. */
MUST_USE enum err_code apply_ahead(struct store *s, stamp_t first,
    stamp_t last, struct err *e);

/* The origin of what this node writes itself. */
void origin_local(const struct store *s, struct origin *o);

#endif
