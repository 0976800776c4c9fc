#!/usr/bin/env bats
# What a person sees of former epochs and of forks, and how it is settled.
load helper

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
}

setup() {
	fresh
}

# counts DIR: changesets not sent, and without a receipt
counts() {
	"$WELLHEAD" -C "$1" status --json |
		jq -r '"\(.unsent) \(.unreceipted)"'
}

@test "status counts the changesets of former epochs" {
	[ "$(counts tc)" = "0 0" ] || differ before "0 0" "$(counts tc)"
	request tc 甲
	"$WELLHEAD" -C tc seal >/dev/null
	[ "$(counts tc)" = "1 1" ]
	# a new epoch before it was sent: it waits all the same
	rm tc/marker
	request tc 乙 2>/dev/null
	"$WELLHEAD" -C tc seal >/dev/null 2>&1
	[ "$("$WELLHEAD" -C tc status --json | jq -r .epoch_why)" = gone ]
	[ "$(counts tc)" = "2 2" ] || differ "after" "2 2" "$(counts tc)"
	"$WELLHEAD" -C tc sync >/dev/null
	[ "$(counts tc)" = "0 2" ] || differ "sent" "0 2" "$(counts tc)"
	exchange
	[ "$(counts tc)" = "0 0" ] || differ "taken" "0 0" "$(counts tc)"
}

# fork: node/TC has two histories, and headquarters has met both; $lost is a
# record of the one that it does not follow.
fork() {
	git init -q --bare relay
	"$WELLHEAD" -C hq remote add relay "$PWD/relay"
	"$WELLHEAD" -C tc remote add relay "$PWD/relay"
	cp -a tc image
	moved image
	kept=$(request tc 甲)
	lost=$(request image 乙)
	"$WELLHEAD" -C tc sync hq >/dev/null
	"$WELLHEAD" -C hq sync >/dev/null 2>&1
	"$WELLHEAD" -C image sync relay >/dev/null 2>&1
	w -C hq sync relay
	[[ $err == *"node/TC stopped"*E_FORK* ]]
}

@test "a fork is told until a person has settled it, and then no more" {
	fork
	like 0 "*chain node/TC stopped*(E_FORK)*" "" -C hq status
	like 0 "*chain *two different changesets*(E_FORK)*checkpoint settle*" \
		"" -C hq why "$kept"
	"$WELLHEAD" -C hq why "$kept" --json |
		jq -e '.steps[0].stopped == "E_FORK"'
	like 0 "" "" -C hq checkpoint settle
	"$WELLHEAD" -C hq status --json | jq -e '.stopped == []'
	# it is met again on the same relay, and evidence is there
	like 0 "*" "*" -C hq sync relay
	[[ $err != *E_FORK* ]] || differ "sync" "nothing" "$err"
	"$WELLHEAD" -C hq status --json | jq -e '.stopped == []'
	[ "$(git -C hq/repo.git for-each-ref refs/evidence/node/TC |
		wc -l)" = 1 ]
	"$WELLHEAD" -C hq why "$kept" --json |
		jq -e '.steps[0].stopped == ""'
}
