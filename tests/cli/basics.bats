#!/usr/bin/env bats
# Help, options, languages; and that table, manual and translations agree.
load helper

@test "version, in both forms" {
	want 0 "wellhead $(sed -n 's/^VERSION := //p' "$ROOT/Makefile")" "" version
	want 0 "$out" "" --version
	like 0 '{"version":"*"}' "" version --json
}

@test "help lists every command of the table, and explains each" {
	w help
	[ "$status" -eq 0 ]
	[ -z "$err" ]
	list=$out
	for name in $("$WELLHEAD" help --json | jq -r .name); do
		[[ $list == *"  $name "* ]]
		like 0 "usage: wellhead $name*Options of every command:*" "" \
			"$name" --help
		explained=$out
		want 0 "$explained" "" help "$name"
	done
	want 0 "$list" "" --help
}

@test "nothing, or something unknown, is a usage error with a hint" {
	like 2 "" "usage: *which command?" --
	want 2 "" "wellhead: no such command: tyeps
hint: did you mean “types”?" tyeps
	want 2 "" "wellhead: no such command: frobnicate
hint: “wellhead help” lists the commands" frobnicate
	want 2 "" "wellhead: help: no such command: serch
hint: did you mean “search”?" help serch
}

@test "options are checked before anything is opened" {
	want 2 "" "wellhead: types: no such option: --jsn
hint: did you mean --json?" types --jsn
	want 2 "" "wellhead: list: --limit wants a value: N" list person --limit
	want 2 "" "wellhead: types: --json=yes takes no value" types --json=yes
	want 2 "" "wellhead: list: option limit is given twice" \
		list person --limit 1 --limit 2
	want 2 "" "wellhead: types: one argument too many: b
hint: usage: wellhead types [TYPE]" types a b
	want 2 "" "wellhead: do: an argument is missing
hint: usage: wellhead do ID STATE [--role ROLE] [--on DATE] [--note TEXT]" do x
	like 2 "" "*no such option: -limit*" list person -limit 2
	like 2 "" "*no such option: --o*" invite X --o file
}

@test "options stand anywhere, with = too, and -- ends them" {
	w types person --json
	person=$out
	want 0 "$person" "" --json types person
	want 1 "" "wellhead: types: no such record type: --json (E_NOT_FOUND)
hint: “wellhead types” lists them" types -- --json
}

@test "with --json a refusal stands on standard output too" {
	want 1 '{"errors":[{"code":"E_NOT_FOUND","text":"no such record type: zzz"}],"hint":"“wellhead types” lists them"}' \
		"wellhead: types: no such record type: zzz (E_NOT_FOUND)
hint: “wellhead types” lists them" types zzz --json
	like 2 '{"errors":\[{"code":"E_USAGE",*}\]*}' "*" types --nope --json
}

@test "a folder that is no node is refused by every command that needs one" {
	cd "$BATS_TEST_TMPDIR"
	for args in "status" "list person" "add person name=x" "sync" "seal" \
		"verify" "log" "roster" "conflicts" "rebuild" "show 0A" \
		"search x" "export person" "allowed-signers" "remote list" \
		"sql SELECT" "figure x#count" "edit 0A a=b" "do 0A x"; do
		# shellcheck disable=SC2086
		like 1 "" "wellhead: *(E_NO_NODE)*hint: *" -C nowhere $args
		[ ! -e nowhere ]
	done
	WELLHEAD_DIR=nowhere like 1 "" "*nowhere*(E_NO_NODE)*" status
}

@test "types: the catalogue" {
	w types
	[ "$status" -eq 0 ]
	[ "$(wc -l <<<"$out")" -eq 28 ]
	w types person
	[ "$status" -eq 0 ]
	[[ $out == "person  人员  Person"*FIELD*MUST*employee_no*STATE*active* ]]
	[ "$("$WELLHEAD" types person --json | jq -r '.fields[0].key')" = name ]
	[ "$("$WELLHEAD" types --json | jq -rs 'length')" -eq 28 ]
	want 1 "" "wellhead: types: no such record type: persn (E_NOT_FOUND)
hint: did you mean “person”?" types persn
	w types 人员
	[[ $out == person* ]]
}

@test "the language follows LC_ALL, LC_MESSAGES, LANG, in this order" {
	zh="wellhead: 没有这条命令:tyeps
提示:是不是想写“types”?"
	en="wellhead: no such command: tyeps
hint: did you mean “types”?"
	LC_ALL=zh_CN.UTF-8 want 2 "" "$zh" tyeps
	LC_ALL=zh_TW want 2 "" "$zh" tyeps
	LC_ALL= LC_MESSAGES=zh_CN.UTF-8 LANG=en_US.UTF-8 want 2 "" "$zh" tyeps
	LC_ALL= LC_MESSAGES= LANG=zh_CN.UTF-8 want 2 "" "$zh" tyeps
	LC_ALL=en_US.UTF-8 LANG=zh_CN.UTF-8 want 2 "" "$en" tyeps
	LC_ALL=C LANGUAGE=zh_CN want 2 "" "$en" tyeps
	LC_ALL=C.UTF-8 LANGUAGE=zh_CN want 2 "" "$en" tyeps
	LC_ALL=zh_CN.UTF-8 like 0 "用法:*查看一条记录*" "" help
}

@test "an output that cannot be written is not taken for done" {
	[ -c /dev/full ] || skip
	status=0
	"$WELLHEAD" types >/dev/full 2>"$BATS_TEST_TMPDIR/err" || status=$?
	[ "$status" -eq 1 ]
	[[ $(cat "$BATS_TEST_TMPDIR/err") == *"writing the output"*E_IO* ]]
	# A reader that has seen enough is no failure
	set -o pipefail
	"$WELLHEAD" types person --json | head -c 10 >/dev/null
}

@test "the manual has every command and option, and no other" {
	"$WELLHEAD" help --json | jq -r .name | sort >"$BATS_TEST_TMPDIR/table"
	sed -n 's/^\.It Cm \([a-z-]*\).*/\1/p' "$ROOT/docs/wellhead.1" |
		sort -u >"$BATS_TEST_TMPDIR/manual"
	diff "$BATS_TEST_TMPDIR/table" "$BATS_TEST_TMPDIR/manual"
	"$WELLHEAD" help --json | jq -r '.name as $n | .options[] |
		$n + " " + (if length > 1 then "-" + . else . end)' |
	while read -r name o; do
		# The entry runs from its .It to the text, perhaps in two lines
		sed -n "/^\.It Cm $name/,/[^\\\\]\$/p" "$ROOT/docs/wellhead.1" |
			grep -q -- "Fl $o\>" ||
			differ "docs/wellhead.1" "$name: Fl $o" "nothing"
	done
	if command -v groff >/dev/null; then
		warnings=$(groff -mdoc -Tutf8 -Kutf8 -ww "$ROOT/docs/wellhead.1" \
			2>&1 >/dev/null)
		[ -z "$warnings" ] || differ "groff" "" "$warnings"
	fi
}

@test "every sentence has its Chinese" {
	cd "$ROOT"
	xgettext --keyword=_ --keyword=N_ --from-code=UTF-8 --no-location \
		-o "$BATS_TEST_TMPDIR/now.pot" \
		node/base/*.[ch] node/*.[ch] crypto/*.c sync/*.c cli/*.c
	msgmerge --quiet --no-fuzzy-matching -o "$BATS_TEST_TMPDIR/now.po" \
		cli/po/zh_CN.po "$BATS_TEST_TMPDIR/now.pot"
	counts=$(msgfmt --check --statistics -o /dev/null \
		"$BATS_TEST_TMPDIR/now.po" 2>&1)
	[[ $counts != *untranslated* && $counts != *fuzzy* ]] || {
		msgattrib --untranslated "$BATS_TEST_TMPDIR/now.po"
		differ "cli/po/zh_CN.po" "all translated" "$counts"
	}
}
