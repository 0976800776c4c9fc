/* Paths through references: `target.title` may end in three tables, since an
 * activity, a competition and a meeting each have a title. A stamp is unique
 * in the organisation, so at most one sub-select of the COALESCE finds a row.
 */
#include "figure_sql.h"

struct own_column {
	const char *key;
	enum column_kind kind;
};

/* `type` is no column: it tells apart what a reference may lead to. */
static const struct own_column own_columns[] = {
	{ "id", COL_REF }, { "branch", COL_TEXT }, { "state", COL_ENUM },
	{ "ext", COL_TEXT }, { "type", COL_TEXT },
};

/* What may be asked of the step that led to a state: `step:l1.by`. */
static const struct own_column step_columns[] = {
	{ "by", COL_TEXT }, { "on", COL_DATE }, { "role", COL_TEXT },
	{ "note", COL_TEXT },
};
#define STEP "step:"

/* The field called key, also when it is a slice; NULL if there is none. */
static const struct field *find_field(const struct figure_writer *w,
    const struct type *t, struct slice key)
{
	char name[128];

	if (key.n >= sizeof name)
		return NULL;
	memcpy(name, key.p, key.n);
	name[key.n] = '\0';
	return type_field(store_catalogue(w->s), t, name);
}

/* The state that "step:l1" names in t, NULL if it is no such key. */
static const char *step_state(const struct type *t, struct slice key)
{
	size_t n = strlen(STEP);

	if (key.n <= n || memcmp(key.p, STEP, n) != 0)
		return NULL;
	for (size_t i = 0; i < t->nstate; i++)
		if (slice_eqs(slice_of(key.p + n, key.n - n), t->state[i].key))
			return t->state[i].key;
	return NULL;
}

/* The two last names of a path may be a step and what is asked of it. */
static bool find_step(const struct type *t, const struct figure_path *p,
    size_t k, struct figure_leaf *out)
{
	const char *state = k + 2 == p->n ? step_state(t, p->key[k]) : NULL;
	size_t n = sizeof step_columns / sizeof *step_columns;

	for (size_t i = 0; state != NULL && i < n; i++) {
		if (!slice_eqs(p->key[k + 1], step_columns[i].key))
			continue;
		*out = (struct figure_leaf){ .type = t, .step = state,
		    .column = step_columns[i].key,
		    .kind = step_columns[i].kind };
		return true;
	}
	return false;
}

/* What key means in t. A type without a period of its own is asked by the
 * date it is reported by. */
static bool find_leaf(const struct figure_writer *w, const struct type *t,
    struct slice key, struct figure_leaf *out)
{
	*out = (struct figure_leaf){ .type = t };
	for (size_t i = 0; i < sizeof own_columns / sizeof *own_columns; i++) {
		if (!slice_eqs(key, own_columns[i].key))
			continue;
		out->column = own_columns[i].key;
		out->kind = own_columns[i].kind;
		return true;
	}
	out->field = find_field(w, t, key);
	if (out->field == NULL && slice_eqs(key, "period")) {
		out->field = t->report_date;
		out->range = true;
	}
	if (out->field == NULL)
		return false;
	out->column = out->field->key;
	out->kind = out->field->kind;
	return true;
}

/* The one type that a filter like parent.type=issue leaves for a reference of
 * the figure's own record; NULL if there is no such filter. */
static const struct type *only_type(const struct figure_writer *w,
    const struct field *f)
{
	char name[128];

	for (size_t i = 0; i < w->q->nfilter; i++) {
		const struct figure_filter *filter = &w->q->filter[i];
		struct slice value;

		if (filter->path.n != 2 || filter->op != FILTER_EQ ||
		    filter->field || filter->n != 1 ||
		    !slice_eqs(filter->path.key[1], "type") ||
		    find_field(w, w->type, filter->path.key[0]) != f)
			continue;
		value = w->q->value[filter->first];
		snprintf(name, sizeof name, "%.*s", (int)value.n,
		    (const char *)value.p);
		return catalogue_type(store_catalogue(w->s), name);
	}
	return NULL;
}

/* The i-th type that f, the k-th name of a path, may lead to; NULL after the
 * last. */
static const struct type *target(const struct figure_writer *w,
    const struct field *f, size_t k, size_t i)
{
	const struct catalogue *c = store_catalogue(w->s);
	const struct type *only = k == 0 ? only_type(w, f) : NULL;
	const struct type *t = NULL;

	if (f->ntarget > 0)
		t = i < f->ntarget ? f->target[i] : NULL;
	else
		t = i < c->ntype ? &c->type[i] : NULL;
	if (only == NULL || t == NULL || i > 0)
		return only == NULL ? t : NULL;
	for (size_t j = 0; j < f->ntarget; j++)
		if (f->target[j] == only)
			return only;
	return f->ntarget > 0 ? NULL : only;
}

/* Collect the leaves below t, key by key; the depth is bounded by the
 * parser, the number of leaves here. */
static void collect(const struct figure_writer *w, const struct type *t,
    const struct figure_path *p, size_t k, struct figure_end *out)
{
	const struct field *f;
	const struct type *next;

	if (out->n == FIGURE_LEAVES)
		return;
	if (k + 1 == p->n) {
		out->n += find_leaf(w, t, p->key[k], &out->leaf[out->n]);
		return;
	}
	if (find_step(t, p, k, &out->leaf[out->n])) {
		out->n++;
		return;
	}
	f = find_field(w, t, p->key[k]);
	if (f == NULL || f->kind != COL_REF)
		return;
	for (size_t i = 0; (next = target(w, f, k, i)) != NULL; i++)
		collect(w, next, p, k + 1, out);
}

/* The whole path is said to lead nowhere: with polymorphic references there
 * may be several first steps and none to blame. */
static enum err_code no_such_path(struct figure_writer *w,
    const struct figure_path *p)
{
	struct slice last = p->key[p->n - 1];

	if (p->n == 1)
		err_set(w->e, ERR_COLUMN, _("%s has no field \"%.*s\""),
		    w->type->key, (int)last.n, (const char *)last.p);
	else
		err_set(w->e, ERR_COLUMN, _("no path through references from "
		    "%s leads to a field \"%.*s\""), w->type->key,
		    (int)last.n, (const char *)last.p);
	figure_at(w->q, p->at, w->e);
	return err_hint(w->e, _("\"wellhead types %s\" lists the fields"),
	    w->type->key);
}

/* All ends must be of one kind, since one value is compared with them all. */
enum err_code figure_resolve(struct figure_writer *w,
    const struct figure_path *p, struct figure_end *out)
{
	out->n = 0;
	collect(w, w->type, p, 0, out);
	if (out->n == 0)
		return no_such_path(w, p);
	if (out->n == FIGURE_LEAVES) {
		err_set(w->e, ERR_TOO_BIG, _("the path may end in too many "
		    "places"));
		return figure_at(w->q, p->at, w->e);
	}
	for (size_t i = 1; i < out->n; i++) {
		const struct figure_leaf *a = &out->leaf[0];
		const struct figure_leaf *b = &out->leaf[i];

		if (a->kind == b->kind && a->range == b->range)
			continue;
		err_set(w->e, ERR_COLUMN, _("the path means different kinds "
		    "of things in %s and %s"), a->type->key, b->type->key);
		return figure_at(w->q, p->at, w->e);
	}
	return OK;
}

/* Does the rest of the path, from key k, lead anywhere from t? */
static bool leads(const struct figure_writer *w, const struct type *t,
    const struct figure_path *p, size_t k)
{
	struct figure_end end = { .n = 0 };

	collect(w, t, p, k, &end);
	return end.n > 0;
}

/* Through how many types that f leads to does the path go on? *last is one of
 * them. */
static size_t count_ways(const struct figure_writer *w, const struct field *f,
    const struct figure_path *p, size_t k, const struct type **last)
{
	const struct type *next;
	size_t n = 0;

	for (size_t i = 0; (next = target(w, f, k, i)) != NULL; i++)
		if (leads(w, next, p, k + 1)) {
			*last = next;
			n++;
		}
	return n;
}

enum err_code figure_bad_leaf(struct figure_writer *w,
    const struct figure_path *p, const struct figure_leaf *leaf,
    enum err_code code, const char *what)
{
	err_set(w->e, code, "%s.%s: %s", leaf->type->key, leaf->column, what);
	return figure_at(w->q, p->at, w->e);
}

/* One fact of the newest step that counts and that led to a state, NULL for
 * any; what came after the day of a figure as of that day is not seen. */
static void write_step(struct figure_writer *w, const char *alias,
    const char *column, const char *state)
{
	buf_adds(w->sql, "(SELECT s.");
	sql_name(w->sql, column);
	buf_printf(w->sql, " FROM \"transition\" AS s WHERE s.record = "
	    "%s.id AND NOT s.ahead", alias);
	if (state != NULL) {
		buf_adds(w->sql, " AND s.\"to\" = ");
		sql_text(w->sql, slice_str(state));
	}
	if (w->as_of[0] != '\0')
		buf_printf(w->sql, " AND s.\"on\" <= '%s'", w->as_of);
	buf_adds(w->sql, " ORDER BY s.stamp DESC LIMIT 1)");
}

/* The state at the end of a day. Few records have moved since, so the others
 * are spared the replay. */
static void write_state(struct figure_writer *w, const struct type *t,
    const char *alias)
{
	if (w->as_of[0] == '\0') {
		buf_printf(w->sql, "%s.state", alias);
		return;
	}
	buf_printf(w->sql, "CASE WHEN %s.id IN (SELECT record FROM "
	    "\"transition\" WHERE \"on\" > '%s') THEN COALESCE(", alias,
	    w->as_of);
	write_step(w, alias, "to", NULL);
	buf_adds(w->sql, ", ");
	sql_text(w->sql, slice_str(t->state[0].key));
	buf_printf(w->sql, ") ELSE %s.state END", alias);
}

/* `type` is known once the row is there. */
static void write_type(struct figure_writer *w, const struct type *t,
    const char *alias)
{
	buf_printf(w->sql, "CASE WHEN %s.id IS NOT NULL THEN ", alias);
	sql_text(w->sql, slice_str(t->key));
	buf_adds(w->sql, " END");
}

/* The column itself, in the table that the path has reached. */
static void write_leaf(struct figure_writer *w, const struct type *t,
    const struct figure_path *p, size_t k, const char *alias)
{
	struct figure_leaf leaf;

	if (find_step(t, p, k, &leaf)) {
		write_step(w, alias, leaf.column, leaf.step);
	} else if (!find_leaf(w, t, p->key[k], &leaf)) {
		return;
	} else if (leaf.field == NULL && strcmp(leaf.column, "state") == 0) {
		write_state(w, t, alias);
	} else if (leaf.field == NULL && strcmp(leaf.column, "type") == 0) {
		write_type(w, t, alias);
	} else {
		buf_printf(w->sql, "%s.", alias);
		sql_name(w->sql, leaf.column);
	}
}

/* The number of the join of f, which is made if it must be; FIGURE_JOINS when
 * there is no room for another. */
static size_t find_join(struct figure_writer *w, const struct field *f,
    const struct type *t)
{
	size_t i = 0;

	while (i < w->njoin && (w->join[i].field != f ||
	    w->join[i].type != t))
		i++;
	if (i == w->njoin && i < FIGURE_JOINS)
		w->join[w->njoin++] = (struct figure_join){ f, t };
	return i;
}

void figure_joins(struct figure_writer *w)
{
	for (size_t i = 0; i < w->njoin; i++) {
		buf_adds(w->sql, " LEFT JOIN ");
		sql_name(w->sql, w->join[i].type->table.name);
		buf_printf(w->sql, " AS j%zu ON j%zu.id = t0.", i, i);
		sql_name(w->sql, w->join[i].field->key);
	}
}

/* t0 is the figure's own table; each step below gets the next number. */
static void write_path(struct figure_writer *w, const struct type *t,
    const struct figure_path *p, size_t k, const char *alias)
{
	const struct field *f;
	const struct type *next = NULL;
	struct figure_leaf step;
	size_t n = 0, ways, join = FIGURE_JOINS;
	char below[16];

	if (k + 1 == p->n || find_step(t, p, k, &step)) {
		write_leaf(w, t, p, k, alias);
		return;
	}
	f = find_field(w, t, p->key[k]);
	if (f == NULL)
		return;
	ways = count_ways(w, f, p, k, &next);
	if (k == 0 && ways == 1)
		join = find_join(w, f, next);
	if (join < FIGURE_JOINS) {
		snprintf(below, sizeof below, "j%zu", join);
		write_path(w, next, p, k + 1, below);
		return;
	}
	snprintf(below, sizeof below, "t%zu", k + 1);
	buf_adds(w->sql, ways > 1 ? "COALESCE(" : "");
	for (size_t i = 0; (next = target(w, f, k, i)) != NULL; i++) {
		if (!leads(w, next, p, k + 1))
			continue;
		buf_adds(w->sql, n++ ? ", (SELECT " : "(SELECT ");
		write_path(w, next, p, k + 1, below);
		buf_adds(w->sql, " FROM ");
		sql_name(w->sql, next->table.name);
		buf_printf(w->sql, " AS %s WHERE %s.id = %s.", below, below,
		    alias);
		sql_name(w->sql, f->key);
		buf_addc(w->sql, ')');
	}
	buf_adds(w->sql, ways > 1 ? ")" : "");
}

void figure_expression(struct figure_writer *w, const struct figure_path *p)
{
	write_path(w, w->type, p, 0, "t0");
}
