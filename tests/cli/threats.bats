#!/usr/bin/env bats
# The threats of docs/threats.md, one test each by its name: what an attacker
# does with real repositories, what is told, what stays as it was, and that
# everybody else goes on. The long tests stand elsewhere: the table names them.
load helper
load forge

HOSTILE=$ROOT/tests/proxy/hostile.py
DAY=86400000

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
	cd "$BATS_FILE_TMPDIR/org" || return 1
	node GQ GQ gq && "$WELLHEAD" -C tc ssh-key >/dev/null &&
		"$WELLHEAD" -C gq ssh-key >/dev/null
}

setup() {
	fresh
	moved gq
	sqlite3 gq/store.db "UPDATE remote SET url = '$PWD/hq/repo.git'"
	REF=$(ref_of tc node/TC)
	TIP=$(git -C tc/repo.git rev-parse "$REF")
}

# node CODE BRANCH DIR: invited, joined, on the roster
node() {
	"$WELLHEAD" -C hq invite "$1" --branch "$2" --name "$1" \
		--remote "$PWD/hq/repo.git" -o "$1.inv" 2>/dev/null &&
	"$WELLHEAD" join "$1.inv" "$3" >/dev/null 2>&1 &&
	round "$3" hq "$3"
}

# round NODE...: each syncs; that some refuse something is no failure here
round() {
	local n
	for n in "$@"; do
		"$WELLHEAD" -C "$n" sync >/dev/null 2>&1 || [ $? -eq 1 ] ||
			return
	done
}

ref_of() {	# ref_of NODE CHAIN
	git -C "$1/repo.git" for-each-ref --format='%(refname)' \
		"refs/heads/$2" | tail -1
}

same() {	# same NODE TEXTS
	[ "$(requests "$1")" = "$2" ] ||
		differ "requests at $1" "$2" "$(requests "$1")"
}

# stopped CHAIN: the code that headquarters' status gives for it
stopped() {
	"$WELLHEAD" -C hq status --json | jq -r --arg c "$1" \
		'[.stopped[] | select(.chain == $c).code] | join(" ")'
}

# told CODE: headquarters takes in what there is, and stops TC with CODE;
# of TC's data nothing has changed there, and GQ goes on.
told() {
	local before
	before=$(tables hq)
	"$WELLHEAD" -C hq sync >.told 2>&1 || true
	[ "$(stopped node/TC)" = "$1" ] ||
		differ "node/TC is stopped by" "$1" "$(stopped node/TC)
$(cat .told)" || return
	[ "$(tables hq)" = "$before" ] || {
		echo "headquarters took something of it"
		return 1
	}
	others_go_on
}

# shown COMMIT CODE: headquarters finds it at the end of TC's chain
shown() {
	put hq/repo.git "$REF" "$1" || return
	told "$2"
}

tables() {	# what TC has recorded, as a node has it
	sqlite3 "$1/store.db" "SELECT * FROM person; SELECT * FROM org_unit;
		SELECT content, branch FROM request WHERE branch = 'TC';
		SELECT * FROM edit; SELECT * FROM operator" | sha256sum
}

others_go_on() {
	local id
	id=$(request gq 别处) && round gq hq gq &&
		"$WELLHEAD" -C hq show "$id" >/dev/null &&
		"$WELLHEAD" -C gq status --json | jq -e '.unreceipted == 0'
}

@test "a stolen laptop" {
	request tc 甲
	exchange
	# under a passphrase the folder alone signs nothing
	"$WELLHEAD" -C hq invite TC2 --branch TC --name 二 \
		--remote "$PWD/hq/repo.git" -o TC2.inv 2>/dev/null
	WELLHEAD_PASSPHRASE=secret "$WELLHEAD" join TC2.inv two >/dev/null 2>&1
	like 1 "" "wellhead: *(E_KEY)*" -C two seal
	# and without one headquarters ends it: what was is kept, no more comes
	cp -a tc stolen && moved stolen
	"$WELLHEAD" -C hq revoke TC --after "$("$WELLHEAD" -C hq log node/TC \
		--json | jq -s 'map(.seq) | max')" --reason 丢失 >/dev/null 2>&1
	request stolen 假 && round stolen hq || true
	same hq 甲
	[ "$(stopped node/TC)" = E_REVOKED ]
	others_go_on
	# who replaces it has it all
	node TC3 TC three
	round three
	[[ $(requests three) = *甲* && $(requests three) != *假* ]]
}

@test "a compromised branch key: one branch" {
	local gq all bad
	gq=$(ref_of hq node/GQ) all=$(ref_of hq hq/all)
	# what TC signs in the place of another's next changeset
	for ref in "$gq" "$all"; do
		git -C tc/repo.git fetch -q "$PWD/hq/repo.git" "$ref"
		bad=$(forged_after "$(git -C tc/repo.git rev-parse FETCH_HEAD)")
		status=0
		err=$(git -C tc/repo.git push -q "$PWD/hq/repo.git" \
			"$bad:$ref" 2>&1) || status=$?
		[ "$status" -ne 0 ] || { echo "taken: $ref"; return 1; }
		[[ $err == *"wellhead: receive: "*"(E_"* ]] ||
			differ "push to $ref" "(E_" "$err" || return
	done
	# past the hook, by the disk: nobody believes it, and it is set back
	put hq/repo.git "$all" "$bad"
	w -C gq sync
	[[ $err == *"hq/all"*"(E_KEY)"* ]] || differ "gq sync" E_KEY "$err"
	"$WELLHEAD" -C hq sync >/dev/null 2>&1 || true
	[ "$(git -C hq/repo.git rev-parse "$all")" != "$bad" ]
	# who says to be GQ is TC to everybody: the roster says whose it is
	sqlite3 tc/store.db "UPDATE meta SET value = 'GQ' WHERE name = 'branch'"
	request tc 冒名 >/dev/null
	w -C tc sync
	[[ $err == *"hq/GQ"*"(E_SEALED)"* ]] ||
		differ "tc sync" E_SEALED "$err"
	round hq gq
	[ "$(sqlite3 hq/store.db "SELECT branch FROM request
		WHERE content = '冒名'")" = TC ]
	others_go_on
	same gq 别处
	# of GQ's chain the thief has the seals, and no key
	git -C hq/repo.git log --format=%B "$gq" |
		grep -q '^Wellhead-Key: [0-9a-f]\{64\}$'
	[ -z "$(sqlite3 tc/store.db "SELECT 1 FROM chain_key
		WHERE chain LIKE '%/GQ' AND key IS NOT NULL")" ]
}

@test "a relay that withholds, rolls back, forks or mixes" {
	local old gq
	git init -q --bare relay
	cp -a hq/repo.git/. relay/ && rm -f relay/hooks/pre-receive
	sqlite3 tc/store.db "UPDATE remote SET url = '$PWD/relay'"
	request tc 甲
	# withheld: it is sent, and is not shown as received
	round tc hq tc
	"$WELLHEAD" -C tc status --json | jq -e '.unreceipted > 0'
	same hq ""
	"$WELLHEAD" -C hq remote add relay "$PWD/relay"
	"$WELLHEAD" -C hq sync relay >/dev/null
	same hq 甲
	# rolled back: who has read on stays there; the branch sends again
	old=$(git -C relay rev-parse "$REF")
	git -C relay update-ref "$REF" "$old~1"
	"$WELLHEAD" -C hq sync relay >/dev/null
	same hq 甲
	"$WELLHEAD" -C tc sync >/dev/null
	[ "$(git -C relay rev-parse "$REF")" = "$old" ]
	# forked: kept as evidence, told, nothing taken
	bad=$(git -C relay -c user.name=x -c user.email=x@x commit-tree \
		-p "$old~1" -m forged "$old^{tree}")
	git -C relay update-ref "$REF" "$bad"
	w -C hq sync relay
	[[ $err == *"node/TC"*"(E_"* ]] || differ "sync relay" "E_" "$err"
	same hq 甲
	# mixed: GQ's changesets under TC's name
	gq=$(git -C hq/repo.git rev-parse "$(ref_of hq node/GQ)")
	git -C relay update-ref "$REF" "$gq"
	w -C hq sync relay
	[[ $err == *"node/TC"*"(E_"* ]] || differ "sync relay" "E_" "$err"
	same hq 甲
	others_go_on
	# an honest one again, and all goes on
	git -C relay update-ref "$REF" "$old"
	round hq
	"$WELLHEAD" -C hq sync relay >/dev/null 2>&1
	request tc 乙
	"$WELLHEAD" -C tc sync >/dev/null
	"$WELLHEAD" -C hq sync relay >/dev/null 2>&1
	[[ $(requests hq) == *乙*甲* ]]
}

@test "replayed, grafted or downgraded changesets" {
	next
	# the last one once more
	git -C tc/repo.git cat-file commit "$TIP" |
		sed "s/^parent .*/parent $TIP/" >bad
	shown "$(signed bad tc)" E_CHAIN
	# one left out
	sed "s/^parent .*/parent $(git -C tc/repo.git rev-parse "$TIP~1")/" \
		good >bad
	shown "$(signed bad tc)" E_CHAIN
	# one that says a later number
	sed 's/^Wellhead-Seq: .*/Wellhead-Seq: 9/' good >bad
	shown "$(signed bad tc)" E_CHAIN
	# grafted on another organisation's chain
	sed -e "s/^Wellhead-Org: .*/Wellhead-Org: $(printf '%032d' 7)/" \
		-e "s/TC@[0-9a-f]*/TC@$(printf '%016d' 0)/" good >bad
	shown "$(signed bad tc)" E_CHAIN
	# made older, or open, on the way; by the node itself
	sed 's/^Wellhead-Key: .*/Wellhead-Key: none/' good >bad
	shown "$(git -C tc/repo.git hash-object -t commit -w --stdin <bad)" \
		E_SIGNATURE
	shown "$(signed bad tc)" E_FORMAT
	sed 's/^Wellhead-Format: .*/Wellhead-Format: 0/' good >bad
	shown "$(signed bad tc)" E_FORMAT
	sed 's/^Wellhead-Format: .*/Wellhead-Format: 2/' good >bad
	shown "$(signed bad tc)" W_NEWER
	# the true one goes on by itself
	put hq/repo.git "$REF" "$NEXT"
	like 0 "*stopped *0*" "" -C hq sync
}

@test "a forged author" {
	next
	# GQ's key, nobody's key, GQ's name
	shown "$(signed good gq)" E_KEY
	mkdir -p x/keys
	ssh-keygen -q -t ed25519 -N '' -f x/keys/id_ed25519 </dev/null
	shown "$(signed good x)" E_KEY
	sed -E 's/^(author|committer) TC <TC@/\1 GQ <GQ@/' good >bad
	shown "$(signed bad tc)" E_FOREIGN
	# nobody's invitation, and one that has been used
	"$WELLHEAD" join GQ.inv gq2 >/dev/null 2>&1
	sqlite3 gq2/store.db "UPDATE remote SET url = '$PWD/hq/repo.git'"
	request gq2 假 >/dev/null
	"$WELLHEAD" -C gq2 sync >/dev/null 2>&1 || true
	"$WELLHEAD" -C hq sync >/dev/null 2>&1 || true
	[ "$(stopped node/GQ)" = E_KEY ]
	[[ $(requests hq) != *假* ]]
	others_go_on
}

@test "a far-future clock" {
	local now
	now=$(date +%s000)
	"$WELLHEAD" -C tc edit TC.a remark=before
	exchange
	WELLHEAD_NOW=$((now + 40 * DAY)) "$WELLHEAD" -C tc edit TC.a \
		remark=future >/dev/null
	round tc hq tc
	# kept, and wins nothing by itself; the node is named
	[ "$("$WELLHEAD" -C hq show TC.a --json | jq -r .remark)" = before ]
	like 0 "*future*" "" -C hq conflicts
	w -C hq status
	[[ $out == *"node/TC: its clock was more than a day ahead"* ]]
	# nobody's clock went along by more than a day
	[ "$(sqlite3 hq/store.db "SELECT (value >> 22) FROM meta
		WHERE name = 'last_stamp'")" -le \
		$((now + DAY + 600000 - 1577836800000)) ]
	others_go_on
	like 0 "*" "" -C hq verify --deep
}

@test "a dead clock" {
	local first second
	first=$(request tc 先)
	second=$(WELLHEAD_NOW=1577836800001 "$WELLHEAD" -C tc add request \
		kind=demand channel=online content=后 received_on=2019-12-31 \
		outcome=pending)
	[[ $second > $first ]]
	WELLHEAD_NOW=1577836800001 "$WELLHEAD" -C tc edit "$first" \
		content=改 >/dev/null
	WELLHEAD_NOW=1577836800001 "$WELLHEAD" -C tc sync >/dev/null
	round hq tc
	same hq "后 改"
	"$WELLHEAD" -C hq status --json | jq -e \
		'.conflicts == 0 and .stopped == []'
	like 0 "*" "" -C hq verify --deep
}

@test "a decompression bomb" {
	next
	python3 -c 'import sys, zlib
sys.stdout.buffer.write(zlib.compress(bytes(300000000), 9))' >bomb
	[ "$(stat -c %s bomb)" -lt 400000 ]
	# it says what it is, or a length that it has not
	with_blob bomb 300000000
	put hq/repo.git "$REF" "$(signed bad tc)"
	python3 "$HOSTILE" measure "$WELLHEAD" -C hq sync >.peak 2>&1
	case ${ASAN_OPTIONS:-}${BUILD:-} in *asan*) ;; *)
		[ "$(tail -1 .peak | cut -d' ' -f2)" -lt $((256 * 1024)) ]
	esac
	told E_TOO_BIG
	with_blob bomb 1000
	shown "$(signed bad tc)" E_FORMAT
}

@test "a huge or hostile pack" {
	local refs
	refs=$(git -C hq/repo.git for-each-ref)
	GIT_ALLOC_LIMIT=48m python3 "$HOSTILE" push delta \
		"$PWD/hq/repo.git" refs/heads/node/TC/00000001 >/dev/null 2>&1 ||
		true
	[ "$(git -C hq/repo.git for-each-ref)" = "$refs" ]
	sqlite3 tc/store.db "UPDATE remote SET url = 'ssh://hq/x.git'"
	request tc 甲
	WELLHEAD_SSH="python3 $HOSTILE fetch count" \
		w -C tc sync --deadline 30
	[ "$status" -ne 0 ]
	[[ $err == *"(E_"* ]]
	[ -z "$(find hq/repo.git/objects tc/repo.git/objects -name 'tmp*')" ]
	sqlite3 tc/store.db "UPDATE remote SET url = '$PWD/hq/repo.git'"
	exchange
	same hq 甲
	others_go_on
}

@test "a hostile ref name, tree shape or mode" {
	local blob sub tree
	next
	blob=$(git -C tc/repo.git rev-parse "$NEXT:changeset")
	sub=$(git -C tc/repo.git rev-parse "$NEXT^{tree}")
	for tree in "100755 blob $blob	changeset" \
	    "120000 blob $blob	changeset" "040000 tree $sub	changeset" \
	    "160000 commit $TIP	changeset" "100644 blob $blob	Changeset" \
	    "100644 blob $blob	changeset
100644 blob $blob	hooks"; do
		tree=$(git -C tc/repo.git mktree --missing <<<"$tree")
		sed "s/^tree .*/tree $tree/" good >bad
		shown "$(signed bad tc)" E_FORMAT ||
			return
	done
	# names that are nobody's, as one who writes the disk can make them
	git -C hq/repo.git update-ref "$REF" "$TIP"
	for ref in node/TC/x node/XX/12345678 node/TC/1234567Z hq/TC2/x \
	    'node/$(id)/12345678' main; do
		git -C hq/repo.git update-ref "refs/heads/$ref" "$TIP"
	done
	w -C hq sync
	[ "$status" -eq 0 ] || differ "sync" 0 "$status $err"
	put hq/repo.git "$REF" "$NEXT"
	round hq
	[ "$("$WELLHEAD" -C hq show TC.a --json | jq -r .remark)" = x ]
	others_go_on
}

@test "a hostile stick" {
	local dir
	mkdir stick
	for n in hq tc; do
		"$WELLHEAD" -C $n remote add stick "courier:$PWD/stick"
	done
	request tc 甲
	"$WELLHEAD" -C tc sync stick >/dev/null
	dir=$(echo stick/wellhead/*)
	printf '# v2 git bundle\n%040d refs/heads/node/AA/12345678\n\nPACK' 1 \
		>"$dir/node-AA-00000001.bundle"
	ln -s /etc/passwd "$dir/node-BB-00000001.bundle"
	mkfifo "$dir/node-CC-00000001.bundle"
	head -c 3000000 /dev/urandom >"$dir/node-DD-00000001.bundle"
	w -C hq sync stick --deadline 30
	[ "$status" -eq 0 ] || differ "sync stick" 0 "$status $err"
	for f in AA BB CC DD; do
		[[ $err == *"node-$f-00000001.bundle: "* ]] ||
			differ "said of" $f "$err" || return
	done
	[[ $err != *root:* ]]
	# what was good on it is taken; everything else has left no trace
	same hq 甲
	[ -z "$(git -C hq/repo.git for-each-ref | grep -E '/(AA|BB|CC|DD)/')" ]
	# a link in the place of our folder is not written through
	rm -rf stick/* && mkdir away && ln -s "$PWD/away" stick/wellhead
	request tc 乙
	w -C tc sync stick
	[ "$status" -ne 0 ]
	[ -z "$(ls away)" ]
	others_go_on
}

@test "a cloned store" {
	request tc 甲
	cp -a tc clone && moved clone	# a disk's image: nothing tells
	request tc 乙
	request clone 丙
	round tc clone hq tc clone hq tc clone
	for n in tc clone hq; do
		[ "$(requests $n | wc -w)" = 3 ] ||
			differ "requests at $n" 3 "$(requests $n)"
	done
	[ "$(git -C hq/repo.git for-each-ref refs/heads/node/TC | wc -l)" = 2 ]
	others_go_on
	like 0 "*" "" -C hq verify --deep
}

@test "one name, two contents: same key, epoch and seq" {
	git init -q --bare relay
	for n in hq tc; do
		"$WELLHEAD" -C $n remote add relay "$PWD/relay"
	done
	cp -a tc clone && moved clone
	request tc 乙
	request clone 丙
	"$WELLHEAD" -C tc sync hq >/dev/null
	round hq
	"$WELLHEAD" -C clone sync relay >/dev/null 2>&1 || true
	w -C hq sync relay
	[[ $err == *"node/TC"*"(E_FORK)"* ]] || differ "sync relay" E_FORK "$err"
	same hq 乙
	git -C hq/repo.git for-each-ref refs/evidence | grep -q node/TC
	others_go_on
}

@test "a restored store" {
	cp -a tc backup
	request tc 甲
	"$WELLHEAD" -C tc sync >/dev/null
	rm -rf tc && mv backup tc
	w -C tc add request kind=demand channel=online content=乙 \
		received_on=2022-03-08 outcome=pending
	[ "$status" -eq 0 ]
	[[ $err == *warning* ]]
	round tc hq tc hq tc
	for n in tc hq; do
		[[ $(requests $n) == *乙*甲* || $(requests $n) == *甲*乙* ]]
	done
	others_go_on
	like 0 "*" "" -C tc verify --deep
}

@test "a revoked key with older and later data" {
	local n
	request tc 一
	exchange
	n=$("$WELLHEAD" -C hq log node/TC --json | jq -s 'map(.seq) | max')
	"$WELLHEAD" -C hq revoke TC --after $((n + 1)) --reason 被盗 \
		>/dev/null 2>&1
	# one that may be older than the theft waits for an officer …
	request tc 二
	"$WELLHEAD" -C tc seal >/dev/null
	"$WELLHEAD" -C tc sync >/dev/null 2>&1 || true
	"$WELLHEAD" -C hq sync >/dev/null 2>&1 || true
	[ "$(stopped node/TC)" = W_UNDETERMINED ]
	same hq 一
	# … who has looked; one that is later never comes
	"$WELLHEAD" -C hq revoke TC --after $((n + 1)) --reason 看过 \
		>/dev/null 2>&1
	request tc 三
	"$WELLHEAD" -C tc sync >/dev/null 2>&1 || true
	"$WELLHEAD" -C hq sync >/dev/null 2>&1 || true
	[ "$(stopped node/TC)" = E_REVOKED ]
	[[ $(requests hq) != *三* && $(requests hq) == *一* &&
		$(requests hq) == *二* ]]
	others_go_on
	like 0 "*" "" -C hq verify
}

without() {	# without TEXT FILE...: no byte of it
	local text=$1
	shift
	if grep -laF "$text" "$@"; then return 1; fi
}

@test "sensitive values at rest, on the wire, in publicity, in logs" {
	local id secret=绝密谈话内容 no=379999198802290011
	[ "$(stat -c %a tc/store.db tc/keys/node.key | sort -u)" = 600 ]
	id=$("$WELLHEAD" -C tc add talk talker=TC.a person=TC.b org=TC.org \
		date=2022-03-01 kind=talk content=$secret)
	exchange
	# on the wire: neither text nor name, not even inflated
	git -C hq/repo.git cat-file --batch-all-objects --batch |
		python3 "$ROOT/tests/inflate.py" \
			"$ROOT/docs/audit/dictionary0.bin" >seen
	grep -qa 'SSH SIGNATURE' seen
	without $secret seen
	without 测试甲 seen
	# in logs, subjects, trails and messages
	for c in log status "why $id"; do
		# shellcheck disable=SC2086
		w -C tc $c
		[[ $out$err != *"$secret"* ]] || differ "$c tells" "" "$out"
	done
	refused 1 "E_*" -C tc edit TC.a id_no=${no}9
	[[ $err != *"$no"* ]]
	# in publicity
	"$WELLHEAD" -C tc add publication title=公示 kind=notice \
		body="王某$no" org=TC.org ext=TC.p >/dev/null 2>&1 || true
	w -C tc publish TC.p
	[[ $status -ne 0 && $out$err != *"$no"* ]]
	# and at rest, once it is erased, everywhere
	"$WELLHEAD" -C tc erase "$id" content --reason 本人要求 >/dev/null
	exchange
	for n in tc hq; do
		without $secret $n/store.db*
	done
	like 0 "*" "" -C hq verify --deep
}

@test "CSV formula cells" {
	"$WELLHEAD" -C tc edit TC.a 'name==cmd|x' remark=+1 >/dev/null
	exchange
	for n in tc hq; do
		w -C $n export person
		[[ $out == *"'=cmd|x"* && $out == *"'+1"* ]] ||
			differ "export at $n" "'=cmd" "$out"
		[[ $out != *,=cmd* && $out != *,+1* ]]
	done
}

@test "attachments that are not what they say" {
	local file
	printf 'MZ a program' >b.jpg
	refused 1 E_TYPE -C tc attach TC.a b.jpg
	# other bytes under a photo's hash get no further
	{ printf '\xff\xd8\xff\xe0'; head -c 9000 /dev/urandom; } >photo.jpg
	"$WELLHEAD" -C tc attach TC.a photo.jpg
	file=$(find tc/attachments -type f)
	chmod u+w "$file" && printf MZ | dd of="$file" conv=notrunc 2>/dev/null
	exchange 2>/dev/null || true
	[ "$("$WELLHEAD" -C hq show TC.a --json |
		jq -r '.attachments[0].here // false')" = false ]
	w -C hq attachment get TC.a photo.jpg -o out.jpg
	[ "$status" -ne 0 ]
	[ ! -e out.jpg ]
	[ -z "$(find hq/attachments -type f -not -path '*/part/*' \
		2>/dev/null)" ]
	others_go_on
}

# The last column of the table: file and name of a test, in backquotes.
@test "docs/threats.md names tests that there are" {
	local rows row name file
	rows=$(grep -c '^| [^-]' "$ROOT/docs/threats.md")
	[ "$rows" -gt 20 ]
	while IFS= read -r row; do
		name=$(grep -o '`[a-z_]*\.\(bats\|c\): [^`]*`' \
			<<<"${row##*| }") ||
			{ echo "no test in: $row"; return 1; }
		while IFS= read -r name; do
			name=${name//\`/} file=${name%%: *} name=${name#*: }
			case $file in
			*.bats) grep -qF "@test \"$name\"" \
				"$ROOT/tests/cli/$file" ;;
			*) grep -qF "static void $name(void **" \
				"$ROOT/tests/unit/$file" ;;
			esac || { echo "no such test: $file: $name"; return 1; }
		done <<<"$name"
	done < <(grep '^| ' "$ROOT/docs/threats.md" |
		grep -v '^| \(threat\|---\)')
	# and each test here stands in it
	while IFS= read -r name; do
		grep -qF "\`threats.bats: $name\`" "$ROOT/docs/threats.md" ||
			{ echo "not in docs/threats.md: $name"; return 1; }
	done < <(sed -n 's/^@test "\(.*\)" {$/\1/p' \
		"$BATS_TEST_FILENAME" | grep -v '^docs/')
}
