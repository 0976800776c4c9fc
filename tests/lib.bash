# Shell functions shared by the demo and the tests; source it.

# sshd_start DIR: a throw-away sshd on loopback, its keys and a client
# configuration under DIR. Sets WELLHEAD_SSH and SSHD_PORT; returns 1 where
# there is no sshd.
sshd_start() {
	local dir=$1 sshd try
	sshd=$(command -v sshd || ls /usr/sbin/sshd 2>/dev/null) || return 1
	mkdir -p "$dir" && chmod 700 "$dir"
	dir=$(cd "$dir" && pwd)
	ssh-keygen -q -t ed25519 -N '' -f "$dir/host" </dev/null
	ssh-keygen -q -t ed25519 -N '' -f "$dir/client" </dev/null
	cp "$dir/client.pub" "$dir/authorized_keys"
	if [ "$(id -u)" = 0 ]; then mkdir -p /run/sshd; fi
	for try in 1 2 3 4 5 6 7 8; do
		SSHD_PORT=$((20000 + (RANDOM + try * 997) % 30000))
		cat >"$dir/sshd_config" <<-EOF
		Port $SSHD_PORT
		ListenAddress 127.0.0.1
		HostKey $dir/host
		AuthorizedKeysFile $dir/authorized_keys
		PidFile $dir/sshd.pid
		PermitRootLogin prohibit-password
		PasswordAuthentication no
		KbdInteractiveAuthentication no
		UsePAM no
		StrictModes no
		MaxStartups 50
		EOF
		"$sshd" -f "$dir/sshd_config" -E "$dir/sshd.log" 2>/dev/null
		sshd_wait "$dir" && break
	done
	[ -s "$dir/sshd.pid" ] || return 1
	echo "[127.0.0.1]:$SSHD_PORT $(cut -d' ' -f1,2 "$dir/host.pub")" \
		>"$dir/known_hosts"
	cat >"$dir/ssh_config" <<-EOF
	Host *
	IdentityFile $dir/client
	IdentitiesOnly yes
	UserKnownHostsFile $dir/known_hosts
	GlobalKnownHostsFile /dev/null
	StrictHostKeyChecking yes
	LogLevel ERROR
	EOF
	export WELLHEAD_SSH="ssh -F $dir/ssh_config"
}

sshd_wait() {
	local i
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		if [ -s "$1/sshd.pid" ] &&
		    (: >"/dev/tcp/127.0.0.1/$SSHD_PORT") 2>/dev/null; then
			return 0
		fi
		sleep 0.05
	done
	return 1
}

sshd_stop() {
	if [ -s "$1/sshd.pid" ]; then
		kill "$(cat "$1/sshd.pid")" 2>/dev/null
	fi
	return 0
}

# ssh_url PATH: the URL of an absolute path through the sshd started above
ssh_url() {
	echo "ssh://$(id -un)@127.0.0.1:$SSHD_PORT$1"
}
