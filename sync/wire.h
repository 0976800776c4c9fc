/* A git process at the other end of a pipe, or a web server: bytes, packet
 * lines (gitprotocol pkt-line), the side band. Used in the transport's child
 * process only, where the parent's watchdog ends what takes too long; so
 * everything here blocks.
 */
#ifndef SYNC_WIRE_H
#define SYNC_WIRE_H

#include <sys/types.h>

#include "url.h"

#define PKT_MAX 65520

/* In a node's folder: its key as ssh reads it, and the key before that one. */
#define ACCESS_KEY_FILE "keys/id_ed25519"
#define ACCESS_OLD_FILE "keys/id_ed25519.old"

struct https;

struct wire {
	pid_t pid;		/* 0: not running */
	struct https *https;	/* NULL: a process */
	int to, from, err;
	struct buf in;		/* read and not yet used: from `at` on */
	size_t at;
	struct buf note;	/* the end of what it said to people ... */
	uint64_t said;		/* ... and how much that was in all */
	uint64_t sent, received;	/* of all its processes */
	uint64_t budget;	/* of both together; 0: any number */
	const char *dir;	/* of the node whose key ssh gets; or NULL */
	bool greeted;		/* it answered: no longer "cannot reach" */
	void (*tick)(void *arg);	/* after every piece of work */
	void *arg;
};

#define WIRE_INIT { .to = -1, .from = -1, .err = -1 }

/* Start (again, after wire_close()) `service` for the URL: "upload-pack" or
 * "receive-pack". */
MUST_USE enum err_code wire_open(struct wire *w, const struct url *u,
    const char *service, struct err *e);
/* End of what we send; wait for the process. Refused when it failed. */
MUST_USE enum err_code wire_close(struct wire *w, struct err *e);
void wire_release(struct wire *w);	/* kills what still runs */

MUST_USE enum err_code wire_write(struct wire *w, struct slice s,
    struct err *e);
/* One packet line into b, to be written with others. */
void wire_pkt(struct buf *b, const char *fmt, ...) PRINTF(2, 3);

enum pkt { PKT_DATA, PKT_FLUSH };
/* The next packet; payload is borrowed until the next call. Expected:
 * ERR_OFFLINE (it went away), ERR_FORMAT. */
MUST_USE enum err_code wire_read(struct wire *w, enum pkt *kind,
    struct slice *payload, struct err *e);
/* Give the last packet back, to be read once more. */
void wire_unread(struct wire *w, struct slice payload);
/* The next piece of band 1; empty at the end (a flush packet). Messages of
 * band 2 are kept in note; band 3 is an error. */
MUST_USE enum err_code wire_band(struct wire *w, struct slice *piece,
    struct err *e);
/* err_set() of the remote's own words: note's last lines, made printable. */
enum err_code wire_failed(struct wire *w, enum err_code code, struct err *e);
void wire_note(struct wire *w, struct slice s);

#endif
