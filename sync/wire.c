#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/text.h"
#include "wire_https.h"
#include "wire_process.h"

/* What a remote says is kept up to here, from its end. */
#define NOTE_MAX 500
#define SAID_MAX (1u << 20)

void wire_note(struct wire *w, struct slice s)
{
	buf_addb(&w->note, s);
	if (w->note.n > NOTE_MAX) {
		size_t drop = w->note.n - NOTE_MAX;

		memmove(w->note.p, w->note.p + drop, NOTE_MAX);
		w->note.n = NOTE_MAX;
	}
}

/* The note on one line: control characters and what is not UTF-8 out. */
static void printable(struct slice s, struct buf *out)
{
	size_t i = 0;

	while (i < s.n) {
		size_t start = i;
		uint32_t c = utf8_next(s, &i);

		if (c == (uint32_t)-1)
			i = start + 1;
		else if (c == '\n' || c == '\r' || c == '\t')
			buf_addc(out, ' ');
		else if (c >= 0x20 && !(c >= 0x7f && c < 0xa0))
			buf_add(out, s.p + start, i - start);
	}
	while (out->n > 0 && out->p[out->n - 1] == ' ')
		out->p[--out->n] = '\0';
}

enum err_code wire_failed(struct wire *w, enum err_code code, struct err *e)
{
	struct buf text = BUF_INIT;
	const char *said;

	process_drain(w);
	printable(slice_buf(&w->note), &text);
	said = text.n > 0 ? (const char *)text.p : _("it gave no reason");
	if (strstr(said, "dubious ownership") != NULL ||
	    strstr(said, "safe.directory") != NULL) {
		err_set(e, ERR_IO, _("the remote's repository belongs to "
		    "another user of that machine"));
		err_hint(e, _("give it to the user who opens it (chown -R), "
		    "or name it in git's safe.directory there"));
	} else {
		err_set(e, code, _("the remote ended the exchange: %s"), said);
	}
	buf_release(&text);
	return e->code;
}

/* Wait until fd is ready, reading what the process says meanwhile: else it
 * would block on a full pipe and we on it. */
static bool wait_ready(struct wire *w, int fd, short what)
{
	struct pollfd p[2] = { { fd, what, 0 }, { w->err, POLLIN, 0 } };

	for (;;) {
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return false;
		if (p[1].revents != 0 && !process_drain(w))
			p[1].fd = -1;
		if (p[0].revents != 0)
			return true;
	}
}

/* It went away: say why, by its exit status and its words. */
static enum err_code gone(struct wire *w, struct err *e)
{
	int status = process_wait(w);

	wire_failed(w, status == STATUS_NOT_FOUND ? ERR_IO : ERR_OFFLINE, e);
	if (w->greeted)
		err_in(e, _("the link broke"));
	return e->code;
}

/* How many of n bytes may still be moved. */
static size_t allowed(const struct wire *w, size_t n)
{
	uint64_t left;

	if (w->budget == 0)
		return n;
	left = w->sent + w->received < w->budget
	    ? w->budget - w->sent - w->received : 0;
	return left < n ? (size_t)left : n;
}

static enum err_code spent(const struct wire *w, struct err *e)
{
	return err_set(e, ERR_BUDGET, _("the %llu bytes allowed were moved"),
	    (unsigned long long)w->budget);
}

enum err_code wire_write(struct wire *w, struct slice s, struct err *e)
{
	if (allowed(w, s.n) < s.n)
		return spent(w, e);
	if (w->https != NULL)
		return https_write(w, s, e);
	while (s.n > 0) {
		ssize_t n = write(w->to, s.p, s.n);

		if (n < 0 && errno == EAGAIN) {
			if (!wait_ready(w, w->to, POLLOUT))
				return err_errno(e, "poll");
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return gone(w, e);
		s.p += n;
		s.n -= (size_t)n;
		w->sent += (uint64_t)n;
		w->tick(w->arg);
	}
	return OK;
}

void wire_pkt(struct buf *b, const char *fmt, ...)
{
	char line[1000];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(line)) {
		b->failed = true;
		return;
	}
	buf_printf(b, "%04x", (unsigned)n + 4);
	buf_add(b, line, (size_t)n);
}

/* Some more bytes into w->in. */
static enum err_code fill(struct wire *w, size_t most, struct err *e)
{
	unsigned char *p = buf_room(&w->in, most);
	size_t came = 0;
	ssize_t got;

	if (p == NULL)
		return err_memory(e);
	if (w->https != NULL) {
		if (https_read(w, p, most, &came, e) != OK)
			return e->code;
		got = (ssize_t)came;
	} else {
		got = read(w->from, p, most);
	}
	if (got < 0 && errno == EAGAIN)
		return wait_ready(w, w->from, POLLIN) ? OK
		    : err_errno(e, "poll");
	if (got < 0 && errno == EINTR)
		return OK;
	if (got <= 0)
		return gone(w, e);
	w->in.n += (size_t)got;
	w->received += (uint64_t)got;
	w->tick(w->arg);
	return OK;
}

/* At least n bytes at w->in.p + w->at. */
static enum err_code need(struct wire *w, size_t n, struct err *e)
{
	while (w->in.n - w->at < n) {
		size_t most = allowed(w, PKT_MAX);

		if (most == 0)
			return spent(w, e);
		if (w->at > 0) {
			memmove(w->in.p, w->in.p + w->at, w->in.n - w->at);
			w->in.n -= w->at;
			w->at = 0;
		}
		if (fill(w, most, e) != OK)
			return e->code;
	}
	return OK;
}

enum err_code wire_read(struct wire *w, enum pkt *kind,
    struct slice *payload, struct err *e)
{
	unsigned char size[2];
	size_t n;

	*kind = PKT_FLUSH;
	*payload = slice_of(NULL, 0);
	if (need(w, 4, e) != OK)
		return e->code;
	if (!hex_decode(slice_of(w->in.p + w->at, 4), size, 2)) {
		wire_note(w, slice_of(w->in.p + w->at, w->in.n - w->at));
		err_set(e, ERR_FORMAT, _("the other side does not speak "
		    "git's protocol"));
		return err_hint(e, _("a login script that prints something "
		    "would do this"));
	}
	n = (size_t)size[0] << 8 | size[1];
	w->greeted = true;
	if (n == 0) {
		w->at += 4;
		return OK;
	}
	*kind = PKT_DATA;
	if (n < 4 || n > PKT_MAX)
		return err_set(e, ERR_FORMAT,
		    _("the remote sent a packet of a wrong length"));
	/* The whole of it at once: wire_unread() goes back over it. */
	if (need(w, n, e) != OK)
		return e->code;
	*payload = slice_of(w->in.p + w->at + 4, n - 4);
	w->at += n;
	n -= 4;
	if (n < 4 || memcmp(payload->p, "ERR ", 4) != 0)
		return OK;
	wire_note(w, slice_of(payload->p + 4, n - 4));
	return wire_failed(w, ERR_OFFLINE, e);
}

void wire_unread(struct wire *w, struct slice payload)
{
	w->at -= payload.n + 4;	/* nothing was read since: it stands there */
}

enum err_code wire_band(struct wire *w, struct slice *piece, struct err *e)
{
	enum pkt kind;

	for (;;) {
		if (wire_read(w, &kind, piece, e) != OK)
			return e->code;
		if (kind == PKT_FLUSH)
			return OK;
		if (piece->n == 0)
			return err_set(e, ERR_FORMAT,
			    _("the remote sent a packet of a wrong length"));
		piece->n--;
		piece->p++;
		switch (piece->p[-1]) {
		case 1:
			if (piece->n > 0)
				return OK;
			break;		/* a keepalive */
		case 2:
			wire_note(w, *piece);
			w->said += piece->n;
			if (w->said > SAID_MAX)
				return err_set(e, ERR_FORMAT, _("the remote "
				    "talks without end"));
			break;
		default:
			wire_note(w, *piece);
			return wire_failed(w, ERR_OFFLINE, e);
		}
	}
}

enum err_code wire_open(struct wire *w, const struct url *u,
    const char *service, struct err *e)
{
	w->in.n = w->at = 0;
	w->greeted = false;
	if (u->kind == URL_HTTPS)
		return https_open(w, u, service, e);
	return process_start(w, u, service, e);
}

enum err_code wire_close(struct wire *w, struct err *e)
{
	int status;

	https_close(w);
	process_hang_up(w);
	status = process_wait(w);
	if (status == 0)
		return OK;
	return wire_failed(w, ERR_OFFLINE, e);
}

void wire_release(struct wire *w)
{
	https_close(w);
	process_kill(w);
	buf_release(&w->in);
	buf_release(&w->note);
}
