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

static enum err_code print_value(struct context *c, struct err *e)
{
	struct value v;
	enum err_code rc;
	json_t *j;

	rc = figure_value(c->node->store, c->argv[0], &v, e);
	if (rc)
		return rc;
	if (!c->json && v.kind == VALUE_REAL)
		printf("%.15g\n", v.r);
	else if (!c->json)
		printf("%lld\n", v.kind == VALUE_INT ? (long long)v.i : 0);
	j = v.kind == VALUE_REAL ? json_real(v.r) :
	    json_integer(v.kind == VALUE_INT ? v.i : 0);
	return out_result(c, json_pack("{s:s,s:o}", "query", c->argv[0],
	    "value", j), e);
}

enum err_code cmd_figure(struct context *c, struct err *e)
{
	if (option(c, "sql"))
		return print_sql(c, e);
	return option(c, "records") ? print_records(c, e) : print_value(c, e);
}
