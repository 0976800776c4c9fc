#!/usr/bin/env bats
# verify: what was good is not read again, what is new is; --deep names what
# somebody changed in the store.
load helper

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
	for i in 1 2 3 4 5 6; do
		"$WELLHEAD" -C tc edit TC.a name="测试$i" >/dev/null
		"$WELLHEAD" -C tc seal >/dev/null
	done
	exchange
}

setup() { fresh; }

# spoil OBJECT: its file in hq's repository holds another object's bytes.
spoil() {
	local r=hq/repo.git p
	for p in $r/objects/pack/*.pack; do
		[ -f "$p" ] || continue
		mv "$p" p.pack && rm -f "${p%.pack}".*
		git -C $r unpack-objects -q <p.pack
	done
	p=$r/objects/${1:0:2}/${1:2}
	[ -f "$p" ] || return 1
	chmod u+w "$p"
	cp "$r/objects/${2:0:2}/${2:2}" "$p"
}

before() {
	"$WELLHEAD" -C hq verify --json | jq -c 'select(.chain == "node/TC") |
		[.changesets, .before]'
}

@test "a second verify does not read what the first found good" {
	[ "$(before)" = "[8,0]" ]
	[ "$(before)" = "[8,8]" ]
	"$WELLHEAD" -C tc edit TC.b name=测试辛 >/dev/null
	exchange
	[ "$(before)" = "[9,8]" ]
	like 0 "*node/TC *9 *" "" -C hq verify --full
}

@test "damage to what was good is seen the next time, and in a copy" {
	like 0 "*node/TC *8 *" "" -C hq verify
	third=$(git -C hq/repo.git rev-list --reverse refs/heads/node/TC/"$(git -C hq/repo.git for-each-ref --format='%(refname:lstrip=4)' refs/heads/node/TC)" | sed -n 3p)
	other=$(git -C hq/repo.git rev-parse refs/heads/hq/all)
	cp -a hq copy
	[ "$("$WELLHEAD" -C copy verify --json | jq -s 'map(.before) | add')" -eq 0 ]
	spoil "$third" "$other"
	like 1 "*node/TC *is damaged in the repository*" "wellhead: verify: *" -C hq verify
	like 1 "*node/TC *is damaged in the repository*" "wellhead: verify: *" -C hq verify
	like 1 "*" "*" -C hq verify --full
}

@test "what operators signed is looked at again when the store was written to" {
	export WELLHEAD_OPERATOR_PASSPHRASE=
	"$WELLHEAD" -C tc operator add 录入 --role clerk >/dev/null 2>&1
	"$WELLHEAD" -C tc operator add 分会 --role sub_chair >/dev/null 2>&1
	id=$("$WELLHEAD" -C tc add expense category=activity_edu purpose=笔 \
		org=TC.org amount=300元 date=2022-03-01 handler=TC.a fund=union \
		payee=甲 witness=TC.b --as 录入)
	"$WELLHEAD" -C tc do "$id" l1 --as 分会 >/dev/null
	"$WELLHEAD" -C tc sync >/dev/null
	like 0 "*" "" -C tc verify
	like 0 "*" "" -C tc verify
	sqlite3 tc/store.db "UPDATE transition SET note = '改'"
	like 1 "*steps*" "wellhead: verify: *" -C tc verify
}

@test "what has come since is verified, and its end must be what it was" {
	want 0 "$("$WELLHEAD" -C hq verify)" "" -C hq verify
	"$WELLHEAD" -C tc edit TC.b name=测试庚 >/dev/null
	exchange
	like 0 "*node/TC *9 *" "" -C hq verify
	ref=$(git -C hq/repo.git for-each-ref --format='%(refname)' refs/heads/node/TC)
	git -C hq/repo.git update-ref "$ref" "$ref~2"
	like 1 "*cut short*" "*" -C hq verify
	git -C hq/repo.git update-ref "$ref" refs/heads/hq/all
	like 1 "*node/TC *" "*" -C hq verify
}

@test "a file of what was verified that is not whole is not believed" {
	"$WELLHEAD" -C hq verify >/dev/null
	for text in '' '{}' 'x' '{"verified":2}' '[1]'; do
		echo "$text" >hq/verified
		like 0 "*node/TC *8 *" "" -C hq verify
	done
	# … nor one with another's end of a chain
	jq -c '.chains |= map(.[4] = ("0" * 64))' hq/verified >x && cp x hq/verified
	like 0 "*node/TC *8 *" "" -C hq verify
}

@test "--deep names table, record and column of what was changed" {
	like 0 "*store *good*" "" -C tc verify --deep
	id=$("$WELLHEAD" -C tc show TC.a --json | jq -r .id)
	other=$("$WELLHEAD" -C tc show TC.b --json | jq -r .id)
	sqlite3 tc/store.db "UPDATE person SET name = '别人', kind = 'retired' WHERE ext = 'TC.a';
		UPDATE person SET kind = 'on_duty' WHERE ext = 'TC.b'"
	like 1 "*person $id: *name, kind; person $other: *kind*" \
		"*differs from what the chains give*(E_CORRUPT)*" \
		-C tc verify --deep
	sqlite3 tc/store.db "DELETE FROM person WHERE ext = 'TC.b'"
	like 1 "*person $other: only in the second store*" "*" -C tc verify --deep
	# without --deep the chains are good: it does not look into the store
	like 0 "*" "" -C tc verify
}
