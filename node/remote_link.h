/* What is known of the way to a remote: when it may be used, how large a
 * part it carries at once; and whether something waits that is not to be
 * put off. Local to the node.
 */
#ifndef NODE_REMOTE_LINK_H
#define NODE_REMOTE_LINK_H

#include "store.h"

#define WINDOW_TEXT 12		/* "22:00-06:00" and a NUL */

struct remote_link {
	char window[WINDOW_TEXT];	/* local time; "": always */
	uint32_t slice;			/* bytes; 0: not known yet */
};

/* All zero for a remote that is not there. */
MUST_USE enum err_code remote_link_get(struct store *s, const char *remote,
    struct remote_link *out, struct err *e);
MUST_USE enum err_code remote_link_set(struct store *s, const char *remote,
    const struct remote_link *l, struct err *e);

/* HH:MM-HH:MM, the end not included; it may pass midnight. */
bool remote_window_ok(const char *text);
/* Is `ms` (Unix, judged in local time) within the window? */
bool remote_window_open(const struct remote_link *l, int64_t ms);

/* Is something urgent of this node not known to have reached the remote: an
 * issue or an incident entered, an approval given, an overdue practical
 * matter touched? */
MUST_USE enum err_code urgent_waits(struct store *s, const char *remote,
    bool *yes, struct err *e);

#endif
