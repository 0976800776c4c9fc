/* A byte for each day of the years that are known. */
#include "calendar.h"

#include "base/date.h"
#include "catalogue_json.h"
#include "store_db.h"

#define FIRST_YEAR 1900
#define LAST_YEAR 2199
#define SPAN_MAX 60
#define STEPS_MAX 5000
#define COUNT_MAX 20000

enum mark { MARK_NONE, MARK_OFF, MARK_WORK };

struct year {
	unsigned char day[366];		/* enum mark */
};

struct calendar {
	struct year *year[LAST_YEAR - FIRST_YEAR + 1];	/* NULL: unknown */
	int gap;
};

static bool year_of(int64_t day, int *year, size_t *index)
{
	int64_t y;
	int m, d;

	civil_from_days(day, &y, &m, &d);
	if (y < FIRST_YEAR || y > LAST_YEAR)
		return false;
	*year = (int)y;
	*index = (size_t)(day - days_from_civil(y, 1, 1));
	return true;
}

/* "2021-02-11" or "2021-02-11..2021-02-17". */
static bool read_span(const char *code, int64_t *first, int64_t *last)
{
	const char *dots = code ? strstr(code, "..") : NULL;
	char iso[DATE_TEXT];

	if (!code)
		return false;
	if (!date_parse(slice_of(code, dots ? (size_t)(dots - code) :
	    strlen(code)), iso) || !date_days(slice_str(iso), first))
		return false;
	*last = *first;
	if (dots && (!date_parse(slice_str(dots + 2), iso) ||
	    !date_days(slice_str(iso), last)))
		return false;
	return *first <= *last && *last - *first < SPAN_MAX;
}

static enum mark read_mark(const char *value)
{
	static const struct { const char *word; enum mark mark; } words[] = {
		{ "off", MARK_OFF }, { "休", MARK_OFF },
		{ "work", MARK_WORK }, { "班", MARK_WORK },
	};

	for (size_t i = 0; value && i < sizeof words / sizeof *words; i++)
		if (!strcmp(words[i].word, value))
			return words[i].mark;
	return MARK_NONE;
}

static bool read_line(const json_t *line, int64_t *first, int64_t *last,
    enum mark *mark)
{
	*mark = read_mark(json_string_value(json_object_get(line, "value")));
	return *mark != MARK_NONE && read_span(json_string_value(
	    json_object_get(line, "code")), first, last);
}

static enum err_code put(struct calendar *c, int64_t day, enum mark mark,
    bool clear, struct err *e)
{
	struct year **y;
	size_t i;
	int year;

	if (!year_of(day, &year, &i))
		return OK;
	y = &c->year[year - FIRST_YEAR];
	if (!*y && !(*y = calloc(1, sizeof **y)))
		return err_memory(e);
	if (clear)
		memset(*y, 0, sizeof **y);
	else
		(*y)->day[i] = (unsigned char)mark;
	return OK;
}

/* All lines twice: the years they name are wiped before any is filled. */
static enum err_code put_lines(struct calendar *c, const json_t *lines,
    struct err *e)
{
	enum err_code rc = OK;
	int64_t first, last;
	const json_t *line;
	enum mark mark;
	size_t i;

	for (int clear = 1; clear >= 0; clear--)
		json_array_foreach(lines, i, line) {
			if (!read_line(line, &first, &last, &mark))
				continue;
			for (; rc == OK && first <= last; first++)
				rc = put(c, first, mark, clear, e);
		}
	return rc;
}

static enum err_code put_text(struct calendar *c, const char *text,
    const char *key, struct err *e)
{
	json_t *o = json_loads(text, 0, NULL);
	enum err_code rc = put_lines(c, key ? json_object_get(o, key) : o, e);

	json_decref(o);
	return rc;
}

static enum err_code shipped(struct calendar *c, struct err *e)
{
	for (size_t i = 0; i < ncatalogue_files; i++)
		if (!strcmp(catalogue_files[i].name, "holidays.json"))
			return put_text(c, catalogue_files[i].text, "lines",
			    e);
	return OK;
}

static enum err_code issued(struct calendar *c, struct store *s,
    struct err *e)
{
	sqlite3_stmt *st = NULL;
	enum err_code rc = store_stmt(s, SQL_CALENDAR_LINES, &st, e);

	while (store_next(s, st, &rc, e))
		rc = put_text(c, (const char *)sqlite3_column_text(st, 0),
		    NULL, e);
	sqlite3_reset(st);
	return rc;
}

enum err_code calendar_load(struct calendar **out, struct store *s,
    struct err *e)
{
	struct calendar *c = calloc(1, sizeof *c);
	enum err_code rc;

	*out = NULL;
	if (!c)
		return err_memory(e);
	rc = shipped(c, e);
	if (rc == OK && s)
		rc = issued(c, s, e);
	if (rc != OK)
		calendar_free(c);
	else
		*out = c;
	return rc;
}

void calendar_free(struct calendar *c)
{
	for (int y = FIRST_YEAR; c && y <= LAST_YEAR; y++)
		free(c->year[y - FIRST_YEAR]);
	free(c);
}

bool calendar_workday(struct calendar *c, int64_t day)
{
	int64_t weekday = ((day + 3) % 7 + 7) % 7;	/* 0: Monday */
	enum mark mark = MARK_NONE;
	int year = 0;
	size_t i;

	if (year_of(day, &year, &i) && c->year[year - FIRST_YEAR])
		mark = c->year[year - FIRST_YEAR]->day[i];
	else if (!c->gap)
		c->gap = year;
	return mark == MARK_WORK || (mark == MARK_NONE && weekday < 5);
}

int64_t calendar_add(struct calendar *c, int64_t day, int64_t n)
{
	int64_t step = n < 0 ? -1 : 1, left;

	if (n < -STEPS_MAX || n > STEPS_MAX)
		n = step * STEPS_MAX;
	left = step * n;
	while (left == 0 && !calendar_workday(c, day))
		day++;
	while (left > 0) {
		day += step;
		left -= calendar_workday(c, day);
	}
	return day;
}

int64_t calendar_count(struct calendar *c, int64_t first, int64_t last)
{
	int64_t n = 0;

	if (last - first > COUNT_MAX)
		last = first + COUNT_MAX;
	for (; first <= last; first++)
		n += calendar_workday(c, first);
	return n;
}

int calendar_gap(const struct calendar *c)
{
	return c->gap;
}
