/* Loading fields: their kinds, and the conditions under which they are
 * required. */
#include "catalogue_load.h"

#define CHARS_TEXT 200
#define CHARS_LONG 20000
#define CHARS_NUMBER 32		/* phone and ID numbers, as people write them */

static const struct simple {
	const char *name;
	enum column_kind kind;
	size_t max_chars;
} simple[] = { { "text", COL_TEXT, CHARS_TEXT },
	{ "ltext", COL_TEXT, CHARS_LONG },
	{ "att", COL_TEXT, CHARS_TEXT },
	{ "phone", COL_TEXT, CHARS_NUMBER },
	{ "idno", COL_TEXT, CHARS_NUMBER },
	{ "int", COL_INT, 0 },
	{ "money", COL_INT, 0 },
	{ "dec", COL_REAL, 0 },
	{ "bool", COL_BOOL, 0 },
	{ "date", COL_DATE, 0 },
	{ "month", COL_MONTH, 0 },
	{ "quarter", COL_QUARTER, 0 } };

static bool load_enum(struct loader *l, struct field *f, const char *name)
{
	f->kind = COL_ENUM;
	f->values = catalogue_enumeration(l->c, name);
	return f->values != NULL || load_fail(l,
	    _("%s: there is no enumeration %s"), f->key, name);
}

/* "org_unit", "activity|meeting", or "any" */
static bool load_targets(struct loader *l, struct field *f, const char *names)
{
	const char **name;
	size_t i;

	if (strcmp(names, "any") == 0)
		return true;
	name = load_split(l, names, '|', &f->ntarget);
	f->target = load_alloc(l, f->ntarget, sizeof(const struct type *));
	if (name == NULL || f->target == NULL)
		return false;
	for (i = 0; i < f->ntarget; i++) {
		f->target[i] = catalogue_type(l->c, name[i]);
		if (f->target[i] == NULL)
			return load_fail(l, _("%s: there is no type %s"),
			    f->key, name[i]);
	}
	return true;
}

static bool load_ref(struct loader *l, struct field *f, const char *names)
{
	f->kind = COL_REF;
	return load_targets(l, f, names);
}

static bool load_refs(struct loader *l, struct field *f, const char *names)
{
	f->kind = COL_REFS;
	return load_targets(l, f, names);
}

/* "name,qty}": the keys of one row, after the opening brace */
static bool load_list(struct loader *l, struct field *f, const char *columns)
{
	char text[200];
	size_t i, n = strlen(columns);

	f->kind = COL_JSON;
	if (n < 2 || n >= sizeof(text) || columns[n - 1] != '}')
		return load_fail(l, _("%s: not a list of columns"), f->key);
	memcpy(text, columns, n - 1);
	text[n - 1] = '\0';
	f->column = load_split(l, text, ',', &f->ncolumn);
	if (f->column == NULL)
		return false;
	for (i = 0; i < f->ncolumn; i++)
		if (!is_key(f->column[i]))
			return load_fail(l, _("%s: not a list of columns"),
			    f->key);
	return true;
}

static const struct compound {
	const char *prefix;
	bool (*load)(struct loader *l, struct field *f, const char *rest);
} compound[] = { { "enum:", load_enum }, { "ref:", load_ref },
	{ "refs:", load_refs }, { "list{", load_list } };

static bool load_kind(struct loader *l, struct field *f)
{
	size_t i, n;

	for (i = 0; i < sizeof(simple) / sizeof(*simple); i++)
		if (strcmp(simple[i].name, f->type) == 0) {
			f->kind = simple[i].kind;
			f->max_chars = simple[i].max_chars;
			f->money = strcmp(f->type, "money") == 0;
			f->phone = strcmp(f->type, "phone") == 0;
			f->idno = strcmp(f->type, "idno") == 0;
			return true;
		}
	for (i = 0; i < sizeof(compound) / sizeof(*compound); i++) {
		n = strlen(compound[i].prefix);
		if (strncmp(f->type, compound[i].prefix, n) == 0)
			return compound[i].load(l, f, f->type + n);
	}
	return load_fail(l, _("%s: there is no kind of field %s"), f->key,
	    f->type);
}

/* One character of `all`, by its place; -1 if it is none. "" is place 0
 * where all begins with a space. */
static int place_of(const char *text, const char *all)
{
	const char *at;

	if (text[0] == '\0')
		text = " ";
	at = strchr(all, text[0]);
	return text[1] != '\0' || at == NULL ? -1 : (int)(at - all);
}

bool load_field(struct loader *l, const json_t *o, struct field *f)
{
	const char *required, *level;
	int place;

	f->key = load_key(l, o, "key");
	if (f->key == NULL)
		return false;
	f->zh = load_text(l, o, "zh");
	f->note = load_text(l, o, "note");
	f->type = load_text(l, o, "type");
	required = load_text(l, o, "required");
	level = load_text(l, o, "level");
	if (f->zh == NULL || f->note == NULL || f->type == NULL ||
	    required == NULL || level == NULL)
		return false;
	place = place_of(required, " YSC");	/* as enum required */
	if (place < 0 || place_of(level, "PIRX") < 0 || f->zh[0] == '\0')
		return load_fail(l, _("%s: its zh, required or level is not "
		    "right"), f->key);
	f->required = (enum required)place;
	f->level = level[0];
	f->period = strcmp(f->key, "period") == 0;
	return load_kind(l, f);
}

/* Can the left side ever have this value? */
static bool value_exists(const struct type *t, const struct field *f,
    const char *value)
{
	if (f == NULL)
		return type_state(t, value) != NULL;
	if (f->kind == COL_ENUM)
		return enumeration_find(f->values, slice_str(value)) != NULL;
	if (f->kind == COL_BOOL)
		return strcmp(value, "0") == 0 || strcmp(value, "1") == 0;
	return true;
}

/* "key=a|b" or "key!=a|b" */
static bool load_condition(struct loader *l, const struct type *t,
    const char *text, struct condition *w)
{
	const char *equals = strchr(text, '=');
	const struct field *f = NULL;
	size_t i, n;

	if (equals == NULL || equals == text)
		return load_fail(l, _("\"%s\" is not a condition"), text);
	w->negated = equals[-1] == '!';
	n = (size_t)(equals - text) - w->negated;
	w->key = (const char *)arena_copy(&l->c->arena, slice_of(text, n)).p;
	w->value = load_split(l, equals + 1, '|', &w->nvalue);
	if (w->key == NULL || w->value == NULL)
		return false;
	if (strcmp(w->key, "state") != 0) {
		f = type_field(l->c, t, w->key);
		if (f == NULL)
			return load_fail(l, _("\"%s\": there is no field %s"),
			    text, w->key);
	}
	for (i = 0; i < w->nvalue; i++)
		if (!value_exists(t, f, w->value[i]))
			return load_fail(l, _("\"%s\": %s is never %s"), text,
			    w->key, w->value[i]);
	return true;
}

bool load_when(struct loader *l, const struct type *t, const json_t *o,
    struct field *f)
{
	const char *text = load_text(l, o, "when"), **part;
	size_t i, n;

	if (text == NULL || text[0] == '\0')
		return text != NULL;
	if (f->required != REQ_WHEN)
		return load_fail(l, _("%s has a condition, but is not "
		    "conditional"), f->key);
	part = load_split(l, text, ';', &n);
	f->when = load_alloc(l, n, sizeof(*f->when));
	if (part == NULL || f->when == NULL)
		return false;
	for (i = 0; i < n; i++)
		if (!load_condition(l, t, part[i], &f->when[i]))
			return false;
	f->nwhen = n;
	return true;
}
