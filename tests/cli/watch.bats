#!/usr/bin/env bats
# sync --watch and daemon: what is entered goes by itself, failures wait, and
# it ends when it is told to.
load helper

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
}

setup() {
	fresh
	pids=()
}

teardown() {
	local p
	for p in "${pids[@]}"; do
		kill -9 "$p" 2>/dev/null || :
	done
	wait 2>/dev/null || :
}

# start NAME ARGS...: in the background; its lines go to NAME.log
start() {
	local name=$1
	shift
	"$WELLHEAD" "$@" >"$name.out" 2>"$name.log" </dev/null 3>&- &
	pids+=($!)
}

# until_true SECONDS COMMAND...
until_true() {
	local n=$(($1 * 10))
	shift
	while ! "$@" >/dev/null 2>&1; do
		[ $((n--)) -gt 0 ] || {
			echo "did not come true: $*"
			cat ./*.log
			return 1
		}
		sleep 0.1
	done
}

has() {	# NODE NUMBER: persons
	[ "$("$WELLHEAD" -C "$1" sql 'SELECT count(*) AS n FROM person' \
		--json | jq -r .n)" = "$2" ]
}

person() {	# NAME
	"$WELLHEAD" -C tc add person kind=on_duty org=TC.org "name=$1" \
		>/dev/null
}

@test "what is entered goes at once, what is pushed is taken at once" {
	start tc -C tc sync --watch --every 3600
	start hq -C hq daemon --every 3600
	sleep 1
	person 测试丙
	until_true 20 has hq 3
	person 测试丁
	until_true 20 has hq 4
	# The receipt comes with the next sync of the branch
	grep -q "sent 1 changesets" tc.log
	grep -Eq "^wellhead: 20[0-9-]+T[0-9:]+Z " hq.log
	! grep -q 测试 tc.log hq.log || false
	# A second one is told
	like 75 "" "wellhead: daemon: a daemon or another*(E_BUSY)*hint: *" \
		-C tc daemon
	like 75 "" "wellhead: sync: a daemon or another*(E_BUSY)*hint: *" \
		-C hq sync --watch
	kill -TERM "${pids[0]}"
	status=0
	wait "${pids[0]}" || status=$?
	[ "$status" -eq 0 ] || differ status 0 "$status"
	kill -INT "${pids[1]}"
	wait "${pids[1]}"
	tail -1 hq.log | grep -q "asked to end"
	"$WELLHEAD" -C tc sync >/dev/null
	"$WELLHEAD" -C hq verify --deep
}

@test "offline it waits by chance, and goes on when the remote is back" {
	mv hq away
	start tc -C tc sync --watch --every 1
	until_true 10 grep -q "(E_OFFLINE); again in" tc.log
	person 测试丙
	mv away hq
	until_true 30 has tc 3
	until_true 40 grep -q "sent 1 changesets" tc.log
	kill "${pids[0]}"
	wait "${pids[0]}"
}

@test "it ends in the middle of a transfer, and people can work meanwhile" {
	cat >slow <<-'EOF'
	#!/bin/sh
	echo started >>"$MARK"
	sleep 60
	EOF
	chmod +x slow
	export MARK=$PWD/mark WELLHEAD_SSH=$PWD/slow
	"$WELLHEAD" -C tc remote remove hq >/dev/null 2>&1 ||
		"$WELLHEAD" -C tc remote list
	for r in $("$WELLHEAD" -C tc remote list --json | jq -r .name); do
		"$WELLHEAD" -C tc remote remove "$r"
	done
	"$WELLHEAD" -C tc remote add far ssh://h.invalid/r.git
	person 测试丙
	start tc -C tc sync --watch
	until_true 20 test -s mark
	# The link hangs; the node is free
	person 测试丁
	has tc 4
	like 75 "" "*(E_BUSY)*" -C tc sync
	kill -TERM "${pids[0]}"
	until_true 5 grep -q "asked to end" tc.log
	wait "${pids[0]}"
	! pgrep -f "$PWD/slow" >/dev/null || false
	"$WELLHEAD" -C tc remote remove far
	"$WELLHEAD" -C tc remote add hq "$PWD/hq/repo.git"
	unset WELLHEAD_SSH
	exchange
	has hq 4
}

@test "killed at any moment, the next run goes on" {
	export RANDOM=1
	start hq -C hq daemon --every 1
	for i in 1 2 3 4 5 6; do
		start tc -C tc sync --watch --every 1
		person "测试$i"
		sleep "0.$((RANDOM % 9))"
		kill -9 "${pids[-1]}"
		wait "${pids[-1]}" || :
	done
	kill "${pids[0]}"
	wait "${pids[0]}"
	exchange
	has hq 8
	"$WELLHEAD" -C tc verify --deep
	"$WELLHEAD" -C hq verify --deep
	git -C hq/repo.git fsck --strict
}

@test "what waiting does not mend ends it" {
	like 1 "" "wellhead: sync: *(E_NO_NODE)*" -C nowhere sync --watch
	like 1 "" "wellhead: daemon: *(E_NO_NODE)*" -C nowhere daemon
	like 2 "" "wellhead: daemon: *at least 1*" -C tc daemon --every 0
	for r in $("$WELLHEAD" -C tc remote list --json | jq -r .name); do
		"$WELLHEAD" -C tc remote remove "$r"
	done
	like 1 "" "wellhead: sync: this node has no remote*(E_NOT_FOUND)*" \
		-C tc sync --watch
}

@test "the daily work: a checkpoint with states, a packed repository" {
	start hq -C hq daemon --every 3600
	until_true 20 grep -q "packed [0-9]* objects" hq.log
	kill "${pids[0]}"
	wait "${pids[0]}"
	[ "$(find hq/repo.git/objects/?? -type f | wc -l)" -lt 6 ]
	[ "$("$WELLHEAD" -C hq sql 'SELECT count(*) AS n FROM state' --json |
		jq .n)" -ge 1 ]
	git -C hq/repo.git fsck --strict
	exchange
}

@test "the units for systemd are sound" {
	command -v systemd-analyze >/dev/null || skip "no systemd-analyze here"
	mkdir u
	for f in "$ROOT"/docs/systemd/*.service; do
		sed "s|^ExecStart=[^ ]*|ExecStart=$WELLHEAD|" "$f" \
			>"u/$(basename "$f")"
	done
	systemd-analyze verify --man=no u/wellhead-hq.service u/wellhead@.service \
		>verify.log 2>&1 || differ verify "" "$(cat verify.log)"
	# other units of this machine may be complained of
	! grep -i wellhead verify.log || false
	for f in u/*.service; do
		for k in ProtectSystem=strict NoNewPrivileges=yes \
			PrivateTmp=yes ReadWritePaths= MemoryMax= ; do
			grep -q "^$k" "$f" || differ "$f" "$k" "nothing"
		done
	done
}
