#!/usr/bin/env bats
# Records entered twice: found, warned of, decided.
load helper

NO=379999198802290011

# Headquarters with branches TC and NB, each with a person of one number.
setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
	cd "$BATS_FILE_TMPDIR/org" || return 1
	"$WELLHEAD" -C hq invite NB --name 宁波 --remote "$PWD/hq/repo.git" \
		-o NB.invitation 2>/dev/null
	"$WELLHEAD" join NB.invitation nb >/dev/null 2>&1
	for b in TC NB; do
		cat >$b.jsonl <<-EOF
		{"type":"commitment","id":"$b.c","branch":"$b","kind":"pi_consent","title":"同意书","signer":"$b.a","signer_role":"member","org":"$b.org","signed_on":"2022-01-01","purposes":[{"code":"care"}]}
		{"type":"person","id":"$b.p","branch":"$b","kind":"on_duty","org":"$b.org","name":"测试丙","birth":"1988-02-29","id_no":"$NO","consent":"$b.c"}
		{"type":"care_visit","id":"$b.v","branch":"$b","kind":"hospital","person":"$b.p","org":"$b.org","date":"2022-03-08","form":"visit","fund":"union"}
		EOF
	done
	sed 's/TC/NB/g; s/田陈/宁波/' base.jsonl >nb.jsonl
	"$WELLHEAD" -C nb import nb.jsonl >/dev/null 2>&1
	for b in TC NB; do
		"$WELLHEAD" -C "${b,,}" import $b.jsonl >imported 2>&1 || {
			cat imported; return 1; }
		"$WELLHEAD" -C "${b,,}" sync >/dev/null
	done
	"$WELLHEAD" -C hq sync >/dev/null
}

setup() {
	fresh
	sqlite3 nb/store.db "UPDATE remote SET url = '$PWD/hq/repo.git'"
}

id_of() {
	"$WELLHEAD" -C hq show "$1" --json | jq -r .id
}

people() {
	"$WELLHEAD" -C "$1" figure 'care_visit[kind=hospital]#distinct(person)'
}

@test "headquarters finds one person in two branches, without the number" {
	w -C hq duplicates
	[ "$status" -eq 0 ]
	[[ $out == *"id_no, name_birth"* && $out == *person_kind_date* ]]
	[[ $out != *$NO* ]]
	w -C hq duplicates person --json
	[ "$(jq -r '[.type,.a,.b,.branch_a,.branch_b]|join(" ")' <<<"$out")" = \
		"person $(id_of TC.p) $(id_of NB.p) TC NB" ]
	[ "$(jq -r '.keys|join(" ")' <<<"$out")" = "id_no name_birth" ]
	[[ $out != *$NO* && $out != *测试丙* ]]
	# The hash has a key: no plain one of the number
	token=$(jq -r .token <<<"$out")
	for text in "$NO" "$NO"$'\n'; do
		[[ $(printf %s "$text" | sha256sum) != "$token"* ]]
	done
	[ "$("$WELLHEAD" -C hq duplicates person --json)" = "$out" ]
	# Alone, no branch has any
	want 0 "" "" -C tc duplicates
	like 2 "" "wellhead: duplicates: *org_unit*hint: *" \
		-C hq duplicates org_unit
}

@test "same: distinct persons are one, and nothing is lost" {
	[ "$(people hq)" -eq 2 ]
	want 0 "" "" -C hq same TC.p NB.p --note 同一人 --as 李某
	[ "$(people hq)" -eq 1 ]
	w -C hq duplicates person
	[ -z "$out" ]
	like 0 "*id_no*same" "" -C hq duplicates person --all
	# Both branches hear of it, by an id, each from its own chain
	for n in hq tc nb tc nb; do
		"$WELLHEAD" -C $n sync >/dev/null
	done
	like 0 "*decided *is the same as $(id_of NB.p)" "" -C tc show TC.p
	like 0 "*decided *is the same as $(id_of TC.p)" "" -C nb show NB.p
	[ "$("$WELLHEAD" -C tc show TC.p --json |
		jq -r '.decisions[]|.verdict + .by + .note')" = same李某同一人 ]
	[ "$(people tc)" -eq 1 ]
	for n in hq tc nb; do
		"$WELLHEAD" -C $n verify --deep >/dev/null
	done
	# A later word replaces it, and a rebuild comes to the same
	"$WELLHEAD" -C hq apart TC.p NB.p
	[ "$(people hq)" -eq 2 ]
	"$WELLHEAD" -C hq rebuild >/dev/null
	[ "$(people hq)" -eq 2 ]
	"$WELLHEAD" -C hq same TC.p NB.p
	"$WELLHEAD" -C hq rebuild >/dev/null
	[ "$(people hq)" -eq 1 ]
}

@test "apart: the pair is not shown again" {
	want 0 "" "" -C hq apart TC.p NB.p
	w -C hq duplicates person
	[ -z "$out" ]
	like 0 "*id_no*apart" "" -C hq duplicates person --all
	[ "$(people hq)" -eq 2 ]
}

@test "only headquarters decides, and not against itself" {
	refused 1 E_ROLE -C tc same TC.p TC.a
	[ "$("$WELLHEAD" -C hq duplicates person --json | jq -s length)" -eq 1 ]
	like 1 "" "*(E_SELF)*" -C hq same TC.p TC.p
	like 1 "" "*(E_REF)*" -C hq same TC.p TC.v
	like 1 "" "*(E_NOT_FOUND)*" -C hq same TC.p nobody
	"$WELLHEAD" -C hq apart TC.p NB.p
	"$WELLHEAD" -C hq same TC.p TC.a
	before=$(snapshot hq)
	like 1 "" "*held apart*(E_CONFLICT)*hint: *" -C hq same NB.p TC.a
	[ "$(snapshot hq)" = "$before" ]
	"$WELLHEAD" -C hq same TC.p NB.p
	"$WELLHEAD" -C hq same NB.p TC.a
	like 1 "" "*held apart*(E_CONFLICT)*" -C hq apart TC.p TC.a
}

@test "a branch is warned before it enters what it has" {
	like 0 "?????????????" \
		"wellhead: warning: name: ????????????? is much like this one*(W_DUP)" \
		-C tc add person name='测试 丙' birth=1988-02-29 kind=retired \
		org=TC.org
	like 0 "*name_birth*" "" -C tc duplicates
	w -C tc add person name=测试丙 birth=1988-02-28 kind=retired org=TC.org
	[ "$status" -eq 0 ]
	[ -z "$err" ]
	"$WELLHEAD" -C tc add innovation kind=result title='瓦斯抽采(一期)' \
		org=TC.org lead=TC.a >/dev/null
	w -C tc add innovation kind=result title='瓦斯 抽采(一期)' org=TC.org \
		lead=TC.a --json
	[ "$(jq -r '.warnings[].code' <<<"$out")" = W_DUP ]
	# A skill is shown by several
	for i in 1 2; do
		w -C tc add innovation kind=skill title=一刀准 org=TC.org \
			lead=TC.a
		[ "$status" -eq 0 ] && [ -z "$err" ] || differ skill "" "$err"
	done
	w -C tc duplicates innovation --json
	[ "$(jq -s length <<<"$out")" -eq 1 ]
	# In a file, too: the second of two lines is named
	cat >two.jsonl <<-'EOF'
	{"type":"person","id":"TC.x","branch":"TC","kind":"on_duty","org":"TC.org","name":"测试丁","birth":"1990-01-01"}
	{"type":"person","id":"TC.y","branch":"TC","kind":"on_duty","org":"TC.org","name":"测试丁","birth":"1990-01-01"}
	EOF
	like 0 "*" "wellhead: warning: line 2: name: *(W_DUP)" \
		-C tc import two.jsonl
}

@test "households, invoices and titles across branches" {
	for b in TC NB; do
		n=${b,,}
		"$WELLHEAD" -C $n add hardship_case person=$b.p org=$b.org \
			category=dibao cause=illness household=3 found_by=self \
			applied_on=2022-01-05 ext=$b.h >/dev/null
		"$WELLHEAD" -C $n add expense category=rights_warm purpose=慰问 \
			org=$b.org amount=300元 date=2022-03-08 handler=$b.a \
			fund=union invoice="Ab-$([ $b = TC ] && echo 0012 ||
			echo ' 00 12')" >/dev/null
		"$WELLHEAD" -C $n add innovation kind=result title="瓦斯$(
			[ $b = TC ] || echo '·')抽采" org=$b.org lead=$b.a \
			>/dev/null
		"$WELLHEAD" -C $n sync >/dev/null
	done
	"$WELLHEAD" -C hq sync >/dev/null
	[ "$("$WELLHEAD" -C hq duplicates --json |
		jq -r '.type + ":" + (.keys|join(","))')" = \
		"person:id_no,name_birth
innovation:title
hardship_case:household
care_visit:person_kind_date
expense:invoice" ]
}

@test "where headquarters has operators, who decides has the role" {
	export WELLHEAD_OPERATOR_PASSPHRASE=
	"$WELLHEAD" -C hq operator add 李某 --role hq >/dev/null 2>&1
	"$WELLHEAD" -C hq operator add 审计 --role auditor >/dev/null 2>&1
	like 1 "" "*(E_ROLE)*" -C hq same TC.p NB.p
	like 1 "" "*(E_ROLE)*" -C hq same TC.p NB.p --as 审计
	want 0 "" "" -C hq same TC.p NB.p --as 李某
	[ "$("$WELLHEAD" -C hq show TC.p --json |
		jq -r '.decisions[0].by')" = 李某 ]
}
