/* wellhead: reads the options, opens what the command needs, runs it. */
#include <errno.h>
#include <signal.h>

#include "base/file.h"
#include "hash.h"
#include "out.h"
#include "sealed.h"

/* For NEEDS_EITHER: somebody at work, or a folder that we may not write,
 * only means that we read. */
static bool may_write(const char *dir)
{
	char *store = path_join(dir, "store.db"), *path = path_join(dir, "lock");
	struct err ignored = {0};
	int fd = -1;
	bool yes = store && path && file_exists(store) &&
	    lock_take(path, 0, &fd, &ignored) == OK;

	if (yes)
		lock_release(&fd);
	free(store);
	free(path);
	return yes;
}

static enum err_code reopen_writing(struct context *c, struct err *e)
{
	enum err_code rc;

	node_close(c->node);
	c->node = NULL;
	rc = node_open(&c->node, c->dir, NODE_WRITE, e);
	c->catalogue = c->node ? c->node->catalogue : NULL;
	return rc;
}

enum err_code verb_run(struct context *c, const struct verb *verbs, size_t n,
    struct err *e)
{
	enum err_code rc;

	for (size_t i = 0; i < n; i++) {
		if (strcmp(verbs[i].name, c->argv[0]) != 0 ||
		    verbs[i].argc != c->argc)
			continue;
		rc = verbs[i].writes ? reopen_writing(c, e) : OK;
		return rc ? rc : verbs[i].run(c, e);
	}
	err_set(e, ERR_USAGE, _("not understood: %s %s"), c->command->name,
	    c->argv[0]);
	return err_hint(e, _("usage: wellhead %s %s"), c->command->name,
	    c->command->args);
}

/* --as names an operator where the node has any; else it is free text. */
static enum err_code act(struct context *c, struct err *e)
{
	char *secret = NULL;
	enum err_code rc;
	bool any;

	if (!c->as)
		return OK;
	rc = operator_any(c->node->store,
	    store_identity(c->node->store)->number, INT64_MAX, &any, e);
	if (rc || !any)
		return rc;
	rc = passphrase_of(c, c->as, &secret, e);
	if (!rc)
		rc = node_act(c->node, c->as, secret, e);
	passphrase_free(secret);
	return rc;
}

static enum err_code open_node(struct context *c, struct err *e)
{
	unsigned needs = c->command->needs;
	bool write = needs & NEEDS_WRITE ||
	    (needs & NEEDS_EITHER && may_write(c->dir));
	enum node_mode mode = needs & NEEDS_LOOK ? NODE_LOOK : NODE_READ;
	enum err_code rc;

	rc = node_open(&c->node, c->dir, write ? NODE_WRITE : mode, e);
	if (rc)
		return rc;
	c->catalogue = c->node->catalogue;
	if (needs & (NEEDS_REPO | NEEDS_KEY))
		rc = node_repo(c->node, e);
	if (!rc && needs & NEEDS_KEY)
		rc = node_key(c->node, e);
	if (!rc)
		rc = act(c, e);
	if (rc)
		return rc;
	if (needs & NEEDS_HQ && !store_identity(c->node->store)->hq) {
		err_set(e, ERR_ROLE,
		    _("only headquarters does this; this node is %s"),
		    store_identity(c->node->store)->code);
		return err_hint(e, _("run it in headquarters' folder"));
	}
	return OK;
}

/* A sealed value was shown: if the trail cannot say so the command failed. */
static enum err_code note_opened(struct context *c, struct err *e)
{
	struct record r = {0};
	struct err none;

	if (!c->node || !sealed_opened(c->node->store))
		return OK;
	if (c->argc && record_find(c->node->store, c->argv[0], &r, &none))
		r.id = 0;
	return trail_write(c, "open", r.id, c->command->name, e);
}

static enum err_code run(struct context *c, struct err *e)
{
	unsigned needs = c->command->needs;
	struct catalogue *own = NULL;
	enum err_code rc;

	rc = crypto_start(e);
	if (!rc && needs & NEEDS_CATALOGUE) {
		rc = catalogue_load(&own, e);
		c->catalogue = own;
	}
	if (!rc && needs & (NEEDS_LOOK | NEEDS_READ | NEEDS_WRITE |
	    NEEDS_EITHER))
		rc = open_node(c, e);
	if (!rc)
		rc = c->command->run(c, e);
	if (!rc)
		rc = note_opened(c, e);
	if (c->node && *c->node->notice)
		out_warn("%s", c->node->notice);
	if (c->node)
		node_close(c->node);
	c->node = NULL;
	catalogue_free(own);
	return rc;
}

/* A full disk must not look like a short answer. A reader that went away
 * ("wellhead list ... | head") is not our failure. */
static enum err_code flush(struct err *e)
{
	errno = 0;
	if ((fflush(stdout) || ferror(stdout)) && errno && errno != EPIPE)
		return err_errno(e, _("writing the output"));
	return OK;
}

/* --json may stand after what is wrong; the error's form follows it. */
static bool wants_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (!strcmp(argv[i], "--json"))
			return true;
	return false;
}

static enum err_code start(struct context *c, int argc, char **argv,
    struct err *e)
{
	bool json = wants_json(argc, argv);
	enum err_code rc = args_read(c, argc, argv, e);

	if (rc) {
		c->json = json;
		return rc;
	}
	if (c->help && c->command) {
		help_print(c->command);
		return OK;
	}
	if (c->help) {
		help_list(stdout);
		return OK;
	}
	if (!c->command) {
		help_list(stderr);
		return err_set(e, ERR_USAGE, _("which command?"));
	}
	return run(c, e);
}

int main(int argc, char **argv)
{
	const char *dir = getenv("WELLHEAD_DIR");
	struct context c = { .dir = dir && *dir ? dir : "." };
	struct err e = {0};
	enum err_code rc, flushed;

	c.zh = language_start();
	signal(SIGPIPE, SIG_IGN);
	rc = start(&c, argc, argv, &e);
	if (c.problems.n > c.problems.errors)
		out_warnings(&c);
	if (rc)
		out_error(&c, &e);
	flushed = flush(&e);
	if (flushed && !rc) {
		c.json = false;		/* there is nowhere to print it */
		rc = flushed;
		out_error(&c, &e);
	}
	problems_release(&c.problems);
	return err_status(rc);
}
