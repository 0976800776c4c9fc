/* Writing bundles: beside the old one, synced, read back, then in its place.
 */
#include "courier_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SYNC_EVERY ((size_t)4 << 20)

struct putting {
	struct work *work;
	struct courier_folder folder;
	const char *file;	/* "node-TC" */
	struct bundle want;	/* what the new bundle says */
	git_packbuilder *pack;
	int fd;
	size_t unsynced;		/* bytes since the last sync */
	char temporary[64];
	struct err *e;
	struct err failed;	/* in the middle of libgit2's loop */
};

/* ---- what goes in ---- */

static enum err_code add_commits(struct putting *t, const struct buf *oids,
    struct err *e)
{
	git_oid id;
	int git = 0;

	for (size_t at = 0; git == 0 && at + 20 <= oids->n; at += 20) {
		memcpy(id.id, oids->p + at, 20);
		git = git_packbuilder_insert_commit(t->pack, &id);
		work_alive(t->work);
	}
	return git == 0 ? OK : err_git(e, git, _("gathering what to send"));
}

static enum err_code add_chain(struct putting *t, const struct courier_ref *r,
    const char *here, const char *base, struct err *e)
{
	struct buf oids = BUF_INIT;
	enum err_code rc = OK;

	if (strcmp(here, base) == 0)
		return OK;
	rc = work_commits(t->work, here, base, &oids, e);
	if (rc == OK)
		rc = add_commits(t, &oids, e);
	if (rc == OK && base[0] != '\0')
		rc = bundle_add_need(&t->want, base, e);
	if (rc == OK)
		rc = bundle_add_ref(&t->want, here, r->name, e);
	buf_release(&oids);
	return rc;
}

static enum err_code add_blob(struct putting *t, const struct courier_ref *r,
    const char *here, struct err *e)
{
	git_oid id;
	enum err_code rc = repo_oid(here, &id, e);
	int git = 0;

	if (rc == OK)
		git = git_packbuilder_insert(t->pack, &id, NULL);
	if (git != 0)
		return err_git(e, git, _("gathering what to send"));
	return rc == OK ? bundle_add_ref(&t->want, here, r->name, e) : rc;
}

static enum err_code add_ref(struct putting *t, const struct courier_ref *r,
    bool *readers, struct err *e)
{
	char here[OID_HEX], base[OID_HEX];
	enum err_code rc = repo_ref_get(t->work->repo,
	    courier_from(r), here, e);

	if (rc != OK || here[0] == '\0')
		return rc;
	if (strncmp(r->name, "refs/mail/", 10) == 0)
		return add_blob(t, r, here, e);
	rc = courier_base(t->work, &t->folder, r, base, readers, e);
	return rc == OK ? add_chain(t, r, here, base, e) : rc;
}

/* ---- writing ---- */

static enum err_code write_all(struct putting *t, struct slice s,
    struct err *e)
{
	while (s.n > 0) {
		ssize_t n = write(t->fd, s.p, s.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return courier_errno(&t->folder, t->file, e);
		s = slice_of(s.p + n, s.n - (size_t)n);
		t->work->wire.sent += (uint64_t)n;
		t->unsynced += (size_t)n;
		/* a slow stick would else be silent for minutes at the end */
		if (t->unsynced > SYNC_EVERY && fdatasync(t->fd) != 0)
			return courier_errno(&t->folder, t->file, e);
		if (t->unsynced > SYNC_EVERY)
			t->unsynced = 0;
		work_alive(t->work);
	}
	return OK;
}

static int on_pack(void *data, size_t n, void *arg)
{
	struct putting *t = arg;

	return write_all(t, slice_of(data, n), &t->failed) == OK ? 0 : -1;
}

static enum err_code write_bundle(struct putting *t, struct err *e)
{
	struct buf head = BUF_INIT;
	enum err_code rc;
	int git;

	bundle_head(&t->want, &head);
	rc = buf_ok(&head, e);
	if (rc == OK)
		rc = write_all(t, slice_buf(&head), e);
	buf_release(&head);
	if (rc != OK)
		return rc;
	git = git_packbuilder_foreach(t->pack, on_pack, t);
	if (git != 0 && t->failed.code != OK) {
		*e = t->failed;
		return e->code;
	}
	if (git != 0)
		return err_git(e, git, _("packing what to send"));
	if (fsync(t->fd) != 0)
		return courier_errno(&t->folder, t->file, e);
	return OK;
}

static bool same(const struct bundle *a, const struct bundle *b)
{
	bool same = a->nref == b->nref && a->nneed == b->nneed;

	for (size_t i = 0; same && i < a->nref; i++)
		same = strcmp(a->ref[i].oid, b->ref[i].oid) == 0 &&
		    strcmp(a->ref[i].name, b->ref[i].name) == 0;
	for (size_t i = 0; same && i < a->nneed; i++)
		same = strcmp(a->need[i], b->need[i]) == 0;
	return same;
}

/* Read it as its reader will: head and every object, from the stick and not
 * from what this machine remembers of it. */
static enum err_code check_file(struct putting *t, const char *name,
    struct err *e)
{
	struct courier_pack *p = calloc(1, sizeof *p);
	struct bundle b = {0};
	enum err_code rc;

	if (p == NULL)
		return err_memory(e);
	p->work = t->work;
	p->folder = &t->folder;
	p->name = name;
	rc = courier_file(&t->folder, name, &p->fd, e);
	if (rc != OK)
		goto done;
	posix_fadvise(p->fd, 0, 0, POSIX_FADV_DONTNEED);
	rc = courier_head(&t->folder, name, p->fd, &b, e);
	if (rc == OK && !same(&b, &t->want))
		rc = err_set(e, ERR_CORRUPT, _("its head is another one"));
	if (rc == OK)
		rc = work_pack_check(t->work, courier_piece, p,
		    git_packbuilder_object_count(t->pack), e);
	close(p->fd);
done:
	bundle_release(&b);
	free(p);
	return rc;
}

/* ---- one file ---- */

/* The greatest number there is of this file; *whole: that one says what the
 * new one would, and is good. */
static uint64_t newest(struct putting *t, bool *whole)
{
	const char *name = NULL;
	struct err ignored;
	uint64_t best = 0;

	for (size_t i = 0; i < t->folder.n; i++) {
		uint64_t n = courier_number(t->folder.name[i], t->file);

		if (n > best) {
			best = n;
			name = t->folder.name[i];
		}
	}
	*whole = name != NULL && t->want.nref > 0 &&
	    check_file(t, name, &ignored) == OK;
	return best;
}

/* Our own bundles that another has replaced or that nobody needs. */
static enum err_code remove_old(struct putting *t, uint64_t keep,
    struct err *e)
{
	for (size_t i = 0; i < t->folder.n; i++) {
		const char *name = t->folder.name[i];
		uint64_t n = name ? courier_number(name, t->file) : 0;

		if (n != 0 && n != keep && unlinkat(t->folder.fd, name, 0) !=
		    0 && errno != ENOENT)
			return courier_errno(&t->folder, name, e);
	}
	return OK;
}

static enum err_code write_new(struct putting *t, uint64_t number,
    struct err *e)
{
	char name[56];
	enum err_code rc;

	snprintf(name, sizeof name, "%.31s-%08llu" BUNDLE_SUFFIX, t->file,
	    (unsigned long long)number);
	/* always the same name: what a killed command left is written over */
	snprintf(t->temporary, sizeof t->temporary, ".%.31s.tmp", t->file);
	t->fd = openat(t->folder.fd, t->temporary, O_WRONLY | O_CREAT |
	    O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (t->fd < 0)
		return courier_errno(&t->folder, name, e);
	rc = write_bundle(t, e);
	if (close(t->fd) != 0 && rc == OK)
		rc = courier_errno(&t->folder, name, e);
	if (rc == OK)
		rc = check_file(t, t->temporary, e);
	if (rc == ERR_FORMAT || rc == ERR_CORRUPT || rc == ERR_TOO_BIG) {
		e->code = rc = ERR_IO;
		err_in(e, _("%s: what was written does not read back"),
		    t->folder.shown);
		err_hint(e, _("the stick may be worn out: take another one"));
	}
	if (rc == OK)
		rc = courier_replace(&t->folder, t->temporary, name, e);
	if (rc != OK)
		unlinkat(t->folder.fd, t->temporary, 0);
	return rc;
}

static enum err_code put_file(struct putting *t, const struct courier_ref *r,
    size_t n, struct err *e)
{
	bool any = t->work->put->anyone, readers = false, whole;
	enum err_code rc = OK;
	uint64_t number;
	int git = git_packbuilder_new(&t->pack, t->work->repo->git);

	if (git != 0)
		return err_git(e, git, _("gathering what to send"));
	t->file = r->file;
	for (size_t i = 0; rc == OK && i < n; i++) {
		rc = add_ref(t, &r[i], &readers, e);
		any = any || readers;
	}
	/* headquarters answers those whose files it finds here */
	if (rc != OK || (!any && strncmp(t->file, "hq-", 3) == 0))
		return rc;
	number = newest(t, &whole);
	if (whole || t->want.nref == 0)
		return remove_old(t, whole ? number : 0, e);
	rc = write_new(t, number + 1, e);
	return rc == OK ? remove_old(t, number + 1, e) : rc;
}

enum err_code courier_work_put(struct work *k, struct err *e)
{
	const struct courier_put *p = k->put;
	struct putting t = { .work = k, .fd = -1, .e = e };
	enum err_code rc = courier_open(k, true, &t.folder, e);

	for (size_t at = 0, n; rc == OK && at < p->n; at += n) {
		for (n = 1; at + n < p->n && strcmp(p->ref[at + n].file,
		    p->ref[at].file) == 0; n++)
			;
		rc = put_file(&t, &p->ref[at], n, e);
		bundle_release(&t.want);
		git_packbuilder_free(t.pack);
		t.pack = NULL;
	}
	if (rc == OK)
		rc = courier_have_write(k, &t.folder, e);
	courier_close(&t.folder);
	return rc;
}
