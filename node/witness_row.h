/* What nodes have seen of headquarters' checkpoints, and contradictions that
 * were met. sync/witness.c decides; this keeps.
 */
#ifndef NODE_WITNESS_ROW_H
#define NODE_WITNESS_ROW_H

#include "position.h"

struct seen_row {		/* the newest Wellhead-Seen of a chain */
	char chain[CHAIN_NAME], epoch[33];
	int64_t seq;		/* the changeset that says so */
	char name[SHA_HEX];
	stamp_t stamp;		/* of that checkpoint; 0: not known here */
};

struct split_row {
	char chain[CHAIN_NAME], epoch[33];	/* where it was met */
	int64_t seq;
	char name[SHA_HEX];	/* what contradicts: a commit's SHA-256 */
	int64_t at_ms;
	char reason[400];
};

MUST_USE enum err_code seen_set(struct store *s, const struct seen_row *r,
    struct err *e);
/* r->seq 0: it has shown none. */
MUST_USE enum err_code seen_get(struct store *s, const char *chain,
    const char *epoch, struct seen_row *r, struct err *e);
typedef int (*seen_fn)(void *arg, const struct seen_row *r);
MUST_USE enum err_code seen_each(struct store *s, seen_fn fn, void *arg,
    struct err *e);

/* Once for the same chain, epoch, seq and name; *fresh: it was not known. */
MUST_USE enum err_code split_add(struct store *s, const struct split_row *r,
    bool *fresh, struct err *e);
typedef int (*split_fn)(void *arg, const struct split_row *r);
/* Those that are not settled. */
MUST_USE enum err_code split_each(struct store *s, split_fn fn, void *arg,
    struct err *e);
/* Is there one that names this, settled or not? */
MUST_USE enum err_code split_told(struct store *s, const char *name,
    bool *out, struct err *e);
/* A person has looked at all of them (name NULL), or at this one. */
MUST_USE enum err_code split_settle(struct store *s, const char *name,
    struct err *e);
/* The same of the marks that nodes have signed two histories. */
MUST_USE enum err_code fork_settle(struct store *s, struct err *e);

#endif
