/* Filters: each value checked against the catalogue, then written as an SQL
 * literal. Conditions follow Python's rules for a missing value: it equals
 * nothing, differs from everything, and is neither more nor less.
 */
#include "figure_sql.h"

#include "base/date.h"
#include "base/text.h"

/* Which operators make sense for a kind of column. */
#define OPS_EQUAL (1u << FILTER_EQ | 1u << FILTER_NE)
#define OPS_ORDER (1u << FILTER_GE | 1u << FILTER_LE | 1u << FILTER_GT | \
	1u << FILTER_LT)
#define OPS_HAS (1u << FILTER_HAS)

struct literal {
	struct figure_writer *w;
	const struct figure_end *end;
	struct slice text;		/* the value, and ... */
	size_t at;			/* ... where it stands in the query */
	struct buf *out;		/* the literal(s), comma separated */
};

static bool is_type(const struct figure_leaf *leaf)
{
	return leaf->field == NULL && strcmp(leaf->column, "type") == 0;
}

/* Order among references or yes and no means nothing; among enumeration keys
 * it would be the alphabet's, which nobody means. */
static unsigned allowed_ops(const struct figure_leaf *leaf)
{
	if (leaf->range || is_type(leaf))
		return OPS_EQUAL;
	switch (leaf->kind) {
	case COL_REF: case COL_BOOL: case COL_BYTES:
		return OPS_EQUAL;
	case COL_REFS: case COL_JSON: case COL_ENUM:
		return OPS_EQUAL | OPS_HAS;
	default:
		return OPS_EQUAL | OPS_ORDER | OPS_HAS;
	}
}

/* "field "kind": "x" is not ..." with the place before it. */
static enum err_code bad_value(struct literal *l, enum err_code code,
    const char *what)
{
	const struct figure_leaf *leaf = &l->end->leaf[0];

	err_set(l->w->e, code, "%s.%s: \"%.*s\": %s", leaf->type->key,
	    leaf->column, (int)l->text.n, (const char *)l->text.p, what);
	return figure_at(l->w->q, l->at, l->w->e);
}

/* The key that a key or Chinese label stands for in this leaf. */
static const char *find_key(const struct figure_leaf *leaf, struct slice text)
{
	const struct label *found;

	if (leaf->field != NULL) {
		if (leaf->field->values == NULL)
			return NULL;
		found = enumeration_find(leaf->field->values, text);
		return found != NULL ? found->key : NULL;
	}
	for (size_t i = 0; i < leaf->type->nstate; i++)
		if (slice_eqs(text, leaf->type->state[i].key) ||
		    slice_eqs(text, leaf->type->state[i].zh))
			return leaf->type->state[i].key;
	return NULL;
}

/* A path may end in several types whose enumerations differ, and one label
 * may then stand for several keys: all of them are meant. */
static enum err_code enum_literal(struct literal *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->end->n; i++) {
		const char *key = find_key(&l->end->leaf[i], l->text);

		if (key == NULL)
			continue;
		if (n++)
			buf_adds(l->out, ", ");
		sql_text(l->out, slice_str(key));
	}
	if (n > 0)
		return OK;
	bad_value(l, ERR_ENUM, _("not one of the field's values"));
	return err_hint(l->w->e, _("\"wellhead types %s\" lists them"),
	    l->end->leaf[0].type->key);
}

/* Digits are copied as they stand, so that no locale and no rounding comes
 * between the query and the SQL. */
static enum err_code number_literal(struct literal *l)
{
	size_t i = 0, digits = 0, points = 0;

	if (l->text.n > 0 && (l->text.p[0] == '-' || l->text.p[0] == '+'))
		i++;
	for (; i < l->text.n; i++) {
		unsigned char c = l->text.p[i];

		digits += c >= '0' && c <= '9';
		points += c == '.';
		if ((c < '0' || c > '9') && c != '.')
			break;
	}
	if (i < l->text.n || digits == 0 || digits > 30 || points > 1)
		return bad_value(l, ERR_TYPE, _("not a number"));
	buf_addb(l->out, l->text);
	return OK;
}

/* The words that check_value() takes for the same fields. */
static enum err_code bool_literal(struct literal *l)
{
	static const struct { const char *text, *sql; } words[] = {
		{ "true", "1" }, { "1", "1" }, { "是", "1" },
		{ "false", "0" }, { "0", "0" }, { "否", "0" },
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!slice_eqs(l->text, words[i].text))
			continue;
		buf_adds(l->out, words[i].sql);
		return OK;
	}
	return bad_value(l, ERR_TYPE, _("not true or false"));
}

/* Yearly honours have a year in their quarter field. */
static bool quarter_or_year(struct slice s, char out[DATE_TEXT])
{
	char text[DATE_TEXT];

	if (quarter_parse(s, out))
		return true;
	if (!period_parse(s, text) || strlen(text) != 4)
		return false;
	memcpy(out, text, sizeof text);
	return true;
}

/* Stored dates are ISO text, so their order is the order of the text. */
static enum err_code date_literal(struct literal *l, enum column_kind kind)
{
	char text[DATE_TEXT];

	if (kind == COL_DATE && !date_parse(l->text, text))
		return bad_value(l, ERR_DATE, _("not a date like 2022-03-08"));
	if (kind == COL_MONTH && !month_parse(l->text, text))
		return bad_value(l, ERR_PERIOD, _("not a month like 2022-03"));
	if (kind == COL_QUARTER && !quarter_or_year(l->text, text))
		return bad_value(l, ERR_PERIOD,
		    _("not a quarter or year like 2022Q1 or 2022"));
	sql_text(l->out, slice_str(text));
	return OK;
}

/* Looked up while compiling: the SQL then has the id and stands alone. */
static enum err_code ref_literal(struct literal *l)
{
	struct record r;
	char *ref = slice_dup(l->text);
	enum err_code rc;

	if (ref == NULL)
		return err_memory(l->w->e);
	rc = record_find(l->w->s, ref, &r, l->w->e);
	if (rc == OK)
		buf_printf(l->out, "%lld", (long long)r.id);
	else
		figure_at(l->w->q, l->at, l->w->e);
	free(ref);
	return rc;
}

/* A mistyped record type would count nothing and look right. */
static enum err_code type_literal(struct literal *l)
{
	const struct catalogue *c = store_catalogue(l->w->s);

	for (size_t i = 0; i < c->ntype; i++) {
		const struct type *t = &c->type[i];

		if (!slice_eqs(l->text, t->key) && !slice_eqs(l->text, t->zh))
			continue;
		sql_text(l->out, slice_str(t->key));
		return OK;
	}
	return bad_value(l, ERR_ENUM, _("not a record type"));
}

/* The value as SQL, by the kind of the field; the one gate between what people
 * type and the text of the statement. */
static enum err_code literal(struct literal *l)
{
	enum column_kind kind = l->end->leaf[0].kind;

	if (is_type(&l->end->leaf[0]))
		return type_literal(l);
	switch (kind) {
	case COL_ENUM:
		return enum_literal(l);
	case COL_INT: case COL_REAL: case COL_STAMP:
		return number_literal(l);
	case COL_BOOL:
		return bool_literal(l);
	case COL_DATE: case COL_MONTH: case COL_QUARTER:
		return date_literal(l, kind);
	case COL_REF: case COL_REFS:
		return ref_literal(l);
	case COL_JSON: case COL_BYTES:
		/* A report's row of lists opens by the whole list. */
		if (l->text.n > 0 && l->text.p[0] == '[') {
			sql_text(l->out, l->text);
			return OK;
		}
		return bad_value(l, ERR_USAGE, _("a list is compared with ~, "
		    "or with nothing: field= or field!="));
	default:
		sql_text(l->out, l->text);
		return OK;
	}
}

/* Equal to one of the literals. An entry of a list of references counts. */
static void write_in(struct figure_writer *w, const struct figure_path *p,
    bool list, bool negated, const struct buf *literals)
{
	const char *in = negated ? " NOT IN (" : " IN (";

	if (list) {
		buf_adds(w->sql, negated ? "NOT EXISTS (" : "EXISTS (");
		buf_adds(w->sql, "SELECT 1 FROM json_each(");
		figure_expression(w, p);
		buf_adds(w->sql, ") WHERE value IN (");
	} else {
		figure_expression(w, p);
		buf_adds(w->sql, in);
	}
	buf_addb(w->sql, slice_buf(literals));
	buf_adds(w->sql, list ? "))" : ")");
}

/* An empty alternative stands for a field that has no value. */
static void write_equal(struct figure_writer *w, const struct figure_filter *f,
    bool list, bool empty, const struct buf *literals)
{
	bool negated = f->op == FILTER_NE;
	bool null_counts = negated != empty;

	buf_addc(w->sql, '(');
	if (literals->n > 0)
		write_in(w, &f->path, list, negated, literals);
	if (literals->n > 0 && null_counts)
		buf_adds(w->sql, " OR ");
	if (literals->n > 0 && negated && empty)
		buf_adds(w->sql, " AND ");
	if (null_counts || empty) {
		figure_expression(w, &f->path);
		buf_adds(w->sql, null_counts ? " IS NULL" : " IS NOT NULL");
	}
	buf_addc(w->sql, ')');
}

/* Collects the literals first: how they are asked for depends on whether an
 * empty one is among them. */
static enum err_code equal(struct figure_writer *w,
    const struct figure_filter *f, const struct figure_end *end)
{
	struct buf literals = BUF_INIT;
	bool empty = false;
	enum err_code rc = OK;

	for (size_t i = f->first; rc == OK && i < f->first + f->n; i++) {
		struct literal l = { .w = w, .end = end, .out = &literals,
		    .text = w->q->value[i], .at = w->q->value_at[i] };

		if (l.text.n == 0) {
			empty = true;
			continue;
		}
		if (literals.n > 0)
			buf_adds(&literals, ", ");
		rc = literal(&l);
	}
	if (rc == OK)
		rc = buf_ok(&literals, w->e);
	if (rc == OK)
		write_equal(w, f, end->leaf[0].kind == COL_REFS, empty,
		    &literals);
	buf_release(&literals);
	return rc;
}

/* period=2022Q1 of a type that has no period of its own. */
static enum err_code in_range(struct literal *l, const struct figure_path *p)
{
	char period[DATE_TEXT], first[DATE_TEXT], last[DATE_TEXT];

	if (!period_parse(l->text, period) ||
	    !period_range(period, first, last))
		return bad_value(l, ERR_PERIOD,
		    _("not a period like 2022, 2022Q1 or 2022-05"));
	buf_addc(l->out, '(');
	figure_expression(l->w, p);
	buf_printf(l->out, " BETWEEN '%s' AND '%s')", first, last);
	return OK;
}

/* ~ looks at the text as it is stored, whatever the field's type. */
static enum err_code contains(struct literal *l, const struct figure_path *p)
{
	if (l->text.n == 0)
		return bad_value(l, ERR_USAGE, _("~ wants some text"));
	buf_adds(l->out, "instr(");
	figure_expression(l->w, p);
	buf_adds(l->out, ", ");
	sql_text(l->out, l->text);
	buf_adds(l->out, ") > 0");
	return OK;
}

static const char *const sign[] = {
	[FILTER_EQ] = " = ", [FILTER_NE] = " <> ", [FILTER_GE] = " >= ",
	[FILTER_LE] = " <= ", [FILTER_GT] = " > ", [FILTER_LT] = " < ",
};

/* A missing value gives NULL, and WHERE takes that for no; an empty second
 * alternative lets it through: what is not done yet has no day. */
static enum err_code ordered(struct literal *l, const struct figure_filter *f)
{
	const struct slice *value = &l->w->q->value[f->first];

	if (l->text.n == 0 && f->n == 2 && value[0].n > 0) {
		figure_expression(l->w, &f->path);
		buf_adds(l->out, " IS NULL");
		return OK;
	}
	if (f->n > 2 || (f->n == 2 && value[1].n > 0))
		return bad_value(l, ERR_USAGE,
		    _("only = != and ~ take alternatives"));
	if (l->text.n == 0)
		return bad_value(l, ERR_USAGE, _("a value is missing here"));
	figure_expression(l->w, &f->path);
	buf_adds(l->out, sign[f->op]);
	return literal(l);
}

/* Conditions that cannot share one IN: each alternative is written out. NOT of
 * a missing value must be yes, hence the COALESCE. */
static enum err_code alternatives(struct figure_writer *w,
    const struct figure_filter *f, const struct figure_end *end)
{
	bool negated = f->op == FILTER_NE;
	enum err_code rc = OK;

	buf_adds(w->sql, negated ? "COALESCE(NOT (" : "(");
	for (size_t i = 0; rc == OK && i < f->n; i++) {
		struct literal l = { .w = w, .end = end, .out = w->sql,
		    .text = w->q->value[f->first + i],
		    .at = w->q->value_at[f->first + i] };

		if (i > 0)
			buf_adds(w->sql, " OR ");
		if (end->leaf[0].range)
			rc = in_range(&l, &f->path);
		else if (f->op == FILTER_HAS)
			rc = contains(&l, &f->path);
		else
			rc = ordered(&l, f);
	}
	buf_adds(w->sql, negated ? "), 1)" : ")");
	return rc;
}

/* Two fields of one record: both must be of one kind, or the comparison would
 * be of texts that only look alike. */
static enum err_code two_fields(struct figure_writer *w,
    const struct figure_filter *f, const struct figure_leaf *left)
{
	struct figure_end end;
	enum err_code rc = figure_resolve(w, &f->other, &end);

	if (rc != OK)
		return rc;
	if (f->op == FILTER_HAS)
		return figure_bad_leaf(w, &f->other, &end.leaf[0], ERR_USAGE,
		    _("~ wants some text, not a field"));
	if (end.leaf[0].kind != left->kind || end.leaf[0].range ||
	    left->range)
		return figure_bad_leaf(w, &f->other, &end.leaf[0], ERR_TYPE,
		    _("not the same kind of field as the one before"));
	buf_adds(w->sql, f->op == FILTER_NE ? "COALESCE(" : "(");
	figure_expression(w, &f->path);
	buf_adds(w->sql, sign[f->op]);
	figure_expression(w, &f->other);
	buf_adds(w->sql, f->op == FILTER_NE ? ", 1)" : ")");
	return OK;
}

enum err_code figure_condition(struct figure_writer *w,
    const struct figure_filter *f)
{
	struct figure_end end;
	enum err_code rc = figure_resolve(w, &f->path, &end);

	if (rc != OK)
		return rc;
	if (!(allowed_ops(&end.leaf[0]) & 1u << f->op)) {
		err_set(w->e, ERR_USAGE, _("%s.%s cannot be compared this "
		    "way: only = and != fit"), end.leaf[0].type->key,
		    end.leaf[0].column);
		return figure_at(w->q, f->path.at, w->e);
	}
	if (f->field)
		return two_fields(w, f, &end.leaf[0]);
	if (!end.leaf[0].range && (f->op == FILTER_EQ || f->op == FILTER_NE))
		return equal(w, f, &end);
	return alternatives(w, f, &end);
}
