/* Between due.c (rules to one statement, its rows), due_sql.c (what the
 * statement stands on: periods, settings, working days) and due_late.c.
 */
#ifndef NODE_DUE_IMPL_H
#define NODE_DUE_IMPL_H

#include "calendar.h"
#include "due.h"
#include "store_db.h"

struct due_run {
	struct store *s;
	const struct due_options *o;
	struct calendar *calendar;
	bool past;		/* as of a day before today */
	char as_of[DATE_TEXT], horizon[DATE_TEXT];
	struct setting {	/* in the order they were issued */
		char branch[17];
		char rule[32];
		int64_t n;
		bool off;
	} *setting;
	size_t nsetting;
	struct buf sql;
};

/* Read the settings, load the calendar and give the connection workday(day,
 * n) and months(day, n) until due_end(). */
MUST_USE enum err_code due_start(struct due_run *run, struct err *e);
void due_end(struct due_run *run);

/* The table `period`: kind, name, first, last. */
void due_periods(struct due_run *run);
/* A rule's number for the record's branch, NULL where it is switched off. */
void due_number(struct due_run *run, const struct due_rule *rule);

/* due.c: the field that a matter is called by, NULL if that is personal;
 * *kind: if it holds a key of this enumeration. t may be NULL. */
const char *due_title_field(const struct catalogue *c, const struct type *t,
    const struct enumeration **kind);
/* That field's text as people read it: of a key its label. */
const char *due_title(const struct catalogue *c, const struct type *t,
    const char *text);
/* A text column, "" for NULL; borrowed until the next step. */
const char *due_text(sqlite3_stmt *st, int i);

#endif
