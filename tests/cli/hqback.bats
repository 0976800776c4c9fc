#!/usr/bin/env bats
# Headquarters put back from an older copy, and who carries its chains: a
# relay, sticks; nodes that joined after the copy was made.
load helper

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
	cd "$BATS_FILE_TMPDIR/org" || return 1
	"$WELLHEAD" -C hq invite ZX --name 中转 --remote "$PWD/hq/repo.git" \
		-o ZX.inv 2>/dev/null
	"$WELLHEAD" join ZX.inv zx >/dev/null 2>&1
	for n in zx hq zx tc; do "$WELLHEAD" -C $n sync >/dev/null; done
}

setup() {
	fresh
	moved zx
	sqlite3 zx/store.db "UPDATE remote SET url = '$PWD/hq/repo.git'"
}

quiet() {
	"$WELLHEAD" "$@" >/dev/null 2>&1
}

# request DIR TEXT: a record that needs no other one
request() {
	quiet -C "$1" add request kind=demand channel=online content="$2" \
		received_on=2022-03-08 outcome=pending
}

# requests DIR: all of them
requests() {
	sqlite3 "$1/store.db" "SELECT group_concat(content, ' ') FROM
		(SELECT content FROM request ORDER BY content)"
}

# have TEXT DIR...: these requests are there, and all is in order
have() {
	local want=$1 n
	shift
	for n in "$@"; do
		[ "$(requests "$n")" = "$want" ] || differ "requests of $n" \
			"$want" "$(requests "$n")" || return
		like 0 "*" "" -C "$n" verify --deep || return
		[ "$n" = hq ] || "$WELLHEAD" -C "$n" status --json |
			jq -e '.unreceipted == 0 and .unsent == 0' || return
	done
}

# hq_back: headquarters from the copy hq.old
hq_back() {
	rm -rf hq && mv hq.old hq && moved hq
}

# A relay between tc and headquarters: tc's remote is below.git.
relay_between() {
	git init -q --bare below.git
	"$WELLHEAD" -C zx remote add below "$PWD/below.git"
	above=$("$WELLHEAD" -C zx remote list --json |
		jq -r 'select(.name != "below").name')
	sqlite3 tc/store.db "UPDATE remote SET url='$PWD/below.git'"
}

relay_round() {
	quiet -C tc sync &&
	like 0 "*" "" -C zx relay below "$above" &&
	quiet -C hq sync &&
	like 0 "*" "" -C zx relay below "$above" &&
	quiet -C tc sync
}

@test "a relay follows headquarters that was put back, and keeps what was" {
	relay_between
	request tc a
	relay_round
	cp -a hq hq.old
	request tc b
	relay_round
	relay_round
	have "a b" hq tc
	was=$(git -C below.git rev-parse refs/heads/hq/all)
	hq_back
	request tc c
	for i in 1 2 3; do relay_round; done
	have "a b c" hq tc
	# the same on both sides, in the new epoch; the one before beside it
	for r in $(git -C hq/repo.git for-each-ref --format='%(refname)' \
		refs/heads/hq/all refs/heads/hq/TC refs/heads/node/TC); do
		[ "$(git -C below.git rev-parse "$r")" = \
			"$(git -C hq/repo.git rev-parse "$r")" ] ||
			differ "$r" "$(git -C hq/repo.git rev-parse "$r")" \
				"$(git -C below.git rev-parse "$r")"
	done
	past=$(git -C below.git for-each-ref --format='%(refname)' \
		refs/heads/past/hq/all)
	[ "$(git -C below.git rev-parse "$past")" = "$was" ]
	git -C zx/repo.git for-each-ref --format='%(objectname)' refs/relay |
		grep -q "$was"
	# nothing new: nothing goes
	like 0 "*chains sent up *0*chains sent down *0*refused *0*" "" \
		-C zx relay below "$above"
	# a node that joins below reads both epochs
	quiet -C hq invite TC2 --name 二 --branch TC --remote "$PWD/below.git" \
		-o TC2.inv
	quiet join TC2.inv tc2
	for i in 1 2 3; do
		quiet -C tc2 sync
		relay_round
	done
	quiet -C tc2 sync
	have "a b c" tc2
}

@test "a relay that sees the new epoch first, and its branches the old one" {
	relay_between
	request tc a
	relay_round
	cp -a hq hq.old
	request tc b
	relay_round
	hq_back
	rm hq/marker		# it knows that it was put back
	request tc c
	quiet -C hq sync	# begins again before it hears of anybody
	like 0 "*refused *0*" "" -C zx relay below "$above"
	for i in 1 2; do relay_round; done
	have "a b c" hq tc
	# once more, from the same copy as it stands now
	cp -a hq hq.old
	request tc d
	relay_round
	hq_back
	rm hq/marker
	for i in 1 2 3; do relay_round; done
	have "a b c d" hq tc
	[ "$(git -C below.git for-each-ref refs/heads/past/hq/all |
		wc -l)" = 2 ]
}

@test "a relay does not follow an epoch that the root key has not begun" {
	relay_between
	request tc a
	relay_round
	cp -a hq evil && moved evil
	request tc b
	relay_round
	good=$(git -C below.git rev-parse refs/heads/hq/all)
	# another's root key
	"$WELLHEAD" init --org 别的 other >/dev/null 2>&1
	bad=$(git -C other/repo.git rev-parse refs/heads/hq/all)
	git -C hq/repo.git fetch -q "$PWD/other/repo.git" refs/heads/hq/all
	keep=$(git -C hq/repo.git rev-parse refs/heads/hq/all)
	git -C hq/repo.git update-ref refs/heads/hq/all "$bad"
	w -C zx relay below "$above"
	[ "$status" = 0 ]
	[[ $err == *"hq/all: "* ]] || differ "relay" "refused" "$err"
	[ "$(git -C below.git rev-parse refs/heads/hq/all)" = "$good" ]
	git -C hq/repo.git update-ref refs/heads/hq/all "$keep"
	request tc c
	relay_round
	have "a b c" hq tc
}

# trip NODE...: a stick goes to them in turn
trip() {
	local n
	for n in "$@"; do quiet -C "$n" sync stick || return; done
}

@test "a stick carries both epochs, each once" {
	mkdir stick
	for n in hq tc; do
		"$WELLHEAD" -C $n remote add stick "courier:$PWD/stick"
	done
	request tc a
	trip tc hq tc hq tc
	cp -a hq hq.old
	request tc b
	trip tc hq tc
	hq_back
	request tc c
	trip tc hq tc hq tc hq tc
	have "a b c" hq tc
	git -C tc/repo.git for-each-ref refs/heads/past/hq/all | grep -q .
	git bundle list-heads stick/wellhead/*/hq-all-*.bundle 2>/dev/null |
		sort | uniq -d >twice
	[ ! -s twice ]
	# what everybody has is not written again
	trip hq tc hq tc
	before=$(cd stick && find . -type f | sort | xargs sha256sum)
	trip hq tc hq
	[ "$(cd stick && find . -type f | sort | xargs sha256sum)" = \
		"$before" ] || differ stick "$before" \
		"$(cd stick && find . -type f | sort | xargs sha256sum)"
}

@test "a stick between a relay and its branches" {
	mkdir stick
	"$WELLHEAD" -C zx remote add below "courier:$PWD/stick"
	above=$("$WELLHEAD" -C zx remote list --json |
		jq -r 'select(.name != "below").name')
	sqlite3 tc/store.db "UPDATE remote SET url='courier:$PWD/stick'"
	# it has to hear first that the relay has nothing of its chain
	for i in 1 2; do
		quiet -C tc sync && quiet -C zx relay below "$above"
	done
	request tc a
	relay_round
	cp -a hq hq.old
	request tc b
	relay_round
	hq_back
	request tc c
	for i in 1 2 3; do relay_round; done
	have "a b c" hq tc
	git -C tc/repo.git for-each-ref refs/heads/past/hq/all | grep -q .
}
