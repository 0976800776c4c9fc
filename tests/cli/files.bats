#!/usr/bin/env bats
# Attachments' bytes: on their way in file/CODE, after everything else, by
# chunks; whole at headquarters, checked, kept once.
load helper

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
	cd "$BATS_FILE_TMPDIR/org" || return 1
	"$WELLHEAD" -C tc add care_visit kind=hospital person=TC.a \
		date=2022-03-08 org=TC.org form=visit fund=union ext=TC.v
	exchange
}

setup() {
	fresh
	{ printf '\xff\xd8\xff\xe0'; head -c 200000 /dev/urandom; } >photo.jpg
	{ printf '%%PDF-1.7 '; head -c 65526 /dev/urandom; } >scan.pdf
	git config --global --get safe.directory >/dev/null 2>&1 || :
}

files() {	# NODE: the attachments that are whole there
	find "$1/attachments" -type f -not -path '*/part/*' 2>/dev/null |
		wc -l
}

about() {	# NODE FIELD: of the record's first attachment
	"$WELLHEAD" -C "$1" show TC.v --json | jq -r ".attachments[0].$2"
}

@test "a file comes to headquarters whole, and is the same" {
	"$WELLHEAD" -C tc attach TC.v photo.jpg
	"$WELLHEAD" -C tc attach TC.v scan.pdf
	[ "$("$WELLHEAD" -C tc status --json | jq .unsealed)" -eq 2 ]
	exchange
	[ "$("$WELLHEAD" -C tc log file/TC --json | wc -l)" -eq 5 ]
	want 0 "" "" -C hq attachment get TC.v photo.jpg -o back.jpg
	cmp photo.jpg back.jpg
	want 0 "" "" -C hq attachment get TC.v scan.pdf -o back.pdf
	cmp scan.pdf back.pdf
	[ "$(about hq here)" = true ]
	[ "$(about hq bytes)" -eq 200004 ]
	like 0 "*photo.jpg (image/jpeg, 195 KiB)*" "" -C hq show TC.v
	"$WELLHEAD" -C hq verify --deep
	"$WELLHEAD" -C tc verify --deep
	# Nothing more to send, and nothing twice
	w -C tc sync --json
	[ "$(jq .pushed <<<"$out")" -eq 0 ]
	"$WELLHEAD" -C tc attach TC.a photo.jpg --name again.jpg
	"$WELLHEAD" -C tc seal
	[ "$("$WELLHEAD" -C tc log file/TC --json | wc -l)" -eq 5 ]
	exchange
	[ "$(files hq)" -eq 2 ]
	[ ! -e hq/attachments/part ] ||
		[ -z "$(ls hq/attachments/part)" ]
}

@test "what has come in part is told, and the rest follows" {
	"$WELLHEAD" -C tc attach TC.v photo.jpg
	"$WELLHEAD" -C tc seal
	# The records, and two of the four chunks
	ref=$(git -C tc/repo.git for-each-ref --format='%(refname)' \
		refs/heads/file)
	git -C tc/repo.git push -q "$PWD/hq/repo.git" \
		"$(git -C tc/repo.git for-each-ref --format='%(refname)' \
		refs/heads/node/TC)" "$ref~2:$ref"
	"$WELLHEAD" -C hq sync >/dev/null
	[ "$(about hq here)" = false ]
	[ "$(about hq bytes)" -eq 131072 ]
	like 0 "*photo.jpg (image/jpeg, 195 KiB; here so far: 128 KiB)*" \
		"" -C hq show TC.v
	like 1 "" "*not come here yet (E_NOT_FOUND)*" \
		-C hq attachment get TC.v photo.jpg -o x.jpg
	exchange
	[ "$(about hq here)" = true ]
	want 0 "" "" -C hq attachment get TC.v photo.jpg -o back.jpg
	cmp photo.jpg back.jpg
}

@test "a file whose record has not come waits, and fills no disk" {
	"$WELLHEAD" -C tc attach TC.v photo.jpg
	"$WELLHEAD" -C tc seal
	ref=$(git -C tc/repo.git for-each-ref --format='%(refname)' \
		refs/heads/file)
	git -C tc/repo.git push -q "$PWD/hq/repo.git" "$ref"
	w -C hq sync
	[ "$status" -eq 0 ]
	[[ $err == *"chain file/TC stopped"*"no record that has come names"*"(E_REF)"* ]]
	[ "$(files hq)" -eq 0 ]
	[ ! -e hq/attachments/part ]
	exchange
	[ "$(about hq here)" = true ]
	w -C hq sync
	[ -z "$err" ] || differ "warnings" "" "$err"
}

@test "a rebuild brings lost files back from the chains" {
	"$WELLHEAD" -C tc attach TC.v photo.jpg
	exchange
	rm -r hq/attachments
	[ "$(about hq here)" = false ]
	"$WELLHEAD" -C hq rebuild
	[ "$(about hq here)" = true ]
	want 0 "" "" -C hq attachment get TC.v photo.jpg -o back.jpg
	cmp photo.jpg back.jpg
	# One that was changed is named
	f=$(find hq/attachments -type f | head -1)
	printf x | dd of="$f" bs=1 seek=70000 conv=notrunc status=none
	like 1 "*" "*is not what was attached*" -C hq verify --deep
	"$WELLHEAD" -C hq verify >/dev/null
}

@test "a file that is gone before it was sealed does not stand in the way" {
	"$WELLHEAD" -C tc attach TC.v photo.jpg
	"$WELLHEAD" -C tc attach TC.v scan.pdf
	rm "tc/attachments/$(sha256sum <photo.jpg | cut -c1-2)/$(
		sha256sum <photo.jpg | cut -c3-64)"
	exchange
	[ "$(about hq here)" = false ]
	[ "$("$WELLHEAD" -C hq show TC.v --json |
		jq '.attachments[1].here')" = true ]
	# Attached again it goes
	"$WELLHEAD" -C tc attach TC.v photo.jpg --name again.jpg
	exchange
	[ "$(about hq here)" = true ]
}

@test "headquarters' files reach the branches with what everybody reads" {
	"$WELLHEAD" -C hq add org_unit code=HQ name=集团工会 kind=hq \
		established_on=2000-01-01 ext=HQ.org
	"$WELLHEAD" -C hq add document kind=policy code=P1 title=制度 \
		org=HQ.org version=1 ext=HQ.d
	"$WELLHEAD" -C hq attach HQ.d scan.pdf
	"$WELLHEAD" -C hq sync >/dev/null
	"$WELLHEAD" -C tc sync >/dev/null
	want 0 "" "" -C tc attachment get HQ.d scan.pdf -o back.pdf
	cmp scan.pdf back.pdf
}

@test "the other node of a branch has the files, another branch has not" {
	"$WELLHEAD" -C hq invite TC2 --name 井下 --branch TC \
		--remote "$PWD/hq/repo.git" -o TC2.invitation
	"$WELLHEAD" -C hq invite GQ --name 高庄 \
		--remote "$PWD/hq/repo.git" -o GQ.invitation
	"$WELLHEAD" join TC2.invitation tc2
	"$WELLHEAD" join GQ.invitation gq
	"$WELLHEAD" -C tc attach TC.v photo.jpg
	exchange
	for n in tc2 gq hq tc2 gq hq tc2 gq; do
		"$WELLHEAD" -C $n sync >/dev/null
	done
	want 0 "" "" -C tc2 attachment get TC.v photo.jpg -o back.jpg
	cmp photo.jpg back.jpg
	[ "$(files gq)" -eq 0 ]
	[ -z "$(git -C gq/repo.git for-each-ref 'refs/*/*/file' \
		'refs/heads/file')" ]
}

@test "over a budget the records go first, the file bit by bit" {
	{ printf '\xff\xd8\xff\xe0'; head -c 1500000 /dev/urandom; } >big.jpg
	"$WELLHEAD" -C tc attach TC.v big.jpg
	"$WELLHEAD" -C tc add person kind=on_duty org=TC.org name=测试丙 \
		>/dev/null
	like 75 "" "*(E_BUDGET)*hint: *left to send*" \
		-C tc sync --budget 400000
	"$WELLHEAD" -C hq sync >/dev/null
	[ "$("$WELLHEAD" -C hq list person --json | wc -l)" -eq 3 ]
	[ "$(about hq here)" = false ]
	some=$(about hq bytes)
	[ "$some" -ge 65536 ] || differ "bytes that came" "some" "$some"
	n=1
	until w -C tc sync --budget 400000 --json && [ "$status" -eq 0 ]; do
		[ "$status" -eq 75 ] || differ status 75 "$status: $err"
		[ $((n += 1)) -lt 20 ]
	done
	[ "$n" -ge 3 ] || differ "syncs" "at least 3" "$n"
	exchange
	want 0 "" "" -C hq attachment get TC.v big.jpg -o back.jpg
	cmp big.jpg back.jpg
}
