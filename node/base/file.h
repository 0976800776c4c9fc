/* Files: whole reads, durable writes, the node's lock.
 * "Durable" means written to a temporary name beside it, fsynced, renamed,
 * and the folder fsynced, before the call returns.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "buf.h"

/* Read all of path ("-" is standard input); ERR_TOO_BIG past max bytes.
 * Expected: ERR_NOT_FOUND. */
MUST_USE enum err_code file_read(const char *path, size_t max, struct buf *out,
    struct err *e);
/* Write durably with mode (0644, 0600 for secrets). exclusive: ERR_EXISTS
 * when path is there already. */
MUST_USE enum err_code file_write(const char *path, struct slice s,
    unsigned mode, bool exclusive, struct err *e);
MUST_USE enum err_code file_sync_dir(const char *path, struct err *e);
bool file_exists(const char *path);
/* mkdir, parents too, 0755 or mode for the last; an existing folder is fine. */
MUST_USE enum err_code file_mkdir(const char *path, unsigned mode,
    struct err *e);
/* "dir/name" on the heap (NULL: out of memory); caller frees. */
char *path_join(const char *dir, const char *name);

/* flock(2) on path, held until lock_release(). Waits up to wait_ms.
 * Expected: ERR_BUSY. *fd is -1 on failure. */
MUST_USE enum err_code lock_take(const char *path, int wait_ms, int *fd,
    struct err *e);
void lock_release(int *fd);

#endif
