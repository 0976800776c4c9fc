#include "courier_impl.h"
#include "lost.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum err_code courier_put(const struct courier_put *p, struct transfer *t,
    struct err *e)
{
	struct url u;
	struct work k = { .kind = WORK_PUT, .url = &u, .repo_path = p->repo,
		.limits = t, .put = p, .wire = WIRE_INIT };

	if (url_parse(p->url, &u, e) != OK)
		return e->code;
	if (work_watch(&k, t->notes, e) == OK)
		return OK;
	return err_in(e, "%s", u.shown);
}

const char *courier_from(const struct courier_ref *r)
{
	return r->from[0] != '\0' ? r->from : r->name;
}

bool courier_before(const char *name, char now[120])
{
	static const char past[] = "refs/heads/past/";
	size_t n = sizeof past - 1, len = strlen(name);
	const char *lost = strstr(name, "/past/");

	if (strncmp(name, LOST_REFS, sizeof LOST_REFS - 1) == 0 && lost) {
		snprintf(now, 120, "refs/heads%.100s", lost);
		return true;
	}
	if (strncmp(name, past, n) != 0 || len < n + sizeof "hq/./12345678" - 1)
		return false;
	snprintf(now, 120, "refs/heads/%.*s", (int)(len - n) - 9, name + n);
	return true;
}

/* ---- the folder ---- */

enum err_code courier_errno(const struct courier_folder *f, const char *name,
    struct err *e)
{
	switch (errno) {
	case ENOSPC: case EDQUOT: case EFBIG:
		err_set(e, ERR_IO, _("%s: there is no room for %s"), f->shown,
		    name);
		return err_hint(e, _("make room there, or take another stick; "
		    "nothing here was lost, and what stood there still "
		    "stands"));
	case EROFS: case EACCES: case EPERM:
		err_set(e, ERR_IO, _("%s: %s may not be written"), f->shown,
		    name);
		return err_hint(e, _("the stick may have a switch against "
		    "writing, or be mounted read-only, or belong to another "
		    "user"));
	case ENOENT: case EIO: case ENODEV: case ENXIO: case ESTALE:
	case ENOTDIR:
		err_set(e, ERR_OFFLINE, _("%s went away, or cannot be read: "
		    "%s"), f->shown, name);
		return err_hint(e, _("plug the stick in again, then repeat "
		    "the command"));
	case ENOMEM:
		return err_memory(e);
	default:
		return err_errno(e, "%s: %s", f->shown, name);
	}
}

/* One folder down, without following a link. fd is closed. */
static enum err_code descend(struct courier_folder *f, int fd,
    const char *name, bool make, struct err *e)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	enum err_code rc = OK;

	f->fd = openat(fd, name, flags);
	if (f->fd < 0 && errno == ENOENT && make) {
		if (mkdirat(fd, name, 0777) != 0 && errno != EEXIST)
			rc = courier_errno(f, name, e);
		else if (fsync(fd) != 0 && errno != EINVAL)
			rc = courier_errno(f, name, e);
		else
			f->fd = openat(fd, name, flags);
	}
	if (rc == OK && f->fd < 0 && (errno != ENOENT || make))
		rc = errno == ELOOP || errno == ENOTDIR
		    ? err_set(e, ERR_FORMAT, _("%s: %s is not a folder"),
			f->shown, name)
		    : courier_errno(f, name, e);
	close(fd);
	return rc;
}

static bool ends_with(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n > m && strcmp(s + n - m, suffix) == 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

static enum err_code add_name(struct courier_folder *f, const char *name,
    struct err *e)
{
	char (*more)[64];
	size_t n = strlen(name);

	if (n >= sizeof *more || name[0] == '.' ||
	    (!ends_with(name, BUNDLE_SUFFIX) && !ends_with(name, HAVE_SUFFIX)))
		return OK;
	more = reallocarray(f->name, f->n + 1, sizeof *more);
	if (more == NULL)
		return err_memory(e);
	f->name = more;
	memcpy(more[f->n++], name, n + 1);
	return OK;
}

static enum err_code list(struct work *k, struct courier_folder *f,
    struct err *e)
{
	enum err_code rc = OK;
	struct dirent *entry;
	int copy = dup(f->fd);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	size_t seen = 0;

	if (d == NULL) {
		rc = courier_errno(f, ".", e);
		if (copy >= 0)
			close(copy);
		return rc;
	}
	for (errno = 0; rc == OK && (entry = readdir(d)) != NULL; errno = 0) {
		work_alive(k);
		if (++seen > COURIER_FILES_MAX)
			rc = err_set(e, ERR_TOO_BIG, _("%s: there are more "
			    "than %d files in wellhead's folder"), f->shown,
			    COURIER_FILES_MAX);
		else
			rc = add_name(f, entry->d_name, e);
	}
	if (rc == OK && errno != 0)
		rc = courier_errno(f, ".", e);
	closedir(d);
	if (rc == OK && f->n > 1)
		qsort(f->name, f->n, sizeof *f->name, by_name);
	return rc;
}

enum err_code courier_open(struct work *k, bool make,
    struct courier_folder *f, struct err *e)
{
	const char *path = k->url->path;
	char org8[9];
	enum err_code rc;
	int fd;

	*f = (struct courier_folder){ .fd = -1, .shown = path };
	if (k->limits->org == NULL)
		return err_set(e, ERR_INTERNAL, _("a courier's folder wants "
		    "to know the organisation"));
	snprintf(org8, sizeof org8, "%.8s", k->limits->org);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		err_set(e, ERR_OFFLINE, _("there is no folder %s"), path);
		return err_hint(e, _("plug the stick in, or mount it, then "
		    "try again"));
	}
	rc = descend(f, fd, "wellhead", make, e);
	if (rc == OK && f->fd >= 0)
		rc = descend(f, f->fd, org8, make, e);
	if (rc == OK && f->fd >= 0)
		rc = list(k, f, e);
	return rc;
}

void courier_close(struct courier_folder *f)
{
	if (f->fd >= 0)
		close(f->fd);
	free(f->name);
	*f = (struct courier_folder){ .fd = -1 };
}

enum err_code courier_file(const struct courier_folder *f,
    const char *name, int *fd, struct err *e)
{
	struct stat st;

	/* a pipe would let us wait for ever */
	*fd = openat(f->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC | O_NOCTTY);
	if (*fd < 0 && errno != ELOOP && errno != ENXIO)
		return courier_errno(f, name, e);
	if (*fd >= 0 && fstat(*fd, &st) == 0 && S_ISREG(st.st_mode))
		return OK;
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	return err_set(e, ERR_FORMAT, _("it is not a plain file"));
}

/* Up to max bytes from the start. */
static enum err_code read_start(const struct courier_folder *f,
    const char *name, int fd, size_t max, struct buf *out, struct err *e)
{
	while (out->n < max) {
		unsigned char *p = buf_room(out, 8192);
		ssize_t n;

		if (p == NULL)
			return err_memory(e);
		n = read(fd, p, 8192);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return courier_errno(f, name, e);
		if (n == 0)
			break;
		out->n += (size_t)n;
		/* most heads end here */
		if (memmem(out->p, out->n, "\n\nPACK", 6) != NULL)
			break;
	}
	return OK;
}

enum err_code courier_head(const struct courier_folder *f,
    const char *name, int fd, struct bundle *b, struct err *e)
{
	struct buf text = BUF_INIT;
	enum err_code rc;

	*b = (struct bundle){0};
	rc = read_start(f, name, fd, BUNDLE_HEAD_MAX, &text, e);
	if (rc == OK)
		rc = bundle_parse(slice_buf(&text), b, e);
	if (rc == OK && lseek(fd, (off_t)b->head, SEEK_SET) < 0)
		rc = courier_errno(f, name, e);
	buf_release(&text);
	return rc;
}

enum err_code courier_piece(void *pack, struct slice *piece, struct err *e)
{
	struct courier_pack *p = pack;
	ssize_t n;

	do {
		n = read(p->fd, p->piece, sizeof p->piece);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return courier_errno(p->folder, p->name, e);
	*piece = slice_of(p->piece, (size_t)n);
	p->work->wire.received += (uint64_t)n;
	work_alive(p->work);
	return OK;
}

uint64_t courier_number(const char *name, const char *file)
{
	size_t n = strlen(file);
	char *end = NULL;
	uint64_t number;

	if (strncmp(name, file, n) != 0 || name[n] != '-' ||
	    name[n + 1] < '0' || name[n + 1] > '9')
		return 0;
	number = strtoull(name + n + 1, &end, 10);
	return strcmp(end, BUNDLE_SUFFIX) == 0 && number < 100000000
	    ? number : 0;
}

void courier_note(struct work *k, const char *name, const struct err *e)
{
	struct buf line = BUF_INIT;

	buf_printf(&line, "%s: %s\n", name, e->detail);
	if (!line.failed && k->limits->notes != NULL)
		work_tell(k, slice_buf(&line));
	buf_release(&line);
}

enum err_code courier_replace(const struct courier_folder *f,
    const char *temporary, const char *name, struct err *e)
{
	if (renameat(f->fd, temporary, f->fd, name) != 0)
		return courier_errno(f, name, e);
	if (fsync(f->fd) != 0 && errno != EINVAL)
		return courier_errno(f, name, e);
	return OK;
}
