#!/usr/bin/env bats
# What is due, by rule, role and day; what status says of it.
load helper

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
}

setup() {
	fresh
	# 2026-11-21T00:00Z
	export WELLHEAD_NOW=1795219200000
}

hazard() {
	"$WELLHEAD" -C tc add issue kind=hazard level="${2:-general}" \
		org=TC.org found_on=2026-11-01 due_on="$1" owner=TC.a \
		description=松动 measures=加固 plan=预案 fund=0
}

# rows ARGS...: of the hazards, "DAY OVERDUE URGENT"
rows() {
	"$WELLHEAD" -C tc due --json "$@" | jq -r 'select(.rule == "issue_due") |
		"\(.due) \(.overdue) \(.urgent)"'
}

@test "due tells what is late, due today and due soon, the urgent first" {
	hazard 2026-11-20
	hazard 2026-11-21
	hazard 2026-11-28
	hazard 2026-11-29
	hazard 2026-11-20 major
	[ "$(rows)" = "2026-11-20 1 true
2026-11-20 1 false
2026-11-21 0 false
2026-11-28 -7 false" ] || differ rows "" "$(rows)"
	[ "$(rows --days 0 | wc -l)" -eq 3 ]
	[ "$(rows --days 8 | wc -l)" -eq 5 ]
	[ "$(rows --as-of 2026/11/22 --days 0 | wc -l)" -eq 3 ]
	[ "$(rows --as-of 2026-11-22 --days 0 | head -1)" = "2026-11-20 2 true" ]
	[ -z "$(rows --role chair)" ]
	[ "$(rows --role sub_chair | wc -l)" -eq 4 ]
	[ -z "$(rows --branch XN)" ]
	like 0 "DUE*2026-11-20  since yesterday*rectify what was found*sub_chair*TC*2026-11-21  today *2026-11-28  in 7 days*" "" \
		-C tc due
	LC_ALL=zh_CN.UTF-8 like 0 "期限*2026-11-20*昨日到期*完成整改*" "" -C tc due
}

@test "status says how many are overdue" {
	n=$("$WELLHEAD" -C tc due --json | jq -s 'map(select(.overdue > 0)) |
		length')
	[ "$("$WELLHEAD" -C tc status --json | jq -c '[.overdue, .overdue_on]')" = \
		"[$n,\"2026-11-21\"]" ]
	hazard 2026-11-20
	hazard 2026-11-21
	like 0 "*overdue matters *$((n + 1))"$'\nnewest*' "*" -C tc status
}

@test "a matter done is no longer due" {
	id=$(hazard 2026-11-20)
	[ "$(rows)" = "2026-11-20 1 false" ]
	"$WELLHEAD" -C tc void "$id" --reason 重复录入
	[ -z "$(rows)" ]
}

@test "what comes back is one line: the oldest missed, and how many" {
	"$WELLHEAD" -C tc due --json |
		jq -es 'map(select(.rule == "meeting_month")) | length == 1 and
			(.[0] | .type == "org_unit" and .missing == 12 and
			.period == "2025-11" and .due == "2025-11-30" and
			.role == ["chair"])'
	"$WELLHEAD" -C tc due | grep -q "2025-11 and 11 more"
}

@test "headquarters hears of it too, branch by branch" {
	hazard 2026-11-20
	exchange
	[ "$("$WELLHEAD" -C hq due --branch TC --json | jq -r .rule |
		grep -c issue_due)" = 1 ]
	[ -z "$("$WELLHEAD" -C hq due --branch XN)" ]
}

@test "late entries are told by the period they belong to" {
	talk() {
		"$WELLHEAD" -C tc add talk kind=research org=TC.org \
			talker=TC.a date="$1" entered_on="$2"
	}
	talk 2022-03-28 2022-04-10
	late=$(talk 2022-03-28 2022-04-20)
	talk 2022-04-01 2022-04-20
	[ "$("$WELLHEAD" -C tc due --late 2022年1季度 --json |
		jq -r '[.id, .type, .date, .entered_on] | join(" ")')" = \
		"$late talk 2022-03-28 2022-04-20" ]
	[ "$("$WELLHEAD" -C tc due --late 2022-03 --json | wc -l)" -eq 2 ]
	[ -z "$("$WELLHEAD" -C tc due --late 2022)" ]
	[ -z "$("$WELLHEAD" -C tc due --late 2022Q1 --branch XN)" ]
	like 0 "BRANCH*TC *talk *2022-03-28  2022-04-20*" "" \
		-C tc due --late 2022Q1
	# it counts where it belongs, and reports say how many there are
	[ "$("$WELLHEAD" -C tc report R06 --period 2022Q1 --json |
		jq .complete.late_entries)" = 1 ]
	like 0 "*Late entries: 1*" "" -C tc report R06 --period 2022Q1
	[ "$("$WELLHEAD" -C tc figure 'talk[period=2022Q1]#count')" = 2 ]
	like 1 "" "wellhead: due: “soon” is no month, quarter or year (E_PERIOD)" \
		-C tc due --late soon
}

@test "due refuses what it does not understand" {
	like 2 "" "wellhead: due: no role is called “boss”*hint: *" \
		-C tc due --role boss
	like 1 "" "wellhead: due: “2026-02-30” is not a date (E_DATE)" \
		-C tc due --as-of 2026-02-30
	like 2 "" "wellhead: due: *" -C tc due --days many
	like 2 "" "wellhead: *" -C tc due extra
}

@test "a year of unknown holidays is named" {
	"$WELLHEAD" -C tc add request kind=dispute channel=visit \
		applicant=TC.a respondent=某公司 content=加班费 \
		received_on=2018-05-04 outcome=pending
	w -C tc due --as-of 2018-05-05
	[ "$status" -eq 0 ]
	[[ $out == *2018-05-09* ]]
	[[ $err == *"holidays of 2018 are not known"*hint:*calendar* ]]
}

@test "docs/deadlines.md has every rule as the program has it" {
	"$WELLHEAD" -C tc due --rules --json |
		jq -r '[.rule, .type, .n, (.role | join(", "))] | join(" | ")' \
		>"$BATS_TEST_TMPDIR/program"
	sed -n '/^| month_report/,/^$/p' "$ROOT/docs/deadlines.md" |
		awk -F ' [|] |^[|] ' 'NF > 5 { print $2 " | " $3 " | " $4 " | " $6 }' \
		>"$BATS_TEST_TMPDIR/page"
	[ -s "$BATS_TEST_TMPDIR/page" ]
	diff "$BATS_TEST_TMPDIR/program" "$BATS_TEST_TMPDIR/page"
	like 0 "month_report *practical_item *0 *clerk|sub_chair *report*" "" \
		-C tc due --rules
}
