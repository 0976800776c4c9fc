/* The catalogue of bad input, case by case, and what lies just beside it:
 * people, meetings, publicity, matters, awards.
 */
#include "scene.h"

#define MEMBER "membership TC.m active {'kind':'inclusive'," \
	"'platform':'甬工惠'}\n"
#define ITEM "practical_item TC.i active {}\n"
#define RESULT(n, a, b, c) "'resolutions':[{'no':'1','votes_for':" #a \
	",'votes_against':" #b ",'votes_abstain':" #c ",'passed':" n "}]"

static const struct scene people[] = {
	/* identity numbers; 379999 is assigned to no county */
	{ "B01", NULL, "add person {'id_no':'379999199002290018'}",
	    "E_IDNO_DATE" },
	{ "B02", NULL, "add person {'id_no':'379999198802290012'}",
	    "E_IDNO_CHECK" },
	{ "B03", NULL, "add person {'id_no':'3.79999E+17'}",
	    "E_IDNO_EXCEL" },
	{ "B03", NULL, "add person {'id_no':3.79999e17}", "E_IDNO_EXCEL" },
	{ "B04", NULL, "add person {'id_no':'379999198802290000'}",
	    "E_IDNO_EXCEL" },
	{ "B05", NULL, "add person {'id_no':'37999919880229001'}",
	    "E_IDNO_LEN" },
	{ "B05", NULL, "add person {'id_no':'3799991988022900111'}",
	    "E_IDNO_LEN" },
	{ "-", NULL, "add person {'id_no':'379999880229001'}",
	    "E_IDNO_LEN" },
	{ "B06", NULL, "add person {'id_no':'990101198802290011'}",
	    "E_IDNO_REGION" },
	{ "-", NULL, "add person {'id_no':'160101198802290011'}",
	    "E_IDNO_REGION" },
	{ "B07", NULL, "add person {'id_no':'339999197512301183'}",
	    "E_IDNO_CHECK" },
	{ "B07", "commitment TC.ok signed {'kind':'pi_consent','purposes':"
	    "[{'code':'x'}]}", "add person {'id_no':'33999919751230118x',"
	    "'consent':'TC.ok'}", "" },
	{ "B07", "commitment TC.ok signed {'kind':'pi_consent','purposes':"
	    "[{'code':'x'}]}", "add person {'id_no':'３３9999197512301１8Ｘ',"
	    "'consent':'TC.ok'}", "" },
	{ "-", NULL, "add person {'id_no':'37999920990229001X'}",
	    "E_IDNO_DATE" },
	{ "-", NULL, "add person {'id_no':'37999919881301001X'}",
	    "E_IDNO_DATE" },
	{ "B08", NULL, "add person {'id_no':'379999198802290011',"
	    "'gender':'2','consent':'TC.none'}", "E_REF" },
	{ "B08", "commitment TC.ok signed {}", "add person {'id_no':"
	    "'379999198802290011','gender':'2','consent':'TC.ok'}",
	    "E_MISMATCH" },
	{ "-", "commitment TC.ok signed {}", "add person {'id_no':"
	    "'379999198802290011','gender':'1','birth':'1988-02-29',"
	    "'consent':'TC.ok'}", "" },
	{ "-", "commitment TC.ok signed {}", "add person {'id_no':"
	    "'379999198802290011','gender':'9','consent':'TC.ok'}", "" },
	{ "-", "commitment TC.ok signed {}", "add person {'id_no':"
	    "'379999198802290011','birth':'1988-02-28','consent':"
	    "'TC.ok'}", "E_MISMATCH" },
	{ "B09", "commitment TC.ok signed {}\nperson TC.d {'id_no':"
	    "'379999198802290011','consent':'TC.ok'}", "add person "
	    "{'id_no':'379999198802290011','consent':'TC.ok'}", "E_DUP" },
	{ "B09", "commitment TC.ok signed {}\nperson TC.d left {'id_no':"
	    "'379999198802290011','consent':'TC.ok'}", "add person "
	    "{'id_no':'379999198802290011','consent':'TC.ok'}", "" },
	{ "B09", "commitment TC.ok signed {}", "person TC.d {'id_no':"
	    "'379999198802290011','consent':'TC.ok'}\nperson TC.e {'id_no':"
	    "'379999198802290011','consent':'TC.ok'}", "E_DUP" },
	{ "-", "commitment TC.ok signed {}\nperson TC.d {'id_no':"
	    "'379999198802290011','consent':'TC.ok'}", "edit TC.d "
	    "{'job':'司机'}", "" },
	{ "-", "commitment TC.ok signed {}\nperson TC.d {'id_no':"
	    "'379999198802290011','consent':'TC.ok'}", "edit TC.d "
	    "{'id_no':'379999198802290012'}", "E_IDNO_CHECK" },
	{ "B10", NULL, "add person {'kind':'family','relation':'01'}",
	    "E_REQUIRED" },
	{ "-", NULL, "add person {'kind':'family','relation':'01',"
	    "'family_of':'TC.a'}", "" },
	{ "-", NULL, "edit TC.a {'family_of':'TC.a'}", "E_SELF" },
	{ "B11", NULL, "add person {'id_no':'379999198802290011'}",
	    "E_CONSENT" },
	{ "-", NULL, "add person {'disability':'limb'}", "E_CONSENT" },
	{ "-", "person TC.d {'employee_no':'7'}", "add person "
	    "{'employee_no':'7'}", "E_DUP" },
	{ "-", "person TC.d {'employee_no':'7'}", "add person "
	    "{'employee_no':'8'}", "" },
	{ "-", NULL, "add person {'ethnic':'01'}", "" },
	{ "-", NULL, "add person {'ethnic':'57'}", "E_TYPE" },
	{ "-", NULL, "add person {'ethnic':'汉'}", "E_TYPE" },
	{ "-", NULL, "add person {'phone':'13800138000'}", "" },
	{ "-", NULL, "add person {'phone':'12800138000'}", "E_TYPE" },
	{ "-", NULL, "add person {'name':'甲'}", "E_RANGE" },
	/* units */
	{ "-", NULL, "add org_unit {'code':'TC'}", "E_DUP" },
	{ "-", NULL, "add org_unit {'parent':null}", "E_REQUIRED" },
	{ "-", NULL, "add org_unit {'kind':'partner','parent':null}", "" },
	{ "-", NULL, "edit TC.org {'parent':'TC.org'}", "E_SELF" },
	{ "-", "org_unit TC.u {}\norg_unit TC.v {'code':'U2','parent':"
	    "'TC.u'}", "edit TC.u {'parent':'TC.v'}", "E_SELF" },
	{ "-", NULL, "org_unit TC.u {'parent':'TC.v'}\norg_unit TC.v "
	    "{'code':'U2','parent':'TC.u'}", "E_SELF" },
	{ "-", NULL, "add org_unit {'employees':5,'members':5}", "" },
	{ "-", NULL, "add org_unit {'employees':5,'members':6}",
	    "E_RANGE" },
	{ "-", NULL, "add org_unit {'employees':5,'female':6}",
	    "E_RANGE" },
	{ "-", NULL, "add org_unit {'closed_on':'2009-12-31'}",
	    "E_ORDER" },
	{ "-", NULL, "add org_unit {'closed_on':'2010-01-01'}", "" },
	{ "-", NULL, "add org_unit {'region':'370500'}", "" },
	{ "-", NULL, "add org_unit {'region':'990500'}", "E_TYPE" },
	{ "-", NULL, "add org_unit {'region':'3705'}", "E_TYPE" },
	/* published examples: Baidu's and Huawei's licences */
	{ "-", NULL, "add org_unit {'uscc':'91110000802100433B'}", "" },
	{ "-", NULL, "add org_unit {'uscc':'914403001922038216'}", "" },
	{ "-", NULL, "add org_unit {'uscc':'914403001922038215'}",
	    "E_USCC" },
	{ "-", NULL, "add org_unit {'uscc':'91110000802100433I'}",
	    "E_USCC" },
	{ "-", NULL, "add org_unit {'uscc':'9111000080210043'}",
	    "E_USCC" },
	{ "-", "org_unit TC.u {'kind':'project','closed_on':'2022-01-01'}\n"
	    "person TC.d {'org':'TC.u'}", "do TC.u closed",
	    "E_OPEN_CHILD" },
	{ "-", "org_unit TC.u {'kind':'project','closed_on':'2022-01-01'}\n"
	    "person TC.d left {'org':'TC.u'}", "do TC.u closed", "" },
	/* memberships */
	{ "B12", MEMBER, "add membership {'kind':'inclusive','platform':"
	    "'甬工惠'}", "E_DUP" },
	{ "-", MEMBER, "add membership {'kind':'inclusive','platform':"
	    "'甬工惠','person':'TC.b'}", "" },
	{ "-", MEMBER, "add membership {'kind':'inclusive','platform':"
	    "'另一平台'}", "" },
	{ "-", "membership TC.m left {'kind':'inclusive','platform':"
	    "'甬工惠','left_on':'2021-01-01'}", "add membership {'kind':"
	    "'inclusive','platform':'甬工惠'}", "" },
	{ "B13", NULL, "add membership {'left_on':'2019-12-31'}",
	    "E_ORDER" },
	{ "-", NULL, "add membership {'left_on':'2020-01-01'}", "" },
	{ "-", NULL, "add membership {'joined_on':'2026-09-23'}",
	    "E_FUTURE" },
	{ "-", NULL, "add membership {'joined_on':'2026-09-21'}", "" },
	/* posts */
	{ "B14", NULL, "add post {'kind':'chair','term_no':2,'to_on':"
	    "'2025-01-01'}", "E_REQUIRED" },
	{ "B15", "meeting TC.e {'kind':'election','term_no':2,'expected':9}"
	    "\npost TC.p1 serving {'kind':'chair','term_no':2,'to_on':"
	    "'2024-12-31','elected_at':'TC.e'}\npost TC.p2 confirmed "
	    "{'kind':'chair','term_no':2,'to_on':'2024-12-31','person':"
	    "'TC.b','elected_at':'TC.e'}", "do TC.p2 serving", "E_DUP" },
	{ "B15", "meeting TC.e {'kind':'election','term_no':2,'expected':9}"
	    "\npost TC.p1 ended {'kind':'chair','term_no':2,'to_on':"
	    "'2024-12-31','elected_at':'TC.e'}\npost TC.p2 confirmed "
	    "{'kind':'chair','term_no':2,'to_on':'2024-12-31','person':"
	    "'TC.b','elected_at':'TC.e'}", "do TC.p2 serving", "" },
	{ "-", NULL, "add post {'ended_on':'2019-01-01'}", "E_ORDER" },
	{ "-", "meeting TC.e {'kind':'election','term_no':2,'expected':9}",
	    "add post {'kind':'rep','term_no':2,'to_on':'2024-01-01',"
	    "'elected_at':'TC.e'}", "W_TERM" },
	{ "-", "meeting TC.e {'kind':'election','term_no':2,'expected':9}",
	    "add post {'kind':'rep','term_no':2,'to_on':'2022-12-31',"
	    "'elected_at':'TC.e'}", "" },
};

static const struct scene meetings[] = {
	{ "B16", NULL, "add meeting {'kind':'election','term_no':1,"
	    "'expected':60,'attended':39}", "E_QUORUM" },
	{ "-", NULL, "add meeting {'kind':'election','term_no':1,"
	    "'expected':60,'attended':40}", "" },
	{ "-", NULL, "add meeting {'kind':'assembly','expected':3,"
	    "'attended':1}", "E_QUORUM" },
	{ "-", NULL, "add meeting {'kind':'monthly','expected':60,"
	    "'attended':1}", "" },
	{ "-", NULL, "add meeting {'expected':60,'attended':61}",
	    "E_RANGE" },
	{ "B17", NULL, "add meeting {'attended':41," RESULT("false", 30, 5,
	    10) "}", "E_VOTES" },
	{ "-", NULL, "add meeting {'attended':45," RESULT("false", 30, 5,
	    10) "}", "" },
	{ "-", NULL, "add meeting {'expected':60,'attended':60,"
	    RESULT("true", 30, 5, 10) "}", "E_VOTES" },
	{ "-", NULL, "add meeting {'expected':60,'attended':60,"
	    RESULT("true", 31, 5, 10) "}", "" },
	{ "-", NULL, "add meeting {'expected':60,'attended':60,"
	    RESULT("false", 30, 5, 10) "}", "" },
	{ "-", "meeting TC.m {'kind':'plenary','term_no':3,'session_no':3}",
	    "add meeting {'kind':'plenary','term_no':3,'session_no':3}",
	    "E_DUP" },
	{ "-", "meeting TC.m {'kind':'plenary','term_no':3,'session_no':3}",
	    "add meeting {'kind':'plenary','term_no':3,'session_no':4}",
	    "" },
	{ "-", "meeting TC.m {'date':'2026-10-01'}", "do TC.m held",
	    "E_FUTURE" },
	/* proposals */
	{ "B18", NULL, "add proposal {'kind':'congress','proposer':'TC.a',"
	    "'seconders':['TC.b']}", "E_SECONDERS" },
	{ "B18", NULL, "add proposal {'kind':'congress','proposer':'TC.a'}",
	    "E_SECONDERS" },
	{ "-", NULL, "add proposal {'kind':'congress','proposer':'TC.a',"
	    "'seconders':['TC.a','TC.b']}", "E_SECONDERS" },
	{ "-", NULL, "add proposal {'kind':'congress','proposer':'TC.a',"
	    "'seconders':['TC.b','TC.c']}", "" },
	{ "-", NULL, "add proposal {'kind':'congress','seconders':['TC.b',"
	    "'TC.c']}", "E_REQUIRED" },
	{ "-", NULL, "add proposal {'seconders':['TC.b']}", "" },
	{ "B19", "proposal TC.p {'decision':null}", "do TC.p declined",
	    "E_REASON" },
	{ "B19", "proposal TC.p {}", "do TC.p declined", "" },
	{ "-", NULL, "add proposal {'implemented_on':'2021-12-31'}",
	    "E_ORDER" },
	{ "-", NULL, "add proposal {'beneficiaries':-1}", "E_RANGE" },
	{ "-", "proposal TC.p implemented {}", "do TC.p answered@2023-01-01",
	    "W_OVERDUE" },
	{ "-", "proposal TC.p implemented {}", "do TC.p answered@2022-12-31",
	    "" },
	/* requests */
	{ "B20", NULL, "add request {'kind':'dispute','respondent':null}",
	    "E_REQUIRED" },
	{ "-", NULL, "add request {'kind':'dispute','applicant':null}",
	    "E_REQUIRED" },
	{ "B21", "request TC.r handling@2022-06-01 {'kind':'dispute'}",
	    "do TC.r replied@2022-06-21", "W_OVERDUE" },
	{ "-", "request TC.r handling@2022-06-01 {'kind':'dispute'}",
	    "do TC.r replied@2022-06-16", "" },
	{ "-", "request TC.r handling@2022-06-01 {'kind':'dispute'}",
	    "do TC.r replied@2022-06-17", "W_OVERDUE" },
	{ "B21", NULL, "request TC.r replied@2022-06-21 {'kind':"
	    "'dispute'}", "W_OVERDUE" },
	{ "-", "request TC.r {'kind':'dispute'}", "do TC.r "
	    "accepted@2022-06-07", "" },	/* over a holiday */
	{ "-", "request TC.r {'kind':'dispute'}", "do TC.r "
	    "accepted@2022-06-08", "W_OVERDUE" },
	{ "B22", "request TC.r handling {'outcome':'pending'}",
	    "do TC.r replied", "E_STATE_FIELD" },
	{ "-", "request TC.r accepted {'outcome':'pending'}",
	    "do TC.r handling", "" },
	{ "-", NULL, "add request {'outcome':'agreement'}", "E_REQUIRED" },
	{ "-", NULL, "add request {'due_on':'2022-05-31'}", "E_ORDER" },
	{ "-", NULL, "add request {'due_on':'2022-06-01'}", "" },
};

static const struct scene publicity[] = {
	{ "B23", NULL, "add publication {'body':'联系人379999198802290011'}",
	    "E_PII" },
	{ "B23", NULL, "add publication {'body':'电话13800138000'}",
	    "E_PII" },
	{ "B23", NULL, "add publication {'body':'卡号6222020200112233445'}",
	    "E_PII" },
	{ "B23", NULL, "add publication {'body':'卡号1234567890123456'}",
	    "E_PII" },
	{ "-", NULL, "add publication {'title':'电话１３８００１３８０００'}",
	    "E_PII" },
	{ "-", NULL, "add publication {'body':'138****8000,"
	    "3799**********0011,金额123456789012345元'}", "" },
	{ "-", NULL, "add publication {'body':'2021-07-08至2021-07-15'}",
	    "" },
	{ "-", "publication TC.p {}", "edit TC.p {'body':'13800138000'}",
	    "E_PII" },
	{ "B24", NULL, "add publication {'kind':'hardship_list','hotline':"
	    "'0546','start_on':'2022-06-06','end_on':'2022-06-08'}",
	    "E_PERIOD_SHORT" },
	{ "-", NULL, "add publication {'kind':'hardship_list','hotline':"
	    "'0546','start_on':'2022-06-06','end_on':'2022-06-10'}", "" },
	{ "-", NULL, "add publication {'kind':'award_list','hotline':"
	    "'0546','start_on':'2022-06-08','end_on':'2022-06-13'}",
	    "E_PERIOD_SHORT" },		/* six days, four of them working */
	{ "-", NULL, "add publication {'kind':'award_list','hotline':"
	    "'0546','start_on':'2022-09-30','end_on':'2022-10-10'}",
	    "E_PERIOD_SHORT" },		/* the national holidays lie in it */
	{ "-", NULL, "add publication {'kind':'award_list','hotline':"
	    "'0546','start_on':'2022-09-30','end_on':'2022-10-11'}", "" },
	{ "-", NULL, "add publication {'end_on':'2022-06-06'}", "" },
	{ "-", NULL, "add publication {'end_on':'2022-06-05'}",
	    "E_ORDER" },
	{ "B25", "publication TC.p {}", "do TC.p published",
	    "E_TRANSITION" },
	{ "-", NULL, "add publication {'kind':'item_list'}",
	    "E_REQUIRED" },
	/* matters */
	{ "B26", NULL, "add practical_item {'focus':null}", "E_REQUIRED" },
	{ "B26", NULL, "add practical_item {'level':'grassroots',"
	    "'batch':'b1'}", "E_FORBIDDEN_FIELD" },
	{ "B26", NULL, "add practical_item {'batch':'b1'}",
	    "E_FORBIDDEN_FIELD" },
	{ "-", NULL, "add practical_item {'level':'grassroots','focus':null}",
	    "E_REQUIRED" },
	{ "-", NULL, "add practical_item {'level':'grassroots','focus':null,"
	    "'batch':'b1'}", "" },
	{ "-", NULL, "add practical_item {'level':'department',"
	    "'focus':null}", "" },
	{ "B27", "practical_item TC.i done {}", "do TC.i published",
	    "E_REF_STATE" },
	{ "B27", "publication TC.n published {}\npractical_item TC.i done "
	    "{'published_in':'TC.n'}", "do TC.i published",
	    "E_REF_STATE" },
	{ "B27", "publication TC.n approved {'kind':'item_list','period':"
	    "'2022Q2'}\npractical_item TC.i done {'published_in':'TC.n'}",
	    "do TC.i published", "E_REF_STATE" },
	{ "B27", "publication TC.n published {'kind':'item_list','period':"
	    "'2022Q2'}\npractical_item TC.i done {'published_in':'TC.n'}",
	    "do TC.i published", "" },
	{ "B28", "practical_item TC.i nonconforming {}", "do TC.i returned",
	    "E_REF_STATE" },
	{ "B28", "practical_item TC.i nonconforming {}\nfollowup TC.f "
	    "{'parent':'TC.i','kind':'feedback'}", "do TC.i returned", "" },
	{ "-", "practical_item TC.i nonconforming {}\nfollowup TC.f "
	    "{'parent':'TC.i','kind':'report'}", "do TC.i returned",
	    "E_REF_STATE" },
	{ "-", "publication TC.n published {'kind':'item_list','period':"
	    "'2022Q2'}\npractical_item TC.i published {'published_in':"
	    "'TC.n'}", "do TC.i evaluated", "E_REF_STATE" },
	{ "-", "publication TC.n published {'kind':'item_list','period':"
	    "'2022Q2'}\npractical_item TC.i published {'published_in':"
	    "'TC.n'}\nevaluation TC.e {'kind':'item','subject':'TC.i'}",
	    "do TC.i evaluated", "" },
	{ "B29", NULL, "add practical_item {'progress':120}", "E_RANGE" },
	{ "-", ITEM, "edit TC.i {'progress':100}", "E_STATE_FIELD" },
	{ "-", ITEM, "edit TC.i {'progress':99}", "" },
	{ "-", "practical_item TC.i done {}", "edit TC.i {'progress':100}",
	    "" },
	{ "-", NULL, "add practical_item {'done_on':'2021-12-31'}",
	    "E_ORDER" },
	{ "-", ITEM, "edit TC.i {'done_on':'2023-01-01'}", "W_OVERDUE" },
	{ "-", "practical_item TC.i {'due_on':null}", "do TC.i approved",
	    "E_REQUIRED" },
	/* follow-ups */
	{ "B30", ITEM "followup TC.f {'parent':'TC.i'}",
	    "add followup {'parent':'TC.i'}", "E_DUP" },
	{ "-", ITEM "followup TC.f {'parent':'TC.i'}", "add followup "
	    "{'parent':'TC.i','period':'2022-06'}", "" },
	{ "-", ITEM "followup TC.f {'parent':'TC.i'}", "add followup "
	    "{'parent':'TC.i','kind':'supervise'}", "" },
	{ "B30", ITEM, "followup TC.f {'parent':'TC.i'}\nfollowup TC.g "
	    "{'parent':'TC.i'}", "E_DUP" },
	{ "-", ITEM "followup TC.f {'parent':'TC.i','progress':60}",
	    "add followup {'parent':'TC.i','period':'2022-06','progress':"
	    "50}", "W_PROGRESS" },
	{ "-", ITEM "followup TC.f {'parent':'TC.i','progress':60}",
	    "add followup {'parent':'TC.i','period':'2022-06','progress':"
	    "60}", "" },
	{ "-", "practical_item TC.i done {}", "add followup {'parent':"
	    "'TC.i','period':'2022-07','date':'2022-07-31'}",
	    "E_REF_STATE" },
	{ "-", "practical_item TC.i done {}", "add followup {'parent':"
	    "'TC.i','period':'2022-06','date':'2022-06-30'}", "" },
	{ "-", "practical_item TC.i done {}", "add followup {'parent':"
	    "'TC.i','kind':'revisit','date':'2022-07-31'}", "" },
};

static void test_people(void **state)
{
	(void)state;
	scene_all(people, sizeof people / sizeof *people);
}

static void test_meetings(void **state)
{
	(void)state;
	scene_all(meetings, sizeof meetings / sizeof *meetings);
}

static void test_publicity(void **state)
{
	(void)state;
	scene_all(publicity, sizeof publicity / sizeof *publicity);
}

/* At headquarters the same number in two branches is told, not refused. */
static void test_two_branches(void **state)
{
	static const char number[] = "person TC.d {'id_no':"
	    "'379999198802290011','consent':'TC.ok'}\n";
	struct buf text = BUF_INIT;
	struct problems p = {0};
	struct err e = {0};
	struct fixture f;

	(void)state;
	clock_fix(1790000000000);
	fixture_open(&f, "HQ");
	scene_lines(&f, SCENE_BASE "commitment TC.ok signed {}\n", &text);
	scene_lines(&f, number, &text);
	fixture_import(&f, slice_buf(&text), "TC");
	scene_set(&f, "org_unit NB.org {'code':'NB','kind':'branch',"
	    "'parent':'HQ.org'}\nperson NB.a {'org':'NB.org'}\n"
	    "commitment NB.ok signed {'signer':'NB.a','org':'NB.org'}\n");
	if (scene_act(&f, "add person {'org':'NB.org','id_no':"
	    "'379999198802290011','consent':'NB.ok'}", &p, &e) != OK)
		fail_msg("refused: %s", e.detail);
	assert_true(scene_told(&p, "W_DUP_HQ"));
	problems_release(&p);
	if (scene_act(&f, "add org_unit {'code':'TC','parent':'NB.org'}", &p,
	    &e) != ERR_DUP)
		fail_msg("a code of two branches: %s", e.detail);
	problems_release(&p);
	buf_release(&text);
	fixture_close(&f);
	clock_fix(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_people),
		cmocka_unit_test(test_meetings),
		cmocka_unit_test(test_publicity),
		cmocka_unit_test(test_two_branches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
