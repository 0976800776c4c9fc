/* Every rule of due_rules.c: told just before its day, on it and after it,
 * and no more once the thing is done.
 */
#include "due_rows.h"

#define ITEM(state) ROW("practical_item", 1, state, \
	"level, title, approved_on, due_on", 'grassroots', 't', \
	'2021-03-10', '2021-12-31')
#define ITEM_DONE(state) ROW("practical_item", 1, state, \
	"level, title, approved_on, due_on, done_on", 'party', 't', \
	'2021-01-10', '2021-12-31', '2021-02-20')
#define FOLLOW(kind) ROW("followup", 5, "submitted", \
	"parent, kind, period, date", 1, kind, '2021-03', '2021-03-20')
#define UNIT ROW("org_unit", 1, "active", \
	"code, name, kind, established_on", 'TC', 't', 'branch', '2021-01-15')
#define PAIR(freq) ROW("pairing", 1, "active", "kind, from_on, freq", \
	'contact', '2021-02-10', freq)
#define CASE(state) ROW("hardship_case", 1, state, \
	"household, applied_on, approved_on, updated_on", 3, '2021-03-01', \
	'2021-04-01', '2021-11-30')
#define CONTEST ROW("competition", 1, "running", \
	"kind, title, start_on, end_on", 'flag', 't', '2021-01-01', \
	'2021-12-31')
#define POST(kind) ROW("post", 1, "serving", \
	"person, org, kind, from_on, to_on", 7, 8, kind, '2018-06-01', \
	'2021-05-31')
#define DATED(type, state) ROW(type, 1, state, "date", '2021-06-30')

#define LINES(id, kind, text) \
	"INSERT INTO document(id, branch, state, state_at, kind, issued_on, " \
	"lines) VALUES (" #id ", 'HQ', 'issued', 1, '" kind "', " \
	"'2021-01-01', '" text "');"

#define CALM(...) { __VA_ARGS__, false }
#define URGENT(...) { __VA_ARGS__, true }

static const struct one {
	const char *rule, *rows, *day, *done;
	bool high;
} cases[] = {
	CALM("month_report", ITEM("active"), "2021-03-31", FOLLOW('report')),
	CALM("month_report", ITEM("active"), "2021-03-31",
	  SET("practical_item", "void = 'x'")),
	CALM("month_supervise", ITEM("active"), "2021-04-05",
	  FOLLOW('supervise')),
	CALM("month_supervise", ITEM("active"), "2021-04-05",
	  SET("practical_item", "done_on = '2021-03-30'")),
	CALM("quarter_list", ITEM_DONE("done"), "2021-04-15",
	  SET("practical_item", "state = 'published'")),
	CALM("quarter_evaluate", ITEM_DONE("published"), "2021-04-20",
	  SET("practical_item", "state = 'evaluated'")),
	CALM("item_feedback", ITEM("nonconforming")
	  "INSERT INTO transition(stamp, record, type, \"from\", \"to\", "
	  "\"on\", replaces, live, ahead) VALUES (2, 1, 'practical_item', "
	  "'candidate', 'nonconforming', '2021-05-02', '[1]', 1, 0);",
	  "2021-06-30", SET("practical_item", "void = 'x'")),
	CALM("item_due", ITEM("active"), "2021-12-31",
	  SET("practical_item", "state = 'done'")),
	URGENT("item_due", ITEM_DONE("approved"), "2021-12-31",
	  SET("practical_item", "state = 'done'")),
	CALM("supervise_due", ITEM("active") ROW("followup", 5, "submitted",
	  "parent, kind, period, date, due_on", 1, 'supervise', '2021-03',
	  '2021-04-02', '2021-04-20'), "2021-04-20",
	  SET("practical_item", "done_on = '2021-04-10'")),
	CALM("contest_quarter", CONTEST, "2021-04-10",
	  ROW("award", 2, "granted", "competition, kind, period, granted_on",
	  1, 'star', '2021Q1', '2021-04-01')),
	CALM("contest_year", CONTEST, "2022-01-10",
	  ROW("award", 2, "granted", "competition, kind, period, granted_on",
	  1, 'cup', '2021', '2021-12-28')),
	CALM("hardship_filing", CASE("verified"), "2021-04-13",
	  SET("hardship_case", "state = 'active'")),
	/* the month has no 30th: its last day */
	CALM("hardship_update", CASE("active"), "2022-02-28",
	  SET("hardship_case", "updated_on = '2022-02-01'")),
	URGENT("hardship_limit", CASE("active"), "2022-11-30",
	  SET("hardship_case", "state = 'removed'")),
	/* three working days from a Friday over a festival: 02-05, then the
	 * worked Sunday 02-07, 02-08, 02-09 */
	URGENT("request_accept", ROW("request", 1, "submitted",
	  "kind, received_on", 'dispute', '2021-02-05'), "2021-02-09",
	  SET("request", "state = 'accepted'")),
	URGENT("request_accept", ROW("request", 1, "submitted",
	  "kind, received_on", 'dispute', '2021-02-09'), "2021-02-19",
	  SET("request", "state = 'refused'")),
	CALM("request_accept", ROW("request", 1, "submitted",
	  "kind, received_on, accept_by", 'help', '2021-02-09', '2021-02-12'),
	  "2021-02-12", SET("request", "accept_by = NULL")),
	URGENT("request_reply", ROW("request", 1, "handling",
	  "kind, received_on", 'dispute', '2021-02-09'), "2021-02-24",
	  SET("request", "state = 'replied'")),
	CALM("request_reply", ROW("request", 1, "handling",
	  "kind, received_on, due_on", 'help', '2021-02-09', '2021-03-01'),
	  "2021-03-01", SET("request", "state = 'closed'")),
	CALM("proposal_reply", ROW("proposal", 1, "assigned", "kind, due_on",
	  'rational', '2021-05-10'), "2021-05-10",
	  SET("proposal", "state = 'implemented'")),
	CALM("proposal_answer", ROW("proposal", 1, "implemented", "kind, due_on",
	  'rational', '2021-05-10'), "2021-05-10",
	  SET("proposal", "state = 'answered'")),
	CALM("proposal_call", ROW("meeting", 1, "planned", "kind, title, date",
	  'congress', 't', '2021-05-31'), "2021-05-01",
	  ROW("proposal", 2, "submitted", "kind, submitted_on", 'congress',
	  '2021-04-20')),
	URGENT("talk_follow", ROW("talk", 1, "recorded", "kind, date, mood",
	  'psych', '2021-05-10', 'high'), "2021-05-13",
	  SET("talk", "state = 'followed'")),
	CALM("pair_contact", PAIR('month'), "2021-02-28",
	  ROW("followup", 2, "submitted", "parent, kind, date", 1, 'revisit',
	  '2021-02-11')),
	CALM("pair_contact", PAIR('quarter'), "2021-03-31",
	  ROW("followup", 2, "submitted", "parent, kind, date", 1, 'revisit',
	  '2021-02-11')),
	CALM("pair_contact", PAIR('half'), "2021-06-30",
	  ROW("followup", 2, "submitted", "parent, kind, date", 1, 'revisit',
	  '2021-02-11')),
	CALM("pair_end", PAIR('month') SET("pairing", "to_on = '2021-08-31'"),
	  "2021-08-31", SET("pairing", "state = 'completed'")),
	URGENT("issue_major", ROW("issue", 1, "found", "kind, level, found_on",
	  'hazard', 'major', '2021-05-10'), "2021-05-10",
	  SET("issue", "state = 'notified'")),
	CALM("issue_due", ROW("issue", 1, "notified", "kind, level, due_on",
	  'hazard', 'general', '2021-05-10'), "2021-05-10",
	  SET("issue", "state = 'rectified'")),
	URGENT("issue_due", ROW("issue", 1, "notified", "kind, level, due_on",
	  'hazard', 'major', '2021-05-10'), "2021-05-10",
	  SET("issue", "state = 'rectified'")),
	CALM("inspection_date", DATED("inspection", "planned"), "2021-06-30",
	  SET("inspection", "state = 'done'")),
	CALM("patrol_notice", DATED("inspection", "planned")
	  SET("inspection", "kind = 'patrol'"), "2021-06-20",
	  SET("inspection", "notified_on = '2021-06-18'")),
	CALM("patrol_year", UNIT, "2021-12-31",
	  DATED("inspection", "done") SET("inspection", "kind = 'patrol'")),
	CALM("meeting_date", DATED("meeting", "planned"), "2021-06-30",
	  SET("meeting", "state = 'cancelled'")),
	CALM("meeting_month", UNIT, "2021-01-31", ROW("meeting", 2, "held",
	  "kind, date", 'monthly', '2021-01-20')),
	CALM("meeting_study", UNIT, "2021-03-31", ROW("meeting", 2, "minuted",
	  "kind, date", 'study', '2021-01-20')),
	CALM("meeting_year", UNIT, "2021-12-31", ROW("meeting", 2, "archived",
	  "kind, date", 'congress', '2021-01-20')),
	CALM("disclosure_quarter", UNIT, "2021-04-15", ROW("publication", 2,
	  "published", "kind, start_on", 'factory_affairs', '2021-03-20')),
	CALM("statistics_year", UNIT, "2021-10-31", ROW("document", 2, "issued",
	  "kind, code, issued_on", 'policy', 'TJ-2021', '2021-10-12')),
	CALM("term_end", POST('chair'), "2021-05-31",
	  SET("post", "state = 'ended'")),
	CALM("visit_date", DATED("care_visit", "approved"), "2021-06-30",
	  SET("care_visit", "state = 'delivered'")),
	CALM("visit_expense", DATED("care_visit", "signed")
	  SET("care_visit", "fund = 'union', amount = 100"), "2021-07-30",
	  SET("care_visit", "expense = 9")),
	CALM("activity_date", DATED("activity", "approved"), "2021-06-30",
	  SET("activity", "state = 'held'")),
	URGENT("activity_notice", DATED("activity", "approved")
	  SET("activity", "outdoor = 1"), "2021-06-30",
	  SET("activity", "safety_notice = 9")),
	CALM("goods_date", DATED("distribution", "distributing"), "2021-06-30",
	  SET("distribution", "state = 'completed'")),
	CALM("goods_plan", ROW("document", 1, "issued", "kind, title",
	  'plan', 't') SET("document", "lines = '["
	  "{\"name\":\"冬至鸡汤\",\"value\":\"2021-12-21\"},7,"
	  "{\"name\":\"端午粽子\",\"value\":\"2021-06-14\"},"
	  "{\"name\":\"x\",\"value\":\"soon\"},\"y\"]'"),
	  "2021-06-14", ROW("distribution", 2, "distributing",
	  "occasion, date", '端午粽子500份', '2021-06-10')),
	CALM("expense_interview", DATED("expense", "l1")
	  SET("expense", "amount = 3000000"), "2021-06-30",
	  SET("expense", "interview_on = '2021-06-01'")),
	CALM("expense_interview", DATED("expense", "l1")
	  SET("expense", "amount = 3000000"), "2021-06-30",
	  SET("expense", "amount = 2999999")),
	/* lines that no program of ours writes */
	CALM("expense_interview", DATED("expense", "l1")
	  SET("expense", "amount = 500000")
	  LINES(2, "limits", "[7,\"due.x\",[\"due.y\"],null,"
	  "{\"code\":\"price_line\",\"value\":5000},"
	  "{\"code\":7,\"value\":{}}]")
	  LINES(3, "limits", "[{\"code\":\"due.") LINES(4, "plan", "\"due.")
	  LINES(5, "calendar", "[["), "2021-06-30",
	  SET("expense", "interview_on = '2021-06-01'")),
	CALM("commitment_year", POST('sub_chair')
	  SET("post", "from_on = '2020-02-01'"), "2020-12-31",
	  ROW("commitment", 2, "signed", "kind, signer, signed_on",
	  'integrity', 7, '2020-02-01')),
	CALM("commitment_end", ROW("commitment", 1, "signed", "kind, valid_to",
	  'pledge', '2021-05-10'), "2021-05-10",
	  SET("commitment", "state = 'fulfilled'")),
};

struct found {
	const char *rule;
	size_t n;
	struct due due;
	char day[DATE_TEXT];
};

static int find(void *arg, const struct due *d)
{
	struct found *x = arg;

	if (strcmp(d->rule->name, x->rule))
		return 0;
	if (!x->n++) {
		x->due = *d;
		snprintf(x->day, sizeof x->day, "%s", d->day);
	}
	return 0;
}

/* The rule's row as of `shift` days after `day`, looking `days` ahead. */
static struct found look(const char *rule, const char *day, int64_t shift,
    int64_t days)
{
	struct found x = { .rule = rule };
	char as_of[DATE_TEXT];
	struct due_options o = { .as_of = as_of, .days = days };
	struct err e = {0};
	int64_t n = 0;

	assert_true(date_days(slice_str(day), &n));
	date_text(n + shift, as_of);
	if (due_each(f.store, &o, find, &x, NULL, &e) != OK)
		fail_msg("due: %s", e.detail);
	return x;
}

/* Day, and whether overdue, as one row. */
static void expect(const struct one *c, size_t i, int64_t shift, int64_t days)
{
	struct found x = look(c->rule, c->day, shift, days);

	if (x.n != 1)
		fail_msg("case %zu, %s: %zu rows at %+lld days, wanted 1", i,
		    c->rule, x.n, (long long)shift);
	if (strcmp(x.day, c->day))
		fail_msg("case %zu, %s: due %s, wanted %s", i, c->rule,
		    x.day, c->day);
	if (x.due.overdue != shift)
		fail_msg("case %zu, %s: %lld days overdue, wanted %lld", i,
		    c->rule, (long long)x.due.overdue, (long long)shift);
}

static int lead_of(const char *rule)
{
	for (size_t i = 0; i < ndue_rules; i++)
		if (!strcmp(due_rules[i].name, rule))
			return due_rules[i].lead;
	fail_msg("no rule %s", rule);
	return 0;
}

static void try_case(const struct one *c, size_t i)
{
	int64_t hidden = lead_of(c->rule) ? -lead_of(c->rule) * 31 - 5 : -2;
	struct err e = {0};
	struct found x;

	assert_int_equal(store_begin(f.store, &e), OK);
	exec(c->rows);
	x = look(c->rule, c->day, hidden, 1);
	if (x.n)
		fail_msg("case %zu, %s: told at %lld days", i, c->rule,
		    (long long)hidden);
	expect(c, i, -1, 1);
	expect(c, i, 0, 0);
	expect(c, i, 1, 0);
	x = look(c->rule, c->day, 0, 0);
	if (x.due.high != c->high)
		fail_msg("case %zu, %s: urgent %d, wanted %d", i, c->rule,
		    x.due.high, c->high);
	exec(c->done);
	x = look(c->rule, c->day, 1, 0);
	if (x.n)
		fail_msg("case %zu, %s: still waits though done", i, c->rule);
	store_rollback(f.store);
}

static void test_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		try_case(&cases[i], i);
}

static void test_every_rule_is_tried(void **state)
{
	(void)state;
	for (size_t i = 0; i < ndue_rules; i++) {
		size_t n = 0;

		for (size_t j = 0; j < sizeof cases / sizeof *cases; j++)
			n += !strcmp(cases[j].rule, due_rules[i].name);
		if (!n)
			fail_msg("no case of %s", due_rules[i].name);
		assert_non_null(catalogue_type(f.catalogue,
		    due_rules[i].type));
	}
}

/* A unit's number, headquarters' number, and none. */
#define LIMITS(id, branch, value) \
	"INSERT INTO document(id, branch, state, state_at, kind, code, " \
	"title, version, issued_on, lines) VALUES (" #id ", '" branch "', " \
	"'issued', 1, 'limits', 'C', 'c', 1, '2020-01-0" #id "', " \
	"'[{\"code\":\"due.item_due\",\"value\":" value "}]');"

static const struct { const char *rows, *day; } settings[] = {
	{ LIMITS(1, "HQ", "3"), "2022-01-03" },
	{ LIMITS(1, "HQ", "\"3\""), "2022-01-03" },
	{ LIMITS(1, "TC", "4") LIMITS(2, "HQ", "3"), "2022-01-04" },
	{ LIMITS(1, "HQ", "3") LIMITS(2, "HQ", "-1"), "2021-12-30" },
	{ LIMITS(1, "TC", "3") LIMITS(2, "TC", "5"), "2022-01-05" },
	{ LIMITS(1, "XN", "9"), "2021-12-31" },
	{ LIMITS(1, "HQ", "\"soon\""), "2021-12-31" },
	{ LIMITS(1, "HQ", "99999999999999999999"), "2021-12-31" },
	{ LIMITS(1, "HQ", "\"off\""), NULL },
	{ LIMITS(1, "TC", "\"off\"") LIMITS(2, "HQ", "3"), NULL },
	{ LIMITS(1, "HQ", "\"off\"") LIMITS(2, "TC", "0"), "2021-12-31" },
};

static void test_settings(void **state)
{
	struct err e = {0};

	(void)state;
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
		struct found x;

		assert_int_equal(store_begin(f.store, &e), OK);
		exec(ITEM("active"));
		exec(settings[i].rows);
		x = look("item_due", "2022-03-01", 0, 0);
		if (strcmp(x.n ? x.day : "", settings[i].day ?
		    settings[i].day : ""))
			fail_msg("settings %zu: due “%s”, wanted “%s”", i,
			    x.n ? x.day : "", settings[i].day ?
			    settings[i].day : "");
		store_rollback(f.store);
	}
}

/* Twelve months back and no more; the oldest, and how many. */
static void test_missing(void **state)
{
	struct found x;
	struct err e = {0};

	(void)state;
	assert_int_equal(store_begin(f.store, &e), OK);
	exec(ITEM("active"));
	x = look("month_report", "2021-06-15", 0, 7);
	assert_string_equal(x.day, "2021-03-31");
	assert_int_equal(x.due.missing, 3);
	x = look("month_report", "2021-06-15", 0, 15);
	assert_int_equal(x.due.missing, 4);
	x = look("month_report", "2025-06-15", 0, 0);
	assert_string_equal(x.day, "2024-06-30");
	assert_int_equal(x.due.missing, 12);
	store_rollback(f.store);
}

/* As of a past day a step that came later has not been taken. */
static void test_past_states(void **state)
{
	struct err e = {0};

	(void)state;
	assert_int_equal(store_begin(f.store, &e), OK);
	exec(ROW("issue", 1, "rectified", "kind, level, due_on", 'hazard',
	    'general', '2021-05-10')
	    "INSERT INTO transition(stamp, record, type, \"from\", \"to\", "
	    "\"on\", replaces, live, ahead) VALUES "
	    "(2, 1, 'issue', 'found', 'notified', '2021-05-01', '[1]', 0, 0),"
	    "(3, 1, 'issue', 'notified', 'rectified', '2021-05-20', '[2]', "
	    "1, 0);");
	assert_int_equal(look("issue_due", "2021-05-19", 0, 0).n, 1);
	assert_int_equal(look("issue_due", "2021-05-20", 0, 0).n, 0);
	store_rollback(f.store);
}

static int in_order(void *arg, const struct due *d)
{
	struct due *last = arg;

	if (last->rule) {
		bool was = last->overdue > 0, is = d->overdue > 0;

		assert_true(was >= is);
		if (was == is)
			assert_true(last->high >= d->high);
		if (was == is && last->high == d->high)
			assert_true(last->overdue >= d->overdue);
	}
	*last = *d;
	return 0;
}

/* All cases at once: sorted, by role and by branch, and counted. */
static void test_together(void **state)
{
	struct due_options o = { .as_of = "2021-05-05", .days = 60 };
	struct due last = {0};
	struct err e = {0};
	char day[DATE_TEXT];
	int64_t n = -1;
	int gap = -1;

	(void)state;
	assert_int_equal(due_overdue(f.store, 0, &n, day, &e), OK);
	assert_int_equal(n, 0);
	assert_string_equal(day, "2030-03-17");
	assert_int_equal(store_begin(f.store, &e), OK);
	exec(ITEM("active") UNIT CONTEST PAIR('month') POST('chair')
	    ROW("issue", 1, "notified", "kind, level, due_on", 'hazard',
	    'major', '2021-05-10') ROW("issue", 2, "notified",
	    "kind, level, due_on", 'hazard', 'major', '2021-05-01'));
	assert_int_equal(due_each(f.store, &o, in_order, &last, &gap, &e), OK);
	assert_non_null(last.rule);
	assert_int_equal(gap, 0);
	last = (struct due){0};
	o.branch = "XN";
	assert_int_equal(due_each(f.store, &o, in_order, &last, &gap, &e), OK);
	assert_null(last.rule);
	o.branch = NULL;
	o.role = "worker";
	assert_int_equal(due_each(f.store, &o, in_order, &last, &gap, &e), OK);
	assert_null(last.rule);
	o.as_of = "2021-5-5";
	assert_int_equal(due_each(f.store, &o, in_order, &last, &gap, &e),
	    ERR_DATE);
	assert_int_equal(due_overdue(f.store, 0, &n, day, &e), OK);
	assert_true(n >= 5);
	store_rollback(f.store);
}

/* A great store shows what was found last, and on which day. */
static void test_kept(void **state)
{
	struct due_options o = { .role = "sub_chair" };
	struct due last = {0};
	char day[DATE_TEXT];
	struct err e = {0};
	int64_t n = -1;

	(void)state;
	assert_int_equal(due_overdue(f.store, DUE_LIVE + 1, &n, day, &e), OK);
	assert_string_equal(day, "");
	exec(ROW("issue", 1, "notified", "kind, level, due_on", 'hazard',
	    'general', '2030-03-16'));
	assert_int_equal(due_each(f.store, &o, in_order, &last, NULL, &e), OK);
	assert_int_equal(due_overdue(f.store, DUE_LIVE + 1, &n, day, &e), OK);
	assert_string_equal(day, "");	/* that was not all */
	o.role = NULL;
	last = (struct due){0};
	assert_int_equal(due_each(f.store, &o, in_order, &last, NULL, &e), OK);
	assert_int_equal(due_overdue(f.store, DUE_LIVE + 1, &n, day, &e), OK);
	assert_string_equal(day, "2030-03-17");
	assert_int_equal(n, 1);
	exec(SET("issue", "state = 'closed'"));
	assert_int_equal(due_overdue(f.store, DUE_LIVE, &n, day, &e), OK);
	assert_int_equal(n, 0);
}

/* A year of which only weekends are known is named, if it was asked for. */
static void test_gap(void **state)
{
	struct due_options o = { .as_of = "2018-05-05" };
	struct due last = {0};
	struct err e = {0};
	int gap = -1;

	(void)state;
	assert_int_equal(store_begin(f.store, &e), OK);
	exec(ROW("request", 1, "accepted", "kind, received_on", 'dispute',
	    '2018-05-04'));
	assert_int_equal(due_each(f.store, &o, in_order, &last, &gap, &e), OK);
	assert_int_equal(gap, 0);
	exec(SET("request", "state = 'submitted'"));
	assert_int_equal(due_each(f.store, &o, in_order, &last, &gap, &e), OK);
	assert_int_equal(gap, 2018);
	store_rollback(f.store);
}

static void test_roles(void **state)
{
	const struct due_rule two = { .role = "chair|hq" };

	(void)state;
	assert_true(due_rule_role(&two, "chair"));
	assert_true(due_rule_role(&two, "hq"));
	assert_false(due_rule_role(&two, "hq_chair"));
	assert_false(due_rule_role(&two, "h"));
	assert_false(due_rule_role(&two, "clerk"));
	for (size_t i = 0; i < ndue_rules; i++) {
		size_t n = 0;

		for (size_t j = 0; j < f.catalogue->nrole; j++)
			n += due_rule_role(&due_rules[i],
			    f.catalogue->role[j].key);
		if (!n)
			fail_msg("%s: %s is no role", due_rules[i].name,
			    due_rules[i].role);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_every_rule_is_tried),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_past_states),
		cmocka_unit_test(test_together),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_roles),
	};

	return cmocka_run_group_tests(tests, open_store, close_store);
}
