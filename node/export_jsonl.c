/* One record to one JSON line that import_jsonl() reads back. */
#include "export.h"

struct step {
	stamp_t stamp;
	json_t *object;
};

struct steps {
	struct step *step;
	size_t n, cap;
};

static const char *step_of(const struct steps *s, size_t i, const char *key)
{
	return json_string_value(json_object_get(s->step[i].object, key));
}

static void steps_release(struct steps *s)
{
	for (size_t i = 0; i < s->n; i++)
		json_decref(s->step[i].object);
	free(s->step);
}

/* One row of the transition table as the file has it; empty texts are left
 * out. */
static enum err_code add_step(struct exporter *x, struct steps *s,
    sqlite3_stmt *st)
{
	static const char *const keys[] = { "from", "to", "role", "by", "on",
	    "note" };
	json_t *object;

	if (s->n == s->cap) {
		size_t cap = s->cap * 2 + 8;
		void *grown = realloc(s->step, cap * sizeof *s->step);

		if (grown == NULL)
			return err_memory(x->e);
		s->step = grown;
		s->cap = cap;
	}
	object = json_object();
	if (object == NULL)
		return err_memory(x->e);
	for (int i = 0; i < (int)(sizeof keys / sizeof *keys); i++) {
		const unsigned char *text = sqlite3_column_text(st, i + 1);

		if (text != NULL && json_object_set_new(object, keys[i],
		    json_string((const char *)text)) != 0) {
			json_decref(object);
			return err_memory(x->e);
		}
	}
	s->step[s->n++] = (struct step){ sqlite3_column_int64(st, 0), object };
	return OK;
}

/* All of the record's steps, oldest first. */
static enum err_code read_steps(struct exporter *x, struct steps *s)
{
	sqlite3_stmt *st = NULL;
	bool row = true;
	enum err_code rc = store_stmt(x->s, SQL_TRANSFER_STEPS, &st, x->e);

	if (rc != OK)
		return rc;
	sqlite3_bind_int64(st, 1, sqlite3_column_int64(x->row, EXPORT_ID));
	while (rc == OK) {
		rc = store_step(x->s, st, &row, x->e);
		if (rc != OK || !row)
			break;
		rc = add_step(x, s, st);
	}
	sqlite3_reset(st);
	return rc;
}

/* Of steps made side by side only those are written that lead to the state
 * which shows: from it back, each time to the newest step that ended where
 * the next one began. Steps left out get no place in the list. */
static json_t *way_to_state(const struct exporter *x, const struct steps *s)
{
	stamp_t at = sqlite3_column_int64(x->row, EXPORT_STATE_AT);
	json_t *list = json_array();
	const char *from = NULL;

	for (size_t i = s->n; list != NULL && i-- > 0;) {
		const char *to = step_of(s, i, "to");

		if (from == NULL ? s->step[i].stamp != at :
		    to == NULL || strcmp(to, from) != 0)
			continue;
		from = step_of(s, i, "from");
		if (json_array_insert(list, 0, s->step[i].object) != 0 ||
		    from == NULL || strcmp(from, x->t->state[0].key) == 0)
			break;
	}
	return list;
}

static enum err_code add_history(struct exporter *x, json_t *object)
{
	struct steps s = { .step = NULL };
	enum err_code rc = read_steps(x, &s);

	if (rc == OK && json_object_set_new(object, "history",
	    way_to_state(x, &s)) != 0)
		rc = err_memory(x->e);
	steps_release(&s);
	return rc;
}

/* What comes before the fields; keys in the order people read them. */
static enum err_code add_frame(struct exporter *x, json_t *object)
{
	static const struct { const char *key; int column; } frame[] = {
		{ "branch", EXPORT_BRANCH }, { "state", EXPORT_STATE },
		{ "void", EXPORT_VOID },
	};
	const char *key = (const char *)sqlite3_column_text(x->row,
	    EXPORT_EXT);
	enum err_code rc = OK;

	if (key == NULL)
		rc = export_key(x, sqlite3_column_int64(x->row, EXPORT_ID),
		    &key);
	if (rc != OK)
		return rc;
	if (json_object_set_new(object, "type", json_string(x->t->key)) ||
	    json_object_set_new(object, "id", json_string(key)))
		return err_memory(x->e);
	for (size_t i = 0; i < sizeof frame / sizeof *frame; i++) {
		const char *text = (const char *)sqlite3_column_text(x->row,
		    frame[i].column);

		if (text != NULL && json_object_set_new(object, frame[i].key,
		    json_string(text)) != 0)
			return err_memory(x->e);
	}
	return OK;
}

static enum err_code add_fields(struct exporter *x, json_t *object)
{
	const struct field *f;
	json_t *value;
	enum err_code rc;

	for (size_t i = 0; (f = export_field(x, i)) != NULL; i++) {
		rc = export_json(x, f, &value);
		if (rc != OK) {
			json_decref(value);
			return rc;
		}
		if (value != NULL &&
		    json_object_set_new(object, f->key, value) != 0)
			return err_memory(x->e);
	}
	return OK;
}

/* For json_dump_callback(): no copy of the line is made. */
static int append(const char *text, size_t n, void *out)
{
	buf_add(out, text, n);
	return 0;
}

enum err_code export_jsonl_row(struct exporter *x)
{
	json_t *object = json_object();
	enum err_code rc;

	if (object == NULL)
		return err_memory(x->e);
	x->digits = 15;
	rc = add_frame(x, object);
	if (rc == OK)
		rc = add_fields(x, object);
	if (rc == OK)
		rc = add_history(x, object);
	if (rc == OK && json_dump_callback(object, append, x->out,
	    JSON_COMPACT | JSON_REAL_PRECISION((size_t)x->digits)) != 0)
		rc = err_memory(x->e);
	buf_addc(x->out, '\n');
	json_decref(object);
	return rc;
}
