#!/usr/bin/env bats
# The README's tour, executed as it stands, block by block.

load helper

@test "the README's tour runs, and counts what it entered" {
	PATH=$(dirname "$WELLHEAD"):$PATH
	awk '/^```sh$/ { on = 1; next } /^```$/ { on = 0 } on' \
		"$BATS_TEST_DIRNAME/../../README.md" >"$BATS_TEST_TMPDIR/tour"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/tour")" -gt 20 ]
	mkdir "$BATS_TEST_TMPDIR/empty"
	cd "$BATS_TEST_TMPDIR/empty"
	run bash -e -o pipefail "$BATS_TEST_TMPDIR/tour"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$("$WELLHEAD" -C hq figure \
		'care_visit[branch=TC;kind=hospital]#count')" = 1 ]
	[ "$("$WELLHEAD" -C tc figure \
		'care_visit[branch=TC;kind=hospital]#sum(amount)')" = 100000 ]
}
