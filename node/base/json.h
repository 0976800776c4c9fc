/* Members of JSON objects, for those who may take an absent one for nothing.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <jansson.h>

/* Borrowed; "" when there is no such member or it is not a string. */
const char *json_text(const json_t *o, const char *key);
/* 0 when there is no such member or it is not a whole number. */
long long json_number(const json_t *o, const char *key);

#endif
