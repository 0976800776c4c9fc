/* The clock, and civil dates as clerks write them. */
#include "date.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "text.h"

#define YEAR_MIN 1900
#define YEAR_MAX 2199
#define EXCEL_1970 25569	/* Excel's number for 1970-01-01 */
#define FOLD_MAX 24

/* The tests' clock; 0 is the real one. The environment is asked once. */
static _Atomic int64_t fixed_ms;
static atomic_flag asked = ATOMIC_FLAG_INIT;

int64_t clock_steady_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_ms(void)
{
	const char *now;
	struct timespec t;
	int64_t ms;

	if (!atomic_flag_test_and_set(&asked)) {
		now = getenv("WELLHEAD_NOW");
		if (now != NULL)
			atomic_store(&fixed_ms, strtoll(now, NULL, 10));
	}
	ms = atomic_load(&fixed_ms);
	if (ms != 0)
		return ms;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void clock_fix(int64_t ms)
{
	atomic_flag_test_and_set(&asked);
	atomic_store(&fixed_ms, ms);
}

int64_t days_from_civil(int64_t y, int m, int d)
{
	int64_t era, yoe, doy, doe;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

void civil_from_days(int64_t days, int64_t *y, int *m, int *d)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*d = (int)(doy - (153 * mp + 2) / 5 + 1);
	*m = (int)(mp < 10 ? mp + 3 : mp - 9);
	*y = yoe + era * 400 + (*m <= 2);
}

/* Reduce what was typed to a few ASCII letters, so that a pattern can be
 * compared: full-width forms to ASCII, Y M D for the Chinese words, S for
 * "quarter". Chinese numerals one to four stand for quarters mostly. */
static const struct {
	uint32_t from;
	char to;
} fold_map[] = { { 0x5e74, 'Y' }, { 0x6708, 'M' }, { 0x65e5, 'D' },
	{ 0x53f7, 'D' }, { 0x5b63, 'S' }, { 0x5ea6, '\0' }, { 0x7b2c, '\0' },
	{ 0x4e00, '1' }, { 0x4e8c, '2' }, { 0x4e09, '3' }, { 0x56db, '4' },
	{ 'q', 'Q' } };

/* True with *to, '\0' for a character that is dropped. */
static bool fold_char(uint32_t cp, char *to)
{
	size_t i;

	if (cp >= 0xff01 && cp <= 0xff5e)
		cp -= 0xfee0;
	if ((cp >= '-' && cp <= '9') || cp == 'Q') {
		*to = (char)cp;
		return true;
	}
	for (i = 0; i < sizeof(fold_map) / sizeof(*fold_map); i++)
		if (fold_map[i].from == cp) {
			*to = fold_map[i].to;
			return true;
		}
	return false;
}

static bool is_space(uint32_t cp)
{
	return cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0x3000 ||
	    cp == 0xa0 || cp == 0xfeff;
}

static bool fold(struct slice s, char out[FOLD_MAX])
{
	size_t i = 0, n = 0;
	bool ended = false;
	uint32_t cp;
	char c;

	while (i < s.n) {
		cp = utf8_next(s, &i);
		if (is_space(cp)) {
			ended = n > 0;
			continue;
		}
		if (ended || n + 1 >= FOLD_MAX || !fold_char(cp, &c))
			return false;
		if (c != '\0')
			out[n++] = c;
	}
	out[n] = '\0';
	return n > 0;
}

/* Match text with a pattern: y four digits, m d one or two, q one, n five or
 * six, anything else itself. The numbers go into v in order. */
static bool match(const char *text, const char *pattern, int v[3])
{
	int most, n;

	for (; *pattern != '\0'; pattern++) {
		if (strchr("ymdqn", *pattern) == NULL) {
			if (*text++ != *pattern)
				return false;
			continue;
		}
		most = *pattern == 'y' ? 4 : *pattern == 'n' ? 6 :
		    *pattern == 'q' ? 1 : 2;
		for (n = 0, *v = 0; n < most && *text >= '0' && *text <= '9';
		    n++)
			*v = *v * 10 + (*text++ - '0');
		if (n == 0 || (*pattern == 'y' && n < 4) ||
		    (*pattern == 'n' && n < 5))
			return false;
		v++;
	}
	return *text == '\0';
}

static bool match_any(const char *text, const char *const *pattern, int v[3])
{
	for (; *pattern != NULL; pattern++)
		if (match(text, *pattern, v))
			return true;
	return false;
}

static bool year_ok(int64_t y)
{
	return y >= YEAR_MIN && y <= YEAR_MAX;
}

static bool civil_ok(int y, int m, int d)
{
	int64_t year;
	int month, day;

	if (!year_ok(y) || m < 1 || m > 12 || d < 1 || d > 31)
		return false;
	civil_from_days(days_from_civil(y, m, d), &year, &month, &day);
	return month == m && day == d;
}

bool date_parse(struct slice s, char out[DATE_TEXT])
{
	static const char *const form[] = { "y-m-d", "y/m/d", "y.m.d",
		"yYmMdD", NULL };
	char text[FOLD_MAX];
	int v[3], m, d;
	int64_t y;

	if (!fold(s, text))
		return false;
	if (match_any(text, form, v)) {
		if (!civil_ok(v[0], v[1], v[2]))
			return false;
		date_text(days_from_civil(v[0], v[1], v[2]), out);
		return true;
	}
	/* Excel's serial; five digits at least, so that a lone year is not
	 * taken for a day in 1905. */
	if (!match(text, "n", v))
		return false;
	civil_from_days(v[0] - EXCEL_1970, &y, &m, &d);
	if (!year_ok(y))
		return false;
	date_text(v[0] - EXCEL_1970, out);
	return true;
}

bool month_parse(struct slice s, char out[DATE_TEXT])
{
	/* No "y.m": a spreadsheet turns 2022.10 into 2022.1. */
	static const char *const form[] = { "y-m", "y/m", "yYmM", NULL };
	char text[FOLD_MAX];
	int v[3];

	if (!fold(s, text) || !match_any(text, form, v) || !year_ok(v[0]) ||
	    v[1] < 1 || v[1] > 12)
		return false;
	snprintf(out, DATE_TEXT, "%04d-%02d", v[0], v[1]);
	return true;
}

bool quarter_parse(struct slice s, char out[DATE_TEXT])
{
	static const char *const form[] = { "yQq", "y-Qq", "yYqS", NULL };
	char text[FOLD_MAX];
	int v[3];

	if (!fold(s, text) || !match_any(text, form, v) || !year_ok(v[0]) ||
	    v[1] < 1 || v[1] > 4)
		return false;
	snprintf(out, DATE_TEXT, "%04dQ%d", v[0], v[1]);
	return true;
}

bool period_parse(struct slice s, char out[DATE_TEXT])
{
	static const char *const form[] = { "y", "yY", NULL };
	char text[FOLD_MAX];
	int v[3];

	if (quarter_parse(s, out) || month_parse(s, out))
		return true;
	if (!fold(s, text) || !match_any(text, form, v) || !year_ok(v[0]))
		return false;
	snprintf(out, DATE_TEXT, "%04d", v[0]);
	return true;
}

bool period_range(const char *period, char first[DATE_TEXT],
    char last[DATE_TEXT])
{
	int v[3] = { 0, 0, 0 }, from = 1, to = 12;
	int64_t days;

	if (date_days(slice_str(period), &days)) {
		date_text(days, first);
		date_text(days, last);
		return true;
	}
	if (match(period, "yQq", v) && v[1] >= 1 && v[1] <= 4) {
		from = v[1] * 3 - 2;
		to = v[1] * 3;
	} else if (match(period, "y-m", v) && v[1] >= 1 && v[1] <= 12) {
		from = to = v[1];
	} else if (!match(period, "y", v)) {
		return false;
	}
	date_text(days_from_civil(v[0], from, 1), first);
	date_text(days_from_civil(v[0] + to / 12, to % 12 + 1, 1) - 1, last);
	return true;
}

bool date_days(struct slice iso, int64_t *days)
{
	char text[11];
	int v[3];

	if (iso.n != 10 || memchr(iso.p, '\0', iso.n) != NULL)
		return false;
	memcpy(text, iso.p, 10);
	text[10] = '\0';
	/* Ten characters of this pattern have two digits for month and day. */
	if (!match(text, "y-m-d", v) || !civil_ok(v[0], v[1], v[2]))
		return false;
	*days = days_from_civil(v[0], v[1], v[2]);
	return true;
}

void date_text(int64_t days, char out[DATE_TEXT])
{
	int64_t y;
	int m, d;

	civil_from_days(days, &y, &m, &d);
	snprintf(out, DATE_TEXT, "%04d-%02d-%02d", (int)(y % 10000), m, d);
}

void time_text(int64_t ms, char out[32])
{
	char date[DATE_TEXT];
	int64_t s = ms / 1000 - (ms % 1000 < 0);
	int64_t days = s / 86400 - (s % 86400 < 0);
	unsigned rest = (unsigned)(s - days * 86400) % 86400;

	date_text(days, date);
	snprintf(out, 32, "%sT%02u:%02u:%02uZ", date, rest / 3600,
	    rest / 60 % 60, rest % 60);
}
