/* The access trail: who was shown what is kept from most, who took records
 * out of the system. Rows of the wire table ACCESS, in the node's own chain
 * (HQ's in hq/HQ), so that headquarters and auditors see them too.
 *
 *   what     view log   a person's own view, the list of who had asked
 *            open       a sealed value was shown (sealed.h)
 *            export     records of a type were written to a file
 */
#ifndef NODE_TRAIL_H
#define NODE_TRAIL_H

#include "record.h"

/* Note an access, durably unless a transaction is open. record 0: of no
 * single one; who: without an operator acting, as given. */
MUST_USE enum err_code trail_note(struct store *s, const char *what,
    stamp_t record, const char *detail, const char *who, struct err *e);
/* Apply an ACCESS section's rows from a chain of this branch. Expected:
 * ERR_FORMAT, ERR_COLLISION. */
MUST_USE enum err_code trail_apply(struct store *s, const struct batch *b,
    const char *branch, struct err *e);
/* Every access to a record, or to one that is the same (0: all), the newest
 * first, to whoever asks. */
MUST_USE enum err_code trail_each(struct store *s, stamp_t record,
    record_fn fn, void *arg, struct err *e);
/* {"at","branch","who","what","record","detail"}; where the node has operators, for those who keep or check files.
 * Expected: ERR_ROLE. */
MUST_USE enum err_code trail_list(struct store *s, stamp_t record,
    record_fn fn, void *arg, struct err *e);
/* May the acting operator see what concerns anybody? True without operators
 * at the node. */
bool trail_keeper(struct store *s);

#endif
