/* Making a node's folder, all or nothing.
 */
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "chain_impl.h"
#include "hash.h"
#include "marker.h"

#define NEW_PREFIX ".new-"	/* a folder being made, or left by a kill */

static int remove_one(const char *path, const struct stat *st, int kind,
    struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	remove(path);	/* what stays is told by the folder not being empty */
	return 0;
}

void folder_remove(const char *dir)
{
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Empty but for what a killed run left, which is removed. */
static enum err_code check_empty(const char *dir, struct err *e)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	enum err_code rc = OK;

	if (!d)
		return err_errno(e, _("opening the folder %s"), dir);
	while (!rc && (entry = readdir(d))) {
		const char *name = entry->d_name;
		char *path;

		if (!strcmp(name, ".") || !strcmp(name, ".."))
			continue;
		if (strncmp(name, NEW_PREFIX, sizeof NEW_PREFIX - 1) != 0) {
			err_set(e, ERR_EXISTS, _("the folder %s is not empty"),
			    dir);
			rc = err_hint(e, _("name a folder that is empty or "
			    "does not exist yet"));
			break;
		}
		path = path_join(dir, name);
		if (path)
			folder_remove(path);
		free(path);
	}
	closedir(d);
	return rc;
}

static enum err_code move_up(const char *from, const char *dir,
    const char *name, struct err *e)
{
	char *old = path_join(from, name), *new = path_join(dir, name);
	enum err_code rc = OK;

	if (!old || !new)
		rc = err_memory(e);
	else if (rename(old, new))
		rc = err_errno(e, _("moving %s into place"), new);
	free(old);
	free(new);
	return rc;
}

static enum err_code build(const char *dir, const char *new, folder_fn fill,
    void *arg, struct err *e)
{
	static const char *const part[] = { "keys", REPO_FILE, MARKER_FILE,
	    STORE_FILE };
	enum err_code rc;

	rc = file_mkdir(new, 0700, e);
	if (!rc)
		rc = fill(arg, new, e);
	if (!rc)
		rc = file_sync_dir(new, e);
	for (size_t i = 0; !rc && i < sizeof part / sizeof *part; i++)
		rc = move_up(new, dir, part[i], e);
	if (!rc)
		rc = file_sync_dir(dir, e);
	return rc;
}

enum err_code folder_make(const char *dir, folder_fn fill, void *arg,
    struct err *e)
{
	unsigned char word[4];
	char name[sizeof NEW_PREFIX + 2 * sizeof word] = NEW_PREFIX;
	char *new = NULL;
	bool made = !file_exists(dir);
	enum err_code rc;

	rc = crypto_start(e);
	if (!rc)
		rc = file_mkdir(dir, 0755, e);
	if (!rc)
		rc = check_empty(dir, e);
	if (rc)
		return rc;
	random_bytes(word, sizeof word);
	hex_text(word, sizeof word, name + sizeof NEW_PREFIX - 1);
	new = path_join(dir, name);
	rc = new ? build(dir, new, fill, arg, e) : err_memory(e);
	if (new)
		folder_remove(new);
	if (rc && made)
		rmdir(dir);
	free(new);
	return rc;
}

static enum err_code save_key(const char *dir, const char *name,
    const struct key *k, struct err *e)
{
	char *path = path_join(dir, name);
	enum err_code rc;

	if (!path)
		return err_memory(e);
	rc = key_save(k, path, getenv("WELLHEAD_PASSPHRASE"), e);
	free(path);
	return rc;
}

enum err_code folder_fill(const char *dir, const struct catalogue *c,
    const struct identity *id, const struct key *node, struct store **store,
    struct err *e)
{
	char *keys = path_join(dir, "keys"), *db = path_join(dir, STORE_FILE);
	char *git = path_join(dir, REPO_FILE);
	struct repo *repo = NULL;
	enum err_code rc = OK;

	if (!keys || !db || !git)
		rc = err_memory(e);
	if (!rc)
		rc = file_mkdir(keys, 0700, e);
	if (!rc)
		rc = save_key(dir, NODE_KEY_FILE, node, e);
	if (!rc)
		rc = repo_create(&repo, git, e);
	if (!rc)
		rc = store_create(store, db, c, id, e);
	if (!rc)
		rc = marker_start(dir, *store, e);
	repo_close(repo);
	free(keys);
	free(db);
	free(git);
	return rc;
}

enum err_code folder_save_root(const char *dir, const struct key *root,
    struct err *e)
{
	return save_key(dir, ROOT_KEY_FILE, root, e);
}
