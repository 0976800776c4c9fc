/* Attachments' bytes: out of the folder into changesets, and back.
 */
#include <errno.h>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attach.h"
#include "base/file.h"
#include "base/text.h"
#include "chain_impl.h"
#include "chunk.h"
#include "hash.h"

#define PART_FOLDER "attachments/part"

/* ---- names ---- */

static char *whole_path(const struct node *n, const char *sha256)
{
	char name[16 + 65];

	snprintf(name, sizeof name, "attachments/%.2s/%.62s", sha256,
	    sha256 + 2);
	return path_join(n->dir, name);
}

/* What has come of a file by one chain: <sha256>.<code>.<epoch8>. By one
 * only, so that a chain with wrong bytes spoils no other's. */
static char *part_path(const struct node *n, const struct header *h,
    const char *sha256)
{
	char name[sizeof PART_FOLDER + 65 + CHAIN_NAME + 12];

	snprintf(name, sizeof name, PART_FOLDER "/%.64s.%.16s.%.8s", sha256,
	    chain_file_code(h->chain), h->epoch);
	return path_join(n->dir, name);
}

/* Call fn with each part of a file. */
typedef void (*part_fn)(const char *path, void *arg);
static void parts_each(const struct node *n, const char *sha256, part_fn fn,
    void *arg)
{
	char *folder = path_join(n->dir, PART_FOLDER);
	DIR *d = folder ? opendir(folder) : NULL;
	struct dirent *entry;

	while (d && (entry = readdir(d))) {
		char *path;

		if (strncmp(entry->d_name, sha256, 64) != 0)
			continue;
		path = path_join(folder, entry->d_name);
		if (path)
			fn(path, arg);
		free(path);
	}
	if (d)
		closedir(d);
	free(folder);
}

static void remove_part(const char *path, void *arg)
{
	(void)arg;
	unlink(path);
}

static void longest(const char *path, void *arg)
{
	int64_t *most = arg;
	struct stat st;

	if (stat(path, &st) == 0 && st.st_size > *most)
		*most = st.st_size;
}

int64_t chunk_bytes(const struct node *n, const char *sha256)
{
	char *path = whole_path(n, sha256);
	struct stat st;
	int64_t most = 0;

	if (path && stat(path, &st) == 0)
		most = st.st_size;
	else
		parts_each(n, sha256, longest, &most);
	free(path);
	return most;
}

static enum err_code hash_file(const char *path, char out[SHA_HEX],
    struct buf *bytes, struct err *e)
{
	unsigned char sum[SHA256_LEN];
	enum err_code rc;

	buf_clear(bytes);
	rc = file_read(path, ATTACHMENT_MAX, bytes, e);
	if (rc)
		return rc;
	sha256(slice_buf(bytes), sum);
	hex_text(sum, sizeof sum, out);
	return OK;
}

/* ---- sealing ---- */

/* Is the file what it was when it was attached? */
static enum err_code check_whole(const char *path, const char *sha256,
    bool *good, struct err *e)
{
	struct buf bytes = BUF_INIT;
	char now[SHA_HEX];
	enum err_code rc;

	*good = false;
	if (!file_exists(path))
		return OK;
	rc = hash_file(path, now, &bytes, e);
	*good = !rc && strcmp(now, sha256) == 0;
	buf_release(&bytes);
	return rc == ERR_TOO_BIG ? OK : rc;
}

/* Up to CHUNK_LEN bytes at `at`; none: there is no such file, or it ends
 * before. */
static enum err_code read_at(const char *path, int64_t at,
    unsigned char out[CHUNK_LEN], size_t *len, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	enum err_code rc = OK;
	ssize_t n = 0;

	*len = 0;
	if (fd < 0)
		return errno == ENOENT ? OK : err_errno(e, "%s", path);
	while (*len < CHUNK_LEN) {
		n = pread(fd, out + *len, CHUNK_LEN - *len,
		    (off_t)at + (off_t)*len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		*len += (size_t)n;
	}
	if (n < 0)
		rc = err_errno(e, "%s", path);
	close(fd);
	return rc;
}

/* The bytes of one chunk into b. *here: they are, and what they were: asked
 * of the whole file when its first chunk goes. */
static enum err_code read_chunk(struct node *n, struct value *cell,
    struct batch *b, bool *here, struct err *e)
{
	unsigned char *bytes = malloc(CHUNK_LEN);
	char sha[SHA_HEX], *path = NULL;
	int64_t at = cell[CHUNK_OFFSET].i;
	enum err_code rc = OK;
	size_t len = 0;

	*here = true;
	hex_text(cell[CHUNK_SHA256].s.p, SHA256_LEN, sha);
	path = whole_path(n, sha);
	if (!path || !bytes) {
		rc = err_memory(e);
		goto done;
	}
	if (at == 0)
		rc = check_whole(path, sha, here, e);
	if (!rc && *here)
		rc = read_at(path, at, bytes, &len, e);
	*here = len > 0;
	if (!rc && *here) {
		cell[CHUNK_BYTES] = value_bytes(batch_text(b,
		    slice_of(bytes, len)));
		rc = batch_ok(b, e);
	}
done:
	free(bytes);
	free(path);
	return rc;
}

static bool is_queued(const struct section *s)
{
	return s && s->nrow == 1 && s->cell[CHUNK_SHA256].kind == VALUE_BYTES &&
	    s->cell[CHUNK_SHA256].s.n == SHA256_LEN &&
	    s->cell[CHUNK_OFFSET].kind == VALUE_INT &&
	    s->cell[CHUNK_OFFSET].i >= 0;
}

enum err_code chunk_take(struct node *n, const char *chain, struct batch *b,
    struct err *e)
{
	struct section *s;
	stamp_t last;
	bool here = false;
	enum err_code rc;

	for (;;) {
		batch_release(b);
		batch_init(b, n->catalogue);
		rc = outbox_take(n->store, chain, 1, b, &last, e);
		if (rc || batch_rows(b) == 0)
			return rc;
		s = batch_section(b, NULL, TABLE_CHUNK);
		if (!is_queued(s))
			return err_set(e, ERR_CORRUPT, _("the outbox is "
			    "damaged"));
		rc = read_chunk(n, s->cell, b, &here, e);
		if (rc || here)
			return rc;
		rc = outbox_done(n->store, chain, last, e);
		if (rc)
			return rc;
	}
}

/* ---- taking in ---- */

struct named {
	int64_t at;
	size_t len;
	const char *media;	/* of the whole file, or NULL: any */
	bool any, fits, last;
};

/* Chunks are CHUNK_LEN long, but for the last. */
static int look_named(void *arg, const struct attachment *a)
{
	struct named *w = arg;
	int64_t end = w->at + (int64_t)w->len;

	w->any = true;
	if (w->media ? strcmp(w->media, a->media) == 0 && a->size == end :
	    a->size == end || (a->size > end && w->len == CHUNK_LEN))
		w->fits = true;
	if (a->size == end)
		w->last = true;
	return 0;
}

static bool is_chunk(const struct value *cell)
{
	return cell[CHUNK_SHA256].kind == VALUE_BYTES &&
	    cell[CHUNK_SHA256].s.n == SHA256_LEN &&
	    cell[CHUNK_OFFSET].kind == VALUE_INT &&
	    cell[CHUNK_OFFSET].i >= 0 &&
	    cell[CHUNK_OFFSET].i < (int64_t)ATTACHMENT_MAX &&
	    cell[CHUNK_OFFSET].i % CHUNK_LEN == 0 &&
	    cell[CHUNK_BYTES].kind == VALUE_BYTES &&
	    cell[CHUNK_BYTES].s.n > 0 && cell[CHUNK_BYTES].s.n <= CHUNK_LEN;
}

static enum err_code check_chunk(struct node *n, const struct value *cell,
    const char *sha256, struct named *w, struct err *e)
{
	enum err_code rc;

	*w = (struct named){ .at = cell[CHUNK_OFFSET].i,
		.len = cell[CHUNK_BYTES].s.n };
	rc = attachment_named(n->store, sha256, look_named, w, e);
	if (rc || w->fits)
		return rc;
	if (w->any)
		return err_set(e, ERR_FORMAT, _("it holds a part of the file "
		    "%.10s that lies outside it"), sha256);
	return err_set(e, ERR_REF, _("it holds a part of the file %.10s, "
	    "which no record that has come names"), sha256);
}

/* Write at its place, if all before it is there; durable. A part that is not
 * whole again after a folder was restored stays so until a rebuild. */
static enum err_code write_part(const char *path, int64_t at,
    struct slice bytes, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
	    0600);
	enum err_code rc = OK;
	struct stat st;
	ssize_t n = 0;

	if (fd < 0)
		return err_errno(e, "%s", path);
	if (fstat(fd, &st) != 0) {
		rc = err_errno(e, "%s", path);
		goto done;
	}
	while (st.st_size >= at && bytes.n > 0) {
		n = pwrite(fd, bytes.p, bytes.n, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		bytes = slice_of(bytes.p + n, bytes.n - (size_t)n);
		at += n;
	}
	if (n < 0 || fdatasync(fd) != 0)
		rc = err_errno(e, "%s", path);
done:
	close(fd);
	return rc;
}

/* It is what its name says: to its place, and nobody's parts are needed any
 * more. */
static enum err_code put_in_place(struct node *n, const char *part,
    const char *sha256, struct err *e)
{
	char *path = whole_path(n, sha256), folder[16], *dir = NULL;
	enum err_code rc;

	snprintf(folder, sizeof folder, "attachments/%.2s", sha256);
	dir = path_join(n->dir, folder);
	if (!path || !dir) {
		rc = err_memory(e);
		goto done;
	}
	rc = file_mkdir(dir, 0700, e);
	if (!rc && rename(part, path) != 0)
		rc = err_errno(e, "%s", path);
	if (!rc)
		rc = file_sync_dir(dir, e);
	if (!rc)
		parts_each(n, sha256, remove_part, NULL);
done:
	free(dir);
	free(path);
	return rc;
}

/* The last chunk is there. A file that is not what was named goes. */
static enum err_code finish(struct node *n, const char *part,
    const char *sha256, struct named *w, bool replay, struct err *e)
{
	struct buf bytes = BUF_INIT;
	char now[SHA_HEX];
	enum err_code rc = hash_file(part, now, &bytes, e);

	if (rc || bytes.n != (size_t)w->at + w->len)
		goto done;	/* something before it is missing */
	w->media = attachment_media(slice_buf(&bytes));
	w->fits = false;
	if (w->media && strcmp(now, sha256) == 0)
		rc = attachment_named(n->store, sha256, look_named, w, e);
	if (rc)
		goto done;
	if (w->fits) {
		rc = put_in_place(n, part, sha256, e);
		goto done;
	}
	unlink(part);
	if (!replay)
		rc = err_set(e, ERR_CORRUPT, _("the file %.10s, now whole, "
		    "is not the one that a record names; it was left out"),
		    sha256);
done:
	buf_release(&bytes);
	return rc;
}

static enum err_code take_chunk(struct node *n, const struct header *h,
    const struct value *cell, bool replay, struct err *e)
{
	char sha[SHA_HEX], *part = NULL, *folder = NULL;
	struct named w;
	enum err_code rc;

	if (!is_chunk(cell))
		return err_set(e, ERR_FORMAT, _("a part of a file in it "
		    "cannot be read"));
	hex_text(cell[CHUNK_SHA256].s.p, SHA256_LEN, sha);
	rc = check_chunk(n, cell, sha, &w, e);
	if (rc || n->lock < 0 || attach_here(n, sha))
		return rc;
	part = part_path(n, h, sha);
	folder = path_join(n->dir, PART_FOLDER);
	if (!part || !folder) {
		rc = err_memory(e);
		goto done;
	}
	rc = file_mkdir(folder, 0700, e);
	if (!rc)
		rc = write_part(part, w.at, cell[CHUNK_BYTES].s, e);
	if (!rc && w.last)
		rc = finish(n, part, sha, &w, replay, e);
done:
	free(folder);
	free(part);
	return rc;
}

enum err_code chunk_apply(struct node *n, const struct header *h,
    const struct batch *b, bool replay, struct err *e)
{
	enum err_code rc = OK;

	for (size_t i = 0; !rc && i < b->nsection; i++) {
		const struct section *s = &b->section[i];

		if (s->type || s->fixed != TABLE_CHUNK)
			continue;
		for (size_t k = 0; !rc && k < s->nrow; k++)
			rc = take_chunk(n, h, s->cell + k * s->table->ncol,
			    replay, e);
	}
	return rc;
}

/* ---- verify ---- */

struct checking {
	struct node *n;
	size_t files;
	enum err_code rc;
	struct err *e;
};

static int check_named(void *arg, const struct attachment *a)
{
	struct checking *c = arg;
	char *path = whole_path(c->n, a->sha256);
	bool good = false;

	if (!path) {
		c->rc = err_memory(c->e);
	} else if (file_exists(path)) {
		c->files++;
		c->rc = check_whole(path, a->sha256, &good, c->e);
		if (!c->rc && !good)
			c->rc = err_set(c->e, ERR_CORRUPT, _("%s is not what "
			    "was attached"), path);
	}
	free(path);
	return c->rc != OK;
}

enum err_code chunk_verify(struct node *n, size_t *files, struct err *e)
{
	struct checking c = { .n = n, .e = e };
	enum err_code rc = attachment_named(n->store, NULL, check_named, &c,
	    e);

	*files = c.files;
	return rc ? rc : c.rc;
}
