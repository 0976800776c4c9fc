/* Figures: the SELECT around the filters, and running it. */
#include "figure.h"

#include "figure_sql.h"

/* A hostile query cannot make SQL larger than this. */
#define SQL_BYTES (1024 * 1024)

/* SQLite would sum text as nought and count the lines of what is no list as
 * nought: a wrong figure that looks right. So both are refused here. */
static enum err_code check_argument(struct figure_writer *w,
    const struct figure_leaf *leaf)
{
	enum column_kind k = leaf->kind;

	if (w->q->agg == FIGURE_SUM && k != COL_INT && k != COL_REAL &&
	    k != COL_BOOL)
		return figure_bad_leaf(w, &w->q->arg, leaf, ERR_TYPE,
		    _("only numbers can be summed"));
	if (w->q->agg == FIGURE_LINES && k != COL_JSON && k != COL_REFS)
		return figure_bad_leaf(w, &w->q->arg, leaf, ERR_TYPE,
		    _("only a list has lines to count"));
	return OK;
}

/* Has headquarters decided that any two records are one? Asked first, so that
 * it costs nothing where there are none. */
static enum err_code any_same(struct store *s, bool *yes, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;
	bool row;

	rc = store_stmt(s, SQL_SAME_ANY, &st, e);
	if (rc == OK)
		rc = store_step(s, st, &row, e);
	if (rc != OK)
		return rc;
	*yes = sqlite3_column_int(st, 0) != 0;
	sqlite3_reset(st);
	return OK;
}

/* A reference to a record that has not come is told apart by its external
 * key, so that a branch counts as headquarters will. Of records that are one
 * the oldest stands for all. */
static void write_distinct(struct figure_writer *w,
    const struct figure_leaf *leaf, bool same)
{
	bool ref = w->q->arg.n == 1 && leaf->field != NULL &&
	    leaf->kind == COL_REF;

	same = same && (leaf->kind == COL_REF ||
	    strcmp(leaf->column, "id") == 0);
	buf_adds(w->sql, ref || same ? "count(DISTINCT COALESCE(" :
	    "count(DISTINCT ");
	if (same) {
		buf_adds(w->sql, "(SELECT one FROM same_as WHERE id = ");
		figure_expression(w, &w->q->arg);
		buf_adds(w->sql, "), ");
	}
	figure_expression(w, &w->q->arg);
	if (ref) {
		buf_adds(w->sql, ", (SELECT ext FROM ref_ext AS x "
		    "WHERE x.record = t0.id AND x.field = ");
		sql_text(w->sql, slice_str(leaf->column));
		buf_addc(w->sql, ')');
	}
	buf_adds(w->sql, ref || same ? "))" : ")");
}

/* Nothing to add up is 0, not nothing: reports print it. */
static enum err_code write_aggregate(struct figure_writer *w)
{
	struct figure_end end;
	bool same = false;
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
		rc = any_same(w->s, &same, w->e);
		write_distinct(w, &end.leaf[0], same);
		return rc;
	}
	buf_adds(w->sql, "COALESCE(sum(");
	if (w->q->agg == FIGURE_LINES)
		buf_adds(w->sql, "json_array_length(");
	figure_expression(w, &w->q->arg);
	buf_adds(w->sql, w->q->agg == FIGURE_LINES ? ")), 0)" : "), 0)");
	return OK;
}

/* What stands before FROM. The aggregate is checked whatever is selected, so
 * that the list behind a figure is refused where the figure is. */
static enum err_code write_columns(struct figure_writer *w,
    const struct figure_columns *c)
{
	size_t start = w->sql->n;
	enum err_code rc = write_aggregate(w);

	if (rc != OK || c->what == FIGURE_NUMBER)
		return rc;
	w->sql->n = start;
	if (c->what != FIGURE_GROUPS)
		buf_adds(w->sql, c->npath > 0 ? "t0.id, " : "t0.id");
	for (size_t i = 0; rc == OK && i < c->npath; i++) {
		struct figure_end end;

		buf_adds(w->sql, i > 0 ? ", " : "");
		rc = figure_resolve(w, &c->path[i], &end);
		if (rc == OK)
			figure_expression(w, &c->path[i]);
	}
	if (rc != OK || c->what != FIGURE_GROUPS)
		return rc;
	buf_adds(w->sql, ", ");
	return write_aggregate(w);
}

/* A ledger reads by day; what has no day, in the order it was entered. */
static void write_order(struct figure_writer *w, const struct figure_columns *c)
{
	if (c->what == FIGURE_GROUPS) {
		buf_adds(w->sql, " GROUP BY 1");
		for (size_t i = 1; i < c->npath; i++)
			buf_printf(w->sql, ", %zu", i + 1);
	} else if (c->what == FIGURE_ROWS && w->type->report_date != NULL) {
		buf_adds(w->sql, " ORDER BY t0.");
		sql_name(w->sql, w->type->report_date->key);
		buf_adds(w->sql, ", t0.id");
	} else if (c->what != FIGURE_NUMBER) {
		buf_adds(w->sql, " ORDER BY t0.id");
	}
}

/* As of a day, what is dated after it had not happened yet. */
static void write_not_after(struct figure_writer *w)
{
	if (w->as_of[0] == '\0' || w->type->report_date == NULL)
		return;
	buf_adds(w->sql, " AND COALESCE(t0.");
	sql_name(w->sql, w->type->report_date->key);
	buf_printf(w->sql, " <= '%s', 1)", w->as_of);
}

/* Those on the record's own fields come first: they cost a look, the others a
 * search in another table for each record. */
static enum err_code write_filters(struct figure_writer *w, bool paths)
{
	enum err_code rc = OK;

	for (size_t i = 0; rc == OK && i < w->q->nfilter; i++) {
		const struct figure_filter *f = &w->q->filter[i];

		if ((f->path.n > 1 || f->field) != paths)
			continue;
		buf_adds(w->sql, " AND ");
		rc = figure_condition(w, f);
		if (rc == OK && w->sql->n > SQL_BYTES)
			rc = err_set(w->e, ERR_TOO_BIG,
			    _("the figure makes too long a query: use fewer "
			    "filters"));
	}
	return rc;
}

/* Records, groups and rows have the same conditions as the number, so that
 * the list behind a figure can never disagree with it. */
static enum err_code write_select(struct figure_writer *w,
    const struct figure_columns *c)
{
	struct buf where = BUF_INIT, *out = w->sql;
	enum err_code rc;

	buf_adds(out, "SELECT ");
	rc = write_columns(w, c);
	w->sql = &where;	/* what is joined shows while it is written */
	write_not_after(w);
	if (rc == OK)
		rc = write_filters(w, false);
	if (rc == OK)
		rc = write_filters(w, true);
	w->sql = out;
	buf_adds(out, " FROM ");
	sql_name(out, w->type->table.name);
	buf_adds(out, " AS t0");
	figure_joins(w);
	buf_adds(out, " WHERE t0.void IS NULL");
	buf_addb(out, slice_buf(&where));
	out->failed |= where.failed;
	buf_release(&where);
	if (rc == OK)
		write_order(w, c);
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

static enum err_code read_as_of(struct figure_writer *w)
{
	const struct figure_query *q = w->q;

	if (q->as_of.p == NULL || date_parse(q->as_of, w->as_of))
		return OK;
	err_set(w->e, ERR_DATE, _("not a date like 2022-03-08"));
	return figure_at(q, q->as_of_at, w->e);
}

/* The figure at byte `from`, added to sql; *over is where its denominator
 * begins, 0 if it has none. */
static enum err_code compile_part(struct store *s, const char *query,
    size_t from, const struct figure_columns *c, struct buf *sql,
    const struct type **type, size_t *over, struct err *e)
{
	struct figure_query *q = NULL;
	struct figure_writer w = { .s = s, .sql = sql, .e = e };
	enum err_code rc;

	rc = figure_parse(query, from, &q, e);
	if (rc != OK)
		return rc;
	w.q = q;
	*over = q->over;
	*type = w.type = find_type(&w);
	rc = w.type == NULL ? ERR_NOT_FOUND : read_as_of(&w);
	if (rc == OK)
		rc = write_select(&w, c);
	if (rc == OK)
		rc = buf_ok(sql, e);
	if (rc == OK && from > 0 && q->over > 0) {
		err_set(e, ERR_USAGE, _("a rate has one denominator"));
		rc = figure_at(q, q->over, e);
	}
	figure_query_free(q);
	return rc;
}

/* Both halves of a rate in one statement, so that both see one moment. */
static enum err_code compile_number(struct store *s, const char *query,
    struct buf *sql, struct err *e)
{
	static const struct figure_columns number = { .what = FIGURE_NUMBER };
	const struct type *t;
	struct buf half = BUF_INIT;
	size_t over = 0, none;
	enum err_code rc;

	buf_clear(sql);
	rc = compile_part(s, query, 0, &number, &half, &t, &over, e);
	if (rc == OK && over == 0)
		buf_addb(sql, slice_buf(&half));
	if (rc == OK && over > 0) {
		buf_adds(sql, "SELECT (");
		buf_addb(sql, slice_buf(&half));
		buf_adds(sql, ") AS num, (");
		rc = compile_part(s, query, over, &number, sql, &t, &none, e);
		buf_adds(sql, ") AS den");
	}
	if (rc == OK)
		rc = buf_ok(sql, e);
	buf_release(&half);
	return rc;
}

/* The records behind a rate are its numerator's. */
enum err_code figure_sql(struct store *s, const char *query, bool records,
    struct buf *sql, struct err *e)
{
	static const struct figure_columns ids = { .what = FIGURE_RECORDS };
	const struct type *t;
	size_t over;

	if (!records)
		return compile_number(s, query, sql, e);
	buf_clear(sql);
	return compile_part(s, query, 0, &ids, sql, &t, &over, e);
}

enum err_code figure_rate(struct store *s, const char *query,
    struct value *num, struct value *den, struct err *e)
{
	struct buf sql = BUF_INIT;
	sqlite3_stmt *st = NULL;
	bool row = false;
	enum err_code rc;

	*num = *den = VALUE_NONE;
	rc = compile_number(s, query, &sql, e);
	if (rc == OK)
		rc = store_prepare(s, (const char *)sql.p, &st, e);
	if (rc == OK)
		rc = store_step(s, st, &row, e);
	if (rc == OK && row) {	/* numbers: nothing borrowed */
		*num = column_value(st, 0);
		if (sqlite3_column_count(st) > 1)
			*den = column_value(st, 1);
	}
	sqlite3_finalize(st);
	buf_release(&sql);
	return rc;
}

enum err_code figure_value(struct store *s, const char *query,
    struct value *out, struct err *e)
{
	struct value num, den;
	enum err_code rc = figure_rate(s, query, &num, &den, e);

	*out = num;
	if (rc == OK && den.kind != VALUE_NULL)
		*out = value_number(&den) != 0 ? value_real(
		    value_number(&num) / value_number(&den)) : VALUE_NONE;
	return rc;
}

/* Names apart by full stops; the slices point into text. */
static bool split_path(const char *text, struct figure_path *out)
{
	*out = (struct figure_path){ .n = 0 };
	for (;; text++) {
		size_t n = strcspn(text, ".");

		if (out->n == FIGURE_DEPTH || n == 0)
			return false;
		out->key[out->n++] = slice_of(text, n);
		text += n;
		if (*text == '\0')
			return true;
	}
}

static enum err_code read_columns(struct figure_columns *c,
    const char *const *path, size_t npath, struct err *e)
{
	for (; c->npath < npath; c->npath++) {
		if (c->npath < FIGURE_PATHS &&
		    split_path(path[c->npath], &c->path[c->npath]))
			continue;
		return err_set(e, ERR_USAGE, _("figure: \"%s\" is no path to "
		    "a field, or one too many"), path[c->npath]);
	}
	return OK;
}

/* Every row that the statement gives, as values. */
static enum err_code walk(struct store *s, const struct buf *sql,
    figure_row_fn fn, void *arg, struct err *e)
{
	struct value cell[FIGURE_PATHS + 1] = { VALUE_NONE };
	sqlite3_stmt *st = NULL;
	enum err_code rc;
	bool row = true;
	int stop = 0;

	rc = store_prepare(s, (const char *)sql->p, &st, e);
	while (rc == OK && stop == 0) {
		int n;

		rc = store_step(s, st, &row, e);
		if (rc != OK || !row)
			break;
		n = sqlite3_column_count(st);
		for (int i = 0; i < n && i <= FIGURE_PATHS; i++)
			cell[i] = column_value(st, i);
		stop = fn(arg, cell);
	}
	sqlite3_finalize(st);
	return rc;
}

enum err_code figure_groups(struct store *s, const char *query,
    enum figure_part part, const char *const *path, size_t npath,
    figure_row_fn fn, void *arg, struct err *e)
{
	struct figure_columns c = { .what = npath > 0 ? FIGURE_GROUPS :
	    FIGURE_NUMBER };
	const struct type *t;
	struct buf sql = BUF_INIT;
	size_t over = 0, none;
	enum err_code rc = read_columns(&c, path, npath, e);

	if (rc == OK)
		rc = compile_part(s, query, 0, &c, &sql, &t, &over, e);
	if (rc == OK && part == FIGURE_DENOMINATOR) {
		buf_clear(&sql);
		if (over > 0)
			rc = compile_part(s, query, over, &c, &sql, &t, &none,
			    e);
	}
	if (rc == OK && sql.n > 0)
		rc = walk(s, &sql, fn, arg, e);
	buf_release(&sql);
	return rc;
}

enum err_code figure_rows(struct store *s, const char *query,
    const char *const *path, size_t npath, figure_row_fn fn, void *arg,
    struct err *e)
{
	struct figure_columns c = { .what = FIGURE_ROWS };
	const struct type *t;
	struct buf sql = BUF_INIT;
	size_t over;
	enum err_code rc = read_columns(&c, path, npath, e);

	if (rc == OK)
		rc = compile_part(s, query, 0, &c, &sql, &t, &over, e);
	if (rc == OK)
		rc = walk(s, &sql, fn, arg, e);
	buf_release(&sql);
	return rc;
}

struct reading {
	struct store *s;
	const struct type *type;
	record_fn fn;
	void *arg;
	struct err *e;
	enum err_code rc;
};

static int read_record(void *arg, const struct value *cell)
{
	struct reading *r = arg;
	json_t *record = NULL;
	int stop = 1;

	r->rc = record_json(r->s, cell[0].i, r->type, false, &record, r->e);
	if (r->rc == OK)
		stop = r->fn(r->arg, record);
	json_decref(record);
	return stop;
}

enum err_code figure_records(struct store *s, const char *query, record_fn fn,
    void *arg, struct err *e)
{
	static const struct figure_columns ids = { .what = FIGURE_RECORDS };
	struct reading r = { .s = s, .fn = fn, .arg = arg, .e = e };
	struct buf sql = BUF_INIT;
	size_t over;
	enum err_code rc;

	rc = compile_part(s, query, 0, &ids, &sql, &r.type, &over, e);
	if (rc == OK)
		rc = walk(s, &sql, read_record, &r, e);
	buf_release(&sql);
	return rc == OK ? r.rc : rc;
}

enum err_code figure_field(struct store *s, const char *type,
    const char *path, const struct type **t, const struct field **f,
    struct err *e)
{
	struct figure_columns c = { .what = FIGURE_ROWS };
	char copy[128];		/* what the place of a mistake counts in */
	struct figure_query q = { .query = copy };
	struct figure_writer w = { .s = s, .q = &q, .e = e };
	struct figure_end end;
	enum err_code rc = read_columns(&c, &path, 1, e);

	snprintf(copy, sizeof copy, "%s", path);
	w.type = catalogue_type(store_catalogue(s), type);
	if (rc == OK && w.type == NULL)
		rc = err_set(e, ERR_NOT_FOUND,
		    _("there is no record type \"%s\""), type);
	if (rc == OK)
		rc = figure_resolve(&w, &c.path[0], &end);
	if (rc == OK) {
		*t = end.leaf[0].type;
		*f = end.leaf[0].field;
	}
	return rc;
}
