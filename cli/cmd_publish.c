/* publish ID|REPORT: the printable sheet of a record, or of a period. */
#include "base/date.h"
#include "base/file.h"
#include "out.h"
#include "report.h"
#include "sheet.h"

/* What may stand on paper in this state; else as a draft, and never what was
 * taken back. */
static enum err_code check_state(const struct sheet_job *j,
    const struct record *r, struct err *e)
{
	const struct label *l = type_state(r->type, r->state);

	if (r->voided) {
		err_set(e, ERR_VOID, _("%s is void and is not printed"),
		    j->c->argv[0]);
		return e->code;
	}
	if (sheet_has(j->sheet->states, r->state) ||
	    (j->draft && strcmp(r->state, "withdrawn") != 0))
		return OK;
	err_set(e, ERR_STATE, _("%s is %s (%s) and may not be printed yet"),
	    j->c->argv[0], l ? l->zh : r->state, r->state);
	return err_hint(e, _("it is printed in the states %s; take it there "
	    "with `wellhead do`, or print a draft with --draft"),
	    j->sheet->states);
}

static enum err_code of_record(struct sheet_job *j, struct err *e)
{
	struct store *s = j->c->node->store;
	struct record r;
	enum err_code rc;

	rc = record_find(s, j->c->argv[0], &r, e);
	if (!rc)
		rc = record_json(s, r.id, r.type, true, &j->record, e);
	if (!rc)
		rc = sheet_find(r.type, j->record, option(j->c, "kind"),
		    &j->sheet, e);
	j->type = rc ? NULL : r.type;
	return rc ? rc : check_state(j, &r, e);
}

/* A report's sheet has no record: the period and the branch stand for it. */
static enum err_code of_report(struct sheet_job *j, struct err *e)
{
	const struct identity *id = store_identity(j->c->node->store);
	const char *given = option(j->c, "period");
	const char *branch = option(j->c, "branch");
	char period[DATE_TEXT];

	if (!given || !period_parse(slice_str(given), period)) {
		if (given)
			err_set(e, ERR_PERIOD, _("not a period: %s"), given);
		else
			err_set(e, ERR_USAGE, _("%s needs a period"),
			    j->sheet->report);
		return err_hint(e, _("for example: --period 2021Q2"));
	}
	if (!branch && !id->hq)
		branch = id->branch;
	j->record = json_pack("{s:s,s:s*}", "period", period, "branch",
	    branch);
	j->type = catalogue_type(j->c->catalogue, j->sheet->list->type);
	return j->record ? OK : err_memory(e);
}

static enum err_code give(struct context *c, const char *name,
    const struct buf *page, struct err *e)
{
	const char *file = option(c, "o");
	const char *text = (const char *)page->p;
	enum err_code rc = OK;

	if (file && !strcmp(file, "-"))
		file = NULL;
	if (file)
		rc = file_write(file, slice_buf(page), 0644, false, e);
	else if (!c->json)
		fwrite(page->p, 1, page->n, stdout);
	if (rc || !c->json)
		return rc;
	return out_result(c, json_pack("{s:s,s:s*,s:s*}", "sheet",
	    name, "file", file, "html", file ? NULL : text), e);
}

static enum err_code make_sheet(struct context *c, struct buf *page,
    const char **name, struct err *e)
{
	struct sheet_job j = { .c = c, .draft = option(c, "draft") };
	bool zh = c->zh;
	enum err_code rc;

	c->zh = true;		/* the paper is Chinese, messages need not be */
	j.sheet = sheet_of_report(c->argv[0]);
	rc = j.sheet ? of_report(&j, e) : of_record(&j, e);
	if (!rc) {
		j.reader = j.sheet->reader == MASK_INSIDE &&
		    option(c, "full-names") ? MASK_NAMED : j.sheet->reader;
		*name = j.sheet->key;
		rc = sheet_write(&j, page, e);
	}
	c->zh = zh;
	json_decref(j.record);
	return rc;
}

/* "R01" to "R99" is a report's, whatever records are called. */
static bool is_report(const char *name)
{
	return strlen(name) == 3 && (name[0] == 'R' || name[0] == 'r') &&
	    name[1] >= '0' && name[1] <= '9' && name[2] >= '0' &&
	    name[2] <= '9';
}

enum err_code cmd_publish(struct context *c, struct err *e)
{
	const struct report_options o = { .period = option(c, "period"),
		.branch = option(c, "branch"), .maker = c->as };
	const char *name = "report";
	struct buf page = BUF_INIT;
	enum err_code rc;

	if (is_report(c->argv[0]) && !sheet_of_report(c->argv[0]))
		rc = publish_report(c, c->argv[0], &o, &page, e);
	else
		rc = make_sheet(c, &page, &name, e);
	if (!rc)
		rc = give(c, name, &page, e);
	buf_release(&page);
	return rc;
}
