# Shared by tests that try what an attacker can sign: changesets made with stock
# git and ssh-keygen from those that the program has made. $REF and $TIP are the
# ref of TC's chain and the tip that headquarters has; keys/id_ed25519 is there.

# put REPO REF COMMIT: as one who can write to the host's disk
put() {
	git -C "$1" -c protocol.file.allow=always fetch -q \
		"$PWD/tc/repo.git" "$3" || return
	git -C "$1" update-ref "$2" "$3"
}

# signed FILE NODE: a commit of that text, signed anew by the node's own key
signed() {
	sed -e '/^gpgsig /,/END SSH SIGNATURE/d' "$1" >.text
	rm -f .text.sig
	ssh-keygen -q -Y sign -n git -f "$2/keys/id_ed25519" .text 2>/dev/null
	{
		sed '/^$/,$d' .text
		sed -e '1s/^/gpgsig /' -e '2,$s/^/ /' .text.sig
		sed -n '/^$/,$p' .text
	} >.commit
	git -C tc/repo.git hash-object -t commit -w --literally --stdin <.commit
}

# next: the text of a good changeset that TC has sealed and not sent, in
# ./good; its commit is $NEXT.
next() {
	"$WELLHEAD" -C tc edit TC.a remark=x >/dev/null
	"$WELLHEAD" -C tc seal >/dev/null
	NEXT=$(git -C tc/repo.git rev-parse "$REF")
	git -C tc/repo.git cat-file commit "$NEXT" >good
	# what the tests sign is what the program would have signed
	[ "$(signed good tc)" = "$NEXT" ]
}

# with_blob FILE LENGTH: ./bad is ./good with this payload, open
with_blob() {
	local blob tree
	blob=$(git -C tc/repo.git hash-object -w --stdin <"$1")
	tree=$(printf '100644 blob %s\tchangeset\n' "$blob" |
		git -C tc/repo.git mktree)
	sed -e "s/^tree .*/tree $tree/" \
		-e 's/^Wellhead-Key: .*/Wellhead-Key: none/' \
		-e "s/^Wellhead-Payload: .*/Wellhead-Payload: $(sha256sum \
			<"$1" | cut -d' ' -f1) $2/" good >bad
}

# forged_after COMMIT: the one that could follow it, signed by TC
forged_after() {
	git -C tc/repo.git cat-file commit "$1" >before
	sed -e "s/^parent .*/parent $1/" -e "s/^Wellhead-Seq: .*/$(awk \
		'/^Wellhead-Seq: /{print $1, $2 + 1}' before)/" \
		-e "s/^\(Wellhead-Prev: \).*/\1$(sha256sum <before |
		cut -d' ' -f1)/" before >bad
	grep -q ^parent bad ||
		sed -i "s/^author/parent $1\nauthor/" bad
	signed bad tc
}
