/* due: what is overdue or due soon, and who acts; --rules: by which rules;
 * --late: what was entered after its period was closed.
 */
#include "base/text.h"
#include "due.h"
#include "out.h"

struct printer {
	const struct context *c;
	struct grid grid;
	bool failed;		/* out of memory */
};

/* "chair|hq" as ["chair","hq"]. */
static json_t *roles_json(const char *role)
{
	json_t *a = json_array();

	while (a && *role) {
		size_t n = strcspn(role, "|");

		if (json_array_append_new(a, json_stringn(role, n))) {
			json_decref(a);
			return NULL;
		}
		role += n + (role[n] == '|');
	}
	return a;
}

/* "chair|hq" as people read it. A label goes on in English after its first
 * word. */
static void roles_text(const struct context *c, const char *role,
    struct buf *out)
{
	const struct label *all = c->catalogue->role;

	while (*role) {
		size_t n = strcspn(role, "|");
		const char *text = role;

		for (size_t i = 0; c->zh && i < c->catalogue->nrole; i++)
			if (slice_eqs(slice_of(role, n), all[i].key))
				text = all[i].zh;
		buf_adds(out, out->n ? ", " : "");
		buf_add(out, text, strcspn(text, " |"));
		role += n + (role[n] == '|');
	}
	buf_adds(out, "");
}

static void days_text(int64_t overdue, char *out, size_t n)
{
	if (overdue >= -1 && overdue <= 1)
		snprintf(out, n, "%s", overdue > 0 ? _("since yesterday") :
		    overdue < 0 ? _("tomorrow") : _("today"));
	else if (overdue > 0)
		snprintf(out, n, _("%lld days late"), (long long)overdue);
	else
		snprintf(out, n, _("in %lld days"), (long long)-overdue);
}

static bool print_json(const struct due *d)
{
	char id[STAMP_DIGITS + 1];
	json_t *o;

	base32_stamp(id, (uint64_t)d->id);
	o = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:I,s:s,s:I,s:b,s:o}",
	    "id", id, "type", d->rule->type, "branch", d->branch,
	    "state", d->state, "title", d->title, "rule", d->rule->name,
	    "text", _(d->rule->sentence), "period", d->period,
	    "missing", (json_int_t)d->missing, "due", d->day,
	    "overdue", (json_int_t)d->overdue, "urgent", (int)d->high,
	    "role", roles_json(d->rule->role));
	if (o)
		out_json(o);
	json_decref(o);
	return o != NULL;
}

static int print_row(void *arg, const struct due *d)
{
	struct printer *p = arg;
	char id[STAMP_DIGITS + 1], days[64];
	struct buf role = BUF_INIT;

	if (p->c->json) {
		p->failed = !print_json(d);
		return p->failed;
	}
	base32_stamp(id, (uint64_t)d->id);
	days_text(d->overdue, days, sizeof days);
	grid_add(&p->grid, d->day);
	grid_add(&p->grid, days);
	grid_add(&p->grid, d->high ? "!" : "");
	grid_add(&p->grid, _(d->rule->sentence));
	if (d->missing > 1)
		grid_addf(&p->grid, _("%s and %lld more"), d->period,
		    (long long)(d->missing - 1));
	else
		grid_add(&p->grid, d->period);
	grid_add_cut(&p->grid, d->title, 40);
	roles_text(p->c, d->rule->role, &role);
	p->failed = role.failed;
	grid_add(&p->grid, (char *)role.p);
	grid_add(&p->grid, d->branch);
	grid_add(&p->grid, id);
	buf_release(&role);
	return p->failed;
}

static enum err_code print_rules(struct context *c, struct err *e)
{
	struct grid g;
	enum err_code rc;
	size_t i;

	if (c->json) {
		for (i = 0; i < ndue_rules; i++) {
			const struct due_rule *u = &due_rules[i];
			json_t *o = json_pack("{s:s,s:s,s:I,s:o,s:s}",
			    "rule", u->name, "type", u->type, "n",
			    (json_int_t)u->n, "role", roles_json(u->role),
			    "text", _(u->sentence));

			if (!o)
				return err_memory(e);
			out_json(o);
			json_decref(o);
		}
		return OK;
	}
	grid_init(&g, 5);
	for (i = 0; i < ndue_rules; i++) {
		grid_add(&g, due_rules[i].name);
		grid_add(&g, due_rules[i].type);
		grid_addf(&g, "%lld", (long long)due_rules[i].n);
		grid_add(&g, due_rules[i].role);
		grid_add(&g, _(due_rules[i].sentence));
	}
	rc = grid_print(&g, e);
	grid_release(&g);
	return rc;
}

/* --role and --as-of as due_each() wants them; day has the latter's room. */
static enum err_code read_options(struct context *c, struct due_options *o,
    char day[DATE_TEXT], struct err *e)
{
	const char *as_of = option(c, "as-of");

	o->days = 7;
	o->role = option(c, "role");
	o->branch = option(c, "branch");
	if (o->role && !catalogue_role(c->catalogue, o->role)) {
		err_set(e, ERR_USAGE, _("no role is called “%.40s”"),
		    o->role);
		return err_hint(e, _("`wellhead due --rules` names those who "
		    "act"));
	}
	if (as_of && !date_parse(slice_str(as_of), day))
		return err_set(e, ERR_DATE, _("“%.40s” is not a date"),
		    as_of);
	o->as_of = as_of ? day : NULL;
	return option_number(c, "days", 366, &o->days, e);
}

static enum err_code print_due(struct context *c, struct err *e)
{
	static const char *const head[] = { N_("DUE"), N_("WHEN"), "",
		N_("WHAT"), N_("PERIOD"), N_("MATTER"), N_("ROLE"),
		N_("BRANCH"), N_("ID") };
	size_t n = sizeof head / sizeof *head;
	struct printer p = { .c = c };
	struct due_options o = {0};
	char day[DATE_TEXT];
	int gap = 0;
	enum err_code rc = read_options(c, &o, day, e);

	if (rc)
		return rc;
	grid_init(&p.grid, n);
	for (size_t i = 0; i < n; i++)
		grid_add(&p.grid, *head[i] ? _(head[i]) : "");
	rc = due_each(c->node->store, &o, print_row, &p, &gap, e);
	if (!rc && p.failed)
		rc = err_memory(e);
	if (!rc && !c->json && p.grid.ncell > n)
		rc = grid_print(&p.grid, e);
	grid_release(&p.grid);
	if (!rc && gap) {
		out_warn(_("the holidays of %d are not known here: working "
		    "days are weekdays alone"), gap);
		out_hint(_("headquarters issues them as a document of kind "
		    "calendar"));
	}
	return rc;
}

static int print_entry(void *arg, const struct due_late_entry *one)
{
	struct printer *p = arg;
	char id[STAMP_DIGITS + 1];
	json_t *o;

	base32_stamp(id, (uint64_t)one->id);
	if (!p->c->json) {
		grid_add(&p->grid, one->branch);
		grid_add(&p->grid, p->c->zh ? one->type->zh : one->type->key);
		grid_add(&p->grid, one->day);
		grid_add(&p->grid, one->entered_on);
		grid_add_cut(&p->grid, one->title, 40);
		grid_add(&p->grid, id);
		return 0;
	}
	o = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "id", id, "type",
	    one->type->key, "branch", one->branch, "title", one->title,
	    "date", one->day, "entered_on", one->entered_on);
	p->failed = !o;
	if (o)
		out_json(o);
	json_decref(o);
	return p->failed;
}

static enum err_code print_late(struct context *c, struct err *e)
{
	static const char *const head[] = { N_("BRANCH"), N_("TYPE"),
		N_("DATE"), N_("ENTERED"), N_("MATTER"), N_("ID") };
	size_t n = sizeof head / sizeof *head;
	struct printer p = { .c = c };
	char period[DATE_TEXT];
	enum err_code rc;

	if (!period_parse(slice_str(option(c, "late")), period))
		return err_set(e, ERR_PERIOD, _("“%.40s” is no month, quarter "
		    "or year"), option(c, "late"));
	grid_init(&p.grid, n);
	for (size_t i = 0; i < n; i++)
		grid_add(&p.grid, _(head[i]));
	rc = due_late_each(c->node->store, period, option(c, "branch"),
	    print_entry, &p, e);
	if (!rc && p.failed)
		rc = err_memory(e);
	if (!rc && !c->json && p.grid.ncell > n)
		rc = grid_print(&p.grid, e);
	grid_release(&p.grid);
	return rc;
}

enum err_code cmd_due(struct context *c, struct err *e)
{
	if (option(c, "rules"))
		return print_rules(c, e);
	return option(c, "late") ? print_late(c, e) : print_due(c, e);
}
