/* Keys of lines, and references by them. */
#include "import.h"

#include "base/text.h"

void import_own_key(struct buf *out, const char *branch, struct slice key)
{
	buf_adds(out, branch);
	buf_addc(out, '\0');
	buf_addb(out, key);
}

/* The statement that finds a type's record by key. */
static enum err_code by_ext(struct import *im, const struct type *t,
    sqlite3_stmt **out)
{
	struct buf sql = BUF_INIT;
	enum err_code rc;

	*out = im->by_ext[t->index];
	if (*out != NULL)
		return OK;
	buf_adds(&sql, "SELECT id FROM ");
	sql_name(&sql, t->table.name);
	buf_adds(&sql, " WHERE ext = ?1 ORDER BY branch <> ?2, id LIMIT 1");
	rc = buf_ok(&sql, im->e);
	if (rc == OK)
		rc = store_prepare(im->s, (const char *)sql.p,
		    &im->by_ext[t->index], im->e);
	buf_release(&sql);
	*out = im->by_ext[t->index];
	return rc;
}

/* A record exported without an external key goes by its whole printed id. */
static enum err_code by_id(struct import *im, const struct type *t,
    struct slice key, stamp_t *id)
{
	char text[STAMP_DIGITS + 1];
	uint64_t lo, hi;
	sqlite3_stmt *st = NULL;
	bool row = false;
	enum err_code rc;

	if (key.n != STAMP_DIGITS)
		return OK;
	memcpy(text, key.p, key.n);
	text[key.n] = '\0';
	if (!base32_prefix(text, &lo, &hi) || lo != hi || lo > INT64_MAX)
		return OK;
	rc = store_stmt(im->s, SQL_TRANSFER_TYPE, &st, im->e);
	if (rc != OK)
		return rc;
	sqlite3_bind_int64(st, 1, (int64_t)lo);
	rc = store_step(im->s, st, &row, im->e);
	if (rc == OK && row && sqlite3_column_int64(st, 0) ==
	    (int64_t)t->index)
		*id = (stamp_t)lo;
	sqlite3_reset(st);
	return rc;
}

enum err_code import_stored(struct import *im, const struct type *t,
    struct slice key, const char *branch, stamp_t *id)
{
	struct value ext = value_text(key);
	sqlite3_stmt *st = NULL;
	enum err_code rc;

	*id = 0;
	rc = by_ext(im, t, &st);
	if (rc != OK)
		return rc;
	bind_value(st, 1, &ext);
	bind_text(st, 2, branch);
	rc = store_number(im->s, st, id, im->e);
	return rc == OK && *id == 0 ? by_id(im, t, key, id) : rc;
}

/* The i-th type that f may lead to; NULL after the last. */
static const struct type *target(const struct import *im,
    const struct field *f, size_t i)
{
	const struct catalogue *c = store_catalogue(im->s);

	if (f->ntarget > 0)
		return i < f->ntarget ? f->target[i] : NULL;
	return i < c->ntype ? &c->type[i] : NULL;
}

/* Checked for lines too: their types are known before their ids. */
static bool allows(const struct import *im, const struct field *f,
    const struct type *t)
{
	const struct type *allowed;

	for (size_t i = 0; (allowed = target(im, f, i)) != NULL; i++)
		if (allowed == t)
			return true;
	return false;
}

/* Kept by its key: applying resolves it when the record comes. */
static bool wait_for(struct import *im, const struct field *f,
    struct slice text, struct value *out, struct problems *p)
{
	*out = value_text(text);
	im->out->waiting++;
	problems_warn(p, "W_REF", f->key, _("\"%.*s\" belongs to another "
	    "branch and has not come; the reference waits for it"),
	    (int)text.n, (const char *)text.p);
	return true;
}

/* A line of this file has the key. */
static bool to_line(struct import *im, const struct field *f,
    const struct import_line *line, struct slice text, struct value *out,
    struct problems *p)
{
	if (line->type != NULL && !allows(im, f, line->type)) {
		problems_error(p, ERR_REF, f->key, _("\"%.*s\" (line %lld) is "
		    "of type %s, which does not fit here"), (int)text.n,
		    (const char *)text.p, (long long)line->number,
		    line->type->key);
		return false;
	}
	if (line->fate == IMPORT_SKIPPED)
		return wait_for(im, f, text, out, p);
	/* That of a bad line is never used: the import is refused. */
	*out = value_int(line->id);
	return true;
}

/* Each type that the field may lead to, in the catalogue's order. */
static bool to_stored(struct import *im, const struct field *f,
    struct slice text, const char *branch, struct value *out, bool *failed)
{
	const struct type *t;
	stamp_t id = 0;

	for (size_t i = 0; id == 0 && (t = target(im, f, i)) != NULL; i++)
		if (import_stored(im, t, text, branch, &id) != OK) {
			*failed = true;
			return false;
		}
	*out = value_int(id);
	return id != 0;
}

/* The line's own branch is asked first, in the file and then in the store, so
 * that two branches may use the same keys. */
bool import_ref(void *arg, const struct field *f, struct slice text,
    struct value *out, struct problems *p)
{
	struct import *im = arg;
	const char *branch = im->branch[im->now->branch];
	struct buf own = BUF_INIT;
	int64_t at = -1;
	bool failed = false, found;

	import_own_key(&own, branch, text);
	found = map_get(im->own, slice_buf(&own), &at);
	buf_release(&own);
	if (found)
		return to_line(im, f, &im->line[at], text, out, p);
	if (to_stored(im, f, text, branch, out, &failed))
		return true;
	if (!failed && map_get(im->any, text, &at))
		return to_line(im, f, &im->line[at], text, out, p);
	if (!failed && text.n > 3 && memcmp(text.p, "HQ.", 3) == 0)
		return wait_for(im, f, text, out, p);
	problems_error(p, failed ? ERR_IO : ERR_REF, f->key,
	    failed ? _("\"%.*s\" cannot be looked up in the store") :
	    _("no record has the key \"%.*s\", neither in this file nor in "
	    "the store"), (int)text.n, (const char *)text.p);
	return false;
}
