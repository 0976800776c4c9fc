/* show ID [--history]: one record, a line a field. */
#include "base/json.h"
#include "base/text.h"
#include "beside.h"

/* "0A1B2C3D4E5F6 田陈煤矿工会": a reference says more with its name. */
static char *reference(const struct context *c, const char *id)
{
	static const char *const key[] = { "name", "title", "topic", "code" };
	struct buf b = BUF_INIT;
	struct err ignored = {0};
	json_t *o = NULL;
	struct record r;

	buf_adds(&b, id);
	if (!record_find(c->node->store, id, &r, &ignored) &&
	    !record_json(c->node->store, r.id, r.type, false, &o, &ignored))
		for (size_t i = 0; i < sizeof key / sizeof *key; i++)
			if (json_text(o, key[i])[0]) {
				buf_printf(&b, " %s", json_text(o, key[i]));
				break;
			}
	json_decref(o);
	return buf_steal(&b);
}

static void add_field(const struct context *c, struct grid *g,
    const struct field *f, const json_t *record)
{
	const json_t *v = json_object_get(record, f->key), *row;
	const char *label = c->zh ? f->zh : f->key;
	char *text;
	size_t i;

	if (!v || json_is_null(v))
		return;
	if (!json_is_array(v)) {
		text = f->kind == COL_REF && json_is_string(v) ?
		    reference(c, json_string_value(v)) : out_value(c, f, v);
		grid_add(g, label);
		grid_add(g, text);
		free(text);
		return;
	}
	json_array_foreach(v, i, row) {
		text = f->kind == COL_REFS && json_is_string(row) ?
		    reference(c, json_string_value(row)) :
		    out_value(c, NULL, row);
		grid_add(g, i ? "" : label);
		grid_add(g, text);
		free(text);
	}
}

static void add_head(const struct context *c, struct grid *g,
    const struct type *t, const json_t *o)
{
	static const struct { const char *key, *label; } line[] = {
		{ "id", N_("id") }, { "ext", N_("external key") },
		{ "branch", N_("branch") }, { "by", N_("entered by") },
		{ "void", N_("void, because") },
	};
	const struct label *s = type_state(t, json_text(o, "state"));

	grid_add(g, _("type"));
	grid_addf(g, "%s %s", t->key, c->zh ? t->zh : t->en);
	for (size_t i = 0; i < sizeof line / sizeof *line; i++)
		if (json_text(o, line[i].key)[0]) {
			grid_add(g, _(line[i].label));
			grid_add(g, json_text(o, line[i].key));
		}
	grid_add(g, _("state"));
	grid_add(g, c->zh && s ? s->zh : json_text(o, "state"));
}

/* A state's key in the reader's words. */
static const char *state_text(const struct context *c, const struct type *t,
    const char *key)
{
	const struct label *s = c->zh ? type_state(t, key) : NULL;

	return s ? s->zh : key;
}

/* What happened, in the reader's words. */
static const char *what_text(const char *what)
{
	static const char *const name[] = { N_("add"), N_("edit"),
		N_("transition") };

	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		if (!strcmp(what, name[i]))
			return _(name[i]);
	return what;
}

static void add_which(const struct context *c, struct grid *g,
    const struct type *t, const char *key, const json_t *value)
{
	const struct field *f = type_field(c->catalogue, t, key);
	char *text = out_value(c, f, value);

	grid_add(g, c->zh && f ? f->zh : key);
	grid_add_cut(g, text, 40);
	free(text);
}

/* The entry's own values, where they were edited since. */
static void add_first(const struct context *c, struct grid *g,
    const struct type *t, const json_t *h)
{
	json_t *values = json_object_get(h, "values"), *v;
	const char *key;

	json_object_foreach(values, key, v) {
		grid_add(g, json_text(h, "at"));
		grid_add(g, what_text("add"));
		add_which(c, g, t, key, v);
		for (size_t i = 4; i < 8; i++)
			grid_add(g, "");
		grid_add(g, json_text(h, "stamp"));
		grid_add(g, "");
	}
}

/* What is to be known of it beside. */
static const char *mark_of(const json_t *h)
{
	bool live = !json_is_false(json_object_get(h, "live"));

	if (json_is_true(json_object_get(h, "signed")))
		return live ? _("signed") : _("signed, replaced");
	if (json_is_true(json_object_get(h, "imported")))
		return live ? _("imported") : _("imported, replaced");
	return live ? "" : _("replaced");
}

static void add_event(const struct context *c, struct grid *g,
    const struct type *t, const json_t *h)
{
	grid_add(g, json_text(h, "at"));
	grid_add(g, what_text(json_text(h, "what")));
	if (*json_text(h, "to")) {
		grid_addf(g, "%s → %s",
		    state_text(c, t, json_text(h, "from")),
		    state_text(c, t, json_text(h, "to")));
		grid_add(g, "");
	} else {
		add_which(c, g, t, json_text(h, "field"),
		    json_object_get(h, "value"));
	}
	grid_add(g, json_text(h, "role"));
	grid_add(g, json_text(h, "by"));
	grid_add(g, json_text(h, "on"));
	grid_add(g, json_text(h, "note"));
	grid_add(g, json_text(h, "stamp"));
	grid_add(g, mark_of(h));
	add_first(c, g, t, h);
}

static enum err_code print_history(const struct context *c,
    const struct type *t, const json_t *o, struct err *e)
{
	static const char *const head[] = { N_("AT"), N_("WHAT"), N_("WHICH"),
		N_("VALUE"), N_("ROLE"), N_("BY"), N_("ON"), N_("NOTE"),
		N_("STAMP"), "" };
	const json_t *list = json_object_get(o, "history"), *h;
	enum err_code rc;
	struct grid g;
	size_t i;

	grid_init(&g, sizeof head / sizeof *head);
	for (i = 0; i < sizeof head / sizeof *head; i++)
		grid_add(&g, *head[i] ? _(head[i]) : "");
	json_array_foreach(list, i, h)
		add_event(c, &g, t, h);
	putchar('\n');
	rc = grid_print(&g, e);
	grid_release(&g);
	return rc;
}

static enum err_code print(const struct context *c, const struct type *t,
    const json_t *o, bool history, struct err *e)
{
	enum err_code rc;
	struct grid g;

	grid_init(&g, 2);
	add_head(c, &g, t, o);
	for (size_t i = 0; i < t->nfield; i++)
		add_field(c, &g, &t->field[i], o);
	for (size_t i = 0; i < c->catalogue->ncommon; i++)
		add_field(c, &g, &c->catalogue->common[i], o);
	beside_add(&g, o);
	rc = grid_print(&g, e);
	grid_release(&g);
	if (!rc && history)
		rc = print_history(c, t, o, e);
	return rc;
}

/* A record of which something is sealed is not opened by halves. */
static enum err_code sealed(const json_t *o, struct err *e)
{
	const json_t *first = json_array_get(json_object_get(o, "sealed"), 0);

	if (!first)
		return OK;
	err_set(e, ERR_SEALED, _("“%s” of this record is sealed: it is for "
	    "the one who keeps it and for few roles"),
	    json_string_value(first));
	return err_hint(e, _("act with --as as one of them, or list the type "
	    "for the fields that are not sealed"));
}

enum err_code cmd_show(struct context *c, struct err *e)
{
	bool history = option(c, "history");
	json_t *o = NULL;
	struct record r;
	enum err_code rc;

	rc = record_find(c->node->store, c->argv[0], &r, e);
	if (!rc)
		rc = record_json(c->node->store, r.id, r.type, history, &o,
		    e);
	if (!rc)
		rc = sealed(o, e);
	if (rc) {
		json_decref(o);
		return rc;
	}
	beside_here(c, o);
	if (c->json)
		return out_result(c, o, e);
	rc = print(c, r.type, o, history, e);
	json_decref(o);
	return rc;
}
