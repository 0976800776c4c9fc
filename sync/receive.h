/* HQ's pre-receive hook: what is pushed is looked at before git takes it, so
 * that the sender learns at once what is wrong. It is a courtesy: ingest
 * verifies everything again, whatever way it came.
 *
 * Nothing is written. The chain's signature, order, keys, shapes and sizes
 * are checked by what link_read() is made of, an enrolment by enrol_check(); what the rows
 * may do is ingest's to judge.
 */
#ifndef SYNC_RECEIVE_H
#define SYNC_RECEIVE_H

#include "node.h"

#define RECEIVE_MAX (1 << 20)	/* bytes of lines on standard input */

struct receive {
	const char *sender;	/* code of the node whose key opened the
				 * connection; NULL: not known */
	const char *quarantine;	/* where git keeps the objects; NULL: in
				 * the repository already */
	bool relay;		/* not for us: headquarters' chains too, and
				 * nodes that the roster does not know yet */
};
/* lines: "<old> <new> <ref>\n" as git gives them to the hook. Expected:
 * ERR_FOREIGN (not the sender's ref), ERR_CHAIN (deleted, turned back, a
 * gap), and whatever link_read() expects; the detail names the ref. */
MUST_USE enum err_code receive_check(struct node *n, const struct receive *r,
    struct slice lines, struct err *e);
/* Write hooks/pre-receive into repo (a folder's repo.git), with the path of
 * the program that runs. Expected: ERR_EXISTS when there is a hook that is
 * not ours. */
MUST_USE enum err_code receive_install(const char *repo, struct err *e);
/* The absolute path of the program that runs, if it is wellhead; else "",
 * for the one in PATH. */
MUST_USE enum err_code receive_program(struct buf *out, struct err *e);

#endif
