/* Two stores of one node, before and after a replay. */
#include "meant.h"

#include "apply_impl.h"

/* Does the number stand for another record in s than in old? */
static enum err_code is_other(struct store *s, struct store *old, stamp_t id,
    bool *other, struct err *e)
{
	const struct type *type = NULL;
	struct value *cell = NULL;
	struct err why = {0};
	struct batch b;
	enum err_code rc;

	*other = false;
	batch_init(&b, old->catalogue);
	rc = outbox_first(old, id, &b, &type, &cell, e);
	if (!rc && cell)
		rc = same_record(s, type, cell, &why);
	if (rc == ERR_COLLISION) {
		*other = true;
		rc = OK;
	} else if (why.code) {
		*e = why;
	}
	batch_release(&b);
	return rc;
}

static enum err_code has_change(struct store *s, stamp_t record,
    stamp_t stamp, bool *has, struct err *e)
{
	sqlite3_stmt *st;
	int64_t yes = 0;
	enum err_code rc = store_stmt(s, SQL_CHANGE_IS, &st, e);

	if (rc)
		return rc;
	sqlite3_bind_int64(st, 1, record);
	sqlite3_bind_int64(st, 2, stamp);
	rc = store_number(s, st, &yes, e);
	*has = yes;
	return rc;
}

enum err_code meant_others(struct store *s, struct store *old, size_t *n,
    stamp_t *first, struct err *e)
{
	bool row = false, other = false, has = false;
	stamp_t record, last = 0;
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	*first = 0;
	rc = store_stmt(old, SQL_CHANGES_BY, &st, e);
	if (rc)
		return rc;
	sqlite3_bind_int64(st, 1, old->id.number);
	while (!(rc = store_step(old, st, &row, e)) && row) {
		record = sqlite3_column_int64(st, 0);
		if (record != last)
			rc = is_other(s, old, record, &other, e);
		last = record;
		if (!rc && other)
			rc = has_change(s, record,
			    sqlite3_column_int64(st, 1), &has, e);
		if (rc)
			break;
		if (other && has && !(*n)++)
			*first = record;
	}
	sqlite3_reset(st);
	return rc;
}
