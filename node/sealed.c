/* Who may read what is sealed: a table. */
#include "sealed.h"

#include "operator.h"
#include "store_db.h"

#define ROLES_MAX 3

/* The first row that fits counts. */
static const struct seal {
	const char *type, *field;
	const char *kind;		/* of the record; NULL: any */
	const char *role[ROLES_MAX];
	const char *person;		/* the field that names one who may */
} seals[] = {
	{ "talk", "content", "psych", { "specialist" }, "talker" },
	{ "talk", "content", NULL, { "chair" }, "talker" },
	{ "talk", "mood", "psych", { "specialist" }, "talker" },
	{ "talk", "mood", NULL, { "chair" }, "talker" },
	{ "request", "content", "psych", { "specialist" }, "handler" },
	{ "request", "reply", "psych", { "specialist" }, "handler" },
};
#define NSEALS (sizeof(seals) / sizeof(seals[0]))

/* Tables that hold values of any field. */
static const struct { const char *table, *column; } anything[] = {
	{ "edit", "value" }, { "outbox", "row" }, { "held", "row" },
};

static const struct field *field_of(const struct type *t, const char *key)
{
	for (size_t i = 0; i < t->nfield; i++)
		if (!strcmp(t->field[i].key, key))
			return &t->field[i];
	return NULL;
}

static bool has_role(const struct store *s, const struct seal *q)
{
	for (size_t i = 0; i < ROLES_MAX && q->role[i]; i++)
		if (s->actor && operator_may(s, q->role[i]))
			return true;
	return false;
}

static bool has_operators(struct store *s)
{
	struct err e = {0};
	bool any = true;

	return s->actor || operator_any(s, s->id.number, INT64_MAX, &any,
	    &e) != OK || any;
}

static bool is_person(const struct store *s, const struct value *v)
{
	return s->actor && s->actor->row.person && v->kind == VALUE_INT &&
	    v->i == s->actor->row.person;
}

bool sealed_field(struct store *s, const struct type *t,
    const struct field *f, sealed_value_fn get, void *arg)
{
	const struct field *kind = field_of(t, "kind"), *person;
	const struct seal *q;
	struct value v;

	for (q = seals; q < seals + NSEALS; q++) {
		if (strcmp(q->type, t->key) != 0 ||
		    strcmp(q->field, f->key) != 0)
			continue;
		v = kind ? get(arg, kind) : VALUE_NONE;
		if (q->kind && !(v.kind == VALUE_TEXT &&
		    slice_eqs(v.s, q->kind)))
			continue;
		person = field_of(t, q->person);
		v = person ? get(arg, person) : VALUE_NONE;
		if (!has_operators(s))
			return false;
		if (!has_role(s, q) && !is_person(s, &v))
			return true;
		v = get(arg, f);
		s->opened |= v.kind != VALUE_NULL;
		return false;
	}
	return false;
}

bool sealed_column(struct store *s, const char *table, const char *column)
{
	bool sealed = false, all = false;
	size_t i;

	for (i = 0; i < sizeof(anything) / sizeof(anything[0]); i++)
		all |= !strcmp(table, anything[i].table) &&
		    !strcmp(column, anything[i].column);
	for (i = 0; i < NSEALS; i++)
		if (all || (!strcmp(table, seals[i].type) &&
		    !strcmp(column, seals[i].field)))
			sealed |= !has_role(s, &seals[i]);
	return sealed && has_operators(s);
}

bool sealed_opened(const struct store *s)
{
	return s->opened;
}
