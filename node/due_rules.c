/* The rules of due.h, by theme. What a rule's number counts is written in its
 * `due`: days, working days or months.
 */
#include "due.h"

/* SQL: the name of the period that a day lies in, and a quarter's last day. */
#define MONTH(d) "substr(" d ", 1, 7)"
#define QUARTER(d) "substr(" d ", 1, 4) || 'Q' || " \
	"((substr(" d ", 6, 2) + 2) / 3)"
#define HALF(d) "substr(" d ", 1, 4) || 'H' || " \
	"((substr(" d ", 6, 2) + 5) / 6)"
#define YEAR(d) "substr(" d ", 1, 4)"
#define QUARTER_END(d) "date(" d ", 'start of month', '+' || " \
	"((12 - substr(" d ", 6, 2)) % 3 + 1) || ' months', '-1 day')"
/* A day and the rule's number of days, working days, months after it. */
#define PLUS(d) "date(" d ", r.due_n || ' days')"
#define PLUS_WORKDAYS(d) "workday(" d ", r.due_n)"
#define PLUS_MONTHS(d) "months(" d ", r.due_n)"

/* A practical matter that was open at some time in the period. */
#define OPEN_IN "r.approved_on <= p.last AND " \
	"r.now NOT IN ('candidate', 'nonconforming', 'returned') AND "
#define FOLLOWED(what) "SELECT parent AS id, period FROM followup " \
	"WHERE void IS NULL AND kind = '" what "' AND date <= ?1"

/* A unit that keeps its own records, from when it is known here. */
#define UNIT "r.kind = 'branch' AND r.now = 'active' AND " \
	"p.last >= coalesce(r.entered_on, r.established_on)"
/* A list's lines and one line as an object, whatever came in by sync. */
#define LINES(t) "json_each(iif(json_valid(" t ".lines), " t ".lines, '[]'))"
#define LINE "iif(l.type = 'object', l.value, '{}')"

/* What its branch has held of this kind. */
#define MEETING(kinds, period) "SELECT branch AS id, " period " AS period " \
	"FROM meeting WHERE void IS NULL AND kind IN (" kinds ") " \
	"AND state IN ('held', 'minuted', 'archived') AND date <= ?1"
#define UNIT_RULE .type = "org_unit", .when = UNIT, .key = "r.branch"

const struct due_rule due_rules[] = {
	/* practical matters: month by month, quarter by quarter */
	{ "month_report", "practical_item", "clerk|sub_chair",
	  N_("report this month's progress"),
	  .cycle = "'month'", .due = PLUS("p.last"), .done = FOLLOWED("report"),
	  .when = OPEN_IN "coalesce(r.done_on >= p.first, 1)" },
	{ "month_supervise", "practical_item", "chair|hq",
	  N_("supervise what was not done at the month's end"), .n = 5,
	  .cycle = "'month'", .due = PLUS("p.last"),
	  .done = FOLLOWED("supervise"),
	  .when = OPEN_IN "coalesce(r.done_on > p.last, 1)",
	  .high = "r.due_on < ?1" },
	{ "quarter_list", "practical_item", "clerk",
	  N_("post what was done in the quarter"), .n = 15,
	  .due = PLUS(QUARTER_END("r.done_on")), .when = "r.now = 'done'" },
	{ "quarter_evaluate", "practical_item", "chair|hq",
	  N_("evaluate what was posted"), .n = 20,
	  .due = PLUS(QUARTER_END("r.done_on")),
	  .when = "r.now = 'published'" },
	{ "item_feedback", "practical_item", "clerk",
	  N_("tell why the matter does not conform, before the quarter ends"),
	  .due = PLUS(QUARTER_END("(SELECT max(s.\"on\") FROM transition AS s "
	      "WHERE s.record = r.id AND s.\"to\" = 'nonconforming' "
	      "AND NOT s.ahead)")),
	  .when = "r.now = 'nonconforming'" },
	{ "item_due", "practical_item", "chair",
	  N_("finish the matter"),
	  .due = PLUS("r.due_on"), .when = "r.now IN ('approved', 'active')",
	  .high = "r.level = 'party'" },
	{ "supervise_due", "followup", "clerk|sub_chair",
	  N_("finish what the supervision asked for"), .key = "r.parent",
	  .due = PLUS("r.due_on"),
	  .when = "r.kind = 'supervise' AND r.now <> 'closed' AND EXISTS "
	      "(SELECT 1 FROM practical_item AS i WHERE i.id = r.parent "
	      "AND i.void IS NULL AND coalesce(i.done_on > ?1, 1))" },

	/* contests */
	{ "contest_quarter", "competition", "chair|hq",
	  N_("name the quarter's flags and stars"), .n = 10,
	  .cycle = "'quarter'", .due = PLUS("p.last"),
	  .when = "r.kind = 'flag' AND r.now IN ('running', 'judged') "
	      "AND r.start_on <= p.last AND coalesce(r.end_on >= p.first, 1)",
	  .done = "SELECT competition AS id, period FROM award "
	      "WHERE void IS NULL AND kind IN ('flag', 'star') "
	      "AND state = 'granted' AND granted_on <= ?1" },
	{ "contest_year", "competition", "chair|hq",
	  N_("award the year's cup"), .n = 10,
	  .cycle = "'year'", .due = PLUS("p.last"),
	  .when = "r.kind = 'flag' AND r.now IN ('running', 'judged') "
	      "AND r.start_on <= p.last AND coalesce(r.end_on >= p.first, 1)",
	  .done = "SELECT competition AS id, " YEAR("period") " AS period "
	      "FROM award WHERE void IS NULL AND kind = 'cup' "
	      "AND state = 'granted' AND granted_on <= ?1" },

	/* households in hardship */
	{ "hardship_filing", "hardship_case", "chair|hq",
	  N_("decide on the hardship file"), .n = 30,
	  .due = PLUS_WORKDAYS("r.applied_on"),
	  .when = "r.now IN ('applied', 'verified', 'publicised')" },
	{ "hardship_update", "hardship_case", "clerk|sub_chair",
	  N_("look after the household again and update its file"), .n = 3,
	  .due = PLUS_MONTHS("coalesce(r.updated_on, r.approved_on)"),
	  .when = "r.now = 'active'" },
	{ "hardship_limit", "hardship_case", "clerk|sub_chair",
	  N_("the hardship file is past its limit: update or end it"),
	  .n = 12, .high = "1",
	  .due = PLUS_MONTHS("coalesce(r.updated_on, r.approved_on)"),
	  .when = "r.now = 'active'" },

	/* requests, suggestions, talks */
	{ "request_accept", "request", "specialist|chair",
	  N_("decide whether the request is taken up"), .n = 3,
	  .due = "coalesce(r.accept_by, iif(r.kind = 'dispute', "
	      PLUS_WORKDAYS("r.received_on") ", NULL))",
	  .when = "r.now = 'submitted'", .high = "r.kind = 'dispute'" },
	{ "request_reply", "request", "specialist",
	  N_("end the request with a reply; a dispute may go to arbitration"),
	  .n = 15, .high = "r.kind = 'dispute'",
	  .due = "coalesce(r.due_on, iif(r.kind = 'dispute', "
	      PLUS("r.received_on") ", NULL))",
	  .when = "r.now IN ('submitted', 'accepted', 'handling')" },
	{ "proposal_reply", "proposal", "leader",
	  N_("carry out the suggestion, or say why not"),
	  .due = PLUS("r.due_on"),
	  .when = "r.now IN ('assigned', 'implementing')" },
	{ "proposal_answer", "proposal", "clerk",
	  N_("tell who made the suggestion what came of it"),
	  .due = PLUS("r.due_on"), .when = "r.now = 'implemented'" },
	{ "proposal_call", "meeting", "clerk",
	  N_("call for proposals to the congress"), .n = -30, .lead = 1,
	  .due = PLUS("r.date"),
	  .when = "r.kind = 'congress' AND r.now = 'planned'",
	  .done = "SELECT m.id, '' AS period FROM meeting AS m JOIN proposal "
	      "AS q ON q.branch = m.branch WHERE q.void IS NULL "
	      "AND q.kind = 'congress' AND q.submitted_on BETWEEN "
	      "date(m.date, '-90 days') AND m.date" },
	{ "talk_follow", "talk", "specialist|chair",
	  N_("follow up the talk"), .n = 3, .high = "1",
	  .due = PLUS("r.date"),
	  .when = "r.mood = 'high' AND r.now = 'recorded'" },

	/* pairs */
	{ "pair_contact", "pairing", "leader|clerk",
	  N_("meet, and note it as a follow-up"),
	  .cycle = "r.freq", .due = PLUS("p.last"),
	  .when = "r.now = 'active' AND r.from_on <= p.last "
	      "AND coalesce(r.to_on >= p.first, 1)",
	  .done = "SELECT parent AS id, " MONTH("date") " AS period "
	      "FROM followup WHERE void IS NULL AND date <= ?1 "
	      "UNION SELECT parent, " QUARTER("date") " FROM followup "
	      "WHERE void IS NULL AND date <= ?1 "
	      "UNION SELECT parent, " HALF("date") " FROM followup "
	      "WHERE void IS NULL AND date <= ?1" },
	{ "pair_end", "pairing", "chair",
	  N_("the pair's time is over: write what came of it"),
	  .due = PLUS("r.to_on"), .when = "r.now = 'active'" },

	/* hazards, inspections, incidents */
	{ "issue_major", "issue", "specialist",
	  N_("report the major hazard to headquarters, with a plan"),
	  .high = "1", .due = PLUS("r.found_on"),
	  .when = "r.level = 'major' AND r.now = 'found'" },
	{ "issue_due", "issue", "sub_chair",
	  N_("rectify what was found"),
	  .due = PLUS("r.due_on"), .when = "r.now IN ('found', 'notified')",
	  .high = "r.level = 'major'" },
	{ "inspection_date", "inspection", "clerk|auditor",
	  N_("hold the inspection and note it"),
	  .due = PLUS("r.date"), .when = "r.now = 'planned'" },
	{ "patrol_notice", "inspection", "clerk",
	  N_("give notice of the representatives' patrol"), .n = -10,
	  .due = PLUS("r.date"), .when = "r.kind = 'patrol' "
	      "AND r.now = 'planned' AND r.notified_on IS NULL" },
	{ "patrol_year", .role = "chair",
	  .sentence = N_("hold this year's patrol of the representatives"),
	  UNIT_RULE, .cycle = "'year'", .due = PLUS("p.last"),
	  .done = "SELECT branch AS id, " YEAR("date") " AS period "
	      "FROM inspection WHERE void IS NULL AND kind = 'patrol' "
	      "AND state <> 'planned' AND date <= ?1" },

	/* meetings, terms, disclosure */
	{ "meeting_date", "meeting", "clerk",
	  N_("hold the meeting and note it, or cancel it"),
	  .due = PLUS("r.date"), .when = "r.now = 'planned'" },
	{ "meeting_month", .role = "chair",
	  .sentence = N_("hold this month's regular meeting"),
	  UNIT_RULE, .cycle = "'month'", .due = PLUS("p.last"),
	  .done = MEETING("'monthly'", MONTH("date")) },
	{ "meeting_study", .role = "chair",
	  .sentence = N_("study the union's work once this quarter"),
	  UNIT_RULE, .cycle = "'quarter'", .due = PLUS("p.last"),
	  .done = MEETING("'study'", QUARTER("date")) },
	{ "meeting_year", .role = "chair",
	  .sentence = N_("hold this year's workers' meeting or congress"),
	  UNIT_RULE, .cycle = "'year'", .due = PLUS("p.last"),
	  .done = MEETING("'assembly', 'congress'", YEAR("date")) },
	{ "disclosure_quarter", .role = "clerk", .n = 15,
	  .sentence = N_("disclose the quarter's affairs"),
	  UNIT_RULE, .cycle = "'quarter'", .due = PLUS("p.last"),
	  .done = "SELECT branch AS id, " QUARTER("start_on") " AS period "
	      "FROM publication WHERE void IS NULL "
	      "AND kind = 'factory_affairs' AND start_on <= ?1 "
	      "AND state IN ('published', 'objected', 'ended')" },
	{ "statistics_year", .role = "chair", .n = 31,
	  .sentence = N_("send the yearly statistics of the union "
	      "(1 October to 30 September)"),
	  UNIT_RULE, .cycle = "'statistics'", .due = PLUS("p.last"),
	  .done = "SELECT branch AS id, substr(code, 4, 4) AS period "
	      "FROM document WHERE void IS NULL AND code LIKE 'TJ-____%' "
	      "AND state = 'issued' AND issued_on <= ?1" },
	{ "term_end", "post", "chair|hq",
	  N_("prepare the election: the term ends"), .lead = 6,
	  .key = "r.org", .due = PLUS("r.to_on"),
	  .when = "r.now = 'serving' AND r.kind IN ('chair', 'vice_chair', "
	      "'committee', 'audit', 'women')",
	  .high = "r.to_on < ?1" },

	/* visits, activities, goods, money */
	{ "visit_date", "care_visit", "clerk",
	  N_("make the visit and note it"),
	  .due = PLUS("r.date"), .when = "r.now IN ('planned', 'approved')" },
	{ "visit_expense", "care_visit", "clerk",
	  N_("link the visit to its expense"), .n = 30,
	  .due = PLUS("r.date"),
	  .when = "r.now IN ('delivered', 'signed') AND r.fund = 'union' "
	      "AND r.amount > 0 AND r.expense IS NULL" },
	{ "activity_date", "activity", "clerk",
	  N_("hold the activity and note it, or cancel it"),
	  .due = PLUS("r.date"), .when = "r.now IN ('planned', 'approved')" },
	{ "activity_notice", "activity", "clerk",
	  N_("sign the safety notice before the activity"), .high = "1",
	  .due = PLUS("r.date"), .when = "r.now IN ('planned', 'approved') "
	      "AND r.outdoor AND r.safety_notice IS NULL" },
	{ "goods_date", "distribution", "clerk",
	  N_("hand out the goods and note it"),
	  .due = PLUS("r.date"), .when = "r.now IN ('planned', 'approved', "
	      "'distributing')" },
	{ "goods_plan", "document", "clerk|sub_chair",
	  N_("hand out what the plan has for this day"),
	  .due = PLUS("(SELECT min(" LINE " ->> 'value') FROM "
	      LINES("r") " AS l WHERE date(" LINE " ->> 'value') IS NOT NULL "
	      "AND NOT EXISTS (SELECT 1 FROM distribution AS x "
	      "WHERE x.branch = r.branch AND x.void IS NULL "
	      "AND x.state NOT IN ('planned', 'approved') AND x.date <= ?1 "
	      "AND " YEAR("x.date") " = " YEAR("(" LINE " ->> 'value')") " "
	      "AND instr(x.occasion, " LINE " ->> 'name')))"),
	  .when = "r.kind = 'plan' AND r.now = 'issued'" },
	{ "expense_interview", "expense", "clerk|sub_chair",
	  N_("compare prices and hold the interview before the second "
	  "approval"), .due = PLUS("r.date"),
	  .when = "r.now IN ('draft', 'l1') AND r.interview_on IS NULL AND "
	      "r.amount >= coalesce((SELECT 100 * (" LINE " ->> 'value') "
	      "FROM document AS d, " LINES("d") " AS l "
	      "WHERE d.kind = 'limits' AND d.state = 'issued' "
	      "AND d.void IS NULL AND d.branch IN (r.branch, 'HQ') "
	      "AND " LINE " ->> 'code' = 'price_line' "
	      "ORDER BY d.branch = 'HQ', d.issued_on DESC LIMIT 1), "
	      "3000000)" },
	{ "commitment_year", "post", "chair",
	  N_("sign this year's integrity commitment"),
	  .cycle = "'year'", .due = PLUS("p.last"), .key = "r.person",
	  .when = "r.now = 'serving' AND r.from_on <= p.last "
	      "AND r.kind IN ('sub_chair', 'key_staff', 'club_president')",
	  .done = "SELECT signer AS id, " YEAR("signed_on") " AS period "
	      "FROM commitment WHERE void IS NULL AND kind = 'integrity' "
	      "AND state IN ('signed', 'published', 'fulfilled') "
	      "AND signed_on <= ?1" },
	{ "commitment_end", "commitment", "clerk",
	  N_("the paper runs out: fulfil or renew it"),
	  .due = PLUS("r.valid_to"),
	  .when = "r.now IN ('signed', 'published')" },
};
const size_t ndue_rules = sizeof due_rules / sizeof *due_rules;

bool due_rule_role(const struct due_rule *rule, const char *role)
{
	size_t n = strlen(role);

	for (const char *p = rule->role; *p; p += strcspn(p, "|"),
	    p += *p == '|')
		if (strcspn(p, "|") == n && !strncmp(p, role, n))
			return true;
	return false;
}
