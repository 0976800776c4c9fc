/* The process at the other end of a wire: its command line, its life.
 */
#ifndef SYNC_WIRE_PROCESS_H
#define SYNC_WIRE_PROCESS_H

#include "wire.h"

#define STATUS_NOT_FOUND 127	/* the program is not there */

/* ssh, or git on this machine. */
MUST_USE enum err_code process_start(struct wire *w, const struct url *u,
    const char *service, struct err *e);
/* Read what it says to people; false when it will say no more. */
bool process_drain(struct wire *w);
/* No more will be sent. */
void process_hang_up(struct wire *w);
/* Wait for its end; its exit status, or 128 + signal. */
int process_wait(struct wire *w);
void process_kill(struct wire *w);

#endif
