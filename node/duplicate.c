/* Finding records that are alike. */
#include "duplicate.h"

#include "base/list.h"
#include "base/map.h"
#include "base/text.h"
#include "duplicate_impl.h"
#include "entry.h"
#include "same.h"

#define PAIRS_MAX 1000000
#define NEAR_MAX 8	/* of many that are alike, each with so many before it */

const struct duplicate_key duplicate_keys[] = {
	{ "person", "id_no", SQL_DUP_IDNO, NULL, NULL, NULL },
	{ "person", "name_birth", SQL_DUP_BIRTH, "birth", "name", NULL },
	{ "person", "employee_no", SQL_DUP_EMPLOYEE, NULL, NULL, NULL },
	{ "hardship_case", "household", SQL_DUP_HOUSEHOLD, NULL, NULL, NULL },
	{ "care_visit", "person_kind_date", SQL_DUP_VISIT, NULL, NULL, NULL },
	{ "expense", "invoice", SQL_DUP_INVOICE, NULL, NULL, NULL },
	{ "innovation", "title", SQL_DUP_TITLE, NULL, "title",
	    "kind!=skill;state!=stopped" },
};
const size_t nduplicate_keys = sizeof duplicate_keys / sizeof *duplicate_keys;

struct seen {
	stamp_t id;
	int64_t before;		/* the one before it that is alike, or -1 */
};

struct pair {
	stamp_t a, b;
	unsigned keys;		/* bits: duplicate_keys[i] */
	unsigned char token[4];
};

struct hunt {
	struct store *s;
	const struct duplicate_hash *h;
	struct map *last;	/* hash -> index in seen */
	struct seen *seen;
	size_t nseen, seen_cap;
	struct pair *pair;
	size_t npair, pair_cap;
	struct buf folded;
	struct err *e;
};

/* ---- folding ---- */

static bool counts(uint32_t c)
{
	if (c < 0x80)
		return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
	/* spaces and punctuation, general, Chinese and full-width */
	return !(c < 0xc0 || (c >= 0x2000 && c < 0x2070) ||
	    (c >= 0x3000 && c < 0x3040) || (c >= 0xff00 && c < 0xff66) ||
	    c == 0xfeff);
}

void duplicate_fold(struct buf *out, struct slice text)
{
	size_t i = 0;

	while (i < text.n) {
		uint32_t c = utf8_next(text, &i);

		if (c == UINT32_MAX)
			return;
		if (c > 0xff00 && c < 0xff5f)
			c -= 0xfee0;
		if (c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		if (counts(c))
			utf8_add(out, c);
	}
}

/* The parts of a key after one another, a line each. False if one is empty. */
static bool fold_parts(struct hunt *g, sqlite3_stmt *st)
{
	buf_clear(&g->folded);
	for (int i = 1; i < sqlite3_column_count(st); i++) {
		struct value v = column_value(st, i);
		size_t start = g->folded.n;

		if (v.kind == VALUE_TEXT)
			duplicate_fold(&g->folded, v.s);
		if (g->folded.n == start)
			return false;
		buf_addc(&g->folded, '\n');
	}
	return !g->folded.failed;
}

/* ---- pairs ---- */

static enum err_code add_pair(struct hunt *g, stamp_t a, stamp_t b,
    size_t key, const unsigned char *token)
{
	struct pair *more;

	if (g->npair == PAIRS_MAX) {
		err_set(g->e, ERR_TOO_BIG, _("more than %d pairs are alike"),
		    PAIRS_MAX);
		return err_hint(g->e, _("ask for one type, and decide on "
		    "what is found first"));
	}
	more = list_grow(g->pair, g->npair, &g->pair_cap, sizeof *more);
	if (!more)
		return err_memory(g->e);
	g->pair = more;
	more += g->npair++;
	*more = (struct pair){ .a = a < b ? a : b, .b = a < b ? b : a,
		.keys = 1u << key };
	memcpy(more->token, token, sizeof more->token);
	return OK;
}

/* Pair a record with those before it that have the same hash. */
static enum err_code meet(struct hunt *g, stamp_t id, size_t key,
    const unsigned char hash[32])
{
	int64_t before = -1;
	struct seen *more;
	enum err_code rc = OK;

	more = list_grow(g->seen, g->nseen, &g->seen_cap, sizeof *more);
	if (!more)
		return err_memory(g->e);
	g->seen = more;
	if (map_put(g->last, slice_of(hash, 16), (int64_t)g->nseen,
	    &before) < 0)
		return err_memory(g->e);
	g->seen[g->nseen++] = (struct seen){ id, before };
	for (int n = 0; rc == OK && before >= 0 && n < NEAR_MAX; n++) {
		/* one file may name a person twice */
		if (g->seen[before].id != id)
			rc = add_pair(g, g->seen[before].id, id, key, hash);
		before = g->seen[before].before;
	}
	return rc;
}

static enum err_code hunt_key(struct hunt *g, size_t key)
{
	unsigned char hash[32];
	sqlite3_stmt *st;
	enum err_code rc;

	g->nseen = 0;
	map_free(g->last);
	g->last = map_new();
	if (!g->last)
		return err_memory(g->e);
	rc = store_stmt(g->s, duplicate_keys[key].sql, &st, g->e);
	if (rc != OK)
		return rc;
	while (store_next(g->s, st, &rc, g->e)) {
		if (!fold_parts(g, st))
			continue;
		g->h->fn(g->h->key, slice_buf(&g->folded), hash);
		rc = meet(g, sqlite3_column_int64(st, 0), key, hash);
		if (rc != OK)
			break;
	}
	sqlite3_reset(st);
	return rc == OK ? buf_ok(&g->folded, g->e) : rc;
}

static int by_ids(const void *x, const void *y)
{
	const struct pair *p = x, *q = y;

	if (p->a != q->a)
		return p->a < q->a ? -1 : 1;
	if (p->b != q->b)
		return p->b < q->b ? -1 : 1;
	return p->keys < q->keys ? -1 : p->keys > q->keys;
}

/* A pair found by several keys becomes one. */
static void join_pairs(struct hunt *g)
{
	size_t n = 0;

	if (g->npair)
		qsort(g->pair, g->npair, sizeof *g->pair, by_ids);
	for (size_t i = 0; i < g->npair; i++)
		if (n && g->pair[n - 1].a == g->pair[i].a &&
		    g->pair[n - 1].b == g->pair[i].b)
			g->pair[n - 1].keys |= g->pair[i].keys;
		else
			g->pair[n++] = g->pair[i];
	g->npair = n;
}

/* ---- telling ---- */

static enum err_code set_record(struct hunt *g, json_t *o,
    const struct type *t, stamp_t id, const char *key, const char *branch)
{
	sqlite3_stmt *st;
	enum err_code rc;

	json_object_set_new(o, key, entry_stamp_json(id));
	rc = store_type_stmt(g->s, t, TYPE_GET, &st, g->e);
	if (rc != OK)
		return rc;
	sqlite3_bind_int64(st, 1, id);
	if (store_next(g->s, st, &rc, g->e)) {
		struct value v = column_value(st, 0);

		json_object_set_new(o, branch, entry_value_json(NULL, &v));
	}
	sqlite3_reset(st);
	return rc;
}

static enum err_code pair_json(struct hunt *g, const struct type *t,
    const struct pair *p, const char *verdict, json_t **out)
{
	json_t *o = json_object(), *keys = json_array();
	char token[9];
	enum err_code rc;

	snprintf(token, sizeof token, "%02x%02x%02x%02x", p->token[0],
	    p->token[1], p->token[2], p->token[3]);
	json_object_set_new(o, "type", json_string(t->key));
	rc = set_record(g, o, t, p->a, "a", "branch_a");
	if (rc == OK)
		rc = set_record(g, o, t, p->b, "b", "branch_b");
	for (size_t i = 0; i < nduplicate_keys; i++)
		if (p->keys & 1u << i)
			json_array_append_new(keys,
			    json_string(duplicate_keys[i].name));
	json_object_set_new(o, "keys", keys);
	json_object_set_new(o, "token", json_string(token));
	if (*verdict)
		json_object_set_new(o, "verdict", json_string(verdict));
	*out = o;
	return rc;
}

/* Two that are one through a third need no word of their own. */
static enum err_code verdict_of(struct hunt *g, const struct pair *p,
    char out[8])
{
	stamp_t a, b;
	enum err_code rc = same_verdict(g->s, p->a, p->b, out, g->e);

	if (rc == OK && !*out)
		rc = same_one(g->s, p->a, &a, g->e);
	else
		return rc;
	if (rc == OK)
		rc = same_one(g->s, p->b, &b, g->e);
	if (rc == OK && a == b)
		snprintf(out, 8, "same");
	return rc;
}

static enum err_code tell(struct hunt *g, const struct type *t, bool all,
    record_fn fn, void *arg, int *stop)
{
	enum err_code rc = OK;
	char verdict[8];
	json_t *o = NULL;

	join_pairs(g);
	for (size_t i = 0; rc == OK && !*stop && i < g->npair; i++) {
		rc = verdict_of(g, &g->pair[i], verdict);
		if (rc != OK || (*verdict && !all))
			continue;
		rc = pair_json(g, t, &g->pair[i], verdict, &o);
		if (rc == OK)
			*stop = fn(arg, o);
		json_decref(o);
	}
	return rc;
}

static enum err_code hunt_type(struct hunt *g, const struct type *t,
    bool *any)
{
	enum err_code rc = OK;

	g->npair = 0;
	*any = false;
	for (size_t i = 0; rc == OK && i < nduplicate_keys; i++)
		if (!strcmp(duplicate_keys[i].type, t->key)) {
			*any = true;
			rc = hunt_key(g, i);
		}
	return rc;
}

enum err_code duplicate_list(struct store *s, const struct type *t,
    bool all, const struct duplicate_hash *h, record_fn fn, void *arg,
    struct err *e)
{
	struct hunt g = { .s = s, .h = h, .e = e };
	enum err_code rc = OK;
	int stop = 0;
	bool any;

	for (size_t i = 0; rc == OK && !stop && i < s->catalogue->ntype;
	    i++) {
		const struct type *one = &s->catalogue->type[i];

		if (t && t != one)
			continue;
		rc = hunt_type(&g, one, &any);
		if (rc == OK && any)
			rc = tell(&g, one, all, fn, arg, &stop);
		else if (rc == OK && t) {
			err_set(e, ERR_USAGE, _("nothing tells whether two "
			    "records of %s are alike"), t->key);
			rc = err_hint(e, _("only person, hardship_case, "
			    "care_visit, expense and innovation are looked "
			    "at"));
		}
	}
	map_free(g.last);
	free(g.seen);
	free(g.pair);
	buf_release(&g.folded);
	return rc;
}
