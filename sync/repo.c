#include "repo_git.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"

/* Larger objects in a pack are refused unread: no changeset comes near. */
#define OBJECT_MAX (64u << 20)
/* A small file is never mapped with a window of a gigabyte. */
#define WINDOW_SIZE ((size_t)8 << 20)
#define MAPPED_MAX ((size_t)64 << 20)
#define LOCK_AGE_MS 2000
#define TEMPORARY_AGE_MS (3600 * 1000)

enum err_code err_git(struct err *e, int rc, const char *what)
{
	const git_error *g = git_error_last();
	const char *text = g != NULL && g->message != NULL ? g->message : "";
	enum err_code code = ERR_IO;

	if (rc == GIT_EOWNER || strstr(text, "safe.directory") != NULL) {
		err_set(e, ERR_IO, _("%s: the repository belongs to another "
		    "user of this machine"), what);
		return err_hint(e, _("give it to the user who runs wellhead "
		    "(chown -R), or name it in git's safe.directory"));
	}
	if (g != NULL && g->klass == GIT_ERROR_NOMEMORY)
		return err_memory(e);
	if (rc == GIT_ENOTFOUND)
		code = ERR_NOT_FOUND;
	else if (rc == GIT_EEXISTS)
		code = ERR_EXISTS;
	else if (rc == GIT_ELOCKED)
		code = ERR_BUSY;
	else if (rc == GIT_EMISMATCH)
		code = ERR_CORRUPT;
	return err_set(e, code, "%s: %s", what, text);
}

/* libgit2's options belong to the process; setting them again is harmless.
 * git_libgit2_init() counts, repo_close() gives back. */
static enum err_code start(struct err *e)
{
	int rc = git_libgit2_init();

	if (rc < 0)
		return err_git(e, rc, _("starting libgit2"));
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, WINDOW_SIZE);
	git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, MAPPED_MAX);
	git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECTS, (size_t)1000000);
	/* Objects are checked by the chain's own rules, which are stricter;
	 * looking up every tree entry again would cost a read each. */
	git_libgit2_opts(GIT_OPT_ENABLE_STRICT_OBJECT_CREATION, 0);
#ifdef HAVE_PACK_MAX_OBJECT_SIZE
	git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECT_SIZE, (size_t)OBJECT_MAX);
#endif
	return OK;
}

/* What stock git and libgit2 must do in a repository of ours: nothing by
 * themselves (no gc: it would fight with us), nothing but appending. */
static const struct setting {
	const char *key, *value;
} settings[] = {
	{ "core.logAllRefUpdates", "false" },
	{ "core.fsync", "committed,loose-object" },
	{ "gc.auto", "0" },
	{ "receive.autogc", "false" },
	{ "receive.denyNonFastForwards", "true" },
	{ "receive.denyDeletes", "true" },
	{ "receive.fsckObjects", "true" },
	/* A push of ours is a slice of a chain; what a stranger pushes may
	 * not take the machine's memory. */
	{ "receive.maxInputSize", "256m" },
	{ "core.bigFileThreshold", "1m" },
	{ "core.deltaBaseCacheLimit", "16m" },
	{ "pack.threads", "1" },
};

void repo_guard_git(void)
{
	setenv("GIT_ALLOC_LIMIT", "48m", 1);
}

static enum err_code configure(git_repository *git, struct err *e)
{
	git_config *config = NULL, *local = NULL;
	size_t i;
	int rc;

	rc = git_repository_config(&config, git);
	if (rc == 0)
		rc = git_config_open_level(&local, config,
		    GIT_CONFIG_LEVEL_LOCAL);
	for (i = 0; rc == 0 && i < sizeof(settings) / sizeof(settings[0]); i++)
		rc = git_config_set_string(local, settings[i].key,
		    settings[i].value);
	git_config_free(local);
	git_config_free(config);
	return rc == 0 ? OK : err_git(e, rc, _("configuring the repository"));
}

static enum err_code sync_file(const char *path, struct err *e)
{
	struct buf text = BUF_INIT;
	enum err_code rc;

	rc = file_read(path, 1 << 20, &text, e);
	if (rc == OK)
		rc = file_write(path, slice_buf(&text), 0644, false, e);
	buf_release(&text);
	return rc;
}

/* All 256 folders of loose objects now, so that writing an object later
 * needs no folder made durable besides the object's own. */
static enum err_code make_fanout(const char *path, struct err *e)
{
	char *objects = path_join(path, "objects");
	char name[3];
	enum err_code rc = objects == NULL ? err_memory(e) : OK;
	unsigned i;

	for (i = 0; rc == OK && i < 256; i++) {
		char *folder = NULL;

		snprintf(name, sizeof(name), "%02x", i);
		folder = path_join(objects, name);
		if (folder == NULL)
			rc = err_memory(e);
		else if (mkdir(folder, 0755) != 0 && errno != EEXIST)
			rc = err_errno(e, "%s", folder);
		free(folder);
	}
	if (rc == OK)
		rc = file_sync_dir(objects, e);
	free(objects);
	return rc;
}

/* libgit2 syncs what it writes later, but not what init wrote. */
static enum err_code make_durable(const char *path, struct err *e)
{
	static const char *const folders[] = { "refs/heads", "refs",
		"objects/pack", "." };
	static const char *const files[] = { "HEAD", "config" };
	enum err_code rc = OK;
	char *p = NULL;
	size_t i;

	for (i = 0; rc == OK && i < 2; i++) {
		p = path_join(path, files[i]);
		rc = p == NULL ? err_memory(e) : sync_file(p, e);
		free(p);
	}
	for (i = 0; rc == OK && i < 4; i++) {
		p = path_join(path, folders[i]);
		rc = p == NULL ? err_memory(e) : file_sync_dir(p, e);
		free(p);
	}
	return rc;
}

enum err_code repo_create(struct repo **out, const char *path, struct err *e)
{
	git_repository_init_options o;
	git_repository *git = NULL;
	enum err_code code;
	int rc;

	*out = NULL;
	code = start(e);
	if (code != OK)
		return code;
	git_repository_init_options_init(&o,
	    GIT_REPOSITORY_INIT_OPTIONS_VERSION);
	o.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_NO_REINIT |
	    GIT_REPOSITORY_INIT_MKDIR;
	/* A stock clone then shows HQ's chain instead of a warning. */
	o.initial_head = "hq/all";
	rc = git_repository_init_ext(&git, path, &o);
	code = rc == 0 ? configure(git, e) : err_git(e, rc, path);
	git_repository_free(git);
	if (code == OK)
		code = make_fanout(path, e);
	if (code == OK)
		code = make_durable(path, e);
	if (code == OK)
		code = repo_open(out, path, e);
	git_libgit2_shutdown();
	return code;
}

/* A repository of ours never has alternates; a hostile one would read
 * other folders through them. */
static enum err_code refuse_alternates(const char *path, struct err *e)
{
	char *p = path_join(path, "objects/info/alternates");
	enum err_code rc = OK;

	if (p == NULL)
		return err_memory(e);
	if (file_exists(p)) {
		rc = err_set(e, ERR_FORMAT, _("%s: the repository borrows "
		    "objects from another folder"), path);
		err_hint(e, _("it is not one of wellhead's: make a full "
		    "copy with `git clone --bare --no-local`"));
	}
	free(p);
	return rc;
}

static enum err_code open_handles(struct repo *r, struct err *e)
{
	int rc = git_repository_open_ext(&r->git, r->path,
	    GIT_REPOSITORY_OPEN_BARE | GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);

	if (rc == 0)
		rc = git_repository_odb(&r->odb, r->git);
	return rc == 0 ? OK : err_git(e, rc, r->path);
}

enum err_code repo_open(struct repo **out, const char *path, struct err *e)
{
	struct repo *r = NULL;
	enum err_code rc;

	*out = NULL;
	rc = start(e);
	if (rc != OK)
		return rc;
	r = calloc(1, sizeof(*r));
	if (r == NULL) {
		git_libgit2_shutdown();
		return err_memory(e);
	}
	r->path = slice_dup(slice_str(path));
	rc = r->path == NULL ? err_memory(e) : refuse_alternates(path, e);
	if (rc == OK)
		rc = open_handles(r, e);
	if (rc != OK) {
		repo_close(r);
		return rc;
	}
	*out = r;
	return OK;
}

/* git names the folder so, in objects/; its objects come from a stranger. */
static bool is_quarantine(const char *objects, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash == NULL ? 0 : (size_t)(slash - path);

	return slash != NULL && n == strlen(objects) &&
	    strncmp(path, objects, n) == 0 &&
	    (strncmp(slash + 1, "tmp_objdir-incoming-", 20) == 0 ||
	     strncmp(slash + 1, "incoming-", 9) == 0);
}

enum err_code repo_incoming(struct repo *r, const char *path, struct err *e)
{
	char *joined = path_join(r->path, "objects");
	char *objects = joined == NULL ? NULL : realpath(joined, NULL);
	char *real = realpath(path, NULL);
	char *alternates = path_join(path, "info/alternates");
	enum err_code rc = OK;
	int git;

	if (objects == NULL || real == NULL || alternates == NULL ||
	    !is_quarantine(objects, real) || file_exists(alternates)) {
		rc = err_set(e, ERR_FORMAT, _("%s is not where git keeps "
		    "what is being pushed to this repository"), path);
		goto done;
	}
	git = git_odb_add_disk_alternate(r->odb, real);
	if (git != 0)
		rc = err_git(e, git, real);
	free(r->incoming);
	r->incoming = rc == OK ? real : NULL;
	if (rc == OK)
		real = NULL;
done:
	free(alternates);
	free(real);
	free(objects);
	free(joined);
	return rc;
}

void repo_close(struct repo *r)
{
	if (r == NULL)
		return;
	repo_batch_forget(r);
	git_odb_free(r->odb);
	git_repository_free(r->git);
	free(r->incoming);
	free(r->path);
	free(r);
	git_libgit2_shutdown();
}

const char *repo_path(const struct repo *r)
{
	return r->path;
}

static int64_t age_ms(const struct stat *st)
{
	struct timespec now;
	int64_t age;

	clock_gettime(CLOCK_REALTIME, &now);
	age = (int64_t)(now.tv_sec - st->st_mtim.tv_sec) * 1000 +
	    (now.tv_nsec - st->st_mtim.tv_nsec) / 1000000;
	/* From the future: the clock was set back, so nothing is known but
	 * that it was not made just now. */
	return age < -LOCK_AGE_MS ? INT64_MAX : age;
}

/* Wait until the lock goes by itself or is too old to be anybody's. */
static void clear_lock(const char *path)
{
	const struct timespec nap = { 0, 20 * 1000 * 1000 };
	struct stat st;

	while (lstat(path, &st) == 0 && S_ISREG(st.st_mode)) {
		if (age_ms(&st) >= LOCK_AGE_MS) {
			unlink(path);
			return;
		}
		nanosleep(&nap, NULL);
	}
}

static int sweep_lock(const char *path, const struct stat *st, int kind,
    struct FTW *f)
{
	size_t n = strlen(path);

	(void)st;
	(void)f;
	if (kind == FTW_F && n > 5 && strcmp(path + n - 5, ".lock") == 0)
		clear_lock(path);
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int kind,
    struct FTW *f)
{
	(void)st;
	(void)kind;
	(void)f;
	remove(path);
	return 0;
}

/* Where libgit2 and git put what they have not finished. None of these files
 * blocks anybody, so they may wait an hour: a push may be at work on them. */
static const struct temporary {
	const char *folder, *prefix;
} temporaries[] = {
	{ "objects", "tmp_" },
	{ "objects", "incoming-" },
	{ "objects/pack", "tmp_" },
	{ "objects/pack", ".tmp-" },
	{ "objects/pack", "pack_git2_" },
};

static void sweep_temporaries(const char *folder, const char *prefix)
{
	DIR *d = opendir(folder);
	struct dirent *entry;
	struct stat st;

	while (d != NULL && (entry = readdir(d)) != NULL) {
		char *path = NULL;

		if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
			continue;
		path = path_join(folder, entry->d_name);
		if (path != NULL && lstat(path, &st) == 0 &&
		    age_ms(&st) >= TEMPORARY_AGE_MS)
			nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
		free(path);
	}
	if (d != NULL)
		closedir(d);
}

enum err_code repo_sweep(struct repo *r, struct err *e)
{
	static const char *const locks[] = { "config.lock", "HEAD.lock",
		"packed-refs.lock" };
	char *p = path_join(r->path, "refs");
	size_t i;

	if (p == NULL)
		return err_memory(e);
	nftw(p, sweep_lock, 8, FTW_PHYS);
	free(p);
	for (i = 0; i < sizeof(locks) / sizeof(locks[0]); i++) {
		p = path_join(r->path, locks[i]);
		if (p == NULL)
			return err_memory(e);
		clear_lock(p);
		free(p);
	}
	for (i = 0; i < sizeof(temporaries) / sizeof(temporaries[0]); i++) {
		p = path_join(r->path, temporaries[i].folder);
		if (p == NULL)
			return err_memory(e);
		sweep_temporaries(p, temporaries[i].prefix);
		free(p);
	}
	return OK;
}
