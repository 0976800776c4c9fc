/* Who may do what, as the catalogue says it. */
#include "catalogue_load.h"

bool catalogue_role(const struct catalogue *c, const char *key)
{
	size_t i;

	for (i = 0; i < c->nrole; i++)
		if (strcmp(c->role[i].key, key) == 0)
			return true;
	return false;
}

static bool has(const char *const *list, size_t n, const char *key)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(list[i], key) == 0)
			return true;
	return false;
}

const struct creator *type_creator(const struct type *t, struct slice kind)
{
	const struct creator *other = &t->creator[0];
	size_t i, j;

	for (i = 0; i < t->ncreator; i++) {
		const struct creator *c = &t->creator[i];

		if (c->nkind == 0)
			other = c;
		for (j = 0; j < c->nkind; j++)
			if (slice_eqs(kind, c->kind[j]))
				return c;
	}
	return other;
}

bool creator_allows(const struct creator *c, const char *role)
{
	return has(c->role, c->nrole, role);
}

bool type_concerns(const struct type *t, const char *role)
{
	size_t i;

	for (i = 0; i < t->ncreator; i++)
		if (creator_allows(&t->creator[i], role))
			return true;
	for (i = 0; i < t->ntransition; i++)
		if (transition_allows(&t->transition[i], role))
			return true;
	return false;
}

/* ---- loading ---- */

/* Text without what stands in brackets and without spaces; out has room. */
static void bare(const char *text, char *out)
{
	bool aside = false;

	for (; *text != '\0'; text++) {
		aside |= *text == '(';
		if (!aside && *text != ' ')
			*out++ = *text;
		aside &= *text != ')';
	}
	*out = '\0';
}

static const struct enumeration *kinds_of(const struct type *t)
{
	size_t i;

	for (i = 0; i < t->nfield; i++)
		if (strcmp(t->field[i].key, "kind") == 0)
			return t->field[i].values;
	return NULL;
}

/* "audit:auditor" */
static bool load_creator(struct loader *l, const struct type *t,
    const char *text, struct creator *c)
{
	const struct enumeration *kinds = kinds_of(t);
	size_t i, n;
	const char **part = load_split(l, text, ':', &n);

	if (part == NULL)
		return false;
	if (n == 2)
		c->kind = load_split(l, part[0], ',', &c->nkind);
	c->role = load_split(l, part[n - 1], ',', &c->nrole);
	if (c->role == NULL || (n == 2 && c->kind == NULL))
		return false;
	for (i = 0; i < c->nkind; i++)
		if (kinds == NULL ||
		    enumeration_find(kinds, slice_str(c->kind[i])) == NULL)
			return load_fail(l, _("create: there is no kind %s"),
			    c->kind[i]);
	for (i = 0; i < c->nrole; i++)
		if (n > 2 || !catalogue_role(l->c, c->role[i]))
			return load_fail(l, _("create: there is no role %s"),
			    c->role[i]);
	return true;
}

bool load_creators(struct loader *l, const json_t *o, struct type *t)
{
	const char *text = load_text(l, o, "create"), **part;
	char *words;
	size_t n;

	if (text == NULL || (words = load_alloc(l, strlen(text) + 1, 1)) ==
	    NULL)
		return false;
	bare(text, words);
	part = load_split(l, words, ';', &n);
	t->creator = part == NULL ? NULL :
	    load_alloc(l, n, sizeof(*t->creator));
	if (t->creator == NULL)
		return false;
	for (; t->ncreator < n; t->ncreator++)
		if (!load_creator(l, t, part[t->ncreator],
		    &t->creator[t->ncreator]))
			return false;
	return true;
}

/* A reference to one record, a person. */
static bool is_person(const struct loader *l, const struct type *t,
    const char *key)
{
	const struct field *f = type_field(l->c, t, key);

	return f != NULL && strcmp(f->key, key) == 0 && f->kind == COL_REF &&
	    f->ntarget == 1 && strcmp(f->target[0]->key, "person") == 0;
}

bool load_unlike(struct loader *l, const struct type *t, const json_t *o,
    struct transition *x)
{
	const char *text = load_text(l, o, "unlike");
	size_t i;

	if (text == NULL || text[0] == '\0')
		return text != NULL;
	x->unlike = load_split(l, text, '|', &x->nunlike);
	if (x->unlike == NULL)
		return false;
	for (i = 0; i < x->nunlike; i++)
		if (strcmp(x->unlike[i], "by") != 0 &&
		    type_state(t, x->unlike[i]) == NULL &&
		    !is_person(l, t, x->unlike[i]))
			return load_fail(l, _("unlike: %s is neither by, nor "
			    "a state, nor a reference to a person"),
			    x->unlike[i]);
	return true;
}
