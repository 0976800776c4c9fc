/* Changes that stand at another record than they were meant for: another life
 * of a node has used the record's number, and has kept it.
 */
#ifndef NODE_MEANT_H
#define NODE_MEANT_H

#include "store.h"

/* Of the changes that this node made in `old`, and that s has, too: how many
 * are about a record that is another one in s? *first: the first such record,
 * by number. */
MUST_USE enum err_code meant_others(struct store *s, struct store *old,
    size_t *n, stamp_t *first, struct err *e);

#endif
