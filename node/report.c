/* Reports: definitions, the frame of one, cells by name. */
#include "report_impl.h"

#include "base/json.h"
#include "catalogue_json.h"
#include "base/date.h"
#include "base/text.h"

static enum err_code parse_file(const struct embedded *f, json_t **out,
    struct err *e)
{
	json_error_t why;

	*out = json_loads(f->text, JSON_REJECT_DUPLICATES, &why);
	if (*out == NULL)
		return err_set(e, ERR_FORMAT, _("report file %s, line %d: %s"),
		    f->name, why.line, why.text);
	return OK;
}

enum err_code report_definitions(json_t **out, struct err *e)
{
	json_t *all = json_array();
	enum err_code rc = all == NULL ? err_memory(e) : OK;

	for (size_t i = 0; rc == OK && i < nreport_files; i++) {
		json_t *one = NULL;

		rc = parse_file(&report_files[i], &one, e);
		if (rc == OK && !json_is_object(one)) {
			json_decref(one);	/* the list of figures */
			continue;
		}
		if (rc == OK && json_array_append_new(all, one) != 0)
			rc = err_memory(e);
	}
	if (rc != OK) {
		json_decref(all);
		all = NULL;
	}
	*out = all;
	return rc;
}

static enum err_code find_definition(const char *id, json_t **def,
    json_t **figures, struct err *e)
{
	*def = *figures = NULL;
	for (size_t i = 0; i < nreport_files; i++) {
		json_t *one = NULL;
		enum err_code rc = parse_file(&report_files[i], &one, e);

		if (rc != OK)
			return rc;
		if (json_is_array(one))
			*figures = one;
		else if (strcasecmp(json_text(one, "id"), id) == 0)
			*def = one;
		else
			json_decref(one);
	}
	if (*def != NULL)
		return OK;
	err_set(e, ERR_NOT_FOUND, _("there is no report \"%s\""), id);
	return err_hint(e, _("\"wellhead report\" lists them"));
}

void *report_grow(struct report *r, void *p, size_t n, size_t size)
{
	void *bigger;

	if (n & (n - 1))
		return p;	/* not full: it holds a power of two */
	bigger = arena_alloc(&r->arena, n > 0 ? 2 * n : 1, size);
	if (bigger != NULL && n > 0)
		memcpy(bigger, p, n * size);
	return bigger;
}

const char *report_keep(struct report *r, struct slice text)
{
	return (const char *)arena_copy(&r->arena, text).p;
}

struct report_section *report_section(struct report *r, const char *zh,
    const char *en)
{
	struct report_section *s = report_grow(r, r->section, r->nsection,
	    sizeof *s);

	if (s == NULL)
		return NULL;
	r->section = s;
	s = &r->section[r->nsection++];
	*s = (struct report_section){ .zh = zh, .en = en };
	return s;
}

void report_column(struct report *r, const char *zh, const char *en,
    const char *unit)
{
	struct report_section *s = &r->section[r->nsection - 1];
	struct report_column *c = report_grow(r, s->column, s->ncolumn,
	    sizeof *c);

	if (c == NULL)
		return;
	s->column = c;
	s->column[s->ncolumn++] = (struct report_column){ .zh = zh, .en = en,
	    .unit = unit };
}

struct report_row *report_row(struct report *r)
{
	struct report_section *s = &r->section[r->nsection - 1];
	struct report_cell *cell = arena_alloc(&r->arena, s->ncolumn,
	    sizeof *cell);
	struct report_row *row = report_grow(r, s->row, s->nrow, sizeof *row);

	if (cell == NULL || row == NULL)
		return NULL;
	s->row = row;
	s->row[s->nrow] = (struct report_row){ .cell = cell };
	return &s->row[s->nrow++];
}

void report_text(struct report *r, struct report_cell *c, const char *text)
{
	c->kind = CELL_TEXT;
	c->zh = c->en = report_keep(r, slice_str(text));
}

enum err_code report_ok(const struct report *r, struct err *e)
{
	return r->arena.failed ? err_memory(e) : OK;
}

static const char *kind_of(const char *period)
{
	return strlen(period) == 4 ? "year" : strchr(period, 'Q') != NULL ?
	    "quarter" : "month";
}

static bool has_kind(const json_t *kinds, const char *kind)
{
	const json_t *k;
	size_t i;

	json_array_foreach(kinds, i, k)
		if (strcmp(json_string_value(k), kind) == 0)
			return true;
	return false;
}

/* The period that a day lies in, of the shortest kind that the report has. */
static void current_period(const json_t *kinds, const char *day, char out[24])
{
	int month = (int)strtol(day + 5, NULL, 10) % 100;

	if (has_kind(kinds, "month"))
		snprintf(out, 24, "%.7s", day);
	else if (has_kind(kinds, "quarter"))
		snprintf(out, 24, "%.4sQ%d", day, (month + 2) / 3);
	else
		snprintf(out, 24, "%.4s", day);
}

static enum err_code read_period(struct report *r, const char *text,
    const char *today, struct err *e)
{
	const json_t *kinds = json_object_get(r->definition, "period");
	char period[DATE_TEXT];

	if (json_array_size(kinds) == 0) {
		if (text == NULL)
			return OK;
		err_set(e, ERR_PERIOD, _("report %s is as of a day, not for a "
		    "period"), r->id);
		return err_hint(e, _("write --as-of DATE"));
	}
	if (text == NULL)
		current_period(kinds, today, r->period);
	else if (period_parse(slice_str(text), period))
		snprintf(r->period, sizeof r->period, "%s", period);
	else
		return err_set(e, ERR_PERIOD, _("\"%s\" is not a period like "
		    "2022, 2022Q1 or 2022-05"), text);
	if (has_kind(kinds, kind_of(r->period)))
		return OK;
	err_set(e, ERR_PERIOD, _("report %s is not made for %s"), r->id,
	    r->period);
	return err_hint(e, _("its periods: %s"),
	    json_text(r->definition, "cycle"));
}

/* The days counted: the period's, but none after the as-of day. */
static enum err_code read_days(struct report_run *run,
    const struct report_options *o)
{
	struct report *r = run->r;
	char today[DATE_TEXT];
	enum err_code rc;

	date_text(clock_ms() / 86400000, today);
	memcpy(r->printed, today, sizeof today);
	memcpy(r->as_of, today, sizeof today);
	if (o->as_of != NULL && !date_parse(slice_str(o->as_of), r->as_of))
		return err_set(run->e, ERR_DATE,
		    _("\"%s\" is not a date like 2022-03-08"), o->as_of);
	rc = read_period(r, o->period, r->as_of, run->e);
	if (rc != OK)
		return rc;
	if (r->period[0] == '\0')
		snprintf(r->first, sizeof r->first, "%.4s-01-01", r->as_of);
	else if (!period_range(r->period, r->first, r->last))
		return err_set(run->e, ERR_PERIOD, "%s", r->period);
	if (r->last[0] == '\0' || strcmp(r->as_of, r->last) < 0)
		memcpy(r->last, r->as_of, sizeof r->last);
	else if (o->as_of == NULL)
		memcpy(r->as_of, r->last, sizeof r->as_of);
	if (strcmp(r->first, r->last) > 0)
		return err_set(run->e, ERR_PERIOD, _("%s begins after %s: "
		    "there is nothing to report yet"), r->period, r->as_of);
	run->past = strcmp(r->as_of, today) < 0;
	return OK;
}

static enum err_code add_sections(struct report_run *run)
{
	const json_t *sections = json_object_get(run->r->definition,
	    "sections"), *def;
	enum err_code rc = OK;
	size_t i;

	json_array_foreach(sections, i, def) {
		const char *figures = json_text(def, "figures");

		if (*figures != '\0')
			rc = report_figures(run, figures);
		else if (json_object_get(def, "list") != NULL)
			rc = report_list(run, def);
		else
			rc = report_table(run, def, i == 0 ? NULL :
			    json_array_get(sections, i - 1));
		if (rc != OK)
			return err_in(run->e, _("report %s"), run->r->id);
	}
	return OK;
}

/* A branch sees its own; headquarters all, or the one asked for. */
static enum err_code choose_branch(struct report_run *run, const char *branch)
{
	const struct identity *id = store_identity(run->s);
	struct report *r = run->r;

	if (branch != NULL)
		r->branch = report_keep(r, slice_str(branch));
	else if (!id->hq)
		r->branch = id->branch;
	return report_cover(run);
}

static enum err_code run_fixed(struct report_run *run, enum sql_name name)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(run->s, name, &st, run->e);

	return rc == OK ? store_run(run->s, st, run->e) : rc;
}

/* All figures are of one moment, whatever is merged meanwhile. */
static enum err_code fill_report(struct report_run *run, const char *branch)
{
	struct err ignored = {0};
	bool own = !run->s->in_txn;
	enum err_code rc = own ? run_fixed(run, SQL_REPORT_BEGIN) : OK;

	if (rc != OK)
		return rc;
	rc = choose_branch(run, branch);
	if (rc == OK)
		rc = add_sections(run);
	if (own && run_fixed(&(struct report_run){ .s = run->s,
	    .e = &ignored }, SQL_REPORT_END) != OK && rc == OK) {
		*run->e = ignored;
		rc = ignored.code;
	}
	return rc;
}

enum err_code report_make(struct store *s, const char *id,
    const struct report_options *o, struct report **out, struct err *e)
{
	struct report *r = calloc(1, sizeof *r);
	struct report_run run = { .s = s, .r = r, .e = e };
	enum err_code rc;

	*out = NULL;
	if (r == NULL)
		return err_memory(e);
	rc = find_definition(id, &r->definition, &run.figures, e);
	if (rc == OK) {
		r->id = json_text(r->definition, "id");
		r->zh = json_text(r->definition, "zh");
		r->en = json_text(r->definition, "en");
		r->audit = json_is_true(json_object_get(r->definition,
		    "audit"));
		if (o->maker != NULL)
			r->maker = report_keep(r, slice_str(o->maker));
		rc = read_days(&run, o);
	}
	if (rc == OK)
		rc = fill_report(&run, o->branch);
	/* Labels of figures are borrowed from their list. */
	if (rc == OK && json_object_set(r->definition, "all", run.figures))
		rc = err_memory(e);
	json_decref(run.figures);
	if (rc == OK)
		*out = r;
	else
		report_free(r);
	return rc;
}

void report_free(struct report *r)
{
	if (r == NULL)
		return;
	arena_release(&r->arena);
	json_decref(r->definition);
	free(r);
}

void report_letters(size_t column, char out[8])
{
	char back[8];
	size_t n = 0, i;

	for (column++; column > 0 && n < sizeof back; column /= 26)
		back[n++] = (char)('A' + --column % 26);
	for (i = 0; i < n; i++)
		out[i] = back[n - 1 - i];
	out[i < 7 ? i : 7] = '\0';
}

static const struct report_cell *by_figure(const struct report *r,
    const char *figure)
{
	const struct report_cell *found = NULL;

	for (size_t i = 0; i < r->nsection; i++)
		for (size_t j = 0; j < r->section[i].nrow; j++)
			for (size_t k = 0; k < r->section[i].ncolumn; k++) {
				const struct report_cell *c =
				    &r->section[i].row[j].cell[k];

				if (c->figure != NULL &&
				    strcasecmp(c->figure, figure) == 0)
					found = c;
			}
	return found;
}

/* Digits, letters, digits; anything else is no place. */
static const struct report_cell *by_place(const struct report *r,
    const char *name)
{
	size_t section = 0, column = 0, row = 0;
	const char *p = name;

	for (; *p >= '0' && *p <= '9' && section < 1000; p++)
		section = 10 * section + (size_t)(*p - '0');
	for (; ((*p | 32) >= 'a' && (*p | 32) <= 'z') && column < 10000; p++)
		column = 26 * column + (size_t)((*p | 32) - 'a') + 1;
	for (; *p >= '0' && *p <= '9' && row < 100000000; p++)
		row = 10 * row + (size_t)(*p - '0');
	if (*p != '\0' || section == 0 || section > r->nsection ||
	    column == 0 || column > r->section[section - 1].ncolumn ||
	    row == 0 || row > r->section[section - 1].nrow)
		return NULL;
	return &r->section[section - 1].row[row - 1].cell[column - 1];
}

const struct report_cell *report_cell(const struct report *r,
    const char *name, struct err *e)
{
	const struct report_cell *c = by_figure(r, name);

	if (c == NULL)
		c = by_place(r, name);
	if (c != NULL && c->query != NULL)
		return c;
	err_set(e, ERR_NOT_FOUND, _("report %s has no figure at \"%s\""),
	    r->id, name);
	err_hint(e, _("write a cell like 1B3 (table 1, column B, row 3), or "
	    "the number of a figure"));
	return NULL;
}

void report_rounded(int64_t n, const char *precision, char *out, size_t size)
{
	long long tens = n < 0 ? n : n / 10 * 10;

	if (strcmp(precision, "over") == 0)
		snprintf(out, size, "%lld余", tens);
	else if (strcmp(precision, "near") == 0)
		snprintf(out, size, "近%lld", tens == n ? tens : tens + 10);
	else if (strcmp(precision, "about") == 0)
		snprintf(out, size, "约%lld", (long long)n);
	else
		snprintf(out, size, "%lld", (long long)n);
}
