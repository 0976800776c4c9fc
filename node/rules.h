/* The named rules, from inside: check.c and rules*.c only include this.
 *   rules_table.c   the one table; docs/rules.md shows it
 *   rules.c         running it, conditions, the memo
 *   rules_field.c   what fields of one record say of each other
 *   rules_person.c  identity numbers, credit codes, cards
 *   rules_text.c    personal data in text
 *   rules_list.c    lists: votes, quotes, lines, scores
 *   rules_refer.c   what a record refers to, and what refers to it
 *   rules_unique.c  what may stand only once
 *   rules_money.c   limits and the price line
 *   rules_step.c    the days of steps
 *
 * A condition is text like the catalogue's: "kind=a|b;state!=c" - all parts
 * must hold; nothing after = means an empty field. The same text is judged
 * here for the record at hand and turned into SQL for others.
 */
#ifndef NODE_RULES_H
#define NODE_RULES_H

#include "base/date.h"
#include "base/map.h"
#include "calendar.h"
#include "check.h"
#include "store_db.h"

struct rule;
typedef bool (*rule_fn)(struct rule_context *x, const struct rule *r);

struct rule {
	const char *name, *type;	/* type NULL: every type */
	enum err_code code;		/* OK: a warning ... */
	bool others;			/* reads other records */
	const char *warning;		/* ... of this name */
	rule_fn holds;
	const char *field;		/* where the problem is told; NULL:
					 * the whole record */
	const char *other;		/* a field, a condition, a range or
					 * keys, as holds reads it */
	const char *when;		/* only then; NULL: always */
	const char *text;		/* what is wrong and what to do */
};
extern const struct rule rules[];
extern const size_t nrules;

/* Indexes that the rules' queries stand on, beside those that rule_unique
 * rows need: type, column, and a second one or NULL. */
struct rule_index { const char *type, *column, *second; };
extern const struct rule_index rule_indexes[];
extern const size_t nrule_indexes;
/* "CREATE INDEX IF NOT EXISTS" for all indexes of t, appended. */
void rules_index_sql(struct buf *sql, const struct type *t);

enum rules_which { RULES_OWN, RULES_OTHERS, RULES_ALL };
MUST_USE enum err_code rules_run(struct rule_context *x,
    enum rules_which which, struct err *e);
/* The code for a required field that is empty: ERR_REQUIRED, or a finer one
 * that the catalogue of bad input has for this field. */
enum err_code rule_missing(const struct type *t, const struct field *f);

/* One part of a condition; *text moves on. False at its end. */
struct rule_part {
	struct slice key, values;	/* values with | between */
	bool negated;
};
bool rule_part_next(const char **text, struct rule_part *out);
/* The next of "a|b"; false at the end. */
bool rule_value_next(struct slice *values, struct slice *out, bool *first);

/* A field's value, VALUE_NULL when the type has none such; "state" too. */
struct value rule_value(const struct rule_context *x, const char *key);
const struct field *rule_field(const struct rule_context *x,
    const char *key);
bool rule_is(const struct rule_context *x, const char *key,
    struct slice text);
bool rule_when(const struct rule_context *x, const char *condition);
/* The list in a field, or NULL when it is empty. New reference. */
json_t *rule_list(const struct rule_context *x, const char *key);
/* A list cell as a number: JSON numbers, or text of digits. */
bool rule_number(const json_t *v, double *out);
/* "1000.00元" of fen, to x->detail. */
void rule_yuan(struct rule_context *x, int64_t fen);

/* Another record, or the one at hand's older self. */
struct rule_other {
	const struct type *t;	/* NULL: it has not come */
	stamp_t id;
};
struct rule_other rule_refer(struct rule_context *x, const char *key);
struct rule_other rule_other_id(struct rule_context *x, int64_t id);
/* Its field, "state" or "void"; VALUE_NULL if there is none. Text goes to
 * out, which it then borrows. */
struct value rule_read(struct rule_context *x, struct rule_other o,
    const char *key, struct buf *out);
/* Does it meet the condition? A void one meets none. */
bool rule_meets(struct rule_context *x, struct rule_other o,
    const char *condition);
/* The condition as SQL over a table, " AND ..." appended. */
void rule_sql(struct buf *sql, const char *condition);
/* The working days: NULL, with x->rc set, when they cannot be read. */
struct calendar *rule_calendar(struct rule_context *x);
/* The row's own statement, made from sql at first use. NULL: x->rc is set. */
sqlite3_stmt *rule_stmt(struct rule_context *x, const struct rule *r,
    void (*sql)(struct buf *out, const struct rule_context *x,
    const struct rule *r));
/* Step; false when there is no row, or after a failure (x->rc). */
bool rule_step(struct rule_context *x, sqlite3_stmt *st);
/* A fixed statement, or NULL with x->rc set. */
sqlite3_stmt *rule_fixed(struct rule_context *x, enum sql_name name);
/* Note the printed id of a record as the problem's detail. */
void rule_detail_id(struct rule_context *x, stamp_t id);
/* The first (last: newest) day on which a record took a step to one of the
 * states "a|b", the one being taken now too. False if it has not. */
bool rule_day(struct rule_context *x, struct rule_other o,
    const char *states, char day[DATE_TEXT]);

struct rule_memo {
	struct map *household;	/* identity number -> the first file */
	struct map *programme;	/* known programme codes */
	json_t *limits;		/* documents of limits */
	struct calendar *calendar;
};

/* Identity numbers (GB 11643): what is wrong with one, or OK. */
enum err_code rule_idno_fault(struct slice s);

#define RULE_FN_MAP(X) \
	X(rule_never) X(rule_not_negative) X(rule_range) X(rule_chars) \
	X(rule_not_before) X(rule_at_most) X(rule_different) X(rule_past) \
	X(rule_weights) X(rule_consent) X(rule_two_thirds) \
	X(rule_term) X(rule_need) X(rule_days_before) X(rule_open_days) \
	X(rule_march) X(rule_entered_late) X(rule_poverty) X(rule_per_capita) \
	X(rule_idno) X(rule_idno_gender) X(rule_idno_birth) X(rule_uscc) \
	X(rule_region) X(rule_ethnic) X(rule_card) X(rule_members_idno) \
	X(rule_no_pii) X(rule_no_reading) X(rule_no_cards) \
	X(rule_votes_cast) X(rule_votes_passed) X(rule_seconders) \
	X(rule_members_fit) X(rule_scores) X(rule_total) X(rule_handed_out) \
	X(rule_not_self) X(rule_acyclic) X(rule_target) X(rule_no_child) \
	X(rule_has_child) X(rule_scheme) X(rule_fails) X(rule_programmes) \
	X(rule_starred) X(rule_item_no) X(rule_entrants) X(rule_birthday) \
	X(rule_after_other) X(rule_before_other) X(rule_progress) \
	X(rule_unique) X(rule_household) \
	X(rule_limit) X(rule_year_limit) X(rule_quotes) X(rule_interview) \
	X(rule_split) \
	X(rule_then_open) X(rule_case_open) X(rule_in_time) X(rule_mediated) \
	X(rule_decided) X(rule_before_step)

#define X(name) bool name(struct rule_context *x, const struct rule *r);
RULE_FN_MAP(X)
#undef X

#endif
