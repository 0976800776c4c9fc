/* What report*.c share: the run of one report.
 */
#ifndef NODE_REPORT_IMPL_H
#define NODE_REPORT_IMPL_H

#include "report.h"
#include "store_db.h"

struct report_run {
	struct store *s;
	struct report *r;
	json_t *figures;	/* all figure definitions */
	bool past;		/* as of a day before today */
	char sub[DATE_TEXT];	/* a month or quarter within the period */
	struct err *e;
};

/* report_fill.c: a template with its {names} filled in, and with filters for
 * a branch and for path=key; any of them NULL: none. The text lives in the
 * report's arena; NULL: out of memory, or a name that is not known. */
const char *report_fill(struct report_run *run, const char *text,
    const char *branch, const char *path, const char *key);
/* The months or quarters within the days counted: *n of them, as text. */
void report_subs(const struct report *r, bool quarters,
    char out[][DATE_TEXT], size_t max, size_t *n);

/* report_table.c */
/* before: the section before it, whose table of branches is not repeated. */
MUST_USE enum err_code report_table(struct report_run *run, const json_t *def,
    const json_t *before);
MUST_USE enum err_code report_list(struct report_run *run, const json_t *def);
/* Counts and sums add up over the rows; different persons of two rows may be
 * one, so what is distinct does not. */
bool report_adds_up(const char *query);
void report_add(struct value *sum, const struct value *v);
/* report_figures.c: the figures of one report, or all (R17). */
MUST_USE enum err_code report_figures(struct report_run *run,
    const char *of);
/* report_cover.c: what has come from whom; names of branches. */
MUST_USE enum err_code report_cover(struct report_run *run);
/* A branch's name, or its code. */
const char *report_branch_name(const struct report *r, const char *code);

void *report_grow(struct report *r, void *p, size_t n, size_t size);
const char *report_keep(struct report *r, struct slice text);

#endif
