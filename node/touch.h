/* What touched each record: the stamps of its edits and steps, applied and
 * held. For the state that a checkpoint signs.
 */
#ifndef NODE_TOUCH_H
#define NODE_TOUCH_H

#include "store.h"

/* A record and the stamps that touched it after it was made, ascending. */
typedef int (*touch_fn)(void *arg, stamp_t record, const stamp_t *stamp,
    size_t n);
/* Records of the branch by id. Stamps (of records, too) that known() does not
 * know are left out; known NULL: all. */
typedef bool (*touch_known)(void *arg, stamp_t stamp);
MUST_USE enum err_code touch_each(struct store *s, const char *branch,
    touch_known known, touch_fn fn, void *arg, struct err *e);

#endif
