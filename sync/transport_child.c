#include "courier_impl.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/date.h"
#include "base/file.h"

/* What a hostile pack may take of this machine. */
#define MEMORY_MAX ((rlim_t)2 << 30)
#define DATA_MAX ((rlim_t)160 << 20)
#define FILE_MAX ((rlim_t)1 << 30)
#define ALIVE_MS 100

/* The parent reads until it kills us; if it is gone, so are we. */
static void write_all(int fd, const void *data, size_t n)
{
	const char *p = data;

	while (n > 0) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			_exit(1);
		p += done;
		n -= (size_t)done;
	}
}

static void tell(const struct work *k, enum frame_kind kind,
    const void *data, size_t n)
{
	struct frame f = { (uint32_t)kind, (uint32_t)n, k->wire.sent,
		k->wire.received, k->slice, k->busy };

	write_all(k->report, &f, sizeof(f));
	write_all(k->report, data, n);
}

void work_alive(void *work)
{
	struct work *k = work;
	int64_t now = clock_steady_ms();

	if (now - k->told_ms < ALIVE_MS)
		return;
	k->told_ms = now;
	tell(k, FRAME_ALIVE, NULL, 0);
}

void work_tell(struct work *k, struct slice text)
{
	while (text.n > 0) {
		size_t n = text.n < FRAME_MAX ? text.n : FRAME_MAX;

		tell(k, FRAME_TEXT, text.p, n);
		text.p += n;
		text.n -= n;
	}
}

/* What a transfer takes besides its objects. */
#define OVERHEAD 1024

uint32_t work_slice(const struct work *k)
{
	uint64_t moved = k->wire.sent + k->wire.received + OVERHEAD;
	uint64_t left = k->limits->budget > moved
	    ? k->limits->budget - moved : 0;

	return k->limits->budget == 0 || left > k->slice ? k->slice
	    : (uint32_t)left;
}

enum err_code work_afford(const struct work *k, uint64_t n, struct err *e)
{
	uint64_t moved = k->wire.sent + k->wire.received;

	if (k->limits->budget == 0 || moved + n <= k->limits->budget)
		return OK;
	return err_set(e, ERR_BUDGET, _("the next part takes about %llu "
	    "bytes, and %llu of %llu were moved"), (unsigned long long)n,
	    (unsigned long long)moved,
	    (unsigned long long)k->limits->budget);
}

void work_adapt(struct work *k, uint64_t bytes, int64_t ms)
{
	/* Too small to say anything of the link. */
	if (bytes < k->slice / 2 || ms >= SLICE_GOOD_MS)
		return;
	k->slice *= ms < SLICE_GOOD_MS / 10 ? 4 : 2;
	if (k->slice > SLICE_MAX)
		k->slice = SLICE_MAX;
}

static void limit(int what, rlim_t value)
{
	struct rlimit l;

	if (getrlimit((__rlimit_resource_t)what, &l) != 0)
		return;
	if (l.rlim_cur != RLIM_INFINITY && l.rlim_cur < value)
		return;
	l.rlim_cur = value < l.rlim_max ? value : l.rlim_max;
	setrlimit((__rlimit_resource_t)what, &l);
}

/* Bytes in use by a word of /proc/self/statm: 0 the address space, 5 data.
 * The limits are on what comes on top, so that a large parent, or a
 * sanitizer's shadow, does not count. */
static rlim_t memory_now(int word)
{
	struct buf text = BUF_INIT;
	struct err ignored;
	rlim_t pages = 0;
	char *at;

	if (file_read("/proc/self/statm", 1000, &text, &ignored) == OK &&
	    text.n > 0)
		for (at = (char *)text.p; word >= 0 && *at != '\0'; word--)
			pages = strtoul(at, &at, 10);
	buf_release(&text);
	return pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

/* A group of our own, that the parent can end whole, and that ends with the
 * parent; the signals as a program finds them at its start. */
static void settle(const struct work *k)
{
	static const int defaults[] = { SIGINT, SIGTERM, SIGHUP, SIGCHLD };
	rlim_t memory = memory_now(0), data = memory_now(5);
	sigset_t none;
	size_t i;

	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++)
		signal(defaults[i], SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, FILE_MAX);
	limit(RLIMIT_CPU, (rlim_t)k->limits->deadline_s + 5);
	if (memory > 0)
		limit(RLIMIT_AS, memory + MEMORY_MAX);
	if (data > 0)
		limit(RLIMIT_DATA, data + DATA_MAX);
}

static enum err_code list(struct work *k, struct err *e)
{
	if (work_greet(k, "upload-pack", e) != OK)
		return e->code;
	if (wire_write(&k->wire, slice_str("0000"), e) != OK)
		return e->code;
	return wire_close(&k->wire, e);
}

static enum err_code work_run(struct work *k, struct err *e)
{
	if (k->repo_path != NULL &&
	    repo_open(&k->repo, k->repo_path, e) != OK)
		return e->code;
	if (k->url->kind == URL_COURIER && k->kind == WORK_FETCH)
		return courier_work_take(k, e);
	if (k->url->kind == URL_COURIER && k->kind != WORK_PUT)
		return err_set(e, ERR_INTERNAL, _("a courier's folder is not "
		    "a repository"));
	switch (k->kind) {
	case WORK_FETCH:
		return work_fetch(k, e);
	case WORK_PUSH:
		return work_push(k, e);
	case WORK_PUT:
		return courier_work_put(k, e);
	case WORK_LIST:
		break;
	}
	return list(k, e);
}

_Noreturn void work_main(struct work *k)
{
	struct err e = { .code = OK };

	settle(k);
	k->slice = k->limits->slice;
	k->wire.budget = k->limits->budget;
	k->wire.tick = work_alive;
	k->wire.arg = k;
	k->wire.dir = k->limits->dir;
	e.code = work_run(k, &e);
	wire_release(&k->wire);
	if (k->kind == WORK_LIST && e.code == OK)
		work_tell(k, slice_buf(&k->refs));
	tell(k, FRAME_END, &e, sizeof(e));
	/* The parent's buffers and handlers at exit are not ours. */
	_exit(0);
}
