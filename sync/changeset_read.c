#include "changeset.h"

#include "changeset_rule.h"
#include "codec.h"

/* A reader over the signed text. The first thing that does not fit sets bad
 * and everything after it gives nothing, so that callers check once. It may
 * be lenient: changeset_text() writes the result again, and only the same
 * bytes pass. */
struct reader {
	struct slice in;
	const char *bad;	/* the part that did not fit, or NULL */
};

static void fail(struct reader *r, const char *part)
{
	if (r->bad == NULL)
		r->bad = part;
	r->in.n = 0;
}

static bool peek(const struct reader *r, const char *word)
{
	size_t n = strlen(word);

	return r->in.n >= n && memcmp(r->in.p, word, n) == 0;
}

static void skip(struct reader *r, const char *word, const char *part)
{
	if (!peek(r, word)) {
		fail(r, part);
		return;
	}
	r->in.p += strlen(word);
	r->in.n -= strlen(word);
}

/* The text up to `end`, which is skipped, into out of size bytes. */
static void take(struct reader *r, char end, char *out, size_t size,
    const char *part)
{
	const unsigned char *stop = NULL;
	size_t n;

	out[0] = '\0';
	if (r->in.n > 0)
		stop = memchr(r->in.p, end, r->in.n);
	if (stop == NULL || (size_t)(stop - r->in.p) >= size) {
		fail(r, part);
		return;
	}
	n = (size_t)(stop - r->in.p);
	memcpy(out, r->in.p, n);
	out[n] = '\0';
	r->in.p += n + 1;
	r->in.n -= n + 1;
}

static int64_t take_number(struct reader *r, char end, const char *part)
{
	char digits[20];	/* 19 are more than any field may have */
	int64_t v = 0;
	size_t i;

	take(r, end, digits, 19, part);
	for (i = 0; digits[i] != '\0'; i++) {
		if (digits[i] < '0' || digits[i] > '9') {
			fail(r, part);
			return 0;
		}
		v = v * 10 + (digits[i] - '0');
	}
	return v;
}

static void read_top(struct reader *r, struct header *h)
{
	char line[120];

	skip(r, "tree ", "tree");
	take(r, '\n', h->tree, sizeof(h->tree), "tree");
	if (peek(r, "parent ")) {
		skip(r, "parent ", "parent");
		take(r, '\n', h->parent, sizeof(h->parent), "parent");
	}
	skip(r, "author ", "author");
	take(r, ' ', h->author, sizeof(h->author), "author");
	take(r, '@', line, sizeof(line), "author");
	take(r, '>', h->org_short, sizeof(h->org_short), "author");
	skip(r, " ", "author");
	h->sealed = take_number(r, ' ', "author");
	take(r, '\n', line, sizeof(line), "author");
	skip(r, "committer ", "committer");
	take(r, '\n', line, sizeof(line), "committer");
}

/* "node/TC/<epoch>": the epoch is after the last '/'. */
static void read_chain(struct reader *r, struct header *h)
{
	char line[CHAIN_NAME + 33], *slash;

	take(r, '\n', line, sizeof(line), "Chain");
	slash = strrchr(line, '/');
	if (slash == NULL || slash - line >= CHAIN_NAME ||
	    strlen(slash + 1) >= sizeof(h->epoch)) {
		fail(r, "Chain");
		return;
	}
	*slash = '\0';
	memcpy(h->chain, line, strlen(line) + 1);
	memcpy(h->epoch, slash + 1, strlen(slash + 1) + 1);
}

static void read_trailers(struct reader *r, struct header *h)
{
	skip(r, TRAILER_ORG, "Org");
	take(r, '\n', h->org, sizeof(h->org), "Org");
	skip(r, TRAILER_CHAIN, "Chain");
	read_chain(r, h);
	skip(r, TRAILER_SEQ, "Seq");
	h->seq = take_number(r, '\n', "Seq");
	skip(r, TRAILER_PREV, "Prev");
	take(r, '\n', h->prev, sizeof(h->prev), "Prev");
	skip(r, TRAILER_PAYLOAD, "Payload");
	take(r, ' ', h->payload, sizeof(h->payload), "Payload");
	h->raw_len = take_number(r, '\n', "Payload");
	skip(r, TRAILER_ROOT, "Root");
	take(r, '\n', h->root, sizeof(h->root), "Root");
	skip(r, TRAILER_DICT, "Dict");
	h->dict = take_number(r, '\n', "Dict");
	skip(r, TRAILER_SEEN, "Seen");
	take(r, '\n', h->seen, sizeof(h->seen), "Seen");
	skip(r, TRAILER_KEY, "Key");
	take(r, '\n', h->key, sizeof(h->key), "Key");
}

/* Split the commit into the signed text and the signature. One signature, in
 * its place; any other header line ends up in text and is refused there. */
static void split(struct slice content, struct buf *text, struct buf *armored)
{
	bool top = true, signature = false;

	while (top && content.n > 0) {
		const unsigned char *end = memchr(content.p, '\n', content.n);
		size_t n = end == NULL ? content.n
		    : (size_t)(end - content.p) + 1;
		struct reader line = { slice_of(content.p, n), NULL };

		if (armored->n == 0 && peek(&line, GPGSIG)) {
			skip(&line, GPGSIG, GPGSIG);
			buf_addb(armored, line.in);
			signature = true;
		} else if (signature && peek(&line, " ")) {
			buf_add(armored, content.p + 1, n - 1);
		} else {
			buf_add(text, content.p, n);
			signature = false;
			top = content.p[0] != '\n';
		}
		content.p += n;
		content.n -= n;
	}
	buf_addb(text, content);
}

/* The signature's place is after `committer`, that is: where the text's top
 * ends. Putting the commit together again shows it. */
static bool same_again(struct slice content, struct slice text,
    struct slice armored)
{
	const unsigned char *gap = NULL;
	size_t top, lines = 0, i;

	if (text.n > 1)
		gap = memmem(text.p, text.n, "\n\n", 2);
	if (gap == NULL || armored.n == 0 ||
	    armored.p[armored.n - 1] != '\n')
		return false;
	top = (size_t)(gap - text.p) + 1;
	for (i = 0; i < armored.n; i++)
		lines += armored.p[i] == '\n';
	return content.n == text.n + armored.n + strlen(GPGSIG) + lines - 1 &&
	    memcmp(content.p, text.p, top) == 0 &&
	    memcmp(content.p + top, GPGSIG, strlen(GPGSIG)) == 0;
}

static enum err_code bad_format(struct err *e, const char *part)
{
	return err_set(e, ERR_FORMAT,
	    _("this commit is not a changeset: its %s does not fit"), part);
}

enum err_code changeset_parse(struct slice content, struct header *h,
    struct buf *text, struct buf *armored, struct err *e)
{
	struct reader r = { { NULL, 0 }, NULL };
	struct buf again = BUF_INIT;
	int64_t format;
	enum err_code rc;

	memset(h, 0, sizeof(*h));
	buf_clear(text);
	buf_clear(armored);
	if (content.n == 0 || content.n > COMMIT_MAX)
		return bad_format(e, "size");
	split(content, text, armored);
	if (text->failed || armored->failed)
		return err_memory(e);
	r.in = slice_buf(text);
	read_top(&r, h);
	skip(&r, "\n", "header");
	take(&r, '\n', h->subject, sizeof(h->subject), "subject");
	skip(&r, "\n", "message");
	skip(&r, TRAILER_FORMAT, "Format");
	format = take_number(&r, '\n', "Format");
	if (r.bad == NULL && format > FORMAT_NOW)
		return err_set(e, ERR_NEWER, _("this changeset was written by "
		    "a newer wellhead (format %lld): install the newer one"),
		    (long long)format);
	read_trailers(&r, h);
	if (r.bad != NULL || r.in.n > 0)
		return bad_format(e, r.bad != NULL ? r.bad : "end");
	if (h->raw_len > RAW_MAX)
		return err_set(e, ERR_TOO_BIG, _("it says it holds %lld "
		    "bytes; at most %u are taken"), (long long)h->raw_len,
		    RAW_MAX);
	rc = changeset_text(h, &again, e);
	if (rc == OK && !slice_eq(slice_buf(&again), slice_buf(text)))
		rc = bad_format(e, "spelling");
	if (rc == OK && !same_again(content, slice_buf(text),
	    slice_buf(armored)))
		rc = bad_format(e, "signature");
	buf_release(&again);
	return rc;
}
