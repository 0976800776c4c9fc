/* Erasing: a sensitive value (level X) is destroyed, a signed tombstone says
 * so. What a row with a smaller stamp said in that field counts as empty, at
 * every node that the tombstone reaches, in whatever order things come.
 */
#ifndef NODE_ERASE_H
#define NODE_ERASE_H

#include "apply.h"
#include "record.h"

#define ERASE_REASON_MAX 400	/* bytes */

/* Erase a field of a record, durably; what SQLite keeps of it is overwritten.
 * Expected: ERR_NOT_FOUND, ERR_COLUMN (no such field, or not of level X),
 * ERR_REASON, ERR_ROLE, ERR_FOREIGN. */
MUST_USE enum err_code erase_field(struct store *s, const char *ref,
    const char *field, const char *reason, const char *by, struct err *e);
/* Apply an ERASE section's rows. Expected: ERR_FORMAT, ERR_FOREIGN. */
MUST_USE enum err_code erase_apply(struct store *s, const struct batch *b,
    const struct origin *o, struct err *e);

/* Has what a row with this stamp said in the field been erased? */
MUST_USE enum err_code erase_hit(struct store *s, stamp_t record,
    const char *field, stamp_t stamp, bool *hit, struct err *e);
/* Has any value of the record? */
MUST_USE enum err_code erase_any(struct store *s, stamp_t record, bool *any,
    struct err *e);
/* [{"field", "at", "reason", "by"}]; NULL if there are none. */
MUST_USE enum err_code erase_json(struct store *s, stamp_t record,
    json_t **out, struct err *e);

#endif
