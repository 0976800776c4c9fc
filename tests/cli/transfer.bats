#!/usr/bin/env bats
# Files in and out, SQL, figures.
load helper

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
}

setup() {
	fresh
}

@test "import: JSON lines, all of them, and once" {
	cat >in.jsonl <<-'EOF'
	{"type":"person","id":"TC.c","branch":"TC","kind":"on_duty","org":"TC.org","name":"测试丙"}
	{"type":"care_visit","id":"TC.v","branch":"TC","state":"approved","kind":"hospital","person":"TC.c","org":"TC.org","date":"2022-03-08","form":"goods","fund":"union","amount":30000,"history":[{"from":"planned","to":"approved","role":"chair","by":"TC.a","on":"2022-03-08"}]}
	EOF
	like 0 '{"lines":2,"added":2,"transitions":1,"already":0,*}' "" \
		-C tc import in.jsonl --dry-run --json
	like 1 "" "*(E_NOT_FOUND)*" -C tc show TC.c
	like 0 "lines read *2*records added *2*steps added *1*" "" \
		-C tc import in.jsonl
	like 0 "*state *approved*" "" -C tc show TC.v
	before=$(snapshot tc)
	like 0 "*records added *0*here already *2*" "" -C tc import in.jsonl
	[ "$(snapshot tc)" = "$before" ]
}

@test "import: one bad line, and nothing is kept; every bad line is named" {
	cat >in.jsonl <<-'EOF'
	{"type":"person","id":"TC.c","branch":"TC","kind":"on_duty","org":"TC.org","name":"测试丙"}
	{"type":"person","id":"TC.d","branch":"TC","kind":"ghost","org":"TC.org","name":"测试丁"}

	{"type":"person","id":"TC.e","branch":"TC","kind":"on_duty","org":"TC.nobody","name":"测试戊"}
	not json
	EOF
	refused 1 E_ENUM -C tc import in.jsonl
	[[ $err == *"import: line 2: "*"(kind)"*"(E_ENUM)"* ]]
	[[ $err == *"line 4: org: "*"(E_REF)"*"line 5: "* ]]
	w -C tc import in.jsonl --json
	[ "$(jq -r '.errors|map(.line)|unique|join(" ")' <<<"$out")" = "2 4 5" ]
	refused 1 E_NOT_FOUND -C tc import nothing.jsonl
	like 1 "" "*(E_NOT_FOUND)*" -C tc import persn nothing.csv
	printf '{"type":"person","id":"GQ.x","branch":"GQ","kind":"on_duty","org":"TC.org","name":"x"}\n' >foreign
	refused 1 E_FOREIGN -C tc import foreign
	like 0 "*records added *0*of other branches *1*" "" \
		-C tc import foreign --branch TC
}

@test "import: CSV by keys or Chinese labels, UTF-8 or GB18030" {
	printf 'name,kind,org\r\n测试丙,on_duty,TC.org\r\n"测试,丁",退休,TC.org\r\n' >k.csv
	like 0 "*records added *2*" "" -C tc import person k.csv
	printf '姓名,人员类别,所在单位\n测试戊,在职,TC.org\n' |
		iconv -t GB18030 >l.csv
	like 0 "*records added *1*" "" -C tc import 人员 l.csv
	want 0 5 "" -C tc figure 'person[branch=TC]#count'
	printf 'name,kind,org\n测试己,on_duty,TC.org\nx,ghost,TC.org,more\n' >bad.csv
	refused 1 E_COLUMN -C tc import person bad.csv
	printf 'name,nmae\na,b\n' >head.csv
	refused 1 E_COLUMN -C tc import person head.csv
}

@test "export: what comes out goes in elsewhere" {
	w -C tc export person --format jsonl
	[ "$status" -eq 0 ]
	[ "$(jq -r .id <<<"$out" | sort | xargs)" = "TC.a TC.b" ]
	like 0 *姓名*测试甲* "" -C tc export person
	[ "$("$WELLHEAD" -C tc export person | head -c 3 | xxd -p)" = efbbbf ]
	# No cell may run as a formula in a spreadsheet
	"$WELLHEAD" -C tc edit TC.a 'name==1+cmd|x'
	w -C tc export person
	[[ $out == *"'=1+cmd|x"* ]]
	like 2 "" "*no such format: ods*" -C tc export person --format ods
	like 1 "" "*(E_NOT_FOUND)*" -C tc export persn
}

@test "sql: reads, and only reads" {
	want 0 "kind	n
on_duty	1
retired	1" "" -C tc sql \
		'SELECT kind, count(*) AS n FROM person GROUP BY kind ORDER BY 1'
	want 0 '{"n":2,"x":null,"b":"00ff"}' "" -C tc sql \
		"SELECT count(*) n, NULL x, x'00ff' b FROM person" --json
	want 0 'a
1\t2\n\x1b[31m' "" -C tc sql "SELECT '1' || char(9) || '2' || char(10) || char(27) || '[31m' AS a"
	for q in 'DELETE FROM person' "UPDATE person SET name='x'" \
		'DROP TABLE person' "ATTACH 'x.db' AS x" 'PRAGMA user_version=9' \
		"INSERT INTO meta VALUES('a','b')" 'VACUUM' \
		'SELECT 1; DELETE FROM person' 'SELEC 1' ''; do
		before=$(snapshot tc)
		w -C tc sql "$q"
		[ "$status" -ne 0 ] && [ -n "$err" ] ||
			differ "sql $q" refused "$status $out"
		[ "$(snapshot tc)" = "$before" ]
		[ ! -e x.db ]
	done
}

@test "figure: the number, the records behind it, the SQL" {
	q='person[branch=TC;kind=on_duty]#count'
	want 0 1 "" -C tc figure "$q"
	want 0 '{"query":"'"$q"'","value":1}' "" -C tc figure "$q" --json
	like 0 "ID*
?????????????  TC * 测试甲 *" "" -C tc figure "$q" --records
	w -C tc figure "$q" --sql
	[ "$(sqlite3 tc/store.db "$out")" = 1 ]
	want 0 1 "" -C hq figure "$q"
	for bad in 'person[branch=TC' 'person#sum(name)' 'persn#count' \
		'person[nmae=x]#count' 'person[kind=ghost]#count' 'person' '' \
		'person[period=2022Q5]#count'; do
		w -C tc figure "$bad"
		[ "$status" -ne 0 ] && [ -z "$out" ] && [ -n "$err" ] ||
			differ "figure $bad" refused "$status $out"
	done
}
