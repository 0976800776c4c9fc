/* A person's own view: all records about one person, and who has asked.
 *
 * About a person is every record that refers to the person, directly or in a
 * list of references, and every one with a list in which the person's identity
 * number stands. Records that headquarters has decided to be the same person
 * (same.h) are one person.
 */
#ifndef NODE_PERSON_H
#define NODE_PERSON_H

#include "record.h"

/* Note the access, durably, then give the person's own records and those
 * about the person: type by type in the catalogue's order, the newest first,
 * void ones too. Where the node has operators, those who keep or check files may
 * ask for anybody, others for themselves. Expected: ERR_ROLE, ERR_REF. */
MUST_USE enum err_code person_view(struct store *s, const char *ref,
    const char *who, record_fn fn, void *arg, struct err *e);
/* {"at","who","what"}, the newest first: who asked for this person. */
MUST_USE enum err_code person_log(struct store *s, const char *ref,
    const char *who, record_fn fn, void *arg, struct err *e);

#endif
