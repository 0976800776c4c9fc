#include "transport_work.h"

#include <stdio.h>

#include "base/date.h"

#define CAPS "side-band-64k ofs-delta no-progress agent=wellhead"
/* A commit whose size nobody knows yet is taken for an eighth of a slice. */
#define COMMITS_FIRST 8
#define FLAT_MOST 16		/* letters in one request */

/* ---- one request ---- */

/* Chains that came in part go one by one, deeper each time; all that are
 * new go together, with the newest commits of each. */
struct request {
	struct line **line;
	size_t n, depth;
	struct buf ask;
};

static bool is_partial(const struct line *l)
{
	return l->count > 0 || l->nold > 0;
}

static void choose(const struct lines *ls, struct request *r)
{
	size_t i;

	r->n = 0;
	for (i = 0; i < ls->n; i++)
		if (!ls->l[i].whole && !ls->l[i].flat && !is_partial(&ls->l[i]))
			r->line[r->n++] = &ls->l[i];
	for (i = 0; i < ls->n && r->n == 0; i++)
		if (!ls->l[i].whole && !ls->l[i].flat)
			r->line[r->n++] = &ls->l[i];
	/* letters last and few at a time: they stay loose, so that they can go
	 * at once */
	for (i = 0; i < ls->n && (r->n == 0 || r->line[0]->flat) &&
	    r->n < FLAT_MOST; i++)
		if (!ls->l[i].whole)
			r->line[r->n++] = &ls->l[i];
}

static void set_depth(const struct work *k, struct request *r)
{
	size_t n = k->per_commit > 0 ? work_slice(k) / k->per_commit
	    : work_slice(k) / (SLICE_FIRST / COMMITS_FIRST);

	r->depth = r->line[0]->count + (n > 1 ? n : 1);
}

static void add_shallow(struct request *r, const struct line *l)
{
	size_t i;

	if (l->bottom[0] != '\0')
		wire_pkt(&r->ask, "shallow %s\n", l->bottom);
	for (i = 0; i < l->nold; i++)
		if (l->old_bottom[i][0] != '\0' &&
		    strcmp(l->old_bottom[i], l->bottom) != 0)
			wire_pkt(&r->ask, "shallow %s\n", l->old_bottom[i]);
}

/* Each chain is a line, so the ends that we have say all. */
static void add_haves(struct request *r, const struct line *l)
{
	size_t i;

	if (l->count > 0)
		wire_pkt(&r->ask, "have %s\n", l->there);
	for (i = 0; i < l->nold; i++)
		if (l->old_bottom[i][0] != '\0')
			wire_pkt(&r->ask, "have %s\n", l->old[i]);
	if (l->base[0] != '\0')
		wire_pkt(&r->ask, "have %s\n", l->base);
}

static enum err_code write_request(struct work *k, struct request *r,
    struct err *e)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		wire_pkt(&r->ask, "want %s%s\n", r->line[i]->there,
		    i == 0 ? " " CAPS : "");
	for (i = 0; i < r->n; i++)
		add_shallow(r, r->line[i]);
	if (r->depth > 0)
		wire_pkt(&r->ask, "deepen %zu\n", r->depth);
	buf_adds(&r->ask, "0000");
	for (i = 0; i < r->n; i++)
		add_haves(r, r->line[i]);
	wire_pkt(&r->ask, "done\n");
	if (buf_ok(&r->ask, e) != OK)
		return e->code;
	return wire_write(&k->wire, slice_buf(&r->ask), e);
}

static bool begins(struct slice s, const char *word)
{
	return s.n >= strlen(word) && memcmp(s.p, word, strlen(word)) == 0;
}

static enum err_code out_of_order(struct err *e)
{
	return err_set(e, ERR_FORMAT, _("the remote answered out of order"));
}

/* Where the remote stopped; what is here tells us that as well. */
static enum err_code read_shallow(struct work *k, struct err *e)
{
	struct slice line;
	enum pkt kind;

	do {
		if (wire_read(&k->wire, &kind, &line, e) != OK)
			return e->code;
		if (kind == PKT_DATA && !begins(line, "shallow ") &&
		    !begins(line, "unshallow "))
			return out_of_order(e);
	} while (kind == PKT_DATA);
	return OK;
}

/* Answers to what we have, one or several; the pack comes next. */
static enum err_code read_answers(struct work *k, struct err *e)
{
	struct slice line;
	enum pkt kind;
	size_t n;

	for (n = 0;; n++) {
		if (wire_read(&k->wire, &kind, &line, e) != OK)
			return e->code;
		if (kind == PKT_DATA && line.n > 0 && line.p[0] <= 3 && n > 0) {
			wire_unread(&k->wire, line);
			return OK;
		}
		if (kind != PKT_DATA || (!begins(line, "ACK") &&
		    !begins(line, "NAK")))
			return out_of_order(e);
	}
}

static enum err_code ask(struct work *k, struct request *r, struct err *e)
{
	if (write_request(k, r, e) != OK)
		return e->code;
	k->busy = !k->landed;
	if (r->depth > 0 && read_shallow(k, e) != OK)
		return e->code;
	if (read_answers(k, e) != OK || work_pack(k, e) != OK)
		return e->code;
	k->busy = 0;
	k->landed = true;
	return OK;
}

/* ---- all of them ---- */

enum err_code work_take(struct work *k, const struct line *l, struct err *e)
{
	const struct refspec *s = &l->s;
	struct buf oids = BUF_INIT;
	char here[OID_HEX];
	enum err_code rc;

	rc = repo_ref_get(k->repo, s->to, here, e);
	if (rc != OK || strcmp(l->there, here) == 0)
		return rc;
	if (!s->force && here[0] != '\0') {
		rc = work_commits(k, l->there, here, &oids, e);
		if (rc == ERR_CHAIN)
			err_in(e, _("the remote's %s"), s->from);
	}
	if (rc == OK)
		rc = repo_ref_set(k->repo, s->to, here, l->there, e);
	buf_release(&oids);
	return rc;
}

/* What came of a request: follow each line, take those that are whole. */
static enum err_code settle(struct work *k, struct request *r, uint64_t bytes,
    int64_t ms, struct err *e)
{
	size_t i, commits = 0;

	for (i = 0; i < r->n; i++) {
		struct line *l = r->line[i];
		size_t before = l->count;

		if (line_follow(k, l, e) != OK)
			return e->code;
		commits += l->count - before;
		if (r->depth == 0 && !l->whole)
			return err_set(e, ERR_FORMAT, _("the remote did not "
			    "send all of %s"), l->s.from);
	}
	if (commits == 0)
		return err_set(e, ERR_FORMAT, _("the remote sent nothing of "
		    "what it has"));
	work_adapt(k, bytes, ms);
	k->per_commit = (uint32_t)(bytes / commits) + 1;
	return OK;
}

static enum err_code one_request(struct work *k, struct lines *ls,
    struct request *r, struct err *e)
{
	uint64_t before = k->wire.received;
	int64_t start = clock_steady_ms();
	enum err_code rc;

	buf_clear(&r->ask);
	r->depth = 0;
	if (work_can(k, "shallow"))
		set_depth(k, r);
	rc = work_afford(k, k->per_commit, e);
	if (rc == OK)
		rc = ask(k, r, e);
	if (rc == OK)
		rc = wire_close(&k->wire, e);
	if (rc == OK)
		rc = settle(k, r, k->wire.received - before,
		    clock_steady_ms() - start, e);
	return rc == OK ? lines_save(k, ls, e) : rc;
}

static enum err_code take_whole(struct work *k, const struct lines *ls,
    struct err *e)
{
	size_t i;

	for (i = 0; i < ls->n; i++)
		if (ls->l[i].whole && work_take(k, &ls->l[i], e) != OK)
			return e->code;
	return OK;
}

/* ---- what is not there any more ---- */

struct gone {
	struct work *k;
	enum err_code rc;
	struct err *e;
};

/* The remote's name of what stands here as `name`, by this refspec; false if
 * it does not ask for that. */
static bool theirs(const struct refspec *s, const char *name, char from[240])
{
	size_t n = strlen(s->to), m = strlen(s->from);

	if (n == 0 || m == 0 || s->to[n - 1] != '*') {
		snprintf(from, 240, "%s", s->from);
		return strcmp(s->to, name) == 0;
	}
	snprintf(from, 240, "%.*s%.100s", (int)m - 1, s->from, name +
	    (strncmp(name, s->to, n - 1) == 0 ? n - 1 : 0));
	return strncmp(name, s->to, n - 1) == 0;
}

static int drop_gone(void *arg, const char *name, const char *oid)
{
	struct gone *g = arg;
	char from[240], there[OID_HEX] = "";
	bool asked = false;
	size_t i;

	(void)oid;
	for (i = 0; !asked && i < g->k->n; i++)
		asked = theirs(&g->k->spec[i], name, from);
	if (asked)
		work_ref(g->k, from, there);
	if (asked && there[0] == '\0')
		g->rc = repo_ref_remove(g->k->repo, name, g->e);
	return g->rc != OK;
}

/* Our copy of a ref says what the remote has. One that it does not show is
 * not there: it was put back from an older copy, say. */
static enum err_code drop_all_gone(struct work *k, struct err *e)
{
	struct gone g = { .k = k, .rc = OK, .e = e };
	enum err_code rc;

	rc = repo_ref_each(k->repo, "refs/remotes/", drop_gone, &g, e);
	return rc == OK ? g.rc : rc;
}

/* One connection: greet, ask for what is missing. *more: not all of it came
 * yet. */
static enum err_code round_trip(struct work *k, bool *more, struct err *e)
{
	struct request r = { .ask = BUF_INIT };
	struct lines ls = { NULL, 0, 0, BUF_INIT };
	enum err_code rc;
	size_t i;

	*more = false;
	rc = work_greet(k, "upload-pack", e);
	if (rc == OK)
		rc = drop_all_gone(k, e);
	if (rc == OK)
		rc = lines_make(k, &ls, e);
	if (rc == OK)
		r.line = calloc(ls.n + 1, sizeof(struct line *));
	if (rc == OK && r.line == NULL)
		rc = err_memory(e);
	if (rc == OK && r.line != NULL) {
		choose(&ls, &r);
		if (r.n > 0)
			rc = one_request(k, &ls, &r, e);
		else if ((rc = wire_write(&k->wire, slice_str("0000"), e)) ==
		    OK)
			rc = wire_close(&k->wire, e);
	}
	if (rc == OK)
		rc = take_whole(k, &ls, e);
	for (i = 0; rc == OK && i < ls.n; i++)
		*more = *more || !ls.l[i].whole;
	buf_release(&r.ask);
	free(r.line);
	lines_release(&ls);
	return rc;
}

enum err_code work_fetch(struct work *k, struct err *e)
{
	enum err_code rc;
	bool more = true;

	for (rc = OK; rc == OK && more;)
		rc = round_trip(k, &more, e);
	return rc;
}
