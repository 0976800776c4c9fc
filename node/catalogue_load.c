/* Loading the catalogue: from the files as compiled in to structs. */
#include "catalogue_load.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "catalogue_json.h"

#define KEY_MAX 31

bool load_fail(struct loader *l, const char *fmt, ...)
{
	char what[500];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	err_set(l->e, ERR_FORMAT, _("the catalogue's %s: %s"), l->file, what);
	return false;
}

void *load_alloc(struct loader *l, size_t n, size_t size)
{
	void *p = arena_alloc(&l->c->arena, n, size);

	if (p == NULL)
		err_memory(l->e);
	return p;
}

static const char *copy(struct loader *l, const char *text, size_t n)
{
	const unsigned char *p;

	p = arena_copy(&l->c->arena, slice_of(text, n)).p;
	if (p == NULL)
		err_memory(l->e);
	return (const char *)p;
}

const char *load_text(struct loader *l, const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	if (v == NULL)
		return "";
	if (!json_is_string(v)) {
		load_fail(l, _("%s is not text"), key);
		return NULL;
	}
	return copy(l, json_string_value(v), json_string_length(v));
}

bool is_key(const char *s)
{
	static const char tail[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
	size_t n = strspn(s, tail);

	return *s >= 'a' && *s <= 'z' && s[n] == '\0' && n <= KEY_MAX;
}

const char *load_key(struct loader *l, const json_t *o, const char *key)
{
	const char *text = load_text(l, o, key);

	if (text != NULL && !is_key(text)) {
		load_fail(l, _("%s \"%s\" is not a key: a-z, then a-z, 0-9 "
		    "and _, at most 31"), key, text);
		return NULL;
	}
	return text;
}

const char **load_split(struct loader *l, const char *text, char at,
    size_t *n)
{
	const char *p, **part;
	size_t i, len;

	*n = 1;
	for (p = text; *p != '\0'; p++)
		*n += *p == at;
	part = load_alloc(l, *n, sizeof(*part));
	for (i = 0; part != NULL && i < *n; i++) {
		p = strchr(text, at);
		len = p == NULL ? strlen(text) : (size_t)(p - text);
		part[i] = copy(l, text, len);
		if (part[i] == NULL)
			return NULL;
		text += len + 1;
	}
	return part;
}

/* {"hq": "集团工会", ...}, in the file's order, which is the order on the
 * wire: a value may be added at the end only. */
static bool load_labels(struct loader *l, json_t *o, struct label **out,
    size_t *n)
{
	struct label *label;
	const char *key;
	json_t *zh;

	if (!json_is_object(o) || json_object_size(o) == 0)
		return load_fail(l, _("an object of keys and labels was "
		    "expected"));
	label = *out = load_alloc(l, json_object_size(o), sizeof(*label));
	if (label == NULL)
		return false;
	json_object_foreach(o, key, zh) {
		if (!json_is_string(zh) || strlen(key) > KEY_MAX)
			return load_fail(l, _("%s has no label"), key);
		label->key = copy(l, key, strlen(key));
		label->zh = copy(l, json_string_value(zh),
		    json_string_length(zh));
		if (label->key == NULL || label->zh == NULL)
			return false;
		label++;
		++*n;
	}
	return true;
}

static bool load_enumerations(struct loader *l, json_t *o)
{
	struct catalogue *c = l->c;
	struct enumeration *n;
	const char *name;
	json_t *values;

	c->enumeration = load_alloc(l, json_object_size(o), sizeof(*n));
	if (c->enumeration == NULL)
		return false;
	json_object_foreach(o, name, values) {
		n = &c->enumeration[c->nenumeration++];
		n->name = copy(l, name, strlen(name));
		if (n->name == NULL ||
		    !load_labels(l, values, &n->value, &n->n))
			return false;
	}
	return true;
}

/* Version, roles, and the types by name, so that fields can point at them. */
static bool load_head(struct loader *l, json_t *o)
{
	struct catalogue *c = l->c;
	json_t *types = json_object_get(o, "types"), *name;
	size_t i;

	c->version = (int)json_integer_value(json_object_get(o, "version"));
	if (c->version < 1)
		return load_fail(l, _("it has no version"));
	if (!load_labels(l, json_object_get(o, "roles"), &c->role, &c->nrole))
		return false;
	c->type = load_alloc(l, json_array_size(types), sizeof(*c->type));
	if (c->type == NULL)
		return false;
	json_array_foreach(types, i, name) {
		if (!json_is_string(name) || !is_key(json_string_value(name)))
			return load_fail(l, _("type %zu is not a key"), i);
		c->type[i].zh = "";
		c->type[i].key = copy(l, json_string_value(name),
		    json_string_length(name));
		if (c->type[i].key == NULL)
			return false;
		if (catalogue_type(c, c->type[i].key) != NULL)
			return load_fail(l, _("type %s is there twice"),
			    c->type[i].key);
		c->type[i].index = i;
		c->ntype++;
	}
	return true;
}

/* Names that the store's tables have already, or SQLite itself. */
static bool is_reserved(const char *key)
{
	static const char *const name[] = { "id", "ext", "by", "branch",
		"state", "state_at", "void", "type", "rev", "history",
		"rowid", "oid" };
	size_t i;

	for (i = 0; i < sizeof(name) / sizeof(*name); i++)
		if (strcmp(name[i], key) == 0)
			return true;
	return false;
}

/* *n counts the fields as they come, so that a double is seen. t is NULL for
 * the common ones. */
static bool load_fields(struct loader *l, const struct type *t, json_t *list,
    struct field **out, size_t *n)
{
	static const struct type none;
	struct field *f;
	json_t *o;
	size_t i;

	*out = load_alloc(l, json_array_size(list), sizeof(**out));
	if (*out == NULL)
		return false;
	json_array_foreach(list, i, o) {
		f = &(*out)[i];
		if (!load_field(l, o, f))
			return false;
		if (is_reserved(f->key) ||
		    type_field(l->c, t == NULL ? &none : t, f->key) != NULL)
			return load_fail(l, _("%s is taken already"), f->key);
		f->column_index = TYPE_COL_COMMON + i +
		    (t == NULL ? 0 : l->c->ncommon);
		++*n;
	}
	return true;
}

static bool load_states(struct loader *l, struct type *t, json_t *list)
{
	json_t *o;
	size_t i;

	t->state = load_alloc(l, json_array_size(list), sizeof(*t->state));
	if (t->state == NULL)
		return false;
	json_array_foreach(list, i, o) {
		t->state[i].key = load_key(l, o, "key");
		t->state[i].zh = load_text(l, o, "zh");
		if (t->state[i].key == NULL || t->state[i].zh == NULL)
			return false;
		t->nstate++;
	}
	return t->nstate > 0 || load_fail(l, _("it has no states"));
}

static bool load_transition(struct loader *l, const struct type *t,
    const json_t *o, struct transition *x)
{
	const char *role = load_text(l, o, "role");
	size_t i;

	x->from = load_text(l, o, "from");
	x->to = load_text(l, o, "to");
	x->zh = load_text(l, o, "zh");
	if (role == NULL || x->from == NULL || x->to == NULL || x->zh == NULL)
		return false;
	x->role = load_split(l, role, '|', &x->nrole);
	if (x->role == NULL)
		return false;
	for (i = 0; i < x->nrole; i++)
		if (!catalogue_role(l->c, x->role[i]))
			return load_fail(l, _("there is no role %s"),
			    x->role[i]);
	if (type_state(t, x->from) == NULL || type_state(t, x->to) == NULL)
		return load_fail(l, _("a transition from \"%s\" to \"%s\" "
		    "has no such states"), x->from, x->to);
	return load_unlike(l, t, o, x);
}

static bool load_transitions(struct loader *l, struct type *t, json_t *list)
{
	json_t *o;
	size_t i;

	t->transition = load_alloc(l, json_array_size(list),
	    sizeof(*t->transition));
	if (t->transition == NULL)
		return false;
	json_array_foreach(list, i, o) {
		if (!load_transition(l, t, o, &t->transition[i]))
			return false;
		t->ntransition++;
	}
	return true;
}

static void columns_of(struct column *col, const struct field *f, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		col[i] = (struct column){ f[i].key, f[i].kind, f[i].values };
}

static bool make_table(struct loader *l, struct type *t)
{
	const struct catalogue *c = l->c;
	struct column *col;

	t->table.name = t->key;
	t->table.ncol = TYPE_COL_COMMON + c->ncommon + t->nfield;
	t->table.col = col = load_alloc(l, t->table.ncol, sizeof(*col));
	if (col == NULL)
		return false;
	col[TYPE_COL_ID] = (struct column){ "id", COL_STAMP, NULL };
	col[TYPE_COL_EXT] = (struct column){ "ext", COL_TEXT, NULL };
	col[TYPE_COL_BY] = (struct column){ "by", COL_TEXT, NULL };
	columns_of(col + TYPE_COL_COMMON, c->common, c->ncommon);
	columns_of(col + TYPE_COL_COMMON + c->ncommon, t->field, t->nfield);
	return true;
}

static bool load_report_date(struct loader *l, const json_t *o,
    struct type *t)
{
	const char *key = load_text(l, o, "report_date");

	if (key == NULL || key[0] == '\0')
		return key != NULL;
	t->report_date = type_field(l->c, t, key);
	if (t->report_date == NULL || t->report_date->kind != COL_DATE)
		return load_fail(l, _("report_date %s is not a date field"),
		    key);
	return true;
}

static bool load_type(struct loader *l, json_t *o, struct type *t)
{
	json_t *fields = json_object_get(o, "fields"), *field;
	const char *key = load_text(l, o, "key");
	size_t i;

	t->zh = load_text(l, o, "zh");
	t->en = load_text(l, o, "en");
	t->group = load_text(l, o, "group");
	t->published = json_is_true(json_object_get(o, "published"));
	if (key == NULL || t->zh == NULL || t->en == NULL || t->group == NULL)
		return false;
	if (strcmp(t->key, key) != 0 || t->zh[0] == '\0')
		return load_fail(l, _("its key or zh is missing or wrong"));
	if (!load_fields(l, t, fields, &t->field, &t->nfield) ||
	    !load_states(l, t, json_object_get(o, "states")) ||
	    !load_transitions(l, t, json_object_get(o, "transitions")) ||
	    !load_creators(l, o, t))
		return false;
	json_array_foreach(fields, i, field)
		if (!load_when(l, t, field, &t->field[i]))
			return false;
	return load_report_date(l, o, t) && make_table(l, t);
}

/* Put the tree of the file of this name in place of *o. */
static bool open_file(struct loader *l, const char *name, json_t **o)
{
	const char *text = NULL;
	json_error_t why;

	json_decref(*o);
	*o = NULL;
	l->file = name;
	for (size_t i = 0; i < ncatalogue_files; i++)
		if (strcmp(catalogue_files[i].name, name) == 0)
			text = catalogue_files[i].text;
	if (text == NULL)
		return load_fail(l, _("the file is missing"));
	*o = json_loads(text, JSON_REJECT_DUPLICATES, &why);
	if (*o != NULL)
		return true;
	if (json_error_code(&why) != json_error_out_of_memory)
		return load_fail(l, _("at byte %d: %s"), why.position,
		    why.text);
	err_memory(l->e);
	return false;
}

static bool load_all(struct loader *l, json_t **o)
{
	char name[KEY_MAX + 6];
	struct catalogue *c = l->c;

	if (!open_file(l, "catalogue.json", o) || !load_head(l, *o) ||
	    !open_file(l, "enums.json", o) || !load_enumerations(l, *o) ||
	    !open_file(l, "common.json", o) ||
	    !load_fields(l, NULL, *o, &c->common, &c->ncommon))
		return false;
	for (size_t i = 0; i < c->ntype; i++) {
		snprintf(name, sizeof(name), "%s.json", c->type[i].key);
		if (!open_file(l, name, o) || !load_type(l, *o, &c->type[i]))
			return false;
	}
	return true;
}

enum err_code catalogue_load(struct catalogue **out, struct err *e)
{
	struct loader l = { calloc(1, sizeof(*l.c)), e, "json" };
	enum err_code code = OK;
	json_t *o = NULL;

	*out = NULL;
	if (l.c == NULL)
		return err_memory(e);
	if (load_all(&l, &o)) {
		*out = l.c;
		l.c = NULL;
	} else {
		code = e->code;
	}
	json_decref(o);
	catalogue_free(l.c);
	return code;
}
