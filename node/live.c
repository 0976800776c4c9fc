/* Live values of a field or of the state. */
#include "live.h"

static enum err_code add(struct live_list *l, const struct live *v,
    struct err *e)
{
	size_t cap = l->cap ? 2 * l->cap : 8;
	struct live *grown;

	if (l->n == l->cap) {
		grown = realloc(l->value, cap * sizeof(*grown));
		if (!grown)
			return err_memory(e);
		l->value = grown;
		l->cap = cap;
	}
	l->value[l->n++] = *v;
	return OK;
}

static struct value own(struct live_list *l, sqlite3_stmt *st, int column)
{
	struct value v = column_value(st, column);

	return batch_value(&l->text, &v);
}

/* A state's initial value has no row: it lives while no transition that
 * counts has replaced it. */
static enum err_code add_first(struct store *s, stamp_t record,
    const struct type *t, struct live_list *l, struct err *e)
{
	struct live first = { .stamp = record };
	sqlite3_stmt *st;
	enum err_code rc;
	bool row, replaced;

	rc = store_stmt(s, SQL_TRANSITION_FIRST, &st, e);
	if (rc != OK)
		return rc;
	sqlite3_bind_int64(st, 1, record);
	sqlite3_bind_int64(st, 2, 0);
	rc = store_step(s, st, &row, e);
	replaced = rc == OK && row && sqlite3_column_int(st, 0) != 0;
	sqlite3_reset(st);
	first.value = value_str(t->state[0].key);
	return rc != OK || replaced ? rc : add(l, &first, e);
}

static enum err_code add_rows(struct store *s, sqlite3_stmt *st, bool state,
    struct live_list *l, struct err *e)
{
	enum err_code rc = OK;
	struct live v;
	struct value role;

	while (store_next(s, st, &rc, e)) {
		role = state ? own(l, st, 3) : VALUE_NONE;
		v = (struct live){ .stamp = sqlite3_column_int64(st, 0),
		    .value = own(l, st, 1), .by = own(l, st, 2),
		    .role = role.kind == VALUE_TEXT ?
		    (const char *)role.s.p : NULL };
		rc = add(l, &v, e);
		if (rc != OK)
			break;
	}
	sqlite3_reset(st);
	return rc;
}

enum err_code live_load(struct store *s, stamp_t record,
    const struct type *t, const char *field, struct live_list **out,
    struct err *e)
{
	struct live_list *l = calloc(1, sizeof(*l));
	bool state = !strcmp(field, "state");
	enum err_code rc = OK;
	sqlite3_stmt *st;

	if (!l)
		return err_memory(e);
	batch_init(&l->text, s->catalogue);
	if (state)
		rc = add_first(s, record, t, l, e);
	if (rc == OK)
		rc = store_stmt(s, state ? SQL_RECORD_STATES :
		    SQL_RECORD_LIVE, &st, e);
	if (rc == OK) {
		sqlite3_bind_int64(st, 1, record);
		if (!state)
			bind_text(st, 2, field);
		rc = add_rows(s, st, state, l, e);
	}
	if (rc == OK)
		*out = l;
	else
		live_free(l);
	return rc;
}

void live_free(struct live_list *l)
{
	if (!l)
		return;
	batch_release(&l->text);
	free(l->value);
	free(l);
}
