#include "transport_work.h"

#include <stdio.h>

#include "base/date.h"
#include "base/text.h"

#define ZERO "0000000000000000000000000000000000000000"
#define FLAT_BESIDE 30	/* objects of chains beside a letter */
#define CAPS "report-status side-band-64k quiet agent=wellhead"

/* One slice: some refs, each moved some commits further. */
struct push {
	git_packbuilder *pack;
	struct buf commands, landed;
	size_t n;
	uint64_t bytes;		/* of the objects in it, about */
	bool more;		/* the rest goes in another slice */
	struct work *work;
	struct err *e;
};

/* ---- an epoch of headquarters' that has ended ---- */

struct ended {
	struct work *work;
	const char *there;
	bool yes;
};

static int is_before(void *arg, const char *ref, const char *oid)
{
	struct ended *d = arg;
	struct buf oids = BUF_INIT;
	struct err not;

	(void)ref;
	d->yes = work_commits(d->work, oid, d->there, &oids, &not) == OK;
	buf_release(&oids);
	return d->yes;
}

/* Was the remote put back to an epoch that we have, and that has ended? */
static enum err_code is_ended(struct work *k, const char *to,
    const char *there, bool *yes, struct err *e)
{
	struct ended d = { .work = k, .there = there };
	char folder[120];
	enum err_code rc = OK;

	if (strncmp(to, "refs/heads/hq/", 14) == 0) {
		snprintf(folder, sizeof folder, "refs/heads/past/%.80s/",
		    to + sizeof "refs/heads/" - 1);
		rc = repo_ref_each(k->repo, folder, is_before, &d, e);
	}
	*yes = d.yes;
	return rc;
}

enum err_code work_news(struct work *k, const struct refspec *s,
    const char *here, const char *there, struct buf *oids, struct err *e)
{
	enum err_code rc, seen;
	char parent[OID_HEX];
	bool over = s->force;

	/* Not having it at all says the same, without walking our chain. */
	rc = there[0] == '\0' ? OK : repo_parent(k->repo, there, parent, e);
	if (rc == OK)
		rc = work_commits(k, here, there[0] == '\0' ? s->base : there,
		    oids, e);
	if (rc != ERR_NOT_FOUND && rc != ERR_CHAIN)
		return rc;
	seen = over ? OK : is_ended(k, s->to, there, &over, e);
	if (seen)
		return seen;
	if (over) {
		buf_clear(oids);
		return work_commits(k, here, "", oids, e);
	}
	err_set(e, ERR_CHAIN, _("%s: the remote has changesets in this chain "
	    "that are not in ours"), s->to);
	return err_hint(e, _("this node may have been restored from a backup "
	    "or copied; do not go on entering records before it is cleared "
	    "up with headquarters"));
}

/* The oldest commits of a list (newest first) while the slice has room; at
 * least one. *tip is the last that went in, "" when none did. */
static enum err_code add_commits(struct push *p, const struct buf *oids,
    char tip[OID_HEX], struct err *e)
{
	struct work *k = p->work;
	char oid[OID_HEX], parent[OID_HEX];
	uint64_t bytes;
	size_t at;
	git_oid id;
	int git;

	tip[0] = '\0';
	for (at = oids->n; at >= 20; at -= 20) {
		memcpy(id.id, oids->p + at - 20, 20);
		git_oid_tostr(oid, sizeof(oid), &id);
		if (work_commit(k, oid, parent, &bytes, e) != OK)
			return e->code;
		if (p->bytes > 0 && p->bytes + bytes > work_slice(k)) {
			p->more = true;
			return OK;
		}
		git = git_packbuilder_insert_commit(p->pack, &id);
		if (git != 0)
			return err_git(e, git, _("gathering what to send"));
		p->bytes += bytes;
		memcpy(tip, oid, OID_HEX);
		work_alive(k);
	}
	return OK;
}

/* One object, whatever the remote has there now. */
static enum err_code add_flat(struct push *p, const char *here,
    char tip[OID_HEX], struct err *e)
{
	git_object_t type;
	git_oid id;
	size_t size = 0;
	int git;

	if (repo_oid(here, &id, e) != OK)
		return e->code;
	git = git_odb_read_header(&size, &type, p->work->repo->odb, &id);
	if (git != 0)
		return err_git(e, git, here);
	/* by itself, and not in a pack of many that it could not leave */
	if (git_packbuilder_object_count(p->pack) > FLAT_BESIDE ||
	    (p->bytes > 0 && p->bytes + size > work_slice(p->work))) {
		p->more = true;
		return OK;
	}
	git = git_packbuilder_insert(p->pack, &id, NULL);
	if (git != 0)
		return err_git(e, git, _("gathering what to send"));
	p->bytes += size;
	memcpy(tip, here, OID_HEX);
	return OK;
}

static enum err_code add_spec(struct push *p, const struct refspec *s,
    struct err *e)
{
	struct work *k = p->work;
	struct buf oids = BUF_INIT;
	char here[OID_HEX], there[OID_HEX], tip[OID_HEX] = "";
	bool flat;
	enum err_code rc;

	work_ref(k, s->to, there);
	rc = repo_ref_get(k->repo, s->from, here, e);
	if (rc != OK || here[0] == '\0' || strcmp(here, there) == 0)
		return rc;
	/* headquarters' chains are forced, too, and are chains all the same */
	flat = strncmp(s->to, "refs/mail/", 10) == 0;
	rc = flat ? add_flat(p, here, tip, e)
	    : work_news(k, s, here, there, &oids, e);
	if (rc == OK && !flat)
		rc = add_commits(p, &oids, tip, e);
	if (rc == OK && tip[0] != '\0') {
		bool first = p->n++ == 0;

		/* The capabilities stand behind a NUL in the first. */
		wire_pkt(&p->commands, "%s %s %s%c%s", there[0] == '\0'
		    ? ZERO : there, tip, s->to, first ? '\0' : '\n',
		    first ? CAPS : "");
		buf_printf(&p->landed, "%s %s\n", tip, s->to);
	}
	buf_release(&oids);
	return rc;
}

static int on_pack(void *data, size_t n, void *arg)
{
	struct push *p = arg;

	return wire_write(&p->work->wire, slice_of(data, n), p->e) == OK
	    ? 0 : -1;
}

/* What headquarters' hook says ends with the code of its refusal, "(E_KEY)":
 * that is what it means here, too. */
static enum err_code code_of(const struct wire *w, const char *why)
{
	const unsigned char *at = w->note.p, *close;
	size_t n = w->note.n;
	enum err_code code = ERR_COUNT;
	char name[24];

	/* "failed to update ref": its lock file is there, held or left */
	if (strstr(why, "lock") != NULL ||
	    strstr(why, "failed to update") != NULL)
		return ERR_BUSY;
	at = n == 0 ? NULL : memmem(at, n, "(E_", 3);
	close = at == NULL ? NULL : memchr(at, ')',
	    n - (size_t)(at - w->note.p));
	if (close != NULL && (size_t)(close - at) < sizeof(name)) {
		snprintf(name, sizeof(name), "%.*s", (int)(close - at - 1),
		    (const char *)at + 1);
		code = err_by_name(name);
	}
	return code < ERR_COUNT && err_status(code) == 1 ? code : ERR_CHAIN;
}

/* "ng refs/heads/x non-fast-forward" */
static enum err_code refused(struct work *k, struct slice line,
    struct err *e)
{
	char ref[120], why[200];
	const unsigned char *space = memchr(line.p, ' ', line.n);
	size_t n = space == NULL ? line.n : (size_t)(space - line.p);

	snprintf(ref, sizeof(ref), "%.*s", (int)n, (const char *)line.p);
	snprintf(why, sizeof(why), "%.*s", space == NULL ? 0
	    : (int)(line.n - n - 1), (const char *)line.p + n + 1);
	/* The hook's own words, if any, are in the note. */
	wire_note(&k->wire, slice_str(" "));
	wire_note(&k->wire, slice_str(why));
	wire_failed(&k->wire, code_of(&k->wire, why), e);
	return err_in(e, _("%s was refused"), ref);
}

static enum err_code read_status(struct work *k, struct slice report,
    struct err *e)
{
	unsigned char size[2];
	struct slice line;
	size_t n;

	while (report.n >= 4 && hex_decode(slice_of(report.p, 4), size, 2)) {
		n = (size_t)size[0] << 8 | size[1];
		if (n < 4)
			return OK;	/* the flush at its end */
		if (n > report.n)
			break;
		line = slice_of(report.p + 4, n - 4);
		report = slice_of(report.p + n, report.n - n);
		if (line.n > 0 && line.p[line.n - 1] == '\n')
			line.n--;
		if (line.n > 3 && memcmp(line.p, "ng ", 3) == 0)
			return refused(k, slice_of(line.p + 3, line.n - 3), e);
		if (line.n >= 7 && memcmp(line.p, "unpack ", 7) == 0 &&
		    !slice_eqs(line, "unpack ok")) {
			wire_note(&k->wire, line);
			return wire_failed(&k->wire, ERR_IO, e);
		}
	}
	return err_set(e, ERR_FORMAT,
	    _("the remote did not say whether it took the changesets"));
}

static enum err_code send(struct push *p, struct err *e)
{
	struct work *k = p->work;
	struct buf report = BUF_INIT;
	struct slice piece;
	enum err_code rc;
	int git;

	buf_adds(&p->commands, "0000");
	rc = buf_ok(&p->commands, e);
	if (rc == OK)
		rc = work_afford(k, p->bytes, e);
	k->busy = !k->landed;
	if (rc == OK)
		rc = wire_write(&k->wire, slice_buf(&p->commands), e);
	if (rc != OK)
		return rc;
	e->code = OK;
	git = git_packbuilder_foreach(p->pack, on_pack, p);
	if (git != 0)
		return e->code != OK ? e->code
		    : err_git(e, git, _("packing what to send"));
	for (;;) {
		rc = wire_band(&k->wire, &piece, e);
		if (rc != OK || piece.n == 0 || report.n > REFS_MAX)
			break;
		buf_addb(&report, piece);
	}
	if (rc == OK)
		rc = buf_ok(&report, e);
	if (rc == OK)
		rc = read_status(k, slice_buf(&report), e);
	buf_release(&report);
	return rc;
}

static int on_building(int stage, uint32_t done, uint32_t all, void *work)
{
	(void)stage;
	(void)done;
	(void)all;
	work_alive(work);
	return 0;
}

static enum err_code build(struct push *p, struct err *e)
{
	struct work *k = p->work;
	enum err_code rc = OK;
	size_t i;
	int git;

	git = git_packbuilder_new(&p->pack, k->repo->git);
	if (git == 0)
		git = git_packbuilder_set_callbacks(p->pack, on_building, k);
	if (git != 0)
		return err_git(e, git, _("gathering what to send"));
	for (i = 0; rc == OK && i < k->n; i++)
		rc = add_spec(p, &k->spec[i], e);
	return rc;
}

/* It is there for good, whatever becomes of the next slice. */
static enum err_code landed(struct push *p, struct err *e)
{
	struct work *k = p->work;

	k->busy = 0;
	k->landed = true;
	if (buf_ok(&p->landed, e) != OK)
		return e->code;
	if (k->limits->landed != NULL)
		work_tell(k, slice_buf(&p->landed));
	return OK;
}

static enum err_code push_slice(struct work *k, bool *more, struct err *e)
{
	struct push p = { .work = k, .e = e };
	enum err_code rc;
	int64_t start;

	rc = work_greet(k, "receive-pack", e);
	if (rc == OK)
		rc = build(&p, e);
	start = clock_steady_ms();
	if (rc == OK)
		rc = p.n > 0 ? send(&p, e)
		    : wire_write(&k->wire, slice_str("0000"), e);
	if (rc == OK && p.n > 0)
		rc = landed(&p, e);
	if (rc == OK)
		rc = wire_close(&k->wire, e);
	/* What was cut short says nothing of how fast the link is. */
	if (rc == OK)
		work_adapt(k, p.bytes, clock_steady_ms() - start);
	*more = p.more;
	buf_release(&p.commands);
	buf_release(&p.landed);
	git_packbuilder_free(p.pack);
	return rc;
}

enum err_code work_push(struct work *k, struct err *e)
{
	enum err_code rc;
	bool more = true;

	for (rc = OK; rc == OK && more;)
		rc = push_slice(k, &more, e);
	return rc;
}
