/* What has come, and from whom: the head of every report. */
#include "report_impl.h"

#include "base/date.h"
#include "due.h"
#include "position.h"
#include "roster.h"

const char *report_branch_name(const struct report *r, const char *code)
{
	for (size_t i = 0; i < r->nchain; i++)
		if (strcmp(r->chain[i].branch, code) == 0 &&
		    r->chain[i].name[0] != '\0')
			return r->chain[i].name;
	return code;
}

/* NULL: out of memory. */
static struct report_chain *add_chain(struct report *r, const char *branch)
{
	struct report_chain *c = report_grow(r, r->chain, r->nchain,
	    sizeof *c);

	if (c == NULL)
		return NULL;
	r->chain = c;
	c = &r->chain[r->nchain++];
	*c = (struct report_chain){ .branch = branch, .name = "",
	    .code = "" };
	return c;
}

static bool wanted(const struct report *r, const char *branch)
{
	return r->branch == NULL || strcmp(r->branch, branch) == 0;
}

static int take_node(void *arg, const struct roster_row *row)
{
	struct report_run *run = arg;
	struct report_chain *c;

	if (strcmp(row->kind, "branch") != 0 || !wanted(run->r, row->branch))
		return 0;
	c = add_chain(run->r, report_keep(run->r, slice_str(row->branch)));
	if (c == NULL)
		return 1;
	c->code = report_keep(run->r, slice_str(row->code));
	c->name = report_keep(run->r, slice_str(row->name));
	return c->code == NULL || c->name == NULL;
}

/* A unit's record gives its branch the name people know; records of a branch
 * without a node here were entered for it. */
static int take_unit(void *arg, const struct value *cell)
{
	struct report_run *run = arg;
	const char *branch, *name;
	bool found = false;

	if (cell[1].kind != VALUE_TEXT || cell[2].kind != VALUE_TEXT)
		return 0;
	branch = report_keep(run->r, cell[1].s);
	name = report_keep(run->r, cell[2].s);
	if (branch == NULL || name == NULL)
		return 1;
	if (!wanted(run->r, branch))
		return 0;
	for (size_t i = 0; i < run->r->nchain; i++)
		if (strcmp(run->r->chain[i].branch, branch) == 0) {
			run->r->chain[i].name = name;
			found = true;
		}
	if (!found) {
		struct report_chain *c = add_chain(run->r, branch);

		if (c == NULL)
			return 1;
		c->name = name;
	}
	return 0;
}

static int by_branch(const void *a, const void *b)
{
	const struct report_chain *x = a, *y = b;
	int order = strcmp(x->branch, y->branch);

	return order != 0 ? order : strcmp(x->code, y->code);
}

/* The last changeset of each chain. */
static enum err_code read_tips(struct report_run *run)
{
	struct report *r = run->r;
	sqlite3_stmt *st;
	char chain[CHAIN_NAME], day[DATE_TEXT];
	enum err_code rc;

	rc = store_stmt(run->s, SQL_REPORT_TIPS, &st, run->e);
	while (store_next(run->s, st, &rc, run->e)) {
		column_text(st, 0, chain, sizeof chain);
		for (size_t i = 0; i < r->nchain; i++) {
			struct report_chain *c = &r->chain[i];

			if (strncmp(chain, "node/", 5) != 0 ||
			    strcmp(chain + 5, c->code) != 0)
				continue;
			c->seq = sqlite3_column_int64(st, 1);
			c->sealed_ms = sqlite3_column_int64(st, 2);
			date_text(c->sealed_ms / 86400000, day);
			c->late = strcmp(day, r->last) < 0;
		}
	}
	if (rc == OK)
		sqlite3_reset(st);
	return rc;
}

/* A branch counts once, however many nodes it has. */
static void count_branches(struct report *r)
{
	for (size_t i = 0; i < r->nchain;) {
		const char *branch = r->chain[i].branch;
		bool in = false;

		for (; i < r->nchain &&
		    strcmp(r->chain[i].branch, branch) == 0; i++)
			in |= r->chain[i].seq > 0 ||
			    r->chain[i].code[0] == '\0';
		r->nbranch++;
		r->nbranch_in += in;
	}
}

static enum err_code name_unit(struct report_run *run)
{
	struct report *r = run->r;

	if (r->branch == NULL) {
		r->unit_zh = r->unit_en = store_identity(run->s)->org_name;
		return OK;
	}
	r->unit_zh = r->unit_en = report_branch_name(r, r->branch);
	if (r->nchain > 0 || strcmp(r->branch,
	    store_identity(run->s)->branch) == 0)
		return OK;
	err_set(run->e, ERR_NOT_FOUND, _("there is no branch \"%s\" here"),
	    r->branch);
	return err_hint(run->e, _("\"wellhead roster\" lists the branches"));
}

static int count_late(void *arg, const struct due_late_entry *one)
{
	struct report *r = arg;

	(void)one;
	r->late_entries++;
	return 0;
}

enum err_code report_cover(struct report_run *run)
{
	static const char *const path[] = { "branch", "name" };
	struct report *r = run->r;
	struct status status = {0};
	enum err_code rc;

	rc = roster_each(run->s, take_node, run, run->e);
	if (rc == OK)
		rc = figure_rows(run->s, "org_unit[kind=branch|hq]#count",
		    path, 2, take_unit, run, run->e);
	if (rc == OK)
		rc = report_ok(r, run->e);
	if (rc == OK && r->nchain > 1)
		qsort(r->chain, r->nchain, sizeof *r->chain, by_branch);
	if (rc == OK)
		rc = read_tips(run);
	if (rc == OK)
		rc = status_read(run->s, &status, run->e);
	r->unsealed = status.unsealed;
	if (rc == OK && r->period[0])
		rc = due_late_each(run->s, r->period, r->branch, count_late,
		    r, run->e);
	count_branches(r);
	return rc == OK ? name_unit(run) : rc;
}
