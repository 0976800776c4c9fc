/* figure QUERY: the number, the records behind it, or its SQL. */
#include "out.h"

static enum err_code print_sql(struct context *c, struct err *e)
{
	struct buf sql = BUF_INIT;
	enum err_code rc;

	rc = figure_sql(c->node->store, c->argv[0],
	    option(c, "records"), &sql, e);
	if (!rc && c->json)
		rc = out_result(c, json_pack("{s:s,s:s}", "query", c->argv[0],
		    "sql", (char *)sql.p), e);
	else if (!rc)
		puts((char *)sql.p);
	buf_release(&sql);
	return rc;
}

static enum err_code print_records(struct context *c, struct err *e)
{
	enum err_code rc;
	struct lister l;

	lister_init(&l, c);
	rc = figure_records(c->node->store, c->argv[0], lister_row, &l, e);
	if (!rc)
		rc = lister_print(&l, e);
	lister_release(&l);
	return rc;
}

static json_t *number_json(const struct value *v)
{
	return v->kind == VALUE_REAL ? json_real(v->r) :
	    json_integer(v->kind == VALUE_INT ? v->i : 0);
}

static void print_number(const struct value *v)
{
	if (v->kind == VALUE_REAL)
		printf("%.15g", v->r);
	else
		printf("%lld", v->kind == VALUE_INT ? (long long)v->i : 0);
}

/* Both halves are shown: 100 % of nothing is nothing. */
static enum err_code print_rate(struct context *c, const struct value *num,
    const struct value *den, struct err *e)
{
	double n = value_number(num), d = value_number(den);

	if (!c->json) {
		print_number(num);
		fputs(" / ", stdout);
		print_number(den);
		if (d != 0)
			printf(" = %.1f %%", 100 * n / d);
		putchar('\n');
	}
	return out_result(c, json_pack("{s:s,s:o,s:o,s:o}", "query",
	    c->argv[0], "num", number_json(num), "den", number_json(den),
	    "value", d != 0 ? json_real(n / d) : json_null()), e);
}

static enum err_code print_value(struct context *c, struct err *e)
{
	struct value num, den;
	enum err_code rc;

	rc = figure_rate(c->node->store, c->argv[0], &num, &den, e);
	if (rc)
		return rc;
	if (den.kind != VALUE_NULL)
		return print_rate(c, &num, &den, e);
	if (!c->json) {
		print_number(&num);
		putchar('\n');
	}
	return out_result(c, json_pack("{s:s,s:o}", "query", c->argv[0],
	    "value", number_json(&num)), e);
}

enum err_code cmd_figure(struct context *c, struct err *e)
{
	if (option(c, "sql"))
		return print_sql(c, e);
	return option(c, "records") ? print_records(c, e) : print_value(c, e);
}
