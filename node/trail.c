#include "trail.h"

#include "entry.h"
#include "outbox.h"
#include "right.h"
#include "store_db.h"

static bool text_or_none(const struct value *v)
{
	return v->kind == VALUE_NULL || v->kind == VALUE_TEXT;
}

static enum err_code insert(struct store *s, const struct value *c,
    const char *branch, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	if (!text_or_none(&c[ACCESS_WHO]) || !text_or_none(&c[ACCESS_DETAIL]) ||
	    c[ACCESS_WHAT].kind != VALUE_TEXT ||
	    (c[ACCESS_RECORD].kind != VALUE_INT &&
	    c[ACCESS_RECORD].kind != VALUE_NULL))
		return err_set(e, ERR_FORMAT, _("a row of the access trail "
		    "cannot be read"));
	rc = store_stmt(s, SQL_ACCESS_NEW, &st, e);
	if (rc != OK)
		return rc;
	for (int i = ACCESS_STAMP; i <= ACCESS_DETAIL; i++)
		bind_value(st, i + 1, &c[i]);
	bind_text(st, ACCESS_DETAIL + 2, branch);
	return store_run_once(s, st, e);
}

enum err_code trail_apply(struct store *s, const struct batch *b,
    const char *branch, struct err *e)
{
	enum err_code rc = OK;

	for (size_t i = 0; i < b->nsection; i++) {
		const struct section *sec = &b->section[i];

		if (sec->type || sec->fixed != TABLE_ACCESS)
			continue;
		for (size_t k = 0; rc == OK && k < sec->nrow; k++)
			rc = insert(s, sec->cell + k * sec->table->ncol,
			    branch, e);
	}
	return rc;
}

/* In the open transaction. */
static enum err_code put(struct store *s, const char *what, stamp_t record,
    const char *detail, const char *who, struct err *e)
{
	char chain[CHAIN_NAME] = "hq/HQ";
	struct value *cell;
	struct batch b;
	stamp_t stamp;
	enum err_code rc;

	if (!s->id.hq)
		snprintf(chain, sizeof chain, "node/%s", s->id.code);
	batch_init(&b, s->catalogue);
	rc = store_stamp(s, &stamp, e);
	if (rc != OK)
		goto done;
	cell = batch_row(&b, NULL, TABLE_ACCESS);
	if (!cell) {
		rc = err_memory(e);
		goto done;
	}
	cell[ACCESS_STAMP] = value_int(stamp);
	cell[ACCESS_WHO] = value_str(operator_by(s, who));
	if (record)
		cell[ACCESS_RECORD] = value_int(record);
	cell[ACCESS_WHAT] = value_str(what);
	cell[ACCESS_DETAIL] = value_str(detail);
	rc = trail_apply(s, &b, s->id.hq ? "HQ" : s->id.branch, e);
	if (rc == OK)
		rc = outbox_put(s, chain, &b, e);
done:
	batch_release(&b);
	return rc;
}

enum err_code trail_note(struct store *s, const char *what, stamp_t record,
    const char *detail, const char *who, struct err *e)
{
	enum err_code rc;

	if (s->in_txn)
		return put(s, what, record, detail, who, e);
	rc = store_begin(s, e);
	if (rc == OK)
		rc = put(s, what, record, detail, who, e);
	if (rc == OK)
		rc = store_commit(s, e);
	if (rc != OK)
		store_rollback(s);
	return rc;
}

bool trail_keeper(struct store *s)
{
	static const char *const role[] = { "clerk", "sub_chair", "chair",
		"hq", "hq_chair", "auditor" };

	for (size_t i = 0; i < sizeof role / sizeof *role; i++)
		if (operator_may(s, role[i]))
			return true;
	return !operator_acting(s);
}

static json_t *access_json(sqlite3_stmt *st)
{
	static const char *const key[] = { "branch", "who", "what", "detail" };
	json_t *o = json_object();
	char at[32];

	time_text(stamp_ms(sqlite3_column_int64(st, 0)), at);
	json_object_set_new(o, "at", json_string(at));
	for (int i = 0; i < 4; i++) {
		struct value v = column_value(st, i + 2);

		if (v.kind != VALUE_NULL)
			json_object_set_new(o, key[i],
			    entry_value_json(NULL, &v));
	}
	if (sqlite3_column_type(st, 1) != SQLITE_NULL)
		json_object_set_new(o, "record",
		    entry_stamp_json(sqlite3_column_int64(st, 1)));
	return o;
}

enum err_code trail_each(struct store *s, stamp_t record, record_fn fn,
    void *arg, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_ACCESS_OF, &st, e);
	bool row;
	int stop = 0;

	if (rc != OK)
		return rc;
	sqlite3_bind_int64(st, 1, record);
	while (!stop && (rc = store_step(s, st, &row, e)) == OK && row) {
		json_t *o = access_json(st);

		stop = fn(arg, o);
		json_decref(o);
	}
	sqlite3_reset(st);
	return rc;
}

enum err_code trail_list(struct store *s, stamp_t record, record_fn fn,
    void *arg, struct err *e)
{
	enum err_code rc = operator_required(s, e);

	if (rc == OK && !trail_keeper(s)) {
		err_set(e, ERR_ROLE, _("the access trail is for those who "
		    "keep or check files"));
		rc = right_hint(s, e);
	}
	return rc == OK ? trail_each(s, record, fn, arg, e) : rc;
}
