#include "wire_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "repo.h"
#include "base/text.h"

#define ARGS_MAX 40

struct args {
	const char *arg[ARGS_MAX + 1];
	size_t n;
	struct buf words;	/* WELLHEAD_SSH, cut at its spaces */
	struct buf command;	/* for the remote's shell */
	char *path;		/* absolute */
	char *key[2];		/* the node's own, for ssh */
};

static void args_release(struct args *a)
{
	buf_release(&a->words);
	buf_release(&a->command);
	free(a->path);
	free(a->key[0]);
	free(a->key[1]);
}

static void args_add(struct args *a, const char *s)
{
	if (a->n < ARGS_MAX)
		a->arg[a->n++] = s;
}

static void add_words(struct args *a, const char *s)
{
	char *p, *end;

	buf_adds(&a->words, s);
	if (a->words.failed)
		return;
	for (p = (char *)a->words.p; *p != '\0'; p = end) {
		p += strspn(p, " ");
		end = p + strcspn(p, " ");
		if (end > p)
			args_add(a, p);
		if (*end != '\0')
			*end++ = '\0';
	}
}

/* The node's own key, where the node has it as a file for ssh: the one it
 * has now, and the one before, which headquarters may still wait for. */
static enum err_code add_keys(struct args *a, const char *dir, struct err *e)
{
	static const char *const file[] = { ACCESS_KEY_FILE,
		ACCESS_OLD_FILE };
	size_t i;

	for (i = 0; dir != NULL && i < 2; i++) {
		a->key[i] = path_join(dir, file[i]);
		if (a->key[i] == NULL)
			return err_memory(e);
		if (!file_exists(a->key[i]))
			continue;
		if (i == 0) {
			args_add(a, "-o");
			args_add(a, "IdentitiesOnly=yes");
		}
		args_add(a, "-i");
		args_add(a, a->key[i]);
	}
	return OK;
}

static enum err_code ssh_args(struct args *a, const struct url *u,
    const char *service, const char *dir, struct err *e)
{
	/* What a program nobody watches must have; everything else is the
	 * user's own ssh configuration. */
	static const char *const fixed[] = {
		"-o", "BatchMode=yes", "-o", "ConnectTimeout=20",
		"-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=4",
	};
	const char *ssh = getenv("WELLHEAD_SSH");
	size_t i;

	add_words(a, ssh != NULL && ssh[0] != '\0' ? ssh : "ssh");
	for (i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		args_add(a, fixed[i]);
	if (add_keys(a, dir, e) != OK)
		return e->code;
	if (u->port[0] != '\0') {
		args_add(a, "-p");
		args_add(a, u->port);
	}
	args_add(a, "--");
	args_add(a, u->host);
	buf_printf(&a->command, "git-%s ", service);
	/* the remote's shell reads the path as one word */
	shell_word_add(&a->command, u->path);
	if (buf_ok(&a->command, e) != OK || buf_ok(&a->words, e) != OK)
		return e->code;
	args_add(a, (const char *)a->command.p);
	return OK;
}

/* A repository on a stick may have been prepared by anybody: nothing that
 * its configuration names is run. HQ checks what it is sent when it ingests,
 * so the courtesy hook is not missed here. */
static enum err_code path_args(struct args *a, const struct url *u,
    const char *service, struct err *e)
{
	static const char *const fixed[] = { "git",
		"-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false",
		"-c", "core.alternateRefsCommand=true",
		"-c", "receive.autogc=false" };
	size_t i;

	a->path = realpath(u->path, NULL);
	if (a->path == NULL) {
		err_set(e, ERR_OFFLINE, _("there is no repository at %s"),
		    u->path);
		return err_hint(e, _("if it is on a stick or a shared folder, "
		    "plug it in or mount it, then try again"));
	}
	for (i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		args_add(a, fixed[i]);
	args_add(a, service);
	args_add(a, a->path);
	return OK;
}

/* The limits of the child that we are were for libgit2's work on what the
 * remote sends, not for a git that serves a large repository. */
static void lift_limits(void)
{
	static const int limits[] = { RLIMIT_AS, RLIMIT_DATA, RLIMIT_CPU,
		RLIMIT_FSIZE };
	struct rlimit l;
	size_t i;

	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		if (getrlimit((__rlimit_resource_t)limits[i], &l) == 0) {
			l.rlim_cur = l.rlim_max;
			setrlimit((__rlimit_resource_t)limits[i], &l);
		}
}

static void run(const struct args *a, const int in[2], const int out[2],
    const int err[2])
{
	lift_limits();
	/* Not SIGKILL: git takes its lock files away with it on this one. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	signal(SIGPIPE, SIG_DFL);
	/* Version 2 of the protocol is not spoken here. */
	unsetenv("GIT_PROTOCOL");
	unsetenv("GIT_DIR");
	repo_guard_git();
	if (dup2(in[0], 0) < 0 || dup2(out[1], 1) < 0 || dup2(err[1], 2) < 0)
		_exit(STATUS_NOT_FOUND);
	execvp(a->arg[0], (char *const *)(uintptr_t)a->arg);
	dprintf(2, "%s: %s", a->arg[0], strerror(errno));
	_exit(STATUS_NOT_FOUND);
}

static void close_pair(int fd[2])
{
	int i;

	for (i = 0; i < 2; i++)
		if (fd[i] >= 0)
			close(fd[i]);
}

static enum err_code spawn(struct wire *w, const struct args *a,
    struct err *e)
{
	int in[2] = { -1, -1 }, out[2] = { -1, -1 }, err[2] = { -1, -1 };
	enum err_code rc = OK;
	pid_t pid = -1;

	if (a->n == 0 || a->n == ARGS_MAX)
		return err_set(e, ERR_USAGE,
		    _("WELLHEAD_SSH has too many words"));
	if (pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0 &&
	    pipe2(err, O_CLOEXEC) == 0)
		pid = fork();
	if (pid == 0)
		run(a, in, out, err);
	if (pid < 0) {
		rc = err_errno(e, "%s", a->arg[0]);
	} else {
		w->pid = pid;
		w->to = in[1];
		w->from = out[0];
		w->err = err[0];
		in[1] = out[0] = err[0] = -1;
		fcntl(w->to, F_SETFL, O_NONBLOCK);
		fcntl(w->from, F_SETFL, O_NONBLOCK);
		fcntl(w->err, F_SETFL, O_NONBLOCK);
	}
	close_pair(in);
	close_pair(out);
	close_pair(err);
	return rc;
}

enum err_code process_start(struct wire *w, const struct url *u,
    const char *service, struct err *e)
{
	struct args a = { .n = 0 };
	enum err_code rc;

	if (w->err >= 0)
		close(w->err);
	w->err = -1;
	rc = u->kind == URL_SSH ? ssh_args(&a, u, service, w->dir, e)
	    : path_args(&a, u, service, e);
	if (rc == OK)
		rc = spawn(w, &a, e);
	args_release(&a);
	return rc;
}

bool process_drain(struct wire *w)
{
	char piece[512];
	ssize_t n;

	if (w->err < 0)
		return false;
	while ((n = read(w->err, piece, sizeof(piece))) > 0) {
		wire_note(w, slice_of(piece, (size_t)n));
		w->tick(w->arg);
	}
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void process_hang_up(struct wire *w)
{
	close_fd(&w->to);
}

int process_wait(struct wire *w)
{
	int status = 0;

	process_hang_up(w);
	close_fd(&w->from);
	if (w->pid <= 0)
		return 0;
	while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
		;
	w->pid = 0;
	process_drain(w);
	return WIFEXITED(status) ? WEXITSTATUS(status)
	    : 128 + WTERMSIG(status);
}

void process_kill(struct wire *w)
{
	if (w->pid > 0)
		kill(w->pid, SIGKILL);
	process_wait(w);
	close_fd(&w->err);
}
