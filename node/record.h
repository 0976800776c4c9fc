/* Records: what people do to them. Every call is one durable transaction of
 * its own unless it says otherwise, and leaves the store unchanged when it is
 * refused. Input is a JSON object of field keys (or Chinese labels) to
 * values, as check.h reads them.
 */
#ifndef NODE_RECORD_H
#define NODE_RECORD_H

#include "check.h"

struct record {			/* where a record is */
	stamp_t id;
	const struct type *type;
	char branch[17];
	char state[32];
	bool voided;
};

/* Find by id, unambiguous prefix of the printed id, or external key.
 * Expected: ERR_NOT_FOUND, ERR_AMBIGUOUS. */
MUST_USE enum err_code record_find(struct store *s, const char *ref,
    struct record *out, struct err *e);

/* `branch` NULL: this node's own. Expected: the input codes; p has them all. */
MUST_USE enum err_code record_add(struct store *s, const struct type *t,
    const char *branch, const json_t *fields, const char *by, stamp_t *id,
    struct problems *p, struct err *e);
MUST_USE enum err_code record_edit(struct store *s, const char *ref,
    const json_t *fields, const char *by, struct problems *p, struct err *e);
MUST_USE enum err_code record_void(struct store *s, const char *ref,
    const char *reason, const char *by, struct err *e);
/* A transition. role NULL: the first allowed one that this node may act in
 * (HQ: hq, hq_chair; on its own records any; a branch: any but those).
 * on NULL: today. Expected: ERR_TRANSITION, ERR_ROLE, ERR_REQUIRED. */
MUST_USE enum err_code record_do(struct store *s, const char *ref,
    const char *to, const char *role, const char *by, const char *on,
    const char *note, struct problems *p, struct err *e);
/* Close a conflict: take the value of stamp (prefix text), or a new value.
 * Exactly one of take and value. field may be "state" or "void". */
MUST_USE enum err_code record_resolve(struct store *s, const char *ref,
    const char *field, const char *take, const char *value, const char *by,
    struct problems *p, struct err *e);

/* {"id":"...","type":...,"branch":...,"state":...,"rev":n, fields with
 * values; references as printed ids; lists as arrays; "attachments" and
 * "decisions" as attachment.h and same.h give them, if any}. With history:
 * "history":[{"at","what","field","from","to","role","by","on","note",
 * "value","stamp","live","imported","signed"}], whose first entry has under "values" the first
 * values of fields that were edited since. rev = 1 + edits + transitions. New reference. */
MUST_USE enum err_code record_json(struct store *s, stamp_t id,
    const struct type *t, bool history, json_t **out, struct err *e);

/* One filter of `list`: key is a field, or id, branch, state, ext. */
enum filter_op { FILTER_EQ, FILTER_NE, FILTER_GE, FILTER_LE, FILTER_GT,
	FILTER_LT, FILTER_HAS };
struct filter { const char *key; enum filter_op op; const char *value; };
/* Newest first; void ones left out; limit 0: all. Each record as record_json
 * would give it (borrowed by fn; non-zero stops). */
typedef int (*record_fn)(void *arg, const json_t *record);
MUST_USE enum err_code record_list(struct store *s, const struct type *t,
    const struct filter *f, size_t nf, size_t limit, record_fn fn, void *arg,
    struct err *e);
/* Bring the text index up to date; the store must be open for writing.
 * record_search() does so by itself when it is. */
MUST_USE enum err_code search_update(struct store *s, struct err *e);
/* Full text, any type; of several words all must be there, and words of one
 * or two characters are found by a scan. Fields of level X are never found.
 * The object has id, type, state, branch, field and text (around the hit). */
MUST_USE enum err_code record_search(struct store *s, const char *text,
    size_t limit, record_fn fn, void *arg, struct err *e);

/* Conflicts: {"id","type","field","values":[{"stamp","value","by","shows"}]} */
MUST_USE enum err_code conflict_list(struct store *s, record_fn fn, void *arg,
    struct err *e);
/* Held changes: {"stamp","what","record","needs","code"} */
MUST_USE enum err_code held_list(struct store *s, record_fn fn, void *arg,
    struct err *e);

#endif
