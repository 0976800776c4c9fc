/* remote add NAME URL | list | remove NAME */
#include <unistd.h>

#include "out.h"
#include "transport.h"

/* A path means the same from every folder it is used in later. */
static enum err_code absolute(const char *url, struct buf *out, struct err *e)
{
	char here[4096];

	if (url[0] != '/' && !strchr(url, ':')) {
		if (!getcwd(here, sizeof here))
			return err_errno(e, _("finding the current folder"));
		buf_printf(out, "%s/", here);
	}
	buf_adds(out, url);
	return buf_ok(out, e);
}

static enum err_code add(struct context *c, struct err *e)
{
	struct buf url = BUF_INIT;
	enum err_code rc;

	rc = absolute(c->argv[2], &url, e);
	if (!rc)
		rc = transport_check_url((char *)url.p, e);
	if (!rc)
		rc = remote_add(c->node->store, c->argv[1], (char *)url.p, e);
	if (!rc)
		rc = out_result(c, json_pack("{s:s,s:s}", "name", c->argv[1],
		    "url", (char *)url.p), e);
	buf_release(&url);
	return rc;
}

static int add_row(void *arg, const struct remote_row *r)
{
	grid_add(arg, r->name);
	grid_add(arg, r->url);
	return 0;
}

static int print_json(void *arg, const struct remote_row *r)
{
	json_t *o = json_pack("{s:s,s:s}", "name", r->name, "url", r->url);

	(void)arg;
	if (o)
		out_json(o);
	json_decref(o);
	return 0;
}

static enum err_code list(struct context *c, struct err *e)
{
	enum err_code rc;
	struct grid g;

	if (c->json)
		return remote_each(c->node->store, print_json, NULL, e);
	grid_init(&g, 2);
	rc = remote_each(c->node->store, add_row, &g, e);
	if (!rc)
		rc = grid_print(&g, e);
	grid_release(&g);
	return rc;
}

static enum err_code take_off(struct context *c, struct err *e)
{
	enum err_code rc = remote_remove(c->node->store, c->argv[1], e);

	return rc ? rc :
	    out_result(c, json_pack("{s:s}", "name", c->argv[1]), e);
}

static const struct verb verbs[] = {
	{ "add", 3, true, add },
	{ "list", 1, false, list },
	{ "remove", 2, true, take_off },
};

enum err_code cmd_remote(struct context *c, struct err *e)
{
	return verb_run(c, verbs, sizeof verbs / sizeof *verbs, e);
}
