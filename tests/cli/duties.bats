#!/usr/bin/env bats
# What operators signed, as a proof tells it: the content, and that nobody
# approved their own paper. Checked by check and by the script in docs/audit.
load helper

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
	add() { "$WELLHEAD" -C tc operator add "$@" >/dev/null 2>&1; }
	add 录入 --role clerk && add 分会 --role sub_chair --person TC.b &&
	add 财务 --role clerk --role specialist && add 主席 --role chair
	"$WELLHEAD" -C tc add expense category=activity_edu purpose=照明用品 \
		org=TC.org amount=300元 date=2022-03-01 handler=TC.a fund=union \
		payee=甲 witness=TC.b --as 录入 >id
	"$WELLHEAD" -C tc seal >/dev/null
}

setup() {
	fresh
	ID=$(cat id)
}

step() {
	"$WELLHEAD" -C tc "do" "$ID" "$1" --as "$2" >/dev/null &&
	"$WELLHEAD" -C tc seal >/dev/null
}

# altered PROOF [COLUMN]: the script reads it, and a value is gone after all
# else was found right; only the hash that the operator signed can tell.
altered() {
	python3 - "$ROOT/docs/audit" "$@" <<'EOF'
import sys
sys.path.insert(0, sys.argv[1])
import check, check_proof
class Altered(check_proof.Proof):
    def step(self, r):
        assert self.content(r) is not None, 'it is not compared'
        if sys.argv[3:]: self.of(self.kind)[0]['h'].pop(sys.argv[3])
        super().step(r)
check_proof.Proof = Altered
check.main(sys.argv[2])
EOF
}

@test "the content that was signed is compared: also of fields that came later" {
	step l1 分会
	"$WELLHEAD" -C tc edit "$ID" invoice=12345678 payee=乙 --as 录入 >/dev/null
	"$WELLHEAD" -C tc edit "$ID" purpose=照明 --as 录入 >/dev/null
	step l2 财务
	want 0 "" "" -C tc prove "$ID" -o p
	like 0 "*照明*" "" check p
	altered p
	run altered p amount
	[ "$status" = 1 ]
	[[ $output == *"signed another content"* ]]
}

@test "a proof shows whom the record and its steps name, and check judges them" {
	step l1 分会 && step l2 财务 && step l3 主席
	want 0 "" "" -C tc prove "$ID" -o p
	# 录入, who entered it, beside the three who signed
	[ "$(grep -c '^row operator ' p)" = 4 ]
	[ "$(stat -c %s p)" -lt 16384 ]
	like 0 "*照明用品*" "" check p
	python3 "$ROOT/docs/audit/check.py" p
	# nobody signed anything: nobody is shown
	want 0 "" "" -C tc prove TC.a -o q
	[ "$(grep -c '^row operator ' q)" = 0 ]
	like 0 "*" "" check q
	python3 "$ROOT/docs/audit/check.py" q
}
