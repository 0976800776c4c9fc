/* Rules about lists inside a record: votes, members, scores, items. */
#include "rules.h"

#include <math.h>

static double cell(const json_t *row, const char *key)
{
	double n;

	return rule_number(json_object_get(row, key), &n) ? n : 0;
}

static bool whole(const struct rule_context *x, const char *key, int64_t *n)
{
	struct value v = rule_value(x, key);

	*n = v.i;
	return v.kind == VALUE_INT;
}

/* Nobody votes twice, and nobody votes who is not there. */
bool rule_votes_cast(struct rule_context *x, const struct rule *r)
{
	json_t *list = rule_list(x, r->field), *one;
	bool ok = true;
	int64_t here;
	size_t i;
	double cast;

	if (whole(x, r->other, &here))
		json_array_foreach(list, i, one) {
			cast = cell(one, "votes_for") +
			    cell(one, "votes_against") +
			    cell(one, "votes_abstain");
			if (!ok || cast <= (double)here)
				continue;
			buf_printf(&x->detail, "%zu: %.0f/%lld", i + 1, cast,
			    (long long)here);
			ok = false;
		}
	json_decref(list);
	return ok;
}

static bool is_passed(const json_t *row)
{
	const json_t *v = json_object_get(row, "passed");
	const char *s = json_string_value(v);

	return json_is_true(v) || json_integer_value(v) == 1 ||
	    (s && (!strcmp(s, "1") || !strcmp(s, "true") ||
	    !strcmp(s, "是") || !strcmp(s, "通过")));
}

/* Passed means more than half of those who should have come. */
bool rule_votes_passed(struct rule_context *x, const struct rule *r)
{
	json_t *list = rule_list(x, r->field), *one;
	bool ok = true;
	int64_t all;
	size_t i;

	if (whole(x, r->other, &all))
		json_array_foreach(list, i, one)
			if (ok && is_passed(one) &&
			    json_object_get(one, "votes_for") &&
			    cell(one, "votes_for") * 2 <= (double)all) {
				buf_printf(&x->detail, "%zu: %.0f/%lld",
				    i + 1, cell(one, "votes_for"),
				    (long long)all);
				ok = false;
			}
	json_decref(list);
	return ok;
}

/* Two at least, the proposer not among them. */
bool rule_seconders(struct rule_context *x, const struct rule *r)
{
	struct value proposer = rule_value(x, r->other);
	json_t *list = rule_list(x, r->field), *one;
	size_t i, n = 0;
	bool some = list != NULL;

	json_array_foreach(list, i, one)
		n += proposer.kind != VALUE_INT || !json_is_integer(one) ||
		    json_integer_value(one) != proposer.i;
	json_decref(list);
	buf_printf(&x->detail, "%zu", n);
	return !some || n >= 2;		/* none at all: told as missing */
}

bool rule_members_fit(struct rule_context *x, const struct rule *r)
{
	json_t *list = rule_list(x, r->other);
	size_t n = json_array_size(list);
	int64_t household;

	json_decref(list);
	buf_printf(&x->detail, "%zu", n);
	return !whole(x, r->field, &household) || household >= (int64_t)n;
}

bool rule_scores(struct rule_context *x, const struct rule *r)
{
	json_t *list = rule_list(x, r->field), *one;
	bool ok = true;
	double score, max;
	size_t i;

	json_array_foreach(list, i, one)
		if (ok && rule_number(json_object_get(one, "score"),
		    &score) && ((rule_number(json_object_get(one, "max"),
		    &max) && score > max) || score < 0)) {
			buf_printf(&x->detail, "%zu: %g", i + 1, score);
			ok = false;
		}
	json_decref(list);
	return ok;
}

static bool real(const struct rule_context *x, const char *key, double *out)
{
	struct value v = rule_value(x, key);

	*out = v.kind == VALUE_REAL ? v.r : v.kind == VALUE_INT ?
	    (double)v.i : 0;
	return v.kind == VALUE_REAL || v.kind == VALUE_INT;
}

/* The total of two weighted scores, where all five are there. */
bool rule_total(struct rule_context *x, const struct rule *r)
{
	double total, a, b, wa, wb, is;

	if (!real(x, r->field, &total) || !real(x, "party_score", &a) ||
	    !real(x, "worker_score", &b) || !real(x, "party_weight", &wa) ||
	    !real(x, "worker_weight", &wb) || wa + wb != 100)
		return true;
	is = (a * wa + b * wb) / 100;
	buf_printf(&x->detail, "%.2f", is);
	return fabs(is - total) <= 0.051;	/* rounded to a tenth */
}

/* No more given out than there was. */
bool rule_handed_out(struct rule_context *x, const struct rule *r)
{
	json_t *list = rule_list(x, r->other), *one;
	bool counted = list != NULL;
	double sum = 0, qty;
	int64_t received;
	size_t i;

	json_array_foreach(list, i, one) {
		counted = counted && rule_number(json_object_get(one, "qty"),
		    &qty);
		sum += counted ? qty : 0;
	}
	json_decref(list);
	buf_printf(&x->detail, "%.0f", sum);
	return !counted || !whole(x, r->field, &received) ||
	    (double)received <= sum;
}
