/* Names and numbers that people give run on: NB00793 comes after NB00792.
 * Text without its digits is a short list of templates; the digits are
 * numbers, which mostly rise by one.
 */
#include "columns.h"

#define RUN_MAX 18	/* digits that fit into int64_t, any of them */

static bool is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

/* The next run of digits at or after *at: its length, 0 if there is none. */
static size_t next_run(struct slice s, size_t *at)
{
	size_t n = 0;

	while (*at < s.n && !is_digit(s.p[*at]))
		++*at;
	while (n < RUN_MAX && *at + n < s.n && is_digit(s.p[*at + n]))
		n++;
	return n;
}

static int64_t digits_read(struct slice s, size_t at, size_t n)
{
	int64_t v = 0;

	while (n-- > 0)
		v = v * 10 + (s.p[at++] - '0');
	return v;
}

/* False when v does not fit. */
static bool digits_write(unsigned char *p, size_t n, int64_t v)
{
	if (v < 0)
		return false;
	while (n-- > 0) {
		p[n] = (unsigned char)('0' + v % 10);
		v /= 10;
	}
	return v == 0;
}

/* n texts sorted by template: template t's are row[start[t]] up to
 * row[start[t + 1]], in their order. */
struct templates {
	struct slice *text;	/* of each template */
	int64_t *which;		/* of each text */
	size_t n, *start, *row;
};

static bool templates_alloc(struct templates *t, struct arena *a, size_t n)
{
	t->text = arena_alloc(a, n, sizeof(*t->text));
	t->which = arena_alloc(a, n, sizeof(*t->which));
	t->start = arena_alloc(a, n + 2, sizeof(*t->start));
	t->row = arena_alloc(a, n, sizeof(*t->row));
	return !a->failed;
}

/* Sort by counting; `which` and n are known. */
static void templates_sort(struct templates *t, size_t n)
{
	/* One place further on, so that filling moves each into place. */
	for (size_t i = 0; i < n; i++)
		t->start[t->which[i] + 2]++;
	for (size_t j = 2; j < t->n + 2; j++)
		t->start[j] += t->start[j - 1];
	for (size_t i = 0; i < n; i++)
		t->row[t->start[t->which[i] + 1]++] = i;
}

/* Find the templates of v in order of first appearance. */
static bool templates_find(struct templates *t, struct arena *a,
    const struct slice *v, size_t n)
{
	struct map *m = map_new();
	bool ok = m != NULL;

	for (size_t i = 0; ok && i < n; i++) {
		struct slice s = arena_copy(a, v[i]);
		unsigned char *p = (unsigned char *)(uintptr_t)s.p;

		if (p == NULL) {
			ok = false;
			break;
		}
		for (size_t j = 0; j < s.n; j++)
			if (is_digit(p[j]))
				p[j] = '0';
		if (map_get(m, s, &t->which[i]))
			continue;
		t->which[i] = (int64_t)t->n;
		ok = map_put(m, s, t->which[i], NULL) >= 0;
		t->text[t->n++] = s;
	}
	map_free(m);
	return ok;
}

static size_t count_runs(const struct templates *t)
{
	size_t runs = 0;

	for (size_t j = 0; j < t->n; j++)
		for (size_t at = 0, len; (len = next_run(t->text[j], &at)) > 0;
		    at += len)
			runs++;
	return runs;
}

static bool all_equal(const struct slice *v, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (!slice_eq(v[i], v[0]))
			return false;
	return true;
}

/* The digits of every run of template j; scratch holds n numbers. */
static void runs_encode(struct buf *out, const struct templates *t, size_t j,
    const struct slice *v, int64_t *scratch)
{
	size_t first = t->start[j], n = t->start[j + 1] - first, len;

	for (size_t at = 0; (len = next_run(t->text[j], &at)) > 0; at += len) {
		for (size_t i = 0; i < n; i++)
			scratch[i] = digits_read(v[t->row[first + i]], at,
			    len);
		ints_encode(out, scratch, n);
	}
}

enum err_code texts_encode(struct codec *k, struct buf *out,
    const struct slice *v, size_t n, struct err *e)
{
	struct arena a = ARENA_INIT;
	struct templates t = { 0 };
	enum err_code rc = OK;
	int64_t *scratch;

	for (size_t i = 0; i < n; i++) {
		if (v[i].n > k->text_left)
			return err_set(e, ERR_TOO_BIG, _("more than %u bytes "
			    "of text in one changeset"), TEXT_TOTAL_MAX);
		k->text_left -= v[i].n;
	}
	if (all_equal(v, n)) {
		cbor_add_text(out, v[0]);
		return OK;
	}
	scratch = arena_alloc(&a, n, sizeof(*scratch));
	if (scratch == NULL || !templates_alloc(&t, &a, n) ||
	    !templates_find(&t, &a, v, n)) {
		rc = err_memory(e);
		goto done;
	}
	templates_sort(&t, n);
	cbor_add_array(out, 2 + count_runs(&t));
	cbor_add_array(out, t.n);
	for (size_t j = 0; j < t.n; j++)
		cbor_add_text(out, t.text[j]);
	ints_encode(out, t.which, n);
	for (size_t j = 0; j < t.n; j++)
		runs_encode(out, &t, j, v, scratch);
done:
	arena_release(&a);
	return rc;
}

static enum err_code text_budget(struct codec *k, size_t bytes, size_t times,
    struct err *e)
{
	if (bytes > 0 && times > k->text_left / bytes)
		return err_set(e, ERR_FORMAT, _("more than %u bytes of text "
		    "in one changeset"), TEXT_TOTAL_MAX);
	k->text_left -= bytes * times;
	return OK;
}

/* The head: templates and which text has which. */
static enum err_code templates_decode(struct templates *t, struct cbor *c,
    size_t n, struct err *e)
{
	struct cbor_item item;
	enum err_code rc = cbor_want(c, CBOR_ARRAY, &item, e);

	if (rc == OK && (item.i == 0 || (uint64_t)item.i > n))
		return err_set(e, ERR_FORMAT, _("%lld templates for %zu texts"),
		    (long long)item.i, n);
	t->n = rc == OK ? (size_t)item.i : 0;
	for (size_t j = 0; rc == OK && j < t->n; j++) {
		rc = cbor_want(c, CBOR_TEXT, &item, e);
		t->text[j] = item.s;
		for (size_t i = 0; rc == OK && i < item.s.n; i++)
			if (item.s.p[i] >= '1' && item.s.p[i] <= '9')
				rc = err_set(e, ERR_FORMAT,
				    _("a template with a digit that is not 0"));
	}
	if (rc == OK)
		rc = ints_decode(c, t->which, n, e);
	for (size_t i = 0; rc == OK && i < n; i++)
		if (t->which[i] < 0 || (uint64_t)t->which[i] >= t->n)
			rc = err_set(e, ERR_FORMAT, _("no template %lld"),
			    (long long)t->which[i]);
	return rc;
}

/* Template j's texts, each with its digits. */
static enum err_code runs_decode(struct codec *k, struct cbor *c,
    const struct templates *t, size_t j, struct slice *v, int64_t *scratch,
    struct err *e)
{
	size_t first = t->start[j], n = t->start[j + 1] - first, at = 0, len;
	struct slice text = t->text[j];
	bool digits = next_run(text, &at) > 0;
	enum err_code rc;

	if (n == 0)
		return err_set(e, ERR_FORMAT, _("a template of no text"));
	rc = text_budget(k, text.n, n, e);
	if (rc != OK)
		return rc;
	for (size_t i = 0; i < n; i++) {
		struct slice *s = &v[t->row[first + i]];

		*s = i == 0 || digits ? batch_text(k->out, text) :
		    v[t->row[first]];
		if (s->p == NULL)
			return err_memory(e);
	}
	for (; (len = next_run(text, &at)) > 0; at += len) {
		rc = ints_decode(c, scratch, n, e);
		for (size_t i = 0; rc == OK && i < n; i++) {
			const unsigned char *p = v[t->row[first + i]].p + at;

			/* Ours: copied from the template just above. */
			if (!digits_write((unsigned char *)(uintptr_t)p, len,
			    scratch[i]))
				rc = err_set(e, ERR_FORMAT, _("%lld does not "
				    "fit into %zu digits"),
				    (long long)scratch[i], len);
		}
		if (rc != OK)
			return rc;
	}
	return OK;
}

static enum err_code one_text(struct codec *k, struct slice text,
    struct slice *v, size_t n, struct err *e)
{
	enum err_code rc = text_budget(k, text.n, n, e);

	if (rc != OK)
		return rc;
	v[0] = batch_text(k->out, text);
	if (v[0].p == NULL)
		return err_memory(e);
	for (size_t i = 1; i < n; i++)
		v[i] = v[0];
	return OK;
}

enum err_code texts_decode(struct codec *k, struct cbor *c, struct slice *v,
    size_t n, struct err *e)
{
	struct arena a = ARENA_INIT;
	struct templates t = { 0 };
	struct cbor_item item;
	enum err_code rc = cbor_next(c, &item, e);
	int64_t *scratch;

	if (rc == OK && item.kind == CBOR_TEXT)
		return one_text(k, item.s, v, n, e);
	if (rc == OK && item.kind != CBOR_ARRAY)
		rc = err_set(e, ERR_FORMAT,
		    _("at byte %zu: texts are not written so"), c->at);
	if (rc != OK)
		return rc;
	scratch = arena_alloc(&a, n, sizeof(*scratch));
	if (scratch == NULL || !templates_alloc(&t, &a, n)) {
		rc = err_memory(e);
		goto done;
	}
	rc = templates_decode(&t, c, n, e);
	if (rc != OK)
		goto done;
	templates_sort(&t, n);
	if ((uint64_t)item.i != 2 + count_runs(&t))
		rc = err_set(e, ERR_FORMAT,
		    _("at byte %zu: texts are not written so"), c->at);
	for (size_t j = 0; rc == OK && j < t.n; j++)
		rc = runs_decode(k, c, &t, j, v, scratch, e);
done:
	arena_release(&a);
	return rc;
}
