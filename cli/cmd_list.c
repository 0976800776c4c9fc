/* list TYPE [FIELD OP VALUE...] */
#include "out.h"

#define FILTERS_MAX 64

static const struct { const char *text; enum filter_op op; } ops[] = {
	{ ">=", FILTER_GE }, { "<=", FILTER_LE }, { "!=", FILTER_NE },
	{ "=", FILTER_EQ }, { ">", FILTER_GT }, { "<", FILTER_LT },
	{ "~", FILTER_HAS },
};

/* Filters' keys are copies; their values stand in argv. */
static void filters_release(struct filter *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free((char *)f[i].key);
}

static enum err_code filter_read(const char *arg, struct filter *f,
    struct err *e)
{
	size_t n = strcspn(arg, "=<>!~");

	for (size_t i = 0; n && i < sizeof ops / sizeof *ops; i++) {
		size_t len = strlen(ops[i].text);

		if (strncmp(arg + n, ops[i].text, len) != 0)
			continue;
		f->op = ops[i].op;
		f->value = arg + n + len;
		f->key = slice_dup(slice_of(arg, n));
		return f->key ? OK : err_memory(e);
	}
	err_set(e, ERR_USAGE, _("not a filter: %s"), arg);
	return err_hint(e, _("write FIELD=VALUE; also != >= <= > < and ~ "
	    "(contains); quote what has < or >"));
}

static enum err_code print(struct context *c, const struct type *t,
    const struct filter *f, size_t nf, size_t limit, struct err *e)
{
	const char *fields = option(c, "fields");
	struct lister l;
	enum err_code rc = OK;

	lister_init(&l, c);
	if (fields)
		rc = lister_fields(&l, t, fields, e);
	if (!rc)
		rc = record_list(c->node->store, t, f, nf, limit, lister_row,
		    &l, e);
	if (!rc)
		rc = lister_print(&l, e);
	lister_release(&l);
	return rc;
}

enum err_code cmd_list(struct context *c, struct err *e)
{
	struct filter f[FILTERS_MAX] = {0};
	const struct type *t;
	int64_t limit = 0;
	size_t nf = 0;
	enum err_code rc;

	rc = type_read(c, 0, &t, e);
	if (!rc)
		rc = option_number(c, "limit", INT32_MAX, &limit, e);
	for (int i = 1; i < c->argc && !rc; i++) {
		if (nf == FILTERS_MAX)
			rc = err_set(e, ERR_USAGE, _("at most %d filters"),
			    FILTERS_MAX);
		else
			rc = filter_read(c->argv[i], &f[nf++], e);
	}
	if (!rc)
		rc = print(c, t, f, nf, (size_t)limit, e);
	filters_release(f, nf);
	return rc;
}
