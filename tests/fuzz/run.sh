#!/bin/bash
# Replay the corpora, then fuzz each decoder. Usage: run.sh BUILD RUNS
# SEED=n repeats a run; a crash leaves its input under BUILD/fuzz/.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=$1
runs=$2
seed=${SEED:-$RANDOM}
passed=0
failed=0
echo "seed $seed"
for f in "$build"/fuzz/fuzz_*; do
	[ -x "$f" ] && [ -f "$f" ] || continue
	name=$(basename "$f")
	new=$build/fuzz/found-$name
	corpus=tests/fuzz/corpus/$name
	mkdir -p "$new" "$corpus"
	if "$f" -seed="$seed" -runs="$runs" -max_len=65536 -rss_limit_mb=2048 \
	    -timeout=10 -verbosity=0 -print_final_stats=0 \
	    -artifact_prefix="$build/fuzz/" "$new" "$corpus" \
	    >"$build/fuzz/$name.log" 2>&1; then
		echo "$name: $runs executions, clean"
		passed=$((passed + 1))
	else
		echo "$name: FAILED (seed $seed)"
		tail -40 "$build/fuzz/$name.log"
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
