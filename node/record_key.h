/* Keys of values of level X: one for each value, so that erasing some ends
 * exactly theirs and a later value stands. Local: they travel by mail, never
 * in a chain. docs/format-sealing.md.
 */
#ifndef NODE_RECORD_KEY_H
#define NODE_RECORD_KEY_H

#include "store.h"

#define RECORD_KEY_LEN 32
#define RECORD_KEY_ID 16

struct record_key {
	stamp_t stamp;		/* of the row that has the value */
	stamp_t record;
	char field[64];
	unsigned char id[RECORD_KEY_ID];	/* of the key, by its hash */
	unsigned char key[RECORD_KEY_LEN];
	bool told;		/* headquarters has it, or is here */
};

/* In a transaction. One that is here stays as it is; that of a value that is
 * erased is not kept. */
MUST_USE enum err_code record_key_add(struct store *s,
    const struct record_key *k, struct err *e);
/* By k->stamp and k->field, and k->id unless `any` will do (two lives of a
 * node may have sealed one row); the rest is filled in. *found false: not
 * here. */
MUST_USE enum err_code record_key_get(struct store *s, struct record_key *k,
    bool any, bool *found, struct err *e);

/* What letters to this node are sealed to, until the next erasure. *old:
 * there is none, or values have been erased since it was set. The one before
 * is overwritten when another is set, in a transaction. */
#define MAIL_SECRET 64
MUST_USE enum err_code mail_key_get(struct store *s,
    unsigned char secret[MAIL_SECRET], bool *found, bool *old,
    struct err *e);
MUST_USE enum err_code mail_key_set(struct store *s,
    const unsigned char secret[MAIL_SECRET], struct err *e);

/* ---- what is to be told, and asked ---- */

/* In a transaction: what headquarters' receipts say it has taken of chain, it
 * need not be told any more. */
MUST_USE enum err_code record_key_receipted(struct store *s,
    const char *chain, struct err *e);
/* In a transaction: headquarters asks for this one; and before the first,
 * that it asks for none. */
MUST_USE enum err_code record_key_asked(struct store *s, stamp_t stamp,
    const char *field, struct err *e);
MUST_USE enum err_code record_key_quiet(struct store *s, struct err *e);

/* key is NULL where values are asked for. A non-zero return ends the walk. */
typedef int (*record_key_fn)(void *arg, stamp_t stamp, const char *field,
    const unsigned char key[RECORD_KEY_LEN]);
/* Keys that headquarters is to be told, newest first. */
MUST_USE enum err_code record_key_untold(struct store *s, record_key_fn fn,
    void *arg, struct err *e);
/* Headquarters: keys that a node has asked for and that are here. */
MUST_USE enum err_code record_key_wanted(struct store *s, const char *reader,
    record_key_fn fn, void *arg, struct err *e);
/* In a transaction: forget what the reader's last letter by this remote asked
 * for; note what it asks for now. branch: only values that its nodes wrote;
 * NULL: any. */
MUST_USE enum err_code record_key_want_none(struct store *s,
    const char *remote, const char *reader, struct err *e);
MUST_USE enum err_code record_key_want(struct store *s, const char *remote,
    const char *reader, stamp_t stamp, const char *field,
    const char *branch, struct err *e);

#endif
