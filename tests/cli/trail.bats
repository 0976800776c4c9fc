#!/usr/bin/env bats
# The access trail: exports and sealed values that were shown.
load helper

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
}

setup() {
	fresh
}

trail() {
	"$WELLHEAD" "$@" --json | jq -r '.what + ":" + (.detail // "-") +
		":" + (.who // "-")' | paste -sd' '
}

@test "an export is in the trail before it is in the file" {
	"$WELLHEAD" -C tc export person --as 王某 >/dev/null
	"$WELLHEAD" -C tc export person --format jsonl >/dev/null
	"$WELLHEAD" -C tc export person --template >/dev/null
	[ "$(trail -C tc trail)" = "export:person jsonl:- export:person csv:王某" ]
	like 0 "AT*BRANCH*BY*WHAT*TC*王某*exported*person csv*" "" -C tc trail
	# What cannot be noted is not given out
	exec 9>tc/lock
	flock 9
	w -C tc export person
	exec 9>&-
	[ "$status" -eq 75 ] || differ status 75 "$status"
	[ -z "$out" ]
	exchange
	[ "$(trail -C hq trail)" = "export:person jsonl:- export:person csv:王某" ]
	"$WELLHEAD" -C hq verify --deep >/dev/null
}

@test "a sealed value that is shown is in the trail; one that is not is not" {
	export WELLHEAD_OPERATOR_PASSPHRASE=
	"$WELLHEAD" -C tc operator add 主席 --role chair --role clerk \
		>/dev/null 2>&1
	"$WELLHEAD" -C tc operator add 文员 --role clerk >/dev/null 2>&1
	id=$("$WELLHEAD" -C tc add talk kind=talk person=TC.a talker=TC.b \
		date=2022-03-08 org=TC.org content=家中有事 --as 主席)
	w -C tc show "$id" --as 文员
	[[ $out != *家中有事* ]]
	[ -z "$(trail -C tc trail --as 文员)" ]
	w -C tc show "$id" --as 主席
	[[ $out == *家中有事* ]]
	[ "$(trail -C tc trail "$id" --as 主席)" = "open:show:主席" ]
	"$WELLHEAD" -C tc operator add 工人 --role worker >/dev/null 2>&1
	refused 1 E_ROLE -C tc trail --as 工人
	refused 1 E_ROLE -C tc trail
}
