/* CSV as RFC 4180 has it, read leniently: text after a closing quote stays. */
#include "csv.h"

#include "base/text.h"

const struct label csv_frame[CSV_FRAME_COUNT] = {
	[CSV_ID] = { "id", "标识" },
	[CSV_BRANCH] = { "branch", "所属单位" },
	[CSV_STATE] = { "state", "当前状态" },
};

struct cursor {
	const unsigned char *p, *end;
	struct csv_row *row;
	char separator;
	int64_t *lines;
};

/* CR alone is text: old files have it inside cells. */
static bool at_line_end(const struct cursor *c)
{
	return c->p == c->end || *c->p == '\n' ||
	    (*c->p == '\r' && (c->p + 1 == c->end || c->p[1] == '\n'));
}

/* After the opening quote, up to after the closing one. */
static void read_quoted(struct cursor *c)
{
	for (; c->p < c->end; c->p++) {
		if (*c->p == '"') {
			if (c->p + 1 == c->end || c->p[1] != '"') {
				c->p++;
				return;
			}
			c->p++;
		}
		*c->lines += *c->p == '\n';
		buf_addc(&c->row->text, *c->p);
	}
	c->row->unclosed = true;
}

/* Cells past the last place are counted, not kept. */
static void read_cell(struct cursor *c)
{
	if (c->p < c->end && *c->p == '"') {
		c->p++;
		read_quoted(c);
	}
	while (!at_line_end(c) && *c->p != (unsigned char)c->separator)
		buf_addc(&c->row->text, *c->p++);
	if (c->row->n < CSV_COLUMNS)
		c->row->end[c->row->n] = c->row->text.n;
	c->row->n++;
}

bool csv_next(struct slice *rest, char separator, struct csv_row *row,
    struct slice *raw, int64_t *lines)
{
	struct cursor c = { .p = rest->p, .end = rest->p + rest->n,
	    .row = row, .separator = separator, .lines = lines };

	if (rest->n == 0)
		return false;
	buf_clear(&row->text);
	row->n = 0;
	row->unclosed = false;
	read_cell(&c);
	while (!at_line_end(&c)) {
		c.p++;
		read_cell(&c);
	}
	*raw = slice_of(rest->p, (size_t)(c.p - rest->p));
	if (c.p < c.end && *c.p == '\r')
		c.p++;
	if (c.p < c.end)
		c.p++;
	++*lines;
	*rest = slice_of(c.p, (size_t)(c.end - c.p));
	return true;
}

struct slice csv_cell(const struct csv_row *row, size_t i)
{
	struct slice s;

	if (i >= row->n || i >= CSV_COLUMNS)
		return slice_of("", 0);
	size_t from = i > 0 ? row->end[i - 1] : 0, to = row->end[i];

	if (row->text.p == NULL)
		return slice_of("", 0);
	while (from < to && row->text.p[from] == ' ')
		from++;
	while (to > from && row->text.p[to - 1] == ' ')
		to--;
	s = slice_of(row->text.p + from, to - from);
	return s;
}

/* Chinese spreadsheets write commas, European ones semicolons, copying from a
 * screen tabs. */
char csv_separator(struct slice text)
{
	static const char candidates[] = { ',', '\t', ';' };
	size_t best = 0;
	char found = ',';

	for (size_t k = 0; k < sizeof candidates; k++) {
		size_t count = 0;
		bool quoted = false;

		for (size_t i = 0; i < text.n && (quoted ||
		    text.p[i] != '\n'); i++) {
			quoted ^= text.p[i] == '"';
			count += !quoted && text.p[i] ==
			    (unsigned char)candidates[k];
		}
		if (count > best) {
			best = count;
			found = candidates[k];
		}
	}
	return found;
}

/* Spaces at the ends too: readers may trim them otherwise. */
static bool needs_quotes(struct slice cell)
{
	if (cell.n > 0 && (cell.p[0] == ' ' || cell.p[cell.n - 1] == ' '))
		return true;
	for (size_t i = 0; i < cell.n; i++)
		if (strchr("\",;\t\r\n", cell.p[i]) && cell.p[i])
			return true;
	return false;
}

void csv_write(struct buf *out, struct slice cell, bool first)
{
	if (!first)
		buf_addc(out, ',');
	if (!needs_quotes(cell)) {
		buf_addb(out, cell);
		return;
	}
	buf_addc(out, '"');
	for (size_t i = 0; i < cell.n; i++) {
		if (cell.p[i] == '"')
			buf_addc(out, '"');
		buf_addc(out, cell.p[i]);
	}
	buf_addc(out, '"');
}

/* Apostrophes, none or more, and then what begins a formula. */
static bool looks_like_formula(struct slice s, size_t *apostrophes)
{
	size_t i = 0;

	while (i < s.n && s.p[i] == '\'')
		i++;
	*apostrophes = i;
	return i < s.n && s.p[i] && strchr("=+-@\t\r", s.p[i]);
}

void csv_guard(struct buf *out, struct slice text)
{
	size_t n;

	if (looks_like_formula(text, &n))
		buf_addc(out, '\'');
	buf_addb(out, text);
}

struct slice csv_unguard(struct slice cell)
{
	size_t n;

	if (looks_like_formula(cell, &n) && n > 0)
		return slice_of(cell.p + 1, cell.n - 1);
	return cell;
}
