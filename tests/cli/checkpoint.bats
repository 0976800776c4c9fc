#!/usr/bin/env bats
# Checkpoints: made, compared, cosigned, complete; histories that contradict
# each other; headquarters put back from an older copy.
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

newest() {
	"$WELLHEAD" -C "$1" status --json | jq .checkpoint
}

# enter TITLE: one more record at the branch.
enter() {
	quiet -C tc add activity title="$1" date=2026-11-01 kind=sport \
		org=TC.org
}

@test "each sync that moves something makes one, and no other does" {
	local was
	exchange && exchange
	was=$(newest hq)
	exchange
	[ "$(newest hq)" = "$was" ]
	enter a && exchange
	[ "$(newest hq)" = $((was + 1)) ]
	[ "$(newest tc)" = $((was + 1)) ]
	# the branch's next changeset says that it has seen it
	name=$("$WELLHEAD" -C tc checkpoint show --json | jq -r .name)
	enter b && quiet -C tc seal
	[ "$(git -C tc/repo.git log -1 --format=%B \
		"refs/heads/node/TC/$("$WELLHEAD" -C tc status --json |
		jq -r '.epoch[:8]')" | sed -n 's/^Wellhead-Seen: //p')" = "$name" ]
	quiet -C tc sync && quiet -C hq sync
	"$WELLHEAD" -C hq checkpoint show "${name:0:12}" --json |
		jq -e '.seen[0].chain == "node/TC"'
}

@test "a file goes from hand to hand: signed, compared, cosigned" {
	quiet -C hq checkpoint -o old
	enter a && exchange
	quiet -C hq checkpoint -o new
	quiet -C tc sync
	like 0 "*node/TC*grown*" "" -C hq checkpoint verify old new
	like 0 "*node/TC*grown*" "" -C tc checkpoint verify old new
	like 2 "" "*name the older one first*" -C hq checkpoint verify new old
	cp new cosigned
	quiet -C tc checkpoint cosign cosigned
	"$WELLHEAD" -C hq checkpoint show cosigned --json |
		jq -e '.cosigned == 1'
	like 1 "" "*cosigned by TC already*(E_EXISTS)*" \
		-C tc checkpoint cosign cosigned
	# stock ssh-keygen finds the signature good over exactly these lines
	sed '/^-----BEGIN/,$d' new >body
	sed -n '/^-----BEGIN/,/^-----END/p' new >body.sig
	key=$("$WELLHEAD" -C hq roster --json | jq -r 'select(.kind == "hq") |
		.key' | head -1)
	echo "HQ namespaces=\"wellhead-checkpoint\" $key" >signers
	ssh-keygen -Y verify -f signers -I HQ -n wellhead-checkpoint \
		-s body.sig <body
}

@test "a file that was changed is refused" {
	local byte lines
	quiet -C hq checkpoint -o good
	lines=$(grep -n '^root ' good | cut -d: -f1)
	for ((byte = 1; byte <= lines; byte++)); do
		sed "${byte}s/[0-9]/x/" good >bad
		cmp -s good bad && continue
		w -C tc checkpoint show bad
		[ "$status" -eq 1 ] || differ "line $byte" 1 "$status $out"
	done
	sed '$d' good >bad
	like 1 "" "*(E_FORMAT)*" -C tc checkpoint show bad
	{ cat good && echo more; } >bad
	like 1 "" "*(E_FORMAT)*" -C tc checkpoint show bad
	sed '2s/.*/org 00000000000000000000000000000000/' good >bad
	like 1 "" "*(E_FORMAT)*" -C tc checkpoint show bad
	{ sed '/^-----BEGIN/,$d' good && sed -n '/^-----BEGIN/,$p' good |
		sed '3s/[A-Z]/a/'; } >bad
	w -C tc checkpoint show bad
	[ "$status" -eq 1 ]
}

@test "only headquarters makes them, and anything else is understood or not" {
	like 1 "" "*only headquarters*(E_ROLE)*" -C tc checkpoint
	like 2 "" "*not understood: checkpoint foo*" -C tc checkpoint foo
	like 1 "" "*no checkpoint 999*(E_NOT_FOUND)*" -C tc checkpoint show 999
	like 1 "" "*no checkpoint ../x*" -C tc checkpoint show ../x
}

@test "complete: every chain from 1 on, and what was not applied" {
	enter a && exchange
	like 0 "*node/TC: changesets 1-*, no gaps, as of checkpoint *" "" \
		-C hq checkpoint complete
	like 0 "hq/TC: *node/TC: *" "" -C tc checkpoint complete TC
	# a journal that somebody thinned out
	sqlite3 hq/store.db "DELETE FROM changeset
		WHERE chain = 'node/TC' AND seq = 2"
	w -C hq checkpoint complete TC
	[ "$status" -eq 1 ] || [[ $out == *"not here"* ]]
}

@test "the states of the branches are signed once they have changed" {
	local n
	quiet -C hq checkpoint -o one
	grep -q '^state TC ' one
	quiet -C hq checkpoint -o again
	cmp one again
	enter a && exchange
	quiet -C hq checkpoint -o two
	[ "$(sed -n 's/^state TC \([0-9]*\) .*/\1/p' two)" -eq \
		$(($(sed -n 's/^state TC \([0-9]*\) .*/\1/p' one) + 1)) ]
}

@test "headquarters put back from an older copy begins its chains again" {
	enter a && exchange
	cp -a hq hq.old
	enter b && exchange
	enter c && exchange
	rm -rf hq && mv hq.old hq && moved hq
	enter d
	quiet -C tc sync
	w -C hq sync
	[ "$status" -eq 0 ] || differ "sync" 0 "$status $err"
	w -C tc sync
	[ "$status" -eq 0 ]
	[[ $err == *"begun its chains again from an older copy"*E_SPLIT* ]]
	like 0 "*E_SPLIT: headquarters has begun*" "" -C tc status
	exchange
	# nothing that had been acknowledged is lost, everything is receipted
	want 0 4 "" -C hq figure 'activity[branch=TC]#count'
	"$WELLHEAD" -C tc status --json | jq -e '.unreceipted == 0'
	for n in hq tc; do
		quiet -C $n verify --deep || differ "verify $n" good bad
		quiet -C $n rebuild
		quiet -C $n verify --deep || differ "rebuilt $n" good bad
	done
	git -C tc/repo.git for-each-ref --format='%(refname)' |
		grep -q '^refs/heads/past/hq/all/'
	quiet -C tc checkpoint settle
	"$WELLHEAD" -C tc status --json | jq -e '.splits == []'
	# it is no new epoch each time
	git -C hq/repo.git rev-parse refs/heads/hq/all >was
	exchange
	git -C hq/repo.git rev-parse refs/heads/hq/all | diff was -
	# a node that joins now reads both epochs
	quiet -C hq invite TC2 --name 二 --branch TC \
		--remote "$PWD/hq/repo.git" -o TC2.inv
	quiet join TC2.inv tc2
	for n in 1 2 3; do
		quiet -C tc2 sync && quiet -C hq sync
	done
	quiet -C tc2 sync
	want 0 4 "" -C tc2 figure 'activity#count'
}

@test "without the root key headquarters says what it needs, and seals nothing" {
	enter a && exchange
	cp -a hq hq.old
	enter b && exchange
	enter c
	rm -rf hq && mv hq.old hq && moved hq
	mv hq/keys/root.key .
	quiet -C tc sync
	before=$(git -C hq/repo.git rev-parse refs/heads/hq/all)
	w -C hq sync
	[ "$status" -eq 1 ] && [[ $err == *"new epoch"*E_KEY* ]] ||
		differ "sync" "1 E_KEY" "$status $err"
	[ "$(git -C hq/repo.git rev-parse refs/heads/hq/all)" = "$before" ]
	mv root.key hq/keys/
	quiet -C hq sync
	quiet -C tc sync
	exchange
	want 0 3 "" -C hq figure 'activity[branch=TC]#count'
}

@test "a remote that shows another history of hq/all is told of, and kept" {
	enter a && exchange
	cp -a hq evil && moved evil
	enter b && exchange
	# the copy goes on by itself, with headquarters' key
	"$WELLHEAD" -C evil add org_unit code=X name=甲 kind=branch \
		established_on=2001-03-01 >/dev/null 2>&1 || true
	quiet -C evil invite ZZ --name z -o ZZ.inv
	"$WELLHEAD" join ZZ.inv zz >/dev/null 2>&1
	sqlite3 zz/store.db "INSERT INTO remote(name, url)
		VALUES ('e', '$PWD/evil/repo.git')"
	quiet -C zz sync && quiet -C evil sync
	sqlite3 tc/store.db "UPDATE remote SET url = '$PWD/evil/repo.git'"
	w -C tc sync
	[[ $err == *E_SPLIT* ]] || differ "sync" "E_SPLIT" "$err"
	git -C tc/repo.git for-each-ref --format='%(refname)' |
		grep -q '^refs/evidence/hq/all/'
	like 0 "*E_SPLIT*" "" -C tc status
}
