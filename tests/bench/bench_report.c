/* R17 at headquarters over 100 branches of 5,000 records each, beside the same
 * figures as SQL written by hand (r17.sql) on the same tables. Every figure
 * must be equal, of each branch and of all.
 */
#include <sqlite3.h>

#include "base/date.h"
#include "base/file.h"
#include "bench.h"
#include "report.h"

#define BRANCHES 100
#define EXTRA 653	/* persons once more, which makes 5,000 a branch */
#define YEAR_END INT64_C(1798761000000)		/* 2026-12-31 23:50 */

/* The demo is of several years: all of it into one, the years that it is
 * compared with into the one before. */
static void add_year(struct buf *out, const unsigned char *p)
{
	bool before = memcmp(p, "2015", 4) == 0 || memcmp(p, "2020", 4) == 0;

	buf_adds(out, before ? "2025" : "2026");
}

static bool is_year(const unsigned char *p, const unsigned char *end,
    unsigned char last)
{
	static const char *const years[] = { "2015", "2016", "2019", "2020",
		"2021", "2022" };

	if (end - p < 6 || (p[4] != '-' && p[4] != 'Q' && p[4] != '"' &&
	    p[4] != ',') || (last >= '0' && last <= '9'))
		return false;
	if (p[4] == '-' && (p[5] < '0' || p[5] > '1'))
		return false;
	for (size_t i = 0; i < sizeof years / sizeof *years; i++)
		if (memcmp(p, years[i], 4) == 0)
			return true;
	return false;
}

/* The length of "GQ. and so on at p; 0 if no key begins there. */
static size_t is_key(const unsigned char *p, const unsigned char *end)
{
	static const char *const marks[] = { "\"GQ.", "\"NB.", "\"CY.",
		"\"TC.", "\"XN." };

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (end - p > 4 && memcmp(p, marks[i], 4) == 0)
			return 4;
	return 0;
}

static bool starts(const unsigned char *p, const unsigned char *end,
    const char *word)
{
	size_t n = strlen(word);

	return (size_t)(end - p) > n && memcmp(p, word, n) == 0;
}

/* One line for one branch: "GQ.x" becomes "B001.GQ.x", its branch B001, its
 * unit's code and, of an extra person, its id and number, another. */
static void add_line(struct buf *out, struct slice line, unsigned branch,
    bool extra)
{
	const unsigned char *p = line.p, *end = line.p + line.n;
	bool unit = memmem(p, line.n, "\"type\": \"org_unit\"", 18) != NULL;

	while (p < end) {
		if (starts(p, end, "\"branch\": \"")) {
			buf_printf(out, "\"branch\": \"B%03u\"", branch);
			p += 14;
		} else if (starts(p, end, "\"code\": \"") && unit) {
			buf_printf(out, "\"code\": \"B%03u-", branch);
			p += 9;
		} else if (starts(p, end, "\"employee_no\": \"") && extra) {
			buf_adds(out, "\"employee_no\": \"x");
			p += 16;
		} else if (extra && starts(p, end, "\"id\": \"")) {
			buf_printf(out, "\"id\": \"B%03u.x.", branch);
			p += 7;
		} else if (is_key(p, end)) {
			buf_printf(out, "\"B%03u.", branch);
			p++;
		} else if (is_year(p, end, p > line.p ? p[-1] : 0)) {
			add_year(out, p);
			p += 4;
		} else {
			buf_addc(out, *p++);
		}
	}
}

static void add_branch(struct buf *out, struct slice demo, unsigned branch)
{
	size_t extra = 0;

	for (size_t at = 0; at < demo.n;) {
		const unsigned char *p = demo.p + at;
		const unsigned char *nl = memchr(p, '\n', demo.n - at);
		struct slice line = slice_of(p, nl ? (size_t)(nl - p) + 1 :
		    demo.n - at);

		at += line.n;
		if (memmem(p, line.n, "\"branch\": \"HQ\"", 14))
			continue;
		add_line(out, line, branch, false);
		if (extra < EXTRA && memmem(p, line.n, "\"id\": \"NB.w", 11)) {
			add_line(out, line, branch, true);
			extra++;
		}
	}
}

static void fill_store(struct node *n)
{
	struct import_options o = {0};
	struct import_result done = {0};
	struct buf demo = BUF_INIT, lines = BUF_INIT;
	struct problems p = {0};
	struct err e = {0};

	bench_must(file_read("tests/data/demo.jsonl", 1 << 28, &demo, &e), &e);
	for (unsigned b = 0; b < BRANCHES; b++)
		add_branch(&lines, slice_buf(&demo), b);
	bench_must(buf_ok(&lines, &e), &e);
	bench_must(import_jsonl(n->store, slice_buf(&lines), &o, &done, &p,
	    &e), &e);
	if (done.added != 5000 * BRANCHES)
		abort();
	problems_release(&p);
	buf_release(&lines);
	buf_release(&demo);
}

struct hand {			/* one statement of r17.sql, expanded */
	char figure[32];
	bool denominator;
	char *grouped, *total;	/* total NULL: the groups' sum */
	double sum;
	size_t ngroup;
	char branch[BRANCHES][8];
	double value[BRANCHES];
};

struct hands {
	struct hand *hand;
	size_t n;
};

static char *replace(const char *text, const char *sub)
{
	char first[DATE_TEXT] = "", last[DATE_TEXT] = "";
	const struct { const char *name, *value; } names[] = {
		{ "{month}", sub }, { "{quarter}", sub }, { "{sub}", sub },
		{ "{first}", first }, { "{last}", last },
	};
	struct buf b = BUF_INIT;

	period_range(sub, first, last);
	while (*text) {
		size_t i = 0, n = sizeof names / sizeof *names;

		while (i < n && strncmp(text, names[i].name,
		    strlen(names[i].name)) != 0)
			i++;
		if (i == n)
			buf_addc(&b, (unsigned char)*text++);
		else {
			buf_adds(&b, names[i].value);
			text += strlen(names[i].name);
		}
	}
	return buf_steal(&b);
}

static void add_hand(struct hands *h, const char *id, const char *agg,
    const char *body, const char *sub)
{
	struct buf b = BUF_INIT;
	struct hand *one;
	char *name = replace(id, sub), *text = replace(body, sub);
	size_t n = strlen(name);

	h->hand = realloc(h->hand, (h->n + 1) * sizeof *h->hand);
	if (!h->hand || !text)
		abort();
	one = &h->hand[h->n++];
	memset(one, 0, sizeof *one);
	one->denominator = n > 2 && strcmp(name + n - 2, ".d") == 0;
	if (n > 2 && name[n - 2] == '.')
		name[n - 2] = '\0';
	snprintf(one->figure, sizeof one->figure, "%s", name);
	buf_printf(&b, "SELECT t.branch, %s FROM %s GROUP BY 1", agg, text);
	one->grouped = buf_steal(&b);
	if (strstr(agg, "DISTINCT") || strstr(agg, "loss_t")) {
		buf_printf(&b, "SELECT %s FROM %s", agg, text);
		one->total = buf_steal(&b);
	}
	free(name);
	free(text);
}

static void add_subs(struct hands *h, const char *id, const char *agg,
    const char *body)
{
	char sub[16];
	bool months = strstr(id, "{month}") != NULL;

	if (!strchr(id, '{')) {
		add_hand(h, id, agg, body, "");
		return;
	}
	for (unsigned i = 1; i <= (months ? 12u : 4u); i++) {
		snprintf(sub, sizeof sub, months ? "2026-%02u" : "2026Q%u", i);
		add_hand(h, id, agg, body, sub);
	}
}

static void read_hands(struct hands *h)
{
	struct buf text = BUF_INIT;
	struct err e = {0};
	char *line, *next;

	bench_must(file_read("tests/bench/r17.sql", 1 << 20, &text, &e), &e);
	for (line = (char *)text.p; line && *line; line = next) {
		char *agg = strchr(line, '\t'), *body;

		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (strncmp(line, "--", 2) == 0 || !agg)
			continue;
		body = strchr(agg + 1, '\t');
		if (!body)
			abort();
		*agg = *body = '\0';
		add_subs(h, line, agg + 1, body + 1);
	}
	buf_release(&text);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *st;

	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK) {
		fprintf(stderr, "bench: %s\n%s\n", sql, sqlite3_errmsg(db));
		exit(1);
	}
	return st;
}

static void run_hand(sqlite3 *db, struct hand *h)
{
	sqlite3_stmt *st = prepare(db, h->grouped);

	h->ngroup = 0;
	h->sum = 0;
	while (sqlite3_step(st) == SQLITE_ROW && h->ngroup < BRANCHES) {
		snprintf(h->branch[h->ngroup], 8, "%s",
		    (const char *)sqlite3_column_text(st, 0));
		h->value[h->ngroup] = sqlite3_column_double(st, 1);
		h->sum += h->value[h->ngroup++];
	}
	sqlite3_finalize(st);
	if (!h->total)
		return;
	st = prepare(db, h->total);
	if (sqlite3_step(st) == SQLITE_ROW)
		h->sum = sqlite3_column_double(st, 0);
	sqlite3_finalize(st);
}

static double cell_value(const struct report *r, const struct hand *h,
    const char *key)
{
	for (size_t i = 0; i < r->nsection; i++)
		for (size_t j = 0; j < r->section[i].nrow; j++) {
			const struct report_row *row =
			    &r->section[i].row[j];

			if (key ? !row->key || strcmp(row->key, key) != 0 :
			    !row->total)
				continue;
			for (size_t k = 0; k < r->section[i].ncolumn; k++)
				if (row->cell[k].figure &&
				    strcmp(row->cell[k].figure,
				    h->figure) == 0)
					return value_number(h->denominator ?
					    &row->cell[k].den :
					    &row->cell[k].num);
		}
	return -1;
}

static void same(const struct hand *h, const char *key, double got,
    double wanted)
{
	if (got == wanted)
		return;
	fprintf(stderr, "bench: R17 %s %s: %.15g, by hand %.15g\n", h->figure,
	    key ? key : "all", got, wanted);
	exit(1);
}

/* What a branch has none of, the SQL by hand does not list. */
static void compare(const struct report *r, const struct hands *h)
{
	for (size_t i = 0; i < h->n; i++) {
		const struct hand *one = &h->hand[i];
		double listed = 0;

		for (size_t k = 0; k < one->ngroup; k++) {
			same(one, one->branch[k],
			    cell_value(r, one, one->branch[k]),
			    one->value[k]);
			listed++;
		}
		for (unsigned b = 0; listed == 0 && b < BRANCHES; b++) {
			char code[8];

			snprintf(code, sizeof code, "B%03u", b);
			same(one, code, cell_value(r, one, code), 0);
		}
		same(one, NULL, cell_value(r, one, NULL), one->sum);
	}
}

void bench_report(void)
{
	struct founding f = { .name = "bench" };
	struct report_options o = { .period = "2026" };
	struct samples ours = {0}, raw = {0};
	struct hands hands = {0};
	struct err e = {0};
	struct node *n;
	sqlite3 *db = NULL;

	clock_fix(YEAR_END);
	bench_must(node_init(bench_path("hq-report"), &f, &e), &e);
	n = bench_open("hq-report");
	fill_store(n);
	read_hands(&hands);
	if (sqlite3_open_v2(store_path(n->store), &db, SQLITE_OPEN_READONLY,
	    NULL) != SQLITE_OK)
		abort();
	for (int i = 0; i < ROUNDS; i++) {
		struct report *r = NULL;
		double at = bench_now();

		for (size_t k = 0; k < hands.n; k++)
			run_hand(db, &hands.hand[k]);
		bench_sample(&raw, bench_now() - at);
		at = bench_now();
		bench_must(report_make(n->store, "R17", &o, &r, &e), &e);
		bench_sample(&ours, bench_now() - at);
		compare(r, &hands);
		report_free(r);
	}
	bench_row("R17, 500,000 records", 1000 * bench_median(&ours), "ms",
	    "the same SQL by hand", 1000 * bench_median(&raw),
	    bench_median(&ours) / bench_median(&raw), "(<= 1.5)");
	sqlite3_close(db);
	for (size_t i = 0; i < hands.n; i++) {
		free(hands.hand[i].grouped);
		free(hands.hand[i].total);
	}
	free(hands.hand);
	node_close(n);
	clock_fix(0);
}
