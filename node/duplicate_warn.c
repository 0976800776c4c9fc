/* A new record that is like one of its branch. */
#include "base/text.h"
#include "duplicate_impl.h"
#include "rules.h"

static const struct value *cell_of(const struct rule_context *x,
    const char *key)
{
	const struct field *f = type_field(x->c, x->t, key);

	return f ? &x->cell[f->column_index] : NULL;
}

static enum err_code prepare(struct rule_context *x,
    const struct duplicate_key *k, const struct value *equal,
    sqlite3_stmt **st, struct err *e)
{
	struct buf sql = BUF_INIT;
	enum err_code rc;

	buf_adds(&sql, "SELECT id, ");
	sql_name(&sql, k->like);
	buf_adds(&sql, " FROM ");
	sql_name(&sql, k->type);
	buf_adds(&sql, " WHERE void IS NULL AND branch = ?1 AND id < ?3");
	if (equal) {
		buf_adds(&sql, " AND ");
		sql_name(&sql, k->equal);
		buf_adds(&sql, " = ?2");
	}
	if (k->when)
		rule_sql(&sql, k->when);
	buf_adds(&sql, " ORDER BY id DESC");
	rc = buf_ok(&sql, e);
	if (rc == OK)
		rc = store_prepare(x->s, (const char *)sql.p, st, e);
	buf_release(&sql);
	if (rc != OK)
		return rc;
	bind_text(*st, 1, x->branch);
	if (equal)
		bind_value(*st, 2, equal);
	/* of two lines of one file the second is told of */
	sqlite3_bind_int64(*st, 3, x->id ? x->id : INT64_MAX);
	return OK;
}

static void warn(struct rule_context *x, const struct duplicate_key *k,
    stamp_t id)
{
	char text[STAMP_DIGITS + 1];

	base32_stamp(text, (uint64_t)id);
	problems_warn(x->p, "W_DUP", k->like, _("%s is much like this one; "
	    "if they are one, make the new one void"), text);
}

/* The newest that is alike is named; one is enough. */
static enum err_code look(struct rule_context *x,
    const struct duplicate_key *k, const struct value *like,
    const struct value *equal, struct err *e)
{
	struct buf want = BUF_INIT, have = BUF_INIT;
	sqlite3_stmt *st = NULL;
	enum err_code rc = prepare(x, k, equal, &st, e);
	bool row, found = false;

	duplicate_fold(&want, like->s);
	while (rc == OK && want.n && !found &&
	    (rc = store_step(x->s, st, &row, e)) == OK && row) {
		struct value v = column_value(st, 1);

		buf_clear(&have);
		if (v.kind == VALUE_TEXT)
			duplicate_fold(&have, v.s);
		found = slice_eq(slice_buf(&want), slice_buf(&have));
		if (found)
			warn(x, k, sqlite3_column_int64(st, 0));
	}
	sqlite3_finalize(st);
	buf_release(&want);
	buf_release(&have);
	return rc;
}

enum err_code duplicate_warn(struct rule_context *x, struct err *e)
{
	enum err_code rc = OK;

	for (size_t i = 0; rc == OK && i < nduplicate_keys; i++) {
		const struct duplicate_key *k = &duplicate_keys[i];
		const struct value *like, *equal = NULL;

		if (!k->like || strcmp(k->type, x->t->key) != 0 ||
		    (k->when && !rule_when(x, k->when)))
			continue;
		like = cell_of(x, k->like);
		if (k->equal)
			equal = cell_of(x, k->equal);
		if (like && like->kind == VALUE_TEXT &&
		    (!k->equal || (equal && equal->kind != VALUE_NULL)))
			rc = look(x, k, like, equal, e);
	}
	return rc;
}
