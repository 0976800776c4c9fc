/* Rules about what text may not say: who a person is, how ill, and cards
 * that are as good as cash.
 */
#include "rules.h"

#include "pii.h"

bool rule_no_pii(struct rule_context *x, const struct rule *r)
{
	struct value v = rule_value(x, r->field);
	enum pii_kind kind;
	size_t at;

	if (v.kind != VALUE_TEXT || !pii_find(v.s, &kind, &at))
		return true;
	buf_adds(&x->detail, pii_text(kind));
	return false;
}

static bool has_digit(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= '0' && s.p[i] <= '9')
			return true;
	return false;
}

/* Of a check-up only that it was done: a figure in its result is a reading
 * taken of somebody's body. */
bool rule_no_reading(struct rule_context *x, const struct rule *r)
{
	struct value v = rule_value(x, r->field);

	if (v.kind != VALUE_TEXT || !has_digit(v.s))
		return true;
	return !rule_meets(x, rule_refer(x, r->other), "kind=check_up");
}

bool rule_no_cards(struct rule_context *x, const struct rule *r)
{
	static const char *const words[] = { "购物卡", "消费卡", "储值卡",
		"预付卡", "提货卡", "加油卡", "充值卡", "会员卡", "礼品卡",
		"代金券", "购物券", "提货券", "消费券", "现金", "红包",
		"有价证券" };
	json_t *list = rule_list(x, r->field), *one;
	const char *name;
	bool ok = true;
	size_t i, k;

	json_array_foreach(list, i, one) {
		name = json_string_value(json_object_get(one, "name"));
		for (k = 0; name && k < sizeof(words) / sizeof(words[0]); k++)
			if (ok && strstr(name, words[k])) {
				buf_adds(&x->detail, words[k]);
				ok = false;
			}
	}
	json_decref(list);
	return ok;
}
