/* What a loop of syncs says: one line for each event, on standard error.
 */
#ifndef CLI_WATCH_PRINT_H
#define CLI_WATCH_PRINT_H

#include "out.h"
#include "watch.h"

/* Run the loop over c's node, which is closed first: with --every, --deadline,
 * --budget and --now, if the command has them. */
MUST_USE enum err_code watch_start(struct context *c, bool daemon,
    const struct sync_options *sync, struct err *e);

#endif
