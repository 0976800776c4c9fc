/* Time: the wall clock, and civil dates, months, quarters and years.
 * A date inside wellhead is days since 1970-01-01 or its ISO text.
 */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include "buf.h"

/* Milliseconds since 1970-01-01T00:00Z. clock_fix(ms) makes clock_ms() answer
 * ms (tests only; 0 gives the real clock back); so does the environment
 * variable WELLHEAD_NOW (ms), read once, that the command tests use. */
int64_t clock_ms(void);
/* Milliseconds that go on whatever is done to the clock: for waits. */
int64_t clock_steady_ms(void);
void clock_fix(int64_t ms);

/* Proleptic Gregorian (Howard Hinnant's civil_from_days). */
int64_t days_from_civil(int64_t y, int m, int d);
void civil_from_days(int64_t days, int64_t *y, int *m, int *d);

/* Parsers take what clerks write and give the ISO text:
 *   date     2022-03-08 2022/3/8 2022.3.8 2022年3月8日, Excel serial 44628
 *            -> "2022-03-08"  (years 1900..2199)
 *   month    2022-03 2022/3 2022年3月            -> "2022-03"
 *   quarter  2022Q1 2022q1 2022年1季度           -> "2022Q1"
 *   period   a quarter, a month, or a year 2022  -> as such
 * Surrounding spaces are allowed, full-width digits too. False if not one;
 * out is then untouched. */
#define DATE_TEXT 16
bool date_parse(struct slice s, char out[DATE_TEXT]);
bool month_parse(struct slice s, char out[DATE_TEXT]);
bool quarter_parse(struct slice s, char out[DATE_TEXT]);
bool period_parse(struct slice s, char out[DATE_TEXT]);

/* First and last day, ISO text, of a canonical period or date. */
bool period_range(const char *period, char first[DATE_TEXT],
    char last[DATE_TEXT]);

/* Strict: "YYYY-MM-DD" that exists. */
bool date_days(struct slice iso, int64_t *days);
void date_text(int64_t days, char out[DATE_TEXT]);
/* "2022-03-08T09:15:02Z" of ms since 1970. */
void time_text(int64_t ms, char out[32]);

#endif
