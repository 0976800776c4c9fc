/* A bare git repository, by libgit2: objects and refs, nothing of meaning.
 * err_git() is here. Objects are durable when repo_write() returns; with
 * repo_batch() they gather in memory and become one durable pack at
 * repo_batch_end().
 *   repo.c (the folder)  repo_object.c  repo_loose.c  repo_ref.c
 */
#ifndef SYNC_REPO_H
#define SYNC_REPO_H

#include "base/buf.h"
#include "position.h"

struct repo;
enum object_kind { OBJECT_COMMIT, OBJECT_TREE, OBJECT_BLOB };

/* A new bare repository with our settings. Expected: ERR_EXISTS. */
MUST_USE enum err_code repo_create(struct repo **out, const char *path,
    struct err *e);
/* For a process that becomes a git at work on what strangers send: no object
 * may take more memory than the largest of ours. */
void repo_guard_git(void);
/* Changes nothing in the folder. Expected: ERR_NOT_FOUND; ERR_FORMAT when it
 * borrows objects from elsewhere (alternates). */
MUST_USE enum err_code repo_open(struct repo **out, const char *path,
    struct err *e);
/* Read also what git keeps apart while a pre-receive hook runs: path is its
 * GIT_QUARANTINE_PATH, a folder in this repository's objects/, and nothing
 * else. Expected: ERR_FORMAT. */
MUST_USE enum err_code repo_incoming(struct repo *r, const char *path,
    struct err *e);
/* Clear what a killed process left: *.lock of refs, temporary files. Only the
 * holder of the node's lock may call it. Other git processes may be pushing
 * here meanwhile, so a lock is given two seconds to go away by itself. */
MUST_USE enum err_code repo_sweep(struct repo *r, struct err *e);
void repo_close(struct repo *r);		/* NULL-safe */
const char *repo_path(const struct repo *r);
/* Translate libgit2's return value rc: "what: its message". */
enum err_code err_git(struct err *e, int rc, const char *what);

MUST_USE enum err_code repo_write(struct repo *r, enum object_kind kind,
    struct slice content, char oid[OID_HEX], struct err *e);
/* ERR_TOO_BIG before reading when the object is larger than max. Expected:
 * ERR_NOT_FOUND, ERR_CORRUPT (another kind, or its name is not its hash). */
MUST_USE enum err_code repo_read(struct repo *r, const char *oid,
    enum object_kind kind, size_t max, struct buf *out, struct err *e);
/* From here repo_write() writes to memory; repo_read() sees it.
 * repo_batch_end() makes one durable pack of it (keep) or forgets it; refs to
 * its objects are set after that. */
MUST_USE enum err_code repo_batch(struct repo *r, struct err *e);
MUST_USE enum err_code repo_batch_end(struct repo *r, bool keep,
    struct err *e);

/* oid is "" when the ref is not there. */
MUST_USE enum err_code repo_ref_get(struct repo *r, const char *name,
    char oid[OID_HEX], struct err *e);
/* Durable; only if the ref is now at `from` ("" for: not there). Expected:
 * ERR_BUSY. */
MUST_USE enum err_code repo_ref_set(struct repo *r, const char *name,
    const char *from, const char *to, struct err *e);
/* One that is not there is no fault. Expected: ERR_BUSY. */
MUST_USE enum err_code repo_ref_remove(struct repo *r, const char *name,
    struct err *e);
/* Remove it, if it is still at oid. Expected: ERR_BUSY. */
MUST_USE enum err_code repo_ref_end(struct repo *r, const char *name,
    const char *oid, struct err *e);
typedef int (*repo_ref_fn)(void *arg, const char *name, const char *oid);
/* Direct refs under a prefix such as "refs/heads/", by name; fn may change
 * refs, and ends the walk by returning non-zero. */
MUST_USE enum err_code repo_ref_each(struct repo *r, const char *prefix,
    repo_ref_fn fn, void *arg, struct err *e);

#endif
