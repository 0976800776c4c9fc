#!/usr/bin/env bats
# Two nodes of one branch at work beside each other.
load helper

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org" &&
	"$WELLHEAD" -C hq invite TC-2 --branch TC --name 二号 \
		--remote "$PWD/hq/repo.git" -o 2.invitation 2>/dev/null &&
	"$WELLHEAD" join 2.invitation two >/dev/null 2>&1 &&
	"$WELLHEAD" -C two sync >/dev/null 2>&1 &&
	"$WELLHEAD" -C hq sync >/dev/null &&
	"$WELLHEAD" -C tc sync >/dev/null &&
	"$WELLHEAD" -C two sync >/dev/null 2>&1
}

setup() {
	fresh
	moved two
	sqlite3 two/store.db "UPDATE remote SET url = '$PWD/hq/repo.git'"
}

rounds() {
	local i n
	for i in 1 2 3; do
		for n in "$@" hq; do
			"$WELLHEAD" -C "$n" sync >/dev/null 2>&1 || return
		done
	done
}

# ends ID: its state and its text, as every node has them
ends() {
	local n
	for n in hq tc two; do
		"$WELLHEAD" -C "$n" show "$1" --json |
			jq -rc '[.state, .content]'
	done | sort -u
}

@test "an edit against a step of another node: both stand, in either order" {
	local id order
	for order in "tc two" "two tc"; do
		id=$("$WELLHEAD" -C tc add request kind=demand channel=online \
			content=甲 received_on=2022-03-08 outcome=pending)
		rounds tc two
		"$WELLHEAD" -C tc edit "$id" content=乙 >/dev/null
		"$WELLHEAD" -C two do "$id" accepted >/dev/null
		# shellcheck disable=SC2086
		rounds $order
		[ "$(ends "$id")" = '["accepted","乙"]' ] ||
			differ "$order" '["accepted","乙"]' "$(ends "$id")"
	done
	for n in hq tc two; do
		like 0 "*" "" -C $n verify --deep
		"$WELLHEAD" -C $n status --json |
			jq -e '.stopped == [] and .held == 0'
	done
}

@test "two steps of two nodes: one stands everywhere, the other is a conflict" {
	local id one
	id=$("$WELLHEAD" -C tc add request kind=demand channel=online \
		content=甲 received_on=2022-03-08 outcome=pending)
	rounds tc two
	"$WELLHEAD" -C tc do "$id" accepted >/dev/null
	"$WELLHEAD" -C two do "$id" refused >/dev/null
	rounds tc two
	one=$(ends "$id" | wc -l)
	[ "$one" = 1 ] || differ "states" 1 "$(ends "$id")"
	"$WELLHEAD" -C hq status --json | jq -e '.conflicts + .held > 0'
}
