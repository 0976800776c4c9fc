/* Lists with filters, compared as the fields' types say. */
#include "entry.h"

#include "base/date.h"

static const char *const op_sql[] = {
	[FILTER_EQ] = " IS ", [FILTER_NE] = " IS NOT ", [FILTER_GE] = " >= ",
	[FILTER_LE] = " <= ", [FILTER_GT] = " > ", [FILTER_LT] = " < ",
};

struct listing {
	struct store *s;
	const struct type *t;
	struct batch b;			/* owns the bound values */
	struct problems p;
	struct buf sql;			/* the tail after FROM */
	struct value bound[64];
	size_t nbound;
};

static enum err_code bind(struct listing *l, const struct value *v,
    struct err *e)
{
	if (l->nbound == sizeof(l->bound) / sizeof(l->bound[0]))
		return err_set(e, ERR_TOO_BIG, _("too many filters"));
	l->bound[l->nbound++] = *v;
	buf_printf(&l->sql, "?%zu", l->nbound);
	return OK;
}

static enum err_code compare(struct listing *l, const char *column,
    enum filter_op op, const struct value *v, struct err *e)
{
	sql_name(&l->sql, column);
	buf_adds(&l->sql, op_sql[op]);
	return bind(l, v, e);
}

static struct value own(struct listing *l, const char *text)
{
	struct value v = value_str(text);

	return batch_value(&l->b, &v);
}

/* column HAS text: some part of it; of several references, one of them. */
static enum err_code contains(struct listing *l, const char *column,
    const struct value *v, bool member, struct err *e)
{
	enum err_code rc;

	buf_adds(&l->sql, member ? "EXISTS (SELECT 1 FROM json_each(" :
	    "instr(");
	sql_name(&l->sql, column);
	buf_adds(&l->sql, member ? ") WHERE value = " : ", ");
	rc = bind(l, v, e);
	buf_adds(&l->sql, member ? ")" : ") > 0");
	return rc;
}

/* A date beside a month, quarter or year: the whole of it is meant. */
static enum err_code in_period(struct listing *l, const char *column,
    enum filter_op op, const char *first, const char *last, struct err *e)
{
	struct value a = own(l, first), b = own(l, last);
	enum err_code rc;

	if (op != FILTER_EQ && op != FILTER_NE)
		return compare(l, column, op,
		    op == FILTER_GE || op == FILTER_LT ? &a : &b, e);
	buf_adds(&l->sql, op == FILTER_NE ? "ifnull(" : "");
	sql_name(&l->sql, column);
	buf_adds(&l->sql, op == FILTER_NE ? " NOT BETWEEN " : " BETWEEN ");
	rc = bind(l, &a, e);
	buf_adds(&l->sql, " AND ");
	if (rc == OK)
		rc = bind(l, &b, e);
	buf_adds(&l->sql, op == FILTER_NE ? ", 1)" : "");
	return rc;
}

static bool is_period(const struct field *f, const char *text,
    char first[DATE_TEXT], char last[DATE_TEXT])
{
	char iso[DATE_TEXT];

	return f->kind == COL_DATE &&
	    !date_parse(slice_str(text), iso) &&
	    period_parse(slice_str(text), iso) &&
	    period_range(iso, first, last);
}

/* One reference among several is read as a single one. */
static enum err_code field_value(struct listing *l, const struct field *f,
    const char *text, struct value *out, struct err *e)
{
	struct field one = *f;
	json_t *in = json_string(text);

	if (!in)
		return err_set(e, ERR_ENCODING, _("the filter on %s is not "
		    "UTF-8 text"), f->key);
	if (f->kind == COL_REFS)
		one.kind = COL_REF;
	check_value(&l->b, &one, in, entry_ref, l->s, out, &l->p);
	json_decref(in);
	return problems_err(&l->p, e);
}

static enum err_code field_filter(struct listing *l, const struct field *f,
    enum filter_op op, const char *text, struct err *e)
{
	bool list = f->kind == COL_REFS || f->kind == COL_JSON;
	char first[DATE_TEXT], last[DATE_TEXT];
	struct value v = VALUE_NONE;
	enum err_code rc;

	if (list && *text && op != FILTER_EQ && op != FILTER_HAS) {
		err_set(e, ERR_USAGE, _("a list such as %s has no order"),
		    f->key);
		return err_hint(e, _("use %s~TEXT or %s=VALUE"), f->key,
		    f->key);
	}
	if (is_period(f, text, first, last) && op != FILTER_HAS)
		return in_period(l, f->key, op, first, last, e);
	if (f->kind == COL_JSON || (op == FILTER_HAS &&
	    f->kind != COL_REF && f->kind != COL_REFS))
		v = own(l, text);
	else if ((rc = field_value(l, f, text, &v, e)) != OK)
		return rc;
	if (list && v.kind != VALUE_NULL)
		return contains(l, f->key, &v, f->kind == COL_REFS, e);
	if (op == FILTER_HAS)
		return f->kind == COL_REF ?
		    compare(l, f->key, FILTER_EQ, &v, e) :
		    contains(l, f->key, &v, false, e);
	return compare(l, f->key, op, &v, e);
}

static enum err_code state_filter(struct listing *l, enum filter_op op,
    const char *text, struct err *e)
{
	const char *key = NULL;
	struct value v;
	size_t i;

	for (i = 0; i < l->t->nstate && !key; i++)
		if (!strcmp(l->t->state[i].key, text) ||
		    !strcmp(l->t->state[i].zh, text))
			key = l->t->state[i].key;
	if (!key) {
		err_set(e, ERR_ENUM, _("%s (%s) has no state “%.60s”"),
		    l->t->zh, l->t->key, text);
		return err_hint(e, _("`wellhead types %s` lists them"),
		    l->t->key);
	}
	v = value_str(key);
	return compare(l, "state", op, &v, e);
}

static enum err_code id_filter(struct listing *l, enum filter_op op,
    const char *text, struct err *e)
{
	struct record r;
	struct value v;
	enum err_code rc;

	rc = entry_find(l->s, text, &l->t, 1, &r, e);
	if (rc != OK)
		return rc;
	v = value_int(r.id);
	return compare(l, "id", op, &v, e);
}

static enum err_code one_filter(struct listing *l, const struct filter *f,
    struct err *e)
{
	const struct field *field;
	struct value v;

	if (!strcmp(f->key, "id"))
		return id_filter(l, f->op == FILTER_HAS ? FILTER_EQ : f->op,
		    f->value, e);
	if (!strcmp(f->key, "state") && f->op != FILTER_HAS)
		return state_filter(l, f->op, f->value, e);
	if (!strcmp(f->key, "branch") || !strcmp(f->key, "ext") ||
	    !strcmp(f->key, "state")) {
		v = own(l, f->value);
		return f->op == FILTER_HAS ?
		    contains(l, f->key, &v, false, e) :
		    compare(l, f->key, f->op, &v, e);
	}
	field = type_field(l->s->catalogue, l->t, f->key);
	if (field)
		return field_filter(l, field, f->op, f->value, e);
	err_set(e, ERR_COLUMN, _("%s (%s) has no field “%.60s”"), l->t->zh,
	    l->t->key, f->key);
	return err_hint(e, _("`wellhead types %s` lists them"), l->t->key);
}

static enum err_code build(struct listing *l, const struct filter *f,
    size_t nf, size_t limit, struct err *e)
{
	enum err_code rc = OK;
	size_t i;

	buf_adds(&l->sql, "WHERE void IS NULL");
	for (i = 0; rc == OK && i < nf; i++) {
		buf_adds(&l->sql, " AND ");
		rc = one_filter(l, &f[i], e);
	}
	buf_adds(&l->sql, " ORDER BY id DESC");
	if (limit)
		buf_printf(&l->sql, " LIMIT %zu", limit);
	return rc == OK ? buf_ok(&l->sql, e) : rc;
}

static enum err_code each(struct listing *l, sqlite3_stmt *st, record_fn fn,
    void *arg, struct err *e)
{
	struct value *cell = calloc(l->t->table.ncol, sizeof(*cell));
	enum err_code rc = OK;
	struct entry r;
	json_t *o;
	bool row;
	int stop = 0;

	if (!cell)
		return err_memory(e);
	while (!stop && (rc = store_step(l->s, st, &row, e)) == OK && row) {
		entry_read(st, l->t, cell, &r);
		rc = entry_json(l->s, &r, &o, e);
		if (rc != OK)
			break;
		stop = fn(arg, o);
		json_decref(o);
	}
	free(cell);
	return rc;
}

enum err_code record_list(struct store *s, const struct type *t,
    const struct filter *f, size_t nf, size_t limit, record_fn fn, void *arg,
    struct err *e)
{
	struct listing l = { .s = s, .t = t };
	sqlite3_stmt *st = NULL;
	enum err_code rc;
	size_t i;

	batch_init(&l.b, s->catalogue);
	rc = build(&l, f, nf, limit, e);
	if (rc == OK)
		rc = entry_prepare(s, t, (const char *)l.sql.p, &st, e);
	for (i = 0; rc == OK && i < l.nbound; i++)
		bind_value(st, (int)i + 1, &l.bound[i]);
	if (rc == OK)
		rc = each(&l, st, fn, arg, e);
	sqlite3_finalize(st);
	buf_release(&l.sql);
	problems_release(&l.p);
	batch_release(&l.b);
	return rc;
}
