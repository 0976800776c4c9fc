#!/bin/bash
# Run the bench and print the machine beside it. Usage: run.sh BUILD [SUITE]
set -eu
cd "$(dirname "$0")/../.."
build=$1
uname -srm
grep -m1 'model name' /proc/cpuinfo | sed 's/.*: //'
printf 'sqlite %s, %s\n' "$(sqlite3 --version | cut -d' ' -f1)" \
	"$(git --version)"
"$build/bench" ${2:+"$2"} | tee "$build/bench.txt"
scratch=$(sed -n 's/^scratch: //p' "$build/bench.txt")

# `status` on a store of more than 100,000 records, as a process, beside the
# sqlite3 tool on the same file; 21 runs each, alternating; medians.
if [ -z "${2:-}" ] || [ "${2:-}" = status ]; then
	big=$scratch/status
	mkdir -p "$big"
	"$build/wellhead" init --org bench "$big/hq" >/dev/null
	"$build/wellhead" -C "$big/hq" invite XN --name XN -o "$big/xn.json" \
		>/dev/null
	"$build/wellhead" join "$big/xn.json" "$big/xn" >/dev/null
	grep '"branch": "XN"' tests/data/demo.jsonl >"$big/one.jsonl"
	for i in $(seq 1 63); do
		sed "s/\"XN\\./\"XN.$i./g" "$big/one.jsonl"
	done >"$big/all.jsonl"
	"$build/wellhead" -C "$big/xn" import "$big/all.jsonl" >/dev/null 2>&1
	for i in $(seq 1 21); do
		for what in ours raw; do
			at=$(date +%s%N)
			if [ $what = ours ]; then
				"$build/wellhead" -C "$big/xn" status
			else
				sqlite3 "$big/xn/store.db" 'select 1'
			fi >/dev/null
			echo "$what $(($(date +%s%N) - at))"
		done
	done | sort -k1,1 -k2,2n | awk '{ v[$1, ++n[$1]] = $2 }
	END { o = v["ours", 11] / 1e6; r = v["raw", 11] / 1e6
	printf "%-26s %11.1f %-12s %-30s %11.1f  ratio %6.3f  %s\n",
	"status, 100,044 records", o, "ms", "sqlite3 select 1", r, o / r,
	"(< 5)" }'
fi
rm -rf "$scratch"
