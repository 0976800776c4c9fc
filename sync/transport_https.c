#include "transport_work.h"

#include <git2/remote.h>
#include <stdio.h>

/* https goes through libgit2's own transport, with its certificates; its
 * negotiation walks the chains, which ssh and paths are spared. */

static int on_received(const git_indexer_progress *p, void *work)
{
	struct work *k = work;

	k->wire.received = p->received_bytes;
	work_alive(k);
	return 0;
}

static int on_sent(unsigned current, unsigned total, size_t bytes, void *work)
{
	struct work *k = work;

	(void)current;
	(void)total;
	k->wire.sent = bytes;
	work_alive(k);
	return 0;
}

/* A non-NULL status is the remote's reason for refusing the ref. */
static int on_ref(const char *ref, const char *status, void *work)
{
	struct work *k = work;

	if (status == NULL)
		return 0;
	wire_note(&k->wire, slice_str(ref));
	wire_note(&k->wire, slice_str(": "));
	wire_note(&k->wire, slice_str(status));
	return -1;
}

static void set_callbacks(git_remote_callbacks *c, struct work *k)
{
	git_remote_init_callbacks(c, GIT_REMOTE_CALLBACKS_VERSION);
	c->transfer_progress = on_received;
	c->push_transfer_progress = on_sent;
	c->push_update_reference = on_ref;
	c->payload = k;
}

static enum err_code https_error(struct work *k, int rc, struct err *e)
{
	if (k->wire.note.n > 0)
		return wire_failed(&k->wire, ERR_CHAIN, e);
	err_git(e, rc, "https");
	if (rc == GIT_ECERTIFICATE || rc == GIT_EAUTH)
		return e->code = ERR_KEY;
	return e->code == ERR_MEMORY ? e->code : (e->code = ERR_OFFLINE);
}

static enum err_code greet(struct work *k, git_remote *remote, struct err *e)
{
	const git_remote_head **head = NULL;
	git_remote_connect_options o;
	size_t n, i;
	int rc;

	git_remote_connect_options_init(&o, GIT_REMOTE_CONNECT_OPTIONS_VERSION);
	set_callbacks(&o.callbacks, k);
	o.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
	rc = git_remote_connect_ext(remote, k->kind == WORK_PUSH
	    ? GIT_DIRECTION_PUSH : GIT_DIRECTION_FETCH, &o);
	if (rc == 0)
		rc = git_remote_ls(&head, &n, remote);
	if (rc != 0)
		return https_error(k, rc, e);
	for (i = 0; i < n && k->refs.n < REFS_MAX; i++) {
		char oid[OID_HEX];

		if (strncmp(head[i]->name, "refs/", 5) != 0)
			continue;
		git_oid_tostr(oid, sizeof(oid), &head[i]->oid);
		buf_printf(&k->refs, "%s %s\n", oid, head[i]->name);
	}
	return buf_ok(&k->refs, e);
}

/* Does this ref have to move? */
static enum err_code differs(struct work *k, const struct refspec *s,
    bool *yes, struct err *e)
{
	bool push = k->kind == WORK_PUSH;
	char here[OID_HEX], there[OID_HEX];
	struct buf oids = BUF_INIT;
	enum err_code rc = OK;

	work_ref(k, push ? s->to : s->from, there);
	if (repo_ref_get(k->repo, push ? s->from : s->to, here, e) != OK)
		return e->code;
	*yes = (push ? here : there)[0] != '\0' && strcmp(here, there) != 0;
	if (push && *yes)
		rc = work_news(k, s, here, there, &oids, e);
	buf_release(&oids);
	return rc;
}

static int transfer(struct work *k, git_remote *remote,
    const git_strarray *specs)
{
	git_fetch_options f;
	git_push_options p;

	if (k->kind == WORK_PUSH) {
		git_push_options_init(&p, GIT_PUSH_OPTIONS_VERSION);
		set_callbacks(&p.callbacks, k);
		p.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
		return git_remote_upload(remote, specs, &p);
	}
	git_fetch_options_init(&f, GIT_FETCH_OPTIONS_VERSION);
	set_callbacks(&f.callbacks, k);
	f.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
	f.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
	f.update_fetchhead = 0;
	return git_remote_download(remote, specs, &f);
}

/* "from:to" of every ref that has to move, into line and specs. */
static enum err_code name_moves(struct work *k, char (*line)[256],
    git_strarray *specs, struct err *e)
{
	bool yes = false;
	size_t i;

	for (i = 0; i < k->n; i++) {
		if (differs(k, &k->spec[i], &yes, e) != OK)
			return e->code;
		if (!yes)
			continue;
		snprintf(line[i], sizeof(line[i]), "%s:%s", k->spec[i].from,
		    k->spec[i].to);
		specs->strings[specs->count++] = line[i];
	}
	return OK;
}

static enum err_code move(struct work *k, git_remote *remote, struct err *e)
{
	char (*line)[256] = calloc(k->n + 1, sizeof(*line));
	git_strarray specs = { NULL, 0 };
	enum err_code code;
	int rc;

	specs.strings = calloc(k->n + 1, sizeof(*specs.strings));
	if (line == NULL || specs.strings == NULL)
		code = err_memory(e);
	else
		code = name_moves(k, line, &specs, e);
	if (code == OK && specs.count > 0) {
		rc = transfer(k, remote, &specs);
		code = rc == 0 ? OK : https_error(k, rc, e);
	}
	free(line);
	free(specs.strings);
	return code;
}

enum err_code work_https(struct work *k, struct err *e)
{
	git_remote *remote = NULL;
	enum err_code code;
	int rc;

	if (k->repo == NULL)
		git_libgit2_init();
	rc = k->repo == NULL ? git_remote_create_detached(&remote, k->url->text)
	    : git_remote_create_anonymous(&remote, k->repo->git, k->url->text);
	code = rc == 0 ? greet(k, remote, e) : https_error(k, rc, e);
	if (code == OK && k->kind != WORK_LIST)
		code = move(k, remote, e);
	if (code == OK && k->kind == WORK_FETCH)
		code = work_take(k, e);
	git_remote_free(remote);
	return code;
}
