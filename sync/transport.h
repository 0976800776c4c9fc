/* Moving refs between two repositories: fetch and push over a pipe to a git
 * process, on this machine (a path) or another (ssh://). https by libgit2.
 *
 * All of it runs in a forked child with a deadline, a stall watchdog and
 * resource limits; the child is killed when either passes. The pipe goes to
 * the system's `ssh` (known_hosts, ProxyJump and keys are the user's own), or
 * to `git upload-pack|receive-pack PATH` for a path.
 */
#ifndef SYNC_TRANSPORT_H
#define SYNC_TRANSPORT_H

#include "base/buf.h"

struct transfer {		/* limits in, counts out */
	int deadline_s;		/* whole call; 0: 600 */
	int stall_s;		/* no byte moved; 0: 60 */
	uint64_t sent, received;	/* bytes on the pipe, both ways */
	void (*progress)(void *arg, uint64_t sent, uint64_t received);
	void *arg;
};

struct refspec { char from[120], to[120]; bool force; };

/* Only these refs (exact names, no patterns). A ref the remote lacks is left
 * out. Fetch writes refs/remotes/...; push never forces.
 * Expected: ERR_OFFLINE (no route, ssh refused, no such repository),
 * ERR_DEADLINE, ERR_CHAIN (push: the remote's ref is not an ancestor; the
 * detail names it), ERR_INTERRUPTED. */
MUST_USE enum err_code transport_fetch(const char *repo_path, const char *url,
    const struct refspec *spec, size_t n, struct transfer *t, struct err *e);
MUST_USE enum err_code transport_push(const char *repo_path, const char *url,
    const struct refspec *spec, size_t n, struct transfer *t, struct err *e);
/* The remote's refs: one "oid name\n" line each into out. */
MUST_USE enum err_code transport_list(const char *url, struct transfer *t,
    struct buf *out, struct err *e);
/* ssh://, https://, file:// or an absolute or relative path; anything else
 * (http://, git://, courier:) is refused with a sentence. */
MUST_USE enum err_code transport_check_url(const char *url, struct err *e);

#endif
