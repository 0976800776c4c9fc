/* What a person or the system does to stop us, read where it suits us.
 */
#ifndef SYNC_SIGNALS_H
#define SYNC_SIGNALS_H

#include <signal.h>

#include "base/err.h"

struct signals {
	int fd;			/* readable when one has come */
	sigset_t before;	/* the signal mask to put back */
};
#define SIGNALS_INIT ((struct signals){ .fd = -1 })

/* From here to signals_release() SIGINT, SIGTERM and SIGHUP come through
 * s->fd and otherwise wait. Release it whether or not this went well. */
MUST_USE enum err_code signals_catch(struct signals *s, struct err *e);
/* Take one that has come; false if none has. */
bool signals_came(const struct signals *s);
void signals_release(struct signals *s);

#endif
