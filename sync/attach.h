/* The bytes of attachments: one file for each content, named by its SHA-256,
 * under attachments/ in the node's folder: ab/cdef... They are never changed
 * and never deleted by detaching, for other records and the history name
 * them too. node/attachment.h says which record has which.
 */
#ifndef SYNC_ATTACH_H
#define SYNC_ATTACH_H

#include "attachment.h"
#include "node.h"

/* Attach the file at path under name (NULL: the file's own). Its bytes are
 * durable before the row is; *a is filled in. Expected: ERR_NOT_FOUND,
 * ERR_TOO_BIG, ERR_TYPE (not a kind we keep, or not what its name says),
 * ERR_USAGE (the name), and attachment_add()'s. */
MUST_USE enum err_code attach_file(struct node *n, const char *ref,
    const char *path, const char *name, const char *by,
    struct attachment *a, struct err *e);
/* Are its bytes here? */
bool attach_here(const struct node *n, const char *sha256);
/* Write its bytes, checked against the hash, to a new file. Expected:
 * ERR_NOT_FOUND (also: they have not come yet), ERR_CORRUPT, ERR_EXISTS. */
MUST_USE enum err_code attach_get(struct node *n, const char *ref,
    const char *name, const char *path, struct err *e);

#endif
