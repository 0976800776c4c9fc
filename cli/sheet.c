/* The page of a sheet: head, facts, text, lists, steps, signatures, end. */
#include "sheet_impl.h"

#include <strings.h>

#include "base/date.h"
#include "base/json.h"
#include "calendar.h"
#include "html.h"

const char *sheet_text(const struct buf *b)
{
	return b->n ? (const char *)b->p : "";
}

/* ---- which sheet ---- */

/* "field=value" of the record. */
static bool fits(const struct sheet *s, const struct type *t,
    const json_t *record)
{
	const char *equals = s->when ? strchr(s->when, '=') : NULL;
	char key[64];

	if (!s->type || strcmp(s->type, t->key) != 0)
		return false;
	if (!equals)
		return true;
	snprintf(key, sizeof key, "%.*s", (int)(equals - s->when), s->when);
	return !strcmp(json_text(record, key), equals + 1);
}

enum err_code sheet_find(const struct type *t, const json_t *record,
    const char *key, const struct sheet **out, struct err *e)
{
	struct buf known = BUF_INIT;

	for (size_t i = 0; i < nsheets; i++) {
		if (!fits(&sheets[i], t, record))
			continue;
		if (!key || !strcmp(sheets[i].key, key)) {
			buf_release(&known);
			*out = &sheets[i];
			return OK;
		}
		if (!known.n || strcmp(sheets[i].key, sheets[i - 1].key) != 0)
			buf_printf(&known, "%s ", sheets[i].key);
	}
	if (known.n) {
		err_set(e, ERR_NOT_FOUND, _("%s (%s) has no sheet \"%s\""),
		    t->zh, t->key, key);
		err_hint(e, _("it has: %s"), (const char *)known.p);
	} else {
		err_set(e, ERR_NOT_FOUND,
		    _("for this %s (%s) there is no sheet"), t->zh, t->key);
		err_hint(e, _("sheets are made of publication, followup of "
		    "kind supervise, practical_item, issue, care_visit, "
		    "distribution, expense, competition, request with an "
		    "agreement, and of reports"));
	}
	buf_release(&known);
	return e->code;
}

const struct sheet *sheet_of_report(const char *report)
{
	for (size_t i = 0; i < nsheets; i++)
		if (sheets[i].report && !strcasecmp(sheets[i].report, report))
			return &sheets[i];
	return NULL;
}

/* A value of the sheet's own record as text; the caller releases it. */
static enum err_code own(const struct sheet_job *j, const char *path,
    struct buf *out, struct err *e)
{
	struct sheet_value v;
	enum err_code rc = sheet_value(j, j->type, j->record, path, &v, e);

	*out = v.text;
	return rc;
}

static int take_name(void *arg, const json_t *record)
{
	buf_adds(arg, json_text(record, "name"));
	return 1;
}

/* A branch is named as its own unit's record is: the one with its code. */
static enum err_code branch_name(const struct sheet_job *j,
    const char *branch, struct buf *out, struct err *e)
{
	const struct filter filter[] = { { "branch", FILTER_EQ, branch },
		{ "code", FILTER_EQ, branch } };
	const struct type *t = catalogue_type(j->c->catalogue, "org_unit");

	return record_list(j->c->node->store, t, filter, 2, 1, take_name, out,
	    e);
}

/* The unit that issues it: the record's, or the branch or organisation. */
static enum err_code unit_name(const struct sheet_job *j, struct buf *out,
    struct err *e)
{
	const struct identity *id = store_identity(j->c->node->store);
	const char *branch = json_text(j->record, "branch");
	enum err_code rc = OK;

	if (j->sheet->unit)
		rc = own(j, j->sheet->unit, out, e);
	if (!rc && out->n == 0 && *branch)
		rc = branch_name(j, branch, out, e);
	if (!rc && out->n == 0)
		buf_adds(out, !*branch ? id->org_name :
		    strcmp(branch, id->branch) ? branch : id->name);
	return rc;
}

/* ---- head ---- */

static enum err_code title(const struct sheet_job *j, struct buf *out,
    struct err *e)
{
	if (j->sheet->title_path)
		return own(j, j->sheet->title_path, out, e);
	buf_adds(out, j->sheet->title);
	return OK;
}

/* "单位:…    2021年第二季度    编号:…" */
static enum err_code write_head(const struct sheet_job *j, const char *unit,
    struct buf *b, struct err *e)
{
	const char *no = json_text(j->record, "no");
	struct buf period = BUF_INIT;
	enum err_code rc = OK;

	if (j->sheet->report)
		sheet_period(&period, json_text(j->record, "period"));
	else
		rc = own(j, "period", &period, e);
	html_open(b, "div", "head");
	html_open(b, "span", NULL);
	html_text(b, "单位:");
	html_text(b, unit);
	html_close(b, "span");
	if (period.n)
		html_element(b, "span", NULL, sheet_text(&period));
	if (!*no)
		no = json_text(j->record, "id");
	if (*no) {
		html_open(b, "span", NULL);
		html_text(b, "编号:");
		html_text(b, no);
		html_close(b, "span");
	}
	html_close(b, "div");
	html_raw(b, "\n");
	buf_release(&period);
	return rc;
}

/* ---- facts and text ---- */

const char *sheet_label(const struct sheet_cell *c,
    const struct field *f)
{
	return c->label || !f ? c->label : f->zh;
}

/* Fields that are empty stay on the form: what is missing is seen. */
static enum err_code write_facts(const struct sheet_job *j, struct buf *b,
    struct err *e)
{
	const struct sheet_cell *c = j->sheet->fact;
	struct sheet_value v;
	enum err_code rc = OK;

	if (!c)
		return OK;
	html_raw(b, "<table>\n<tbody>\n");
	for (; !rc && (c->path || c->label); c++) {
		rc = sheet_value(j, j->type, j->record, c->path, &v, e);
		if (!rc && v.shown) {
			html_open(b, "tr", NULL);
			html_element(b, "th", "label", sheet_label(c, v.field));
			html_element(b, "td", NULL, sheet_text(&v.text));
			html_raw(b, "</tr>\n");
		}
		buf_release(&v.text);
	}
	html_raw(b, "</tbody>\n</table>\n");
	return rc;
}

static enum err_code write_text(const struct sheet_job *j, struct buf *b,
    struct err *e)
{
	const struct sheet_cell *c = j->sheet->text;
	struct sheet_value v;
	enum err_code rc = OK;

	for (; c && !rc && (c->path || c->label); c++) {
		rc = sheet_value(j, j->type, j->record, c->path, &v, e);
		if (!rc && v.shown && v.text.n) {
			if (*sheet_label(c, v.field))
				html_element(b, "h2", NULL,
				    sheet_label(c, v.field));
			html_element(b, "p", "text", sheet_text(&v.text));
			html_raw(b, "\n");
		}
		buf_release(&v.text);
	}
	return rc;
}

/* ---- steps, signatures, end ---- */

/* The last time the record came to that state, unless it was sent back to its
 * beginning since. */
static const json_t *step_to(const struct sheet_job *j, const char *to)
{
	const json_t *list = json_object_get(j->record, "history"), *h;
	const json_t *found = NULL;
	const char *state;
	size_t i;

	json_array_foreach(list, i, h) {
		state = json_text(h, "to");
		if (!strcmp(state, j->type->state[0].key))
			found = NULL;
		else if (!strcmp(state, to))
			found = h;
	}
	return found;
}

/* The role's Chinese alone: the catalogue has its English after a blank. */
static void add_role(const struct sheet_job *j, const char *role,
    struct buf *out)
{
	const struct catalogue *c = j->c->catalogue;
	const char *text = role;

	for (size_t i = 0; i < c->nrole; i++)
		if (!strcmp(c->role[i].key, role))
			text = c->role[i].zh;
	buf_add(out, text, strcspn(text, " "));
}

/* A row a step: who signed it, as what, when, and what was said. A step not
 * taken yet has room for it. */
static enum err_code write_steps(const struct sheet_job *j, struct buf *b,
    struct err *e)
{
	static const char *const head[] = { "环节", "角色", "签字人", "日期",
		"意见" };
	const struct sheet_step *s = j->sheet->step;
	enum err_code rc = OK;

	if (!s)
		return OK;
	html_raw(b, "<table>\n<thead>\n");
	html_row(b, "th", head, NULL, sizeof head / sizeof *head);
	html_raw(b, "</thead>\n<tbody>\n");
	for (; s->to && !rc; s++) {
		const json_t *h = step_to(j, s->to);
		struct buf by = BUF_INIT, role = BUF_INIT;
		const char *cell[] = { s->label, "", "", "", "" };

		if (h)
			rc = sheet_signer(j, h, &by, e);
		add_role(j, json_text(h, "role"), &role);
		cell[1] = sheet_text(&role);
		cell[2] = sheet_text(&by);
		cell[3] = json_text(h, "on");
		cell[4] = json_text(h, "note");
		html_row(b, "td", cell, NULL, sizeof cell / sizeof *cell);
		buf_release(&by);
		buf_release(&role);
	}
	html_raw(b, "</tbody>\n</table>\n");
	return rc;
}

static void write_sign(const struct sheet_job *j, struct buf *b)
{
	const char *const *s = j->sheet->sign;

	if (!s)
		return;
	html_raw(b, "<table>\n<tbody>\n");
	for (; *s; s++) {
		html_open(b, "tr", NULL);
		html_element(b, "th", "label", *s);
		html_element(b, "td", "sign", "");
		html_raw(b, "</tr>\n");
	}
	html_raw(b, "</tbody>\n</table>\n");
}

static void add_day(struct buf *b, const char *iso)
{
	if (*iso)
		sheet_period(b, iso);
	else
		buf_adds(b, "____年__月__日");
}

#define LIST_DAYS 5	/* working days that a list is posted at least */

static bool is_list(const struct sheet_job *j)
{
	return j->sheet->report ||
	    sheet_has("item_list|hardship_list|award_list",
	    json_text(j->record, "kind"));
}

/* Lists promise five working days: not where the days on the sheet are fewer.
 * Days yet to be written in will have to keep the promise. */
static enum err_code days_kept(const struct sheet_job *j, bool *kept,
    struct err *e)
{
	struct calendar *calendar = NULL;
	enum err_code rc = OK;
	int64_t first, last;

	*kept = true;
	if (!date_days(slice_str(json_text(j->record, "start_on")), &first)
	    || !date_days(slice_str(json_text(j->record, "end_on")), &last))
		return OK;
	rc = calendar_load(&calendar, j->c->node->store, e);
	if (!rc)
		*kept = calendar_count(calendar, first, last) >= LIST_DAYS;
	calendar_free(calendar);
	return rc;
}

/* "公示期:… 至 …  监督电话:…" */
static enum err_code write_days(const struct sheet_job *j, struct buf *b,
    struct err *e)
{
	const char *hotline = json_text(j->record, "hotline");
	struct buf text = BUF_INIT;
	bool kept = false;
	enum err_code rc = is_list(j) ? days_kept(j, &kept, e) : OK;

	buf_adds(&text, "公示期:");
	add_day(&text, json_text(j->record, "start_on"));
	buf_adds(&text, " 至 ");
	add_day(&text, json_text(j->record, "end_on"));
	if (kept)
		buf_printf(&text, "(不少于%d个工作日)", LIST_DAYS);
	html_open(b, "div", "head");
	html_element(b, "span", NULL, sheet_text(&text));
	buf_clear(&text);
	buf_printf(&text, "监督电话:%s", *hotline ? hotline : "________");
	html_element(b, "span", NULL, sheet_text(&text));
	html_close(b, "div");
	html_raw(b, "\n<p class=\"note\">"
	    "公示期内对公示内容有异议的,请通过监督电话向公示单位反映。</p>\n");
	buf_release(&text);
	return rc;
}

/* Unit, seal and date: of a notice the day it is posted. */
static void write_end(const struct sheet_job *j, const char *unit,
    struct buf *b)
{
	char day[DATE_TEXT];
	const char *on = json_text(j->record, "start_on");
	struct buf text = BUF_INIT;

	if (!j->sheet->notice || !*on) {
		date_text(clock_ms() / 86400000, day);
		on = day;
	}
	sheet_period(&text, on);
	html_open(b, "div", "end");
	html_element(b, "p", NULL, unit);
	html_element(b, "p", NULL, "(盖章处)");
	html_element(b, "p", NULL, sheet_text(&text));
	html_close(b, "div");
	html_raw(b, "\n");
	buf_release(&text);
}

/* ---- the page ---- */

static enum err_code write_body(const struct sheet_job *j, const char *unit,
    struct buf *b, struct err *e)
{
	enum err_code rc;

	rc = write_head(j, unit, b, e);
	if (!rc)
		rc = write_facts(j, b, e);
	if (!rc)
		rc = write_text(j, b, e);
	if (!rc)
		rc = sheet_tables(j, b, e);
	if (!rc)
		rc = write_steps(j, b, e);
	if (rc)
		return rc;
	write_sign(j, b);
	if (j->sheet->notice)
		rc = write_days(j, b, e);
	write_end(j, unit, b);
	return rc;
}

enum err_code sheet_write(const struct sheet_job *j, struct buf *out,
    struct err *e)
{
	struct html_page page = { .watermark = j->draft ? "草稿" : NULL };
	struct buf name = BUF_INIT, unit = BUF_INIT;
	enum err_code rc;

	rc = title(j, &name, e);
	if (!rc)
		rc = unit_name(j, &unit, e);
	if (rc)
		goto done;
	page.title = sheet_text(&name);
	html_begin(out, &page);
	html_element(out, "h1", NULL, sheet_text(&name));
	html_raw(out, "\n");
	rc = write_body(j, sheet_text(&unit), out, e);
	html_end(out);
	if (!rc)
		rc = buf_ok(out, e);
done:
	buf_release(&name);
	buf_release(&unit);
	return rc;
}
