/* The hook itself: a few lines of shell that run `wellhead receive`.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "receive.h"

#define MARK "# Installed by wellhead"
#define HOOK_MAX 65536

/* git starts it in repo.git; the program may have moved since. */
static const char head[] = "#!/bin/sh\n"
	MARK ": looks at what is pushed before it is taken.\n"
	"# `wellhead receive --install` writes this file again.\n"
	"program=";
static const char tail[] = "\n"
	"[ -x \"$program\" ] || program=$(command -v wellhead) || {\n"
	"\techo 'wellhead: receive: the program is not where it was when"
	" this hook was written, nor in PATH' >&2\n"
	"\texit 1\n"
	"}\n"
	"exec \"$program\" -C \"$(dirname \"$(pwd -P)\")\" receive\n";

enum err_code receive_program(struct buf *out, struct err *e)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
	const char *name;

	if (n < 0)
		return err_errno(e, _("finding this program's path"));
	path[n] = '\0';
	name = strrchr(path, '/');
	if (name && strcmp(name, "/wellhead") == 0)
		buf_adds(out, path);
	return buf_ok(out, e);
}

static enum err_code refuse_foreign(const char *path, struct err *e)
{
	struct buf text = BUF_INIT;
	enum err_code rc = file_read(path, HOOK_MAX, &text, e);

	if (rc == ERR_NOT_FOUND) {
		rc = OK;
	} else if (!rc && !memmem(text.p, text.n, MARK, sizeof MARK - 1)) {
		rc = err_set(e, ERR_EXISTS, _("%s is there already and is "
		    "not wellhead's"), path);
		err_hint(e, _("move it away, or let it run "
		    "'wellhead receive' itself"));
	}
	buf_release(&text);
	return rc;
}

enum err_code receive_install(const char *repo, struct err *e)
{
	char *hooks = path_join(repo, "hooks");
	char *path = path_join(repo, "hooks/pre-receive");
	struct buf program = BUF_INIT, text = BUF_INIT;
	enum err_code rc;

	rc = hooks && path ? refuse_foreign(path, e) : err_memory(e);
	if (!rc)
		rc = receive_program(&program, e);
	if (rc)
		goto done;
	buf_adds(&text, head);
	shell_word_add(&text, program.p ? (const char *)program.p : "");
	buf_adds(&text, tail);
	rc = buf_ok(&text, e);
	if (!rc)
		rc = file_mkdir(hooks, 0755, e);
	if (!rc)
		rc = file_write(path, slice_buf(&text), 0755, false, e);
done:
	buf_release(&text);
	buf_release(&program);
	free(path);
	free(hooks);
	return rc;
}
