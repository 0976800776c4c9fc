#include "repo_git.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <zlib.h>

#include "base/file.h"

/* libgit2 1.5.1 reads a loose object that was cut short for ever (inflate
 * gives nothing more, and it asks again), and opens each file twice to learn
 * the size first. So loose objects are read here, and only packs by it. */

/* Room for "commit 12345678901" and its NUL, and for nearly every commit and
 * tree whole: one call of zlib then, which keeps no window of 32 KiB. */
#define HEAD_MAX 4096

struct loose {
	z_stream z;
	char head[HEAD_MAX];
	size_t got;		/* bytes in head */
	size_t start;		/* where in it the content begins */
	git_object_t kind;
	size_t size;
	bool ended;		/* the stream is complete */
};

static bool inflate_head(struct loose *l)
{
	const char *space, *nul;
	char *end = NULL;
	int rc;

	l->z.next_out = (unsigned char *)l->head;
	l->z.avail_out = HEAD_MAX;
	rc = inflate(&l->z, Z_FINISH);
	if (rc == Z_BUF_ERROR && l->z.avail_out == 0)
		rc = Z_OK;
	l->ended = rc == Z_STREAM_END;
	l->got = HEAD_MAX - l->z.avail_out;
	nul = memchr(l->head, '\0', l->got);
	if ((rc != Z_OK && rc != Z_STREAM_END) || nul == NULL)
		return false;
	l->start = (size_t)(nul - l->head) + 1;
	space = strchr(l->head, ' ');
	if (space == NULL || space[1] < '0' || space[1] > '9')
		return false;
	errno = 0;
	l->size = strtoul(space + 1, &end, 10);
	if (errno != 0 || end != nul || l->size > INT_MAX)
		return false;
	l->head[space - l->head] = '\0';
	l->kind = git_object_string2type(l->head);
	return l->kind != GIT_OBJECT_INVALID;
}

/* The rest of the content, after what came with the head. There is room for
 * one byte too many, so that a stream longer than its head says shows. */
static bool inflate_body(struct loose *l, unsigned char *p)
{
	size_t have = l->got - l->start;
	int rc;

	if (have > l->size)
		return false;
	memcpy(p, l->head + l->start, have);
	if (l->ended)
		return have == l->size && l->z.avail_in == 0;
	l->z.next_out = p + have;
	l->z.avail_out = (uInt)(l->size - have + 1);
	rc = inflate(&l->z, Z_FINISH);
	return rc == Z_STREAM_END && l->z.avail_in == 0 &&
	    l->z.avail_out == 1;
}

static enum err_code damaged(const char *oid, struct err *e)
{
	err_set(e, ERR_CORRUPT, _("object %s is damaged in the repository"),
	    oid);
	return err_hint(e, _("take the repository from a backup or from a "
	    "remote: every object there can be fetched again"));
}

static enum err_code read_stream(struct slice file, const char *oid,
    git_object_t kind, size_t max, struct buf *out, struct err *e)
{
	struct loose l = { .ended = false };
	unsigned char *p = NULL;
	enum err_code rc;

	l.z.next_in = (unsigned char *)(uintptr_t)file.p;
	l.z.avail_in = (uInt)file.n;
	if (inflateInit(&l.z) != Z_OK)
		return err_memory(e);
	rc = inflate_head(&l) ? repo_check(oid, l.kind, kind, l.size, max, e)
	    : damaged(oid, e);
	if (rc != OK)
		goto done;
	p = buf_room(out, l.size + 1);
	if (p == NULL) {
		rc = err_memory(e);
	} else if (!inflate_body(&l, p)) {
		rc = damaged(oid, e);
	} else {
		p[l.size] = '\0';
		out->n += l.size;
	}
done:
	inflateEnd(&l.z);
	return rc;
}

static enum err_code check_name(struct slice content, const char *oid,
    git_object_t kind, struct err *e)
{
	git_oid want, have;
	enum err_code rc = repo_oid(oid, &want, e);

	if (rc != OK)
		return rc;
	if (git_odb_hash(&have, content.p, content.n, kind) != 0 ||
	    !git_oid_equal(&want, &have))
		return damaged(oid, e);
	return OK;
}

/* The object's file; what is being pushed stands in a folder beside. */
static enum err_code read_file(const struct repo *r, const char *oid,
    size_t max, struct buf *file, struct err *e)
{
	/* Deflate never makes data much larger; the slack is its frame. */
	const size_t most = max + max / 1000 + 200;
	char *path = NULL;
	enum err_code rc;

	if (asprintf(&path, "%s/objects/%.2s/%s", r->path, oid, oid + 2) < 0)
		return err_memory(e);
	rc = file_read(path, most, file, e);
	free(path);
	if (rc != ERR_NOT_FOUND || r->incoming == NULL)
		return rc;
	if (asprintf(&path, "%s/%.2s/%s", r->incoming, oid, oid + 2) < 0)
		return err_memory(e);
	rc = file_read(path, most, file, e);
	free(path);
	return rc;
}

enum err_code repo_loose(struct repo *r, const char *oid, git_object_t kind,
    size_t max, struct buf *out, struct err *e)
{
	struct buf file = BUF_INIT;
	size_t before = out->n;
	enum err_code rc;

	rc = read_file(r, oid, max, &file, e);
	if (rc == OK)
		rc = read_stream(slice_buf(&file), oid, kind, max, out, e);
	if (rc == OK)
		rc = check_name(slice_of(out->p + before, out->n - before),
		    oid, kind, e);
	if (rc != OK)
		out->n = before;
	buf_release(&file);
	return rc;
}
