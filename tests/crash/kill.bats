#!/usr/bin/env bats
# kill -9 at any moment of add, seal, import and sync: nothing acknowledged is
# lost, and the next command works. KILL_POINTS (default 80) for each of the
# four; WELLHEAD_SEED repeats a run.

load ../cli/helper

points=${KILL_POINTS:-80}

setup_file() {
	export SEED=${WELLHEAD_SEED:-$RANDOM$RANDOM}
	export TWO=$BATS_FILE_TMPDIR/two
	"$WELLHEAD" init --org 集团工会 "$TWO/hq" >/dev/null
	"$WELLHEAD" -C "$TWO/hq" invite TC --name 田陈 -o "$TWO/tc.json" \
		--remote "../hq/repo.git" >/dev/null
	"$WELLHEAD" join "$TWO/tc.json" "$TWO/tc" >/dev/null
	"$WELLHEAD" -C "$TWO/tc" remote list >/dev/null
}

setup() {
	echo "seed $SEED"
	RANDOM=$SEED
	rm -rf "$BATS_TEST_TMPDIR/n"
	cp -r "$TWO" "$BATS_TEST_TMPDIR/n"
	moved "$BATS_TEST_TMPDIR/n/hq" "$BATS_TEST_TMPDIR/n/tc"
	cd "$BATS_TEST_TMPDIR/n/tc"
}

# Milliseconds that a command takes when it is let alone; its effect stays.
duration_of() {
	local at
	at=$(date +%s%N)
	"$@" >/dev/null 2>&1
	echo $((($(date +%s%N) - at) / 1000000 + 2))
}

# Run a command and kill it somewhere between its start and a little past its
# usual end. Its standard output is in ./out, its status in $killed_status.
kill_within() {
	local ms=$1 pid
	shift
	"$@" >../out 2>../err &
	pid=$!
	sleep "$(printf '0.%03d' $((RANDOM % (ms + ms / 4 + 1))))"
	kill -9 "$pid" 2>/dev/null || true
	killed_status=0
	wait "$pid" 2>/dev/null || killed_status=$?
}

count() {	# records of a type at a node
	"$WELLHEAD" -C "$1" sql "SELECT count(*) AS n FROM \"$2\"" --json |
		jq -r .n
}

@test "add: every id that was printed is there" {
	local i id ms
	ms=$(duration_of "$WELLHEAD" add org_unit code=D0 name=科室 \
		kind=office established_on=2010-01-01 parent=HQ.org)
	for i in $(seq 1 "$points"); do
		kill_within "$ms" "$WELLHEAD" add org_unit "code=D$i" \
			name=科室 kind=office established_on=2010-01-01 \
			parent=HQ.org
		if [ -s ../out ]; then cat ../out >>../acknowledged; fi
	done
	"$WELLHEAD" status >/dev/null
	[ -s ../acknowledged ]
	while read -r id; do
		"$WELLHEAD" show "$id" >/dev/null
	done <../acknowledged
	"$WELLHEAD" seal >/dev/null
	"$WELLHEAD" verify --deep >/dev/null
}

@test "seal: what was sealed stays, what was not is sealed next" {
	local i ms
	"$WELLHEAD" add org_unit code=E0 name=科室 kind=office \
		established_on=2010-01-01 parent=HQ.org >/dev/null
	ms=$(duration_of "$WELLHEAD" seal)
	for i in $(seq 1 "$points"); do
		"$WELLHEAD" add org_unit "code=E$i" name=科室 kind=office \
			established_on=2010-01-01 parent=HQ.org >/dev/null
		kill_within "$ms" "$WELLHEAD" seal
		if [ "$killed_status" = 0 ]; then
			"$WELLHEAD" status --json | jq -e '.unsealed == 0'
		fi
	done
	"$WELLHEAD" seal >/dev/null
	[ "$(count . org_unit)" = $((points + 1)) ]
	"$WELLHEAD" verify --deep >/dev/null
}

@test "import: all or nothing, and the next import completes it" {
	local i ms n
	cp -r ../tc ../fresh
	moved ../fresh
	ms=$(duration_of "$WELLHEAD" -C ../fresh import "$ROOT/tests/data/demo.jsonl" \
		--branch TC)
	for i in $(seq 1 "$points"); do
		rm -rf ../one
		cp -r ../tc ../one
		moved ../one
		kill_within "$ms" "$WELLHEAD" -C ../one import \
			"$ROOT/tests/data/demo.jsonl" --branch TC
		n=$(count ../one person)
		if [ "$killed_status" = 0 ]; then
			[ "$n" = "$(count ../fresh person)" ]
		else
			[ "$n" = 0 ] || [ "$n" = "$(count ../fresh person)" ]
		fi
		"$WELLHEAD" -C ../one import "$ROOT/tests/data/demo.jsonl" --branch TC \
			>/dev/null 2>&1
		[ "$(count ../one person)" = "$(count ../fresh person)" ]
	done
}

@test "sync: killed at either end, all arrives in the end and verifies" {
	local i ms ms_hq
	ms=$(duration_of "$WELLHEAD" sync)
	ms_hq=$(duration_of "$WELLHEAD" -C ../hq sync)
	for i in $(seq 1 $((points / 2))); do
		"$WELLHEAD" add org_unit "code=F$i" name=科室 kind=office \
			established_on=2010-01-01 parent=HQ.org >/dev/null
		kill_within "$ms" "$WELLHEAD" sync
		kill_within "$ms_hq" "$WELLHEAD" -C ../hq sync
	done
	"$WELLHEAD" sync >/dev/null
	"$WELLHEAD" -C ../hq sync >/dev/null
	"$WELLHEAD" sync >/dev/null
	[ "$(count ../hq org_unit)" = $((points / 2)) ]
	"$WELLHEAD" verify --deep >/dev/null
	"$WELLHEAD" -C ../hq verify --deep >/dev/null
	git -C ../hq/repo.git fsck --strict
}

@test "rotate: killed anywhere, one key is the node's, and all goes on" {
	local i ms
	rm -rf ../one
	cp -r . ../one
	ms=$(duration_of "$WELLHEAD" -C ../one rotate)
	for i in $(seq 1 $((points / 2))); do
		"$WELLHEAD" add org_unit "code=R$i" name=科室 kind=office \
			established_on=2010-01-01 parent=HQ.org >/dev/null
		kill_within "$ms" "$WELLHEAD" rotate
		"$WELLHEAD" seal >/dev/null
		if [ $((i % 8)) = 0 ]; then
			kill_within "$ms" "$WELLHEAD" -C ../hq rotate
			"$WELLHEAD" sync >/dev/null
			"$WELLHEAD" -C ../hq sync >/dev/null
		fi
	done
	"$WELLHEAD" sync >/dev/null
	"$WELLHEAD" -C ../hq sync >/dev/null
	"$WELLHEAD" sync >/dev/null
	[ "$(count ../hq org_unit)" = $((points / 2)) ]
	"$WELLHEAD" status --json | jq -e '.stopped == []'
	"$WELLHEAD" verify --deep >/dev/null
	"$WELLHEAD" -C ../hq verify --deep >/dev/null
}

@test "files: attached, sealed, sent and taken in under kills, all come whole" {
	local i ms ms_hq id f rounds=$(((points + 3) / 4))
	id=$("$WELLHEAD" add org_unit code=D0 name=科室 kind=office \
		established_on=2010-01-01 parent=HQ.org)
	"$WELLHEAD" sync >/dev/null
	"$WELLHEAD" -C ../hq sync >/dev/null
	for i in $(seq 1 "$rounds"); do
		{ printf '\xff\xd8\xff\xe0'
			head -c $((RANDOM * 9)) /dev/urandom; } >"../$i.jpg"
	done
	ms=$(duration_of "$WELLHEAD" sync)
	ms_hq=$(duration_of "$WELLHEAD" -C ../hq sync)
	for i in $(seq 1 "$rounds"); do
		kill_within "$ms" "$WELLHEAD" attach "$id" "../$i.jpg"
		"$WELLHEAD" show "$id" --json | jq -e --arg n "$i.jpg" \
			'.attachments // [] | any(.name == $n)' >/dev/null ||
			"$WELLHEAD" attach "$id" "../$i.jpg"
		kill_within $((ms * 2)) "$WELLHEAD" sync
		kill_within $((ms_hq * 2)) "$WELLHEAD" -C ../hq sync
	done
	for i in 1 2; do
		"$WELLHEAD" sync >/dev/null
		"$WELLHEAD" -C ../hq sync >/dev/null
	done
	for i in $(seq 1 "$rounds"); do
		"$WELLHEAD" -C ../hq attachment get "$id" "$i.jpg" \
			-o "../$i.back"
		cmp "../$i.jpg" "../$i.back"
	done
	"$WELLHEAD" verify --deep >/dev/null
	"$WELLHEAD" -C ../hq verify --deep >/dev/null
	git -C ../hq/repo.git fsck --strict
}
