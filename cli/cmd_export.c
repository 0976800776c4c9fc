#include "out.h"

static const struct { const char *name; enum export_format f; } formats[] = {
	{ "csv", EXPORT_CSV }, { "jsonl", EXPORT_JSONL },
};

enum err_code cmd_export(struct context *c, struct err *e)
{
	const char *name = option(c, "format");
	const struct type *t;
	struct buf out = BUF_INIT;
	enum err_code rc;
	size_t i = 0;

	if (!name)
		name = c->json ? "jsonl" : "csv";
	while (i < sizeof formats / sizeof *formats &&
	    strcmp(formats[i].name, name) != 0)
		i++;
	if (i == sizeof formats / sizeof *formats)
		return err_set(e, ERR_USAGE,
		    _("no such format: %s; there are csv and jsonl"), name);
	rc = type_read(c, 0, &t, e);
	if (!rc)
		rc = export_type(c->node->store, t, formats[i].f, &out, e);
	if (!rc && out.n)
		fwrite(out.p, 1, out.n, stdout);
	buf_release(&out);
	return rc;
}
