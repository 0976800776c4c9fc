/* The way to a remote: its window, its slices, what is urgent.
 */
#include "remote_link.h"

#include <time.h>

#include "base/date.h"
#include "store_db.h"

enum err_code remote_link_get(struct store *s, const char *remote,
    struct remote_link *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r;
	bool row;

	*out = (struct remote_link){0};
	if ((r = store_stmt(s, SQL_LINK_GET, &st, e)) != OK)
		return r;
	bind_text(st, 1, remote);
	if ((r = store_step(s, st, &row, e)) != OK || !row)
		return r;
	column_text(st, 0, out->window, sizeof out->window);
	out->slice = (uint32_t)sqlite3_column_int64(st, 1);
	sqlite3_reset(st);
	return OK;
}

enum err_code remote_link_set(struct store *s, const char *remote,
    const struct remote_link *l, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code r = store_stmt(s, SQL_LINK_SET, &st, e);

	if (r != OK)
		return r;
	bind_text(st, 1, remote);
	bind_text(st, 2, l->window);
	sqlite3_bind_int64(st, 3, l->slice);
	return store_run(s, st, e);
}

/* "HH:MM" as minutes of the day; -1 when it is not one. */
static int minutes(const char *s)
{
	int h, m;

	if (strspn(s, "0123456789") != 2 || s[2] != ':' ||
	    strspn(s + 3, "0123456789") != 2)
		return -1;
	h = (s[0] - '0') * 10 + s[1] - '0';
	m = (s[3] - '0') * 10 + s[4] - '0';
	return h < 24 && m < 60 ? h * 60 + m : -1;
}

bool remote_window_ok(const char *text)
{
	return strlen(text) == WINDOW_TEXT - 1 && minutes(text) >= 0 &&
	    text[5] == '-' && minutes(text + 6) >= 0 &&
	    minutes(text) != minutes(text + 6);
}

bool remote_window_open(const struct remote_link *l, int64_t ms)
{
	time_t t = (time_t)(ms / 1000);
	struct tm tm;
	int from, to, now;

	if (!remote_window_ok(l->window) || !localtime_r(&t, &tm))
		return true;
	from = minutes(l->window);
	to = minutes(l->window + 6);
	now = tm.tm_hour * 60 + tm.tm_min;
	return from < to ? now >= from && now < to : now >= from || now < to;
}

enum err_code urgent_waits(struct store *s, const char *remote, bool *yes,
    struct err *e)
{
	char today[DATE_TEXT];
	sqlite3_stmt *st;
	enum err_code r;
	bool row;

	*yes = false;
	date_text(clock_ms() / 86400000, today);
	if ((r = store_stmt(s, SQL_URGENT, &st, e)) != OK)
		return r;
	bind_text(st, 1, remote);
	sqlite3_bind_int64(st, 2, store_identity(s)->number);
	bind_text(st, 3, today);
	if ((r = store_step(s, st, &row, e)) != OK)
		return r;
	*yes = row && sqlite3_column_int64(st, 0) != 0;
	sqlite3_reset(st);
	return OK;
}
