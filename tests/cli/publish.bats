#!/usr/bin/env bats
# Sheets: what is on them, for whom, and what keeps one from being printed.
load helper

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org" || return 1
	cd "$BATS_FILE_TMPDIR/org"
	cat >sheets.jsonl <<-'EOF'
	{"type":"person","id":"TC.c","branch":"TC","kind":"on_duty","org":"TC.org","name":"欧阳测试","phone":"13812345678"}
	{"type":"publication","id":"TC.pub","branch":"TC","state":"approved","kind":"news","title":"关于<健步走>的公示 & 通知","body":"第一段\n第二段 \"引号\"","org":"TC.org","scope":"branch","channel":"board","hotline":"0632-1234567","history":[{"from":"draft","to":"approved","role":"chair","by":"TC.a","on":"2021-07-01"}]}
	{"type":"publication","id":"TC.list","branch":"TC","state":"approved","kind":"item_list","title":"实事项目办结公示","body":"现予公示。","org":"TC.org","period":"2021Q2","scope":"branch","channel":"board","start_on":"2021-07-08","end_on":"2021-07-15","history":[{"from":"draft","to":"approved","role":"chair","by":"TC.a","on":"2021-07-01"}]}
	{"type":"publication","id":"TC.draft","branch":"TC","kind":"news","title":"草稿公示","body":"内容","org":"TC.org","scope":"branch","channel":"board"}
	{"type":"publication","id":"TC.back","branch":"TC","state":"withdrawn","kind":"news","title":"撤回公示","body":"内容","org":"TC.org","scope":"branch","channel":"board","start_on":"2021-07-08","history":[{"from":"draft","to":"approved","role":"chair","by":"TC.a","on":"2021-07-01"},{"from":"approved","to":"published","role":"clerk","by":"TC.b","on":"2021-07-08"},{"from":"published","to":"objected","role":"clerk","by":"TC.b","on":"2021-07-09"},{"from":"objected","to":"withdrawn","role":"chair","by":"TC.a","on":"2021-07-10"}]}
	{"type":"practical_item","id":"TC.item1","branch":"TC","state":"done","level":"party","focus":"f3","title":"更衣室改造","org":"TC.org","owner":"TC.a","measures":"更换衣柜","approved_on":"2021-03-01","due_on":"2021-06-30","progress":100,"done_on":"2021-06-11","budget":1234500,"history":[{"from":"candidate","to":"approved","role":"leader","by":"TC.a","on":"2021-03-01"},{"from":"approved","to":"active","role":"chair","by":"TC.a","on":"2021-03-02"},{"from":"active","to":"done","role":"chair","by":"TC.a","on":"2021-06-11"}]}
	{"type":"practical_item","id":"TC.item2","branch":"TC","state":"done","level":"grassroots","batch":"b4","title":"爱心母婴室","org":"TC.org","owner":"TC.a","measures":"布置","approved_on":"2021-03-01","due_on":"2021-09-30","progress":100,"done_on":"2021-07-02","history":[{"from":"candidate","to":"approved","role":"leader","by":"TC.a","on":"2021-03-01"},{"from":"approved","to":"active","role":"chair","by":"TC.a","on":"2021-03-02"},{"from":"active","to":"done","role":"chair","by":"TC.a","on":"2021-07-02"}]}
	{"type":"followup","id":"TC.sup","branch":"TC","state":"submitted","parent":"TC.item1","kind":"supervise","period":"2021-05","date":"2021-06-03","progress":60,"content":"请加快进度","due_on":"2021-06-20"}
	{"type":"issue","id":"TC.haz","branch":"TC","state":"notified","kind":"hazard","level":"general","org":"TC.org","found_on":"2021-05-01","place":"三采区","description":"护栏松动","owner":"TC.a","measures":"加固","fund":50000,"due_on":"2021-06-30","plan":"设警戒","history":[{"from":"found","to":"notified","role":"specialist","by":"TC.b","on":"2021-05-02"}]}
	{"type":"care_visit","id":"TC.v1","branch":"TC","state":"approved","kind":"hospital","person":"TC.c","org":"TC.org","date":"2021-05-20","form":"cash","amount":30000,"fund":"union","history":[{"from":"planned","to":"approved","role":"chair","by":"TC.a","on":"2021-05-19"}]}
	{"type":"care_visit","id":"TC.v2","branch":"TC","state":"approved","kind":"hospital","person":"TC.b","org":"TC.org","date":"2021-05-20","form":"cash","amount":123456700,"fund":"union","history":[{"from":"planned","to":"approved","role":"chair","by":"TC.a","on":"2021-05-19"}]}
	{"type":"care_visit","id":"TC.v3","branch":"TC","state":"approved","kind":"exam","person":"TC.a","org":"TC.org","date":"2021-05-20","form":"visit","fund":"none","history":[{"from":"planned","to":"approved","role":"chair","by":"TC.a","on":"2021-05-19"}]}
	{"type":"care_visit","id":"TC.v4","branch":"TC","state":"delivered","kind":"hospital","person":"TC.c","org":"TC.org","date":"2021-06-01","form":"goods","amount":98765432,"fund":"union","history":[{"from":"planned","to":"approved","role":"chair","by":"TC.a","on":"2021-05-30"},{"from":"approved","to":"delivered","role":"clerk","by":"TC.b","on":"2021-06-01"}]}
	{"type":"distribution","id":"TC.d","branch":"TC","state":"approved","kind":"festival","occasion":"端午粽子","org":"TC.org","date":"2021-06-12","items":[{"name":"粽子","qty":7,"unit":"份"}],"target":7,"fund":"union","history":[{"from":"planned","to":"approved","role":"chair","by":"TC.a","on":"2021-06-10"}]}
	{"type":"competition","id":"TC.comp","branch":"TC","state":"running","kind":"labour","level":"plant","category":"annual","title":"扛旗摘星竞赛","org":"TC.org","year":2021,"start_on":"2021-01-01","end_on":"2021-12-31","history":[{"from":"planned","to":"running","role":"chair","by":"TC.a","on":"2021-01-01"}]}
	{"type":"award","id":"TC.star","branch":"TC","state":"granted","kind":"star","category":"优质服务","granted_by":"工会","to_person":"TC.c","competition":"TC.comp","period":"2021Q2","granted_on":"2021-07-08","history":[{"from":"nominated","to":"granted","role":"chair","by":"TC.a","on":"2021-07-08"}]}
	{"type":"award","id":"TC.flag","branch":"TC","state":"granted","kind":"flag","category":"精致管理","granted_by":"工会","to_org":"TC.org","competition":"TC.comp","period":"2021Q2","granted_on":"2021-07-08","history":[{"from":"nominated","to":"granted","role":"chair","by":"TC.a","on":"2021-07-08"}]}
	{"type":"request","id":"TC.req","branch":"TC","state":"replied","kind":"dispute","channel":"visit","applicant":"TC.c","respondent":"某公司","content":"工时争议","received_on":"2021-05-01","handler":"TC.a","reply":"补发","outcome":"agreement","agreement_no":"TC-2021-01","history":[{"from":"submitted","to":"accepted","role":"chair","by":"TC.a","on":"2021-05-01"},{"from":"accepted","to":"handling","role":"chair","by":"TC.a","on":"2021-05-02"},{"from":"handling","to":"replied","role":"specialist","by":"TC.a","on":"2021-05-05"}]}
	{"type":"expense","id":"TC.exp","branch":"TC","state":"l2","category":"activity_sport","purpose":"健步走","org":"TC.org","amount":1234500,"date":"2021-05-10","payee":"供应商","handler":"TC.c","witness":"TC.b","fund":"union","quotes":[{"supplier":"甲","amount":1300000,"on":"2021-05-01"}],"history":[{"from":"draft","to":"l1","role":"sub_chair","by":"TC.a","on":"2021-05-11"},{"from":"l1","to":"l2","role":"clerk","by":"TC.b","on":"2021-05-12","note":"同意"}]}
	EOF
	"$WELLHEAD" -C tc import sheets.jsonl
}

setup() {
	fresh
}

# sheet NAME ARGS...: publish into NAME, which must be well-formed.
sheet() {
	local name=$1
	shift
	want 0 "" "" -C tc publish "$@" -o "$name" || return
	xmllint --noout --nonet "$name" || return
	! grep -iE '<script|https?://[^w]|url\(' "$name" || return
}

# text NAME: what a reader sees, on one line.
text() {
	xmllint --xpath 'string(/*/*[local-name()="body"])' "$1" |
		tr -s '\n\t ' ' '
}

has() {
	local name=$1 part seen
	shift
	seen=$(text "$name")
	for part; do
		[[ $seen == *"$part"* ]] || differ "$name" "$part" "$seen" ||
			return
	done
}

lacks() {
	local name=$1 part
	shift
	for part; do
		! grep -F -- "$part" "$name" ||
			differ "$name" "without $part" "with it" || return
	done
}

@test "a notice: title, unit, number, text, days, hotline, seal, date" {
	sheet n.html TC.list
	id=$("$WELLHEAD" -C tc show TC.list --json | jq -r .id)
	has n.html 实事项目办结公示 单位:田陈煤矿工会 2021年第二季度 \
		"编号:$id" 现予公示。 \
		"公示期:2021年7月8日 至 2021年7月15日(不少于5个工作日)" \
		监督电话:________ "(盖章处)" 2021年7月8日
	# What was done in the quarter, and nothing that stays inside
	has n.html 更衣室改造 党委 员工工作和生活条件改善 2021-06-11 "共 1 项"
	lacks n.html 爱心母婴室 测试甲 12,345 责任人 预算
	grep -q 'size:A4' n.html
	grep -q 'thead{display:table-header-group}' n.html
	lacks n.html 草稿
}

@test "a list promises five working days only where it keeps them" {
	# October 2021: holidays to the 7th, the 8th is worked
	sqlite3 tc/store.db "UPDATE publication SET start_on = '2021-10-01',
		end_on = '2021-10-08' WHERE ext = 'TC.list'"
	sheet n.html TC.list
	has n.html "2021年10月1日 至 2021年10月8日"
	lacks n.html 工作日
	sqlite3 tc/store.db "UPDATE publication SET end_on = '2021-10-12'
		WHERE ext = 'TC.list'"
	sheet n.html TC.list	# 8, 9 (worked for a holiday), 11, 12: four
	lacks n.html 工作日
	sqlite3 tc/store.db "UPDATE publication SET end_on = '2021-10-13'
		WHERE ext = 'TC.list'"
	sheet n.html TC.list
	has n.html "(不少于5个工作日)"
	sheet n.html TC.pub	# not a list
	lacks n.html 工作日
}

@test "text from records is escaped, lines stay lines" {
	sheet n.html TC.pub
	grep -qF '关于&lt;健步走&gt;的公示 &amp; 通知' n.html
	grep -qF '第二段 &quot;引号&quot;' n.html
	[ "$(xmllint --xpath 'string(//*[local-name()="title"])' n.html)" = \
		'关于<健步走>的公示 & 通知' ]
	has n.html 监督电话:0632-1234567 "公示期:____年__月__日"
	# A character that XML forbids, or that turns the line around
	sqlite3 tc/store.db "UPDATE publication SET title =
		'x' || char(8) || char(8238) || 'y' WHERE ext = 'TC.pub'"
	sheet n.html TC.pub
	[ "$(xmllint --xpath 'string(//*[local-name()="title"])' n.html)" = \
		$'x\uFFFD\uFFFDy' ]
}

@test "a draft is refused, and marked where it is asked for" {
	refused 1 E_STATE -C tc publish TC.draft
	like 1 "" "*TC.draft is 草稿 (draft)*hint: *--draft*" \
		-C tc publish TC.draft
	sheet n.html TC.draft --draft
	has n.html 草稿 草稿公示
	grep -q 'class="watermark">草稿<' n.html
	# What was taken back is not printed at all
	refused 1 E_STATE -C tc publish TC.back --draft
	"$WELLHEAD" -C tc void TC.pub --reason 重复
	refused 1 E_VOID -C tc publish TC.pub
	refused 1 E_VOID -C tc publish TC.pub --draft
}

@test "personal data in public text is refused, and not repeated" {
	while IFS='|' read -r field value kind; do
		sqlite3 tc/store.db "UPDATE publication SET $field = '$value'
			WHERE ext = 'TC.list'"
		refused 1 E_PII -C tc publish TC.list
		[[ $err == *"($field): $kind stands at character "[345]* ]] ||
			differ "$value" "$kind" "$err"
		[[ $err != *"${value:2}"* ]]
		refused 1 E_PII -C tc publish TC.list --draft
		sqlite3 tc/store.db "UPDATE publication SET $field = '如下'
			WHERE ext = 'TC.list'"
	done <<-'EOF'
	body|王某379999198802290011|an identity number
	title|王某13812345678|a phone number
	body|王某6222021234567890123|a bank card number
	body|王某患肺癌|words on a person's illness
	EOF
	# So is it in what the list takes from other records
	sqlite3 tc/store.db "UPDATE practical_item SET
		title = '找王某13812345678' WHERE ext = 'TC.item1'"
	refused 1 E_PII -C tc publish TC.list
	refused 1 E_PII -C tc publish R07 --period 2021Q2
}

@test "the quarter's table comes from the period alone" {
	sheet q.html R07 --period 2021Q2
	has q.html 实事项目办结公示 2021年第二季度 更衣室改造 "共 1 项"
	lacks q.html 爱心母婴室 测试甲
	sheet q.html r07 --period 2021Q3
	has q.html 爱心母婴室
	lacks q.html 更衣室改造
	like 2 "" "*R07 needs a period*hint: *--period*" -C tc publish R07
	refused 1 E_PERIOD -C tc publish R07 --period 2021Q5
	# Headquarters has all branches', or one's
	exchange
	want 0 "" "" -C hq publish R07 --period 2021Q2 -o q.html
	has q.html 单位:演示集团 更衣室改造
	want 0 "" "" -C hq publish R07 --period 2021Q2 --branch XX -o q.html
	lacks q.html 更衣室改造
}

@test "a report is posted with its lists masked and no internal totals" {
	sheet r.html R01 --period 2021Q2
	has r.html 优质服务 欧* 精致管理 田陈煤矿工会 2021-07-08
	lacks r.html 欧阳
	sheet r.html R03 --period 2021
	lacks r.html 987,654 987654 欧阳
	has r.html 欧*
	# The same report on the desk has them
	w -C tc report R03 --period 2021
	[[ $out == *欧阳测试* && $out == *987,654.32* ]]
	sqlite3 tc/store.db "UPDATE award SET category = '找13812345678'
		WHERE ext = 'TC.star'"
	refused 1 E_PII -C tc publish R01 --period 2021Q2
	[[ $err != *13812345678* && $err == *"a phone number"* ]]
	refused 1 E_STATE -C tc publish R18
	refused 1 E_NOT_FOUND -C tc publish R99
	refused 1 E_PERIOD -C tc publish R01 --period 2021Q9
}

@test "a contest's board has units in full and persons covered" {
	sheet b.html TC.comp
	has b.html 扛旗摘星竞赛 2021年第二季度 优质服务 欧* 精致管理 \
		田陈煤矿工会 2021-07-08 "共 2 项"
	lacks b.html 欧阳
}

@test "a mediation agreement covers what is personal until names are asked for" {
	sheet m.html TC.req
	has m.html 劳动争议调解协议书 TC-2021-01 欧* 测试甲 "申请人(签字)"
	lacks m.html 欧阳 工时争议 某公司
	sheet m.html TC.req --full-names
	has m.html 欧阳测试 某公司 工时争议 补发
	sqlite3 tc/store.db "UPDATE request SET outcome = 'none'
		WHERE ext = 'TC.req'"
	refused 1 E_NOT_FOUND -C tc publish TC.req
}

@test "a supervision order, of the order or of the matter" {
	sheet s.html TC.sup
	has s.html 督办单 更衣室改造 田陈煤矿工会 测试甲 2021年5月 60 \
		2021-06-20 请加快进度 签收人
	sheet s.html TC.item2 --kind supervise --draft
	has s.html 督办单 爱心母婴室 2021-09-30
	sheet s.html TC.item1
	has s.html 更衣室改造 请加快进度 "共 1 项"
}

@test "a rectification notice names the five points" {
	sheet r.html TC.haz
	has r.html 隐患整改通知单 三采区 护栏松动 测试甲 加固 500.00 \
		2021-06-30 设警戒 签收人
}

@test "a receipt list covers the names and never says who is ill" {
	sheet l.html TC.v1
	has l.html 慰问签领表 欧* 测* 300.00 1,234,567.00 签名 "共 2 项"
	lacks l.html 欧阳 测试乙 生病住院 13812345678 138****
	sheet l.html TC.v1 --full-names
	has l.html 欧阳测试 测试乙
	lacks l.html 生病住院 13812345678
	sheet l.html TC.d
	has l.html 慰问品签领表 端午粽子 "粽子 7 份"
	[ "$(grep -c '^<tr><td class="number">' l.html)" -eq 7 ]
	# Asking for full names changes nothing on a notice
	sheet a.html TC.list
	sheet b.html TC.list --full-names
	cmp a.html b.html
}

@test "the approval sheet has the levels that were signed, and room" {
	sheet e.html TC.exp
	has e.html 经费支出三级审批单 12,345.00 健步走 欧阳测试 测试乙 \
		甲 13,000.00 一级审核 测试甲 2021-05-11 二级审核 2021-05-12 同意
	# Who signed may look like the beginning of an id: it is a name
	"$WELLHEAD" -C tc do TC.exp l3 --as 0 --on 2021-05-13
	sheet f.html TC.exp
	grep -qE '<td>三级审批</td><td>[^<]*</td><td>0</td><td>2021-05-13<' \
		f.html
	grep -qF '<tr><td>三级审批</td><td></td><td></td><td></td><td></td></tr>' \
		e.html
}

@test "steps that operators signed name the person, and say that they are signed" {
	for o in "经办 --role clerk" "分会 --role sub_chair --person TC.b" \
	    "财务 --role clerk" "主席 --role chair --person TC.a"; do
		# shellcheck disable=SC2086
		"$WELLHEAD" -C tc operator add $o 2>/dev/null
	done
	id=$("$WELLHEAD" -C tc add expense category=activity_edu purpose=笔 \
		org=TC.org amount=300元 date=2022-03-01 handler=TC.c \
		fund=union payee=甲 witness=TC.b --as 经办)
	"$WELLHEAD" -C tc do "$id" l1 --as 分会
	"$WELLHEAD" -C tc do "$id" l2 --as 财务
	"$WELLHEAD" -C tc do "$id" l3 --as 主席
	sheet o.html "$id"
	has o.html "测试乙 (电子签名)" "财务 (电子签名)" "测试甲 (电子签名)"
}

@test "no sheet, no such sheet, no such record, nowhere to write" {
	refused 1 E_NOT_FOUND -C tc publish TC.a
	[[ $err == *"there is no sheet"*hint:*publication* ]]
	refused 1 E_NOT_FOUND -C tc publish TC.list --kind receipt
	[[ $err == *'no sheet "receipt"'*"it has: notice " ]]
	refused 1 E_NOT_FOUND -C tc publish nothing
	like 2 "" "*argument is missing*" -C tc publish
	refused 1 E_NOT_FOUND -C tc publish TC.list -o no/where.html
}

@test "standard output has the page alone, --json has it as text" {
	sheet n.html TC.list
	w -C tc publish TC.list
	[ "$status" -eq 0 ]
	[ -z "$err" ]
	[ "$out" = "$(cat n.html)" ]
	w -C tc publish TC.list -o -
	[ "$out" = "$(cat n.html)" ]
	w -C tc publish TC.list --json
	[ "$(jq -r .sheet <<<"$out")" = notice ]
	[ "$(jq -r .html <<<"$out")" = "$(cat n.html)" ]
	want 0 '{"sheet":"notice","file":"o.html"}' "" \
		-C tc publish TC.list --json -o o.html
	cmp n.html o.html
	# The paper is the same whatever the reader's language
	LC_ALL=zh_CN.UTF-8 sheet z.html TC.list
	cmp n.html z.html
}

@test "docs/sheets.md has every sheet, with its types and states" {
	cd "$ROOT"
	tr '\n' ' ' <cli/sheets.c | grep -oE '\{ \.key = "[^}]*\}' |
	while read -r row; do
		key=$(sed -E 's/.*\.key = "([a-z]+)".*/\1/' <<<"$row")
		line=$(grep "^| \`$key\` " docs/sheets.md) ||
			differ docs/sheets.md "$key" nothing || return
		for word in $(grep -oE '\.(type|states|report) = "[^"]*"' \
			<<<"$row" | sed -E 's/.*"(.*)"/\1/; s/\|/ /g'); do
			grep -qw -- "$word" <<<"$line" ||
				differ "docs/sheets.md: $key" "$word" "$line" ||
				return
		done
	done
	# As many rows as there are names
	[ "$(grep -c '^| `[a-z]*` [^ ]' docs/sheets.md)" -eq \
		"$(grep -oE '\.key = "[a-z]+"' cli/sheets.c | sort -u | wc -l)" ]
}
