/* Sheets: printed forms of records, as data.
 *
 * sheets.c has the table; a new form is a new row. A sheet is for one reader
 * (mask.h): what the catalogue keeps from that reader is not on it. Sheets
 * for the public are refused when a text on them holds personal data (pii.h).
 * Their words are Chinese whatever the reader's language: they are posted at
 * the branches.
 */
#ifndef CLI_SHEET_H
#define CLI_SHEET_H

#include "command.h"
#include "mask.h"

/* A value on the sheet. path is a field, or "parent.org" through a reference,
 * or several "focus|batch" of which the first that is there counts; NULL: an
 * empty cell to write in. A field that the record's type has not, or
 * that the reader may not see, is left out with its label. */
struct sheet_cell {
	const char *path;
	const char *label;	/* NULL: the field's own; ends a list */
};

/* key = the sheet's record's `from`; one that is "optional" is passed over
 * when the record has none. */
struct sheet_filter {
	const char *key, *from;	/* key NULL ends */
	bool optional;
};

/* Records of another type in a table, the oldest first. */
struct sheet_list {
	const char *type;
	const struct sheet_filter *filter;
	const char *states;	/* "done|published" */
	/* Only those whose this field is empty or names the sheet's record;
	 * NULL: all. */
	const char *mine;
	const struct sheet_cell *column;
};

/* A step of the workflow that somebody signs. */
struct sheet_step {
	const char *to, *label;	/* to NULL ends */
};

struct sheet {
	const char *key;	/* --kind */
	const char *type;
	const char *when;	/* "kind=hazard"; NULL: always */
	const char *report;	/* "R07": not of one record */
	const char *title;	/* or the path of the title ... */
	const char *title_path;	/* ... NULL */
	const char *unit;	/* path of the unit that issues it */
	const char *states;	/* may be printed in these; others as draft */
	const struct sheet_cell *fact;	/* a table of label and value */
	const struct sheet_cell *text;	/* paragraphs */
	const struct sheet_list *list;
	const struct sheet_cell *line;	/* columns of a list field ... */
	const char *line_field;		/* ... of this one */
	const struct sheet_step *step;
	const char *blank_rows;	/* a number's field: so many rows to sign */
	const struct sheet_cell *blank;
	const char *const *sign;	/* boxes to sign; ends with NULL */
	enum mask_reader reader;
	bool notice;	/* days on display, hotline, unit, seal */
};

extern const struct sheet sheets[];
extern const size_t nsheets;

/* What a sheet is made from. */
struct sheet_job {
	struct context *c;
	const struct sheet *sheet;
	const struct type *type;	/* of the record */
	json_t *record;			/* with its history */
	enum mask_reader reader;
	bool draft;			/* watermark */
};

/* The sheet of a type, by key, or the first that fits when key is NULL.
 * Expected: ERR_NOT_FOUND, with the type's sheets as a hint. */
MUST_USE enum err_code sheet_find(const struct type *t, const json_t *record,
    const char *key, const struct sheet **out, struct err *e);
/* NULL if the report has none. */
const struct sheet *sheet_of_report(const char *report);
/* "a|b|c" has the word. */
bool sheet_has(const char *words, const char *word);

/* The page. Expected: ERR_PII. */
MUST_USE enum err_code sheet_write(const struct sheet_job *j, struct buf *out,
    struct err *e);

struct report_options;
/* The page of a report as it may be posted: lists masked for the public, no
 * totals of internal fields. Expected: ERR_NOT_FOUND, ERR_PERIOD, ERR_PII,
 * ERR_STATE (auditors' reports). */
MUST_USE enum err_code publish_report(struct context *c, const char *id,
    const struct report_options *o, struct buf *out, struct err *e);

#endif
