/* Late entries: when a period closes, and which records came after. */
#include "due_rows.h"

static const struct { const char *period, *closes; } closings[] = {
	{ "2021-07", "2021-08-05" }, { "2021-12", "2022-01-05" },
	{ "2022Q1", "2022-04-10" }, { "2021Q4", "2022-01-10" },
	{ "2021", "2022-01-20" },
};

static void test_late(void **state)
{
	char got[DATE_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof closings / sizeof *closings; i++) {
		if (!due_closes(closings[i].period, got))
			fail_msg("%s is no period", closings[i].period);
		if (strcmp(got, closings[i].closes))
			fail_msg("%s: got %s, wanted %s", closings[i].period,
			    got, closings[i].closes);
	}
	assert_false(due_closes("2021Q5", got));
	/* the domain's example: a visit of 03-28 entered on 04-20 */
	assert_true(due_late("2022Q1", "2022-04-20"));
	assert_false(due_late("2022Q1", "2022-04-10"));
	assert_true(due_late("2022Q1", "2022-04-11"));
	assert_false(due_late("2022Q1", NULL));
	assert_false(due_late("nonsense", "2022-04-20"));
}

/* Rows of late entries: which record, of which period. */
#define ENTERED(type, id, columns, ...) \
	ROW(type, id, "x", "entered_on, " columns, __VA_ARGS__)
static const char late_rows[] =
	ENTERED("talk", 1, "date", '2022-04-20', '2022-03-28')
	ENTERED("talk", 2, "date", '2022-04-10', '2022-03-28')
	ENTERED("talk", 3, "date", '2022-04-20', '2022-04-01')
	ENTERED("followup", 4, "date, period", '2022-04-20', '2022-04-12',
	    '2022-03')
	ENTERED("award", 5, "granted_on, period", '2022-05-20', '2022-04-20',
	    '2022Q1')
	ENTERED("award", 6, "granted_on, period", '2023-05-20', '2023-04-20',
	    '2022')
	ROW("talk", 7, "x", "date", '2022-03-28')
	ENTERED("talk", 8, "date, void", '2022-04-20', '2022-03-28', 'x');
static const struct { const char *period; int64_t ids; } late_of[] = {
	{ "2022Q1", 154 }, { "2022-03", 214 }, { "2022-04", 5 },
	{ "2022Q2", 0 }, { "2022", 6 }, { "2021", 0 }, { "2023", 0 },
};

static int add_digit(void *arg, const struct due_late_entry *one)
{
	int64_t *sum = arg, place = 1;

	while (*sum >= place)
		place *= 10;
	*sum += place * one->id;
	assert_string_equal(one->branch, "TC");
	return 0;
}

/* Digits of each number, least first: the records in their order. */
static void test_late_each(void **state)
{
	struct err e = {0};

	(void)state;
	assert_int_equal(store_begin(f.store, &e), OK);
	exec(late_rows);
	for (size_t i = 0; i < sizeof late_of / sizeof *late_of; i++) {
		int64_t got = 0;

		if (due_late_each(f.store, late_of[i].period, NULL, add_digit,
		    &got, &e) != OK)
			fail_msg("%s: %s", late_of[i].period, e.detail);
		if (got != late_of[i].ids)
			fail_msg("%s: got %lld, wanted %lld",
			    late_of[i].period, (long long)got,
			    (long long)late_of[i].ids);
	}
	assert_int_equal(due_late_each(f.store, "soon", NULL, add_digit, NULL,
	    &e), ERR_PERIOD);
	store_rollback(f.store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_late_each),
	};

	return cmocka_run_group_tests(tests, open_store, close_store);
}
