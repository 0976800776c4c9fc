#!/usr/bin/env bats
# Keys: fingerprints, rotate, revoke, a lost laptop's replacement, the root key
# taken away, auditors.

load helper

setup_file() {
	export BATS_FILE_TMPDIR
	organisation "$BATS_FILE_TMPDIR/org"
}

setup() {
	fresh
}

count() {
	"$WELLHEAD" -C "$1" sql "SELECT count(*) AS n FROM request" --json |
		jq -r .n
}

seq_of() {	# seq_of NODE CHAIN: where it stands there
	"$WELLHEAD" -C "$1" log "$2" --json | jq -s '[.[].seq] | max'
}

round() {
	local n
	for n in "$@"; do "$WELLHEAD" -C "$n" sync >/dev/null 2>&1; done
}

words() {
	"$WELLHEAD" -C "$1" fingerprint --json | jq -r "$2"
}

new_node() {	# new_node CODE BRANCH
	"$WELLHEAD" -C hq invite "$1" --branch "$2" --name "$1" \
		--remote "$PWD/hq/repo.git" -o "$1.inv" 2>/dev/null &&
	"$WELLHEAD" join "$1.inv" "$1" >/dev/null 2>&1
}

@test "fingerprint: words that are typed must be the invitation's" {
	local zh en
	"$WELLHEAD" -C hq invite N --name 新点 -o n.inv 2>/dev/null
	zh=$(words hq .words)
	en=$(words hq .words_en)
	[ "$(wc -w <<<"$zh")" = 9 ]
	like 1 "" "wellhead: join: word 1 is not that of *(E_INVITATION)
hint: *do not use it" join n.inv n --fingerprint "苹果 苹果"
	like 1 "" "wellhead: join: word 9 is not *" \
		join n.inv n --fingerprint "${zh% *} 错"
	like 1 "" "wellhead: join: there are more than 9 words *" \
		join n.inv n --fingerprint "$zh 苹果"
	[ ! -e n ]
	"$WELLHEAD" join n.inv n1 --fingerprint "${zh// /　}" >/dev/null
	"$WELLHEAD" join n.inv n2 --fingerprint "${zh// /}" >/dev/null
	"$WELLHEAD" join n.inv n3 --fingerprint "${en^^}" >/dev/null
	# everybody tells the same words of the root key
	[ "$(words n1 .words)" = "$zh" ]
	[ "$("$WELLHEAD" -C hq fingerprint TC --json | jq -r .words)" = \
		"$("$WELLHEAD" -C tc fingerprint TC --json | jq -r .words)" ]
	[ "$("$WELLHEAD" -C hq roster --json | jq -r \
		'select(.code == "TC").words')" = \
		"$("$WELLHEAD" -C tc fingerprint TC --json | jq -r .words)" ]
	refused 1 E_NOT_FOUND -C hq fingerprint NOBODY
}

@test "rotate: node and headquarters go on with new keys; git agrees" {
	local ref commit
	request tc 一
	like 0 "the new key  ssh-ed25519 *" "hint: back up *" -C tc rotate
	request tc 二
	"$WELLHEAD" -C tc rotate >/dev/null 2>&1
	request tc 三
	round tc hq tc
	"$WELLHEAD" -C hq rotate >/dev/null 2>&1
	request tc 四
	round tc hq tc
	[ "$(count hq)" = 4 ]
	"$WELLHEAD" -C tc verify --deep >/dev/null
	"$WELLHEAD" -C hq verify --deep >/dev/null
	"$WELLHEAD" -C hq rebuild >/dev/null
	"$WELLHEAD" -C tc rebuild >/dev/null
	[ "$(count hq)" = 4 ]
	[ "$("$WELLHEAD" -C hq roster --json | jq -r \
		'select(.code == "TC").key')" = "$("$WELLHEAD" -C tc \
		fingerprint TC --json | jq -r .key)" ]
	"$WELLHEAD" -C hq allowed-signers >allowed
	[ "$(grep -c '^TC@' allowed)" = 3 ]
	for ref in $(git -C hq/repo.git for-each-ref \
		--format='%(refname)' refs/heads); do
		for commit in $(git -C hq/repo.git rev-list "$ref"); do
			git -C hq/repo.git -c gpg.format=ssh \
				-c gpg.ssh.allowedSignersFile="$PWD/allowed" \
				verify-commit "$commit" 2>/dev/null
		done
	done
}

@test "rotate: a copy that has only the old key is refused by everybody" {
	cp -a tc thief
	"$WELLHEAD" -C tc rotate >/dev/null 2>&1
	round tc hq tc
	request thief 假 >/dev/null 2>&1
	"$WELLHEAD" -C thief sync >/dev/null 2>&1 || true
	round hq
	[ "$(count hq)" = 0 ]
	request tc 真
	round tc hq
	[ "$(count hq)" = 1 ]
	"$WELLHEAD" -C tc verify --deep >/dev/null
}

@test "a lost laptop: revoked, and a new node has it all and goes on" {
	local id after
	id=$(request tc 甲)
	request tc 乙
	round tc hq tc
	after=$(seq_of hq node/TC)
	cp -a tc stolen
	"$WELLHEAD" -C hq revoke TC --after "$after" --reason 笔记本丢失 \
		>/dev/null 2>&1
	new_node TC2 TC
	round TC2 hq TC2
	[ "$(count TC2)" = 2 ]
	"$WELLHEAD" -C TC2 status --json | jq -e '.conflicts == 0'
	"$WELLHEAD" -C TC2 edit "$id" content=改过 >/dev/null
	request TC2 丙
	round TC2 hq TC2
	[ "$("$WELLHEAD" -C hq show "$id" --json | jq -r .content)" = 改过 ]
	[ "$(count hq)" = 3 ]
	# who has the laptop now is heard by nobody
	request stolen 假
	round stolen hq TC2
	[ "$(count hq)" = 3 ]
	[ "$(count TC2)" = 3 ]
	"$WELLHEAD" -C hq status --json | jq -e \
		'.stopped[] | select(.chain == "node/TC").code == "E_REVOKED"'
	refused 1 E_REVOKED -C stolen rotate
	"$WELLHEAD" -C hq verify --deep >/dev/null
	"$WELLHEAD" -C TC2 verify --deep >/dev/null
	[ "$("$WELLHEAD" -C hq roster --json | jq -r \
		'select(.code == "TC").ended_after')" = "$after" ]
}

@test "revoke: what was taken in is taken out, everywhere, and back again" {
	local first
	new_node TC2 TC
	round TC2 hq TC2
	request tc 一
	round tc
	first=$(seq_of tc node/TC)
	request tc 二
	round tc hq TC2
	[ "$(count hq)" = 2 ]
	[ "$(count TC2)" = 2 ]
	like 0 "*" "hint: changesets *taken out*" \
		-C hq revoke TC --after "$first" --reason 误
	[ "$(count hq)" = 1 ]
	like 0 "*" "*taken out of this store*" -C TC2 sync
	[ "$(count TC2)" = 1 ]
	"$WELLHEAD" -C TC2 verify --deep >/dev/null
	# the officer corrects it
	"$WELLHEAD" -C hq revoke TC --after $((first + 9)) --reason 更正 \
		>/dev/null 2>&1
	round hq TC2
	[ "$(count hq)" = 2 ]
	[ "$(count TC2)" = 2 ]
	"$WELLHEAD" -C hq verify --deep >/dev/null
	"$WELLHEAD" -C TC2 verify --deep >/dev/null
}

@test "revoke: what nobody can place is held until an officer decides" {
	local n
	request tc 一
	round tc hq tc
	n=$(seq_of hq node/TC)
	"$WELLHEAD" -C hq revoke TC --after $((n + 1)) --reason 被盗 \
		>/dev/null 2>&1
	request tc 二
	"$WELLHEAD" -C tc seal >/dev/null
	request tc 三
	round tc
	round hq || true
	[ "$(count hq)" = 1 ]
	"$WELLHEAD" -C hq status --json | jq -e \
		'.stopped[].code == "W_UNDETERMINED"'
	"$WELLHEAD" -C hq verify --deep >/dev/null
	"$WELLHEAD" -C hq revoke TC --after $((n + 1)) --reason 看过 \
		>/dev/null 2>&1
	round hq || true
	[ "$(count hq)" = 2 ]
	"$WELLHEAD" -C hq verify --deep >/dev/null
}

@test "revoke, root and rotate used wrongly say what to do" {
	refused 1 E_NOT_FOUND -C hq revoke NOBODY --after 1 --reason 误
	like 2 "" "wellhead: revoke: say with --after SEQ *" \
		-C hq revoke TC --reason 误
	like 2 "" "wellhead: revoke: say why *" -C hq revoke TC --after 1
	like 2 "" "wellhead: *" -C hq revoke TC --after -1 --reason 误
	refused 1 E_REASON -C hq revoke TC --after 1 --reason ""
	refused 1 E_NOT_FOUND -C hq revoke TC --after 1 --reason 误 \
		--epoch ffffffff
	refused 1 E_ROLE -C tc revoke HQ --after 1 --reason 误
	like 2 "" "wellhead: root: not understood: *" -C hq root import x
}

@test "the root key leaves the folder, and is asked for when it is needed" {
	like 0 "" "hint: keep that file *" -C hq root export "$PWD/stick.key"
	[ ! -e hq/keys/root.key ]
	[ "$(stat -c %a stick.key)" = 600 ]
	# day-to-day work goes on
	new_node N N
	round N hq N
	"$WELLHEAD" -C hq rotate >/dev/null 2>&1
	round hq N
	"$WELLHEAD" -C hq verify --deep >/dev/null
	like 1 "" "wellhead: root: *root key is not here (E_KEY)
hint: *WELLHEAD_ROOT*" -C hq root export "$PWD/again.key"
	[ ! -e again.key ]
	WELLHEAD_ROOT=$PWD/hq/keys/node.key like 1 "" "*not this *(E_KEY)*" \
		-C hq root export "$PWD/again.key"
}

@test "an auditor's node reads every branch and enters nothing" {
	"$WELLHEAD" -C hq invite AUD --auditor --name 审计 \
		--remote "$PWD/hq/repo.git" -o a.inv 2>/dev/null
	"$WELLHEAD" join a.inv aud >/dev/null 2>&1
	new_node GQ GQ
	request tc 一
	request GQ 二
	round tc GQ aud hq aud hq aud
	[ "$(count aud)" = 2 ]
	[ "$(count GQ)" = 1 ]
	"$WELLHEAD" -C aud verify --deep >/dev/null
	[ "$("$WELLHEAD" -C hq roster --json | jq -r \
		'select(.code == "AUD").kind')" = auditor ]
	like 1 "" "wellhead: add: *(E_ROLE)*" -C aud add request kind=demand \
		channel=online content=x received_on=2022-03-08 \
		outcome=pending
	"$WELLHEAD" -C hq revoke AUD --after 1 --reason 审计结束 \
		>/dev/null 2>&1
	"$WELLHEAD" -C hq verify --deep >/dev/null
}

@test "headquarters' key is stolen: the root key begins its chains again" {
	local was
	request tc 一
	round tc hq tc
	was=$(words hq .key)
	cp -a hq thief
	"$WELLHEAD" -C hq root export "$PWD/stick.key" 2>/dev/null
	refused 1 E_KEY -C hq revoke HQ --reason 被盗
	WELLHEAD_ROOT=$PWD/stick.key "$WELLHEAD" -C hq revoke HQ \
		--reason 被盗 >/dev/null 2>&1
	request tc 二
	round hq tc hq tc
	[ "$(count hq)" = 2 ]
	"$WELLHEAD" -C hq verify --deep >/dev/null
	"$WELLHEAD" -C tc verify --deep >/dev/null
	[ "$("$WELLHEAD" -C tc roster --json | jq -r \
		'select(.code == "HQ").key')" != \
		"$("$WELLHEAD" -C thief roster --json | jq -r \
		'select(.code == "HQ").key')" ]
	# what the thief says as headquarters is not heard
	"$WELLHEAD" -C thief invite X --name 假 -o x.inv 2>/dev/null
	"$WELLHEAD" -C thief revoke TC --after 0 --reason 假 >/dev/null 2>&1
	git -C thief/repo.git push -q --force ../../hq/repo.git \
		refs/heads/hq/all:refs/heads/hq/all 2>/dev/null ||
		git -C thief/repo.git push -q ../../hq/repo.git \
			+refs/heads/hq/all:refs/heads/hq/all || true
	round tc
	request tc 三
	round tc hq tc
	[ "$(count tc)" = 3 ]
	[ "$(count hq)" = 3 ]
	[ "$was" = "$(words hq .key)" ]
}

@test "rotate: a new key that another copy's history displaced comes again" {
	cp -a tc image
	moved image
	request tc 甲
	round tc hq
	request image 乙
	"$WELLHEAD" -C image rotate >/dev/null 2>&1
	request image 丙
	"$WELLHEAD" -C image rotate >/dev/null 2>&1
	request image 丁
	round image hq image hq image
	[ "$(count hq)" = 4 ]
	[ "$(count image)" = 4 ]
	"$WELLHEAD" -C hq verify --deep >/dev/null
	"$WELLHEAD" -C image verify --deep >/dev/null
	"$WELLHEAD" -C image rebuild >/dev/null
	request image 戊
	round image hq
	[ "$(count hq)" = 5 ]
	"$WELLHEAD" -C hq rebuild >/dev/null
	"$WELLHEAD" -C hq verify --deep >/dev/null
	[ "$("$WELLHEAD" -C hq fingerprint TC --json | jq -r .key)" = \
		"$("$WELLHEAD" -C image fingerprint TC --json | jq -r .key)" ]
}
