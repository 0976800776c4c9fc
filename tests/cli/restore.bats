#!/usr/bin/env bats
# A node's folder, its store or its repository put back from a backup.
load helper

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
	cd "$BATS_FILE_TMPDIR/org" || return 1
	cp -a tc before
}

setup() {
	fresh
	moved before
	sqlite3 before/store.db "UPDATE remote SET url = '$PWD/hq/repo.git'"
}

all_good() {
	[ "$(requests tc)" = "$1" ] || differ "requests at TC" "$1" \
		"$(requests tc)" || return
	[ "$(requests hq)" = "$1" ] || differ "requests at HQ" "$1" \
		"$(requests hq)" || return
	like 0 "*" "" -C tc verify --deep && like 0 "*" "" -C hq verify --deep
}

@test "the store alone: the repository and headquarters give back the rest" {
	request tc a
	"$WELLHEAD" -C tc seal >/dev/null
	request tc b
	"$WELLHEAD" -C tc sync >/dev/null
	request tc c
	"$WELLHEAD" -C tc seal >/dev/null	# sealed, never sent
	rm tc/store.db*
	cp -a before/store.db tc/
	like 0 "*" "wellhead: warning: the store was put back*" -C tc \
		edit TC.a remark=x
	request tc d
	rounds tc
	all_good "a b c d"
}

@test "the repository alone: the store queues again what never arrived" {
	request tc a
	"$WELLHEAD" -C tc sync >/dev/null
	request tc b
	"$WELLHEAD" -C tc edit TC.a remark=x
	"$WELLHEAD" -C tc seal >/dev/null
	request tc c
	rm -rf tc/repo.git
	cp -a before/repo.git tc/
	w -C tc sync
	[ "$status" = 0 ] || differ "status" 0 "$err"
	[[ $err == *"the repository was put back from an older copy"* ]]
	rounds tc
	all_good "a b c"
	[ "$("$WELLHEAD" -C hq show TC.a --json | jq -r .remark)" = x ]
}

@test "the whole folder: what was sent comes back" {
	request tc a
	"$WELLHEAD" -C tc sync >/dev/null
	"$WELLHEAD" -C hq sync >/dev/null
	request tc b	# this one's disk is gone
	rm -rf tc
	cp -a before tc
	w -C tc add request kind=demand channel=online content=c \
		received_on=2022-03-08 outcome=pending
	[[ $err == *"copy of another one, or it was moved or restored"* ]]
	rounds tc
	all_good "a c"
}

@test "the whole disk, and nothing tells: the remote does" {
	request tc a
	"$WELLHEAD" -C tc sync >/dev/null
	rm -rf tc
	cp -a before tc
	moved tc
	request tc b
	w -C tc sync
	[[ $err == *"the remote has changesets of this node"* ]]
	rounds tc
	all_good "a b"
}

@test "without its marker: a backup that left it out" {
	request tc a
	"$WELLHEAD" -C tc sync >/dev/null
	rm -rf tc/store.db* tc/repo.git tc/marker
	cp -a before/store.db before/repo.git tc/
	w -C tc sync
	[ "$status" = 0 ]
	[[ $err == *"marker is missing"* ]]
	[ -f tc/marker ]
	rounds tc
	all_good "a"
	like 0 "*" "" -C tc edit TC.a remark=x
}

@test "a damaged marker is as good as none; a store without one gets one" {
	echo rubbish >tc/marker
	like 0 "*" "wellhead: warning: *marker is missing*" -C tc \
		edit TC.a remark=x
	rm tc/marker
	sqlite3 tc/store.db "DELETE FROM meta WHERE name = 'marker'"
	like 0 "*" "" -C tc edit TC.a remark=y
	grep -q '^wellhead marker 1$' tc/marker
}

@test "restored twice, and rebuilt between" {
	request tc a
	"$WELLHEAD" -C tc sync >/dev/null
	rm tc/store.db*
	cp -a before/store.db tc/
	request tc b 2>/dev/null
	"$WELLHEAD" -C tc rebuild >/dev/null
	[ "$(requests tc)" = "a b" ]
	"$WELLHEAD" -C tc seal >/dev/null
	rm tc/store.db*
	cp -a before/store.db tc/
	request tc c 2>/dev/null
	rounds tc
	all_good "a b c"
}
