#!/usr/bin/env bats
# The evidence for one record: made at any node, checked without any, and by
# the script in docs/audit that knows nothing of this program.
load helper

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
	add() { "$WELLHEAD" -C tc operator add "$@" >/dev/null 2>&1; }
	add 录入 --role clerk && add 分会 --role sub_chair --person TC.b &&
	add 财务 --role clerk --role specialist && add 主席 --role chair
	"$WELLHEAD" -C tc add expense category=activity_edu purpose=照明用品 \
		org=TC.org amount=300元 date=2022-03-01 handler=TC.a fund=union \
		payee=甲 witness=TC.b --as 录入 >id
	"$WELLHEAD" -C tc seal >/dev/null
	step() {
		"$WELLHEAD" -C tc "do" "$(cat id)" "$1" --as "$2" >/dev/null &&
		"$WELLHEAD" -C tc seal >/dev/null
	}
	step l1 分会 && step l2 财务 && step l3 主席 && exchange
}

setup() {
	fresh
	ID=$(cat id)
	PY=$ROOT/docs/audit/check.py
}

# With a checkpoint that tells the records' state.
checkpoint() {
	"$WELLHEAD" -C hq checkpoint >/dev/null && "$WELLHEAD" -C tc sync >/dev/null
}

# holds FILE: for both.
holds() {
	w check "$1"
	[ "$status" = 0 ] || { echo "check refused a good proof: $err"; return 1; }
	python3 "$PY" "$1"
}

# fails FILE: for both.
fails() {
	like 1 "" "wellhead: check: *" check "$1"
	no python3 "$PY" "$1" 2>"$BATS_TEST_TMPDIR/.py" &&
		grep -q refused "$BATS_TEST_TMPDIR/.py"
}

# no COMMAND...: it must fail.
no() {
	if "$@"; then
		echo "this went well and should not: $*"
		return 1
	fi
}

@test "a record with three approvals: who, when, in which role" {
	checkpoint
	want 0 "" "" -C tc prove "$ID" -o p
	holds p
	w check p --json
	jq -e '.nothing_later and .checkpoint.number > 0 and .hidden == 0 and
		(.changes | length) == 4 and
		(.changes[0] | .what == "record" and .by == "录入" and
			.node == "TC" and .values.payee == "甲") and
		([.changes[1:][] | .operator + ":" + .values.to] ==
			["分会:l1", "财务:l2", "主席:l3"]) and
		([.changes[] | select(.signed == false)] == []) and
		all(.changes[1:][]; .same_person == false) and
		all(.changes[]; .receipt.result == "applied" and
			.not_after != null)' <<<"$out"
	like 0 "*照明用品*分会*财务*主席*" "" check p
	# at headquarters it is the same to the byte
	want 0 "" "" -C hq prove "$ID" -o q
	cmp p q
}

@test "it is below 16 KB, and has nobody else's data" {
	checkpoint
	want 0 "" "" -C tc prove "$ID" -o p
	[ "$(stat -c %s p)" -lt 16384 ] || { wc -c p; return 1; }
	no grep -q 测试 p
	# … also of a long chain and a large changeset
	for i in $(seq 300); do
		printf '{"type":"person","id":"TC.x%d","branch":"TC","kind":"retired","org":"TC.org","name":"人%d"}\n' "$i" "$i"
	done >many.jsonl
	"$WELLHEAD" -C tc import many.jsonl --as 录入 >/dev/null
	for i in $(seq 20); do
		"$WELLHEAD" -C tc edit TC.a name="测试$i" --as 录入 >/dev/null
		"$WELLHEAD" -C tc seal >/dev/null
	done
	exchange && checkpoint
	want 0 "" "" -C tc prove TC.x17 -o q
	holds q
	[ "$(stat -c %s q)" -lt 16384 ] || { wc -c q; return 1; }
	[ "$(grep -c 人 q)" = 1 ]
	want 0 "" "" -C tc prove TC.a -o r
	holds r
	jq -e '.changes | length == 21' <<<"$("$WELLHEAD" check r --json)"
}

@test "a field may be left out, and the rest still proves" {
	checkpoint
	want 0 "" "" -C tc prove "$ID" -o p --redact payee --redact purpose
	holds p
	no grep -q 照明 p
	w check p --json
	jq -e '.hidden == 2 and .changes[0].values.payee == null and
		.changes[0].values.amount == 30000' <<<"$out"
	like 1 "" "*has no field paye*(E_COLUMN)*" -C tc prove "$ID" --redact paye
	# what was redacted cannot be put back with another value
	sed 's/^hidden .*/value payee - t乙/' p >q
	fails q
}

@test "an edited field redacted is left out of the edit, too" {
	"$WELLHEAD" -C tc edit TC.a name=秘密名 --as 录入 >/dev/null
	exchange && checkpoint
	want 0 "" "" -C tc prove TC.a -o p --redact name
	holds p
	no grep -q -e 秘密名 -e 测试甲 p
}

@test "without a checkpoint it says what it cannot say" {
	"$WELLHEAD" -C tc edit TC.a name=测试丁 --as 录入 >/dev/null
	like 1 "" "*not sealed yet (E_STATE)*" -C tc prove TC.a
	"$WELLHEAD" -C tc seal >/dev/null
	want 0 "" "" -C tc prove TC.a -o p
	holds p
	like 0 "*none: whether a key was revoked is not known*" "" check p
	w check p --json
	jq -e '.checkpoint == null and .nothing_later == false' <<<"$out"
}

@test "the root key that is known must be the proof's" {
	checkpoint
	"$WELLHEAD" -C tc prove "$ID" -o p
	root=$("$WELLHEAD" check p --json | jq -r .root)
	like 0 "*" "" check p --root "$root"
	python3 "$PY" p "${root#* }"
	ssh-keygen -q -t ed25519 -N '' -C '' -f other
	like 1 "" "*line 3: it is not the root key that you gave (E_KEY)*" \
		check p --root "$(cat other.pub)"
	no python3 "$PY" p "$(cut -d' ' -f2 other.pub)"
	like 2 "" "*--root wants*" check p --root nonsense
}

@test "spliced, reordered, cut short: refused by both" {
	checkpoint
	"$WELLHEAD" -C tc prove "$ID" -o p
	"$WELLHEAD" -C tc prove TC.a -o a
	# values changed, lines away, twice, in another order
	for edit in 's/t照明用品/t照明用品./' '/^value payee/d' 's/^state .*/state none/;s/^value branch - tTC/value branch - tHQ/' \
		'/^state/d' '$d' 's/^tips .*/tips none/' '/^hidden/p;/^value payee/p' \
		'1s/1/2/' 's/^org ./org 0/' 's/^commit 1 /commit 01 /' \
		's/^record expense/record person/' 's/ 1$/ 1 1/' 's/$/ /' 's/^row/ row/' \
		's/^value by - t录入/value by - t主席/' 's/tl3$/tl2/' 's/^tip none/tip 1/'; do
		sed "$edit" p >q
		cmp -s p q && continue
		fails q || { echo "after: $edit"; return 1; }
	done
	{ cat p; echo; } >q && fails q
	{ cat p p; } >q && fails q
	head -c -1 p >q && fails q
	# another record's row, whole, in a changeset that is signed
	w check a
	python3 - <<-'PY'
	def blocks(f):
	    out, cur = [], []
	    for l in open(f):
	        if l.split()[0] in ('chain', 'commit', 'tip', 'tips') and cur:
	            out.append(cur); cur = []
	        cur.append(l)
	    return out + [cur]
	p, a = blocks('p'), blocks('a')
	chain = next(b for b in a if b[0].startswith('chain node/TC'))
	extra = [b for b in a[a.index(chain):] if b[0].startswith('commit') and any(l.startswith('row person') for l in b)]
	at = next(i for i, b in enumerate(p) if b[0].startswith('chain node/TC'))
	have = {b[0] for b in p}
	open('s', 'w').write(''.join(''.join(b) for b in p[:at + 1] + [e for e in extra if e[0] not in have] + p[at + 1:]))
	PY
	cmp -s p s || fails s
}

@test "an older checkpoint proves as of then, and is no newer one's" {
	checkpoint
	"$WELLHEAD" -C tc prove "$ID" -o old
	"$WELLHEAD" -C tc edit "$ID" payee=乙 --as 录入 >/dev/null
	exchange && checkpoint
	"$WELLHEAD" -C tc prove "$ID" -o new
	holds old && holds new
	jq -e '.changes | length == 5' <<<"$("$WELLHEAD" check new --json)"
	[ "$("$WELLHEAD" check old --json | jq .checkpoint.number)" -lt \
		"$("$WELLHEAD" check new --json | jq .checkpoint.number)" ]
	# the old state under the new checkpoint, and the other way
	swap() {
		sed "s|^$1 .*|$(grep "^$1" "$2")|" "$3" >q
		cmp -s q "$3" || fails q
	}
	swap tips old new && swap tips new old
	swap state old new && swap state new old
	# the newer chain's end without its last change
	sed "/^row edit/,/^value by/d" new >q
	fails q
}

@test "a repository is checked by the script as by verify" {
	PYREPO="$PY --repo"
	root=$("$WELLHEAD" -C hq fingerprint --json | jq -r .key)
	python3 $PYREPO hq/repo.git "${root#* }"
	ssh-keygen -q -t ed25519 -N '' -C '' -f other
	no python3 $PYREPO hq/repo.git "$(cut -d' ' -f2 other.pub)"
	# a chain cut from another's commits
	git -C hq/repo.git update-ref refs/heads/node/XX/12345678 \
		"$(git -C hq/repo.git for-each-ref --format='%(objectname)' refs/heads/node | head -1)"
	no python3 $PYREPO hq/repo.git "${root#* }"
}

@test "what is kept from who asks, and what was erased, is not disclosed" {
	"$WELLHEAD" -C tc add talk talker=TC.a person=TC.b org=TC.org \
		date=2022-03-01 kind=talk content=绝密谈话内容 --as 主席 >t
	"$WELLHEAD" -C tc edit "$(cat t)" content=第二次绝密 --as 主席 >/dev/null
	exchange && checkpoint
	want 0 "" "" -C tc prove "$(cat t)" -o p
	holds p
	no grep -q -e 绝密谈话内容 -e 第二次绝密 p
	jq -e '.hidden == 2 and .nothing_later' <<<"$("$WELLHEAD" check p --json)"
	# nobody else is told more: the chain has no more than sealed bytes
	want 0 "" "" -C hq prove "$(cat t)" -o q
	holds q
	no grep -q -e 绝密谈话内容 -e 第二次绝密 q
	jq -e '.hidden == 2' <<<"$("$WELLHEAD" check q --json)"
	"$WELLHEAD" -C tc erase "$(cat t)" content --reason 本人要求 --as 主席
	exchange && checkpoint
	want 0 "" "" -C hq prove "$(cat t)" -o q
	holds q
	no grep -q -e 绝密谈话内容 -e 第二次绝密 q
	jq -e '.hidden == 2 and .nothing_later and .changes[-1].what == "erase" and
		.changes[-1].values.reason == "本人要求"' \
		<<<"$("$WELLHEAD" check q --json)"
}

@test "attachments are shown by their hashes" {
	printf '\377\330\377\340photo' >photo.jpg
	"$WELLHEAD" -C tc attach TC.a photo.jpg --as 录入 >/dev/null
	exchange && checkpoint
	want 0 "" "" -C tc prove TC.a -o p
	holds p
	grep -q "^value sha256 - b$(sha256sum photo.jpg | cut -c1-64 | xxd -r -p |
		base64 | tr '+/' '-_' | tr -d '=')$" p
}

@test "headquarters restored from an old copy: proofs and the script go on" {
	cp -a hq old
	"$WELLHEAD" -C tc edit TC.a name=测试丙 --as 录入 >/dev/null
	exchange && checkpoint
	rm -rf hq && mv old hq
	for n in hq tc hq; do "$WELLHEAD" -C $n sync >/dev/null 2>&1; done
	checkpoint
	want 0 "" "" -C hq prove TC.a -o p
	holds p
	jq -e '.nothing_later and (.changes | length) == 2' \
		<<<"$("$WELLHEAD" check p --json)"
	root=$("$WELLHEAD" check p --json | jq -r .root)
	for n in hq tc; do
		"$WELLHEAD" -C $n verify --full >/dev/null
		python3 "$PY" --repo $n/repo.git "${root#* }"
	done
}
