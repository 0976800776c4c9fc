/* Operators: rows kept and found, and who acts. */
#include "operator.h"

#include "base/text.h"
#include "outbox.h"
#include "store_db.h"

#define ROLES_MAX 16

bool operator_code_ok(struct slice code)
{
	size_t i = 0;
	uint32_t cp;

	if (code.n == 0 || code.n >= OPERATOR_ROOM || !utf8_valid(code) ||
	    code.p[0] == ' ' || code.p[code.n - 1] == ' ')
		return false;
	while (i < code.n) {
		cp = utf8_next(code, &i);
		if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
			return false;
	}
	return true;
}

bool operator_has(const struct operator_row *r, const char *role,
    const char *day)
{
	char quoted[40];

	if ((r->from[0] && strcmp(day, r->from) < 0) ||
	    (r->to[0] && strcmp(day, r->to) > 0) || strlen(role) > 31)
		return false;
	snprintf(quoted, sizeof quoted, "\"%s\"", role);
	return strstr(r->roles, quoted) != NULL;
}

void operator_roles_text(const struct operator_row *r, struct buf *out)
{
	const char *p;

	for (p = r->roles; *p; p++)
		if (*p == ',')
			buf_adds(out, ", ");
		else if (!strchr("[]\"", *p))
			buf_addc(out, (unsigned char)*p);
}

static bool hq_role(const char *role)
{
	return strcmp(role, "hq") == 0 || strcmp(role, "hq_chair") == 0;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

enum err_code operator_roles(const struct store *s, const char *const *role,
    size_t n, char out[OPERATOR_ROLES_ROOM], struct err *e)
{
	const char *sorted[ROLES_MAX];
	size_t i, at = 0;

	if (n > ROLES_MAX)
		return err_set(e, ERR_USAGE, _("more than %d roles"),
		    ROLES_MAX);
	for (i = 0; i < n; i++) {
		sorted[i] = role[i];
		if (!catalogue_role(s->catalogue, role[i]) ||
		    strcmp(role[i], "system") == 0) {
			err_set(e, ERR_NOT_FOUND, _("there is no role “%.40s” "
			    "for people"), role[i]);
			return err_hint(e, _("`wellhead types TYPE` shows the "
			    "roles of its steps"));
		}
		if (!s->id.hq && hq_role(role[i]))
			return err_set(e, ERR_ROLE, _("the role %s is "
			    "headquarters' to give"), role[i]);
	}
	if (n)
		qsort(sorted, n, sizeof *sorted, by_text);
	out[at++] = '[';
	for (i = 0; i < n; i++)
		if (i == 0 || strcmp(sorted[i], sorted[i - 1]) != 0)
			at += (size_t)snprintf(out + at,
			    OPERATOR_ROLES_ROOM - at, "%s\"%s\"",
			    at > 1 ? "," : "", sorted[i]);
	snprintf(out + at, OPERATOR_ROLES_ROOM - at, "]");
	return OK;
}

/* ---- rows ---- */

static void read_row(sqlite3_stmt *st, struct operator_row *r)
{
	*r = (struct operator_row){ .stamp = sqlite3_column_int64(st, 0),
		.node = (uint16_t)sqlite3_column_int(st, 1),
		.person = sqlite3_column_int64(st, 4) };
	column_text(st, 2, r->code, sizeof r->code);
	column_text(st, 3, r->branch, sizeof r->branch);
	column_text(st, 5, r->roles, sizeof r->roles);
	column_text(st, 7, r->from, sizeof r->from);
	column_text(st, 8, r->to, sizeof r->to);
	(void)column_bytes(st, 6, r->key, sizeof r->key);
}

enum err_code operator_at(struct store *s, uint16_t node, const char *code,
    stamp_t before, struct operator_row *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r = store_stmt(s, SQL_OPERATOR_AT, &st, e);
	bool row;

	if (r != OK)
		return r;
	sqlite3_bind_int(st, 1, node);
	bind_text(st, 2, code);
	sqlite3_bind_int64(st, 3, before);
	if ((r = store_step(s, st, &row, e)) != OK)
		return r;
	if (!row)
		return err_set(e, ERR_NOT_FOUND, _("“%.60s” is no operator "
		    "of this node"), code);
	read_row(st, out);
	sqlite3_reset(st);
	return OK;
}

enum err_code operator_any(struct store *s, uint16_t node, stamp_t before,
    bool *yes, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r = store_stmt(s, SQL_OPERATOR_ANY, &st, e);
	bool row;

	if (r != OK)
		return r;
	sqlite3_bind_int(st, 1, node);
	sqlite3_bind_int64(st, 2, before);
	if ((r = store_step(s, st, &row, e)) != OK)
		return r;
	*yes = sqlite3_column_int(st, 0) != 0;
	sqlite3_reset(st);
	return OK;
}

enum err_code operator_each(struct store *s, operator_fn fn, void *arg,
    struct err *e)
{
	struct operator_row r;
	sqlite3_stmt *st;
	enum err_code rc = store_walk(s, SQL_OPERATOR_ALL, &st, e);

	while (store_next(s, st, &rc, e)) {
		read_row(st, &r);
		if (fn(arg, &r))
			break;
	}
	sqlite3_finalize(st);
	return rc;
}

static enum err_code insert(struct store *s, const struct operator_row *r,
    struct err *e)
{
	struct value key = value_bytes(slice_of(r->key, sizeof r->key));
	sqlite3_stmt *st;
	enum err_code rc = store_stmt(s, SQL_OPERATOR_NEW, &st, e);

	if (rc != OK)
		return rc;
	sqlite3_bind_int64(st, 1, r->stamp);
	sqlite3_bind_int(st, 2, r->node);
	bind_text(st, 3, r->code);
	bind_text(st, 4, r->branch);
	if (r->person)
		sqlite3_bind_int64(st, 5, r->person);
	bind_text(st, 6, r->roles);
	bind_value(st, 7, &key);
	bind_text(st, 8, r->from[0] ? r->from : NULL);
	bind_text(st, 9, r->to[0] ? r->to : NULL);
	rc = store_run_once(s, st, e);
	s->noperator += rc == OK;
	return rc;
}

/* ---- the wire ---- */

/* A day, or none. */
static bool copy_day(const struct value *v, char out[DATE_TEXT])
{
	int64_t days;

	out[0] = 0;
	return v->kind == VALUE_NULL || (value_copy_name(v, out, DATE_TEXT) &&
	    date_days(v->s, &days));
}

/* A JSON list of keys, rising, without spaces: ["chair","clerk"]. Roles of a
 * later catalogue are kept. */
static bool roles_ok(const char *text)
{
	char last[40] = "", key[40];
	size_t n;

	if (strcmp(text, "[]") == 0)
		return true;
	for (; *text == (last[0] ? ',' : '['); text += n + 3) {
		n = strspn(text + 1 + (text[1] == '"'),
		    "abcdefghijklmnopqrstuvwxyz0123456789_");
		if (text[1] != '"' || n == 0 || n > 31 ||
		    text[n + 2] != '"')
			return false;
		snprintf(key, sizeof key, "%.*s", (int)n, text + 2);
		if (strcmp(key, last) <= 0)
			return false;
		memcpy(last, key, sizeof last);
	}
	return text[0] == ']' && text[1] == 0 && last[0];
}

static bool read_wire(const struct value *c, struct operator_row *r)
{
	*r = (struct operator_row){0};
	if (c[OPERATOR_STAMP].kind != VALUE_INT || c[OPERATOR_STAMP].i <= 0 ||
	    c[OPERATOR_KEY].kind != VALUE_BYTES ||
	    c[OPERATOR_KEY].s.n != sizeof r->key ||
	    (c[OPERATOR_PERSON].kind != VALUE_NULL &&
	    (c[OPERATOR_PERSON].kind != VALUE_INT ||
	    c[OPERATOR_PERSON].i <= 0)))
		return false;
	r->stamp = c[OPERATOR_STAMP].i;
	r->node = stamp_node(r->stamp);
	if (c[OPERATOR_PERSON].kind == VALUE_INT)
		r->person = c[OPERATOR_PERSON].i;
	memcpy(r->key, c[OPERATOR_KEY].s.p, sizeof r->key);
	return value_copy_name(&c[OPERATOR_CODE], r->code, sizeof r->code) &&
	    operator_code_ok(slice_str(r->code)) &&
	    value_copy_name(&c[OPERATOR_BRANCH], r->branch,
	    sizeof r->branch) &&
	    value_copy_name(&c[OPERATOR_ROLES], r->roles, sizeof r->roles) &&
	    roles_ok(r->roles) &&
	    copy_day(&c[OPERATOR_FROM], r->from) &&
	    copy_day(&c[OPERATOR_TO], r->to);
}

static enum err_code apply_row(struct store *s, const struct value *cell,
    const char *branch, struct err *e)
{
	struct operator_row r;

	if (!read_wire(cell, &r))
		return err_set(e, ERR_FORMAT, _("a row of the operators "
		    "cannot be read"));
	if (strcmp(r.branch, branch) != 0)
		return err_set(e, ERR_FOREIGN, _("it names an operator of "
		    "%s, which is not its own"), r.branch);
	if (strcmp(branch, "HQ") != 0 && (strstr(r.roles, "\"hq\"") ||
	    strstr(r.roles, "\"hq_chair\"")))
		return err_set(e, ERR_ROLE, _("it gives an operator a role "
		    "that is headquarters' to give"));
	return insert(s, &r, e);
}

enum err_code operator_apply(struct store *s, const struct batch *b,
    const char *branch, struct err *e)
{
	size_t n = fixed_table(TABLE_OPERATOR)->ncol, i, j;
	enum err_code r = OK;

	for (i = 0; i < b->nsection; i++) {
		const struct section *sec = &b->section[i];

		if (sec->type || sec->fixed != TABLE_OPERATOR)
			continue;
		for (j = 0; r == OK && j < sec->nrow; j++)
			r = apply_row(s, &sec->cell[j * n], branch, e);
	}
	return r;
}

static void fill_row(struct value *cell, const struct operator_row *r)
{
	cell[OPERATOR_STAMP] = value_int(r->stamp);
	cell[OPERATOR_CODE] = value_str(r->code);
	cell[OPERATOR_BRANCH] = value_str(r->branch);
	if (r->person)
		cell[OPERATOR_PERSON] = value_int(r->person);
	cell[OPERATOR_ROLES] = value_str(r->roles);
	cell[OPERATOR_KEY] = value_bytes(slice_of(r->key, sizeof r->key));
	cell[OPERATOR_FROM] = value_str(r->from[0] ? r->from : NULL);
	cell[OPERATOR_TO] = value_str(r->to[0] ? r->to : NULL);
}

enum err_code operator_put(struct store *s, struct operator_row *r,
    struct err *e)
{
	char chain[CHAIN_NAME] = "hq/all";
	struct value *cell;
	enum err_code rc;
	struct batch b;

	if (!s->id.hq)
		snprintf(chain, sizeof chain, "node/%s", s->id.code);
	batch_init(&b, s->catalogue);
	if ((rc = store_stamp(s, &r->stamp, e)) != OK)
		goto done;
	r->node = s->id.number;
	memcpy(r->branch, s->id.branch, sizeof r->branch);
	if (!(cell = batch_row(&b, NULL, TABLE_OPERATOR))) {
		rc = err_memory(e);
		goto done;
	}
	fill_row(cell, r);
	/* Applied as everybody else will apply it. */
	if ((rc = operator_apply(s, &b, s->id.branch, e)) == OK)
		rc = outbox_put(s, chain, &b, e);
done:
	batch_release(&b);
	return rc;
}

/* ---- who acts ---- */

void operator_act(struct store *s, const struct actor *a)
{
	s->actor = a;
}

const struct actor *operator_acting(const struct store *s)
{
	return s->actor;
}

enum err_code operator_required(struct store *s, struct err *e)
{
	enum err_code r;
	bool any;

	if (s->actor)
		return OK;
	if ((r = operator_any(s, s->id.number, INT64_MAX, &any, e)) != OK ||
	    !any)
		return r;
	err_set(e, ERR_ROLE, _("this node has operators, and none is acting"));
	return err_hint(e, _("say who you are with --as NAME; `wellhead "
	    "operator list` lists them"));
}

const char *operator_by(const struct store *s, const char *given)
{
	return s->actor ? s->actor->row.code : given;
}

bool operator_may(const struct store *s, const char *role)
{
	char day[DATE_TEXT];

	if (!s->actor || strcmp(role, "system") == 0)
		return true;
	date_text(clock_ms() / 86400000, day);
	return operator_has(&s->actor->row, role, day);
}
