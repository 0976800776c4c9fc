/* Inside the catalogue's loader: catalogue_load.c (files, types),
 * catalogue_field.c (fields, conditions) and catalogue_role.c (who may do
 * what). Functions that give false or NULL
 * have set l->e.
 */
#ifndef NODE_CATALOGUE_LOAD_H
#define NODE_CATALOGUE_LOAD_H

#include "catalogue.h"

struct loader {
	struct catalogue *c;
	struct err *e;
	const char *file;	/* being read, for messages */
};

/* Say what is wrong in l->file, ERR_FORMAT; always false. */
bool load_fail(struct loader *l, const char *fmt, ...) PRINTF(2, 3);
/* n zeroed structs in the catalogue's arena. */
void *load_alloc(struct loader *l, size_t n, size_t size);
/* A copy in the arena of o's string member; missing gives "". */
const char *load_text(struct loader *l, const json_t *o, const char *key);
/* The same, which must be there and be a key: a-z, then a-z 0-9 _, at most
 * 31 in all, so that it fits a state's room and needs no quoting. */
const char *load_key(struct loader *l, const json_t *o, const char *key);
bool is_key(const char *s);
/* Split text at every `at` into copies; an empty text gives one empty part. */
const char **load_split(struct loader *l, const char *text, char at,
    size_t *n);

/* catalogue_role.c: `create` of a type's file, "clerk, chair" or "audit:
 * auditor; clerk, chair (but ...)": kinds before a colon, roles, remarks in
 * brackets; `unlike` of a transition. The type's fields and states are
 * known. */
bool load_creators(struct loader *l, const json_t *o, struct type *t);
bool load_unlike(struct loader *l, const struct type *t, const json_t *o,
    struct transition *x);

/* One field of a file's list; conditions later, once every field is known. */
bool load_field(struct loader *l, const json_t *o, struct field *f);
bool load_when(struct loader *l, const struct type *t, const json_t *o,
    struct field *f);

#endif
