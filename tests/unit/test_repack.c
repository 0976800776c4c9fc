/* Packing: few files however many changesets, and nothing lost: not to a
 * kill, not to a push meanwhile, not to pruning.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "repo_pack.h"
#include "seed.h"
#include "shell.h"

struct place {
	char *folder, *path;
	struct repo *r;
	char tip[OID_HEX];
	int count;
	struct err e;
};

#define OKAY(call) do { \
	if ((call) != OK) \
		fail_msg("%s: %s: %s", #call, err_name(p->e.code), \
		    p->e.detail); \
} while (0)

static int set_up(void **state)
{
	struct place *p = calloc(1, sizeof *p);

	if (!p)
		return -1;
	p->folder = shell_folder();
	p->path = path_join(p->folder, "r.git");
	OKAY(repo_create(&p->r, p->path, &p->e));
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;

	repo_close(p->r);
	shell_remove(p->folder);
	free(p->path);
	free(p);
	return 0;
}

/* What a shell line prints, as a number. */
static long number(const char *line, const char *path)
{
	struct buf out = BUF_INIT;
	long n;

	if (shell(&out, "cd '%s' && %s", path, line) != 0)
		fail_msg("%s: %s", line, (const char *)out.p);
	n = strtol((const char *)out.p, NULL, 10);
	buf_release(&out);
	return n;
}

/* One more changeset of the chain: blob, tree, commit, as seal.c writes. */
static void append(struct place *p, const char *ref, bool move)
{
	static const char entry[] = "100644 changeset";
	struct buf text = BUF_INIT, tree = BUF_INIT;
	char blob[OID_HEX], tree_oid[OID_HEX], commit[OID_HEX], was[OID_HEX];
	unsigned char raw[20];

	buf_printf(&text, "payload %d of %s", p->count, ref);
	OKAY(repo_write(p->r, OBJECT_BLOB, slice_buf(&text), blob, &p->e));
	assert_true(hex_decode(slice_str(blob), raw, sizeof raw));
	buf_add(&tree, entry, sizeof entry);
	buf_add(&tree, raw, sizeof raw);
	OKAY(repo_write(p->r, OBJECT_TREE, slice_buf(&tree), tree_oid,
	    &p->e));
	OKAY(repo_ref_get(p->r, ref, was, &p->e));
	buf_clear(&text);
	buf_printf(&text, "tree %s\n", tree_oid);
	if (was[0])
		buf_printf(&text, "parent %s\n", was);
	buf_printf(&text, "author TC <TC@o> %d +0000\ncommitter TC <TC@o> %d "
	    "+0000\n\nchangeset %d\n", 1700000000 + p->count,
	    1700000000 + p->count, p->count);
	OKAY(repo_write(p->r, OBJECT_COMMIT, slice_buf(&text), commit,
	    &p->e));
	if (move)
		OKAY(repo_ref_set(p->r, ref, was, commit, &p->e));
	memcpy(p->tip, commit, sizeof p->tip);
	p->count++;
	buf_release(&text);
	buf_release(&tree);
}

#define CHAIN "refs/heads/node/TC/00112233"
#define FILES "find objects -type f | wc -l"
#define PACKS "ls objects/pack/*.pack 2>/dev/null | wc -l"
#define LOOSE "find objects/?? -type f | wc -l"

static void whole(struct place *p, int commits)
{
	struct buf out = BUF_INIT;

	if (shell(&out, "cd '%s' && git fsck --strict --full --no-dangling "
	    "2>&1 | grep -v '^notice: HEAD' || :", p->path) != 0 || out.n)
		fail_msg("fsck: %s", (const char *)out.p);
	buf_release(&out);
	assert_int_equal(number("git rev-list --objects --all | wc -l",
	    p->path), 3 * commits);
}

/* 3,000 small syncs: the bound is that of the heads of files. */
static void test_bound(void **state)
{
	struct place *p = *state;
	const char *scale = getenv("SCALE");
	int want = scale && strtod(scale, NULL) > 1 ? 12000 : 3000;
	struct repacked out;
	size_t runs = 0;
	long files;

	for (int i = 0; i < want; i++) {
		append(p, CHAIN, true);
		OKAY(repo_tidy(p->r, 0, &out, &p->e));
		runs += out.objects > 0;
	}
	assert_true(runs >= 2 && runs <= (size_t)want / 100);
	files = number(FILES, p->path);
	if (files > LOOSE_MANY * 3 / 2 + 40)
		fail_msg("%ld files after %d changesets", files, want);
	whole(p, want);
	OKAY(repo_prune(p->r, GARBAGE_AGE_MS, &out, &p->e));
	assert_int_equal(out.pruned, 0);
	assert_int_equal(number(LOOSE, p->path), 0);
	assert_true(number(PACKS, p->path) <= 12);
	whole(p, want);
	/* nothing to do: nothing is done */
	OKAY(repo_prune(p->r, GARBAGE_AGE_MS, &out, &p->e));
	assert_int_equal(out.objects, 0);
}

/* Packs of one size become one; a large one stays as it is. */
static void test_classes(void **state)
{
	struct place *p = *state;
	struct repacked out;
	long before;

	for (int i = 0; i < 15; i++) {
		OKAY(repo_batch(p->r, &p->e));
		for (int k = 0; k < (i == 0 ? 500 : 1); k++)
			append(p, CHAIN, i == 0 && k == 0);
		OKAY(repo_batch_end(p->r, true, &p->e));
	}
	OKAY(repo_ref_get(p->r, CHAIN, p->tip, &p->e));
	before = number(PACKS, p->path);
	assert_int_equal(before, 15);
	OKAY(repo_tidy(p->r, 1000, &out, &p->e));
	assert_int_equal(out.packs, 14);
	assert_int_equal(number(PACKS, p->path), 2);
	OKAY(repo_tidy(p->r, 0, &out, &p->e));
	assert_int_equal(out.objects, 0);
	/* one with a .keep is somebody else's */
	assert_int_equal(number("for f in objects/pack/*.idx; do "
	    "touch ${f%.idx}.keep; done; echo 0", p->path), 0);
	append(p, CHAIN, true);
	OKAY(repo_prune(p->r, GARBAGE_AGE_MS, &out, &p->e));
	assert_int_equal(out.packs, 0);
	assert_int_equal(number(PACKS, p->path), 3);
}

/* What no ref reaches goes when it is old, and only then; letters stay loose
 * and go at once. */
static void test_garbage(void **state)
{
	struct place *p = *state;
	char letter[OID_HEX], old[OID_HEX], young[OID_HEX];
	struct repacked out;

	append(p, CHAIN, true);
	OKAY(repo_write(p->r, OBJECT_BLOB, slice_str("old"), old, &p->e));
	OKAY(repo_write(p->r, OBJECT_BLOB, slice_str("young"), young, &p->e));
	OKAY(repo_write(p->r, OBJECT_BLOB, slice_str("a letter"), letter,
	    &p->e));
	OKAY(repo_ref_set(p->r, "refs/mail/TC", "", letter, &p->e));
	assert_int_equal(number("find objects -type f -exec "
	    "touch -d '15 days ago' {} +; echo 0", p->path), 0);
	OKAY(repo_write(p->r, OBJECT_BLOB, slice_str("young"), young, &p->e));
	OKAY(repo_prune(p->r, GARBAGE_AGE_MS, &out, &p->e));
	assert_int_equal(out.loose, 3);
	assert_int_equal(out.pruned, 1);
	assert_int_equal(number(LOOSE, p->path), 2);
	OKAY(repo_prune(p->r, 0, &out, &p->e));
	assert_int_equal(out.pruned, 1);
	OKAY(repo_drop(p->r, letter, &p->e));
	OKAY(repo_drop(p->r, letter, &p->e));
	assert_int_equal(number(LOOSE, p->path), 0);
	assert_int_equal(repo_drop(p->r, p->tip, &p->e), ERR_BUSY);
}

/* Much that nothing reaches: looked at once, then left alone for a day. */
static void test_settled(void **state)
{
	struct place *p = *state;
	struct repacked out;
	char text[40], oid[OID_HEX];

	for (int i = 0; i < LOOSE_MANY * 3 / 2; i++) {
		snprintf(text, sizeof text, "letter %d", i);
		OKAY(repo_write(p->r, OBJECT_BLOB, slice_str(text), oid,
		    &p->e));
	}
	append(p, CHAIN, true);
	OKAY(repo_tidy(p->r, 0, &out, &p->e));
	assert_int_equal(number(PACKS, p->path), 1);
	append(p, CHAIN, true);
	OKAY(repo_tidy(p->r, 0, &out, &p->e));
	assert_int_equal(out.objects, 0);
	assert_int_equal(number("find settled objects -type f -exec "
	    "touch -d '15 days ago' {} +; echo 0", p->path), 0);
	OKAY(repo_tidy(p->r, 0, &out, &p->e));
	assert_int_equal(out.pruned, LOOSE_MANY * 3 / 2);
	assert_int_equal(number(LOOSE, p->path), 0);
	whole(p, 2);
}

/* A chain with a hole: what lies behind it is not thrown away. */
static void test_hole(void **state)
{
	struct place *p = *state;
	char middle[OID_HEX];
	struct repacked out;

	for (int i = 0; i < 9; i++) {
		append(p, CHAIN, true);
		if (i == 4)
			memcpy(middle, p->tip, sizeof middle);
	}
	OKAY(repo_drop(p->r, middle, &p->e));
	OKAY(repo_prune(p->r, 0, &out, &p->e));
	assert_int_equal(out.pruned, 0);
	assert_int_equal(out.loose, 12);
	assert_int_equal(number(LOOSE, p->path), 14);
}

/* Killed at any moment. */
static void test_killed(void **state)
{
	struct place *p = *state;
	uint64_t seed = seed_start();
	const char *scale = getenv("SCALE");
	int rounds = scale && strtod(scale, NULL) > 1 ? 400 : 40;
	int status, killed = 0;
	struct repacked out;

	for (int i = 0; i < rounds; i++) {
		struct timespec nap = { 0,
			(long)(seed_next(&seed) % 60000) * 1000 };
		pid_t pid;

		for (int k = 0; k < 7; k++)
			append(p, CHAIN, true);
		pid = fork();
		if (pid == 0) {
			struct repo *r = NULL;
			enum err_code rc = repo_open(&r, p->path, &p->e);

			_exit(!rc && !repo_prune(r, 0, &out, &p->e) ? 0 : 1);
		}
		nanosleep(&nap, NULL);
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		killed += WIFSIGNALED(status);
		if (i % 8 == 7)
			whole(p, p->count);
	}
	print_message("%d of %d killed\n", killed, rounds);
	OKAY(repo_prune(p->r, 0, &out, &p->e));
	whole(p, p->count);
	assert_int_equal(number(LOOSE, p->path), 0);
}

/* Somebody pushes all the while. */
static void test_pushed(void **state)
{
	struct place *p = *state;
	struct repacked out;
	int status = 0, rounds = 0;
	pid_t pid;

	append(p, CHAIN, true);
	pid = fork();
	if (pid == 0) {
		struct buf b = BUF_INIT;

		_exit(shell(&b, "cd %s && git clone -q --bare %s c.git && "
		    "cd c.git && for i in $(seq 60); do "
		    "b=$(echo $i | git hash-object -w --stdin) && "
		    "t=$(printf '100644 blob %%s\\tchangeset\\n' $b | "
		    "git mktree) && c=$(git -c user.name=a -c user.email=b "
		    "commit-tree ${l:+-p $l} -m $i $t) && l=$c && "
		    "git push -q %s $c:refs/heads/node/GQ/00112233 || exit 1; "
		    "done >out 2>&1", p->folder, p->path, p->path) != 0);
	}
	while (waitpid(pid, &status, WNOHANG) == 0) {
		OKAY(repo_prune(p->r, GARBAGE_AGE_MS, &out, &p->e));
		append(p, CHAIN, true);
		rounds++;
	}
	assert_int_equal(status, 0);
	print_message("%d times packed meanwhile\n", rounds);
	OKAY(repo_prune(p->r, GARBAGE_AGE_MS, &out, &p->e));
	whole(p, p->count + 60);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(test_bound), T(test_classes), T(test_garbage), T(test_settled), T(test_hole),
		T(test_killed), T(test_pushed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
