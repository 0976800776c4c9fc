#include "transport_work.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/date.h"
#include "signals.h"

#define DEADLINE_S 600
#define STALL_S 60

/* The parent's side: a child at work, and when it is to be ended. */
struct watch {
	pid_t pid;
	int report;
	struct signals signals;	/* end the child too */
	int64_t deadline, stall;	/* monotonic ms */
	struct transfer *t;
	struct buf in;		/* frames not yet whole */
	struct buf *text;	/* where the child's lines go, or NULL */
	bool busy;		/* it was still at its first slice */
	bool ended;
	struct err result;
};

static enum err_code start(struct watch *w, struct work *k, struct err *e)
{
	int fd[2];

	if (pipe2(fd, O_CLOEXEC) != 0)
		return err_errno(e, "pipe");
	w->pid = fork();
	if (w->pid == 0) {
		close(fd[0]);
		k->report = fd[1];
		work_main(k);
	}
	close(fd[1]);
	w->report = fd[0];
	if (w->pid < 0) {
		close(fd[0]);
		w->report = -1;
		return err_errno(e, "fork");
	}
	return OK;
}

static enum err_code take_frame(struct watch *w, const struct frame *f,
    struct slice body, struct err *e)
{
	w->t->sent = f->sent;
	w->t->received = f->received;
	w->t->slice = f->slice;
	w->busy = f->busy != 0;
	w->stall = clock_steady_ms() + (int64_t)w->t->stall_s * 1000;
	switch (f->kind) {
	case FRAME_ALIVE:
		if (w->t->progress != NULL)
			w->t->progress(w->t->arg, f->sent, f->received);
		return OK;
	case FRAME_TEXT:
		if (w->text == NULL || w->text->n + body.n > REFS_MAX +
		    FRAME_MAX)
			break;
		buf_addb(w->text, body);
		return buf_ok(w->text, e);
	case FRAME_END:
		if (body.n != sizeof(w->result))
			break;
		memcpy(&w->result, body.p, sizeof(w->result));
		w->result.detail[sizeof(w->result.detail) - 1] = '\0';
		w->result.hint[sizeof(w->result.hint) - 1] = '\0';
		w->ended = w->result.code < ERR_COUNT;
		if (w->ended)
			return OK;
		break;
	default:
		break;
	}
	return err_set(e, ERR_INTERNAL,
	    _("the transfer's process reported nonsense"));
}

/* All whole frames in w->in. The child read what a stranger sent, so what it
 * says is not trusted either. */
static enum err_code take_frames(struct watch *w, struct err *e)
{
	struct frame f;
	enum err_code rc = OK;
	size_t at = 0;

	while (rc == OK && w->in.n - at >= sizeof(f)) {
		memcpy(&f, w->in.p + at, sizeof(f));
		if (f.len > FRAME_MAX)
			return err_set(e, ERR_INTERNAL,
			    _("the transfer's process reported nonsense"));
		if (w->in.n - at < sizeof(f) + f.len)
			break;
		rc = take_frame(w, &f, slice_of(w->in.p + at + sizeof(f),
		    f.len), e);
		at += sizeof(f) + f.len;
	}
	if (at > 0) {
		memmove(w->in.p, w->in.p + at, w->in.n - at);
		w->in.n -= at;
	}
	return rc;
}

/* It ended without a word: killed by a limit or a fault. */
static enum err_code died(struct watch *w, struct err *e)
{
	int status = 0;

	while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
		;
	w->pid = 0;
	err_set(e, ERR_INTERNAL, _("the transfer's process died (signal %d)"),
	    WIFSIGNALED(status) ? WTERMSIG(status) : 0);
	return err_hint(e, _("nothing here was harmed; if it happens again, "
	    "the remote sends what wellhead should not take: tell "
	    "headquarters"));
}

static enum err_code read_report(struct watch *w, struct err *e)
{
	unsigned char *p = buf_room(&w->in, FRAME_MAX);
	ssize_t n;

	if (p == NULL)
		return err_memory(e);
	n = read(w->report, p, FRAME_MAX);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return OK;
	if (n <= 0)
		return died(w, e);
	w->in.n += (size_t)n;
	return take_frames(w, e);
}

static enum err_code too_late(const struct watch *w, struct err *e)
{
	if (clock_steady_ms() >= w->deadline)
		return err_set(e, ERR_DEADLINE, _("it was not done in the "
		    "%d seconds allowed"), w->t->deadline_s);
	return err_set(e, ERR_DEADLINE, _("nothing moved for %d seconds"),
	    w->t->stall_s);
}

static enum err_code watch_child(struct watch *w, struct err *e)
{
	enum err_code rc = OK;

	while (rc == OK && !w->ended) {
		struct pollfd p[2] = { { w->report, POLLIN, 0 },
			{ w->signals.fd, POLLIN, 0 } };
		int64_t until = w->deadline < w->stall ? w->deadline
		    : w->stall;
		int64_t left = until - clock_steady_ms();

		if (left <= 0)
			return too_late(w, e);
		if (poll(p, 2, left > INT32_MAX ? INT32_MAX : (int)left) < 0 &&
		    errno != EINTR)
			return err_errno(e, "poll");
		if (p[1].revents != 0 && signals_came(&w->signals))
			return err_set(e, ERR_INTERRUPTED, _("interrupted"));
		if (p[0].revents != 0)
			rc = read_report(w, e);
	}
	return rc;
}

/* Nothing of the child outlives the call: neither it nor its ssh. */
static void finish(struct watch *w)
{
	if (w->pid > 0) {
		kill(-w->pid, SIGKILL);	/* once it has called setsid() */
		if (!w->ended)
			kill(w->pid, SIGKILL);
		while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (w->report >= 0)
		close(w->report);
	signals_release(&w->signals);
	buf_release(&w->in);
}

/* A link that was cut before even one slice had passed wants smaller ones. */
static void halve(struct watch *w, enum err_code rc)
{
	uint32_t *slice = &w->t->slice;

	if (w->busy && (rc == ERR_OFFLINE || rc == ERR_DEADLINE))
		*slice = *slice / 2 > SLICE_MIN ? *slice / 2 : SLICE_MIN;
}

enum err_code work_watch(struct work *k, struct buf *text, struct err *e)
{
	struct transfer *t = k->limits;
	struct watch w = { .report = -1, .signals = SIGNALS_INIT,
		.t = t, .text = text };
	enum err_code rc;

	if (t->deadline_s <= 0)
		t->deadline_s = DEADLINE_S;
	if (t->stall_s <= 0)
		t->stall_s = STALL_S;
	if (t->slice < SLICE_MIN || t->slice > SLICE_MAX)
		t->slice = SLICE_FIRST;
	t->sent = t->received = 0;
	w.deadline = clock_steady_ms() + (int64_t)t->deadline_s * 1000;
	w.stall = clock_steady_ms() + (int64_t)t->stall_s * 1000;
	rc = signals_catch(&w.signals, e);
	if (rc == OK)
		rc = start(&w, k, e);
	if (rc == OK)
		rc = watch_child(&w, e);
	finish(&w);
	if (rc == OK && w.result.code != OK) {
		*e = w.result;
		rc = e->code;
	}
	halve(&w, rc);
	return rc;
}

static enum err_code transfer(enum work_kind kind, const char *repo_path,
    const char *url, const struct refspec *spec, size_t n,
    struct transfer *t, struct err *e)
{
	struct url u;
	struct work k = { .kind = kind, .url = &u, .spec = spec, .n = n,
		.repo_path = repo_path, .limits = t, .wire = WIRE_INIT };

	if (url_parse(url, &u, e) != OK)
		return e->code;
	if (work_watch(&k, kind == WORK_PUSH ? t->landed : t->notes, e) == OK)
		return OK;
	return err_in(e, "%s", u.shown);
}

enum err_code transport_fetch(const char *repo_path, const char *url,
    const struct refspec *spec, size_t n, struct transfer *t, struct err *e)
{
	return transfer(WORK_FETCH, repo_path, url, spec, n, t, e);
}

enum err_code transport_push(const char *repo_path, const char *url,
    const struct refspec *spec, size_t n, struct transfer *t, struct err *e)
{
	return transfer(WORK_PUSH, repo_path, url, spec, n, t, e);
}

enum err_code transport_list(const char *url, struct transfer *t,
    struct buf *out, struct err *e)
{
	struct url u;
	struct work k = { .kind = WORK_LIST, .url = &u, .limits = t,
		.wire = WIRE_INIT };

	if (url_parse(url, &u, e) != OK)
		return e->code;
	if (work_watch(&k, out, e) == OK)
		return OK;
	return err_in(e, "%s", u.shown);
}

enum err_code transport_check_url(const char *url, struct err *e)
{
	struct url u;

	return url_parse(url, &u, e);
}
