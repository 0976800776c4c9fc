/* A report as it may be posted: its lists masked by the catalogue's levels,
 * totals of internal fields left empty. Counts stay: they name nobody.
 */
#include "base/text.h"
#include "pii.h"
#include "report_print.h"
#include "sheet.h"

struct posting {
	struct store *s;
	struct report *r;
	struct err *e;
};

/* What the public may see of a path: of its first field and its last, what
 * shows less. Neither is a field of the catalogue (a state, a branch): all. */
static enum mask path_mask(const struct posting *p, const char *type,
    const char *path, const struct field **last)
{
	const struct field *first = NULL;
	const struct type *t = NULL;
	struct err ignored = {0};
	enum mask a = MASK_SHOW, b = MASK_SHOW;
	char head[64];

	*last = NULL;
	snprintf(head, sizeof head, "%.*s", (int)strcspn(path, "."), path);
	if (figure_field(p->s, type, head, &t, &first, &ignored) ||
	    figure_field(p->s, type, path, &t, last, &ignored))
		return MASK_LEAVE_OUT;
	if (first)
		a = mask_level(first->level, MASK_PUBLIC);
	if (*last)
		b = mask_level((*last)->level, MASK_PUBLIC);
	return a > b ? a : b;
}

/* "care_visit" of "care_visit[kind=hospital]#sum(amount)". */
static void type_of(const char *query, char out[64])
{
	snprintf(out, 64, "%.*s", (int)strcspn(query, "[#@{"), query);
}

/* A sum of a field that the public does not see is not shown either. */
static void hide_total(const struct posting *p, struct report_cell *c)
{
	const char *sum = c->query ? strstr(c->query, "#sum(") : NULL;
	const struct field *f;
	char type[64], path[128];

	if (!sum)
		return;
	sum += strlen("#sum(");
	type_of(c->query, type);
	snprintf(path, sizeof path, "%.*s", (int)strcspn(sum, ")"), sum);
	if (path_mask(p, type, path, &f) != MASK_SHOW)
		*c = (struct report_cell){ .kind = CELL_EMPTY };
}

/* The report's definition of a list; NULL if the section is none. The label
 * is borrowed from it, so the pointer tells. */
static const json_t *list_of(const struct posting *p,
    const struct report_section *s)
{
	const json_t *all = json_object_get(p->r->definition, "sections");
	const json_t *def;
	size_t i;

	json_array_foreach(all, i, def)
		if (json_object_get(def, "list") && s->zh ==
		    json_string_value(json_object_get(def, "zh")))
			return def;
	return NULL;
}

static void drop_column(struct report_section *s, size_t at)
{
	size_t n = s->ncolumn - at - 1;

	memmove(&s->column[at], &s->column[at + 1], n * sizeof *s->column);
	for (size_t i = 0; i < s->nrow; i++)
		memmove(&s->row[i].cell[at], &s->row[i].cell[at + 1],
		    n * sizeof *s->row[i].cell);
	s->ncolumn--;
}

static enum err_code cover(const struct posting *p, struct report_cell *c,
    const struct field *f)
{
	struct field covered = { .key = f ? f->key : "", .level = 'R' };
	struct buf b = BUF_INIT;
	enum err_code rc;

	if (c->kind == CELL_EMPTY)
		return OK;
	if (f) {
		covered.kind = f->kind;
		covered.phone = f->phone;
	}
	mask_text(&b, &covered, MASK_PUBLIC, slice_str(c->zh ? c->zh : "?"));
	rc = buf_ok(&b, p->e);
	*c = (struct report_cell){ .kind = CELL_EMPTY };
	if (!rc)
		report_text(p->r, c, (const char *)arena_copy(&p->r->arena,
		    slice_buf(&b)).p);
	buf_release(&b);
	return rc;
}

static enum err_code refuse_personal(const struct posting *p,
    const struct report_section *s, size_t row, const struct report_cell *c)
{
	enum pii_kind kind;
	size_t at;

	if (c->kind != CELL_TEXT || !c->zh ||
	    !pii_find(slice_str(c->zh), &kind, &at))
		return OK;
	err_set(p->e, ERR_PII, _("report %s, \"%s\", row %zu: %s stands at "
	    "character %zu"), p->r->id, s->zh, row + 1, pii_text(kind),
	    utf8_count(slice_of(c->zh, at)) + 1);
	return err_hint(p->e, _("find the record with `wellhead report %s` "
	    "and take it out with `wellhead edit`"), p->r->id);
}

static enum err_code post_column(const struct posting *p,
    struct report_section *s, size_t at, enum mask mask,
    const struct field *f)
{
	enum err_code rc = OK;

	for (size_t i = 0; i < s->nrow && !rc; i++) {
		struct report_cell *c = &s->row[i].cell[at];

		rc = mask == MASK_COVER ? cover(p, c, f) :
		    refuse_personal(p, s, i, c);
	}
	return rc;
}

/* From the last column to the first, so that dropping one moves no other. */
static enum err_code post_list(const struct posting *p,
    struct report_section *s, const json_t *def)
{
	const json_t *columns = json_object_get(def, "columns");
	size_t n = json_array_size(columns), skip = s->ncolumn - n;
	enum err_code rc = OK;
	char type[64];

	type_of(json_string_value(json_object_get(def, "list")), type);
	while (n-- > 0 && !rc) {
		const char *path = json_string_value(json_object_get(
		    json_array_get(columns, n), "path"));
		const struct field *f;
		enum mask mask = path_mask(p, type, path ? path : "", &f);

		if (mask == MASK_LEAVE_OUT)
			drop_column(s, n + skip);
		else
			rc = post_column(p, s, n + skip, mask, f);
	}
	return rc;
}

enum err_code publish_report(struct context *c, const char *id,
    const struct report_options *o, struct buf *out, struct err *e)
{
	struct posting p = { .s = c->node->store, .e = e };
	const json_t *def;
	enum err_code rc = report_make(p.s, id, o, &p.r, e);

	if (rc)
		return rc;
	if (p.r->audit) {
		err_set(e, ERR_STATE, _("report %s is for auditors and is "
		    "not posted"), p.r->id);
		rc = err_hint(e, _("`wellhead report %s --format html` prints "
		    "it"), p.r->id);
	}
	for (size_t i = 0; i < p.r->nsection && !rc; i++) {
		struct report_section *s = &p.r->section[i];

		def = list_of(&p, s);
		if (def)
			rc = post_list(&p, s, def);
		for (size_t k = 0; k < s->nrow && !def; k++)
			for (size_t j = 0; j < s->ncolumn; j++)
				hide_total(&p, &s->row[k].cell[j]);
	}
	if (!rc)
		rc = print_report_html(c, p.r, out, e);
	report_free(p.r);
	return rc;
}
