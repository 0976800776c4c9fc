/* Numbers that name a person: identity, phone, bank card. */
#include "pii.h"

#include "base/date.h"
#include "base/text.h"
#include "number.h"

/* One number as written: groups of digits with one separator between two.
 * Longer ones are looked at piece by piece, each piece beginning where a
 * group does. */
#define DIGITS_MAX 64
#define GROUPS_MAX 24

struct number {
	char digit[DIGITS_MAX];		/* '0'..'9', or 'X' at an end */
	size_t at[DIGITS_MAX];		/* where in the text */
	size_t n;
	size_t group[GROUPS_MAX + 1];	/* where each begins; then n */
	size_t ngroup;
};

static bool is_separator(uint32_t cp)
{
	static const uint32_t list[] = { ' ', '-', 0xa0, 0x2010, 0x2011,
		0x2013, 0x2014, 0x3000, 0xff0d };

	for (size_t i = 0; i < sizeof list / sizeof *list; i++)
		if (cp == list[i])
			return true;
	return false;
}

/* The digit's character, 'X' for that letter, 0 for all else. */
static char digit_of(uint32_t cp)
{
	if (cp >= 0xff01 && cp <= 0xff5e)
		cp -= 0xfee0;
	if (cp >= '0' && cp <= '9')
		return (char)cp;
	return cp == 'X' || cp == 'x' ? 'X' : 0;
}

static bool is_full(const struct number *d)
{
	return d->n == DIGITS_MAX || d->ngroup == GROUPS_MAX;
}

/* Read the number whose first digit stands at *i and move *i past it. An X
 * ends it. A run longer than fits goes on in the next call, from far enough
 * back that nothing is cut in two. */
static void read_number(struct slice s, size_t *i, struct number *d)
{
	bool gap = true;
	size_t k = *i, at;
	uint32_t cp;
	char c;

	*d = (struct number){0};
	while (k < s.n && !is_full(d)) {
		at = k;
		cp = utf8_next(s, &k);
		c = digit_of(cp);
		if (c == 0 && (gap || !is_separator(cp)))
			break;
		if (c == 0) {
			gap = true;
			continue;
		}
		if (c == 'X' && (gap || d->n < 17))
			break;
		if (gap)
			d->group[d->ngroup++] = d->n;
		gap = false;
		d->at[d->n] = at;
		d->digit[d->n++] = c;
		*i = k;
		if (c == 'X')
			break;
	}
	d->group[d->ngroup] = d->n;
	if (is_full(d))
		*i = d->at[d->n - 20];
}

/* A day of birth that somebody alive may have. */
static bool is_birth(int century, const char *yymmdd)
{
	char text[DATE_TEXT], today[DATE_TEXT];
	int64_t days;

	date_text(clock_ms() / 86400000 + 1, today);
	snprintf(text, sizeof text, "%02d%.2s-%.2s-%.2s", century % 100,
	    yymmdd, yymmdd + 2, yymmdd + 4);
	return date_days(slice_str(text), &days) && strcmp(text, today) <= 0;
}

static bool is_idno(const char *d, size_t n)
{
	if (!number_province(slice_of(d, n)))
		return false;
	if (n == 15)
		return is_birth(19, d + 6);
	return n == 18 && (!strncmp(d + 6, "19", 2) ||
	    !strncmp(d + 6, "20", 2)) && is_birth(d[6] == '1' ? 19 : 20,
	    d + 8);
}

/* Of one piece whatever it is: what else is as long is rare, and worse to
 * let through. */
static bool is_card(const char *d, size_t n)
{
	return n >= 16 && n <= 19 && number_digits(slice_of(d, n));
}

/* 11 digits, with the country's 86 or 0086 before them or not. */
static bool is_phone(const char *d, size_t n)
{
	if (n == 15 && !strncmp(d, "0086", 4)) {
		d += 4;
		n -= 4;
	} else if (n == 13 && !strncmp(d, "86", 2)) {
		d += 2;
		n -= 2;
	}
	return n == 11 && d[0] == '1' && d[1] >= '3' && d[1] <= '9';
}

/* One unbroken group of digits. */
static enum pii_kind kind_of(const char *d, size_t n)
{
	if ((n == 15 || n == 18) && is_idno(d, n))
		return PII_IDNO;
	if (is_phone(d, n))
		return PII_PHONE;
	return is_card(d, n) ? PII_CARD : PII_NONE;
}

/* Groups from..to-1 together. They count only in the shapes that people
 * write (3-4-4, 4-4-4-4 ...), since dates and amounts stand side by side,
 * too. A country's code before them is a group that is passed over. */
static enum pii_kind kind_of_groups(const struct number *d, size_t from,
    size_t to)
{
	const char *p = d->digit + d->group[from];
	size_t n = d->group[to] - d->group[from], last, first;
	bool fours = true;

	if (is_idno(p, n) && number_mod11(slice_of(p, n)))
		return PII_IDNO;
	first = d->group[from + 1] - d->group[from];
	last = n - (d->group[to - 1] - d->group[from]);
	for (size_t i = from; i + 1 < to; i++)
		fours = fours && d->group[i + 1] - d->group[i] == 4;
	if (fours && last <= 4 && *p >= '3' && *p <= '6' && is_card(p, n) &&
	    number_luhn(slice_of(p, n)))
		return PII_CARD;
	return n == 11 && (first == 3 || first == 7) &&
	    (last == 4 || last == 8) && is_phone(p, n) ? PII_PHONE : PII_NONE;
}

/* An identity number inside a longer run must pass its sum. */
static bool idno_inside(const struct number *d, size_t from, size_t to,
    size_t *at)
{
	for (size_t i = from; i + 18 <= to && to - from > 18; i++)
		if (is_idno(d->digit + i, 18) &&
		    number_mod11(slice_of(d->digit + i, 18))) {
			*at = i;
			return true;
		}
	return false;
}

static enum pii_kind kind_at(const struct number *d, size_t from, size_t *at)
{
	size_t a = d->group[from], b = d->group[from + 1];
	enum pii_kind kind = kind_of(d->digit + a, b - a);

	*at = a;
	if (kind == PII_NONE && idno_inside(d, a, b, at))
		return PII_IDNO;
	for (size_t to = from + 2; to <= d->ngroup && kind == PII_NONE &&
	    d->group[to] - a <= 20; to++)
		kind = kind_of_groups(d, from, to);
	return kind;
}

bool pii_find(struct slice text, enum pii_kind *kind, size_t *at)
{
	struct number d;
	size_t i = 0, from, found;

	while (i < text.n) {
		from = i;
		if (digit_of(utf8_next(text, &i)) == 0)
			continue;
		i = from;
		read_number(text, &i, &d);
		for (size_t g = 0; g < d.ngroup; g++) {
			*kind = kind_at(&d, g, &found);
			if (*kind != PII_NONE) {
				*at = d.at[found];
				return true;
			}
		}
		if (i == from)		/* a lone X */
			(void)utf8_next(text, &i);
	}
	*kind = pii_illness(text, at) ? PII_ILLNESS : PII_NONE;
	return *kind != PII_NONE;
}

const char *pii_text(enum pii_kind kind)
{
	static const char *const text[] = {
#define X(c, words) words,
		PII_MAP(X)
#undef X
	};

	return _(text[(unsigned)kind < PII_COUNT ? kind : PII_NONE]);
}
