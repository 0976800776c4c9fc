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

request() {
	"$WELLHEAD" -C tc add request kind=demand channel=online \
		content="$1" received_on=2022-03-08 outcome=pending
}

requests() {
	sqlite3 "$1/store.db" \
		"SELECT group_concat(content, ' ') FROM
		(SELECT content FROM request ORDER BY content)"
}

rounds() {
	local i
	for i in 1 2 3; do
		"$WELLHEAD" -C tc sync >/dev/null || return
		"$WELLHEAD" -C hq sync >/dev/null || return
	done
}

all_good() {
	[ "$(requests tc)" = "$1" ] || differ "requests at TC" "$1" \
		"$(requests tc)" || return
	[ "$(requests hq)" = "$1" ] || differ "requests at HQ" "$1" \
		"$(requests hq)" || return
	like 0 "*" "" -C tc verify --deep && like 0 "*" "" -C hq verify --deep
}

@test "the store alone: the repository and headquarters give back the rest" {
	request a
	"$WELLHEAD" -C tc seal >/dev/null
	request b
	"$WELLHEAD" -C tc sync >/dev/null
	request c
	"$WELLHEAD" -C tc seal >/dev/null	# sealed, never sent
	rm tc/store.db*
	cp -a before/store.db tc/
	like 0 "*" "wellhead: warning: the store was put back*" -C tc \
		edit TC.a remark=x
	request d
	rounds
	all_good "a b c d"
}

@test "the repository alone: the store queues again what never arrived" {
	request a
	"$WELLHEAD" -C tc sync >/dev/null
	request b
	"$WELLHEAD" -C tc edit TC.a remark=x
	"$WELLHEAD" -C tc seal >/dev/null
	request c
	rm -rf tc/repo.git
	cp -a before/repo.git tc/
	w -C tc sync
	[ "$status" = 0 ] || differ "status" 0 "$err"
	[[ $err == *"the repository was put back from an older copy"* ]]
	rounds
	all_good "a b c"
	[ "$("$WELLHEAD" -C hq show TC.a --json | jq -r .remark)" = x ]
}

@test "the whole folder: what was sent comes back" {
	request a
	"$WELLHEAD" -C tc sync >/dev/null
	"$WELLHEAD" -C hq sync >/dev/null
	request b	# this one's disk is gone
	rm -rf tc
	cp -a before tc
	w -C tc add request kind=demand channel=online content=c \
		received_on=2022-03-08 outcome=pending
	[[ $err == *"copy of another one, or it was moved or restored"* ]]
	rounds
	all_good "a c"
}

@test "the whole disk, and nothing tells: the remote does" {
	request a
	"$WELLHEAD" -C tc sync >/dev/null
	rm -rf tc
	cp -a before tc
	moved tc
	request b
	w -C tc sync
	[[ $err == *"the remote has changesets of this node"* ]]
	rounds
	all_good "a b"
}

@test "without its marker: a backup that left it out" {
	request a
	"$WELLHEAD" -C tc sync >/dev/null
	rm -rf tc/store.db* tc/repo.git tc/marker
	cp -a before/store.db before/repo.git tc/
	w -C tc sync
	[ "$status" = 0 ]
	[[ $err == *"marker is missing"* ]]
	[ -f tc/marker ]
	rounds
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
	request a
	"$WELLHEAD" -C tc sync >/dev/null
	rm tc/store.db*
	cp -a before/store.db tc/
	request b 2>/dev/null
	"$WELLHEAD" -C tc rebuild >/dev/null
	[ "$(requests tc)" = "a b" ]
	"$WELLHEAD" -C tc seal >/dev/null
	rm tc/store.db*
	cp -a before/store.db tc/
	request c 2>/dev/null
	rounds
	all_good "a b c"
}
