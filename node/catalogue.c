/* Looking things up in the catalogue. */
#include "catalogue.h"

#include <stdlib.h>

void catalogue_free(struct catalogue *c)
{
	if (c == NULL)
		return;
	arena_release(&c->arena);
	free(c);
}

const struct type *catalogue_type(const struct catalogue *c, const char *key)
{
	size_t i;

	for (i = 0; i < c->ntype; i++)
		if (strcmp(c->type[i].key, key) == 0)
			return &c->type[i];
	for (i = 0; i < c->ntype; i++)
		if (strcmp(c->type[i].zh, key) == 0)
			return &c->type[i];
	return NULL;
}

const struct enumeration *catalogue_enumeration(const struct catalogue *c,
    const char *name)
{
	size_t i;

	for (i = 0; i < c->nenumeration; i++)
		if (strcmp(c->enumeration[i].name, name) == 0)
			return &c->enumeration[i];
	return NULL;
}

/* Is text the label, or the label without the unit in brackets after it? */
static bool label_is(const char *label, const char *text)
{
	size_t n = strlen(text);

	return strncmp(label, text, n) == 0 &&
	    (label[n] == '\0' || strncmp(label + n, " (", 2) == 0);
}

static const struct field *find(const struct field *f, size_t n,
    const char *text, bool by_label)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (by_label ? label_is(f[i].zh, text) :
		    strcmp(f[i].key, text) == 0)
			return &f[i];
	return NULL;
}

const struct field *type_field(const struct catalogue *c,
    const struct type *t, const char *key)
{
	const struct field *f;
	int by_label;

	if (key[0] == '\0')
		return NULL;
	/* Every key before any label. */
	for (by_label = 0; by_label < 2; by_label++) {
		f = find(t->field, t->nfield, key, by_label);
		if (f == NULL)
			f = find(c->common, c->ncommon, key, by_label);
		if (f != NULL)
			return f;
	}
	return NULL;
}

const struct label *type_state(const struct type *t, const char *key)
{
	size_t i;

	for (i = 0; i < t->nstate; i++)
		if (strcmp(t->state[i].key, key) == 0)
			return &t->state[i];
	return NULL;
}

const struct transition *type_transition(const struct type *t,
    const char *from, const char *to)
{
	const struct transition *x;
	size_t i;

	for (i = 0; i < t->ntransition; i++) {
		x = &t->transition[i];
		if (strcmp(x->from, from) == 0 && strcmp(x->to, to) == 0)
			return x;
	}
	return NULL;
}

bool transition_allows(const struct transition *t, const char *role)
{
	size_t i;

	for (i = 0; i < t->nrole; i++)
		if (strcmp(t->role[i], role) == 0)
			return true;
	return false;
}

const struct label *enumeration_find(const struct enumeration *n,
    struct slice text)
{
	size_t i;

	for (i = 0; i < n->n; i++)
		if (slice_eqs(text, n->value[i].key))
			return &n->value[i];
	for (i = 0; i < n->n; i++)
		if (slice_eqs(text, n->value[i].zh))
			return &n->value[i];
	return NULL;
}
