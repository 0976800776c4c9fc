/* types [TYPE]: the catalogue, and one type's fields, states and steps. */
#include "out.h"

/* The catalogue's mark of when a field must be filled. */
static const char *const required_mark[] = {
	[REQ_NO] = "", [REQ_YES] = "Y", [REQ_SUBMIT] = "S", [REQ_WHEN] = "C",
};

static enum err_code list_types(struct context *c, struct err *e)
{
	const struct catalogue *k = c->catalogue;
	enum err_code rc = OK;
	struct grid g;

	grid_init(&g, 3);
	for (size_t i = 0; i < k->ntype && !rc; i++) {
		const struct type *t = &k->type[i];

		if (c->json)
			rc = out_result(c, json_pack("{s:s,s:s,s:s,s:I}",
			    "type", t->key, "zh", t->zh, "en", t->en,
			    "fields", (json_int_t)t->nfield), e);
		grid_add(&g, t->key);
		grid_add(&g, c->zh ? t->zh : t->en);
		grid_addf(&g, "%zu", t->nfield);
	}
	if (!rc && !c->json)
		rc = grid_print(&g, e);
	grid_release(&g);
	return rc;
}

static void add_fields(struct grid *g, const struct field *f, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char level[2] = { f[i].level, 0 };

		grid_add(g, f[i].key);
		grid_add(g, f[i].zh);
		grid_add(g, f[i].type);
		grid_add(g, required_mark[f[i].required]);
		grid_add(g, level);
		grid_add(g, f[i].note);
	}
}

/* "chair|hq" */
static void add_words(struct buf *b, const char *const *word, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_adds(b, i ? "|" : "");
		buf_adds(b, word[i]);
	}
}

static void grid_add_words(struct grid *g, const char *const *word, size_t n)
{
	struct buf b = BUF_INIT;

	add_words(&b, word, n);
	grid_add(g, b.n ? (char *)b.p : "");
	buf_release(&b);
}

static json_t *json_words(const char *const *word, size_t n)
{
	struct buf b = BUF_INIT;
	json_t *o;

	add_words(&b, word, n);
	o = json_string(b.n ? (char *)b.p : "");
	buf_release(&b);
	return o;
}

static enum err_code print_creators(const struct type *t, struct err *e)
{
	enum err_code rc;
	struct grid g;

	grid_init(&g, 2);
	grid_add(&g, _("ENTERED BY"));
	grid_add(&g, _("IF kind IS"));
	for (size_t i = 0; i < t->ncreator; i++) {
		const struct creator *k = &t->creator[i];

		grid_add_words(&g, k->role, k->nrole);
		grid_add_words(&g, k->kind, k->nkind);
	}
	rc = grid_print(&g, e);
	grid_release(&g);
	return rc;
}

static json_t *json_creators(const struct type *t)
{
	json_t *list = json_array();

	for (size_t i = 0; i < t->ncreator; i++) {
		const struct creator *k = &t->creator[i];

		json_array_append_new(list, json_pack("{s:o,s:o}", "role",
		    json_words(k->role, k->nrole), "kind",
		    json_words(k->kind, k->nkind)));
	}
	return list;
}

static enum err_code print_fields(const struct context *c,
    const struct type *t, struct err *e)
{
	enum err_code rc;
	struct grid g;

	grid_init(&g, 6);
	grid_add(&g, _("FIELD"));
	grid_add(&g, _("LABEL"));
	grid_add(&g, _("TYPE"));
	grid_add(&g, _("MUST"));
	grid_add(&g, _("LEVEL"));
	grid_add(&g, _("NOTE"));
	add_fields(&g, t->field, t->nfield);
	add_fields(&g, c->catalogue->common, c->catalogue->ncommon);
	rc = grid_print(&g, e);
	grid_release(&g);
	return rc;
}

static enum err_code print_states(const struct type *t, struct err *e)
{
	enum err_code rc;
	struct grid g;

	grid_init(&g, 2);
	grid_add(&g, _("STATE"));
	grid_add(&g, _("LABEL"));
	for (size_t i = 0; i < t->nstate; i++) {
		grid_add(&g, t->state[i].key);
		grid_add(&g, t->state[i].zh);
	}
	rc = grid_print(&g, e);
	grid_release(&g);
	return rc;
}

static enum err_code print_transitions(const struct type *t, struct err *e)
{
	enum err_code rc;
	struct grid g;

	grid_init(&g, 5);
	grid_add(&g, _("FROM"));
	grid_add(&g, _("TO"));
	grid_add(&g, _("ROLE"));
	grid_add(&g, _("NOT THE SAME AS"));
	grid_add(&g, _("LABEL"));
	for (size_t i = 0; i < t->ntransition; i++) {
		const struct transition *s = &t->transition[i];

		grid_add(&g, s->from);
		grid_add(&g, s->to);
		grid_add_words(&g, s->role, s->nrole);
		grid_add_words(&g, s->unlike, s->nunlike);
		grid_add(&g, s->zh);
	}
	rc = grid_print(&g, e);
	grid_release(&g);
	return rc;
}

static json_t *json_fields(const struct field *f, size_t n, json_t *list)
{
	for (size_t i = 0; i < n; i++) {
		char level[2] = { f[i].level, 0 };
		json_t *o = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}",
		    "key", f[i].key, "zh", f[i].zh, "type", f[i].type,
		    "required", required_mark[f[i].required],
		    "level", level, "note", f[i].note ? f[i].note : "");
		json_t *values = f[i].values ? json_object() : NULL;

		for (size_t v = 0; values && v < f[i].values->n; v++)
			json_object_set_new(values, f[i].values->value[v].key,
			    json_string(f[i].values->value[v].zh));
		if (values)
			json_object_set_new(o, "values", values);
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *json_states(const struct type *t)
{
	json_t *list = json_array();

	for (size_t i = 0; i < t->nstate; i++)
		json_array_append_new(list, json_pack("{s:s,s:s}", "key",
		    t->state[i].key, "zh", t->state[i].zh));
	return list;
}

static json_t *json_transitions(const struct type *t)
{
	json_t *list = json_array();

	for (size_t i = 0; i < t->ntransition; i++) {
		const struct transition *s = &t->transition[i];
		json_array_append_new(list, json_pack(
		    "{s:s,s:s,s:o,s:o,s:s}", "from", s->from, "to", s->to,
		    "role", json_words(s->role, s->nrole), "unlike",
		    json_words(s->unlike, s->nunlike), "zh", s->zh));
	}
	return list;
}

static json_t *describe(const struct context *c, const struct type *t)
{
	json_t *fields = json_fields(t->field, t->nfield, json_array());

	json_fields(c->catalogue->common, c->catalogue->ncommon, fields);
	return json_pack("{s:s,s:s,s:s,s:o,s:o,s:o,s:o}", "type", t->key,
	    "zh", t->zh, "en", t->en, "fields", fields,
	    "create", json_creators(t), "states", json_states(t), "transitions", json_transitions(t));
}

/* Enumerations have their values under the field that takes them. */
static enum err_code print_values(const struct type *t, struct err *e)
{
	enum err_code rc;
	struct grid g;

	grid_init(&g, 3);
	grid_add(&g, _("FIELD"));
	grid_add(&g, _("VALUE"));
	grid_add(&g, _("LABEL"));
	for (size_t i = 0; i < t->nfield; i++) {
		const struct enumeration *n = t->field[i].values;

		for (size_t v = 0; n && v < n->n; v++) {
			grid_add(&g, v ? "" : t->field[i].key);
			grid_add(&g, n->value[v].key);
			grid_add(&g, n->value[v].zh);
		}
	}
	/* Nothing but the heading: no field takes one. */
	rc = g.ncell > g.ncol ? grid_print(&g, e) : OK;
	grid_release(&g);
	return rc;
}

enum err_code cmd_types(struct context *c, struct err *e)
{
	const struct type *t;
	enum err_code rc;

	if (!c->argc)
		return list_types(c, e);
	rc = type_read(c, 0, &t, e);
	if (rc)
		return rc;
	if (c->json)
		return out_result(c, describe(c, t), e);
	printf("%s  %s  %s\n\n", t->key, t->zh, t->en);
	rc = print_fields(c, t, e);
	putchar('\n');
	if (!rc)
		rc = print_values(t, e);
	putchar('\n');
	if (!rc)
		rc = print_creators(t, e);
	putchar('\n');
	if (!rc)
		rc = print_states(t, e);
	putchar('\n');
	if (!rc)
		rc = print_transitions(t, e);
	return rc;
}
