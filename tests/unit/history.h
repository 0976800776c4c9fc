/* Small histories written as tables: ops of several nodes, made into batches,
 * applied in any order. A stamp is written as a small number `at`, unique in
 * the history; whose it is follows from the batch it stands in.
 */
#ifndef UNIT_HISTORY_H
#define UNIT_HISTORY_H

#include "apply.h"
#include "fixture.h"
#include "store_db.h"

/* The tables leave out what is nought, as tables do. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define HISTORY_BATCHES 6
#define HISTORY_OPS 24
/* 2026-01-01, Unix ms: when small histories happen. */
#define HISTORY_MS 1767225600000

/* R: a new org_unit with ext `a`, parent (an ext) `b`, name `at` as text.
 * E: field `a` of record `of` gets `b`. I: the same with the number `b`.
 * T: from state a to b, by the chair. H: as T, by HQ's officer.
 * F: a new followup. */
struct op {
	char what;
	int at, of;
	const char *a, *b;
	int replaces[3];	/* at numbers; none: the default */
};

struct history_batch {
	int node;		/* 1 is HQ */
	struct op op[6];
};

struct history {
	const char *name;
	struct history_batch batch[HISTORY_BATCHES];
	int64_t conflicts, held;	/* in the end */
	const char *shown;		/* name of the record made at 1 */
	const char *state;		/* and its state; NULL: not looked at */
};

static inline int64_t history_ask(struct store *s, const char *sql,
    char *text, size_t size)
{
	sqlite3_stmt *st = NULL;
	struct err e = {0};
	int64_t n = -1;

	if (store_prepare(s, sql, &st, &e) != OK)
		fail_msg("%s: %s", sql, e.detail);
	if (text)
		*text = 0;
	if (sqlite3_step(st) == SQLITE_ROW) {
		n = sqlite3_column_int64(st, 0);
		if (text)
			column_text(st, 0, text, size);
	}
	sqlite3_finalize(st);
	return n;
}

/* `at` to a stamp: 0 when no op has it. */
static inline stamp_t history_stamp(const struct history *h, int at)
{
	int64_t ticks = (HISTORY_MS - STAMP_EPOCH_MS) * 64;

	for (size_t i = 0; i < HISTORY_BATCHES; i++)
		for (size_t j = 0; j < COUNT(h->batch[i].op); j++)
			if (h->batch[i].op[j].what &&
			    h->batch[i].op[j].at == at)
				return stamp_make(ticks + at,
				    (uint16_t)h->batch[i].node);
	return stamp_make(ticks + at, 99);	/* nobody's: never comes */
}

static inline struct value history_replaces(const struct history *h,
    const struct op *op, struct batch *b)
{
	struct buf list = BUF_INIT;
	struct value v = VALUE_NONE;
	stamp_t stamp[3];
	size_t n = 0;

	while (n < 3 && op->replaces[n]) {
		stamp[n] = history_stamp(h, op->replaces[n]);
		n++;
	}
	if (n) {
		batch_replaces_text(&list, stamp, n);
		v = value_text(batch_text(b, slice_buf(&list)));
	}
	buf_release(&list);
	return v;
}

static inline void history_record(const struct history *h,
    const struct op *op, struct batch *b)
{
	const struct type *t = catalogue_type(b->catalogue,
	    op->what == 'R' ? "org_unit" : "followup");
	struct value *cell = batch_row(b, t, -1);
	char name[16];

	cell[TYPE_COL_ID] = value_int(history_stamp(h, op->at));
	cell[TYPE_COL_EXT] = value_str(op->a);
	if (op->what == 'F')
		return;
	snprintf(name, sizeof name, "%d", op->at);
	cell[type_field(b->catalogue, t, "name")->column_index] =
	    value_text(batch_text(b, slice_str(name)));
	cell[type_field(b->catalogue, t, "parent")->column_index] =
	    value_str(op->b);
}

static inline const char *history_type(const struct history *h, int at)
{
	for (size_t i = 0; i < HISTORY_BATCHES; i++)
		for (size_t j = 0; j < COUNT(h->batch[i].op); j++)
			if (h->batch[i].op[j].what == 'F' &&
			    h->batch[i].op[j].at == at)
				return "followup";
	return "org_unit";
}

static inline void history_change(const struct history *h,
    const struct op *op, struct batch *b)
{
	bool edit = op->what == 'E' || op->what == 'I';
	struct value *cell = batch_row(b, NULL, edit ? TABLE_EDIT :
	    TABLE_TRANSITION);
	struct value replaces = history_replaces(h, op, b);

	cell[EDIT_STAMP] = value_int(history_stamp(h, op->at));
	cell[EDIT_RECORD] = value_int(history_stamp(h, op->of));
	cell[EDIT_TYPE] = value_str(history_type(h, op->of));
	if (edit) {
		cell[EDIT_FIELD] = value_str(op->a);
		cell[EDIT_VALUE] = op->what == 'E' ? value_str(op->b) :
		    value_int(strtoll(op->b, NULL, 10));
		cell[EDIT_REPLACES] = replaces;
		return;
	}
	cell[TRANSITION_FROM] = value_str(op->a);
	cell[TRANSITION_TO] = value_str(op->b);
	cell[TRANSITION_ROLE] = value_str(op->what == 'H' ? "hq" : "chair");
	cell[TRANSITION_REPLACES] = replaces;
}

static inline void history_make(const struct history *h, size_t which,
    struct batch *b)
{
	const struct history_batch *hb = &h->batch[which];

	for (size_t i = 0; i < COUNT(hb->op) && hb->op[i].what; i++)
		if (hb->op[i].what == 'R' || hb->op[i].what == 'F')
			history_record(h, &hb->op[i], b);
		else
			history_change(h, &hb->op[i], b);
	batch_sort(b);
}

/* Fail with the first line in which two dumps differ. */
static inline void history_same(const char *what, const struct buf *a,
    const struct buf *b)
{
	const char *p = (const char *)a->p, *q = (const char *)b->p;
	size_t n = 0, m;

	while (n < a->n && n < b->n && p[n] == q[n])
		n++;
	if (n == a->n && n == b->n)
		return;
	while (n > 0 && p[n - 1] != '\n')
		n--;
	m = strcspn(p + n, "\n");
	fail_msg("%s:\n%.*s\n%.*s", what, (int)m, p + n,
	    (int)strcspn(q + n, "\n"), q + n);
}

/* Apply one batch as it comes from its chain; what it gave. */
static inline enum err_code history_apply(struct store *s,
    const struct history *h, size_t which, stamp_t *after, struct err *e)
{
	int node = h->batch[which].node;
	struct origin o = { .branch = "TC", .node = (uint16_t)node,
		.hq = node == 1, .after = after ? *after : 0 };
	enum err_code r;
	struct batch b;
	stamp_t first;

	batch_init(&b, store_catalogue(s));
	history_make(h, which, &b);
	assert_int_equal(batch_ok(&b, e), OK);
	r = apply_batch(s, &b, &o, NULL, e);
	if (after)
		batch_span(&b, &first, after);
	batch_release(&b);
	return r;
}

#endif
