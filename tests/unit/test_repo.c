/* The repository: objects, batches, refs, what a killed process leaves.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "repo.h"
#include "shell.h"

struct place {
	char *folder, *path;
	struct repo *r;
	struct err e;
};

#define OKAY(call) do { \
	if ((call) != OK) \
		fail_msg("%s: %s: %s", #call, err_name(p->e.code), \
		    p->e.detail); \
} while (0)

static int set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	if (p == NULL)
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

static void write_blob(struct place *p, const char *text, char oid[OID_HEX])
{
	OKAY(repo_write(p->r, OBJECT_BLOB, slice_str(text), oid, &p->e));
}

static void test_settings(void **state)
{
	struct place *p = *state;
	struct buf out = BUF_INIT;
	struct repo *again = NULL;

	assert_int_equal(shell(&out, "cd %s && for k in core.bare gc.auto "
	    "core.fsync core.logAllRefUpdates receive.autogc "
	    "receive.denyDeletes receive.denyNonFastForwards "
	    "receive.fsckObjects; do git config $k; done; cat HEAD; "
	    "ls -d objects/?? | wc -l", p->path), 0);
	assert_string_equal((char *)out.p, "true\n0\ncommitted,loose-object\n"
	    "false\nfalse\ntrue\ntrue\ntrue\nref: refs/heads/hq/all\n256\n");
	buf_release(&out);
	assert_int_equal(repo_create(&again, p->path, &p->e), ERR_EXISTS);
	assert_null(again);
	assert_int_equal(repo_open(&again, p->folder, &p->e), ERR_NOT_FOUND);
	assert_null(again);
}

static void test_objects(void **state)
{
	struct place *p = *state;
	struct buf out = BUF_INIT;
	char oid[OID_HEX];

	write_blob(p, "hello\n", oid);
	assert_string_equal(oid, "ce013625030ba8dba906f756967f9e9ca394464a");
	OKAY(repo_read(p->r, oid, OBJECT_BLOB, 6, &out, &p->e));
	assert_true(slice_eqs(slice_buf(&out), "hello\n"));
	assert_int_equal(repo_read(p->r, oid, OBJECT_BLOB, 5, &out, &p->e),
	    ERR_TOO_BIG);
	assert_int_equal(repo_read(p->r, oid, OBJECT_TREE, 99, &out, &p->e),
	    ERR_CORRUPT);
	oid[0] = '0';
	assert_int_equal(repo_read(p->r, oid, OBJECT_BLOB, 99, &out, &p->e),
	    ERR_NOT_FOUND);
	assert_int_equal(repo_read(p->r, "ce01", OBJECT_BLOB, 99, &out,
	    &p->e), ERR_FORMAT);
	buf_release(&out);
}

/* One object in another's place, and one cut short: never returned. */
static void test_damage(void **state)
{
	static const char *const spoil[] = {
		"cp objects/$b objects/$a", "truncate -s 12 objects/$a",
		"printf garbage >objects/$a", ": >objects/$a",
	};
	struct place *p = *state;
	char one[OID_HEX], two[OID_HEX];
	struct buf out = BUF_INIT;
	size_t i;

	write_blob(p, "one", one);
	write_blob(p, "two", two);
	for (i = 0; i < sizeof(spoil) / sizeof(spoil[0]); i++) {
		enum err_code rc;

		assert_int_equal(shell(NULL, "cd %s && chmod -R u+w objects "
		    "&& a=%.2s/%s b=%.2s/%s && %s", p->path, one, one + 2,
		    two, two + 2, spoil[i]), 0);
		rc = repo_read(p->r, one, OBJECT_BLOB, 99, &out, &p->e);
		if (rc != ERR_CORRUPT)
			fail_msg("%s: %s (%s), expected E_CORRUPT", spoil[i],
			    err_name(rc), p->e.detail);
	}
	buf_release(&out);
}

static void test_batch(void **state)
{
	struct place *p = *state;
	char oid[3][OID_HEX], text[20];
	struct buf out = BUF_INIT;
	int keep, i;

	for (keep = 0; keep < 2; keep++) {
		OKAY(repo_batch(p->r, &p->e));
		assert_int_equal(repo_batch(p->r, &p->e), ERR_INTERNAL);
		for (i = 0; i < 3; i++) {
			snprintf(text, sizeof(text), "blob %d", i);
			write_blob(p, text, oid[i]);
			buf_clear(&out);
			OKAY(repo_read(p->r, oid[i], OBJECT_BLOB, 99, &out,
			    &p->e));
			assert_true(slice_eqs(slice_buf(&out), text));
		}
		OKAY(repo_batch_end(p->r, keep, &p->e));
		assert_int_equal(repo_read(p->r, oid[2], OBJECT_BLOB, 99, &out,
		    &p->e), keep ? OK : ERR_NOT_FOUND);
	}
	buf_clear(&out);
	assert_int_equal(shell(&out, "cd %s && git count-objects -v | "
	    "grep -E '^(count|in-pack|packs|garbage)' && git fsck --strict "
	    "2>/dev/null | wc -l", p->path), 0);
	assert_string_equal((char *)out.p,
	    "count: 0\nin-pack: 3\npacks: 1\ngarbage: 0\n3\n");
	buf_release(&out);
}

static int count_ref(void *arg, const char *name, const char *oid)
{
	struct buf *out = arg;

	buf_printf(out, "%s=%.4s ", name, oid);
	return strcmp(name, "refs/heads/stop") == 0;
}

static void test_refs(void **state)
{
	struct place *p = *state;
	char one[OID_HEX], two[OID_HEX], now[OID_HEX];
	struct buf out = BUF_INIT;

	write_blob(p, "one", one);
	write_blob(p, "two", two);
	OKAY(repo_ref_get(p->r, "refs/heads/a/b", now, &p->e));
	assert_string_equal(now, "");
	OKAY(repo_ref_set(p->r, "refs/heads/a/b", "", one, &p->e));
	assert_int_equal(repo_ref_set(p->r, "refs/heads/a/b", "", two,
	    &p->e), ERR_BUSY);
	assert_int_equal(repo_ref_set(p->r, "refs/heads/a/b", two, one,
	    &p->e), ERR_BUSY);
	assert_int_equal(repo_ref_set(p->r, "refs/heads/none", one, two,
	    &p->e), ERR_BUSY);
	OKAY(repo_ref_set(p->r, "refs/heads/a/b", one, two, &p->e));
	OKAY(repo_ref_get(p->r, "refs/heads/a/b", now, &p->e));
	assert_string_equal(now, two);
	OKAY(repo_ref_set(p->r, "refs/heads/a/a", "", one, &p->e));
	assert_int_equal(shell(NULL, "cd %s && git pack-refs --all && "
	    "git symbolic-ref refs/heads/symbolic refs/heads/a/a", p->path),
	    0);
	OKAY(repo_ref_set(p->r, "refs/heads/stop", "", one, &p->e));
	OKAY(repo_ref_set(p->r, "refs/heads/x", "", one, &p->e));
	OKAY(repo_ref_each(p->r, "refs/heads/", count_ref, &out, &p->e));
	assert_string_equal((char *)out.p, "refs/heads/a/a=43dd "
	    "refs/heads/a/b=64c5 refs/heads/stop=43dd ");
	assert_int_equal(repo_ref_get(p->r, "refs/heads/symbolic", now,
	    &p->e), ERR_CORRUPT);
	buf_release(&out);
}

/* Locks and half files of a killed process go; what is young stays. */
static void test_sweep(void **state)
{
	struct place *p = *state;
	char one[OID_HEX], two[OID_HEX];
	struct buf out = BUF_INIT;

	write_blob(p, "one", one);
	write_blob(p, "two", two);
	OKAY(repo_ref_set(p->r, "refs/heads/a", "", one, &p->e));
	assert_int_equal(shell(NULL, "cd %s && touch refs/heads/a.lock "
	    "packed-refs.lock objects/pack/tmp_pack_young && "
	    "mkdir -p objects/tmp_objdir-incoming-1/ab && touch -d "
	    "'2 hours ago' objects/tmp_objdir-incoming-1/ab/x "
	    "objects/pack/pack_git2_old objects/tmp_objdir-incoming-1",
	    p->path), 0);
	OKAY(repo_sweep(p->r, &p->e));
	OKAY(repo_ref_set(p->r, "refs/heads/a", one, two, &p->e));
	assert_int_equal(shell(&out, "cd %s && find . -name '*.lock' "
	    "-o -name 'tmp_*' -o -name 'pack_git2*'", p->path), 0);
	assert_string_equal((char *)out.p, "./objects/pack/tmp_pack_young\n");
	buf_release(&out);
}

static void test_alternates(void **state)
{
	struct place *p = *state;
	struct repo *again = NULL;

	assert_int_equal(shell(NULL, "echo /tmp >%s/objects/info/alternates",
	    p->path), 0);
	assert_int_equal(repo_open(&again, p->path, &p->e), ERR_FORMAT);
	assert_null(again);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(test_settings), T(test_objects), T(test_damage),
		T(test_batch), T(test_refs), T(test_sweep),
		T(test_alternates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
