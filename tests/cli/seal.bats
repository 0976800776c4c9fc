# Sealing: what a host or a relay sees of an organisation's chains, and who
# can open them.

load helper

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
}

setup() {
	fresh
}

# All that a host could read of a repository: every object as it is, and
# blobs inflated, too, where they inflate with the catalogue's dictionary.
seen() {
	git -C "$1" cat-file --batch-all-objects --batch |
		python3 "$BATS_TEST_DIRNAME/../inflate.py" \
			"$ROOT/docs/audit/dictionary0.bin"
}

@test "a host sees no Chinese text, no names and no kinds of records" {
	"$WELLHEAD" -C tc edit TC.a remark=绝密备注 --as 某某
	"$WELLHEAD" -C tc sync >/dev/null
	"$WELLHEAD" -C hq operator add 局长 --role hq_chair
	"$WELLHEAD" -C hq sync >/dev/null
	seen hq/repo.git >seen
	# what is open is found, so the rest would be, too
	grep -qa 田陈煤矿 seen
	grep -qa 'SSH SIGNATURE' seen
	for word in 测试甲 测试乙 绝密备注 某某 局长 工会 on_duty TC.a TC.org; do
		! grep -qaF "$word" seen || { echo "found $word"; return 1; }
	done
	# of Chinese, nothing but what the roster says of nodes; two characters
	# stand in sealed bytes by chance now and then, three hardly ever
	sed 's/田陈煤矿//g; s/演示集团//g' seen |
		python3 -c 'import sys, re
text = sys.stdin.buffer.read().decode("utf-8", "ignore")
sys.exit(bool(re.search("[\u4e00-\u9fff]{3}", text)))'
	git -C hq/repo.git log --all --format=%s >subjects
	grep -q '^[0-9]* sealed$' subjects
	! grep -q person subjects || false
}

@test "every changeset is either open or sealed, and says under which key" {
	git -C tc/repo.git log --all \
		--format='%(trailers:key=Wellhead-Key,valueonly)' >keys
	grep -q '^none$' keys
	[ "$(grep -cE '^[0-9a-f]{64}$' keys)" -ge 2 ]
}

@test "the key of a chain is nobody's to read by sql" {
	want 0 "" "" -C tc sql "SELECT 1 FROM chain_key WHERE key IS NOT NULL"
	like 0 "*node/TC*" "" -C tc sql "SELECT chain FROM chain_key"
}

# From the first sync after headquarters has heard of it.
@test "a second node of the branch is handed the keys" {
	"$WELLHEAD" -C hq invite TC-2 --branch TC --name 二号 \
		--remote "$PWD/hq/repo.git" -o 2.invitation 2>/dev/null
	"$WELLHEAD" join 2.invitation two >/dev/null 2>&1
	like 0 "*chains stopped *0" "" -C two sync
	refused 1 E_NOT_FOUND -C two show TC.a
	"$WELLHEAD" -C hq sync >/dev/null
	like 0 "*chains stopped *0" "" -C two sync
	like 0 "*测试甲*" "" -C two show TC.a
	like 0 "*" "" -C two verify --deep
	like 0 "*" "" -C two rebuild
	like 0 "*测试甲*" "" -C two show TC.a
}

@test "another branch is given no key of this one's" {
	"$WELLHEAD" -C hq invite NB --name 南屯 --remote "$PWD/hq/repo.git" \
		-o NB.invitation 2>/dev/null
	"$WELLHEAD" join NB.invitation nb >/dev/null 2>&1
	for n in nb hq nb; do
		"$WELLHEAD" -C $n sync >/dev/null
	done
	[ "$(sqlite3 nb/store.db \
		"SELECT DISTINCT chain FROM chain_key ORDER BY chain")" = "hq/NB
hq/all
node/NB" ]
}

@test "the keys survive a rebuild, and come back from the chains alone" {
	local all="SELECT hex(id), hex(key), chain FROM chain_key ORDER BY id"
	"$WELLHEAD" -C tc rebuild >/dev/null
	before=$(sqlite3 tc/store.db "$all")
	[ -n "$before" ]
	sqlite3 tc/store.db "DELETE FROM chain_key"
	"$WELLHEAD" -C tc rebuild >/dev/null
	[ "$(sqlite3 tc/store.db "$all")" = "$before" ]
	like 0 "*" "" -C tc verify --deep
}

# Who is shut out has every old key and gets none that is newer.
@test "after a revocation headquarters' chains are under new keys" {
	"$WELLHEAD" -C hq invite NB --name 南屯 --remote "$PWD/hq/repo.git" \
		-o NB.invitation 2>/dev/null
	"$WELLHEAD" join NB.invitation nb >/dev/null 2>&1
	for n in nb hq nb; do
		"$WELLHEAD" -C $n sync >/dev/null
	done
	"$WELLHEAD" -C hq revoke NB --after 1 --reason 遗失 >/dev/null
	"$WELLHEAD" -C hq operator add 局长 --role hq_chair
	"$WELLHEAD" -C hq sync >/dev/null
	like 0 "*chains stopped *0" "" -C tc sync
	[ "$(sqlite3 tc/store.db "SELECT count(*) FROM operator")" = 1 ]
	w -C nb sync
	[ "$(sqlite3 nb/store.db "SELECT count(*) FROM operator")" = 0 ]
	[ "$(sqlite3 nb/store.db \
		"SELECT count(*) FROM chain_key WHERE chain = 'hq/all'")" = 1 ]
	[ "$(sqlite3 tc/store.db \
		"SELECT count(*) FROM chain_key WHERE chain = 'hq/all'")" = 2 ]
}

# The invitation was written before the key changed.
@test "an older invitation leads to the newest keys" {
	"$WELLHEAD" -C hq invite NB --name 南屯 --remote "$PWD/hq/repo.git" \
		-o NB.invitation 2>/dev/null
	"$WELLHEAD" -C hq invite XX --name 新 --remote "$PWD/hq/repo.git" \
		-o XX.invitation 2>/dev/null
	"$WELLHEAD" join NB.invitation nb >/dev/null 2>&1
	for n in nb hq nb; do
		"$WELLHEAD" -C $n sync >/dev/null
	done
	"$WELLHEAD" -C hq revoke NB --after 1 --reason 遗失 >/dev/null
	"$WELLHEAD" -C hq operator add 局长 --role hq_chair
	"$WELLHEAD" -C hq sync >/dev/null
	"$WELLHEAD" join XX.invitation xx >/dev/null 2>&1
	for n in xx hq xx; do
		"$WELLHEAD" -C $n sync >/dev/null
	done
	[ "$(sqlite3 xx/store.db "SELECT count(*) FROM operator")" = 1 ]
}
