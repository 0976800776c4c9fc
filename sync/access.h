/* Who gets in over ssh, and how far.
 *
 * At headquarters sshd asks for the keys (AuthorizedKeysCommand): each node
 * of the roster may run one command, `wellhead shell CODE`, which is git's
 * upload-pack or receive-pack on headquarters' repository and nothing else.
 * A branch is shown its own chains, those of its branch's other nodes, hq/all
 * and hq/<branch>; it may push its own refs only.
 *
 * At a branch keys/id_ed25519 is the node's key as ssh reads it; where it is,
 * ssh is given it.
 *   access.c (headquarters)  access_key.c (a branch)
 */
#ifndef SYNC_ACCESS_H
#define SYNC_ACCESS_H

#include "node.h"
#include "wire.h"	/* ACCESS_KEY_FILE */

/* Lines for authorized_keys. user: whom sshd asks about, NULL: anybody; only
 * the owner of the folder is let in. key: "ssh-ed25519 AAAA...", only that
 * one; NULL: all. */
MUST_USE enum err_code access_lines(struct node *n, const char *user,
    const char *key, struct buf *out, struct err *e);

/* What `wellhead shell CODE` runs for a command that a client asked for. */
struct access_run {
	struct buf words;	/* each ends with a NUL */
	bool pushes;
};
/* Expected: ERR_KEY (no such node, or revoked), ERR_FOREIGN (another command
 * or repository). */
MUST_USE enum err_code access_command(struct node *n, const char *code,
    const char *asked, struct access_run *out, struct err *e);

/* Write the node's key for ssh; the line for people into out. Expected:
 * ERR_KEY when the key is sealed by a passphrase: it would stand there
 * open. */
MUST_USE enum err_code access_key_write(struct node *n, struct buf *out,
    struct err *e);
/* After a change of the node's key: write it anew and keep the one before as
 * ACCESS_OLD_FILE, since headquarters knows that one until it has heard of
 * the change. Does nothing where there is no such file. */
MUST_USE enum err_code access_key_refresh(struct node *n, struct err *e);

#endif
