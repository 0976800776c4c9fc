#!/usr/bin/env bats
# Access by ssh with the nodes' own keys: authorized-keys, shell, ssh-key, and
# a real sshd, where there is one and we may start it.
load helper
load ../lib

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
	cd "$BATS_FILE_TMPDIR/org"
	"$WELLHEAD" -C hq invite TC-pit --branch TC --name 井口 \
		--remote "$PWD/hq/repo.git" -o pit.invitation 2>/dev/null
	"$WELLHEAD" -C hq invite GQ --name 港区 \
		--remote "$PWD/hq/repo.git" -o GQ.invitation 2>/dev/null
	"$WELLHEAD" join pit.invitation pit >/dev/null 2>&1
	"$WELLHEAD" join GQ.invitation gq >/dev/null 2>&1
	for n in pit gq hq pit gq; do
		"$WELLHEAD" -C $n sync >/dev/null 2>&1
	done
}

setup() {
	fresh
}

teardown() {
	[ ! -d sshd ] || sshd_stop sshd
}

# shell CODE COMMAND: as sshd runs it, the client at once hanging up
shell() {
	status=0
	SSH_ORIGINAL_COMMAND=$2 "$WELLHEAD" -C hq shell "$1" \
		>.shell 2>.err </dev/null || status=$?
	out=$(tr -d '\0' <.shell) err=$(cat .err)
}

@test "ssh-key: stock ssh reads the node's key" {
	w -C tc ssh-key
	[ "$status" -eq 0 ]
	[ "$(stat -c %a tc/keys/id_ed25519)" = 600 ]
	[ "$out" = "$(cat tc/keys/id_ed25519.pub)" ]
	[ "$(ssh-keygen -y -f tc/keys/id_ed25519 | cut -d' ' -f1,2)" = \
		"$("$WELLHEAD" -C hq roster --json |
		jq -r 'select(.code=="TC").key')" ]
	# it signs as the node does
	echo x >x && ssh-keygen -q -Y sign -f tc/keys/id_ed25519 -n git x 2>&1
	"$WELLHEAD" -C tc allowed-signers >signers
	ssh-keygen -q -Y verify -f signers -n git -s x.sig \
		-I "$(grep -o '^TC@[0-9a-f]*' signers)" <x
	# again is the same
	before=$(cat tc/keys/id_ed25519.pub)
	like 0 "ssh-ed25519 *" "" -C tc ssh-key
	[ "$(cat tc/keys/id_ed25519.pub)" = "$before" ]
	like 0 '{"file":"keys/id_ed25519","key":"ssh-ed25519 *TC@*"}' "" \
		-C tc ssh-key --json
}

@test "ssh-key: a sealed key is not laid open" {
	WELLHEAD_PASSPHRASE=secret "$WELLHEAD" join <(
		"$WELLHEAD" -C hq invite ZX --name 中心 -o zx 2>/dev/null
		cat zx) zx_node >/dev/null 2>&1
	export WELLHEAD_PASSPHRASE=secret
	like 1 "" "wellhead: ssh-key: *(E_KEY)*hint: *" -C zx_node ssh-key
	[ ! -e zx_node/keys/id_ed25519 ]
}

@test "authorized-keys: a line for each node, one command each" {
	w -C hq authorized-keys
	[ "$status" -eq 0 ]
	[ -z "$err" ]
	[ "$(wc -l <<<"$out")" -eq 3 ]
	while read -r line; do
		[[ $line == "restrict,command=\"'$WELLHEAD' -C '$PWD/hq' shell "* ]]
	done <<<"$out"
	# stock ssh finds the keys in it
	printf '%s\n' "$out" >ak && [ "$(ssh-keygen -l -f ak | wc -l)" -eq 3 ]
	# the roster's own key of HQ opens nothing
	key=$("$WELLHEAD" -C hq roster --json | jq -r 'select(.code=="HQ").key')
	[[ $out != *"$key"* ]]
	# one key asked for, and a key of nobody
	key=$("$WELLHEAD" -C hq roster --json | jq -r 'select(.code=="GQ").key')
	me=$(stat -c %U hq)
	# shellcheck disable=SC2086
	like 0 "restrict,*shell GQ\" $key GQ" "" -C hq authorized-keys "$me" $key
	want 0 "" "" -C hq authorized-keys "$me" ssh-ed25519 AAAA
	# another user of the machine than the folder's owner
	want 0 "" "" -C hq authorized-keys nobody
	like 2 "" "*KEYTYPE KEY*" -C hq authorized-keys "$me" ssh-ed25519
	like 1 "" "*(E_ROLE)*" -C tc authorized-keys
	# a folder with a quote and a space in its name
	mv hq "h'q \"x\""
	w -C "h'q \"x\"" authorized-keys
	cmd=$(head -1 <<<"$out")
	cmd=${cmd#*command=\"} && cmd=${cmd%%\" ssh-ed25519*}
	cmd=${cmd//\\\"/\"}
	status=0
	err=$(SSH_ORIGINAL_COMMAND=ls sh -c "$cmd" 2>&1) || status=$?
	[ "$status" -eq 1 ]
	[[ $err == *"(E_FOREIGN)"* ]]
}

@test "shell: git's two services on this repository, and nothing else" {
	for cmd in "" ls "git-upload-pack" "git-upload-pack /etc" \
	    "git-upload-pack $PWD/tc/repo.git" "git-upload-archive $PWD/hq/repo.git" \
	    "git-upload-pack $PWD/hq/repo.git; ls" \
	    "git-upload-pack $PWD/hq/repo.git x" "git-upload-pack \$HOME" \
	    "git-upload-pack --help" "git-upload-pack '$PWD/hq/repo.git" \
	    "git-shell $PWD/hq/repo.git" "scp -t $PWD/hq" \
	    "git-upload-pack '$PWD/hq/repo.git' --x"; do
		shell TC "$cmd"
		[ "$status" -eq 1 ] || { echo "taken: $cmd"; false; }
		[ -z "$out" ]
		[[ $err == *"(E_FOREIGN)"* ]]
	done
	for who in HQ XX root; do
		shell $who "git-upload-pack '$PWD/hq/repo.git'"
		[ "$status" -eq 1 ]
		[[ $err == *"(E_KEY)"* ]]
	done
	shell TC "git-upload-pack '$PWD/hq/repo.git'"
	[[ $out == *refs/heads/hq/all* ]]
	shell TC "git upload-pack $PWD/./hq//repo.git"
	[[ $out == *refs/heads/hq/all* ]]
}

@test "shell: a branch sees its own chains, its siblings' and what is for all" {
	git -C hq/repo.git update-ref refs/evidence/node/TC/12345678 \
		refs/heads/hq/all
	git -C hq/repo.git update-ref refs/heads/hq/HQ refs/heads/hq/all
	for c in TC TC-pit GQ; do
		blob=$(git -C hq/repo.git hash-object -w --stdin <<<"$c")
		git -C hq/repo.git update-ref "refs/mail/$c" "$blob"
		git -C hq/repo.git update-ref "refs/mail/hq/$c" "$blob"
	done
	refs() {
		grep -ao 'refs/[A-Za-z0-9/-]*' .shell |
			sed -E 's|/[0-9a-f]{8}$||' | LC_ALL=C sort -u |
			tr '\n' ' '
	}
	shell TC "git-upload-pack $PWD/hq/repo.git"
	[ "$(refs)" = "refs/heads/hq/TC refs/heads/hq/all refs/heads/node/TC refs/heads/node/TC-pit refs/mail/TC refs/mail/hq/TC " ] ||
		differ "TC sees" "" "$(refs)"
	shell GQ "git-upload-pack $PWD/hq/repo.git"
	[ "$(refs)" = "refs/heads/hq/GQ refs/heads/hq/all refs/heads/node/GQ refs/mail/GQ refs/mail/hq/GQ " ] ||
		differ "GQ sees" "" "$(refs)"
	shell GQ "git-receive-pack $PWD/hq/repo.git"
	[ "$(refs)" = "refs/heads/node/GQ refs/mail/GQ " ] ||
		differ "GQ may push" "" "$(refs)"
	# what is hidden cannot be asked for by its name either
	tip=$(git -C hq/repo.git for-each-ref --format='%(objectname)' \
		refs/heads/node/TC/)
	printf '#!/bin/sh\nfor last; do :; done\nSSH_ORIGINAL_COMMAND=$last exec %s -C %s shell GQ\n' \
		"$WELLHEAD" "$PWD/hq" >as_gq && chmod +x as_gq
	git init -q --bare thief.git
	for version in 0 2; do
		status=0
		GIT_SSH_COMMAND=$PWD/as_gq GIT_SSH_VARIANT=simple \
			git -c protocol.version=$version -C thief.git fetch -q \
			"ssh://x$PWD/hq/repo.git" "$tip" 2>.err || status=$?
		[ "$status" -ne 0 ]
	done
	GIT_SSH_COMMAND=$PWD/as_gq GIT_SSH_VARIANT=simple git -C thief.git \
		fetch -q "ssh://x$PWD/hq/repo.git" refs/heads/hq/GQ
}

# An sshd that asks `wellhead authorized-keys`; where sshd does not trust the
# program's path (it must be root's, all the way), the same lines from a file.
start_sshd() {
	sshd_start sshd || skip "no sshd"
	sshd_stop sshd
	rm -f sshd/sshd.pid
	sed -i '/^AuthorizedKeysFile/d' sshd/sshd_config
	cat >>sshd/sshd_config <<-EOF
	AuthorizedKeysFile none
	AuthorizedKeysCommand $WELLHEAD -C $PWD/hq authorized-keys %u %t %k
	AuthorizedKeysCommandUser $(id -un)
	EOF
	# the client knows no key but the node's
	sed -i '/^IdentityFile/d; /^IdentitiesOnly/d' sshd/ssh_config
	export HOME=$PWD/home
	unset SSH_AUTH_SOCK
	"$WELLHEAD" -C tc ssh-key >/dev/null
	"$WELLHEAD" -C gq ssh-key >/dev/null
	restart_sshd
	how=AuthorizedKeysCommand
	if ! $WELLHEAD_SSH -o BatchMode=yes -i tc/keys/id_ed25519 \
	    -p "$SSHD_PORT" "$(id -un)@127.0.0.1" 2>&1 | grep -q E_FOREIGN; then
		sshd_stop sshd
		how="an authorized_keys file"
		"$WELLHEAD" -C hq authorized-keys >sshd/authorized_keys
		sed -i '/^AuthorizedKeys/d' sshd/sshd_config
		echo "AuthorizedKeysFile $PWD/sshd/authorized_keys" \
			>>sshd/sshd_config
		restart_sshd
	fi
	echo "# keys by $how" >&3
}

restart_sshd() {
	for _ in $(seq 50); do [ -e sshd/sshd.pid ] || break; sleep .1; done
	"$(command -v sshd || echo /usr/sbin/sshd)" -f "$PWD/sshd/sshd_config" \
		-E "$PWD/sshd/sshd.log"
	sshd_wait sshd
}

@test "ssh: a branch syncs with its node key, and gets no further" {
	start_sshd
	url=$(ssh_url "$PWD/hq/repo.git")
	sqlite3 tc/store.db "UPDATE remote SET url = '$url'"
	"$WELLHEAD" -C tc edit TC.a remark=ssh
	like 0 "*changesets sent *1*" "" -C tc sync
	"$WELLHEAD" -C hq sync >/dev/null
	like 0 "*changesets merged *" "" -C tc sync
	[ "$("$WELLHEAD" -C hq show TC.a --json | jq -r .remark)" = ssh ]
	jq -e '.unreceipted == 0' <<<"$("$WELLHEAD" -C tc status --json)"
	# TC's changesets with GQ's key
	"$WELLHEAD" -C tc edit TC.a remark=again
	"$WELLHEAD" -C tc seal >/dev/null
	ref=$(git -C tc/repo.git for-each-ref --format='%(refname)' \
		refs/heads/node/TC/ | tail -1)
	with() {
		status=0
		err=$(GIT_SSH_COMMAND="$WELLHEAD_SSH -o IdentitiesOnly=yes -i $PWD/$1" \
			git -C tc/repo.git push -q "$url" "$ref" 2>&1) || status=$?
		[ "$status" -ne 0 ]
	}
	with gq/keys/id_ed25519
	[[ $err == *"hidden ref"* ]] || differ refused "hidden ref" "$err"
	# a key that nobody knows
	ssh-keygen -q -t ed25519 -N '' -f other </dev/null
	with other
	[[ $err == *"Permission denied"* ]]
	mv tc/keys/id_ed25519 away
	like 75 "" "wellhead: sync: *Permission denied*(E_OFFLINE)*" -C tc sync
	mv away tc/keys/id_ed25519
	like 0 "*changesets sent *1*" "" -C tc sync
}

@test "ssh: a new key gets in, the one before only until then, a revoked one never" {
	start_sshd
	keys() {	# where sshd reads a file, it is written anew
		[ "$how" = AuthorizedKeysCommand ] ||
			"$WELLHEAD" -C hq authorized-keys >sshd/authorized_keys
	}
	sqlite3 tc/store.db "UPDATE remote SET url =
		'$(ssh_url "$PWD/hq/repo.git")'"
	old=$(cut -d' ' -f1,2 tc/keys/id_ed25519.pub)
	"$WELLHEAD" -C tc rotate >/dev/null 2>&1
	# headquarters does not know the new one yet
	like 0 "*changesets sent *" "" -C tc sync
	"$WELLHEAD" -C hq sync >/dev/null
	keys
	new=$(cut -d' ' -f1,2 tc/keys/id_ed25519.pub)
	[ "$new" != "$old" ]
	w -C hq authorized-keys
	[[ $out == *"$new"* && $out != *"$old"* ]]
	rm -f tc/keys/id_ed25519.old
	"$WELLHEAD" -C tc edit TC.a remark=new
	like 0 "*changesets sent *" "" -C tc sync
	"$WELLHEAD" -C hq sync >/dev/null
	"$WELLHEAD" -C hq revoke TC --after 2 --reason lost >/dev/null 2>&1
	keys
	w -C hq authorized-keys
	[[ $out != *"$new"* && $out != *"$old"* ]]
	like 75 "" "wellhead: sync: *Permission denied*(E_OFFLINE)*" -C tc sync
	shell TC "git-upload-pack '$PWD/hq/repo.git'"
	[ "$status" -eq 1 ]
	[[ $err == *"(E_REVOKED)"* ]]
}
