/* One field's input to a value: a reader for every kind of column. */
#include "check_impl.h"
#include "rules.h"

#include <strings.h>

#include "base/date.h"
#include "base/text.h"

struct reading {		/* what every reader is given */
	struct batch *b;
	const struct field *f;
	const json_t *in;
	struct buf text;	/* the input as clean text */
	struct slice s;		/* the same */
	ref_fn ref;
	void *arg;
	struct value *out;
	struct problems *p;
};

static bool keep(struct reading *r, struct slice s)
{
	struct slice own = batch_text(r->b, s);

	if (s.n && !own.p) {
		problems_error(r->p, ERR_MEMORY, r->f->key, "%s",
		    err_text(ERR_MEMORY));
		return false;
	}
	*r->out = value_text(own);
	return true;
}

/* The wrong value is said, cut short: it is what the person typed himself. */
static bool refuse(struct reading *r, enum err_code code, const char *what)
{
	size_t n = utf8_cut(r->s, r->s.n < 60 ? r->s.n : 60);

	problems_error(r->p, code, r->f->key, "%s (%s): “%.*s” %s", r->f->zh,
	    r->f->key, (int)n, n ? (const char *)r->s.p : "", what);
	return false;
}

static bool read_text(struct reading *r)
{
	size_t max = r->f->max_chars ? r->f->max_chars : CHARS_MAX;

	if (utf8_count(r->s) > max) {
		problems_error(r->p, ERR_RANGE, r->f->key,
		    _("%s (%s) has %zu characters; %zu fit"), r->f->zh,
		    r->f->key, utf8_count(r->s), max);
		return false;
	}
	text_mangled(r->s, r->f, r->p);
	return keep(r, r->s);
}

/* A mobile phone's 11 digits, however they are grouped, with 86 or without. */
static bool read_phone(struct reading *r)
{
	char digits[16] = "";
	const char *d = digits;
	size_t i, n = 0;

	text_narrow(&r->text);
	r->s = slice_buf(&r->text);
	for (i = 0; i < r->s.n && n + 1 < sizeof(digits); i++) {
		if (r->s.p[i] >= '0' && r->s.p[i] <= '9')
			digits[n++] = (char)r->s.p[i];
		else if (!r->s.p[i] || !strchr("+- ()", r->s.p[i]))
			break;
	}
	if (n == 15 && !strncmp(d, "0086", 4))
		d += 4;
	else if (n == 13 && !strncmp(d, "86", 2))
		d += 2;
	if (i < r->s.n || strlen(d) != 11 || d[0] != '1' || d[1] < '3')
		return refuse(r, ERR_TYPE, _("is not a mobile phone number; "
		    "write its 11 digits, such as 13800138000"));
	return keep(r, slice_str(d));
}

/* Its shape only; what the digits say is a named rule's. The number itself is
 * not repeated. */
static bool read_idno(struct reading *r)
{
	enum err_code fault;

	text_narrow(&r->text);
	r->s = slice_buf(&r->text);
	if (r->s.n == 18 && r->s.p[17] == 'x')
		r->text.p[17] = 'X';
	fault = rule_idno_fault(r->s);
	if (fault != ERR_TYPE && fault != ERR_IDNO_LEN &&
	    (fault != ERR_IDNO_EXCEL || r->s.n == 18))
		return keep(r, r->s);
	problems_error(r->p, fault, r->f->key, fault == ERR_IDNO_EXCEL ?
	    _("%s (%s): a spreadsheet has cut this number; make the column "
	      "text, and enter the number again from the card") :
	    _("%s (%s) must have 17 digits and then a digit or X"),
	    r->f->zh, r->f->key);
	return false;
}

static bool read_int(struct reading *r)
{
	bool range, ok;
	int64_t v = 0;

	text_narrow(&r->text);
	r->s = slice_buf(&r->text);
	ok = r->f->money && json_is_string(r->in) ?
	    text_fen(r->s, &v, &range) : text_int(r->s, &v, &range);
	if (!ok && r->f->money)
		return refuse(r, ERR_TYPE,
		    _("is not an amount; write 30.50元, or fen as a whole "
		      "number"));
	if (!ok)
		return refuse(r, ERR_TYPE,
		    _("is not a whole number; write digits alone (for “about "
		      "200” put the number here and say how exact it is in "
		      "its own field)"));
	if (range)
		return refuse(r, ERR_RANGE, _("is too great"));
	if (r->f->money && v < 0)
		return refuse(r, ERR_RANGE, _("is below nought"));
	*r->out = value_int(v);
	return true;
}

static bool read_real(struct reading *r)
{
	double v;

	text_narrow(&r->text);
	r->s = slice_buf(&r->text);
	if (!text_real(r->s, &v))
		return refuse(r, ERR_TYPE, _("is not a number"));
	*r->out = value_real(v);
	return true;
}

static bool read_bool(struct reading *r)
{
	static const struct { const char *text; int value; } words[] = {
		{ "true", 1 }, { "1", 1 }, { "是", 1 }, { "yes", 1 },
		{ "false", 0 }, { "0", 0 }, { "否", 0 }, { "no", 0 },
	};
	size_t i;

	text_narrow(&r->text);
	r->s = slice_buf(&r->text);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (r->s.n == strlen(words[i].text) &&
		    !strncasecmp((const char *)r->s.p, words[i].text,
			r->s.n)) {
			*r->out = value_int(words[i].value);
			return true;
		}
	}
	return refuse(r, ERR_TYPE, _("is neither yes nor no"));
}

static bool read_date(struct reading *r)
{
	char iso[DATE_TEXT];

	if (!date_parse(r->s, iso))
		return refuse(r, ERR_DATE,
		    _("is not a date; write it as 2022-03-08"));
	return keep(r, slice_str(iso));
}

static bool read_month(struct reading *r)
{
	char iso[DATE_TEXT];

	if (!month_parse(r->s, iso))
		return refuse(r, ERR_PERIOD,
		    _("is not a month; write it as 2022-03"));
	return keep(r, slice_str(iso));
}

/* Quarter fields hold a whole year too (yearly honours): 2022Q1 or 2022. */
static bool read_quarter(struct reading *r)
{
	char iso[DATE_TEXT];

	if (!quarter_parse(r->s, iso) &&
	    (!period_parse(r->s, iso) || strlen(iso) != 4))
		return refuse(r, ERR_PERIOD,
		    _("is not a quarter; write it as 2022Q1, or a year as "
		      "2022"));
	return keep(r, slice_str(iso));
}

static bool read_period(struct reading *r)
{
	char iso[DATE_TEXT];

	if (!period_parse(r->s, iso))
		return refuse(r, ERR_PERIOD,
		    _("is not a period; write it as 2022, 2022Q1 or "
		      "2022-03"));
	return keep(r, slice_str(iso));
}

static bool read_enum(struct reading *r)
{
	const struct enumeration *all = r->f->values;
	const struct label *l = enumeration_find(all, r->s);
	struct buf list = BUF_INIT;
	size_t i;

	if (l)
		return keep(r, slice_str(l->key));
	for (i = 0; i < all->n && list.n < 400; i++)
		buf_printf(&list, "%s%s (%s)", i ? ", " : "",
		    all->value[i].key, all->value[i].zh);
	if (i < all->n)
		buf_adds(&list, " …");
	problems_error(r->p, ERR_ENUM, r->f->key,
	    _("%s (%s): “%.*s” is not among its values: %s"), r->f->zh,
	    r->f->key, (int)utf8_cut(r->s, r->s.n < 60 ? r->s.n : 60),
	    (const char *)r->s.p, list.p ? (const char *)list.p : "");
	buf_release(&list);
	return false;
}

static bool read_ref_text(struct reading *r, struct slice s,
    struct value *out)
{
	if (!r->ref)
		*out = value_text(s);
	else if (!r->ref(r->arg, r->f, s, out, r->p))
		return false;
	*out = batch_value(r->b, out);
	return true;
}

static bool read_ref(struct reading *r)
{
	return read_ref_text(r, r->s, r->out);
}

/* One of several references, unless the list has it already. */
static bool add_ref(struct reading *r, json_t *list, struct slice s)
{
	struct value v;
	json_t *one, *had;
	size_t i;
	bool twice = false;

	if (!read_ref_text(r, s, &v))
		return false;
	one = v.kind == VALUE_INT ? json_integer(v.i) :
	    json_stringn((const char *)v.s.p, v.s.n);
	json_array_foreach(list, i, had)
		twice |= json_equal(had, one) == 1;
	if (twice)
		json_decref(one);
	else if (json_array_append_new(list, one))
		return refuse(r, ERR_MEMORY, err_text(ERR_MEMORY));
	return true;
}

static bool keep_json(struct reading *r, const json_t *list)
{
	char *text;
	bool ok;

	if (!json_array_size(list)) {
		*r->out = VALUE_NONE;
		return true;
	}
	text = json_dumps(list,
	    JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(15));
	if (!text)
		return refuse(r, ERR_MEMORY, err_text(ERR_MEMORY));
	ok = keep(r, slice_str(text));
	free(text);
	return ok;
}

/* A list given as JSON, or as text that is JSON. New reference, or NULL. */
static json_t *input_array(struct reading *r)
{
	if (json_is_array(r->in))
		return json_incref((json_t *)r->in);
	if (!r->s.n || r->s.p[0] != '[')
		return NULL;
	return json_loadb((const char *)r->s.p, r->s.n,
	    JSON_REJECT_DUPLICATES, NULL);
}

static bool is_separator(uint32_t cp)
{
	return cp == ',' || cp == 0xff0c || cp == 0x3001 || cp == ';' ||
	    cp == 0xff1b;
}

/* The next reference in "a, b、c"; rest moves on. */
static struct slice next_part(struct slice *rest)
{
	struct slice part;
	size_t i = 0, from = 0, to = 0;

	while (i < rest->n && !is_separator(utf8_next(*rest, &i)))
		to = i;
	while (from < to && rest->p[from] == ' ')
		from++;
	while (to > from && rest->p[to - 1] == ' ')
		to--;
	part = slice_of(rest->p + from, to - from);
	*rest = slice_of(rest->p + i, rest->n - i);
	return part;
}

static bool refs_of_text(struct reading *r, json_t *list)
{
	struct slice rest = r->s, part;

	while (rest.n) {
		part = next_part(&rest);
		if (part.n && !add_ref(r, list, part))
			return false;
		if (json_array_size(list) > LIST_MAX)
			return refuse(r, ERR_RANGE, _("is too long a list"));
	}
	return true;
}

static bool refs_of_array(struct reading *r, json_t *list, const json_t *in)
{
	const json_t *one;
	struct buf text = BUF_INIT;
	size_t i;
	bool ok = json_array_size(in) <= LIST_MAX;

	if (!ok)
		refuse(r, ERR_RANGE, _("is too long a list"));
	json_array_foreach(in, i, one) {
		if (!ok)
			break;
		if (!json_is_string(one)) {
			ok = refuse(r, ERR_TYPE,
			    _("is not a list of references"));
			break;
		}
		ok = text_clean(slice_of(json_string_value(one),
		    json_string_length(one)), r->f, &text, r->p) &&
		    (!text.n || add_ref(r, list, slice_buf(&text)));
	}
	buf_release(&text);
	return ok;
}

static bool read_refs(struct reading *r)
{
	json_t *in = input_array(r), *list = json_array();
	bool ok;

	ok = list && (in ? refs_of_array(r, list, in) :
	    refs_of_text(r, list)) && keep_json(r, list);
	json_decref(list);
	json_decref(in);
	return ok;
}

static bool list_has(const struct field *f, const char *key)
{
	size_t i;

	for (i = 0; i < f->ncolumn; i++)
		if (!strcmp(f->column[i], key))
			return true;
	return false;
}

/* One cell of a list's row, cleaned, into row. */
static bool list_cell(struct reading *r, json_t *row, const char *key,
    const json_t *v)
{
	struct buf text = BUF_INIT;
	bool ok = true;

	if (!list_has(r->f, key)) {
		problems_error(r->p, ERR_COLUMN, r->f->key,
		    _("%s (%s): its rows have no column “%.60s”"), r->f->zh,
		    r->f->key, key);
		return false;
	}
	if (json_is_array(v) || json_is_object(v)) {
		problems_error(r->p, ERR_TYPE, r->f->key,
		    _("%s (%s): “%.60s” must be text, a number, true or "
		      "false"), r->f->zh, r->f->key, key);
		return false;
	}
	if (json_is_null(v))
		return true;
	if (!json_is_string(v))
		return !json_object_set(row, key, (json_t *)v);
	ok = text_clean(slice_of(json_string_value(v), json_string_length(v)),
	    r->f, &text, r->p);
	if (ok && utf8_count(slice_buf(&text)) > CHARS_MAX)
		ok = refuse(r, ERR_RANGE, _("is too long"));
	if (ok && text.n) {
		text_mangled(slice_buf(&text), r->f, r->p);
		ok = !json_object_set_new(row, key,
		    json_stringn((const char *)text.p, text.n));
	}
	buf_release(&text);
	return ok;
}

static bool list_row(struct reading *r, json_t *list, const json_t *in)
{
	json_t *row, *v;
	const char *key;

	if (!json_is_object(in)) {
		problems_error(r->p, ERR_TYPE, r->f->key,
		    _("%s (%s) must be a JSON list of rows such as "
		      "[{\"%s\":…}]"), r->f->zh, r->f->key,
		    r->f->ncolumn ? r->f->column[0] : "code");
		return false;
	}
	row = json_object();
	json_object_foreach((json_t *)in, key, v) {
		if (!list_cell(r, row, key, v)) {
			json_decref(row);
			return false;
		}
	}
	return !json_array_append_new(list, row);
}

/* "A, B" for a list whose rows have one column. */
static bool list_of_text(struct reading *r, json_t *list)
{
	struct slice rest = r->s, part;
	bool ok = true;
	json_t *row;

	while (ok && rest.n && json_array_size(list) <= LIST_MAX) {
		part = next_part(&rest);
		if (!part.n)
			continue;
		row = json_object();
		ok = !json_object_set_new(row, r->f->column[0],
		    json_stringn((const char *)part.p, part.n)) &&
		    !json_array_append_new(list, row);
	}
	return ok;
}

static bool read_list(struct reading *r)
{
	json_t *in = input_array(r), *list = json_array(), *row;
	bool ok = list != NULL;
	size_t i;

	if (!in && json_is_string(r->in) && r->f->ncolumn == 1)
		ok = ok && list_of_text(r, list);
	else if (!in)	/* one row alone will do; else it says what would */
		ok = ok && list_row(r, list, r->in);
	if (ok && json_array_size(in ? in : list) > LIST_MAX)
		ok = refuse(r, ERR_RANGE, _("is too long a list"));
	json_array_foreach(in, i, row)
		ok = ok && list_row(r, list, row);
	ok = ok && keep_json(r, list);
	json_decref(list);
	json_decref(in);
	return ok;
}

static bool read_none(struct reading *r)
{
	return refuse(r, ERR_TYPE, _("cannot be entered by hand"));
}

static bool (*reader_of(const struct field *f))(struct reading *)
{
	static bool (*const by_kind[])(struct reading *) = {
		[COL_STAMP] = read_none, [COL_REF] = read_ref,
		[COL_REFS] = read_refs, [COL_TEXT] = read_text,
		[COL_INT] = read_int, [COL_REAL] = read_real,
		[COL_BOOL] = read_bool, [COL_DATE] = read_date,
		[COL_MONTH] = read_month, [COL_QUARTER] = read_quarter,
		[COL_ENUM] = read_enum, [COL_JSON] = read_list,
		[COL_BYTES] = read_none, [COL_ANY] = read_none,
	};

	if (f->kind != COL_TEXT)
		return by_kind[f->kind];
	return f->phone ? read_phone : f->idno ? read_idno :
	    f->period ? read_period : read_text;
}

/* The input as clean text in r->text; lists stay as they are. */
static bool input_text(struct reading *r)
{
	const json_t *in = r->in;
	bool ok = true;

	if (json_is_string(in)) {
		ok = text_clean(slice_of(json_string_value(in),
		    json_string_length(in)), r->f, &r->text, r->p);
	} else if (json_is_integer(in)) {
		buf_printf(&r->text, "%lld",
		    (long long)json_integer_value(in));
	} else if (json_is_boolean(in) && r->f->kind == COL_BOOL) {
		buf_adds(&r->text, json_is_true(in) ? "true" : "false");
	} else if (json_is_real(in) && r->f->idno) {
		buf_printf(&r->text, "%g", json_real_value(in));
	} else if (r->f->kind != COL_JSON &&
	    !(r->f->kind == COL_REFS && json_is_array(in))) {
		problems_error(r->p, ERR_TYPE, r->f->key,
		    _("%s (%s) cannot hold this kind of value; write it as "
		      "text"), r->f->zh, r->f->key);
		ok = false;
	}
	r->s = slice_buf(&r->text);
	return ok;
}

bool check_value(struct batch *b, const struct field *f, const json_t *in,
    ref_fn ref, void *arg, struct value *out, struct problems *p)
{
	struct reading r = { .b = b, .f = f, .in = in, .ref = ref,
	    .arg = arg, .out = out, .p = p };
	bool ok = true;

	*out = VALUE_NONE;
	if (json_is_null(in))
		return true;
	if (json_is_real(in) && f->kind == COL_REAL) {
		*out = value_real(json_real_value(in) + 0.0);
		return true;
	}
	ok = input_text(&r);
	if (ok && (r.s.n || !json_is_string(in)))
		ok = reader_of(f)(&r);
	buf_release(&r.text);
	return ok;
}
