/* Values of level X in a batch: each sealed under a key of its own, on top of
 * what seals the chain, so that a value can be erased by ending its key.
 *
 *   cell  = bytes: id box
 *   id    = first 16 bytes of SHA-256("wellhead record key 1" 0x00 key)
 *   box   = XChaCha20-Poly1305(key, nonce, the value as value_add() has it)
 *   nonce = first 24 bytes of SHA-256(u64(stamp) str(field))
 *
 * stamp is that of the row. A key serves one value, so no nonce is used twice.
 */
#ifndef SYNC_RECORD_CELL_H
#define SYNC_RECORD_CELL_H

#include "batch.h"
#include "record_key.h"

/* Seal every value of level X in b; keys are made where there are none. In a
 * transaction. */
MUST_USE enum err_code record_cell_seal(struct store *s, struct batch *b,
    struct err *e);
/* The reverse. A cell that no key here opens stays as it is (VALUE_BYTES), and
 * so does one that holds no value of its field.
 * What is not sealed stays, too. Expected: ERR_FORMAT (bytes that are no
 * cell). */
MUST_USE enum err_code record_cell_open(struct store *s, struct batch *b,
    struct err *e);
/* The same of rows that this node is to enter once more: what stays sealed is
 * left out. */
MUST_USE enum err_code record_cell_mine(struct store *s, struct batch *b,
    struct err *e);

/* Is it the place of a value of level X? */
bool record_cell_is(const struct catalogue *c, const struct section *s,
    const struct value *cell, size_t column);

/* In a transaction: a key has come. Where it opens a value that waits, that
 * is put in its place, and the key is kept. *known: it is here now, or was;
 * else it opens nothing that is here. */
MUST_USE enum err_code record_cell_key(struct store *s, stamp_t stamp,
    const char *field, const unsigned char key[RECORD_KEY_LEN], bool *known,
    struct err *e);

#endif
