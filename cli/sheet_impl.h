/* Between the files of a sheet's writer. */
#ifndef CLI_SHEET_IMPL_H
#define CLI_SHEET_IMPL_H

#include "sheet.h"

/* One value of a record as it stands on the sheet. */
struct sheet_value {
	struct buf text;
	const struct field *field;	/* the last of the path */
	bool shown;			/* false: leave it out */
};

/* The caller releases v->text. Expected: ERR_PII. */
MUST_USE enum err_code sheet_value(const struct sheet_job *j,
    const struct type *t, const json_t *record, const char *path,
    struct sheet_value *v, struct err *e);
/* The name of the record that a reference leads to, or the reference. */
MUST_USE enum err_code sheet_name(const struct sheet_job *j, const char *ref,
    struct buf *out, struct err *e);
/* The name of who made a step of the history: the person that the operator
 * is, or whose whole id or external key is given (an operator's name may look
 * like the beginning of an id), else the text as it stands; and whether the
 * step was signed. */
MUST_USE enum err_code sheet_signer(const struct sheet_job *j,
    const json_t *step, struct buf *out, struct err *e);
/* "2021年第二季度", "2021年3月8日"; other text as it stands. */
void sheet_period(struct buf *b, const char *period);
/* "48,000.00" */
void sheet_money(struct buf *b, int64_t fen);

const char *sheet_text(const struct buf *b);
const char *sheet_label(const struct sheet_cell *c, const struct field *f);

/* Lists, rows of a field, empty lines. */
MUST_USE enum err_code sheet_tables(const struct sheet_job *j, struct buf *b,
    struct err *e);

#endif
