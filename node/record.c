/* Records: add, edit, void, and what every local write shares. */
#include "record_write.h"

#include "base/date.h"
#include "duplicate.h"

const struct field field_ext = { .key = "ext", .zh = "外部编号",
	.kind = COL_TEXT, .max_chars = 200 };
const struct field field_by = { .key = "by", .zh = "录入人",
	.kind = COL_TEXT, .max_chars = 200 };
const struct field field_reason = { .key = "reason", .zh = "作废原因",
	.kind = COL_TEXT, .max_chars = 200 };
const struct field field_note = { .key = "note", .zh = "说明",
	.kind = COL_TEXT, .max_chars = 20000 };

enum err_code write_begin(struct write *w, struct store *s, struct err *e)
{
	enum err_code rc;

	*w = (struct write){ .s = s };
	batch_init(&w->b, s->catalogue);
	batch_init(&w->scratch, s->catalogue);
	rc = operator_required(s, e);
	if (rc == OK)
		rc = store_begin(s, e);
	w->open = rc == OK;
	return rc;
}

enum err_code write_end(struct write *w, const char *branch,
    enum err_code rc, struct err *e)
{
	struct origin o;

	if (rc == OK && batch_rows(&w->b)) {
		entry_origin(w->s, branch, &o);
		batch_sort(&w->b);
		rc = apply_batch(w->s, &w->b, &o, NULL, e);
		if (rc == OK)
			rc = store_commit(w->s, e);
		if (rc == OK)
			w->open = false;
	}
	if (w->open)
		store_rollback(w->s);
	batch_release(&w->b);
	batch_release(&w->scratch);
	return rc;
}

bool write_text(struct write *w, const struct field *f, const char *text,
    struct value *out, struct problems *p)
{
	json_t *in;
	bool ok;

	*out = VALUE_NONE;
	if (!text)
		return true;
	in = json_string(text);
	if (!in) {
		problems_error(p, ERR_ENCODING, f->key,
		    _("%s (%s) is not UTF-8 text"), f->zh, f->key);
		return false;
	}
	ok = check_value(&w->b, f, in, NULL, NULL, out, p);
	json_decref(in);
	return ok;
}

void write_by(struct write *w, const char *by, struct value *out,
    struct problems *p)
{
	write_text(w, &field_by, operator_by(w->s, by), out, p);
}

/* A text that lives as long as the write. */
static struct value own_text(struct write *w, const char *text)
{
	struct value v = value_str(text);

	return batch_value(&w->b, &v);
}

/* A new row's stamp, type and record; the rest is VALUE_NULL. */
static enum err_code new_row(struct write *w, const struct record *r,
    enum fixed_table table, struct value **cell, struct err *e)
{
	enum err_code rc;
	stamp_t stamp;

	rc = store_stamp(w->s, &stamp, e);
	if (rc != OK)
		return rc;
	*cell = batch_row(&w->b, NULL, (int)table);
	if (!*cell)
		return err_memory(e);
	(*cell)[0] = value_int(stamp);
	(*cell)[1] = value_int(r->id);
	(*cell)[2] = value_str(r->type->key);
	return OK;
}

enum err_code write_edit(struct write *w, const struct record *r,
    const char *field, const struct value *v, const char *replaces,
    const struct value *by, struct err *e)
{
	struct value *cell;
	enum err_code rc;

	rc = new_row(w, r, TABLE_EDIT, &cell, e);
	if (rc != OK)
		return rc;
	cell[EDIT_FIELD] = value_str(field);
	cell[EDIT_VALUE] = *v;
	cell[EDIT_REPLACES] = own_text(w, replaces);
	cell[EDIT_BY] = *by;
	return OK;
}

enum err_code write_step(struct write *w, const struct record *r,
    const struct step *step, struct err *e)
{
	struct value *cell;
	enum err_code rc;

	rc = new_row(w, r, TABLE_TRANSITION, &cell, e);
	if (rc != OK)
		return rc;
	cell[TRANSITION_FROM] = own_text(w, step->from);
	cell[TRANSITION_TO] = own_text(w, step->to);
	cell[TRANSITION_ROLE] = own_text(w, step->role);
	cell[TRANSITION_BY] = step->by;
	cell[TRANSITION_ON] = own_text(w, step->on);
	cell[TRANSITION_NOTE] = step->note;
	cell[TRANSITION_REPLACES] = own_text(w, step->replaces);
	cell[TRANSITION_IMPORTED] = value_int(0);
	return right_sign(w->s, cell, &w->b, e);
}

/* Smallest number of letters to change, add or take to come from a to b. */
static size_t distance(const char *a, const char *b)
{
	size_t row[64], n = strlen(b), i, j, corner, old;

	if (n >= 64)
		return SIZE_MAX;
	for (j = 0; j <= n; j++)
		row[j] = j;
	for (i = 0; i < 64 && a[i]; i++) {
		corner = row[0];
		row[0] = i + 1;
		for (j = 1; j <= n; j++) {
			old = row[j];
			row[j] = corner + (a[i] != b[j - 1]);
			if (old + 1 < row[j])
				row[j] = old + 1;
			if (row[j - 1] + 1 < row[j])
				row[j] = row[j - 1] + 1;
			corner = old;
		}
	}
	return row[n];
}

static const char *nearest(const struct catalogue *c, const struct type *t,
    const char *key)
{
	const char *best = NULL;
	size_t i, d, least = 3;		/* two slips at most */

	for (i = 0; i < t->nfield + c->ncommon; i++) {
		const struct field *f = i < t->nfield ? &t->field[i] :
		    &c->common[i - t->nfield];

		d = distance(key, f->key);
		if (d < least) {
			least = d;
			best = f->key;
		}
	}
	return best;
}

static void unknown_field(const struct catalogue *c, const struct type *t,
    const char *key, struct problems *p)
{
	const char *near = nearest(c, t, key);

	if (!strcmp(key, "state"))
		problems_error(p, ERR_COLUMN, key,
		    _("the state is not a field: it begins as “%s” and is "
		      "changed by `wellhead do ID STATE`"),
		    t->state[0].key);
	else if (near)
		problems_error(p, ERR_COLUMN, key,
		    _("%s (%s) has no field “%.60s”; is “%s” meant?"), t->zh,
		    t->key, key, near);
	else
		problems_error(p, ERR_COLUMN, key,
		    _("%s (%s) has no field “%.60s”; `wellhead types %s` "
		      "lists them"), t->zh, t->key, key, t->key);
}

/* Read the input into the row's cells; their texts are owned by w->b. */
static void read_fields(struct write *w, const struct type *t,
    const json_t *fields, ref_fn ref, struct value *cell,
    struct problems *p)
{
	const struct catalogue *c = w->s->catalogue;
	const struct field *f;
	struct value v;
	const char *key;
	json_t *in;

	json_object_foreach((json_t *)fields, key, in) {
		f = type_field(c, t, key);
		if (!f) {
			unknown_field(c, t, key, p);
		} else if (strcmp(key, f->key) != 0 &&
		    json_object_get(fields, f->key)) {
			problems_error(p, ERR_COLUMN, f->key,
			    _("%s (%s) is given twice"), f->zh, f->key);
		} else if (check_value(&w->b, f, in, ref, w->s, &v, p)) {
			cell[f->column_index] = v;
		}
	}
}

static void today(struct write *w, struct value *out)
{
	char iso[DATE_TEXT];

	date_text(clock_ms() / 86400000, iso);
	*out = own_text(w, iso);
}

/* HQ may enter records for a branch that is on the roster. */
static enum err_code check_branch(struct store *s, const char *branch,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;
	bool known;

	if (!strcmp(branch, s->id.branch))
		return OK;
	if (!s->id.hq) {
		err_set(e, ERR_FOREIGN, _("this node keeps the records of %s "
		    "alone"), s->id.branch);
		return err_hint(e, _("enter it at %s"), branch);
	}
	rc = store_stmt(s, SQL_RECORD_BRANCH, &st, e);
	if (rc != OK)
		return rc;
	bind_text(st, 1, branch);
	rc = store_step(s, st, &known, e);
	sqlite3_reset(st);
	if (rc != OK || known)
		return rc;
	err_set(e, ERR_NOT_FOUND, _("no branch has the code “%.60s”"),
	    branch);
	return err_hint(e, _("`wellhead roster` lists them"));
}

/* The input as an object of fields, the external key taken out. */
static enum err_code read_new(struct write *w, const struct type *t,
    const char *branch, const json_t *fields, const char *by,
    struct value *cell, struct problems *p, struct err *e)
{
	const struct field *entered = type_field(w->s->catalogue, t,
	    "entered_on");
	json_t *own = json_deep_copy(fields), *ext;
	bool taken = false;
	enum err_code rc;

	if (!own)
		return err_memory(e);
	ext = json_object_get(own, "ext");
	if (ext)
		check_value(&w->b, &field_ext, ext, NULL, NULL,
		    &cell[TYPE_COL_EXT], p);
	json_object_del(own, "ext");
	read_fields(w, t, own, entry_ref_new, cell, p);
	json_decref(own);
	write_by(w, by, &cell[TYPE_COL_BY], p);
	right_create(w->s, t, cell, p);
	if (entered && cell[entered->column_index].kind == VALUE_NULL)
		today(w, &cell[entered->column_index]);
	rc = entry_ext_taken(w->s, &cell[TYPE_COL_EXT], branch, &taken, e);
	if (taken)
		problems_error(p, ERR_DUP, "ext",
		    _("another record of %s has this external key"), branch);
	return rc;
}

enum err_code record_add(struct store *s, const struct type *t,
    const char *branch, const json_t *fields, const char *by, stamp_t *id,
    struct problems *p, struct err *e)
{
	struct rule_context x;
	struct value *cell;
	struct write w;
	enum err_code rc;

	if (!branch)
		branch = s->id.branch;
	rc = write_begin(&w, s, e);
	if (rc == OK)
		rc = check_branch(s, branch, e);
	if (rc != OK)
		goto done;
	cell = batch_row(&w.b, t, -1);
	if (!cell) {
		rc = err_memory(e);
		goto done;
	}
	rc = read_new(&w, t, branch, fields, by, cell, p, e);
	if (rc != OK)
		goto done;
	x = (struct rule_context){ .s = s, .c = s->catalogue, .t = t,
	    .cell = cell, .state = t->state[0].key, .branch = branch,
	    .p = p };
	rc = check_record(&x, e);
	if (rc == OK)
		rc = problems_err(p, e);
	if (rc == OK)
		rc = duplicate_warn(&x, e);
	if (rc == OK)
		rc = store_stamp(s, id, e);
	if (rc == OK)
		cell[TYPE_COL_ID] = value_int(*id);
done:
	return write_end(&w, branch, rc, e);
}

/* An edit of one field, naming the value that this node shows. */
static enum err_code edit_field(struct write *w, const struct record *r,
    const char *field, const struct value *v, const struct value *by,
    struct err *e)
{
	char replaces[32];
	stamp_t shown;
	enum err_code rc;

	rc = entry_shown(w->s, r->id, field, &shown, e);
	if (rc != OK)
		return rc;
	snprintf(replaces, sizeof(replaces), "[%lld]", (long long)shown);
	return write_edit(w, r, field, v, shown == r->id ? NULL : replaces,
	    by, e);
}

static enum err_code edit_changed(struct write *w, const struct record *r,
    const struct value *old, const struct value *cell,
    const struct value *by, struct err *e)
{
	const struct table *table = &r->type->table;
	enum err_code rc = OK;
	size_t i;

	for (i = TYPE_COL_COMMON; rc == OK && i < table->ncol; i++)
		if (!value_eq(&old[i], &cell[i]))
			rc = edit_field(w, r, table->col[i].key, &cell[i],
			    by, e);
	return rc;
}

/* The record whose fields are to change, if this node and who acts may. */
static enum err_code change_begin(struct write *w, struct store *s,
    const char *ref, struct record *r, struct err *e)
{
	enum err_code rc = write_begin(w, s, e);

	if (rc == OK)
		rc = record_find(s, ref, r, e);
	if (rc == OK)
		rc = entry_writable(s, r, e);
	if (rc == OK)
		rc = right_change(s, r->type, e);
	return rc;
}

enum err_code record_edit(struct store *s, const char *ref,
    const json_t *fields, const char *by, struct problems *p, struct err *e)
{
	struct value *old, *cell, who;
	struct record r = { .id = 0 };
	struct rule_context x;
	struct write w;
	stamp_t state_at;
	enum err_code rc;

	rc = change_begin(&w, s, ref, &r, e);
	if (rc == OK)
		rc = entry_load(s, &r, &w.scratch, &old, &state_at, e);
	if (rc != OK)
		goto done;
	cell = calloc(r.type->table.ncol, sizeof(*cell));
	if (!cell) {
		rc = err_memory(e);
		goto done;
	}
	memcpy(cell, old, r.type->table.ncol * sizeof(*cell));
	read_fields(&w, r.type, fields, entry_ref, cell, p);
	write_by(&w, by, &who, p);
	x = (struct rule_context){ .s = s, .c = s->catalogue, .t = r.type,
	    .cell = cell, .state = r.state, .id = r.id, .branch = r.branch,
	    .p = p };
	rc = check_record(&x, e);
	if (rc == OK)
		rc = problems_err(p, e);
	if (rc == OK)
		rc = edit_changed(&w, &r, old, cell, &who, e);
	free(cell);
done:
	return write_end(&w, r.branch, rc, e);
}

enum err_code record_void(struct store *s, const char *ref,
    const char *reason, const char *by, struct err *e)
{
	struct problems p = { .n = 0 };
	struct record r = { .id = 0 };
	struct value why, who;
	struct write w;
	enum err_code rc;

	rc = change_begin(&w, s, ref, &r, e);
	if (rc != OK)
		goto done;
	if (write_text(&w, &field_reason, reason, &why, &p) &&
	    why.kind == VALUE_NULL)
		problems_error(&p, ERR_REQUIRED, field_reason.key,
		    _("a record is made void only with a reason"));
	write_by(&w, by, &who, &p);
	rc = problems_err(&p, e);
	if (rc == OK)
		rc = edit_field(&w, &r, "void", &why, &who, e);
done:
	problems_release(&p);
	return write_end(&w, r.branch, rc, e);
}
