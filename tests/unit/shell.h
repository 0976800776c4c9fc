/* For tests that let stock tools look at our work: run a shell script and
 * look at what it printed; a temporary folder. Functions are inline because
 * every test is one file.
 */
#ifndef TEST_SHELL_H
#define TEST_SHELL_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"

/* Run script with sh; standard output and error together into out (may be
 * NULL). Gives the exit status, or -1. */
static inline int shell_run(struct buf *out, const char *script)
{
	char piece[4096];
	int fd[2], status = -1;
	ssize_t n;
	pid_t pid;

	if (pipe(fd) != 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		dup2(fd[1], 1);
		dup2(fd[1], 2);
		close(fd[0]);
		close(fd[1]);
		execl("/bin/sh", "sh", "-c", script, (char *)NULL);
		_exit(127);
	}
	close(fd[1]);
	while ((n = read(fd[0], piece, sizeof(piece))) > 0)
		if (out != NULL)
			buf_add(out, piece, (size_t)n);
	close(fd[0]);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

/* The same with a formatted script; prints everything when it fails. */
PRINTF(2, 3)
static inline int shell(struct buf *out, const char *fmt, ...)
{
	struct buf text = BUF_INIT;
	char *script = NULL;
	va_list ap;
	int status;

	va_start(ap, fmt);
	if (vasprintf(&script, fmt, ap) < 0)
		abort();
	va_end(ap);
	status = shell_run(&text, script);
	if (status != 0)
		fprintf(stderr, "exit %d: %s\n%.*s\n", status, script,
		    (int)text.n, text.p == NULL ? "" : (char *)text.p);
	if (out != NULL)
		buf_addb(out, slice_buf(&text));
	buf_release(&text);
	free(script);
	return status;
}

static inline char *shell_folder(void)
{
	const char *tmp = getenv("TMPDIR");
	char *path = NULL;

	if (asprintf(&path, "%s/wellhead-test-XXXXXX",
	    tmp == NULL ? "/tmp" : tmp) < 0 || mkdtemp(path) == NULL)
		abort();
	return path;
}

static inline void shell_remove(char *folder)
{
	(void)shell(NULL, "rm -rf '%s'", folder);
	free(folder);
}

#endif
