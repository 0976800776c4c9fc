/* Templates of the definitions: {first}, {last}, {year} ... into a figure. */
#include "report_impl.h"

#include "base/text.h"

/* What the names stand for. {at} is "@day" only when the day is over: states
 * need not be replayed for a report of today. */
static void add_name(struct report_run *run, struct slice name, struct buf *b)
{
	const struct report *r = run->r;
	char first[DATE_TEXT] = "", last[DATE_TEXT] = "", year[5], before[16];
	const struct { const char *name, *value; } names[] = {
		{ "period", r->period }, { "first", r->first },
		{ "last", r->last }, { "asof", r->as_of }, { "year", year },
		{ "before", before }, { "sub", run->sub },
		{ "subfirst", first }, { "sublast", last },
	};

	snprintf(year, sizeof year, "%.4s", r->last);
	snprintf(before, sizeof before, "%04d",
	    (int)strtol(year, NULL, 10) - 1);
	if (run->sub[0] != '\0' && !period_range(run->sub, first, last))
		b->failed = true;
	if (slice_eqs(name, "at")) {
		if (run->past)
			buf_printf(b, "@%s", r->as_of);
		return;
	}
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (slice_eqs(name, names[i].name)) {
			buf_adds(b, names[i].value);
			return;
		}
	b->failed = true;
}

/* What means something in the grammar loses its meaning. */
static void add_value(struct buf *b, const char *text)
{
	for (size_t i = 0; text[i] != '\0'; i++) {
		if (strchr(";|]\\", text[i]) || (i == 0 && text[i] == '$') ||
		    (text[i] == ' ' && (i == 0 || text[i + 1] == '\0')))
			buf_addc(b, '\\');
		buf_addc(b, (unsigned char)text[i]);
	}
}

/* The filters come first in each half of the figure: right after its type. */
static void add_filters(struct buf *b, const char *branch, const char *path,
    const char *key, bool more)
{
	buf_addc(b, '[');
	if (branch != NULL) {
		buf_adds(b, "branch=");
		add_value(b, branch);
	}
	if (path != NULL) {
		buf_printf(b, "%s%s=", branch != NULL ? ";" : "", path);
		add_value(b, key);
	}
	buf_adds(b, more ? ";" : "]");
}

static void add_text(struct report_run *run, struct slice text, struct buf *b)
{
	for (size_t i = 0; i < text.n;) {
		const unsigned char *p = text.p + i;
		const unsigned char *end = memchr(p, '}', text.n - i);

		if (*p != '{' || end == NULL) {
			buf_addc(b, *p);
			i++;
			continue;
		}
		add_name(run, slice_of(p + 1, (size_t)(end - p) - 1), b);
		i += (size_t)(end - p) + 1;
	}
}

const char *report_fill(struct report_run *run, const char *text,
    const char *branch, const char *path, const char *key)
{
	struct buf b = BUF_INIT;
	const char *kept;

	while (*text != '\0') {
		size_t type = strcspn(text, "[#@{");
		size_t half = strcspn(text, "/");

		buf_add(&b, text, type < half ? type : half);
		text += type < half ? type : half;
		if (branch != NULL || path != NULL) {
			bool more = *text == '[' && text[1] != ']';

			add_filters(&b, branch, path, key, more);
			text += *text != '[' ? 0 : more ? 1 : 2;
		}
		half = strcspn(text, "#");	/* a value may hold a '/' */
		half += strcspn(text + half, "/");
		half += text[half] == '/';
		add_text(run, slice_of(text, half), &b);
		text += half;
		while (*text == ' ')
			buf_addc(&b, (unsigned char)*text++);
	}
	if (b.failed) {
		run->r->arena.failed = true;
		kept = NULL;
	} else {
		kept = report_keep(run->r, slice_buf(&b));
	}
	buf_release(&b);
	return kept;
}

void report_subs(const struct report *r, bool quarters,
    char out[][DATE_TEXT], size_t max, size_t *n)
{
	int y = (int)strtol(r->first, NULL, 10);
	int m = (int)strtol(r->first + 5, NULL, 10);

	*n = 0;
	for (;; y += m == 12, m = m % 12 + 1) {
		char sub[32], first[DATE_TEXT], last[DATE_TEXT];

		if (quarters)
			snprintf(sub, sizeof sub, "%04dQ%d", y, (m + 2) / 3);
		else
			snprintf(sub, sizeof sub, "%04d-%02d", y, m);
		sub[DATE_TEXT - 1] = '\0';
		if (!period_range(sub, first, last) || *n == max ||
		    strcmp(first, r->last) > 0)
			return;
		if (*n == 0 || strcmp(out[*n - 1], sub) != 0)
			memcpy(out[(*n)++], sub, DATE_TEXT);
	}
}
