/* Finding: terms of three characters or more by the index, shorter ones by
 * looking.
 */
#include <strings.h>

#include "base/text.h"
#include "search_impl.h"

#define TERMS_MAX 8
#define AROUND 60		/* bytes shown before and after a hit */

struct finding {
	struct store *s;
	struct reader rd;
	struct slice term[TERMS_MAX];
	size_t n;
	size_t limit, given;
	record_fn fn;
	void *arg;
	bool stopped;
};

/* What one record's texts showed. */
struct look {
	const struct finding *f;
	bool seen[TERMS_MAX];
	const char *field;	/* of the first hit */
	struct buf around;
};

/* Where term is in text, letters of either case; -1 if it is not. */
static ptrdiff_t find(struct slice text, struct slice term)
{
	size_t i;

	for (i = 0; i + term.n <= text.n; i++)
		if (!strncasecmp((const char *)text.p + i,
		    (const char *)term.p, term.n))
			return (ptrdiff_t)i;
	return -1;
}

static void show_around(struct look *l, const char *field,
    struct slice text, size_t at, size_t n)
{
	size_t from = at > AROUND ? at - AROUND : 0;
	size_t to = at + n + AROUND < text.n ? at + n + AROUND : text.n;
	size_t i;

	while (from < at && (text.p[from] & 0xc0) == 0x80)
		from++;
	to = utf8_cut(text, to);
	l->field = field;
	buf_adds(&l->around, from ? "…" : "");
	for (i = from; i < to; i++)
		buf_addc(&l->around, text.p[i] == '\n' ? ' ' : text.p[i]);
	buf_adds(&l->around, to < text.n ? "…" : "");
}

static bool look_text(void *arg, const char *field, struct slice text)
{
	struct look *l = arg;
	ptrdiff_t at;
	size_t i;

	for (i = 0; i < l->f->n; i++) {
		at = l->seen[i] ? -1 : find(text, l->f->term[i]);
		if (at < 0)
			continue;
		l->seen[i] = true;
		if (!l->field)
			show_around(l, field, text, (size_t)at,
			    l->f->term[i].n);
	}
	return true;
}

static json_t *hit_json(const struct entry *r, const struct look *l)
{
	json_t *o = json_object();

	json_object_set_new(o, "id", entry_stamp_json(r->id));
	json_object_set_new(o, "type", json_string(r->type->key));
	json_object_set_new(o, "state", json_string(r->state));
	json_object_set_new(o, "branch", json_string(r->branch));
	json_object_set_new(o, "field", json_string(l->field));
	json_object_set_new(o, "text", json_stringn(
	    (const char *)l->around.p, l->around.n));
	return o;
}

/* A candidate is a hit when every term stands in one of its texts and it is
 * not void. */
static enum err_code try_record(struct finding *f, stamp_t id, int64_t type,
    struct err *e)
{
	struct look l = { .f = f };
	bool found, all = true;
	enum err_code rc;
	json_t *o;
	size_t i;

	rc = reader_get(&f->rd, id, type, &found, e);
	if (rc != OK || !found || f->rd.r.voided)
		return rc;
	search_texts(f->s->catalogue, &f->rd.r, look_text, &l);
	for (i = 0; i < f->n; i++)
		all = all && l.seen[i];
	rc = buf_ok(&l.around, e);
	if (rc == OK && all) {
		o = hit_json(&f->rd.r, &l);
		f->stopped = f->fn(f->arg, o) != 0 ||
		    ++f->given == f->limit;
		json_decref(o);
	}
	buf_release(&l.around);
	return rc;
}

static enum err_code try_each(struct finding *f, sqlite3_stmt *st,
    struct err *e)
{
	enum err_code rc = OK;
	bool row;

	while (!f->stopped && (rc = store_step(f->s, st, &row, e)) == OK &&
	    row) {
		rc = try_record(f, sqlite3_column_int64(st, 0),
		    sqlite3_column_int64(st, 1), e);
		if (rc != OK)
			break;
	}
	sqlite3_reset(st);
	return rc;
}

/* Those that the index does not know yet. */
static enum err_code try_pending(struct finding *f, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	rc = store_stmt(f->s, SQL_SEARCH_PENDING, &st, e);
	if (rc != OK)
		return rc;
	sqlite3_bind_int64(st, 1, -1);
	return try_each(f, st, e);
}

/* "abc" "def": every long term as a phrase, all of them wanted. */
static void match_text(const struct finding *f, struct buf *out)
{
	size_t i, j;

	for (i = 0; i < f->n; i++) {
		if (utf8_count(f->term[i]) < 3)
			continue;
		buf_adds(out, out->n ? " \"" : "\"");
		for (j = 0; j < f->term[i].n; j++) {
			if (f->term[i].p[j] == '"')
				buf_addc(out, '"');
			buf_addc(out, f->term[i].p[j]);
		}
		buf_addc(out, '"');
	}
}

static void like_text(struct slice term, struct buf *out)
{
	size_t i;

	buf_addc(out, '%');
	for (i = 0; i < term.n; i++) {
		if (strchr("%_\\", term.p[i]))
			buf_addc(out, '\\');
		buf_addc(out, term.p[i]);
	}
	buf_addc(out, '%');
}

static enum err_code try_indexed(struct finding *f, struct err *e)
{
	struct buf text = BUF_INIT;
	sqlite3_stmt *st;
	struct value v;
	enum err_code rc;
	bool index;

	match_text(f, &text);
	index = text.n > 0;
	if (!index)
		like_text(f->term[0], &text);
	rc = buf_ok(&text, e);
	if (rc == OK)
		rc = store_stmt(f->s, index ? SQL_SEARCH_MATCH :
		    SQL_SEARCH_SCAN, &st, e);
	if (rc == OK) {
		v = value_text(slice_buf(&text));
		bind_value(st, 1, &v);
		rc = try_each(f, st, e);
	}
	buf_release(&text);
	return rc;
}

/* Terms are parted by spaces; borrowed from text. */
static enum err_code split(struct finding *f, struct slice text,
    struct err *e)
{
	size_t i = 0, at, from = 0;

	if (!utf8_valid(text))
		return err_set(e, ERR_ENCODING,
		    _("what to search for is not UTF-8 text"));
	while (from < text.n) {
		for (at = i = from; i < text.n; at = i) {
			uint32_t cp = utf8_next(text, &i);

			if (cp <= ' ' || cp == 0x3000)
				break;
		}
		if (at > from && f->n == TERMS_MAX)
			return err_set(e, ERR_TOO_BIG,
			    _("at most %d words can be searched at once"),
			    TERMS_MAX);
		if (at > from)
			f->term[f->n++] = slice_of(text.p + from, at - from);
		from = i;
	}
	if (f->n)
		return OK;
	err_set(e, ERR_USAGE, _("there is nothing to search for"));
	return err_hint(e, _("give a word, a name or a part of one"));
}

enum err_code record_search(struct store *s, const char *text, size_t limit,
    record_fn fn, void *arg, struct err *e)
{
	struct finding f = { .s = s, .limit = limit, .fn = fn, .arg = arg };
	enum err_code rc;

	rc = split(&f, slice_str(text), e);
	if (rc != OK)
		return rc;
	rc = reader_init(&f.rd, s, e);
	if (rc == OK && s->writing)
		rc = search_update(s, e);
	if (rc == OK)
		rc = try_pending(&f, e);
	if (rc == OK)
		rc = try_indexed(&f, e);
	reader_release(&f.rd);
	return rc;
}
