/* Full text of all records: a trigram index, brought up to date before a
 * search. Sensitive (X) fields are never put into it.
 *
 * apply notes what changed in search_pending, which costs one small insert;
 * record_search() indexes what is noted when the store is writable, and
 * otherwise looks at those records themselves.
 */
#include "search_impl.h"

#define UPDATE_BATCH 2000	/* records indexed in one transaction */

enum err_code search_note(struct store *s, stamp_t record,
    const struct type *t, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	rc = store_stmt(s, SQL_SEARCH_NOTE, &st, e);
	if (rc != OK)
		return rc;
	sqlite3_bind_int64(st, 1, record);
	sqlite3_bind_int64(st, 2, (int64_t)t->index);
	return store_run(s, st, e);
}

/* ---- a record's text ---- */

static bool is_indexed(const struct field *f, const struct value *v)
{
	return v->kind == VALUE_TEXT && f->level != 'X' &&
	    (f->kind == COL_TEXT || f->kind == COL_JSON);
}

/* The texts in a list's rows, a line each; what is not text is no word. */
static void list_text(struct slice s, struct buf *out)
{
	json_t *list = json_loadb((const char *)s.p, s.n, 0, NULL), *row, *v;
	const char *key;
	size_t i;

	json_array_foreach(list, i, row) {
		json_object_foreach(row, key, v) {
			if (!json_is_string(v))
				continue;
			buf_adds(out, out->n ? "\n" : "");
			buf_add(out, json_string_value(v),
			    json_string_length(v));
		}
	}
	json_decref(list);
}

void search_texts(const struct catalogue *c, const struct entry *r,
    text_fn fn, void *arg)
{
	const struct value *ext = &r->cell[TYPE_COL_EXT], *v;
	struct buf words = BUF_INIT;
	const struct field *f;
	bool more = true;
	size_t i;

	for (i = 0; more && i < r->type->nfield + c->ncommon; i++) {
		f = i < r->type->nfield ? &r->type->field[i] :
		    &c->common[i - r->type->nfield];
		v = &r->cell[f->column_index];
		if (!is_indexed(f, v))
			continue;
		buf_clear(&words);
		if (f->kind == COL_JSON)
			list_text(v->s, &words);
		more = fn(arg, f->key, f->kind == COL_JSON ?
		    slice_buf(&words) : v->s);
	}
	if (more && ext->kind == VALUE_TEXT)
		fn(arg, "ext", ext->s);
	buf_release(&words);
}

static bool add_text(void *arg, const char *field, struct slice text)
{
	(void)field;
	buf_addb(arg, text);
	buf_addc(arg, '\n');
	return true;
}

/* ---- keeping the index ---- */

static enum err_code drop_old(struct store *s, stamp_t id, struct err *e)
{
	sqlite3_stmt *old, *drop;
	struct value v;
	enum err_code rc;

	rc = store_stmt(s, SQL_SEARCH_DROP, &drop, e);
	if (rc == OK)
		rc = store_stmt(s, SQL_SEARCH_OLD, &old, e);
	if (rc != OK)
		return rc;
	sqlite3_bind_int64(old, 1, id);
	if (store_next(s, old, &rc, e)) {
		v = column_value(old, 0);
		sqlite3_bind_int64(drop, 1, id);
		bind_value(drop, 2, &v);
		rc = store_run(s, drop, e);
	}
	sqlite3_reset(old);
	return rc;
}

static enum err_code put_text(struct store *s, stamp_t id,
    const struct type *t, struct slice text, struct err *e)
{
	struct value v = value_text(text);
	sqlite3_stmt *st;
	enum err_code rc;

	rc = store_stmt(s, SQL_SEARCH_DOC, &st, e);
	if (rc != OK)
		return rc;
	sqlite3_bind_int64(st, 1, id);
	sqlite3_bind_int64(st, 2, (int64_t)t->index);
	bind_value(st, 3, &v);
	rc = store_run(s, st, e);
	if (rc == OK)
		rc = store_stmt(s, SQL_SEARCH_TEXT, &st, e);
	if (rc != OK)
		return rc;
	sqlite3_bind_int64(st, 1, id);
	bind_value(st, 2, &v);
	return store_run(s, st, e);
}

static enum err_code end_pending(struct store *s, stamp_t id, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	rc = store_stmt(s, SQL_SEARCH_DONE, &st, e);
	if (rc != OK)
		return rc;
	sqlite3_bind_int64(st, 1, id);
	return store_run(s, st, e);
}

/* ---- reading records one by one ---- */

enum err_code reader_init(struct reader *rd, struct store *s,
    struct err *e)
{
	size_t i, widest = 1;

	*rd = (struct reader){ .s = s };
	for (i = 0; i < s->catalogue->ntype; i++)
		if (s->catalogue->type[i].table.ncol > widest)
			widest = s->catalogue->type[i].table.ncol;
	rd->type = calloc(s->catalogue->ntype + 1, sizeof(*rd->type));
	rd->cell = calloc(widest, sizeof(*rd->cell));
	return rd->type && rd->cell ? OK : err_memory(e);
}

void reader_release(struct reader *rd)
{
	size_t i;

	for (i = 0; rd->type && i < rd->s->catalogue->ntype; i++)
		sqlite3_finalize(rd->type[i].st);
	free(rd->type);
	free(rd->cell);
}

void reader_reset(struct reader *rd)
{
	size_t i;

	for (i = 0; i < rd->s->catalogue->ntype; i++)
		sqlite3_reset(rd->type[i].st);
}

enum err_code reader_get(struct reader *rd, stamp_t id, int64_t type,
    bool *found, struct err *e)
{
	struct prepared *slot;
	const struct type *t;
	enum err_code rc = OK;

	*found = false;
	if (type < 0 || (size_t)type >= rd->s->catalogue->ntype)
		return OK;
	t = &rd->s->catalogue->type[type];
	slot = &rd->type[type];
	if (!slot->st)
		rc = entry_prepare(rd->s, t, "WHERE id = ?1", &slot->st, e);
	if (rc != OK)
		return rc;
	sqlite3_reset(slot->st);
	sqlite3_bind_int64(slot->st, 1, id);
	rc = store_step(rd->s, slot->st, found, e);
	if (rc == OK && *found)
		entry_read(slot->st, t, rd->cell, &rd->r);
	return rc;
}

static enum err_code index_one(struct reader *rd, stamp_t id, int64_t type,
    struct buf *text, struct err *e)
{
	enum err_code rc;
	bool found;

	rc = reader_get(rd, id, type, &found, e);
	if (rc == OK && found) {
		buf_clear(text);
		search_texts(rd->s->catalogue, &rd->r, add_text, text);
		rc = buf_ok(text, e);
		if (rc == OK)
			rc = drop_old(rd->s, id, e);
		if (rc == OK)
			rc = put_text(rd->s, id, rd->r.type, slice_buf(text),
			    e);
	}
	return rc == OK ? end_pending(rd->s, id, e) : rc;
}

struct pending {
	stamp_t id;
	int64_t type;
};

static enum err_code read_pending(struct store *s, struct pending *p,
    size_t *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	rc = store_stmt(s, SQL_SEARCH_PENDING, &st, e);
	if (rc != OK)
		return rc;
	sqlite3_bind_int64(st, 1, UPDATE_BATCH);
	while (store_next(s, st, &rc, e))
		p[(*n)++] = (struct pending){ sqlite3_column_int64(st, 0),
		    sqlite3_column_int64(st, 1) };
	return rc;
}

/* One transaction's worth; *n records were taken from the list. */
static enum err_code update_some(struct reader *rd, struct pending *p,
    size_t *n, struct err *e)
{
	struct buf text = BUF_INIT;
	enum err_code rc;
	size_t i;

	rc = read_pending(rd->s, p, n, e);
	if (rc != OK || !*n)
		return rc;
	rc = store_begin(rd->s, e);
	for (i = 0; rc == OK && i < *n; i++)
		rc = index_one(rd, p[i].id, p[i].type, &text, e);
	reader_reset(rd);
	if (rc == OK)
		rc = store_commit(rd->s, e);
	if (rc != OK)
		store_rollback(rd->s);
	buf_release(&text);
	return rc;
}

enum err_code search_update(struct store *s, struct err *e)
{
	struct pending *p = calloc(UPDATE_BATCH, sizeof(*p));
	struct reader rd;
	enum err_code rc;
	size_t n = 1;

	if (!p)
		return err_memory(e);
	rc = reader_init(&rd, s, e);
	while (rc == OK && n)
		rc = update_some(&rd, p, &n, e);
	reader_release(&rd);
	free(p);
	return rc;
}
