/* Headquarters' side of ssh: keys, and the one command that each may run.
 */
#include <pwd.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "access.h"
#include "base/file.h"
#include "base/text.h"
#include "chain_impl.h"
#include "receive.h"
#include "signer.h"

/* ---- authorized_keys ---- */

/* Inside command="...": sshd takes \" for a quote and all else as it is. */
static void add_option_text(struct buf *b, const char *s)
{
	for (; *s; s++) {
		if (*s == '"')
			buf_addc(b, '\\');
		buf_addc(b, (unsigned char)*s);
	}
}

/* "'/usr/bin/wellhead' -C '/srv/hq' shell " */
static enum err_code command_start(const struct node *n, struct buf *out,
    struct err *e)
{
	struct buf program = BUF_INIT;
	char *dir = realpath(n->dir, NULL);
	enum err_code rc;

	rc = dir ? receive_program(&program, e) : err_errno(e, "%s", n->dir);
	if (!rc) {
		shell_word_add(out, program.n ? (const char *)program.p
		    : "wellhead");
		buf_adds(out, " -C ");
		shell_word_add(out, dir);
		buf_adds(out, " shell ");
		rc = buf_ok(out, e);
	}
	/* one line of authorized_keys must stay one */
	for (size_t i = 0; !rc && i < out->n; i++)
		if (out->p[i] < ' ')
			rc = err_set(e, ERR_FORMAT, _("the path of the folder "
			    "or of the program has a control character"));
	free(dir);
	buf_release(&program);
	return rc;
}

static bool owns_folder(const struct node *n, const char *user)
{
	const struct passwd *p = NULL;
	struct stat st;

	if (stat(n->dir, &st) == 0)
		p = getpwuid(st.st_uid);
	return p && strcmp(p->pw_name, user) == 0;
}

struct lines {
	struct node *n;
	const char *command;
	const char *key;
	struct buf *out;
	struct err *e;
};

static int add_line(void *arg, const struct roster_row *r)
{
	struct lines *l = arg;
	struct buf key = BUF_INIT;
	bool limited;

	if (signer_limited(l->n, r->key, &limited, l->e))
		return 1;
	key_ssh_text(&key, r->key);
	if (strcmp(r->kind, "hq") != 0 && !limited && !key.failed &&
	    (!l->key || strcmp((const char *)key.p, l->key) == 0)) {
		buf_adds(l->out, "restrict,command=\"");
		add_option_text(l->out, l->command);
		buf_printf(l->out, "%s\" %s %s\n", r->code,
		    (const char *)key.p, r->code);
	}
	buf_release(&key);
	return 0;
}

enum err_code access_lines(struct node *n, const char *user,
    const char *key, struct buf *out, struct err *e)
{
	struct buf command = BUF_INIT;
	struct lines l = { .n = n, .key = key, .out = out, .e = e };
	enum err_code rc = OK;

	/* sshd asks about every user; nobody becomes root by a roster */
	if (user && !owns_folder(n, user))
		return OK;
	rc = command_start(n, &command, e);
	if (!rc) {
		l.command = (const char *)command.p;
		e->code = OK;
		rc = roster_each(n->store, add_line, &l, e);
	}
	if (!rc && e->code)
		rc = e->code;
	if (!rc)
		rc = buf_ok(out, e);
	buf_release(&command);
	return rc;
}

/* ---- the command ---- */

/* One word as a shell reads it: bare, 'quoted', with \x outside. */
static bool read_word(const char *s, struct buf *out)
{
	bool quoted = false;

	for (; *s; s++) {
		if (*s == '\'')
			quoted = !quoted;
		else if (!quoted && *s == '\\' && s[1])
			buf_addc(out, (unsigned char)*++s);
		else if (!quoted && strchr(" \t;&|<>$`\"()*?[#~=%!{\n", *s))
			return false;
		else
			buf_addc(out, (unsigned char)*s);
	}
	return !quoted && out->n > 0 && !out->failed;
}

/* Is the path that the client names our repository? */
static enum err_code check_path(const struct node *n, const char *word,
    struct buf *repo, struct err *e)
{
	struct buf asked = BUF_INIT;
	char *ours = path_join(n->dir, REPO_FILE), *real = NULL, *at = NULL;
	enum err_code rc = OK;

	if (!ours) {
		rc = err_memory(e);
		goto done;
	}
	real = realpath(ours, NULL);
	if (!real)
		rc = err_errno(e, "%s", ours);
	else if (read_word(word, &asked))
		at = realpath((const char *)asked.p, NULL);
	if (!rc && (!at || strcmp(at, real) != 0))
		rc = err_set(e, ERR_FOREIGN, _("this key opens headquarters' "
		    "repository only, and what was asked for is another "
		    "path"));
	if (!rc)
		buf_adds(repo, real);
	if (!rc)
		rc = buf_ok(repo, e);
done:
	free(at);
	free(real);
	free(ours);
	buf_release(&asked);
	return rc;
}

static void add_word(struct access_run *a, const char *s)
{
	buf_add(&a->words, s, strlen(s) + 1);
}

static void show(struct access_run *a, const char *fmt, ...) PRINTF(2, 3);

/* Bring refs that are hidden with all others back. */
static void show(struct access_run *a, const char *fmt, ...)
{
	char name[120];
	va_list ap;
	int n = snprintf(name, sizeof name, "transfer.hideRefs=!refs/");

	va_start(ap, fmt);
	vsnprintf(name + n, sizeof name - (size_t)n, fmt, ap);
	va_end(ap);
	add_word(a, "-c");
	add_word(a, name);
}

static void show_node(struct access_run *a, const char *code)
{
	show(a, "heads/node/%s", code);
	show(a, "heads/file/%s", code);
}

struct sight {
	struct access_run *a;
	const struct roster_row *who;
};

static int show_sibling(void *arg, const struct roster_row *r)
{
	struct sight *s = arg;

	/* headquarters' files are everybody's */
	if (strcmp(r->kind, "hq") == 0)
		show(s->a, "heads/file/%s", r->code);
	else if (strcmp(r->branch, s->who->branch) == 0)
		show_node(s->a, r->code);
	return 0;
}

static enum err_code show_readable(struct node *n, struct access_run *a,
    const struct roster_row *who, struct err *e)
{
	struct sight s = { a, who };

	show(a, "heads/hq/all");
	show(a, "heads/hq/%s", who->branch);
	show(a, "heads/past/hq/all");
	show(a, "heads/past/hq/%s", who->branch);
	show(a, "mail/%s", who->code);
	show(a, "mail/hq/%s", who->code);
	show(a, "lost/%s", who->code);
	return roster_each(n->store, show_sibling, &s, e);
}

static enum err_code find_node(struct node *n, const char *code,
    struct roster_row *who, struct err *e)
{
	enum err_code rc = roster_by_code(n->store, code, who, e);
	bool limited;

	if (rc && rc != ERR_NOT_FOUND)
		return rc;
	if (rc || strcmp(who->kind, "hq") == 0)
		return err_set(e, ERR_KEY, _("no branch's node %s is on the "
		    "roster"), code);
	rc = signer_limited(n, who->key, &limited, e);
	if (!rc && limited)
		rc = err_set(e, ERR_REVOKED, _("headquarters has revoked the "
		    "key of node %s"), code);
	return rc;
}

static enum err_code fill_words(struct node *n, struct access_run *a,
    const struct roster_row *who, const char *repo, struct err *e)
{
	static const char *const fixed[] = { "git",
		"-c", "uploadpack.allowAnySHA1InWant=false",
		"-c", "uploadpack.allowReachableSHA1InWant=false",
		"-c", "uploadpack.allowTipSHA1InWant=false",
		"-c", "receive.autogc=false" };
	enum err_code rc = OK;

	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
		add_word(a, fixed[i]);
	/* an auditor reads everything and pushes its enrolment */
	if (a->pushes || strcmp(who->kind, "auditor") != 0) {
		add_word(a, "-c");
		add_word(a, "transfer.hideRefs=refs/");
	}
	if (a->pushes) {
		show_node(a, who->code);
		show(a, "mail/%s", who->code);
		show(a, "lost/%s", who->code);
	} else if (strcmp(who->kind, "auditor") != 0) {
		rc = show_readable(n, a, who, e);
	}
	add_word(a, a->pushes ? "receive-pack" : "upload-pack");
	add_word(a, repo);
	return rc ? rc : buf_ok(&a->words, e);
}

enum err_code access_command(struct node *n, const char *code,
    const char *asked, struct access_run *out, struct err *e)
{
	static const struct service { const char *text; bool pushes; }
	services[] = { { "git-upload-pack ", false },
		{ "git-receive-pack ", true }, { "git upload-pack ", false },
		{ "git receive-pack ", true } };
	struct roster_row who;
	struct buf repo = BUF_INIT;
	const char *path = NULL;
	enum err_code rc = find_node(n, code, &who, e);

	for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
		size_t len = strlen(services[i].text);

		if (!path && strncmp(asked, services[i].text, len) == 0) {
			path = asked + len;
			out->pushes = services[i].pushes;
		}
	}
	if (!rc && !path) {
		rc = err_set(e, ERR_FOREIGN, _("this key exchanges chains and "
		    "nothing else"));
		err_hint(e, _("'wellhead sync' at the branch uses it"));
	}
	if (!rc)
		rc = check_path(n, path, &repo, e);
	if (!rc)
		rc = fill_words(n, out, &who, (const char *)repo.p, e);
	buf_release(&repo);
	return rc;
}
