/* One line to one row and its transitions. */
#include "import.h"

#include "base/date.h"

/* What a line has beside its fields. */
static bool is_frame(const char *key)
{
	static const char *const frame[] = { "type", "id", "branch", "state",
	    "void", "history" };

	for (size_t i = 0; i < sizeof frame / sizeof *frame; i++)
		if (strcmp(key, frame[i]) == 0)
			return true;
	return false;
}

/* An unknown key may be a note of whoever made the file: told, not refused. */
static void read_field(struct import *im, const struct type *t,
    struct value *cell, const char *key, const json_t *in)
{
	const struct field *f = type_field(store_catalogue(im->s), t, key);
	struct value v;

	if (f == NULL) {
		problems_warn(im->p, "W_COLUMN", key, _("%s has no field "
		    "\"%.60s\"; it was left out"), t->key, key);
		return;
	}
	if (cell[f->column_index].kind != VALUE_NULL) {
		problems_error(im->p, ERR_COLUMN, f->key,
		    _("%s (%s) is given twice"), f->zh, f->key);
		return;
	}
	if (check_value(&im->batch, f, in, import_ref, im, &v, im->p))
		cell[f->column_index] = v;
}

/* A member of a history step as text; NULL when there is none. */
static const char *step_text(const json_t *step, const char *key)
{
	const char *text = json_string_value(json_object_get(step, key));

	return text && *text ? text : NULL;
}

static void set_text(struct batch *b, struct value *cell, const char *text)
{
	struct value v = value_str(text);

	*cell = batch_value(b, &v);
}

struct history {
	struct import *im;
	const struct import_line *line;
	const json_t *object, *steps;
	const char *state;	/* reached so far */
	size_t n;		/* which step, from 0 */
};

/* The transition that the step names, legal from the state reached so far. */
static const struct transition *find_step(struct history *h,
    const json_t *step)
{
	const struct type *t = h->line->type;
	const char *from = step_text(step, "from");
	const char *to = step_text(step, "to");
	const struct transition *tr = NULL;

	if (from && to && strcmp(from, h->state) == 0)
		tr = type_transition(t, from, to);
	if (tr == NULL) {
		problems_error(h->im->p, ERR_TRANSITION, "history", _("step "
		    "%zu, from \"%.40s\" to \"%.40s\", is not allowed for %s "
		    "in state %s"), h->n + 1, from ? from : "",
		    to ? to : "", t->key, h->state);
		return NULL;
	}
	return tr;
}

/* Imported steps were made by people whose roles cannot be proved here; that
 * the role may take the step at all is what can be checked. */
static bool check_step(struct history *h, const struct transition *tr,
    const json_t *step, char on[DATE_TEXT])
{
	const char *role = step_text(step, "role");
	const char *date = step_text(step, "on");

	if (role == NULL || !transition_allows(tr, role)) {
		problems_error(h->im->p, ERR_ROLE, "history", _("step %zu: "
		    "role \"%.40s\" has no right to go from %s to %s"),
		    h->n + 1, role ? role : "", tr->from, tr->to);
		return false;
	}
	if (date == NULL || !date_parse(slice_str(date), on)) {
		problems_error(h->im->p, ERR_DATE, "history", _("step %zu: "
		    "\"on\" is not a date like 2022-03-08"), h->n + 1);
		return false;
	}
	return true;
}

/* Who, by the file, stands where the step's taker must not: at an earlier
 * step to that state, the last one, or in a field of the record. */
static const char *named_before(const struct history *h, const char *key)
{
	const json_t *step;
	size_t i;

	if (!type_state(h->line->type, key))
		return step_text(h->object, key);
	for (i = h->n; i-- > 0;) {
		step = json_array_get(h->steps, i);
		if (step_text(step, "to") &&
		    strcmp(step_text(step, "to"), key) == 0)
			return step_text(step, "by");
	}
	return NULL;
}

/* Nobody approves their own paper; who entered it is not in the file. */
static void check_duties(const struct history *h, const struct transition *tr,
    const json_t *step)
{
	const char *by = step_text(step, "by"), *other;

	for (size_t i = 0; by && i < tr->nunlike; i++) {
		other = strcmp(tr->unlike[i], "by") == 0 ? NULL :
		    named_before(h, tr->unlike[i]);
		if (other && strcmp(other, by) == 0)
			problems_error(h->im->p, ERR_SOD, "history", _("step "
			    "%zu, to %s: the same person stands in the paper "
			    "as \"%s\""), h->n + 1, tr->to, tr->unlike[i]);
	}
}

/* `replaces` stays NULL: each step replaces the one before it. */
static enum err_code step_row(struct history *h, const struct transition *tr,
    const json_t *step, const char *on)
{
	struct batch *b = &h->im->batch;
	struct value *cell = batch_row(b, NULL, TABLE_TRANSITION);
	const struct { int column; const char *text; } texts[] = {
		{ TRANSITION_TYPE, h->line->type->key },
		{ TRANSITION_FROM, tr->from }, { TRANSITION_TO, tr->to },
		{ TRANSITION_ROLE, step_text(step, "role") },
		{ TRANSITION_BY, step_text(step, "by") },
		{ TRANSITION_ON, on },
		{ TRANSITION_NOTE, step_text(step, "note") },
	};

	if (cell == NULL)
		return err_memory(h->im->e);
	cell[TRANSITION_STAMP] =
	    value_int(h->im->step[h->line->step + h->n]);
	cell[TRANSITION_RECORD] = value_int(h->line->id);
	cell[TRANSITION_IMPORTED] = value_int(1);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		set_text(b, &cell[texts[i].column], texts[i].text);
	return OK;
}

/* All steps, from the type's first state on. *state is where they end. */
static enum err_code read_history(struct import *im,
    const struct import_line *line, const json_t *object,
    const json_t *steps, const char **state)
{
	struct history h = { .im = im, .line = line, .object = object,
	    .steps = steps, .state = line->type->state[0].key };
	enum err_code rc = OK;

	for (; rc == OK && h.n < line->nstep; h.n++) {
		const json_t *step = json_array_get(steps, h.n);
		const struct transition *tr = find_step(&h, step);
		char on[DATE_TEXT];

		if (tr == NULL || !check_step(&h, tr, step, on))
			break;
		check_duties(&h, tr, step);
		rc = step_row(&h, tr, step, on);
		h.state = tr->to;
	}
	*state = h.n == line->nstep ? h.state : NULL;
	return rc;
}

/* By key, or by the label that CSV has. */
static const char *find_state(const struct type *t, const char *text)
{
	for (size_t i = 0; i < t->nstate; i++)
		if (strcmp(t->state[i].key, text) == 0 ||
		    strcmp(t->state[i].zh, text) == 0)
			return t->state[i].key;
	return NULL;
}

/* The state that the line claims must be the one its history leads to. */
static void check_state(struct import *im, const struct type *t,
    const char *claimed, const char *reached)
{
	const char *key = find_state(t, claimed);

	if (key == NULL)
		problems_error(im->p, ERR_ENUM, "state",
		    _("%s has no state \"%.40s\""), t->key, claimed);
	else if (strcmp(key, reached) != 0)
		problems_error(im->p, ERR_TRANSITION, "state", _("the line "
		    "says state %s, but its history ends in %s; leave the "
		    "state out, and go on with \"wellhead do\" after the "
		    "import"), key, reached);
}

/* A void record comes with its reason, as an edit made after all else. */
static enum err_code void_row(struct import *im,
    const struct import_line *line, const char *reason)
{
	struct batch *b = &im->batch;
	struct value *cell = batch_row(b, NULL, TABLE_EDIT);

	if (cell == NULL)
		return err_memory(im->e);
	cell[EDIT_STAMP] = value_int(im->step[line->step + line->nstep]);
	cell[EDIT_RECORD] = value_int(line->id);
	set_text(b, &cell[EDIT_TYPE], line->type->key);
	set_text(b, &cell[EDIT_FIELD], "void");
	set_text(b, &cell[EDIT_VALUE], reason);
	set_text(b, &cell[EDIT_BY], operator_by(im->s, im->o->by));
	return OK;
}

/* The row against the catalogue and what it says by itself. A value that
 * could not be read would be called missing, too. */
static enum err_code check_row(struct import *im, struct import_line *line,
    const struct value *cell, const char *reached, size_t errors)
{
	struct rule_context x = { .c = store_catalogue(im->s),
	    .t = line->type, .cell = cell, .state = reached, .id = line->id,
	    .branch = im->branch[line->branch], .imported = true,
	    .p = im->p };
	enum err_code rc = OK;

	if (im->p->errors == errors)
		rc = check_record(&x, im->e);
	if (im->p->errors == errors)
		line->state = reached;
	return rc;
}

enum err_code import_row(struct import *im, struct import_line *line,
    const json_t *object)
{
	const struct type *t = line->type;
	const json_t *steps = json_object_get(object, "history");
	const char *key, *reached = NULL;
	const char *claimed = json_string_value(json_object_get(object,
	    "state"));
	struct value *cell = batch_row(&im->batch, t, -1);
	size_t errors = im->p->errors;
	json_t *in;
	enum err_code rc = OK;

	if (cell == NULL)
		return err_memory(im->e);
	cell[TYPE_COL_ID] = value_int(line->id);
	set_text(&im->batch, &cell[TYPE_COL_EXT],
	    json_string_value(json_object_get(object, "id")));
	set_text(&im->batch, &cell[TYPE_COL_BY],
	    operator_by(im->s, im->o->by));
	json_object_foreach((json_t *)(uintptr_t)object, key, in)
		if (!is_frame(key))
			read_field(im, t, cell, key, in);
	if (steps && !json_is_array(steps) && !json_is_null(steps))
		problems_error(im->p, ERR_TYPE, "history",
		    _("\"history\" must be a list of steps"));
	if (line->voided)
		rc = void_row(im, line,
		    json_string_value(json_object_get(object, "void")));
	if (rc == OK)
		rc = read_history(im, line, object, steps, &reached);
	if (rc != OK || reached == NULL)
		return rc;
	if (claimed && *claimed)
		check_state(im, t, claimed, reached);
	if (im->p->errors == errors)
		right_create(im->s, t, cell, im->p);
	return check_row(im, line, cell, reached, errors);
}
