/* From what people write to a record: printed ids, prefixes, keys. */
#include "entry.h"

#include "base/text.h"

static bool is_wanted(const struct type *t, const struct type *const *type,
    size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (type[i] == t)
			return true;
	return n == 0;
}

/* Fill out from the typed table; *found false if it is not there. */
static enum err_code get(struct store *s, const struct type *t, stamp_t id,
    struct record *out, bool *found, struct err *e)
{
	struct buf sql = BUF_INIT;
	sqlite3_stmt *st = NULL;
	enum err_code rc;

	buf_adds(&sql, "SELECT branch, state, void IS NOT NULL FROM ");
	sql_name(&sql, t->key);
	buf_adds(&sql, " WHERE id = ?1");
	rc = buf_ok(&sql, e);
	if (rc == OK)
		rc = store_prepare(s, (const char *)sql.p, &st, e);
	if (rc != OK)
		goto done;
	sqlite3_bind_int64(st, 1, id);
	rc = store_step(s, st, found, e);
	if (rc == OK && *found) {
		*out = (struct record){ .id = id, .type = t,
		    .voided = sqlite3_column_int(st, 2) != 0 };
		column_text(st, 0, out->branch, sizeof(out->branch));
		column_text(st, 1, out->state, sizeof(out->state));
	}
done:
	sqlite3_finalize(st);
	buf_release(&sql);
	return rc;
}

struct hits {			/* what a search for one record found */
	stamp_t id[2];		/* of our own branch first */
	const struct type *type;
	size_t n, own;
};

/* A second hit makes it ambiguous, unless only the first is our own. */
static void hit(struct hits *h, stamp_t id, const struct type *t, bool own)
{
	if (h->n == 0 || (own && !h->own)) {
		h->id[0] = id;
		h->type = t;
	}
	h->n++;
	h->own += own;
}

static bool is_one(const struct hits *h)
{
	return h->n == 1 || h->own == 1;
}

static enum err_code find_ext_in(struct store *s, struct slice ext,
    const char *branch, const struct type *t, struct hits *h, struct err *e)
{
	struct value key = value_text(ext);
	struct buf sql = BUF_INIT;
	sqlite3_stmt *st = NULL;
	enum err_code rc;

	buf_adds(&sql, "SELECT id, branch = ?2 FROM ");
	sql_name(&sql, t->key);
	buf_adds(&sql, " WHERE ext = ?1 "
	    "ORDER BY branch = ?2 DESC LIMIT 3");
	rc = buf_ok(&sql, e);
	if (rc == OK)
		rc = store_prepare(s, (const char *)sql.p, &st, e);
	if (rc != OK)
		goto done;
	bind_value(st, 1, &key);
	bind_text(st, 2, branch);
	while (store_next(s, st, &rc, e))
		hit(h, sqlite3_column_int64(st, 0), t,
		    sqlite3_column_int(st, 1) != 0);
done:
	sqlite3_finalize(st);
	buf_release(&sql);
	return rc;
}

static enum err_code find_ext(struct store *s, struct slice ext,
    const char *branch, const struct type *const *type, size_t n,
    struct hits *h, struct err *e)
{
	const struct catalogue *c = s->catalogue;
	enum err_code rc = OK;
	size_t i;

	for (i = 0; rc == OK && i < c->ntype; i++)
		if (is_wanted(&c->type[i], type, n))
			rc = find_ext_in(s, ext, branch, &c->type[i], h, e);
	return rc;
}

enum err_code entry_ext_taken(struct store *s, const struct value *ext,
    const char *branch, bool *yes, struct err *e)
{
	struct hits h = { .n = 0 };
	enum err_code rc = OK;

	if (ext->kind == VALUE_TEXT)
		rc = find_ext(s, ext->s, branch, NULL, 0, &h, e);
	*yes = h.own > 0;
	return rc;
}

/* By printed id or a prefix of it. Types are looked at last, so that the
 * prefix of some other type's record does not make this one ambiguous. */
static enum err_code find_id(struct store *s, const char *ref,
    const struct type *const *type, size_t n, struct hits *h, struct err *e)
{
	sqlite3_stmt *st;
	uint64_t lo, hi;
	enum err_code rc;
	int64_t index;
	bool row;

	if (!base32_prefix(ref, &lo, &hi) || lo > INT64_MAX)
		return OK;
	rc = store_stmt(s, SQL_RECORD_BETWEEN, &st, e);
	if (rc != OK)
		return rc;
	sqlite3_bind_int64(st, 1, (int64_t)lo);
	sqlite3_bind_int64(st, 2, hi > INT64_MAX ? INT64_MAX : (int64_t)hi);
	while ((rc = store_step(s, st, &row, e)) == OK && row && h->n < 2) {
		index = sqlite3_column_int64(st, 1);
		if (index < 0 || (size_t)index >= s->catalogue->ntype ||
		    !is_wanted(&s->catalogue->type[index], type, n))
			continue;
		hit(h, sqlite3_column_int64(st, 0),
		    &s->catalogue->type[index], false);
	}
	sqlite3_reset(st);
	return rc;
}

enum err_code entry_find(struct store *s, const char *ref,
    const struct type *const *type, size_t n, struct record *out,
    struct err *e)
{
	struct hits h = { .n = 0 };
	bool found = false;
	enum err_code rc;

	/* an external key is exact, so it goes before any prefix */
	rc = find_ext(s, slice_str(ref), s->id.branch, type, n, &h, e);
	if (rc == OK && !h.n)
		rc = find_id(s, ref, type, n, &h, e);
	if (rc != OK)
		return rc;
	if (h.n && !is_one(&h)) {
		err_set(e, ERR_AMBIGUOUS, _("“%.60s” fits several records"),
		    ref);
		return err_hint(e, _("give more digits of the id"));
	}
	if (h.n)
		rc = get(s, h.type, h.id[0], out, &found, e);
	if (rc == OK && !found) {
		err_set(e, ERR_NOT_FOUND,
		    _("no record has the id or the key “%.60s”"), ref);
		return err_hint(e, _("`wellhead search` and `wellhead list` "
				     "show the ids"));
	}
	return rc;
}

/* "人员 (person), 组织单位 (org_unit)", or any record. */
static void target_names(const struct field *f, struct buf *out)
{
	size_t i;

	for (i = 0; i < f->ntarget; i++)
		buf_printf(out, "%s%s (%s)", i ? ", " : "",
		    f->target[i]->zh, f->target[i]->key);
	if (!f->ntarget)
		buf_adds(out, _("any record"));
}

/* Headquarters' keys may be used before its records have come. */
static bool may_wait(const struct store *s, struct slice text)
{
	return !s->id.hq && text.n > 3 && memcmp(text.p, "HQ.", 3) == 0;
}

static bool find_ref(struct store *s, const struct field *f,
    struct slice text, bool waits, struct value *out, struct problems *p)
{
	struct err e = { .code = OK };
	struct buf names = BUF_INIT;
	struct record r = { .id = 0 };
	char *ref = slice_dup(text);
	enum err_code rc;

	rc = ref ? entry_find(s, ref, f->target, f->ntarget, &r, &e) :
	    err_memory(&e);
	if (rc == OK) {
		*out = value_int(r.id);
		if (r.voided)
			problems_warn(p, "W_VOID", f->key,
			    _("%s (%s): the record “%.60s” is void"), f->zh,
			    f->key, ref);
	} else if (rc == ERR_NOT_FOUND && waits && may_wait(s, text)) {
		*out = value_text(text);
		problems_warn(p, "W_REF", f->key, _("%s (%s): “%.60s” has not "
		    "come from headquarters; the reference waits for it"),
		    f->zh, f->key, ref);
		rc = OK;
	} else if (rc == ERR_NOT_FOUND) {
		target_names(f, &names);
		problems_error(p, ERR_REF, f->key,
		    _("%s (%s): “%.60s” is not the id or key of %s"), f->zh,
		    f->key, ref, names.p ? (const char *)names.p : "");
	} else {
		problems_error(p, rc == ERR_AMBIGUOUS ? ERR_REF : rc, f->key,
		    "%s (%s): %s", f->zh, f->key, e.detail);
	}
	buf_release(&names);
	free(ref);
	return rc == OK;
}

bool entry_ref(void *arg, const struct field *f, struct slice text,
    struct value *out, struct problems *p)
{
	return find_ref(arg, f, text, false, out, p);
}

bool entry_ref_new(void *arg, const struct field *f, struct slice text,
    struct value *out, struct problems *p)
{
	return find_ref(arg, f, text, f->kind == COL_REF, out, p);
}

enum err_code record_find(struct store *s, const char *ref,
    struct record *out, struct err *e)
{
	return entry_find(s, ref, NULL, 0, out, e);
}
