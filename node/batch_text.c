/* What a batch says as text: its summary, and lists of replaced stamps. */
#include <inttypes.h>

#include "batch.h"

#define SUMMARY_TYPES 60	/* bytes after which types are only counted */
#define NAMED_MAX 150	/* bytes after which other rows are only counted */

static void count(struct buf *out, size_t n, const char *one, const char *many)
{
	buf_printf(out, "%zu %s", n, n == 1 ? one : many);
}

/* "17 records: 3 care_visit, 9 activity", or nothing. */
static void describe_records(const struct batch *b, struct buf *out)
{
	size_t i, n = 0, ntype = 0, start = out->n;

	for (i = 0; i < b->nsection; i++)
		if (b->section[i].type != NULL) {
			n += b->section[i].nrow;
			ntype++;
		}
	if (n == 0)
		return;
	count(out, n, "record", "records");
	/* Sections of types come first. */
	for (i = 0; i < ntype; i++) {
		buf_adds(out, i == 0 ? ": " : ", ");
		if (out->n - start > SUMMARY_TYPES) {
			count(out, ntype - i, "more type", "more types");
			return;
		}
		buf_printf(out, "%zu %s", b->section[i].nrow,
		    b->section[i].table->name);
	}
}

enum err_code batch_describe(const struct batch *b, struct buf *out,
    struct err *e)
{
	static const struct {
		const char *one, *many;
	} noun[] = { [TABLE_EDIT] = { "edit", "edits" },
		[TABLE_TRANSITION] = { "transition", "transitions" },
		[TABLE_NODE] = { "node", "nodes" },
		[TABLE_ENROL] = { "enrolment", "enrolments" },
		[TABLE_RECEIPT] = { "receipt", "receipts" },
		[TABLE_OPERATOR] = { "operator", "operators" },
		[TABLE_LINK] = { "link", "links" },
		[TABLE_ATTACHMENT] = { "attachment", "attachments" },
		[TABLE_SHARE] = { "key share", "key shares" },
		[TABLE_CHECKPOINT] = { "checkpoint", "checkpoints" },
		[TABLE_TIP] = { "tip", "tips" },
		[TABLE_STATE] = { "state root", "state roots" },
		[TABLE_LIMIT] = { "key limit", "key limits" },
		[TABLE_ROTATE] = { "new key", "new keys" },
		[TABLE_ERASE] = { "erasure", "erasures" },
		[TABLE_ACCESS] = { "access", "accesses" },
		[TABLE_CHUNK] = { "chunk", "chunks" } };
	const struct section *s;
	size_t i, start = out->n, others = 0;
	bool fixed_before = false;

	describe_records(b, out);
	for (i = 0; i < b->nsection; i++) {
		s = &b->section[i];
		if (s->type != NULL || s->nrow == 0)
			continue;
		if (out->n - start > NAMED_MAX) {
			others += s->nrow;
			continue;
		}
		if (out->n > start)
			buf_adds(out, fixed_before ? ", " : "; ");
		count(out, s->nrow, noun[s->fixed].one, noun[s->fixed].many);
		fixed_before = true;
	}
	if (others > 0)
		buf_printf(out, ", %zu others", others);
	if (out->n == start)
		buf_adds(out, "nothing");
	return buf_ok(out, e);
}

/* One stamp, as it is written: no sign, no leading zero. Moves *i on. */
static bool read_stamp(struct slice s, size_t *i, stamp_t *out)
{
	stamp_t v = 0;
	int digit;

	if (*i >= s.n || s.p[*i] == '0')
		return false;
	for (; *i < s.n && s.p[*i] >= '0' && s.p[*i] <= '9'; ++*i) {
		digit = s.p[*i] - '0';
		if (v > (INT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*out = v;
	return v > 0;
}

bool batch_replaces(const struct value *cell, stamp_t *out, size_t max,
    size_t *n)
{
	struct slice s = cell->s;
	size_t i = 1;
	stamp_t last = 0;

	*n = 0;
	if (cell->kind == VALUE_NULL)
		return true;
	if (cell->kind != VALUE_TEXT || s.n < 2 || s.p[0] != '[')
		return false;
	if (slice_eqs(s, "[]"))
		return true;
	for (;;) {
		if (*n == max || !read_stamp(s, &i, &out[*n]) ||
		    out[*n] <= last || i >= s.n)
			return false;
		last = out[(*n)++];
		if (s.p[i] == ']')
			return i + 1 == s.n;
		if (s.p[i++] != ',')
			return false;
	}
}

void batch_replaces_text(struct buf *out, const stamp_t *stamp, size_t n)
{
	size_t i;

	buf_addc(out, '[');
	for (i = 0; i < n; i++)
		buf_printf(out, "%s%" PRId64, i == 0 ? "" : ",", stamp[i]);
	buf_addc(out, ']');
}
