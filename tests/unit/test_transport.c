/* Fetch and push by path and by ssh; peers that refuse, stall or vanish.
 * The ssh tests run when there is an sshd and we may start it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>

#include "base/file.h"
#include "base/text.h"
#include "repo.h"
#include "shell.h"
#include "transport.h"

#define MAIN "refs/heads/node/TC/1a2b3c4d"
#define HQ "refs/heads/hq/all"

struct place {
	char *folder, *there, *here, *script;
	struct repo *near, *far;
	struct transfer t;
	struct err e;
};

#define OKAY(call) do { \
	if ((call) != OK) \
		fail_msg("%s: %s: %s", #call, err_name(p->e.code), \
		    p->e.detail); \
} while (0)
#define EXPECT(call, want, word) \
	expect(p, #call, (call), (want), (word))

static void expect(struct place *p, const char *what, enum err_code got,
    enum err_code want, const char *word)
{
	if (got != want || strstr(p->e.detail, word) == NULL)
		fail_msg("%s: %s: %s; expected %s with \"%s\"", what,
		    err_name(got), p->e.detail, err_name(want), word);
}

static int set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return -1;
	p->folder = shell_folder();
	p->there = path_join(p->folder, "it's there.git");
	p->here = path_join(p->folder, "here.git");
	p->script = path_join(p->folder, "ssh.sh");
	OKAY(repo_create(&p->far, p->there, &p->e));
	OKAY(repo_create(&p->near, p->here, &p->e));
	p->t.deadline_s = 60;
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;

	unsetenv("WELLHEAD_SSH");
	repo_close(p->near);
	repo_close(p->far);
	shell_remove(p->folder);
	free(p->there);
	free(p->here);
	free(p->script);
	free(p);
	return 0;
}

/* n commits after tip, which is replaced; each as a changeset's. */
static void grow(struct place *p, struct repo *r, int n, char tip[OID_HEX])
{
	struct buf text = BUF_INIT;
	char blob[OID_HEX], tree[OID_HEX];
	unsigned char raw[20];
	int i;

	for (i = 0; i < n; i++) {
		buf_clear(&text);
		buf_printf(&text, "payload %d after %s", i, tip);
		OKAY(repo_write(r, OBJECT_BLOB, slice_buf(&text), blob,
		    &p->e));
		assert_true(hex_decode(slice_str(blob), raw, 20));
		buf_clear(&text);
		buf_add(&text, "100644 changeset", 17);
		buf_add(&text, raw, 20);
		OKAY(repo_write(r, OBJECT_TREE, slice_buf(&text), tree,
		    &p->e));
		buf_clear(&text);
		buf_printf(&text, "tree %s\n", tree);
		if (tip[0] != '\0')
			buf_printf(&text, "parent %s\n", tip);
		buf_adds(&text, "author TC <TC@org> 1646730902 +0000\n"
		    "committer TC <TC@org> 1646730902 +0000\n\nrecords\n");
		OKAY(repo_write(r, OBJECT_COMMIT, slice_buf(&text), tip,
		    &p->e));
	}
	buf_release(&text);
}

static void set_ref(struct place *p, struct repo *r, const char *name,
    const char *to)
{
	char now[OID_HEX];

	OKAY(repo_ref_get(r, name, now, &p->e));
	OKAY(repo_ref_set(r, name, now, to, &p->e));
}

static void assert_ref(struct place *p, struct repo *r, const char *name,
    const char *want)
{
	char now[OID_HEX];

	OKAY(repo_ref_get(r, name, now, &p->e));
	if (strcmp(now, want) != 0)
		fail_msg("%s is \"%s\", expected \"%s\"", name, now, want);
}

static struct refspec spec(const char *from, const char *to, bool force)
{
	struct refspec s = { .force = force };

	snprintf(s.from, sizeof(s.from), "%s", from);
	snprintf(s.to, sizeof(s.to), "%s", to);
	return s;
}

/* Push, push more, fetch it elsewhere; the repositories stay whole. */
static void exchange(struct place *p, const char *url)
{
	struct refspec out = spec(MAIN, MAIN, false);
	struct refspec in[] = { spec(HQ, "refs/remotes/hq/hq/all", true),
		spec("refs/heads/hq/none", "refs/remotes/hq/hq/none", true) };
	char tip[OID_HEX] = "", hq[OID_HEX] = "";
	struct buf list = BUF_INIT, want = BUF_INIT;
	int round;

	for (round = 0; round < 3; round++) {
		grow(p, p->near, 3, tip);
		set_ref(p, p->near, MAIN, tip);
		OKAY(transport_push(p->here, url, &out, 1, &p->t, &p->e));
		assert_ref(p, p->far, MAIN, tip);
		assert_true(p->t.sent > 500);
		grow(p, p->far, round == 0 ? 200 : 2, hq);
		set_ref(p, p->far, HQ, hq);
		OKAY(transport_fetch(p->here, url, in, 2, &p->t, &p->e));
		assert_ref(p, p->near, in[0].to, hq);
		assert_ref(p, p->near, in[1].to, "");
	}
	/* nothing new: almost no bytes */
	OKAY(transport_push(p->here, url, &out, 1, &p->t, &p->e));
	OKAY(transport_fetch(p->here, url, in, 2, &p->t, &p->e));
	assert_true(p->t.sent == 4);
	OKAY(transport_list(url, &p->t, &list, &p->e));
	buf_printf(&want, "%s " HQ "\n%s " MAIN "\n", hq, tip);
	assert_string_equal((char *)list.p, (char *)want.p);
	/* the first fetch stays one pack, small ones become loose objects */
	assert_int_equal(shell(NULL, "cd \"%s\" && git fsck --strict && "
	    "cd %s && git fsck --strict && test $(ls objects/pack | wc -l) "
	    "-eq 2 && test -z \"$(ls -d objects/tmp*)\"", p->there,
	    p->here), 0);
	buf_release(&list);
	buf_release(&want);
}

static void test_path(void **state)
{
	struct place *p = *state;

	exchange(p, p->there);
}

static void test_file_url(void **state)
{
	struct place *p = *state;
	struct buf url = BUF_INIT;

	buf_printf(&url, "file://%s", p->there);
	exchange(p, (char *)url.p);
	buf_release(&url);
}

/* A ref that is one object is replaced, both ways. */
static void test_flat(void **state)
{
	struct place *p = *state;
	struct refspec out = spec("refs/mail/TC", "refs/mail/TC", true);
	struct refspec in = spec("refs/mail/hq/TC", "refs/mail/hq/TC", true);
	const char *text[] = { "one", "another", "one" };
	char oid[OID_HEX];
	size_t i;

	for (i = 0; i < 3; i++) {
		OKAY(repo_write(p->near, OBJECT_BLOB, slice_str(text[i]), oid,
		    &p->e));
		set_ref(p, p->near, out.from, oid);
		OKAY(transport_push(p->here, p->there, &out, 1, &p->t, &p->e));
		assert_ref(p, p->far, out.to, oid);
		set_ref(p, p->far, in.from, oid);
		OKAY(transport_fetch(p->here, p->there, &in, 1, &p->t, &p->e));
		assert_ref(p, p->near, in.to, oid);
	}
}

/* A chain comes in slices as its remote grows; what was left of one fetch is
 * used by the next; a cut slice costs nothing that came before it. */
static void test_slices(void **state)
{
	struct place *p = *state;
	struct refspec in = spec(HQ, "refs/remotes/hq/hq/all", true);
	char hq[OID_HEX] = "";
	enum err_code rc;
	int n = 0;

	grow(p, p->far, 300, hq);
	set_ref(p, p->far, HQ, hq);
	do {
		if (n == 2) {
			grow(p, p->far, 100, hq);
			set_ref(p, p->far, HQ, hq);
		}
		p->t.slice = SLICE_MIN;
		p->t.budget = 24000;
		rc = transport_fetch(p->here, p->there, &in, 1, &p->t, &p->e);
		if (rc != OK)
			EXPECT(rc, ERR_BUDGET, "bytes");
		if (p->t.sent + p->t.received > p->t.budget)
			fail_msg("moved %llu bytes of %llu",
			    (unsigned long long)(p->t.sent + p->t.received),
			    (unsigned long long)p->t.budget);
	} while (rc != OK && ++n < 40);
	if (rc != OK || n < 2)
		fail_msg("%s after %d fetches", err_name(rc), n);
	assert_ref(p, p->near, in.to, hq);
	assert_int_equal(shell(NULL, "cd %s && git fsck --strict && "
	    "test ! -e partial", p->here), 0);
}

/* The remote's end of our chain is not in it, known to us or not. */
static void test_push_refused(void **state)
{
	struct place *p = *state;
	struct refspec out = spec(MAIN, MAIN, false);
	char ours[OID_HEX] = "", theirs[OID_HEX] = "", base[OID_HEX] = "";

	grow(p, p->near, 2, ours);
	snprintf(base, sizeof(base), "%s", ours);
	set_ref(p, p->near, MAIN, ours);
	OKAY(transport_push(p->here, p->there, &out, 1, &p->t, &p->e));
	snprintf(theirs, sizeof(theirs), "%s", ours);
	grow(p, p->far, 2, theirs);
	set_ref(p, p->far, MAIN, theirs);
	EXPECT(transport_push(p->here, p->there, &out, 1, &p->t, &p->e),
	    ERR_CHAIN, MAIN);
	assert_ref(p, p->far, MAIN, theirs);
	/* the same with the remote's commits here, on a side branch */
	grow(p, p->near, 2, base);
	assert_string_equal(base, theirs);
	grow(p, p->near, 1, ours);
	set_ref(p, p->near, MAIN, ours);
	grow(p, p->near, 1, base);
	set_ref(p, p->far, MAIN, theirs);
	EXPECT(transport_push(p->here, p->there, &out, 1, &p->t, &p->e),
	    ERR_CHAIN, MAIN);
	assert_ref(p, p->far, MAIN, theirs);
}

static void test_fetch_rewound(void **state)
{
	struct place *p = *state;
	struct refspec in = spec(HQ, "refs/remotes/hq/hq/all", false);
	char one[OID_HEX] = "", two[OID_HEX];

	grow(p, p->far, 1, one);
	snprintf(two, sizeof(two), "%s", one);
	grow(p, p->far, 1, two);
	set_ref(p, p->far, HQ, two);
	OKAY(transport_fetch(p->here, p->there, &in, 1, &p->t, &p->e));
	set_ref(p, p->far, HQ, one);
	EXPECT(transport_fetch(p->here, p->there, &in, 1, &p->t, &p->e),
	    ERR_CHAIN, HQ);
	assert_ref(p, p->near, in.to, two);
	in.force = true;
	OKAY(transport_fetch(p->here, p->there, &in, 1, &p->t, &p->e));
	assert_ref(p, p->near, in.to, one);
}

/* Nothing that a repository on a stick names is run. */
static void test_hostile_path(void **state)
{
	struct place *p = *state;
	struct refspec out = spec(MAIN, MAIN, false);
	char tip[OID_HEX] = "";

	assert_int_equal(shell(NULL, "cd \"%s\" && mkdir -p hooks && "
	    "for h in pre-receive update post-receive post-update "
	    "reference-transaction; do printf '#!/bin/sh\\ntouch %s/ran\\n'"
	    ">hooks/$h; chmod +x hooks/$h; done && "
	    "git config core.fsmonitor %s/evil && "
	    "git config uploadpack.packObjectsHook %s/evil", p->there,
	    p->folder, p->folder, p->folder), 0);
	grow(p, p->near, 1, tip);
	set_ref(p, p->near, MAIN, tip);
	OKAY(transport_push(p->here, p->there, &out, 1, &p->t, &p->e));
	assert_ref(p, p->far, MAIN, tip);
	assert_int_equal(shell(NULL, "test ! -e %s/ran", p->folder), 0);
}

/* A server that refuses: its words reach us. */
static void test_hook_refuses(void **state)
{
	struct place *p = *state;
	struct refspec out = spec(MAIN, MAIN, false);
	char tip[OID_HEX] = "";
	struct buf url = BUF_INIT;

	assert_int_equal(shell(NULL, "printf '#!/bin/sh\\nfor last; do :; "
	    "done; exec sh -c \"$last\"\\n' >%s && chmod +x %s && cd \"%s\" "
	    "&& mkdir -p hooks && printf '#!/bin/sh\\necho not today >&2; "
	    "exit 1\\n' >hooks/pre-receive && chmod +x hooks/pre-receive",
	    p->script, p->script, p->there), 0);
	setenv("WELLHEAD_SSH", p->script, 1);
	buf_printf(&url, "ssh://hq%s", p->there);
	grow(p, p->near, 1, tip);
	set_ref(p, p->near, MAIN, tip);
	EXPECT(transport_push(p->here, (char *)url.p, &out, 1, &p->t, &p->e),
	    ERR_CHAIN, "not today");
	EXPECT((p->e.code), ERR_CHAIN, MAIN);
	assert_ref(p, p->far, MAIN, "");
	buf_release(&url);
}

#define GREETING "printf '0040%040d refs/heads/hq/all\\0x0000' 7; read line; "
/* What ssh may be, and what comes of it. */
static const struct peer {
	const char *name, *script;
	enum err_code code;
	const char *word;
} peers[] = {
	{ "stalls", "sleep 600", ERR_DEADLINE, "1 seconds" },
	{ "stalls after a greeting", "printf 0000; cat >/dev/null; sleep 600",
	    ERR_DEADLINE, "nothing moved" },
	{ "stalls in a packet", "printf 0044abc; sleep 600", ERR_DEADLINE,
	    "nothing moved" },
	{ "talks without end", "while :; do printf '0009abc\\n\\n'; "
	    "sleep .1; done", ERR_DEADLINE, "2 seconds" },
	{ "refuses", "echo 'Permission denied (publickey).' >&2; exit 255",
	    ERR_OFFLINE, "Permission denied (publickey)" },
	{ "no route", "echo 'No route to host' >&2; exit 255", ERR_OFFLINE,
	    "No route to host" },
	{ "is silent", "exit 0", ERR_OFFLINE, "" },
	{ "talks nonsense", "echo Welcome to this machine", ERR_FORMAT, "" },
	{ "wrong length", "printf 0003", ERR_FORMAT, "length" },
	{ "says ERR", "printf '000cERR full'", ERR_OFFLINE, "full" },
	{ "floods standard error", "yes >&2", ERR_DEADLINE, "" },
	{ "sends a broken pack", GREETING "printf '0008NAK\\n000e\\001"
	    "PACKjunk!0000'", ERR_CORRUPT, "" },
	{ "sends half a pack", GREETING "printf '0008NAK\\n0011\\001"
	    "PACK\\0\\0\\0\\002\\0\\0\\0\\0010000'", ERR_CORRUPT, "" },
	{ "breaks off", GREETING "printf '0008NAK\\n0011\\001PACK'",
	    ERR_OFFLINE, "the link broke" },
	{ "stops on band 3", GREETING "printf '0008NAK\\n0010\\003"
	    "disk is bad'", ERR_OFFLINE, "disk is bad" },
	{ "answers out of order", GREETING "printf '0009what\\n'",
	    ERR_FORMAT, "order" },
	{ "has another hash", "printf '0066%064d refs/heads/a\\0"
	    "object-format=sha2560000' 0", ERR_FORMAT, "SHA-1" },
};

static void test_peers(void **state)
{
	struct place *p = *state;
	struct refspec in = spec(HQ, "refs/remotes/hq/hq/all", true);
	size_t i;

	setenv("WELLHEAD_SSH", p->script, 1);
	for (i = 0; i < sizeof(peers) / sizeof(peers[0]); i++) {
		time_t before = time(NULL);
		enum err_code rc;

		assert_int_equal(shell(NULL, "cat >%s <<'END'\n#!/bin/sh\n%s\n"
		    "END\nchmod +x %s", p->script, peers[i].script,
		    p->script), 0);
		p->t.deadline_s = 2;
		p->t.stall_s = 1;
		rc = transport_fetch(p->here, "ssh://hq/x.git", &in, 1,
		    &p->t, &p->e);
		expect(p, peers[i].name, rc, peers[i].code, peers[i].word);
		if (time(NULL) - before > 4)
			fail_msg("%s: took %lld s", peers[i].name,
			    (long long)(time(NULL) - before));
	}
}

static void test_no_such(void **state)
{
	struct place *p = *state;
	struct refspec in = spec(HQ, "refs/remotes/hq/hq/all", true);

	EXPECT(transport_fetch(p->here, "/nowhere/at/all", &in, 1, &p->t,
	    &p->e), ERR_OFFLINE, "/nowhere/at/all");
	EXPECT(transport_fetch(p->here, p->folder, &in, 1, &p->t, &p->e),
	    ERR_OFFLINE, "not appear to be a git repository");
	setenv("WELLHEAD_SSH", "/nowhere/ssh", 1);
	EXPECT(transport_fetch(p->here, "ssh://hq/x", &in, 1, &p->t, &p->e),
	    ERR_IO, "/nowhere/ssh");
}

/* A person's Ctrl-C ends it, and nothing is left running. */
static void test_interrupt(void **state)
{
	struct place *p = *state;
	struct refspec in = spec(HQ, "refs/remotes/hq/hq/all", true);
	pid_t self = getpid();
	pid_t killer;

	assert_int_equal(shell(NULL, "printf '#!/bin/sh\\necho $$ >%s/pid\\n"
	    "exec sleep 600\\n' >%s && chmod +x %s", p->folder, p->script,
	    p->script), 0);
	setenv("WELLHEAD_SSH", p->script, 1);
	killer = fork();
	if (killer == 0) {
		sleep(1);
		kill(self, SIGINT);
		_exit(0);
	}
	EXPECT(transport_fetch(p->here, "ssh://hq/x", &in, 1, &p->t, &p->e),
	    ERR_INTERRUPTED, "interrupted");
	waitpid(killer, NULL, 0);
	assert_int_equal(shell(NULL, "sleep .2; s=$(cut -d' ' -f3 "
	    "/proc/$(cat %s/pid)/stat 2>/dev/null); test \"${s:-Z}\" = Z",
	    p->folder), 0);
}

static const struct { const char *url; bool ok; } urls[] = {
	{ "ssh://host/path", true }, { "ssh://me@host:22/path", true },
	{ "ssh://[::1]:22/p", true }, { "ssh://host/~/p", true },
	{ "ssh://host/a%20b", true }, { "https://host/x.git", true },
	{ "file:///a/b", true }, { "/a/b", true }, { "a/b", true },
	{ "./a:b", true }, { "\xe4\xba\x95\xe5\x8f\xa3.git", true },
	{ "", false }, { "ssh://", false }, { "ssh://host", false },
	{ "ssh://host/", false }, { "ssh:///path", false },
	{ "ssh://-oProxyCommand=x/path", false },
	{ "ssh://me@-x/path", false }, { "ssh://-l@host/path", false },
	{ "ssh://ho st/path", false }, { "ssh://host:0/p", false },
	{ "ssh://host:x/p", false }, { "ssh://host:222222/p", false },
	{ "ssh://me:secret@host/p", false }, { "ssh://host/a%00b", false },
	{ "ssh://host/a%zz", false }, { "ssh://host/a%0ab", false },
	{ "ssh://[::1/p", false }, { "file://host/a", false },
	{ "http://host/x", false }, { "git://host/x", false },
	{ "courier:/media/usb", true }, { "courier:usb", false },
	{ "courier:", false }, { "ftp://host/x", false },
	{ "ext::sh -c x", false }, { "host:path", false },
	{ "/a\nb", false }, { "https://host", false }, { "https:///x", false },
};

static void test_urls(void **state)
{
	struct place *p = *state;
	size_t i;

	for (i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		enum err_code rc = transport_check_url(urls[i].url, &p->e);

		if (rc != (urls[i].ok ? OK : ERR_USAGE))
			fail_msg("\"%s\": %s", urls[i].url, err_name(rc));
		if (rc != OK && strstr(p->e.detail, "secret") != NULL)
			fail_msg("\"%s\": %s", urls[i].url, p->e.detail);
	}
}

/* A real sshd on loopback, with keys of its own. */
static const char sshd_script[] =
    "cd \"$1\" && test -x /usr/sbin/sshd && test \"$(id -u)\" = 0 || exit 9\n"
    "mkdir -p /run/sshd\n"
    "ssh-keygen -q -t ed25519 -N '' -f host && "
    "ssh-keygen -q -t ed25519 -N '' -f user && "
    "cp user.pub authorized && port=$((20000 + $$ % 20000)) &&\n"
    "/usr/sbin/sshd -f /dev/null -p $port -o ListenAddress=127.0.0.1 "
    "-o HostKey=$PWD/host -o AuthorizedKeysFile=$PWD/authorized "
    "-o StrictModes=no -o UsePAM=no -o PidFile=$PWD/sshd.pid "
    "-o PasswordAuthentication=no &&\n"
    "printf '[127.0.0.1]:%s %s\\n' $port \"$(cut -d' ' -f1,2 host.pub)\" "
    ">known && printf '#!/bin/sh\\nexec ssh -F /dev/null -i %s/user "
    "-o IdentitiesOnly=yes -o UserKnownHostsFile=%s/known "
    "-o StrictHostKeyChecking=yes \"$@\"\\n' $PWD $PWD >ssh.sh && "
    "chmod +x ssh.sh && sleep .3 && printf $port >port\n";

static void test_sshd(void **state)
{
	struct place *p = *state;
	char *script = path_join(p->folder, "sshd.sh");
	struct buf port = BUF_INIT, url = BUF_INIT;
	struct refspec in = spec(HQ, "refs/remotes/hq/hq/all", true);
	int status;

	OKAY(file_write(script, slice_str(sshd_script), 0755, false, &p->e));
	status = shell(NULL, "sh %s %s", script, p->folder);
	free(script);
	if (status != 0) {
		assert_int_equal(status, 9);
		skip();
	}
	setenv("WELLHEAD_SSH", p->script, 1);
	assert_int_equal(shell(&port, "cat %s/port", p->folder), 0);
	buf_printf(&url, "ssh://127.0.0.1:%s%s", port.p, p->there);
	exchange(p, (char *)url.p);
	assert_int_equal(shell(NULL, ": >%s/authorized", p->folder), 0);
	EXPECT(transport_fetch(p->here, (char *)url.p, &in, 1, &p->t, &p->e),
	    ERR_OFFLINE, "Permission denied");
	assert_int_equal(shell(NULL, "kill $(cat %s/sshd.pid); sleep .3",
	    p->folder), 0);
	EXPECT(transport_fetch(p->here, (char *)url.p, &in, 1, &p->t, &p->e),
	    ERR_OFFLINE, "refused");
	buf_release(&port);
	buf_release(&url);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(test_path), T(test_file_url), T(test_flat),
		T(test_slices), T(test_push_refused),
		T(test_fetch_rewound), T(test_hostile_path),
		T(test_hook_refuses), T(test_peers), T(test_no_such),
		T(test_interrupt), T(test_urls), T(test_sshd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
