/* Which files a verify has read: the objects and the store, each with its
 * size, times and inode. While they are the same files, what was good is.
 */
#include "verified.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "chain_impl.h"

struct lines {
	char **line;
	size_t n, cap;
};

static void lines_release(struct lines *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->line[i]);
	free(l->line);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A file that is not there has no line. */
static void add_stat(const char *path, const char *name, struct buf *out)
{
	struct stat st;

	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return;
	buf_printf(out, "%s %jd %jd.%09ld %jd.%09ld %ju\n", name,
	    (intmax_t)st.st_size, (intmax_t)st.st_mtim.tv_sec,
	    st.st_mtim.tv_nsec, (intmax_t)st.st_ctim.tv_sec,
	    st.st_ctim.tv_nsec, (uintmax_t)st.st_ino);
}

static enum err_code add_line(struct lines *l, const char *path,
    const char *name, struct err *e)
{
	struct buf b = BUF_INIT;

	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 64;
		char **more = reallocarray(l->line, cap, sizeof *more);

		if (!more)
			return err_memory(e);
		l->line = more;
		l->cap = cap;
	}
	add_stat(path, name, &b);
	if (b.n == 0 && !b.failed)
		return OK;
	l->line[l->n] = buf_steal(&b);
	if (!l->line[l->n])
		return err_memory(e);
	l->n++;
	return OK;
}

/* The files below a folder of objects, one level of folders deep. */
static enum err_code add_folder(struct lines *l, const char *path,
    const char *prefix, struct err *e)
{
	DIR *d = opendir(path);
	struct dirent *entry;
	enum err_code rc = OK;

	if (!d)
		return errno == ENOENT || errno == ENOTDIR ? OK :
		    err_errno(e, _("opening the folder %s"), path);
	while (!rc && (entry = readdir(d))) {
		char *child = path_join(path, entry->d_name);
		struct buf name = BUF_INIT;

		buf_printf(&name, "%s%s", prefix, entry->d_name);
		if (entry->d_name[0] == '.')
			rc = OK;
		else if (!child || buf_ok(&name, e))
			rc = err_memory(e);
		else if (!*prefix && entry->d_type != DT_REG) {
			buf_addc(&name, '/');
			rc = buf_ok(&name, e);
			if (!rc)
				rc = add_folder(l, child, (char *)name.p, e);
		} else
			rc = add_line(l, child, (char *)name.p, e);
		buf_release(&name);
		free(child);
	}
	closedir(d);
	return rc;
}

enum err_code verified_files(const struct node *n, struct buf *objects,
    struct buf *store, struct err *e)
{
	static const char *const part[] = { STORE_FILE, STORE_FILE "-wal" };
	char *path = path_join(n->dir, REPO_FILE "/objects");
	struct lines l = {0};
	enum err_code rc = path ? add_folder(&l, path, "", e) : err_memory(e);

	if (!rc && l.n)
		qsort(l.line, l.n, sizeof *l.line, by_text);
	for (size_t i = 0; !rc && i < l.n; i++)
		buf_adds(objects, l.line[i]);
	for (size_t i = 0; !rc && i < sizeof part / sizeof *part; i++) {
		free(path);
		path = path_join(n->dir, part[i]);
		if (!path)
			rc = err_memory(e);
		else
			add_stat(path, part[i], store);
	}
	if (!rc)
		rc = buf_ok(objects, e);
	if (!rc)
		rc = buf_ok(store, e);
	lines_release(&l);
	free(path);
	return rc;
}

/* Both are sorted by line. */
bool verified_within(const char *before, const char *now)
{
	while (*before && *now) {
		size_t n = strcspn(before, "\n"), k = strcspn(now, "\n");

		if (n == k && memcmp(before, now, n) == 0)
			before += n + (before[n] != '\0');
		now += k + (now[k] != '\0');
	}
	return *before == '\0';
}
