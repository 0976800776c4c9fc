/* Secrets from the environment or a terminal. */
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include "hash.h"
#include "out.h"

#define SECRET_MAX 1024

void passphrase_free(char *secret)
{
	if (secret)
		wipe(secret, strlen(secret));
	free(secret);
}

/* Reading is cut short, so that the terminal's echo is put back. */
static void on_interrupt(int sig)
{
	(void)sig;
}

/* One line from the terminal, not echoed. */
static enum err_code type_in(const char *prompt, char out[SECRET_MAX],
    struct err *e)
{
	struct sigaction cut = { .sa_handler = on_interrupt }, before;
	struct termios was, quiet;
	bool ok;

	if (tcgetattr(STDIN_FILENO, &was) != 0)
		return err_errno(e, _("reading a passphrase"));
	quiet = was;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	/* what was typed before is thrown away, so the prompt comes after */
	if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) != 0)
		return err_errno(e, _("reading a passphrase"));
	out_prompt(prompt);
	sigaction(SIGINT, &cut, &before);
	ok = fgets(out, SECRET_MAX, stdin) != NULL;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
	sigaction(SIGINT, &before, NULL);
	out_prompt("\n");
	if (!ok)
		return err_set(e, ERR_INTERRUPTED, _("no passphrase was "
		    "typed"));
	out[strcspn(out, "\n")] = '\0';
	return OK;
}

static enum err_code keep(const char *text, char **out, struct err *e)
{
	if (!*text)
		return OK;
	*out = slice_dup(slice_str(text));
	return *out ? OK : err_memory(e);
}

enum err_code passphrase_read(const char *variable, const char *prompt,
    bool again, char **out, struct err *e)
{
	const char *given = getenv(variable);
	char one[SECRET_MAX] = "", two[SECRET_MAX] = "";
	enum err_code rc;

	*out = NULL;
	if (given)
		return keep(given, out, e);
	if (!isatty(STDIN_FILENO))
		return OK;
	rc = type_in(prompt, one, e);
	if (!rc && again)
		rc = type_in(_("The same again: "), two, e);
	if (!rc && again && strcmp(one, two) != 0)
		rc = err_set(e, ERR_USAGE, _("the two are not the same"));
	if (!rc)
		rc = keep(one, out, e);
	wipe(one, sizeof one);
	wipe(two, sizeof two);
	return rc;
}

enum err_code passphrase_of(struct context *c, const char *name, char **out,
    struct err *e)
{
	bool sealed = false;
	enum err_code rc;

	*out = NULL;
	rc = node_operator_sealed(c->node, name, &sealed, e);
	if (rc || !sealed)
		return rc;
	return passphrase_read(OPERATOR_PASSPHRASE, _("Your passphrase: "), false, out,
	    e);
}
