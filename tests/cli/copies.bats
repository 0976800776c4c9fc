#!/usr/bin/env bats
# Copies of a node that have both changed its key; changesets that headquarters
# holds until what they need has come.
load helper

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
}

setup() {
	fresh
}

quiet() {
	"$WELLHEAD" "$@" >/dev/null 2>&1
}

have() {
	local want=$1 n
	shift
	for n in "$@"; do
		[ "$(requests "$n")" = "$want" ] || differ "requests of $n" \
			"$want" "$(requests "$n")" || return
		like 0 "*" "" -C "$n" verify --deep || return
	done
}

# stuck DIR: it says that it has not the node's key, and loses nothing
stuck() {
	local i
	for i in 1 2; do
		w -C "$1" sync
		[ "$status" -eq 1 ] || differ "sync of $1" 1 "$status" ||
			return
		[[ $err == *"key of node TC was changed"*"(E_KEY)"*"hint: bring"* ]] ||
			differ "sync of $1" "key was changed" "$err" || return
		quiet -C hq sync
	done
}

@test "two copies have both changed the key: the second says so, and waits" {
	cp -a tc image && moved image
	request tc a
	request image b
	for n in tc image; do like 0 "*" "hint: *" -C $n rotate; done
	for i in 1 2; do quiet -C tc sync && quiet -C hq sync; done
	stuck image
	have a tc hq
	# what it had sealed with its own key is evidence, its record waits
	git -C image/repo.git for-each-ref refs/evidence/node/TC | grep -q .
	[ "$(requests image)" = "a b" ]
	"$WELLHEAD" -C image status --json | jq -e '.unsealed > 0'
	request image c >/dev/null
	# the others are not disturbed
	request tc d >/dev/null
	for i in 1 2; do quiet -C tc sync && quiet -C hq sync; done
	have "a d" tc hq
	# with the key of the one that came first it goes on
	cp tc/keys/node.key image/keys/
	for i in 1 2; do
		for n in image hq tc hq; do
			like 0 "*" "*" -C $n sync
		done
	done
	quiet -C image sync
	have "a b c d" tc image hq
	for n in tc image; do
		"$WELLHEAD" -C $n status --json |
			jq -e '.unreceipted == 0 and .unsealed == 0'
	done
	[ "$("$WELLHEAD" -C hq roster --json | jq -s \
		'map(select(.code == "TC")) | length')" = 1 ]
}

@test "one copy has changed the key: the other says so, and waits" {
	cp -a tc image && moved image
	request tc a
	request image b
	like 0 "*" "hint: *" -C tc rotate
	for i in 1 2; do quiet -C tc sync && quiet -C hq sync; done
	stuck image
	cp tc/keys/node.key image/keys/
	for i in 1 2; do
		for n in image hq tc hq; do
			like 0 "*" "*" -C $n sync
		done
	done
	have "a b" tc image hq
}

@test "a copy made before the key was changed, put back" {
	cp -a tc before
	like 0 "*" "hint: *" -C tc rotate
	request tc a
	for i in 1 2; do quiet -C tc sync && quiet -C hq sync; done
	key=$(cat tc/keys/node.key)
	rm -rf tc && mv before tc && moved tc
	request tc b
	stuck tc
	printf '%s\n' "$key" >tc/keys/node.key
	for i in 1 2; do
		for n in tc hq; do like 0 "*" "*" -C $n sync; done
	done
	have "a b" tc hq
}

# receipts DIR: of node TC2's chain, the newest of each changeset
receipts() {
	sqlite3 "$1/store.db" "SELECT group_concat(result || code, ' ') FROM
		(SELECT r.result, r.code FROM receipt AS r
		WHERE r.chain = 'node/TC2' AND r.from_seq > 1 AND NOT EXISTS
		(SELECT 1 FROM receipt AS n WHERE n.chain = r.chain
		AND n.epoch = r.epoch AND n.stamp > r.stamp
		AND n.from_seq <= r.from_seq AND n.to_seq >= r.to_seq)
		ORDER BY r.from_seq)"
}

@test "a changeset that waits is held, and applied when what it needs comes" {
	quiet -C hq invite TC2 --branch TC --name 二号 \
		--remote "$PWD/hq/repo.git" -o tc2.inv
	quiet join tc2.inv tc2
	for n in tc2 hq tc2 tc; do quiet -C $n sync; done
	# the two nodes meet where headquarters does not look
	git init -q --bare pit.git
	for n in tc tc2; do
		"$WELLHEAD" -C $n remote add pit "$PWD/pit.git"
	done
	id=$(request tc 甲)
	quiet -C tc sync pit
	quiet -C tc2 sync pit
	quiet -C tc2 edit "$id" content=乙
	request tc2 丙
	quiet -C tc2 sync hq
	quiet -C hq sync
	quiet -C tc2 sync hq
	# headquarters has the edit, and nothing that it edits
	for n in hq tc2; do
		[[ "$(receipts $n)" == *heldE_REF* ]] ||
			differ "receipts at $n" held "$(receipts $n)"
	done
	[ "$(requests hq)" = 丙 ]
	"$WELLHEAD" -C hq status --json | jq -e '.held == 1'
	like 0 "*held*" "" -C tc2 why "$id"
	# it stays so, and nothing is said twice
	count=$(sqlite3 hq/store.db "SELECT count(*) FROM receipt")
	for i in 1 2; do quiet -C hq sync && quiet -C tc2 sync hq; done
	[ "$(sqlite3 hq/store.db "SELECT count(*) FROM receipt")" = "$count" ]
	# now the record
	quiet -C tc sync hq
	quiet -C hq sync
	quiet -C tc2 sync hq
	for n in hq tc2; do
		[[ "$(receipts $n)" != *held* ]] ||
			differ "receipts at $n" applied "$(receipts $n)"
	done
	[ "$(requests hq)" = "丙 乙" ] || [ "$(requests hq)" = "乙 丙" ]
	"$WELLHEAD" -C hq status --json | jq -e '.held == 0'
	"$WELLHEAD" -C tc2 status --json | jq -e '.unreceipted == 0'
	for n in hq tc2; do
		quiet -C $n rebuild
		like 0 "*" "" -C $n verify --deep
		[[ "$(receipts $n)" != *held* ]]
	done
}
