#!/bin/bash
# Run the tests of a build folder and print the totals.
# Usage: run.sh BUILD [unit|cli|valgrind]
# unit: the cmocka programs; cli: the bats files (commands, interop, crashes);
# valgrind: the command tests with the command under valgrind. Default: unit, cli.
set -u
cd "$(dirname "$0")/.." || exit 1
build=$1
what=${2:-all}
passed=0
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

run_unit() {
	local t p f rc
	for t in "$build"/tests/test_*; do
		[ -x "$t" ] && [ ! -d "$t" ] && [ "${t%.d}" = "$t" ] || continue
		"$t" >"$log" 2>&1
		rc=$?
		p=$(grep -c '^\[       OK \]' "$log")
		f=$(grep '^\[  FAILED  \] [a-z_0-9]*$' "$log" | sort -u | wc -l)
		# A program that died, or failed without a failed test, counts
		if [ $rc -ne 0 ] && [ "$f" -eq 0 ]; then f=1; fi
		printf '%-40s %4d passed %4d failed\n' "$t" "$p" "$f"
		if [ "$f" -ne 0 ]; then cat "$log"; fi
		passed=$((passed + p))
		failed=$((failed + f))
	done
}

run_bats() {
	local t p f rc
	for t in "$@"; do
		[ -f "$t" ] || continue
		bats --tap "$t" >"$log" 2>&1
		rc=$?
		p=$(grep -c '^ok ' "$log")
		f=$(grep -c '^not ok ' "$log")
		if [ $rc -ne 0 ] && [ "$f" -eq 0 ]; then f=1; fi
		printf '%-40s %4d passed %4d failed\n' "$t" "$p" "$f"
		if [ "$f" -ne 0 ]; then cat "$log"; fi
		passed=$((passed + p))
		failed=$((failed + f))
	done
}

export WELLHEAD="$PWD/$build/wellhead"
# What is freed waits in the quarantine, and the transport's child may take
# little memory on top of what its parent has.
asan=detect_leaks=1:abort_on_error=1:quarantine_size_mb=16
export ASAN_OPTIONS=${ASAN_OPTIONS:-$asan}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}
files="tests/cli/*.bats tests/interop/*.bats tests/crash/*.bats"
case $what in
unit) run_unit ;;
cli) run_bats $files ;;
valgrind)
	export WELLHEAD="$PWD/tests/valgrind.sh"
	export WELLHEAD_PROGRAM="$PWD/$build/wellhead"
	run_bats tests/cli/*.bats ;;
*) run_unit; run_bats $files ;;
esac
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
