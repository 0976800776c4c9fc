/* Rows of the typed tables: reading, finding, who may write them. */
#include "entry.h"

enum err_code entry_prepare(struct store *s, const struct type *t,
    const char *tail, sqlite3_stmt **out, struct err *e)
{
	struct buf sql = BUF_INIT;
	enum err_code rc;
	size_t i;

	*out = NULL;
	buf_adds(&sql, "SELECT ");
	for (i = 0; i < t->table.ncol; i++) {
		sql_name(&sql, t->table.col[i].key);
		buf_adds(&sql, ", ");
	}
	buf_adds(&sql, "branch, state, state_at, void FROM ");
	sql_name(&sql, t->key);
	buf_printf(&sql, " %s", tail);
	rc = buf_ok(&sql, e);
	if (rc == OK)
		rc = store_prepare(s, (const char *)sql.p, out, e);
	buf_release(&sql);
	return rc;
}

static const char *column_str(sqlite3_stmt *st, size_t i)
{
	return (const char *)sqlite3_column_text(st, (int)i);
}

void entry_read(sqlite3_stmt *st, const struct type *t, struct value *cell,
    struct entry *out)
{
	size_t i, n = t->table.ncol;

	for (i = 0; i < n; i++)
		cell[i] = column_value(st, (int)i);
	*out = (struct entry){ .type = t, .id = cell[TYPE_COL_ID].i,
	    .branch = column_str(st, n), .state = column_str(st, n + 1),
	    .state_at = sqlite3_column_int64(st, (int)n + 2),
	    .voided = column_str(st, n + 3), .cell = cell };
}

enum err_code entry_waiting(struct store *s, const struct type *t,
    stamp_t id, const struct value *cell, entry_waiting_fn fn, void *arg,
    struct err *e)
{
	const struct field *f;
	sqlite3_stmt *st;
	enum err_code rc;

	rc = store_stmt(s, SQL_RECORD_WAITING, &st, e);
	if (rc != OK)
		return rc;
	sqlite3_bind_int64(st, 1, id);
	while (store_next(s, st, &rc, e)) {
		f = type_field(s->catalogue, t, column_str(st, 0));
		if (f && cell[f->column_index].kind == VALUE_NULL)
			fn(arg, f, column_value(st, 1));
	}
	return rc;
}

struct copy {			/* cells and the batch that owns their text */
	struct batch *b;
	struct value *cell;
};

static void copy_waiting(void *arg, const struct field *f, struct value v)
{
	struct copy *c = arg;

	c->cell[f->column_index] = batch_value(c->b, &v);
}

enum err_code entry_load(struct store *s, const struct record *r,
    struct batch *scratch, struct value **cell, stamp_t *state_at,
    struct err *e)
{
	size_t i, n = r->type->table.ncol;
	struct copy copy = { .b = scratch };
	sqlite3_stmt *st = NULL;
	enum err_code rc;
	struct entry row;
	bool found;

	*cell = batch_row(scratch, r->type, -1);
	if (!*cell)
		return err_memory(e);
	rc = entry_prepare(s, r->type, "WHERE id = ?1", &st, e);
	if (rc != OK)
		return rc;
	sqlite3_bind_int64(st, 1, r->id);
	rc = store_step(s, st, &found, e);
	if (rc == OK && !found)
		rc = err_set(e, ERR_NOT_FOUND, _("the record is gone"));
	if (rc == OK) {
		entry_read(st, r->type, *cell, &row);
		*state_at = row.state_at;
		for (i = 0; i < n; i++)
			(*cell)[i] = batch_value(scratch, &(*cell)[i]);
		copy.cell = *cell;
		rc = entry_waiting(s, r->type, r->id, *cell, copy_waiting,
		    &copy, e);
	}
	sqlite3_finalize(st);
	return rc;
}

/* HQ's first node is number 1; others stand in the roster. */
static enum err_code made_by_hq(struct store *s, stamp_t id, bool *yes,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*yes = stamp_node(id) == 1;
	if (*yes)
		return OK;
	rc = store_stmt(s, SQL_RECORD_HQ_NODE, &st, e);
	if (rc != OK)
		return rc;
	sqlite3_bind_int64(st, 1, stamp_node(id));
	rc = store_step(s, st, yes, e);
	sqlite3_reset(st);
	return rc;
}

enum err_code entry_writable(struct store *s, const struct record *r,
    struct err *e)
{
	enum err_code rc;
	bool hq;

	if (r->voided) {
		err_set(e, ERR_VOID, _("the record is void"));
		return err_hint(e, _("enter a new record instead"));
	}
	rc = made_by_hq(s, r->id, &hq, e);
	if (rc != OK || (s->id.hq && hq) ||
	    (!s->id.hq && !hq && !strcmp(r->branch, s->id.branch)))
		return rc;
	err_set(e, ERR_FOREIGN,
	    _("the record belongs to %s; its fields are changed there"),
	    hq ? _("headquarters") : r->branch);
	return err_hint(e, _("ask them to correct it, or enter a record of "
			     "your own"));
}

enum err_code entry_shown(struct store *s, stamp_t record, const char *field,
    stamp_t *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*out = record;
	rc = store_stmt(s, SQL_EDIT_SHOWN, &st, e);
	if (rc != OK)
		return rc;
	sqlite3_bind_int64(st, 1, record);
	bind_text(st, 2, field);
	return store_number(s, st, out, e);
}

enum err_code entry_conflict(struct store *s, stamp_t record,
    const char *field, bool *yes, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	rc = store_stmt(s, SQL_RECORD_DISPUTED, &st, e);
	if (rc != OK)
		return rc;
	sqlite3_bind_int64(st, 1, record);
	bind_text(st, 2, field);
	rc = store_step(s, st, yes, e);
	sqlite3_reset(st);
	return rc;
}

void entry_origin(struct store *s, const char *branch, struct origin *o)
{
	origin_local(s, o);
	if (s->id.hq)
		o->branch = branch;
}
