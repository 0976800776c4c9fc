/* daemon: sync --watch, and the housekeeping of a day. */
#include "watch_print.h"

enum err_code cmd_daemon(struct context *c, struct err *e)
{
	struct sync_options sync = { .progress = NULL };

	return watch_start(c, true, &sync, e);
}
