/* authorized-keys, shell, ssh-key: links by ssh with the nodes' own keys. */
#include <signal.h>
#include <unistd.h>

#include "access.h"
#include "out.h"

#define WORDS_MAX 4096

/* sshd gives the user, the key's type and the key: %u %t %k. */
enum err_code cmd_authorized_keys(struct context *c, struct err *e)
{
	struct buf text = BUF_INIT, key = BUF_INIT;
	enum err_code rc = OK;

	if (c->argc == 2)
		rc = err_set(e, ERR_USAGE, _("a key is two words, KEYTYPE "
		    "KEY"));
	if (c->argc == 3)
		buf_printf(&key, "%s %s", c->argv[1], c->argv[2]);
	if (!rc)
		rc = buf_ok(&key, e);
	if (!rc)
		rc = access_lines(c->node, c->argc ? c->argv[0] : NULL,
		    (const char *)key.p, &text, e);
	if (!rc && c->json)
		rc = out_result(c, json_pack("{s:s}", "authorized_keys",
		    text.p ? (char *)text.p : ""), e);
	else if (!rc && text.n)
		fwrite(text.p, 1, text.n, stdout);
	buf_release(&key);
	buf_release(&text);
	return rc;
}

/* git in our place; returns only when it could not be started. */
static enum err_code become(const struct access_run *a, const char *code,
    struct err *e)
{
	const char *word[WORDS_MAX + 1], *at = (const char *)a->words.p;
	const char *end = at + a->words.n;
	size_t n = 0;

	for (; at < end && n < WORDS_MAX; at += strlen(at) + 1)
		word[n++] = at;
	word[n] = NULL;
	if (at < end || !word[0])
		return err_set(e, ERR_TOO_BIG, _("the branch has too many "
		    "nodes"));
	/* version 2 of git's protocol shows whatever is asked for by name */
	unsetenv("GIT_PROTOCOL");
	repo_guard_git();
	if (setenv("WELLHEAD_NODE", code, 1) != 0)
		return err_memory(e);
	signal(SIGPIPE, SIG_DFL);
	execvp(word[0], (char *const *)(uintptr_t)word);
	return err_errno(e, "%s", word[0]);
}

enum err_code cmd_shell(struct context *c, struct err *e)
{
	const char *asked = getenv("SSH_ORIGINAL_COMMAND");
	struct access_run a = { .words = BUF_INIT };
	enum err_code rc;

	rc = access_command(c->node, c->argv[0], asked ? asked : "", &a, e);
	if (!rc)
		rc = become(&a, c->argv[0], e);
	buf_release(&a.words);
	return rc;
}

enum err_code cmd_ssh_key(struct context *c, struct err *e)
{
	struct buf line = BUF_INIT;
	enum err_code rc = access_key_write(c->node, &line, e);

	if (!rc && c->json)
		rc = out_result(c, json_pack("{s:s,s:s%}", "file",
		    ACCESS_KEY_FILE, "key", (char *)line.p, line.n - 1), e);
	else if (!rc)
		fwrite(line.p, 1, line.n, stdout);
	buf_release(&line);
	return rc;
}
