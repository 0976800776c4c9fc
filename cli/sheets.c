/* The sheets. Their words are what stands on the paper. */
#include "sheet.h"

#define CELLS(name) static const struct sheet_cell name[]
#define FILTERS(name) static const struct sheet_filter name[]
#define END { NULL, NULL }

/* ---- notices ---- */

CELLS(notice_text) = { { "body", "" }, END };

CELLS(item_columns) = { { "level", NULL }, { "focus|batch", "所属" },
	{ "title", NULL }, { "org", NULL }, { "done_on", NULL }, END };

/* What was done in the quarter and is on no other list. */
FILTERS(items_of_period) = { { "done_on", "period", false },
	{ "branch", "branch", true }, { NULL, NULL, false } };
static const struct sheet_list items = {
	.type = "practical_item", .filter = items_of_period,
	.states = "done|published|evaluated", .mine = "published_in",
	.column = item_columns,
};
static const struct sheet_list all_items = {
	.type = "practical_item", .filter = items_of_period,
	.states = "done|published|evaluated", .column = item_columns,
};

CELLS(award_columns) = { { "period", NULL }, { "kind", NULL },
	{ "category", NULL }, { "to_org|to_person", "获得者" },
	{ "granted_by", NULL }, { "granted_on", NULL }, END };
FILTERS(awards_of_period) = { { "period", "period", false },
	{ "branch", "branch", false }, { NULL, NULL, false } };
static const struct sheet_list awards = {
	.type = "award", .filter = awards_of_period,
	.states = "published|granted", .column = award_columns,
};
FILTERS(awards_of_contest) = { { "competition", "id", false },
	{ NULL, NULL, false } };
static const struct sheet_list board = {
	.type = "award", .filter = awards_of_contest,
	.states = "published|granted", .column = award_columns,
};

/* ---- supervision ---- */

CELLS(supervise_facts) = { { "parent", "督办事项" },
	{ "parent.org", "责任单位" }, { "parent.owner", "责任人" },
	{ "parent.due_on", "原定时限" }, { "period", NULL },
	{ "progress", NULL }, { "date", "督办日期" },
	{ "due_on", "要求完成" }, END };
CELLS(supervise_text) = { { "content", "督办内容" },
	{ "problem", "存在问题" }, END };
static const char *const supervise_sign[] = { "办理情况", "签收人",
	"签收日期", "督办人(签字)", NULL };

CELLS(item_facts) = { { "title", "督办事项" }, { "level", NULL },
	{ "org", NULL }, { "owner", NULL }, { "approved_on", NULL },
	{ "due_on", NULL }, { "progress", NULL }, END };
CELLS(item_text) = { { "measures", "举措" }, END };
CELLS(supervise_columns) = { { "period", NULL }, { "date", NULL },
	{ "progress", NULL }, { "content", NULL }, { "due_on", NULL }, END };
FILTERS(supervised) = { { "parent", "id", false },
	{ "kind", "=supervise", false }, { NULL, NULL, false } };
static const struct sheet_list supervisions = {
	.type = "followup", .filter = supervised,
	.column = supervise_columns,
};

/* ---- rectification ---- */

CELLS(issue_facts) = { { "org", NULL }, { "level", NULL },
	{ "found_on", NULL }, { "found_by", NULL }, { "place", NULL },
	{ "owner", NULL }, { "fund", NULL }, { "due_on", NULL },
	{ "standard", NULL }, END };
CELLS(issue_text) = { { "description", NULL }, { "measures", NULL },
	{ "plan", NULL }, END };
static const char *const issue_sign[] = { "签发人", "签收人", "签收日期",
	"整改情况回复", "验收意见", NULL };

/* ---- receipts ---- */

CELLS(care_facts) = { { "date", NULL }, { "batch", NULL },
	{ "visitors", NULL }, { "fund", NULL }, END };
CELLS(care_columns) = { { "person", "姓名" }, { "form", NULL },
	{ "items", NULL }, { "amount", NULL }, { NULL, "签名" },
	{ NULL, "签收日期" }, { NULL, "备注" }, END };
/* The visits of one kind, day and batch; the kind itself is on no paper that
 * goes from hand to hand, since it tells who is ill. */
FILTERS(same_batch) = { { "org", "org", false }, { "date", "date", false },
	{ "kind", "kind", false }, { "batch", "batch", false },
	{ "branch", "branch", false }, { NULL, NULL, false } };
static const struct sheet_list visits = {
	.type = "care_visit", .filter = same_batch,
	.states = "planned|approved|delivered|signed", .column = care_columns,
};
static const char *const care_sign[] = { "慰问人(签字)", "审核人(签字)",
	NULL };

CELLS(goods_facts) = { { "occasion", NULL }, { "date", NULL },
	{ "to_orgs", NULL }, { "items", NULL }, { "target", NULL },
	{ "received", NULL }, { "fund", NULL }, END };
CELLS(goods_columns) = { { NULL, "姓名" }, { NULL, "部门" },
	{ NULL, "份数" }, { NULL, "签名" }, { NULL, "日期" }, END };
static const char *const goods_sign[] = { "发放人(签字)", "审核人(签字)",
	NULL };

/* ---- approval ---- */

CELLS(expense_facts) = { { "category", NULL }, { "purpose", NULL },
	{ "org", NULL }, { "activity", NULL }, { "amount", NULL },
	{ "date", NULL }, { "payee", NULL }, { "fund", NULL },
	{ "handler", NULL }, { "witness", NULL }, { "interview_on", NULL },
	{ "invoice", NULL }, { "paid_on", NULL }, END };
CELLS(quote_columns) = { { "supplier", "报价单位" },
	{ "amount", "报价 (元)" }, { "on", "报价日期" }, END };
static const struct sheet_step levels[] = {
	{ "l1", "一级审核" }, { "l2", "二级审核" }, { "l3", "三级审批" },
	{ NULL, NULL },
};

/* ---- mediation ---- */

CELLS(dispute_facts) = { { "agreement_no", NULL }, { "applicant", NULL },
	{ "respondent", NULL }, { "received_on", NULL }, { "handler", NULL },
	END };
CELLS(dispute_text) = { { "content", "争议事项" }, { "reply", "调解结果" },
	END };
static const char *const dispute_sign[] = { "申请人(签字)",
	"被申请人(签字或盖章)", "调解员(签字)", NULL };

const struct sheet sheets[] = {
	{ .key = "notice", .type = "publication", .when = "kind=item_list",
	  .title_path = "title", .unit = "org", .reader = MASK_PUBLIC,
	  .states = "approved|published|objected|ended", .text = notice_text,
	  .list = &items, .notice = true },
	{ .key = "notice", .type = "publication", .when = "kind=award_list",
	  .title_path = "title", .unit = "org", .reader = MASK_PUBLIC,
	  .states = "approved|published|objected|ended", .text = notice_text,
	  .list = &awards, .notice = true },
	{ .key = "notice", .type = "publication",
	  .title_path = "title", .unit = "org", .reader = MASK_PUBLIC,
	  .states = "approved|published|objected|ended", .text = notice_text,
	  .notice = true },
	{ .key = "items", .report = "R07", .title = "实事项目办结公示",
	  .reader = MASK_PUBLIC, .list = &all_items, .notice = true },
	{ .key = "board", .type = "competition", .title_path = "title",
	  .unit = "org", .reader = MASK_PUBLIC,
	  .states = "running|judged|published|closed", .list = &board,
	  .notice = true },
	{ .key = "supervise", .type = "followup", .when = "kind=supervise",
	  .title = "督办单", .reader = MASK_INSIDE,
	  .states = "submitted|seen|closed", .fact = supervise_facts,
	  .text = supervise_text, .sign = supervise_sign },
	{ .key = "supervise", .type = "practical_item", .title = "督办单",
	  .reader = MASK_INSIDE, .states = "approved|active|done",
	  .fact = item_facts, .text = item_text, .list = &supervisions,
	  .sign = supervise_sign },
	{ .key = "rectify", .type = "issue", .when = "kind=hazard",
	  .title = "隐患整改通知单", .reader = MASK_INSIDE,
	  .states = "notified|rectified|accepted|closed",
	  .fact = issue_facts, .text = issue_text, .sign = issue_sign },
	{ .key = "rectify", .type = "issue", .title = "问题整改通知单",
	  .reader = MASK_INSIDE,
	  .states = "notified|rectified|accepted|closed",
	  .fact = issue_facts, .text = issue_text, .sign = issue_sign },
	{ .key = "receipt", .type = "care_visit", .title = "慰问签领表",
	  .unit = "org", .reader = MASK_INSIDE,
	  .states = "approved|delivered|signed", .fact = care_facts,
	  .list = &visits, .sign = care_sign },
	{ .key = "receipt", .type = "distribution", .title = "慰问品签领表",
	  .unit = "org", .reader = MASK_INSIDE,
	  .states = "approved|distributing|completed|reconciled",
	  .fact = goods_facts, .blank_rows = "target",
	  .blank = goods_columns, .sign = goods_sign },
	{ .key = "approval", .type = "expense", .title = "经费支出三级审批单",
	  .unit = "org", .reader = MASK_INSIDE,
	  .states = "l1|l2|l3|paid|audited", .fact = expense_facts,
	  .line = quote_columns, .line_field = "quotes", .step = levels },
	{ .key = "agreement", .type = "request", .when = "outcome=agreement",
	  .title = "劳动争议调解协议书", .reader = MASK_INSIDE,
	  .states = "replied|closed", .fact = dispute_facts,
	  .text = dispute_text, .sign = dispute_sign },
};
const size_t nsheets = sizeof sheets / sizeof *sheets;
