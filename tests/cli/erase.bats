# Erasing a sensitive value: gone from every file of every node that hears of
# it, while all chains still verify.

load helper

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
	cd "$BATS_FILE_TMPDIR/org" || return
	"$WELLHEAD" -C tc add talk talker=TC.a person=TC.b org=TC.org date=2022-03-01 \
		kind=talk content=绝密谈话内容 >/dev/null || return
	exchange
}

setup() {
	fresh
}

# Do any bytes of the node's store still have the text?
left() {
	grep -laF "$2" "$1"/store.db* >/dev/null
}

erase() {
	"$WELLHEAD" -C tc edit "$ID" content=第二次绝密
	"$WELLHEAD" -C tc erase "$ID" content --reason 本人要求 --as 甲
}

id_of() {
	ID=$("$WELLHEAD" -C tc list talk --json | jq -r .id)
}

@test "an erased value is gone from the store and its log, and says why" {
	id_of
	left tc 绝密谈话内容
	"$WELLHEAD" -C tc edit "$ID" content=第二次绝密
	left tc 第二次绝密
	want 0 '{"id":"'"$ID"'","field":"content"}' "" \
		-C tc erase "$ID" content --reason 本人要求 --as 甲 --json
	! left tc 绝密谈话内容 || false
	! left tc 第二次绝密 || false
	like 0 "*content*erased on 20*: 本人要求*" "" -C tc show "$ID"
	[ "$("$WELLHEAD" -C tc show "$ID" --json |
		jq -r '.content, .erased[0].field, .erased[0].by')" = "null
content
甲" ]
	w -C tc show "$ID" --history
	[[ $out != *绝密* ]]
	LANGUAGE=zh_CN LC_ALL=zh_CN.UTF-8 like 0 "*已销毁*本人要求*" "" -C tc show "$ID"
}

@test "it reaches headquarters and the branch's other node, in any order" {
	id_of
	"$WELLHEAD" -C hq invite TC-2 --branch TC --name 二号 \
		--remote "$PWD/hq/repo.git" -o 2.invitation 2>/dev/null
	"$WELLHEAD" join 2.invitation two >/dev/null 2>&1
	# the chain comes first, then the key is asked for and given
	for n in two hq two hq two; do "$WELLHEAD" -C $n sync >/dev/null; done
	left two 绝密谈话内容
	left hq 绝密谈话内容
	erase
	for n in tc hq two; do "$WELLHEAD" -C $n sync >/dev/null; done
	for n in tc hq two; do
		! left $n 绝密谈话内容 || { echo "still at $n"; return 1; }
		! left $n 第二次绝密 || { echo "still at $n"; return 1; }
		like 0 "*erased on*" "" -C $n show "$ID"
		like 0 "*" "" -C $n verify --deep
	done
}

# Blobs in the node's repository that no changeset has: letters.
letters() {
	comm -23 <(git -C "$1/repo.git" cat-file --batch-all-objects \
		--batch-check='%(objecttype) %(objectname)' | sed -n 's/^blob //p' |
		sort) <(git -C "$1/repo.git" rev-list --objects \
		--glob=refs/heads --glob=refs/remotes/*/node \
		--glob=refs/remotes/*/hq | cut -d' ' -f1 | sort)
}

# keys NODE: how many keys of values of talks it has
keys() {
	sqlite3 "$1/store.db" \
		"SELECT count(*) FROM record_key WHERE field = 'content'"
}

@test "no copy made afterwards has it, nor the letters that held its key" {
	id_of
	"$WELLHEAD" -C tc edit "$ID" content=第三次绝密
	exchange
	[ "$(keys tc) $(keys hq)" = "2 2" ] || differ keys "2 2" \
		"$(keys tc) $(keys hq)"
	# the value is in the chain as it is in the store only while there is
	# a key: a store made again from the chains has it
	"$WELLHEAD" -C hq rebuild >/dev/null
	left hq 绝密谈话内容
	left hq 第三次绝密
	before=$(sqlite3 hq/store.db 'SELECT hex(secret) FROM mail_key')
	erase
	for n in tc hq tc hq; do "$WELLHEAD" -C $n sync >/dev/null; done
	for n in tc hq; do
		[ "$(keys $n)" = 0 ] || differ "keys at $n" 0 "$(keys $n)"
		"$WELLHEAD" -C $n rebuild >/dev/null
		for text in 绝密谈话内容 第二次绝密 第三次绝密; do
			! left $n $text || { echo "still at $n"; return 1; }
		done
		like 0 "*" "" -C $n verify --deep
		# the chain's own key does open the chain: it is not that
		[ "$(sqlite3 $n/store.db 'SELECT count(*) > 0 FROM chain_key')" = 1 ]
		# of letters only those that are named, the newest
		[ "$(letters $n)" = "$(git -C $n/repo.git for-each-ref \
			--format='%(objectname)' refs/mail \
			refs/remotes/hq/mail | sort -u)" ] ||
			differ "letters at $n" "$(git -C $n/repo.git for-each-ref)" \
				"$(letters $n)"
	done
	# and what a host may have kept was sealed to a key that is no more
	after=$(sqlite3 hq/store.db 'SELECT hex(secret) FROM mail_key')
	[ "$before" != "$after" ]
	python3 - "$before" hq/store.db* <<-'EOF'
	import sys
	key = bytes.fromhex(sys.argv[1])
	assert not any(key in open(f, "rb").read() for f in sys.argv[2:])
	EOF
}

@test "a rebuild does not bring it back, sealed or not" {
	id_of
	erase
	"$WELLHEAD" -C tc rebuild >/dev/null
	! left tc 绝密谈话内容 || false
	! left tc 第二次绝密 || false
	like 0 "*erased on*" "" -C tc show "$ID"
	"$WELLHEAD" -C tc sync >/dev/null
	"$WELLHEAD" -C tc rebuild >/dev/null
	! left tc 绝密谈话内容 || false
	like 0 "*erased on*" "" -C tc show "$ID"
	like 0 "*" "" -C tc verify --deep
}

@test "what is entered later stands" {
	id_of
	erase
	"$WELLHEAD" -C tc edit "$ID" content=可以公开
	exchange
	for n in tc hq; do
		[ "$("$WELLHEAD" -C $n show "$ID" --json |
			jq -r '.content, .erased[0].field')" = "可以公开
content" ]
	done
}

@test "an edit made elsewhere before the erasure comes too late" {
	id_of
	"$WELLHEAD" -C hq invite TC-2 --branch TC --name 二号 \
		--remote "$PWD/hq/repo.git" -o 2.invitation 2>/dev/null
	"$WELLHEAD" join 2.invitation two >/dev/null 2>&1
	for n in two hq two; do "$WELLHEAD" -C $n sync >/dev/null; done
	"$WELLHEAD" -C two edit "$ID" content=别处绝密
	"$WELLHEAD" -C tc erase "$ID" content --reason 本人要求
	for n in tc hq two hq tc; do
		"$WELLHEAD" -C $n sync >/dev/null 2>&1
	done
	for n in tc hq two; do
		! left $n 别处绝密 || { echo "still at $n"; return 1; }
		like 0 "*" "" -C $n verify --deep
	done
}

@test "only what is sensitive is erased, with a reason, by who may" {
	id_of
	refused 1 E_COLUMN -C tc erase "$ID" date --reason 不行
	refused 1 E_COLUMN -C tc erase "$ID" nothing --reason 不行
	like 2 "" "*--reason*" -C tc erase "$ID" content
	refused 1 E_NOT_FOUND -C tc erase 0000000 content --reason 不行
	refused 1 E_REASON -C tc erase "$ID" content \
		--reason "$(printf '字%.0s' {1..200})"
	"$WELLHEAD" -C hq erase "$ID" content --reason 总部决定
	exchange
	like 0 "*erased on*: 总部决定*" "" -C tc show "$ID"
	! left tc 绝密谈话内容 || false
}

@test "of operators, the chair erases and a clerk does not" {
	id_of
	"$WELLHEAD" -C tc operator add 主席 --role chair
	"$WELLHEAD" -C tc operator add 干事 --role clerk
	refused 1 E_ROLE -C tc erase "$ID" content --reason 不行
	refused 1 E_ROLE -C tc erase "$ID" content --reason 不行 --as 干事
	like 0 "*" "" -C tc erase "$ID" content --reason 本人要求 --as 主席
	exchange
	like 0 "*" "" -C hq verify --deep
}

@test "a proof of the record leaves the erased value out" {
	id_of
	erase
	exchange
	"$WELLHEAD" -C hq checkpoint -o cp >/dev/null
	"$WELLHEAD" -C tc sync >/dev/null
	"$WELLHEAD" -C tc prove "$ID" -o proof 2>/dev/null
	like 0 "*erase *本人要求*" "" check proof
	! grep -q 绝密 proof || false
	"$WELLHEAD" -C tc verify >/dev/null
}
