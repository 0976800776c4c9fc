/* What the store knows of chains: tips, changesets, receipts, remotes.
 * sync/ decides; this keeps.
 */
#ifndef NODE_POSITION_H
#define NODE_POSITION_H

#include "outbox.h"

#define OID_HEX 41
#define SHA_HEX 65

struct position {		/* where the store stands in one chain */
	char chain[CHAIN_NAME];	/* "node/TC", "hq/all" */
	char epoch[33];
	int64_t seq;		/* of the last changeset applied; 0: none */
	char commit[OID_HEX];	/* its git object name */
	char sha256[SHA_HEX];	/* SHA-256 of that commit object's content */
	stamp_t last;		/* greatest stamp in the chain */
	char stopped[24];	/* "" or the error code that stopped it ... */
	char reason[400];	/* ... and the sentence */
};

struct changeset_row {		/* one applied or own changeset */
	char chain[CHAIN_NAME], epoch[33];
	int64_t seq;
	char commit[OID_HEX], sha256[SHA_HEX];
	stamp_t first, last;
	int64_t sealed_ms, bytes, raw_bytes;
	int64_t records, edits, transitions;
};

struct receipt_row {
	char chain[CHAIN_NAME], epoch[33];
	int64_t from_seq, to_seq, arrived_ms;
	char result[16], code[24];	/* applied held refused */
	stamp_t stamp;			/* headquarters' when it said so */
};

/* ERR_NOT_FOUND is not an error here: p->seq is 0. */
MUST_USE enum err_code position_get(struct store *s, const char *chain,
    const char *epoch, struct position *p, struct err *e);
MUST_USE enum err_code position_set(struct store *s, const struct position *p,
    struct err *e);
typedef int (*position_fn)(void *arg, const struct position *p);
MUST_USE enum err_code position_each(struct store *s, position_fn fn,
    void *arg, struct err *e);

MUST_USE enum err_code changeset_add(struct store *s,
    const struct changeset_row *r, struct err *e);
typedef int (*changeset_fn)(void *arg, const struct changeset_row *r);
/* In order of seq; chain NULL: all chains; from_seq inclusive. */
MUST_USE enum err_code changeset_each(struct store *s, const char *chain,
    int64_t from_seq, changeset_fn fn, void *arg, struct err *e);

/* One of them; out->seq is 0 if it is not here. journal.c. */
MUST_USE enum err_code changeset_get(struct store *s, const char *chain,
    const char *epoch, int64_t seq, struct changeset_row *out,
    struct err *e);
/* The one that carried this stamp in that chain; out->seq 0: none. */
MUST_USE enum err_code changeset_holding(struct store *s, const char *chain,
    stamp_t stamp, struct changeset_row *out, struct err *e);
/* The greatest seq here; 0: none. */
MUST_USE enum err_code changeset_last(struct store *s, const char *chain,
    const char *epoch, int64_t *seq, struct err *e);

MUST_USE enum err_code receipt_add(struct store *s,
    const struct receipt_row *r, struct err *e);
/* The highest seq of chain/epoch that HQ has receipted as applied, and when
 * the newest receipt was made (Unix ms; 0: none). */
MUST_USE enum err_code receipt_newest(struct store *s, const char *chain,
    const char *epoch, int64_t *seq, int64_t *arrived_ms, struct err *e);
/* The same of all receipts, held and refused ones, too. */
MUST_USE enum err_code receipt_answered(struct store *s, const char *chain,
    const char *epoch, int64_t *seq, int64_t *arrived_ms, struct err *e);
/* The newest receipt that covers one changeset, one about a second history
 * (E_FORK) only if there is no other; *out all zero if none. */
MUST_USE enum err_code receipt_at(struct store *s, const char *chain,
    const char *epoch, int64_t seq, struct receipt_row *out, struct err *e);
typedef int (*receipt_fn)(void *arg, const struct receipt_row *r);
/* What was held or refused and no later receipt calls applied; code NULL: of
 * all nodes. receipt.c. */
MUST_USE enum err_code receipt_open_each(struct store *s, const char *code,
    receipt_fn fn, void *arg, struct err *e);
/* The first changeset of chain/epoch that HQ refused because its stamps were
 * used (E_COLLISION), or for `code`, too, if that is not NULL, and has not
 * applied since; 0: none. */
MUST_USE enum err_code receipt_refused(struct store *s, const char *chain,
    const char *epoch, const char *code, int64_t *seq, struct err *e);
/* Does a receipt with this code begin at that changeset? */
MUST_USE enum err_code receipt_said(struct store *s, const char *chain,
    const char *epoch, const char *code, int64_t from_seq, bool *yes,
    struct err *e);
/* The newest receipt of each chain that says its clock was ahead, as long as
 * none after it says otherwise. */
MUST_USE enum err_code receipt_clock_each(struct store *s, receipt_fn fn,
    void *arg, struct err *e);
/* How many rows of these stamps, of one node, are held, and a code of theirs:
 * "" while they only wait. */
MUST_USE enum err_code held_between(struct store *s, stamp_t first,
    stamp_t last, int64_t *n, char code[24], struct err *e);
/* Highest seq known to have reached a remote (local knowledge). */
MUST_USE enum err_code sent_get(struct store *s, const char *remote,
    const char *chain, const char *epoch, int64_t *seq, struct err *e);
MUST_USE enum err_code sent_set(struct store *s, const char *remote,
    const char *chain, const char *epoch, int64_t seq, struct err *e);

/* What remotes have is not known any more: all is offered again. */
MUST_USE enum err_code sent_forget(struct store *s, struct err *e);

struct remote_row { char name[33]; char url[1000]; };
/* Expected: ERR_EXISTS, ERR_NOT_FOUND. */
MUST_USE enum err_code remote_add(struct store *s, const char *name,
    const char *url, struct err *e);
MUST_USE enum err_code remote_remove(struct store *s, const char *name,
    struct err *e);
typedef int (*remote_fn)(void *arg, const struct remote_row *r);
MUST_USE enum err_code remote_each(struct store *s, remote_fn fn, void *arg,
    struct err *e);
MUST_USE enum err_code remote_get(struct store *s, const char *name,
    struct remote_row *out, struct err *e);

struct status {
	int64_t unsealed, unsent, unreceipted;	/* changes; changesets twice */
	int64_t held, conflicts, records;
	stamp_t oldest_unsealed;
	int64_t newest_receipt_ms;		/* 0: none */
	int64_t clock_ahead_ms;	/* how far our stamps run ahead of the wall */
};
/* Cheap: reads counters and short tables, never the records. */
MUST_USE enum err_code status_read(struct store *s, struct status *out,
    struct err *e);

#endif
