/* Decisions of headquarters on pairs of records. */
#include "same.h"

#include "base/date.h"
#include "base/text.h"
#include "entry.h"
#include "outbox.h"
#include "record_write.h"
#include "right.h"

/* ---- rows ---- */

static bool optional_text(const struct value *v)
{
	return v->kind == VALUE_NULL || v->kind == VALUE_TEXT;
}

static bool row_ok(const struct value *c)
{
	return c[LINK_A].kind == VALUE_INT && c[LINK_B].kind == VALUE_INT &&
	    c[LINK_A].i > 0 && c[LINK_A].i < c[LINK_B].i &&
	    c[LINK_VERDICT].kind == VALUE_TEXT &&
	    (slice_eqs(c[LINK_VERDICT].s, "same") ||
	    slice_eqs(c[LINK_VERDICT].s, "apart")) &&
	    optional_text(&c[LINK_BY]) && optional_text(&c[LINK_NOTE]);
}

static enum err_code insert(struct store *s, const struct value *c,
    struct err *e)
{
	static const int order[] = { LINK_A, LINK_B, LINK_STAMP,
		LINK_VERDICT, LINK_BY, LINK_NOTE };
	sqlite3_stmt *st;
	enum err_code rc;

	if (!row_ok(c))
		return err_set(e, ERR_FORMAT, _("a decision on two records "
		    "cannot be read"));
	rc = store_stmt(s, SQL_SAME_NEW, &st, e);
	if (rc != OK)
		return rc;
	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		bind_value(st, (int)i + 1, &c[order[i]]);
	return store_run(s, st, e);
}

static enum err_code run(struct store *s, enum sql_name name, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, name, &st, e);

	return rc == OK ? store_run(s, st, e) : rc;
}

/* There are few decisions: they are worked out anew after each. */
static enum err_code settle(struct store *s, struct err *e)
{
	enum err_code rc = run(s, SQL_SAME_CLEAR, e);

	return rc == OK ? run(s, SQL_SAME_SETTLE, e) : rc;
}

enum err_code same_apply(struct store *s, const struct batch *b,
    struct err *e)
{
	size_t n = fixed_table(TABLE_LINK)->ncol;
	enum err_code rc = OK;
	bool any = false;

	for (size_t i = 0; i < b->nsection; i++) {
		const struct section *sec = &b->section[i];

		if (sec->type || sec->fixed != TABLE_LINK)
			continue;
		for (size_t k = 0; rc == OK && k < sec->nrow; k++)
			rc = insert(s, sec->cell + k * n, e);
		any = true;
	}
	return rc == OK && any ? settle(s, e) : rc;
}

/* ---- deciding ---- */

static enum err_code find_two(struct store *s, const struct same_decision *d,
    struct record r[2], struct err *e)
{
	struct record swap;
	enum err_code rc;

	rc = record_find(s, d->a, &r[0], e);
	if (rc == OK)
		rc = record_find(s, d->b, &r[1], e);
	if (rc != OK)
		return rc;
	if (r[0].id == r[1].id)
		return err_set(e, ERR_SELF, _("%s and %s are one record "
		    "already; give two"), d->a, d->b);
	if (r[0].type != r[1].type)
		return err_set(e, ERR_REF, _("one is a %s, the other a %s; "
		    "only records of one type can be the same"),
		    r[0].type->key, r[1].type->key);
	if (r[0].id > r[1].id) {
		swap = r[0];
		r[0] = r[1];
		r[1] = swap;
	}
	return OK;
}

static enum err_code may_decide(struct store *s, struct err *e)
{
	if (!s->id.hq) {
		err_set(e, ERR_ROLE, _("only headquarters decides whether two "
		    "records are the same"));
		return err_hint(e, _("tell them both ids; of two records of "
		    "your own, make one void"));
	}
	if (operator_may(s, "hq") || operator_may(s, "hq_chair"))
		return OK;
	err_set(e, ERR_ROLE, _("only who has the role hq or hq_chair decides "
	    "whether two records are the same"));
	return right_hint(s, e);
}

/* A row for the chain of one branch: HQ's own records are of no branch. */
static enum err_code put_row(struct write *w, const struct record r[2],
    const char *branch, const struct value text[3], struct err *e)
{
	char chain[CHAIN_NAME];
	struct value *cell;
	enum err_code rc;
	struct batch b;
	stamp_t stamp;

	batch_init(&b, w->s->catalogue);
	snprintf(chain, sizeof chain, "hq/%.16s", branch);
	rc = store_stamp(w->s, &stamp, e);
	if (rc != OK)
		goto done;
	cell = batch_row(&b, NULL, TABLE_LINK);
	if (!cell) {
		rc = err_memory(e);
		goto done;
	}
	cell[LINK_STAMP] = value_int(stamp);
	cell[LINK_A] = value_int(r[0].id);
	cell[LINK_B] = value_int(r[1].id);
	memcpy(&cell[LINK_VERDICT], text, 3 * sizeof *text);
	/* Applied as everybody else will apply it. */
	rc = same_apply(w->s, &b, e);
	if (rc == OK)
		rc = outbox_put(w->s, chain, &b, e);
done:
	batch_release(&b);
	return rc;
}

/* "Same" goes on from one record to the next, so a decision may say without
 * words what another one denies. */
static enum err_code check_agrees(struct store *s, struct err *e)
{
	char a[STAMP_DIGITS + 1], b[STAMP_DIGITS + 1];
	sqlite3_stmt *st;
	enum err_code rc;
	bool row = false;

	rc = store_stmt(s, SQL_SAME_AGAINST, &st, e);
	if (rc == OK)
		rc = store_step(s, st, &row, e);
	if (rc != OK || !row)
		return rc;
	base32_stamp(a, (uint64_t)sqlite3_column_int64(st, 0));
	base32_stamp(b, (uint64_t)sqlite3_column_int64(st, 1));
	sqlite3_reset(st);
	err_set(e, ERR_CONFLICT, _("%s and %s are held apart, but other "
	    "decisions make them one"), a, b);
	return err_hint(e, _("`wellhead show ID` lists the decisions on a "
	    "record; change one of them first"));
}

static enum err_code decide(struct write *w, const struct same_decision *d,
    struct err *e)
{
	struct value text[3] = { value_str(d->same ? "same" : "apart") };
	struct problems p = { .n = 0 };
	struct record r[2];
	enum err_code rc;

	rc = find_two(w->s, d, r, e);
	if (rc != OK)
		return rc;
	write_by(w, d->by, &text[1], &p);
	write_text(w, &field_note, d->note, &text[2], &p);
	rc = problems_err(&p, e);
	problems_release(&p);
	if (rc == OK)
		rc = put_row(w, r, r[0].branch, text, e);
	if (rc == OK && strcmp(r[0].branch, r[1].branch) != 0)
		rc = put_row(w, r, r[1].branch, text, e);
	return rc == OK ? check_agrees(w->s, e) : rc;
}

enum err_code same_decide(struct store *s, const struct same_decision *d,
    struct err *e)
{
	enum err_code rc = may_decide(s, e);
	struct write w;

	if (rc != OK)
		return rc;
	rc = write_begin(&w, s, e);
	if (rc == OK)
		rc = decide(&w, d, e);
	if (rc == OK)
		rc = store_commit(s, e);
	/* its batch is empty: the rows are in the outbox already */
	if (rc == OK)
		w.open = false;
	return write_end(&w, s->id.branch, rc, e);
}

/* ---- reading ---- */

enum err_code same_one(struct store *s, stamp_t id, stamp_t *one,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*one = id;
	rc = store_stmt(s, SQL_SAME_ONE, &st, e);
	if (rc != OK)
		return rc;
	sqlite3_bind_int64(st, 1, id);
	return store_number(s, st, one, e);
}

enum err_code same_verdict(struct store *s, stamp_t a, stamp_t b,
    char out[8], struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	out[0] = '\0';
	rc = store_stmt(s, SQL_SAME_VERDICT, &st, e);
	if (rc != OK)
		return rc;
	sqlite3_bind_int64(st, 1, a < b ? a : b);
	sqlite3_bind_int64(st, 2, a < b ? b : a);
	if (store_next(s, st, &rc, e))
		column_text(st, 0, out, 8);
	sqlite3_reset(st);
	return rc;
}

static json_t *decision_json(sqlite3_stmt *st, stamp_t id)
{
	static const struct { const char *key; int column; } text[] = {
		{ "verdict", 2 }, { "by", 4 }, { "note", 5 } };
	stamp_t a = sqlite3_column_int64(st, 0);
	char at[32];
	json_t *o = json_object();

	json_object_set_new(o, "id", entry_stamp_json(a == id ?
	    sqlite3_column_int64(st, 1) : a));
	for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
		struct value v = column_value(st, text[i].column);

		if (v.kind != VALUE_NULL)
			json_object_set_new(o, text[i].key,
			    entry_value_json(NULL, &v));
	}
	time_text(stamp_ms(sqlite3_column_int64(st, 3)), at);
	json_object_set_new(o, "at", json_string(at));
	return o;
}

enum err_code same_json(struct store *s, stamp_t id, json_t **out,
    struct err *e)
{
	json_t *list = NULL;
	sqlite3_stmt *st;
	enum err_code rc;

	*out = NULL;
	rc = store_stmt(s, SQL_SAME_OF, &st, e);
	if (rc != OK)
		return rc;
	sqlite3_bind_int64(st, 1, id);
	while (store_next(s, st, &rc, e)) {
		if (!list)
			list = json_array();
		json_array_append_new(list, decision_json(st, id));
	}
	*out = list;
	return rc;
}
