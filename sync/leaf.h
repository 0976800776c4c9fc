/* The Merkle leaves of a changeset: one for each row, made of a salted
 * commitment to each of its values, so that a proof may show some values and
 * hide others, and nobody can guess what is hidden. docs/format-payload.md.
 *
 *   row key    = HMAC-SHA-256(batch salt, str(table) u64(stamp))
 *   salt       = first 16 bytes of SHA-256(row key str(column))
 *   commitment = SHA-256(salt str(column) value)
 *   leaf       = SHA-256(0x00 str(table) u64(stamp) commitment...)
 *
 * Leaves stand in the batch's order: sections, then rows by stamp.
 */
#ifndef SYNC_LEAF_H
#define SYNC_LEAF_H

#include "batch.h"
#include "merkle.h"
#include "position.h"

#define LEAF_SALT 16

struct leaf_value {		/* one value of a row, committed to */
	const struct column *column;
	const struct value *value;
	unsigned char salt[LEAF_SALT];
	merkle_hash commitment;
};

/* The values that a row has, in column order, without its stamp; out holds
 * s->table->ncol. Returns how many. Work goes on in scratch, as in leaf_hash():
 * the caller asks buf_ok() before what came out is used. */
size_t leaf_values(const struct batch *b, const struct section *s,
    size_t row, struct leaf_value *out, struct buf *scratch);
/* The salt of a row's column, from the row key; the row key itself. */
void leaf_salt(const unsigned char key[SHA256_LEN], const char *column,
    struct buf *scratch, unsigned char out[LEAF_SALT]);
void leaf_row_key(const struct batch *b, const char *table, stamp_t stamp,
    struct buf *scratch, unsigned char out[SHA256_LEN]);
/* The commitment to one value under its salt. */
void leaf_commit(const unsigned char salt[LEAF_SALT], const char *column,
    const struct value *v, struct buf *scratch, merkle_hash out);
/* The leaf of a row of this table and stamp with these commitments. */
void leaf_hash(const char *table, stamp_t stamp, const merkle_hash *commitment,
    size_t n, struct buf *scratch, merkle_hash out);
/* All leaves of b, batch_rows(b) of them; the caller frees *out. */
MUST_USE enum err_code leaf_all(const struct batch *b, merkle_hash **out,
    size_t *n, struct err *e);
/* Wellhead-Root. */
MUST_USE enum err_code leaf_root(const struct batch *b, char out[SHA_HEX],
    struct err *e);

#endif
