/* import FILE.jsonl | import TYPE FILE.csv|FILE.xlsx */
#include "base/file.h"
#include "out.h"
#include "xlsx_read.h"

#define FILE_MAX_BYTES (1u << 30)

static void progress(void *arg, size_t done, size_t all)
{
	(void)arg;
	out_progress(_("%zu of %zu lines"), done, all);
}

static enum err_code take(struct context *c, const struct type *t,
    struct slice text, struct import_result *r, struct err *e)
{
	struct import_options o = { .branch = option(c, "branch"),
		.by = c->as, .dry_run = option(c, "dry-run"),
		.progress = progress };
	enum err_code rc;

	if (!t && xlsx_is(text)) {
		err_set(e, ERR_USAGE, _("a spreadsheet does not say what its "
		    "records are"));
		return err_hint(e, _("name their type: wellhead import TYPE "
		    "FILE.xlsx"));
	}
	if (t)
		rc = import_sheet(c->node->store, t, text, &o, r,
		    &c->problems, e);
	else
		rc = import_jsonl(c->node->store, text, &o, r, &c->problems,
		    e);
	out_progress_end();
	return rc;
}

static enum err_code print(struct context *c, const struct import_result *r,
    struct err *e)
{
	return out_facts(c, (struct fact[]){
		{ "lines", N_("lines read"), NULL, (int64_t)r->lines },
		{ "added", N_("records added"), NULL, (int64_t)r->added },
		{ "transitions", N_("steps added"), NULL,
		  (int64_t)r->transitions },
		{ "already", N_("here already"), NULL, (int64_t)r->already },
		{ "skipped", N_("of other branches"), NULL,
		  (int64_t)r->skipped },
		{ "waiting", N_("references yet to come"), NULL,
		  (int64_t)r->waiting },
	    }, 6, e);
}

enum err_code cmd_import(struct context *c, struct err *e)
{
	struct import_result r = {0};
	const struct type *t = NULL;
	struct buf text = BUF_INIT;
	enum err_code rc = OK;

	if (c->argc == 2)
		rc = type_read(c, 0, &t, e);
	if (!rc)
		rc = file_read(c->argv[c->argc - 1], FILE_MAX_BYTES, &text, e);
	if (!rc)
		rc = take(c, t, slice_buf(&text), &r, e);
	if (!rc)
		rc = print(c, &r, e);
	if (!rc && option(c, "dry-run") && !c->json)
		out_hint(_("nothing was kept; the same without --dry-run "
		    "keeps it"));
	buf_release(&text);
	return rc;
}
