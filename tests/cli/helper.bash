# Shared by the command tests: where the program is, how a call is compared,
# and an organisation of headquarters and one branch to work in.

ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
WELLHEAD=${WELLHEAD:-$ROOT/build/wellhead}
case $WELLHEAD in /*) ;; *) WELLHEAD=$ROOT/$WELLHEAD ;; esac
export LC_ALL=C.UTF-8
unset LANGUAGE WELLHEAD_DIR WELLHEAD_PASSPHRASE

# w ARGS...: run the program; $status, $out and $err are what it gave.
w() {
	status=0
	"$WELLHEAD" "$@" >"$BATS_TEST_TMPDIR/.out" \
		2>"$BATS_TEST_TMPDIR/.err" </dev/null || status=$?
	out=$(cat "$BATS_TEST_TMPDIR/.out")
	err=$(cat "$BATS_TEST_TMPDIR/.err")
}

differ() {
	printf '%s\n--- wanted\n%s\n--- got\n%s\n---\n' "$1" "$2" "$3"
	return 1
}

# want STATUS STDOUT STDERR ARGS...: all three, exactly.
want() {
	local s=$1 o=$2 e=$3
	shift 3
	w "$@"
	[ "$status" -eq "$s" ] || differ "status of $*" "$s" "$status: $err" ||
		return
	[ "$out" = "$o" ] || differ "standard output of $*" "$o" "$out" ||
		return
	[ "$err" = "$e" ] || differ "standard error of $*" "$e" "$err"
}

# like STATUS STDOUT STDERR ARGS...: the same, as shell patterns in which
# round brackets are themselves.
like() {
	local s=$1 o=$2 e=$3
	shift 3
	o=${o//\(/[(]} e=${e//\(/[(]}
	w "$@"
	[ "$status" -eq "$s" ] || differ "status of $*" "$s" "$status: $err" ||
		return
	# shellcheck disable=SC2053
	[[ $out == $o ]] || differ "standard output of $*" "$o" "$out" || return
	# shellcheck disable=SC2053
	[[ $err == $e ]] || differ "standard error of $*" "$e" "$err"
}

# refused STATUS CODE ARGS...: refused with that code, nothing on standard
# output, and the store of ./tc left as it was.
refused() {
	local s=$1 code=$2 before
	shift 2
	before=$(snapshot tc)
	like "$s" "" "wellhead: *($code)*" "$@"
	[ "$(snapshot tc)" = "$before" ] || {
		echo "the store changed though it was refused: $*"
		return 1
	}
}

# Every row of a node's store.
snapshot() {
	sqlite3 "$1/store.db" .dump | sha256sum
}

# organisation DIR: headquarters in hq/, branch TC in tc/, enrolled, with one
# unit and two persons whose external keys are TC.org, TC.a and TC.b.
organisation() {
	mkdir -p "$1" && cd "$1" || return 1
	"$WELLHEAD" init --org 演示集团 hq >/dev/null 2>&1 &&
	"$WELLHEAD" -C hq invite TC --name 田陈煤矿 --remote "$1/hq/repo.git" \
		-o TC.invitation 2>/dev/null &&
	"$WELLHEAD" join TC.invitation tc >/dev/null 2>&1 &&
	cat >base.jsonl <<-'EOF' &&
	{"type":"org_unit","id":"TC.org","branch":"TC","code":"TC","name":"田陈煤矿工会","kind":"branch","parent":"HQ.org","established_on":"2001-03-01"}
	{"type":"person","id":"TC.a","branch":"TC","kind":"on_duty","org":"TC.org","name":"测试甲"}
	{"type":"person","id":"TC.b","branch":"TC","kind":"retired","org":"TC.org","name":"测试乙"}
	EOF
	"$WELLHEAD" -C tc import base.jsonl >/dev/null 2>&1 &&
	exchange
}

# One round: the branch sends, headquarters takes in, the branch hears of it.
exchange() {
	"$WELLHEAD" -C tc sync >/dev/null &&
	"$WELLHEAD" -C hq sync >/dev/null &&
	"$WELLHEAD" -C tc sync >/dev/null
}

# moved DIR...: these copies of nodes' folders stand for what they were copied
# from: their markers say so. A copy begins a new epoch otherwise.
moved() {
	local d text
	for d in "$@"; do
		[ -f "$d/marker" ] || continue
		text=$(sed "s/^inode .*/inode $(stat -c %i "$d/marker")/" \
			"$d/marker") && printf '%s\n' "$text" >"$d/marker" ||
			return
	done
}

# A copy of the file's organisation for one test; it is the current folder.
fresh() {
	cp -a "$BATS_FILE_TMPDIR/org/." "$BATS_TEST_TMPDIR/"
	cd "$BATS_TEST_TMPDIR" || return 1
	moved hq tc || return
	sqlite3 tc/store.db "UPDATE remote SET url = '$PWD/hq/repo.git'"
}

# request DIR TEXT: a record that needs no other one; its id.
request() {
	"$WELLHEAD" -C "$1" add request kind=demand channel=online \
		content="$2" received_on=2022-03-08 outcome=pending
}

# requests DIR: their texts, in order.
requests() {
	sqlite3 "$1/store.db" \
		"SELECT group_concat(content, ' ') FROM
		(SELECT content FROM request ORDER BY content)"
}

# rounds DIR...: they and headquarters sync, three times.
rounds() {
	local i n
	for i in 1 2 3; do
		for n in "$@" hq; do
			"$WELLHEAD" -C "$n" sync >/dev/null || return
		done
	done
}
