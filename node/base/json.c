#include "json.h"

const char *json_text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

long long json_number(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}
