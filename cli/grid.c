/* A table on the screen. */
#include <stdarg.h>

#include "base/text.h"
#include "out.h"

void grid_init(struct grid *g, size_t ncol)
{
	*g = (struct grid){ .ncol = ncol };
}

void grid_release(struct grid *g)
{
	for (size_t i = 0; i < g->ncell; i++)
		free(g->cell[i]);
	free(g->cell);
	grid_init(g, g->ncol);
}

static void push(struct grid *g, char *owned)
{
	if (owned && g->ncell == g->cap) {
		size_t cap = g->cap ? 2 * g->cap : 64;
		char **cell = realloc(g->cell, cap * sizeof *cell);

		if (cell) {
			g->cell = cell;
			g->cap = cap;
		}
	}
	if (!owned || g->ncell == g->cap) {
		free(owned);
		g->failed = true;
		return;
	}
	g->cell[g->ncell++] = owned;
}

void grid_add(struct grid *g, const char *text)
{
	struct buf b = BUF_INIT;

	out_safe(&b, slice_str(text));
	if (!b.p)
		buf_adds(&b, "");
	push(g, buf_steal(&b));
}

void grid_add_cut(struct grid *g, const char *text, size_t width)
{
	struct slice s = slice_str(text);
	struct buf b = BUF_INIT;
	size_t i = 0, end = 0;

	if (utf8_width(s) <= width) {
		grid_add(g, text);
		return;
	}
	/* One column is kept for the mark. */
	while (i < s.n && utf8_next(s, &i) != (uint32_t)-1 &&
	    utf8_width(slice_of(s.p, i)) < width)
		end = i;
	out_safe(&b, slice_of(s.p, end));
	buf_adds(&b, "…");
	push(g, buf_steal(&b));
}

void grid_addf(struct grid *g, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	grid_add(g, text);
}

/* Also 1,240.50 and -3, and a rate like 60/108=55.6%; not a date. */
static bool is_number(const char *s)
{
	s += *s == '-';
	return *s && strspn(s, "0123456789.,/=%") == strlen(s);
}

/* Width of a column, and whether every cell of it below the first row (a
 * heading, perhaps) is a number or empty. */
static size_t measure(const struct grid *g, size_t col, bool *right)
{
	size_t width = 0, numbers = 0, others = 0;

	for (size_t i = col; i < g->ncell; i += g->ncol) {
		size_t w = utf8_width(slice_str(g->cell[i]));

		width = w > width ? w : width;
		if (is_number(g->cell[i]))
			numbers++;
		else if (g->cell[i][0] && i >= g->ncol)
			others++;
	}
	*right = numbers && !others;
	return width;
}

static void pad(size_t n)
{
	printf("%*s", (int)(n < 1000 ? n : 1000), "");
}

static void print_row(const struct grid *g, size_t row, const size_t *width,
    const bool *right)
{
	size_t last = g->ncol;
	char **cell = g->cell + row * g->ncol;

	while (last && !cell[last - 1][0])
		last--;		/* no blanks at a line's end */
	for (size_t i = 0; i < last; i++) {
		size_t gap = width[i] - utf8_width(slice_str(cell[i]));

		if (right[i])
			pad(gap);
		fputs(cell[i], stdout);
		if (i + 1 < last)
			pad(2 + (right[i] ? 0 : gap));
	}
	putchar('\n');
}

enum err_code grid_print(const struct grid *g, struct err *e)
{
	enum err_code rc = OK;
	size_t *width = calloc(g->ncol, sizeof *width);
	bool *right = calloc(g->ncol, sizeof *right);

	if (g->failed || !width || !right) {
		rc = err_memory(e);
		goto done;
	}
	for (size_t i = 0; i < g->ncol; i++)
		width[i] = measure(g, i, &right[i]);
	for (size_t row = 0; row < g->ncell / g->ncol; row++)
		print_row(g, row, width, right);
done:
	free(width);
	free(right);
	return rc;
}
