/* Sync again and again: `sync --watch` and `daemon`.
 *
 * One loop over one node: sync; then wait, for the time that was asked for
 * when all is well, longer and longer and by chance when the remote cannot be
 * reached, and not at all when something was entered here or (headquarters)
 * pushed. The node is opened only for the work, so that people can enter
 * records meanwhile. One such loop per node.
 */
#ifndef SYNC_WATCH_H
#define SYNC_WATCH_H

#include "chain.h"
#include "repo_pack.h"

enum watch_kind {
	WATCH_SYNCED,		/* synced */
	WATCH_FAILED,		/* e; again in wait_ms */
	WATCH_PACKED,		/* repacked */
	WATCH_STOPPED,		/* asked to end */
};

struct watch_event {
	enum watch_kind kind;
	const struct synced *synced;
	const struct repacked *packed;
	const struct err *e;
	int64_t wait_ms;
};

struct watch_options {
	struct sync_options sync;
	int64_t every_ms;	/* between two syncs when all is well */
	bool daemon;		/* also once a day: pack, prune; at
				 * headquarters a checkpoint with states */
	void (*event)(void *arg, const struct watch_event *ev);
	void *arg;
};

/* Until SIGTERM, SIGINT or SIGHUP: then OK, whatever was going on; the next
 * run goes on with it. dir is a node's folder, not open.
 * Expected: ERR_BUSY (another one is at work here), and what waiting does not
 * mend: ERR_NO_NODE, ERR_KEY, ERR_NEWER, ERR_NOT_FOUND (no remote). */
MUST_USE enum err_code watch_run(const char *dir,
    const struct watch_options *o, struct err *e);

/* For the nth failure in a row (from 1): a time by chance, up to a limit that
 * doubles from five seconds to a quarter of an hour, or `every` if longer. */
int64_t watch_wait(int failures, int64_t every_ms, uint64_t random);

#endif
