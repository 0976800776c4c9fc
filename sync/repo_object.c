#include "repo_git.h"

#include <git2/sys/mempack.h>
#include <stdio.h>

/* Above every other backend, so that a batch's objects go nowhere else. */
#define MEMORY_PRIORITY 1000
/* Objects that are read together lie together. Every so many reads a loose one
 * is looked for all the same. */
#define LOOK_EVERY 64

static git_object_t git_kind(enum object_kind kind)
{
	switch (kind) {
	case OBJECT_COMMIT:
		return GIT_OBJECT_COMMIT;
	case OBJECT_TREE:
		return GIT_OBJECT_TREE;
	case OBJECT_BLOB:
		return GIT_OBJECT_BLOB;
	}
	return GIT_OBJECT_INVALID;
}

enum err_code repo_oid(const char *hex, git_oid *oid, struct err *e)
{
	if (strlen(hex) != OID_HEX - 1 || git_oid_fromstr(oid, hex) != 0)
		return err_set(e, ERR_FORMAT,
		    _("\"%.50s\" is not an object's name"), hex);
	return OK;
}

static enum err_code write_memory(struct repo *r, git_object_t kind,
    struct slice content, git_oid *oid, struct err *e)
{
	git_odb_backend *memory = r->batch.memory;
	int rc = git_odb_hash(oid, content.p, content.n, kind);

	/* git_odb_write() would look for the object in every pack first, and
	 * rescan the folder because it is not there. */
	if (rc == 0)
		rc = memory->write(memory, oid, content.p, content.n, kind);
	if (rc == 0)
		rc = git_packbuilder_insert(r->batch.pack, oid, NULL);
	return rc == 0 ? OK : err_git(e, rc, _("gathering an object"));
}

enum err_code repo_write(struct repo *r, enum object_kind kind,
    struct slice content, char oid[OID_HEX], struct err *e)
{
	git_object_t type = git_kind(kind);
	enum err_code code = OK;
	git_oid id;
	int rc;

	if (r->batch.git != NULL) {
		code = write_memory(r, type, content, &id, e);
	} else {
		rc = git_odb_write(&id, r->odb, content.p, content.n, type);
		if (rc != 0)
			code = err_git(e, rc, _("writing an object"));
	}
	if (code == OK)
		git_oid_tostr(oid, OID_HEX, &id);
	return code;
}

/* Reading failed: what libgit2 could not make sense of is damage; a file it
 * could not open is the machine's. */
static enum err_code read_error(struct err *e, int rc, const char *oid)
{
	const git_error *g = git_error_last();

	if (rc == GIT_ENOTFOUND)
		return err_set(e, ERR_NOT_FOUND,
		    _("object %s is not in the repository"), oid);
	if (rc == GIT_EOWNER || g == NULL || g->klass == GIT_ERROR_OS ||
	    g->klass == GIT_ERROR_NOMEMORY)
		return err_git(e, rc, oid);
	return err_set(e, ERR_CORRUPT, _("object %s is damaged: %s"), oid,
	    g->message);
}

enum err_code repo_check(const char *oid, git_object_t have,
    git_object_t want, size_t size, size_t max, struct err *e)
{
	if (have != want)
		return err_set(e, ERR_CORRUPT,
		    _("object %s is a %s, which does not belong there"), oid,
		    git_object_type2string(have));
	if (size > max)
		return err_set(e, ERR_TOO_BIG, _("object %s is larger than "
		    "allowed (%zu bytes, at most %zu)"), oid, size, max);
	return OK;
}

static enum err_code read_packed(git_odb *odb, const git_oid *id,
    const char *oid, git_object_t kind, size_t max, struct buf *out,
    struct err *e)
{
	git_odb_object *object = NULL;
	git_object_t type;
	enum err_code code;
	size_t size;
	int rc;

	rc = git_odb_read_header(&size, &type, odb, id);
	if (rc != 0)
		return read_error(e, rc, oid);
	code = repo_check(oid, type, kind, size, max, e);
	if (code != OK)
		return code;
	rc = git_odb_read(&object, odb, id);
	if (rc != 0)
		return read_error(e, rc, oid);
	buf_add(out, git_odb_object_data(object), git_odb_object_size(object));
	git_odb_object_free(object);
	return buf_ok(out, e);
}

enum err_code repo_read(struct repo *r, const char *oid,
    enum object_kind kind, size_t max, struct buf *out, struct err *e)
{
	git_odb *odb = r->batch.git != NULL ? r->batch.odb : r->odb;
	git_object_t type = git_kind(kind);
	enum err_code rc;
	git_oid id;

	rc = repo_oid(oid, &id, e);
	if (rc != OK)
		return rc;
	rc = ERR_NOT_FOUND;
	if (!r->packed || r->reads++ % LOOK_EVERY == 0) {
		rc = repo_loose(r, oid, type, max, out, e);
		r->packed = rc == ERR_NOT_FOUND;
	}
	if (rc == ERR_NOT_FOUND)
		rc = read_packed(odb, &id, oid, type, max, out, e);
	return rc;
}

enum err_code repo_parent(struct repo *r, const char *commit,
    char parent[OID_HEX], struct err *e)
{
	/* "tree " and 40 digits, then "parent " and 40 digits. */
	const size_t tree_line = 5 + 40 + 1, start = tree_line + 7;
	struct buf content = BUF_INIT;
	enum err_code rc;

	parent[0] = '\0';
	rc = repo_read(r, commit, OBJECT_COMMIT, 1 << 20, &content, e);
	if (rc == OK && content.n > start + 40 &&
	    memcmp(content.p + tree_line, "parent ", 7) == 0)
		snprintf(parent, OID_HEX, "%.40s", content.p + start);
	buf_release(&content);
	return rc;
}

void repo_batch_forget(struct repo *r)
{
	struct batch_pack *b = &r->batch;

	git_packbuilder_free(b->pack);
	git_odb_free(b->odb);
	git_repository_free(b->git);
	memset(b, 0, sizeof(*b));
}

enum err_code repo_batch(struct repo *r, struct err *e)
{
	struct batch_pack *b = &r->batch;
	int rc;

	if (b->git != NULL)
		return err_set(e, ERR_INTERNAL,
		    _("a batch of objects is open already"));
	rc = git_repository_open_bare(&b->git, r->path);
	if (rc == 0)
		rc = git_repository_odb(&b->odb, b->git);
	if (rc == 0)
		rc = git_mempack_new(&b->memory);
	if (rc == 0) {
		rc = git_odb_add_backend(b->odb, b->memory, MEMORY_PRIORITY);
		if (rc != 0)	/* else the odb owns it */
			b->memory->free(b->memory);
	}
	if (rc == 0)
		rc = git_packbuilder_new(&b->pack, b->git);
	if (rc == 0)
		return OK;
	repo_batch_forget(r);
	return err_git(e, rc, _("opening a batch of objects"));
}

enum err_code repo_batch_end(struct repo *r, bool keep, struct err *e)
{
	struct batch_pack *b = &r->batch;
	int rc = 0;

	if (keep && b->pack != NULL && git_packbuilder_object_count(b->pack) > 0)
		rc = git_packbuilder_write(b->pack, NULL, 0444, NULL, NULL);
	repo_batch_forget(r);
	if (rc == 0)
		return OK;
	return err_git(e, rc, _("writing a pack of objects"));
}
