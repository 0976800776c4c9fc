#!/usr/bin/env bats
# https through git http-backend behind a web server, with a certificate of
# the organisation's own.

load ../cli/helper

# web_start DIR: lighttpd on loopback, serving what lies under DIR as
# https://localhost:$WEB_PORT/; its certificate is DIR/cert.pem.
web_start() {
	local dir=$1 web backend
	web=$(command -v lighttpd || ls /usr/sbin/lighttpd 2>/dev/null) ||
		return 1
	backend=$(git --exec-path)/git-http-backend
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
		-nodes -days 3650 -subj /CN=localhost -addext \
		subjectAltName=DNS:localhost \
		-keyout "$dir/key.pem" -out "$dir/cert.pem" 2>/dev/null ||
		return
	for _ in 1 2 3 4 5 6 7 8; do
		WEB_PORT=$((20000 + RANDOM))
		cat >"$dir/lighttpd.conf" <<-EOF
		server.port = $WEB_PORT
		server.bind = "127.0.0.1"
		server.document-root = "$dir"
		server.errorlog = "$dir/error.log"
		server.pid-file = "$dir/web.pid"
		server.modules = ( "mod_alias", "mod_setenv", "mod_cgi",
			"mod_openssl" )
		ssl.engine = "enable"
		ssl.pemfile = "$dir/cert.pem"
		ssl.privkey = "$dir/key.pem"
		alias.url = ( "/git/" => "$backend/" )
		cgi.assign = ( "" => "" )
		setenv.set-environment = (
			"GIT_PROJECT_ROOT" => "$dir",
			"GIT_HTTP_EXPORT_ALL" => "1",
			"REMOTE_USER" => "tc",
			"GIT_CONFIG_COUNT" => "1",
			"GIT_CONFIG_KEY_0" => "safe.directory",
			"GIT_CONFIG_VALUE_0" => "*" )
		EOF
		"$web" -f "$dir/lighttpd.conf" 2>>"$dir/error.log" && return
	done
	return 1
}

setup_file() {
	organisation "$BATS_FILE_TMPDIR/org"
	mkdir "$BATS_FILE_TMPDIR/web"
	if ! web_start "$BATS_FILE_TMPDIR/web"; then
		cat "$BATS_FILE_TMPDIR/web/error.log"
		return 1
	fi
	export WEB_PORT
}

teardown_file() {
	kill "$(cat "$BATS_FILE_TMPDIR/web/web.pid")"
}

# Headquarters' repository is what the web server serves.
setup() {
	fresh
	git -C hq/repo.git config http.receivepack true
	ln -sfn "$PWD/hq/repo.git" "$BATS_FILE_TMPDIR/web/repo.git"
	export SSL_CERT_FILE=$BATS_FILE_TMPDIR/web/cert.pem
	sqlite3 tc/store.db "UPDATE remote SET url = \
'https://localhost:$WEB_PORT/git/repo.git'"
}

enter() {
	seq "$1" "$2" | sed 's/.*/{"type":"person","id":"TC.p&","branch":"TC","kind":"retired","org":"TC.org","name":"测试&号"}/' \
		>more.jsonl
	"$WELLHEAD" -C tc import more.jsonl >/dev/null 2>&1
}

@test "push and fetch through a web server" {
	enter 1 50
	like 0 "*changesets sent *1*" "" -C tc sync
	like 0 "*changesets merged *1*" "" -C hq sync
	like 0 "*changesets merged *[1-9]*" "" -C tc sync
	like 0 "*changesets merged *0*" "" -C tc sync
	git -C hq/repo.git fsck --strict
	git -C tc/repo.git fsck --strict
	like 0 "*测试50号*" "" -C hq show TC.p50
}

@test "a chain in slices arrives whole, both ways" {
	local i
	for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
		enter $((i * 100)) $((i * 100 + 40))
		"$WELLHEAD" -C tc seal >/dev/null
	done
	sqlite3 tc/store.db "UPDATE remote SET slice = 8192"
	like 0 "*changesets sent *1[23]*" "" -C tc sync
	"$WELLHEAD" -C hq sync >/dev/null
	"$WELLHEAD" -C hq invite T2 --branch TC --name 二号 -o t2.invitation \
		--remote "https://localhost:$WEB_PORT/git/repo.git" 2>/dev/null
	"$WELLHEAD" join t2.invitation t2 >/dev/null 2>&1
	"$WELLHEAD" -C t2 sync >/dev/null
	"$WELLHEAD" -C hq sync >/dev/null
	sqlite3 t2/store.db "UPDATE remote SET slice = 8192"
	"$WELLHEAD" -C t2 sync >/dev/null
	like 0 "*测试1240号*" "" -C t2 show TC.p1240
}

@test "a certificate that nobody vouches for is refused, and how to name it is said" {
	unset SSL_CERT_FILE
	refused 1 E_KEY -C tc sync
	[[ $err == *SSL_CERT_FILE*http.sslCAInfo* ]]
	export HOME=$PWD
	git config --global http.sslCAInfo "$BATS_FILE_TMPDIR/web/cert.pem"
	like 0 "*" "*" -C tc sync
}

@test "a page that is not there, a server that is not there: try again later" {
	sqlite3 tc/store.db "UPDATE remote SET url = \
'https://localhost:$WEB_PORT/git/none.git'"
	refused 75 E_OFFLINE -C tc sync
	sqlite3 tc/store.db "UPDATE remote SET url = \
'https://localhost:1/git/repo.git'"
	refused 75 E_OFFLINE -C tc sync
}

@test "a hook's refusal is read through the web server, too" {
	enter 1 2
	printf '#!/bin/sh\necho not today >&2\nexit 1\n' \
		>hq/repo.git/hooks/pre-receive
	chmod +x hq/repo.git/hooks/pre-receive
	w -C tc sync
	[ "$status" -eq 1 ]
	[[ $err == *"not today"* ]]
}
