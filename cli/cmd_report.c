/* report [ID]: the list of reports, or one of them. */
#include "audit.h"
#include "base/file.h"
#include "base/json.h"
#include "out.h"
#include "report_print.h"

static const struct {
	const char *name;
	enum err_code (*print)(const struct context *c,
	    const struct report *r, struct buf *out, struct err *e);
} formats[] = {
	{ "text", NULL },
	{ "csv", print_report_csv },
	{ "xlsx", print_report_xlsx },
	{ "html", print_report_html },
	{ "json", print_report_json },
};
#define NFORMATS (sizeof formats / sizeof *formats)

static enum err_code print_list(struct context *c, struct err *e)
{
	json_t *all = NULL, *def;
	enum err_code rc = report_definitions(&all, e);
	struct grid g;
	size_t i;

	grid_init(&g, 3);
	json_array_foreach(all, i, def) {
		const char *cycle = json_text(def, "cycle");

		if (c->json) {
			json_object_del(def, "sections");
			out_json(def);
			continue;
		}
		grid_add(&g, json_text(def, "id"));
		grid_add(&g, json_text(def, c->zh ? "zh" : "en"));
		grid_add(&g, *cycle ? cycle : _("as of a day"));
	}
	if (!rc && g.ncell)
		rc = grid_print(&g, e);
	grid_release(&g);
	json_decref(all);
	return rc;
}

static enum err_code print_records(struct context *c, const struct report *r,
    struct err *e)
{
	const struct report_cell *cell = report_cell(r, option(c, "records"),
	    e);
	enum err_code rc;
	struct lister l;

	if (!cell)
		return e->code;
	lister_init(&l, c);
	rc = figure_records(c->node->store, cell->query, lister_row, &l, e);
	if (!rc)
		rc = lister_print(&l, e);
	lister_release(&l);
	return rc;
}

static enum err_code find_format(const struct context *c, size_t *out,
    struct err *e)
{
	const char *name = option(c, "format");

	if (!name)
		name = c->json ? "json" : "text";
	for (*out = 0; *out < NFORMATS; ++*out)
		if (!strcmp(formats[*out].name, name))
			break;
	if (*out == NFORMATS)
		return err_set(e, ERR_USAGE, _("no such format: %s; there are "
		    "text, csv, xlsx, html and json"), name);
	if (!formats[*out].print && option(c, "o"))
		return err_set(e, ERR_USAGE, _("text goes to standard output; "
		    "-o FILE wants another --format"));
	return OK;
}

static enum err_code print_format(struct context *c, const struct report *r,
    size_t format, struct err *e)
{
	struct buf out = BUF_INIT;
	enum err_code rc;

	if (!formats[format].print)
		return print_report_text(c, r, e);
	rc = formats[format].print(c, r, &out, e);
	if (!rc && option(c, "o"))
		rc = file_write(option(c, "o"), slice_buf(&out), 0644, false,
		    e);
	else if (!rc)
		fwrite(out.p, 1, out.n, stdout);
	buf_release(&out);
	return rc;
}

static enum err_code add_audit(struct context *c, struct report *r,
    struct err *e)
{
	struct audit_options o = { .sample = AUDIT_SAMPLE };
	enum err_code rc = option_number(c, "sample", AUDIT_SAMPLE_MAX,
	    &o.sample, e);

	if (!rc)
		rc = option_number(c, "seed", INT64_MAX, &o.seed, e);
	if (!rc)
		rc = node_repo(c->node, e);
	return rc ? rc : audit_report(c->node, &o, r, e);
}

enum err_code cmd_report(struct context *c, struct err *e)
{
	struct report_options o = { .period = option(c, "period"),
		.as_of = option(c, "as-of"), .branch = option(c, "branch"),
		.maker = c->as };
	struct report *r = NULL;
	size_t format;
	enum err_code rc;

	if (!c->argc)
		return print_list(c, e);
	rc = find_format(c, &format, e);
	if (!rc)
		rc = report_make(c->node->store, c->argv[0], &o, &r, e);
	if (!rc && r->audit)
		rc = add_audit(c, r, e);
	if (!rc && option(c, "records"))
		rc = print_records(c, r, e);
	else if (!rc)
		rc = print_format(c, r, format, e);
	report_free(r);
	return rc;
}
