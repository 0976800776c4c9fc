/* Rules about records that this one names, and records that name it.
 *
 * What has not come is not held against anybody: at a branch headquarters'
 * records may be on their way, and in a merge the other branch's.
 */
#include "rules.h"

#include <ctype.h>

#include "base/date.h"
#include "base/json.h"

sqlite3_stmt *rule_fixed(struct rule_context *x, enum sql_name name)
{
	sqlite3_stmt *st;

	if (x->rc == OK)
		x->rc = store_stmt(x->s, name, &st, x->e);
	return x->rc == OK ? st : NULL;
}

bool rule_step(struct rule_context *x, sqlite3_stmt *st)
{
	bool row = false;

	if (st && x->rc == OK)
		x->rc = store_step(x->s, st, &row, x->e);
	return row;
}

sqlite3_stmt *rule_stmt(struct rule_context *x, const struct rule *r,
    void (*sql)(struct buf *out, const struct rule_context *x,
    const struct rule *r))
{
	struct buf text = BUF_INIT;
	sqlite3_stmt *st = NULL;

	if (x->rc == OK && !x->s->rule[r - rules]) {
		sql(&text, x, r);
		x->rc = buf_ok(&text, x->e);
		if (x->rc == OK)
			x->rc = store_prepare(x->s, (const char *)text.p,
			    &x->s->rule[r - rules], x->e);
		buf_release(&text);
	}
	if (x->rc == OK) {
		st = x->s->rule[r - rules];
		sqlite3_reset(st);
		sqlite3_clear_bindings(st);
	}
	return st;
}

struct rule_other rule_other_id(struct rule_context *x, int64_t id)
{
	struct rule_other o = { .id = id };
	sqlite3_stmt *st = rule_fixed(x, SQL_RECORD_TYPE);
	int64_t type;

	if (!st)
		return o;
	sqlite3_bind_int64(st, 1, id);
	if (rule_step(x, st)) {
		type = sqlite3_column_int64(st, 0);
		if (type >= 0 && (size_t)type < x->c->ntype)
			o.t = &x->c->type[type];
	}
	sqlite3_reset(st);
	return o;
}

struct rule_other rule_refer(struct rule_context *x, const char *key)
{
	struct value v = rule_value(x, key);

	if (v.kind != VALUE_INT)
		return (struct rule_other){ .t = NULL };
	return rule_other_id(x, v.i);
}

/* The statement that reads a column, "void" or the state. */
static sqlite3_stmt *reading(struct rule_context *x, struct rule_other o,
    const char *key)
{
	sqlite3_stmt *st = NULL;
	size_t i = 0;

	if (!strcmp(key, "state")) {
		x->rc = store_type_stmt(x->s, o.t, TYPE_GET, &st, x->e);
		return x->rc == OK ? st : NULL;
	}
	while (i < o.t->table.ncol && strcmp(o.t->table.col[i].key, key) != 0)
		i++;
	if (i == o.t->table.ncol && strcmp(key, "void") != 0)
		return NULL;
	x->rc = store_field_stmt(x->s, o.t, i, false, &st, x->e);
	return x->rc == OK ? st : NULL;
}

struct value rule_read(struct rule_context *x, struct rule_other o,
    const char *key, struct buf *out)
{
	struct value v = VALUE_NONE;
	sqlite3_stmt *st;

	if (!o.t || x->rc != OK)
		return v;
	st = reading(x, o, key);
	if (!st)
		return v;
	sqlite3_bind_int64(st, 1, o.id);
	if (rule_step(x, st))
		v = column_value(st, strcmp(key, "state") ? 0 : 1);
	if (v.kind == VALUE_TEXT || v.kind == VALUE_BYTES) {
		buf_clear(out);
		buf_addb(out, v.s);
		v.s = slice_buf(out);
	}
	sqlite3_reset(st);
	return v;
}

bool rule_target(struct rule_context *x, const struct rule *r)
{
	struct rule_other o = rule_refer(x, r->field);

	return !o.t || rule_meets(x, o, r->other);
}

bool rule_not_self(struct rule_context *x, const struct rule *r)
{
	struct value v = rule_value(x, r->field);

	return v.kind != VALUE_INT || !x->id || v.i != x->id;
}

/* Up from the parent; a chain as long as that is a ring elsewhere. */
#define LEVELS_MAX 100

bool rule_acyclic(struct rule_context *x, const struct rule *r)
{
	struct value up = rule_value(x, r->field);
	struct buf text = BUF_INIT;
	bool ok = true;

	for (int i = 0; ok && up.kind == VALUE_INT && i < LEVELS_MAX; i++) {
		up = rule_read(x, rule_other_id(x, up.i), r->field, &text);
		ok = up.kind != VALUE_INT || !x->id || up.i != x->id;
	}
	buf_release(&text);
	return ok;
}

/* r->other is "type.field;condition": records of the type that name this
 * one in the field and meet the condition. */
static void child_sql(struct buf *sql, const struct rule_context *x,
    const struct rule *r)
{
	const char *dot = strchr(r->other, '.');
	const char *rest = strchr(r->other, ';');
	size_t n = rest ? (size_t)(rest - dot - 1) : strlen(dot + 1);

	(void)x;
	buf_adds(sql, "SELECT id FROM \"");
	buf_add(sql, r->other, (size_t)(dot - r->other));
	buf_adds(sql, "\" WHERE \"");
	buf_add(sql, dot + 1, n);
	buf_adds(sql, "\" = ?1 AND void IS NULL");
	rule_sql(sql, rest ? rest + 1 : NULL);
	buf_adds(sql, " LIMIT 1");
}

static bool find_child(struct rule_context *x, const struct rule *r)
{
	sqlite3_stmt *st;
	bool found = false;

	if (!x->id)
		return false;
	st = rule_stmt(x, r, child_sql);
	if (!st)
		return false;
	sqlite3_bind_int64(st, 1, x->id);
	found = rule_step(x, st);
	if (found)
		rule_detail_id(x, sqlite3_column_int64(st, 0));
	sqlite3_reset(st);
	return found;
}

bool rule_no_child(struct rule_context *x, const struct rule *r)
{
	return !find_child(x, r);
}

bool rule_has_child(struct rule_context *x, const struct rule *r)
{
	bool found = find_child(x, r);

	buf_clear(&x->detail);
	return found;
}

static json_t *other_list(struct rule_context *x, struct rule_other o,
    const char *key)
{
	struct buf text = BUF_INIT;
	struct value v = rule_read(x, o, key, &text);
	json_t *list = NULL;

	if (v.kind == VALUE_TEXT)
		list = json_loadb((const char *)v.s.p, v.s.n, 0, NULL);
	buf_release(&text);
	return list;
}

static size_t count_code(const json_t *list, const char *code)
{
	const json_t *one;
	size_t i, n = 0;

	json_array_foreach(list, i, one)
		n += !strcmp(json_text(one, "code"), code);
	return n;
}

/* Every line of the scheme once, and no other. */
bool rule_scheme(struct rule_context *x, const struct rule *r)
{
	struct rule_other o = rule_refer(x, r->other);
	json_t *have = rule_list(x, r->field), *one;
	json_t *want = o.t ? other_list(x, o, "lines") : NULL;
	bool ok = true;
	size_t i;

	if (have && want && json_array_size(want)) {
		buf_printf(&x->detail, "%zu/%zu", json_array_size(have),
		    json_array_size(want));
		ok = json_array_size(have) == json_array_size(want);
		json_array_foreach(want, i, one)
			ok = ok && count_code(have, json_text(one, "code"))
			    == 1;
	}
	json_decref(have);
	json_decref(want);
	return ok;
}

static void issues_sql(struct buf *sql, const struct rule_context *x,
    const struct rule *r)
{
	(void)x;
	(void)r;
	buf_adds(sql, "SELECT count(*) FROM issue WHERE source = ?1 "
	    "AND void IS NULL");
}

/* Each line that failed has an issue that follows it up. */
bool rule_fails(struct rule_context *x, const struct rule *r)
{
	json_t *list = rule_list(x, r->field), *one;
	sqlite3_stmt *st = NULL;
	int64_t fails = 0, issues = 0;
	size_t i;

	json_array_foreach(list, i, one)
		fails += !strcmp(json_text(one, "result"), "fail");
	json_decref(list);
	if (fails)
		st = rule_stmt(x, r, issues_sql);
	if (!st)
		return true;
	sqlite3_bind_int64(st, 1, x->id);
	if (rule_step(x, st))
		issues = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	buf_printf(&x->detail, "%lld/%lld", (long long)issues,
	    (long long)fails);
	return issues >= fails;
}

static bool know(struct rule_context *x, const char *code)
{
	if (map_put(x->memo->programme, slice_str(code), 1, NULL) < 0)
		x->rc = err_memory(x->e);
	return x->rc == OK;
}

/* Codes of issued programmes and of their lines. */
static void read_programmes(struct rule_context *x)
{
	sqlite3_stmt *st = rule_fixed(x, SQL_RULE_PROGRAMMES);
	const char *text;
	json_t *lines, *one;
	size_t i;

	x->memo->programme = map_new();
	if (!x->memo->programme)
		x->rc = err_memory(x->e);
	while (rule_step(x, st)) {
		text = (const char *)sqlite3_column_text(st, 0);
		if (text)
			know(x, text);
		text = (const char *)sqlite3_column_text(st, 1);
		lines = text ? json_loads(text, 0, NULL) : NULL;
		json_array_foreach(lines, i, one)
			know(x, json_text(one, "code"));
		json_decref(lines);
	}
	if (st)
		sqlite3_reset(st);
}

/* A catalogue's list of values is a programme, too: PEACE is the eight
 * points of `peace`. */
static bool is_list_name(const struct rule_context *x, const char *code)
{
	char name[64];
	size_t i;

	for (i = 0; code[i] && i + 1 < sizeof(name); i++)
		name[i] = (char)tolower((unsigned char)code[i]);
	name[i] = '\0';
	return catalogue_enumeration(x->c, name) != NULL;
}

bool rule_programmes(struct rule_context *x, const struct rule *r)
{
	json_t *list = rule_list(x, r->field), *one;
	bool ok = true;
	const char *code;
	int64_t ignored;
	size_t i;

	if (list && !x->memo->programme)
		read_programmes(x);
	json_array_foreach(list, i, one) {
		code = json_text(one, "code");
		if (!ok || x->rc != OK || !*code ||
		    map_get(x->memo->programme, slice_str(code), &ignored) ||
		    is_list_name(x, code))
			continue;
		buf_printf(&x->detail, "%.60s", code);
		ok = false;
	}
	json_decref(list);
	return ok;
}

/* A star that the person holds in the year of r->other, this one too. */
bool rule_starred(struct rule_context *x, const struct rule *r)
{
	struct value who = rule_value(x, r->field);
	struct value period = rule_value(x, r->other);
	sqlite3_stmt *st;
	bool found;

	if (period.kind != VALUE_TEXT || rule_when(x,
	    "kind=star;state=granted"))
		return true;
	if (who.kind != VALUE_INT)
		return who.kind == VALUE_TEXT;	/* waits to be known */
	st = rule_fixed(x, SQL_RULE_STAR);
	if (!st)
		return true;
	sqlite3_bind_int64(st, 1, who.i);
	bind_value(st, 2, &period);
	found = rule_step(x, st);
	sqlite3_reset(st);
	return found;
}

/* One of the contest's items, where it has any. */
bool rule_item_no(struct rule_context *x, const struct rule *r)
{
	struct rule_other o = rule_refer(x, r->other);
	struct value v = rule_value(x, r->field);
	json_t *items, *one;
	double no;
	size_t i;
	bool found = false;

	if (!o.t || strcmp(o.t->key, "competition") != 0)
		return true;
	items = other_list(x, o, "items");
	if (!json_array_size(items))
		found = true;
	json_array_foreach(items, i, one)
		found |= v.kind == VALUE_INT && (rule_number(
		    json_object_get(one, "no"), &no) ? (double)v.i == no :
		    v.i == (int64_t)i + 1);
	buf_printf(&x->detail, "%zu", json_array_size(items));
	json_decref(items);
	if (r->code == ERR_REQUIRED)	/* the row for none given */
		return found || v.kind != VALUE_NULL;
	return found || v.kind == VALUE_NULL;
}

/* Those entered one by one, if any are. */
bool rule_entrants(struct rule_context *x, const struct rule *r)
{
	struct value v = rule_value(x, r->field);
	sqlite3_stmt *st;
	int64_t n = 0;

	if (v.kind != VALUE_INT || !x->id)
		return true;
	st = rule_fixed(x, SQL_RULE_ENTRANTS);
	if (!st)
		return true;
	sqlite3_bind_int64(st, 1, x->id);
	if (rule_step(x, st))
		n = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	buf_printf(&x->detail, "%lld", (long long)n);
	return n == 0 || n == v.i;
}

bool rule_birthday(struct rule_context *x, const struct rule *r)
{
	struct value day = rule_value(x, r->field), birth;
	struct buf text = BUF_INIT;
	bool ok = true;

	if (day.kind == VALUE_TEXT && day.s.n == 10) {
		birth = rule_read(x, rule_refer(x, r->other), "birth",
		    &text);
		ok = birth.kind != VALUE_TEXT || birth.s.n != 10 ||
		    memcmp(birth.s.p + 5, day.s.p + 5, 2) == 0;
	}
	buf_release(&text);
	return ok;
}

/* r->other is "reference.field": this record's date and the other's. */
static bool compare_other(struct rule_context *x, const struct rule *r,
    bool after)
{
	struct value mine = rule_value(x, r->field), theirs;
	const char *dot = strchr(r->other, '.');
	struct buf text = BUF_INIT;
	char key[64];
	int order = 0;

	snprintf(key, sizeof(key), "%.*s", (int)(dot - r->other), r->other);
	theirs = rule_read(x, rule_refer(x, key), dot + 1, &text);
	if (mine.kind == VALUE_TEXT && theirs.kind == VALUE_TEXT) {
		order = slice_cmp(mine.s, theirs.s);
		buf_addb(&x->detail, theirs.s);
	}
	buf_release(&text);
	return after ? order >= 0 : order <= 0;
}

bool rule_after_other(struct rule_context *x, const struct rule *r)
{
	return compare_other(x, r, true);
}

bool rule_before_other(struct rule_context *x, const struct rule *r)
{
	return compare_other(x, r, false);
}

static void progress_sql(struct buf *sql, const struct rule_context *x,
    const struct rule *r)
{
	(void)x;
	(void)r;
	buf_adds(sql, "SELECT max(progress) FROM followup WHERE parent = ?1 "
	    "AND kind = 'report' AND void IS NULL AND period < ?2 "
	    "AND id <> ?3");
}

/* What was reached stays reached. */
bool rule_progress(struct rule_context *x, const struct rule *r)
{
	struct value v = rule_value(x, r->field);
	struct value parent = rule_value(x, "parent");
	struct value period = rule_value(x, r->other);
	sqlite3_stmt *st;
	int64_t last = 0;

	if (v.kind != VALUE_INT || parent.kind != VALUE_INT)
		return true;
	st = rule_stmt(x, r, progress_sql);
	if (!st)
		return true;
	bind_value(st, 1, &parent);
	bind_value(st, 2, &period);
	sqlite3_bind_int64(st, 3, x->id);
	if (rule_step(x, st))
		last = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	buf_printf(&x->detail, "%lld%%", (long long)last);
	return v.i >= last;
}
