/* Working days: weekends, public holidays, and the weekend days that are
 * worked for them (调休).
 *
 * node/catalogue/holidays.json ships the years announced so far. HQ replaces
 * or adds whole years by an issued `document` of kind `calendar`, whose lines
 * are, like the file's:
 *   code   a day "2021-02-11" or a span of at most 60 "2021-02-11..2021-02-17"
 *   name   what for (free)
 *   value  "off" or 休; "work" or 班
 * A year that its lines name is that document's alone; of several documents
 * the one issued last counts. A line that cannot be read is left out. In a
 * year nobody has told about, only weekends are off: calendar_gap() says so.
 */
#ifndef NODE_CALENDAR_H
#define NODE_CALENDAR_H

#include "store.h"

struct calendar;

/* s NULL: what is shipped, alone. The caller owns *out: calendar_free(). */
MUST_USE enum err_code calendar_load(struct calendar **out, struct store *s,
    struct err *e);
void calendar_free(struct calendar *c);

/* Days are since 1970-01-01, as in base/date.h. */
bool calendar_workday(struct calendar *c, int64_t day);
/* The n-th working day after day; n < 0: before it; 0: day itself, or the
 * next one that is worked. n beyond +-5000 is taken as that. */
int64_t calendar_add(struct calendar *c, int64_t day, int64_t n);
/* Working days from first to last, both counted; 0 if last is earlier. Spans
 * beyond 20000 days are cut to that. */
int64_t calendar_count(struct calendar *c, int64_t first, int64_t last);
/* The first year asked about of which only weekends are known; 0: none. */
int calendar_gap(const struct calendar *c);

#endif
