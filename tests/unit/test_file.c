/* Whole files, durable writes, folders, the lock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"
#include "shell.h"

#include <sys/stat.h>

static char *folder;

static int setup(void **state)
{
	(void)state;
	folder = shell_folder();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	shell_remove(folder);
	return 0;
}

static size_t entries(void)
{
	struct buf out = BUF_INIT;
	size_t n;

	assert_int_equal(shell(&out, "ls -A '%s' | wc -l", folder), 0);
	n = (size_t)strtol((char *)out.p, NULL, 10);
	buf_release(&out);
	return n;
}

static void write_read(void **state)
{
	char *path = path_join(folder, "a");
	struct buf b = BUF_INIT;
	struct stat st;
	struct err e;

	(void)state;
	assert_false(file_exists(path));
	assert_int_equal(file_read(path, 10, &b, &e), ERR_NOT_FOUND);
	assert_int_equal(file_write(path, slice_str("secret"), 0600, true,
	    &e), OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(file_write(path, slice_str("other"), 0600, true,
	    &e), ERR_EXISTS);
	assert_int_equal(file_read(path, 6, &b, &e), OK);
	assert_string_equal((char *)b.p, "secret");
	assert_int_equal(file_write(path, slice_str("other"), 0644, false,
	    &e), OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	buf_clear(&b);
	assert_int_equal(file_read(path, 4, &b, &e), ERR_TOO_BIG);
	buf_clear(&b);
	assert_int_equal(file_read(path, SIZE_MAX, &b, &e), OK);
	assert_string_equal((char *)b.p, "other");
	assert_int_equal(file_read(folder, 100, &b, &e), ERR_IO);
	/* Nothing temporary stays, whether it worked or not. */
	assert_int_equal(entries(), 1);
	buf_release(&b);
	free(path);
}

static void write_fails(void **state)
{
	struct err e;
	char *path = path_join(folder, "none/a");

	(void)state;
	assert_int_equal(file_write(path, slice_str("x"), 0644, false, &e),
	    ERR_NOT_FOUND);
	assert_non_null(strstr(e.detail, path));
	free(path);
	path = path_join(folder, "d");
	assert_int_equal(file_mkdir(path, 0700, &e), OK);
	assert_int_not_equal(file_write(path, slice_str("x"), 0644, false,
	    &e), OK);
	assert_int_equal(file_write(path, slice_str("x"), 0644, true, &e),
	    ERR_EXISTS);
	free(path);
}

static void folders(void **state)
{
	char *path = path_join(folder, "x//y/z/");
	char *file = path_join(folder, "x/f");
	char *below = path_join(file, "g");
	struct stat st;
	struct err e;

	(void)state;
	assert_int_equal(file_mkdir(path, 0700, &e), OK);
	assert_int_equal(file_mkdir(path, 0700, &e), OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(file_write(file, slice_str(""), 0644, true, &e), OK);
	assert_int_equal(file_mkdir(file, 0700, &e), ERR_EXISTS);
	assert_int_not_equal(file_mkdir(below, 0700, &e), OK);
	assert_int_equal(file_sync_dir(folder, &e), OK);
	assert_int_not_equal(file_sync_dir(file, &e), OK);
	free(path);
	free(file);
	free(below);
}

static void paths(void **state)
{
	static const struct {
		const char *dir, *name, *want;
	} cases[] = { { "a", "b", "a/b" }, { "a/", "b", "a/b" },
		{ "/", "b", "/b" }, { "", "b", "b" } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *path = path_join(cases[i].dir, cases[i].name);

		assert_string_equal(path, cases[i].want);
		free(path);
	}
}

static void lock(void **state)
{
	char *path = path_join(folder, "lock");
	int a = -1, b = -1;
	struct err e;

	(void)state;
	assert_int_equal(lock_take(path, 0, &a, &e), OK);
	assert_int_equal(lock_take(path, 50, &b, &e), ERR_BUSY);
	assert_int_equal(b, -1);
	lock_release(&a);
	assert_int_equal(a, -1);
	assert_int_equal(lock_take(path, 0, &b, &e), OK);
	lock_release(&b);
	lock_release(&b);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(write_read, setup, teardown),
		cmocka_unit_test_setup_teardown(write_fails, setup, teardown),
		cmocka_unit_test_setup_teardown(folders, setup, teardown),
		cmocka_unit_test(paths),
		cmocka_unit_test_setup_teardown(lock, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
