/* Shared by mail*.c.
 *   mail.c (a node's side)  mail_hq.c  mail_letter.c (writing one)
 *   mail_read.c
 */
#ifndef SYNC_MAIL_IMPL_H
#define SYNC_MAIL_IMPL_H

#include "chain_impl.h"
#include "mail.h"

#define META_NAME 80		/* "mail-from." + 33 + 1 + 17, rounded up */

/* Whom a letter is for. Its own key opens what may be read for ever; keys of
 * values are sealed to one that lasts until the next erasure. */
struct letter_to {
	unsigned char node[KEY_PUBLIC], mail[KEY_PUBLIC];
	bool known;			/* mail is; else keys wait */
};
/* One that is being written. */
struct letter {
	struct letter_to to;
	unsigned char reply[KEY_PUBLIC];	/* for keys sent back */
	struct buf key, want;		/* their items, one after another */
	size_t nkey, nwant;
	size_t most;			/* bytes */
};
#define LETTER_FORMAT 1
/* In a transaction: our own mail key, made if there is none. fresh: another
 * one if values were erased since it was made; what was sealed to it and has
 * not been read is lost then, and asked for again. */
MUST_USE enum err_code letter_key(struct node *n, bool fresh, struct key *k,
    struct err *e);
/* In a transaction: to whoever's mail key stands in the meta row `name`; our
 * own is made if there is none. */
MUST_USE enum err_code letter_start(struct node *n, struct letter *l,
    const unsigned char node[KEY_PUBLIC], const char *name, struct err *e);
void letter_release(struct letter *l);
/* record_key_fn: arg is the letter. */
int letter_add(void *arg, stamp_t stamp, const char *field,
    const unsigned char key[RECORD_KEY_LEN]);
bool letter_empty(const struct letter *l);
/* What a letter has in it, most important first: it asks for keys ('w'), it
 * has some ('k'), it has nothing to say ('-'). */
char letter_mark(const struct letter *l);
/* What it says, and to whom, in 64 hex digits: the same twice if nothing
 * changed. */
MUST_USE enum err_code letter_name(const struct letter *l, char out[SHA_HEX],
    struct err *e);
/* Seal it and put it at ref; what stood there is removed. */
MUST_USE enum err_code letter_put(struct node *n, const struct letter *l,
    const char *ref, struct err *e);
/* In a transaction: open one, keep its writer's mail key in the meta row
 * `reply`, and tell of all that it says, of keys first; those that were sealed
 * before an erasure here are lost. Expected: ERR_SEALED, ERR_FORMAT. */
struct letter_reader {
	const char *reply;
	enum err_code (*key)(void *arg, stamp_t stamp, const char *field,
	    const unsigned char key[RECORD_KEY_LEN], struct err *e);
	enum err_code (*want)(void *arg, stamp_t stamp, const char *field,
	    struct err *e);
	void *arg;
};
MUST_USE enum err_code letter_read(struct node *n, const char *oid,
    const struct letter_reader *r, struct err *e);
/* Nobody can say what is wrong with it, and nothing waits for it. */
bool letter_is_bad(enum err_code rc);

/* A small fact, as text; "" if there is none or it is longer. */
MUST_USE enum err_code mail_meta(struct node *n, const char *name, char *out,
    size_t size, struct err *e);
MUST_USE enum err_code mail_meta_set(struct node *n, const char *name,
    const char *value, struct err *e);
/* An object that no ref names any more, if it is here by itself. */
void mail_drop(struct node *n, const char *oid);
/* mail_hq.c: mail_carried() of headquarters'. */
MUST_USE enum err_code mail_answer_carried(struct node *n,
    const char *remote, const char *code, bool *yes, struct err *e);

#endif
