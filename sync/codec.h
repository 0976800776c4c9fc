/* A batch as bytes: deterministic CBOR, column by column, then zlib -9 with
 * a preset dictionary. The format is in docs/format.md; the same batch gives
 * the same bytes on every machine.
 *   codec.c (sections), columns.c columns_*.c (their columns), pack.c (zlib),
 *   dictionary.c
 */
#ifndef SYNC_CODEC_H
#define SYNC_CODEC_H

#include "batch.h"

/* Largest raw payload that is written or read, bytes. */
#define RAW_MAX (16u << 20)
/* Changes in one changeset when sealing. */
#define CHANGES_MAX 8000
#define DICTIONARY_MAX 32768

/* b must be sorted (batch_sort), its stamps of one node. Appends to raw.
 * Expected: ERR_TOO_BIG (past RAW_MAX, or the caps in columns.h: 65,536 rows,
 * 2 M cells, 64 MiB of text), ERR_ENCODING (text that is not UTF-8),
 * ERR_RANGE (a real that is not finite). */
MUST_USE enum err_code codec_encode(const struct batch *b, struct buf *raw,
    struct err *e);
/* out is an initialised, empty batch. Every malformed, truncated or
 * non-canonical input gives ERR_FORMAT; a type, field or table that this
 * catalogue lacks, or a newer catalogue version, gives ERR_NEWER. */
MUST_USE enum err_code codec_decode(struct slice raw, struct batch *out,
    struct err *e);

/* Dictionary 0: words of the catalogue, at most DICTIONARY_MAX bytes, the most
 * useful last. Borrowed for ever, and the same for every catalogue so far: a
 * payload must stay readable when the catalogue grows. */
MUST_USE enum err_code dictionary_zero(const struct catalogue *c,
    struct slice *out, struct err *e);

/* zlib stream of raw with a preset dictionary (empty: none). */
MUST_USE enum err_code pack_deflate(struct slice raw, struct slice dictionary,
    struct buf *out, struct err *e);
/* The reverse; stops and gives ERR_FORMAT as soon as more than raw_len bytes
 * come out, or fewer at the end, or bytes are left over. */
MUST_USE enum err_code pack_inflate(struct slice in, struct slice dictionary,
    size_t raw_len, struct buf *raw, struct err *e);

#endif
