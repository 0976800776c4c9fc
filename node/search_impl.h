/* Between search.c and search_find.c only. */
#ifndef NODE_SEARCH_IMPL_H
#define NODE_SEARCH_IMPL_H

#include "entry.h"

/* Called with every text of a record that may be searched; false stops. */
typedef bool (*text_fn)(void *arg, const char *field, struct slice text);
void search_texts(const struct catalogue *c, const struct entry *r,
    text_fn fn, void *arg);

/* Reads records one by one, with one statement per type. */
struct prepared {
	sqlite3_stmt *st;	/* NULL until the first of its type */
};
struct reader {
	struct store *s;
	struct prepared *type;	/* [ntype] */
	struct value *cell;	/* as many as the widest type has */
	struct entry r;
};

/* reader_release() even if it fails. */
MUST_USE enum err_code reader_init(struct reader *rd, struct store *s,
    struct err *e);
void reader_release(struct reader *rd);
void reader_reset(struct reader *rd);	/* leaves no read open */
/* rd->r is borrowed until the next call; *found false if it is not there. */
MUST_USE enum err_code reader_get(struct reader *rd, stamp_t id, int64_t type,
    bool *found, struct err *e);

#endif
