/* Arguments that several commands share: types, fields, chains. */
#include "base/file.h"
#include "base/text.h"
#include "out.h"

#define VALUE_MAX (1u << 20)	/* bytes of a FIELD=@FILE */

enum err_code type_read(struct context *c, int i, const struct type **out,
    struct err *e)
{
	const struct catalogue *k = c->catalogue;
	const char *name[256], *near;
	size_t n = 0;

	*out = catalogue_type(k, c->argv[i]);
	if (*out)
		return OK;
	for (; n < k->ntype && n < sizeof name / sizeof *name; n++)
		name[n] = k->type[n].key;
	near = nearest(c->argv[i], name, n);
	err_set(e, ERR_NOT_FOUND, _("no such record type: %s"), c->argv[i]);
	if (near)
		return err_hint(e, _("did you mean “%s”?"), near);
	return err_hint(e, _("“wellhead types” lists them"));
}

enum err_code chain_read(const char *text, char out[CHAIN_NAME],
    struct err *e)
{
	int n = snprintf(out, CHAIN_NAME, "%s%s",
	    strchr(text, '/') ? "" : "node/", text);

	if (n < 0 || n >= CHAIN_NAME) {
		err_set(e, ERR_USAGE, _("not the name of a chain: %s"), text);
		return err_hint(e, _("a chain is named like node/TC or hq/all"));
	}
	return OK;
}

/* The text of VALUE, which may be @FILE. */
static enum err_code text_of(const char *value, struct buf *out,
    struct err *e)
{
	enum err_code rc;

	if (value[0] != '@' || value[1] == '@') {
		buf_adds(out, value + (value[0] == '@'));
		return buf_ok(out, e);
	}
	rc = file_read(value + 1, VALUE_MAX, out, e);
	if (rc)
		return err_in(e, _("reading the value"));
	/* An editor's last newline is not part of the value. */
	if (out->n && out->p[out->n - 1] == '\n')
		out->p[--out->n] = 0;
	return OK;
}

/* Lists are JSON where they look like it; all else is text, which the field's
 * own type reads. NULL when it is neither, with a problem noted. */
static json_t *value_json(struct context *c, const struct field *f,
    const char *key, const struct buf *text)
{
	bool list = f && (f->kind == COL_JSON || f->kind == COL_REFS);
	const char *p = text->p ? (const char *)text->p : "";
	char first = p[strspn(p, " \t\n")];
	json_error_t why;
	json_t *j;

	if (!list || (first != '[' && first != '{')) {
		j = json_stringn(p, text->n);
		if (!j)
			problems_error(&c->problems, ERR_ENCODING, key,
			    _("the text is not UTF-8"));
		return j;
	}
	j = json_loadb(p, text->n, JSON_REJECT_DUPLICATES, &why);
	if (!j)
		problems_error(&c->problems, ERR_TYPE, key,
		    _("not JSON, line %d column %d: %s"), why.line, why.column,
		    why.text);
	return j;
}

static enum err_code add_field(struct context *c, const struct type *t,
    const char *arg, json_t *o, struct err *e)
{
	size_t n = strcspn(arg, "=");
	struct buf text = BUF_INIT;
	enum err_code rc = OK;
	const struct field *f;
	char *key = NULL;
	json_t *j;

	if (!n || !arg[n]) {
		err_set(e, ERR_USAGE, _("not FIELD=VALUE: %s"), arg);
		return err_hint(e, _("“wellhead types %s” lists the fields"),
		    t->key);
	}
	key = slice_dup(slice_of(arg, n));
	if (!key) {
		rc = err_memory(e);
		goto done;
	}
	f = type_field(c->catalogue, t, key);
	rc = text_of(arg + n + 1, &text, e);
	if (rc) {
		err_in(e, "%s", key);
		goto done;
	}
	j = value_json(c, f, key, &text);
	/* A Chinese label and its key are one field. */
	if (json_object_get(o, f ? f->key : key)) {
		problems_error(&c->problems, ERR_COLUMN, key,
		    _("the field is given twice"));
		json_decref(j);
	} else if (j && json_object_set_new(o, f ? f->key : key, j)) {
		problems_error(&c->problems, ERR_ENCODING, "",
		    _("a field's name is not UTF-8"));
	}
done:
	free(key);
	buf_release(&text);
	return rc;
}

enum err_code fields_read(struct context *c, int first,
    const struct type *t, json_t **out, struct err *e)
{
	enum err_code rc = OK;
	json_t *o = json_object();

	*out = NULL;
	if (!o)
		return err_memory(e);
	for (int i = first; i < c->argc && !rc; i++)
		rc = add_field(c, t, c->argv[i], o, e);
	if (!rc && c->problems.errors)
		rc = problems_err(&c->problems, e);
	if (rc)
		json_decref(o);
	else
		*out = o;
	return rc;
}
