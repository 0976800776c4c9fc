/* Values as they stand on a sheet: named, masked, in Chinese, and free of
 * personal data where the public reads them. */
#include "sheet_impl.h"

#include "base/date.h"
#include "base/json.h"
#include "base/text.h"
#include "operator.h"
#include "out.h"
#include "pii.h"

bool sheet_has(const char *words, const char *word)
{
	size_t n = strlen(word);
	const char *p = words;

	while (p && *p) {
		if (!strncmp(p, word, n) && (p[n] == '|' || !p[n]))
			return true;
		p = strchr(p, '|');
		p = p ? p + 1 : NULL;
	}
	return false;
}

void sheet_money(struct buf *b, int64_t fen)
{
	uint64_t v = fen < 0 ? -(uint64_t)fen : (uint64_t)fen;
	char digits[24];
	int n = snprintf(digits, sizeof digits, "%llu",
	    (unsigned long long)(v / 100));

	buf_adds(b, fen < 0 ? "-" : "");
	for (int i = 0; i < n; i++) {
		buf_addc(b, (unsigned char)digits[i]);
		if (i + 1 < n && (n - i - 1) % 3 == 0)
			buf_addc(b, ',');
	}
	buf_printf(b, ".%02u", (unsigned)(v % 100));
}

/* "08" without its nought. */
static int two(const char *digits)
{
	return (digits[0] - '0') * 10 + digits[1] - '0';
}

void sheet_period(struct buf *b, const char *period)
{
	static const char *const quarter[] = { "一", "二", "三", "四" };
	char text[DATE_TEXT];

	if (!period_parse(slice_str(period), text) &&
	    !date_parse(slice_str(period), text)) {
		buf_adds(b, period);
		return;
	}
	buf_printf(b, "%.4s年", text);
	if (text[4] == 'Q')
		buf_printf(b, "第%s季度", quarter[(text[5] - '1') & 3]);
	if (text[4] == '-')
		buf_printf(b, "%d月", two(text + 5));
	if (text[4] == '-' && text[7] == '-')
		buf_printf(b, "%d日", two(text + 8));
}

/* The record that a reference leads to; *out is NULL when it is not here. */
static enum err_code follow(const struct sheet_job *j, const char *ref,
    const struct type **t, json_t **out, struct err *e)
{
	struct store *s = j->c->node->store;
	struct err missing = {0};
	struct record r;

	*out = NULL;
	if (record_find(s, ref, &r, &missing))
		return missing.code == ERR_NOT_FOUND ||
		    missing.code == ERR_AMBIGUOUS ? OK :
		    err_set(e, missing.code, "%s", missing.detail);
	*t = r.type;
	return record_json(s, r.id, r.type, false, out, e);
}

enum err_code sheet_name(const struct sheet_job *j, const char *ref,
    struct buf *out, struct err *e)
{
	static const char *const key[] = { "name", "title", "topic",
		"purpose", "occasion", "description", "code" };
	const struct field *f;
	const struct type *t;
	json_t *o = NULL;
	enum err_code rc = follow(j, ref, &t, &o, e);

	for (size_t i = 0; o && i < sizeof key / sizeof *key; i++) {
		f = type_field(j->c->catalogue, t, key[i]);
		if (!f || !*json_text(o, key[i]))
			continue;
		/* What refers to a person decides who may read the name;
		 * of other things, their own level does. */
		if (mask_level(f->level, j->reader) != MASK_LEAVE_OUT)
			buf_adds(out, json_text(o, key[i]));
		goto done;
	}
	if (!rc)
		buf_adds(out, ref);
done:
	json_decref(o);
	return rc;
}

/* The person that an operator of that moment is, by a printed id. */
static enum err_code operator_person(const struct sheet_job *j,
    const json_t *step, char out[STAMP_DIGITS + 1], struct err *e)
{
	struct operator_row row;
	struct err missing = {0};
	uint64_t lo, hi;
	enum err_code rc;

	*out = '\0';
	if (!base32_prefix(json_text(step, "stamp"), &lo, &hi))
		return OK;
	rc = operator_at(j->c->node->store, stamp_node((stamp_t)lo),
	    json_text(step, "by"), (stamp_t)lo, &row, &missing);
	if (!rc && row.person)
		base32_stamp(out, (uint64_t)row.person);
	return !rc || rc == ERR_NOT_FOUND ? OK :
	    err_set(e, rc, "%s", missing.detail);
}

enum err_code sheet_signer(const struct sheet_job *j, const json_t *step,
    struct buf *out, struct err *e)
{
	const char *by = json_text(step, "by");
	const struct type *t = NULL;
	char id[STAMP_DIGITS + 1];
	json_t *o = NULL;
	enum err_code rc;
	bool named;

	rc = operator_person(j, step, id, e);
	if (!rc)
		rc = follow(j, *id ? id : by, &t, &o, e);
	named = o && !strcmp(t->key, "person") && (*id ||
	    !strcmp(by, json_text(o, "ext")) ||
	    !strcmp(by, json_text(o, "id")));
	if (!rc)
		buf_adds(out, named ? json_text(o, "name") : by);
	if (!rc && json_is_true(json_object_get(step, "signed")))
		buf_adds(out, " (电子签名)");
	json_decref(o);
	return rc;
}

static bool is_money(const char *column)
{
	return !strcmp(column, "amount") || !strcmp(column, "price");
}

/* One row of a list: its columns in the catalogue's order. */
static void add_line(const struct sheet_job *j, struct buf *b,
    const struct field *f, const json_t *row)
{
	const json_t *v;
	size_t n = b->n;
	char *text;

	for (size_t i = 0; i < f->ncolumn; i++) {
		v = json_object_get(row, f->column[i]);
		if (!v || json_is_null(v))
			continue;
		buf_adds(b, b->n > n ? " " : "");
		if (json_is_integer(v) && is_money(f->column[i])) {
			sheet_money(b, json_integer_value(v));
			buf_adds(b, "元");
			continue;
		}
		text = out_value(j->c, NULL, v);
		buf_adds(b, text);
		free(text);
	}
}

static enum err_code add_list(const struct sheet_job *j, struct buf *b,
    const struct field *f, const json_t *list, struct err *e)
{
	enum err_code rc = OK;
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one) {
		buf_adds(b, i ? "、" : "");
		if (json_is_object(one))
			add_line(j, b, f, one);
		else if (json_is_string(one) && f->kind == COL_REFS)
			rc = sheet_name(j, json_string_value(one), b, e);
		else if (json_is_string(one))
			buf_adds(b, json_string_value(one));
		if (rc)
			return rc;
	}
	return OK;
}

static enum err_code plain(const struct sheet_job *j, const struct field *f,
    const json_t *v, struct buf *b, struct err *e)
{
	const struct label *l;
	const char *s = json_string_value(v);
	char *text;

	if (json_is_array(v))
		return add_list(j, b, f, v, e);
	if (f->kind == COL_REF && s)
		return sheet_name(j, s, b, e);
	l = s && f->values ? enumeration_find(f->values, slice_str(s)) : NULL;
	if (l)
		buf_adds(b, l->zh);
	else if (s && (f->kind == COL_MONTH || f->kind == COL_QUARTER))
		sheet_period(b, s);
	else if (f->money && json_is_integer(v))
		sheet_money(b, json_integer_value(v));
	else if (json_is_boolean(v))
		buf_adds(b, json_is_true(v) ? "是" : "否");
	else if (v && !json_is_null(v)) {
		text = out_value(j->c, NULL, v);
		buf_adds(b, text);
		free(text);
	}
	return OK;
}

/* Public text must not name, call or diagnose anybody. The place is told,
 * what stands there is not. */
static enum err_code refuse_personal(const struct sheet_job *j,
    const struct type *t, const json_t *record, const struct field *f,
    const struct buf *text, struct err *e)
{
	enum pii_kind kind;
	size_t at;

	if (j->reader != MASK_PUBLIC || f->kind != COL_TEXT ||
	    !pii_find(slice_buf(text), &kind, &at))
		return OK;
	err_set(e, ERR_PII, _("%s %s: %s (%s): %s stands at character %zu"),
	    t->key, json_text(record, "id"), f->zh, f->key, pii_text(kind),
	    utf8_count(slice_of(text->p, at)) + 1);
	return err_hint(e, _("take it out with `wellhead edit %s %s=...`; "
	    "a notice says no more than is needed to tell people apart"),
	    json_text(record, "id"), f->key);
}

static enum err_code own_value(const struct sheet_job *j,
    const struct type *t, const json_t *record, const char *key,
    struct sheet_value *v, struct err *e)
{
	const struct field *f = type_field(j->c->catalogue, t, key);
	struct buf text = BUF_INIT;
	enum err_code rc = OK;

	v->field = f;
	if (!f || mask_level(f->level, j->reader) == MASK_LEAVE_OUT)
		return OK;
	rc = plain(j, f, json_object_get(record, key), &text, e);
	if (!rc)
		rc = buf_ok(&text, e);
	if (!rc)
		v->shown = mask_text(&v->text, f, j->reader,
		    slice_buf(&text));
	if (!rc)
		rc = refuse_personal(j, t, record, f, &v->text, e);
	buf_release(&text);
	return rc;
}

/* One path without '|'. */
static enum err_code path_value(const struct sheet_job *j,
    const struct type *t, const json_t *record, const char *path,
    struct sheet_value *v, struct err *e)
{
	const char *dot = strchr(path, '.');
	const struct field *f;
	const char *ref;
	enum err_code rc;
	char first[64];
	json_t *o = NULL;

	if (!dot)
		return own_value(j, t, record, path, v, e);
	snprintf(first, sizeof first, "%.*s", (int)(dot - path), path);
	f = type_field(j->c->catalogue, t, first);
	ref = json_string_value(json_object_get(record, first));
	if (!f || !ref || mask_level(f->level, j->reader) == MASK_LEAVE_OUT)
		return OK;
	rc = follow(j, ref, &t, &o, e);
	if (!rc && o)
		rc = own_value(j, t, o, dot + 1, v, e);
	json_decref(o);
	return rc;
}

enum err_code sheet_value(const struct sheet_job *j, const struct type *t,
    const json_t *record, const char *path, struct sheet_value *v,
    struct err *e)
{
	enum err_code rc = OK;
	const char *p = path;
	char one[64];
	size_t n;

	*v = (struct sheet_value){ .text = BUF_INIT };
	for (;;) {
		n = strcspn(p, "|");
		snprintf(one, sizeof one, "%.*s", (int)n, p);
		rc = path_value(j, t, record, one, v, e);
		if (rc || v->text.n || !p[n])
			return rc;
		p += n + 1;
	}
}
