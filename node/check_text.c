/* Text as people type or paste it: cleaning, doubts, numbers. */
#include "check_impl.h"

#include <math.h>

#include "base/text.h"

#define INT_MAX_53 (INT64_C(1) << 53)
#define IDEOGRAPHIC_SPACE 0x3000

static bool is_space(uint32_t cp)
{
	return cp == ' ' || cp == '\t' || cp == '\n' || cp == '\r' ||
	    cp == IDEOGRAPHIC_SPACE || cp == 0xa0 || cp == 0xfeff;
}

static bool is_control(uint32_t cp)
{
	return (cp < 0x20 && cp != '\n' && cp != '\t') ||
	    (cp >= 0x7f && cp < 0xa0);
}

/* Bounds of s without the spaces at both ends. */
static struct slice trim(struct slice s)
{
	size_t first = s.n, end = 0, i = 0, at;

	while (i < s.n) {
		at = i;
		if (is_space(utf8_next(s, &i)))
			continue;
		if (first == s.n)
			first = at;
		end = i;
	}
	return end > first ? slice_of(s.p + first, end - first) :
	    slice_of("", 0);
}

bool text_clean(struct slice in, const struct field *f, struct buf *out,
    struct problems *p)
{
	struct slice s;
	size_t i = 0, at;

	buf_clear(out);
	if (!utf8_valid(in)) {
		problems_error(p, ERR_ENCODING, f->key,
		    _("%s (%s) is not readable text; save the file as UTF-8 "
		      "or GB18030"), f->zh, f->key);
		return false;
	}
	s = trim(in);
	while (i < s.n) {
		at = i;
		uint32_t cp = utf8_next(s, &i);

		if (cp == '\r' && i < s.n && s.p[i] == '\n')
			continue;
		if (is_control(cp)) {
			problems_error(p, ERR_TYPE, f->key,
			    _("%s (%s) has the control character U+%04X; "
			      "take it out"), f->zh, f->key, (unsigned)cp);
			return false;
		}
		buf_add(out, s.p + at, i - at);
	}
	return true;
}

/* Vowels with a tone mark, as pinyin writes them. */
static bool is_toned(uint32_t cp)
{
	static const uint16_t toned[] = {
		0xe0, 0xe1, 0xe8, 0xe9, 0xec, 0xed, 0xf2, 0xf3, 0xf9, 0xfa,
		0x101, 0x113, 0x11b, 0x12b, 0x14d, 0x16b, 0x1ce, 0x1d0,
		0x1d2, 0x1d4, 0x1d6, 0x1d8, 0x1da, 0x1dc,
	};
	size_t i;

	for (i = 0; i < sizeof(toned) / sizeof(toned[0]); i++)
		if (toned[i] == cp)
			return true;
	return false;
}

/* "(huà)" or "(dǎo )" at i: only letters and spaces, one of them toned, so
 * that a plain "(app)" gives no alarm. */
static bool pinyin_at(struct slice s, size_t i)
{
	size_t letters = 0;
	bool toned = false;
	uint32_t cp;

	while (i < s.n && letters < 16) {
		cp = utf8_next(s, &i);
		if (cp == ')')
			return toned;
		toned |= is_toned(cp);
		if (!is_toned(cp) && cp != ' ' && cp != 0xfc &&
		    !(cp >= 'a' && cp <= 'z'))
			return false;
		letters++;
	}
	return false;
}

void text_mangled(struct slice s, const struct field *f, struct problems *p)
{
	uint32_t before = 0, cp;
	size_t i = 0;
	bool bad = false;

	while (i < s.n && !bad) {
		cp = utf8_next(s, &i);
		bad = cp == 0xfffd || (before == '?' && cp == 0xff1b) ||
		    (is_han(before) && cp == '(' && pinyin_at(s, i));
		before = cp;
	}
	if (bad)
		problems_warn(p, "W_MANGLED", f->key,
		    _("%s (%s) looks damaged (pinyin in brackets, or broken "
		      "characters from a web page); compare it with the "
		      "original"), f->zh, f->key);
}

void text_narrow(struct buf *b)
{
	struct slice s = slice_buf(b);
	size_t i = 0, to = 0, at;
	uint32_t cp;

	while (i < s.n) {
		at = i;
		cp = utf8_next(s, &i);
		if (cp >= 0xff01 && cp <= 0xff5e) {
			b->p[to++] = (unsigned char)(cp - 0xfee0);
		} else if (cp == 0xffe5 || cp == 0xa5) {
			/* both yen signs to one spelling, two bytes */
			b->p[to++] = 0xc2;
			b->p[to++] = 0xa5;
		} else {
			memmove(b->p + to, b->p + at, i - at);
			to += i - at;
		}
	}
	b->n = to;
	if (b->p)
		b->p[to] = '\0';
}

bool text_int(struct slice s, int64_t *out, bool *range)
{
	size_t i = 0;
	int64_t v = 0;
	bool neg = false;

	*range = false;
	if (s.n && (s.p[0] == '-' || s.p[0] == '+'))
		neg = s.p[i++] == '-';
	if (i == s.n)
		return false;
	for (; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (s.p[i] - '0');
		if (v > INT_MAX_53) {
			*range = true;
			v = INT_MAX_53;
		}
	}
	*out = neg ? -v : v;
	return true;
}

/* Digits with at most one point among them; *decimals counts those after
 * it. An optional sign comes first. */
static bool is_decimal(struct slice s, size_t *decimals)
{
	size_t i = s.n && (s.p[0] == '-' || s.p[0] == '+'), digits = 0;
	bool point = false;

	*decimals = 0;
	for (; i < s.n; i++) {
		if (s.p[i] == '.' && !point) {
			point = true;
			continue;
		}
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		digits++;
		*decimals += point;
	}
	return digits > 0;
}

bool text_real(struct slice s, double *out)
{
	char text[64], *end;
	size_t decimals;

	if (s.n >= sizeof(text) || !is_decimal(s, &decimals))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	*out = strtod(text, &end) + 0.0;
	return *end == '\0' && isfinite(*out);
}

static bool cut_prefix(struct slice *s, const char *prefix)
{
	size_t n = strlen(prefix);

	if (s->n < n || memcmp(s->p, prefix, n) != 0)
		return false;
	*s = trim(slice_of(s->p + n, s->n - n));
	return true;
}

static bool cut_suffix(struct slice *s, const char *suffix)
{
	size_t n = strlen(suffix);

	if (s->n < n || memcmp(s->p + s->n - n, suffix, n) != 0)
		return false;
	*s = trim(slice_of(s->p, s->n - n));
	return true;
}

bool text_fen(struct slice s, int64_t *out, bool *range)
{
	char digits[64];
	size_t decimals, i, n = 0;
	bool yuan;

	*range = false;
	yuan = cut_prefix(&s, "\xc2\xa5");
	yuan |= cut_suffix(&s, "元");
	yuan |= s.n && memchr(s.p, '.', s.n);
	if (!yuan)
		return text_int(s, out, range);
	if (s.n > sizeof(digits) - 3 || !is_decimal(s, &decimals) ||
	    decimals > 2)
		return false;
	for (i = 0; i < s.n; i++)
		if (s.p[i] != '.')
			digits[n++] = (char)s.p[i];
	for (; decimals < 2; decimals++)
		digits[n++] = '0';
	return text_int(slice_of(digits, n), out, range);
}
