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
/* One record's alone, ascending; files: those of its attachments, too. */
typedef int (*touch_stamp_fn)(void *arg, stamp_t stamp);
MUST_USE enum err_code touch_record(struct store *s, stamp_t record,
    bool files, touch_stamp_fn fn, void *arg, struct err *e);

/* One change to a record, for who asks what became of it. */
struct touch_row {
	stamp_t stamp;
	char what[12];		/* "edit" or "transition" */
	char name[64];		/* the field, or the state it goes to */
	char by[201];
	bool held;
	stamp_t needs;		/* of a held one: what it waits for */
	char code[24];		/* of a held one: why, "" while it waits */
};
typedef int (*touch_row_fn)(void *arg, const struct touch_row *r);
MUST_USE enum err_code touch_changes(struct store *s, stamp_t record,
    touch_row_fn fn, void *arg, struct err *e);	/* by stamp */

#endif
