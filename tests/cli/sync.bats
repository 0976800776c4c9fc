#!/usr/bin/env bats
# Chains: sealing, exchanging, verifying, conflicts, rebuilding.
load helper

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
}

setup() {
	fresh
}

@test "status tells what waits, before and after a sync" {
	[ "$("$WELLHEAD" -C tc status --json |
		jq -r '[.unsealed,.unsent,.unreceipted,.held,.conflicts]|join(" ")')" \
		= "0 0 0 0 0" ]
	"$WELLHEAD" -C tc edit TC.a remark=x
	like 0 "organisation *node *TC*not sealed *1*changesets not sent *0*" "" \
		-C tc status
	like 0 "changesets *1*edits *1*" "" -C tc seal
	like 0 "changesets *0*" "" -C tc seal
	like 0 "*not sealed *0*changesets not sent *1*without receipt *1*" "" \
		-C tc status
	exchange
	like 0 "*not sent *0*without receipt *0*last receipt *" "" -C tc status
	jq -e '.stopped == [] and .last_receipt != ""' \
		<<<"$("$WELLHEAD" -C tc status --json)"
}

@test "sync prints what went and came" {
	"$WELLHEAD" -C tc add person name=测试丙 kind=on_duty org=TC.org
	w -C tc sync --json
	[ "$status" -eq 0 ]
	[ -z "$err" ]
	jq -e '.sealed_records == 1 and .pushed == 1 and .sent_bytes > 0' \
		<<<"$out"
	w -C hq sync --json
	jq -e '.came_records == 1 and .stopped == 0' <<<"$out"
	like 0 "changesets sealed *0*changesets merged *" "" -C tc sync
	want 0 3 "" -C hq figure 'person[branch=TC]#count'
}

@test "offline is 75, and nothing entered is lost" {
	mv hq/repo.git hq/away
	"$WELLHEAD" -C tc edit TC.a remark=x
	like 75 "" "wellhead: sync: *(E_OFFLINE)*" -C tc sync
	like 75 '{"errors":\[{"code":"E_OFFLINE"*' "*" -C tc sync --json
	mv hq/away hq/repo.git
	exchange
	[ "$("$WELLHEAD" -C hq show TC.a --json | jq -r .remark)" = x ]
	like 1 "" "*(E_NOT_FOUND)*" -C tc sync nowhere
	like 2 "" "*--deadline wants a whole number*" -C tc sync --deadline soon
}

@test "one writer at a time; readers are not kept out" {
	exec 9>>tc/lock
	flock 9
	like 0 "*" "" -C tc status
	like 0 "*测试甲*" "" -C tc list person
	like 0 "*测试甲*" "" -C tc search 测试甲
	like 75 "" "wellhead: edit: *(E_BUSY)*" -C tc edit TC.a remark=x 9>&-
	flock -u 9
}

@test "log lists changesets" {
	like 0 "CHAIN*SEQ*COMMIT
*node/TC* 1  20??-*" "" -C tc log node/TC
	w -C tc log TC --json
	[ "$(jq -rs 'map(.seq)|join(" ")' <<<"$out" | cut -c1)" = 1 ]
	git -C tc/repo.git cat-file -e "$(jq -rs '.[0].commit' <<<"$out")"
	like 1 "" "*(E_NOT_FOUND)*hint: *" -C tc log node/XX
	like 2 "" "*not the name of a chain*" -C tc log node/12345678901234567890
	w -C hq log
	[[ $out == *node/TC* && $out == *hq/all* ]]
}

@test "verify: good chains, and one bad byte" {
	like 0 "CHAIN*node/TC *good*" "" -C hq verify
	like 0 "*node/TC *good*" "" -C hq verify node/TC --deep
	w -C hq verify --json
	jq -es 'all(.ok)' <<<"$out"
	like 1 "" "*(E_NOT_FOUND)*" -C hq verify node/XX
	# A commit on top that nobody signed
	git -C hq/repo.git for-each-ref --format='%(refname)' refs/heads/node >ref
	tip=$(git -C hq/repo.git rev-parse "$(cat ref)")
	bad=$(git -C hq/repo.git -c user.name=x -c user.email=x@x \
		commit-tree -p "$tip" -m forged "$tip^{tree}")
	git -C hq/repo.git update-ref "$(cat ref)" "$bad"
	like 1 "*node/TC *changeset *" "wellhead: verify: *(E_*)*" -C hq verify
	before=$(snapshot hq)
	w -C hq sync
	[ "$status" -eq 0 ]
	[[ $err == *"node/TC stopped"* ]]
	like 0 "*chain node/TC stopped*" "" -C hq status
	jq -e '.stopped[0].chain == "node/TC"' \
		<<<"$("$WELLHEAD" -C hq status --json)"
	want 0 2 "" -C hq figure 'person[branch=TC]#count'
}

@test "stock git confirms every signature with allowed-signers" {
	w -C tc allowed-signers
	[ "$status" -eq 0 ]
	printf '%s\n' "$out" >signers
	[[ $out == *'namespaces="git" ssh-ed25519 '* ]]
	for c in $(git -C hq/repo.git rev-list --all); do
		git -C hq/repo.git -c gpg.format=ssh \
			-c gpg.ssh.allowedSignersFile="$PWD/signers" \
			verify-commit "$c"
	done
	like 0 '{"allowed_signers":"*"}' "" -C tc allowed-signers --json
}

# Two nodes of branch TC set one field without knowing of each other.
conflict() {
	"$WELLHEAD" -C hq invite TC-pit --branch TC --name 井口 \
		--remote "$PWD/hq/repo.git" -o pit.invitation 2>/dev/null
	"$WELLHEAD" join pit.invitation pit >/dev/null 2>&1
	"$WELLHEAD" -C pit sync >/dev/null
	"$WELLHEAD" -C hq sync >/dev/null
	"$WELLHEAD" -C pit sync >/dev/null
	"$WELLHEAD" -C tc edit TC.a remark=地面 --as 甲
	"$WELLHEAD" -C pit edit TC.a remark=井下 --as 乙
	for n in tc pit hq tc pit; do
		"$WELLHEAD" -C $n sync >/dev/null 2>&1
	done
}

@test "a conflict is shown everywhere until somebody decides it" {
	conflict
	for n in tc pit hq; do
		like 0 "ID*TYPE*FIELD*person*remark*地面*甲*井下*乙*shows*" "" \
			-C $n conflicts
		jq -e '.conflicts == 1' <<<"$("$WELLHEAD" -C $n status --json)"
	done
	w -C tc conflicts --json
	stamp=$(jq -r '.values[]|select(.value=="地面").stamp' <<<"$out")
	like 2 "" "*one of them*" -C tc resolve TC.a remark
	like 2 "" "*one of them*" -C tc resolve TC.a remark --take 0 --value x
	refused 1 E_NOT_FOUND -C tc resolve TC.a remark --take ZZZZZZ
	refused 1 E_NOT_FOUND -C tc resolve TC.a name --value x
	want 0 "" "" -C tc resolve TC.a remark --take "$stamp"
	want 0 "" "" -C tc conflicts
	for n in tc hq pit; do
		"$WELLHEAD" -C $n sync >/dev/null
		want 0 "" "" -C $n conflicts
		[ "$("$WELLHEAD" -C $n show TC.a --json | jq -r .remark)" = 地面 ]
	done
}

@test "a conflict is decided by a new value, too" {
	conflict
	like 0 '{"id":"*","field":"remark"}' "" \
		-C tc resolve TC.a remark --value 都有 --json
	[ "$("$WELLHEAD" -C tc show TC.a --json | jq -r .remark)" = 都有 ]
}

@test "rebuild makes the same store again, with what is unsealed" {
	"$WELLHEAD" -C tc edit TC.a remark=未封存
	before=$("$WELLHEAD" -C tc export person --format jsonl)
	# The edit, and the export in the access trail
	like 0 "records *3*not sealed *2*" "" -C tc rebuild
	[ "$("$WELLHEAD" -C tc export person --format jsonl)" = "$before" ]
	like 0 "*good*" "" -C tc verify --deep
	exchange
	[ "$("$WELLHEAD" -C hq show TC.a --json | jq -r .remark)" = 未封存 ]
}
