#!/usr/bin/env bats
# All of one person's records, and who has asked for them.
load helper

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
	cd "$BATS_FILE_TMPDIR/org" || return 1
	cat >more.jsonl <<-'EOF'
	{"type":"person","id":"TC.f","branch":"TC","kind":"family","org":"TC.org","name":"测试己","family_of":"TC.a","relation":"01"}
	{"type":"care_visit","id":"TC.v1","branch":"TC","kind":"hospital","person":"TC.a","org":"TC.org","date":"2022-03-08","form":"visit","fund":"union"}
	{"type":"care_visit","id":"TC.v2","branch":"TC","kind":"hospital","person":"TC.b","org":"TC.org","date":"2022-03-09","form":"visit","fund":"union","visitors":["TC.a"]}
	{"type":"care_visit","id":"TC.v3","branch":"TC","kind":"hospital","person":"TC.b","org":"TC.org","date":"2022-03-10","form":"visit","fund":"union"}
	EOF
	"$WELLHEAD" -C tc import more.jsonl >/dev/null
}

setup() {
	fresh
}

exts() {
	"$WELLHEAD" -C tc person "$@" --json | jq -r .ext | paste -sd' '
}

@test "records that refer to a person, directly or in a list, by type" {
	[ "$(exts TC.a)" = "TC.f TC.a TC.v2 TC.v1" ]
	[ "$(exts TC.b)" = "TC.b TC.v3 TC.v2" ]
	like 0 "person Person*测试己*测试甲*care_visit *hospital*hospital*" "" \
		-C tc person TC.a
	# Void records are about the person too
	"$WELLHEAD" -C tc void TC.v1 --reason 重复录入
	[ "$(exts TC.a)" = "TC.f TC.a TC.v2 TC.v1" ]
	refused 1 E_REF -C tc person TC.v1
	refused 1 E_NOT_FOUND -C tc person nobody
}

@test "a household that names the number is about the person" {
	"$WELLHEAD" -C tc add commitment kind=pi_consent title=同意书 \
		signer=TC.a signer_role=member org=TC.org \
		signed_on=2022-01-01 purposes='[{"code":"care"}]' ext=TC.c \
		>/dev/null
	"$WELLHEAD" -C tc edit TC.a id_no=379999198802290011 consent=TC.c \
		>/dev/null
	"$WELLHEAD" -C tc add hardship_case person=TC.b org=TC.org \
		category=dibao cause=illness household=2 found_by=self \
		applied_on=2022-01-05 ext=TC.h \
		members='[{"name":"测试甲","relation":"other","id_no":"379999198802290011"}]' \
		>/dev/null
	[[ $(exts TC.a) == *TC.h* ]]
}

@test "records that are one person are shown together" {
	exchange
	"$WELLHEAD" -C hq same TC.a TC.b
	[ "$("$WELLHEAD" -C hq person TC.b --json | jq -r .ext |
		paste -sd' ')" = "TC.f TC.b TC.a TC.v3 TC.v2 TC.v1" ]
}

@test "who asks is recorded first, and that stays through a rebuild" {
	"$WELLHEAD" -C tc person TC.a --as 王某 >/dev/null
	"$WELLHEAD" -C tc person TC.a --as 李某 --json >/dev/null
	like 0 "AT*BY*WHAT*张某*this list*李某*the records*王某*the records" "" \
		-C tc person TC.a --log --as 张某
	"$WELLHEAD" -C tc rebuild >/dev/null
	w -C tc person TC.a --log --json
	[ "$(jq -r '(.who // "-") + ":" + .what' <<<"$out" | paste -sd' ')" = \
		"-:log 张某:log 李某:view 王某:view" ]
	# Of another person nobody has asked
	w -C tc person TC.b --log --json
	[ "$(jq -s length <<<"$out")" -eq 1 ]
	# Headquarters sees who asked, too
	exchange
	[ "$("$WELLHEAD" -C hq trail TC.a --json |
		jq -r '.branch + ":" + (.who // "-") + ":" + .what' |
		paste -sd' ')" = "TC:-:log TC:张某:log TC:李某:view TC:王某:view" ]
}

@test "a node with operators shows it to them alone" {
	export WELLHEAD_OPERATOR_PASSPHRASE=
	"$WELLHEAD" -C tc operator add 王某 --role clerk >/dev/null 2>&1
	refused 1 E_ROLE -C tc person TC.a
	refused 1 E_ROLE -C tc person TC.a --log
	refused 1 E_ROLE -C tc person TC.a --as 李某
	# A worker sees what is about the worker alone
	"$WELLHEAD" -C tc operator add 测试乙 --role worker --person TC.b \
		>/dev/null 2>&1
	"$WELLHEAD" -C tc operator add 外人 --role worker >/dev/null 2>&1
	w -C tc person TC.b --as 测试乙
	[ "$status" -eq 0 ] || differ status 0 "$err"
	refused 1 E_ROLE -C tc person TC.a --as 测试乙
	refused 1 E_ROLE -C tc person TC.b --as 外人
	w -C tc person TC.a --as 王某
	[ "$status" -eq 0 ] || differ status 0 "$err"
	[[ $("$WELLHEAD" -C tc person TC.a --log --as 王某) == *王某*records* ]]
}
