/* Sealed values: what few may read even within their branch, such as what was
 * said in a talk. Holds where a node has operators (operator.h); where it has
 * none, nobody can be told from another, and everything is shown.
 *
 * Kept out of every record's JSON, of exports and of the sql command; who may
 * read them and does is noted (trail.h).
 */
#ifndef NODE_SEALED_H
#define NODE_SEALED_H

#include "catalogue.h"
#include "store.h"

/* How the values of the record in question are looked up. */
typedef struct value (*sealed_value_fn)(void *arg, const struct field *f);

/* Is the field's value kept from whoever acts now? From nobody in particular
 * where no operator acts. A failing store seals. */
bool sealed_field(struct store *s, const struct type *t,
    const struct field *f, sealed_value_fn get, void *arg);
/* Has any such value been given out by sealed_field() to one who may read it,
 * since the store was opened? Then it belongs in the access trail. */
bool sealed_opened(const struct store *s);
/* May the sql command read the column? Where who may depends on the record,
 * only those who may read all of them. */
bool sealed_column(struct store *s, const char *table, const char *column);

#endif
