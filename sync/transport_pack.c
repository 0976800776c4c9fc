#include "transport_work.h"

#include <git2/indexer.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"

/* A pack of up to this many objects becomes loose objects: every look-up
 * asks every pack, so a pack for each sync would make all of them slower.
 * A larger one stays: loose objects are synced to the disk one by one. */
#define LOOSE_MAX 30
/* A slice of a chain has a small part of this. */
#define PACK_MAX (1000u << 20)
/* Twice the largest payload, inflated or not. */
#define OBJECT_MAX (32u << 20)

/* What the remote sends goes to a folder of its own first; one that is left
 * by a killed process is swept by its name. */
struct intake {
	struct work *work;
	char *folder;
	git_indexer *indexer;
	git_indexer_progress p;
	git_odb *odb;		/* of the pack alone */
	bool large;		/* an object that no changeset needs */
};

static int on_progress(const git_indexer_progress *p, void *work)
{
	(void)p;
	work_alive(work);
	return 0;
}

/* A pack that does not hold together is the remote's doing; a full disk is
 * ours. */
static enum err_code pack_error(int rc, struct err *e)
{
	const git_error *g = git_error_last();

	err_git(e, rc, _("storing what the remote sent"));
	if (g != NULL && g->klass != GIT_ERROR_OS &&
	    g->klass != GIT_ERROR_NOMEMORY)
		e->code = ERR_CORRUPT;
	return e->code;
}

static enum err_code begin(struct intake *t, struct err *e)
{
	git_indexer_options o;
	int rc;

	if (asprintf(&t->folder, "%s/objects/tmp_fetch_XXXXXX",
	    repo_path(t->work->repo)) < 0) {
		t->folder = NULL;
		return err_memory(e);
	}
	if (mkdtemp(t->folder) == NULL) {
		err_errno(e, "%s", t->folder);
		free(t->folder);
		t->folder = NULL;
		return e->code;
	}
	git_indexer_options_init(&o, GIT_INDEXER_OPTIONS_VERSION);
	o.progress_cb = on_progress;
	o.progress_cb_payload = t->work;
	rc = git_indexer_new(&t->indexer, t->folder, 0444,
	    t->work->repo->odb, &o);
	return rc == 0 ? OK : pack_error(rc, e);
}

static enum err_code next_band(void *work, struct slice *piece,
    struct err *e)
{
	struct work *k = work;

	return wire_band(&k->wire, piece, e);
}

static enum err_code receive(struct intake *t, work_piece next, void *arg,
    struct err *e)
{
	struct slice piece;
	uint64_t total = 0;
	enum err_code code;
	int rc;

	for (;;) {
		code = next(arg, &piece, e);
		if (code != OK)
			return code;
		total += piece.n;
		if (total > PACK_MAX)
			return err_set(e, ERR_TOO_BIG, _("the remote sends "
			    "more than %u MB at once"), PACK_MAX >> 20);
		rc = piece.n == 0 ? git_indexer_commit(t->indexer, &t->p)
		    : git_indexer_append(t->indexer, piece.p, piece.n, &t->p);
		if (rc != 0)
			return pack_error(rc, e);
		if (piece.n == 0)
			return OK;
	}
}

/* folder/pack-<name>.<suffix>; NULL: out of memory. */
static char *pack_file(const struct intake *t, const char *folder,
    const char *suffix)
{
	char *path = NULL;

	if (asprintf(&path, "%s/pack-%s.%s", folder,
	    git_indexer_name(t->indexer), suffix) < 0)
		return NULL;
	return path;
}

static int write_loose(const git_oid *id, void *intake)
{
	struct intake *t = intake;
	git_odb_object *object = NULL;
	git_oid written;
	int rc = git_odb_read(&object, t->odb, id);

	if (rc == 0)
		rc = git_odb_write(&written, t->work->repo->odb,
		    git_odb_object_data(object), git_odb_object_size(object),
		    git_odb_object_type(object));
	git_odb_object_free(object);
	work_alive(t->work);
	return rc;
}

/* The pack by itself, as a store of objects. */
static enum err_code open_pack(struct intake *t, struct err *e)
{
	git_odb_backend *backend = NULL;
	char *path = pack_file(t, t->folder, "idx");
	int rc;

	if (path == NULL)
		return err_memory(e);
	rc = git_odb_new(&t->odb);
	if (rc == 0)
		rc = git_odb_backend_one_pack(&backend, path);
	if (rc == 0)
		rc = git_odb_add_backend(t->odb, backend, 1);
	free(path);
	return rc == 0 ? OK : pack_error(rc, e);
}

static int look_at_size(const git_oid *id, void *intake)
{
	struct intake *t = intake;
	git_object_t type;
	size_t size;
	int rc = git_odb_read_header(&size, &type, t->odb, id);

	t->large = rc == 0 && size > OBJECT_MAX;
	work_alive(t->work);
	return t->large ? -1 : rc;
}

/* Megabytes of zeros take a few bytes on the wire, but all of them where they
 * are read. */
static enum err_code check_sizes(struct intake *t, struct err *e)
{
	int rc = git_odb_foreach(t->odb, look_at_size, t);

	if (t->large)
		return err_set(e, ERR_TOO_BIG, _("the pack holds an object of "
		    "more than %u bytes"), OBJECT_MAX);
	return rc == 0 ? OK : pack_error(rc, e);
}

static enum err_code unpack(struct intake *t, struct err *e)
{
	int rc = git_odb_foreach(t->odb, write_loose, t);

	return rc == 0 ? OK : pack_error(rc, e);
}

/* The pack first: an index without its pack would be a promise. */
static enum err_code keep(struct intake *t, struct err *e)
{
	static const char *const suffix[] = { "pack", "idx" };
	char *folder = path_join(repo_path(t->work->repo), "objects/pack");
	enum err_code rc = folder == NULL ? err_memory(e) : OK;
	size_t i;

	for (i = 0; rc == OK && i < 2; i++) {
		char *from = pack_file(t, t->folder, suffix[i]);
		char *to = pack_file(t, folder, suffix[i]);

		if (from == NULL || to == NULL)
			rc = err_memory(e);
		else if (rename(from, to) != 0)
			rc = err_errno(e, "%s", to);
		free(from);
		free(to);
		if (rc == OK)
			rc = file_sync_dir(folder, e);
	}
	free(folder);
	return rc;
}

static void intake_release(struct intake *t)
{
	static const char *const suffix[] = { "pack", "idx" };
	size_t i;

	git_odb_free(t->odb);
	for (i = 0; i < 2 && t->indexer != NULL; i++) {
		char *path = pack_file(t, t->folder, suffix[i]);

		if (path != NULL)
			unlink(path);
		free(path);
	}
	git_indexer_free(t->indexer);	/* removes what is not finished */
	if (t->folder != NULL)
		rmdir(t->folder);
	free(t->folder);
}

enum err_code work_pack_from(struct work *k, work_piece next, void *arg,
    struct err *e)
{
	struct intake t = { .work = k };
	enum err_code rc;

	rc = begin(&t, e);
	if (rc == OK)
		rc = receive(&t, next, arg, e);
	if (rc == OK)
		rc = open_pack(&t, e);
	if (rc == OK)
		rc = check_sizes(&t, e);
	if (rc == OK)
		rc = t.p.total_objects <= LOOSE_MAX ? unpack(&t, e)
		    : keep(&t, e);
	intake_release(&t);
	return rc;
}

enum err_code work_pack(struct work *k, struct err *e)
{
	return work_pack_from(k, next_band, k, e);
}

enum err_code work_pack_check(struct work *k, work_piece next, void *arg,
    size_t objects, struct err *e)
{
	struct intake t = { .work = k };
	enum err_code rc;

	rc = begin(&t, e);
	if (rc == OK)
		rc = receive(&t, next, arg, e);
	if (rc == OK && t.p.total_objects != objects)
		rc = err_set(e, ERR_CORRUPT, _("it holds %u objects instead "
		    "of %zu"), t.p.total_objects, objects);
	intake_release(&t);
	return rc;
}
