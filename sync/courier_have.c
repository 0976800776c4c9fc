/* The .have files: what a reader says that it has. They only save room. A
 * false one makes a bundle that its reader cannot use, which he says in the
 * next; or a longer one.
 */
#include "courier_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "lost.h"

#define MAGIC "wellhead have 1\n"
#define TEMPORARY ".wellhead-have.tmp"

static enum err_code read_have(const struct courier_folder *f,
    const char *name, struct buf *out, struct err *e)
{
	enum err_code rc;
	int fd = -1;

	rc = courier_file(f, name, &fd, e);
	while (rc == OK && out->n < COURIER_HAVE_MAX) {
		unsigned char *p = buf_room(out, 8192);
		ssize_t n = p == NULL ? 0 : read(fd, p, 8192);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			rc = courier_errno(f, name, e);
		if (n <= 0)
			break;
		out->n += (size_t)n;
		p[n] = '\0';
	}
	if (rc == OK)
		rc = buf_ok(out, e);
	if (fd >= 0)
		close(fd);
	return rc;
}

/* The commit on the line of ref; false when there is no such line. "" for
 * zeros and for what is not a commit's name. */
static bool find_line(const struct buf *text, const char *ref,
    char oid[OID_HEX])
{
	const unsigned char *p = text->p, *end = text->p + text->n, *stop;
	size_t n = strlen(ref);
	unsigned char raw[20];

	if (text->n < sizeof MAGIC - 1 ||
	    memcmp(p, MAGIC, sizeof MAGIC - 1) != 0)
		return false;
	for (; p < end; p = stop + 1) {
		stop = memchr(p, '\n', (size_t)(end - p));
		if (stop == NULL)
			return false;
		if ((size_t)(stop - p) != OID_HEX + n ||
		    memcmp(p + OID_HEX, ref, n) != 0)
			continue;
		oid[0] = '\0';
		if (hex_decode(slice_of(p, OID_HEX - 1), raw, 20) &&
		    memcmp(p, "00000000", 8) != 0)
			snprintf(oid, OID_HEX, "%.40s", (const char *)p);
		return true;
	}
	return false;
}

/* Who reads `file`? Headquarters what nodes write; of what headquarters
 * writes, the nodes that have a line for hq/<branch>. */
static bool is_reader(const char *name, const struct buf *text,
    const char *file)
{
	char ref[64], oid[OID_HEX];

	if (strncmp(file, "hq-", 3) != 0)
		return strcmp(name, "hq" HAVE_SUFFIX) == 0;
	snprintf(ref, sizeof ref, "refs/heads/hq/%s", file + 3);
	return strncmp(name, "node-", 5) == 0 && find_line(text, ref, oid);
}

/* How many commits from our end of the chain back to `have`; SIZE_MAX when
 * it is none of them. */
static size_t distance(struct work *k, const struct courier_ref *r,
    const char *have)
{
	struct buf oids = BUF_INIT;
	struct err ignored;
	char here[OID_HEX];
	size_t n = SIZE_MAX;

	if (have[0] != '\0' && repo_ref_get(k->repo, courier_from(r), here,
	    &ignored) == OK && here[0] != '\0' &&
	    work_commits(k, here, have, &oids, &ignored) == OK)
		n = oids.n / 20;
	buf_release(&oids);
	return n;
}

/* Of what one reader has and what another has, the older. */
static void older(struct work *k, const struct courier_ref *r,
    const char *have, char base[OID_HEX], size_t *far)
{
	size_t n = distance(k, r, have);

	if (n < *far)
		return;
	*far = n;
	snprintf(base, OID_HEX, "%s", n == SIZE_MAX ? "" : have);
}

/* Is this .have file that of the node whose chain it is? */
static bool is_owner(const char *name, const char *ref)
{
	const char *code = strchr(ref + sizeof "refs/heads/" - 1, '/');
	size_t n;

	if (strncmp(ref, "refs/heads/hq/", 14) == 0 || code == NULL)
		return false;
	n = strcspn(++code, "/");
	return strncmp(name, "node-", 5) == 0 &&
	    strncmp(name + 5, code, n) == 0 &&
	    strcmp(name + 5 + n, HAVE_SUFFIX) == 0;
}

enum err_code courier_base(struct work *k, const struct courier_folder *f,
    const struct courier_ref *r, char base[OID_HEX], bool *readers,
    struct err *e)
{
	struct buf text = BUF_INIT;
	struct err ignored;
	char have[OID_HEX], now[120];
	size_t far = 0;

	e->code = OK;
	base[0] = '\0';
	*readers = strncmp(r->name, LOST_REFS, sizeof LOST_REFS - 1) == 0;
	/* what headquarters had lost continues what it says that it has */
	if (*readers && r->have[0] != '\0')
		snprintf(base, OID_HEX, "%s", r->have);
	if (*readers)
		return OK;
	for (size_t i = 0; i < f->n; i++) {
		const char *name = f->name[i];
		size_t n = strlen(name);

		buf_clear(&text);
		if (n < sizeof HAVE_SUFFIX || strcmp(name + n -
		    strlen(HAVE_SUFFIX), HAVE_SUFFIX) != 0 ||
		    read_have(f, name, &text, &ignored) != OK ||
		    !is_reader(name, &text, r->file))
			continue;
		*readers = true;
		if (!find_line(&text, r->name, have) &&
		    (!courier_before(r->name, now) ||
		     !find_line(&text, now, have)))
			have[0] = '\0';
		/* what we have not heard of yet, its writer has */
		if (is_owner(name, r->name) && have[0] != '\0' &&
		    distance(k, r, have) == SIZE_MAX && repo_ref_get(k->repo,
		    courier_from(r), have, e) != OK)
			break;
		older(k, r, have, base, &far);
	}
	if (!*readers && distance(k, r, r->have) != SIZE_MAX)
		snprintf(base, OID_HEX, "%s", r->have);
	if (e->code == OK)
		e->code = buf_ok(&text, e);
	buf_release(&text);
	return e->code;
}

static enum err_code write_file(const struct courier_folder *f,
    struct slice text, struct err *e)
{
	enum err_code rc = OK;
	int fd = openat(f->fd, TEMPORARY, O_WRONLY | O_CREAT | O_TRUNC |
	    O_NOFOLLOW | O_CLOEXEC, 0666);

	if (fd < 0)
		return courier_errno(f, TEMPORARY, e);
	while (rc == OK && text.n > 0) {
		ssize_t n = write(fd, text.p, text.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			rc = courier_errno(f, TEMPORARY, e);
			break;
		}
		text = slice_of(text.p + n, text.n - (size_t)n);
	}
	if (rc == OK && fsync(fd) != 0)
		rc = courier_errno(f, TEMPORARY, e);
	close(fd);
	if (rc != OK)
		unlinkat(f->fd, TEMPORARY, 0);
	return rc;
}

enum err_code courier_have_write(struct work *k,
    const struct courier_folder *f, struct err *e)
{
	const struct courier_put *p = k->put;
	struct buf text = BUF_INIT, old = BUF_INIT;
	struct err ignored;
	char name[64];
	enum err_code rc;

	snprintf(name, sizeof name, "%s" HAVE_SUFFIX, p->who);
	buf_adds(&text, MAGIC);
	buf_addb(&text, p->have);
	rc = buf_ok(&text, e);
	if (rc == OK && (read_have(f, name, &old, &ignored) != OK ||
	    !slice_eq(slice_buf(&old), slice_buf(&text)))) {
		rc = write_file(f, slice_buf(&text), e);
		if (rc == OK)
			rc = courier_replace(f, TEMPORARY, name, e);
	}
	buf_release(&old);
	buf_release(&text);
	return rc;
}
