#!/usr/bin/env bats
# Stock git, ssh-keygen, sha256sum and sqlite3 prove what we wrote.

load ../cli/helper
load ../lib

setup_file() {
	export TWO=$BATS_FILE_TMPDIR/two
	mkdir -p "$TWO"
	"$WELLHEAD" init --org 集团工会 "$TWO/hq" >/dev/null
	"$WELLHEAD" -C "$TWO/hq" invite GQ --name 港区 -o "$TWO/gq.json" \
		--remote "$TWO/hq/repo.git" >/dev/null
	"$WELLHEAD" join "$TWO/gq.json" "$TWO/gq" >/dev/null
	"$WELLHEAD" -C "$TWO/gq" import "$ROOT/tests/data/demo.jsonl" --branch GQ \
		>/dev/null 2>&1
	"$WELLHEAD" -C "$TWO/gq" sync >/dev/null
	"$WELLHEAD" -C "$TWO/hq" sync >/dev/null
	"$WELLHEAD" -C "$TWO/gq" sync >/dev/null
}

@test "git clone and git fsck --strict accept both repositories" {
	git clone -q --mirror "$TWO/hq/repo.git" "$BATS_TEST_TMPDIR/m"
	git -C "$BATS_TEST_TMPDIR/m" fsck --strict
	git -C "$TWO/hq/repo.git" fsck --strict
	git -C "$TWO/gq/repo.git" fsck --strict
}

@test "git verify-commit accepts every commit of every chain" {
	local n=0 c
	"$WELLHEAD" -C "$TWO/hq" allowed-signers >"$BATS_TEST_TMPDIR/signers"
	for c in $(git -C "$TWO/hq/repo.git" rev-list --all); do
		git -C "$TWO/hq/repo.git" -c gpg.format=ssh -c \
			gpg.ssh.allowedSignersFile="$BATS_TEST_TMPDIR/signers" \
			verify-commit "$c"
		n=$((n + 1))
	done
	[ "$n" -ge 3 ]
}

@test "git refuses a commit whose signer is not on the list" {
	local c
	c=$(git -C "$TWO/hq/repo.git" rev-list --branches='node/*' | head -1)
	"$WELLHEAD" -C "$TWO/hq" allowed-signers | grep -v '^GQ@' \
		>"$BATS_TEST_TMPDIR/signers"
	run git -C "$TWO/hq/repo.git" -c gpg.format=ssh \
		-c gpg.ssh.allowedSignersFile="$BATS_TEST_TMPDIR/signers" \
		verify-commit "$c"
	[ "$status" -ne 0 ]
}

@test "the trailers stand in the fixed order, as git reads them" {
	local c
	c=$(git -C "$TWO/hq/repo.git" rev-list --branches='node/GQ/*' | tail -1)
	run git -C "$TWO/hq/repo.git" log -1 \
		--format='%(trailers:only,keyonly)' "$c"
	[ "$(echo "$output" | paste -sd' ')" = "Wellhead-Format Wellhead-Org \
Wellhead-Chain Wellhead-Seq Wellhead-Prev Wellhead-Payload Wellhead-Root \
Wellhead-Dict Wellhead-Seen Wellhead-Key" ]
}

@test "sha256sum gives Payload, and Prev of the next commit" {
	local r=$TWO/hq/repo.git c prev="" want
	for c in $(git -C "$r" rev-list --reverse refs/heads/hq/GQ); do
		want=$(git -C "$r" log -1 --format='%(trailers:key=Wellhead-Payload,valueonly)' "$c" | cut -d' ' -f1)
		[ "$(git -C "$r" cat-file blob "$c:changeset" | sha256sum | cut -d' ' -f1)" = "$want" ]
		want=$(git -C "$r" log -1 --format='%(trailers:key=Wellhead-Prev,valueonly)' "$c" | head -1)
		[ "$want" = "${prev:-none}" ]
		prev=$(git -C "$r" cat-file commit "$c" | sha256sum | cut -d' ' -f1)
	done
	[ -n "$prev" ]
}

@test "every tree holds one regular file named changeset" {
	local r=$TWO/hq/repo.git c
	for c in $(git -C "$r" rev-list --all); do
		[ "$(git -C "$r" ls-tree "$c" | wc -l)" = 1 ]
		git -C "$r" ls-tree "$c" | grep -q '^100644 blob .*	changeset$'
	done
}

@test "no ref, message or author names a person" {
	local r=$TWO/hq/repo.git
	run bash -c "git -C '$r' log --all --format='%an %ae %cn %s'; git -C '$r' for-each-ref"
	[[ "$output" != *测试* ]]
	[[ "$output" == *"GQ <GQ@"* || "$output" == *"GQ@"* ]]
}

@test "the sqlite3 tool reads the store, one table a type" {
	run sqlite3 "$TWO/hq/store.db" \
		"SELECT kind, count(*) FROM care_visit GROUP BY kind"
	[ "$status" -eq 0 ]
	[[ "$output" == *"hospital|"* ]]
	[ "$(sqlite3 "$TWO/hq/store.db" 'PRAGMA integrity_check')" = ok ]
}

@test "a branch that mirrors HQ by stock git finds nothing foreign in its own" {
	run git -C "$TWO/gq/repo.git" for-each-ref --format='%(refname)'
	[[ "$output" != *node/NB* ]]
	[[ "$output" == *refs/heads/node/GQ/* ]]
	[[ "$output" == *hq/all* ]]
}

@test "over ssh: push, fetch and receipts through a real sshd" {
	sshd_start "$BATS_TEST_TMPDIR/ssh" || skip "no sshd here"
	"$WELLHEAD" -C "$TWO/hq" invite CY --name 采油厂 \
		-o "$BATS_TEST_TMPDIR/cy.json" \
		--remote "$(ssh_url "$TWO/hq/repo.git")" >/dev/null
	"$WELLHEAD" join "$BATS_TEST_TMPDIR/cy.json" "$BATS_TEST_TMPDIR/cy" \
		>/dev/null
	cd "$BATS_TEST_TMPDIR/cy"
	"$WELLHEAD" import "$ROOT/tests/data/demo.jsonl" --branch CY >/dev/null 2>&1
	"$WELLHEAD" sync >/dev/null
	"$WELLHEAD" -C "$TWO/hq" sync >/dev/null
	"$WELLHEAD" sync >/dev/null
	run "$WELLHEAD" status --json
	sshd_stop "$BATS_TEST_TMPDIR/ssh"
	[ "$(echo "$output" | jq .unreceipted)" = 0 ]
	run "$WELLHEAD" sync
	[ "$status" -eq 75 ]
}
