/* A wire row as a JSON array: what the outbox and `held` keep of rows that
 * have no table of their own.
 */
#include "base/text.h"
#include "store_db.h"

static json_t *cell_json(const struct value *v, struct err *e)
{
	struct buf hex = BUF_INIT;
	json_t *j = NULL;

	switch (v->kind) {
	case VALUE_INT:
		j = json_integer(v->i);
		break;
	case VALUE_REAL:
		j = json_real(v->r);
		break;
	case VALUE_TEXT:
		j = json_stringn(v->s.n ? (const char *)v->s.p : "", v->s.n);
		break;
	case VALUE_BYTES:
		hex_add(&hex, v->s);
		if (buf_ok(&hex, e) == OK)
			j = json_stringn(hex.n ? (const char *)hex.p : "",
			    hex.n);
		break;
	default:
		j = json_null();
	}
	buf_release(&hex);
	return j;
}

enum err_code row_write(const struct table *t, const struct value *cell,
    struct buf *out, struct err *e)
{
	json_t *a = json_array();
	enum err_code r = OK;
	char *text = NULL;
	size_t i;

	for (i = 0; i < t->ncol; i++)
		if (json_array_append_new(a, cell_json(&cell[i], e)) != 0) {
			r = err_set(e, ERR_FORMAT, _("a value of %s cannot be "
			    "kept: it is not readable text"), t->name);
			goto done;
		}
	text = json_dumps(a, JSON_COMPACT | JSON_REAL_PRECISION(17));
	if (!text) {
		r = err_memory(e);
		goto done;
	}
	buf_adds(out, text);
	r = buf_ok(out, e);
done:
	free(text);
	json_decref(a);
	return r;
}

static bool read_bytes(struct slice hex, struct batch *b, struct value *v)
{
	struct buf raw = BUF_INIT;
	unsigned char *p = hex.n % 2 ? NULL : buf_room(&raw, hex.n / 2 + 1);
	bool ok = p && hex_decode(hex, p, hex.n / 2);

	if (ok)
		*v = value_bytes(batch_text(b, slice_of(p, hex.n / 2)));
	buf_release(&raw);
	return ok;
}

static bool cell_read(enum column_kind kind, const json_t *j, struct batch *b,
    struct value *v)
{
	struct slice s;

	if (json_is_null(j))
		*v = VALUE_NONE;
	else if (json_is_integer(j))
		*v = value_int(json_integer_value(j));
	else if (json_is_real(j))
		*v = value_real(json_real_value(j));
	else if (!json_is_string(j))
		return false;
	else {
		s = slice_of(json_string_value(j), json_string_length(j));
		if (kind == COL_BYTES)
			return read_bytes(s, b, v);
		*v = value_text(batch_text(b, s));
	}
	return true;
}

enum err_code row_read(const struct table *t, struct slice json,
    struct batch *b, struct value *cell, struct err *e)
{
	json_t *a = json_loadb((const char *)json.p, json.n,
	    JSON_REJECT_DUPLICATES, NULL);
	enum err_code r = OK;
	size_t i;

	if (!json_is_array(a) || json_array_size(a) != t->ncol)
		r = err_set(e, ERR_CORRUPT, _("a kept row of %s is damaged"),
		    t->name);
	for (i = 0; r == OK && i < t->ncol; i++)
		if (!cell_read(t->col[i].kind, json_array_get(a, i), b,
		    &cell[i]))
			r = err_set(e, ERR_CORRUPT,
			    _("a kept row of %s is damaged"), t->name);
	json_decref(a);
	return r == OK ? batch_ok(b, e) : r;
}
