# Reports: every acceptance figure as a cell, at headquarters and at its
# branch; forms; cells opened to their records; what is refused.

load helper

# Headquarters with all of the demo, and each branch with its own part.
setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	WELLHEAD=${WELLHEAD:-$ROOT/build/wellhead}
	case $WELLHEAD in /*) ;; *) WELLHEAD=$ROOT/$WELLHEAD ;; esac
	"$WELLHEAD" init --org 演示集团 hq >/dev/null 2>&1
	for b in GQ NB CY TC XN; do
		"$WELLHEAD" -C hq invite $b --name $b --remote "$PWD/hq/repo.git" \
			-o $b.json 2>/dev/null
		"$WELLHEAD" join $b.json $b >/dev/null 2>&1
		"$WELLHEAD" -C $b import "$ROOT/tests/data/demo.jsonl" \
			--branch $b >/dev/null 2>&1
		"$WELLHEAD" -C $b sync >/dev/null 2>&1
	done
	"$WELLHEAD" -C hq sync >/dev/null 2>&1
	"$WELLHEAD" -C hq import "$ROOT/tests/data/demo.jsonl" --branch HQ \
		>/dev/null 2>&1
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return
}

# seed NUMBER: its branch, period and as-of day.
seed() {
	case $1 in
	000) echo GQ 2022 2022-11-17 ;;
	001) echo NB 2019 2019-12-31 ;;
	002) echo CY 2016 2016-12-31 ;;
	003) echo TC 2021 2021-06-28 ;;
	004) echo XN 2021 2021-08-30 ;;
	esac
}

# figures DIR REPORT SEED [ARGS...]: "id key value" of each numbered cell.
figures() {
	local dir=$1 report=$2 branch period day
	read -r branch period day <<<"$(seed "$3")"
	shift 3
	case $report in R09 | R13) period= ;; esac
	"$WELLHEAD" -C "$dir" report "$report" ${period:+--period $period} \
		--as-of "$day" --format json "$@" |
		jq -r '.sections[].rows[] | . as $r | .cells[] |
			select(.figure) | "\(.figure) \($r.key // "-") \(
			if .den then "\(.num)/\(.den)" else .value end)"'
}

# wanted SEED [KEY]: the acceptance file's, in the same form.
wanted() {
	jq -r --arg s "$1" --arg k "${2:--}" '.[] | select(.query and
		(.id | startswith($s))) | "\(.id) \($k) \(.demo)"' \
		"$ROOT/tests/data/acceptance.json"
}

# missing WANTED GOT: fails and names the lines of WANTED that GOT lacks.
missing() {
	local lost
	lost=$(grep -vxFf <(echo "$2") <<<"$1" || true)
	[ -n "$1" ] && [ -z "$lost" ] || differ "figures" "$lost" "$2"
}

@test "R17 at the branch has every acceptance figure of its seed" {
	for s in 000 001 002 003 004; do
		read -r branch _ <<<"$(seed $s)"
		missing "$(wanted $s)" "$(figures "$branch" R17 $s)"
	done
}

@test "R17 at headquarters: of one branch, and as its row among all" {
	for s in 000 001 002 003 004; do
		read -r branch _ <<<"$(seed $s)"
		missing "$(wanted $s)" "$(figures hq R17 $s --branch "$branch")"
		missing "$(wanted $s "$branch")" "$(figures hq R17 $s)"
	done
	missing "$(wanted HQ)" "$(figures hq R17 004)"
	[ "$(jq '[.[] | select(.query)] | length' \
		"$ROOT/tests/data/acceptance.json")" -eq 96 ]
}

@test "every acceptance figure stands in its own report too" {
	for s in 000 001 002 003 004; do
		read -r branch _ <<<"$(seed $s)"
		got=
		for r in $(jq -r '.[].report' "$ROOT/node/report/figures.json" |
			sort -u); do
			got+=$(figures "$branch" "$r" $s)$'\n'
		done
		missing "$(wanted $s)" "$got"
	done
	missing "$(wanted HQ)" "$(figures hq R12 004)"
}

@test "the rates: by month, by quarter, and as of an earlier day" {
	missing "$(cat <<-'EOF'
	RT-01 2021-03 - 108/108
	RT-02 2021-03 - 96/96
	RT-01 2021-04 - 96/96
	RT-02 2021-04 - 96/96
	RT-01 2021-05 - 96/96
	RT-02 2021-05 - 96/96
	RT-01 2021-06 - 96/96
	RT-02 2021-06 - 60/60
	RT-01 2021-07 - 60/60
	RT-02 2021-07 - 60/60
	RT-03 2021Q1 - 12/12
	RT-04 2021Q1 - 12/12
	RT-03 2021Q2 - 36/36
	RT-04 2021Q2 - 36/36
	RT-05 - 6/6
	RT-06 - 60/108
	EOF
	)" "$(figures XN R07 004)"
	missing "RT-07 - 4/4" "$(figures NB R14 001)"
	[ "$(figures hq R14 001 | grep -c '^RT-0[78] NB')" -eq 2 ]
	w -C XN report R07 --period 2021 --as-of 2021-06-30 --format json
	[ "$(jq -r '.sections[0].rows[].cells[] | select(.figure == "RT-06") |
		"\(.num)/\(.den)"' <<<"$out")" = 48/108 ]
}

@test "the care ledger prints as the domain's sample" {
	export LC_ALL=zh_CN.UTF-8 LANGUAGE=zh_CN
	w -C GQ report R03 --period 2022 --as-of 2022-11-17 --as 测试甲
	[ "$status" -eq 0 ]
	grep -q '^R03 ' <<<"$out"
	grep -qE '2022-01-01.*2022-11-17' <<<"$out"
	grep -qE '^1 +生病住院 +10 +9 +10,000.00 +0$' <<<"$out"
	grep -qE '^5 +合计 +43 +42 +12,400.00 +3$' <<<"$out"
	grep -q 测试甲 <<<"$out"
}

@test "completeness: branches, last changeset, and what is late" {
	w -C hq report R03 --period 2022 --format json
	# headquarters counts beside the five: it has units of its own
	[ "$(jq -c '[.complete.branches_in, .complete.branches]' <<<"$out")" = \
		"[6,6]" ]
	[ "$(jq '[.complete.chains[] | select(.node == "GQ")][0].seq' \
		<<<"$out")" -ge 1 ]
	WELLHEAD_NOW=1609459200000 w -C hq report R03 --period 2020 --json
	[ "$(jq -r .printed <<<"$out")" = 2021-01-01 ]
}

@test "a late entry counts in its own period and is told" {
	cp -r GQ late
	w -C late report R03 --period 2022Q1 --json
	[ "$(jq .complete.late_entries <<<"$out")" -eq 0 ]
	w -C late add care_visit kind=exam person=GQ.p.chair org=GQ.org \
		date=2022-03-08 batch=1 form=visit fund=none \
		entered_on=2022-06-01
	[ "$status" -eq 0 ] || differ "add" 0 "$err"
	w -C late report R03 --period 2022Q1 --json
	[ "$(jq .complete.late_entries <<<"$out")" -eq 1 ]
	w -C late report R03 --period 2022Q2 --json
	[ "$(jq .complete.late_entries <<<"$out")" -eq 0 ]
}

@test "a cell opens to its records, by place and by number" {
	w -C GQ report R03 --period 2022 --as-of 2022-11-17 --records 2B1 --json
	[ "$(wc -l <<<"$out")" -eq 10 ]
	w -C GQ report R17 --period 2022 --as-of 2022-11-17 \
		--records 000-09 --json
	[ "$(jq -r .kind <<<"$out" | sort | uniq -c | tr -s ' ')" = \
		" 10 hospital" ]
	like 1 "" "wellhead: report: report R03 has no figure at *(E_NOT_FOUND)*" \
		-C GQ report R03 --period 2022 --records 9Z9
	like 1 "" "*(E_NOT_FOUND)*" -C GQ report R03 --period 2022 --records 2A1
}

@test "every cell of every report equals its figure" {
	for r in $("$WELLHEAD" -C XN report --json | jq -r .id); do
		[ "$r" = R18 ] && continue
		w -C XN report "$r" --as-of 2021-06-30 --format json
		[ "$status" -eq 0 ] || differ "$r" 0 "$err"
	done
	w -C XN report R07 --period 2021 --as-of 2021-06-30 --format json
	n=0
	while IFS=$'\t' read -r query value; do
		got=$("$WELLHEAD" -C XN figure "$query")
		[ "$got" = "$value" ] || differ "$query" "$value" "$got"
		n=$((n + 1))
	done < <(jq -r '.sections[].rows[].cells[] | select(.query and .value)
		| [.query, .value] | @tsv' <<<"$out" | head -60)
	[ "$n" -gt 30 ]
}

@test "CSV: a mark, CRLF, and no cell that runs" {
	"$WELLHEAD" -C GQ report R05 --period 2022 --format csv >r05.csv
	[ "$(head -c 3 r05.csv | od -An -tx1 | tr -d ' ')" = efbbbf ]
	! grep -qv $'\r$' r05.csv || false
	! grep -qE '(^|,)"?[=+@]' r05.csv || false
}

@test "HTML fetches nothing; XLSX has numbers and a frozen head" {
	w -C GQ report R03 --period 2022 --format html -o r03.html
	[ "$status" -eq 0 ]
	grep -q 生病住院 <<<"$(LC_ALL=zh_CN.UTF-8 LANGUAGE=zh_CN "$WELLHEAD" \
		-C GQ report R03 --period 2022 --format html)"
	[ "$(grep -o '<td' r03.html | wc -l)" -eq \
		"$(grep -o '</td>' r03.html | wc -l)" ]
	! grep -qE '<script|http://[^w]' r03.html || false
	w -C GQ report R03 --period 2022 --format xlsx -o r03.xlsx
	[ "$status" -eq 0 ]
	python3 -c 'import zipfile
z = zipfile.ZipFile("r03.xlsx")
assert z.testzip() is None
sheet = z.read("xl/worksheets/sheet3.xml").decode()
assert "frozen" in sheet and "<cols>" in sheet and "<f>" not in sheet
assert "<v>10000</v>" in sheet, sheet'
}

@test "R18: chains verified, figures down to signed records" {
	w -C GQ report R18 --period 2022 --as-of 2022-11-17 --format json
	[ "$status" -eq 0 ]
	jq -e '.sections[-3].rows | length >= 3 and
		all(.[]; .cells[3].text == "合格")' <<<"$out"
	[ "$(jq -c '.sections[-2].rows[] | select(.cells[0].text == "000-09")
		| [.cells[2,3,4,5,6].value]' <<<"$out")" = "[10,10,10,0,0]" ]
	# records taken at random: headquarters does not have these yet
	jq -e '.sections[-1].rows | length == 20 and all(.[];
		.cells[7].text | endswith("is not on the roster"))' <<<"$out"
	r18() { "$WELLHEAD" -C GQ report R18 --period 2022 \
		--as-of 2022-11-17 --format json "$@" | jq -c '.sections[-1]'; }
	[ "$(r18 --sample 5 --seed 7)" = "$(r18 --sample 5 --seed 7)" ]
	[ "$(r18 --sample 5 --seed 7)" != "$(r18 --sample 5 --seed 8)" ]
	jq -e '.rows | length == 5' <<<"$(r18 --sample 5)"
}

@test "what cannot be reported is refused with its reason" {
	like 1 "" "wellhead: report: there is no report \"R99\" (E_NOT_FOUND)*" \
		-C GQ report R99
	like 1 "" "*(E_PERIOD)*" -C GQ report R03 --period 2022Q5
	like 1 "" "*(E_PERIOD)*" -C GQ report R12 --period 2022Q1
	like 1 "" "*(E_PERIOD)*" -C GQ report R09 --period 2022
	like 1 "" "*(E_PERIOD)*" -C GQ report R03 --period 2022 \
		--as-of 2021-01-01
	like 1 "" "*(E_DATE)*" -C GQ report R03 --as-of tomorrow
	like 1 "" "*(E_NOT_FOUND)*" -C hq report R03 --branch ZZ
	like 2 "" "wellhead: report: no such format: pdf*" \
		-C GQ report R03 --format pdf
	like 2 "" "wellhead: report: text goes to standard output*" \
		-C GQ report R03 -o x.txt
}
