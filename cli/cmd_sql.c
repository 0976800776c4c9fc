/* sql QUERY: columns separated by tabs, a heading first; JSON objects. */
#include "base/text.h"
#include "out.h"

struct printer {
	bool json, headed;
};

static void add_cell(struct buf *b, const struct value *v)
{
	switch (v->kind) {
	case VALUE_NULL:
		break;
	case VALUE_INT:
		buf_printf(b, "%lld", (long long)v->i);
		break;
	case VALUE_REAL:
		buf_printf(b, "%.15g", v->r);
		break;
	case VALUE_TEXT:
		out_safe(b, v->s);
		break;
	case VALUE_BYTES:
		hex_add(b, v->s);
	}
}

static json_t *json_cell(const struct value *v)
{
	struct buf b = BUF_INIT;
	json_t *j = NULL;

	if (v->kind == VALUE_NULL)
		return json_null();
	if (v->kind == VALUE_INT)
		return json_integer(v->i);
	if (v->kind == VALUE_REAL)
		j = json_real(v->r);
	if (v->kind == VALUE_TEXT)
		j = json_stringn((const char *)v->s.p, v->s.n);
	if (j)
		return j;
	/* Bytes as hex; text that is not UTF-8 escaped; no infinite numbers */
	add_cell(&b, v);
	j = json_string(b.p ? (char *)b.p : "");
	buf_release(&b);
	return j;
}

static int print_json(size_t n, const char *const *name,
    const struct value *value)
{
	json_t *o = json_object();
	int failed = 0;

	for (size_t i = 0; i < n; i++)
		failed |= json_object_set_new(o, name[i],
		    json_cell(&value[i]));
	if (o)
		out_json(o);
	json_decref(o);
	return failed;
}

static int print_row(void *arg, size_t n, const char *const *name,
    const struct value *value)
{
	struct printer *p = arg;
	struct buf b = BUF_INIT;
	bool failed;

	if (p->json)
		return print_json(n, name, value);
	for (size_t i = 0; i < n && !p->headed; i++) {
		out_safe(&b, slice_str(name[i]));
		buf_addc(&b, i + 1 < n ? '\t' : '\n');
	}
	p->headed = true;
	for (size_t i = 0; i < n; i++) {
		add_cell(&b, &value[i]);
		buf_addc(&b, i + 1 < n ? '\t' : '\n');
	}
	failed = b.failed;
	if (!failed)
		fwrite(b.p, 1, b.n, stdout);
	buf_release(&b);
	return failed;
}

enum err_code cmd_sql(struct context *c, struct err *e)
{
	struct printer p = { .json = c->json };

	return store_sql(c->node->store, c->argv[0], print_row, &p, e);
}
