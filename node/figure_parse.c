/* Reading the measure grammar: one pass from left to right, no recursion. */
#include "figure_parse.h"

#include "base/text.h"

/* A backslash before one of these takes away its meaning inside a value. */
#define VALUE_END ";|]"
#define KEY_END ".=!<>~;|[]#()@ \t"
/* The sign before the name of a field to compare with. */
#define FIELD_SIGN '$'

static const struct {
	const char *text;
	enum filter_op op;
} operators[] = {		/* the longer ones first */
	{ "!=", FILTER_NE }, { ">=", FILTER_GE }, { "<=", FILTER_LE },
	{ "=", FILTER_EQ }, { ">", FILTER_GT }, { "<", FILTER_LT },
	{ "~", FILTER_HAS },
};

static const struct {
	const char *name;
	enum figure_agg agg;
} aggregates[] = {
	{ "count", FIGURE_COUNT }, { "sum", FIGURE_SUM },
	{ "distinct", FIGURE_DISTINCT }, { "lines", FIGURE_LINES },
};

struct reader {
	struct figure_query *q;
	char *p;		/* where reading stands in q->text */
	struct err *e;
};

static size_t place(const struct reader *r)
{
	return (size_t)(r->p - r->q->text);
}

enum err_code figure_at(const struct figure_query *q, size_t at, struct err *e)
{
	size_t n = utf8_count(slice_of(q->query, at)) + 1;

	return err_in(e, _("figure, character %zu"), n);
}

/* Every mistake says where, and shows one good query to compare with. */
static enum err_code bad(struct reader *r, const char *what)
{
	err_set(r->e, ERR_USAGE, "%s", what);
	figure_at(r->q, place(r), r->e);
	return err_hint(r->e, _("write it like "
	    "award[branch=GQ;kind=star;period=2022Q1]#count"));
}

static void skip_space(struct reader *r)
{
	while (*r->p == ' ' || *r->p == '\t')
		r->p++;
}

static bool accept(struct reader *r, char c)
{
	skip_space(r);
	if (*r->p != c)
		return false;
	r->p++;
	return true;
}

/* Anything but the grammar's own signs: labels are Chinese. */
static enum err_code read_key(struct reader *r, struct slice *out)
{
	skip_space(r);
	size_t n = strcspn(r->p, KEY_END);

	if (n == 0)
		return bad(r, _("a name is missing here"));
	*out = slice_of(r->p, n);
	r->p += n;
	return OK;
}

static enum err_code read_path(struct reader *r, struct figure_path *out)
{
	enum err_code rc;

	skip_space(r);
	out->at = place(r);
	out->n = 0;
	do {
		if (out->n == FIGURE_DEPTH)
			return bad(r, _("the path is too long: follow at most "
			    "three references"));
		rc = read_key(r, &out->key[out->n]);
		if (rc != OK)
			return rc;
		out->n++;
	} while (accept(r, '.'));
	return OK;
}

/* An operator may be followed by a value that begins with a sign of its own,
 * as in name==x: only what is in the table is taken. */
static enum err_code read_operator(struct reader *r, enum filter_op *out)
{
	skip_space(r);
	for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
		size_t n = strlen(operators[i].text);

		if (strncmp(r->p, operators[i].text, n) != 0)
			continue;
		*out = operators[i].op;
		r->p += n;
		return OK;
	}
	return bad(r, _("one of = != >= <= > < ~ is missing here"));
}

/* The value is unescaped where it stands: it only gets shorter. */
static enum err_code read_value(struct reader *r)
{
	struct figure_query *q = r->q;
	char *start, *to;
	size_t keep = 0;	/* escaped spaces at the end stay */

	if (q->nvalue == FIGURE_VALUES)
		return bad(r, _("too many values in one figure"));
	skip_space(r);
	q->value_at[q->nvalue] = place(r);
	for (start = to = r->p; *r->p && !strchr(VALUE_END, *r->p); r->p++) {
		bool escaped = *r->p == '\\' && r->p[1] != '\0';

		if (escaped)
			r->p++;
		*to++ = *r->p;
		if (escaped)
			keep = (size_t)(to - start);
	}
	while ((size_t)(to - start) > keep && to[-1] == ' ')
		to--;
	q->value[q->nvalue++] = slice_of(start, (size_t)(to - start));
	return OK;
}

/* a=$b: only one field fits there, no alternatives. */
static enum err_code read_other(struct reader *r, struct figure_filter *f)
{
	r->p++;
	f->field = true;
	return read_path(r, &f->other);
}

static enum err_code read_filter(struct reader *r)
{
	struct figure_query *q = r->q;
	struct figure_filter *f;
	enum err_code rc;

	if (q->nfilter == FIGURE_FILTERS)
		return bad(r, _("too many filters in one figure"));
	f = &q->filter[q->nfilter];
	rc = read_path(r, &f->path);
	if (rc == OK)
		rc = read_operator(r, &f->op);
	if (rc != OK)
		return rc;
	q->nfilter++;
	skip_space(r);
	if (*r->p == FIELD_SIGN)
		return read_other(r, f);
	f->first = q->nvalue;
	do {
		rc = read_value(r);
		if (rc != OK)
			return rc;
	} while (accept(r, '|'));
	f->n = q->nvalue - f->first;
	return OK;
}

/* None at all, "[]", or some. */
static enum err_code read_filters(struct reader *r)
{
	if (!accept(r, '[') || accept(r, ']'))
		return OK;
	do {
		enum err_code rc = read_filter(r);

		if (rc != OK)
			return rc;
	} while (accept(r, ';'));
	if (!accept(r, ']'))
		return bad(r, _("the ] after the filters is missing"));
	return OK;
}

/* "@2021-06-30": the day is checked where it is used. */
static void read_as_of(struct reader *r)
{
	size_t n;

	if (!accept(r, '@'))
		return;
	skip_space(r);
	n = strcspn(r->p, "# \t");
	r->q->as_of = slice_of(r->p, n);
	r->q->as_of_at = place(r);
	r->p += n;
}

static enum err_code read_aggregate(struct reader *r)
{
	struct slice name;
	enum err_code rc;
	size_t i, n = sizeof aggregates / sizeof *aggregates;

	if (!accept(r, '#'))
		return bad(r, _("#count, #sum(f), #distinct(f) or #lines(f) "
		    "is missing here"));
	skip_space(r);
	name = slice_of(r->p, strcspn(r->p, KEY_END "/"));
	r->p += name.n;
	for (i = 0; i < n && !slice_eqs(name, aggregates[i].name); i++)
		;
	if (i == n) {
		r->p -= name.n;
		return bad(r, _("only count, sum(f), distinct(f) and lines(f) "
		    "are known"));
	}
	r->q->agg = aggregates[i].agg;
	if (r->q->agg == FIGURE_COUNT)
		return OK;
	if (!accept(r, '('))
		return bad(r, _("a field in ( ) is missing here"));
	rc = read_path(r, &r->q->arg);
	if (rc == OK && !accept(r, ')'))
		return bad(r, _("the ) after the field is missing"));
	return rc;
}

static enum err_code read_query(struct reader *r)
{
	enum err_code rc;

	rc = read_key(r, &r->q->type);
	if (rc == OK)
		rc = read_filters(r);
	if (rc != OK)
		return rc;
	read_as_of(r);
	rc = read_aggregate(r);
	if (rc != OK)
		return rc;
	if (accept(r, '/')) {
		r->q->over = place(r);
		return OK;
	}
	if (*r->p != '\0')
		return bad(r, _("something is left over here"));
	return OK;
}

/* Two copies: values are unescaped in one, and offsets for messages are those
 * of the other. */
enum err_code figure_parse(const char *query, size_t from,
    struct figure_query **out, struct err *e)
{
	size_t n = strnlen(query, FIGURE_BYTES + 1);
	struct figure_query *q;
	enum err_code rc;

	*out = NULL;
	if (n > FIGURE_BYTES)
		return err_set(e, ERR_TOO_BIG,
		    _("a figure has at most %d bytes"), FIGURE_BYTES);
	if (!utf8_valid(slice_of(query, n)))
		return err_set(e, ERR_ENCODING, _("the figure is not UTF-8"));
	q = calloc(1, sizeof *q);
	if (q == NULL)
		return err_memory(e);
	q->query = slice_dup(slice_of(query, n));
	q->text = slice_dup(slice_of(query, n));
	if (q->query == NULL || q->text == NULL) {
		figure_query_free(q);
		return err_memory(e);
	}
	rc = read_query(&(struct reader){ .q = q, .p = q->text + from,
	    .e = e });
	if (rc != OK) {
		figure_query_free(q);
		return rc;
	}
	*out = q;
	return OK;
}

void figure_query_free(struct figure_query *q)
{
	if (q == NULL)
		return;
	free(q->query);
	free(q->text);
	free(q);
}
