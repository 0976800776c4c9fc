/* Loose objects, and which of them the refs still reach.
 */
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "base/list.h"
#include "repo_pack_impl.h"

#define NAME_LEN 38		/* of a loose object's file */
#define GUESS_FOLDERS 8
/* A walk that met so many packed commits in a row will hardly find more. */
#define PACKED_ROW 256
#define TREE_MAX (1 << 16)
#define COMMIT_BYTES (1 << 20)

/* ---- the folders ---- */

static bool is_name(const char *s)
{
	size_t n = strspn(s, "0123456789abcdef");

	return n == NAME_LEN && s[n] == '\0';
}

static DIR *open_fanout(const struct repo *r, unsigned i)
{
	char *path = NULL;
	DIR *d;

	if (asprintf(&path, "%s/objects/%02x", r->path, i) < 0)
		return NULL;
	d = opendir(path);
	free(path);
	return d;
}

size_t loose_guess(const struct repo *r)
{
	size_t n = 0;

	for (unsigned i = 0; i < GUESS_FOLDERS; i++) {
		DIR *d = open_fanout(r, i * (256 / GUESS_FOLDERS) + 11);
		struct dirent *entry;

		while (d && (entry = readdir(d)))
			n += is_name(entry->d_name);
		if (d)
			closedir(d);
	}
	return n * (256 / GUESS_FOLDERS);
}

static enum err_code add(struct loose_set *s, unsigned folder,
    const char *name, struct err *e)
{
	void *more = list_grow(s->oid, s->n, &s->cap, 20);

	if (!more)
		return err_memory(e);
	s->oid = more;
	s->oid[s->n][0] = (unsigned char)folder;
	if (!hex_decode(slice_str(name), s->oid[s->n] + 1, 19))
		return OK;
	if (map_put(s->by_oid, slice_of(s->oid[s->n], 20), LOOSE_FOUND,
	    NULL) < 0)
		return err_memory(e);
	s->n++;
	return OK;
}

enum err_code loose_load(struct repo *r, struct loose_set *out,
    struct err *e)
{
	enum err_code rc = OK;

	*out = (struct loose_set){ .by_oid = map_new() };
	if (!out->by_oid)
		return err_memory(e);
	for (unsigned i = 0; !rc && i < 256; i++) {
		DIR *d = open_fanout(r, i);
		struct dirent *entry;

		while (!rc && d && (entry = readdir(d)))
			if (is_name(entry->d_name))
				rc = add(out, i, entry->d_name, e);
		if (d)
			closedir(d);
	}
	return rc;
}

void loose_release(struct loose_set *s)
{
	map_free(s->by_oid);
	free(s->oid);
	*s = (struct loose_set){0};
}

static char *path_of(const struct repo *r, const unsigned char oid[20])
{
	char hex[OID_HEX], *path = NULL;
	git_oid id;

	memcpy(id.id, oid, 20);
	git_oid_tostr(hex, sizeof hex, &id);
	if (asprintf(&path, "%s/objects/%.2s/%s", r->path, hex, hex + 2) < 0)
		return NULL;
	return path;
}

static enum loose_state state_of(const struct loose_set *s, size_t i)
{
	int64_t state = LOOSE_FOUND;

	if (!map_get(s->by_oid, slice_of(s->oid[i], 20), &state))
		return LOOSE_NAMED;	/* nobody removes what is not listed */
	return (enum loose_state)state;
}

bool loose_reached(const struct loose_set *s, size_t i)
{
	return state_of(s, i) == LOOSE_REACHED;
}

void loose_remove(struct repo *r, const struct loose_set *s)
{
	for (size_t i = 0; i < s->n; i++) {
		char *path = loose_reached(s, i) ? path_of(r, s->oid[i]) : NULL;

		if (path)
			unlink(path);
		free(path);
	}
}

/* ---- what refs reach ---- */

struct walk {
	struct repo *r;
	struct loose_set *s;
	struct map *seen;	/* commits, so that no chain is walked twice */
	bool deep;
	enum err_code rc;
	struct err *e;
};

/* *loose: it is one. */
static enum err_code mark(struct walk *w, const git_oid *id,
    enum loose_state to, bool *loose)
{
	struct slice key = slice_of(id->id, 20);
	int64_t state;

	*loose = map_get(w->s->by_oid, key, &state);
	if (*loose && state == LOOSE_FOUND &&
	    map_put(w->s->by_oid, key, to, NULL) < 0)
		return err_memory(w->e);
	return OK;
}

/* The objects of any tree; ours have one entry, evidence may have others. */
static enum err_code mark_tree(struct walk *w, const char *oid,
    struct buf *scratch)
{
	const unsigned char *p, *nul;
	enum err_code rc;
	git_oid id;
	bool loose;
	size_t left;

	buf_clear(scratch);
	rc = repo_read(w->r, oid, OBJECT_TREE, TREE_MAX, scratch, w->e);
	if (rc)
		return rc == ERR_NOT_FOUND || rc == ERR_TOO_BIG ? OK : rc;
	for (p = scratch->p, left = scratch->n; !rc && left > 20;) {
		nul = memchr(p, '\0', left);
		if (!nul || left - (size_t)(nul - p) < 21)
			break;
		memcpy(id.id, nul + 1, 20);
		rc = mark(w, &id, LOOSE_REACHED, &loose);
		left -= (size_t)(nul - p) + 21;
		p = nul + 21;
	}
	return rc;
}

/* Marks a commit, its tree and its file. parent "": it has none, or it was
 * seen. */
static enum err_code mark_commit(struct walk *w, const char *oid,
    struct buf *scratch, char parent[OID_HEX], bool *loose)
{
	char tree[OID_HEX] = "";
	enum err_code rc;
	int64_t was;
	git_oid id;
	bool ignored;

	parent[0] = '\0';
	*loose = false;
	rc = repo_oid(oid, &id, w->e);
	if (!rc && map_get(w->seen, slice_of(id.id, 20), &was))
		return OK;
	if (!rc && map_put(w->seen, slice_of(id.id, 20), 1, NULL) < 0)
		rc = err_memory(w->e);
	buf_clear(scratch);
	if (!rc)
		rc = repo_read(w->r, oid, OBJECT_COMMIT, COMMIT_BYTES,
		    scratch, w->e);
	if (rc)
		return rc;
	if (scratch->n > 46)
		snprintf(tree, sizeof tree, "%.40s",
		    (const char *)scratch->p + 5);
	if (scratch->n > 94 && memcmp(scratch->p + 46, "parent ", 7) == 0)
		snprintf(parent, OID_HEX, "%.40s",
		    (const char *)scratch->p + 53);
	rc = mark(w, &id, LOOSE_REACHED, loose);
	if (!rc)
		rc = repo_oid(tree, &id, w->e);
	if (!rc)
		rc = mark(w, &id, LOOSE_REACHED, &ignored);
	return rc ? rc : mark_tree(w, tree, scratch);
}

static enum err_code walk_chain(struct walk *w, const char *tip)
{
	struct buf scratch = BUF_INIT;
	char at[OID_HEX], parent[OID_HEX];
	size_t packed = 0;
	enum err_code rc = OK;
	bool loose;

	snprintf(at, sizeof at, "%s", tip);
	while (!rc && at[0] && (w->deep || packed < PACKED_ROW)) {
		rc = mark_commit(w, at, &scratch, parent, &loose);
		packed = loose ? 0 : packed + 1;
		memcpy(at, parent, sizeof at);
	}
	buf_release(&scratch);
	if (rc != ERR_NOT_FOUND)
		return rc;
	w->s->holes = true;
	return OK;
}

static int each_ref(void *arg, const char *name, const char *oid)
{
	struct walk *w = arg;
	git_object_t type;
	git_oid id;
	size_t size;
	bool loose;

	(void)name;
	w->rc = repo_oid(oid, &id, w->e);
	if (w->rc)
		return 1;
	if (git_odb_read_header(&size, &type, w->r->odb, &id) != 0)
		w->s->holes = true;
	else if (type == GIT_OBJECT_COMMIT)
		w->rc = walk_chain(w, oid);
	else
		w->rc = mark(w, &id, LOOSE_NAMED, &loose);
	return w->rc != OK;
}

enum err_code loose_reach(struct repo *r, struct loose_set *s, bool deep,
    struct err *e)
{
	struct walk w = { .r = r, .s = s, .deep = deep, .e = e,
		.seen = map_new() };
	enum err_code rc = w.seen ? OK : err_memory(e);

	if (!rc)
		rc = repo_ref_each(r, "refs/", each_ref, &w, e);
	map_free(w.seen);
	return rc ? rc : w.rc;
}

/* ---- what they do not ---- */

static bool is_old(const char *path, int64_t age_ms)
{
	struct timespec now;
	struct stat st;

	if (stat(path, &st) != 0 || clock_gettime(CLOCK_REALTIME, &now) != 0)
		return false;
	return (int64_t)(now.tv_sec - st.st_mtim.tv_sec) * 1000 >= age_ms;
}

size_t loose_prune(struct repo *r, const struct loose_set *s, int64_t age_ms)
{
	size_t n = 0;

	for (size_t i = 0; !s->holes && i < s->n; i++) {
		char *path = state_of(s, i) == LOOSE_FOUND ?
		    path_of(r, s->oid[i]) : NULL;

		n += path && is_old(path, age_ms) && unlink(path) == 0;
		free(path);
	}
	return n;
}

enum err_code repo_drop(struct repo *r, const char *oid, struct err *e)
{
	enum err_code rc;
	char *path;
	git_oid id;

	rc = repo_oid(oid, &id, e);
	if (rc)
		return rc;
	path = path_of(r, id.id);
	if (!path)
		return err_memory(e);
	if (unlink(path) != 0 && access(path, F_OK) == 0)
		rc = err_errno(e, "%s", path);
	free(path);
	git_odb_refresh(r->odb);
	if (!rc && git_odb_exists(r->odb, &id))
		rc = err_set(e, ERR_BUSY, _("object %s is in a pack"), oid);
	return rc;
}
