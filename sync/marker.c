/* The marker: which folder a store was last written in.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "chain_impl.h"
#include "hash.h"
#include "marker.h"

#define MARKER_HEAD "wellhead marker 1"
#define MARKER_MAX 1000
#define META_MARKER "marker"	/* meta: there is one */
#define MACHINE_HEAD "wellhead machine 1"	/* its NUL counts */

struct marker {
	char machine[SHA_HEX], epoch[33];
	uint64_t inode;
	int64_t seq;
};

/* The machine's id is not to be shown to programs, so its hash is kept. */
static void machine_name(char out[SHA_HEX])
{
	unsigned char sum[SHA256_LEN];
	struct buf id = BUF_INIT;
	struct err ignored;
	struct slice part[2];

	snprintf(out, SHA_HEX, "-");
	if (file_read("/etc/machine-id", MARKER_MAX, &id, &ignored) == OK &&
	    id.n >= 32) {
		part[0] = slice_of(MACHINE_HEAD, sizeof MACHINE_HEAD);
		part[1] = slice_of(id.p, 32);
		sha256_of(part, 2, sum);
		hex_text(sum, sizeof sum, out);
	}
	buf_release(&id);
}

/* ---- writing ---- */

static enum err_code write_all(int fd, const struct buf *b, const char *path,
    struct err *e)
{
	size_t done = 0;

	while (done < b->n) {
		ssize_t n = write(fd, b->p + done, b->n - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_errno(e, _("writing %s"), path);
		done += (size_t)n;
	}
	return fsync(fd) ? err_errno(e, _("writing %s"), path) : OK;
}

/* The inode is known once the file is there, and rename() keeps it. */
static enum err_code fill(int fd, const char *path, struct marker *m,
    struct err *e)
{
	struct buf b = BUF_INIT;
	struct stat st;
	enum err_code rc;

	if (fstat(fd, &st))
		return err_errno(e, _("writing %s"), path);
	m->inode = (uint64_t)st.st_ino;
	buf_printf(&b, MARKER_HEAD "\nmachine %s\ninode %" PRIu64
	    "\nepoch %s\nseq %" PRId64 "\n", m->machine, m->inode, m->epoch,
	    m->seq);
	rc = buf_ok(&b, e);
	if (!rc)
		rc = write_all(fd, &b, path, e);
	buf_release(&b);
	return rc;
}

static enum err_code save(const char *dir, struct marker *m, struct err *e)
{
	char *path = path_join(dir, MARKER_FILE);
	char *new = path_join(dir, MARKER_FILE ".new");
	enum err_code rc = OK;
	int fd = -1;

	if (!path || !new) {
		rc = err_memory(e);
		goto done;
	}
	unlink(new);	/* left by a killed process */
	fd = open(new, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW,
	    0600);
	if (fd < 0) {
		rc = err_errno(e, _("making %s"), new);
		goto done;
	}
	rc = fill(fd, new, m, e);
	if (!rc && rename(new, path))
		rc = err_errno(e, _("moving %s into place"), path);
	if (!rc)
		rc = file_sync_dir(dir, e);
done:
	if (fd >= 0)
		close(fd);
	free(path);
	free(new);
	return rc;
}

/* Where the store's own chain stands. */
static enum err_code head_of(struct store *s, struct marker *m,
    struct err *e)
{
	const struct identity *id = store_identity(s);
	char chain[CHAIN_NAME];
	struct position p = {0};
	enum err_code rc;

	snprintf(chain, sizeof chain, "node/%s", id->code);
	rc = position_get(s, id->hq ? "hq/all" : chain, id->epoch, &p, e);
	*m = (struct marker){ .seq = p.seq };
	memcpy(m->epoch, id->epoch, sizeof m->epoch);
	return rc;
}

static enum err_code write_now(const char *dir, struct store *s,
    struct err *e)
{
	struct marker m;
	enum err_code rc = head_of(s, &m, e);

	machine_name(m.machine);
	return rc ? rc : save(dir, &m, e);
}

/* The file first: a store that says there is one would miss it. */
enum err_code marker_start(const char *dir, struct store *s, struct err *e)
{
	enum err_code rc = write_now(dir, s, e);

	if (!rc)
		rc = store_begin(s, e);
	if (rc)
		return rc;
	rc = store_meta_set(s, META_MARKER, slice_str("1"), e);
	if (!rc)
		rc = store_commit(s, e);
	if (rc)
		store_rollback(s);
	return rc;
}

enum err_code marker_note(struct node *n, struct err *e)
{
	return write_now(n->dir, n->store, e);
}

/* ---- reading ---- */

static bool read_marker(const struct buf *b, struct marker *m)
{
	char machine[SHA_HEX], epoch[33], inode[21], seq[20], *rest;
	int end = 0;

	*m = (struct marker){0};
	if (!b->n || memchr(b->p, 0, b->n - 1) ||
	    sscanf((const char *)b->p, MARKER_HEAD "\nmachine %64[0-9a-f-]"
	    "\ninode %20[0-9]\nepoch %32[0-9a-f]\nseq %19[0-9]\n%n",
	    machine, inode, epoch, seq, &end) != 4)
		return false;
	errno = 0;
	m->inode = strtoull(inode, &rest, 10);
	m->seq = strtoll(seq, &rest, 10);
	if (errno)
		return false;
	memcpy(m->machine, machine, sizeof machine);
	memcpy(m->epoch, epoch, sizeof epoch);
	return (size_t)end == strlen((const char *)b->p);
}

/* found: as the file says; *inode: what it is. ERR_NOT_FOUND, ERR_FORMAT. */
static enum err_code load(const char *dir, struct marker *found,
    uint64_t *inode, struct err *e)
{
	char *path = path_join(dir, MARKER_FILE);
	struct buf b = BUF_INIT;
	struct stat st;
	enum err_code rc;

	if (!path)
		return err_memory(e);
	if (lstat(path, &st)) {
		rc = err_errno(e, _("reading %s"), path);
		goto done;
	}
	*inode = (uint64_t)st.st_ino;
	rc = file_read(path, MARKER_MAX, &b, e);
	if (!rc)
		buf_addc(&b, '\0');
	if (!rc)
		rc = buf_ok(&b, e);
	if (!rc && !read_marker(&b, found))
		rc = err_set(e, ERR_FORMAT, _("%s is damaged"), path);
done:
	buf_release(&b);
	free(path);
	return rc;
}

static enum err_code had_marker(struct store *s, bool *had, struct err *e)
{
	struct buf b = BUF_INIT;
	enum err_code rc = store_meta_get(s, META_MARKER, &b, e);

	*had = b.n != 0;
	buf_release(&b);
	return rc;
}

/* A store that is ahead was killed before the marker was written. */
static enum err_code judge(struct node *n, const struct marker *found,
    uint64_t inode, enum marker_state *out, struct err *e)
{
	char machine[SHA_HEX];
	struct marker now = {0};
	enum err_code rc = head_of(n->store, &now, e);

	machine_name(machine);
	if (found->inode != inode || strcmp(found->machine, machine) != 0)
		*out = MARKER_COPIED;
	else if (strcmp(found->epoch, now.epoch) != 0 || found->seq > now.seq)
		*out = MARKER_OLDER;
	else if (!rc && found->seq < now.seq)
		rc = marker_note(n, e);
	return rc;
}

enum err_code marker_check(struct node *n, enum marker_state *out,
    struct err *e)
{
	struct err why = {0};
	struct marker found = {0};
	uint64_t inode = 0;
	bool had;
	enum err_code rc = load(n->dir, &found, &inode, &why);

	*out = MARKER_GOOD;
	if (!rc)
		return judge(n, &found, inode, out, e);
	if (rc != ERR_NOT_FOUND && rc != ERR_FORMAT && rc != ERR_TOO_BIG) {
		*e = why;
		return rc;
	}
	rc = had_marker(n->store, &had, e);
	if (!rc && had)
		*out = MARKER_GONE;
	else if (!rc)
		rc = marker_start(n->dir, n->store, e);
	return rc;
}
