/* What a checked proof says, as JSON for people and scripts.
 */
#include "attest_impl.h"
#include "base/date.h"
#include "base/text.h"

struct report {
	const struct attest *p;
	const struct type *type;
	int64_t checkpoint_at;		/* ms; 0: none covers it */
	size_t hidden;
};

/* ---- bits of JSON ---- */

static void set_time(json_t *o, const char *key, int64_t ms)
{
	char text[32];

	time_text(ms, text);
	json_object_set_new(o, key, json_string(text));
}

static void set_stamp(json_t *o, const char *key, stamp_t stamp)
{
	char text[STAMP_DIGITS + 1];

	base32_stamp(text, (uint64_t)stamp);
	json_object_set_new(o, key, json_string(text));
}

static json_t *bytes_json(struct slice s)
{
	struct buf b = BUF_INIT;
	json_t *j;

	base64url_add(&b, s);
	j = json_stringn(b.p ? (const char *)b.p : "", b.n);
	buf_release(&b);
	return j;
}

static json_t *value_json(const struct value *v)
{
	switch (v->kind) {
	case VALUE_INT:
		return json_integer(v->i);
	case VALUE_REAL:
		return json_real(v->r);
	case VALUE_TEXT:
		return json_stringn((const char *)v->s.p, v->s.n);
	case VALUE_BYTES:
		return bytes_json(v->s);
	case VALUE_NULL:
		break;
	}
	return json_null();
}

static void set_cell(const struct report *r, json_t *o, const char *key,
    const struct attest_row *row, const char *column)
{
	const struct value *v = attest_cell(r->p, row, column);

	if (v)
		json_object_set_new(o, key, value_json(v));
}

/* ---- when it was ---- */

/* The `checkpoint` row of the commit with this name; NULL: not shown. */
static const struct attest_row *checkpoint_of(const struct attest *p,
    const char *name)
{
	for (size_t i = 0; i < p->nrow; i++)
		if (strcmp(p->row[i].table, "checkpoint") == 0 &&
		    strcmp(p->commit[p->row[i].commit].name, name) == 0)
			return &p->row[i];
	return NULL;
}

static bool covers(const struct attest *p, const struct attest_row *receipt,
    const struct header *h)
{
	int64_t from = 0, to = 0;

	return strcmp(receipt->table, "receipt") == 0 &&
	    attest_is(p, receipt, "chain", h->chain) &&
	    attest_is(p, receipt, "epoch", h->epoch) &&
	    attest_int(p, receipt, "from_seq", &from) &&
	    attest_int(p, receipt, "to_seq", &to) &&
	    from <= h->seq && h->seq <= to;
}

static json_t *receipt_json(const struct report *r, const struct header *h)
{
	json_t *o = NULL;
	int64_t at;

	for (size_t i = 0; i < r->p->nrow; i++) {
		const struct attest_row *row = &r->p->row[i];

		if (!covers(r->p, row, h) ||
		    !attest_int(r->p, row, "arrived", &at))
			continue;
		json_decref(o);
		o = json_object();
		set_time(o, "at", at);
		set_cell(r, o, "result", row, "result");
		set_cell(r, o, "code", row, "code");
	}
	return o;
}

static void add_times(const struct report *r, json_t *o,
    const struct attest_commit *k)
{
	const struct attest_row *seen = checkpoint_of(r->p, k->h.seen);
	json_t *receipt = receipt_json(r, &k->h);
	int64_t at, number;

	set_time(o, "sealed", k->h.sealed * 1000);
	if (seen && attest_int(r->p, seen, "at", &at) &&
	    attest_int(r->p, seen, "number", &number)) {
		set_time(o, "not_before", at);
		json_object_set_new(o, "seen_checkpoint",
		    json_integer(number));
	}
	if (receipt)
		json_object_set_new(o, "receipt", receipt);
	if (r->checkpoint_at)
		set_time(o, "not_after", r->checkpoint_at);
}

/* ---- changes ---- */

static bool column_refers(const struct type *t, const char *key)
{
	for (size_t i = 0; t && i < t->table.ncol; i++)
		if (strcmp(t->table.col[i].key, key) == 0)
			return t->table.col[i].kind == COL_REF;
	return false;
}

/* Is the value another record's id? */
static bool refers(const struct report *r, const struct attest_row *row,
    const char *column)
{
	const struct value *field;
	char key[64];

	if (strcmp(column, "record") == 0)
		return true;
	if (strcmp(row->table, r->p->type) == 0)
		return column_refers(r->type, column);
	field = attest_cell(r->p, row, "field");
	if (!field || field->kind != VALUE_TEXT ||
	    strcmp(column, "value") != 0 || field->s.n >= sizeof key)
		return false;
	snprintf(key, sizeof key, "%.*s", (int)field->s.n,
	    (const char *)field->s.p);
	return column_refers(r->type, key);
}

static json_t *values_json(struct report *r, const struct attest_row *row,
    size_t *hidden)
{
	json_t *o = json_object();

	*hidden = 0;
	for (size_t i = 0; i < row->nvalue; i++) {
		const struct attest_value *v = &r->p->value[row->value + i];

		if (!v->column[0])
			++*hidden;
		else if (v->value.kind == VALUE_INT &&
		    refers(r, row, v->column))
			set_stamp(o, v->column, v->value.i);
		else
			json_object_set_new(o, v->column,
			    value_json(&v->value));
	}
	r->hidden += *hidden;
	return o;
}

/* Did the same operator enter the record or take an earlier step of it? */
static bool same_person(const struct report *r, const struct attest_row *step)
{
	const struct attest *p = r->p;
	const struct value *code = attest_cell(p, step, "operator"), *by;

	if (!code)
		return false;
	by = attest_cell(p, p->first, "by");
	if (by && value_eq(by, code) &&
	    stamp_node(p->id) == stamp_node(step->stamp))
		return true;
	for (size_t i = 0; i < p->nrow; i++) {
		const struct attest_row *x = &p->row[i];

		by = attest_cell(p, x, "operator");
		if (strcmp(x->table, "transition") == 0 && by &&
		    x->stamp < step->stamp && value_eq(by, code) &&
		    stamp_node(x->stamp) == stamp_node(step->stamp))
			return true;
	}
	return false;
}

static void add_operator(const struct report *r, json_t *o,
    const struct attest_row *step)
{
	const struct attest_row *op = attest_operator(r->p, step);

	json_object_set_new(o, "signed", json_boolean(op != NULL));
	if (!op)
		return;
	set_cell(r, o, "operator", op, "code");
	set_cell(r, o, "operator_key", op, "key");
	set_cell(r, o, "operator_person", op, "person");
	json_object_set_new(o, "same_person",
	    json_boolean(same_person(r, step)));
}

static const char *what_of(const struct report *r,
    const struct attest_row *row)
{
	static const char *const known[] = { "edit", "transition", "erase",
		"attachment" };

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(row->table, known[i]) == 0)
			return known[i];
	return strcmp(row->table, r->p->type) == 0 ? "record" : NULL;
}

static json_t *change_json(struct report *r, const struct attest_row *row,
    const char *what)
{
	const struct attest_commit *k = &r->p->commit[row->commit];
	const struct attest_chain *c = &r->p->chain[k->chain];
	json_t *o = json_pack("{s:s}", "what", what);
	size_t hidden;

	set_stamp(o, "stamp", row->stamp);
	set_time(o, "claimed", stamp_ms(row->stamp));
	set_cell(r, o, "by", row, "by");
	json_object_set_new(o, "values", values_json(r, row, &hidden));
	json_object_set_new(o, "hidden", json_integer((json_int_t)hidden));
	if (strcmp(what, "transition") == 0)
		add_operator(r, o, row);
	json_object_set_new(o, "node", json_string(c->code));
	json_object_set_new(o, "node_name", json_string(c->label));
	json_object_set_new(o, "key", bytes_json(slice_of(k->signer,
	    KEY_PUBLIC)));
	json_object_set_new(o, "chain", json_string(k->h.chain));
	json_object_set_new(o, "epoch", json_string(k->h.epoch));
	json_object_set_new(o, "seq", json_integer(k->h.seq));
	json_object_set_new(o, "changeset", json_string(k->name));
	add_times(r, o, k);
	return o;
}

/* By stamp: in the order in which they are said to have been made. */
static json_t *changes_json(struct report *r)
{
	json_t *list = json_array();
	stamp_t done = 0;

	for (;;) {
		const struct attest_row *next = NULL;

		for (size_t i = 0; i < r->p->nrow; i++) {
			const struct attest_row *row = &r->p->row[i];

			if (row->stamp > done && what_of(r, row) &&
			    (!next || row->stamp < next->stamp))
				next = row;
		}
		if (!next)
			return list;
		json_array_append_new(list, change_json(r, next,
		    what_of(r, next)));
		done = next->stamp;
	}
}

/* ---- the whole ---- */

static json_t *checkpoint_json(struct report *r)
{
	const struct attest_commit *k = r->p->carrier;
	const struct attest_row *row = k ?
	    checkpoint_of(r->p, k->name) : NULL;
	json_t *o;

	if (!row || !attest_int(r->p, row, "at", &r->checkpoint_at))
		return json_null();
	o = json_object();
	set_cell(r, o, "number", row, "number");
	set_cell(r, o, "chains", row, "chains");
	set_time(o, "at", r->checkpoint_at);
	json_object_set_new(o, "name", json_string(k->name));
	return o;
}

static json_t *limits_json(const struct report *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->p->nrow; i++) {
		const struct attest_row *row = &r->p->row[i];
		json_t *o;

		if (strcmp(row->table, "limit") != 0)
			continue;
		o = json_object();
		set_cell(r, o, "key", row, "key");
		set_cell(r, o, "chain", row, "chain");
		set_cell(r, o, "epoch", row, "epoch");
		set_cell(r, o, "after", row, "after");
		set_cell(r, o, "why", row, "why");
		json_array_append_new(list, o);
	}
	return list;
}

enum err_code attest_report(const struct attest *p, const struct type *t,
    json_t **out, struct err *e)
{
	struct report r = { .p = p, .type = t };
	struct buf root = BUF_INIT;
	json_t *o = json_object();

	key_ssh_text(&root, p->root);
	json_object_set_new(o, "org", json_string(p->org));
	json_object_set_new(o, "root", json_string(root.p ?
	    (const char *)root.p : ""));
	json_object_set_new(o, "type", json_string(p->type));
	set_stamp(o, "id", p->id);
	json_object_set_new(o, "branch", json_string(p->branch));
	json_object_set_new(o, "checkpoint", checkpoint_json(&r));
	json_object_set_new(o, "nothing_later", json_boolean(p->whole));
	json_object_set_new(o, "limits", limits_json(&r));
	json_object_set_new(o, "changes", changes_json(&r));
	json_object_set_new(o, "hidden", json_integer((json_int_t)r.hidden));
	buf_release(&root);
	if (root.failed || !o) {
		json_decref(o);
		return err_memory(e);
	}
	*out = o;
	return OK;
}
