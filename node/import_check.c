/* The rules that read other records, once the lines stand in the tables. */
#include "import.h"

#include "duplicate.h"

/* A line that is void is held to nothing. */
static enum err_code check_line(struct import *im, struct rule_memo *memo,
    const struct import_line *line)
{
	const struct type *t = line->type;
	const struct section *sec = batch_section(&im->batch, t, -1);
	struct rule_context x = { .s = im->s, .c = store_catalogue(im->s),
	    .t = t, .state = line->state, .id = line->id, .imported = true,
	    .branch = im->branch[line->branch], .memo = memo, .p = im->p };
	enum err_code rc;

	if (line->state == NULL || line->voided || sec == NULL)
		return OK;
	im->p->line = line->number;
	x.cell = sec->cell + line->row * t->table.ncol;
	rc = check_others(&x, im->e);
	return rc == OK ? duplicate_warn(&x, im->e) : rc;
}

enum err_code import_check(struct import *im, size_t from, size_t to)
{
	struct rule_memo *memo = rule_memo_new();
	enum err_code rc = memo != NULL ? OK : err_memory(im->e);

	for (; rc == OK && from < to; from++)
		rc = check_line(im, memo, im->order[from]);
	rule_memo_free(memo);
	return rc;
}
