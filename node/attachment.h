/* Attachments: photos and scans of a record, by their content's hash.
 *
 * Whether a file belongs to a record is a row of the wire table ATTACHMENT:
 * name, SHA-256, size and kind, in the chain of the record's owner. Rows are
 * only added; one whose `removes` is another's stamp takes that one off. So
 * two nodes of a branch may attach at the same time, and both files stay. The
 * bytes are no part of it: sync/attach.h keeps them beside the store, and a
 * record may name a file that has not come yet.
 */
#ifndef NODE_ATTACHMENT_H
#define NODE_ATTACHMENT_H

#include "apply.h"
#include "record.h"

#define ATTACHMENT_MAX (20u << 20)	/* bytes */
#define ATTACHMENT_NAME_ROOM 256	/* with its NUL */

struct attachment {
	stamp_t stamp;
	char name[ATTACHMENT_NAME_ROOM];
	char sha256[65];
	int64_t size;
	char media[80];			/* "image/jpeg" */
	char by[201];
};

/* What the bytes are, by themselves: "image/jpeg", "image/png",
 * "application/pdf", an Office or OpenDocument file; NULL: none of these. */
const char *attachment_media(struct slice bytes);
/* 1 to 255 bytes of UTF-8 that may name a file anywhere; and its ending, if
 * it has one, is one of that kind's. ERR_USAGE, ERR_TYPE. */
MUST_USE enum err_code attachment_name_check(const char *name,
    const char *media, struct err *e);

/* Each in a transaction of its own; `stamp` is filled in by add. here: the
 * bytes were here before; what a record of ours names then is on its way
 * already and not sent again. Expected: ERR_FOREIGN, ERR_VOID, ERR_EXISTS (the
 * name), ERR_ROLE. */
MUST_USE enum err_code attachment_add(struct store *s, const char *ref,
    struct attachment *a, bool here, struct err *e);
/* name: or the beginning of the hash, where two have one name. Expected:
 * ERR_NOT_FOUND, ERR_AMBIGUOUS, ERR_FOREIGN. */
MUST_USE enum err_code attachment_remove(struct store *s, const char *ref,
    const char *name, const char *by, struct err *e);
MUST_USE enum err_code attachment_find(struct store *s,
    const struct record *r, const char *name, struct attachment *out,
    struct err *e);
/* Those a record has, in the order they were attached. */
typedef int (*attachment_fn)(void *arg, const struct attachment *a);
MUST_USE enum err_code attachment_each(struct store *s,
    const struct record *r, attachment_fn fn, void *arg, struct err *e);
/* The same as [{"name","sha256","size","media","by","at"}]; NULL when there
 * are none. New reference. */
MUST_USE enum err_code attachment_json(struct store *s,
    const struct record *r, json_t **out, struct err *e);

/* attachment_file.c. A chunk of a file is this long, but for its last. */
#define CHUNK_LEN 65536
/* In the caller's transaction: the chunks of a file into the outbox of the
 * node's file/<code>, without their bytes. */
MUST_USE enum err_code attachment_queue(struct store *s,
    const struct attachment *a, struct err *e);
/* Does a record of our own branch name it? */
MUST_USE enum err_code attachment_on_way(struct store *s, const char *sha256,
    bool *yes, struct err *e);
/* Are its bytes sent to who reads a row that names it? What headquarters
 * attaches to one branch's record stays at headquarters. */
MUST_USE enum err_code attachment_sent(struct store *s, const char *sha256,
    bool *yes, struct err *e);
/* The different sizes and kinds that records give to a hash (NULL: to all
 * hashes, in order): sha256, size and media are filled in. */
MUST_USE enum err_code attachment_named(struct store *s, const char *sha256,
    attachment_fn fn, void *arg, struct err *e);
/* All hashes whose bytes are sent to who reads their rows. */
MUST_USE enum err_code attachment_expected(struct store *s, attachment_fn fn,
    void *arg, struct err *e);

/* The ATTACHMENT rows of a batch. Expected: ERR_FORMAT, ERR_FOREIGN. */
MUST_USE enum err_code attachment_apply(struct store *s,
    const struct batch *b, const struct origin *o, struct err *e);

#endif
