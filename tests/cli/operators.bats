#!/usr/bin/env bats
# Operators: who may do what, signed, and nobody their own paper.
load helper

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
	add() { "$WELLHEAD" -C tc operator add "$@" >/dev/null 2>&1; }
	add 录入 --role clerk && add 分会 --role sub_chair --person TC.b &&
	add 财务 --role clerk --role specialist && add 主席 --role chair
}

setup() {
	fresh
	unset WELLHEAD_OPERATOR_PASSPHRASE WELLHEAD_OPERATOR_NEW_PASSPHRASE
}

request=(add request kind=demand channel=online content=照明
	received_on=2022-03-01 outcome=pending)

# expense NAME [FIELD=VALUE...]: entered by NAME; prints the id.
expense() {
	local by=$1
	shift
	"$WELLHEAD" -C tc add expense category=activity_edu purpose=笔 \
		org=TC.org amount=300元 date=2022-03-01 handler=TC.a fund=union \
		payee=甲 witness=TC.b --as "$by" "$@"
}

@test "operators are listed, with roles, and ride to headquarters" {
	like 0 "NAME *
主席 *TC *2 *chair *
分会 *sub_chair *
录入 *clerk *
财务 *clerk, specialist *" "" -C tc operator list
	w -C tc operator list --json
	jq -se 'length == 4 and (map(select(.name == "财务"))[0] |
		.roles == ["clerk","specialist"] and .branch == "TC" and
		(.key | startswith("ssh-ed25519 ")) and has("to") == false)' \
		<<<"$out"
	exchange
	[ "$("$WELLHEAD" -C hq operator list --json)" = "$out" ]
	[ "$(stat -c %a tc/keys/operator-*.key | sort -u)" = 600 ]
	# Nothing of a person in the chain's messages
	! git -C hq/repo.git log --all --format=%B | grep -q 主席 || false
}

@test "operator add wants a name, a role, a person and dates that are good" {
	like 2 "" "*needs a role*" -C tc operator add 甲
	like 1 "" "*no role “boss”*(E_NOT_FOUND)*" -C tc operator add 甲 --role boss
	like 1 "" "*(E_NOT_FOUND)*" -C tc operator add 甲 --role system
	like 1 "" "*headquarters' to give*(E_ROLE)*" \
		-C tc operator add 甲 --role hq
	like 1 "" "*already*(E_EXISTS)*" -C tc operator add 主席 --role clerk
	like 1 "" "*not a person*(E_REF)*" \
		-C tc operator add 甲 --role clerk --person TC.org
	like 1 "" "*(E_NOT_FOUND)*" \
		-C tc operator add 甲 --role clerk --person nobody
	like 1 "" "*--from*(E_DATE)*" \
		-C tc operator add 甲 --role clerk --from 2022-02-30
	like 1 "" "*(E_ORDER)*" -C tc operator add 甲 --role clerk \
		--from 2022-03-02 --to 2022-03-01
	for name in "" " x" "x " "$(printf 'x%.0s' {1..49})" $'a\tb'; do
		like 2 "" "*an operator's name is*" \
			-C tc operator add "$name" --role clerk
	done
	like 2 "" "*not understood: operator ad*" -C tc operator ad x
	[ "$(ls tc/keys/operator-*.key | wc -l)" = 4 ]
	like 0 "" "hint: *passphrase*" -C hq operator add 专员 --role hq
}

@test "a node that has operators takes changes from them alone" {
	refused 1 E_ROLE -C tc add person kind=on_duty org=TC.org name=测试丙
	refused 1 E_ROLE -C tc add person kind=on_duty org=TC.org name=测试丙 --as 谁
	refused 1 E_ROLE -C tc edit TC.a name=测试丁
	refused 1 E_ROLE -C tc void TC.a --reason 误
	echo '{"type":"person","id":"TC.c","branch":"TC","kind":"on_duty","org":"TC.org","name":"测试丙"}' >c.jsonl
	refused 1 E_ROLE -C tc import c.jsonl
	like 0 "*records added *1*" "" -C tc import c.jsonl --as 录入
	[ "$("$WELLHEAD" -C tc show TC.c --json | jq -r .by)" = 录入 ]
	like 0 "*测试甲*" "" -C tc show TC.a
	# Headquarters has none yet: free text, as ever
	like 0 "?????????????" "" -C hq "${request[@]}" --as 随便
}

@test "who enters a record comes from the catalogue, by kind" {
	id=$("$WELLHEAD" -C tc "${request[@]}" --as 录入)
	supervise=(add followup kind=supervise "parent=$id" period=2022-03
		date=2022-03-08 content=快办 due_on=2022-03-20)
	refused 1 E_ROLE -C tc "${supervise[@]}" --as 录入
	[[ $err == *"chair, hq"* ]]
	like 0 "?????????????" "" -C tc "${supervise[@]}" --as 主席
	refused 1 E_ROLE -C tc add followup kind=report "parent=$id" \
		period=2022-03 date=2022-03-08 content=在办 --as 主席
	cat >f.jsonl <<-EOF
	{"type":"followup","id":"TC.f","branch":"TC","kind":"supervise","parent":"$id","period":"2022-03","date":"2022-03-08","content":"快办","due_on":"2022-03-20"}
	EOF
	refused 1 E_ROLE -C tc import f.jsonl --as 录入
}

@test "three levels are three people, each signing, none the handler" {
	id=$(expense 录入)
	refused 1 E_ROLE -C tc "do" "$id" l1 --as 主席
	refused 1 E_ROLE -C tc "do" "$id" l1 --role sub_chair --as 录入
	like 0 "" "" -C tc "do" "$id" l1 --as 分会
	refused 1 E_SOD -C tc "do" "$id" l2 --as 录入
	like 0 "" "" -C tc "do" "$id" l2 --as 财务 --note 同意
	like 0 "" "" -C tc "do" "$id" l3 --as 主席
	exchange
	w -C hq show "$id" --history --json
	jq -e '.state == "l3" and ([.history[] | select(.signed).by] ==
		["分会","财务","主席"])' <<<"$out"
	like 0 "*store *good" "" -C hq verify --deep
	like 0 "*store *good" "" -C tc verify --deep
	like 0 "*signed, replaced*signed" "" -C hq show "$id" --history
	"$WELLHEAD" -C hq rebuild >/dev/null
	like 0 "*store *good" "" -C hq verify --deep
}

@test "types tells who enters a record and who may not approve it" {
	like 0 "*ENTERED BY *IF kind IS*chair|hq *supervise*" "" types followup
	like 0 "*l1 *l2 *clerk *by|handler|l1 *" "" types expense
	w types followup --json
	jq -e '.create[1] == {"role":"chair|hq","kind":"supervise"}' <<<"$out"
	w types expense --json
	jq -e '.transitions[1].unlike == "by|handler|l1"' <<<"$out"
}

@test "a store from before operators is brought up to date" {
	like 0 "" "" -C tc operator remove 主席
	"$WELLHEAD" -C tc sync >/dev/null
	"$WELLHEAD" -C hq sync >/dev/null
	# What versions after the first have brought
	for table in operator link same_as attachment access checkpoint tip \
		tip_chain state tree seen hq_epoch split signer signer_limit \
		share chain_key erased record_key sealed_value mail_key \
		mail_want; do
		sqlite3 hq/store.db "DROP TABLE IF EXISTS $table"
	done
	sqlite3 hq/store.db "
		DROP INDEX IF EXISTS receipt_open;
		DROP INDEX IF EXISTS receipt_clock;
		ALTER TABLE transition DROP COLUMN signature;
		ALTER TABLE transition DROP COLUMN operator;
		ALTER TABLE invitation DROP COLUMN kind;
		ALTER TABLE receipt DROP COLUMN stamp;
		ALTER TABLE remote DROP COLUMN hours;
		ALTER TABLE remote DROP COLUMN slice;
		PRAGMA user_version = 1"
	like 0 "*not sealed *" "" -C hq status
	"$WELLHEAD" -C hq rebuild >/dev/null
	like 0 "*chains stopped *0" "" -C hq sync
	like 0 "*主席 *removed*" "" -C hq operator list
	like 0 "*store *good" "" -C hq verify --deep
}

@test "verify finds what is no longer what was signed" {
	id=$(expense 录入)
	like 0 "" "" -C tc "do" "$id" l1 --as 分会
	like 0 "*steps * 1 *good" "" -C tc verify
	for change in "expense SET amount = 1" "expense SET payee = '乙'" \
		"transition SET note = '同意'" "transition SET \"on\" = '2022-03-01'" \
		"transition SET operator = '财务'" "transition SET role = 'chair'" \
		"transition SET signature = zeroblob(96)" \
		"operator SET key = zeroblob(32)" "operator SET roles = '[]'"; do
		cp tc/store.db kept
		sqlite3 tc/store.db "UPDATE $change"
		w -C tc verify
		[ "$status" -eq 1 ] && [[ $err == *"a signed step of expense"* ]] ||
			differ "$change" "refused" "$status $out $err"
		rm -f tc/store.db-wal tc/store.db-shm
		mv kept tc/store.db
	done
	like 0 "*steps * 1 *good" "" -C tc verify
}

@test "one person under two names is still one; the handler does not approve" {
	"$WELLHEAD" -C tc operator add 经办 --role sub_chair --person TC.a \
		2>/dev/null
	"$WELLHEAD" -C tc operator add 分会2 --role clerk --person TC.b \
		2>/dev/null
	id=$(expense 录入)
	refused 1 E_SOD -C tc "do" "$id" l1 --as 经办
	like 0 "" "" -C tc "do" "$id" l1 --as 分会
	refused 1 E_SOD -C tc "do" "$id" l2 --as 分会2
	like 0 "" "" -C tc "do" "$id" l2 --as 财务
}

@test "without operators names alone tell who approves twice, or handles it" {
	sqlite3 tc/store.db "DELETE FROM operator; DELETE FROM outbox"
	id=$(expense 甲)
	refused 1 E_SOD -C tc "do" "$id" l1 --as TC.a
	refused 1 E_SOD -C tc "do" "$id" l1 --as 测试甲
	like 0 "" "" -C tc "do" "$id" l1 --as 乙
	refused 1 E_SOD -C tc "do" "$id" l2 --as 乙
	like 0 "" "" -C tc "do" "$id" l2
	cat >e.jsonl <<-'EOF'
	{"type":"expense","id":"TC.e","branch":"TC","category":"activity_edu","purpose":"笔","org":"TC.org","amount":300,"date":"2022-03-01","handler":"TC.a","fund":"union","payee":"甲","witness":"TC.b","history":[{"from":"draft","to":"l1","role":"sub_chair","by":"x","on":"2022-03-01"},{"from":"l1","to":"l2","role":"clerk","by":"x","on":"2022-03-01"}]}
	EOF
	refused 1 E_SOD -C tc import e.jsonl
	sed -i 's/"clerk","by":"x"/"clerk","by":"TC.a"/' e.jsonl
	refused 1 E_SOD -C tc import e.jsonl
	sed -i 's/"clerk","by":"TC.a"/"clerk","by":"y"/' e.jsonl
	like 0 "*records added *1*" "*" -C tc import e.jsonl
	like 0 "*imported*" "" -C tc show TC.e --history
}

@test "a role has its days; who is taken off acts no more" {
	"$WELLHEAD" -C tc operator add 去年 --role clerk --from 2021-01-01 \
		--to 2021-12-31 2>/dev/null
	"$WELLHEAD" -C tc operator add 明年 --role clerk --from 2199-01-01 \
		2>/dev/null
	person=(add person kind=on_duty org=TC.org name=测试丙)
	refused 1 E_ROLE -C tc "${person[@]}" --as 去年
	refused 1 E_ROLE -C tc "${person[@]}" --as 明年
	id=$(expense 录入)
	like 0 "" "" -C tc operator remove 录入
	refused 1 E_ROLE -C tc "${person[@]}" --as 录入
	refused 1 E_ROLE -C tc operator remove 录入
	like 0 "" "" -C tc "do" "$id" l1 --as 分会
	like 0 "" "" -C tc operator remove 分会
	exchange
	like 0 "*store *good" "" -C hq verify --deep
	# The name is free again, with a new key
	like 0 "" "*" -C tc operator add 录入 --role clerk
	like 0 "?????????????" "" -C tc "${person[@]}" --as 录入
}

@test "a passphrase seals the key, and can be changed" {
	export WELLHEAD_OPERATOR_PASSPHRASE=一二三
	like 0 "" "" -C tc operator add 密 --role clerk
	person=(-C tc add person kind=on_duty org=TC.org --as 密)
	like 0 "?????????????" "" "${person[@]}" name=测试丙
	[ "$(grep -l argon2id tc/keys/operator-*.key | wc -l)" = 1 ]
	WELLHEAD_OPERATOR_PASSPHRASE=错 \
		like 1 "" "*passphrase is wrong*(E_KEY)*" "${person[@]}" name=测试丁
	unset WELLHEAD_OPERATOR_PASSPHRASE
	like 1 "" "*(E_KEY)*WELLHEAD_OPERATOR_PASSPHRASE*" "${person[@]}" name=测试丁
	WELLHEAD_OPERATOR_NEW_PASSPHRASE=x \
		like 1 "" "*(E_KEY)*" -C tc operator passwd 密
	export WELLHEAD_OPERATOR_PASSPHRASE=一二三
	like 2 "" "*no new passphrase*" -C tc operator passwd 密
	WELLHEAD_OPERATOR_NEW_PASSPHRASE=四五六 \
		like 0 "" "" -C tc operator passwd 密
	like 1 "" "*(E_KEY)*" "${person[@]}" name=测试丁
	WELLHEAD_OPERATOR_PASSPHRASE=四五六 \
		like 0 "?????????????" "" "${person[@]}" name=测试丁
	rm tc/keys/operator-*.key
	like 1 "" "*not in this folder*(E_KEY)*" "${person[@]}" name=测试戊
}

@test "headquarters' operators sign what they do to a branch's record" {
	"$WELLHEAD" -C hq operator add 专员 --role hq 2>/dev/null
	"$WELLHEAD" -C hq operator add 经审 --role auditor 2>/dev/null
	id=$("$WELLHEAD" -C tc "${request[@]}" --as 录入)
	id=$("$WELLHEAD" -C tc add followup kind=report "parent=$id" \
		period=2022-03 date=2022-03-08 content=在办 --as 录入)
	exchange
	like 1 "" "*(E_ROLE)*" -C hq "do" "$id" seen
	like 1 "" "*(E_ROLE)*" -C hq "do" "$id" seen --as 经审
	like 0 "" "" -C hq "do" "$id" seen --as 专员
	"$WELLHEAD" -C hq sync >/dev/null && "$WELLHEAD" -C tc sync >/dev/null
	w -C tc show "$id" --history --json
	jq -e '.state == "seen" and .history[-1].by == "专员" and
		.history[-1].signed' <<<"$out"
	like 0 "*store *good" "" -C tc verify --deep
	like 0 "*store *good" "" -C hq verify --deep
}
