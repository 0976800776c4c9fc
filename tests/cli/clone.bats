#!/usr/bin/env bats
# A node's folder that was copied, and both copies at work.
load helper

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
}

setup() {
	fresh
}

epochs() {
	git -C hq/repo.git for-each-ref refs/heads/node/TC | wc -l
}

good() {
	local n
	for n in "$@"; do
		like 0 "*" "" -C "$n" verify --deep || return
	done
}

@test "a copy begins a new epoch, and says so once" {
	cp -a tc copy
	like 0 "*" "wellhead: warning: this folder is a copy of another one*" \
		-C copy edit TC.a remark=x
	like 0 "*" "" -C copy edit TC.b remark=x
	like 0 "*" "" -C tc edit TC.b remark=y
	like 0 "*new epoch since*a copy of another one*" "" -C copy status
	[ "$("$WELLHEAD" -C copy status --json | jq -r .epoch_why)" = copied ]
	[ "$("$WELLHEAD" -C tc status --json | jq -r .epoch_why)" = "" ]
	rounds tc copy
	[ "$(epochs)" = 2 ]
	# the copy leaves out any number of stamps: either may be the later
	like 0 "ID*remark* x*" "" -C hq conflicts
	like 0 "ID*remark* y*" "" -C hq conflicts
}

@test "both copies go on: all records are in all of them" {
	request tc 甲
	cp -a tc copy
	request tc 乙
	request copy 丙 2>/dev/null
	rounds tc copy
	request tc 丁
	request copy 戊
	rounds copy tc
	for n in tc copy hq; do
		[ "$(requests $n)" = "$(requests hq)" ] &&
			[ "$(requests $n | wc -w)" = 5 ]
	done
	good tc copy hq
}

@test "a disk's image is found out at the first sync, and nothing is lost" {
	cp -a tc image
	moved image	# as if nothing had told
	request tc 甲
	request image 乙
	"$WELLHEAD" -C tc sync >/dev/null
	w -C image sync
	[ "$status" = 0 ]
	[[ $err == *"another copy of it is at work"* ]]
	rounds tc image
	[ "$(requests hq)" = "乙 甲" ] || [ "$(requests hq)" = "甲 乙" ]
	[ "$(requests tc)" = "$(requests hq)" ]
	[ "$(requests image)" = "$(requests hq)" ]
	good tc image hq
	[ "$(git -C image/repo.git for-each-ref refs/evidence | wc -l)" = 1 ]
}

@test "copied before its first sync: both are the node that was invited" {
	"$WELLHEAD" -C hq invite GQ --name 古泉 --remote "$PWD/hq/repo.git" \
		-o GQ.invitation 2>/dev/null
	"$WELLHEAD" join GQ.invitation gq >/dev/null 2>&1
	cp -a gq gq2
	request gq2 二 2>/dev/null
	request gq 一
	rounds gq2 gq
	[ "$(requests hq | wc -w)" = 2 ]
	[ "$(requests gq)" = "$(requests gq2)" ]
	good gq gq2 hq
}

@test "a moved folder costs an epoch and nothing else" {
	request tc 甲
	cp -a tc moved
	rm -rf tc
	request moved 乙 2>/dev/null
	rounds moved
	[ "$(requests hq | wc -w)" = 2 ]
	good moved hq
}

# Both halves of one chain come to headquarters, by two ways.
@test "two histories of one chain: kept, told, and both sides' records stay" {
	git init -q --bare relay
	"$WELLHEAD" -C hq remote add relay "$PWD/relay"
	"$WELLHEAD" -C tc remote add relay "$PWD/relay"
	cp -a tc image
	moved image
	request tc 甲
	request image 乙
	"$WELLHEAD" -C tc sync hq >/dev/null
	"$WELLHEAD" -C hq sync >/dev/null 2>&1
	"$WELLHEAD" -C image sync relay >/dev/null 2>&1
	w -C hq sync relay
	[[ $err == *"node/TC stopped"*E_FORK* ]]
	[ "$(git -C hq/repo.git for-each-ref refs/evidence/node/TC |
		wc -l)" = 1 ]
	sqlite3 hq/store.db "SELECT result, code FROM receipt" |
		grep -qx 'refused|E_FORK'
	rounds tc image
	[ "$(requests hq | wc -w)" = 2 ]
	[ "$(requests tc)" = "$(requests image)" ]
	good tc image hq
	# told once, however often it is met
	"$WELLHEAD" -C hq sync relay >/dev/null 2>&1
	[ "$(sqlite3 hq/store.db "SELECT count(*) FROM receipt
		WHERE code = 'E_FORK'")" = 1 ]
}

@test "a remote that shows what this node never signed is told of" {
	tip=$(git -C hq/repo.git rev-parse "$(git -C hq/repo.git for-each-ref \
		--format='%(refname)' refs/heads/node/TC)")
	ref=$(git -C hq/repo.git for-each-ref --format='%(refname)' \
		refs/heads/node/TC)
	bad=$(git -C hq/repo.git -c user.name=x -c user.email=x@x \
		commit-tree -p "$tip" -m forged "$tip^{tree}")
	git -C hq/repo.git update-ref "$ref" "$bad"
	like 1 "" "wellhead: sync: the remote has a copy of node/TC that this \
node has not written*(E_*)*hint: *" -C tc sync
	git -C tc/repo.git for-each-ref | grep -q refs/evidence/node/TC
	git -C hq/repo.git update-ref "$ref" "$tip"
	like 0 "*" "" -C tc sync
}
