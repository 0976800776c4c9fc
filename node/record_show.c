/* Records, their history, conflicts and held changes, as JSON. */
#include "attachment.h"
#include "entry.h"
#include "erase.h"
#include "live.h"
#include "same.h"

#include "base/date.h"

static json_t *time_json(stamp_t stamp)
{
	char text[32];

	time_text(stamp_ms(stamp), text);
	return json_string(text);
}

static void set_text(json_t *o, const char *key, sqlite3_stmt *st, int column)
{
	struct value v = column_value(st, column);

	if (v.kind != VALUE_NULL)
		json_object_set_new(o, key, entry_value_json(NULL, &v));
}

/* One row of SQL_RECORD_HISTORY. */
static json_t *history_row(const struct catalogue *c, const struct type *t,
    sqlite3_stmt *st)
{
	stamp_t stamp = sqlite3_column_int64(st, 0);
	bool edit = !strcmp((const char *)sqlite3_column_text(st, 1), "edit");
	struct value v = column_value(st, 4);
	json_t *o = json_object();

	json_object_set_new(o, "at", time_json(stamp));
	set_text(o, "what", st, 1);
	set_text(o, "field", st, 2);
	set_text(o, "from", st, 3);
	if (edit)
		json_object_set_new(o, "value", entry_value_json(type_field(c,
		    t, (const char *)sqlite3_column_text(st, 2)), &v));
	else
		set_text(o, "to", st, 4);
	set_text(o, "role", st, 5);
	set_text(o, "by", st, 6);
	set_text(o, "on", st, 7);
	set_text(o, "note", st, 8);
	json_object_set_new(o, "stamp", entry_stamp_json(stamp));
	json_object_set_new(o, "live",
	    json_boolean(sqlite3_column_int(st, 9) != 0));
	if (sqlite3_column_int(st, 10))
		json_object_set_new(o, "imported", json_true());
	if (sqlite3_column_int(st, 11))
		json_object_set_new(o, "signed", json_true());
	return o;
}

/* A first value is part of the entry: under "values", so that what was there
 * before an edit is seen. */
static void set_first(const struct catalogue *c, const struct type *t,
    json_t *entry, sqlite3_stmt *st)
{
	const char *field = (const char *)sqlite3_column_text(st, 2);
	struct value v = column_value(st, 4);
	json_t *values = json_object_get(entry, "values");

	if (v.kind == VALUE_NULL)
		return;
	if (values == NULL) {
		values = json_object();
		json_object_set_new(entry, "values", values);
	}
	json_object_set_new(values, field,
	    entry_value_json(type_field(c, t, field), &v));
}

/* The entry itself stands first; then edits and transitions by stamp. */
static enum err_code set_history(struct store *s, const struct entry *r,
    json_t *o, struct err *e)
{
	const struct value *by = &r->cell[TYPE_COL_BY];
	json_t *list = json_array(), *first;
	sqlite3_stmt *st;
	enum err_code rc;

	json_object_set_new(o, "history", list);
	first = json_pack("{s:o, s:s}", "at", time_json(r->id), "what",
	    "add");
	if (by->kind == VALUE_TEXT)
		json_object_set_new(first, "by", entry_value_json(NULL, by));
	json_object_set_new(first, "stamp", entry_stamp_json(r->id));
	json_array_append_new(list, first);
	rc = store_stmt(s, SQL_RECORD_HISTORY, &st, e);
	if (rc != OK)
		return rc;
	sqlite3_bind_int64(st, 1, r->id);
	while (store_next(s, st, &rc, e)) {
		if (sqlite3_column_int64(st, 0) == r->id)
			set_first(s->catalogue, r->type, first, st);
		else
			json_array_append_new(list, history_row(s->catalogue,
			    r->type, st));
	}
	return rc;
}

/* What stands beside the fields: files, decisions of headquarters, values
 * that were erased. */
static enum err_code set_beside(struct store *s, const struct entry *r,
    json_t *o, struct err *e)
{
	struct record who = { .id = r->id, .type = r->type };
	json_t *files = NULL, *decisions = NULL, *erased = NULL;
	enum err_code rc;

	snprintf(who.branch, sizeof who.branch, "%s", r->branch);
	rc = attachment_json(s, &who, &files, e);
	if (rc == OK)
		rc = same_json(s, r->id, &decisions, e);
	if (files)
		json_object_set_new(o, "attachments", files);
	if (rc == OK)
		rc = erase_json(s, r->id, &erased, e);
	if (decisions)
		json_object_set_new(o, "decisions", decisions);
	if (erased)
		json_object_set_new(o, "erased", erased);
	return rc;
}

enum err_code record_json(struct store *s, stamp_t id, const struct type *t,
    bool history, json_t **out, struct err *e)
{
	struct value *cell = calloc(t->table.ncol, sizeof(*cell));
	sqlite3_stmt *st = NULL;
	struct entry r;
	enum err_code rc;
	json_t *o = NULL;
	bool row;

	if (!cell)
		return err_memory(e);
	rc = entry_prepare(s, t, "WHERE id = ?1", &st, e);
	if (rc != OK)
		goto done;
	sqlite3_bind_int64(st, 1, id);
	rc = store_step(s, st, &row, e);
	if (rc == OK && !row)
		rc = err_set(e, ERR_NOT_FOUND, _("no such record"));
	if (rc != OK)
		goto done;
	entry_read(st, t, cell, &r);
	rc = entry_json(s, &r, &o, e);
	if (rc == OK)
		rc = set_beside(s, &r, o, e);
	if (rc == OK && history)
		rc = set_history(s, &r, o, e);
	if (rc == OK)
		*out = json_incref(o);
done:
	json_decref(o);
	sqlite3_finalize(st);
	free(cell);
	return rc;
}

/* ---- conflicts ---- */

/* The stamp whose value shows: of the state, what the typed table says. */
static enum err_code shown_stamp(struct store *s, stamp_t id,
    const struct type *t, const char *field, stamp_t *out, struct err *e)
{
	sqlite3_stmt *st = NULL;
	enum err_code rc;

	if (strcmp(field, "state") != 0)
		return entry_shown(s, id, field, out, e);
	*out = id;
	rc = store_type_stmt(s, t, TYPE_GET, &st, e);
	if (rc != OK)
		return rc;
	sqlite3_bind_int64(st, 1, id);
	if (store_next(s, st, &rc, e))
		*out = sqlite3_column_int64(st, 2);
	sqlite3_reset(st);
	return rc;
}

static json_t *live_json(const struct field *f, const struct live *l,
    stamp_t shown)
{
	json_t *o = json_object();

	json_object_set_new(o, "stamp", entry_stamp_json(l->stamp));
	json_object_set_new(o, "at", time_json(l->stamp));
	json_object_set_new(o, "value", entry_value_json(f, &l->value));
	if (l->by.kind == VALUE_TEXT)
		json_object_set_new(o, "by", entry_value_json(NULL, &l->by));
	json_object_set_new(o, "shows", json_boolean(l->stamp == shown));
	return o;
}

static enum err_code conflict_json(struct store *s, stamp_t id,
    const struct type *t, const char *field, json_t **out, struct err *e)
{
	const struct field *f = type_field(s->catalogue, t, field);
	struct live_list *live = NULL;
	stamp_t shown = 0;
	enum err_code rc;
	json_t *values;
	size_t i;

	rc = shown_stamp(s, id, t, field, &shown, e);
	if (rc == OK)
		rc = live_load(s, id, t, field, &live, e);
	if (rc != OK)
		return rc;
	values = json_array();
	for (i = 0; i < live->n; i++)
		json_array_append_new(values, live_json(f, &live->value[i],
		    shown));
	*out = json_pack("{s:o, s:s, s:s, s:o}", "id", entry_stamp_json(id),
	    "type", t->key, "field", field, "values", values);
	live_free(live);
	return *out ? OK : err_memory(e);
}

enum err_code conflict_list(struct store *s, record_fn fn, void *arg,
    struct err *e)
{
	const struct type *t;
	const char *field;
	sqlite3_stmt *st;
	enum err_code rc;
	json_t *o = NULL;
	bool row;
	int stop = 0;

	rc = store_stmt(s, SQL_RECORD_CONFLICTS, &st, e);
	if (rc != OK)
		return rc;
	while (!stop && (rc = store_step(s, st, &row, e)) == OK && row) {
		field = (const char *)sqlite3_column_text(st, 1);
		t = catalogue_type(s->catalogue,
		    (const char *)sqlite3_column_text(st, 2));
		if (!t)
			continue;
		rc = conflict_json(s, sqlite3_column_int64(st, 0), t, field,
		    &o, e);
		if (rc != OK)
			break;
		stop = fn(arg, o);
		json_decref(o);
	}
	sqlite3_reset(st);
	return rc;
}

static json_t *held_json(sqlite3_stmt *st)
{
	stamp_t needs = sqlite3_column_int64(st, 3);
	json_t *o = json_object();

	json_object_set_new(o, "stamp",
	    entry_stamp_json(sqlite3_column_int64(st, 0)));
	set_text(o, "what", st, 1);
	json_object_set_new(o, "record",
	    entry_stamp_json(sqlite3_column_int64(st, 2)));
	if (needs > 0)
		json_object_set_new(o, "needs", entry_stamp_json(needs));
	set_text(o, "code", st, 4);
	return o;
}

enum err_code held_list(struct store *s, record_fn fn, void *arg,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;
	json_t *o;
	bool row;
	int stop = 0;

	rc = store_stmt(s, SQL_RECORD_HELD, &st, e);
	if (rc != OK)
		return rc;
	while (!stop && (rc = store_step(s, st, &row, e)) == OK && row) {
		o = held_json(st);
		stop = fn(arg, o);
		json_decref(o);
	}
	sqlite3_reset(st);
	return rc;
}
