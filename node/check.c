/* Problems, and whole records against the catalogue. */
#include "check_impl.h"
#include "rules.h"

#include <stdarg.h>

#include "base/text.h"

static void problems_add(struct problems *p, enum err_code code,
    const char *warning, const char *field, char *text)
{
	struct problem *grown;
	size_t n = strlen(field);
	struct slice key;

	grown = realloc(p->p, (p->n + 1) * sizeof(*grown));
	if (code != OK)
		p->errors++;
	if (!grown) {
		/* counted above all the same: an error is never lost */
		free(text);
		return;
	}
	p->p = grown;
	key = slice_of(field, n);
	if (n >= sizeof(grown->field))
		n = utf8_cut(key, sizeof(grown->field) - 1);
	grown[p->n] = (struct problem){ .code = code, .warning = warning,
	    .line = p->line, .text = text };
	memcpy(grown[p->n].field, field, n);
	p->n++;
}

PRINTF(1, 0) static char *sentence(const char *fmt, va_list ap)
{
	char *text;

	return vasprintf(&text, fmt, ap) < 0 ? NULL : text;
}

void problems_error(struct problems *p, enum err_code code,
    const char *field, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	problems_add(p, code, NULL, field, sentence(fmt, ap));
	va_end(ap);
}

void problems_warn(struct problems *p, const char *warning,
    const char *field, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	problems_add(p, OK, warning, field, sentence(fmt, ap));
	va_end(ap);
}

void problems_release(struct problems *p)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		free(p->p[i].text);
	free(p->p);
	*p = (struct problems){ .line = p->line };
}

static const char *problem_text(const struct problem *p)
{
	return p->text ? p->text : err_text(p->code);
}

json_t *problems_json(const struct problems *p, bool warnings)
{
	json_t *list = json_array(), *one;
	size_t i;

	for (i = 0; list && i < p->n; i++) {
		const struct problem *q = &p->p[i];

		if ((q->code == OK) != warnings)
			continue;
		one = json_pack("{s:s}", "code",
		    warnings ? q->warning : err_name(q->code));
		if (q->line)
			json_object_set_new(one, "line",
			    json_integer(q->line));
		if (q->field[0])
			json_object_set_new(one, "field",
			    json_string(q->field));
		json_object_set_new(one, "text",
		    json_string(problem_text(q)));
		json_array_append_new(list, one);
	}
	return list;
}

enum err_code problems_err(const struct problems *p, struct err *e)
{
	size_t i;

	if (!p->errors)
		return OK;
	for (i = 0; i < p->n && p->p[i].code == OK; i++)
		;
	if (i == p->n)
		return err_memory(e);
	err_set(e, p->p[i].code, "%s", problem_text(&p->p[i]));
	if (p->p[i].line)
		err_in(e, _("line %lld"), (long long)p->p[i].line);
	if (p->errors > 1)
		err_hint(e, _("%zu more values are wrong; all of them are "
			      "listed with --json"), p->errors - 1);
	return e->code;
}

static bool condition_holds(const struct rule_context *x,
    const struct condition *when)
{
	bool found = false;
	size_t i;

	for (i = 0; i < when->nvalue && !found; i++)
		found = rule_is(x, when->key, slice_str(when->value[i]));
	return found != when->negated;
}

static bool is_required(const struct rule_context *x, const struct field *f)
{
	size_t i;

	switch (f->required) {
	case REQ_YES:
		return true;
	case REQ_SUBMIT:
		return strcmp(x->state, x->t->state[0].key) != 0;
	case REQ_WHEN:
		for (i = 0; i < f->nwhen; i++)
			if (!condition_holds(x, &f->when[i]))
				return false;
		return f->nwhen > 0;
	default:
		return false;
	}
}

/* What could not be read is not called missing besides. The problems of one
 * line stand together at the end. */
static bool is_told(const struct problems *p, const char *field)
{
	size_t i;

	for (i = p->n; i > 0 && p->p[i - 1].line == p->line; i--)
		if (p->p[i - 1].code != OK &&
		    !strcmp(p->p[i - 1].field, field))
			return true;
	return false;
}

static void check_required(struct rule_context *x, const struct field *f,
    size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (x->cell[f[i].column_index].kind != VALUE_NULL ||
		    !is_required(x, &f[i]) || is_told(x->p, f[i].key))
			continue;
		problems_error(x->p, rule_missing(x->t, &f[i]), f[i].key,
		    f[i].required == REQ_YES ?
		    _("%s (%s) is required") :
		    _("%s (%s) is required here"), f[i].zh, f[i].key);
	}
}

enum err_code check_record(struct rule_context *x, struct err *e)
{
	check_required(x, x->c->common, x->c->ncommon);
	check_required(x, x->t->field, x->t->nfield);
	return rules_run(x, x->s ? RULES_ALL : RULES_OWN, e);
}

enum err_code check_others(struct rule_context *x, struct err *e)
{
	return rules_run(x, RULES_OTHERS, e);
}
