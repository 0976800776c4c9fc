/* Reports R01..R18: data over the measure grammar (figure.h).
 *
 * The files of node/report/ say what each holds; docs/format-report.md how. A report
 * is made as rows of cells that cli/ prints in any format; every number keeps
 * the figure that counts it, so that it opens to its records.
 */
#ifndef NODE_REPORT_H
#define NODE_REPORT_H

#include "base/date.h"
#include "figure.h"

enum report_kind {
	CELL_EMPTY,
	CELL_TEXT,		/* zh, en */
	CELL_DATE,		/* zh is "YYYY-MM-DD" */
	CELL_NUMBER,		/* num */
	CELL_MONEY,		/* num, in fen */
	CELL_RATE,		/* num of den */
};

struct report_cell {
	enum report_kind kind;
	const char *zh, *en;	/* of a number: with 余, 近, 约; or NULL */
	struct value num, den;
	const char *query;	/* the figure that counts it, or NULL */
	const char *figure;	/* its number among all figures, or NULL */
};

struct report_column {
	const char *zh, *en;
	const char *unit;	/* measure word, or "" */
};

struct report_row {
	struct report_cell *cell;	/* one for each column */
	bool total;
	const char *key;	/* what the row is for: a field's value */
	size_t place;		/* of the key in its enumeration */
};

struct report_section {
	const char *zh, *en;
	struct report_column *column;
	size_t ncolumn;
	struct report_row *row;
	size_t nrow;
};

struct report_chain {		/* what has come from one node */
	const char *branch, *name, *code;
	int64_t seq, sealed_ms;	/* of the last changeset; 0: none */
	bool late;		/* sealed before the period was over */
};

struct report {
	const char *id, *zh, *en;
	bool audit;		/* wants what sync/audit.h adds */
	char period[24];		/* "" when it is as of a day */
	char first[DATE_TEXT], last[DATE_TEXT];	/* days counted */
	char as_of[DATE_TEXT], printed[DATE_TEXT];
	const char *unit_zh, *unit_en;	/* whose: a branch, or all */
	const char *branch;		/* its code; NULL: all branches */
	const char *maker;
	struct report_chain *chain;
	size_t nchain, nbranch, nbranch_in;	/* nbranch_in have data in */
	int64_t unsealed;		/* changes entered here, not signed */
	int64_t late_entries;		/* 补报: entered after the period was
					 * closed, yet counted in it */
	struct report_section *section;
	size_t nsection;
	struct arena arena;
	json_t *definition;		/* what labels are borrowed from */
};

/* The definitions, parsed: [{"id","zh","en","period":[...],...}], R01 first.
 * New reference. Expected: ERR_FORMAT. */
MUST_USE enum err_code report_definitions(json_t **out, struct err *e);

struct report_options {
	const char *period;	/* NULL: the current one */
	const char *as_of;	/* NULL: the period's end, or today */
	const char *branch;	/* NULL: all that this node has */
	const char *maker;	/* who prints it, or NULL */
};
/* On success the caller owns *out: report_free(). Expected: ERR_NOT_FOUND (no
 * such report or branch), ERR_PERIOD, ERR_DATE. */
MUST_USE enum err_code report_make(struct store *s, const char *id,
    const struct report_options *o, struct report **out, struct err *e);
void report_free(struct report *r);

/* "1B3" is section 1, column B, row 3; a figure's number ("000-09") is its
 * cell in the last row, the total. NULL with ERR_NOT_FOUND if there is no
 * number there. */
const struct report_cell *report_cell(const struct report *r,
    const char *name, struct err *e);
/* "B", "AA" of a column counted from 0. */
void report_letters(size_t column, char out[8]);

/* Building: used by report*.c and for sections that need more than the store.
 * Pointers stay valid until the next section, or row, is added. NULL and
 * failed memory show in report_ok(). */
struct report_section *report_section(struct report *r, const char *zh,
    const char *en);
void report_column(struct report *r, const char *zh, const char *en,
    const char *unit);
/* A row of the last section, after its columns; cells are empty. */
struct report_row *report_row(struct report *r);
void report_text(struct report *r, struct report_cell *c, const char *text);
MUST_USE enum err_code report_ok(const struct report *r, struct err *e);

/* As the domain prints headcounts: over 153 is 150余, near 198 近200, about
 * 95 约95; anything else the number alone. */
void report_rounded(int64_t n, const char *precision, char *out, size_t size);

#endif
