#!/bin/bash
# The main job on real data: five branches enter their records offline, sync,
# headquarters merges them and counts; stock git confirms the signatures.
# Everything happens under ./demo, which is removed and made again.
set -eu -o pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tests/lib.bash
. tests/lib.bash
wellhead=$PWD/build/wellhead
data=$PWD/tests/data/demo.jsonl
figures=$PWD/tests/data/acceptance.json
branches="GQ NB CY TC XN"
began=$SECONDS

say() { printf '\n== %s\n' "$*"; }
name_of() {
	case $1 in
	GQ) echo 港区服务协调中心 ;; NB) echo 宁波卷烟厂 ;;
	CY) echo 采油厂 ;; TC) echo 田陈煤矿 ;;
	XN) echo 陕煤新型能源公司 ;;
	esac
}

rm -rf demo
mkdir demo
trap 'sshd_stop demo/ssh' EXIT

say "headquarters and five branches"
"$wellhead" init --org 集团工会 demo/HQ
url=$PWD/demo/HQ/repo.git
if sshd_start demo/ssh; then
	url=$(ssh_url "$url")
	echo "transport: ssh to a throw-away sshd on port $SSHD_PORT"
else
	echo "transport: by path (no sshd here)"
fi
for b in $branches; do
	"$wellhead" -C demo/HQ invite "$b" --name "$(name_of "$b")" \
		--remote "$url" -o "demo/$b.invitation"
	"$wellhead" join "demo/$b.invitation" "demo/$b"
done
"$wellhead" -C demo/HQ invite TC-pit --branch TC --name 田陈煤矿井下 \
	--remote "$url" -o demo/TC-pit.invitation
"$wellhead" join demo/TC-pit.invitation demo/TC-pit
rm -f demo/*.invitation

say "each enters its own records, offline"
"$wellhead" -C demo/HQ import "$data" --branch HQ
for b in $branches; do
	"$wellhead" -C "demo/$b" import "$data" --branch "$b"
done

say "first sync: branches send, headquarters merges, receipts come back"
for b in $branches TC-pit; do
	"$wellhead" -C "demo/$b" sync --json | tee -a demo/sync.jsonl |
		jq -r --arg b "$b" '"\($b): \(.sealed_records) records in " +
		"\(.sealed_changesets) changesets, \(.sealed_bytes) bytes " +
		"sealed; \(.sent_bytes) bytes sent"'
done
"$wellhead" -C demo/HQ sync
for b in $branches TC-pit; do
	"$wellhead" -C "demo/$b" sync >/dev/null
done

say "two nodes of TC edit the same field, neither knowing of the other"
pit=$("$wellhead" -C demo/TC-pit list care_visit --limit 1 --json | jq -r .id)
"$wellhead" -C demo/TC edit "$pit" remark=签收单已归档
"$wellhead" -C demo/TC-pit edit "$pit" remark=签收单待补
for b in TC TC-pit; do "$wellhead" -C "demo/$b" sync >/dev/null; done
"$wellhead" -C demo/HQ sync
for b in TC TC-pit; do "$wellhead" -C "demo/$b" sync >/dev/null; done
"$wellhead" -C demo/HQ conflicts
echo "the branch decides:"
"$wellhead" -C demo/TC resolve "$pit" remark --value 签收单已归档,照片待补
"$wellhead" -C demo/TC sync >/dev/null
"$wellhead" -C demo/HQ sync
"$wellhead" -C demo/HQ show "$pit" --history

say "the source documents' figures beside what was counted"
: >demo/figures.txt
jq -c '.[] | select(.query)' "$figures" | while IFS= read -r line; do
	query=$(jq -r .query <<<"$line")
	branch=$(sed -n 's/.*branch=\([A-Z]*\)[];].*/\1/p' <<<"$query")
	hq=$("$wellhead" -C demo/HQ figure "$query")
	own=$hq
	if [ -n "$branch" ]; then
		own=$("$wellhead" -C "demo/$branch" figure "$query")
	fi
	jq -r --argjson hq "$hq" --argjson own "$own" '
		(if .op == "=" or .op == "==" then $hq == .expected
		 elif .op == ">" then $hq > .expected
		 elif .op == ">=" then $hq >= .expected
		 elif .op == "<" then $hq < .expected
		 elif .op == "<=" then $hq <= .expected
		 else false end) as $fits |
		(if $fits and $hq == .demo and $own == $hq then "ok"
		 else "NOT OK" end) + "\t\(.id)\t\(.op) \(.expected)\t\($hq)\t" +
		"\($own)\t\(.text)"' <<<"$line"
done | tee demo/figures.txt |
    awk -F'\t' 'BEGIN { printf "%-7s%-8s%-11s%8s%8s  %s\n", "", "figure",
	"document", "HQ", "branch", "text" }
	{ printf "%-7s%-8s%-11s%8s%8s  %s\n", $1, $2, $3, $4, $5, $6 }'
good=$(grep -c '^ok' demo/figures.txt)
all=$(wc -l <demo/figures.txt)
echo "$good of $all figures as in the documents"

say "every chain verified at headquarters"
"$wellhead" -C demo/HQ verify --deep

say "stock git verifies every commit of TC's chain"
"$wellhead" -C demo/HQ allowed-signers >demo/allowed_signers
ref=$(git -C demo/HQ/repo.git for-each-ref --format='%(refname)' \
	refs/heads/node/TC | head -1)
count=0
for commit in $(git -C demo/HQ/repo.git rev-list --reverse "$ref"); do
	git -C demo/HQ/repo.git -c gpg.format=ssh \
		-c gpg.ssh.allowedSignersFile="$PWD/demo/allowed_signers" \
		verify-commit "$commit" 2>&1 | sed 's/^/  /'
	count=$((count + 1))
done
echo "$count commits good"

say "one record's proof, checked by us and by a script that shares no code with us"
"$wellhead" -C demo/HQ checkpoint -o demo/checkpoint.txt
award=$("$wellhead" -C demo/HQ list award branch=GQ --limit 1 --json | jq -r .id)
"$wellhead" -C demo/HQ prove "$award" -o demo/award.proof
"$wellhead" check demo/award.proof
root=$("$wellhead" -C demo/HQ fingerprint --json | jq -r .key)
python3 docs/audit/check.py demo/award.proof "${root#ssh-ed25519 }"
sed 's/^value/valve/' demo/award.proof >demo/forged.proof
if "$wellhead" check demo/forged.proof 2>&1; then exit 1; fi

say "what it cost"
json=0
for b in $branches; do
	n=$(grep "\"branch\": \"$b\"" "$data" | gzip -9 | wc -c)
	json=$((json + n))
done
jq -rs --argjson json "$json" '
	(map(.sealed_records) | add) as $n |
	(map(.sealed_bytes) | add) as $payload |
	(map(.sent_bytes) | add) as $sent |
	"\($n) records with their histories: payload \($payload) bytes, " +
	"\($payload * 10 / $n | round / 10) a record; on the wire \($sent), " +
	"\($sent * 10 / $n | round / 10) a record; " +
	"the same as JSON lines through gzip -9: \($json) bytes"' \
	demo/sync.jsonl
echo "the whole demo took $((SECONDS - began)) s"

say "try next"
cat <<EOF
  build/wellhead -C demo/HQ figure 'care_visit[branch=GQ;kind=hospital]#count' --records
  build/wellhead -C demo/TC search 安全
  build/wellhead -C demo/NB status
  build/wellhead -C demo/TC why $pit
  build/wellhead check demo/award.proof
EOF
[ "$good" = "$all" ] && [ "$all" = 96 ]
