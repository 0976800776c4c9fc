/* References: the records of this payload by row, the others by a list. */
#include "columns.h"

#include <inttypes.h>

bool batch_record(const struct codec *k, stamp_t id, size_t *out)
{
	for (size_t i = 0; i < k->nrecord; i++) {
		const struct section *s = k->record[i];
		size_t ncol = s->table->ncol, lo = 0, hi = s->nrow;

		if (s->cell[(hi - 1) * ncol].i < id)
			continue;
		while (lo < hi) {
			size_t mid = lo + (hi - lo) / 2;

			if (s->cell[mid * ncol].i < id)
				lo = mid + 1;
			else
				hi = mid;
		}
		if (lo < s->nrow && s->cell[lo * ncol].i == id) {
			*out = k->first[i] + lo;
			return true;
		}
	}
	return false;
}

const struct section *record_at(const struct codec *k, size_t number,
    size_t *row)
{
	size_t i = k->nrecord;

	while (i > 0 && k->first[i - 1] > number)
		i--;
	if (i == 0 || number - k->first[i - 1] >= k->record[i - 1]->nrow)
		return NULL;
	*row = number - k->first[i - 1];
	return k->record[i - 1];
}

/* False when it is not a stamp, or memory ran out (scratch.failed says). */
bool ref_write(struct codec *k, int64_t id, int64_t *out)
{
	size_t row;
	int64_t at;

	if (id <= 0)
		return false;
	if (batch_record(k, id, &row)) {
		*out = (int64_t)row;
		return true;
	}
	if (!map_get_i(k->foreign, id, &at)) {
		at = (int64_t)k->id.n;
		if (map_put_i(k->foreign, id, at) < 0 ||
		    !numbers_add(&k->id, id)) {
			k->scratch.failed = true;
			return false;
		}
	}
	*out = (int64_t)k->nrow + at;
	return true;
}

bool ref_read(const struct codec *k, int64_t number, int64_t *id)
{
	const struct section *s;
	size_t row;

	if (number < 0)
		return false;
	s = record_at(k, (size_t)number, &row);
	if (s != NULL) {
		*id = s->cell[row * s->table->ncol].i;
		return true;
	}
	if ((uint64_t)number - k->nrow >= k->id.n)
		return false;
	*id = k->id.v[(size_t)number - k->nrow];
	return true;
}

/* One id of a list; moves *at past it and the sign after it. */
static bool list_next(struct slice s, size_t *at, int64_t *id)
{
	int64_t v = 0;
	size_t start = *at;

	for (; *at < s.n && s.p[*at] >= '0' && s.p[*at] <= '9'; ++*at) {
		int digit = s.p[*at] - '0';

		if (v > (INT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	if (*at == start || s.p[start] == '0' || *at == s.n)
		return false;
	*id = v;
	++*at;
	return s.p[*at - 1] == (*at == s.n ? ']' : ',');
}

bool list_write(struct codec *k, struct slice s, int64_t *count)
{
	struct numbers *listed = &k->bins.listed;
	size_t at = 1, before = listed->n;
	bool ok = s.n >= 2 && s.p[0] == '[' && s.p[s.n - 1] == ']';
	int64_t id, number;

	while (ok && s.n > 2 && at < s.n) {
		ok = listed->n < k->listed_left && list_next(s, &at, &id) &&
		    ref_write(k, id, &number);
		if (ok && !numbers_add(listed, number)) {
			k->scratch.failed = true;
			ok = false;
		}
	}
	if (!ok)
		listed->n = before;
	*count = (int64_t)(listed->n - before);
	return ok;
}

enum err_code list_read(struct codec *k, int64_t count, struct value *out)
{
	struct buf text = BUF_INIT;
	enum err_code rc = OK;
	int64_t id;

	buf_addc(&text, '[');
	for (int64_t i = 0; rc == OK && i < count; i++) {
		if (!ref_read(k, k->bins.listed.v[k->list_at++], &id))
			rc = ERR_FORMAT;
		else
			buf_printf(&text, "%s%" PRId64, i > 0 ? "," : "", id);
	}
	buf_addc(&text, ']');
	if (rc == OK) {
		*out = value_text(batch_text(k->out, slice_buf(&text)));
		if (text.failed || out->s.p == NULL)
			rc = ERR_MEMORY;
	}
	buf_release(&text);
	return rc;
}
