#!/usr/bin/env bats
# Tables in and out: templates, CSV as clerks save it, spreadsheets.
load helper

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
}

setup() {
	fresh
}

# header FILE: the first line of a CSV file, without its mark.
header() {
	head -1 "$1" | tr -d '\r' | sed 's/^\xef\xbb\xbf//'
}

# rows TYPE: what the branch has, as CSV without the mark.
rows() {
	"$WELLHEAD" -C tc export "$1" | tr -d '\r' | sed 's/^\xef\xbb\xbf//'
}

@test "template: CSV is one line of labels that import takes back" {
	like 0 *姓名,人员类别,所在单位* "" -C tc export person --template
	"$WELLHEAD" -C tc export person --template >t.csv
	[ "$(wc -l <t.csv)" -eq 1 ]
	[ "$(head -c 3 t.csv | xxd -p)" = efbbbf ]
	[[ $(header t.csv) == 标识,* ]]
	[[ $(header t.csv) != *所属单位* ]]
	[[ $(header t.csv) != *当前状态* ]]
	like 0 "*records added *0*" "" -C tc import person t.csv
	for t in $("$WELLHEAD" types | cut -d' ' -f1); do
		"$WELLHEAD" -C tc export "$t" --template >t.csv
		like 0 "*records added *0*" "" -C tc import "$t" t.csv
		"$WELLHEAD" -C tc export "$t" --template --format xlsx \
			-o t.xlsx
		like 0 "*records added *0*" "" -C tc import "$t" t.xlsx
	done
}

@test "template: a spreadsheet has lists, dates, notes, and text for digits" {
	want 0 "" "" -C tc export 人员 --template --format xlsx -o t.xlsx
	sheet=$(unzip -p t.xlsx xl/worksheets/sheet1.xml)
	[[ $sheet == *'<pane ySplit="1"'* ]]
	[[ $sheet == *'type="list"'*在职,* ]]
	[[ $sheet == *'type="date"'* ]]
	unzip -p t.xlsx xl/sharedStrings.xml | grep -q 退休
	unzip -p t.xlsx xl/comments1.xml | grep -q id_no
	unzip -p t.xlsx xl/styles.xml | grep -q yyyy-mm-dd
	LC_ALL=zh_CN.UTF-8 "$WELLHEAD" -C tc export person --template \
		--format xlsx -o z.xlsx
	for f in t.xlsx z.xlsx; do
		for part in $(unzip -Z1 $f | grep -v '\['); do
			unzip -p $f "$part" | xmllint --noout -
		done
	done
}

@test "spreadsheet: what goes out comes in elsewhere, the same" {
	cp -a tc other
	moved other
	for n in 1 2 3; do
		"$WELLHEAD" -C tc add activity kind=sport org=TC.org \
			title="健步走 <$n> & \"跑\", 一次" date=2022-07-0$n \
			amount=$n.50元 headcount=4$n >/dev/null
	done
	"$WELLHEAD" -C tc export activity | tr -d '\r' >a.csv
	"$WELLHEAD" -C tc export activity --format xlsx >a.xlsx
	[ "$(head -c 2 a.xlsx)" = PK ]
	# The record's id goes along, and says that it is here already.
	like 0 "*records added *0*here already *3*" "" -C tc import activity \
		a.xlsx
	like 0 "*records added *3*" "" -C other import activity a.xlsx
	"$WELLHEAD" -C other export activity | tr -d '\r' >b.csv
	diff a.csv b.csv
	want 0 750 "" -C other figure 'activity#sum(amount)'
}

@test "money: yuan under its label and in spreadsheets, fen under its key" {
	head='title,kind,org,date'
	printf '%s,amount\nx,sport,TC.org,2022-07-01,300\n' $head >k.csv
	printf '%s,费用 (元)\nx,sport,TC.org,2022-07-01,300\n' $head >l.csv
	printf '%s,费用\nx,sport,TC.org,2022-07-01,300.5\n' $head >m.csv
	printf '%s,费用\nx,sport,TC.org,2022-07-01,"1,300"\n' $head >n.csv
	printf '%s,费用\nx,sport,TC.org,2022-07-01,"1,30"\n' $head >bad.csv
	refused 1 E_TYPE -C tc import activity bad.csv
	for f in k l m n; do
		like 0 "*records added *1*" "" -C tc import activity $f.csv
	done
	want 0 "amount
300
30000
30050
130000" "" -C tc sql 'SELECT amount FROM activity ORDER BY amount'
}

@test "a table: cells too many, columns unknown or doubled, rows short" {
	printf 'name,kind,org\n测试甲,on_duty,TC.org\n测试乙,on_duty,TC.org,more\n' >a
	refused 1 E_COLUMN -C tc import person a
	[[ $err == *"line 3: "* ]]
	printf 'name,kind,org,姓名\n测试甲,on_duty,TC.org,x\n' >a
	refused 1 E_COLUMN -C tc import person a
	printf 'name,kind,org,height\n测试甲,on_duty,TC.org,x\n' >a
	refused 1 E_COLUMN -C tc import person a
	[[ $err == *"line 1: "*height* ]]
	printf 'name,kind,org,employee_no\n测试甲,on_duty,TC.org\n' >a
	like 0 "*records added *1*" "" -C tc import person a
	printf 'name,kind,org\n测试甲,#N/A,TC.org\n' >a
	refused 1 E_TYPE -C tc import person a
	[[ $err == *"line 2: "*"kind"* ]]
	printf 'name,kind,org\n\xff\xff,on_duty,TC.org\n' >a
	refused 1 E_ENCODING -C tc import person a
}

@test "spreadsheet: errors name the sheet's row, and nothing is kept" {
	"$WELLHEAD" -C tc add activity kind=sport title=健步走 org=TC.org \
		date=2022-07-01 amount=30.50元 >/dev/null
	"$WELLHEAD" -C tc export activity --format xlsx >a.xlsx
	refused 1 E_COLUMN -C tc import person a.xlsx
	[[ $err == *"line 1: "* ]]
	like 2 "" "*import TYPE FILE.xlsx*" -C tc import a.xlsx
	head -c 2000 a.xlsx >cut.xlsx
	refused 1 E_FORMAT -C tc import activity cut.xlsx
	printf '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' >old.xls
	refused 1 E_FORMAT -C tc import activity old.xls
	[[ $err == *.xlsx* ]]
	printf 'PK\3\4' >short.xlsx
	refused 1 E_FORMAT -C tc import activity short.xlsx
}

@test "export: formulas are guarded, and not with --raw" {
	"$WELLHEAD" -C tc edit TC.a 'name==1+1' >/dev/null
	[[ $(rows person) == *"'=1+1"* ]]
	w -C tc export person --raw
	[[ $out == *",=1+1,"* ]]
	"$WELLHEAD" -C tc export person --format xlsx >p.xlsx
	sheet=$(unzip -p p.xlsx xl/worksheets/sheet1.xml)
	[[ $sheet != *"<f>"* ]]
	unzip -p p.xlsx xl/sharedStrings.xml | grep -q '>=1+1<'
	like 2 "" "*--raw*" -C tc export person --raw --format xlsx
	like 2 "" "*--raw*" -C tc export person --raw --format jsonl
	like 2 "" "*template*" -C tc export person --template --format jsonl
	like 2 "" "*no such format: ods*" -C tc export person --format ods
}

@test "600 persons as Chinese Excel saves them, 12 of them bad" {
	{
		echo 姓名,人员类别,所在单位,工号
		for i in $(seq 600); do
			kind=在职
			[ $((i % 50)) -eq 0 ] && kind=不详
			echo "测试甲$i,$kind,TC.org,E$i"
		done
	} | sed 's/$/\r/' | iconv -t GB18030 >gbk.csv
	refused 1 E_ENUM -C tc import person gbk.csv --dry-run
	[ "$(grep -c "^wellhead: import: line .*(E_ENUM)" <<<"$err")" -eq 12 ]
	w -C tc import person gbk.csv --json
	[ "$(jq -c '[.errors[].line]' <<<"$out")" = \
		"[51,101,151,201,251,301,351,401,451,501,551,601]" ]
	iconv -f GB18030 gbk.csv | sed s/不详/退休/ >good.csv
	like 0 "*records added *600*" "*nothing was kept*" \
		-C tc import person good.csv --dry-run
	like 0 "*records added *600*" "" -C tc import person good.csv
	want 0 602 "" -C tc figure 'person#count'
}
