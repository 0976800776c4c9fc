/* Records and their values as people read them. */
#include "base/json.h"
#include "base/text.h"
#include "out.h"

#define CELL_MAX 32	/* terminal columns */
#define FIELDS_SHOWN 5	/* when none are asked for */

static const char *label_of(const struct context *c,
    const struct enumeration *n, const char *key)
{
	const struct label *l;

	if (!c->zh || !n)
		return key;
	l = enumeration_find(n, slice_str(key));
	return l ? l->zh : key;
}

static void add_integer(struct buf *b, const struct field *f, json_int_t v)
{
	if (f && f->money)
		buf_printf(b, _("%lld.%02lld yuan"), (long long)(v / 100),
		    (long long)(v < 0 ? -(v % 100) : v % 100));
	else
		buf_printf(b, "%lld", (long long)v);
}

char *out_value(const struct context *c, const struct field *f,
    const json_t *j)
{
	struct buf b = BUF_INIT;
	char *json;

	switch (j ? json_typeof(j) : JSON_NULL) {
	case JSON_STRING:
		buf_adds(&b, label_of(c, f ? f->values : NULL,
		    json_string_value(j)));
		break;
	case JSON_INTEGER:
		add_integer(&b, f, json_integer_value(j));
		break;
	case JSON_REAL:
		buf_printf(&b, "%.15g", json_real_value(j));
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		buf_adds(&b, json_is_true(j) ? _("yes") : _("no"));
		break;
	case JSON_NULL:
		break;
	case JSON_ARRAY:
	case JSON_OBJECT:
		json = json_dumps(j, JSON_COMPACT);
		buf_adds(&b, json);
		free(json);
	}
	buf_adds(&b, "");
	return buf_steal(&b);
}

void lister_init(struct lister *l, const struct context *c)
{
	*l = (struct lister){ .c = c };
	grid_init(&l->grid, 1);
}

void lister_release(struct lister *l)
{
	grid_release(&l->grid);
}

enum err_code lister_fields(struct lister *l, const struct type *t,
    const char *list, struct err *e)
{
	enum err_code rc = OK;

	while (*list && !rc) {
		size_t n = strcspn(list, ",");
		char *key = slice_dup(slice_of(list, n));

		if (!key)
			return err_memory(e);
		if (l->nfield == LISTER_MAX)
			rc = err_set(e, ERR_USAGE, _("at most %d fields"),
			    LISTER_MAX);
		else if (n && !(l->field[l->nfield++] =
		    type_field(l->c->catalogue, t, key)))
			rc = err_set(e, ERR_COLUMN, _("%s has no field “%s”"),
			    t->key, key);
		free(key);
		list += n + (list[n] == ',');
	}
	return rc;
}

/* What is always filled says most about a record. */
static void choose(struct lister *l)
{
	static const enum required order[] = { REQ_YES, REQ_WHEN, REQ_SUBMIT,
		REQ_NO };

	for (size_t o = 0; o < sizeof order / sizeof *order; o++)
		for (size_t i = 0; i < l->type->nfield; i++) {
			const struct field *f = &l->type->field[i];

			if (l->nfield < FIELDS_SHOWN &&
			    f->required == order[o] && f->kind != COL_JSON)
				l->field[l->nfield++] = f;
		}
}

static void head(struct lister *l)
{
	grid_init(&l->grid, 3 + l->nfield);
	grid_add(&l->grid, _("ID"));
	grid_add(&l->grid, _("BRANCH"));
	grid_add(&l->grid, _("STATE"));
	for (size_t i = 0; i < l->nfield; i++)
		grid_add(&l->grid, l->c->zh ? l->field[i]->zh :
		    l->field[i]->key);
}

static void add_state(struct lister *l, const json_t *record)
{
	const char *key = json_text(record, "state");
	const struct label *s = type_state(l->type, key);

	grid_add(&l->grid, l->c->zh && s ? s->zh : key);
}

int lister_row(void *lister, const json_t *record)
{
	struct lister *l = lister;

	if (l->c->json) {
		out_json(record);
		return 0;
	}
	if (!l->type) {
		l->type = catalogue_type(l->c->catalogue,
		    json_text(record, "type"));
		if (!l->type)
			return 1;
		if (!l->nfield)
			choose(l);
		head(l);
	}
	grid_add(&l->grid, json_text(record, "id"));
	grid_add(&l->grid, json_text(record, "branch"));
	add_state(l, record);
	for (size_t i = 0; i < l->nfield; i++) {
		char *text = out_value(l->c, l->field[i],
		    json_object_get(record, l->field[i]->key));

		grid_add_cut(&l->grid, text, CELL_MAX);
		free(text);
	}
	return l->grid.failed;
}

enum err_code lister_print(struct lister *l, struct err *e)
{
	return l->grid.ncell || l->grid.failed ? grid_print(&l->grid, e) : OK;
}
