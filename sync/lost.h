/* What headquarters had sealed and has no more.
 *
 * Put back from an older copy, headquarters begins its chains again
 * (hq_epoch.h). What it had sealed after the copy was made others still have.
 * They hand it back, and headquarters goes on with that epoch where its copy
 * ended: the same changesets under the same stamps, so nobody has anything
 * twice. The tips of its next checkpoint name the new end, and whoever had
 * less takes the rest. hq/HQ was sent nowhere and stays lost.
 *
 *   refs/lost/<code>/past/hq/<branch>/<epoch8>   handed back by that node
 */
#ifndef SYNC_LOST_H
#define SYNC_LOST_H

#include "chain.h"

#define LOST_REFS "refs/lost/"

/* The parts of such a name, after refs/ or refs/remotes/<remote>/; false for
 * other names. */
bool lost_of_ref(const char *name, char chain[CHAIN_NAME], char epoch8[9],
    char code[17]);

/* Of p, where it is an epoch of hq/... that has ended: do we have more than
 * headquarters' newest tip says? known: where it has it to, "" for nothing;
 * p's own end if *more is false. */
MUST_USE enum err_code lost_more(struct node *n, const struct position *p,
    bool *more, char known[OID_HEX], struct err *e);

/* Headquarters: take what was handed back under <prefix>lost/, prefix "refs/"
 * or "refs/remotes/<remote>/". What does not continue a chain of ours is kept
 * as evidence, and told in notes (may be NULL). */
MUST_USE enum err_code lost_take(struct node *n, const char *prefix,
    struct buf *notes, struct ingested *out, struct err *e);

#endif
