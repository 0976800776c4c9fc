/* Tables: a row for each branch, or each value of a field; and ledgers, a row
 * for each record.
 */
#include "report_impl.h"

#include "base/json.h"
#include "base/map.h"

struct table_run {
	struct report_run *run;
	const char *branch;	/* of every figure; NULL: all */
	const char *by;		/* path of the rows; NULL: one row */
	const struct type *type;	/* what by ends at ... */
	const struct field *field;	/* ... NULL: a column of its own */
	struct map *index;	/* key -> row */
	size_t column;		/* being filled */
	enum figure_part part;
};

static bool by_branch(const struct table_run *t)
{
	return t->by != NULL && strcmp(t->by, "branch") == 0;
}

/* A key's two labels, and where it stands in its enumeration. */
static const struct label *find_label(const struct table_run *t,
    const char *key, size_t *place)
{
	const struct label *l = NULL;
	size_t n = 0;

	*place = 0;
	if (t->field != NULL && t->field->values != NULL) {
		l = t->field->values->value;
		n = t->field->values->n;
	} else if (t->field == NULL && t->type != NULL && !by_branch(t)) {
		l = t->type->state;
		n = t->type->nstate;
	}
	for (; *place < n; ++*place)
		if (strcmp(l[*place].key, key) == 0)
			return &l[*place];
	return NULL;
}

/* A list of rows as people read it: "SZ-1、SZ-2". */
static void label_list(struct report *r, struct slice json,
    struct report_cell *c)
{
	json_t *rows = json_loadb((const char *)json.p, json.n, 0, NULL);
	struct buf words = BUF_INIT;
	json_t *row, *v;
	const char *key;
	size_t i;

	json_array_foreach(rows, i, row) {
		if (i > 0)
			buf_adds(&words, "、");
		json_object_foreach(row, key, v) {
			if (v != json_object_iter_value(
			    json_object_iter(row)))
				buf_addc(&words, ' ');
			if (json_is_string(v))
				buf_adds(&words, json_string_value(v));
			else if (json_is_integer(v))
				buf_printf(&words, "%lld",
				    (long long)json_integer_value(v));
		}
	}
	if (words.n > 0)
		c->zh = c->en = report_keep(r, slice_buf(&words));
	buf_release(&words);
	json_decref(rows);
}

static void label_row(struct table_run *t, struct report_row *row)
{
	const struct label *l = find_label(t, row->key, &row->place);
	struct report_cell *c = &row->cell[0];
	struct report *r = t->run->r;

	report_text(r, c, row->key);
	if (t->by == NULL) {
		c->zh = r->unit_zh;
		c->en = r->unit_en;
	} else if (by_branch(t)) {
		c->zh = c->en = report_branch_name(r, row->key);
	} else if (*row->key == '\0') {
		c->zh = "(未填)";
		c->en = "(none)";
	} else if (l != NULL) {
		c->zh = l->zh;
	} else if (t->field != NULL && t->field->kind == COL_JSON) {
		label_list(r, slice_str(row->key), c);
	}
}

/* The row of a key; made, with its label and its noughts, when new. */
static struct report_row *row_of(struct table_run *t, const char *key)
{
	struct report *r = t->run->r;
	struct report_section *s = &r->section[r->nsection - 1];
	struct report_row *row;
	int64_t i;

	if (map_get(t->index, slice_str(key), &i))
		return &s->row[i];
	row = report_row(r);
	if (row == NULL ||
	    map_put(t->index, slice_str(key), (int64_t)s->nrow - 1, NULL) < 0)
		return NULL;
	row->key = report_keep(r, slice_str(key));
	if (row->key == NULL)
		return NULL;
	label_row(t, row);
	return row;
}

static const char *key_text(struct report *r, const struct value *v,
    char number[32])
{
	if (v->kind == VALUE_TEXT)
		return report_keep(r, v->s);
	if (v->kind == VALUE_INT)
		snprintf(number, 32, "%lld", (long long)v->i);
	else if (v->kind == VALUE_REAL)
		snprintf(number, 32, "%.15g", v->r);
	else
		number[0] = '\0';
	return number;
}

static int take_group(void *arg, const struct value *cell)
{
	struct table_run *t = arg;
	const struct value *v = t->by != NULL ? &cell[1] : &cell[0];
	char number[32];
	const char *key = t->by == NULL ? "" :
	    key_text(t->run->r, &cell[0], number);
	struct report_row *row = key == NULL ? NULL : row_of(t, key);

	if (row == NULL)
		return 1;
	if (t->part == FIGURE_NUMERATOR)
		row->cell[t->column].num = *v;
	else
		row->cell[t->column].den = *v;
	return 0;
}

/* "sum(amount)" of a field kept in fen is money. */
static bool is_money(struct report_run *run, const char *query)
{
	const char *sum = strstr(query, "#sum(");
	char type[32], path[64];
	const struct type *t;
	const struct field *f = NULL;
	struct err ignored = {0};

	if (sum == NULL || strchr(query, '/') != NULL)
		return false;
	snprintf(type, sizeof type, "%.*s", (int)strcspn(query, "[#@"),
	    query);
	snprintf(path, sizeof path, "%.*s", (int)strcspn(sum + 5, ")"),
	    sum + 5);
	return figure_field(run->s, type, path, &t, &f, &ignored) == OK &&
	    f != NULL && f->money;
}

static bool is_rate(const char *query)
{
	const char *aggregate = strchr(query, '#');

	return aggregate != NULL && strchr(aggregate, '/') != NULL;
}

/* What the definition's column asks: its own query, or the section's "from"
 * with one more filter and an aggregate. */
static const char *column_query(struct report_run *run, const json_t *def,
    const json_t *column)
{
	const char *from = json_text(def, "from");
	const char *more = json_text(column, "if");
	struct buf b = BUF_INIT;
	const char *kept, *at;
	size_t n;

	if (json_object_get(column, "query") != NULL)
		return json_text(column, "query");
	at = strrchr(from, ']');
	n = at != NULL ? (size_t)(at - from) : strcspn(from, "@{");
	buf_add(&b, from, n);
	if (*more != '\0')
		buf_printf(&b, "%s%s", at != NULL ? ";" : "[", more);
	if (at != NULL || *more != '\0')
		buf_addc(&b, ']');
	buf_adds(&b, from + n + (at != NULL));
	buf_printf(&b, "#%s", json_text(column, "agg"));
	kept = b.failed ? NULL : report_keep(run->r, slice_buf(&b));
	buf_release(&b);
	return kept;
}

/* Every row's cell of this column: its kind, and the figure that opens it. */
static void finish_column(struct table_run *t, const char *query)
{
	struct report *r = t->run->r;
	struct report_section *s = &r->section[r->nsection - 1];
	bool rate = is_rate(query), money = is_money(t->run, query);

	for (size_t i = 0; i < s->nrow; i++) {
		struct report_cell *c = &s->row[i].cell[t->column];
		const char *key = s->row[i].key;

		c->kind = rate ? CELL_RATE : money ? CELL_MONEY :
		    CELL_NUMBER;
		if (c->num.kind == VALUE_NULL)
			c->num = value_int(0);
		if (rate && c->den.kind == VALUE_NULL)
			c->den = value_int(0);
		c->query = by_branch(t) ?
		    report_fill(t->run, query, key, NULL, NULL) :
		    report_fill(t->run, query, t->branch, t->by, key);
	}
}

static enum err_code fill_column(struct table_run *t, const char *query)
{
	const char *const by[] = { t->by };
	const char *filled = report_fill(t->run, query, t->branch, NULL,
	    NULL);
	enum err_code rc = OK;

	if (filled == NULL)
		return report_ok(t->run->r, t->run->e);
	for (t->part = FIGURE_NUMERATOR; rc == OK &&
	    t->part <= FIGURE_DENOMINATOR; t->part++)
		rc = figure_groups(t->run->s, filled, t->part, by,
		    t->by != NULL, take_group, t, t->run->e);
	return rc;
}

void report_add(struct value *sum, const struct value *v)
{
	if (sum->kind == VALUE_REAL || v->kind == VALUE_REAL)
		*sum = value_real(value_number(sum) + value_number(v));
	else
		sum->i += v->kind == VALUE_INT ? v->i : 0;
}

bool report_adds_up(const char *query)
{
	return strstr(query, "#distinct(") == NULL;
}

static enum err_code total_cell(struct table_run *t, const char *query,
    struct report_cell *c)
{
	struct report *r = t->run->r;
	struct report_section *s = &r->section[r->nsection - 1];

	c->query = report_fill(t->run, query, t->branch, NULL, NULL);
	if (c->query == NULL)
		return report_ok(r, t->run->e);
	c->kind = is_rate(query) ? CELL_RATE : is_money(t->run, query) ?
	    CELL_MONEY : CELL_NUMBER;
	if (!report_adds_up(query))
		return figure_rate(t->run->s, c->query, &c->num, &c->den,
		    t->run->e);
	c->num = c->den = value_int(0);
	for (size_t i = 0; i + 1 < s->nrow; i++) {
		report_add(&c->num, &s->row[i].cell[t->column].num);
		report_add(&c->den, &s->row[i].cell[t->column].den);
	}
	if (c->num.kind == VALUE_REAL)	/* one sum rounds otherwise */
		return figure_rate(t->run->s, c->query, &c->num, &c->den,
		    t->run->e);
	return OK;
}

/* In the enumeration's order, then by text; what is not filled in last. */
static int by_place(const void *a, const void *b)
{
	const struct report_row *x = a, *y = b;
	bool ex = x->key[0] == '\0', ey = y->key[0] == '\0';

	if (ex != ey)
		return ex - ey;
	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	return strcmp(x->key, y->key);
}

static void sort_rows(struct report *r)
{
	struct report_section *s = &r->section[r->nsection - 1];

	if (s->row != NULL && s->nrow > 1)
		qsort(s->row, s->nrow, sizeof *s->row, by_place);
}

static void head_column(struct table_run *t, const json_t *def)
{
	struct report *r = t->run->r;

	if (t->by == NULL)
		report_column(r, "单位", "Branch", "");
	else if (by_branch(t))
		report_column(r, "单位", "Branch", "");
	else if (*json_text(def, "by_zh") != '\0')
		report_column(r, json_text(def, "by_zh"),
		    json_text(def, "by_en"), "");
	else if (t->field != NULL)
		report_column(r, t->field->zh, t->field->key, "");
	else
		report_column(r, "状态", "State", "");
}

/* All columns, then the order, then the queries (they need the rows' keys),
 * then the total. */
static enum err_code fill_table(struct table_run *t, const json_t *def)
{
	const json_t *columns = json_object_get(def, "columns");
	struct report *r = t->run->r;
	struct report_section *s;
	const json_t *column;
	struct report_row *total;
	enum err_code rc = OK;
	size_t i;

	head_column(t, def);
	json_array_foreach(columns, i, column)
		report_column(r, json_text(column, "zh"),
		    json_text(column, "en"),
		    json_text(column, "unit"));
	for (i = 0; by_branch(t) && i < r->nchain; i++)
		if (row_of(t, r->chain[i].branch) == NULL)
			break;
	for (i = 0; rc == OK && i < json_array_size(columns); i++) {
		const char *query = column_query(t->run, def,
		    json_array_get(columns, i));

		t->column = i + 1;
		rc = query == NULL ? report_ok(r, t->run->e) :
		    fill_column(t, query);
	}
	sort_rows(r);
	s = &r->section[r->nsection - 1];
	total = rc == OK && t->by != NULL ? report_row(r) : NULL;
	for (i = 0; rc == OK && i < json_array_size(columns); i++) {
		const char *query = column_query(t->run, def,
		    json_array_get(columns, i));

		if (query == NULL)
			break;
		t->column = i + 1;
		s->nrow -= total != NULL;
		finish_column(t, query);
		s->nrow += total != NULL;
		if (total != NULL)
			rc = total_cell(t, query, &total->cell[i + 1]);
	}
	if (total != NULL) {
		total->total = true;
		total->cell[0].kind = CELL_TEXT;
		total->cell[0].zh = "合计";
		total->cell[0].en = "Total";
	}
	return rc == OK ? report_ok(r, t->run->e) : rc;
}

/* A table of branches beside one of something else says so. */
static const char *title(struct report *r, const json_t *def,
    const char *language, const struct table_run *t, const char *more)
{
	const char *text = json_text(def, language), *kept;
	struct buf b = BUF_INIT;

	if (!by_branch(t) || *json_text(def, "by") == '\0')
		return text;
	buf_printf(&b, "%s%s", text, more);
	kept = b.failed ? text : report_keep(r, slice_buf(&b));
	buf_release(&b);
	return kept;
}

/* One section: the rows are the values of `by`; NULL: only the total. */
static enum err_code make_table(struct report_run *run, const json_t *def,
    const char *by)
{
	struct table_run t = { .run = run, .branch = run->r->branch,
	    .by = by };
	char type[32];
	const char *from = json_text(def, "from");
	enum err_code rc = OK;

	if (*from == '\0')
		from = json_text(json_array_get(json_object_get(def,
		    "columns"), 0), "query");
	snprintf(type, sizeof type, "%.*s", (int)strcspn(from, "[#@{"), from);
	if (by != NULL)
		rc = figure_field(run->s, type, by, &t.type, &t.field,
		    run->e);
	if (rc != OK)
		return rc;
	t.index = map_new();
	if (t.index == NULL)
		return err_memory(run->e);
	if (report_section(run->r, title(run->r, def, "zh", &t, "(各单位)"),
	    title(run->r, def, "en", &t, " (branches)")) != NULL)
		rc = fill_table(&t, def);
	else
		rc = report_ok(run->r, run->e);
	map_free(t.index);
	return rc;
}

/* Two tables that differ in their rows only have one table of branches. */
static bool same_branches(const json_t *def, const json_t *before)
{
	return before != NULL &&
	    json_equal(json_object_get(def, "columns"),
	    json_object_get(before, "columns")) &&
	    strcmp(json_text(def, "from"), json_text(before, "from"))
	    == 0;
}

enum err_code report_table(struct report_run *run, const json_t *def,
    const json_t *before)
{
	const char *by = json_text(def, "by");
	enum err_code rc = OK;

	if (*by != '\0' || run->r->branch != NULL)
		rc = make_table(run, def, *by != '\0' ? by : NULL);
	if (rc == OK && run->r->branch == NULL && !same_branches(def, before))
		rc = make_table(run, def, "branch");
	return rc;
}

struct list_run {
	struct report_run *run;
	const json_t *columns;
	const struct field *field[FIGURE_PATHS];
	const struct type *type[FIGURE_PATHS];
	size_t hidden[FIGURE_PATHS];	/* where a headcount's precision is;
					 * 0: it has none */
	size_t npath;
	bool branch;			/* the first path is the branch */
};

static void list_text(struct list_run *l, size_t i, struct slice text,
    struct report_cell *c)
{
	const struct field *f = l->field[i];
	const struct label *label = NULL;
	const char *key = report_keep(l->run->r, text);

	if (key == NULL)
		return;
	report_text(l->run->r, c, key);
	if (f != NULL && f->values != NULL)
		label = enumeration_find(f->values, text);
	else if (f == NULL && l->type[i] != NULL)
		label = type_state(l->type[i], key);
	if (label != NULL)
		c->zh = label->zh;
	if (f != NULL && f->kind == COL_DATE)
		c->kind = CELL_DATE;
	if (f != NULL && f->kind == COL_JSON)
		label_list(l->run->r, text, c);
}

static void list_number(struct list_run *l, size_t i,
    const struct value *cell, struct report_cell *c)
{
	const struct field *f = l->field[i];
	char text[64];

	c->num = cell[i + 1];
	c->kind = CELL_NUMBER;
	if (f != NULL && f->money)
		c->kind = CELL_MONEY;
	if (f != NULL && f->kind == COL_BOOL) {
		c->kind = CELL_TEXT;
		c->zh = cell[i + 1].i ? "是" : "否";
		c->en = cell[i + 1].i ? "yes" : "no";
	}
	if (l->hidden[i] > 0 && cell[l->hidden[i] + 1].kind == VALUE_TEXT) {
		const struct slice p = cell[l->hidden[i] + 1].s;
		char precision[16];

		snprintf(precision, sizeof precision, "%.*s", (int)p.n,
		    (const char *)p.p);
		report_rounded(c->num.i, precision, text, sizeof text);
		c->zh = c->en = report_keep(l->run->r, slice_str(text));
	}
}

static int take_row(void *arg, const struct value *cell)
{
	struct list_run *l = arg;
	struct report_row *row = report_row(l->run->r);
	size_t n = json_array_size(l->columns) + l->branch;

	for (size_t i = 0; row != NULL && i < n; i++) {
		const struct value *v = &cell[i + 1];

		if (v->kind == VALUE_TEXT)
			list_text(l, i, v->s, &row->cell[i]);
		else if (v->kind != VALUE_NULL)
			list_number(l, i, cell, &row->cell[i]);
	}
	return row == NULL;
}

/* Heads, and the paths behind the columns; precisions stand after them. */
static enum err_code list_columns(struct list_run *l, const char *type,
    const char **path)
{
	struct report *r = l->run->r;
	const json_t *column;
	enum err_code rc = OK;
	size_t i, extra = json_array_size(l->columns) + l->branch;

	if (l->branch) {
		path[l->npath++] = "branch";
		report_column(r, "单位代码", "Branch", "");
	}
	json_array_foreach(l->columns, i, column) {
		size_t at = l->npath;
		const char *zh = json_text(column, "zh");
		const char *en = json_text(column, "en");

		if (at == FIGURE_PATHS || extra > FIGURE_PATHS)
			return err_set(l->run->e, ERR_FORMAT,
			    _("report %s: a list has too many columns"),
			    r->id);
		path[l->npath++] = json_text(column, "path");
		rc = figure_field(l->run->s, type, path[at], &l->type[at],
		    &l->field[at], l->run->e);
		if (rc != OK)
			return rc;
		if (*zh == '\0' && l->field[at] != NULL)
			zh = l->field[at]->zh;
		if (*en == '\0')
			en = path[at];
		report_column(r, zh, en, json_text(column, "unit"));
	}
	json_array_foreach(l->columns, i, column) {
		const char *precision = json_text(column, "precision");

		if (*precision == '\0' || l->npath == FIGURE_PATHS)
			continue;
		l->hidden[i + l->branch] = l->npath;
		path[l->npath++] = precision;
	}
	return rc;
}

enum err_code report_list(struct report_run *run, const json_t *def)
{
	struct list_run l = { .run = run,
	    .columns = json_object_get(def, "columns"),
	    .branch = run->r->branch == NULL };
	const char *path[FIGURE_PATHS] = { NULL };
	const char *list = json_text(def, "list"), *query;
	struct buf b = BUF_INIT;
	char type[32];
	enum err_code rc;

	/* Names of persons stay with their branch. */
	if (json_is_true(json_object_get(def, "local")) && l.branch)
		return OK;
	if (report_section(run->r, json_text(def, "zh"),
	    json_text(def, "en")) == NULL)
		return report_ok(run->r, run->e);
	snprintf(type, sizeof type, "%.*s", (int)strcspn(list, "[#@{"), list);
	rc = list_columns(&l, type, path);
	if (rc == OK) {
		buf_printf(&b, "%s#count", list);
		query = b.failed ? NULL : report_fill(run,
		    (const char *)b.p, run->r->branch, NULL, NULL);
		rc = query == NULL ? report_ok(run->r, run->e) :
		    figure_rows(run->s, query, path, l.npath, take_row, &l,
		    run->e);
	}
	buf_release(&b);
	return rc == OK ? report_ok(run->r, run->e) : rc;
}
