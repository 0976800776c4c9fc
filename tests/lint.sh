#!/bin/sh
# Hold the map: who may include whom, and where SQL, git, libsodium and
# printing stand; then clang-tidy and cppcheck. Usage: lint.sh FILE.c...
# Prints what is wrong as file:line: sentence; exit status 1 if anything is.
set -u
cd "$(dirname "$0")/.."
bad=0
# refuse FOLDERS PATTERN SENTENCE: the pattern must not stand in the folders
refuse() {
	hits=$(eval "grep -nE -r --include='*.[ch]' -- '$2' $1" || true)
	[ -z "$hits" ] && return
	echo "$hits" | sed "s|\$|   <- $3|"
	bad=1
}

# a statement that begins with ! never fails a bats test by itself, nor does
# all but the last of several joined by &&
hits=$(grep -nE '^	+(! |\[.*\] && \[)' tests/cli/*.bats |
	grep -vE '\|\||\\$|&&$' || true)
if [ -n "$hits" ]; then
	echo "$hits" | sed 's|$|   <- cannot fail: add \|\| false|'
	bad=1
fi

headers() {	# the headers of a folder as an alternation
	ls "$1"/*.h 2>/dev/null | sed 's|.*/||; s|\.h$||' | paste -sd'|'
}

node=$(headers node)
crypto=$(headers crypto)
sync=$(headers sync)
inc='^#include "'
refuse node/base "$inc($node|$crypto|$sync|command)\.h\"" \
	'base is the ground: it includes nothing above it'
refuse node "$inc($crypto|$sync|command|out)\.h\"" \
	'node knows neither crypto nor sync nor cli'
refuse crypto "$inc($node|$sync|command|out)\.h\"" \
	'crypto knows only node/base'
refuse sync "$inc(command|out|store_db|sql)\.h\"" \
	'sync knows neither cli nor the inside of the store'
refuse cli "$inc(store_db|sql)\.h\"" 'cli does not see inside the store'

refuse 'crypto sync cli' 'sqlite3' 'SQL stands only in node/'
refuse 'crypto sync cli' \
	'"(SELECT|INSERT|UPDATE|DELETE|CREATE|PRAGMA) ' 'SQL stands only in node/'
refuse 'node crypto cli' 'git2|git_[a-z]+_[a-z]+\(' \
	'libgit2 is called only in sync/'
refuse 'node sync cli' 'sodium|crypto_(sign|hash|generichash|pwhash|aead)' \
	'libsodium is called only in crypto/'
refuse 'node crypto sync' '(^|[^a-z_])(printf|puts|putchar|perror|fprintf)\(' \
	'printing stands only in cli/'
refuse 'node crypto sync' '(^|[^a-z_])(exit|abort)\(' \
	'a library does not end the program'

for f in node/base/*.[ch] node/*.[ch] crypto/*.[ch] sync/*.[ch] cli/*.[ch] \
    tests/unit/*.[ch] tests/bench/*.[ch]; do
	[ -f "$f" ] || continue
	n=$(wc -l <"$f")
	[ "$n" -le 600 ] || { echo "$f:$n: past 600 lines"; bad=1; }
	awk -v f="$f" '
	/^[a-z].*\)$|^[a-z].*\) *$|^    .*\)$/ { name = NR }
	/^\{$/ { start = NR }
	/^\}/ { if (start && NR - start > 61) {
		print f ":" start ": function of " NR - start - 1 " lines"
		rc = 1 }
		start = 0 }
	END { exit rc }' "$f" || bad=1
done

grep -rnE '\b(TODO|FIXME|XXX)\b' --include='*.[ch]' node crypto sync cli && bad=1

flags="-std=c11 -D_GNU_SOURCE -DVERSION=\"0\" -DPREFIX=\"/usr\" -Inode \
-Icrypto -Isync -include xlsxwriter.h -include node/base/banned.h"
if [ "${LINT_FAST:-}" = "" ]; then
	cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr \
	    --enable=warning,portability,performance \
	    --suppress=missingIncludeSystem --suppress=unknownMacro \
	    -Inode -Icrypto -Isync -j "$(nproc)" node crypto sync cli || bad=1
	# shellcheck disable=SC2086
	printf '%s\n' "$@" | xargs -P "$(nproc)" -n 4 sh -c '
		clang-tidy --quiet "$@" -- '"$(printf '%s' "$flags" |
		sed 's/"/\\"/g')"' 2>/dev/null' tidy || bad=1
fi
[ $bad = 0 ] && echo "lint: clean"
exit $bad
