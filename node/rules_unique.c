/* What may stand only once: keys as data, and households. */
#include "rules.h"

#define KEYS_MAX 6

/* r->other lists the keys: "org,name"; "date:4" is the first four
 * characters; "group" alone at the end: in the whole group of companies,
 * else in the branch; "hq" at the end: in the other branches. */
struct keys {
	struct { char key[40]; int chars; } k[KEYS_MAX];
	size_t n;
	bool group, abroad;
};

static void read_keys(const char *text, struct keys *out)
{
	size_t n;
	const char *colon;

	*out = (struct keys){ .n = 0 };
	while (*text && out->n < KEYS_MAX) {
		n = strcspn(text, ",");
		colon = memchr(text, ':', n);
		snprintf(out->k[out->n].key, sizeof(out->k[0].key), "%.*s",
		    (int)(colon ? (size_t)(colon - text) : n), text);
		out->k[out->n].chars = colon ? colon[1] - '0' : 0;
		out->group |= !strcmp(out->k[out->n].key, "group");
		out->abroad |= !strcmp(out->k[out->n].key, "hq");
		out->n += !out->group && !out->abroad;
		text += n + (text[n] == ',');
	}
}

static void unique_sql(struct buf *sql, const struct rule_context *x,
    const struct rule *r)
{
	struct keys keys;
	size_t i;

	read_keys(r->other, &keys);
	buf_adds(sql, "SELECT id FROM ");
	sql_name(sql, x->t->key);
	buf_adds(sql, " WHERE id <> ?1 AND id <= ?2 AND void IS NULL");
	if (!keys.group)
		buf_printf(sql, " AND branch %s ?3", keys.abroad ? "<>" :
		    "=");
	for (i = 0; i < keys.n; i++) {
		/* the first must be there; others may both be empty */
		if (keys.k[i].chars)
			buf_printf(sql, " AND substr(\"%s\", 1, %d) = "
			    "substr(?%zu, 1, %d)", keys.k[i].key,
			    keys.k[i].chars, i + 4, keys.k[i].chars);
		else
			buf_printf(sql, " AND \"%s\" %s ?%zu", keys.k[i].key,
			    i ? "IS" : "=", i + 4);
	}
	rule_sql(sql, r->when);
	buf_adds(sql, " LIMIT 1");
}

bool rule_unique(struct rule_context *x, const struct rule *r)
{
	struct value v[KEYS_MAX];
	struct keys keys;
	sqlite3_stmt *st;
	bool found;
	size_t i;

	read_keys(r->other, &keys);
	for (i = 0; i < keys.n; i++) {
		v[i] = rule_value(x, keys.k[i].key);
		if (v[i].kind == VALUE_NULL && (i == 0 || keys.k[i].chars))
			return true;
	}
	st = rule_stmt(x, r, unique_sql);
	if (!st)
		return true;
	sqlite3_bind_int64(st, 1, x->id);
	/* of two lines of one file the first stands */
	sqlite3_bind_int64(st, 2, x->imported ? x->id : INT64_MAX);
	if (!keys.group)
		bind_text(st, 3, x->branch);
	for (i = 0; i < keys.n; i++)
		bind_value(st, (int)i + 4, &v[i]);
	found = rule_step(x, st);
	if (found)
		rule_detail_id(x, sqlite3_column_int64(st, 0));
	sqlite3_reset(st);
	return !found;
}

static void index_on(struct buf *sql, const struct type *t,
    const char *first, const char *second)
{
	buf_printf(sql, "; CREATE INDEX IF NOT EXISTS \"%s_%s\" "
	    "ON \"%s\"(\"%s\"", t->key, first, t->key, first);
	if (second)
		buf_printf(sql, ", \"%s\"", second);
	buf_printf(sql, ") WHERE \"%s\" IS NOT NULL", first);
}

/* One index for each first column is enough. */
static bool is_indexed(const struct rule *upto, const char *type,
    const char *column)
{
	struct keys keys;

	for (const struct rule *r = rules; r < upto; r++) {
		if (r->holds != rule_unique || strcmp(r->type, type) != 0)
			continue;
		read_keys(r->other, &keys);
		if (!strcmp(keys.k[0].key, column))
			return true;
	}
	return false;
}

void rules_index_sql(struct buf *sql, const struct type *t)
{
	const struct rule_index *n;
	const struct rule *r;
	struct keys keys;

	for (r = rules; r < rules + nrules; r++) {
		if (r->holds != rule_unique || strcmp(r->type, t->key) != 0)
			continue;
		read_keys(r->other, &keys);
		if (!is_indexed(r, t->key, keys.k[0].key))
			index_on(sql, t, keys.k[0].key,
			    keys.n > 1 ? keys.k[1].key : NULL);
	}
	for (n = rule_indexes; n < rule_indexes + nrule_indexes; n++)
		if (!strcmp(n->type, t->key) &&
		    !is_indexed(rules + nrules, t->key, n->column))
			index_on(sql, t, n->column, n->second);
}

/* Remember whose file has this identity number; the first one stays. */
static void note_member(struct rule_context *x, sqlite3_stmt *st)
{
	struct value v = column_value(st, 1);
	int64_t had;

	if (v.kind == VALUE_TEXT && !map_get(x->memo->household, v.s, &had) &&
	    map_put(x->memo->household, v.s, sqlite3_column_int64(st, 0),
	    NULL) < 0)
		x->rc = err_memory(x->e);
}

/* All open files' identity numbers, the applicants' too, and the applicants
 * themselves: read once for an import, then looked up. */
static void read_households(struct rule_context *x)
{
	sqlite3_stmt *st = rule_fixed(x, SQL_RULE_HOUSEHOLDS);

	x->memo->household = map_new();
	if (!x->memo->household)
		x->rc = err_memory(x->e);
	if (!st)
		return;
	bind_text(st, 1, x->branch);
	while (rule_step(x, st))
		note_member(x, st);
	sqlite3_reset(st);
}

static bool is_free(struct rule_context *x, struct slice key)
{
	int64_t file;

	if (x->rc != OK || !map_get(x->memo->household, key, &file) ||
	    file == x->id)
		return true;
	buf_clear(&x->detail);
	rule_detail_id(x, file);
	return false;
}

/* The applicant by reference and by number. */
static bool applicant_free(struct rule_context *x, const char *field)
{
	struct value v = rule_value(x, field);
	struct buf text = BUF_INIT;
	char person[32];
	bool ok;

	if (v.kind != VALUE_INT)
		return true;
	snprintf(person, sizeof(person), "#%lld", (long long)v.i);
	ok = is_free(x, slice_str(person));
	v = rule_read(x, rule_refer(x, field), "id_no", &text);
	if (v.kind == VALUE_TEXT)
		ok = is_free(x, v.s) && ok;
	buf_release(&text);
	return ok;
}

bool rule_household(struct rule_context *x, const struct rule *r)
{
	json_t *list, *one;
	const char *id;
	bool ok;
	size_t i;

	if (!x->memo->household)
		read_households(x);
	if (x->rc != OK)
		return true;
	ok = applicant_free(x, r->field);
	list = rule_list(x, r->other);
	json_array_foreach(list, i, one) {
		id = json_string_value(json_object_get(one, "id_no"));
		if (id)
			ok = is_free(x, slice_str(id)) && ok;
	}
	json_decref(list);
	return ok;
}
