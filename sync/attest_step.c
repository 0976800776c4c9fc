/* The steps of a proof: what operators signed.
 */
#include <stdlib.h>

#include "attest_impl.h"
#include "operator.h"

struct step {
	const struct attest *p;
	const struct type *type;
	const struct attest_row *row, *operator;
	struct value cell[TRANSITION_NCOL];
	unsigned char mark[OPERATOR_SIGNATURE];
	struct err *e;
};

const struct attest_row *attest_operator_at(const struct attest *p,
    const struct value *code, stamp_t stamp)
{
	const struct attest_row *best = NULL;

	for (size_t i = 0; code && i < p->nrow; i++) {
		const struct attest_row *r = &p->row[i];
		const struct value *v = attest_cell(p, r, "code");

		if (strcmp(r->table, "operator") == 0 && v &&
		    value_eq(v, code) && r->stamp < stamp &&
		    stamp_node(r->stamp) == stamp_node(stamp) &&
		    (!best || r->stamp > best->stamp))
			best = r;
	}
	return best;
}

const struct attest_row *attest_operator(const struct attest *p,
    const struct attest_row *step)
{
	return attest_operator_at(p, attest_cell(p, step, "operator"),
	    step->stamp);
}

static enum err_code bad_step(const struct step *s, enum err_code code,
    const char *why)
{
	return attest_bad(s->e, code, s->row->line, "%s", why);
}

/* ---- what it replaces ---- */

bool attest_replaces(const struct attest *p, const struct attest_row *step,
    stamp_t list[ATTEST_REPLACES], size_t *n)
{
	const struct value *v = attest_cell(p, step, "replaces");

	if (v)
		return batch_replaces(v, list, ATTEST_REPLACES, n) && *n;
	/* the newest step before it in the same changeset, or the record */
	*list = p->id;
	*n = 1;
	for (size_t i = 0; i < p->nrow; i++) {
		const struct attest_row *r = &p->row[i];

		if (r->commit == step->commit && r->stamp < step->stamp &&
		    strcmp(r->table, "transition") == 0 && r->stamp > *list)
			*list = r->stamp;
	}
	return true;
}

/* ---- the content that was signed ---- */

size_t attest_column(const struct table *t, const struct value *key)
{
	for (size_t i = TYPE_COL_EXT; key && i < t->ncol; i++)
		if (key->kind == VALUE_TEXT &&
		    slice_eqs(key->s, t->col[i].key))
			return i;
	return 0;
}

/* Sealed values travel as bytes, whatever their column is. */
static bool put_cell(size_t col, const struct value *v, struct value *cell)
{
	if (v && v->kind == VALUE_BYTES)
		return false;
	if (col)
		cell[col] = v ? *v : VALUE_NONE;
	return true;
}

/* The record's cells as known before the step; false if they are not all
 * shown, or the signer may not have known them. */
static bool put_row(const struct step *s, struct value *cell)
{
	const struct attest_row *r = s->p->first;
	bool good = r->keyed;

	for (size_t i = 0; good && i < r->nvalue; i++) {
		const struct attest_value *v = &s->p->value[r->value + i];
		struct value key = value_str(v->column);

		good = put_cell(attest_column(&s->type->table, &key), &v->value,
		    cell);
	}
	return good;
}

static bool put_edit(const struct step *s, const struct attest_row *r,
    struct value *cell)
{
	return stamp_node(r->stamp) == stamp_node(s->row->stamp) && r->keyed &&
	    put_cell(attest_column(&s->type->table,
	    attest_cell(s->p, r, "field")), attest_cell(s->p, r, "value"),
	    cell);
}

/* Edits below the step, by stamp. Few: each round looks for the next. */
static bool put_edits(const struct step *s, struct value *cell)
{
	stamp_t done = 0;

	for (;;) {
		const struct attest_row *next = NULL;

		for (size_t i = 0; i < s->p->nrow; i++) {
			const struct attest_row *r = &s->p->row[i];

			if (strcmp(r->table, "erase") == 0)
				return false;
			if (strcmp(r->table, "edit") == 0 &&
			    r->stamp < s->row->stamp && r->stamp > done &&
			    (!next || r->stamp < next->stamp))
				next = r;
		}
		if (!next)
			return true;
		if (!put_edit(s, next, cell))
			return false;
		done = next->stamp;
	}
}

static enum err_code check_content(const struct step *s,
    const struct value *cell)
{
	struct buf b = BUF_INIT;
	unsigned char sum[SHA256_LEN];
	enum err_code rc;

	operator_content_add(s->type, cell, &b);
	sha256(slice_buf(&b), sum);
	rc = buf_ok(&b, s->e);
	if (!rc && memcmp(sum, s->mark, sizeof sum) != 0)
		rc = bad_step(s, ERR_SIGNATURE, _("its operator signed "
		    "another content of the record"));
	buf_release(&b);
	return rc;
}

/* What it was signed for, and who may sign that. */
static enum err_code check_record(const struct step *s)
{
	struct value *cell = calloc(s->type->table.ncol, sizeof *cell);
	bool known;
	enum err_code rc = OK;

	if (!cell)
		return err_memory(s->e);
	cell[TYPE_COL_ID] = value_int(s->p->id);
	known = put_row(s, cell) && put_edits(s, cell);
	if (known)
		rc = check_content(s, cell);
	if (!rc)
		rc = attest_duties(s->p, s->type, s->row,
		    known ? cell : NULL, s->e);
	free(cell);
	return rc;
}

/* ---- the signature ---- */

static enum err_code check_role(const struct step *s)
{
	struct operator_row row = {0};
	char role[64], day[DATE_TEXT];

	date_text(stamp_ms(s->row->stamp) / 86400000, day);
	if (!attest_string(s->p, s->row, "role", role, sizeof role) ||
	    !attest_string(s->p, s->operator, "roles", row.roles,
	    sizeof row.roles))
		return bad_step(s, ERR_ROLE, _("it names no role"));
	attest_string(s->p, s->operator, "from", row.from, sizeof row.from);
	attest_string(s->p, s->operator, "to", row.to, sizeof row.to);
	if (strcmp(role, "system") == 0 || operator_has(&row, role, day))
		return OK;
	return bad_step(s, ERR_ROLE, _("its operator had not that role on "
	    "that day"));
}

/* What the operator signed, beside the content's hash. */
static enum err_code signed_text(struct step *s, struct buf *out)
{
	stamp_t replaces[ATTEST_REPLACES];
	size_t n;

	if (!attest_replaces(s->p, s->row, replaces, &n))
		return bad_step(s, ERR_SIGNATURE, _("what it replaces cannot "
		    "be read"));
	return operator_message(s->p->org, s->cell, replaces, n, s->mark, out,
	    s->e);
}

static enum err_code check_signature(struct step *s)
{
	unsigned char key[KEY_PUBLIC];
	struct buf message = BUF_INIT;
	enum err_code rc;

	s->operator = attest_operator(s->p, s->row);
	if (!s->operator || !attest_bytes(s->p, s->operator, "key", key,
	    KEY_PUBLIC))
		return bad_step(s, ERR_KEY, _("the operator who signed it is "
		    "not shown"));
	if (!attest_bytes(s->p, s->row, "signature", s->mark, sizeof s->mark))
		return bad_step(s, ERR_SIGNATURE, _("it has no signature of "
		    "its operator"));
	rc = check_role(s);
	if (!rc)
		rc = signed_text(s, &message);
	if (!rc && !key_verify(key, slice_buf(&message),
	    s->mark + SHA256_LEN))
		rc = bad_step(s, ERR_SIGNATURE, _("its operator's signature is "
		    "wrong"));
	buf_release(&message);
	return rc;
}

/* Steps are shown whole: what was signed is all of it. */
static enum err_code load_step(struct step *s)
{
	const struct table *t = fixed_table(TABLE_TRANSITION);

	if (!s->row->keyed)
		return bad_step(s, ERR_FORMAT, _("a step hides a value"));
	for (size_t i = 1; i < t->ncol; i++) {
		const struct value *v = attest_cell(s->p, s->row,
		    t->col[i].key);

		s->cell[i] = v ? *v : VALUE_NONE;
	}
	s->cell[TRANSITION_STAMP] = value_int(s->row->stamp);
	return attest_is(s->p, s->row, "type", s->type->key) ? OK :
	    bad_step(s, ERR_FOREIGN, _("it is a step of another type"));
}

enum err_code attest_steps(const struct attest *p, const struct type *t,
    struct err *e)
{
	enum err_code rc = OK;

	for (size_t i = 0; !rc && i < p->nrow; i++) {
		struct step s = { .p = p, .type = t, .row = &p->row[i],
			.e = e };

		if (strcmp(s.row->table, "transition") != 0)
			continue;
		rc = load_step(&s);
		if (!rc && s.cell[TRANSITION_OPERATOR].kind != VALUE_NULL)
			rc = check_signature(&s);
		if (!rc && s.operator)
			rc = check_record(&s);
	}
	return rc;
}
