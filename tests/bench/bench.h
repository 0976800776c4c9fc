/* The bench: each figure beside a raw baseline of the same run, as a ratio.
 * A suite measures ours and the baseline alternately, several times, and
 * hands both medians to bench_row().
 */
#ifndef BENCH_H
#define BENCH_H

#include "chain.h"
#include "record.h"
#include "transfer.h"

#define ROUNDS 5

struct samples {
	double v[ROUNDS * 200];
	size_t n;
};

double bench_now(void);			/* seconds, monotonic */
void bench_sample(struct samples *s, double v);
double bench_median(struct samples *s);
/* "HQ merge   81234.0 rows/s   plain SQLite   190123.0   0.430  (>= 0.3)" */
void bench_row(const char *what, double ours, const char *unit,
    const char *baseline, double raw, double ratio, const char *wanted);
/* Stop with the error's text when code is not OK. */
void bench_must(enum err_code code, const struct err *e);

/* A scratch folder of this run, and "folder/name" in static memory. */
const char *bench_dir(void);
const char *bench_path(const char *name);

/* HQ and one branch node in fresh folders `hq-<tag>` and `<tag>`, the branch
 * already enrolled; both closed. */
void bench_pair(const char *tag, const char *branch);
struct node *bench_open(const char *name);

/* The demo's lines of one branch, each record `times` times over under other
 * external keys. */
void bench_lines(const char *branch, size_t times, struct buf *out);

void bench_wire(void);
void bench_store(void);
void bench_chain(void);
void bench_status(void);
void bench_length(void);
void bench_report(void);

#endif
