#!/usr/bin/env bats
# Letters: how the keys of sensitive values get to those who may read them, by
# every carrier, late, and again.

load helper

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
}

setup() {
	fresh
}

# talk TEXT: TC enters one; sets ID
talk() {
	ID=$("$WELLHEAD" -C tc add talk talker=TC.a person=TC.b org=TC.org \
		date=2022-03-01 kind=talk content="$1" --json | jq -r .id)
}

# reads NODE TEXT
reads() {
	local got
	got=$("$WELLHEAD" -C "$1" show "$ID" --json | jq -r .content)
	[ "$got" = "$2" ] || differ "what $1 reads" "$2" "$got"
}

round() {
	local n
	for n; do
		w -C "$n" sync
		[ "$status" -eq 0 ] || differ "sync of $n" 0 "$status $err" ||
			return
	done
}

# The remote of tc is another one.
send_to() {
	sqlite3 tc/store.db "UPDATE remote SET url = '$1'"
}

# no letter that anybody has can be read as it lies there
closed() {
	[ "$(git -C "$1" cat-file --batch-all-objects --batch |
		grep -caF "$2")" = 0 ]
}

@test "one sync brings a sensitive value to headquarters" {
	talk 绝密谈话内容
	"$WELLHEAD" -C tc edit "$ID" mood=watch
	round tc hq
	reads hq 绝密谈话内容
	# a second round has nothing to tell
	round tc hq
	before=$(git -C hq/repo.git for-each-ref)
	round tc hq tc hq
	[ "$(git -C hq/repo.git for-each-ref)" = "$before" ]
	like 0 "*" "" -C hq verify --deep
	like 0 "*" "" -C tc verify --deep
	closed hq/repo.git 绝密谈话内容
}

@test "over a host between that nobody of ours runs" {
	git init -q --bare host.git
	send_to "$PWD/host.git"
	"$WELLHEAD" -C hq remote add host "$PWD/host.git"
	talk 绝密谈话内容
	round tc hq
	reads hq 绝密谈话内容
	"$WELLHEAD" -C hq erase "$ID" content --reason 总部决定
	round hq tc hq tc
	reads tc null
	for n in tc hq; do
		[ "$(sqlite3 $n/store.db "SELECT count(*) FROM record_key
			WHERE field = 'content'")" = 0 ]
		like 0 "*" "" -C $n verify --deep
	done
}

@test "by a stick" {
	mkdir stick
	for n in tc hq; do
		"$WELLHEAD" -C $n remote add stick "courier:$PWD/stick"
	done
	talk 绝密谈话内容
	for n in tc hq tc; do
		like 0 "*" "" -C $n sync stick
	done
	reads hq 绝密谈话内容
	for n in hq tc hq tc; do
		like 0 "*" "" -C $n sync stick
	done
	before=$(cd stick && find . -type f | sort | xargs sha256sum)
	for n in tc hq tc hq; do
		like 0 "*" "" -C $n sync stick
	done
	[ "$(cd stick && find . -type f | sort | xargs sha256sum)" = "$before" ]
}

@test "through a relay, which cannot read them" {
	"$WELLHEAD" -C hq invite ZX --name 中心 --remote "$PWD/hq/repo.git" \
		-o zx.inv 2>/dev/null
	"$WELLHEAD" join zx.inv zx >/dev/null 2>&1
	round zx hq zx
	above=$("$WELLHEAD" -C zx remote list --json | jq -r .name)
	git init -q --bare below.git
	"$WELLHEAD" -C zx remote add below "$PWD/below.git"
	send_to "$PWD/below.git"
	talk 绝密谈话内容
	round tc
	like 0 "*" "" -C zx relay below "$above"
	round hq
	reads hq 绝密谈话内容
	# headquarters loses its keys, and asks by the same way
	sqlite3 hq/store.db "DELETE FROM record_key"
	"$WELLHEAD" -C hq rebuild >/dev/null
	reads hq null
	for i in 1 2; do
		round hq
		like 0 "*" "" -C zx relay below "$above"
		round tc
		like 0 "*" "" -C zx relay below "$above"
	done
	round hq
	reads hq 绝密谈话内容
	like 0 "*" "" -C hq verify --deep
}

@test "what was lost is asked for, and an old store takes its own back" {
	talk 绝密谈话内容
	"$WELLHEAD" -C tc edit "$ID" content=第二次绝密
	round tc hq tc
	for n in hq tc; do
		sqlite3 $n/store.db "DELETE FROM record_key"
		"$WELLHEAD" -C $n rebuild >/dev/null
		reads $n null
		like 0 "*" "" -C $n verify --deep
		round tc hq tc hq tc
		reads $n 第二次绝密
		w -C $n show "$ID" --history
		[[ $out == *绝密谈话内容* ]] || differ history "" "$out"
		like 0 "*" "" -C $n verify --deep
	done
}

@test "a step is not signed over what cannot be read" {
	talk 绝密谈话内容
	"$WELLHEAD" -C tc operator add 主席 --role chair --role specialist 2>/dev/null
	round tc hq
	sqlite3 tc/store.db "DELETE FROM record_key"
	"$WELLHEAD" -C tc rebuild >/dev/null
	refused 1 E_SEALED -C tc "do" "$ID" followed --as 主席
	round tc hq tc
	reads_as=$("$WELLHEAD" -C tc show "$ID" --json --as 主席 |
		jq -r .content)
	[ "$reads_as" = 绝密谈话内容 ]
}

@test "an auditor is answered, another branch is not" {
	talk 绝密谈话内容
	round tc hq
	"$WELLHEAD" -C hq invite AUD --auditor --name 审计 \
		--remote "$PWD/hq/repo.git" -o a.inv 2>/dev/null
	"$WELLHEAD" join a.inv aud >/dev/null 2>&1
	round aud hq aud hq aud
	reads aud 绝密谈话内容
	like 0 "*" "" -C aud verify --deep
	"$WELLHEAD" -C hq invite GQ --name 别处 \
		--remote "$PWD/hq/repo.git" -o g.inv 2>/dev/null
	"$WELLHEAD" join g.inv gq >/dev/null 2>&1
	round gq hq gq
	# it asks for what is not its business
	stamp=$(sqlite3 tc/store.db "SELECT max(stamp) FROM record_key")
	sqlite3 gq/store.db "INSERT INTO sealed_value VALUES ($stamp,
		'content', $stamp, x'0011223344556677889900112233445566778899001122334455667788990011223344', 'talk')"
	round gq hq gq
	[ "$(sqlite3 hq/store.db "SELECT count(*) FROM mail_want
		WHERE reader = 'GQ'")" = 0 ]
	[ "$(sqlite3 gq/store.db 'SELECT count(*) FROM record_key')" = 0 ]
}
