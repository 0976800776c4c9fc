/* Values of level X whose keys are not here: kept as they came, until the key
 * comes or the value is erased. Made again by a replay. docs/format-sealing.md.
 */
#ifndef NODE_SEALED_VALUE_H
#define NODE_SEALED_VALUE_H

#include "record_key.h"

/* May this be a value of the field? edit: it comes as an edit's. */
bool sealed_value_fits(const struct field *f, const struct value *v,
    bool edit);
/* Does the record have any? */
MUST_USE enum err_code sealed_value_any(struct store *s, stamp_t record,
    bool *any, struct err *e);
/* Each that the row with this stamp has in the field; a non-zero return ends
 * the walk. fn may open them. cell is borrowed. */
typedef int (*sealed_value_cell_fn)(void *arg, stamp_t record, const char *type,
    struct slice cell);
MUST_USE enum err_code sealed_value_each(struct store *s, stamp_t stamp,
    const char *field, sealed_value_cell_fn fn, void *arg, struct err *e);
/* In a transaction: put the value where it belongs, as if it had come open. */
MUST_USE enum err_code sealed_value_open(struct store *s, stamp_t record,
    const struct type *t, const struct field *f, stamp_t stamp,
    const struct value *v, struct err *e);

/* The newest `max` that are here (branch NULL), or that this branch's nodes
 * wrote, with no key. */
MUST_USE enum err_code sealed_value_walk(struct store *s, const char *branch,
    size_t max, record_key_fn fn, void *arg, struct err *e);
/* How many fields of records were ever erased. */
MUST_USE enum err_code sealed_value_erasures(struct store *s, int64_t *n,
    struct err *e);

#endif
