/* `wellhead status` on a store of 100,044 records, beside the sqlite3 tool
 * that does nothing: whole processes, from the call to their end, in turn.
 */
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define COPIES 63	/* of XN's 1,588 records */
#define RUNS 41

static double spawn_seconds(const char *const argv[])
{
	posix_spawn_file_actions_t quiet;
	double t = bench_now();
	int status = -1;
	pid_t pid;

	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null",
	    O_WRONLY, 0);
	if (posix_spawnp(&pid, argv[0], &quiet, NULL,
	    (char *const *)(uintptr_t)argv, environ) != 0 ||
	    waitpid(pid, &status, 0) != pid || status != 0) {
		fprintf(stderr, "bench: %s did not run\n", argv[0]);
		exit(1);
	}
	posix_spawn_file_actions_destroy(&quiet);
	return bench_now() - t;
}

/* The command that was built beside this program. */
static void program_path(char *out, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", out, size - 1);

	out[n > 0 ? n : 0] = '\0';
	n = (ssize_t)strlen(out) - (ssize_t)strlen("bench");
	if (n < 0)
		abort();
	snprintf(out + n, size - (size_t)n, "wellhead");
}

static void status_row(const char *what, const char *dir, const char *store)
{
	char program[600];
	const char *const ours[] = { program, "-C", dir, "status", NULL };
	const char *const raw[] = { "sqlite3", store, "select 1", NULL };
	struct samples a = {0}, b = {0};
	double x, y;

	program_path(program, sizeof program);
	for (int i = 0; i < RUNS; i++) {
		bench_sample(&a, spawn_seconds(ours));
		bench_sample(&b, spawn_seconds(raw));
	}
	x = bench_median(&a) * 1e3;
	y = bench_median(&b) * 1e3;
	bench_row(what, x, "ms", "sqlite3 'select 1'", y, x / y, "(< 5)");
}

void bench_status(void)
{
	struct import_options o = { .branch = "XN" };
	struct import_result in = {0};
	struct buf lines = BUF_INIT;
	struct problems p = {0};
	struct sealed sealed;
	struct err e = {0};
	char dir[600], store[600];
	struct node *n;

	bench_pair("status", "XN");
	snprintf(dir, sizeof dir, "%s", bench_path("status"));
	snprintf(store, sizeof store, "%s", bench_path("status/store.db"));
	bench_lines("XN", COPIES, &lines);
	n = bench_open("status");
	bench_must(import_jsonl(n->store, slice_buf(&lines), &o, &in, &p, &e),
	    &e);
	node_close(n);
	status_row("status, nothing sealed", dir, store);
	n = bench_open("status");
	bench_must(seal_all(n, &sealed, &e), &e);
	node_close(n);
	status_row("status, all sealed", dir, store);
	problems_release(&p);
	buf_release(&lines);
}
