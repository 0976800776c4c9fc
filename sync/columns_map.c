/* What number stands for a cell. Both directions stand side by side: what
 * one writes the other must read. A cell that has no number (a key outside
 * its enumeration, a period that is a year) goes as what it is.
 */
#include "columns.h"

#include <math.h>

#include "base/date.h"
#include "base/text.h"

/* A cell being mapped, and what its row says so far. */
struct place {
	struct codec *k;
	const struct section *s;
	const struct value *row;
	size_t nrow;			/* this row's number */
	const struct column *col;
};

struct mapping {
	enum class usual;
	bool (*number)(const struct place *p, const struct value *v,
	    int64_t *out);
	/* OK, ERR_FORMAT, or ERR_NEWER where a newer catalogue may have what
	 * this one lacks. */
	enum err_code (*value)(const struct place *p, int64_t number,
	    struct value *out);
};

/* Integers */

static bool plain_number(const struct place *p, const struct value *v,
    int64_t *out)
{
	(void)p;
	*out = v->i;
	return v->kind == VALUE_INT;
}

static enum err_code plain_value(const struct place *p, int64_t number,
    struct value *out)
{
	(void)p;
	*out = value_int(number);
	return OK;
}

/* Dates, months, quarters: days, months and quarters since year 0 or 1970 */

static enum err_code keep_text(const struct place *p, const char *text,
    struct value *out)
{
	*out = value_text(batch_text(p->k->out, slice_str(text)));
	return out->s.p != NULL ? OK : ERR_MEMORY;
}

static bool date_number(const struct place *p, const struct value *v,
    int64_t *out)
{
	(void)p;
	return v->kind == VALUE_TEXT && date_days(v->s, out);
}

static enum err_code date_value(const struct place *p, int64_t number,
    struct value *out)
{
	char text[DATE_TEXT];
	int64_t back;

	if (number < days_from_civil(0, 1, 1) ||
	    number > days_from_civil(9999, 12, 31))
		return ERR_FORMAT;
	date_text(number, text);
	/* Only what the writer could have taken for a date. */
	if (!date_days(slice_str(text), &back) || back != number)
		return ERR_FORMAT;
	return keep_text(p, text, out);
}

/* "2022-03" with parts = 12, "2022Q1" with parts = 4. */
static void period_text(int64_t number, int parts, char out[DATE_TEXT])
{
	snprintf(out, DATE_TEXT, parts == 12 ? "%04d-%02d" : "%04dQ%d",
	    (int)(number / parts), (int)(number % parts) + 1);
}

static bool period_number(const struct value *v, int parts, int64_t *out)
{
	char text[DATE_TEXT];
	int64_t year = 0, part = 0;
	size_t i = 0;

	if (v->kind != VALUE_TEXT || v->s.n > 7 || v->s.n < 6)
		return false;
	for (; i < 4; i++)
		year = year * 10 + (v->s.p[i] - '0');
	for (i = 5; i < v->s.n; i++)
		part = part * 10 + (v->s.p[i] - '0');
	*out = year * parts + part - 1;
	if (*out < 0 || *out >= 10000 * parts)
		return false;
	/* Characters that are no digits show when it is written again. */
	period_text(*out, parts, text);
	return slice_eqs(v->s, text);
}

static enum err_code period_value(const struct place *p, int64_t number,
    int parts, struct value *out)
{
	char text[DATE_TEXT];

	if (number < 0 || number >= 10000 * parts)
		return ERR_FORMAT;
	period_text(number, parts, text);
	return keep_text(p, text, out);
}

static bool month_number(const struct place *p, const struct value *v,
    int64_t *out)
{
	(void)p;
	return period_number(v, 12, out);
}

static enum err_code month_value(const struct place *p, int64_t number,
    struct value *out)
{
	return period_value(p, number, 12, out);
}

static bool quarter_number(const struct place *p, const struct value *v,
    int64_t *out)
{
	(void)p;
	return period_number(v, 4, out);
}

static enum err_code quarter_value(const struct place *p, int64_t number,
    struct value *out)
{
	return period_value(p, number, 4, out);
}

/* Keys: an index into a list of labels */

static bool label_number(const struct label *list, size_t n,
    const struct value *v, int64_t *out)
{
	if (v->kind != VALUE_TEXT)
		return false;
	for (size_t i = 0; i < n; i++)
		if (slice_eqs(v->s, list[i].key)) {
			*out = (int64_t)i;
			return true;
		}
	return false;
}

static enum err_code label_value(const struct label *list, size_t n,
    int64_t number, struct value *out)
{
	if (number < 0)
		return ERR_FORMAT;
	if ((uint64_t)number >= n)
		return ERR_NEWER;
	*out = value_str(list[number].key);
	return OK;
}

static bool enum_number(const struct place *p, const struct value *v,
    int64_t *out)
{
	const struct enumeration *n = p->col->values;

	return n != NULL && label_number(n->value, n->n, v, out);
}

static enum err_code enum_value(const struct place *p, int64_t number,
    struct value *out)
{
	const struct enumeration *n = p->col->values;

	return n == NULL ? ERR_FORMAT :
	    label_value(n->value, n->n, number, out);
}

/* References */

static bool ref_number(const struct place *p, const struct value *v,
    int64_t *out)
{
	return v->kind == VALUE_INT && ref_write(p->k, v->i, out);
}

static enum err_code ref_value(const struct place *p, int64_t number,
    struct value *out)
{
	int64_t id;

	if (!ref_read(p->k, number, &id))
		return ERR_FORMAT;
	*out = value_int(id);
	return OK;
}

/* Fixed tables: what follows from the record and its type */

/* The type that the row's cell names. */
static const struct type *named_type(const struct place *p, size_t col)
{
	const struct catalogue *c = p->k->catalogue;
	const struct value *v = &p->row[col];

	if (v->kind != VALUE_TEXT)
		return NULL;
	/* Rows of one type stand together. */
	if (p->k->recent != NULL && slice_eqs(v->s, p->k->recent->key))
		return p->k->recent;
	for (size_t i = 0; i < c->ntype; i++)
		if (slice_eqs(v->s, c->type[i].key))
			return p->k->recent = &c->type[i];
	return NULL;
}

/* The type of the record that the row is about, if it is in this payload. */
static const struct type *record_type(const struct place *p, size_t col)
{
	size_t number, row;

	if (p->row[col].kind != VALUE_INT ||
	    !batch_record(p->k, p->row[col].i, &number))
		return NULL;
	return record_at(p->k, number, &row)->type;
}

/* 0: the type of the record, which stands in this payload. EDIT and
 * TRANSITION have `record` and `type` in the same places. */
static bool type_number(const struct place *p, const struct value *v,
    int64_t *out)
{
	const struct type *t = record_type(p, EDIT_RECORD);

	*out = 0;
	return t != NULL && v->kind == VALUE_TEXT && slice_eqs(v->s, t->key);
}

static enum err_code type_value(const struct place *p, int64_t number,
    struct value *out)
{
	const struct type *t = record_type(p, EDIT_RECORD);

	if (number != 0 || t == NULL)
		return ERR_FORMAT;
	*out = value_str(t->key);
	return OK;
}

/* The column's number in the type's table. */
static bool field_number(const struct place *p, const struct value *v,
    int64_t *out)
{
	const struct type *t = named_type(p, EDIT_TYPE);

	for (size_t i = 0; t != NULL && i < t->table.ncol; i++)
		if (v->kind == VALUE_TEXT &&
		    slice_eqs(v->s, t->table.col[i].key)) {
			*out = (int64_t)i;
			return true;
		}
	return false;
}

static enum err_code field_value(const struct place *p, int64_t number,
    struct value *out)
{
	const struct type *t = named_type(p, EDIT_TYPE);

	if (t == NULL || (uint64_t)number >= t->table.ncol)
		return number < 0 ? ERR_FORMAT : ERR_NEWER;
	*out = value_str(t->table.col[number].key);
	return OK;
}

static bool state_number(const struct place *p, const struct value *v,
    int64_t *out)
{
	const struct type *t = named_type(p, TRANSITION_TYPE);

	return t != NULL && label_number(t->state, t->nstate, v, out);
}

static enum err_code state_value(const struct place *p, int64_t number,
    struct value *out)
{
	const struct type *t = named_type(p, TRANSITION_TYPE);

	return t == NULL ? ERR_NEWER :
	    label_value(t->state, t->nstate, number, out);
}

/* Where the record was: where the step before it in this payload led to, else
 * the type's first state. */
static struct value state_before(const struct place *p)
{
	const struct type *t = named_type(p, TRANSITION_TYPE);
	int64_t before = p->k->before[p->nrow];

	if (before >= 0)
		return p->s->cell[(size_t)before * p->s->table->ncol +
		    TRANSITION_TO];
	return t != NULL ? value_str(t->state[0].key) : VALUE_NONE;
}

/* 0: where the record was; else 1 + a state. */
static bool from_number(const struct place *p, const struct value *v,
    int64_t *out)
{
	struct value before = state_before(p);

	*out = 0;
	if (v->kind == VALUE_TEXT && value_eq(v, &before))
		return true;
	if (!state_number(p, v, out))
		return false;
	++*out;
	return true;
}

static enum err_code from_value(const struct place *p, int64_t number,
    struct value *out)
{
	if (number != 0)
		return number < 0 ? ERR_FORMAT :
		    state_value(p, number - 1, out);
	*out = state_before(p);
	return out->kind == VALUE_TEXT ? OK : ERR_FORMAT;
}

/* The role that the catalogue names first for this step. */
static const char *first_role(const struct place *p)
{
	const struct type *t = named_type(p, TRANSITION_TYPE);
	const struct value *from = &p->row[TRANSITION_FROM];
	const struct value *to = &p->row[TRANSITION_TO];

	if (t == NULL || from->kind != VALUE_TEXT || to->kind != VALUE_TEXT)
		return NULL;
	for (size_t i = 0; i < t->ntransition; i++) {
		const struct transition *x = &t->transition[i];

		if (slice_eqs(from->s, x->from) && slice_eqs(to->s, x->to))
			return x->nrole > 0 ? x->role[0] : NULL;
	}
	return NULL;
}

/* 0: the step's first role; else 1 + a role. */
static bool role_number(const struct place *p, const struct value *v,
    int64_t *out)
{
	const char *first = first_role(p);

	*out = 0;
	if (first != NULL && v->kind == VALUE_TEXT && slice_eqs(v->s, first))
		return true;
	if (!label_number(p->k->catalogue->role, p->k->catalogue->nrole, v,
	    out))
		return false;
	++*out;
	return true;
}

static enum err_code role_value(const struct place *p, int64_t number,
    struct value *out)
{
	const char *first = first_role(p);

	if (number != 0)
		return number < 0 ? ERR_FORMAT :
		    label_value(p->k->catalogue->role,
		    p->k->catalogue->nrole, number - 1, out);
	if (first == NULL)
		return ERR_NEWER;
	*out = value_str(first);
	return OK;
}

static const struct mapping by_kind[] = {
	[COL_STAMP] = { CLASS_NUMBER, plain_number, plain_value },
	[COL_REF] = { CLASS_NUMBER, ref_number, ref_value },
	[COL_REFS] = { CLASS_LIST, NULL, NULL },
	[COL_TEXT] = { CLASS_TEXT, NULL, NULL },
	[COL_INT] = { CLASS_NUMBER, plain_number, plain_value },
	[COL_REAL] = { CLASS_REAL, NULL, NULL },
	[COL_BOOL] = { CLASS_NUMBER, plain_number, plain_value },
	[COL_DATE] = { CLASS_NUMBER, date_number, date_value },
	[COL_MONTH] = { CLASS_NUMBER, month_number, month_value },
	[COL_QUARTER] = { CLASS_NUMBER, quarter_number, quarter_value },
	[COL_ENUM] = { CLASS_NUMBER, enum_number, enum_value },
	[COL_JSON] = { CLASS_TEXT, NULL, NULL },
	[COL_BYTES] = { CLASS_BYTES, NULL, NULL },
	[COL_ANY] = { CLASS_TEXT, NULL, NULL },
};

static const struct mapping replaces = { CLASS_LIST, NULL, NULL };
static const struct mapping record_types = { CLASS_NUMBER, type_number,
	type_value };

/* Columns of fixed tables that have a mapping of their own. */
static const struct special {
	int fixed;
	size_t col;
	struct mapping map;
} special[] = {
	{ TABLE_EDIT, EDIT_FIELD, { CLASS_NUMBER, field_number,
	    field_value } },
	{ TABLE_TRANSITION, TRANSITION_TO, { CLASS_NUMBER, state_number,
	    state_value } },
	{ TABLE_TRANSITION, TRANSITION_FROM, { CLASS_NUMBER, from_number,
	    from_value } },
	{ TABLE_TRANSITION, TRANSITION_ROLE, { CLASS_NUMBER, role_number,
	    role_value } },
};

size_t column_at(const struct section *s, size_t place)
{
	/* The state before a step is told from where steps led to. */
	if (s->fixed == TABLE_TRANSITION && place == TRANSITION_FROM)
		return TRANSITION_TO;
	if (s->fixed == TABLE_TRANSITION && place == TRANSITION_TO)
		return TRANSITION_FROM;
	return place;
}

static const struct mapping *mapping_of(const struct section *s, size_t col)
{
	enum column_kind kind = s->table->col[col].kind;
	bool about = s->fixed == TABLE_EDIT || s->fixed == TABLE_TRANSITION;

	if (about && col == EDIT_TYPE)
		return &record_types;
	if (about && kind == COL_JSON)
		return &replaces;
	for (size_t i = 0; i < sizeof(special) / sizeof(*special); i++)
		if (special[i].fixed == s->fixed && special[i].col == col)
			return &special[i].map;
	return &by_kind[kind];
}

enum class usual_class(const struct section *s, size_t col)
{
	return mapping_of(s, col)->usual;
}

/* Put v into the bin of the class it has by its kind. */
static enum err_code sort_plain(struct bins *b, const struct value *v,
    enum class *class, struct err *e)
{
	switch (v->kind) {
	case VALUE_INT:
		*class = CLASS_INT;
		b->integer[b->n[CLASS_INT]] = v->i;
		return OK;
	case VALUE_REAL:
		*class = CLASS_REAL;
		b->real[b->n[CLASS_REAL]] = v->r;
		return isfinite(v->r) ? OK : err_set(e, ERR_RANGE,
		    _("a number that is not finite cannot be sealed"));
	case VALUE_BYTES:
		*class = CLASS_BYTES;
		b->bytes[b->n[CLASS_BYTES]] = v->s;
		return OK;
	case VALUE_TEXT:
		*class = CLASS_TEXT;
		b->text[b->n[CLASS_TEXT]] = v->s;
		return utf8_valid(v->s) ? OK : err_set(e, ERR_ENCODING,
		    _("text that is not UTF-8 cannot be sealed"));
	case VALUE_NULL:
		break;
	}
	*class = CLASS_NULL;
	return OK;
}

static struct place place_of(struct codec *k, const struct section *s,
    size_t row, size_t col)
{
	return (struct place) { .k = k, .s = s, .nrow = row,
		.row = s->cell + row * s->table->ncol,
		.col = &s->table->col[col] };
}

enum err_code cell_sort(struct codec *k, const struct section *s, size_t row,
    size_t col, struct err *e)
{
	const struct mapping *m = mapping_of(s, col);
	struct place p = place_of(k, s, row, col);
	const struct value *v = &p.row[col];
	struct bins *b = &k->bins;
	enum class class = CLASS_NULL;
	enum err_code rc = OK;

	if (m->number != NULL && v->kind != VALUE_NULL &&
	    m->number(&p, v, &b->number[b->n[CLASS_NUMBER]]))
		class = CLASS_NUMBER;
	else if (m->usual == CLASS_LIST && v->kind == VALUE_TEXT &&
	    list_write(k, v->s, &b->count[b->n[CLASS_LIST]]))
		class = CLASS_LIST;
	else
		rc = sort_plain(b, v, &class, e);
	b->class[row] = class;
	b->n[class]++;
	if (rc != OK)
		return err_in(e, "%s.%s", s->table->name, p.col->key);
	return OK;
}

static enum err_code take(const struct mapping *m, const struct place *p,
    enum class class, size_t i, struct value *out)
{
	struct bins *b = &p->k->bins;

	switch (class) {
	case CLASS_NULL:
		return OK;
	case CLASS_NUMBER:
		return m->value == NULL ? ERR_FORMAT :
		    m->value(p, b->number[i], out);
	case CLASS_TEXT:
		*out = value_text(b->text[i]);
		return OK;
	case CLASS_REAL:
		*out = value_real(b->real[i]);
		return OK;
	case CLASS_BYTES:
		*out = value_bytes(b->bytes[i]);
		return OK;
	case CLASS_LIST:
		return m->usual != CLASS_LIST ? ERR_FORMAT :
		    list_read(p->k, b->count[i], out);
	case CLASS_INT:
		*out = value_int(b->integer[i]);
		return OK;
	case CLASS_COUNT:
		break;
	}
	return ERR_FORMAT;
}

enum err_code cell_take(struct codec *k, const struct section *s, size_t row,
    size_t col, size_t at[CLASS_COUNT], struct err *e)
{
	struct place p = place_of(k, s, row, col);
	enum class class = (enum class)k->bins.class[row];
	enum err_code rc = take(mapping_of(s, col), &p, class, at[class]++,
	    &s->cell[row * s->table->ncol + col]);

	if (rc == OK)
		return OK;
	if (rc == ERR_MEMORY)
		return err_memory(e);
	err_set(e, rc, rc == ERR_NEWER ?
	    _("%s.%s, row %zu: not in this wellhead's catalogue") :
	    _("%s.%s, row %zu: not a value of this column"),
	    s->table->name, p.col->key, row + 1);
	return rc == ERR_NEWER ? err_hint(e, _("upgrade wellhead")) : rc;
}
