/* The catalogue of bad input, case by case, and what lies just beside it:
 * contests and awards, activities, care, safety, texts, money.
 */
#include "scene.h"

#define FLAG "competition TC.c running {'kind':'flag','category':" \
	"'quarterly'}\naward TC.f granted {'kind':'flag','category':" \
	"'创先争优','to_org':'TC.org','to_person':null,'competition':" \
	"'TC.c'}\n"
#define STAR "'kind':'star','competition':'TC.c'"
#define NOTICE(day) "commitment TC.s signed {'kind':'safety_notice'," \
	"'signed_on':'" day "'}\n"
#define OUTDOOR "activity TC.v approved {'outdoor':true," \
	"'safety_notice':'TC.s'}\n"
#define CONTEST "competition TC.c running {'items':[{'no':1,'name':'甲'}," \
	"{'no':2,'name':'乙'},{'no':3,'name':'丙'},{'no':4,'name':'丁'}]}\n"
#define LIMITS "document TC.l issued {'kind':'limits','code':'L'," \
	"'lines':[{'code':'hospital','name':'住院','value':1000," \
	"'unit':'元'},{'code':'price_line','name':'比价线','value':20000," \
	"'unit':'元'}]}\n"
#define SCHEME "document TC.s issued {'kind':'indicators','code':'S'," \
	"'lines':[{'code':'a'},{'code':'b'},{'code':'c'}]}\n"
#define CHECK(lines) "'kind':'indicator','scheme':'TC.s','checked':[" \
	lines "]"
#define QUOTE(s) "{'supplier':'" s "','amount':4000000}"
#define OK_ID "commitment TC.ok signed {}\n"

static const struct scene honours[] = {
	{ "B32", NULL, "add competition {'end_on':'2021-12-31'}",
	    "E_ORDER" },
	{ "-", NULL, "add competition {'end_on':'2022-01-01'}", "" },
	{ "-", NULL, "add competition {'year':1899}", "E_RANGE" },
	{ "-", "competition TC.k running {'entrants':2}\nparticipation TC.p "
	    "{'target':'TC.k'}", "do TC.k judged", "W_ENTRANTS" },
	{ "-", "competition TC.k running {'entrants':1}\nparticipation TC.p "
	    "{'target':'TC.k'}", "do TC.k judged", "" },
	{ "-", "competition TC.k running {'entrants':2}",
	    "do TC.k judged", "" },
	{ "B33", FLAG, "add award {" STAR ",'to_org':'TC.org'}",
	    "E_RECIPIENT" },
	{ "-", FLAG, "add award {" STAR "}", "" },
	{ "-", FLAG, "add award {'kind':'flag','competition':'TC.c'}",
	    "E_RECIPIENT" },
	{ "-", NULL, "add award {'to_org':'TC.org'}", "E_RECIPIENT" },
	{ "-", NULL, "add award {'to_person':null}", "E_RECIPIENT" },
	{ "B34", FLAG, "add award {" STAR ",'period':'2022Q5'}",
	    "E_PERIOD" },
	{ "-", FLAG, "add award {" STAR ",'period':'2022'}", "E_PERIOD" },
	{ "-", NULL, "add award {'period':'2022'}", "" },
	{ "B35", FLAG, "add award {'kind':'flag','category':'创先争优',"
	    "'to_org':'TC.org','to_person':null,'competition':'TC.c'}",
	    "E_DUP" },
	{ "-", FLAG, "add award {'kind':'flag','category':'创先争优',"
	    "'to_org':'TC.org','to_person':null,'competition':'TC.c',"
	    "'period':'2022Q2'}", "" },
	{ "-", FLAG, "add award {'kind':'flag','category':'精致管理',"
	    "'to_org':'TC.org','to_person':null,'competition':'TC.c'}",
	    "" },
	{ "-", FLAG, "add award {" STAR ",'category':'创先争优'}", "" },
	{ "-", "competition TC.c judged {}\naward TC.x granted {'kind':"
	    "'prize','competition':'TC.c'}", "add award {'kind':'prize',"
	    "'competition':'TC.c'}", "E_DUP" },
	{ "-", "competition TC.c judged {}\naward TC.x granted {'kind':"
	    "'prize','competition':'TC.c'}", "add award {'kind':'prize',"
	    "'competition':'TC.c','to_person':'TC.b'}", "" },
	{ "B36", NULL, "add award {'recommend':true}", "E_ELIGIBLE" },
	{ "-", FLAG "award TC.t granted {" STAR "}", "add award "
	    "{'recommend':true}", "" },
	{ "-", FLAG "award TC.t granted {" STAR "}", "add award "
	    "{'recommend':true,'period':'2023'}", "E_ELIGIBLE" },
	{ "-", FLAG "award TC.t granted {" STAR "}", "add award "
	    "{'recommend':true,'to_person':'TC.b'}", "E_ELIGIBLE" },
	{ "-", FLAG "award TC.t {" STAR "}", "add award "
	    "{'recommend':true}", "E_ELIGIBLE" },
	{ "-", "competition TC.c running {}\naward TC.x {'kind':'prize',"
	    "'competition':'TC.c'}", "do TC.x granted", "W_NOT_JUDGED" },
	{ "B37", NULL, "add innovation {'applied_on':'2022-01-31'}",
	    "E_ORDER" },
	{ "-", NULL, "add innovation {'applied_on':'2022-02-01'}", "" },
	{ "-", "innovation TC.n {'kind':'skill','champion':true}",
	    "add innovation {'kind':'skill','champion':true}", "E_DUP" },
	{ "-", "innovation TC.n {'kind':'skill','champion':true}",
	    "add innovation {'kind':'skill','champion':false,'title':'又一'}",
	    "" },
	{ "-", "innovation TC.n {}", "edit TC.n {'beaten_by':'TC.n'}",
	    "E_SELF" },
	{ "-", "innovation TC.n applied {'benefit':null}",
	    "do TC.n promoted", "W_BENEFIT" },
};

static const struct scene activities[] = {
	{ "B38", "activity TC.v approved {'date':'2026-09-23'}",
	    "do TC.v held", "E_FUTURE" },
	{ "B38", NULL, "activity TC.v held {'date':'2030-01-01'}",
	    "E_FUTURE" },
	{ "-", "activity TC.v approved {'date':'2026-09-21'}",
	    "do TC.v held", "" },
	{ "-", NULL, "add activity {'date':'2030-01-01'}", "" },
	{ "B39", "activity TC.v approved {'outdoor':true}", "do TC.v held",
	    "E_REQUIRED" },
	{ "B39", NOTICE("2022-06-02"), "activity TC.v held {'outdoor':true,"
	    "'safety_notice':'TC.s'}", "E_ORDER" },
	{ "B39", NOTICE("2022-06-02"), "add activity {'outdoor':true,"
	    "'safety_notice':'TC.s'}", "E_ORDER" },
	{ "-", NOTICE("2022-06-01") OUTDOOR, "do TC.v held", "" },
	{ "B39", "commitment TC.s {'kind':'safety_notice'}\n" OUTDOOR,
	    "do TC.v held", "E_REF_STATE" },
	{ "-", "commitment TC.s signed {}\n" OUTDOOR, "do TC.v held",
	    "E_REF_STATE" },
	{ "-", "activity TC.v approved {'outdoor':false}", "do TC.v held",
	    "" },
	{ "B40", NULL, "add activity {'headcount':-3}", "E_RANGE" },
	{ "B40", NULL, "add activity {'headcount':'近200人'}", "E_TYPE" },
	{ "-", NULL, "add activity {'headcount':100000}", "" },
	{ "-", NULL, "add activity {'headcount':100001}", "E_RANGE" },
	{ "-", NULL, "add activity {'end_on':'2022-05-31'}", "E_ORDER" },
	{ "-", NULL, "add activity {'kind':'women','date':'2022-04-01'}",
	    "W_MONTH" },
	{ "-", NULL, "add activity {'kind':'women','date':'2022-03-31'}",
	    "" },
	{ "B41", "activity TC.v held {'kind':'check_up','target':10}",
	    "add participation {'target':'TC.v','role':'examinee',"
	    "'result':'血压 150/95'}", "E_PII" },
	{ "-", "activity TC.v held {'kind':'check_up','target':10}",
	    "add participation {'target':'TC.v','role':'examinee',"
	    "'result':'BMI 27'}", "E_PII" },
	{ "-", "activity TC.v held {'kind':'check_up','target':10}",
	    "add participation {'target':'TC.v','role':'examinee',"
	    "'result':'左眼0.8'}", "E_PII" },
	{ "-", "activity TC.v held {'kind':'check_up','target':10}",
	    "add participation {'target':'TC.v','role':'examinee',"
	    "'result':'已完成'}", "" },
	{ "-", CONTEST, "add participation {'target':'TC.c','item_no':1,"
	    "'result':'95.5分'}", "" },
	{ "B42", CONTEST, "add participation {'target':'TC.c',"
	    "'item_no':5}", "E_RANGE" },
	{ "-", CONTEST, "add participation {'target':'TC.c','item_no':0}",
	    "E_RANGE" },
	{ "-", CONTEST, "add participation {'target':'TC.c','item_no':4}",
	    "" },
	{ "-", CONTEST, "add participation {'target':'TC.c'}",
	    "E_REQUIRED" },
	{ "-", CONTEST "participation TC.p {'target':'TC.c','item_no':1}",
	    "add participation {'target':'TC.c','item_no':1}", "E_DUP" },
	{ "-", CONTEST "participation TC.p {'target':'TC.c','item_no':1}",
	    "add participation {'target':'TC.c','item_no':2}", "" },
	{ "-", "competition TC.c running {}\nparticipation TC.p {'target':"
	    "'TC.c'}", "add participation {'target':'TC.c'}", "E_DUP" },
	{ "-", "competition TC.c running {}\nperson TC.d left@2022-05-31 {}",
	    "add participation {'target':'TC.c','person':'TC.d'}",
	    "E_REF_STATE" },
	{ "-", "competition TC.c running {}\nperson TC.d left@2022-06-01 {}",
	    "add participation {'target':'TC.c','person':'TC.d'}", "" },
	{ "B43", NULL, "add facility {'kind':'station'}", "E_REQUIRED" },
	{ "B43", NULL, "add facility {'kind':'station','station_type':"
	    "'none'}", "E_REQUIRED" },
	{ "B43", NULL, "add facility {'quantity':0}", "E_RANGE" },
	{ "-", "facility TC.f open {}\nfacility TC.g {}", "do TC.g open",
	    "E_DUP" },
	{ "-", "facility TC.f suspended {}\nfacility TC.g {}",
	    "do TC.g open", "" },
	{ "-", "facility TC.f {'opened_on':'2026-10-01','closed_on':null}",
	    "do TC.f open", "E_FUTURE" },
};

static const struct scene care[] = {
	{ "B44", "hardship_case TC.h {}", "do TC.h publicised",
	    "E_TRANSITION" },
	{ "B45", OK_ID "hardship_case TC.h active {'members':[{'name':'甲',"
	    "'id_no':'379999198802290011'}]}", "add hardship_case "
	    "{'person':'TC.b','members':[{'name':'甲','id_no':"
	    "'379999198802290011'}]}", "E_DUP_HOUSEHOLD" },
	{ "B45", OK_ID "person TC.d {'id_no':'379999198802290011',"
	    "'consent':'TC.ok'}\nhardship_case TC.h active {'person':"
	    "'TC.d'}", "add hardship_case {'person':'TC.b','members':"
	    "[{'id_no':'379999198802290011'}]}", "E_DUP_HOUSEHOLD" },
	{ "B45", "hardship_case TC.h active {}", "add hardship_case {}",
	    "E_DUP_HOUSEHOLD" },
	{ "B45", NULL, "hardship_case TC.h active {'members':[{'id_no':"
	    "'379999198802290011'}]}\nhardship_case TC.g {'person':'TC.b',"
	    "'members':[{'id_no':'379999198802290011'}]}",
	    "E_DUP_HOUSEHOLD" },
	{ "-", "hardship_case TC.h removed {}", "add hardship_case {}",
	    "" },
	{ "-", "hardship_case TC.h active {}", "edit TC.h {'household':4}",
	    "" },
	{ "-", NULL, "add hardship_case {'members':[{'id_no':"
	    "'379999198802290012'}]}", "E_IDNO_CHECK" },
	{ "B46", NULL, "add hardship_case {'category':'disability'}",
	    "E_REQUIRED" },
	{ "B46", NULL, "add hardship_case {'category':'disability',"
	    "'disability':'none'}", "E_REQUIRED" },
	{ "B46", NULL, "add hardship_case {'national':'deep','income_year':"
	    "'18000元'}", "E_MISMATCH" },	/* 500 a head, on the line */
	{ "-", NULL, "add hardship_case {'national':'deep','income_year':"
	    "'17999元'}", "" },
	{ "-", NULL, "add hardship_case {'national':'relative',"
	    "'income_year':'18000元'}", "" },
	{ "-", NULL, "add hardship_case {'national':'relative',"
	    "'income_year':'36000元'}", "E_MISMATCH" },
	{ "-", NULL, "add hardship_case {'national':'deep','income_year':"
	    "'18000元','rigid_year':'6000元'}", "" },
	{ "-", NULL, "add hardship_case {'per_capita':'400元'}",
	    "E_MISMATCH" },
	{ "-", NULL, "add hardship_case {'per_capita':'333.33元'}", "" },
	{ "-", NULL, "add hardship_case {'household':1,'members':[{'name':"
	    "'甲'},{'name':'乙'}]}", "E_RANGE" },
	{ "-", NULL, "add hardship_case {'household':21}", "E_RANGE" },
	{ "-", NULL, "add hardship_case {'bank':'6222020200112233445'}",
	    "E_TYPE" },
	{ "-", NULL, "add hardship_case {'bank':'6222020200112233446'}",
	    "" },
	{ "-", "hardship_case TC.h active {'remove_reason':'none'}",
	    "do TC.h removed", "E_REASON" },
	/* care visits */
	{ "B47", LIMITS, "add care_visit {'amount':'3000元'}", "E_LIMIT" },
	{ "-", LIMITS, "add care_visit {'amount':'1000元'}", "" },
	{ "-", LIMITS, "add care_visit {'amount':'1000.01元'}", "E_LIMIT" },
	{ "-", LIMITS, "add care_visit {'kind':'wedding','amount':"
	    "'3000元'}", "" },
	{ "-", LIMITS, "add care_visit {'amount':'3000元','date':"
	    "'2021-12-31'}", "" },		/* not in force yet */
	{ "-", LIMITS "document TC.m issued {'kind':'limits','code':'M',"
	    "'issued_on':'2022-05-01','lines':[{'code':'hospital','value':"
	    "3000}]}", "add care_visit {'amount':'3000元'}", "" },
	{ "-", LIMITS, "care_visit TC.v signed {'amount':'3000元'}",
	    "E_LIMIT" },
	{ "B48", "care_visit TC.v delivered {'receipt':null}",
	    "do TC.v signed", "E_REQUIRED" },
	{ "-", "care_visit TC.v delivered {'receipt':null,'form':'visit'}",
	    "do TC.v signed", "" },
	{ "B49", "hardship_case TC.h removed {}", "add care_visit {'kind':"
	    "'hardship','case':'TC.h','date':'2023-01-05'}",
	    "E_REF_STATE" },
	{ "B49", "hardship_case TC.h verified {}", "add care_visit {'kind':"
	    "'hardship','case':'TC.h'}", "E_REF_STATE" },
	{ "-", "hardship_case TC.h active {}", "add care_visit {'kind':"
	    "'hardship','case':'TC.h'}", "" },
	{ "-", "hardship_case TC.h removed {}", "care_visit TC.v signed "
	    "{'kind':'hardship','case':'TC.h'}", "" },
	{ "-", "hardship_case TC.h removed {}", "care_visit TC.v signed "
	    "{'kind':'hardship','case':'TC.h','date':'2022-12-01'}",
	    "E_REF_STATE" },
	{ "-", "care_visit TC.v {}", "add care_visit {}", "E_DUP" },
	{ "-", "care_visit TC.v {}", "add care_visit {'date':"
	    "'2022-06-02'}", "" },
	{ "-", "person TC.d {'birth':'1980-07-01'}", "add care_visit "
	    "{'kind':'birthday','person':'TC.d'}", "W_MONTH" },
	{ "-", "person TC.d {'birth':'1980-06-30'}", "add care_visit "
	    "{'kind':'birthday','person':'TC.d'}", "" },
	{ "-", NULL, "add care_visit {'form':'goods','items':[{'name':"
	    "'超市购物卡','qty':1}]}", "E_ITEM" },
	{ "-", NULL, "add talk {'date':'2026-09-23'}", "E_FUTURE" },
	/* handing out */
	{ "B51", NULL, "add distribution {'items':[{'name':'甲','qty':"
	    "1015}],'received':1020}", "E_RANGE" },
	{ "-", NULL, "add distribution {'items':[{'name':'甲','qty':"
	    "1015}],'received':1015}", "" },
	{ "-", NULL, "add distribution {'items':[{'name':'甲','qty':'500'},"
	    "{'name':'乙','qty':515}],'received':1016}", "E_RANGE" },
	{ "-", NULL, "add distribution {'items':[{'name':'现金红包',"
	    "'qty':100}]}", "E_ITEM" },
	{ "-", "document TC.l issued {'kind':'limits','code':'L','lines':"
	    "[{'code':'festival','value':50}]}\ndistribution TC.d {'items':"
	    "[{'name':'甲','qty':100,'price':3000}]}", "add distribution "
	    "{'items':[{'name':'甲','qty':100,'price':2001}]}", "E_LIMIT" },
	{ "-", "document TC.l issued {'kind':'limits','code':'L','lines':"
	    "[{'code':'festival','value':50}]}\ndistribution TC.d {'items':"
	    "[{'name':'甲','qty':100,'price':3000}]}", "add distribution "
	    "{'items':[{'name':'甲','qty':100,'price':2000}]}", "" },
	/* pairs */
	{ "B52", NULL, "add pairing {'target_person':'TC.a'}", "E_SELF" },
	{ "-", "hardship_case TC.h {}", "add pairing {'kind':'help','case':"
	    "'TC.h'}", "E_REF_STATE" },
	{ "-", "hardship_case TC.h active {}", "add pairing {'kind':'help',"
	    "'case':'TC.h'}", "" },
	{ "-", "hardship_case TC.h active {}\npairing TC.p active {'kind':"
	    "'help','case':'TC.h'}", "add pairing {'kind':'help','case':"
	    "'TC.h','helper':'TC.c'}", "E_DUP" },
	{ "-", "incident TC.i {}", "add pairing {'kind':'safety',"
	    "'incident':'TC.i'}", "E_REF_STATE" },
	{ "-", "incident TC.i {'kind':'violation','person':'TC.b'}",
	    "add pairing {'kind':'safety','incident':'TC.i'}", "" },
};

static const struct scene safety[] = {
	{ "B53", "inspection TC.n reported {}\nissue TC.i accepted "
	    "{'source':'TC.n'}", "do TC.n closed", "E_OPEN_CHILD" },
	{ "-", "inspection TC.n reported {}\nissue TC.i closed {'source':"
	    "'TC.n'}", "do TC.n closed", "" },
	{ "B54", SCHEME, "add inspection {" CHECK("{'code':'a'},{'code':"
	    "'b'}") "}", "E_LINES" },
	{ "-", SCHEME, "add inspection {" CHECK("{'code':'a'},{'code':'b'},"
	    "{'code':'c'}") "}", "" },
	{ "-", SCHEME, "add inspection {" CHECK("{'code':'a'},{'code':'b'},"
	    "{'code':'b'}") "}", "E_LINES" },
	{ "-", SCHEME "inspection TC.n {'kind':'indicator','scheme':'TC.s'}",
	    "do TC.n done", "E_LINES" },
	{ "-", SCHEME "inspection TC.n done {" CHECK("{'code':'a','result':"
	    "'fail'},{'code':'b'},{'code':'c'}") "}", "do TC.n reported",
	    "W_NO_ISSUE" },
	{ "-", SCHEME "inspection TC.n done {" CHECK("{'code':'a','result':"
	    "'fail'},{'code':'b'},{'code':'c'}") "}\nissue TC.i {'source':"
	    "'TC.n'}", "do TC.n reported", "" },
	{ "-", NULL, "add inspection {'kind':'peace','peace':'none'}",
	    "E_REQUIRED" },
	{ "-", NULL, "add inspection {'kind':'patrol','notified_on':"
	    "'2022-05-23'}", "W_NOTICE" },
	{ "-", NULL, "add inspection {'kind':'patrol','notified_on':"
	    "'2022-05-22'}", "" },
	{ "B55", "issue TC.i {'due_on':null}", "do TC.i notified",
	    "E_FIVE" },
	{ "B55", NULL, "issue TC.i notified {'measures':null}", "E_FIVE" },
	{ "-", NULL, "add issue {'level':'major'}", "E_FIVE" },
	{ "-", NULL, "add issue {'level':'major','plan':'预案'}", "" },
	{ "-", "issue TC.i {'fund':null}", "do TC.i notified", "E_FIVE" },
	{ "-", "issue TC.i {}", "do TC.i notified", "" },
	{ "B56", NULL, "add issue {'acceptor':'TC.a'}", "E_SOD" },
	{ "-", NULL, "add issue {'due_on':'2022-05-31'}", "E_ORDER" },
	{ "-", "issue TC.i rectified {'accept':'fail'}", "do TC.i accepted",
	    "E_STATE_FIELD" },
	{ "-", "issue TC.i notified {'rectified_on':'2022-07-01',"
	    "'accepted_on':null}", "do TC.i rectified", "W_OVERDUE" },
	{ "B57", NULL, "add incident {'kind':'theft'}", "E_REQUIRED" },
	{ "B57", NULL, "add incident {'kind':'theft','loss_t':-1}",
	    "E_RANGE" },
	{ "-", NULL, "add incident {'kind':'theft','loss_t':0}", "" },
	{ "-", NULL, "add incident {'date':'2026-09-23'}", "E_FUTURE" },
	{ "-", NULL, "add incident {'level':'major','entered_on':"
	    "'2022-06-03'}", "W_LATE" },
	{ "-", NULL, "add incident {'level':'major','entered_on':"
	    "'2022-06-02'}", "" },
};

static const struct scene texts[] = {
	{ "B58", NULL, "document TC.d issued {'kind':'process','layer':"
	    "'union','what':'一','how':'二','standard':'三','assess':'四'}",
	    "E_REQUIRED" },
	{ "B58", NULL, "add document {'supports':[{'code':'NOPE-1'}]}",
	    "E_REF" },
	{ "B58", NULL, "add activity {'programmes':'NOPE-1'}", "E_REF" },
	{ "-", "document TC.p issued {'kind':'programme','code':'WUXIN',"
	    "'lines':[{'code':'WUXIN-1'}]}", "add activity {'programmes':"
	    "'WUXIN-1'}", "" },
	{ "-", "document TC.p issued {'kind':'programme','code':'WUXIN',"
	    "'lines':[{'code':'WUXIN-1'}]}", "add document {'supports':"
	    "'WUXIN'}", "" },
	{ "-", "document TC.p {'kind':'programme','code':'WUXIN',"
	    "'lines':[{'code':'WUXIN-1'}]}", "add activity {'programmes':"
	    "'WUXIN-1'}", "E_REF" },
	{ "-", NULL, "add document {'supports':'PEACE'}", "" },
	{ "-", NULL, "add document {'kind':'process','layer':'none',"
	    "'what':'一','how':'二','standard':'三','assess':'四',"
	    "'flowchart':'sha256:0'}", "E_REQUIRED" },
	{ "-", "document TC.d issued {}\ndocument TC.e reviewed {'version':"
	    "2}", "do TC.e issued", "E_DUP" },
	{ "-", "document TC.d repealed {}\ndocument TC.e reviewed "
	    "{'version':2}", "do TC.e issued", "" },
	{ "-", "document TC.d issued {}", "add document {}", "E_DUP" },
	{ "-", "document TC.d issued {}", "add document {'version':2}",
	    "" },
	{ "B59", NULL, "add evaluation {'party_weight':60,"
	    "'worker_weight':50}", "E_WEIGHT" },
	{ "-", NULL, "add evaluation {'party_weight':60,"
	    "'worker_weight':40}", "" },
	{ "B59", NULL, "add evaluation {'invited':10,'answered':11}",
	    "E_RANGE" },
	{ "-", NULL, "add evaluation {'invited':10,'answered':10}", "" },
	{ "-", NULL, "add evaluation {'lines':[{'code':'1','score':11,"
	    "'max':10}]}", "E_RANGE" },
	{ "-", NULL, "add evaluation {'lines':[{'code':'1','score':10,"
	    "'max':10}]}", "" },
	{ "-", NULL, "add evaluation {'party_score':92,'worker_score':88,"
	    "'party_weight':50,'worker_weight':50,'total':91}",
	    "E_MISMATCH" },
	{ "-", NULL, "add evaluation {'party_score':92,'worker_score':88,"
	    "'party_weight':50,'worker_weight':50,'total':90}", "" },
	{ "-", SCHEME, "add evaluation {'kind':'indicator','scheme':"
	    "'TC.s'}", "E_LINES" },
	{ "-", SCHEME, "add evaluation {'kind':'indicator','scheme':'TC.s',"
	    "'lines':[{'code':'a'},{'code':'b'},{'code':'c'}]}", "" },
	{ "-", "practical_item TC.i {}\nevaluation TC.e {'kind':'item',"
	    "'subject':'TC.i'}", "add evaluation {'kind':'item','subject':"
	    "'TC.i'}", "E_DUP" },
	{ "-", "practical_item TC.i {}\nevaluation TC.e {'kind':'item',"
	    "'subject':'TC.i'}", "add evaluation {'kind':'item','subject':"
	    "'TC.i','period':'2022Q3'}", "" },
	{ "B64", "commitment TC.c signed {'kind':'integrity'}",
	    "add commitment {'kind':'integrity','signed_on':'2022-12-31'}",
	    "E_DUP" },
	{ "-", "commitment TC.c signed {'kind':'integrity'}",
	    "add commitment {'kind':'integrity','signed_on':'2023-01-01'}",
	    "" },
	{ "-", "commitment TC.c withdrawn {'kind':'integrity'}",
	    "add commitment {'kind':'integrity'}", "" },
	{ "-", NULL, "add commitment {'kind':'pi_consent'}", "E_REQUIRED" },
	{ "-", NULL, "add commitment {'kind':'third_party'}",
	    "E_REQUIRED" },
	{ "-", NULL, "add commitment {'signer':null}", "E_REQUIRED" },
	{ "-", "activity TC.v {}", "add commitment {'kind':"
	    "'safety_notice','activity':'TC.v','signed_on':'2022-06-02'}",
	    "E_ORDER" },
	{ "-", "activity TC.v {}", "add commitment {'kind':"
	    "'safety_notice','activity':'TC.v','signed_on':'2022-06-01'}",
	    "" },
	/* any type */
	{ "B65", NULL, "add activity {'date':'2022-02-30'}", "E_DATE" },
	{ "B65", NULL, "add activity {'date':'2022/13/1'}", "E_DATE" },
	{ "B65", NULL, "add activity {'date':'2022/3/8'}", "" },
	{ "B65", NULL, "add activity {'date':'2022.3.8'}", "" },
	{ "B65", NULL, "add activity {'date':'2022年3月8日'}", "" },
	{ "B65", NULL, "add activity {'date':44628}", "" },
	{ "B68", NULL, "add activity {'title':'導(dǎo)師'}", "W_MANGLED" },
	{ "B68", NULL, "add activity {'title':'日?；顒'}", "W_MANGLED" },
	{ "B68", NULL, "add activity {'title':'a\xef\xbf\xbd'}",
	    "W_MANGLED" },
	{ "-", NULL, "add activity {'title':'平台(app)'}", "" },
};

static const struct scene money[] = {
	{ "B61", NULL, "add expense {'amount':'30000.01元','quotes':["
	    QUOTE("甲") "," QUOTE("乙") "]}", "E_QUOTES" },
	{ "-", NULL, "add expense {'amount':'30000元'}", "" },
	{ "-", NULL, "add expense {'amount':'30000.01元'}", "" },
	{ "B61", "expense TC.e l1 {'amount':'30000.01元'}", "do TC.e l2",
	    "E_QUOTES" },
	{ "-", "expense TC.e l1 {'amount':'30000元'}", "do TC.e l2", "" },
	{ "-", NULL, "add expense {'amount':'40000元','quotes':["
	    QUOTE("甲") "," QUOTE("乙") "," QUOTE("乙") "]}", "E_QUOTES" },
	{ "-", "expense TC.e l1 {'amount':'40000元','quotes':["
	    QUOTE("甲") "," QUOTE("乙") "," QUOTE("丙") "]}", "do TC.e l2",
	    "E_QUOTES" },			/* no interview */
	{ "-", "expense TC.e l1 {'amount':'40000元','interview_on':"
	    "'2022-06-01','quotes':[" QUOTE("甲") "," QUOTE("乙") ","
	    QUOTE("丙") "]}", "do TC.e l2", "" },
	{ "-", "expense TC.e l1 {'amount':'40000元','interview_on':"
	    "'2022-06-02','quotes':[" QUOTE("甲") "," QUOTE("乙") ","
	    QUOTE("丙") "]}", "do TC.e l2", "E_ORDER" },
	{ "-", LIMITS, "expense TC.e l2 {'amount':'20000.01元'}",
	    "E_QUOTES" },
	{ "-", LIMITS, "expense TC.e l2 {'amount':'20000元'}", "" },
	{ "B62", "expense TC.e paid {}", "add expense {}", "E_DUP" },
	{ "-", "expense TC.e paid {}", "add expense {'invoice':'FP-2',"
	    "'date':'2022-06-02'}", "" },
	{ "B62", NULL, "expense TC.e {}\nexpense TC.f {'date':"
	    "'2022-06-02'}", "E_DUP" },
	{ "B63", NULL, "add expense {'amount':0}", "E_RANGE" },
	{ "B63", NULL, "add expense {'amount':'12.345 元'}", "E_TYPE" },
	{ "-", NULL, "add expense {'amount':'0.01元'}", "" },
	{ "-", NULL, "add expense {'witness':'TC.a'}", "E_SOD" },
	{ "-", "expense TC.e {'amount':'20000元'}", "add expense {'invoice':"
	    "'FP-2','amount':'10000.01元'}", "W_SPLIT" },
	{ "-", "expense TC.e {'amount':'20000元'}", "add expense {'invoice':"
	    "'FP-2','amount':'10000元'}", "" },
	{ "-", "document TC.l issued {'kind':'limits','code':'L','lines':"
	    "[{'code':'activity_sport','value':400}]}", "add expense {}",
	    "E_LIMIT" },
};

#define GROUP(name) \
	static void test_##name(void **state) \
	{ \
		(void)state; \
		scene_all(name, sizeof name / sizeof *name); \
	}
GROUP(honours)
GROUP(activities)
GROUP(care)
GROUP(safety)
GROUP(texts)
GROUP(money)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_honours),
		cmocka_unit_test(test_activities),
		cmocka_unit_test(test_care),
		cmocka_unit_test(test_safety),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_money),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
