/* Checkpoints, tips and state roots as the store has them: what headquarters
 * signed in hq/all of where every chain stood. sync/checkpoint.h makes and
 * proves them; this keeps the rows.
 *
 * Rows are kept once they are sealed, so each knows the changeset of hq/all
 * that carries it. A checkpoint covers the rows of `tip` and `state` whose
 * stamp is below its own: of several on one chain (or branch) the greatest.
 */
#ifndef NODE_CHECKPOINT_ROW_H
#define NODE_CHECKPOINT_ROW_H

#include "position.h"

struct checkpoint_row {
	stamp_t stamp;
	int64_t number;		/* 0: there is none */
	int64_t at_ms, chains;	/* chains: tips under root */
	unsigned char root[32];
	char epoch[33];		/* of hq/all */
	int64_t seq;		/* in hq/all */
	char name[SHA_HEX];	/* SHA-256 of that commit: its name */
};

struct tip_row {
	stamp_t stamp;
	char chain[CHAIN_NAME], epoch[33];
	int64_t seq;			/* 0: there is none */
	unsigned char sha256[32];	/* of the commit at seq */
	unsigned char tree[32];		/* RFC 6962 root over 1..seq */
	char stopped[24];		/* "" or why it goes no further */
};

struct state_row {
	stamp_t stamp;			/* 0: there is none */
	char branch[17];
	int64_t records;
	unsigned char root[32];
};

/* The CHECKPOINT, TIP and STATE rows of a changeset of hq/all, into the
 * tables; by is its journal row. Expected: ERR_FORMAT. */
MUST_USE enum err_code checkpoint_apply(struct store *s,
    const struct batch *b, const struct changeset_row *by, struct err *e);

/* Each leaves *out all zero when there is none. */
MUST_USE enum err_code checkpoint_newest(struct store *s,
    struct checkpoint_row *out, struct err *e);
/* By how many ms headquarters' stamps ran ahead of its wall clock, lately; as
 * they do when a branch's clock is fast. 0: they did not. */
MUST_USE enum err_code checkpoint_lead(struct store *s, int64_t *ms,
    struct err *e);
/* A number of at most 7 digits, or 8 digits or more of a name. */
MUST_USE enum err_code checkpoint_named(struct store *s, const char *text,
    struct checkpoint_row *out, struct err *e);
/* The first one whose stamp is greater than `after`; the last one below. */
MUST_USE enum err_code checkpoint_after(struct store *s, stamp_t after,
    struct checkpoint_row *out, struct err *e);
MUST_USE enum err_code checkpoint_before(struct store *s, stamp_t below,
    struct checkpoint_row *out, struct err *e);
/* The chain's tip as of a checkpoint: the newest with a stamp below, in the
 * same epoch of headquarters. */
MUST_USE enum err_code tip_as_of(struct store *s, const char *chain,
    const char *epoch, stamp_t below, struct tip_row *out, struct err *e);
/* The first tip of the chain at seq or beyond it. */
MUST_USE enum err_code tip_first(struct store *s, const char *chain,
    const char *epoch, int64_t seq, struct tip_row *out, struct err *e);
/* The branch's state as of a checkpoint, in the same epoch of headquarters. */
MUST_USE enum err_code state_as_of(struct store *s, const char *branch,
    stamp_t below, struct state_row *out, struct err *e);

typedef int (*checkpoint_fn)(void *arg, const struct checkpoint_row *r);
MUST_USE enum err_code checkpoint_each(struct store *s, checkpoint_fn fn,
    void *arg, struct err *e);	/* oldest first */
typedef int (*tip_fn)(void *arg, const struct tip_row *r);
/* All tips as of a checkpoint, by chain, then epoch: its leaves in order. */
MUST_USE enum err_code tip_each(struct store *s, stamp_t below, tip_fn fn,
    void *arg, struct err *e);
typedef int (*state_fn)(void *arg, const struct state_row *r);
/* Those that one checkpoint brought: from < stamp < below. */
MUST_USE enum err_code state_each(struct store *s, stamp_t from,
    stamp_t below, state_fn fn, void *arg, struct err *e);

/* Headquarters may begin a new epoch of its chains (sync/hq_epoch.h). The
 * epoch of hq/all that is here and newest, "" if none is; the stamp of the
 * newest one's first checkpoint, which lists all tips again, 0 if none is. */
MUST_USE enum err_code hq_epoch_newest(struct store *s, char out[33],
    struct err *e);
/* Has there been more than one? */
MUST_USE enum err_code hq_epoch_many(struct store *s, bool *out,
    struct err *e);
MUST_USE enum err_code hq_epoch_first(struct store *s, stamp_t *out,
    struct err *e);

/* The compact tree of a chain, as bytes: parts of n leaves. */
MUST_USE enum err_code tree_get(struct store *s, const char *chain,
    const char *epoch, int64_t *n, struct buf *parts, struct err *e);
MUST_USE enum err_code tree_set(struct store *s, const char *chain,
    const char *epoch, int64_t n, struct slice parts, struct err *e);

#endif
