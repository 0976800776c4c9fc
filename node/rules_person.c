/* Numbers that carry their own proof: identity numbers (GB 11643), credit
 * codes (GB 32100), bank cards (Luhn), and region codes (GB/T 2260).
 */
#include "rules.h"

#include "base/date.h"
#include "number.h"

/* The day of birth in an identity number of the right shape, ISO text. */
static bool birth_of(struct slice s, char out[DATE_TEXT])
{
	const char *d = (const char *)s.p + 6;
	int64_t days;

	snprintf(out, DATE_TEXT, "%.4s-%.2s-%.2s", d, d + 4, d + 6);
	return date_days(slice_str(out), &days) &&
	    strncmp(out, "1850", 4) >= 0 &&
	    days <= clock_ms() / 86400000 + 1;
}

/* 3.79999E+17, as a spreadsheet shows a long number. */
static bool is_scientific(struct slice s)
{
	return s.n > 2 && s.p[0] >= '0' && s.p[0] <= '9' &&
	    (memchr(s.p, 'E', s.n) || memchr(s.p, 'e', s.n) ||
	    memchr(s.p, '.', s.n));
}

/* A spreadsheet keeps 15 digits and writes noughts for the rest. */
static bool is_cut(struct slice s)
{
	return memcmp(s.p + 15, "000", 3) == 0;
}

enum err_code rule_idno_fault(struct slice s)
{
	char birth[DATE_TEXT];

	if (is_scientific(s))
		return ERR_IDNO_EXCEL;
	if (s.n != 18)
		return ERR_IDNO_LEN;
	if (!number_digits(slice_of(s.p, 17)) ||
	    (s.p[17] != 'X' && !number_digits(slice_of(s.p + 17, 1))))
		return ERR_TYPE;
	if (!number_province(s))
		return ERR_IDNO_REGION;
	if (!birth_of(s, birth))
		return ERR_IDNO_DATE;
	if (!number_mod11(s))
		return is_cut(s) ? ERR_IDNO_EXCEL : ERR_IDNO_CHECK;
	return OK;
}

/* A row for each code; the warning is for one that fits by chance. */
bool rule_idno(struct rule_context *x, const struct rule *r)
{
	struct value v = rule_value(x, r->field);
	enum err_code fault;

	if (v.kind != VALUE_TEXT)
		return true;
	fault = rule_idno_fault(v.s);
	if (r->code == OK)
		return fault != OK || !is_cut(v.s);
	return fault != r->code;
}

/* Those of the members of a household. */
bool rule_members_idno(struct rule_context *x, const struct rule *r)
{
	json_t *list = rule_list(x, r->field), *one;
	enum err_code fault = OK;
	const char *text;
	size_t i;

	json_array_foreach(list, i, one) {
		text = json_string_value(json_object_get(one, "id_no"));
		if (fault == OK && text)
			fault = rule_idno_fault(slice_str(text));
		if (fault == r->code && !x->detail.n)
			buf_printf(&x->detail, "%zu", i + 1);
	}
	json_decref(list);
	return fault != r->code;
}

static bool good_idno(const struct rule_context *x, const char *key,
    struct slice *out)
{
	struct value v = rule_value(x, key);

	*out = v.s;
	return v.kind == VALUE_TEXT && rule_idno_fault(v.s) == OK;
}

/* The 17th digit is odd for men. */
bool rule_idno_gender(struct rule_context *x, const struct rule *r)
{
	struct value v = rule_value(x, r->field);
	struct slice id;

	if (v.kind != VALUE_TEXT || !good_idno(x, r->other, &id) ||
	    (!slice_eqs(v.s, "1") && !slice_eqs(v.s, "2")))
		return true;
	return ((id.p[16] - '0') % 2 == 1) == slice_eqs(v.s, "1");
}

bool rule_idno_birth(struct rule_context *x, const struct rule *r)
{
	struct value v = rule_value(x, r->field);
	char birth[DATE_TEXT];
	struct slice id;

	if (v.kind != VALUE_TEXT || !good_idno(x, r->other, &id))
		return true;
	return birth_of(id, birth) && slice_eqs(v.s, birth);
}

/* GB 32100: 17 of these 31 characters, and a 18th that makes the sum with
 * weights 3^i mod 31 divisible. */
bool rule_uscc(struct rule_context *x, const struct rule *r)
{
	static const char set[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	struct value v = rule_value(x, r->field);
	int sum = 0, weight = 1;
	const char *at;

	if (v.kind != VALUE_TEXT)
		return true;
	if (v.s.n != 18)
		return false;
	for (size_t i = 0; i < 18; i++) {
		at = v.s.p[i] ? strchr(set, v.s.p[i]) : NULL;
		if (!at)
			return false;
		sum += (int)(at - set) * weight;
		weight = i < 16 ? weight * 3 % 31 : 1;
	}
	return sum % 31 == 0;
}

bool rule_region(struct rule_context *x, const struct rule *r)
{
	struct value v = rule_value(x, r->field);

	return v.kind != VALUE_TEXT ||
	    (v.s.n == 6 && number_digits(v.s) && number_province(v.s));
}

/* GB/T 3304: 01 to 56, 97 other, 98 foreign. */
bool rule_ethnic(struct rule_context *x, const struct rule *r)
{
	struct value v = rule_value(x, r->field);
	int n;

	if (v.kind != VALUE_TEXT)
		return true;
	if (v.s.n != 2 || !number_digits(v.s))
		return false;
	n = (v.s.p[0] - '0') * 10 + (v.s.p[1] - '0');
	return (n >= 1 && n <= 56) || n == 97 || n == 98;
}

bool rule_card(struct rule_context *x, const struct rule *r)
{
	struct value v = rule_value(x, r->field);

	return v.kind != VALUE_TEXT ||
	    (v.s.n >= 12 && v.s.n <= 19 && number_luhn(v.s));
}
