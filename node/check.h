/* Checking what people enter: text or JSON to values, by the catalogue.
 *
 * Every problem is collected, not only the first. Code, field and sentence
 * go to standard error or, with --json, into {"errors":[...]}.
 */
#ifndef NODE_CHECK_H
#define NODE_CHECK_H

#include <jansson.h>

#include "store.h"

struct problem {
	enum err_code code;	/* of an error; OK for a warning ... */
	const char *warning;	/* ... with "W_MANGLED" and so on */
	int64_t line;		/* 0: not from a file */
	char field[64];		/* "" when it is about the whole record */
	char *text;		/* sentence, translated */
};

struct problems {
	struct problem *p;
	size_t n, errors;	/* n counts warnings too */
	int64_t line;		/* given to what is added next */
};

void problems_release(struct problems *p);
void problems_error(struct problems *p, enum err_code code,
    const char *field, const char *fmt, ...) PRINTF(4, 5);
void problems_warn(struct problems *p, const char *warning,
    const char *field, const char *fmt, ...) PRINTF(4, 5);
/* [{"code":"E_DATE","line":3,"field":"date","text":"..."}]: errors only, or
 * warnings only. New reference. */
json_t *problems_json(const struct problems *p, bool warnings);
/* OK, or the first error's code with its sentence as detail (and how many
 * more there are). */
enum err_code problems_err(const struct problems *p, struct err *e);

/* How a reference written by a person becomes an id. *out is VALUE_INT, or
 * VALUE_TEXT for one that may come later. */
typedef bool (*ref_fn)(void *arg, const struct field *f, struct slice text,
    struct value *out, struct problems *p);

/* One field's input into a value whose text is owned by b. A JSON string is
 * read by the field's type; null and text of spaces alone give VALUE_NULL.
 *   money  a JSON integer, or text of digits alone, is fen; text with a
 *          decimal point (two decimals at most), 元 or ¥ is yuan: "3.50元"
 *   int    within +-2^53; real: digits with a point; full-width digits too
 *   bool   true false 1 0 yes no 是 否
 *   date, month, quarter (or a year): as base/date.h reads them
 *   enum   its key or its Chinese label
 *   refs   a JSON array of strings, or text "a, b、c"; kept as a JSON array
 *          of ids (numbers) and external keys yet to come (strings)
 *   list   a JSON array of objects with the field's columns, or JSON text;
 *          with one column also "a, b"; kept compact with sorted keys
 * An empty list gives VALUE_NULL. ref NULL keeps references as text. */
bool check_value(struct batch *b, const struct field *f, const json_t *in,
    ref_fn ref, void *arg, struct value *out, struct problems *p);

/* A whole record, and where it is looked at. Zero what is not known. */
struct rule_memo;	/* what many records share; rules.h */
struct rule_context {
	struct store *s;	/* NULL: only what the record itself tells */
	const struct catalogue *c;
	const struct type *t;
	const struct value *cell;	/* a row of t->table */
	const char *state;	/* that it has, or is to have */
	const char *on;		/* the day of the step to it, if it is one */
	stamp_t id;		/* 0: a new record */
	const char *branch;
	bool imported;		/* may tell of long ago */
	struct rule_memo *memo;	/* NULL: its own */
	struct problems *p;
	/* the rules' own */
	struct buf detail;
	struct err *e;
	enum err_code rc;
};

/* Against the catalogue: required (Y always; S when it leaves its first
 * state; C when its condition holds), then the named rules of rules_table.c;
 * with a store also those that read other records. What is wrong goes to
 * x->p; the result is OK unless the store fails. */
MUST_USE enum err_code check_record(struct rule_context *x, struct err *e);
/* Of the named rules those alone that read other records: for an import,
 * once its rows are in the tables. */
MUST_USE enum err_code check_others(struct rule_context *x, struct err *e);
/* For a run of records none of which changes between the checks. NULL: out
 * of memory. */
struct rule_memo *rule_memo_new(void);
void rule_memo_free(struct rule_memo *m);

#endif
