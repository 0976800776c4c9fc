#!/usr/bin/env bats
# why: one record's way, at both ends.
load helper

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
}

setup() {
	fresh
}

@test "entered, sealed, carried, receipted, covered" {
	id=$("$WELLHEAD" -C tc add activity title=a date=2026-11-01 \
		kind=sport org=TC.org --as 王五)
	like 0 "record activity*entered *王五*sealed *not yet*" "" \
		-C tc why "$id"
	"$WELLHEAD" -C tc seal >/dev/null
	like 0 "*sealed *node/TC changeset *carried *not yet*no receipt yet*no checkpoint*" \
		"" -C tc why "$id"
	exchange
	like 0 "*carried *to hq*arrived *result *applied*by checkpoint *" "" \
		-C tc why "$id"
	like 0 "*at headquarters*result *applied*by checkpoint *" "" \
		-C hq why "$id"
	"$WELLHEAD" -C tc why "$id" --json | jq -e '.type == "activity" and
		(.steps | length) == 1 and .steps[0].by == "王五" and
		.steps[0].receipt.result == "applied" and
		.steps[0].sealed.chain == "node/TC" and
		.steps[0].checkpoint > 0 and .steps[0].waits == false'
}

@test "edits and steps have ways of their own" {
	"$WELLHEAD" -C tc edit TC.a remark=x
	exchange
	"$WELLHEAD" -C tc edit TC.a remark=y
	"$WELLHEAD" -C tc why TC.a --json | jq -e '(.steps | length) == 3 and
		.steps[1].what == "edit" and .steps[1].name == "remark" and
		.steps[1].receipt.result == "applied" and
		.steps[2].sealed == null and .steps[2].waits'
	like 1 "" "*(E_NOT_FOUND)*" -C tc why nothing
}

@test "a chain that is refused from its beginning gets a receipt" {
	"$WELLHEAD" -C hq invite TD --name d --remote "$PWD/hq/repo.git" \
		-o TD.inv 2>/dev/null
	"$WELLHEAD" join TD.inv td >/dev/null 2>&1
	# headquarters has forgotten its token: another invitation was meant
	sqlite3 hq/store.db "UPDATE invitation SET token = zeroblob(32)
		WHERE code = 'TD'"
	"$WELLHEAD" -C td sync >/dev/null 2>&1 || true
	"$WELLHEAD" -C hq sync >/dev/null 2>&1
	"$WELLHEAD" -C hq status --json |
		jq -e '.receipts | map(select(.chain == "node/TD" and
		.result == "refused" and .code == "E_INVITATION")) |
		length == 1'
	# once, however often it is tried
	"$WELLHEAD" -C hq sync >/dev/null 2>&1
	"$WELLHEAD" -C hq status --json | jq -e '.receipts | length == 1'
}
