/* Running the rules, and what all of them use: conditions, values, memo. */
#include "rules.h"

#include "base/date.h"
#include "base/text.h"

enum err_code rule_missing(const struct type *t, const struct field *f)
{
	static const struct {
		const char *type, *field;
		enum err_code code;
	} finer[] = {
		{ "proposal", "decision", ERR_REASON },
		{ "proposal", "seconders", ERR_SECONDERS },
		{ "practical_item", "published_in", ERR_REF_STATE },
		{ "issue", "owner", ERR_FIVE },
		{ "issue", "measures", ERR_FIVE },
		{ "issue", "fund", ERR_FIVE },
		{ "issue", "due_on", ERR_FIVE },
		{ "issue", "plan", ERR_FIVE },
	};
	size_t i;

	for (i = 0; i < sizeof(finer) / sizeof(finer[0]); i++)
		if (!strcmp(finer[i].type, t->key) &&
		    !strcmp(finer[i].field, f->key))
			return finer[i].code;
	return ERR_REQUIRED;
}

/* Up to the first of the two characters, which is passed over. */
static struct slice cut(const char **text, char a, char b)
{
	const char *p = *text;
	size_t n = 0;

	while (p[n] && p[n] != a && p[n] != b)
		n++;
	*text = p + n + (p[n] != '\0');
	return slice_of(p, n);
}

bool rule_part_next(const char **text, struct rule_part *out)
{
	if (!*text || !**text)
		return false;
	out->key = cut(text, '=', '=');
	out->negated = out->key.n && out->key.p[out->key.n - 1] == '!';
	out->key.n -= out->negated;
	out->values = cut(text, ';', ';');
	return true;
}

bool rule_value_next(struct slice *values, struct slice *out, bool *first)
{
	size_t n = 0;

	if (!*first && !values->n)
		return false;
	*first = false;
	while (n < values->n && values->p[n] != '|')
		n++;
	*out = slice_of(values->p, n);
	n += n < values->n;
	*values = slice_of(values->p + n, values->n - n);
	return true;
}

const struct field *rule_field(const struct rule_context *x, const char *key)
{
	size_t i;

	for (i = 0; i < x->t->nfield; i++)
		if (!strcmp(x->t->field[i].key, key))
			return &x->t->field[i];
	for (i = 0; i < x->c->ncommon; i++)
		if (!strcmp(x->c->common[i].key, key))
			return &x->c->common[i];
	return NULL;
}

struct value rule_value(const struct rule_context *x, const char *key)
{
	const struct field *f;

	if (!strcmp(key, "state"))
		return value_str(x->state);
	f = rule_field(x, key);
	return f ? x->cell[f->column_index] : VALUE_NONE;
}

/* Numbers and yes or no as the catalogue writes them. */
static bool reads(const struct value *v, struct slice text)
{
	char number[32];

	switch (v->kind) {
	case VALUE_TEXT:
		return slice_eq(v->s, text);
	case VALUE_INT:
		snprintf(number, sizeof(number), "%lld", (long long)v->i);
		return slice_eqs(text, number) ||
		    (v->i == 1 && slice_eqs(text, "true")) ||
		    (v->i == 0 && slice_eqs(text, "false"));
	case VALUE_NULL:
		return text.n == 0;
	default:
		return false;
	}
}

bool rule_is(const struct rule_context *x, const char *key,
    struct slice text)
{
	struct value v = rule_value(x, key);

	return reads(&v, text);
}

/* How a part's key gets its value: of the record at hand, or of another. */
typedef struct value (*value_fn)(void *arg, const char *key);

static bool condition(const char *text, value_fn get, void *arg)
{
	struct rule_part part;
	struct slice one;
	struct value v;
	char key[64];
	bool found, first;

	while (rule_part_next(&text, &part)) {
		snprintf(key, sizeof(key), "%.*s", (int)part.key.n,
		    (const char *)part.key.p);
		v = get(arg, key);
		found = false;
		first = true;
		while (!found && rule_value_next(&part.values, &one, &first))
			found = reads(&v, one);
		if (found == part.negated)
			return false;
	}
	return true;
}

static struct value own_value(void *arg, const char *key)
{
	return rule_value(arg, key);
}

bool rule_when(const struct rule_context *x, const char *text)
{
	struct rule_context own = *x;

	return condition(text, own_value, &own);
}

struct other_value {
	struct rule_context *x;
	struct rule_other o;
	struct buf text;
};

static struct value read_other(void *arg, const char *key)
{
	struct other_value *v = arg;

	return rule_read(v->x, v->o, key, &v->text);
}

bool rule_meets(struct rule_context *x, struct rule_other o,
    const char *text)
{
	struct other_value v = { .x = x, .o = o };
	bool yes = condition("void=", read_other, &v) &&
	    condition(text, read_other, &v);

	buf_release(&v.text);
	return yes;
}

void rule_sql(struct buf *sql, const char *text)
{
	struct rule_part part;
	struct slice one;
	bool first, null;

	while (rule_part_next(&text, &part)) {
		null = !part.values.n;
		buf_adds(sql, part.negated && !null ? " AND coalesce(\"" :
		    " AND \"");
		buf_addb(sql, part.key);
		if (null) {
			buf_adds(sql, part.negated ? "\" IS NOT NULL" :
			    "\" IS NULL");
			continue;
		}
		buf_adds(sql, part.negated ? "\", '') NOT IN (" : "\" IN (");
		for (first = true; rule_value_next(&part.values, &one,
		    &first); ) {
			sql_text(sql, one);
			buf_adds(sql, part.values.n ? ", " : ")");
		}
	}
}

json_t *rule_list(const struct rule_context *x, const char *key)
{
	struct value v = rule_value(x, key);

	if (v.kind != VALUE_TEXT)
		return NULL;
	return json_loadb((const char *)v.s.p, v.s.n, 0, NULL);
}

bool rule_number(const json_t *v, double *out)
{
	char *end;

	if (json_is_number(v)) {
		*out = json_number_value(v);
		return true;
	}
	if (!json_is_string(v) || !json_string_length(v))
		return false;
	*out = strtod(json_string_value(v), &end);
	/* "30元" will do; words, infinities and what is no number will not */
	return end != json_string_value(v) && *out > -1e15 && *out < 1e15;
}

void rule_yuan(struct rule_context *x, int64_t fen)
{
	buf_printf(&x->detail, "%lld.%02d 元", (long long)(fen / 100),
	    (int)(fen % 100));
}

void rule_detail_id(struct rule_context *x, stamp_t id)
{
	char text[STAMP_DIGITS + 1];

	base32_stamp(text, (uint64_t)id);
	buf_adds(&x->detail, text);
}

static void memo_clear(struct rule_memo *m)
{
	map_free(m->household);
	map_free(m->programme);
	json_decref(m->limits);
	calendar_free(m->calendar);
}

struct calendar *rule_calendar(struct rule_context *x)
{
	if (!x->memo->calendar && x->rc == OK)
		x->rc = calendar_load(&x->memo->calendar, x->s, x->e);
	return x->memo->calendar;
}

struct rule_memo *rule_memo_new(void)
{
	return calloc(1, sizeof(struct rule_memo));
}

void rule_memo_free(struct rule_memo *m)
{
	if (m)
		memo_clear(m);
	free(m);
}

/* "end_on (止): it lies before … (start_on)": where, what, what to do. */
static void tell(struct rule_context *x, const struct rule *r)
{
	const struct field *f = r->field ? rule_field(x, r->field) : NULL;
	const char *more = x->detail.n ? (const char *)x->detail.p : "";
	struct buf b = BUF_INIT;

	if (f)
		buf_printf(&b, "%s (%s): ", f->zh, f->key);
	buf_adds(&b, _(r->text));
	if (x->detail.n)
		buf_printf(&b, " (%s)", more);
	if (r->code != OK)
		problems_error(x->p, r->code, r->field ? r->field : "",
		    "%s", b.p ? (const char *)b.p : "");
	else
		problems_warn(x->p, r->warning, r->field ? r->field : "",
		    "%s", b.p ? (const char *)b.p : "");
	buf_release(&b);
}

static bool applies(const struct rule_context *x, const struct rule *r,
    enum rules_which which)
{
	if (which != RULES_ALL && r->others != (which == RULES_OTHERS))
		return false;
	if (r->type && strcmp(r->type, x->t->key) != 0)
		return false;
	return !r->when || rule_when(x, r->when);
}

enum err_code rules_run(struct rule_context *x, enum rules_which which,
    struct err *e)
{
	struct rule_memo *own = NULL;
	size_t i;

	x->e = e;
	x->rc = OK;
	if (!x->memo)
		x->memo = own = rule_memo_new();
	if (!x->memo)
		return err_memory(e);
	for (i = 0; i < nrules && x->rc == OK; i++) {
		if (!applies(x, &rules[i], which))
			continue;
		buf_clear(&x->detail);
		if (!rules[i].holds(x, &rules[i]) && x->rc == OK)
			tell(x, &rules[i]);
	}
	buf_release(&x->detail);
	if (own)
		x->memo = NULL;
	rule_memo_free(own);
	return x->rc;
}
