/* Moving refs between two repositories: fetch and push over a pipe to a git
 * process, on this machine (a path) or another (ssh://), or to a web server
 * (https://, by libgit2's http).
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
	uint64_t budget;	/* bytes both ways; 0: any number */
	uint32_t slice;		/* bytes to move at once, 0: SLICE_FIRST; out:
				 * what suits this link next time */
	uint64_t sent, received;	/* bytes on the pipe, both ways */
	struct buf *landed;	/* push: "oid name\n" of what the remote took,
				 * of a failed push too; may be NULL */
	void (*progress)(void *arg, uint64_t sent, uint64_t received);
	void *arg;
	const char *dir;	/* the node's folder, for its ssh key */
	const char *org;	/* courier: the organisation's id */
	struct buf *notes;	/* courier: what people should know, a line
				 * each; may be NULL */
};

/* A slice grows while it takes under SLICE_GOOD_MS; it is halved when a link
 * was cut before the first had passed. */
#define SLICE_FIRST (64u << 10)
#define SLICE_MIN (8u << 10)
#define SLICE_MAX (16u << 20)
#define SLICE_GOOD_MS 10000

struct refspec {
	char from[120], to[120];
	bool force;
	/* push: a commit that the remote has though it does not show this ref,
	 * or "" */
	char base[41];
};

/* Only these refs: exact names, or (fetch) both ending in "/" and '*' for
 * every chain's ref below, as the remote tells them. A ref the remote lacks
 * is left out. Fetch writes refs/remotes/..., and removes of those asked for
 * what the remote does not show (a stick says nothing of that); push with
 * force is for refs that are one object and no chain (refs/mail/...): it
 * replaces what is there.
 *
 * Long chains go in slices, each a transfer of its own that is kept whatever
 * becomes of the next: push moves the remote's ref slice by slice; fetch
 * asks for the newest part first, then deeper, and moves our ref when the
 * chain is whole (docs/format-commit.md).
 * Expected: ERR_OFFLINE (no route, ssh refused, no such repository),
 * ERR_DEADLINE, ERR_BUDGET, ERR_CHAIN (push: the remote's ref is not an
 * ancestor; the detail names it), ERR_INTERRUPTED. */
MUST_USE enum err_code transport_fetch(const char *repo_path, const char *url,
    const struct refspec *spec, size_t n, struct transfer *t, struct err *e);
MUST_USE enum err_code transport_push(const char *repo_path, const char *url,
    const struct refspec *spec, size_t n, struct transfer *t, struct err *e);
/* The remote's refs: one "oid name\n" line each into out. */
MUST_USE enum err_code transport_list(const char *url, struct transfer *t,
    struct buf *out, struct err *e);
/* ssh://, https://, file:// or an absolute or relative path; anything else
 * (http://, git://) is refused with a sentence. "courier:/path" is fetched
 * from; courier.h writes to it. */
MUST_USE enum err_code transport_check_url(const char *url, struct err *e);

#endif
