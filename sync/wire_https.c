#include "wire_https.h"

#include <git2/config.h>
#include <git2/errors.h>
#include <git2/global.h>
#include <git2/remote.h>
#include <git2/sys/transport.h>

#include "repo.h"

/* Pieces of an upload, so that the watchdog sees it move. */
#define PIECE (16u << 10)

struct https {
	const struct url *url;
	bool push;
	git_remote *remote;
	git_transport *transport;	/* owns sub */
	git_smart_subtransport *sub;
	git_smart_subtransport_stream *stream;
	struct buf out;			/* of a request not made yet */
};

static enum err_code https_error(int rc, struct err *e)
{
	err_git(e, rc, "https");
	if (rc == GIT_ECERTIFICATE) {
		e->code = ERR_KEY;
		return err_hint(e, _("if the server's certificate is the "
		    "organisation's own, name its file in SSL_CERT_FILE or "
		    "in git's http.sslCAInfo"));
	}
	if (rc == GIT_EAUTH)
		return e->code = ERR_KEY;
	return e->code == ERR_MEMORY ? e->code : (e->code = ERR_OFFLINE);
}

/* The certificates to trust besides the system's: as stock git has them. */
static enum err_code trust(struct err *e)
{
	git_config *config = NULL;
	git_buf path = GIT_BUF_INIT;
	const char *file = getenv("SSL_CERT_FILE");
	int rc = 0;

	if (file == NULL && git_config_open_default(&config) == 0 &&
	    git_config_get_path(&path, config, "http.sslCAInfo") == 0)
		file = path.ptr;
	if (file != NULL && file[0] != '\0')
		rc = git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, file,
		    NULL);
	git_buf_dispose(&path);
	git_config_free(config);
	return rc == 0 ? OK : err_git(e, rc, _("reading the certificates to "
	    "trust"));
}

static int keep_sub(git_smart_subtransport **out, git_transport *owner,
    void *https)
{
	struct https *h = https;
	int rc = git_smart_subtransport_http(out, owner, NULL);

	if (rc == 0)
		h->sub = *out;
	return rc;
}

static int act(struct https *h, bool greeting)
{
	git_smart_service_t action = h->push
	    ? greeting ? GIT_SERVICE_RECEIVEPACK_LS : GIT_SERVICE_RECEIVEPACK
	    : greeting ? GIT_SERVICE_UPLOADPACK_LS : GIT_SERVICE_UPLOADPACK;

	if (h->stream != NULL)
		h->stream->free(h->stream);
	h->stream = NULL;
	return h->sub->action(&h->stream, h->sub, h->url->text, action);
}

/* "# service=git-upload-pack" and a flush stand before the greeting. */
static enum err_code read_service(struct wire *w, struct err *e)
{
	struct slice line;
	enum pkt kind;

	do {
		if (wire_read(w, &kind, &line, e) != OK)
			return e->code;
	} while (kind != PKT_FLUSH);
	return OK;
}

enum err_code https_open(struct wire *w, const struct url *u,
    const char *service, struct err *e)
{
	git_smart_subtransport_definition d = { keep_sub, 1, NULL };
	struct https *h = calloc(1, sizeof(*h));
	int rc;

	if (h == NULL)
		return err_memory(e);
	w->https = h;
	h->url = u;
	h->push = strcmp(service, "receive-pack") == 0;
	d.param = h;
	git_libgit2_init();
	if (trust(e) != OK)
		return e->code;
	rc = git_remote_create_detached(&h->remote, u->text);
	if (rc == 0)
		rc = git_transport_smart(&h->transport, h->remote, &d);
	if (rc == 0)
		rc = act(h, true);
	return rc == 0 ? read_service(w, e) : https_error(rc, e);
}

enum err_code https_write(struct wire *w, struct slice s, struct err *e)
{
	buf_addb(&w->https->out, s);
	return buf_ok(&w->https->out, e);
}

/* An upload goes in chunks; a question is one request of known length. */
static enum err_code send_request(struct wire *w, struct err *e)
{
	struct https *h = w->https;
	size_t piece = h->push ? PIECE : h->out.n, n, at;
	int rc = act(h, false);

	for (at = 0; rc == 0 && at < h->out.n; at += n) {
		n = h->out.n - at < piece ? h->out.n - at : piece;
		rc = h->stream->write(h->stream, (char *)h->out.p + at, n);
		w->sent += n;
		w->tick(w->arg);
	}
	buf_clear(&h->out);
	return rc == 0 ? OK : https_error(rc, e);
}

enum err_code https_read(struct wire *w, unsigned char *p, size_t size,
    size_t *n, struct err *e)
{
	struct https *h = w->https;
	int rc;

	*n = 0;
	if (h->out.n > 0 && send_request(w, e) != OK)
		return e->code;
	rc = h->stream->read(h->stream, (char *)p, size, n);
	return rc == 0 ? OK : https_error(rc, e);
}

void https_close(struct wire *w)
{
	struct https *h = w->https;

	if (h == NULL)
		return;
	if (h->stream != NULL)
		h->stream->free(h->stream);
	if (h->transport != NULL)
		h->transport->free(h->transport);
	git_remote_free(h->remote);
	buf_release(&h->out);
	free(h);
	w->https = NULL;
}
