#include "bench.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "hash.h"

static char scratch[] = "/tmp/wellhead-bench-XXXXXX";

double bench_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void bench_sample(struct samples *s, double v)
{
	if (s->n < sizeof s->v / sizeof s->v[0])
		s->v[s->n++] = v;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double bench_median(struct samples *s)
{
	qsort(s->v, s->n, sizeof s->v[0], by_value);
	return s->n ? s->v[s->n / 2] : 0;
}

void bench_row(const char *what, double ours, const char *unit,
    const char *baseline, double raw, double ratio, const char *wanted)
{
	printf("%-26s %11.1f %-12s %-26s %11.1f  %7.3f  %s\n", what,
	    ours, unit, baseline, raw, ratio, wanted);
	fflush(stdout);
}

void bench_must(enum err_code code, const struct err *e)
{
	if (code == OK)
		return;
	fprintf(stderr, "bench: %s: %s\n", err_name(code), e->detail);
	exit(1);
}

const char *bench_dir(void)
{
	return scratch;
}

const char *bench_path(const char *name)
{
	static char path[4][512];
	static unsigned next;
	char *p = path[next++ % 4];

	snprintf(p, sizeof path[0], "%s/%s", scratch, name);
	return p;
}

struct node *bench_open(const char *name)
{
	struct node *n = NULL;
	struct err e = {0};

	bench_must(node_open(&n, bench_path(name), NODE_WRITE, &e), &e);
	bench_must(node_repo(n, &e), &e);
	bench_must(node_key(n, &e), &e);
	return n;
}

void bench_pair(const char *tag, const char *branch)
{
	char hq[64], remote[600];
	struct founding f = { .name = "bench" };
	struct invitation i = { .code = branch, .name = "bench",
		.remote = remote };
	struct buf json = BUF_INIT;
	struct sync_options o = {0};
	struct synced done;
	struct err e = {0};
	struct node *n;

	snprintf(hq, sizeof hq, "hq-%s", tag);
	snprintf(remote, sizeof remote, "%s/repo.git", bench_path(hq));
	bench_must(node_init(bench_path(hq), &f, &e), &e);
	n = bench_open(hq);
	bench_must(node_invite(n, &i, &json, &e), &e);
	node_close(n);
	bench_must(node_join(bench_path(tag), slice_buf(&json), NULL, &e), &e);
	buf_release(&json);
	n = bench_open(tag);
	bench_must(sync_run(n, &o, &done, &e), &e);
	node_close(n);
	n = bench_open(hq);
	bench_must(sync_run(n, &o, &done, &e), &e);
	node_close(n);
}

/* Append line, a copy's number put in front of what must differ: external
 * keys, and the numbers that a rule allows once. */
static void copy_line(struct buf *out, struct slice line, const char *branch,
    size_t copy)
{
	const char *const mark[] = { branch, "\"code\": \"",
		"\"employee_no\": \"" };
	size_t at = 0, i;

	while (at < line.n) {
		for (i = 0; i < 3; i++)
			if (line.n - at >= strlen(mark[i]) && memcmp(line.p +
			    at, mark[i], strlen(mark[i])) == 0)
				break;
		if (i < 3) {
			buf_adds(out, mark[i]);
			if (copy > 0)
				buf_printf(out, i ? "%zu" : "%zu.", copy);
			at += strlen(mark[i]);
		} else {
			buf_addc(out, line.p[at++]);
		}
	}
}

void bench_lines(const char *branch, size_t times, struct buf *out)
{
	struct buf all = BUF_INIT;
	struct err e = {0};
	char mark[64], key[32];
	size_t at, copy;

	bench_must(file_read("tests/data/demo.jsonl", 1 << 28, &all, &e), &e);
	snprintf(mark, sizeof mark, "\"branch\": \"%s\"", branch);
	snprintf(key, sizeof key, "\"%s.", branch);
	for (copy = 0; copy < times; copy++) {
		for (at = 0; at < all.n;) {
			unsigned char *p = all.p + at;
			unsigned char *end = memchr(p, '\n', all.n - at);
			size_t n = end ? (size_t)(end - p) + 1 : all.n - at;

			if (memmem(p, n, mark, strlen(mark)))
				copy_line(out, slice_of(p, n), key, copy);
			at += n;
		}
	}
	bench_must(buf_ok(out, &e), &e);
	buf_release(&all);
}

static int remove_one(const char *path, const struct stat *st, int kind,
    struct FTW *f)
{
	(void)st;
	(void)kind;
	(void)f;
	return remove(path);
}

static const struct suite {
	const char *name;
	void (*run)(void);
} suites[] = {
	{ "wire", bench_wire }, { "store", bench_store },
	{ "chain", bench_chain }, { "status", bench_status },
	{ "length", bench_length }, { "report", bench_report },
};

int main(int argc, char **argv)
{
	const char *only = argc > 1 ? argv[1] : NULL;
	struct err e = {0};

	bench_must(crypto_start(&e), &e);
	if (mkdtemp(scratch) == NULL)
		return 1;
	printf("%-26s %11s %-12s %-26s %11s  %7s  %s\n", "WHAT", "OURS",
	    "UNIT", "BASELINE", "THE SAME", "RATIO", "WANTED");
	for (size_t i = 0; i < sizeof suites / sizeof *suites; i++)
		if (!only || strcmp(only, suites[i].name) == 0)
			suites[i].run();
	nftw(scratch, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return 0;
}
