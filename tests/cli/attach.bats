#!/usr/bin/env bats
# Photos and scans: what is taken, where it is kept, who sees it.
load helper

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
	cd "$BATS_FILE_TMPDIR/org" || return 1
	printf '\xff\xd8\xff\xe0 a photo' >photo.jpg
	printf '\x89PNG\r\n\x1a\n a picture' >picture.png
	printf '%%PDF-1.7 a scan' >scan.pdf
	printf 'PK\3\4 word/document.xml' >letter.docx
	"$WELLHEAD" -C tc add care_visit kind=hospital person=TC.a \
		date=2022-03-08 org=TC.org form=visit fund=union ext=TC.v
}

setup() {
	fresh
}

@test "a file is attached, shown, written out again and taken off" {
	want 0 "" "" -C tc attach TC.v photo.jpg --as 王某
	like 0 "*attachments *photo.jpg (image/jpeg, 12 bytes)" "" \
		-C tc show TC.v
	w -C tc show TC.v --json
	[ "$(jq -r '.attachments[]|[.name,.media,.size,.by,.here,.sha256]|
		join(" ")' <<<"$out")" = "photo.jpg image/jpeg 12 王某 true $(
		sha256sum <photo.jpg | cut -d' ' -f1)" ]
	want 0 "" "" -C tc attachment get TC.v photo.jpg -o back.jpg
	cmp photo.jpg back.jpg
	like 1 "" "wellhead: attachment: *(E_EXISTS)*" \
		-C tc attachment get TC.v photo.jpg -o back.jpg
	want 0 "" "" -C tc detach TC.v photo.jpg
	w -C tc show TC.v --json
	[ "$(jq 'has("attachments")' <<<"$out")" = false ]
	# The name is free again
	want 0 "" "" -C tc attach TC.v photo.jpg
}

@test "what the bytes are decides, and the name must agree" {
	for f in photo.jpg picture.png scan.pdf letter.docx; do
		w -C tc attach TC.v $f --json
		[ "$status" -eq 0 ] || differ "$f" 0 "$status: $err"
	done
	printf 'MZ a program' >b.jpg
	refused 1 E_TYPE -C tc attach TC.v b.jpg
	: >empty.jpg
	refused 1 E_TYPE -C tc attach TC.v empty.jpg
	refused 1 E_TYPE -C tc attach TC.v photo.jpg --name photo.png
	printf 'PK\3\4 evil.sh' >x.docx
	refused 1 E_TYPE -C tc attach TC.v x.docx
	cp photo.jpg '照片 一.JPG'
	want 0 "" "" -C tc attach TC.v '照片 一.JPG'
	want 0 "" "" -C tc attach TC.v photo.jpg --name 照片二
	for n in a/b.jpg .jpg '' ' a.jpg' $'a\nb.jpg' $'\xff.jpg' 'a:b.jpg'; do
		before=$(snapshot tc)
		like 2 "" "wellhead: attach: *cannot name*hint: *" \
			-C tc attach TC.v photo.jpg --name "$n"
		[ "$(snapshot tc)" = "$before" ]
	done
	refused 1 E_EXISTS -C tc attach TC.v scan.pdf
	refused 1 E_NOT_FOUND -C tc attach TC.v nothing.jpg
	refused 1 E_NOT_FOUND -C tc attach nobody photo.jpg
	refused 1 E_NOT_FOUND -C tc detach TC.v nothing.jpg
	{ cat photo.jpg; head -c 20971520 /dev/zero; } >big.jpg
	refused 1 E_TOO_BIG -C tc attach TC.v big.jpg
	like 2 "" "*-o FILE is missing*" -C tc attachment get TC.v photo.jpg
	like 2 "" "*“put” is not get*" -C tc attachment put TC.v photo.jpg
}

@test "one content is kept once, whatever it is called" {
	"$WELLHEAD" -C tc attach TC.v photo.jpg
	"$WELLHEAD" -C tc attach TC.v photo.jpg --name 2.jpg
	"$WELLHEAD" -C tc attach TC.a photo.jpg
	[ "$(find tc/attachments -type f | wc -l)" -eq 1 ]
	"$WELLHEAD" -C tc detach TC.v photo.jpg
	want 0 "" "" -C tc attachment get TC.a photo.jpg -o back.jpg
	cmp photo.jpg back.jpg
	# Two ways to name one of several
	sha=$(sha256sum <photo.jpg | cut -c1-8)
	want 0 "" "" -C tc detach TC.v "$sha"
	# A byte that changed on disk is found
	f=$(find tc/attachments -type f)
	printf x | dd of="$f" bs=1 seek=5 conv=notrunc status=none
	like 1 "" "wellhead: attachment: *(E_CORRUPT)*" \
		-C tc attachment get TC.a photo.jpg -o x.jpg
	[ ! -e x.jpg ]
}

@test "headquarters sees what is attached, and that it is not here yet" {
	"$WELLHEAD" -C tc attach TC.v photo.jpg
	"$WELLHEAD" -C tc attach TC.v scan.pdf
	# The records reach headquarters, the files do not
	"$WELLHEAD" -C tc seal
	git -C tc/repo.git push -q "$PWD/hq/repo.git" \
		"$(git -C tc/repo.git for-each-ref --format='%(refname)' \
		refs/heads/node/TC)"
	"$WELLHEAD" -C hq sync
	like 0 "*attachments *photo.jpg (image/jpeg, 12 bytes; not here yet)*scan.pdf*" \
		"" -C hq show TC.v
	like 1 "" "*not come here yet (E_NOT_FOUND)*" \
		-C hq attachment get TC.v photo.jpg -o x.jpg
	like 1 "" "*(E_FOREIGN)*" -C hq attach TC.v photo.jpg
	like 1 "" "*(E_FOREIGN)*" -C hq detach TC.v photo.jpg
	"$WELLHEAD" -C tc detach TC.v photo.jpg
	exchange
	[ "$("$WELLHEAD" -C hq show TC.v --json |
		jq -r '.attachments[].name')" = scan.pdf ]
	"$WELLHEAD" -C hq verify --deep
	# What is not sealed yet survives a rebuild too
	"$WELLHEAD" -C tc attach TC.v picture.png
	before=$("$WELLHEAD" -C tc show TC.v)
	"$WELLHEAD" -C tc rebuild
	want 0 "$before" "" -C tc show TC.v
	exchange
	[ "$("$WELLHEAD" -C hq show TC.v --json |
		jq -r '.attachments|map(.name)|join(" ")')" = \
		"scan.pdf picture.png" ]
}
