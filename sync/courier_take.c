/* Reading bundles: each by itself, so that one bad file stops no other.
 */
#include "courier_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "relay.h"

#define HEADS "refs/heads/"

struct taking {
	struct work *work;
	const struct courier_folder *folder;
};

/* The refspec that asks for this ref; NULL: nobody does. A '*' at its end
 * stands for any. */
static const struct refspec *wanted(const struct work *k, const char *name)
{
	for (size_t i = 0; i < k->n; i++) {
		size_t n = strlen(k->spec[i].from);

		if (n > 0 && k->spec[i].from[n - 1] == '*'
		    ? strncmp(name, k->spec[i].from, n - 1) == 0
		    : strcmp(name, k->spec[i].from) == 0)
			return &k->spec[i];
	}
	return NULL;
}

static bool is_here(const struct work *k, const char *oid)
{
	git_oid id;
	struct err ignored;

	return repo_oid(oid, &id, &ignored) == OK &&
	    git_odb_exists(k->repo->odb, &id);
}

static enum err_code not_here(struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, _("it goes on from changesets that "
	    "are not here; its sender is told by this folder, and brings all "
	    "of them next time"));
}

static bool is_need(const struct bundle *b, const char *oid)
{
	for (size_t i = 0; i < b->nneed; i++)
		if (strcmp(b->need[i], oid) == 0)
			return true;
	return false;
}

/* "" for a ref that was not asked for. */
static void target(const struct refspec *s, const char *name, char to[120])
{
	size_t n = s ? strlen(s->to) : 0, m = s ? strlen(s->from) : 0;

	if (!s)
		to[0] = '\0';
	else if (n > 0 && m > 0 && s->from[m - 1] == '*' && s->to[n - 1] == '*')
		snprintf(to, 120, "%.*s%s", (int)n - 1, s->to, name + m - 1);
	else
		snprintf(to, 120, "%s", s->to);
}

/* Is the commit in a chain that a ref of ours reaches? Being here is not
 * enough: a bad bundle may have left it without what came before it. */
static enum err_code check_base(struct work *k, const char *name,
    const char *oid, struct err *e)
{
	char to[120], relayed[140], now[120] = "", gone[140], here[OID_HEX];
	const char *const refs[] = { to, name, relayed, now, gone };
	struct buf oids = BUF_INIT;
	struct err ignored;
	bool found = false;

	target(wanted(k, name), name, to);
	snprintf(relayed, sizeof relayed, RELAY_REFS "%s",
	    name + sizeof HEADS - 1);
	snprintf(gone, sizeof gone, RELAY_REFS "%s",
	    courier_before(name, now) ? now + sizeof HEADS - 1 : "");
	for (size_t i = 0; i < (now[0] ? 5 : 3) && !found; i++)
		found = repo_ref_get(k->repo, refs[i], here, &ignored) ==
		    OK && here[0] != '\0' &&
		    work_commits(k, here, oid, &oids, &ignored) == OK;
	buf_release(&oids);
	return found ? OK : not_here(e);
}

/* What the head promises must be there, down to what was here before: a ref
 * is set to whole chains only. */
static enum err_code check_whole(struct work *k, const struct bundle *b,
    const struct bundle_ref *r, struct err *e)
{
	char at[OID_HEX], parent[OID_HEX];
	uint64_t bytes;

	memcpy(at, r->oid, sizeof at);
	if (strncmp(r->name, "refs/mail/", 10) == 0)
		return is_here(k, at) ? OK : err_set(e, ERR_CORRUPT,
		    _("it does not hold %s"), r->name);
	while (at[0] != '\0') {
		enum err_code rc;

		if (is_need(b, at))
			return check_base(k, r->name, at, e);
		rc = work_commit(k, at, parent, &bytes, e);
		if (rc == ERR_MEMORY || rc == ERR_IO)
			return rc;
		if (rc != OK)
			return err_set(e, ERR_CORRUPT, _("it does not hold "
			    "all of %s"), r->name);
		memcpy(at, parent, sizeof at);
		work_alive(k);
	}
	return OK;
}

/* All that is wanted of it; *any: there is such a ref. */
static enum err_code check_refs(struct work *k, const struct bundle *b,
    bool *any, struct err *e)
{
	enum err_code rc = OK;

	*any = false;
	for (size_t i = 0; rc == OK && i < b->nref; i++)
		if (wanted(k, b->ref[i].name) != NULL) {
			*any = true;
			rc = check_whole(k, b, &b->ref[i], e);
		}
	return rc;
}

static enum err_code set_ref(struct work *k, const struct bundle_ref *r,
    struct err *e)
{
	char to[120], now[OID_HEX];
	enum err_code rc;

	target(wanted(k, r->name), r->name, to);
	rc = repo_ref_get(k->repo, to, now, e);
	if (rc == OK && strcmp(now, r->oid) != 0)
		rc = repo_ref_set(k->repo, to, now, r->oid, e);
	return rc;
}

static enum err_code take_pack(struct taking *t, const char *name, int fd,
    const struct bundle *b, struct err *e)
{
	struct courier_pack *p;
	enum err_code rc;

	for (size_t i = 0; i < b->nneed; i++)
		if (!is_here(t->work, b->need[i]))
			return not_here(e);
	p = calloc(1, sizeof *p);
	if (p == NULL)
		return err_memory(e);
	p->work = t->work;
	p->folder = t->folder;
	p->name = name;
	p->fd = fd;
	rc = work_pack_from(t->work, courier_piece, p, e);
	free(p);
	if (rc == OK)
		git_odb_refresh(t->work->repo->odb);
	return rc;
}

static enum err_code take_file(struct taking *t, const char *name,
    struct err *e)
{
	struct work *k = t->work;
	struct bundle b = {0};
	bool any = false;
	enum err_code rc;
	int fd = -1;

	rc = courier_file(t->folder, name, &fd, e);
	if (rc == OK)
		rc = courier_head(t->folder, name, fd, &b, e);
	if (rc != OK)
		goto done;
	/* what is here already is not read from the stick again */
	if (check_refs(k, &b, &any, e) != OK && any) {
		rc = take_pack(t, name, fd, &b, e);
		if (rc == OK)
			rc = check_refs(k, &b, &any, e);
	}
	for (size_t i = 0; rc == OK && i < b.nref; i++)
		if (wanted(k, b.ref[i].name) != NULL)
			rc = set_ref(k, &b.ref[i], e);
done:
	if (fd >= 0)
		close(fd);
	bundle_release(&b);
	return rc;
}

/* Is it this one file that is bad, or the machine or the stick? */
static bool file_is_bad(enum err_code rc)
{
	return rc == ERR_FORMAT || rc == ERR_CORRUPT || rc == ERR_TOO_BIG ||
	    rc == ERR_NOT_FOUND;
}

enum err_code courier_work_take(struct work *k, struct err *e)
{
	struct courier_folder f;
	struct taking t = { k, &f };
	enum err_code rc = courier_open(k, false, &f, e);

	for (size_t i = 0; rc == OK && i < f.n; i++) {
		struct err one = {0};
		size_t n = strlen(f.name[i]);

		if (strcmp(f.name[i] + n - strlen(HAVE_SUFFIX),
		    HAVE_SUFFIX) == 0)
			continue;
		rc = take_file(&t, f.name[i], &one);
		if (file_is_bad(rc)) {
			courier_note(k, f.name[i], &one);
			rc = OK;
		} else if (rc != OK) {
			*e = one;
		}
		work_alive(k);
	}
	courier_close(&f);
	return rc;
}
