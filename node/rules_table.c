/* The table of rules; docs/rules.md shows it, and a test compares the two.
 * Columns: name, type, code, who judges, field, other, when, sentence.
 * rules.h says what the columns mean,
 * rules_*.c how each judge reads `other`.
 */
#include "rules.h"

#define E(c) ERR_##c, false, NULL	/* an error, a warning ... */
#define W(w) OK, false, w
#define EO(c) ERR_##c, true, NULL	/* ... that reads other records */
#define WO(w) OK, true, w

#define EARLIER N_("this day lies before another that it follows; correct " \
	"one of the two")
#define MORE N_("more than the whole of which it is a part; correct one of " \
	"the two")
#define BELOW N_("out of range; correct the number")
#define FUTURE N_("this day lies in the future; enter what has happened, " \
	"once it has")
#define SAME_TWO N_("the same as another that must be a different one; " \
	"choose somebody else")
#define TWICE N_("entered already; look at the other record, and correct " \
	"or void one of the two")
#define LATE N_("later than the time allowed; it is kept, and reported as " \
	"overdue")
#define NO_NUMBER N_("not an identity number: compare it with the card")
#define PERSONAL N_("personal data may not stand here; take it out or mask " \
	"it with ****")
#define LINES N_("not the scheme's lines, each once: enter all of them")

const struct rule rules[] = {
	/* every type */
	{ "not-negative", NULL, E(RANGE), rule_not_negative, NULL, NULL,
	    NULL, N_("below nought; correct the number") },
	{ "programmes-known", NULL, EO(REF), rule_programmes, "programmes",
	    NULL, NULL, N_("no issued programme has this code; enter the "
	    "programme as a document first, or correct the code") },

	/* org_unit */
	{ "org-code", "org_unit", EO(DUP), rule_unique, "code", "code,group",
	    NULL, TWICE },
	{ "org-code-length", "org_unit", E(RANGE), rule_chars, "code",
	    "1..32", NULL, N_("too long or too short (characters)") },
	{ "org-own-parent", "org_unit", E(SELF), rule_not_self, "parent",
	    NULL, NULL, N_("a unit cannot stand above itself; choose the "
	    "unit above it") },
	{ "org-ring", "org_unit", EO(SELF), rule_acyclic, "parent", NULL,
	    NULL, N_("the units above it lead back to itself; choose the "
	    "unit above it") },
	{ "org-closed", "org_unit", E(ORDER), rule_not_before, "closed_on",
	    "established_on", NULL, EARLIER },
	{ "org-members", "org_unit", E(RANGE), rule_at_most, "members",
	    "employees", NULL, MORE },
	{ "org-female", "org_unit", E(RANGE), rule_at_most, "female",
	    "employees", NULL, MORE },
	{ "org-region", "org_unit", E(TYPE), rule_region, "region", NULL,
	    NULL, N_("not a region's code of GB/T 2260: six digits, such as "
	    "370500") },
	{ "org-uscc", "org_unit", E(USCC), rule_uscc, "uscc", NULL, NULL,
	    N_("not a credit code of GB 32100: 18 characters, the last of "
	    "which proves the others; compare it with the certificate") },
	{ "org-staff", "org_unit", EO(OPEN_CHILD), rule_no_child, NULL,
	    "person.org;state=active", "kind=project;state=closed",
	    N_("a closed project still has staff; move them first") },

	/* person */
	{ "person-name", "person", E(RANGE), rule_chars, "name", "2..50",
	    NULL, N_("too long or too short (characters)") },
	{ "person-idno-length", "person", E(IDNO_LEN), rule_idno, "id_no",
	    NULL, NULL, NO_NUMBER },
	{ "person-idno-excel", "person", E(IDNO_EXCEL), rule_idno, "id_no",
	    NULL, NULL, N_("a spreadsheet has cut this number; make the "
	    "column text, and enter the number again from the card") },
	{ "person-idno-noughts", "person", W("W_IDNO_EXCEL"), rule_idno,
	    "id_no", NULL, NULL, N_("ends in 000, as numbers do that a "
	    "spreadsheet has cut; compare it with the card") },
	{ "person-idno-type", "person", E(TYPE), rule_idno, "id_no", NULL,
	    NULL, NO_NUMBER },
	{ "person-idno-region", "person", E(IDNO_REGION), rule_idno,
	    "id_no", NULL, NULL, N_("no province has its first two digits; "
	    "compare it with the card") },
	{ "person-idno-date", "person", E(IDNO_DATE), rule_idno, "id_no",
	    NULL, NULL, N_("the day of birth in it does not exist; compare "
	    "it with the card") },
	{ "person-idno-check", "person", E(IDNO_CHECK), rule_idno, "id_no",
	    NULL, NULL, N_("its last digit does not fit the others; a digit "
	    "is wrong or two are exchanged: compare it with the card") },
	{ "person-gender", "person", E(MISMATCH), rule_idno_gender,
	    "gender", "id_no", NULL, N_("does not agree with the identity "
	    "number, whose 17th digit is odd for men; correct one of the "
	    "two") },
	{ "person-birth", "person", E(MISMATCH), rule_idno_birth, "birth",
	    "id_no", NULL, N_("does not agree with the identity number; "
	    "correct one of the two") },
	{ "person-idno-once", "person", EO(DUP), rule_unique, "id_no",
	    "id_no", "state=active", TWICE },
	{ "person-idno-hq", "person", WO("W_DUP_HQ"), rule_unique, "id_no",
	    "id_no,hq", "state=active", N_("another branch has a person "
	    "with this number; headquarters decides whether they are one") },
	{ "person-employee-no", "person", EO(DUP), rule_unique,
	    "employee_no", "employee_no", NULL, TWICE },
	{ "person-ethnic", "person", E(TYPE), rule_ethnic, "ethnic", NULL,
	    NULL, N_("not a code of GB/T 3304: two digits, 01 to 56, 97 or "
	    "98") },
	{ "person-own-family", "person", E(SELF), rule_not_self,
	    "family_of", NULL, NULL, N_("nobody is a member of his own "
	    "family; choose the worker") },
	{ "person-consent", "person", E(CONSENT), rule_consent, "consent",
	    NULL, NULL, N_("sensitive fields are kept only with the "
	    "person's consent; enter the paper as a commitment and name it "
	    "here") },

	/* membership */
	{ "membership-once", "membership", EO(DUP), rule_unique, "person",
	    "person,kind,platform,org", "kind=club|volunteer;state!=left",
	    TWICE },
	{ "membership-platform", "membership", EO(DUP), rule_unique,
	    "person", "person,kind,platform",
	    "kind=union|inclusive;state!=left", TWICE },
	{ "membership-left", "membership", E(ORDER), rule_not_before,
	    "left_on", "joined_on", NULL, EARLIER },
	{ "membership-joined", "membership", E(FUTURE), rule_past,
	    "joined_on", NULL, NULL, FUTURE },

	/* post */
	{ "post-chair", "post", EO(DUP), rule_unique, "org", "org,kind",
	    "kind=chair;state=serving", N_("the unit has a serving chair; "
	    "end that term first") },
	{ "post-to", "post", E(ORDER), rule_not_before, "to_on", "from_on",
	    NULL, EARLIER },
	{ "post-ended", "post", E(ORDER), rule_not_before, "ended_on",
	    "from_on", NULL, EARLIER },
	{ "post-term", "post", W("W_TERM"), rule_term, "to_on", "from_on",
	    "kind=chair|vice_chair|committee|audit|women|rep",
	    N_("a term is three or five years; compare it with the "
	    "election's record") },

	/* meeting */
	{ "meeting-attended", "meeting", E(RANGE), rule_at_most, "attended",
	    "expected", NULL, MORE },
	{ "meeting-quorum", "meeting", E(QUORUM), rule_two_thirds,
	    "attended", "expected",
	    "kind=assembly|congress|union_congress|election;"
	    "state!=cancelled", N_("fewer than two thirds came, so nothing "
	    "could be decided; hold the meeting again") },
	{ "meeting-votes", "meeting", E(VOTES), rule_votes_cast,
	    "resolutions", "attended", NULL, N_("more votes than people "
	    "present; count again") },
	{ "meeting-passed", "meeting", E(VOTES), rule_votes_passed,
	    "resolutions", "expected", NULL, N_("passed needs more than "
	    "half of those who should have come; correct the votes, or "
	    "say that it did not pass") },
	{ "meeting-session", "meeting", EO(DUP), rule_unique, "session_no",
	    "org,kind,term_no,session_no",
	    "kind=congress|plenary;session_no!=;state!=cancelled", TWICE },
	{ "meeting-held", "meeting", E(FUTURE), rule_past, "date", NULL,
	    "state=held|minuted|archived", FUTURE },

	/* proposal */
	{ "proposal-seconders", "proposal", E(SECONDERS), rule_seconders,
	    "seconders", "proposer", "kind=congress", N_("a congress "
	    "proposal needs two seconders beside its proposer; name them") },
	{ "proposal-proposer", "proposal", E(REQUIRED), rule_need,
	    "proposer", NULL, "kind=congress", N_("a congress proposal "
	    "cannot be anonymous; name the proposer") },
	{ "proposal-implemented", "proposal", E(ORDER), rule_not_before,
	    "implemented_on", "submitted_on", NULL, EARLIER },
	{ "proposal-late", "proposal", WO("W_OVERDUE"), rule_in_time,
	    "due_on", "answered", NULL, LATE },

	/* request */
	{ "request-outcome", "request", E(STATE_FIELD), rule_never,
	    "outcome", NULL, "outcome=pending;state=replied|closed",
	    N_("cannot be pending any more once it is answered; enter how "
	    "it ended") },
	{ "request-due", "request", E(ORDER), rule_not_before, "due_on",
	    "received_on", NULL, EARLIER },
	{ "request-mediated", "request", WO("W_OVERDUE"), rule_mediated,
	    "received_on", "replied", "kind=dispute", N_("mediation took "
	    "longer than 15 days; it is kept, and reported as overdue") },
	{ "request-decided", "request", WO("W_OVERDUE"), rule_decided,
	    "received_on", "accepted|refused", "kind=dispute", N_("whether "
	    "to mediate is decided within three working days; it is kept, "
	    "and reported as overdue") },
	{ "request-late", "request", WO("W_OVERDUE"), rule_in_time, "due_on",
	    "replied", "kind!=dispute", LATE },

	/* publication */
	{ "publication-title", "publication", E(PII), rule_no_pii, "title",
	    NULL, NULL, PERSONAL },
	{ "publication-body", "publication", E(PII), rule_no_pii, "body",
	    NULL, NULL, PERSONAL },
	{ "publication-end", "publication", E(ORDER), rule_not_before,
	    "end_on", "start_on", NULL, EARLIER },
	{ "publication-days", "publication", EO(PERIOD_SHORT),
	    rule_open_days, "end_on", "start_on",
	    "kind=hardship_list|award_list|item_list",
	    N_("a list is posted for five working days at least; let it "
	    "end later") },

	/* practical_item */
	{ "item-focus", "practical_item", E(FORBIDDEN_FIELD), rule_never,
	    "focus", NULL, "level!=party;focus!=", N_("only a matter of "
	    "the party committee has a focus; leave it empty") },
	{ "item-batch", "practical_item", E(FORBIDDEN_FIELD), rule_never,
	    "batch", NULL, "level!=grassroots;batch!=", N_("only a "
	    "grassroots matter has a batch; leave it empty") },
	{ "item-done", "practical_item", E(ORDER), rule_not_before,
	    "done_on", "approved_on", NULL, EARLIER },
	{ "item-progress", "practical_item", E(RANGE), rule_range,
	    "progress", "0..100", NULL, BELOW },
	{ "item-progress-open", "practical_item", E(STATE_FIELD),
	    rule_never, "progress", NULL,
	    "progress=100;state=candidate|approved|active",
	    N_("100 only when it is done; take the step to done, or say how "
	    "far it is") },
	{ "item-published", "practical_item", EO(REF_STATE), rule_target,
	    "published_in",
	    "kind=item_list;state=published|objected|ended",
	    "state=published|evaluated", N_("names no list of matters that "
	    "has been posted; post the list first") },
	{ "item-evaluated", "practical_item", EO(REF_STATE), rule_has_child,
	    NULL, "evaluation.subject", "state=evaluated", N_("no "
	    "evaluation of this matter is there; enter it first") },
	{ "item-returned", "practical_item", EO(REF_STATE), rule_has_child,
	    NULL, "followup.parent;kind=feedback", "state=returned",
	    N_("nobody was told why it does not qualify; enter a follow-up "
	    "of kind feedback first") },
	{ "item-late", "practical_item", W("W_OVERDUE"), rule_at_most,
	    "done_on", "due_on", NULL, LATE },

	/* followup */
	{ "followup-once", "followup", EO(DUP), rule_unique, "period",
	    "parent,period,kind", "kind=report;period!=", TWICE },
	{ "followup-progress", "followup", E(RANGE), rule_range, "progress",
	    "0..100", NULL, BELOW },
	{ "followup-back", "followup", WO("W_PROGRESS"), rule_progress,
	    "progress", "period", "kind=report", N_("less than an earlier "
	    "month's report says; compare the two") },
	{ "followup-closed", "followup", EO(REF_STATE), rule_then_open,
	    "parent", "date", "kind=report|supervise", N_("the matter was "
	    "closed before this day; nothing is left to report") },

	/* competition */
	{ "competition-end", "competition", E(ORDER), rule_not_before,
	    "end_on", "start_on", NULL, EARLIER },
	{ "competition-year", "competition", E(RANGE), rule_range, "year",
	    "1900..2199", NULL, BELOW },
	{ "competition-entrants", "competition", WO("W_ENTRANTS"),
	    rule_entrants, "entrants", NULL,
	    "state=judged|published|closed", N_("not as many as are entered "
	    "one by one; compare the two") },

	/* award */
	{ "award-star-org", "award", E(RECIPIENT), rule_never, "to_org",
	    NULL, "kind=star|model;to_org!=", N_("goes to a person; leave "
	    "the unit empty") },
	{ "award-flag-person", "award", E(RECIPIENT), rule_never,
	    "to_person", NULL, "kind=flag;to_person!=", N_("goes to a "
	    "unit; leave the person empty") },
	{ "award-one", "award", E(RECIPIENT), rule_never, "to_person", NULL,
	    "kind=cup|prize|rank|title;to_org!=;to_person!=", N_("goes to "
	    "a unit or to a person; leave one of the two empty") },
	{ "award-nobody", "award", E(RECIPIENT), rule_never, "to_org", NULL,
	    "kind!=star|model;to_org=;to_person=", N_("goes to nobody; "
	    "name the unit or the person") },
	{ "award-quarter", "award", E(PERIOD), rule_chars, "period", "6..6",
	    "kind=flag|star", N_("is given for a quarter; write it as "
	    "2022Q1") },
	{ "award-once", "award", EO(DUP), rule_unique, "category",
	    "competition,period,kind,category",
	    "kind=flag|star|cup;state!=revoked", TWICE },
	{ "award-prize-once", "award", EO(DUP), rule_unique, "category",
	    "competition,period,kind,category,to_person,to_org",
	    "kind!=flag|star|cup;state!=revoked", TWICE },
	{ "award-eligible", "award", EO(ELIGIBLE), rule_starred, "to_person",
	    "period", "recommend=1", N_("holds no star of that year, so "
	    "cannot be recommended; take the recommendation back") },
	{ "award-judged", "award", WO("W_NOT_JUDGED"), rule_target,
	    "competition", "state=judged|published|closed",
	    "kind=prize|rank;state=granted", N_("the contest has not been "
	    "judged yet; take its steps, too") },

	/* innovation */
	{ "innovation-developed", "innovation", E(ORDER), rule_not_before,
	    "developed_on", "approved_on", NULL, EARLIER },
	{ "innovation-applied", "innovation", E(ORDER), rule_not_before,
	    "applied_on", "developed_on", NULL, EARLIER },
	{ "innovation-promoted", "innovation", E(ORDER), rule_not_before,
	    "promoted_on", "applied_on", NULL, EARLIER },
	{ "innovation-champion", "innovation", EO(DUP), rule_unique,
	    "champion", "title,kind", "kind=skill;champion=1;state!=stopped",
	    N_("the skill has a champion; end that one first") },
	{ "innovation-self", "innovation", E(SELF), rule_not_self,
	    "beaten_by", NULL, NULL, N_("cannot be beaten by itself; choose "
	    "the other skill") },
	{ "innovation-benefit", "innovation", W("W_BENEFIT"), rule_never,
	    "benefit", NULL, "state=promoted;benefit=;remark=",
	    N_("promoted without a benefit or a remark; enter one of them") },

	/* activity */
	{ "activity-end", "activity", E(ORDER), rule_not_before, "end_on",
	    "date", NULL, EARLIER },
	{ "activity-held", "activity", E(FUTURE), rule_past, "date", NULL,
	    "state=held|archived", FUTURE },
	{ "activity-headcount", "activity", E(RANGE), rule_range,
	    "headcount", "0..100000", NULL, BELOW },
	{ "activity-notice", "activity", EO(REF_STATE), rule_target,
	    "safety_notice",
	    "kind=safety_notice;state=signed|published|fulfilled",
	    "kind=sport|ceremony;outdoor=1;state=held|archived",
	    N_("names no signed safety notice; have it signed first") },
	{ "activity-notice-day", "activity", EO(ORDER), rule_after_other,
	    "date", "safety_notice.signed_on", NULL, N_("the safety notice "
	    "was signed after this day; it must be signed before") },
	{ "activity-women", "activity", W("W_MONTH"), rule_march, "date",
	    NULL, "kind=women", N_("women's day is in March; compare the "
	    "date") },

	/* participation */
	{ "participation-once", "participation", EO(DUP), rule_unique,
	    "person", "person,target,item_no", NULL, TWICE },
	{ "participation-item", "participation", EO(RANGE), rule_item_no,
	    "item_no", "target", NULL, N_("the contest has no such item; "
	    "choose one of its items") },
	{ "participation-item-no", "participation", EO(REQUIRED),
	    rule_item_no, "item_no", "target", NULL, N_("the contest has "
	    "items; say which") },
	{ "participation-result", "participation", E(PII), rule_no_pii,
	    "result", NULL, NULL, N_("medical results and personal numbers "
	    "are never kept here; leave it empty") },
	{ "participation-reading", "participation", EO(PII), rule_no_reading,
	    "result", "target", NULL, N_("medical results and personal "
	    "numbers are never kept here; leave it empty") },
	{ "participation-person", "participation", EO(REF_STATE),
	    rule_then_open, "person", "date", NULL, N_("the person had left "
	    "before this day; choose another, or correct the day") },

	/* facility */
	{ "facility-once", "facility", EO(DUP), rule_unique, "name",
	    "name,org", "state=open", TWICE },
	{ "facility-quantity", "facility", E(RANGE), rule_range, "quantity",
	    "1..", NULL, BELOW },
	{ "facility-type", "facility", E(REQUIRED), rule_never,
	    "station_type", NULL, "kind=station;station_type=none",
	    N_("a station is of some type; choose it") },
	{ "facility-closed", "facility", E(ORDER), rule_not_before,
	    "closed_on", "opened_on", NULL, EARLIER },
	{ "facility-opened", "facility", E(FUTURE), rule_past, "opened_on",
	    NULL, "state=open", FUTURE },

	/* hardship_case */
	{ "case-household", "hardship_case", EO(DUP_HOUSEHOLD),
	    rule_household, "person", "members", "state!=removed|rejected",
	    N_("a member of this household stands in another open file; "
	    "go on with that one") },
	{ "case-disability", "hardship_case", E(REQUIRED), rule_never,
	    "disability", NULL, "category=disability;disability=none",
	    N_("of this category only with the kind of disability; choose "
	    "it") },
	{ "case-size", "hardship_case", E(RANGE), rule_range, "household",
	    "1..20", NULL, BELOW },
	{ "case-members", "hardship_case", E(RANGE), rule_members_fit,
	    "household", "members", NULL, N_("fewer than the members "
	    "listed; correct one of the two") },
	{ "case-poverty", "hardship_case", E(MISMATCH), rule_poverty,
	    "national", "per_capita", NULL, N_("does not agree with the "
	    "income per head: deep is below the line, relative from the "
	    "line to twice the line; correct one of them") },
	{ "case-per-capita", "hardship_case", E(MISMATCH), rule_per_capita,
	    "per_capita", NULL, NULL, N_("is not (income − rigid spending) "
	    "÷ 12 ÷ household; leave it empty, or correct it") },
	{ "case-bank", "hardship_case", E(TYPE), rule_card, "bank", NULL,
	    NULL, N_("not a card number: its last digit does not fit the "
	    "others; compare it with the card") },
	{ "case-idno-length", "hardship_case", E(IDNO_LEN),
	    rule_members_idno, "members", NULL, NULL, NO_NUMBER },
	{ "case-idno-excel", "hardship_case", E(IDNO_EXCEL),
	    rule_members_idno, "members", NULL, NULL, N_("a spreadsheet has "
	    "cut this number; make the column text, and enter the number "
	    "again from the card") },
	{ "case-idno-type", "hardship_case", E(TYPE), rule_members_idno,
	    "members", NULL, NULL, NO_NUMBER },
	{ "case-idno-region", "hardship_case", E(IDNO_REGION),
	    rule_members_idno, "members", NULL, NULL, NO_NUMBER },
	{ "case-idno-date", "hardship_case", E(IDNO_DATE),
	    rule_members_idno, "members", NULL, NULL, NO_NUMBER },
	{ "case-idno-check", "hardship_case", E(IDNO_CHECK),
	    rule_members_idno, "members", NULL, NULL, NO_NUMBER },
	{ "case-visited", "hardship_case", E(ORDER), rule_not_before,
	    "visited_on", "applied_on", NULL, EARLIER },
	{ "case-removed", "hardship_case", E(ORDER), rule_not_before,
	    "removed_on", "approved_on", NULL, EARLIER },
	{ "case-reason", "hardship_case", E(REASON), rule_never,
	    "remove_reason", NULL, "state=removed;remove_reason=none",
	    N_("a file is closed for a reason; choose it") },
	{ "case-list", "hardship_case", WO("W_REF_STATE"), rule_target,
	    "publicised_in", "kind=hardship_list",
	    "state=publicised|active", N_("names no list of hardship "
	    "files; compare it") },

	/* care_visit */
	{ "care-limit", "care_visit", EO(LIMIT), rule_limit, "amount",
	    "kind", NULL, N_("more than the limits document allows; lower "
	    "it, or ask headquarters to change the limit") },
	{ "care-once", "care_visit", EO(DUP), rule_unique, "person",
	    "person,date,kind", "state!=refused", TWICE },
	{ "care-birthday", "care_visit", WO("W_MONTH"), rule_birthday,
	    "date", "person", "kind=birthday", N_("not the month of the "
	    "person's birthday; compare the two") },
	{ "care-case", "care_visit", EO(REF_STATE), rule_case_open, "case",
	    "date", "kind=hardship;state!=refused", N_("help goes to an "
	    "open hardship file, and this one is not; open it first") },
	{ "care-items", "care_visit", E(ITEM), rule_no_cards, "items", NULL,
	    NULL, N_("cards, coupons and cash are not goods; choose another "
	    "item") },
	{ "care-delivered", "care_visit", E(FUTURE), rule_past, "date",
	    NULL, "state=delivered|signed", FUTURE },

	/* talk */
	{ "talk-day", "talk", E(FUTURE), rule_past, "date", NULL, NULL,
	    FUTURE },

	/* distribution */
	{ "distribution-received", "distribution", E(RANGE),
	    rule_handed_out, "received", "items", NULL, N_("more than there "
	    "was to give out; count again") },
	{ "distribution-limit", "distribution", EO(LIMIT), rule_year_limit,
	    "items", "kind", NULL, N_("more for each person in the year "
	    "than the limits document allows; give less, or ask "
	    "headquarters to change the limit") },
	{ "distribution-items", "distribution", E(ITEM), rule_no_cards,
	    "items", NULL, NULL, N_("cards, coupons and cash are not goods; "
	    "choose another item") },
	{ "distribution-done", "distribution", E(FUTURE), rule_past, "date",
	    NULL, "state=completed|reconciled", FUTURE },

	/* pairing */
	{ "pairing-self", "pairing", E(SELF), rule_different,
	    "target_person", "helper", NULL, SAME_TWO },
	{ "pairing-to", "pairing", E(ORDER), rule_not_before, "to_on",
	    "from_on", NULL, EARLIER },
	{ "pairing-case", "pairing", EO(REF_STATE), rule_target, "case",
	    "state=active", "kind=help;state=proposed|active", N_("help "
	    "goes to an open hardship file, and this one is not; open it "
	    "first") },
	{ "pairing-violation", "pairing", EO(REF_STATE), rule_target,
	    "incident", "kind=violation", "kind=safety", N_("names no "
	    "violation; choose it") },
	{ "pairing-once", "pairing", EO(DUP), rule_unique, "case", "case",
	    "kind=help;state=proposed|active", N_("the file has a pairing; "
	    "end that one first") },

	/* inspection */
	{ "inspection-open", "inspection", EO(OPEN_CHILD), rule_no_child,
	    NULL, "issue.source;state!=closed", "state=closed",
	    N_("an issue found by it is still open; close that first") },
	{ "inspection-lines", "inspection", EO(LINES), rule_scheme,
	    "checked", "scheme", "kind=indicator", LINES },
	{ "inspection-checked", "inspection", E(LINES), rule_need,
	    "checked", NULL, "kind=indicator;state!=planned", LINES },
	{ "inspection-fails", "inspection", WO("W_NO_ISSUE"), rule_fails,
	    "checked", NULL, "state=reported|closed", N_("a line that "
	    "failed has no issue; enter one for each") },
	{ "inspection-peace", "inspection", E(REQUIRED), rule_never,
	    "peace", NULL, "kind=peace;peace=none", N_("an inspection of "
	    "the peaceful mine has one of its eight points; choose it") },
	{ "inspection-notice", "inspection", W("W_NOTICE"),
	    rule_days_before, "notified_on", "date", "kind=patrol",
	    N_("a patrol is told ten days before; it is kept") },
	{ "inspection-done", "inspection", E(FUTURE), rule_past, "date",
	    NULL, "state!=planned", FUTURE },

	/* issue */
	{ "issue-due", "issue", E(ORDER), rule_not_before, "due_on",
	    "found_on", NULL, EARLIER },
	{ "issue-rectified", "issue", E(ORDER), rule_not_before,
	    "rectified_on", "found_on", NULL, EARLIER },
	{ "issue-accepted", "issue", E(ORDER), rule_not_before,
	    "accepted_on", "rectified_on", NULL, EARLIER },
	{ "issue-acceptor", "issue", E(SOD), rule_different, "acceptor",
	    "owner", NULL, SAME_TWO },
	{ "issue-accept", "issue", E(STATE_FIELD), rule_never, "accept",
	    NULL, "state=accepted|closed;accept=none|fail", N_("accepted "
	    "means that it passed; enter that, or send it back") },
	{ "issue-late", "issue", W("W_OVERDUE"), rule_at_most,
	    "rectified_on", "due_on", NULL, LATE },

	/* incident */
	{ "incident-day", "incident", E(FUTURE), rule_past, "date", NULL,
	    NULL, FUTURE },
	{ "incident-late", "incident", W("W_LATE"), rule_entered_late,
	    "entered_on", "date", "level=major", N_("a major incident is "
	    "reported within 24 hours; it is kept") },

	/* document */
	{ "document-issued", "document", EO(DUP), rule_unique, "code",
	    "code", "state=issued", N_("another version of this code is in "
	    "force; repeal it first") },
	{ "document-version", "document", EO(DUP), rule_unique, "version",
	    "code,version", NULL, N_("this version of the code is there; "
	    "give the next number") },
	{ "document-layer", "document", E(REQUIRED), rule_never, "layer",
	    NULL, "kind=process;layer=none", N_("a process belongs to a "
	    "layer; choose it") },
	{ "document-supports", "document", EO(REF), rule_programmes,
	    "supports", NULL, NULL, N_("no issued programme has this code; "
	    "enter the programme as a document first, or correct the code") },
	{ "document-self", "document", E(SELF), rule_not_self, "supersedes",
	    NULL, NULL, N_("cannot replace itself; choose the older text") },

	/* evaluation */
	{ "evaluation-answered", "evaluation", E(RANGE), rule_at_most,
	    "answered", "invited", NULL, MORE },
	{ "evaluation-weights", "evaluation", E(WEIGHT), rule_weights,
	    "worker_weight", "party_weight", NULL, N_("the two weights must "
	    "make 100 together") },
	{ "evaluation-scores", "evaluation", E(RANGE), rule_scores, "lines",
	    NULL, NULL, N_("a line's score is below nought or above its "
	    "greatest; correct it") },
	{ "evaluation-party", "evaluation", E(RANGE), rule_range,
	    "party_score", "0..100", NULL, BELOW },
	{ "evaluation-worker", "evaluation", E(RANGE), rule_range,
	    "worker_score", "0..100", NULL, BELOW },
	{ "evaluation-total", "evaluation", E(MISMATCH), rule_total,
	    "total", NULL, NULL, N_("is not the two scores by their "
	    "weights; leave it empty, or correct it") },
	{ "evaluation-lines", "evaluation", EO(LINES), rule_scheme, "lines",
	    "scheme", "kind=home|indicator|team5|office3", LINES },
	{ "evaluation-once", "evaluation", EO(DUP), rule_unique, "period",
	    "subject,period,kind", NULL, TWICE },
	{ "evaluation-unit-once", "evaluation", EO(DUP), rule_unique,
	    "period", "scheme,org,period,kind", "subject=", TWICE },

	/* expense */
	{ "expense-amount", "expense", E(RANGE), rule_range, "amount",
	    "1..", NULL, N_("must be more than nought; enter the amount") },
	{ "expense-witness", "expense", E(SOD), rule_different, "witness",
	    "handler", NULL, SAME_TWO },
	{ "expense-limit", "expense", EO(LIMIT), rule_limit, "amount",
	    "category", NULL, N_("more than the limits document allows; "
	    "lower it, or ask headquarters to change the limit") },
	{ "expense-quotes", "expense", EO(QUOTES), rule_quotes, "quotes",
	    NULL, NULL, N_("above the price line three suppliers' prices "
	    "are compared; enter them") },
	{ "expense-interview", "expense", EO(QUOTES), rule_interview,
	    "interview_on", NULL, "state=l2|l3|paid|audited", N_("above the "
	    "price line the suppliers are interviewed before the second "
	    "level; enter the day") },
	{ "expense-interview-day", "expense", EO(ORDER), rule_before_step,
	    "interview_on", "l2", NULL, N_("the interview comes before the "
	    "second level's approval; correct the day") },
	{ "expense-split", "expense", WO("W_SPLIT"), rule_split, "payee",
	    "date", NULL, N_("several papers of one day for one payee make "
	    "more than the price line together; compare them") },
	{ "expense-invoice", "expense", EO(DUP), rule_unique, "invoice",
	    "invoice", NULL, TWICE },

	/* commitment */
	{ "commitment-yearly", "commitment", EO(DUP), rule_unique, "signer",
	    "signer,kind,signed_on:4", "kind=integrity;state!=withdrawn",
	    N_("signed one this year already; look at the other record") },
	{ "commitment-signer", "commitment", E(REQUIRED), rule_never,
	    "signer", NULL, "signer=;vendor=", N_("signed by nobody; name "
	    "the person or the company") },
	{ "commitment-notice", "commitment", EO(ORDER), rule_before_other,
	    "signed_on", "activity.date", "kind=safety_notice", N_("signed "
	    "after the activity; a safety notice is signed before") },
};
const size_t nrules = sizeof(rules) / sizeof(rules[0]);

const struct rule_index rule_indexes[] = {
	{ "followup", "parent", NULL }, { "issue", "source", NULL },
	{ "evaluation", "subject", NULL }, { "person", "org", NULL },
	{ "person", "birth", NULL },
	{ "participation", "target", NULL }, { "award", "to_person", NULL },
	{ "expense", "payee", "date" }, { "distribution", "org", NULL },
};
const size_t nrule_indexes = sizeof(rule_indexes) / sizeof(rule_indexes[0]);
