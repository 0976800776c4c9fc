#!/bin/bash
# Run the bench and print the machine beside it. Usage: run.sh BUILD [SUITE]
# SUITE: wire, store, chain, length, status; all of them without it.
set -eu -o pipefail
cd "$(dirname "$0")/../.."
build=$1
date -u +'%F %R UTC'
uname -srm
printf '%s, %s processors, load %s\n' \
	"$(grep -m1 'model name' /proc/cpuinfo | sed 's/.*: //')" \
	"$(nproc)" "$(cut -d' ' -f1 /proc/loadavg)"
printf 'sqlite %s, %s\n\n' "$(sqlite3 --version | cut -d' ' -f1)" \
	"$(git --version)"
"$build/bench" ${2:+"$2"}
printf '\nload at the end %s\n' "$(cut -d' ' -f1 /proc/loadavg)"
