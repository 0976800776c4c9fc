/* Our signatures against OpenSSH's ssh-keygen, both ways, and forged ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "hash.h"
#include "sshsig.h"

#define WHO "TC@example"

static char dir[] = "/tmp/wellhead-sshsig-XXXXXX";

static const char *in_dir(const char *name)
{
	static char path[4][200];
	static int turn;

	turn = (turn + 1) % 4;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", dir, name);
	return path[turn];
}

static void put(const char *name, struct slice s, unsigned mode)
{
	struct err e;

	assert_int_equal(file_write(in_dir(name), s, mode, false, &e), OK);
}

/* Exit status of ssh-keygen with standard input from `in`, quietly. */
static int ssh_keygen(const char *in, const char *const argv[])
{
	int status = -1, fd;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		fd = open(in, O_RDONLY);
		if (fd < 0 || dup2(fd, 0) < 0)
			_exit(126);
		fd = open("/dev/null", O_WRONLY);
		if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
			_exit(126);
		execvp("ssh-keygen", (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int ssh_verify(const struct key *k, struct slice message,
    struct slice armored, const char *namespace)
{
	struct buf b = BUF_INIT;
	int status;

	buf_adds(&b, WHO " namespaces=\"git\" ");
	key_ssh_text(&b, k->public);
	buf_addc(&b, '\n');
	put("allowed", slice_buf(&b), 0644);
	put("sig", armored, 0644);
	put("message", message, 0644);
	status = ssh_keygen(in_dir("message"), (const char *const[]) {
		"ssh-keygen", "-Y", "verify", "-f", in_dir("allowed"), "-I",
		WHO, "-n", namespace, "-s", in_dir("sig"), NULL });
	buf_release(&b);
	return status;
}

/* Lengths around the hash's block and the armor's lines. */
static void ours_is_good_for_ssh(void **state)
{
	static const size_t lengths[] = { 0, 1, 111, 112, 128, 1200, 70000 };
	static unsigned char text[70000];
	struct key k;
	struct err e;

	(void)state;
	key_make(&k);
	random_bytes(text, sizeof(text));
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		struct slice m = slice_of(text, lengths[i]);
		struct buf a = BUF_INIT;

		assert_int_equal(sshsig_sign(&k, "git", m, &a, &e), OK);
		assert_int_equal(ssh_verify(&k, m, slice_buf(&a), "git"), 0);
		assert_int_equal(sshsig_verify(k.public, "git", m,
		    slice_buf(&a), &e), OK);
		a.p[a.n / 2] ^= 1;
		assert_int_not_equal(ssh_verify(&k, m, slice_buf(&a), "git"),
		    0);
		buf_release(&a);
	}
}

/* ssh-keygen makes a key and signs with it; we read both. */
static void theirs_is_good_for_us(void **state)
{
	struct slice m = slice_str("tree 0\nauthor 井口\n\n17 records\n");
	struct buf public = BUF_INIT, sig = BUF_INIT, again = BUF_INIT;
	unsigned char pk[KEY_PUBLIC], inside[KEY_PUBLIC];
	struct err e;

	(void)state;
	put("theirs.msg", m, 0644);
	assert_int_equal(ssh_keygen("/dev/null", (const char *const[]) {
		"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f",
		in_dir("id"), NULL }), 0);
	assert_int_equal(ssh_keygen("/dev/null", (const char *const[]) {
		"ssh-keygen", "-Y", "sign", "-n", "git", "-f", in_dir("id"),
		in_dir("theirs.msg"), NULL }), 0);
	assert_int_equal(file_read(in_dir("id.pub"), 1000, &public, &e), OK);
	assert_int_equal(file_read(in_dir("theirs.msg.sig"), 1000, &sig, &e),
	    OK);
	assert_true(key_ssh_parse(slice_buf(&public), pk));
	assert_int_equal(sshsig_verify(pk, "git", m, slice_buf(&sig), &e),
	    OK);
	assert_int_equal(sshsig_key(slice_buf(&sig), inside, &e), OK);
	assert_memory_equal(inside, pk, KEY_PUBLIC);
	assert_int_equal(sshsig_verify(pk, "file", m, slice_buf(&sig), &e),
	    ERR_SIGNATURE);
	key_ssh_text(&again, pk);
	assert_memory_equal(again.p, public.p, again.n);
	buf_release(&public);
	buf_release(&sig);
	buf_release(&again);
}

/* Any bit of the armor changed: never accepted, and never as another's. */
static void every_flipped_bit_is_refused(void **state)
{
	struct slice m = slice_str("message");
	struct buf a = BUF_INIT;
	struct key k;
	struct err e;

	(void)state;
	key_make(&k);
	assert_int_equal(sshsig_sign(&k, "git", m, &a, &e), OK);
	for (size_t i = 0; i < a.n * 8; i++) {
		enum err_code c;

		a.p[i / 8] ^= (unsigned char)(1u << (i % 8));
		c = sshsig_verify(k.public, "git", m, slice_buf(&a), &e);
		if (c != ERR_SIGNATURE && c != ERR_KEY)
			fail_msg("bit %zu: got %s", i, err_name(c));
		a.p[i / 8] ^= (unsigned char)(1u << (i % 8));
	}
	for (size_t n = 0; n < a.n; n++)
		assert_int_equal(sshsig_verify(k.public, "git", m,
		    slice_of(a.p, n), &e), ERR_SIGNATURE);
	buf_release(&a);
}

static void another_form_is_refused(void **state)
{
	static const char *const cases[] = {
		"%s\n", "\n%s", " %s", "%s%s",
	};
	struct slice m = slice_str("message");
	struct buf a = BUF_INIT, b = BUF_INIT;
	struct key k, other;
	unsigned char pk[KEY_PUBLIC];
	struct err e;

	(void)state;
	key_make(&k);
	key_make(&other);
	assert_int_equal(sshsig_sign(&k, "git", m, &a, &e), OK);
	assert_int_equal(sshsig_verify(other.public, "git", m, slice_buf(&a),
	    &e), ERR_KEY);
	assert_int_equal(sshsig_verify(k.public, "git", slice_str("massage"),
	    slice_buf(&a), &e), ERR_SIGNATURE);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *p = cases[i];

		buf_clear(&b);
		for (; *p != '\0'; p++) {
			if (p[0] == '%' && p[1] == 's') {
				buf_addb(&b, slice_buf(&a));
				p++;
			} else {
				buf_addc(&b, (unsigned char)*p);
			}
		}
		assert_int_equal(sshsig_verify(k.public, "git", m,
		    slice_buf(&b), &e), ERR_SIGNATURE);
		assert_int_equal(sshsig_key(slice_buf(&b), pk, &e),
		    ERR_SIGNATURE);
	}
	/* The same digits in lines of other lengths. */
	buf_clear(&b);
	buf_adds(&b, "-----BEGIN SSH SIGNATURE-----\n");
	for (size_t i = 30; i < a.n - 28; i++)
		if (a.p[i] != '\n')
			buf_addc(&b, a.p[i]);
	buf_adds(&b, "\n-----END SSH SIGNATURE-----\n");
	assert_int_equal(sshsig_verify(k.public, "git", m, slice_buf(&b), &e),
	    ERR_SIGNATURE);
	buf_release(&a);
	buf_release(&b);
}

static int make_dir(void **state)
{
	struct err e;

	(void)state;
	return crypto_start(&e) == OK && mkdtemp(dir) != NULL ? 0 : -1;
}

static int remove_dir(void **state)
{
	static const char *const names[] = { "allowed", "sig", "message",
		"theirs.msg", "theirs.msg.sig", "id", "id.pub" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		unlink(in_dir(names[i]));
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ours_is_good_for_ssh),
		cmocka_unit_test(theirs_is_good_for_us),
		cmocka_unit_test(every_flipped_bit_is_refused),
		cmocka_unit_test(another_form_is_refused),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
