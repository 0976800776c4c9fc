#!/usr/bin/env bats
# Bad links: slices, budgets, hours, cuts at any byte, peers that say nothing.
# SCALE=N: N times as many cut points, and the slow link at its true speed,
# where what is moved is held to 1.25 times the bytes of a link that holds.

load helper
load ../lib

SCALE=${SCALE:-1}

# ---- a link through the proxy ----

# proxy ARGS...: a bad link before $TO; sets PORT, STATE and PROXY.
proxy() {
	STATE=$BATS_TEST_TMPDIR/link.$RANDOM$RANDOM
	python3 "$ROOT/tests/proxy/proxy.py" --to "$TO" --state "$STATE" "$@" \
		3>&- >/dev/null &
	PROXY=$!
	until [ -s "$STATE" ]; do sleep 0.02; done
	PORT=$(cut -d' ' -f1 "$STATE")
}

proxy_end() {
	sleep 0.15
	MOVED=$(awk '{ print $2 + $3 }' "$STATE")
	CUTS=$(cut -d' ' -f5 "$STATE")
	kill "$PROXY"
	wait "$PROXY" 2>/dev/null || true
}

# via PORT: tc's remote is now behind this port
via() {
	sqlite3 tc/store.db "UPDATE remote SET url = \
'ssh://$(id -un)@127.0.0.1:$1$PWD/hq/repo.git'"
}

# sealed CHANGESETS RECORDS: so many new changesets of so many records each
sealed() {
	local i
	for i in $(seq "$1"); do
		entered "$2"
		"$WELLHEAD" -C tc seal >/dev/null
	done
}

# entered RECORDS: so many new persons, not sealed
entered() {
	local first=$((1 + $(cat entered 2>/dev/null || echo 0)))
	seq $first $((first + $1 - 1)) | tee last | sed 's/.*/{"type":"person","id":"TC.p&","branch":"TC","kind":"retired","org":"TC.org","name":"测试&号"}/' \
		>more.jsonl
	tail -1 last >entered
	"$WELLHEAD" -C tc import more.jsonl >/dev/null 2>&1
}

# keep NODE...: as they are now; again NODE...: as they were then
keep() {
	local n
	for n; do cp -a "$n" "$n.before"; done
}

again() {
	local n
	for n; do
		rm -rf "$n" && cp -a "$n.before" "$n" && moved "$n" || return
	done
}

tip() {
	git -C "$1/repo.git" rev-parse "$(git -C tc/repo.git for-each-ref \
		--format='%(refname)' refs/heads/node/TC)"
}

converged() {
	[ "$(tip hq)" = "$(tip tc)" ] || differ "the chain's end" \
		"$(tip tc)" "$(tip hq)"
}

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
	sshd_start "$BATS_FILE_TMPDIR/sshd" && export SSHD_PORT WELLHEAD_SSH
	# one host key, whatever port the proxy has
	sed -i 's/^\[127.0.0.1\]:[0-9]* /wellhead-test /' \
		"$BATS_FILE_TMPDIR/sshd/known_hosts"
	echo "HostKeyAlias wellhead-test" >>"$BATS_FILE_TMPDIR/sshd/ssh_config"
}

teardown_file() {
	sshd_stop "$BATS_FILE_TMPDIR/sshd"
}

setup() {
	fresh
	TO=$SSHD_PORT
}

# ---- what little moves ----

# counting: an ssh that counts what goes through it, in ./moved
counting() {
	cat >counting.sh <<-'EOF'
	#!/bin/bash
	for last; do :; done
	tee -a "$COUNT/moved" | sh -c "$last" | tee -a "$COUNT/moved"
	EOF
	chmod +x counting.sh
	export COUNT=$PWD WELLHEAD_SSH=$PWD/counting.sh
}

# bytes_of COMMAND...: how many bytes that moved, both ways
bytes_of() {
	: >"$COUNT/moved"
	"$@" >/dev/null
	sleep 0.1
	stat -c %s "$COUNT/moved"
}

@test "a sync with nothing new moves at most 1.1 times what git ls-remote does" {
	local plain ours url
	counting
	url=ssh://hq$PWD/hq/repo.git
	sqlite3 tc/store.db "UPDATE remote SET url = '$url'"
	"$WELLHEAD" -C tc sync >/dev/null
	plain=$(GIT_SSH_COMMAND=$WELLHEAD_SSH GIT_SSH_VARIANT=simple \
		bytes_of git -c protocol.version=0 ls-remote "$url")
	ours=$(bytes_of "$WELLHEAD" -C tc sync)
	echo "ls-remote $plain, sync $ours"
	[ "$plain" -gt 300 ]
	[ "$ours" -le $((plain * 110 / 100)) ]
}

@test "one new record moves under 2 KB more, whatever the chain's length" {
	local idle one
	counting
	sqlite3 tc/store.db "UPDATE remote SET url = 'ssh://hq$PWD/hq/repo.git'"
	sealed 60 1
	"$WELLHEAD" -C tc sync >/dev/null
	idle=$(bytes_of "$WELLHEAD" -C tc sync)
	entered 1
	one=$(bytes_of "$WELLHEAD" -C tc sync)
	echo "idle $idle, one record $one"
	[ "$one" -gt "$idle" ]
	[ $((one - idle)) -lt 2048 ]
	converged
}

# ---- budgets and hours ----

@test "a budget holds, says what is left, and the next sync goes on there" {
	local n total=0 left
	sealed 60 1
	for n in $(seq 40); do
		w -C tc sync --json --budget 20000
		[ "$status" -ne 0 ] || break
		[ "$status" -eq 75 ]
		[[ $err == *"(E_BUDGET)"*"changesets are left to send"* ]]
		left=$(sed 's/.*hint: \([0-9]*\) changesets.*/\1/' <<<"$err" | tail -1)
		[ -z "${before:-}" ] || [ "$left" -le "$before" ]
		before=$left
	done
	[ "$status" -eq 0 ]
	[ "$n" -gt 1 ]
	converged
}

@test "outside the hours of a remote nothing is done, but for --now and what is urgent" {
	local before
	"$WELLHEAD" -C tc remote remove hq >/dev/null
	like 2 "" "*22:00-06:00*" -C tc remote add hq "$PWD/hq/repo.git" \
		--window 25:00-06:00
	"$WELLHEAD" -C tc remote add hq "$PWD/hq/repo.git" \
		--window 22:00-06:00 >/dev/null
	like 0 "*22:00-06:00*" "" -C tc remote list
	sealed 1 1
	before=$(snapshot tc)
	export TZ=Asia/Shanghai
	# 12:00, then 23:00 and 05:59 in Shanghai
	WELLHEAD_NOW=1795233600000 like 75 "" "*(E_WINDOW)*hq --now*" -C tc sync
	[ "$(snapshot tc)" = "$before" ]
	WELLHEAD_NOW=1795233600000 like 0 "*sent*" "*" -C tc sync hq --now
	converged
	sealed 1 2
	WELLHEAD_NOW=1795273200000 like 0 "*sent*" "*" -C tc sync
	sealed 1 3
	WELLHEAD_NOW=1795298340000 like 0 "*sent*" "*" -C tc sync
	converged
	WELLHEAD_NOW=1795298400000 like 75 "" "*(E_WINDOW)*" -C tc sync
	# an incident does not wait
	cat >i.jsonl <<-'EOF'
	{"type":"incident","id":"TC.i1","branch":"TC","kind":"injury","level":"minor","org":"TC.org","date":"2022-03-08","title":"测试"}
	EOF
	WELLHEAD_NOW=1795298400000 like 0 "*" "*" -C tc import i.jsonl
	WELLHEAD_NOW=1795298400000 like 0 "*sent*" "*" -C tc sync
	WELLHEAD_NOW=1795298400000 like 75 "" "*(E_WINDOW)*" -C tc sync
	converged
}

# ---- links that break ----

@test "cut at any byte of a push, the next sync goes on and both agree" {
	local at step whole points=$((6 * SCALE))
	sealed 12 30
	keep tc hq
	proxy
	via "$PORT"
	"$WELLHEAD" -C tc sync >/dev/null
	proxy_end
	whole=$MOVED
	step=$((whole / points + 1))
	for at in $(seq 3000 "$step" "$whole"); do
		again tc hq
		proxy --cut-at "$at"
		via "$PORT"
		w -C tc sync
		[ "$status" -eq 75 ] || [ "$status" -eq 0 ] ||
			differ "status after a cut at $at" 75 "$status $err"
		# how much moves differs a little: the cut may be yet to come
		[ "$status" -eq 75 ] || w -C tc sync
		like 0 "*" "*" -C tc sync
		proxy_end
		converged
		git -C hq/repo.git fsck --strict 2>&1
		[ -z "$(find tc/repo.git/objects hq/repo.git/objects \
			-name 'tmp*fetch*')" ]
	done
}

@test "cut at any byte of a fetch, slices are kept and the next sync has all" {
	local at step whole points=$((6 * SCALE)) i
	"$WELLHEAD" -C hq invite T2 --branch TC --name 二号 -o t2.invitation \
		--remote "$PWD/hq/repo.git" 2>/dev/null
	sealed 40 20
	"$WELLHEAD" -C tc sync >/dev/null
	"$WELLHEAD" join t2.invitation t2 >/dev/null 2>&1
	"$WELLHEAD" -C t2 sync >/dev/null
	"$WELLHEAD" -C hq sync >/dev/null
	mv tc tc.first && mv t2 tc
	keep tc
	proxy
	via "$PORT"
	"$WELLHEAD" -C tc sync >/dev/null
	proxy_end
	whole=$MOVED
	"$WELLHEAD" -C tc list person --json >want.txt
	step=$((whole / points + 1))
	for at in $(seq 3000 "$step" "$whole"); do
		again tc
		proxy --cut-at "$at"
		via "$PORT"
		w -C tc sync
		[ "$status" -eq 75 ] || [ "$status" -eq 0 ] ||
			differ "status after a cut at $at" 75 "$status $err"
		# how much moves differs a little: the cut may be yet to come
		[ "$status" -eq 75 ] || w -C tc sync
		like 0 "*" "*" -C tc sync
		proxy_end
		"$WELLHEAD" -C tc list person --json >got.txt
		cmp want.txt got.txt
		git -C tc/repo.git fsck --strict 2>&1
		[ ! -e tc/repo.git/partial ]
	done
}

@test "a push that is cut every time goes on in smaller slices" {
	local want
	sealed 50 20
	sqlite3 tc/store.db "UPDATE remote SET slice = 65536"
	for want in 32768 16384; do
		proxy --cut-at 24000
		via "$PORT"
		w -C tc sync
		proxy_end
		[ "$status" -eq 75 ]
		got=$(sqlite3 tc/store.db "SELECT slice FROM remote")
		[ "$got" = $want ] || differ "the slice" $want "$got"
	done
	via "$TO"
	"$WELLHEAD" -C tc sync >/dev/null
	converged
}

# uncut and cut: bytes through the link for the same 2,000 records. A cut loses
# at most a slice of 64 KiB and two connections of ssh; at the true speed, with
# a cut every 20 seconds, far less.
@test "2,000 records over a slow link that is cut all the time: a cut loses no more than a slice" {
	local rate=40000 delay=15 every=3 uncut n
	if [ "$SCALE" -gt 1 ]; then
		rate=6250 delay=300 every=20	# 50 kbit/s, 600 ms there and back
	fi
	sealed 100 20
	keep tc hq
	proxy --rate $rate --delay $delay
	via "$PORT"
	"$WELLHEAD" -C tc sync >/dev/null
	proxy_end
	uncut=$MOVED
	again tc hq
	proxy --rate $rate --delay $delay --cut-every $every
	via "$PORT"
	for n in $(seq 100); do
		w -C tc sync
		[ "$status" -ne 0 ] || break
		[ "$status" -eq 75 ]
	done
	proxy_end
	echo "uncut $uncut, cut $MOVED, $CUTS cuts, $n syncs"
	[ "$status" -eq 0 ]
	converged
	[ "$CUTS" -gt 0 ]
	[ "$MOVED" -le $((uncut + CUTS * 81920)) ]
	[ "$SCALE" -eq 1 ] || [ "$MOVED" -le $((uncut * 125 / 100)) ]
}

# ---- peers that say nothing ----

# within SECONDS COMMAND...: it ends by then
within() {
	local start=${EPOCHREALTIME/./} limit=$1 took
	shift
	"$@" || return
	took=$(((${EPOCHREALTIME/./} - start) / 1000))
	[ "$took" -le $((limit * 1000)) ] ||
		differ "time of $*" "$limit s" "$took ms"
}

@test "a silent peer is left within the deadline and two seconds" {
	sealed 3 10
	# it takes the connection and says nothing
	python3 -c 'import socket,time
s=socket.socket(); s.bind(("127.0.0.1",0)); s.listen(9)
print(s.getsockname()[1],flush=True); time.sleep(100)' >port 3>&- &
	until [ -s port ]; do sleep 0.05; done
	via "$(cat port)"
	within 5 like 75 "" "*(E_DEADLINE)*" -C tc sync --deadline 3
	kill $!
	# it stops in the middle, at the greeting or in the pack
	for at in 500 4200 9000; do
		proxy --stall-at $at
		via "$PORT"
		within 5 like 75 "" "*(E_DEADLINE)*" -C tc sync --deadline 3
		proxy_end
	done
	via "$SSHD_PORT"
	like 0 "*" "*" -C tc sync
	converged
}

@test "a server that is stopped is left within the deadline and two seconds" {
	local pid
	sealed 1 10
	pid=$(cat "$BATS_FILE_TMPDIR/sshd/sshd.pid")
	via "$SSHD_PORT"
	kill -STOP "$pid"
	within 5 like 75 "" "*(E_DEADLINE)*" -C tc sync --deadline 3
	kill -CONT "$pid"
	like 0 "*" "*" -C tc sync
	converged
}
