/* What headquarters has decided of two records: that they are the same one,
 * or that they are not.
 *
 * A decision is a row of the wire table LINK, which rides in hq/<branch> of
 * each branch that has one of the two: ids, and nothing else of the other
 * branch. Rows are only added; the newest word on a pair holds. Both records
 * stay as they are, with their histories; figures count records that are one
 * once (figure.c), and a person's view shows them together (person.h). What
 * the decisions come to is kept in the table same_as.
 */
#ifndef NODE_SAME_H
#define NODE_SAME_H

#include "record.h"

/* At HQ, in a transaction of its own. by, note: NULL if not told.
 * Expected: ERR_ROLE, ERR_REF (types differ), ERR_SELF, ERR_CONFLICT (with
 * another decision), and record_find()'s. */
struct same_decision { const char *a, *b, *by, *note; bool same; };
MUST_USE enum err_code same_decide(struct store *s,
    const struct same_decision *d, struct err *e);

/* The LINK rows of a batch from one of HQ's chains. Expected: ERR_FORMAT. */
MUST_USE enum err_code same_apply(struct store *s, const struct batch *b,
    struct err *e);

/* The oldest of the records that are one with id: id itself if there is no
 * other. */
MUST_USE enum err_code same_one(struct store *s, stamp_t id, stamp_t *one,
    struct err *e);
/* "same", "apart", or "" while nothing is decided of the two directly. */
MUST_USE enum err_code same_verdict(struct store *s, stamp_t a, stamp_t b,
    char out[8], struct err *e);
/* [{"id","verdict","by","note","at"}] of the decisions about a record; NULL
 * when there are none. New reference. */
MUST_USE enum err_code same_json(struct store *s, stamp_t id, json_t **out,
    struct err *e);

#endif
