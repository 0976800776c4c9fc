/* A relay: an office between branches and headquarters that carries chains
 * on unchanged, from one remote to another and back. It needs no key: what is
 * sealed stays closed. What it passes on is verified as far as the roster
 * tells whose keys sign; a chain of a node that the roster does not name yet
 * must be sound in itself.
 *
 * refs/relay/<chain> is how far a chain was verified. A new epoch of hq/...
 * takes the place of the one before, which moves to refs/relay/past/..., when
 * the relay's own store has taken it.
 */
#ifndef SYNC_RELAY_H
#define SYNC_RELAY_H

#include "chain.h"

#define RELAY_REFS "refs/relay/"

struct relay_options {
	const char *below, *above;	/* names of remotes */
	int deadline_s;			/* of each transfer; 0: 600 */
	void (*progress)(void *arg, uint64_t sent, uint64_t received);
	void *arg;
	struct buf *notes;		/* chains that stay, a line each */
};
/* up, down: chains that were moved on. */
struct relayed { size_t up, down, refused; uint64_t sent, received; };
/* Nodes' chains go up, headquarters' come down, and of nodes' chains what the
 * repository below has lost; what headquarters has lost of its own goes back
 * to it (lost.h), unless the way up is a stick. Expected: ERR_NOT_FOUND (no such remote), as
 * sync_run(). */
MUST_USE enum err_code relay_run(struct node *n,
    const struct relay_options *o, struct relayed *out, struct err *e);

#endif
