/* Figures: the SELECT around the filters, and running it. */
#include "figure.h"

#include "figure_sql.h"

/* A hostile query cannot make SQL larger than this. */
#define SQL_BYTES (1024 * 1024)

/* An aggregate over a field that it cannot take. */
static enum err_code bad_argument(struct figure_writer *w,
    const struct figure_leaf *leaf, const char *what)
{
	err_set(w->e, ERR_TYPE, "%s.%s: %s", leaf->type->key, leaf->column,
	    what);
	return figure_at(w->q, w->q->arg.at, w->e);
}

/* SQLite would sum text as nought and count the lines of what is no list as
 * nought: a wrong figure that looks right. So both are refused here. */
static enum err_code check_argument(struct figure_writer *w,
    const struct figure_leaf *leaf)
{
	enum column_kind k = leaf->kind;

	if (w->q->agg == FIGURE_SUM && k != COL_INT && k != COL_REAL &&
	    k != COL_BOOL)
		return bad_argument(w, leaf, _("only numbers can be summed"));
	if (w->q->agg == FIGURE_LINES && k != COL_JSON && k != COL_REFS)
		return bad_argument(w, leaf,
		    _("only a list has lines to count"));
	return OK;
}

/* A reference to a record that has not come is told apart by its external
 * key, so that a branch counts as headquarters will. */
static void write_distinct(struct figure_writer *w,
    const struct figure_leaf *leaf)
{
	bool ref = w->q->arg.n == 1 && leaf->field != NULL &&
	    leaf->kind == COL_REF;

	buf_adds(w->sql, ref ? "count(DISTINCT COALESCE(" :
	    "count(DISTINCT ");
	figure_expression(w, &w->q->arg);
	if (ref) {
		buf_adds(w->sql, ", (SELECT ext FROM ref_ext AS x "
		    "WHERE x.record = t0.id AND x.field = ");
		sql_text(w->sql, slice_str(leaf->column));
		buf_adds(w->sql, "))");
	}
	buf_addc(w->sql, ')');
}

/* Nothing to add up is 0, not nothing: reports print it. */
static enum err_code write_aggregate(struct figure_writer *w)
{
	struct figure_end end;
	enum err_code rc;

	if (w->q->agg == FIGURE_COUNT) {
		buf_adds(w->sql, "count(*)");
		return OK;
	}
	rc = figure_resolve(w, &w->q->arg, &end);
	if (rc == OK)
		rc = check_argument(w, &end.leaf[0]);
	if (rc != OK)
		return rc;
	if (w->q->agg == FIGURE_DISTINCT) {
		write_distinct(w, &end.leaf[0]);
		return OK;
	}
	buf_adds(w->sql, "COALESCE(sum(");
	if (w->q->agg == FIGURE_LINES)
		buf_adds(w->sql, "json_array_length(");
	figure_expression(w, &w->q->arg);
	buf_adds(w->sql, w->q->agg == FIGURE_LINES ? ")), 0)" : "), 0)");
	return OK;
}

/* The records mode has the same conditions, so that the list behind a figure
 * can never disagree with it. */
static enum err_code write_select(struct figure_writer *w, bool records)
{
	enum err_code rc;
	size_t kept;

	buf_adds(w->sql, "SELECT ");
	kept = w->sql->n;
	rc = write_aggregate(w);
	if (rc != OK)
		return rc;
	if (records) {	/* the aggregate was checked all the same */
		w->sql->n = kept;
		buf_adds(w->sql, "t0.id");
	}
	buf_adds(w->sql, " FROM ");
	sql_name(w->sql, w->type->table.name);
	buf_adds(w->sql, " AS t0 WHERE t0.void IS NULL");
	for (size_t i = 0; rc == OK && i < w->q->nfilter; i++) {
		buf_adds(w->sql, " AND ");
		rc = figure_condition(w, &w->q->filter[i]);
		if (rc == OK && w->sql->n > SQL_BYTES)
			rc = err_set(w->e, ERR_TOO_BIG,
			    _("the figure makes too long a query: use fewer "
			    "filters"));
	}
	if (rc == OK && records)
		buf_adds(w->sql, " ORDER BY t0.id");
	return rc;
}

/* By key or label; NULL with the error set. */
static const struct type *find_type(const struct figure_writer *w)
{
	const struct figure_query *q = w->q;
	const struct type *t = NULL;
	char name[128];

	if (q->type.n < sizeof name) {
		memcpy(name, q->type.p, q->type.n);
		name[q->type.n] = '\0';
		t = catalogue_type(store_catalogue(w->s), name);
	}
	if (t != NULL)
		return t;
	err_set(w->e, ERR_NOT_FOUND, _("there is no record type \"%.*s\""),
	    (int)q->type.n, (const char *)q->type.p);
	figure_at(q, 0, w->e);
	err_hint(w->e, _("\"wellhead types\" lists them"));
	return NULL;
}

static enum err_code compile(struct store *s, const char *query, bool records,
    struct buf *sql, const struct type **type, struct err *e)
{
	struct figure_query *q = NULL;
	struct figure_writer w = { .s = s, .sql = sql, .e = e };
	enum err_code rc;

	buf_clear(sql);
	rc = figure_parse(query, &q, e);
	if (rc != OK)
		return rc;
	w.q = q;
	*type = w.type = find_type(&w);
	if (w.type != NULL)
		rc = write_select(&w, records);
	else
		rc = ERR_NOT_FOUND;
	if (rc == OK)
		rc = buf_ok(sql, e);
	figure_query_free(q);
	return rc;
}

enum err_code figure_sql(struct store *s, const char *query, bool records,
    struct buf *sql, struct err *e)
{
	const struct type *t;

	return compile(s, query, records, sql, &t, e);
}

enum err_code figure_value(struct store *s, const char *query,
    struct value *out, struct err *e)
{
	struct buf sql = BUF_INIT;
	sqlite3_stmt *st = NULL;
	const struct type *t;
	bool row = false;
	enum err_code rc;

	*out = VALUE_NONE;
	rc = compile(s, query, false, &sql, &t, e);
	if (rc == OK)
		rc = store_prepare(s, (const char *)sql.p, &st, e);
	if (rc == OK)
		rc = store_step(s, st, &row, e);
	if (rc == OK && row)
		*out = column_value(st, 0);	/* a number: nothing borrowed */
	sqlite3_finalize(st);
	buf_release(&sql);
	return rc;
}

enum err_code figure_records(struct store *s, const char *query, record_fn fn,
    void *arg, struct err *e)
{
	struct buf sql = BUF_INIT;
	sqlite3_stmt *st = NULL;
	const struct type *t = NULL;
	bool row = true;
	int stop = 0;
	enum err_code rc;

	rc = compile(s, query, true, &sql, &t, e);
	if (rc == OK)
		rc = store_prepare(s, (const char *)sql.p, &st, e);
	while (rc == OK && stop == 0) {
		json_t *record = NULL;

		rc = store_step(s, st, &row, e);
		if (rc != OK || !row)
			break;
		rc = record_json(s, sqlite3_column_int64(st, 0), t, false,
		    &record, e);
		if (rc == OK)
			stop = fn(arg, record);
		json_decref(record);
	}
	sqlite3_finalize(st);
	buf_release(&sql);
	return rc;
}
