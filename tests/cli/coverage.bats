#!/usr/bin/env bats
# docs/coverage.md, executed: each of the 94 mechanisms has its row, each
# command of a row succeeds and prints what the row says.

load helper

PAGE=$BATS_TEST_DIRNAME/../../docs/coverage.md

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	WELLHEAD=${WELLHEAD:-$ROOT/build/wellhead}
	case $WELLHEAD in /*) ;; *) WELLHEAD=$ROOT/$WELLHEAD ;; esac
	"$WELLHEAD" init --org 演示集团 HQ >/dev/null 2>&1
	for b in GQ NB CY TC XN; do
		"$WELLHEAD" -C HQ invite $b --name $b -o $b.json \
			--remote "$PWD/HQ/repo.git" 2>/dev/null
		"$WELLHEAD" join $b.json $b >/dev/null 2>&1
		"$WELLHEAD" -C $b import "$ROOT/tests/data/demo.jsonl" \
			--branch $b >/dev/null 2>&1
		"$WELLHEAD" -C $b sync >/dev/null 2>&1
	done
	"$WELLHEAD" -C HQ import "$ROOT/tests/data/demo.jsonl" --branch HQ \
		>/dev/null 2>&1
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return
	PATH=$(dirname "$WELLHEAD"):$PATH
}

# The table's rows: number, commands, what they print, parted by tabs.
rows() {
	awk -F ' *[|] *' '/^\| [0-4]-[0-9]+ \|/ {
		print $2 "\t" $7 "\t" $8 }' "$PAGE"
}

# The pieces of a cell that stand in back quotes, one a line.
quoted() {
	sed 's/<br>/\n/g' <<<"$1" | sed -n 's/^`\(.*\)`$/\1/p'
}

# says COMMAND OUTPUT TEXT: a figure is the text; a report has it in a line,
# a number at its end being whole; another command has it anywhere.
says() {
	case $1,$3 in
	figure*) [ "$2" = "$3" ] ;;
	report*[0-9%]) sed 's/.*/ & /' <<<"$2" | grep -qF -e " $3 " ;;
	*) grep -qF -e "$3" <<<"$2" ;;
	esac
}

@test "each of the 94 mechanisms has its row, each sequence its user" {
	local wanted
	wanted=$(for s in 0:25 1:22 2:21 3:14 4:12; do
		for ((i = 1; i <= ${s#*:}; i++)); do
			echo "${s%:*}-$i"
		done
	done)
	[ "$(wc -l <<<"$wanted")" -eq 94 ]
	diff <(echo "$wanted") <(rows | cut -f1)
	diff <(sed -n 's/^### //p' "$PAGE") \
		<(sed -n 's/^| .*<br>after \[\(.*\)\](.*/\1/p' "$PAGE")
}

@test "the sequences run at their branches, and headquarters takes them in" {
	local n
	for n in $(sed -n 's/^### //p' "$PAGE"); do
		awk -v at="### $n" '/^###/ { mine = $0 == at }
			/^```$/ { on = 0 } on; mine && /^```sh$/ { on = 1 }' \
			"$PAGE" >sequence
		[ -s sequence ]
		run bash -e -o pipefail sequence
		[ "$status" -eq 0 ] || differ "sequence $n" 0 "$output"
	done
	for b in GQ NB CY TC XN; do
		wellhead -C $b sync
	done
	wellhead -C HQ sync
}

@test "every row's commands print what the row says" {
	local n commands texts i wrong=0
	local -a command text
	local -A seen
	export WELLHEAD_DIR=HQ
	while IFS=$'\t' read -r n commands texts; do
		mapfile -t command < <(quoted "$commands")
		mapfile -t text < <(quoted "$texts")
		[ "${#command[@]}" -gt 0 ] &&
			[ "${#command[@]}" -eq "${#text[@]}" ] ||
			differ "$n" "as many texts as commands" "$texts"
		for i in "${!command[@]}"; do
			if [ -z "${seen[${command[i]}]}" ]; then
				eval "wellhead ${command[i]}" >out 2>err ||
					differ "$n: ${command[i]}" 0 "$(<err)"
				seen[${command[i]}]=$(tr -s ' ' <out)
			fi
			says "${command[i]}" "${seen[${command[i]}]}" \
				"${text[i]}" && continue
			echo "$n: wellhead ${command[i]} lacks: ${text[i]}"
			wrong=1
		done
	done < <(rows)
	[ "${#seen[@]}" -gt 60 ]
	[ "$wrong" -eq 0 ]
}
