#!/usr/bin/env bats
# Founding, inviting, joining, remotes, the roster.
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

@test "init founds headquarters, once" {
	like 0 "organisation *演示集团*node *HQ*folder *hq" \
		"hint: keep a copy of keys/root.key*" init --org 演示集团 hq
	[ "$(stat -c %a hq/keys/root.key hq/keys/node.key | sort -u)" = 600 ]
	git -C hq/repo.git rev-parse --is-bare-repository
	before=$(find hq -type f | sort | xargs sha256sum)
	like 1 "" "wellhead: init: *(E_EXISTS)*" init --org 演示集团 hq
	[ "$(find hq -type f | sort | xargs sha256sum)" = "$before" ]
	w init --org 乙 --code ZB --json zb
	[ "$status" -eq 0 ]
	[ -z "$err" ]
	[ "$(jq -r '.code + .org' <<<"$out")" = ZB乙 ]
}

@test "init wants a name, a folder, a proper code, and an empty place" {
	want 2 "" "wellhead: init: the organisation has no name
hint: give it with --org NAME" init hq
	like 2 "" "*an argument is missing*" init --org 甲
	for code in "a b" ../x -x .x 12345678901234567 井; do
		w init --org 甲 "--code=$code" hq
		[ "$status" -ne 0 ]
		[ -z "$out" ]
		[ -n "$err" ]
		[ ! -e hq/store.db ]
	done
	touch full && like 1 "" "wellhead: init: *" init --org 甲 full
	mkdir d && touch d/x && like 1 "" "wellhead: init: *" init --org 甲 d
	[ "$(ls d)" = x ]
}

@test "invite writes a secret file and never over another" {
	"$WELLHEAD" init --org 甲 hq >/dev/null 2>&1
	like 0 "" "hint: the file lets whoever has it join as TC*" \
		-C hq invite TC --name 田陈煤矿 -o TC.invitation
	[ "$(stat -c %a TC.invitation)" = 600 ]
	before=$(sha256sum <TC.invitation)
	like 1 "" "wellhead: invite: *TC.invitation*(E_EXISTS)*" \
		-C hq invite GQ --name 港区 -o TC.invitation
	[ "$(sha256sum <TC.invitation)" = "$before" ]
	# What could not be written has used nothing up
	like 1 "" "*(E_NOT_FOUND)*" -C hq invite GQ --name 港区 -o no/such
	like 0 '{"code":"GQ","branch":"GQ","file":"GQ.invitation"}' "" \
		-C hq invite GQ --name 港区 -o GQ.invitation --json
	like 1 "" "wellhead: invite: *(E_EXISTS)*" \
		-C hq invite TC --name 又一个 -o again
	[ ! -e again ]
	like 0 '*"branch":"TC"*' "" -C hq invite TC-pit --branch TC \
		--name 井口 -o pit --json
}

@test "invite wants a name, a file and a proper code, and headquarters" {
	"$WELLHEAD" init --org 甲 hq >/dev/null 2>&1
	like 2 "" "*--name NAME*" -C hq invite TC -o f
	like 2 "" "*-o FILE*" -C hq invite TC --name 田陈
	for code in "a b" ../x 12345678901234567 井 HQ all; do
		w -C hq invite "$code" --name 田陈 -o f
		[ "$status" -ne 0 ]
		[ -z "$out" ]
		[ ! -e f ]
	done
	"$WELLHEAD" -C hq invite TC --name 田陈 -o TC.invitation 2>/dev/null
	"$WELLHEAD" join TC.invitation tc >/dev/null 2>&1
	like 1 "" "*only headquarters*(E_ROLE)*" \
		-C tc invite GQ --name 港区 -o f
	[ ! -e f ]
}

@test "join makes the node that was invited, and only that" {
	"$WELLHEAD" init --org 演示集团 hq >/dev/null 2>&1
	"$WELLHEAD" -C hq invite TC --name 田陈煤矿 --remote "$PWD/hq/repo.git" \
		-o TC.invitation 2>/dev/null
	like 0 "organisation *演示集团*node *TC*branch *TC*name *田陈煤矿*" \
		"hint: records can be entered at once*" join TC.invitation tc
	like 0 "hq  $PWD/hq/repo.git" "" -C tc remote list
	like 1 "" "wellhead: join: *" join TC.invitation tc
	like 1 "" "wellhead: join: *(E_NOT_FOUND)*" join nothing tc2
	jq -c '.token = "zz" + .token[2:]' TC.invitation >bad
	head -c 200 TC.invitation >cut
	printf '{"wellhead":"else"}' >other
	for f in bad cut other /dev/null; do
		like 1 "" "wellhead: join: *(E_INVITATION)*" join "$f" tc2
		[ ! -e tc2/store.db ]
	done
	# Nothing of the token in what was said
	token=$(jq -r .token TC.invitation)
	[[ $err != *"$token"* ]]
}

@test "an invitation lets one node in, once" {
	"$WELLHEAD" init --org 甲 hq >/dev/null 2>&1
	"$WELLHEAD" -C hq invite TC --name 田陈 --remote "$PWD/hq/repo.git" \
		-o TC.invitation 2>/dev/null
	"$WELLHEAD" join TC.invitation one >/dev/null 2>&1
	"$WELLHEAD" join TC.invitation two >/dev/null 2>&1
	"$WELLHEAD" -C one sync >/dev/null
	"$WELLHEAD" -C hq sync >/dev/null
	w -C two sync
	w -C hq sync
	[ "$status" -eq 0 ]
	[[ $err == *"stopped"*"(E_"* ]]
	[ "$("$WELLHEAD" -C hq roster --json | jq -r .code | sort | xargs)" = \
		"HQ TC" ]
}

@test "remote: add, list, remove" {
	"$WELLHEAD" init --org 甲 hq >/dev/null 2>&1
	want 0 "" "" -C hq remote list
	want 0 "" "" -C hq remote add a ssh://host/srv/repo.git
	want 0 '{"name":"b","url":"'"$PWD"'/b.git"}' "" -C hq remote add b b.git --json
	want 0 "a  ssh://host/srv/repo.git
b  $PWD/b.git" "" -C hq remote list
	want 0 '{"name":"a","url":"ssh://host/srv/repo.git"}
{"name":"b","url":"'"$PWD"'/b.git"}' "" -C hq remote list --json
	like 1 "" "wellhead: remote: *(E_EXISTS)*" -C hq remote add a /elsewhere
	for url in http://host/r git://host/r courier:media ssh://-oX/r \
		ssh:// ext::sh; do
		w -C hq remote add c "$url"
		[ "$status" -ne 0 ] || differ "remote add $url" refused "$status"
	done
	want 0 "" "" -C hq remote remove a
	like 1 "" "wellhead: remote: *(E_NOT_FOUND)*" -C hq remote remove a
	like 2 "" "*usage: wellhead remote add NAME URL*" -C hq remote add x
	like 2 "" "*usage: wellhead remote add NAME URL*" -C hq remote frob
	want 0 "b  $PWD/b.git" "" -C hq remote list
}

@test "roster: headquarters, then who has enrolled" {
	organisation "$PWD"
	like 0 "NO*KEY
 1  HQ    HQ      hq      *ssh-ed25519 *
 2  TC    TC      branch  田陈煤矿*ssh-ed25519 *" "" -C hq roster
	hq=$out
	like 0 "$hq" "" -C tc roster
	w -C tc roster --json
	[ "$(jq -rs 'map(.code)|join(" ")' <<<"$out")" = "HQ TC" ]
}
