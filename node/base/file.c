/* Whole files, durable writes, the lock. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "date.h"

#define CHUNK 65536

/* Room for one read: a small file's size and the byte that shows its end, so
 * that reading thousands of them does not touch 64 KiB for each. */
static size_t read_room(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size < CHUNK)
		return (size_t)st.st_size + 1;
	return CHUNK;
}

static enum err_code read_all(int fd, const char *path, size_t max,
    struct buf *out, struct err *e)
{
	size_t had = out->n, room = read_room(fd);
	unsigned char *p;
	ssize_t n;

	do {
		p = buf_room(out, room);
		if (p == NULL)
			return err_memory(e);
		n = read(fd, p, room);
		if (n > 0)
			out->n += (size_t)n;
		if (out->n - had > max) {
			err_set(e, ERR_TOO_BIG,
			    _("%s is larger than %zu bytes"), path, max);
			return err_hint(e, _("split the file"));
		}
		/* a file as long as it said has ended */
		if (n >= 0 && (size_t)n < room && room < CHUNK)
			break;
		room = CHUNK;
	} while (n > 0 || (n < 0 && errno == EINTR));
	return n < 0 ? err_errno(e, _("reading %s"), path) : OK;
}

enum err_code file_read(const char *path, size_t max, struct buf *out,
    struct err *e)
{
	bool standard = strcmp(path, "-") == 0;
	enum err_code code;
	int fd = STDIN_FILENO;

	if (!standard)
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return err_errno(e, _("opening %s"), path);
	code = read_all(fd, path, max, out, e);
	if (!standard)
		close(fd);
	return code;
}

/* The folder that path is in, on the heap. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return slice_dup(slice_str("."));
	if (slash == path)
		return slice_dup(slice_str("/"));
	return slice_dup(slice_of(path, (size_t)(slash - path)));
}

static enum err_code sync_folder_of(const char *path, struct err *e)
{
	char *folder = folder_of(path);
	enum err_code code = folder == NULL ? err_memory(e) :
	    file_sync_dir(folder, e);

	free(folder);
	return code;
}

enum err_code file_sync_dir(const char *path, struct err *e)
{
	enum err_code code = OK;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return err_errno(e, _("opening the folder %s"), path);
	/* Some file systems cannot sync a folder and say EINVAL. */
	if (fsync(fd) != 0 && errno != EINVAL)
		code = err_errno(e, _("writing the folder %s"), path);
	close(fd);
	return code;
}

static bool write_all(int fd, struct slice s)
{
	ssize_t n;

	while (s.n > 0) {
		n = write(fd, s.p, s.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		s.p += n;
		s.n -= (size_t)n;
	}
	return true;
}

/* Give the finished temporary file its name. */
static bool put_name(const char *from, const char *path, bool exclusive)
{
	if (!exclusive)
		return rename(from, path) == 0;
	if (renameat2(AT_FDCWD, from, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
		return true;
	/* Not every file system knows RENAME_NOREPLACE; those have links. */
	if (errno != EINVAL && errno != ENOSYS)
		return false;
	if (link(from, path) != 0)
		return false;
	unlink(from);
	return true;
}

enum err_code file_write(const char *path, struct slice s, unsigned mode,
    bool exclusive, struct err *e)
{
	struct buf name = BUF_INIT;
	enum err_code code = OK;
	bool made = false;
	int fd = -1, bad;

	buf_printf(&name, "%s.tmp-XXXXXX", path);
	if ((code = buf_ok(&name, e)) != OK)
		goto done;
	fd = mkostemp((char *)name.p, O_CLOEXEC);
	made = fd >= 0;
	bad = !made || !write_all(fd, s) || fchmod(fd, (mode_t)mode) != 0 ||
	    fsync(fd) != 0;
	if (!bad) {
		bad = close(fd) != 0;
		fd = -1;
	}
	if (bad || !put_name((char *)name.p, path, exclusive)) {
		code = err_errno(e, _("writing %s"), path);
		goto done;
	}
	made = false;
	code = sync_folder_of(path, e);
done:
	if (fd >= 0)
		close(fd);
	if (made)
		unlink((char *)name.p);
	buf_release(&name);
	return code;
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

/* One folder; durable when it is new. */
static enum err_code make_one(const char *path, unsigned mode, struct err *e)
{
	struct stat st;

	if (mkdir(path, (mode_t)mode) == 0)
		return sync_folder_of(path, e);
	if (errno != EEXIST)
		return err_errno(e, _("making the folder %s"), path);
	if (stat(path, &st) != 0)
		return err_errno(e, _("looking at %s"), path);
	if (!S_ISDIR(st.st_mode))
		return err_set(e, ERR_EXISTS,
		    _("%s is there and is not a folder"), path);
	return OK;
}

enum err_code file_mkdir(const char *path, unsigned mode, struct err *e)
{
	enum err_code code = OK;
	char *copy = slice_dup(slice_str(path)), *p;
	size_t n;

	if (copy == NULL)
		return err_memory(e);
	for (n = strlen(copy); n > 1 && copy[n - 1] == '/'; n--)
		copy[n - 1] = '\0';
	for (p = copy; code == OK && *p != '\0'; p++) {
		if (*p != '/' || p == copy || p[-1] == '/')
			continue;
		*p = '\0';
		code = make_one(copy, 0755, e);
		*p = '/';
	}
	if (code == OK)
		code = make_one(copy, mode, e);
	free(copy);
	return code;
}

char *path_join(const char *dir, const char *name)
{
	struct buf b = BUF_INIT;

	buf_adds(&b, dir);
	if (b.n > 0 && b.p[b.n - 1] != '/')
		buf_addc(&b, '/');
	buf_adds(&b, name);
	return buf_steal(&b);
}

enum err_code lock_take(const char *path, int wait_ms, int *fd, struct err *e)
{
	const struct timespec nap = { .tv_nsec = 20 * 1000000 };
	int64_t until = clock_steady_ms() + wait_ms;

	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (*fd < 0)
		return err_errno(e, _("opening the lock %s"), path);
	while (flock(*fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK) {
			err_errno(e, _("locking %s"), path);
			lock_release(fd);
			return e->code;
		}
		if (clock_steady_ms() >= until) {
			lock_release(fd);
			err_set(e, ERR_BUSY, _("another wellhead holds %s"),
			    path);
			return err_hint(e, _("wait for it to finish, then try "
			    "again"));
		}
		nanosleep(&nap, NULL);
	}
	return OK;
}

void lock_release(int *fd)
{
	if (*fd >= 0)
		close(*fd);	/* flock(2) ends with the descriptor */
	*fd = -1;
}
