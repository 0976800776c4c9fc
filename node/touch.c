/* Two walks side by side: the branch's records, and what touches records. */
#include "touch.h"

#include <stdlib.h>

#include "base/list.h"
#include "store_db.h"

struct walk {
	struct store *s;
	touch_known known;
	touch_fn fn;
	void *arg;
	sqlite3_stmt *id, *touch;
	bool more;		/* touch stands on a row */
	stamp_t *stamp;
	size_t n, cap;
};

static enum err_code records_of(struct store *s, const char *branch,
    sqlite3_stmt **st, struct err *e)
{
	struct buf sql = BUF_INIT;
	enum err_code rc;

	for (size_t i = 0; i < s->catalogue->ntype; i++) {
		buf_adds(&sql, i ? " UNION ALL SELECT id FROM " :
		    "SELECT id FROM ");
		sql_name(&sql, s->catalogue->type[i].key);
		buf_adds(&sql, " WHERE branch = ?1");
	}
	buf_adds(&sql, " ORDER BY 1");
	rc = buf_ok(&sql, e);
	if (!rc)
		rc = store_prepare(s, (const char *)sql.p, st, e);
	if (!rc)
		sqlite3_bind_text(*st, 1, branch, -1, SQLITE_TRANSIENT);
	buf_release(&sql);
	return rc;
}

static bool is_known(const struct walk *w, stamp_t stamp)
{
	return !w->known || w->known(w->arg, stamp);
}

static enum err_code add_stamp(struct walk *w, stamp_t stamp, struct err *e)
{
	stamp_t *more = list_grow(w->stamp, w->n, &w->cap, sizeof *more);

	if (!more)
		return err_memory(e);
	w->stamp = more;
	w->stamp[w->n++] = stamp;
	return OK;
}

/* The stamps of this record; those of records before it are passed over. */
static enum err_code gather(struct walk *w, stamp_t record, struct err *e)
{
	enum err_code rc = OK;

	w->n = 0;
	while (!rc && w->more) {
		stamp_t at = sqlite3_column_int64(w->touch, 0);
		stamp_t stamp = sqlite3_column_int64(w->touch, 1);

		if (at > record)
			break;
		if (at == record && is_known(w, stamp))
			rc = add_stamp(w, stamp, e);
		if (!rc)
			rc = store_step(w->s, w->touch, &w->more, e);
	}
	return rc;
}

enum err_code touch_each(struct store *s, const char *branch,
    touch_known known, touch_fn fn, void *arg, struct err *e)
{
	struct walk w = { .s = s, .known = known, .fn = fn, .arg = arg };
	enum err_code rc;

	rc = records_of(s, branch, &w.id, e);
	if (!rc)
		rc = store_walk(s, SQL_TOUCHES, &w.touch, e);
	if (!rc)
		rc = store_step(s, w.touch, &w.more, e);
	while (store_next(s, w.id, &rc, e)) {
		stamp_t record = sqlite3_column_int64(w.id, 0);

		rc = gather(&w, record, e);
		if (!rc && is_known(&w, record) &&
		    fn(arg, record, w.stamp, w.n))
			break;
	}
	sqlite3_finalize(w.id);
	sqlite3_finalize(w.touch);
	free(w.stamp);
	return rc;
}

enum err_code touch_record(struct store *s, stamp_t record, bool files,
    touch_stamp_fn fn, void *arg, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_walk(s, SQL_TOUCHES_OF, &st, e);

	if (rc)
		return rc;
	sqlite3_bind_int64(st, 1, record);
	sqlite3_bind_int(st, 2, files);
	while (store_next(s, st, &rc, e))
		if (fn(arg, sqlite3_column_int64(st, 0)))
			break;
	sqlite3_finalize(st);
	return rc;
}

enum err_code touch_changes(struct store *s, stamp_t record, touch_row_fn fn,
    void *arg, struct err *e)
{
	struct touch_row r;
	sqlite3_stmt *st;
	enum err_code rc = store_walk(s, SQL_TOUCH_RECORD, &st, e);

	if (rc)
		return rc;
	sqlite3_bind_int64(st, 1, record);
	while (store_next(s, st, &rc, e)) {
		r = (struct touch_row){ .stamp = sqlite3_column_int64(st, 0),
			.held = sqlite3_column_int(st, 4),
			.needs = sqlite3_column_int64(st, 5) };
		column_text(st, 1, r.what, sizeof r.what);
		column_text(st, 2, r.name, sizeof r.name);
		column_text(st, 3, r.by, sizeof r.by);
		column_text(st, 6, r.code, sizeof r.code);
		if (fn(arg, &r))
			break;
	}
	sqlite3_finalize(st);
	return rc;
}
