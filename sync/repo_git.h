/* A repository from inside sync/: libgit2's handles. Only repo*.c and
 * transport_*.c include this.
 */
#ifndef SYNC_REPO_GIT_H
#define SYNC_REPO_GIT_H

/* Not <git2.h>: its index.h has a field with a name that is banned here. */
#include <stdatomic.h>

#include <git2/config.h>
#include <git2/errors.h>
#include <git2/global.h>
#include <git2/object.h>
#include <git2/odb.h>
#include <git2/odb_backend.h>
#include <git2/pack.h>
#include <git2/refs.h>
#include <git2/repository.h>
#include <git2/sys/odb_backend.h>

#include "repo.h"

struct repo {
	char *path;
	char *incoming;			/* repo_incoming(), or NULL */
	git_repository *git;
	git_odb *odb;
	atomic_uint reads, packed;	/* of objects; where the last was */
	struct batch_pack {		/* all NULL when there is no batch */
		git_repository *git;	/* a second handle, so that closing
					 * it forgets the memory backend */
		git_odb *odb;
		git_odb_backend *memory;
		git_packbuilder *pack;
	} batch;
};

void repo_batch_forget(struct repo *r);
MUST_USE enum err_code repo_oid(const char *hex, git_oid *oid, struct err *e);
/* Is an object with this head what repo_read() was asked for? */
MUST_USE enum err_code repo_check(const char *oid, git_object_t have,
    git_object_t want, size_t size, size_t max, struct err *e);
/* repo_read() of an object in a file of its own. Expected: ERR_NOT_FOUND. */
MUST_USE enum err_code repo_loose(struct repo *r, const char *oid,
    git_object_t kind, size_t max, struct buf *out, struct err *e);

/* The commit's first parent ("" if none) and tree. Expected: as repo_read(),
 * ERR_FORMAT. */
MUST_USE enum err_code repo_parent(struct repo *r, const char *commit,
    char parent[OID_HEX], struct err *e);

#endif
