/* Keys: every one that a node ever had, and how far each may sign.
 *
 * A key without limits signs for its node wherever it likes. One with limits
 * signs only where a limit names the chain and the epoch, up to `after`. Of
 * several limits on one key, chain and epoch headquarters' newest holds, else
 * the newest of the node's own. docs/format-trust.md.
 */
#ifndef NODE_SIGNER_ROW_H
#define NODE_SIGNER_ROW_H

#include "outbox.h"

struct signer_row { char code[17]; unsigned char key[32]; stamp_t stamp; };

struct limit_row {
	unsigned char key[32];
	char chain[CHAIN_NAME], epoch[33];
	stamp_t stamp;
	int64_t after;		/* the last changeset that may be its own */
	int64_t known;		/* how much of that HQ had when it said so */
	char why[8];		/* "rotate" or "revoke" */
	char reason[201];
};

enum signer_right {
	SIGNER_MAY,
	SIGNER_OLD,		/* the node had a new key by then */
	SIGNER_REVOKED,
	SIGNER_UNDETERMINED,	/* before `after`, but not known by then */
};

/* May the key sign this changeset? Limits of other keys are skipped. */
enum signer_right signer_judge(const struct limit_row *limit, size_t n,
    const unsigned char key[32], const char *chain, const char *epoch,
    int64_t seq);
/* The limit that holds for a key in one chain and epoch; NULL: none. */
const struct limit_row *signer_holds(const struct limit_row *limit, size_t n,
    const unsigned char key[32], const char *chain, const char *epoch);

/* In a transaction; of two stamps the smaller stays. */
MUST_USE enum err_code signer_add(struct store *s, const char *code,
    const unsigned char key[32], stamp_t stamp, struct err *e);
MUST_USE enum err_code signer_has(struct store *s, const char *code,
    const unsigned char key[32], bool *yes, struct err *e);
typedef int (*signer_fn)(void *arg, const struct signer_row *r);
/* Oldest first. */
MUST_USE enum err_code signer_each(struct store *s, signer_fn fn, void *arg,
    struct err *e);

/* A growing list of limits; free(l->row). */
struct limits { struct limit_row *row; size_t n, cap; };
MUST_USE enum err_code limits_add(struct limits *l, const struct limit_row *r,
    struct err *e);
/* Those of one key; key NULL: all, by stamp. Added to what is in out. */
MUST_USE enum err_code limits_load(struct store *s,
    const unsigned char key[32], struct limits *out, struct err *e);
/* A row of the wire, checked; false if it is none. */
MUST_USE bool limit_read(const struct value *cell, struct limit_row *r);
MUST_USE enum err_code limit_keep(struct store *s, const struct limit_row *r,
    struct err *e);
/* Write one here and put it into chain's outbox; r->stamp is filled in. */
MUST_USE enum err_code limit_give(struct store *s, const char *chain,
    struct limit_row *r, struct err *e);

/* Put a ROTATE row into chain's outbox. */
MUST_USE enum err_code rotate_put(struct store *s, const char *chain,
    const char *code, const unsigned char key[32],
    const unsigned char proof[64], struct err *e);
/* In a transaction: forget the ROTATE rows that wait, and the limits of keys
 * that wait beside them. */
MUST_USE enum err_code rotate_drop(struct store *s, struct err *e);
/* The chain in whose outbox ROTATE rows wait, "" if none does; has (may be
 * NULL): is one of them about this key? */
MUST_USE enum err_code rotate_waits(struct store *s, char chain[CHAIN_NAME],
    const unsigned char key[32], bool *has, struct err *e);

#endif
