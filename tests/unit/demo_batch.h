/* The demo data as batches, one for each branch, laid out as the importer
 * does: records by type in the file's order, then all their steps.
 */
#ifndef UNIT_DEMO_BATCH_H
#define UNIT_DEMO_BATCH_H

#include <inttypes.h>
#include <jansson.h>

#include "base/file.h"
#include "base/map.h"
#include "batch.h"

struct demo {
	struct catalogue *catalogue;
	json_t **line;
	size_t n;
	struct buf text;	/* all lines */
	struct map *id;		/* external key to stamp */
};

struct demo_branch {
	struct batch batch;
	struct buf json;	/* its lines */
	int64_t ticks;
};

static inline void demo_open(struct demo *d)
{
	struct err e = { 0 };
	size_t cap = 0, at = 0;

	*d = (struct demo) { .id = map_new() };
	if (catalogue_load(&d->catalogue, &e) != OK ||
	    file_read("tests/data/demo.jsonl", 1u << 24, &d->text, &e) != OK)
		fail_msg("%s", e.detail);
	while (at < d->text.n) {
		const char *p = (char *)d->text.p + at;
		size_t len = strcspn(p, "\n");

		if (d->n == cap)
			d->line = realloc(d->line, (cap = cap * 2 + 64) *
			    sizeof(*d->line));
		assert_non_null(d->line);
		d->line[d->n] = json_loadb(p, len, 0, NULL);
		assert_non_null(d->line[d->n++]);
		at += len + 1;
	}
}

static inline void demo_close(struct demo *d)
{
	for (size_t i = 0; i < d->n; i++)
		json_decref(d->line[i]);
	free(d->line);
	map_free(d->id);
	buf_release(&d->text);
	catalogue_free(d->catalogue);
}

static inline const char *demo_get(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static inline stamp_t demo_id(struct demo *d, const char *ext)
{
	int64_t id = 0;

	if (!map_get(d->id, slice_str(ext), &id))
		fail_msg("no record %s", ext);
	return id;
}

static inline struct value demo_list(struct demo *d, struct batch *b,
    const json_t *list)
{
	struct buf t = BUF_INIT;
	struct value v;
	const json_t *o;
	size_t i;

	json_array_foreach(list, i, o)
		buf_printf(&t, "%c%" PRId64, i > 0 ? ',' : '[',
		    demo_id(d, json_string_value(o)));
	buf_adds(&t, json_array_size(list) > 0 ? "]" : "[]");
	v = value_text(batch_text(b, slice_buf(&t)));
	buf_release(&t);
	return v;
}

static inline struct value demo_value(struct demo *d, struct batch *b,
    const struct column *c, const json_t *v)
{
	char *dump;
	struct value out;

	if (c->kind == COL_REF)
		return value_int(demo_id(d, json_string_value(v)));
	if (c->kind == COL_REFS)
		return demo_list(d, b, v);
	if (json_is_string(v))
		return value_text(batch_text(b,
		    slice_str(json_string_value(v))));
	if (json_is_boolean(v))
		return value_int(json_is_true(v));
	if (c->kind == COL_REAL)
		return value_real(json_number_value(v));
	if (json_is_integer(v))
		return value_int(json_integer_value(v));
	dump = json_dumps(v, JSON_COMPACT | JSON_SORT_KEYS);
	assert_non_null(dump);
	out = value_text(batch_text(b, slice_str(dump)));
	free(dump);
	return out;
}

/* Ids for the records of a branch, those of one type together. */
static inline void demo_ids(struct demo *d, struct demo_branch *x,
    const char *branch, uint16_t node)
{
	x->ticks = (INT64_C(196000000000) + node) * 64;
	for (size_t t = 0; t < d->catalogue->ntype; t++)
		for (size_t i = 0; i < d->n; i++)
			if (strcmp(demo_get(d->line[i], "branch"), branch) ==
			    0 && strcmp(demo_get(d->line[i], "type"),
			    d->catalogue->type[t].key) == 0)
				assert_int_equal(map_put(d->id,
				    slice_str(demo_get(d->line[i], "id")),
				    stamp_make(x->ticks++, node), NULL), 1);
}

static inline void demo_record(struct demo *d, struct batch *b,
    const struct type *t, const json_t *line)
{
	struct value *cell = batch_row(b, t, -1);

	assert_non_null(cell);
	cell[0] = value_int(demo_id(d, demo_get(line, "id")));
	cell[TYPE_COL_EXT] = value_str(demo_get(line, "id"));
	for (size_t c = TYPE_COL_COMMON; c < t->table.ncol; c++) {
		const json_t *v = json_object_get(line, t->table.col[c].key);

		if (v != NULL)
			cell[c] = demo_value(d, b, &t->table.col[c], v);
	}
}

static inline void demo_steps(struct demo *d, struct demo_branch *x,
    const struct type *t, const json_t *line, uint16_t node)
{
	static const char *const keys[] = { [TRANSITION_FROM] = "from",
		[TRANSITION_TO] = "to", [TRANSITION_ROLE] = "role",
		[TRANSITION_BY] = "by", [TRANSITION_ON] = "on",
		[TRANSITION_NOTE] = "note" };
	const json_t *step;
	size_t i;

	json_array_foreach(json_object_get(line, "history"), i, step) {
		struct value *cell = batch_row(&x->batch, NULL,
		    TABLE_TRANSITION);

		assert_non_null(cell);
		cell[0] = value_int(stamp_make(x->ticks++, node));
		cell[TRANSITION_RECORD] = value_int(demo_id(d,
		    demo_get(line, "id")));
		cell[TRANSITION_TYPE] = value_str(t->key);
		cell[TRANSITION_IMPORTED] = value_int(1);
		for (size_t c = TRANSITION_FROM; c <= TRANSITION_NOTE; c++)
			cell[c] = value_str(demo_get(step, keys[c]));
	}
}

static inline void demo_fill(struct demo *d, struct demo_branch *x,
    const char *branch, uint16_t node)
{
	for (size_t t = 0; t < d->catalogue->ntype; t++)
		for (size_t i = 0; i < d->n; i++) {
			const struct type *type = &d->catalogue->type[t];
			const json_t *line = d->line[i];

			if (strcmp(demo_get(line, "branch"), branch) != 0 ||
			    strcmp(demo_get(line, "type"), type->key) != 0)
				continue;
			demo_record(d, &x->batch, type, line);
			demo_steps(d, x, type, line, node);
		}
	batch_sort(&x->batch);
}

/* The lines of the branch as they stand in the file. */
static inline void demo_json(struct demo *d, struct demo_branch *x,
    const char *branch)
{
	const char *p = (char *)d->text.p;

	for (size_t i = 0; i < d->n; i++) {
		size_t len = strcspn(p, "\n") + 1;

		if (strcmp(demo_get(d->line[i], "branch"), branch) == 0)
			buf_add(&x->json, p, len);
		p += len;
	}
}

static const char *const demo_branches[] = { "HQ", "GQ", "NB", "CY", "TC",
	"XN" };
#define DEMO_BRANCHES 6

/* Texts of the batches are borrowed from d in part. */
static inline void demo_load(struct demo *d, struct demo_branch *x)
{
	for (size_t i = 0; i < DEMO_BRANCHES; i++) {
		x[i] = (struct demo_branch) { 0 };
		batch_init(&x[i].batch, d->catalogue);
		demo_ids(d, &x[i], demo_branches[i], (uint16_t)(i + 1));
	}
	for (size_t i = 0; i < DEMO_BRANCHES; i++) {
		demo_fill(d, &x[i], demo_branches[i], (uint16_t)(i + 1));
		demo_json(d, &x[i], demo_branches[i]);
	}
}

static inline void demo_unload(struct demo_branch *x)
{
	for (size_t i = 0; i < DEMO_BRANCHES; i++) {
		batch_release(&x[i].batch);
		buf_release(&x[i].json);
	}
}

#endif
