/* What stands beside a record's fields: its attachments, and what
 * headquarters has decided of it and another record.
 */
#ifndef CLI_BESIDE_H
#define CLI_BESIDE_H

#include "out.h"

/* "here" for each of a record's attachments: whether its bytes are. */
void beside_here(const struct context *c, json_t *record);
/* A line for each of them, and for each decision; after beside_here(). */
void beside_add(struct grid *g, const json_t *record);

#endif
