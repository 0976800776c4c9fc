/* remote add NAME URL | list | remove NAME */
#include <unistd.h>

#include "out.h"
#include "remote_link.h"
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

static enum err_code take_window(struct context *c, struct remote_link *l,
    struct err *e)
{
	const char *window = option(c, "window");

	if (window && !remote_window_ok(window))
		return err_set(e, ERR_USAGE, _("--window wants two times of "
		    "the day such as 22:00-06:00, not “%s”"), window);
	snprintf(l->window, sizeof l->window, "%s", window ? window : "");
	return OK;
}

static enum err_code add(struct context *c, struct err *e)
{
	struct remote_link link = {0};
	struct buf url = BUF_INIT;
	enum err_code rc;

	rc = take_window(c, &link, e);
	if (!rc)
		rc = absolute(c->argv[2], &url, e);
	if (!rc)
		rc = transport_check_url((char *)url.p, e);
	if (!rc)
		rc = remote_add(c->node->store, c->argv[1], (char *)url.p, e);
	if (!rc && link.window[0])
		rc = remote_link_set(c->node->store, c->argv[1], &link, e);
	if (!rc)
		rc = out_result(c, json_pack("{s:s,s:s}", "name", c->argv[1],
		    "url", (char *)url.p), e);
	buf_release(&url);
	return rc;
}

struct remote_list {
	struct store *store;
	struct grid g;
	bool json;
	enum err_code rc;
	struct err *e;
};

static int each_remote(void *arg, const struct remote_row *r)
{
	struct remote_list *l = arg;
	struct remote_link link;
	json_t *o;

	l->rc = remote_link_get(l->store, r->name, &link, l->e);
	if (l->rc)
		return 1;
	if (!l->json) {
		grid_add(&l->g, r->name);
		grid_add(&l->g, r->url);
		grid_add(&l->g, link.window);
		return 0;
	}
	o = json_pack("{s:s,s:s,s:s*}", "name", r->name, "url", r->url,
	    "window", link.window[0] ? link.window : NULL);
	if (o)
		out_json(o);
	json_decref(o);
	return 0;
}

static enum err_code list(struct context *c, struct err *e)
{
	struct remote_list l = { .store = c->node->store, .json = c->json,
		.e = e };
	enum err_code rc;

	grid_init(&l.g, 3);
	rc = remote_each(c->node->store, each_remote, &l, e);
	if (!rc)
		rc = l.rc;
	if (!rc && !c->json)
		rc = grid_print(&l.g, e);
	grid_release(&l.g);
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
