#!/usr/bin/env bats
# Auditors: what was tampered with is refused by check, by verify and by the
# independent script; what docs/audit.md says works. SCALE=10000 for the long
# run: so many proofs, and a tenth as many repositories.
load helper

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
	add() { "$WELLHEAD" -C tc operator add "$@" >/dev/null 2>&1; }
	add 录入 --role clerk && add 分会 --role sub_chair --person TC.b &&
	add 财务 --role clerk --role specialist && add 主席 --role chair
	"$WELLHEAD" -C tc add expense category=activity_edu purpose=照明用品 \
		org=TC.org amount=300元 date=2022-03-01 handler=TC.a fund=union \
		payee=甲 witness=TC.b --as 录入 >id
	step() { "$WELLHEAD" -C tc "do" "$(cat id)" "$1" --as "$2" >/dev/null; }
	round() {
		exchange && "$WELLHEAD" -C hq checkpoint >/dev/null &&
		"$WELLHEAD" -C tc sync >/dev/null
	}
	step l1 分会 && round && "$WELLHEAD" -C tc prove "$(cat id)" -o older
	step l2 财务 && "$WELLHEAD" -C tc seal >/dev/null && step l3 主席 &&
	"$WELLHEAD" -C tc edit TC.a name=测试丁 --as 录入 >/dev/null && round
	# a new key after that, and more signed with it
	"$WELLHEAD" -C tc rotate >/dev/null && round
	"$WELLHEAD" -C tc edit TC.b name=测试戊 --as 录入 >/dev/null && round
	"$WELLHEAD" -C tc prove "$(cat id)" -o newer
	"$WELLHEAD" -C tc prove "$(cat id)" -o hidden --redact payee
	"$WELLHEAD" -C hq prove TC.a -o person
	"$WELLHEAD" -C hq prove TC.b -o rotated
	organisation "$BATS_FILE_TMPDIR/other" && round
	"$WELLHEAD" -C tc prove TC.a -o foreign
}

setup() { fresh; }

good() {
	echo older newer hidden person rotated "$BATS_FILE_TMPDIR/other/foreign"
}

@test "tampered proofs are refused by check and by the script" {
	# shellcheck disable=SC2046
	python3 "$ROOT/tests/audit/tamper.py" "$WELLHEAD" proofs \
		"${SCALE:-250}" $(good)
}

@test "tampered repositories are refused by verify and by the script" {
	root=$("$WELLHEAD" -C hq fingerprint --json | jq -r .key)
	python3 "$ROOT/tests/audit/tamper.py" "$WELLHEAD" repository \
		$((${SCALE:-200} / 10)) hq "${root#* }" \
		"$BATS_FILE_TMPDIR/other/hq/repo.git"
}

@test "a revoked key's changesets are refused by verify and by the script" {
	root=$("$WELLHEAD" -C hq fingerprint --json | jq -r .key)
	seq=$("$WELLHEAD" -C tc log node/TC --json | jq -s 'map(.seq) | max')
	cp -a tc thief && moved thief
	"$WELLHEAD" -C hq revoke TC --after "$seq" --reason 丢失 >/dev/null
	"$WELLHEAD" -C hq sync >/dev/null
	"$WELLHEAD" -C hq verify >/dev/null
	python3 "$ROOT/docs/audit/check.py" --repo hq/repo.git "${root#* }"
	"$WELLHEAD" -C thief edit TC.a name=测试己 --as 录入 >/dev/null
	"$WELLHEAD" -C thief seal >/dev/null
	git -C hq/repo.git -c protocol.file.allow=always fetch -q \
		"$PWD/thief/repo.git" "+refs/heads/node/*:refs/heads/node/*"
	# what stands before it is good, and it does not count
	like 0 "*node/TC * $seq *the rest does not count: *revoked*" "" \
		-C hq verify
	python3 "$ROOT/docs/audit/check.py" --repo hq/repo.git "${root#* }" \
		>out
	grep -q "^node/TC/.*: after $seq: its key was ended" out
	grep -q "^node/TC/.*: $seq changesets" out
}

@test "docs/audit.md: every command of it works" {
	root=$("$WELLHEAD" -C hq fingerprint --json | jq -r .key)
	"$WELLHEAD" -C hq allowed-signers >allowed_signers
	"$WELLHEAD" -C tc edit TC.a name=测试辛 --as 录入 >/dev/null
	exchange
	mkdir docs && cp -r "$ROOT/docs/audit" docs/
	{
		echo "set -eu -o pipefail"
		echo "REPO=$PWD/hq/repo.git ROOT_KEY=${root#* } PROOF=newer"
		# pairs of lines that must print the same are compared below
		sed -n '/^```sh$/,/^```$/p' "$ROOT/docs/audit.md" |
			sed 's/^```sh$/echo "# block"/;/^```$/d'
	} >page.sh
	[ "$(grep -c '# block' page.sh)" = 8 ] || { cat page.sh; return 1; }
	bash page.sh >page.out 2>page.err || { cat page.out page.err; return 1; }
	block() { awk -v n="$1" '/^# block/ { k++; next } k == n' page.out; }
	# the organisation, the payload, the predecessor: both lines alike
	for n in 3 6 7; do
		[ "$(block $n | grep -cE '^[0-9a-f]{32,64}$')" = 2 ] &&
		[ "$(block $n | grep -E '^[0-9a-f]{32,64}$' | sort -u | wc -l)" = 1 ] || {
			echo "block $n:"; block $n; return 1
		}
	done
	grep -q 'Good "git" signature' page.err
	block 5 | grep -q 'Good "git" signature'
	# and it fails closed: another root key, a changed byte
	if ROOT_KEY=$(ssh-keygen -q -t ed25519 -N '' -f k && cut -d' ' -f2 k.pub) \
		bash -c "$(sed 's/ROOT_KEY=[^ ]* //' page.sh)" >/dev/null 2>&1
	then
		echo "another root key was accepted"
		return 1
	fi
	sed -i 's/^Wellhead-Seq: ./Wellhead-Seq: 9/' commit.text
	if ssh-keygen -Y verify -f allowed_signers -I "$(sed -n \
		's/^author .*<\(.*\)>.*/\1/p' commit)" -n git -s commit.sig <commit.text
	then
		echo "a changed commit verified"
		return 1
	fi
}

@test "R18: the records behind figures, taken at random, each with its evidence" {
	round() {
		exchange && "$WELLHEAD" -C hq checkpoint >/dev/null &&
		"$WELLHEAD" -C tc sync >/dev/null
	}
	round
	w -C hq report R18 --period 2022Q1 --branch TC --format json --sample 6 --seed 3
	[ "$status" = 0 ] || { echo "$err"; return 1; }
	jq -e '.sections[-1].rows | length == 2 and all(.[];
		.cells[7].text == "合格" and .cells[6].text == "是" and
		.cells[5].value > 0)' <<<"$out" || {
		jq -c '.sections[-1].rows[].cells | map(.text // .value)' <<<"$out"
		return 1
	}
	w -C hq report R18 --period 2022Q1 --branch TC --sample 0 --format json
	jq -e '.sections[-1].rows[0].cells | length == 7' <<<"$out"
}
