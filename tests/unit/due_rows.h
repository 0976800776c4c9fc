/* What the tests of due.h share: headquarters' store, rows put in by SQL so
 * that a rule is tried alone, whatever the rules of entering are. Include once
 * in each program.
 */
#ifndef DUE_ROWS_H
#define DUE_ROWS_H

#include "fixture.h"

#include "base/date.h"
#include "due.h"
#include "store_db.h"

#define NOW INT64_C(1900000000000)	/* 2030-03-17 */

static struct fixture f;

static inline int open_store(void **state)
{
	(void)state;
	clock_fix(NOW);
	fixture_open(&f, "HQ");
	return 0;
}

static inline int close_store(void **state)
{
	(void)state;
	fixture_close(&f);
	clock_fix(0);
	return 0;
}

/* A row of branch TC. */
#define ROW(type, id, state, columns, ...) \
	"INSERT INTO " type "(id, branch, state_at, state, " columns ") " \
	"VALUES (" #id ", 'TC', " #id ", '" state "', " #__VA_ARGS__ ");"
#define SET(type, what) "UPDATE " type " SET " what ";"

static inline void exec(const char *sql)
{
	struct err e = {0};

	if (store_exec(f.store, sql, &e) != OK)
		fail_msg("%s: %s", sql, e.detail);
}

#endif
