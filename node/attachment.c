/* Which files belong to a record: rows, and what they come to. */
#include "attachment.h"

#include "base/date.h"
#include "base/text.h"
#include "entry.h"
#include "outbox.h"
#include "record_write.h"
#include "right.h"

/* ---- rows from a chain, or from here ---- */

static bool short_text(const struct value *v, size_t room)
{
	return v->kind == VALUE_TEXT && v->s.n > 0 && v->s.n < room;
}

/* A row attaches a file, or it takes another row's off. */
static bool row_ok(const struct value *c)
{
	bool by = c[ATTACHMENT_BY].kind == VALUE_NULL ||
	    c[ATTACHMENT_BY].kind == VALUE_TEXT;

	if (c[ATTACHMENT_RECORD].kind != VALUE_INT ||
	    c[ATTACHMENT_RECORD].i <= 0 || !by)
		return false;
	if (c[ATTACHMENT_REMOVES].kind == VALUE_INT)
		return c[ATTACHMENT_REMOVES].i > 0 &&
		    c[ATTACHMENT_NAME].kind == VALUE_NULL &&
		    c[ATTACHMENT_SHA256].kind == VALUE_NULL &&
		    c[ATTACHMENT_SIZE].kind == VALUE_NULL &&
		    c[ATTACHMENT_MEDIA].kind == VALUE_NULL;
	return c[ATTACHMENT_REMOVES].kind == VALUE_NULL &&
	    short_text(&c[ATTACHMENT_NAME], ATTACHMENT_NAME_ROOM) &&
	    short_text(&c[ATTACHMENT_MEDIA], 80) &&
	    c[ATTACHMENT_SHA256].kind == VALUE_BYTES &&
	    c[ATTACHMENT_SHA256].s.n == 32 &&
	    c[ATTACHMENT_SIZE].kind == VALUE_INT &&
	    c[ATTACHMENT_SIZE].i > 0 && c[ATTACHMENT_SIZE].i <= ATTACHMENT_MAX;
}

/* By the number in the record's id alone, so that the answer is the same
 * whether the record has come or not. Where the number does not tell, the
 * row is kept, and shows only if its chain's branch owns the record. */
static enum err_code owner_check(struct store *s, const struct value *c,
    const struct origin *o, struct err *e)
{
	stamp_t record = c[ATTACHMENT_RECORD].i;
	char branch[17];
	sqlite3_stmt *st;
	enum err_code rc;
	bool row, hq;

	if (o->local || stamp_node(record) == o->node)
		return OK;
	rc = store_stmt(s, SQL_ROSTER_OF, &st, e);
	if (rc != OK)
		return rc;
	sqlite3_bind_int64(st, 1, stamp_node(record));
	rc = store_step(s, st, &row, e);
	if (rc != OK || !row)
		return rc;
	column_text(st, 0, branch, sizeof branch);
	hq = !strcmp((const char *)sqlite3_column_text(st, 1), "hq");
	sqlite3_reset(st);
	if (hq ? o->hq : !o->hq && !strcmp(branch, o->branch))
		return OK;
	return err_set(e, ERR_FOREIGN, _("it attaches a file to a record "
	    "that is not %s's"), o->branch);
}

static enum err_code insert(struct store *s, const struct value *c,
    const struct origin *o, struct err *e)
{
	static const int order[] = { ATTACHMENT_RECORD, ATTACHMENT_STAMP,
		ATTACHMENT_NAME, ATTACHMENT_SHA256, ATTACHMENT_SIZE,
		ATTACHMENT_MEDIA, ATTACHMENT_BY, ATTACHMENT_REMOVES };
	struct buf hex = BUF_INIT;
	sqlite3_stmt *st;
	struct value v;
	enum err_code rc;

	rc = store_stmt(s, SQL_ATTACHMENT_NEW, &st, e);
	if (rc != OK)
		return rc;
	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		v = c[order[i]];
		if (v.kind == VALUE_BYTES) {
			hex_add(&hex, v.s);
			v = value_text(slice_buf(&hex));
		}
		bind_value(st, (int)i + 1, &v);
	}
	bind_text(st, 9, o->branch);
	sqlite3_bind_int(st, 10, o->hq);
	rc = buf_ok(&hex, e);
	if (rc == OK)
		rc = store_run_once(s, st, e);
	buf_release(&hex);
	return rc;
}

enum err_code attachment_apply(struct store *s, const struct batch *b,
    const struct origin *o, struct err *e)
{
	size_t n = fixed_table(TABLE_ATTACHMENT)->ncol;
	enum err_code rc = OK;

	for (size_t i = 0; i < b->nsection; i++) {
		const struct section *sec = &b->section[i];

		if (sec->type || sec->fixed != TABLE_ATTACHMENT)
			continue;
		for (size_t k = 0; rc == OK && k < sec->nrow; k++) {
			const struct value *c = sec->cell + k * n;

			if (!row_ok(c))
				return err_set(e, ERR_FORMAT, _("a row about "
				    "an attachment cannot be read"));
			rc = owner_check(s, c, o, e);
			if (rc == OK)
				rc = insert(s, c, o, e);
		}
	}
	return rc;
}

/* ---- reading ---- */

static void read_row(sqlite3_stmt *st, struct attachment *a)
{
	*a = (struct attachment){ .stamp = sqlite3_column_int64(st, 0),
		.size = sqlite3_column_int64(st, 3) };
	column_text(st, 1, a->name, sizeof a->name);
	column_text(st, 2, a->sha256, sizeof a->sha256);
	column_text(st, 4, a->media, sizeof a->media);
	column_text(st, 5, a->by, sizeof a->by);
}

enum err_code attachment_each(struct store *s, const struct record *r,
    attachment_fn fn, void *arg, struct err *e)
{
	struct attachment a;
	sqlite3_stmt *st;
	enum err_code rc;

	rc = store_walk(s, SQL_ATTACHMENT_OF, &st, e);
	if (rc != OK)
		return rc;
	sqlite3_bind_int64(st, 1, r->id);
	bind_text(st, 2, r->branch);
	while (store_next(s, st, &rc, e)) {
		read_row(st, &a);
		if (fn(arg, &a))
			break;
	}
	sqlite3_finalize(st);
	return rc;
}

static int add_json(void *arg, const struct attachment *a)
{
	json_t **list = arg, *o;
	char at[32];

	time_text(stamp_ms(a->stamp), at);
	if (!*list)
		*list = json_array();
	o = json_pack("{s:s, s:s, s:I, s:s, s:s}", "name", a->name, "sha256",
	    a->sha256, "size", (json_int_t)a->size, "media", a->media, "at",
	    at);
	if (a->by[0])
		json_object_set_new(o, "by", json_string(a->by));
	return json_array_append_new(*list, o);
}

enum err_code attachment_json(struct store *s, const struct record *r,
    json_t **out, struct err *e)
{
	*out = NULL;
	return attachment_each(s, r, add_json, out, e);
}

/* Looking for one by name, or by the beginning of its hash. */
struct wanted {
	const char *name;
	struct attachment *out;
	size_t names, hashes;
};

static int look(void *arg, const struct attachment *a)
{
	struct wanted *w = arg;
	size_t n = strlen(w->name);

	if (!strcmp(a->name, w->name)) {
		w->names++;
		*w->out = *a;
	} else if (!w->names && n >= 4 && !strncmp(a->sha256, w->name, n)) {
		w->hashes++;
		*w->out = *a;
	}
	return 0;
}

enum err_code attachment_find(struct store *s, const struct record *r,
    const char *name, struct attachment *out, struct err *e)
{
	struct wanted w = { .name = name, .out = out };
	enum err_code rc;

	*out = (struct attachment){0};
	rc = attachment_each(s, r, look, &w, e);
	if (rc != OK || w.names == 1 || (!w.names && w.hashes == 1))
		return rc;
	if (w.names || w.hashes) {
		err_set(e, ERR_AMBIGUOUS, _("“%.60s” fits several of the "
		    "record's attachments"), name);
		return err_hint(e, _("give the first digits of the SHA-256 "
		    "that `wellhead show ID --json` prints"));
	}
	err_set(e, ERR_NOT_FOUND, _("the record has no attachment “%.60s”"),
	    name);
	return err_hint(e, _("`wellhead show ID` lists them"));
}

/* ---- writing ---- */

static enum err_code begin(struct write *w, struct store *s, const char *ref,
    struct record *r, struct err *e)
{
	enum err_code rc = write_begin(w, s, e);

	if (rc == OK)
		rc = record_find(s, ref, r, e);
	if (rc == OK)
		rc = entry_writable(s, r, e);
	return rc == OK ? right_change(s, r->type, e) : rc;
}

/* The file's bytes go after the row. Headquarters' files go to everybody, so
 * only those of records that do. */
static enum err_code queue(struct write *w, const struct attachment *a,
    const char *chain, struct err *e)
{
	if (w->s->id.hq && strcmp(chain, "hq/all") != 0)
		return OK;
	return attachment_queue(w->s, a, e);
}

/* The chain is the one that an edit of the record would ride in. file: what
 * to send besides, or NULL. */
static enum err_code put(struct write *w, const struct record *r,
    const struct attachment *file, struct err *e)
{
	char chain[CHAIN_NAME];
	struct origin o;
	enum err_code rc;

	entry_origin(w->s, r->branch, &o);
	outbox_chain(w->s, r->branch, r->type, chain);
	rc = batch_ok(&w->scratch, e);
	if (rc == OK)
		rc = attachment_apply(w->s, &w->scratch, &o, e);
	if (rc == OK)
		rc = outbox_put(w->s, chain, &w->scratch, e);
	if (rc == OK && file)
		rc = queue(w, file, chain, e);
	if (rc == OK)
		rc = store_commit(w->s, e);
	if (rc == OK)
		w->open = false;
	return rc;
}

/* A row with its stamp, record and who; the rest is VALUE_NULL. */
static enum err_code new_row(struct write *w, const struct record *r,
    const char *by, struct value **cell, stamp_t *stamp, struct err *e)
{
	struct problems p = { .n = 0 };
	struct value who;
	enum err_code rc;

	write_by(w, by, &who, &p);
	rc = problems_err(&p, e);
	problems_release(&p);
	if (rc == OK)
		rc = store_stamp(w->s, stamp, e);
	if (rc != OK)
		return rc;
	*cell = batch_row(&w->scratch, NULL, TABLE_ATTACHMENT);
	if (!*cell)
		return err_memory(e);
	(*cell)[ATTACHMENT_STAMP] = value_int(*stamp);
	(*cell)[ATTACHMENT_RECORD] = value_int(r->id);
	(*cell)[ATTACHMENT_BY] = who;
	return OK;
}

static int same_name(void *arg, const struct attachment *a)
{
	const char **name = arg;

	if (*name && !strcmp(*name, a->name))
		*name = NULL;
	return *name == NULL;
}

static enum err_code check_new(struct store *s, const struct record *r,
    const char *name, struct err *e)
{
	const char *free_name = name;
	enum err_code rc;

	rc = attachment_each(s, r, same_name, &free_name, e);
	if (rc != OK || free_name)
		return rc;
	err_set(e, ERR_EXISTS, _("the record has an attachment “%.60s” "
	    "already"), name);
	return err_hint(e, _("give another name with --name, or take the old "
	    "one off with `wellhead detach ID NAME`"));
}

enum err_code attachment_add(struct store *s, const char *ref,
    struct attachment *a, bool here, struct err *e)
{
	unsigned char hash[32];
	struct value *cell;
	struct record r;
	struct write w;
	bool sent = false;
	enum err_code rc;

	rc = begin(&w, s, ref, &r, e);
	if (rc == OK && here)
		rc = attachment_on_way(s, a->sha256, &sent, e);
	if (rc == OK)
		rc = check_new(s, &r, a->name, e);
	if (rc == OK && !hex_decode(slice_str(a->sha256), hash, sizeof hash))
		rc = err_set(e, ERR_FORMAT, _("not a SHA-256"));
	if (rc == OK)
		rc = new_row(&w, &r, a->by[0] ? a->by : NULL, &cell,
		    &a->stamp, e);
	if (rc == OK) {
		cell[ATTACHMENT_NAME] = value_str(a->name);
		cell[ATTACHMENT_SHA256] = value_bytes(slice_of(hash,
		    sizeof hash));
		cell[ATTACHMENT_SIZE] = value_int(a->size);
		cell[ATTACHMENT_MEDIA] = value_str(a->media);
		rc = put(&w, &r, sent ? NULL : a, e);
	}
	return write_end(&w, s->id.branch, rc, e);
}

enum err_code attachment_remove(struct store *s, const char *ref,
    const char *name, const char *by, struct err *e)
{
	struct attachment a;
	struct value *cell;
	struct record r;
	struct write w;
	enum err_code rc;
	stamp_t stamp;

	rc = begin(&w, s, ref, &r, e);
	if (rc == OK)
		rc = attachment_find(s, &r, name, &a, e);
	if (rc == OK)
		rc = new_row(&w, &r, by, &cell, &stamp, e);
	if (rc == OK) {
		cell[ATTACHMENT_REMOVES] = value_int(a.stamp);
		rc = put(&w, &r, NULL, e);
	}
	return write_end(&w, s->id.branch, rc, e);
}
