/* The roster and HQ's pending invitations. */
#include "roster.h"

#include "outbox.h"
#include "signer_row.h"
#include "store_db.h"

static enum err_code roster_set(struct store *s, const struct roster_row *r,
    struct err *e)
{
	struct value key = value_bytes(slice_of(r->key, sizeof r->key));
	sqlite3_stmt *st;
	enum err_code code = store_stmt(s, SQL_ROSTER_SET, &st, e);

	if (code != OK)
		return code;
	sqlite3_bind_int(st, 1, r->number);
	sqlite3_bind_int64(st, 2, r->stamp);
	bind_text(st, 3, r->code);
	bind_text(st, 4, r->branch);
	bind_text(st, 5, r->name);
	bind_value(st, 6, &key);
	bind_text(st, 7, r->kind);
	return store_run(s, st, e);
}

static bool read_wire(const struct value *c, struct roster_row *r)
{
	*r = (struct roster_row){0};
	if (c[NODE_STAMP].kind != VALUE_INT || c[NODE_STAMP].i <= 0 ||
	    c[NODE_NUMBER].kind != VALUE_INT || c[NODE_NUMBER].i < 1 ||
	    c[NODE_NUMBER].i > UINT16_MAX ||
	    c[NODE_KEY].kind != VALUE_BYTES ||
	    c[NODE_KEY].s.n != sizeof r->key)
		return false;
	r->stamp = c[NODE_STAMP].i;
	r->number = (uint16_t)c[NODE_NUMBER].i;
	memcpy(r->key, c[NODE_KEY].s.p, sizeof r->key);
	return value_copy_name(&c[NODE_CODE], r->code, sizeof r->code) &&
	    value_copy_name(&c[NODE_BRANCH], r->branch, sizeof r->branch) &&
	    value_copy_name(&c[NODE_NAME], r->name, sizeof r->name) &&
	    value_copy_name(&c[NODE_KIND], r->kind, sizeof r->kind) &&
	    (strcmp(r->kind, "hq") == 0 || strcmp(r->kind, "branch") == 0 ||
	     strcmp(r->kind, "auditor") == 0);
}

/* The newest row of a number holds; its keys stay known. */
static enum err_code take_row(struct store *s, const struct roster_row *r,
    struct err *e)
{
	enum err_code rc = signer_add(s, r->code, r->key, r->stamp, e);

	return rc ? rc : roster_set(s, r, e);
}

enum err_code roster_apply(struct store *s, const struct batch *b,
    struct err *e)
{
	const struct table *t = fixed_table(TABLE_NODE);
	struct roster_row row;
	enum err_code r = OK;
	size_t i, j;

	for (i = 0; r == OK && i < b->nsection; i++) {
		if (b->section[i].fixed != TABLE_NODE)
			continue;
		for (j = 0; r == OK && j < b->section[i].nrow; j++)
			r = read_wire(&b->section[i].cell[j * t->ncol],
			    &row) ? take_row(s, &row, e) :
			    err_set(e, ERR_FORMAT,
			    _("a row of the roster cannot be read"));
	}
	return r;
}

static void read_row(sqlite3_stmt *st, struct roster_row *r)
{
	*r = (struct roster_row){0};
	r->number = (uint16_t)sqlite3_column_int(st, 0);
	r->stamp = sqlite3_column_int64(st, 1);
	column_text(st, 2, r->code, sizeof r->code);
	column_text(st, 3, r->branch, sizeof r->branch);
	column_text(st, 4, r->name, sizeof r->name);
	column_text(st, 6, r->kind, sizeof r->kind);
	(void)column_bytes(st, 5, r->key, sizeof r->key);
}

enum err_code roster_by_code(struct store *s, const char *code,
    struct roster_row *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r;
	bool row;

	if ((r = store_stmt(s, SQL_ROSTER_CODE, &st, e)) != OK)
		return r;
	bind_text(st, 1, code);
	if ((r = store_step(s, st, &row, e)) != OK)
		return r;
	if (!row)
		return err_set(e, ERR_NOT_FOUND,
		    _("node %s is not on the roster"), code);
	read_row(st, out);
	sqlite3_reset(st);
	return OK;
}

enum err_code roster_each(struct store *s, roster_fn fn, void *arg,
    struct err *e)
{
	struct roster_row node;
	sqlite3_stmt *st;
	enum err_code r;

	if ((r = store_walk(s, SQL_ROSTER_ALL, &st, e)) != OK)
		return r;
	while (store_next(s, st, &r, e)) {
		read_row(st, &node);
		if (fn(arg, &node))
			break;
	}
	sqlite3_finalize(st);
	return r;
}

enum err_code roster_add(struct store *s, struct roster_row *r,
    struct err *e)
{
	struct value *cell;
	enum err_code code;
	struct batch b;

	batch_init(&b, s->catalogue);
	if ((code = store_stamp(s, &r->stamp, e)) != OK)
		goto done;
	if (!(cell = batch_row(&b, NULL, TABLE_NODE))) {
		code = err_memory(e);
		goto done;
	}
	cell[NODE_STAMP] = value_int(r->stamp);
	cell[NODE_NUMBER] = value_int(r->number);
	cell[NODE_CODE] = value_str(r->code);
	cell[NODE_BRANCH] = value_str(r->branch);
	cell[NODE_NAME] = value_str(r->name);
	cell[NODE_KEY] = value_bytes(slice_of(r->key, sizeof r->key));
	cell[NODE_KIND] = value_str(r->kind);
	/* Applied as everybody else will apply it. */
	if ((code = roster_apply(s, &b, e)) == OK)
		code = outbox_put(s, "hq/all", &b, e);
done:
	batch_release(&b);
	return code;
}

/* ---- invitations ---- */

static enum err_code next_number(struct store *s, uint16_t *out,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r;
	int64_t n = 0;

	if ((r = store_stmt(s, SQL_ROSTER_NEXT, &st, e)) != OK ||
	    (r = store_number(s, st, &n, e)) != OK)
		return r;
	if (n > UINT16_MAX)
		return err_set(e, ERR_TOO_BIG,
		    _("all 65535 node numbers have been given"));
	*out = (uint16_t)n;
	return OK;
}

/* OK when nobody has this code. */
static enum err_code code_is_free(struct store *s, const char *code,
    struct err *e)
{
	struct invitation_row invited;
	struct roster_row node;
	struct err found = {0};
	enum err_code r;

	if ((r = roster_by_code(s, code, &node, &found)) == ERR_NOT_FOUND)
		r = invitation_by_code(s, code, &invited, &found);
	if (r == ERR_NOT_FOUND)
		return OK;
	if (r != OK) {
		*e = found;
		return r;
	}
	err_set(e, ERR_EXISTS, _("node code %s is taken"), code);
	return err_hint(e, _("give another code; a branch may have several "
	    "nodes: invite CODE --branch BRANCH"));
}

enum err_code invitation_add(struct store *s, struct invitation_row *r,
    struct err *e)
{
	struct value token = value_bytes(slice_of(r->token,
	    sizeof r->token));
	sqlite3_stmt *st;
	enum err_code code;

	if ((code = code_is_free(s, r->code, e)) != OK ||
	    (code = next_number(s, &r->number, e)) != OK ||
	    (code = store_stmt(s, SQL_INVITATION_NEW, &st, e)) != OK)
		return code;
	sqlite3_bind_int(st, 1, r->number);
	bind_text(st, 2, r->code);
	bind_text(st, 3, r->branch);
	bind_text(st, 4, r->name);
	bind_value(st, 5, &token);
	bind_text(st, 6, r->kind);
	r->used = false;
	return store_run(s, st, e);
}

enum err_code invitation_by_code(struct store *s, const char *code,
    struct invitation_row *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r;
	bool row;

	*out = (struct invitation_row){0};
	if ((r = store_stmt(s, SQL_INVITATION_CODE, &st, e)) != OK)
		return r;
	bind_text(st, 1, code);
	if ((r = store_step(s, st, &row, e)) != OK)
		return r;
	if (!row)
		return err_set(e, ERR_NOT_FOUND,
		    _("no invitation was made for node %s"), code);
	out->number = (uint16_t)sqlite3_column_int(st, 0);
	column_text(st, 1, out->code, sizeof out->code);
	column_text(st, 2, out->branch, sizeof out->branch);
	column_text(st, 3, out->name, sizeof out->name);
	(void)column_bytes(st, 4, out->token, sizeof out->token);
	out->used = sqlite3_column_int(st, 5) != 0;
	column_text(st, 6, out->kind, sizeof out->kind);
	sqlite3_reset(st);
	return OK;
}

enum err_code invitation_use(struct store *s, const char *code,
    struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r = store_stmt(s, SQL_INVITATION_USE, &st, e);

	if (r != OK)
		return r;
	bind_text(st, 1, code);
	if ((r = store_run(s, st, e)) != OK)
		return r;
	if (sqlite3_changes(s->db) == 0)
		return err_set(e, ERR_NOT_FOUND,
		    _("no invitation was made for node %s"), code);
	return OK;
}
