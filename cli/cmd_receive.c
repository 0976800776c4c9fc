/* receive: headquarters' pre-receive hook. */
#include "base/file.h"
#include "out.h"
#include "receive.h"

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static enum err_code install(struct context *c, struct err *e)
{
	char *repo = path_join(c->node->dir, "repo.git");
	enum err_code rc;

	rc = repo ? receive_install(repo, e) : err_memory(e);
	free(repo);
	return rc;
}

enum err_code cmd_receive(struct context *c, struct err *e)
{
	struct receive r = { .sender = variable("WELLHEAD_NODE"),
		.quarantine = variable("GIT_QUARANTINE_PATH") };
	struct buf lines = BUF_INIT;
	enum err_code rc;

	if (option(c, "install"))
		return install(c, e);
	rc = file_read("-", RECEIVE_MAX, &lines, e);
	if (!rc)
		rc = receive_check(c->node, &r, slice_buf(&lines), e);
	buf_release(&lines);
	return rc;
}
