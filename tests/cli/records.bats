#!/usr/bin/env bats
# Entering, changing, stepping on, voiding, finding.
load helper

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
}

setup() {
	fresh
}

@test "add prints the id alone; show shows what was entered" {
	w -C tc add care_visit kind=hospital person=TC.a date=2022/3/8 \
		org=TC.org form=cash fund=union amount=300元 --as 王某
	[ "$status" -eq 0 ]
	[ -z "$err" ]
	[[ $out =~ ^[0-9A-HJKMNP-TV-Z]{13}$ ]]
	id=$out
	like 0 "type *care_visit*id *$id*branch *TC*entered by *王某*state *planned*kind *hospital*person *测试甲*date *2022-03-08*amount *300.00 yuan*" \
		"" -C tc show "$id"
	[ "$("$WELLHEAD" -C tc show "$id" --json |
		jq -r '[.type,.date,.amount,.by,.rev]|join(" ")')" = \
		"care_visit 2022-03-08 30000 王某 1" ]
	LC_ALL=zh_CN.UTF-8 like 0 \
		"*编号 *$id*状态 *计划*类别*生病住院*金额*300.00 元*" "" \
		-C tc show "$id"
	# Any beginning that fits only one, small letters too
	want 0 "$("$WELLHEAD" -C tc show "$id")" "" -C tc show "${id,,}"
	# Chinese labels do for keys and values
	w -C tc add 人员 姓名=测试丙 人员类别=在职 所在单位=TC.org --json
	[ "$status" -eq 0 ]
	jq -e '.id|length == 13' <<<"$out"
}

@test "add refuses what does not fit, with code, field and sentence" {
	refused 1 E_REQUIRED -C tc add person name=测试丁
	refused 1 E_ENUM -C tc add person name=测试丁 kind=ghost org=TC.org
	refused 1 E_REF -C tc add person name=测试丁 kind=on_duty org=nobody
	refused 1 E_REF -C tc add person name=测试丁 kind=on_duty org=TC.a
	refused 1 E_COLUMN -C tc add person nmae=测试丁 kind=on_duty org=TC.org
	refused 1 E_COLUMN -C tc add person name=a 姓名=b kind=on_duty org=TC.org
	refused 1 E_DATE -C tc add person name=测试丁 kind=on_duty org=TC.org \
		birth=2022-02-30
	refused 1 E_TYPE -C tc add person name=测试丁 kind=on_duty org=TC.org \
		programmes='[{"code":'
	refused 1 E_ENCODING -C tc add person name=$'\xff\xfe' kind=on_duty \
		org=TC.org
	refused 1 E_NOT_FOUND -C tc add persn name=测试丁
	refused 1 E_NOT_FOUND -C tc add person name=@nothing kind=on_duty \
		org=TC.org
	like 2 "" "wellhead: add: not FIELD=VALUE: name*hint: *" \
		-C tc add person name
	like 2 "" "wellhead: add: not FIELD=VALUE: =x*" -C tc add person =x
}

@test "every wrong field is told at once, and in JSON" {
	w -C tc add person kind=ghost org=nobody birth=yesterday --json
	[ "$status" -eq 1 ]
	[ "$(jq -r '.errors|map(.code)|sort|join(" ")' <<<"$out")" = \
		"E_DATE E_ENUM E_REF E_REQUIRED" ]
	[ "$(jq -r '.errors[]|select(.code=="E_DATE").field' <<<"$out")" = \
		birth ]
	[ "$(grep -c '^wellhead: add: ' <<<"$err")" -eq 4 ]
	LC_ALL=zh_CN.UTF-8 like 1 "" "*姓名*必填*(E_REQUIRED)*" \
		-C tc add person kind=on_duty org=TC.org
}

@test "a warning lets the record in, and is said" {
	like 0 "?????????????" "wellhead: warning: *name*looks damaged*W_MANGLED)" \
		-C tc add person "name=導(dǎo)师" kind=on_duty org=TC.org
	w -C tc add person "name=導(dǎo)员" kind=on_duty org=TC.org --json
	[ "$(jq -r '.warnings[0].code' <<<"$out")" = W_MANGLED ]
}

@test "values from files, and with a leading @" {
	printf '第一行\n第二行\n' >text
	id=$("$WELLHEAD" -C tc add person name=测试丁 kind=on_duty org=TC.org \
		remark=@text)
	[ "$("$WELLHEAD" -C tc show "$id" --json | jq -r .remark)" = \
		"$(cat text)" ]
	id=$("$WELLHEAD" -C tc add person name=@@甲 kind=on_duty org=TC.org)
	[ "$("$WELLHEAD" -C tc show "$id" --json | jq -r .name)" = @甲 ]
	# Text cannot drive the terminal of who reads it
	"$WELLHEAD" -C tc edit "$id" remark=@text
	like 0 '*remark*第一行\\n第二行*' "" -C tc list person name=@甲 \
		--fields remark
}

@test "edit changes a field and keeps the old value in the history" {
	want 0 "" "" -C tc edit TC.a name=测试甲改 --as 李某
	like 0 "*name *测试甲改*" "" -C tc show TC.a
	like 0 "*AT*WHAT*add *add *name *测试甲 *edit *name *测试甲改*李某*" "" \
		-C tc show TC.a --history
	w -C tc show TC.a --history --json
	jq -e '.rev == 2 and (.history|length) >= 1' <<<"$out"
	like 0 '{"id":"?????????????"}' "" -C tc edit TC.a name=测试甲 --json
	want 0 "" "" -C tc edit TC.a remark=x
	want 0 "" "" -C tc edit TC.a remark=
	[ "$("$WELLHEAD" -C tc show TC.a --json | jq -r .remark)" = null ]
}

@test "edit refuses what add refuses, and what is not ours" {
	refused 1 E_REQUIRED -C tc edit TC.a name=
	refused 1 E_COLUMN -C tc edit TC.a nmae=x
	refused 1 E_NOT_FOUND -C tc edit ZZZZZZZZZZZZ name=x
	refused 1 E_AMBIGUOUS -C tc edit 0 name=x
	refused 1 E_FOREIGN -C hq edit TC.a name=总部改
	like 2 "" "*an argument is missing*" -C tc edit TC.a
}

@test "do takes a record along its states" {
	id=$("$WELLHEAD" -C tc add care_visit kind=hospital person=TC.a org=TC.org \
		date=2022-03-08 form=goods fund=union amount=30000)
	want 0 "" "" -C tc "do" "$id" approved --note 同意 --as 主席
	like 0 '{"id":"'"$id"'","state":"delivered"}' "" \
		-C tc "do" "$id" delivered --on 2022-03-09 --json
	like 0 "*planned → approved*主席*同意*approved → delivered*2022-03-09*" \
		"" -C tc show "$id" --history
}

@test "do refuses a step that is not there, and says which are" {
	id=$("$WELLHEAD" -C tc add care_visit kind=hospital person=TC.a org=TC.org \
		date=2022-03-08 form=goods fund=union amount=30000)
	refused 1 E_TRANSITION -C tc "do" "$id" signed
	[[ $err == *"hint: "*approved* ]]
	refused 1 E_TRANSITION -C tc "do" "$id" nowhere
	refused 1 E_ROLE -C tc "do" "$id" approved --role auditor
	refused 1 E_DATE -C tc "do" "$id" approved --on someday
	refused 1 E_NOT_FOUND -C tc "do" nobody approved
}

@test "void takes a record out of lists and figures, not out of the store" {
	id=$("$WELLHEAD" -C tc add person name=测试丁 kind=on_duty org=TC.org)
	want 0 3 "" -C tc figure 'person[branch=TC]#count'
	want 0 "" "" -C tc void "$id" --reason 重复录入
	want 0 2 "" -C tc figure 'person[branch=TC]#count'
	w -C tc list person
	[[ $out != *测试丁* ]]
	like 0 "*void, because *重复录入*" "" -C tc show "$id"
	like 2 "" "*--reason TEXT*" -C tc void TC.a
	like 2 "" "*--reason TEXT*" -C tc void TC.a --reason ""
	refused 1 E_VOID -C tc edit "$id" name=x
	refused 1 E_VOID -C tc void "$id" --reason 又一次
	refused 1 E_FOREIGN -C hq void TC.a --reason 总部作废
}

@test "list: filters, limits, fields" {
	like 0 "ID *BRANCH*STATE*name*kind*org*测试乙*测试甲*" "" -C tc list person
	like 0 "*测试甲*" "" -C tc list person kind=on_duty
	[[ $out != *测试乙* ]]
	w -C tc list person 'kind!=on_duty' --json
	[ "$(jq -r .name <<<"$out")" = 测试乙 ]
	w -C tc list person name~测试 --limit 1 --json
	[ "$(wc -l <<<"$out")" -eq 1 ]
	like 0 "*name*
*测试乙*测试甲" "" -C tc list person --fields name
	want 0 "" "" -C tc list person name=谁也不是
	w -C tc list org_unit 'established_on>=2001-01-01' \
		'established_on<2002-01-01' --json
	[ "$(jq -r .code <<<"$out")" = TC ]
	LC_ALL=zh_CN.UTF-8 like 0 "编号*姓名*人员类别*退休*在职*" "" \
		-C tc list 人员
}

@test "list refuses filters that mean nothing" {
	refused 1 E_COLUMN -C tc list person nmae=x
	refused 1 E_ENUM -C tc list person kind=ghost
	refused 1 E_COLUMN -C tc list person --fields nmae
	like 2 "" "wellhead: list: not a filter: name*" -C tc list person name
	like 2 "" "*--limit wants a whole number*" -C tc list person --limit=-1
	like 2 "" "*--limit wants a whole number*" -C tc list person --limit 1x
	like 2 "" "*--limit wants a whole number*" \
		-C tc list person --limit 99999999999999999999
}

@test "search finds Chinese text, short and long, and what was edited" {
	like 0 "*person*测试甲*" "" -C tc search 测试甲
	like 0 "*person*测试乙*" "" -C tc search 乙
	like 0 "*org_unit*田陈煤矿工会*" "" -C tc search 煤矿工会
	want 0 "" "" -C tc search 没有这样的字
	"$WELLHEAD" -C tc edit TC.a name=欧阳某某
	like 0 "*person*欧阳某某*" "" -C tc search 欧阳某
	want 0 "" "" -C tc search 测试甲
	w -C tc search 欧阳某某 --json
	[ "$(jq -r .field <<<"$out")" = name ]
	want 0 "" "" -C tc search "'; DROP TABLE person; --"
	w -C tc search '"*(NEAR'
	[ "$status" -ne 2 ]
}

@test "headquarters enters for a branch, and steps on a branch's records" {
	id=$("$WELLHEAD" -C hq add person --branch TC name=总部录 kind=on_duty \
		org=TC.org)
	[ "$("$WELLHEAD" -C hq show "$id" --json | jq -r .branch)" = TC ]
	w -C tc add person --branch GQ name=x kind=on_duty org=TC.org
	[ "$status" -eq 1 ]
	[ -z "$out" ]
}
