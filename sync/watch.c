/* The loop that syncs again and again.
 */
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "base/file.h"
#include "chain_impl.h"
#include "checkpoint.h"
#include "hash.h"
#include "signals.h"
#include "watch.h"

#define LOCK_FILE "watch.lock"
#define FIRST_WAIT_MS 5000
#define LONG_WAIT_MS (15 * 60 * 1000)
#define SHORT_WAIT_MS 1000
/* How often we look whether something was entered or pushed. */
#define LOOK_MS 2000
#define META_DAILY "daily"	/* meta: Unix day of the last daily work */
#define DAY_MS (86400 * 1000)

/* What changes when somebody writes here. */
struct trace {
	struct timespec store, log;
	off_t log_size;
	uint64_t refs;
};

struct watch {
	const char *dir;
	const struct watch_options *o;
	int lock;
	struct signals signals;	/* a transfer reads them, too */
	struct trace trace;
	bool hq;
	int failures;
};

int64_t watch_wait(int failures, int64_t every_ms, uint64_t random)
{
	int64_t most = every_ms > LONG_WAIT_MS ? every_ms : LONG_WAIT_MS;
	int64_t limit = FIRST_WAIT_MS;

	for (int i = 1; i < failures && limit < most; i++)
		limit *= 2;
	if (limit > most)
		limit = most;
	return SHORT_WAIT_MS +
	    (int64_t)(random % (uint64_t)(limit - SHORT_WAIT_MS + 1));
}

static void tell(const struct watch *w, const struct watch_event *ev)
{
	if (w->o->event)
		w->o->event(w->o->arg, ev);
}

/* ---- signals ---- */

/* Wait up to ms; true: we are to end. */
static bool is_over(const struct watch *w, int64_t ms)
{
	struct pollfd p = { w->signals.fd, POLLIN, 0 };

	return poll(&p, 1, (int)ms) > 0 && signals_came(&w->signals);
}

/* ---- has anything changed? ---- */

static struct timespec changed(const struct watch *w, const char *name,
    off_t *size)
{
	char *path = path_join(w->dir, name);
	struct stat st = {0};

	if (path && stat(path, &st) == 0)
		*size = st.st_size;
	else
		*size = 0;
	free(path);
	return st.st_mtim;
}

static int add_ref(void *arg, const char *name, const char *oid)
{
	uint64_t *sum = arg;

	for (; *name; name++)
		*sum = (*sum ^ (unsigned char)*name) * 0x100000001b3u;
	for (; *oid; oid++)
		*sum = (*sum ^ (unsigned char)*oid) * 0x100000001b3u;
	return 0;
}

/* Headquarters: what branches have pushed. One that cannot be read now is
 * read at the next look. */
static uint64_t refs_now(const struct watch *w)
{
	char *path = path_join(w->dir, REPO_FILE);
	struct repo *r = NULL;
	struct err ignored;
	uint64_t sum = 0;

	if (path && !repo_open(&r, path, &ignored) &&
	    repo_ref_each(r, "refs/", add_ref, &sum, &ignored))
		sum = 0;
	repo_close(r);
	free(path);
	return sum;
}

static void look(const struct watch *w, struct trace *t)
{
	off_t size;

	*t = (struct trace){0};
	t->store = changed(w, STORE_FILE, &size);
	t->log = changed(w, STORE_FILE "-wal", &t->log_size);
	if (w->hq)
		t->refs = refs_now(w);
}

static bool same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* Does anything wait to be sealed? A look at a report writes here, too. */
static bool has_entered(const struct watch *w)
{
	struct node *n = NULL;
	struct err ignored;
	stamp_t oldest;
	size_t waiting = 0;

	if (node_open(&n, w->dir, NODE_READ, &ignored))
		return false;
	if (outbox_count(n->store, &waiting, &oldest, &ignored))
		waiting = 0;
	node_close(n);
	return waiting > 0;
}

static bool has_news(struct watch *w)
{
	struct trace now;
	bool pushed, written;

	look(w, &now);
	pushed = now.refs != w->trace.refs;
	written = !same_time(now.store, w->trace.store) ||
	    !same_time(now.log, w->trace.log) ||
	    now.log_size != w->trace.log_size;
	if (!pushed && written && !has_entered(w)) {
		look(w, &w->trace);
		return false;
	}
	return pushed || written;
}

/* True: we are to end. While the remote cannot be reached, what is entered
 * does not bring it nearer: only a push at headquarters is looked for. */
static bool rest(struct watch *w, int64_t ms)
{
	int64_t until = clock_steady_ms() + ms, at;

	for (;;) {
		at = clock_steady_ms();
		if (at >= until)
			return is_over(w, 0);
		if (is_over(w, until - at < LOOK_MS ? until - at : LOOK_MS))
			return true;
		if ((!w->failures || w->hq) && has_news(w))
			return false;
	}
}

/* ---- work ---- */

static enum err_code open_node(struct watch *w, struct node **n,
    struct err *e)
{
	enum err_code rc = node_open(n, w->dir, NODE_WRITE, e);

	if (!rc)
		rc = node_repo(*n, e);
	if (!rc)
		rc = node_key(*n, e);
	if (!rc)
		w->hq = store_identity((*n)->store)->hq;
	return rc;
}

static enum err_code note_day(struct node *n, int64_t day, struct err *e)
{
	char text[24];
	enum err_code rc;

	snprintf(text, sizeof text, "%lld", (long long)day);
	rc = store_begin(n->store, e);
	if (rc)
		return rc;
	rc = store_meta_set(n->store, META_DAILY, slice_str(text), e);
	if (!rc)
		rc = store_commit(n->store, e);
	if (rc)
		store_rollback(n->store);
	return rc;
}

/* Once a day, when a sync went well. */
static enum err_code daily(struct watch *w, struct node *n, struct err *e)
{
	int64_t day = clock_ms() / DAY_MS;
	struct watch_event ev = { .kind = WATCH_PACKED };
	struct repacked packed;
	struct sealed sealed;
	struct buf last = BUF_INIT;
	enum err_code rc;

	rc = store_meta_get(n->store, META_DAILY, &last, e);
	buf_addc(&last, '\0');
	if (!rc)
		rc = buf_ok(&last, e);
	if (rc || strtoll((const char *)last.p, NULL, 10) == day)
		goto done;
	if (w->hq)
		rc = checkpoint_make(n, true, &sealed, e);
	if (!rc)
		rc = repo_prune(n->repo, GARBAGE_AGE_MS, &packed, e);
	if (!rc)
		rc = note_day(n, day, e);
	ev.packed = &packed;
	if (!rc && (packed.objects || packed.pruned))
		tell(w, &ev);
done:
	buf_release(&last);
	return rc;
}

static enum err_code work(struct watch *w, struct synced *s, struct err *e)
{
	struct node *n = NULL;
	enum err_code rc = open_node(w, &n, e);

	if (!rc)
		rc = sync_run(n, &w->o->sync, s, e);
	if (!rc && w->o->daemon)
		rc = daily(w, n, e);
	node_close(n);
	look(w, &w->trace);
	return rc;
}

/* Waiting does not mend these. */
static bool is_final(enum err_code rc)
{
	switch (rc) {
	case ERR_NO_NODE: case ERR_KEY: case ERR_NEWER: case ERR_NOT_FOUND:
	case ERR_USAGE:
		return true;
	default:
		return false;
	}
}

static int64_t wait_after(struct watch *w, enum err_code rc)
{
	uint64_t random;
	int64_t every = w->o->every_ms;

	random_bytes(&random, sizeof random);
	if (rc == ERR_BUSY)	/* somebody is at work here: soon */
		return watch_wait(1, every, random);
	w->failures = rc && rc != ERR_WINDOW ? w->failures + 1 : 0;
	if (w->failures)
		return watch_wait(w->failures, every, random);
	/* many branches, one headquarters: not all in the same second */
	return every - every / 10 + (int64_t)(random %
	    (uint64_t)(every / 5 + 1));
}

static enum err_code loop(struct watch *w, struct err *e)
{
	for (;;) {
		struct synced s = {0};
		struct err bad = {0};
		struct watch_event ev = { .kind = WATCH_SYNCED, .synced = &s,
			.e = &bad };
		enum err_code rc = work(w, &s, &bad);

		if (rc == ERR_INTERRUPTED)
			return OK;
		if (is_final(rc)) {
			*e = bad;
			return rc;
		}
		if (rc)
			ev.kind = WATCH_FAILED;
		ev.wait_ms = wait_after(w, rc);
		tell(w, &ev);
		if (rest(w, ev.wait_ms))
			return OK;
	}
}

static enum err_code take_lock(struct watch *w, struct err *e)
{
	char *store = path_join(w->dir, STORE_FILE);
	char *path = path_join(w->dir, LOCK_FILE);
	enum err_code rc = store && path ? OK : err_memory(e);

	if (!rc && file_exists(store))
		rc = lock_take(path, 0, &w->lock, e);
	if (rc == ERR_BUSY) {
		err_set(e, ERR_BUSY, _("a daemon or another “sync --watch” "
		    "is at work in %s"), w->dir);
		err_hint(e, _("one is enough; “systemctl status” or “ps” "
		    "shows it"));
	}
	free(store);
	free(path);
	return rc;
}

enum err_code watch_run(const char *dir, const struct watch_options *o,
    struct err *e)
{
	struct watch w = { .dir = dir, .o = o, .signals = SIGNALS_INIT,
		.lock = -1 };
	struct watch_event end = { .kind = WATCH_STOPPED };
	enum err_code rc = signals_catch(&w.signals, e);

	if (!rc)
		rc = take_lock(&w, e);
	if (!rc)
		rc = loop(&w, e);
	if (!rc)
		tell(&w, &end);
	lock_release(&w.lock);
	signals_release(&w.signals);
	return rc;
}
