/* A signalfd for the signals that end a program. */
#include "signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

enum err_code signals_catch(struct signals *s, struct err *e)
{
	sigset_t caught;

	sigemptyset(&caught);
	sigaddset(&caught, SIGINT);
	sigaddset(&caught, SIGTERM);
	sigaddset(&caught, SIGHUP);
	sigprocmask(SIG_BLOCK, &caught, &s->before);
	s->fd = signalfd(-1, &caught, SFD_CLOEXEC | SFD_NONBLOCK);
	return s->fd < 0 ? err_errno(e, "signalfd") : OK;
}

bool signals_came(const struct signals *s)
{
	struct signalfd_siginfo one;

	return read(s->fd, &one, sizeof one) == (ssize_t)sizeof one;
}

void signals_release(struct signals *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	sigprocmask(SIG_SETMASK, &s->before, NULL);
}
