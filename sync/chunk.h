/* The bytes of attachments on their way: CHUNK rows in the chains
 * file/<code>, beside the records and after them.
 *
 * A chunk is CHUNK_LEN bytes of a file, or its end. The node that attached the
 * file queues its chunks with the row that names it (node/attachment.h); the
 * bytes are read when the chunk is sealed, one to a changeset, so that a cut
 * link loses no more than that. Who takes them in puts them together in
 * attachments/part/ and moves the whole file to its place when its SHA-256 is
 * the one that a record names. docs/format-commit.md.
 */
#ifndef SYNC_CHUNK_H
#define SYNC_CHUNK_H

#include "chain.h"

/* For seal.c, in its transaction: the next chunk of chain into b, with its
 * bytes; none left: b stays empty. A file that is not here any more, or not
 * what it was, is dropped from the outbox. */
MUST_USE enum err_code chunk_take(struct node *n, const char *chain,
    struct batch *b, struct err *e);

/* For merge.c: the CHUNK rows of a verified changeset, l->h its header, in
 * the open transaction. Writes nothing when the node's folder is not locked.
 * replay: a wrong file is left out, and no fault.
 * Expected: ERR_FORMAT (not a chunk of what is named), ERR_REF (no record
 * names the file yet: the chain waits), ERR_CORRUPT (the whole file is not
 * what was named). */
MUST_USE enum err_code chunk_apply(struct node *n, const struct header *h,
    const struct batch *b, bool replay, struct err *e);

/* How many bytes of a file are here. */
int64_t chunk_bytes(const struct node *n, const char *sha256);

/* Every file that a record names and that is here, against its hash: OK, or
 * ERR_CORRUPT naming the first that differs. *files: how many were read. */
MUST_USE enum err_code chunk_verify(struct node *n, size_t *files,
    struct err *e);

#endif
