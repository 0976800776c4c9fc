/* What is due or overdue: a table of rules over the typed tables.
 *
 * A rule (due_rules.c) names a type, which of its records wait for something,
 * by which day, who acts, and, where it comes back each month, quarter or
 * year, how to know that it was done. docs/deadlines.md lists them; a unit may
 * set a rule's number, or switch it off, by a line of an issued `document` of
 * kind `limits`: code "due.RULE", value a number or "off". HQ's line is for
 * all, a branch's own for itself.
 *
 * What comes back is asked for over the last twelve months; what is older is
 * history, and stands in the rates of the reports. One row for each matter
 * and rule: the oldest day that was missed, and how many.
 */
#ifndef NODE_DUE_H
#define NODE_DUE_H

#include "base/date.h"
#include "record.h"

struct due_rule {
	const char *name, *type;
	const char *role;	/* who acts: "chair" or "chair|hq" */
	const char *sentence;	/* N_("...") */
	int64_t n;		/* its number; what it counts is in `due` */
	int lead;		/* months ahead that it is told, else 0 */
	/* SQL. r is the record: its columns, r.now (the state on that day)
	 * and r.due_n (the number, NULL: switched off); p is the period: name,
	 * first, last. ?1 is the day asked for. */
	const char *cycle;	/* kind of period, or NULL: it comes once */
	const char *when;	/* it waits */
	const char *due;	/* by that day */
	const char *done;	/* rows (id, period) of what was done, or NULL */
	const char *key;	/* what id is, and one row for; NULL: r.id */
	const char *high;	/* it is urgent; NULL: it is not */
};
extern const struct due_rule due_rules[];
extern const size_t ndue_rules;
bool due_rule_role(const struct due_rule *rule, const char *role);

struct due {			/* texts are borrowed until fn returns */
	const struct due_rule *rule;
	stamp_t id;
	const char *branch, *state;
	const char *title;	/* or label of its kind; "" if that is
				 * personal */
	const char *period;	/* the oldest that waits, "" if it comes once */
	const char *day;	/* "YYYY-MM-DD" */
	int64_t overdue;	/* days; 0 or less: still to go */
	int64_t missing;	/* how many periods wait, else 1 */
	bool high;
};

struct due_options {
	const char *as_of;	/* "YYYY-MM-DD"; NULL: today. States are as
				 * they stood then, fields as they are now */
	int64_t days;		/* also what is due within so many days */
	const char *role;	/* NULL: all */
	const char *branch;	/* NULL: all that this node has */
};

/* Most urgent first: overdue, then urgent, then by day. *gap, if not NULL: a
 * year whose working days were asked for but of which only the weekends are
 * known, or 0. fn: non-zero stops. Expected: ERR_DATE. */
typedef int (*due_fn)(void *arg, const struct due *d);
MUST_USE enum err_code due_each(struct store *s, const struct due_options *o,
    due_fn fn, void *arg, int *gap, struct err *e);
/* How many are overdue, for `status`: works on a store that was only looked
 * at. A store of at most DUE_LIVE records is counted now; of a greater one,
 * what due_each() last found, asked for everything on a store open for
 * writing, which keeps it. day: when that was, "" if never. */
#define DUE_LIVE 5000
MUST_USE enum err_code due_overdue(struct store *s, int64_t records,
    int64_t *overdue, char day[DATE_TEXT], struct err *e);

/* Late entries (补报). What belongs to a month must be entered by the 5th of
 * the next, to a quarter by day 10 and to a year by day 20 after its end. The
 * last such day; false if period is none. */
bool due_closes(const char *period, char out[DATE_TEXT]);
/* Is a record whose entered_on is that day a late entry for the period? It
 * still counts in the period it belongs to. Without the day (imported): no. */
bool due_late(const char *period, const char *entered_on);

/* The late entries of a period, by branch, type and day; texts are borrowed
 * until fn returns. A record with a period of its own (a report of July made
 * in August) belongs to that. branch NULL: all. fn: non-zero stops. Expected:
 * ERR_PERIOD. */
struct due_late_entry {
	const struct type *type;
	stamp_t id;
	const char *branch, *title, *day, *entered_on;
};
typedef int (*due_late_fn)(void *arg, const struct due_late_entry *one);
MUST_USE enum err_code due_late_each(struct store *s, const char *period,
    const char *branch, due_late_fn fn, void *arg, struct err *e);

#endif
