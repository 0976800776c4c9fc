/* Erased values: the tombstone, and what it takes away. */
#include "erase.h"

#include "base/date.h"
#include "base/text.h"
#include "entry.h"
#include "outbox.h"
#include "record_write.h"
#include "store_db.h"

/* ---- what is erased ---- */

static enum err_code ask(struct store *s, sqlite3_stmt *st, bool *yes,
    struct err *e)
{
	int64_t n = 0;
	enum err_code rc = store_number(s, st, &n, e);

	*yes = n != 0;
	return rc;
}

enum err_code erase_hit(struct store *s, stamp_t record, const char *field,
    stamp_t stamp, bool *hit, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_ERASED_HIT, &st, e);

	if (rc)
		return rc;
	sqlite3_bind_int64(st, 1, record);
	bind_text(st, 2, field);
	sqlite3_bind_int64(st, 3, stamp);
	return ask(s, st, hit, e);
}

enum err_code erase_any(struct store *s, stamp_t record, bool *any,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_ERASED_ANY, &st, e);

	if (rc)
		return rc;
	sqlite3_bind_int64(st, 1, record);
	return ask(s, st, any, e);
}

static json_t *row_json(sqlite3_stmt *st)
{
	json_t *o = json_object();
	char at[32];

	time_text(stamp_ms(sqlite3_column_int64(st, 1)), at);
	json_object_set_new(o, "field", json_string(
	    (const char *)sqlite3_column_text(st, 0)));
	json_object_set_new(o, "at", json_string(at));
	json_object_set_new(o, "reason", json_string(
	    (const char *)sqlite3_column_text(st, 2)));
	if (sqlite3_column_type(st, 3) == SQLITE_TEXT)
		json_object_set_new(o, "by", json_string(
		    (const char *)sqlite3_column_text(st, 3)));
	return o;
}

enum err_code erase_json(struct store *s, stamp_t record, json_t **out,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_ERASED_OF, &st, e);

	*out = NULL;
	if (rc)
		return rc;
	sqlite3_bind_int64(st, 1, record);
	while (store_next(s, st, &rc, e)) {
		if (!*out)
			*out = json_array();
		json_array_append_new(*out, row_json(st));
	}
	return rc;
}

/* ---- taking away ---- */

/* A statement that takes record, field and stamp. */
static enum err_code run_three(struct store *s, enum sql_name name,
    const struct value *c, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, name, &st, e);

	if (rc)
		return rc;
	bind_value(st, 1, &c[ERASE_RECORD]);
	bind_value(st, 2, &c[ERASE_FIELD]);
	bind_value(st, 3, &c[ERASE_STAMP]);
	return store_run(s, st, e);
}

/* What shows now, of the edits; nothing if there are none. */
static enum err_code shown_value(struct store *s, const struct value *c,
    struct batch *b, struct value *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_EDIT_SHOWN, &st, e);

	*out = VALUE_NONE;
	if (rc)
		return rc;
	bind_value(st, 1, &c[ERASE_RECORD]);
	bind_value(st, 2, &c[ERASE_FIELD]);
	if (store_next(s, st, &rc, e)) {
		struct value v = column_value(st, 1);

		*out = batch_value(b, &v);
	}
	sqlite3_reset(st);
	return rc ? rc : batch_ok(b, e);
}

static const struct type *type_here(struct store *s, stamp_t record,
    enum err_code *rc, struct err *e)
{
	int64_t index = -1;
	sqlite3_stmt *st;

	*rc = store_stmt(s, SQL_RECORD_TYPE, &st, e);
	if (*rc)
		return NULL;
	sqlite3_bind_int64(st, 1, record);
	*rc = store_number(s, st, &index, e);
	return !*rc && index >= 0 && index < (int64_t)s->catalogue->ntype ?
	    &s->catalogue->type[index] : NULL;
}

/* The column shows the newest value that is left. */
static enum err_code show_left(struct store *s, const struct value *c,
    struct err *e)
{
	const struct field *f;
	const struct type *t;
	char key[64];
	struct batch b;
	struct value v;
	sqlite3_stmt *st;
	enum err_code rc;

	t = type_here(s, c[ERASE_RECORD].i, &rc, e);
	if (rc || !t)
		return rc;
	snprintf(key, sizeof key, "%.*s", (int)c[ERASE_FIELD].s.n,
	    (const char *)c[ERASE_FIELD].s.p);
	f = type_field(s->catalogue, t, key);
	if (!f || f->level != 'X' || !slice_eqs(c[ERASE_FIELD].s, f->key))
		return err_set(e, ERR_FORMAT, _("it erases %s.%s, which is "
		    "not to be erased"), t->key, key);
	batch_init(&b, s->catalogue);
	rc = shown_value(s, c, &b, &v, e);
	if (!rc)
		rc = store_field_stmt(s, t, f->column_index, true, &st, e);
	if (!rc) {
		bind_value(st, 1, &c[ERASE_RECORD]);
		bind_value(st, 2, &v);
		rc = store_run(s, st, e);
	}
	batch_release(&b);
	return rc;
}

static enum err_code put_tombstone(struct store *s, const struct value *c,
    const struct origin *o, struct err *e)
{
	static const int order[] = { ERASE_RECORD, ERASE_FIELD, ERASE_STAMP,
		ERASE_REASON, ERASE_BY };
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_ERASED_NEW, &st, e);

	if (rc)
		return rc;
	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		bind_value(st, (int)i + 1, &c[order[i]]);
	bind_text(st, 6, o->branch);
	return store_run(s, st, e);
}

/* With the keys gone, what the chains keep of the values stays shut. */
static enum err_code take_row(struct store *s, const struct value *c,
    const struct origin *o, struct err *e)
{
	enum err_code rc = put_tombstone(s, c, o, e);

	if (!rc)
		rc = run_three(s, SQL_ERASE_EDITS, c, e);
	if (!rc)
		rc = run_three(s, SQL_ERASE_HELD, c, e);
	if (!rc)
		rc = run_three(s, SQL_ERASE_REF, c, e);
	if (!rc)
		rc = run_three(s, SQL_ERASE_SEALED, c, e);
	if (!rc)
		rc = run_three(s, SQL_RECORD_KEY_END, c, e);
	if (!rc)
		rc = show_left(s, c, e);
	s->nerased++;
	s->scrub = true;
	return rc;
}

static bool row_ok(const struct value *c)
{
	return c[ERASE_RECORD].kind == VALUE_INT && c[ERASE_RECORD].i > 0 &&
	    c[ERASE_RECORD].i < c[ERASE_STAMP].i &&
	    c[ERASE_FIELD].kind == VALUE_TEXT && c[ERASE_FIELD].s.n > 0 &&
	    c[ERASE_FIELD].s.n < 64 && c[ERASE_REASON].kind == VALUE_TEXT &&
	    c[ERASE_REASON].s.n > 0 &&
	    c[ERASE_REASON].s.n <= ERASE_REASON_MAX &&
	    (c[ERASE_BY].kind == VALUE_NULL ||
	     c[ERASE_BY].kind == VALUE_TEXT);
}

/* Headquarters may erase anywhere, a branch what its own nodes made: told by
 * the number in the record's id alone, so that the answer is the same whether
 * the record has come or not. */
static enum err_code owner_check(struct store *s, const struct value *c,
    const struct origin *o, struct err *e)
{
	stamp_t record = c[ERASE_RECORD].i;
	char branch[17] = "";
	sqlite3_stmt *st;
	enum err_code rc;
	bool row;

	if (o->local || o->hq || stamp_node(record) == o->node)
		return OK;
	rc = store_stmt(s, SQL_ROSTER_OF, &st, e);
	if (rc)
		return rc;
	sqlite3_bind_int64(st, 1, stamp_node(record));
	rc = store_step(s, st, &row, e);
	if (rc || !row)
		return rc;
	column_text(st, 0, branch, sizeof branch);
	sqlite3_reset(st);
	if (strcmp(branch, o->branch) == 0)
		return OK;
	return err_set(e, ERR_FOREIGN, _("it erases a value of a record that "
	    "is not %s's"), o->branch);
}

enum err_code erase_apply(struct store *s, const struct batch *b,
    const struct origin *o, struct err *e)
{
	enum err_code rc = OK;

	for (size_t i = 0; i < b->nsection; i++) {
		const struct section *sec = &b->section[i];

		if (sec->type || sec->fixed != TABLE_ERASE)
			continue;
		for (size_t k = 0; !rc && k < sec->nrow; k++) {
			const struct value *c = sec->cell +
			    k * sec->table->ncol;

			if (!row_ok(c))
				return err_set(e, ERR_FORMAT, _("a row that "
				    "erases a value cannot be read"));
			rc = owner_check(s, c, o, e);
			if (!rc)
				rc = take_row(s, c, o, e);
		}
	}
	return rc;
}

/* ---- here ---- */

static enum err_code check_field(const struct record *r,
    const struct catalogue *c, const char *key, const struct field **out,
    struct err *e)
{
	const struct field *f = type_field(c, r->type, key);

	*out = f;
	if (!f)
		return err_set(e, ERR_COLUMN, _("%s has no field %s"),
		    r->type->key, key);
	if (f->level == 'X')
		return OK;
	err_set(e, ERR_COLUMN, _("%s is not a sensitive field: it is not "
	    "erased"), f->key);
	return err_hint(e, _("“wellhead edit” replaces a value, “wellhead "
	    "void” takes the record out of all figures"));
}

/* The owner's chair, or headquarters. */
static enum err_code check_right(struct store *s, const struct record *r,
    struct err *e)
{
	static const char *const role[] = { "chair", "hq", "hq_chair" };
	enum err_code rc = operator_required(s, e);

	if (rc)
		return rc;
	if (!s->id.hq && strcmp(r->branch, s->id.branch) != 0)
		return err_set(e, ERR_FOREIGN, _("the record is %s's"),
		    r->branch);
	if (!operator_acting(s))
		return OK;
	for (size_t i = s->id.hq ? 1 : 0; i < (s->id.hq ? 3u : 1u); i++)
		if (operator_may(s, role[i]))
			return OK;
	err_set(e, ERR_ROLE, _("only the branch's chair or headquarters "
	    "erases"));
	return right_hint(s, e);
}

static enum err_code check_reason(const char *reason, struct err *e)
{
	size_t n = reason ? strlen(reason) : 0;

	if (n > 0 && n <= ERASE_REASON_MAX && utf8_valid(slice_str(reason)))
		return OK;
	return err_set(e, ERR_REASON, _("say why in 1 to %d bytes: it stays "
	    "with the record"), ERASE_REASON_MAX);
}

static enum err_code put_row(struct write *w, const struct record *r,
    const struct field *f, const char *reason, const char *by, struct err *e)
{
	struct problems p = { .n = 0 };
	struct value *cell, who;
	char chain[CHAIN_NAME];
	struct origin o;
	stamp_t stamp;
	enum err_code rc;

	write_by(w, by, &who, &p);
	rc = problems_err(&p, e);
	problems_release(&p);
	if (!rc)
		rc = store_stamp(w->s, &stamp, e);
	if (rc)
		return rc;
	cell = batch_row(&w->scratch, NULL, TABLE_ERASE);
	if (!cell)
		return err_memory(e);
	cell[ERASE_STAMP] = value_int(stamp);
	cell[ERASE_RECORD] = value_int(r->id);
	cell[ERASE_FIELD] = value_str(f->key);
	cell[ERASE_REASON] = value_str(reason);
	cell[ERASE_BY] = who;
	entry_origin(w->s, r->branch, &o);
	outbox_chain(w->s, r->branch, r->type, chain);
	rc = erase_apply(w->s, &w->scratch, &o, e);
	if (!rc)
		rc = outbox_put(w->s, chain, &w->scratch, e);
	if (!rc)
		rc = store_commit(w->s, e);
	if (!rc)
		w->open = false;
	return rc;
}

enum err_code erase_field(struct store *s, const char *ref,
    const char *field, const char *reason, const char *by, struct err *e)
{
	const struct field *f = NULL;
	struct record r;
	struct write w;
	enum err_code rc = check_reason(reason, e);

	if (rc)
		return rc;
	rc = write_begin(&w, s, e);
	if (!rc)
		rc = record_find(s, ref, &r, e);
	if (!rc)
		rc = check_field(&r, s->catalogue, field, &f, e);
	if (!rc)
		rc = check_right(s, &r, e);
	if (!rc)
		rc = put_row(&w, &r, f, reason, by, e);
	return write_end(&w, NULL, rc, e);
}
