/* One edit or transition: read, judged, put into the tables. */
#include "apply_impl.h"

#include "base/text.h"

#define KEY_MAX 64	/* bytes in a key of the catalogue, with its NUL */

/* Only exact keys travel; labels are for people. */
static bool key_text(const struct value *v, char out[KEY_MAX])
{
	return v->kind == VALUE_TEXT && value_copy_text(v, out, KEY_MAX);
}

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static bool hq_role(const char *role)
{
	return same(role, "hq") || same(role, "hq_chair");
}

/* ---- what needs no look at the record ---- */

static enum err_code read_common(struct store *s, const struct value *cell,
    struct change *ch, struct err *e)
{
	bool edit = ch->kind == TABLE_EDIT;
	const struct value *list = &cell[edit ? EDIT_REPLACES :
	    TRANSITION_REPLACES];
	const struct table *t = fixed_table(ch->kind);
	char key[KEY_MAX];
	size_t i;

	for (i = 0; i < t->ncol; i++)
		if (!apply_fits(t->col[i].kind, &cell[i]))
			return err_set(e, ERR_FORMAT,
			    _("the value of %s is of the wrong kind"),
			    t->col[i].key);
	ch->cell = cell;
	ch->stamp = cell[EDIT_STAMP].i;
	ch->record = cell[EDIT_RECORD].i;
	if (cell[EDIT_STAMP].kind != VALUE_INT ||
	    cell[EDIT_RECORD].kind != VALUE_INT || ch->record >= ch->stamp)
		return err_set(e, ERR_FORMAT, _("it is older than its record"));
	ch->type = key_text(&cell[EDIT_TYPE], key) ?
	    catalogue_type(s->catalogue, key) : NULL;
	if (!ch->type || !same(ch->type->key, key)) {
		err_set(e, ERR_FORMAT, _("no such record type"));
		return ERR_FORMAT;
	}
	if (!batch_replaces(list, ch->replaces, REPLACES_MAX, &ch->nreplaces))
		return err_set(e, ERR_FORMAT,
		    _("the list of what it replaces cannot be read"));
	if (ch->nreplaces && (ch->replaces[0] < ch->record ||
	    ch->replaces[ch->nreplaces - 1] >= ch->stamp))
		return err_set(e, ERR_FORMAT,
		    _("it replaces what came after it"));
	return OK;
}

static enum err_code read_edit(struct store *s, struct change *ch,
    struct err *e)
{
	const struct value *v = &ch->cell[EDIT_VALUE];
	enum column_kind kind = COL_TEXT;
	const struct field *f = NULL;
	char key[KEY_MAX];

	if (!key_text(&ch->cell[EDIT_FIELD], key))
		return err_set(e, ERR_FORMAT, _("no such field"));
	if (same(key, "void")) {
		ch->field = "void";
		ch->column = ch->type->table.ncol;
	} else {
		f = type_field(s->catalogue, ch->type, key);
		if (!f || !same(f->key, key))
			return err_set(e, ERR_FORMAT, _("no such field"));
		ch->field = f->key;
		ch->column = f->column_index;
		kind = f->kind;
	}
	/* A reference that is edited is edited to what is there. */
	if (!apply_fits(kind, v) ||
	    (kind == COL_REF && v->kind == VALUE_TEXT))
		return err_set(e, ERR_FORMAT,
		    _("the value of field %s is of the wrong kind"),
		    ch->field);
	return OK;
}

/* HQ acts on others' records as HQ, on its own as any role; a branch never
 * as HQ. What was imported tells what others did before. */
static enum err_code role_check(const struct change *ch, const char *owner,
    struct err *e)
{
	const struct value *imported = &ch->cell[TRANSITION_IMPORTED];
	char role[KEY_MAX] = "";
	bool theirs;

	if (ch->kind != TABLE_TRANSITION ||
	    (imported->kind == VALUE_INT && imported->i))
		return OK;
	if (!key_text(&ch->cell[TRANSITION_ROLE], role) || !*role)
		return OK;	/* a resolution; others have one */
	theirs = ch->hq && !same(owner, "HQ");
	if (ch->hq ? theirs && !hq_role(role) : hq_role(role))
		return err_set(e, ERR_ROLE, _("the role %s is not this "
		    "side's to act in"), role);
	return OK;
}

static enum err_code read_transition(struct change *ch, struct err *e)
{
	char from[KEY_MAX], to[KEY_MAX], role[KEY_MAX] = "";
	const struct transition *t;

	ch->field = "state";
	if (!key_text(&ch->cell[TRANSITION_FROM], from) ||
	    !key_text(&ch->cell[TRANSITION_TO], to) ||
	    (ch->cell[TRANSITION_ROLE].kind == VALUE_TEXT &&
	    !key_text(&ch->cell[TRANSITION_ROLE], role)))
		return err_set(e, ERR_FORMAT, _("a state or role is missing"));
	if (same(from, to) && ch->nreplaces >= 2 &&
	    type_state(ch->type, from))
		return OK;	/* it settles a conflict */
	t = type_transition(ch->type, from, to);
	if (!t || !same(t->from, from) || !same(t->to, to))
		return err_set(e, ERR_TRANSITION, _("%s has no step from %s "
		    "to %s"), ch->type->key, from, to);
	if (!transition_allows(t, role))
		return err_set(e, ERR_ROLE, _("the role %s may not take a %s "
		    "from %s to %s"), role, ch->type->key, from, to);
	return OK;
}

/* Whose node made the record, by the roster: *branch is empty for HQ's nodes
 * and for nodes that are not on it. */
static enum err_code maker(struct store *s, stamp_t record, char branch[17],
    bool *hq, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r;
	bool row;

	*branch = 0;
	*hq = false;
	if ((r = store_stmt(s, SQL_ROSTER_OF, &st, e)) != OK)
		return r;
	sqlite3_bind_int64(st, 1, stamp_node(record));
	if ((r = store_step(s, st, &row, e)) != OK || !row)
		return r;
	*hq = same((const char *)sqlite3_column_text(st, 1), "hq");
	if (!*hq)
		column_text(st, 0, branch, 17);
	sqlite3_reset(st);
	return OK;
}

static enum err_code foreign(const struct change *ch, struct err *e)
{
	return err_set(e, ERR_FOREIGN, ch->kind == TABLE_EDIT ?
	    _("the record is not %s's to edit") :
	    _("the record is not of branch %s"), ch->hq &&
	    ch->kind == TABLE_EDIT ? "HQ" : ch->branch);
}

/* By the number in its id alone, so that the answer is the same whether the
 * record has come or not. */
static enum err_code maker_check(struct store *s, const struct change *ch,
    struct err *e)
{
	char branch[17];
	enum err_code r;
	bool hq;

	if (stamp_node(ch->record) == stamp_node(ch->stamp))
		return OK;
	if ((r = maker(s, ch->record, branch, &hq, e)) != OK)
		return r;
	if (ch->hq && ch->kind == TABLE_EDIT)
		return hq ? OK : foreign(ch, e);
	if (*branch && !ch->local && !same(branch, ch->branch))
		return foreign(ch, e);
	return OK;
}

enum err_code change_read(struct store *s, const struct value *cell,
    struct change *ch, struct err *e)
{
	enum err_code r;

	if ((r = read_common(s, cell, ch, e)) != OK)
		return r;
	r = ch->kind == TABLE_EDIT ? read_edit(s, ch, e) :
	    read_transition(ch, e);
	if (r == OK && !ch->local)
		r = role_check(ch, ch->branch, e);
	return r == OK ? maker_check(s, ch, e) : r;
}

/* ---- with the record ---- */

static enum err_code find_row(struct store *s, const struct change *ch,
    stamp_t stamp, bool *found, char to[KEY_MAX], struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r;

	if ((r = store_stmt(s, ch->kind == TABLE_EDIT ? SQL_EDIT_GET :
	    SQL_TRANSITION_GET, &st, e)) != OK)
		return r;
	sqlite3_bind_int64(st, 1, ch->record);
	if (ch->kind == TABLE_EDIT) {
		bind_text(st, 2, ch->field);
		sqlite3_bind_int64(st, 3, stamp);
	} else {
		sqlite3_bind_int64(st, 2, stamp);
	}
	if ((r = store_step(s, st, found, e)) != OK || !*found)
		return r;
	if (to)
		column_text(st, 0, to, KEY_MAX);
	sqlite3_reset(st);
	return OK;
}

/* The record's owner and state; *found is false if it has not come. */
static enum err_code find_record(struct store *s, struct change *ch,
    bool *found, char state[KEY_MAX], struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r;
	bool other;

	if ((r = store_type_stmt(s, ch->type, TYPE_GET, &st, e)) != OK)
		return r;
	sqlite3_bind_int64(st, 1, ch->record);
	if ((r = store_step(s, st, found, e)) != OK)
		return r;
	if (*found) {
		column_text(st, 0, ch->owner, sizeof ch->owner);
		column_text(st, 1, state, KEY_MAX);
		ch->state_at = sqlite3_column_int64(st, 2);
		sqlite3_reset(st);
		return OK;
	}
	ch->needs = ch->record;
	if ((r = store_stmt(s, SQL_RECORD_TYPE, &st, e)) != OK)
		return r;
	sqlite3_bind_int64(st, 1, ch->record);
	if ((r = store_step(s, st, &other, e)) != OK || !other)
		return r;
	sqlite3_reset(st);
	return err_set(e, ERR_FORMAT, _("the record is not a %s"),
	    ch->type->key);
}

static enum err_code owner_check(const struct change *ch, struct err *e)
{
	bool own = same(ch->owner, ch->branch);

	/* change_read() has seen that an edit of HQ's is of HQ's making. */
	if (!own && !(ch->hq && (ch->local || ch->kind == TABLE_EDIT)))
		return foreign(ch, e);
	return ch->local ? role_check(ch, ch->owner, e) : OK;
}

/* Every replaced value must have come; a step must begin where one of them
 * ended. The smallest that is missing is what the change needs. */
static enum err_code replaced_check(struct store *s, struct change *ch,
    const char *state, struct err *e)
{
	bool found, fits = ch->kind == TABLE_EDIT;
	char from[KEY_MAX] = "", to[KEY_MAX];
	enum err_code r;
	size_t i;

	if (ch->kind == TABLE_TRANSITION &&
	    !key_text(&ch->cell[TRANSITION_FROM], from))
		return err_set(e, ERR_FORMAT, _("a state is missing"));
	for (i = 0; i < ch->nreplaces; i++) {
		stamp_t stamp = ch->replaces[i];

		if (ch->kind == TABLE_TRANSITION && stamp == ch->state_at) {
			fits |= same(from, state);
			continue;
		}
		if (stamp == ch->record) {
			fits |= same(from, ch->type->state[0].key);
			continue;
		}
		if ((r = find_row(s, ch, stamp, &found, to, e)) != OK)
			return r;
		if (!found) {
			ch->needs = stamp;
			return OK;
		}
		fits |= same(from, to);
	}
	if (fits)
		return OK;
	return err_set(e, ERR_TRANSITION, _("the %s was not in state %s"),
	    ch->type->key, from);
}

static enum err_code ahead_check(struct store *s, struct change *ch,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r;
	bool row;

	if (!s->nahead)
		return OK;
	if ((r = store_stmt(s, SQL_AHEAD_HAS, &st, e)) != OK)
		return r;
	sqlite3_bind_int64(st, 1, ch->stamp);
	if ((r = store_step(s, st, &row, e)) != OK)
		return r;
	ch->ahead = sqlite3_column_int(st, 0) != 0;
	sqlite3_reset(st);
	return OK;
}

/* One stamp, one step: a key that is used in two epochs may break that, and
 * must not stop the chain that was here first. */
static enum err_code taken_check(struct store *s, const struct change *ch,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r;
	bool row, taken;

	if (ch->kind != TABLE_TRANSITION)
		return OK;
	if ((r = store_stmt(s, SQL_TRANSITION_TAKEN, &st, e)) != OK)
		return r;
	sqlite3_bind_int64(st, 1, ch->record);
	sqlite3_bind_int64(st, 2, ch->stamp);
	if ((r = store_step(s, st, &row, e)) != OK)
		return r;
	taken = sqlite3_column_int(st, 0) != 0;
	sqlite3_reset(st);
	if (!taken)
		return OK;
	return err_set(e, ERR_COLLISION, _("its stamp is that of a step of "
	    "another record"));
}

enum err_code change_judge(struct store *s, struct change *ch, struct err *e)
{
	char state[KEY_MAX] = "";
	enum err_code r;
	bool found;

	ch->needs = 0;
	if ((r = find_row(s, ch, ch->stamp, &ch->already, NULL, e)) != OK ||
	    ch->already)
		return r == OK ? same_change(s, ch, e) : r;
	if ((r = taken_check(s, ch, e)) != OK)
		return r;
	if ((r = find_record(s, ch, &found, state, e)) != OK || !found)
		return r;
	if ((r = owner_check(ch, e)) != OK ||
	    (r = replaced_check(s, ch, state, e)) != OK)
		return r;
	if (!ch->needs && (r = change_duties(s, ch, e)) != OK)
		return r;
	return ahead_check(s, ch, e);
}

bool change_refused(enum err_code code)
{
	return code == ERR_FOREIGN || code == ERR_TRANSITION ||
	    code == ERR_ROLE || code == ERR_FORMAT || code == ERR_SOD ||
	    code == ERR_COLLISION;
}

/* ---- into the tables ---- */

/* The first edit of a field moves its initial value to the edit table. */
static enum err_code keep_initial(struct store *s, const struct change *ch,
    struct err *e)
{
	sqlite3_stmt *st, *in;
	struct value v;
	enum err_code r;
	bool found;

	r = find_row(s, ch, ch->record, &found, NULL, e);
	if (r != OK || found)
		return r;
	if ((r = store_field_stmt(s, ch->type, ch->column, false, &st,
	    e)) != OK)
		return r;
	sqlite3_bind_int64(st, 1, ch->record);
	if ((r = store_step(s, st, &found, e)) != OK ||
	    (r = store_stmt(s, SQL_EDIT_INITIAL, &in, e)) != OK)
		return r;
	v = column_value(st, 0);
	sqlite3_bind_int64(in, 1, ch->record);
	bind_text(in, 2, ch->field);
	bind_text(in, 3, ch->type->key);
	bind_value(in, 4, &v);
	r = store_run(s, in, e);
	sqlite3_reset(st);
	return r;
}

/* How many of the replaced values this change ends. */
static enum err_code end_replaced(struct store *s, const struct change *ch,
    int *ended, struct err *e)
{
	bool edit = ch->kind == TABLE_EDIT, live;
	sqlite3_stmt *st;
	enum err_code r;
	size_t i;

	*ended = 0;
	for (i = 0; !ch->ahead && i < ch->nreplaces; i++) {
		if (!edit && ch->replaces[i] == ch->record) {
			if ((r = field_initial_live(s, ch->record,
			    ch->state_at, &live, e)) != OK)
				return r;
			*ended += live;
			continue;
		}
		if ((r = store_stmt(s, edit ? SQL_EDIT_DEAD :
		    SQL_TRANSITION_DEAD, &st, e)) != OK)
			return r;
		sqlite3_bind_int64(st, 1, edit ? ch->record :
		    ch->replaces[i]);
		if (edit) {
			bind_text(st, 2, ch->field);
			sqlite3_bind_int64(st, 3, ch->replaces[i]);
		}
		if ((r = store_run(s, st, e)) != OK)
			return r;
		*ended += sqlite3_changes(s->db);
	}
	return OK;
}

static enum err_code put_edit(struct store *s, const struct change *ch,
    const char *replaces, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r = store_stmt(s, SQL_EDIT_NEW, &st, e);

	if (r != OK)
		return r;
	sqlite3_bind_int64(st, 1, ch->record);
	bind_text(st, 2, ch->field);
	sqlite3_bind_int64(st, 3, ch->stamp);
	bind_text(st, 4, ch->type->key);
	bind_value(st, 5, &ch->cell[EDIT_VALUE]);
	bind_text(st, 6, replaces);
	bind_value(st, 7, &ch->cell[EDIT_BY]);
	sqlite3_bind_int(st, 8, ch->ahead);
	return store_run(s, st, e);
}

static enum err_code put_transition(struct store *s, const struct change *ch,
    const char *replaces, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r = store_stmt(s, SQL_TRANSITION_NEW, &st, e);
	int i;

	if (r != OK)
		return r;
	/* The wire's columns in the wire's order. */
	for (i = TRANSITION_STAMP; i < TRANSITION_NCOL; i++)
		if (i == TRANSITION_REPLACES)
			bind_text(st, i + 1, replaces);
		else
			bind_value(st, i + 1, &ch->cell[i]);
	sqlite3_bind_int(st, TRANSITION_NCOL + 1, ch->ahead);
	return store_run(s, st, e);
}

static enum err_code note_change(struct applying *a, const struct change *ch,
    struct err *e)
{
	bool edit = ch->kind == TABLE_EDIT;
	enum err_code r = OK;

	if (ch->local)
		r = outbox_note(a->s, ch->stamp, (int)ch->kind, ch->record,
		    edit ? ch->field : NULL, ch->owner, ch->type, e);
	if (r == OK && edit)
		r = search_note(a->s, ch->record, ch->type, e);
	if (r == OK)
		r = apply_fresh(a, ch->stamp, e);
	a->n.edits += edit;
	a->n.transitions += !edit;
	return r;
}

enum err_code change_put(struct applying *a, const struct change *ch,
    struct err *e)
{
	bool edit = ch->kind == TABLE_EDIT;
	struct buf list = BUF_INIT;
	enum err_code r;
	int ended;

	batch_replaces_text(&list, ch->replaces, ch->nreplaces);
	if ((r = buf_ok(&list, e)) != OK ||
	    (edit && (r = keep_initial(a->s, ch, e)) != OK) ||
	    (r = end_replaced(a->s, ch, &ended, e)) != OK)
		goto done;
	r = edit ? put_edit(a->s, ch, (const char *)list.p, e) :
	    put_transition(a->s, ch, (const char *)list.p, e);
	if (r == OK)
		r = field_settle(a, ch, 1 - ended, e);
	if (r == OK)
		r = note_change(a, ch, e);
done:
	buf_release(&list);
	return r;
}
