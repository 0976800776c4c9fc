/* Live values: those of one field, or the state, that nobody has replaced.
 * More than one is a conflict.
 */
#ifndef NODE_LIVE_H
#define NODE_LIVE_H

#include "store_db.h"

struct live {
	stamp_t stamp;
	struct value value;	/* of a state: its key */
	struct value by;
	const char *role;	/* of a state; NULL: its initial one */
};

struct live_list {
	struct batch text;	/* owns the values' text */
	struct live *value;	/* ascending by stamp */
	size_t n, cap;
};

/* field may be "state" or "void". The caller owns *out: live_free(). */
MUST_USE enum err_code live_load(struct store *s, stamp_t record,
    const struct type *t, const char *field, struct live_list **out,
    struct err *e);
void live_free(struct live_list *l);

#endif
