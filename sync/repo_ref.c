#include "repo_git.h"

#include <stdio.h>
#include <time.h>

#include "base/file.h"
#include "base/list.h"

/* Another git process holds a ref's lock for milliseconds only. */
#define LOCK_TRIES 100
#define LOCK_NAP_MS 20

enum err_code repo_ref_get(struct repo *r, const char *name,
    char oid[OID_HEX], struct err *e)
{
	git_reference *ref = NULL;
	int rc = git_reference_lookup(&ref, r->git, name);

	oid[0] = '\0';
	if (rc == GIT_ENOTFOUND)
		return OK;
	if (rc != 0)
		return err_git(e, rc, name);
	if (git_reference_type(ref) == GIT_REFERENCE_DIRECT)
		git_oid_tostr(oid, OID_HEX, git_reference_target(ref));
	git_reference_free(ref);
	if (oid[0] == '\0')
		return err_set(e, ERR_CORRUPT,
		    _("%s points to another ref instead of a commit"), name);
	return OK;
}

/* A new ref may have made folders; each must be durable in its parent. */
static enum err_code sync_folders(struct repo *r, const char *name,
    struct err *e)
{
	char *path = path_join(r->path, name);
	size_t root = strlen(r->path);
	enum err_code rc = OK;
	char *slash;

	if (path == NULL)
		return err_memory(e);
	while (rc == OK && (slash = strrchr(path, '/')) != NULL &&
	    (size_t)(slash - path) > root) {
		*slash = '\0';
		rc = file_sync_dir(path, e);
	}
	free(path);
	return rc;
}

static int set_once(struct repo *r, const char *name, const git_oid *from,
    const git_oid *to)
{
	git_reference *ref = NULL;
	int rc;

	if (from == NULL)
		rc = git_reference_create(&ref, r->git, name, to, 0, NULL);
	else
		rc = git_reference_create_matching(&ref, r->git, name, to, 1,
		    from, NULL);
	git_reference_free(ref);
	return rc;
}

enum err_code repo_ref_set(struct repo *r, const char *name,
    const char *from, const char *to, struct err *e)
{
	const struct timespec nap = { 0, LOCK_NAP_MS * 1000 * 1000 };
	git_oid old, new;
	enum err_code code;
	int rc, tries = 0;

	code = repo_oid(to, &new, e);
	if (code == OK && from[0] != '\0')
		code = repo_oid(from, &old, e);
	if (code != OK)
		return code;
	for (;;) {
		rc = set_once(r, name, from[0] != '\0' ? &old : NULL, &new);
		if (rc != GIT_ELOCKED || ++tries == LOCK_TRIES)
			break;
		nanosleep(&nap, NULL);
	}
	if (rc == GIT_EMODIFIED || rc == GIT_EEXISTS ||
	    (rc == GIT_ENOTFOUND && from[0] != '\0'))
		return err_set(e, ERR_BUSY,
		    _("%s was moved by somebody else meanwhile"), name);
	if (rc != 0)
		return err_git(e, rc, name);
	return from[0] == '\0' ? sync_folders(r, name, e) : OK;
}

enum err_code repo_ref_remove(struct repo *r, const char *name,
    struct err *e)
{
	const struct timespec nap = { 0, LOCK_NAP_MS * 1000 * 1000 };
	int rc, tries = 0;

	while ((rc = git_reference_remove(r->git, name)) == GIT_ELOCKED &&
	    ++tries < LOCK_TRIES)
		nanosleep(&nap, NULL);
	return rc == 0 || rc == GIT_ENOTFOUND ? OK : err_git(e, rc, name);
}

enum err_code repo_ref_end(struct repo *r, const char *name,
    const char *oid, struct err *e)
{
	git_reference *ref = NULL;
	char now[OID_HEX] = "";
	int rc = git_reference_lookup(&ref, r->git, name);

	if (rc == GIT_ENOTFOUND)
		return OK;
	if (rc == 0 && git_reference_type(ref) == GIT_REFERENCE_DIRECT)
		git_oid_tostr(now, OID_HEX, git_reference_target(ref));
	/* removed only as it was found here */
	if (rc == 0)
		rc = strcmp(now, oid) == 0 ? git_reference_delete(ref) :
		    GIT_EMODIFIED;
	git_reference_free(ref);
	if (rc == GIT_EMODIFIED || rc == GIT_ELOCKED)
		return err_set(e, ERR_BUSY,
		    _("%s was moved by somebody else meanwhile"), name);
	return rc == 0 ? OK : err_git(e, rc, name);
}

struct ref_entry {
	char *name;
	char oid[OID_HEX];
};

struct ref_list {
	struct ref_entry *ref;
	size_t n, cap;
};

static enum err_code ref_list_add(struct ref_list *l, const git_reference *ref,
    struct err *e)
{
	struct ref_entry *entry = list_grow(l->ref, l->n, &l->cap,
	    sizeof(*entry));

	if (entry == NULL)
		return err_memory(e);
	l->ref = entry;
	entry += l->n;
	entry->name = slice_dup(slice_str(git_reference_name(ref)));
	if (entry->name == NULL)
		return err_memory(e);
	git_oid_tostr(entry->oid, OID_HEX, git_reference_target(ref));
	l->n++;
	return OK;
}

static enum err_code ref_list_read(struct ref_list *l, struct repo *r,
    const char *prefix, struct err *e)
{
	git_reference_iterator *it = NULL;
	git_reference *ref = NULL;
	enum err_code code = OK;
	int rc;

	rc = git_reference_iterator_new(&it, r->git);
	while (rc == 0 && code == OK) {
		rc = git_reference_next(&ref, it);
		if (rc != 0)
			break;
		if (git_reference_type(ref) == GIT_REFERENCE_DIRECT &&
		    strncmp(git_reference_name(ref), prefix,
		    strlen(prefix)) == 0)
			code = ref_list_add(l, ref, e);
		git_reference_free(ref);
		ref = NULL;
	}
	git_reference_iterator_free(it);
	if (code == OK && rc != 0 && rc != GIT_ITEROVER)
		code = err_git(e, rc, _("reading the refs"));
	return code;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct ref_entry *)a)->name,
	    ((const struct ref_entry *)b)->name);
}

enum err_code repo_ref_each(struct repo *r, const char *prefix,
    repo_ref_fn fn, void *arg, struct err *e)
{
	struct ref_list l = { NULL, 0, 0 };
	enum err_code rc = ref_list_read(&l, r, prefix, e);
	size_t i;

	if (rc == OK && l.n > 1)
		qsort(l.ref, l.n, sizeof(*l.ref), by_name);
	for (i = 0; rc == OK && i < l.n; i++)
		if (fn(arg, l.ref[i].name, l.ref[i].oid) != 0)
			break;
	for (i = 0; i < l.n; i++)
		free(l.ref[i].name);
	free(l.ref);
	return rc;
}
