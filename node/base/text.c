/* UTF-8, hex and Crockford base32. */
#include "text.h"

#define BAD ((uint32_t)-1)

/* Bytes in the sequence that lead begins, its payload bits and the smallest
 * code point that may be written so (RFC 3629 section 3); 0 bytes if none. */
static unsigned lead_length(unsigned char lead, uint32_t *bits, uint32_t *least)
{
	static const struct {
		unsigned char mask, want;
		uint32_t least;
	} form[] = { { 0x80, 0x00, 0 }, { 0xe0, 0xc0, 0x80 },
		{ 0xf0, 0xe0, 0x800 }, { 0xf8, 0xf0, 0x10000 } };
	unsigned i;

	for (i = 0; i < 4; i++)
		if ((lead & form[i].mask) == form[i].want) {
			*bits = lead & (unsigned char)~form[i].mask;
			*least = form[i].least;
			return i + 1;
		}
	return 0;
}

uint32_t utf8_next(struct slice s, size_t *i)
{
	uint32_t cp = 0, least = 0;
	unsigned n, k;

	if (*i >= s.n)
		return BAD;
	n = lead_length(s.p[*i], &cp, &least);
	if (n == 0 || n > s.n - *i) {
		++*i;
		return BAD;
	}
	for (k = 1; k < n; k++) {
		unsigned char c = s.p[*i + k];

		if ((c & 0xc0) != 0x80)
			break;
		cp = cp << 6 | (c & 0x3f);
	}
	if (k < n || cp < least || cp > 0x10ffff ||
	    (cp >= 0xd800 && cp <= 0xdfff)) {
		++*i;
		return BAD;
	}
	*i += n;
	return cp;
}

bool utf8_valid(struct slice s)
{
	size_t i = 0;
	uint32_t cp;

	while (i < s.n) {
		if (s.p[i] != 0 && s.p[i] < 0x80) {
			i++;
			continue;
		}
		cp = utf8_next(s, &i);
		if (cp == BAD || cp == 0)
			return false;
	}
	return true;
}

size_t utf8_count(struct slice s)
{
	size_t i, n = 0;

	for (i = 0; i < s.n; i++)
		n += (s.p[i] & 0xc0) != 0x80;
	return n;
}

void utf8_add(struct buf *b, uint32_t cp)
{
	if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		cp = 0xfffd;
	if (cp < 0x80) {
		buf_addc(b, (unsigned char)cp);
		return;
	}
	if (cp < 0x800) {
		buf_addc(b, (unsigned char)(0xc0 | cp >> 6));
	} else {
		if (cp < 0x10000) {
			buf_addc(b, (unsigned char)(0xe0 | cp >> 12));
		} else {
			buf_addc(b, (unsigned char)(0xf0 | cp >> 18));
			buf_addc(b, (unsigned char)(0x80 | (cp >> 12 & 0x3f)));
		}
		buf_addc(b, (unsigned char)(0x80 | (cp >> 6 & 0x3f)));
	}
	buf_addc(b, (unsigned char)(0x80 | (cp & 0x3f)));
}

size_t utf8_cut(struct slice s, size_t n)
{
	size_t at = n;

	if (n >= s.n)
		return s.n;
	/* No character is longer than four bytes, whatever the input. */
	while (at > 0 && n - at < 3 && (s.p[at] & 0xc0) == 0x80)
		at--;
	return at;
}

struct range {
	uint32_t from, to;
};

static bool in_ranges(uint32_t cp, const struct range *r, size_t n)
{
	size_t i;

	for (i = 0; i < n && cp >= r[i].from; i++)
		if (cp <= r[i].to)
			return true;
	return false;
}

#define IN(cp, table) in_ranges(cp, table, sizeof(table) / sizeof(*(table)))

/* The blocks of Unicode's EastAsianWidth.txt that are wide or full-width,
 * coarsely, and those that take no column. */
static const struct range wide[] = { { 0x1100, 0x115f }, { 0x2e80, 0x303e },
	{ 0x3041, 0xa4cf }, { 0xa960, 0xa97f }, { 0xac00, 0xd7a3 },
	{ 0xf900, 0xfaff }, { 0xfe30, 0xfe6f }, { 0xff01, 0xff60 },
	{ 0xffe0, 0xffe6 }, { 0x1f300, 0x1f64f }, { 0x1f900, 0x1f9ff },
	{ 0x20000, 0x3fffd } };
static const struct range zero[] = { { 0x300, 0x36f }, { 0x200b, 0x200f },
	{ 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff } };
static const struct range han[] = { { 0x3005, 0x3005 }, { 0x3007, 0x3007 },
	{ 0x3400, 0x4dbf }, { 0x4e00, 0x9fff }, { 0xf900, 0xfaff },
	{ 0x20000, 0x323af } };

size_t utf8_width(struct slice s)
{
	size_t i = 0, n = 0;
	uint32_t cp;

	while (i < s.n) {
		cp = utf8_next(s, &i);
		n += IN(cp, wide) ? 2 : IN(cp, zero) ? 0 : 1;
	}
	return n;
}

bool is_han(uint32_t cp)
{
	return IN(cp, han);
}

void hex_add(struct buf *b, struct slice s)
{
	static const char digit[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < s.n; i++) {
		buf_addc(b, (unsigned char)digit[s.p[i] >> 4]);
		buf_addc(b, (unsigned char)digit[s.p[i] & 15]);
	}
}

static int hex_digit(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void shell_word_add(struct buf *b, const char *s)
{
	buf_addc(b, '\'');
	for (; *s != '\0'; s++) {
		/* '!' is history to some shells, quoted or not */
		if (*s == '\'' || *s == '!')
			buf_printf(b, "'\\%c'", *s);
		else
			buf_addc(b, (unsigned char)*s);
	}
	buf_addc(b, '\'');
}

bool hex_decode(struct slice s, unsigned char *out, size_t n)
{
	size_t i;
	int hi, lo;

	if (s.n / 2 != n || s.n % 2 != 0)
		return false;
	for (i = 0; i < n; i++) {
		hi = hex_digit(s.p[2 * i]);
		lo = hex_digit(s.p[2 * i + 1]);
		if (hi < 0 || lo < 0)
			return false;
		out[i] = (unsigned char)(hi << 4 | lo);
	}
	return true;
}

static const char base32[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void base32_stamp(char out[STAMP_DIGITS + 1], uint64_t v)
{
	int i;

	for (i = STAMP_DIGITS - 1; i >= 0; i--, v >>= 5)
		out[i] = base32[v & 31];
	out[STAMP_DIGITS] = '\0';
}

static int base32_digit(char c)
{
	const char *at;

	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c == 'I' || c == 'L')
		c = '1';
	else if (c == 'O')
		c = '0';
	at = c == '\0' ? NULL : strchr(base32, c);
	return at == NULL ? -1 : (int)(at - base32);
}

bool base32_prefix(const char *s, uint64_t *lo, uint64_t *hi)
{
	uint64_t v = 0;
	unsigned n = 0, shift;
	int d;

	for (; *s != '\0'; s++) {
		if (*s == '-')
			continue;
		d = base32_digit(*s);
		/* 13 digits hold 65 bits: the first has four of ours. */
		if (d < 0 || n == STAMP_DIGITS || (n == 0 && d > 15))
			return false;
		v = v << 5 | (unsigned)d;
		n++;
	}
	if (n == 0)
		return false;
	shift = 5 * (STAMP_DIGITS - n);
	*lo = v << shift;
	*hi = *lo | (((uint64_t)1 << shift) - 1);
	return true;
}
