/* Packs into larger packs.
 */
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/list.h"
#include "repo_pack_impl.h"

#define HASH_LEN 40		/* of a pack's name */
#define OBJECT_MOST (64u << 20)
#define SETTLED_FILE "settled"	/* in the repository's folder */
#define DAY_S 86400
#define IDX_HEAD 8		/* before the index's table of 256 counts */

struct pack {
	char name[HASH_LEN + 1];
	size_t objects;
};

struct packs {			/* by size, the smallest first */
	struct pack *p;
	size_t n, cap;
};

struct job {
	struct repo *r;
	struct repacked *out;
	struct loose_set loose;
	struct packs packs;
	size_t npack;		/* the first so many go into the new one */
	git_packbuilder *builder;
	char *folder;		/* where it is built */
	char name[HASH_LEN + 1];
};

/* ---- which there are ---- */

static char *pack_path(const char *folder, const char *name,
    const char *suffix)
{
	char *path = NULL;

	if (asprintf(&path, "%s/pack-%s.%s", folder, name, suffix) < 0)
		return NULL;
	return path;
}

/* The last number of the index's table; 0: it is none of version 2. */
static size_t count_objects(const char *path)
{
	static const unsigned char magic[IDX_HEAD] = { 0xff, 't', 'O', 'c', 0,
		0, 0, 2 };
	unsigned char head[IDX_HEAD + 1024];
	FILE *f = fopen(path, "rbe");
	size_t n = 0;

	if (f && fread(head, sizeof head, 1, f) == 1 &&
	    memcmp(head, magic, sizeof magic) == 0) {
		const unsigned char *p = head + sizeof head - 4;

		n = (size_t)p[0] << 24 | (size_t)p[1] << 16 |
		    (size_t)p[2] << 8 | p[3];
	}
	if (f)
		fclose(f);
	return n;
}

static enum err_code add_pack(struct packs *ps, const char *folder,
    const char *file, struct err *e)
{
	static const char *const keep[] = { "keep", "promisor" };
	struct pack p = {0}, *more;
	char *path;

	snprintf(p.name, sizeof p.name, "%.*s", HASH_LEN, file + 5);
	for (size_t i = 0; i < 2; i++) {
		path = pack_path(folder, p.name, keep[i]);
		if (!path)
			return err_memory(e);
		if (file_exists(path)) {
			free(path);
			return OK;	/* somebody else's word */
		}
		free(path);
	}
	path = pack_path(folder, p.name, "idx");
	if (!path)
		return err_memory(e);
	p.objects = count_objects(path);
	free(path);
	if (!p.objects)
		return OK;
	more = list_grow(ps->p, ps->n, &ps->cap, sizeof *more);
	if (!more)
		return err_memory(e);
	ps->p = more;
	ps->p[ps->n++] = p;
	return OK;
}

static int by_size(const void *a, const void *b)
{
	const struct pack *p = a, *q = b;

	if (p->objects != q->objects)
		return p->objects < q->objects ? -1 : 1;
	return strcmp(p->name, q->name);
}

static bool is_index(const char *name)
{
	return strncmp(name, "pack-", 5) == 0 &&
	    strspn(name + 5, "0123456789abcdef") == HASH_LEN &&
	    strcmp(name + 5 + HASH_LEN, ".idx") == 0;
}

static enum err_code packs_load(struct job *j, struct err *e)
{
	char *folder = path_join(j->r->path, "objects/pack");
	DIR *d = folder ? opendir(folder) : NULL;
	enum err_code rc = folder ? OK : err_memory(e);
	struct dirent *entry;

	while (!rc && d && (entry = readdir(d)))
		if (is_index(entry->d_name))
			rc = add_pack(&j->packs, folder, entry->d_name, e);
	if (d)
		closedir(d);
	free(folder);
	if (j->packs.n > 1)
		qsort(j->packs.p, j->packs.n, sizeof *j->packs.p, by_size);
	return rc;
}

/* ---- which go together ---- */

/* The first so many of the packs that must be one, with `loose` objects, so
 * that each of what is left is at least twice the one before it. */
static size_t choose(const struct packs *ps, size_t loose, size_t most)
{
	size_t n = 0, end = ps->n, total = loose;

	while (most && end && ps->p[end - 1].objects > most)
		end--;
	for (size_t i = 1; i < end; i++)
		if (ps->p[i].objects < 2 * ps->p[i - 1].objects)
			n = i + 1;
	for (size_t i = 0; i < n; i++)
		total += ps->p[i].objects;
	while (n < end && ps->p[n].objects < 2 * total)
		total += ps->p[n++].objects;
	/* one pack alone is as good as it can be */
	return n == 1 && !loose ? 0 : n;
}

/* ---- the new pack ---- */

static enum err_code insert(struct job *j, const git_oid *id, struct err *e)
{
	int rc = git_packbuilder_insert(j->builder, id, NULL);

	return rc == 0 ? OK : err_git(e, rc, _("gathering objects to pack"));
}

/* libgit2 would read one that was cut short for ever: ours first. */
static enum err_code insert_loose(struct job *j, struct err *e)
{
	static const git_object_t kinds[] = { GIT_OBJECT_COMMIT,
		GIT_OBJECT_TREE, GIT_OBJECT_BLOB };
	struct buf scratch = BUF_INIT;
	char hex[OID_HEX];
	enum err_code rc = OK;
	git_oid id;

	for (size_t i = 0; !rc && i < j->loose.n; i++) {
		enum err_code good = ERR_CORRUPT;

		if (!loose_reached(&j->loose, i))
			continue;
		memcpy(id.id, j->loose.oid[i], 20);
		git_oid_tostr(hex, sizeof hex, &id);
		for (size_t k = 0; good == ERR_CORRUPT && k < 3; k++) {
			buf_clear(&scratch);
			good = repo_loose(j->r, hex, kinds[k], OBJECT_MOST,
			    &scratch, e);
		}
		rc = good ? good : insert(j, &id, e);
		j->out->loose += !rc;
	}
	buf_release(&scratch);
	return rc;
}

/* One pack of the old ones, seen alone. */
static enum err_code open_pack(const char *folder, const char *name,
    git_odb **out, struct err *e)
{
	git_odb_backend *backend = NULL;
	char *path = pack_path(folder, name, "idx");
	int rc;

	*out = NULL;
	if (!path)
		return err_memory(e);
	rc = git_odb_new(out);
	if (rc == 0)
		rc = git_odb_backend_one_pack(&backend, path);
	if (rc == 0)
		rc = git_odb_add_backend(*out, backend, 1);
	free(path);
	if (rc == 0)
		return OK;
	git_odb_free(*out);
	*out = NULL;
	return err_git(e, rc, name);
}

struct each_object {
	struct job *j;
	git_odb *new;		/* NULL: gather, else look whether it is in */
	enum err_code rc;
	struct err *e;
};

static int on_object(const git_oid *id, void *arg)
{
	struct each_object *o = arg;

	if (!o->new)
		o->rc = insert(o->j, id, o->e);
	else if (!git_odb_exists(o->new, id))
		o->rc = err_set(o->e, ERR_INTERNAL, _("a new pack is not "
		    "complete"));
	return o->rc ? -1 : 0;
}

static enum err_code each_packed(struct job *j, git_odb *new, struct err *e)
{
	struct each_object o = { .j = j, .new = new, .e = e };
	char *folder = path_join(j->r->path, "objects/pack");
	enum err_code rc = folder ? OK : err_memory(e);

	for (size_t i = 0; !rc && i < j->npack; i++) {
		git_odb *odb = NULL;
		int git;

		rc = open_pack(folder, j->packs.p[i].name, &odb, e);
		if (rc)
			break;
		git = git_odb_foreach(odb, on_object, &o);
		rc = o.rc;
		if (!rc && git != 0)
			rc = err_git(e, git, j->packs.p[i].name);
		git_odb_free(odb);
	}
	free(folder);
	return rc;
}

static enum err_code build(struct job *j, struct err *e)
{
	int rc;

	if (asprintf(&j->folder, "%s/objects/tmp_repack_XXXXXX",
	    j->r->path) < 0) {
		j->folder = NULL;
		return err_memory(e);
	}
	if (!mkdtemp(j->folder)) {
		err_errno(e, "%s", j->folder);
		free(j->folder);
		j->folder = NULL;
		return e->code;
	}
	rc = git_packbuilder_write(j->builder, j->folder, 0444, NULL, NULL);
	if (rc != 0)
		return err_git(e, rc, _("writing a pack of objects"));
	snprintf(j->name, sizeof j->name, "%s",
	    git_packbuilder_name(j->builder));
	return OK;
}

/* Is every object that is to go in it? The builder has hashed each one as it
 * wrote it; the loose ones were put in one by one. */
static enum err_code check(struct job *j, struct err *e)
{
	git_odb *new = NULL;
	enum err_code rc = open_pack(j->folder, j->name, &new, e);

	if (!rc)
		rc = each_packed(j, new, e);
	for (size_t i = 0; !rc && i < j->loose.n; i++) {
		git_oid id;

		memcpy(id.id, j->loose.oid[i], 20);
		if (loose_reached(&j->loose, i) && !git_odb_exists(new, &id))
			rc = err_set(e, ERR_INTERNAL, _("a new pack is not "
			    "complete"));
	}
	git_odb_free(new);
	return rc;
}

enum err_code repo_pack_place(struct repo *r, const char *folder,
    const char *name, struct err *e)
{
	static const char *const suffix[] = { "pack", "idx" };
	char *pack = path_join(r->path, "objects/pack");
	enum err_code rc = pack ? OK : err_memory(e);

	for (size_t i = 0; !rc && i < 2; i++) {
		char *from = pack_path(folder, name, suffix[i]);
		char *to = pack_path(pack, name, suffix[i]);

		if (!from || !to)
			rc = err_memory(e);
		else if (rename(from, to) != 0)
			rc = err_errno(e, "%s", to);
		free(from);
		free(to);
		if (!rc)
			rc = file_sync_dir(pack, e);
	}
	free(pack);
	return rc;
}

/* The index first: what has none is looked at by nobody. */
static void remove_packs(struct job *j)
{
	static const char *const suffix[] = { "idx", "rev", "bitmap", "pack" };
	char *folder = path_join(j->r->path, "objects/pack");

	for (size_t i = 0; folder && i < j->npack; i++) {
		if (strcmp(j->packs.p[i].name, j->name) == 0)
			continue;	/* the new one has the same objects */
		for (size_t k = 0; k < 4; k++) {
			char *path = pack_path(folder, j->packs.p[i].name,
			    suffix[k]);

			if (path)
				unlink(path);
			free(path);
		}
	}
	free(folder);
}

static void job_release(struct job *j)
{
	static const char *const suffix[] = { "pack", "idx" };

	for (size_t i = 0; i < 2 && j->folder && j->name[0]; i++) {
		char *path = pack_path(j->folder, j->name, suffix[i]);

		if (path)
			unlink(path);
		free(path);
	}
	if (j->folder)
		rmdir(j->folder);
	free(j->folder);
	git_packbuilder_free(j->builder);
	loose_release(&j->loose);
	free(j->packs.p);
}

/* From here on objects are only ever added, until all is in its place. */
static enum err_code repack(struct job *j, struct err *e)
{
	enum err_code rc = OK;
	int git = git_packbuilder_new(&j->builder, j->r->git);

	if (git != 0)
		return err_git(e, git, _("writing a pack of objects"));
	rc = insert_loose(j, e);
	if (!rc)
		rc = each_packed(j, NULL, e);
	j->out->packs = j->npack;
	j->out->objects = git_packbuilder_object_count(j->builder);
	if (rc || j->out->objects == 0)
		return rc;
	rc = build(j, e);
	if (!rc)
		rc = check(j, e);
	if (!rc)
		rc = repo_pack_place(j->r, j->folder, j->name, e);
	if (rc)
		return rc;
	loose_remove(j->r, &j->loose);
	remove_packs(j);
	git = git_odb_refresh(j->r->odb);
	return git == 0 ? OK : err_git(e, git, j->r->path);
}

static size_t count_reached(const struct loose_set *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += loose_reached(s, i);
	return n;
}

static enum err_code run(struct job *j, bool loose, bool deep, size_t most,
    struct err *e)
{
	enum err_code rc = OK;
	size_t reached = 0;

	if (loose)
		rc = loose_load(j->r, &j->loose, e);
	if (!rc && j->loose.n) {
		rc = loose_reach(j->r, &j->loose, deep, e);
		reached = count_reached(&j->loose);
	}
	if (rc)
		return rc;
	j->npack = choose(&j->packs, reached, most);
	return j->npack || reached ? repack(j, e) : OK;
}

/* Was what is left found to be no part of any chain within a day? */
static bool is_settled(const struct repo *r)
{
	char *path = path_join(r->path, SETTLED_FILE);
	struct stat st;
	bool yes = path && stat(path, &st) == 0 &&
	    time(NULL) - st.st_mtime < DAY_S && st.st_mtime <= time(NULL);

	free(path);
	return yes;
}

static enum err_code note_settled(const struct repo *r, struct err *e)
{
	char *path = path_join(r->path, SETTLED_FILE);
	enum err_code rc = path ? file_write(path, slice_str(""), 0644, false,
	    e) : err_memory(e);

	free(path);
	return rc;
}

enum err_code repo_tidy(struct repo *r, size_t most, struct repacked *out,
    struct err *e)
{
	struct job j = { .r = r, .out = out };
	bool loose = loose_guess(r) >= LOOSE_MANY && !is_settled(r);
	enum err_code rc;

	*out = (struct repacked){0};
	rc = packs_load(&j, e);
	if (!rc && (loose || choose(&j.packs, 0, most) >= PACKS_MANY))
		rc = run(&j, loose, false, most, e);
	job_release(&j);
	if (!rc && loose && loose_guess(r) >= LOOSE_MANY) {
		/* many that no short walk reaches: old letters, perhaps */
		rc = repo_prune(r, GARBAGE_AGE_MS, out, e);
		return rc ? rc : note_settled(r, e);
	}
	return rc ? err_in(e, _("packing the repository")) : OK;
}

enum err_code repo_prune(struct repo *r, int64_t age_ms,
    struct repacked *out, struct err *e)
{
	struct job j = { .r = r, .out = out };
	enum err_code rc;

	*out = (struct repacked){0};
	rc = packs_load(&j, e);
	if (!rc)
		rc = run(&j, true, true, 0, e);
	if (!rc)
		out->pruned = loose_prune(r, &j.loose, age_ms);
	job_release(&j);
	return rc ? err_in(e, _("packing the repository")) : OK;
}
