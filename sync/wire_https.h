/* The other end of a wire when it is a web server: libgit2's http streams,
 * one request for the greeting, one for the exchange. What the exchange
 * sends gathers until its answer is read.
 */
#ifndef SYNC_WIRE_HTTPS_H
#define SYNC_WIRE_HTTPS_H

#include "wire.h"

/* Ask for what the service has. Expected: ERR_OFFLINE; ERR_KEY when the
 * server's certificate or our password is not accepted. */
MUST_USE enum err_code https_open(struct wire *w, const struct url *u,
    const char *service, struct err *e);
MUST_USE enum err_code https_write(struct wire *w, struct slice s,
    struct err *e);
/* What has come of the answer, *n bytes, 0 at its end; sends first what was
 * written. */
MUST_USE enum err_code https_read(struct wire *w, unsigned char *p,
    size_t size, size_t *n, struct err *e);
void https_close(struct wire *w);	/* NULL-safe */

#endif
