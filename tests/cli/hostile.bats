#!/usr/bin/env bats
# Packs that swell, streams without end: refused, and 256 MB are never taken.

load helper

HOSTILE=$ROOT/tests/proxy/hostile.py
LIMIT=$((256 * 1024))

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
}

setup() {
	fresh
}

# measured COMMAND...: $status as it ended, $peak the most memory, in KB
measured() {
	local last
	python3 "$HOSTILE" measure "$@" >.measure 2>.measure.err
	last=$(tail -1 .measure)
	status=${last% *}
	peak=${last#* }
	echo "$*: status $status, peak $peak KB, $(tail -3 .measure.err)"
	# a sanitizer's own memory is not ours
	case ${ASAN_OPTIONS:-}${BUILD:-} in
	*asan*) ;;
	*) [ "$peak" -lt "$LIMIT" ] ;;
	esac
}

fetched() {
	local before
	sqlite3 tc/store.db "UPDATE remote SET url = 'ssh://hq/x.git', slice = 0"
	before=$(snapshot tc)
	WELLHEAD_SSH="python3 $HOSTILE fetch $1" \
		measured "$WELLHEAD" -C tc sync --deadline 60
	grep -q "($2)" .measure.err
	sqlite3 tc/store.db "UPDATE remote SET slice = 0"
	[ "$(snapshot tc)" = "$before" ]
	[ -z "$(find tc/repo.git/objects -name 'tmp*')" ]
}

@test "ten million refs in the greeting" { fetched refs E_TOO_BIG; }

@test "a side band that talks without end" { fetched talk E_FORMAT; }

@test "15 KB that become a gigabyte by deltas" {
	[ "$(python3 "$HOSTILE" push delta /nowhere x 2>&1 | wc -c)" -lt 15000 ]
	fetched delta "E_[A-Z_]*"
}

@test "an object of a gigabyte" { fetched blob "E_[A-Z_]*"; }

@test "a tree of a million entries" { fetched tree "E_[A-Z_]*"; }

@test "two thousand million objects promised" { fetched count "E_[A-Z_]*"; }

# The same sent to headquarters, as its ssh access runs git.
pushed() {
	local refs
	refs=$(git -C hq/repo.git for-each-ref)
	GIT_ALLOC_LIMIT=48m measured python3 "$HOSTILE" push "$1" \
		"$PWD/hq/repo.git" refs/heads/node/TC/00000001
	[ "$(git -C hq/repo.git for-each-ref)" = "$refs" ]
	[ -z "$(find hq/repo.git/objects -name 'tmp*')" ]
	measured "$WELLHEAD" -C hq sync
	[ "$status" -eq 0 ]
}

@test "a gigabyte by deltas, pushed to headquarters" { pushed delta; }

@test "an object of a gigabyte, pushed to headquarters" { pushed blob; }

@test "a tree of a million entries, pushed to headquarters" { pushed tree; }

@test "two thousand million objects, pushed to headquarters" { pushed count; }
