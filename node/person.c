/* All records about one person. */
#include "person.h"

#include "entry.h"
#include "right.h"
#include "same.h"
#include "trail.h"

struct view {
	struct store *s;
	const struct type *person;
	stamp_t one;		/* of all records of the person the oldest */
	record_fn fn;
	void *arg;
	int stop;
};

/* Every record of the person; ?1 is the oldest one. */
#define ALL "(SELECT ?1 UNION ALL SELECT id FROM same_as WHERE one = ?1)"

static bool may_be(const struct field *f, const struct type *t)
{
	for (size_t i = 0; i < f->ntarget; i++)
		if (f->target[i] == t)
			return true;
	return f->ntarget == 0;
}

static bool has_column(const struct field *f, const char *key)
{
	for (size_t i = 0; i < f->ncolumn; i++)
		if (!strcmp(f->column[i], key))
			return true;
	return false;
}

/* The field as a condition, " OR " before it; nothing if it cannot tell of a
 * person. */
static void field_sql(struct buf *b, const struct field *f,
    const struct type *person)
{
	bool list = f->kind == COL_JSON && has_column(f, "id_no");

	if (!list && ((f->kind != COL_REF && f->kind != COL_REFS) ||
	    !may_be(f, person)))
		return;
	buf_adds(b, " OR ");
	if (f->kind == COL_REF) {
		sql_name(b, f->key);
		buf_adds(b, " IN " ALL);
		return;
	}
	buf_adds(b, "EXISTS (SELECT 1 FROM json_each(CASE WHEN json_valid(");
	sql_name(b, f->key);
	buf_adds(b, ") THEN ");
	sql_name(b, f->key);
	buf_adds(b, list ? " END) AS l JOIN person AS p "
	    "ON p.id_no = l.value ->> 'id_no' WHERE p.id IN " ALL ")" :
	    " END) AS l WHERE l.value IN " ALL ")");
}

static void type_sql(struct buf *b, const struct type *t,
    const struct type *person)
{
	buf_adds(b, "SELECT id FROM ");
	sql_name(b, t->key);
	buf_adds(b, t == person ? " WHERE id IN " ALL : " WHERE 0");
	for (size_t i = 0; i < t->nfield; i++)
		field_sql(b, &t->field[i], person);
	buf_adds(b, " ORDER BY id DESC");
}

static enum err_code give(struct view *v, const struct type *t, stamp_t id,
    struct err *e)
{
	json_t *o = NULL;
	enum err_code rc = record_json(v->s, id, t, false, &o, e);

	if (rc == OK)
		v->stop = v->fn(v->arg, o);
	json_decref(o);
	return rc;
}

static enum err_code give_type(struct view *v, const struct type *t,
    struct err *e)
{
	struct buf sql = BUF_INIT;
	sqlite3_stmt *st = NULL;
	enum err_code rc;
	bool row;

	type_sql(&sql, t, v->person);
	rc = buf_ok(&sql, e);
	if (rc == OK)
		rc = store_prepare(v->s, (const char *)sql.p, &st, e);
	if (rc == OK)
		sqlite3_bind_int64(st, 1, v->one);
	while (rc == OK && !v->stop &&
	    (rc = store_step(v->s, st, &row, e)) == OK && row)
		rc = give(v, t, sqlite3_column_int64(st, 0), e);
	sqlite3_finalize(st);
	buf_release(&sql);
	return rc;
}

/* ---- access ---- */

static enum err_code find_person(struct store *s, const char *ref,
    stamp_t *one, struct record *r, struct err *e)
{
	enum err_code rc = record_find(s, ref, r, e);

	if (rc != OK)
		return rc;
	if (strcmp(r->type->key, "person") != 0) {
		err_set(e, ERR_REF, _("“%.60s” is a %s, not a person"), ref,
		    r->type->key);
		return err_hint(e, _("`wellhead show ID` shows other records"));
	}
	return same_one(s, r->id, one, e);
}

/* Whoever keeps a branch's files or checks them may see all of a person's;
 * everybody else their own. */
static enum err_code may_see(struct store *s, stamp_t one, struct err *e)
{
	const struct actor *a = operator_acting(s);
	stamp_t self = 0;
	enum err_code rc = operator_required(s, e);

	if (rc != OK || !a)
		return rc;
	if (trail_keeper(s))
		return OK;
	if (a->row.person)
		rc = same_one(s, a->row.person, &self, e);
	if (rc != OK || self == one)
		return rc;
	err_set(e, ERR_ROLE, _("these are not the records of %s"),
	    a->row.code);
	return right_hint(s, e);
}

enum err_code person_view(struct store *s, const char *ref, const char *who,
    record_fn fn, void *arg, struct err *e)
{
	const struct catalogue *c = s->catalogue;
	struct view v = { .s = s, .fn = fn, .arg = arg };
	struct record r;
	enum err_code rc;

	rc = find_person(s, ref, &v.one, &r, e);
	if (rc == OK)
		rc = may_see(s, v.one, e);
	if (rc == OK)
		rc = trail_note(s, "view", v.one, NULL, who, e);
	if (rc != OK)
		return rc;
	v.person = r.type;
	rc = give_type(&v, r.type, e);
	for (size_t i = 0; rc == OK && !v.stop && i < c->ntype; i++)
		if (&c->type[i] != r.type)
			rc = give_type(&v, &c->type[i], e);
	return rc;
}

enum err_code person_log(struct store *s, const char *ref, const char *who,
    record_fn fn, void *arg, struct err *e)
{
	struct record r;
	stamp_t one = 0;
	enum err_code rc = find_person(s, ref, &one, &r, e);

	if (rc == OK)
		rc = may_see(s, one, e);
	if (rc == OK)
		rc = trail_note(s, "log", one, NULL, who, e);
	return rc == OK ? trail_each(s, one, fn, arg, e) : rc;
}
