#!/usr/bin/env bats
# Chains carried by hand: bundles in a folder, several branches, trips and
# sticks; full, read-only, yanked and hostile ones; mixed with other carriers.
load helper

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
}

setup() {
	fresh
	mkdir stick
	for n in hq tc; do
		"$WELLHEAD" -C $n remote add stick "courier:$PWD/stick"
	done
}

teardown() {
	[ ! -d full ] || umount full 2>/dev/null || true
}

# The organisation's folder on the stick
box() {
	echo "${1:-stick}"/wellhead/*
}

bundles() {
	ls "$(box "${1:-stick}")" | grep bundle | tr '\n' ' '
}

# carry NODE...: each syncs with the stick, in turn
carry() {
	local n
	for n in "$@"; do
		w -C "$n" sync stick
		[ "$status" -eq 0 ] || differ "$n sync stick" 0 "$status $err" ||
			return
		[ -z "$err" ] || differ "$n sync stick says" "" "$err" || return
	done
}

status_of() {
	"$WELLHEAD" -C tc status --json | jq -r "$1"
}

@test "courier: records go, receipts ride back, nothing is written twice" {
	"$WELLHEAD" -C tc edit TC.a remark=stick
	like 0 "*changesets sent *" "" -C tc sync stick
	[ "$(status_of .unreceipted)" = 1 ]
	[ "$(ls "$(box)")" = "node-TC-00000001.bundle
node-TC.have" ]
	# reading writes nobody else's files
	ours=$(cd stick && sha256sum wellhead/*/node-TC*)
	carry hq
	[ "$("$WELLHEAD" -C hq show TC.a --json | jq -r .remark)" = stick ]
	sha256sum -c --quiet <<<"$(cd stick && echo "$ours" |
		sed 's|  |  stick/|')"
	carry tc
	[ "$(status_of .unreceipted)" = 0 ]
	# what came is in no bundle of ours any more; HQ's own goes next time
	[ "$(bundles | tr ' ' '\n' | grep -c node)" -eq 0 ]
	carry hq tc hq tc
	before=$(cd stick && find . -type f | sort | xargs sha256sum)
	carry tc hq tc
	[ "$(cd stick && find . -type f | sort | xargs sha256sum)" = "$before" ]
	like 0 "*good*" "" -C hq verify
	like 0 "*good*" "" -C tc verify
}

@test "courier: stock git confirms every bundle" {
	"$WELLHEAD" -C tc edit TC.a remark=stick
	carry tc
	for f in "$(box)"/*.bundle; do
		git -C hq/repo.git bundle verify -q "$PWD/$f"
		git bundle list-heads "$f" | grep -q " refs/heads/node/TC/"
	done
	carry hq
	for f in "$(box)"/hq-*.bundle; do
		git -C tc/repo.git bundle verify -q "$PWD/$f"
	done
	# a whole chain is a repository by itself
	rm -rf stick/* && sqlite3 tc/store.db "DELETE FROM receipt"
	carry tc
	git clone -q --bare "$(box)"/node-TC-00000001.bundle copy.git
	git -C copy.git fsck --strict
}

@test "courier: only what the receipts do not cover is carried" {
	for i in $(seq 30); do
		"$WELLHEAD" -C tc edit TC.a remark="$i" >/dev/null
		"$WELLHEAD" -C tc seal >/dev/null
	done
	exchange 2>/dev/null
	"$WELLHEAD" -C tc edit TC.a remark=last
	carry tc
	f=$(box)/node-TC-00000001.bundle
	[ "$(grep -ac '^-[0-9a-f]\{40\}' "$f")" -eq 1 ]
	[ "$(stat -c %s "$f")" -lt 2000 ]
	# what came by ssh or path meanwhile is not carried again
	exchange 2>/dev/null
	carry tc
	[[ $(bundles) != *node-TC* ]]
	# and what came by stick is not sent again
	"$WELLHEAD" -C tc edit TC.a remark=again
	carry tc hq
	w -C tc sync hq --json
	jq -e '.sent_bytes < 700' <<<"$out"
	[ "$(status_of .unreceipted)" = 0 ]
}

@test "courier: several sticks and trips, lost and late ones" {
	mkdir lost late
	"$WELLHEAD" -C tc edit TC.a remark=1
	carry tc
	cp -r stick/. lost/
	"$WELLHEAD" -C tc edit TC.a remark=2
	carry tc
	[ "$(bundles)" = "node-TC-00000002.bundle " ]
	cp -r stick/. late/
	# the stick in use is empty again: all that has no receipt goes on it
	rm -rf stick/*
	"$WELLHEAD" -C tc edit TC.a remark=3
	carry tc hq tc
	[ "$("$WELLHEAD" -C hq show TC.a --json | jq -r .remark)" = 3 ]
	[ "$(status_of .unreceipted)" = 0 ]
	# the others arrive afterwards, older and older
	for s in late lost; do
		rm -rf stick/* && cp -r $s/. stick/
		carry hq tc
	done
	[ "$("$WELLHEAD" -C hq show TC.a --json | jq -r .remark)" = 3 ]
	like 0 "*good*" "" -C hq verify --deep
}

@test "courier: two branches on one stick, each reads its own" {
	"$WELLHEAD" -C hq invite GQ --name 港区 -o GQ.invitation 2>/dev/null
	"$WELLHEAD" join GQ.invitation gq >/dev/null 2>&1
	"$WELLHEAD" -C gq remote add stick "courier:$PWD/stick"
	"$WELLHEAD" -C gq add org_unit code=GQ name=港区工会 kind=branch \
		parent=HQ.org established_on=2001-03-01 2>/dev/null
	"$WELLHEAD" -C tc edit TC.a remark=stick
	"$WELLHEAD" -C gq sync stick >/dev/null 2>&1
	"$WELLHEAD" -C tc sync stick >/dev/null 2>&1
	w -C hq sync stick
	[[ $out == *"nodes enrolled "*1* ]]
	for i in 1 2; do
		for n in gq tc hq; do "$WELLHEAD" -C $n sync stick >/dev/null; done
	done
	for n in gq tc; do
		jq -e '.unreceipted == 0 and .stopped == []' \
			<<<"$("$WELLHEAD" -C $n status --json)"
		[ -z "$(git -C $n/repo.git for-each-ref | grep -v "hq/all" |
			grep "$([ $n = gq ] && echo TC || echo GQ)")" ]
	done
	want 0 1 "" -C hq figure 'org_unit[branch=GQ]#count'
}

@test "courier: a second node of a branch gets its sibling's chain" {
	"$WELLHEAD" -C hq invite TC-pit --branch TC --name 井口 \
		-o pit.invitation 2>/dev/null
	"$WELLHEAD" join pit.invitation pit >/dev/null 2>&1
	"$WELLHEAD" -C pit remote add stick "courier:$PWD/stick"
	for i in 1 2 3; do
		for n in pit hq; do
			"$WELLHEAD" -C $n sync stick >/dev/null 2>&1
		done
	done
	[ "$("$WELLHEAD" -C pit show TC.a --json | jq -r .name)" = 测试甲 ]
	# nobody gets a chain that he has
	carry tc hq pit hq
	for f in "$(box)"/hq-TC-*; do
		[ ! -e "$f" ] || ! git bundle list-heads "$f" | grep -q node/
	done
	"$WELLHEAD" -C tc edit TC.a remark=pit
	carry tc hq pit
	[ "$("$WELLHEAD" -C pit show TC.a --json | jq -r .remark)" = pit ]
	[ "$(grep -ac '^-[0-9a-f]\{40\}' "$(box)"/hq-TC-*)" -ge 1 ]
}

@test "courier: what the reader lacks comes whole the next time" {
	"$WELLHEAD" -C tc edit TC.a remark=1
	carry tc hq tc
	"$WELLHEAD" -C tc edit TC.a remark=2
	# a false .have: headquarters is said to have what it never got
	"$WELLHEAD" -C tc seal >/dev/null
	ref=$(git -C tc/repo.git for-each-ref refs/heads/node/TC/ \
		--format='%(refname)' | tail -1)
	printf 'wellhead have 1\n%s %s\n' \
		"$(git -C tc/repo.git rev-parse "$ref")" "$ref" \
		>"$(box)/hq.have"
	"$WELLHEAD" -C tc edit TC.a remark=3
	carry tc
	like 0 "*stopped *0*" "*node-TC-*bundle: it goes on from changesets*" \
		-C hq sync stick
	[ "$("$WELLHEAD" -C hq show TC.a --json | jq -r .remark)" = 1 ]
	carry tc hq
	[ "$("$WELLHEAD" -C hq show TC.a --json | jq -r .remark)" = 3 ]
}

@test "courier: a full, read-only, missing or yanked stick" {
	"$WELLHEAD" -C tc edit TC.a remark=1
	before=$(snapshot tc | cut -c1-8)
	mv stick away
	like 75 "" "wellhead: sync: *no folder $PWD/stick*(E_OFFLINE)*hint: *" \
		-C tc sync stick
	# among other remotes it is only told; they are served
	like 0 "*" "*warning: *no folder $PWD/stick*" -C tc sync
	like 0 "*" "*warning: *no folder $PWD/stick*" -C hq sync
	: >stick
	like 75 "" "*(E_OFFLINE)*" -C tc sync stick
	rm stick && mkfifo stick
	like 75 "" "*(E_OFFLINE)*" -C tc sync stick
	rm stick && mv away stick
	# full: a file system of its own, if we may mount one
	mkdir full
	if mount -t tmpfs -o size=64k,nr_inodes=20 tmpfs full 2>/dev/null; then
		sqlite3 tc/store.db \
			"UPDATE remote SET url='courier:$PWD/full' WHERE name='stick'"
		head -c 57344 /dev/zero >full/other
		for i in $(seq 60); do
			"$WELLHEAD" -C tc edit TC.a remark=$i >/dev/null
			"$WELLHEAD" -C tc seal >/dev/null
		done
		like 1 "" "wellhead: sync: *there is no room*(E_IO)*hint: *" \
			-C tc sync stick
		[ -z "$(find full -name '*.bundle')" ]
		[ -z "$(find full -name '.*tmp')" ]
		rm full/other
		like 0 "*changesets sent *" "" -C tc sync stick
		mount -o remount,ro full
		"$WELLHEAD" -C tc edit TC.a remark=2
		like 1 "" "wellhead: sync: *may not be written*(E_IO)*" \
			-C tc sync stick
		umount full
	fi
	# a file-size limit stands for a full disk where none may be mounted
	sqlite3 tc/store.db \
		"UPDATE remote SET url='courier:$PWD/stick' WHERE name='stick'"
	[ -n "$before" ]
	like 0 "*" "" -C tc sync stick
	carry hq tc
}

@test "courier: it goes away in the middle" {
	"$WELLHEAD" -C tc edit TC.a remark=1
	carry tc
	f=$(echo "$(box)"/node-TC-*.bundle)
	head -c $(($(stat -c %s "$f") / 2)) "$f" >half
	before=$(snapshot hq)
	cp half "$f"
	like 0 "*stopped *0*" "*node-TC-00000001.bundle: *" -C hq sync stick
	# a pipe that never ends cannot hold us
	rm "$f" && mkfifo "$f"
	like 0 "*stopped *0*" "*: it is not a plain file*" \
		-C hq sync stick --deadline 20
	rm "$f"
	[ -n "$before" ]
	[ -z "$(ls -d hq/repo.git/objects/tmp_* 2>/dev/null)" ]
	[ "$("$WELLHEAD" -C hq show TC.a --json | jq -r .remark)" != 1 ]
	# the branch finds it gone and writes it again
	carry tc hq
	[ "$("$WELLHEAD" -C hq show TC.a --json | jq -r .remark)" = 1 ]
}

# A library that pulls the stick out: reading or writing (YANK) a bundle fails
# with EIO after AT bytes.
yank_build() {
	cat >yank.c <<-'EOF'
	#define _GNU_SOURCE
	#include <dlfcn.h>
	#include <errno.h>
	#include <stdio.h>
	#include <stdlib.h>
	#include <string.h>
	#include <unistd.h>

	static int pulled(const char *what, int fd, size_t n)
	{
		static size_t moved;
		const char *yank = getenv("YANK");
		char link[64], path[4096];
		ssize_t len;

		if (!yank || strcmp(yank, what) != 0)
			return 0;
		snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
		len = readlink(link, path, sizeof path - 1);
		if (len < 0)
			return 0;
		path[len] = 0;
		if (!strstr(path, "/wellhead/"))
			return 0;
		moved += n;
		return moved > strtoul(getenv("AT"), NULL, 10);
	}
	#define HOOK(name, type) \
		static type (*real)(); \
		if (!real) \
			*(void **)&real = dlsym(RTLD_NEXT, #name)
	ssize_t read(int fd, void *p, size_t n)
	{
		HOOK(read, ssize_t);
		if (pulled("read", fd, 1000)) {
			errno = EIO;
			return -1;
		}
		return real(fd, p, n);
	}
	ssize_t write(int fd, const void *p, size_t n)
	{
		HOOK(write, ssize_t);
		if (pulled("write", fd, n)) {
			errno = EIO;
			return -1;
		}
		return real(fd, p, n);
	}
	int fsync(int fd)
	{
		HOOK(fsync, int);
		if (pulled("fsync", fd, 1)) {
			errno = EIO;
			return -1;
		}
		return real(fd);
	}
	EOF
	gcc -shared -fPIC -w -o yank.so yank.c -ldl
}

@test "courier: pulled out at any moment of reading and writing" {
	yank_build || skip "no compiler"
	for i in $(seq 20); do
		"$WELLHEAD" -C tc edit TC.a remark="$i" >/dev/null
		"$WELLHEAD" -C tc seal >/dev/null
	done
	n=0
	for at in 0 500 1000 3000 5000 7000; do
		for what in write fsync read; do
			w_yank tc "$what" "$at"
			n=$((n + (status == 75)))
		done
	done
	[ "$n" -ge 3 ] || differ "times it was pulled out" ">= 3" "$n"
	carry tc
	n=0
	for at in 0 1000 2000 3000 5000; do
		for what in write fsync read; do
			w_yank hq "$what" "$at"
			n=$((n + (status == 75)))
		done
	done
	[ "$n" -ge 3 ] || differ "times it was pulled out" ">= 3" "$n"
	carry tc hq tc
	[ "$("$WELLHEAD" -C hq show TC.a --json | jq -r .remark)" = 20 ]
	[ "$(status_of .unreceipted)" = 0 ]
	like 0 "*good*" "" -C hq verify --deep
	[ -z "$(find stick -name '.*tmp')" ]
}

# w_yank NODE WHAT AT: it says that the stick went away, or it was done before
w_yank() {
	status=0
	# a sanitizer's library may come second
	err=$( { LD_PRELOAD=$PWD/yank.so YANK=$2 AT=$3 \
		ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0 \
		"$WELLHEAD" -C "$1" sync stick >/dev/null; } 2>&1) || status=$?
	case $status in
	0) ;;
	75) [[ $err == *"went away"*"(E_OFFLINE)"*"hint: "* ]] ||
		differ "said" "went away" "$err" ;;
	*) differ "status of $*" "0 or 75" "$status $err" ;;
	esac
}

# A bundle in stock git's own way: hostile NAME REF
hostile() {
	git -C evil.git bundle create -q "$PWD/$(box)/$1" "$2"
}

@test "courier: a hostile stick" {
	"$WELLHEAD" -C tc edit TC.a remark=1
	carry tc hq tc
	dir=$(box)
	rm -f "$dir"/*
	refs=$(git -C hq/repo.git for-each-ref | sha256sum)
	git init -q --bare evil.git
	tree=$(git -C evil.git mktree </dev/null)
	c=$(git -C evil.git -c user.name=x -c user.email=x@x commit-tree \
		-m evil "$tree")
	for r in refs/heads/main refs/heads/hq/all refs/tags/x \
	    refs/heads/node/TC/12345678 refs/evidence/x; do
		git -C evil.git update-ref $r "$c"
	done
	# refs that are not ours, and a chain of nobody's
	hostile node-TC-00000009.bundle --all
	# thousands of refs
	for i in $(seq 5000); do
		echo "create refs/heads/node/TC/$(printf %08x "$i") $c"
	done | git -C evil.git update-ref --stdin
	hostile node-XX-00000001.bundle --all
	# huge heads, no heads, other things under our names
	{ echo "# v2 git bundle"; head -c 3000000 /dev/zero | tr '\0' x; } \
		>"$dir/node-AA-00000001.bundle"
	echo "# v3 git bundle" >"$dir/node-BB-00000001.bundle"
	: >"$dir/node-CC-00000001.bundle"
	mkdir "$dir/node-DD-00000001.bundle"
	ln -s /etc/passwd "$dir/node-EE-00000001.bundle"
	ln -s . "$dir/node-FF-00000001.bundle"
	printf '# v2 git bundle\n%s refs/heads/node/GG/12345678\n\nPACKjunk' \
		"$c" >"$dir/node-GG-00000001.bundle"
	printf 'wellhead have 1\n%s refs/heads/hq/TC\n' "$c" >"$dir/node-TC.have"
	head -c 2000000 /dev/urandom >"$dir/node-ZZ.have"
	mkdir "$dir/node-YY.have" && mkfifo "$dir/node-WW.have"
	status=0
	err=$( { "$WELLHEAD" -C hq sync stick --deadline 60 >/dev/null; } 2>&1) ||
		status=$?
	[ "$status" -eq 0 ] || differ "hq sync" 0 "$status $err"
	for f in AA BB CC DD EE FF GG XX; do
		[[ $err == *"node-$f-00000001.bundle: "* ]] ||
			differ "said of" $f "$err"
	done
	[[ $err != *root:* ]]
	[ "$(git -C hq/repo.git for-each-ref refs/heads | grep -cv xx)" -gt 0 ]
	# nothing of it is in the store or under refs/heads
	[ "$(git -C hq/repo.git for-each-ref refs/heads | grep -c "$c")" -eq 0 ]
	like 0 "*good*" "" -C hq verify
	[ -n "$refs" ]
	# links in the place of wellhead's own folders
	rm -rf stick/* && mkdir -p elsewhere && ln -s "$PWD/elsewhere" stick/wellhead
	"$WELLHEAD" -C tc edit TC.a remark=2
	w -C tc sync stick
	[ "$status" -ne 0 ]
	[ -z "$(ls elsewhere)" ]
	# too many files
	rm stick/wellhead && mkdir -p "$dir"
	(cd "$dir" && seq 5000 | xargs touch)
	like 1 "" "*more than 4096 files*(E_TOO_BIG)*" -C tc sync stick
}

@test "courier: attachments ride along" {
	head -c 200000 /dev/urandom >photo.jpg
	printf '\xff\xd8\xff\xe0' | dd of=photo.jpg conv=notrunc 2>/dev/null
	"$WELLHEAD" -C tc attach TC.a photo.jpg >/dev/null
	carry tc hq tc hq
	"$WELLHEAD" -C hq attachment get TC.a photo.jpg -o got.jpg
	cmp photo.jpg got.jpg
}

# peak COMMAND...: its status in $status, the KiB it took in $peak
peak() {
	status=0
	peak=$(python3 -c 'import resource, subprocess, sys
r = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL,
    stderr=open("peak.err", "w"))
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(r.returncode)' "$@") || status=$?
}

@test "courier: a bomb takes neither memory nor time" {
	"$WELLHEAD" -C tc edit TC.a remark=1
	carry tc
	git init -q --bare evil.git
	git -C evil.git config core.compression 1
	big=$(head -c 300000000 /dev/zero |
		git -C evil.git hash-object -w --stdin)
	tree=$(printf '100644 blob %s\tchangeset\n' "$big" |
		git -C evil.git mktree)
	c=$(git -C evil.git -c user.name=x -c user.email=x@x commit-tree \
		-m x "$tree")
	git -C evil.git update-ref refs/heads/node/TC/12345678 "$c"
	git -C evil.git bundle create -q "$PWD/$(box)/node-TC-00000099.bundle" \
		refs/heads/node/TC/12345678
	peak "$WELLHEAD" -C hq sync stick --deadline 60
	[ "$status" -eq 0 ] || differ status 0 "$status $(cat peak.err)"
	[ "$peak" -lt 262144 ] || differ "KiB of memory" "< 262144" "$peak"
	# what was good on the stick was taken
	[ "$("$WELLHEAD" -C hq show TC.a --json | jq -r .remark)" = 1 ]
}

@test "relay: chains go up and answers come down, closed and unchanged" {
	git init -q --bare below.git
	"$WELLHEAD" -C hq invite ZX --name 中转 --remote "$PWD/hq/repo.git" \
		-o ZX.invitation 2>/dev/null
	"$WELLHEAD" join ZX.invitation zx >/dev/null 2>&1
	"$WELLHEAD" -C zx remote list >/dev/null
	for n in zx hq zx; do "$WELLHEAD" -C $n sync >/dev/null; done
	"$WELLHEAD" -C zx remote add below "$PWD/below.git"
	above=$("$WELLHEAD" -C zx remote list --json |
		jq -r 'select(.name != "below").name')
	sqlite3 tc/store.db "UPDATE remote SET url='$PWD/below.git'
		WHERE name='hq'"
	# a node that headquarters has never seen comes through it, too
	"$WELLHEAD" -C hq invite GQ --name 港区 --remote "$PWD/below.git" \
		-o GQ.invitation 2>/dev/null
	"$WELLHEAD" join GQ.invitation gq >/dev/null 2>&1
	"$WELLHEAD" -C tc edit TC.a remark=relay
	for n in tc gq; do "$WELLHEAD" -C $n sync >/dev/null; done
	like 0 "*chains sent up *2*refused *0*" "" -C zx relay below "$above"
	like 0 "*nodes enrolled *1*" "" -C hq sync
	[ "$("$WELLHEAD" -C hq show TC.a --json | jq -r .remark)" = relay ]
	like 0 "*chains sent down *refused *0*" "" -C zx relay below "$above"
	for n in tc gq; do
		like 0 "*" "" -C $n sync
		jq -e '.unreceipted == 0' \
			<<<"$("$WELLHEAD" -C $n status --json)"
	done
	# unchanged: the same commits on both sides
	for r in $(git -C below.git for-each-ref --format='%(refname)'); do
		[ "$(git -C below.git rev-parse "$r")" = \
			"$(git -C hq/repo.git rev-parse "$r")" ]
	done
	# nothing new: nothing goes
	like 0 "*chains sent up *0*chains sent down *0*" "" \
		-C zx relay below "$above"
	# what nobody signed stays below, and is told
	ref=$(git -C below.git for-each-ref --format='%(refname)' \
		refs/heads/node/TC | tail -1)
	bad=$(git -C below.git -c user.name=x -c user.email=x@x commit-tree \
		-p "$ref" -m forged "$ref^{tree}")
	good=$(git -C below.git rev-parse "$ref")
	git -C below.git update-ref "$ref" "$bad"
	like 0 "*chains sent up *0*refused *1*" "*warning: below: node/TC/*: *" \
		-C zx relay below "$above"
	[ "$(git -C hq/repo.git rev-parse "$ref")" = "$good" ]
	git -C below.git update-ref "$ref" "$good"
	# the same by a stick that goes between
	sqlite3 tc/store.db "UPDATE remote SET url='courier:$PWD/stick'
		WHERE name='hq'; DELETE FROM remote WHERE name='stick'"
	"$WELLHEAD" -C zx remote add stick "courier:$PWD/stick"
	"$WELLHEAD" -C tc edit TC.a remark=stick
	"$WELLHEAD" -C tc sync >/dev/null
	like 0 "*chains sent up *1*refused *0*" "" -C zx relay stick "$above"
	"$WELLHEAD" -C hq sync >/dev/null
	"$WELLHEAD" -C zx relay stick "$above" >/dev/null
	"$WELLHEAD" -C tc sync >/dev/null
	[ "$("$WELLHEAD" -C hq show TC.a --json | jq -r .remark)" = stick ]
	[ "$(status_of .unreceipted)" = 0 ]
	like 1 "" "*(E_NOT_FOUND)*" -C zx relay nowhere "$above"
}

@test "any mixture of carriers converges" {
	printf '#!/bin/sh\nfor last; do :; done\nexec sh -c "$last"\n' >ssh
	chmod +x ssh
	export WELLHEAD_SSH=$PWD/ssh
	RANDOM=${WELLHEAD_SEED:-$((RANDOM + 1))}
	echo "seed $RANDOM"
	"$WELLHEAD" -C tc remote add ssh "ssh://hq$PWD/hq/repo.git"
	mkdir stick2
	for n in hq tc; do
		"$WELLHEAD" -C $n remote add stick2 "courier:$PWD/stick2"
	done
	for i in $(seq "${SCALE:-12}"); do
		"$WELLHEAD" -C tc edit TC.a remark="$i" >/dev/null
		r=(hq ssh stick stick2)
		"$WELLHEAD" -C tc sync "${r[RANDOM % 4]}" >/dev/null
		case $((RANDOM % 3)) in
		0) "$WELLHEAD" -C hq sync >/dev/null ;;
		1) "$WELLHEAD" -C hq sync stick >/dev/null ;;
		2) "$WELLHEAD" -C hq sync stick2 >/dev/null ;;
		esac
	done
	for i in 1 2; do
		"$WELLHEAD" -C tc sync >/dev/null
		"$WELLHEAD" -C hq sync >/dev/null
	done
	"$WELLHEAD" -C tc sync >/dev/null
	[ "$("$WELLHEAD" -C hq show TC.a --json | jq -r .remark)" = \
		"${SCALE:-12}" ]
	[ "$(status_of '[.unreceipted,.held,.conflicts]|join(" ")')" = "0 0 0" ]
	for n in tc hq; do
		like 0 "*good*" "" -C $n verify --deep
	done
}
