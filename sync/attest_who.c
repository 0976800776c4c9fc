/* Which chain a row is in, and which rows tell who operators were.
 */
#include "attest_pick.h"
#include "chain_impl.h"
#include "operator.h"

/* ---- which chain ---- */

const struct value *pick_cell(const struct pick *k, size_t i)
{
	const struct section *s = k->row[i].section;

	return s->cell + k->row[i].row * s->table->ncol;
}

struct number_of { uint16_t number; char code[17]; };

static int find_number(void *arg, const struct roster_row *r)
{
	struct number_of *f = arg;

	if (r->number == f->number)
		memcpy(f->code, r->code, sizeof f->code);
	return f->code[0] != '\0';
}

enum err_code pick_own_chain(struct picks *p, stamp_t stamp,
    char chain[CHAIN_NAME], struct err *e)
{
	const struct identity *id = store_identity(p->n->store);
	struct number_of f = { .number = stamp_node(stamp) };
	enum err_code rc = roster_each(p->n->store, find_number, &f, e);

	/* a node knows itself before the roster does */
	if (!f.code[0] && f.number == id->number)
		memcpy(f.code, id->code, sizeof f.code);

	snprintf(chain, CHAIN_NAME, "node/%.16s", f.code);
	return rc;
}

enum err_code pick_anywhere(struct picks *p, stamp_t stamp,
    struct pick **found, struct err *e)
{
	char chain[3][CHAIN_NAME] = { "hq/all", "hq/HQ" };
	bool hq = stamp_node(stamp) == HQ_NUMBER;
	enum err_code rc = OK;

	*found = NULL;
	snprintf(chain[2], CHAIN_NAME, "hq/%.16s", p->record.branch);
	if (!hq)
		rc = pick_own_chain(p, stamp, chain[0], e);
	for (size_t i = 0; !rc && !*found && i < (hq ? 3 : 1); i++)
		rc = pick_stamp(p, chain[i], stamp, found, e);
	return rc;
}

enum err_code pick_not_here(struct picks *p, stamp_t stamp, struct err *e)
{
	bool waits = false;
	enum err_code rc = outbox_has(p->n->store, stamp, &waits, e);

	if (rc)
		return rc;
	if (!waits)
		return err_set(e, ERR_NOT_FOUND, _("a change to the record is "
		    "in no chain that is here"));
	err_set(e, ERR_STATE, _("the record has changes that are not sealed "
	    "yet"));
	return err_hint(e, _("run “wellhead seal” first, and prove it once "
	    "headquarters has it"));
}

/* ---- operators ---- */

/* The row that says who that name was at the stamp; of one who signed it must
 * be there. */
static enum err_code pick_operator(struct picks *p, const struct value *v,
    stamp_t stamp, bool signed_it, struct err *e)
{
	char code[OPERATOR_ROOM], chain[CHAIN_NAME] = "hq/all";
	struct operator_row row;
	struct pick *k = NULL;
	struct err none = {0};
	enum err_code rc;

	if (!value_copy_name(v, code, sizeof code))
		return OK;
	rc = operator_at(p->n->store, stamp_node(stamp), code, stamp, &row,
	    &none);
	if (rc == ERR_NOT_FOUND && !signed_it)
		return OK;
	if (rc) {
		*e = none;
		return rc;
	}
	if (stamp_node(stamp) != HQ_NUMBER)
		rc = pick_own_chain(p, stamp, chain, e);
	if (!rc)
		rc = pick_stamp(p, chain, row.stamp, &k, e);
	return rc || k ? rc : pick_not_here(p, row.stamp, e);
}

/* The record's own row, or one of its steps: its cells, which are k's. NULL
 * if the row is something else. */
static enum err_code find_cells(struct picks *p, stamp_t stamp,
    const struct value **cell, bool *step, struct err *e)
{
	struct pick *k = NULL;
	enum err_code rc = pick_anywhere(p, stamp, &k, e);

	*cell = NULL;
	for (size_t j = 0; !rc && k && !*cell && j < k->nrow; j++) {
		const struct section *s = k->row[j].section;

		*step = !s->type && s->fixed == TABLE_TRANSITION;
		if (pick_cell(k, j)[0].i == stamp && (s->type || *step))
			*cell = pick_cell(k, j);
	}
	return rc;
}

/* One who signed; then also whom the row names, where that tells whether the
 * same person has done both. */
static enum err_code pick_people(struct picks *p, bool named, bool *any,
    struct err *e)
{
	enum err_code rc = OK;

	for (size_t i = 0; !rc && i < p->nstamp; i++) {
		stamp_t at = p->stamp[i];
		const struct value *cell;
		bool step = false;

		rc = find_cells(p, at, &cell, &step, e);
		if (rc || !cell)
			continue;
		if (named)
			rc = pick_operator(p, &cell[step ? TRANSITION_BY :
			    TYPE_COL_BY], at, false, e);
		else if (step)
			rc = pick_operator(p, &cell[TRANSITION_OPERATOR], at,
			    true, e);
		*any |= step && cell[TRANSITION_OPERATOR].kind != VALUE_NULL;
	}
	return rc;
}

enum err_code pick_operators(struct picks *p, struct err *e)
{
	bool any = false;
	enum err_code rc = pick_people(p, false, &any, e);

	return rc || !any ? rc : pick_people(p, true, &any, e);
}
