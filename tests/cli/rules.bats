#!/usr/bin/env bats
# The rules as people meet them: one case of each file of rules, by the
# command, with code, sentence and an unchanged store; files and their lines.
load helper

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
}

setup() {
	fresh
}

care() {
	printf '{"type":"care_visit","id":"%s","branch":"TC","kind":"exam",' "$1"
	printf '"person":"%s","org":"TC.org","date":"%s",' "$2" "$3"
	printf '"form":"visit","fund":"none"}\n'
}

@test "an identity number is refused by what is wrong with it" {
	p=(-C tc add person name=测试丁 kind=on_duty org=TC.org)
	refused 1 E_IDNO_DATE "${p[@]}" id_no=379999199002290018
	refused 1 E_IDNO_CHECK "${p[@]}" id_no=379999198802290012
	refused 1 E_IDNO_EXCEL "${p[@]}" id_no=3.79999E+17
	refused 1 E_IDNO_EXCEL "${p[@]}" id_no=379999198802290000
	refused 1 E_IDNO_LEN "${p[@]}" id_no=37999919880229001
	refused 1 E_IDNO_REGION "${p[@]}" id_no=990101198802290011
	refused 1 E_IDNO_CHECK "${p[@]}" id_no=339999197512301183
	refused 1 E_CONSENT "${p[@]}" id_no=379999198802290011
	# The number itself is not repeated where it could be logged.
	w "${p[@]}" id_no=379999198802290012
	[[ $err != *198802* ]]
}

@test "the sentence says where, what, and what to do, in both languages" {
	like 1 "" "wellhead: add: 实到 (人) (attended): fewer than two thirds came, *; hold the meeting again (39/60) (E_QUORUM)" \
		-C tc add meeting kind=election title=选举 org=TC.org \
		date=2022-05-18 term_no=2 expected=60 attended=39
	LC_ALL=zh_CN.UTF-8 like 1 "" \
		"*实到 (人) (attended): 到会不足三分之二,会议无效;请重新召开 (39/60) (E_QUORUM)" \
		-C tc add meeting kind=election title=选举 org=TC.org \
		date=2022-05-18 term_no=2 expected=60 attended=39
}

@test "limits are lines of a document, in yuan, from its day on" {
	w -C tc add document kind=limits code=BZ title=标准 org=TC.org \
		version=1 issued_on=2022-01-01 \
		lines='[{"code":"hospital","name":"住院","value":1000,"unit":"元"}]'
	[ "$status" -eq 0 ]
	c=(-C tc add care_visit kind=hospital person=TC.a org=TC.org form=cash
		fund=union)
	# a draft limits nothing yet
	w "${c[@]}" date=2022-06-01 amount=3000元
	[ "$status" -eq 0 ]
	w -C tc do "$("$WELLHEAD" -C tc list document --json |
		jq -r .id)" reviewed
	w -C tc do "$("$WELLHEAD" -C tc list document --json |
		jq -r .id)" issued
	[ "$status" -eq 0 ]
	refused 1 E_LIMIT "${c[@]}" date=2022-06-02 amount=3000元
	[[ $err == *"(1000.00 元)"* ]]
	w "${c[@]}" date=2022-06-02 amount=1000元
	[ "$status" -eq 0 ]
	refused 1 E_DUP "${c[@]}" date=2022-06-02 amount=10元
}

@test "a warning keeps the record, and --json repeats it" {
	w -C tc add activity kind=women title=插花 org=TC.org date=2022-05-01 \
		--json
	[ "$status" -eq 0 ]
	[ "$(jq -r '.warnings[].code' <<<"$out")" = W_MONTH ]
	like 0 "*" "wellhead: warning: 日期 (date): *(W_MONTH)" -C tc add activity \
		kind=women title=插花 org=TC.org date=2022-05-01
}

@test "a step is refused by what it needs" {
	w -C tc add issue kind=hazard level=general org=TC.org \
		found_on=2022-06-01 description=问题
	[ "$status" -eq 0 ]
	refused 1 E_FIVE -C tc do "$out" notified
	w -C tc add practical_item level=party focus=f1 title=项目 org=TC.org
	refused 1 E_TRANSITION -C tc do "$out" published
}

@test "every bad line of a file is told, doubles on their second line" {
	{
		care c1 TC.a 2022-06-01
		care c2 TC.a 2022-02-30
		care c3 TC.a 2022-06-01
		care c4 TC.b 2022-06-01
		care c5 TC.b 2022-06-01
	} >bad.jsonl
	before=$(snapshot tc)
	w -C tc import bad.jsonl --json
	[ "$status" -eq 1 ]
	[ "$(jq -r '.errors[]|"\(.line) \(.code)"' <<<"$out")" = \
		"2 E_DATE
3 E_DUP
5 E_DUP" ]
	[ "$(snapshot tc)" = "$before" ]
	w -C tc import bad.jsonl --dry-run
	[ "$status" -eq 1 ]
	sed -i '2d;3d;5d' bad.jsonl
	w -C tc import bad.jsonl
	[ "$status" -eq 0 ]
	# What the store has already counts as well, from a table too.
	printf '类别,对象,慰问单位,日期,形式,资金来源\r\n高考祝福,TC.b,TC.org,2022/6/1,走访看望,无支出\r\n' >t.csv
	refused 1 E_DUP -C tc import care_visit t.csv
	[[ $err == *"line 2"* ]]
}

@test "two nodes of a branch may enter it offline each: both stay at headquarters" {
	m=(add membership person=TC.a org=TC.org kind=inclusive
		platform=甬工惠 joined_on=2019-01-01)
	"$WELLHEAD" -C hq invite TC-pit --branch TC --name 井口 \
		--remote "$PWD/hq/repo.git" -o pit.invitation
	"$WELLHEAD" join pit.invitation pit
	for node in tc pit hq tc pit; do w -C $node sync; done
	w -C tc "${m[@]}" && [ "$status" -eq 0 ]
	w -C pit "${m[@]}"
	[ "$status" -eq 0 ]
	refused 1 E_DUP -C tc "${m[@]}"
	for node in tc pit hq; do
		w -C $node sync
		[ "$status" -eq 0 ]
	done
	[ "$("$WELLHEAD" -C hq list membership --json | wc -l)" -eq 2 ]
	w -C hq verify
	[ "$status" -eq 0 ]
}

@test "B50: what was said in a talk is for who held it, and for few roles" {
	t=$("$WELLHEAD" -C tc add talk kind=talk person=TC.a org=TC.org \
		talker=TC.b date=2022-06-01 content=家里的事 mood=watch)
	p=$("$WELLHEAD" -C tc add talk kind=psych person=TC.a org=TC.org \
		talker=TC.b date=2022-06-02 content=心里的事)
	like 0 "*家里的事*" "" -C tc show "$t"		# nobody is told apart
	"$WELLHEAD" -C tc operator add 主席 --role chair
	for o in "录入 clerk" "疏导 specialist" "谈话 leader"; do
		"$WELLHEAD" -C tc operator add ${o% *} --role ${o#* } \
			$([ "${o% *}" = 谈话 ] && echo --person TC.b) \
			--as 主席
	done
	refused 1 E_SEALED -C tc show "$t"
	refused 1 E_SEALED -C tc show "$t" --as 录入
	like 1 '*"E_SEALED"*' '*E_SEALED*' -C tc show "$t" --history --json --as 录入
	like 0 "*家里的事*" "" -C tc show "$t" --as 主席
	like 0 "*家里的事*" "" -C tc show "$t" --as 谈话
	refused 1 E_SEALED -C tc show "$p" --as 主席
	like 0 "*心里的事*" "" -C tc show "$p" --as 疏导
	hidden() {
		w -C tc "$@" --as 录入
		[[ $out$err != *里的事* ]] || { echo "shown by $*"; return 1; }
	}
	hidden list talk
	hidden list talk --json
	hidden export talk
	hidden export talk --format jsonl
	hidden search 里的事
	hidden sql 'SELECT * FROM talk'
	hidden sql 'SELECT * FROM edit'
	[ "$("$WELLHEAD" -C tc list talk --json --as 录入 | jq -rs '
		map(.sealed|join("+"))|join(" ")')" = "content content+mood" ]
}

@test "B31, B60: who may supervise, and who may not approve" {
	i=$("$WELLHEAD" -C tc add practical_item level=department title=项目 \
		org=TC.org)
	"$WELLHEAD" -C tc operator add 主席 --role chair 2>/dev/null
	"$WELLHEAD" -C tc operator add 录入 --role clerk --role sub_chair \
		--person TC.b --as 主席 2>/dev/null
	"$WELLHEAD" -C tc operator add 另一 --role clerk --role sub_chair \
		--as 主席 2>/dev/null
	f=(-C tc add followup parent="$i" period=2022-05 date=2022-05-31
		content=内容 due_on=2022-06-10)
	refused 1 E_ROLE "${f[@]}" kind=supervise --as 录入
	w "${f[@]}" kind=supervise --as 主席
	[ "$status" -eq 0 ]
	x=$("$WELLHEAD" -C tc add expense category=activity_sport purpose=事由 \
		org=TC.org amount=500元 date=2022-06-01 payee=商户 \
		handler=TC.b witness=TC.a fund=union --as 另一)
	refused 1 E_SOD -C tc do "$x" l1 --as 录入	# the handler
	w -C tc operator add 三人 --role sub_chair --role clerk --as 主席
	w -C tc do "$x" l1 --as 三人
	[ "$status" -eq 0 ]
	refused 1 E_SOD -C tc do "$x" l2 --as 三人	# l1 already
}

@test "B66: what is no text, no such column, one column twice, too many cells" {
	h='类别,对象,慰问单位,日期,形式,资金来源'
	r='高考祝福,TC.b,TC.org,2022/6/1,走访看望,无支出'
	printf '%s\n%s\n' "$h" "$r" >good.csv
	w -C tc import care_visit good.csv --dry-run
	[ "$status" -eq 0 ]
	printf '%s\n\xff\xff%s\n' "$h" "$r" >t.csv
	refused 1 E_ENCODING -C tc import care_visit t.csv
	printf '%s,不存在\n%s,1\n' "$h" "$r" >t.csv
	refused 1 E_COLUMN -C tc import care_visit t.csv
	printf '%s,kind\n%s,exam\n' "$h" "$r" >t.csv
	refused 1 E_COLUMN -C tc import care_visit t.csv
	printf '%s\n%s,1\n' "$h" "$r" >t.csv
	refused 1 E_COLUMN -C tc import care_visit t.csv
}

@test "B67: no cell runs as a formula" {
	printf '@a' >at
	for c in '=1+1' '+1' '-1' @at; do
		"$WELLHEAD" -C tc add activity kind=culture title="$c" org=TC.org \
			date=2022-06-01 >/dev/null
	done
	w -C tc export activity --format csv
	[ "$(grep -cE ",'[=+@-]" <<<"$out")" -eq 4 ]
	[ "$(grep -cE ',[=+@-]' <<<"$out")" -eq 0 ]
}

@test "every case of the catalogue of bad input has its test" {
	cd "$ROOT"
	for id in $(jq -r '.[]|select(.type!="sync").id' \
			tests/data/bad_input.json); do
		grep -rqw -e "$id" tests/unit tests/cli --include='*.c' \
			--include='*.bats' || {
			echo "no test names $id"
			return 1
		}
	done
}
