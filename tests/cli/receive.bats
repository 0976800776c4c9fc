#!/usr/bin/env bats
# Headquarters' pre-receive hook: what it takes, what it refuses, and that the
# sender reads why.
load helper

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
	# An ssh that runs the command here, as sshd would
	cat >"$BATS_FILE_TMPDIR/ssh" <<-'EOF'
	#!/bin/sh
	for last; do :; done
	exec sh -c "$last"
	EOF
	chmod +x "$BATS_FILE_TMPDIR/ssh"
}

setup() {
	fresh
	export WELLHEAD_SSH=$BATS_FILE_TMPDIR/ssh
	sqlite3 tc/store.db "UPDATE remote SET url = 'ssh://hq$PWD/hq/repo.git'"
	ref=$(git -C tc/repo.git for-each-ref --format='%(refname)' \
		refs/heads/node/TC)
	G="git -C tc/repo.git -c user.name=x -c user.email=x@x"
}

# push REF...: as stock git does; the hook's words are in $err.
push() {
	status=0
	err=$(git -C tc/repo.git push -q "$PWD/hq/repo.git" "$@" 2>&1) ||
		status=$?
}

# declined CODE SPEC...: refused with that code, headquarters as it was.
declined() {
	local code=$1 refs store
	shift
	refs=$(git -C hq/repo.git for-each-ref | sha256sum)
	store=$(snapshot hq)
	push "$@"
	[ "$status" -ne 0 ] || { echo "taken: $*"; return 1; }
	[[ $err == *"wellhead: receive: "*"($code)"* ]] || {
		echo "wanted $code of $*, got: $err"
		return 1
	}
	[ "$(git -C hq/repo.git for-each-ref | sha256sum)" = "$refs" ]
	[ "$(snapshot hq)" = "$store" ]
	[ -z "$(ls -d hq/repo.git/objects/tmp_* 2>/dev/null)" ]
}

# resign FILE: a commit object of what FILE holds, signed by nobody
commit_of() {
	git -C tc/repo.git hash-object -t commit -w --stdin <"$1"
}

@test "receive: a good chain passes, loose or packed, enrolled or invited" {
	"$WELLHEAD" -C tc edit TC.a remark=x
	like 0 "*changesets sent *1*" "" -C tc sync
	"$WELLHEAD" -C hq sync >/dev/null
	[ "$("$WELLHEAD" -C hq show TC.a --json | jq -r .remark)" = x ]
	# more than git unpacks: a pack in the quarantine
	for i in $(seq 40); do
		"$WELLHEAD" -C tc edit TC.a remark="$i" >/dev/null
		"$WELLHEAD" -C tc seal >/dev/null
	done
	like 0 "*changesets sent *40*" "" -C tc sync
	# a node that was invited and never seen, twice before HQ looks
	"$WELLHEAD" -C hq invite GQ --name 港区 -o GQ.invitation \
		--remote "ssh://hq$PWD/hq/repo.git" 2>/dev/null
	"$WELLHEAD" join GQ.invitation gq >/dev/null 2>&1
	like 0 "*" "" -C gq sync
	"$WELLHEAD" -C gq add org_unit code=GQ name=港区工会 kind=branch \
		parent=HQ.org established_on=2001-03-01
	like 0 "*changesets sent *1*" "" -C gq sync
	like 0 "*nodes enrolled *1*stopped *0*" "" -C hq sync
	like 0 "*" "" -C hq verify
}

@test "receive: attachments' chains, mail, a key that changed on the way" {
	head -c 100000 /dev/urandom >photo.jpg
	printf '\xff\xd8\xff\xe0' | dd of=photo.jpg conv=notrunc 2>/dev/null
	"$WELLHEAD" -C tc attach TC.a photo.jpg >/dev/null
	like 0 "*" "" -C tc sync
	"$WELLHEAD" -C hq sync >/dev/null
	like 0 "*" "" -C tc sync
	"$WELLHEAD" -C hq sync >/dev/null
	"$WELLHEAD" -C hq attachment get TC.a photo.jpg -o got.jpg
	cmp photo.jpg got.jpg
	# the row that changes it waits at headquarters, not taken in yet
	"$WELLHEAD" -C tc rotate >/dev/null 2>&1
	like 0 "*" "" -C tc sync
	"$WELLHEAD" -C tc edit TC.a remark=new
	like 0 "*" "" -C tc sync
	like 0 "*stopped *0*" "" -C hq sync
	[ "$("$WELLHEAD" -C hq show TC.a --json | jq -r .remark)" = new ]
}

@test "receive: foreign refs, deletes, rewinds" {
	for name in refs/heads/main refs/heads/hq/all refs/heads/hq/TC \
	    refs/tags/x refs/heads/node/TC refs/heads/node/TC/xyz \
	    refs/heads/node/../x/12345678 refs/heads/node/TC/1234567890; do
		git check-ref-format "$name" || continue
		declined E_FOREIGN "+$ref:$name"
	done
	# git's own settings hold these two back before the hook; without
	# them the hook does
	git -C hq/repo.git config receive.denyDeletes false
	git -C hq/repo.git config receive.denyNonFastForwards false
	declined E_CHAIN ":$ref"
	"$WELLHEAD" -C tc edit TC.a remark=x
	like 0 "*changesets sent *1*" "" -C tc sync
	tip=$(git -C tc/repo.git rev-parse "$ref")
	declined E_CHAIN "+$ref~1:$ref"
	[ "$(git -C hq/repo.git rev-parse "$ref")" = "$tip" ]
	# another node's name on the same changesets
	"$WELLHEAD" -C hq invite GQ --name 港区 -o GQ.invitation 2>/dev/null
	declined E_CHAIN "$ref:${ref/TC/GQ}"
	# one bad ref keeps the good ones out, too
	"$WELLHEAD" -C tc edit TC.a remark=y && "$WELLHEAD" -C tc seal >/dev/null
	declined E_FOREIGN "$ref" "$ref:refs/heads/main"
}

@test "receive: only the refs of the node whose key it is" {
	"$WELLHEAD" -C tc edit TC.a remark=x && "$WELLHEAD" -C tc seal >/dev/null
	export WELLHEAD_NODE=GQ
	declined E_FOREIGN "$ref"
	[[ $err == *"belongs to the node TC"*"that of GQ"* ]]
	export WELLHEAD_NODE=TC
	push "$ref"
	[ "$status" -eq 0 ]
	blob=$($G hash-object -w --stdin <<<mail)
	push "$blob:refs/mail/TC"
	[ "$status" -eq 0 ]
	# a letter box is written over
	blob=$($G hash-object -w --stdin <<<"more mail")
	push "+$blob:refs/mail/TC"
	[ "$status" -eq 0 ]
	declined E_FOREIGN "$blob:refs/mail/GQ"
	declined E_FOREIGN "+$blob:refs/mail/hq/TC"
	declined E_CORRUPT "+$ref:refs/mail/TC"
	declined E_TOO_BIG "+$(head -c 2000000 /dev/urandom |
		$G hash-object -w --stdin):refs/mail/TC"
}

@test "receive: gaps, shapes, sizes, signatures" {
	"$WELLHEAD" -C tc edit TC.a remark=x && "$WELLHEAD" -C tc seal >/dev/null
	"$WELLHEAD" -C tc edit TC.a remark=y && "$WELLHEAD" -C tc seal >/dev/null
	tip=$(git -C tc/repo.git rev-parse "$ref")
	before=$(git -C hq/repo.git rev-parse "$ref")
	git -C tc/repo.git cat-file commit "$tip" >good
	# the parent left out: the middle changeset is missing
	sed "s/^parent .*/parent $before/" good >bad
	declined E_CHAIN "$(commit_of bad):$ref"
	# a commit of git's own kind
	declined E_FORMAT "$($G commit-tree -p "$before" -m x \
		"$before^{tree}"):$ref"
	# one letter of the signed text
	sed 's/^Wellhead-Seen: none/Wellhead-Seen: '"$(printf '%064d' 0)/" \
		good >bad
	cmp -s good bad && sed 's/^Wellhead-Key: .*/Wellhead-Key: '"$(
		printf '%064d' 0)/" good >bad
	declined E_SIGNATURE "$(commit_of bad):$ref"
	# another tree
	tree=$(printf '100755 blob %s\tchangeset\n' \
		"$(git -C tc/repo.git rev-parse "$tip:changeset")" | $G mktree)
	sed "s/^tree .*/tree $tree/" good >bad
	declined E_SIGNATURE "$(commit_of bad):$ref"
	# a subject of 20,000 bytes
	{ cat good; head -c 20000 /dev/zero | tr '\0' x; } >bad
	declined E_TOO_BIG "$(commit_of bad):$ref"
	# not a commit at all
	push "$tip^{tree}:$ref"
	[ "$status" -ne 0 ]
	# nobody invited them
	declined E_INVITATION "$ref:${ref/TC/XX}"
	push "$ref"
	[ "$status" -eq 0 ]
}

@test "receive: sync tells the sender in headquarters' words" {
	"$WELLHEAD" -C tc edit TC.a remark=x
	# headquarters forgets the node's key: another stands on its roster
	sqlite3 hq/store.db "UPDATE roster SET key = randomblob(32)
		WHERE code = 'TC'"
	sqlite3 hq/store.db "UPDATE signer SET key = randomblob(32)
		WHERE code = 'TC'" 2>/dev/null || true
	like 1 "" "wellhead: sync: *$ref*wellhead: receive: *(E_KEY)*(E_KEY)*" \
		-C tc sync
	# the hook, not its absence, is what refused
	rm hq/repo.git/hooks/pre-receive
	like 0 "*changesets sent *1*" "" -C tc sync
}

@test "receive --install: for older folders, and when the program moves" {
	hook=hq/repo.git/hooks/pre-receive
	"$hook" </dev/null 2>/dev/null || true
	grep -q "^program='$WELLHEAD'$" $hook
	rm $hook
	want 0 "" "" -C hq receive --install
	[ -x $hook ]
	"$WELLHEAD" -C tc edit TC.a remark=x && "$WELLHEAD" -C tc seal >/dev/null
	# the program has gone: the one in PATH is taken, else the push fails
	sed -i "s|^program=.*|program=/nowhere/wellhead|" $hook
	push "$ref"
	[ "$status" -ne 0 ]
	[[ $err == *"not where it was"* ]]
	PATH=$(dirname "$WELLHEAD"):$PATH push "$ref"
	[ "$status" -eq 0 ]
	want 0 "" "" -C hq receive --install
	grep -q "^program='$WELLHEAD'$" $hook
	# somebody's own hook is left alone
	echo '#!/bin/sh' >$hook
	like 1 "" "wellhead: receive: *(E_EXISTS)*hint: *" -C hq receive --install
	[ "$(cat $hook)" = '#!/bin/sh' ]
	like 1 "" "wellhead: receive: *(E_ROLE)*" -C tc receive --install
}

@test "receive: lines that are not git's" {
	for line in x "$(printf '%040d' 0) refs/heads/x" \
	    "$(printf '%040d %040d ' 1 2)$(printf 'r%.0s' $(seq 300))"; do
		status=0
		err=$("$WELLHEAD" -C hq receive <<<"$line" 2>&1) || status=$?
		[ "$status" -eq 1 ]
		[[ $err == *"(E_FORMAT)"* ]]
	done
	"$WELLHEAD" -C hq receive </dev/null
	# objects from elsewhere are not looked at
	status=0
	err=$(GIT_QUARANTINE_PATH=/tmp "$WELLHEAD" -C hq receive </dev/null \
		2>&1) || status=$?
	[ "$status" -eq 1 ]
	[[ $err == *"(E_FORMAT)"* ]]
}
