/* Records as JSON: what show, list and the pages print. */
#include "entry.h"
#include "sealed.h"

#include "base/text.h"

json_t *entry_stamp_json(stamp_t id)
{
	char text[STAMP_DIGITS + 1];

	base32_stamp(text, (uint64_t)id);
	return json_string(text);
}

static json_t *refs_json(struct slice s)
{
	json_t *list = json_loadb((const char *)s.p, s.n, 0, NULL), *one;
	size_t i;

	json_array_foreach(list, i, one)
		if (json_is_integer(one))
			json_array_set_new(list, i, entry_stamp_json(
			    (stamp_t)json_integer_value(one)));
	return list;
}

static json_t *text_json(const struct field *f, struct slice s)
{
	json_t *list = NULL;

	if (f && f->kind == COL_REFS)
		list = refs_json(s);
	else if (f && f->kind == COL_JSON)
		list = json_loadb((const char *)s.p, s.n, 0, NULL);
	/* what does not parse is shown as it stands, never hidden */
	return list ? list : json_stringn((const char *)s.p, s.n);
}

json_t *entry_value_json(const struct field *f, const struct value *v)
{
	struct buf hex = BUF_INIT;
	json_t *j;

	switch (v->kind) {
	case VALUE_INT:
		if (f && f->kind == COL_BOOL)
			return json_boolean(v->i != 0);
		if (f && f->kind == COL_REF)
			return entry_stamp_json(v->i);
		return json_integer(v->i);
	case VALUE_REAL:
		return json_real(v->r);
	case VALUE_TEXT:
		return text_json(f, v->s);
	case VALUE_BYTES:
		hex_add(&hex, v->s);
		j = json_stringn(hex.n ? (const char *)hex.p : "", hex.n);
		buf_release(&hex);
		return j;
	default:
		return json_null();
	}
}

/* rev = 1 + edits + transitions */
static enum err_code revision(struct store *s, stamp_t id, int64_t *rev,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_RECORD_REVISION, &st, e);

	if (rc != OK)
		return rc;
	sqlite3_bind_int64(st, 1, id);
	return store_number(s, st, rev, e);
}

static struct value cell_of(void *arg, const struct field *f)
{
	const struct entry *r = arg;

	return r->cell[f->column_index];
}

/* What is sealed from the reader is named under "sealed", not shown. */
static void set_fields(struct store *s, json_t *o, struct entry *r,
    const struct field *f, size_t n)
{
	const struct value *v;
	json_t *sealed;
	size_t i;

	for (i = 0; i < n; i++) {
		v = &r->cell[f[i].column_index];
		if (v->kind == VALUE_NULL)
			continue;
		if (!sealed_field(s, r->type, &f[i], cell_of, r)) {
			json_object_set_new(o, f[i].key,
			    entry_value_json(&f[i], v));
			continue;
		}
		sealed = json_object_get(o, "sealed");
		if (!sealed && (sealed = json_array()))
			json_object_set_new(o, "sealed", sealed);
		json_array_append_new(sealed, json_string(f[i].key));
	}
}

static void set_waiting(void *arg, const struct field *f, struct value v)
{
	json_object_set_new(arg, f->key, entry_value_json(NULL, &v));
}

enum err_code entry_json(struct store *s, const struct entry *r,
    json_t **out, struct err *e)
{
	const struct catalogue *c = s->catalogue;
	struct entry own = *r;
	const struct value *v;
	int64_t rev = 1;
	enum err_code rc;
	json_t *o;

	rc = revision(s, r->id, &rev, e);
	if (rc != OK)
		return rc;
	o = json_object();
	json_object_set_new(o, "id", entry_stamp_json(r->id));
	json_object_set_new(o, "type", json_string(r->type->key));
	json_object_set_new(o, "branch", json_string(r->branch));
	json_object_set_new(o, "state", json_string(r->state));
	json_object_set_new(o, "rev", json_integer(rev));
	if (r->voided)
		json_object_set_new(o, "void", json_string(r->voided));
	v = &r->cell[TYPE_COL_EXT];
	if (v->kind == VALUE_TEXT)
		json_object_set_new(o, "ext", entry_value_json(NULL, v));
	v = &r->cell[TYPE_COL_BY];
	if (v->kind == VALUE_TEXT)
		json_object_set_new(o, "by", entry_value_json(NULL, v));
	set_fields(s, o, &own, r->type->field, r->type->nfield);
	set_fields(s, o, &own, c->common, c->ncommon);
	rc = entry_waiting(s, r->type, r->id, r->cell, set_waiting, o, e);
	if (rc == OK)
		*out = o;
	else
		json_decref(o);
	return rc;
}
