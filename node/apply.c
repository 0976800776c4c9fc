/* A batch into the tables: order and authority, records, external keys. */
#include "apply_impl.h"

#include <math.h>

#include "base/date.h"
#include "base/text.h"
#include "erase.h"

void origin_local(const struct store *s, struct origin *o)
{
	*o = (struct origin){ .branch = s->id.branch, .node = s->id.number,
		.hq = s->id.hq, .local = true };
}

bool apply_fits(enum column_kind kind, const struct value *v)
{
	switch (v->kind) {
	case VALUE_NULL:
		return true;
	case VALUE_INT:
		if (kind == COL_BOOL)
			return v->i == 0 || v->i == 1;
		if (kind == COL_STAMP || kind == COL_REF)
			return v->i > 0;
		return kind == COL_INT || kind == COL_ANY;
	case VALUE_REAL:
		return (kind == COL_REAL || kind == COL_ANY) &&
		    isfinite(v->r);
	case VALUE_TEXT:
		return kind != COL_STAMP && kind != COL_INT &&
		    kind != COL_REAL && kind != COL_BOOL &&
		    kind != COL_BYTES && (kind != COL_REF || v->s.n > 0);
	default:
		return kind == COL_BYTES;
	}
}

enum err_code apply_fresh(struct applying *a, stamp_t stamp, struct err *e)
{
	size_t cap = a->fresh_cap ? 2 * a->fresh_cap : 64;
	stamp_t *p;

	if (!a->s->nheld)
		return OK;
	if (a->nfresh == a->fresh_cap) {
		if (!(p = realloc(a->fresh, cap * sizeof *p)))
			return err_memory(e);
		a->fresh = p;
		a->fresh_cap = cap;
	}
	a->fresh[a->nfresh++] = stamp;
	return OK;
}

/* ---- records ---- */

static enum err_code record_insert(struct applying *a, const struct type *t,
    const struct value *cell, struct err *e)
{
	struct store *s = a->s;
	struct value found;
	sqlite3_stmt *st;
	enum err_code r;
	size_t i;

	if ((r = store_type_stmt(s, t, TYPE_INSERT, &st, e)) != OK)
		return r;
	sqlite3_bind_int64(st, 1, cell[TYPE_COL_ID].i);
	bind_text(st, 2, a->o->branch);
	for (i = TYPE_COL_EXT; i < t->table.ncol; i++) {
		if (t->table.col[i].kind != COL_REF ||
		    cell[i].kind != VALUE_TEXT) {
			bind_value(st, (int)i + 2, &cell[i]);
			continue;
		}
		r = ref_wait(s, cell[TYPE_COL_ID].i, t, i, &cell[i], &found,
		    e);
		if (r != OK)
			return r;
		bind_value(st, (int)i + 2, &found);
	}
	return store_run(s, st, e);
}

static enum err_code record_check(const struct type *t,
    const struct value *cell, struct err *e)
{
	size_t i;

	for (i = 0; i < t->table.ncol; i++)
		if (!apply_fits(t->table.col[i].kind, &cell[i]))
			return err_set(e, ERR_FORMAT,
			    _("the value of field %s is of the wrong kind"),
			    t->table.col[i].key);
	return OK;
}

/* The row in `record` decides whether it is here already. */
static enum err_code record_claim(struct store *s, stamp_t id,
    const struct type *t, bool *new, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r = store_stmt(s, SQL_RECORD_NEW, &st, e);

	if (r != OK)
		return r;
	sqlite3_bind_int64(st, 1, id);
	sqlite3_bind_int64(st, 2, (int64_t)t->index);
	r = store_run(s, st, e);
	*new = r == OK && sqlite3_changes(s->db) > 0;
	return r;
}

/* Of level X, or sealed: it may have been of that level once. */
static bool is_sensitive(const struct field *f, const struct value *v)
{
	return v->kind == VALUE_BYTES ||
	    (v->kind != VALUE_NULL && f->level == 'X');
}

/* What has been erased does not come back, and what is sealed waits: such
 * cells are empty in `clean`, which is of the row's own length; seen has what
 * is to be noted of them, empty where there is nothing. */
static enum err_code clean_row(struct applying *a, const struct type *t,
    const struct value *cell, struct value *clean, struct value *seen,
    struct err *e)
{
	stamp_t id = cell[TYPE_COL_ID].i;
	enum err_code r = OK;
	bool hit = false;

	memcpy(clean, cell, t->table.ncol * sizeof *clean);
	for (size_t i = 0; r == OK && i < t->nfield; i++) {
		size_t c = t->field[i].column_index;

		if (!is_sensitive(&t->field[i], &cell[c]))
			continue;
		if (a->s->nerased)
			r = erase_hit(a->s, id, t->field[i].key, id, &hit, e);
		seen[c] = hit ? VALUE_NONE : cell[c];
		if (hit || cell[c].kind == VALUE_BYTES)
			clean[c] = VALUE_NONE;
	}
	return r;
}

static enum err_code record_put(struct applying *a, const struct type *t,
    const struct value *cell, bool *new, struct err *e)
{
	const struct value *ext = &cell[TYPE_COL_EXT];
	stamp_t id = cell[TYPE_COL_ID].i;
	struct store *s = a->s;
	enum err_code r;

	if ((r = record_check(t, cell, e)) != OK ||
	    (r = record_claim(s, id, t, new, e)) != OK)
		return r;
	if (!*new)
		return same_record(s, t, cell, e);
	if ((r = record_insert(a, t, cell, e)) != OK)
		return r;
	a->n.records++;
	if (s->nref_ext && ext->kind == VALUE_TEXT &&
	    (r = ref_arrive(s, id, t, ext, e)) != OK)
		return r;
	if (a->o->local && (r = outbox_note(s, id, -1, id, NULL,
	    a->o->branch, t, e)) != OK)
		return r;
	if ((r = search_note(s, id, t, e)) != OK)
		return r;
	return apply_fresh(a, id, e);
}

static bool has_sensitive(const struct type *t, const struct value *cell)
{
	for (size_t i = 0; i < t->nfield; i++)
		if (is_sensitive(&t->field[i],
		    &cell[t->field[i].column_index]))
			return true;
	return false;
}

/* A row with values that are sealed, or erased, or not here yet. */
static enum err_code record_apply_clean(struct applying *a,
    const struct type *t, const struct value *cell, struct err *e)
{
	size_t n = t->table.ncol;
	struct value *clean = calloc(2 * n, sizeof *clean);
	stamp_t id = cell[TYPE_COL_ID].i;
	enum err_code r;
	bool new = false;

	if (!clean)
		return err_memory(e);
	r = clean_row(a, t, cell, clean, clean + n, e);
	if (r == OK)
		r = record_put(a, t, clean, &new, e);
	for (size_t i = 0; r == OK && i < t->nfield; i++)
		r = sealed_note(a->s, id, t, &t->field[i], id,
		    &clean[n + t->field[i].column_index], new, e);
	free(clean);
	return r;
}

static enum err_code record_apply(struct applying *a, const struct type *t,
    const struct value *cell, struct err *e)
{
	bool new;

	if (has_sensitive(t, cell))
		return record_apply_clean(a, t, cell, e);
	return record_put(a, t, cell, &new, e);
}

/* ---- edits and transitions ---- */

/* An edit whose value has been erased, or is sealed, goes on without it; seen
 * has what is to be noted. */
static enum err_code edit_cells(struct applying *a,
    const struct value **cell, struct value clean[EDIT_BY + 1],
    struct value *seen, struct err *e)
{
	const struct value *field = &(*cell)[EDIT_FIELD];
	bool sealed = (*cell)[EDIT_VALUE].kind == VALUE_BYTES, hit = false;
	char key[64];
	enum err_code r = OK;

	*seen = (*cell)[EDIT_VALUE];
	if (a->s->nerased && field->kind == VALUE_TEXT &&
	    field->s.n < sizeof key) {
		snprintf(key, sizeof key, "%.*s", (int)field->s.n,
		    (const char *)field->s.p);
		r = erase_hit(a->s, (*cell)[EDIT_RECORD].i, key,
		    (*cell)[EDIT_STAMP].i, &hit, e);
	}
	if (r != OK || (!hit && !sealed))
		return r;
	if (hit)
		*seen = VALUE_NONE;
	memcpy(clean, *cell, (EDIT_BY + 1) * sizeof *clean);
	clean[EDIT_VALUE] = VALUE_NONE;
	*cell = clean;
	return OK;
}

static enum err_code note_edit(struct applying *a, const struct change *ch,
    const struct value *seen, struct err *e)
{
	const struct field *f;

	if (ch->kind != TABLE_EDIT || seen->kind == VALUE_NULL)
		return OK;
	f = type_field(a->s->catalogue, ch->type, ch->field);
	if (f && is_sensitive(f, seen))
		return sealed_note(a->s, ch->record, ch->type, f, ch->stamp,
		    seen, !ch->already, e);
	return seen->kind != VALUE_BYTES ? OK : err_set(e, ERR_FORMAT,
	    _("the value of field %s is of the wrong kind"), ch->field);
}

/* What the newest change of this field in the batch is kept under: the
 * record, then the field's name. */
static enum err_code default_replaces(struct applying *a, struct change *ch,
    struct err *e)
{
	unsigned char key[sizeof ch->record + 64];
	size_t n = strlen(ch->field);
	int64_t before = ch->record;

	if (n > 64)
		return err_set(e, ERR_FORMAT, _("no such field"));
	memcpy(key, &ch->record, sizeof ch->record);
	memcpy(key + sizeof ch->record, ch->field, n);
	if (map_put(a->newest, slice_of(key, sizeof ch->record + n),
	    ch->stamp, &before) < 0)
		return err_memory(e);
	if (ch->nreplaces == 0) {
		ch->replaces[0] = before;
		ch->nreplaces = 1;
	}
	return OK;
}

/* A person here can be told at once; what came by a chain waits. */
static enum err_code missing_here(const struct change *ch, struct err *e)
{
	char id[STAMP_DIGITS + 1];

	base32_stamp(id, (uint64_t)ch->needs);
	return err_set(e, ERR_NOT_FOUND, _("%s, which it refers to, is not "
	    "in this store"), id);
}

static enum err_code change_apply(struct applying *a, int kind,
    const struct value *cell, struct err *e)
{
	struct change ch = { .kind = (enum fixed_table)kind,
		.branch = a->o->branch, .hq = a->o->hq,
		.local = a->o->local };
	struct value clean[EDIT_BY + 1], seen = VALUE_NONE;
	enum err_code r = OK;

	if (kind == TABLE_EDIT)
		r = edit_cells(a, &cell, clean, &seen, e);
	if (r != OK || (r = change_read(a->s, cell, &ch, e)) != OK ||
	    (r = default_replaces(a, &ch, e)) != OK ||
	    (r = change_signed(a, &ch, e)) != OK)
		return r;
	r = change_judge(a->s, &ch, e);
	if (r == OK && ch.already)
		return note_edit(a, &ch, &seen, e);
	if (r == OK && ch.needs && ch.local)
		return missing_here(&ch, e);
	if (r == OK && ch.needs)
		r = held_add(a, &ch, "", e);
	else if ((r == ERR_TRANSITION || r == ERR_SOD) && !ch.local)
		/* Whether the predecessor came first must not matter. */
		r = held_add(a, &ch, err_name(r), e);
	else if (r == OK)
		r = change_put(a, &ch, e);
	return r == OK ? note_edit(a, &ch, &seen, e) : r;
}

/* ---- the batch ---- */

static enum err_code row_apply(struct applying *a, const struct section *sec,
    size_t row, struct err *e)
{
	const struct value *cell = sec->cell + row * sec->table->ncol;
	char id[STAMP_DIGITS + 1];
	enum err_code r = OK;

	if (sec->type)
		r = record_apply(a, sec->type, cell, e);
	else if (sec->fixed == TABLE_EDIT || sec->fixed == TABLE_TRANSITION)
		r = change_apply(a, sec->fixed, cell, e);
	if (r == OK)
		return OK;
	base32_stamp(id, (uint64_t)cell[0].i);
	return err_in(e, "%s %s", sec->table->name, id);
}

static enum err_code bad_order(const struct section *sec,
    const struct value *v, stamp_t after, const struct origin *o,
    struct err *e)
{
	char id[STAMP_DIGITS + 1];

	if (v->kind != VALUE_INT || v->i <= 0)
		return err_set(e, ERR_FORMAT, _("a row of %s has no stamp"),
		    sec->table->name);
	base32_stamp(id, (uint64_t)v->i);
	if (stamp_node(v->i) != o->node)
		return err_set(e, ERR_FOREIGN, _("%s %s was made by node %u, "
		    "not by node %u"), sec->table->name, id,
		    (unsigned)stamp_node(v->i), (unsigned)o->node);
	if (v->i <= after)
		return err_set(e, ERR_CHAIN, _("%s %s does not come after "
		    "what was there before"), sec->table->name, id);
	return OK;
}

/* The section whose next row has the smallest stamp; NULL past the end. */
static const struct section *next_row(const struct batch *b, size_t *at,
    const struct value **v)
{
	const struct section *min = NULL;
	size_t i, which = 0;

	for (i = 0; i < b->nsection; i++) {
		const struct section *sec = &b->section[i];
		const struct value *c = sec->cell + at[i] * sec->table->ncol;

		if (at[i] < sec->nrow && (!min || c->i < (*v)->i)) {
			min = sec;
			*v = c;
			which = i;
		}
	}
	if (min)
		at[which]++;
	return min;
}

/* Every stamp is the node's, past the chain's last, and used once: the
 * sections are walked together in the order of their stamps. */
static enum err_code order_check(const struct batch *b,
    const struct origin *o, struct err *e)
{
	size_t *at = calloc(b->nsection ? b->nsection : 1, sizeof *at);
	const struct value *v = NULL;
	const struct section *sec;
	stamp_t after = o->after;
	enum err_code r = OK;

	if (!at)
		return err_memory(e);
	while (r == OK && (sec = next_row(b, at, &v)) && v) {
		r = bad_order(sec, v, after, o, e);
		after = v->i;
	}
	free(at);
	return r;
}

#define HELD_BACK_MS (10 * 60 * 1000)

/* A local change's stamps are older than others' already merged, so the
 * clock follows only what came from elsewhere. */
static void follow_clock(struct store *s, const struct batch *b,
    const struct origin *o)
{
	stamp_t first, last;

	if (o->local || !batch_span(b, &first, &last))
		return;
	clock_merge(&s->clock, last, clock_ms());
	/* another life of this node goes on from where clocks are held back:
	 * what it has used there is used */
	if (stamp_node(last) == s->id.number &&
	    stamp_ms(last) <= clock_ms() + STAMP_AHEAD_MS + HELD_BACK_MS)
		store_pass(s, last);
}

/* An auditor's node looks on. */
static enum err_code check_writes(const struct store *s,
    const struct batch *b, const struct origin *o, struct err *e)
{
	if (!o->local || !s->id.auditor || batch_rows(b) == 0)
		return OK;
	err_set(e, ERR_ROLE, _("an auditor's node enters nothing"));
	return err_hint(e, _("records are entered at a branch or at "
	    "headquarters"));
}

enum err_code apply_batch(struct store *s, const struct batch *b,
    const struct origin *o, struct applied *out, struct err *e)
{
	struct applying a = { .s = s, .o = o };
	enum err_code r;
	size_t i, j;

	/* Types are compared by their address. */
	if (!s->in_txn || b->catalogue != s->catalogue)
		return err_set(e, ERR_INTERNAL, s->in_txn ?
		    _("the batch is of another catalogue") :
		    _("no transaction is open"));
	if ((r = check_writes(s, b, o, e)) != OK ||
	    (r = order_check(b, o, e)) != OK)
		return r;
	if (!(a.newest = map_new()))
		return err_memory(e);
	/* Types stand first: a change may be of a record beside it. */
	for (i = 0; r == OK && i < b->nsection; i++)
		for (j = 0; r == OK && j < b->section[i].nrow; j++)
			r = row_apply(&a, &b->section[i], j, e);
	if (r == OK)
		r = held_release(&a, e);
	if (r == OK) {
		follow_clock(s, b, o);
		if (out)
			*out = a.n;
	}
	map_free(a.newest);
	free(a.fresh);
	return r;
}
