#!/usr/bin/env bats
# Files that headquarters attaches to one branch's record; auditors have the
# branches' files.
load helper

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
}

setup() {
	fresh
	{ printf '\xff\xd8\xff\xe0'; head -c 100000 /dev/urandom; } >photo.jpg
	{ printf '%%PDF-1.7 '; head -c 65526 /dev/urandom; } >scan.pdf
}

@test "a file that stays at headquarters is said to, at both ends" {
	id=$("$WELLHEAD" -C hq add person --branch TC name=总部录 kind=on_duty \
		org=TC.org)
	like 0 "" "wellhead: warning: the file stays at headquarters*" \
		-C hq attach "$id" scan.pdf
	"$WELLHEAD" -C hq sync >/dev/null
	exchange
	like 0 "*scan.pdf (application/pdf, 63 KiB; stays at headquarters)*" \
		"*" -C tc show "$id"
	like 0 "*scan.pdf*stays at headquarters)*" "*" -C hq show "$id"
	like 1 "" "*stay at headquarters*(E_NOT_FOUND)*hint: ask*" \
		-C tc attachment get "$id" scan.pdf -o x.pdf
	want 0 "" "" -C hq attachment get "$id" scan.pdf -o x.pdf
	cmp scan.pdf x.pdf
	[ -z "$(git -C hq/repo.git for-each-ref refs/heads/file)" ]
	# a branch's own does not
	like 0 "" "" -C tc attach TC.a photo.jpg
	"$WELLHEAD" -C tc show TC.a --json |
		jq -e '.attachments[0].sent == true'
}

@test "an auditor has the files of every branch" {
	"$WELLHEAD" -C hq invite AUD --auditor --name 审计 \
		--remote "$PWD/hq/repo.git" -o a.inv 2>/dev/null
	"$WELLHEAD" join a.inv aud >/dev/null 2>&1
	"$WELLHEAD" -C tc attach TC.a photo.jpg >/dev/null
	exchange
	for n in aud hq aud; do "$WELLHEAD" -C $n sync >/dev/null; done
	want 0 "" "" -C aud attachment get TC.a photo.jpg -o x.jpg
	cmp photo.jpg x.jpg
	like 0 "*" "" -C aud verify --deep
}
