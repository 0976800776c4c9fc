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

# request_id DIR: of the only one
request_id() {
	"$WELLHEAD" -C "$1" list request --json | jq -r .id
}

gq_invited() {
	quiet -C hq invite GQ --name 港区 --remote "$PWD/hq/repo.git" -o GQ.inv
}

# GQ joins, sends a record and a file, and has its receipts
gq_joins() {
	quiet join GQ.inv gq
	request gq 甲
	head -c 200000 /dev/urandom >photo.jpg
	printf '\xff\xd8\xff\xe0' | dd of=photo.jpg conv=notrunc 2>/dev/null
	quiet -C gq attach "$(request_id gq)" photo.jpg
	for i in 1 2; do quiet -C gq sync && quiet -C hq sync; done
	quiet -C gq sync
}

@test "headquarters from before a node joined is offered all of its chains" {
	gq_invited
	cp -a hq hq.old
	gq_joins
	have "甲" gq
	[ -n "$(find hq/attachments -name '??????????????*' -type f)" ]
	hq_back
	[ -z "$(git -C hq/repo.git for-each-ref refs/heads/node/GQ)" ]
	for i in 1 2 3; do quiet -C gq sync && quiet -C hq sync; done
	quiet -C gq sync
	have "甲" gq hq
	[ "$(git -C hq/repo.git for-each-ref refs/heads/file/GQ | wc -l)" = 1 ]
	quiet -C hq attachment get "$(request_id hq)" photo.jpg -o got.jpg
	cmp photo.jpg got.jpg
}

@test "what a remote does not show is sent there again, by a relay too" {
	relay_between
	request tc a
	relay_round
	relay_round
	# somebody has emptied the repository between
	rm -rf below.git && git init -q --bare below.git
	request tc b
	for i in 1 2 3; do relay_round; done
	have "a b" hq tc
	[ "$(git -C below.git for-each-ref refs/heads/node/TC | wc -l)" = 1 ]
	# and the one above
	git -C hq/repo.git for-each-ref --format='delete %(refname)' \
		refs/heads/node/TC | git -C hq/repo.git update-ref --stdin
	like 0 "*chains sent up *1*" "" -C zx relay below "$above"
}

# add_unit CODE: a record of headquarters' own that everybody sees; $unit
add_unit() {
	quiet -C hq add org_unit code="$1" name=集团工会 kind=hq \
		established_on=2001-03-01
	unit=$("$WELLHEAD" -C hq list org_unit --json |
		jq -r "select(.code == \"$1\") | .id")
	[ -n "$unit" ]
}

@test "headquarters has back what it did after the copy: from a branch" {
	request tc a
	exchange
	cp -a hq hq.old
	# a node joins, another is revoked, and the branch's request is handled
	gq_invited
	gq_joins
	quiet -C hq revoke ZX --after 1 --reason 丢失
	add_unit HQ
	request tc b
	exchange
	quiet -C gq sync
	hq_back
	rm hq/marker
	quiet -C hq sync		# a new epoch, which knows nothing of GQ
	w -C hq roster --json
	[[ $out != *'"GQ"'* ]]
	quiet -C tc sync
	git -C hq/repo.git for-each-ref refs/lost/TC | grep -q .
	quiet -C hq sync
	"$WELLHEAD" -C hq roster --json | grep -q '"GQ"'
	for i in 1 2 3; do quiet -C gq sync && quiet -C hq sync; done
	exchange
	quiet -C gq sync
	[ "$(requests hq)" = "a b 甲" ] || differ hq "a b 甲" "$(requests hq)"
	have "a b" tc
	have "甲" gq
	like 0 "*" "" -C hq verify --deep
	"$WELLHEAD" -C hq show "$unit" | grep -q 集团工会
	# its revocation holds
	"$WELLHEAD" -C hq roster --json |
		jq -se 'any(.code == "ZX" and .ended_after == 1)'
	request zx z
	quiet -C zx sync || true
	quiet -C hq sync || true
	[ "$(requests hq)" = "a b 甲" ]
	# what has been taken stands there no more, and nothing is sent again
	[ -z "$(git -C hq/repo.git for-each-ref refs/lost)" ]
	for n in hq tc gq; do
		quiet -C $n rebuild || differ rebuild "" $n
		"$WELLHEAD" -C $n verify --full >/dev/null
		like 0 "*" "" -C $n verify --deep
	done
	have "a b" tc
	key=$("$WELLHEAD" -C hq fingerprint --json | jq -r .key)
	python3 "$ROOT/docs/audit/check.py" --repo hq/repo.git "${key#* }"
	python3 "$ROOT/docs/audit/check.py" --repo tc/repo.git "${key#* }"
}

@test "headquarters has back what it did after the copy: by a relay, a stick" {
	mkdir stick
	"$WELLHEAD" -C hq remote add stick "courier:$PWD/stick"
	relay_between
	request tc a
	relay_round
	relay_round
	cp -a hq hq.old
	add_unit A
	relay_round
	hq_back
	rm hq/marker
	for i in 1 2 3; do relay_round; done
	quiet -C hq show "$unit" || differ "by a relay" "$unit" ""
	[ -z "$(git -C hq/repo.git for-each-ref refs/lost)" ]
	like 0 "*" "" -C hq verify --deep
	# and by a stick
	sqlite3 tc/store.db "UPDATE remote SET url='courier:$PWD/stick',
		name='stick'"
	trip hq tc hq tc
	cp -a hq hq.old
	add_unit B
	trip hq tc hq
	hq_back
	rm hq/marker
	"$WELLHEAD" -C hq remote add stick "courier:$PWD/stick" || true
	request tc b
	trip tc hq tc hq tc hq tc
	quiet -C hq show "$unit" || differ "by a stick" "$unit" ""
	[ "$(requests hq)" = "a b" ]
	like 0 "*" "" -C hq verify --deep
	like 0 "*" "" -C tc verify --deep
}

@test "what is handed back and is not headquarters' own is refused" {
	request tc a
	exchange
	cp -a hq hq.old
	add_unit A
	exchange
	hq_back
	rm hq/marker
	quiet -C hq sync
	quiet -C tc sync
	ref=$(git -C hq/repo.git for-each-ref --format='%(refname)' \
		refs/lost/TC | head -1)
	good=$(git -C hq/repo.git rev-parse "$ref")
	# one that nobody signed goes on from it
	bad=$(git -C hq/repo.git -c user.name=x -c user.email=x@x commit-tree \
		-p "$good" -m forged "$good^{tree}")
	git -C hq/repo.git update-ref "$ref" "$bad"
	w -C hq sync
	[[ $err == *"handed back"*"hq/all"*"(E_"* ]] || differ sync stopped "$err"
	quiet -C hq show "$unit"	# what is good of it has been taken
	like 0 "*" "" -C hq verify --deep
	[ -z "$(git -C hq/repo.git for-each-ref refs/lost)" ]
	git -C hq/repo.git for-each-ref refs/evidence/hq/all | grep -q "$bad"
	# the door refuses it, and another's
	git -C tc/repo.git fetch -q "$PWD/hq/repo.git" "$bad" 2>/dev/null ||
		git -C tc/repo.git unpack-objects < <(git -C hq/repo.git \
			pack-objects --stdout <<<"$bad") >/dev/null 2>&1
	w_push() {
		git -C tc/repo.git push -q "$PWD/hq/repo.git" "$1:$2" \
			2>"$BATS_TEST_TMPDIR/.push"
	}
	! w_push "$bad" "$ref" || false
	grep -q "(E_" .push || differ push "(E_" "$(cat .push)"
	! w_push "$good" refs/lost/TC/hq/all/12345678 || false
	! w_push "$good" refs/lost/TC/past/node/TC/12345678 || false
}

# units DIR: the codes of headquarters' own
units() {
	"$WELLHEAD" -C "$1" list org_unit --json |
		jq -r 'select(.branch == "HQ").code' | sort | tr '\n' ' '
}

@test "headquarters put back twice: what each life did comes from who heard it" {
	gq_invited
	quiet join GQ.inv gq
	for n in gq hq gq; do quiet -C $n sync; done
	cp -a hq hq.old
	add_unit A && quiet -C hq sync && quiet -C tc sync
	add_unit B && quiet -C hq sync && quiet -C gq sync
	rm -rf hq && cp -a hq.old hq && moved hq
	rm hq/marker
	add_unit C && quiet -C hq sync
	quiet -C tc sync	# it hands back A
	quiet -C hq sync
	[ "$(units hq)" = "A C " ]
	add_unit D && quiet -C hq sync && quiet -C tc sync
	# at once, the same copy: neither of the lives is in it
	hq_back
	rm hq/marker
	quiet -C hq sync
	for i in 1 2 3; do
		for n in tc gq hq; do quiet -C $n sync; done
	done
	for n in hq tc gq; do
		[ "$(units $n)" = "A B C D " ] || differ "units of $n" \
			"A B C D " "$(units $n)"
		like 0 "*" "*" -C $n verify --deep
		quiet -C $n rebuild
		like 0 "*" "*" -C $n verify --deep
	done
}

# fast TEXT: tc, whose clock is three hours fast, has a request
fast() {
	WELLHEAD_NOW=$(($(date +%s%3N) + 10800000)) request tc "$1"
	WELLHEAD_NOW=$(($(date +%s%3N) + 10800000)) quiet -C tc sync
	quiet -C hq sync
}

@test "headquarters whose stamps ran ahead is put back, and followed" {
	fast a
	quiet -C tc sync
	cp -a hq hq.old
	fast b
	add_unit A
	exchange
	exchange
	have "a b" hq tc
	hq_back
	rm hq/marker
	quiet -C hq sync	# begins again before it hears of anybody
	request tc c
	exchange
	exchange
	have "a b c" hq tc
	[ "$(units hq)" = "A " ] || differ "units of hq" "A " "$(units hq)"
	for n in hq tc; do
		quiet -C $n rebuild || differ rebuild "" $n
		like 0 "*" "*" -C $n verify --deep
	done
}

@test "a remote that was put back to an epoch that has ended is sent the new one" {
	git init -q --bare far.git
	"$WELLHEAD" -C hq remote add far "$PWD/far.git"
	quiet -C hq sync far
	cp -a far.git far.old
	cp -a hq hq.old
	hq_back
	rm hq/marker
	add_unit A
	like 0 "*" "*" -C hq sync far
	rm -rf far.git && mv far.old far.git
	add_unit B
	like 0 "*" "*" -C hq sync far
	for r in all TC; do
		[ "$(git -C far.git rev-parse refs/heads/hq/$r)" = \
			"$(git -C hq/repo.git rev-parse refs/heads/hq/$r)" ]
	done
}
