/* The text of a proof into memory: its form and order, nothing of meaning.
 *
 * A reader is lenient where writing the same again would show a difference;
 * here nothing is written again, so every word has one spelling or is refused.
 */
#include <stdlib.h>

#include "attest_impl.h"
#include "base/list.h"
#include "base/text.h"
#include "chain_impl.h"

#define NUMBER_DIGITS 18

struct reader {
	struct slice in, now;	/* what is left; of the line at hand */
	size_t line;
	struct attest *p;
	struct err *e;
	bool failed;
};

static void bad(struct reader *r)
{
	if (!r->failed)
		attest_bad(r->e, ERR_FORMAT, r->line, "%s", _("this is not "
		    "what a proof has here"));
	r->failed = true;
}

static void no_memory(struct reader *r)
{
	if (!r->failed)
		err_memory(r->e);
	r->failed = true;
}

/* ---- lines and words ---- */

static void next_line(struct reader *r)
{
	const unsigned char *end = r->in.n ?
	    memchr(r->in.p, '\n', r->in.n) : NULL;

	r->line++;
	if (!end) {
		bad(r);
		r->now = slice_of("", 0);
		return;
	}
	r->now = slice_of(r->in.p, (size_t)(end - r->in.p));
	r->in.n -= r->now.n + 1;
	r->in.p = end + 1;
}

/* Does the line begin with this word? Then it is taken off. */
static bool is(struct reader *r, const char *word)
{
	size_t n = strlen(word);

	if (r->failed || r->now.n <= n || r->now.p[n] != ' ' ||
	    memcmp(r->now.p, word, n) != 0)
		return false;
	r->now = slice_of(r->now.p + n + 1, r->now.n - n - 1);
	return true;
}

static struct slice word(struct reader *r)
{
	const unsigned char *end = r->now.n ?
	    memchr(r->now.p, ' ', r->now.n) : NULL;
	size_t n = end ? (size_t)(end - r->now.p) : r->now.n;
	struct slice s = slice_of(r->now.p, n);

	if (!n || (end && n + 1 == r->now.n))
		bad(r);
	r->now = end ? slice_of(end + 1, r->now.n - n - 1) : slice_of("", 0);
	return s;
}

/* The line has no more words; on to the next. */
static void line_end(struct reader *r)
{
	if (r->now.n)
		bad(r);
	else
		next_line(r);
}

static void take_text(struct reader *r, char *out, size_t size)
{
	struct slice s = word(r);

	out[0] = '\0';
	if (s.n >= size || memchr(s.p, '\0', s.n)) {
		bad(r);
		return;
	}
	memcpy(out, s.p, s.n);
	out[s.n] = '\0';
}

static void take_hex(struct reader *r, char *out, size_t digits)
{
	take_text(r, out, digits + 1);
	if (strlen(out) != digits || strspn(out, "0123456789abcdef") != digits)
		bad(r);
}

static bool number(struct slice s, int64_t *out)
{
	*out = 0;
	if (!s.n || s.n > NUMBER_DIGITS || (s.n > 1 && s.p[0] == '0'))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		*out = *out * 10 + (s.p[i] - '0');
	}
	return true;
}

static int64_t take_number(struct reader *r)
{
	int64_t v;

	if (!number(word(r), &v))
		bad(r);
	return v;
}

static void take_bytes(struct reader *r, unsigned char *out, size_t n)
{
	size_t got;

	if (!base64url_decode_to(word(r), out, n, &got) || got != n)
		bad(r);
}

/* "-" is taken off. */
static bool dash(struct reader *r)
{
	bool yes = r->now.n && r->now.p[0] == '-' &&
	    (r->now.n == 1 || r->now.p[1] == ' ');

	if (yes)
		word(r);
	return yes;
}

/* n bytes as lower-case hex; "-" is absent. */
static void take_hash(struct reader *r, char *out, size_t n,
    const char *absent)
{
	unsigned char b[SHA256_LEN];

	if (absent && dash(r)) {
		memcpy(out, absent, strlen(absent) + 1);
		return;
	}
	take_bytes(r, b, n);
	if (!r->failed)
		hex_text(b, n, out);
}

static stamp_t take_stamp(struct reader *r)
{
	char text[STAMP_DIGITS + 1], again[STAMP_DIGITS + 1];
	uint64_t lo, hi;

	take_text(r, text, sizeof text);
	if (r->failed || !base32_prefix(text, &lo, &hi) || lo != hi || !lo ||
	    lo > INT64_MAX) {
		bad(r);
		return 0;
	}
	base32_stamp(again, lo);
	if (strcmp(text, again) != 0)
		bad(r);
	return (stamp_t)lo;
}

/* ---- values ---- */

/* Written again, it must be the same: so one text has one spelling. */
static void read_text(struct reader *r, struct slice s, struct slice *text)
{
	struct buf b = BUF_INIT, again = BUF_INIT;
	unsigned char c;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '\\')
			buf_addc(&b, s.p[i]);
		else if (i + 1 < s.n && s.p[i + 1] == '\\')
			buf_addc(&b, s.p[++i]);
		else if (i + 3 < s.n && hex_decode(slice_of(s.p + i + 2, 2),
		    &c, 1)) {
			buf_addc(&b, c);
			i += 3;
		}
	}
	attest_text_add(&again, slice_buf(&b));
	*text = arena_copy(&r->p->arena, slice_buf(&b));
	if (b.failed || again.failed || !text->p)
		no_memory(r);
	else if (!slice_eq(slice_buf(&again), s))
		bad(r);
	buf_release(&b);
	buf_release(&again);
}

static void read_int(struct reader *r, struct slice s, struct value *v)
{
	char text[24], again[24];

	if (!s.n || s.n >= sizeof text) {
		bad(r);
		return;
	}
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	*v = value_int(strtoll(text, NULL, 10));
	snprintf(again, sizeof again, "%lld", (long long)v->i);
	if (strcmp(text, again) != 0)
		bad(r);
}

static void read_real(struct reader *r, struct slice s, struct value *v)
{
	unsigned char b[8];
	uint64_t bits = 0;
	double d;

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 'A' && s.p[i] <= 'F')
			bad(r);
	if (s.n != 16 || !hex_decode(s, b, 8)) {
		bad(r);
		return;
	}
	for (size_t i = 0; i < 8; i++)
		bits = bits << 8 | b[i];
	memcpy(&d, &bits, sizeof d);
	*v = value_real(d);
}

static void read_bytes(struct reader *r, struct slice s, struct value *v)
{
	unsigned char *room = arena_alloc(&r->p->arena, s.n + 1, 1);
	size_t n = 0;

	if (!room)
		no_memory(r);
	else if (!base64url_decode_to(s, room, s.n + 1, &n))
		bad(r);
	*v = value_bytes(slice_of(room, n));
}

static void read_value(struct reader *r, struct value *v)
{
	struct slice s = r->now;
	unsigned char kind = s.n ? s.p[0] : 0;

	r->now = slice_of("", 0);
	if (s.n)
		s = slice_of(s.p + 1, s.n - 1);
	if (kind == 'i') {
		read_int(r, s, v);
	} else if (kind == 'r') {
		read_real(r, s, v);
	} else if (kind == 'b') {
		read_bytes(r, s, v);
	} else if (kind == 't') {
		v->kind = VALUE_TEXT;
		read_text(r, s, &v->s);
	} else {
		bad(r);
	}
}

/* ---- the lines ---- */

/* Room for one more at the end of a list; NULL: r has failed. */
static void *more(struct reader *r, void *list, size_t n, size_t *cap,
    size_t size)
{
	void *p = list_grow(list, n, cap, size);

	if (!p) {
		no_memory(r);
		return list;
	}
	memset((char *)p + n * size, 0, size);
	return p;
}

#define ADD(r, what, n) \
	((r)->p->what = more((r), (r)->p->what, (r)->p->n, \
	    &(r)->p->what##_cap, sizeof *(r)->p->what), \
	    (r)->failed ? NULL : &(r)->p->what[(r)->p->n++])

static struct slice tree_line(struct reader *r)
{
	struct slice s = r->now;

	r->now = slice_of("", 0);
	line_end(r);
	return s;
}

static void read_values(struct reader *r, struct attest_row *row, size_t at)
{
	bool keyed = row->keyed, hidden;

	while ((hidden = is(r, "hidden")) || is(r, "value")) {
		struct attest_value *v = ADD(r, value, nvalue);

		if (!v)
			return;
		r->p->row[at].nvalue++;
		if (hidden) {
			take_bytes(r, v->commitment, SHA256_LEN);
		} else {
			take_text(r, v->column, sizeof v->column);
			v->salted = !dash(r);
			if (v->salted)
				take_bytes(r, v->salt, LEAF_SALT);
			read_value(r, &v->value);
		}
		if ((hidden || v->salted) == keyed)
			bad(r);
		line_end(r);
	}
}

static void read_rows(struct reader *r, size_t commit)
{
	while (is(r, "row")) {
		struct attest_row *row = ADD(r, row, nrow);
		size_t at = r->p->nrow - 1;

		if (!row)
			return;
		r->p->commit[commit].nrow++;
		row->line = r->line;
		row->commit = commit;
		row->value = r->p->nvalue;
		take_text(r, row->table, sizeof row->table);
		row->stamp = take_stamp(r);
		row->keyed = !dash(r);
		if (row->keyed)
			take_bytes(r, row->key, SHA256_LEN);
		line_end(r);
		read_values(r, row, at);
		if (!r->p->row[at].nvalue)
			bad(r);
	}
}

static void read_header(struct reader *r, const struct attest_chain *chain,
    struct attest_commit *k)
{
	struct header *h = &k->h;
	struct slice subject = {0};

	memcpy(h->org, r->p->org, sizeof h->org);
	snprintf(h->org_short, sizeof h->org_short, "%.16s", h->org);
	memcpy(h->chain, chain->name, sizeof h->chain);
	memcpy(h->epoch, chain->epoch, sizeof h->epoch);
	h->seq = take_number(r);
	h->sealed = take_number(r);
	take_hash(r, h->tree, 20, NULL);
	take_hash(r, h->parent, 20, "");
	take_hash(r, h->prev, 32, "none");
	take_hash(r, h->payload, 32, NULL);
	h->raw_len = take_number(r);
	take_hash(r, h->root, 32, NULL);
	h->dict = take_number(r);
	take_hash(r, h->seen, 32, "none");
	take_hash(r, h->key, 32, "none");
	take_bytes(r, k->signer, KEY_PUBLIC);
	take_bytes(r, k->signature, SIGNATURE_LEN);
	read_text(r, r->now, &subject);
	r->now = slice_of("", 0);
	if (r->failed || subject.n >= sizeof h->subject) {
		bad(r);
		return;
	}
	memcpy(h->subject, subject.p, subject.n);
}

static void read_commits(struct reader *r, size_t chain)
{
	while (is(r, "commit")) {
		struct attest_commit *k = ADD(r, commit, ncommit);
		size_t at = r->p->ncommit - 1;

		if (!k)
			return;
		r->p->chain[chain].ncommit++;
		k->line = r->line;
		k->chain = chain;
		k->row = r->p->nrow;
		read_header(r, &r->p->chain[chain], k);
		if (r->p->chain[chain].ncommit > 1 && k->h.seq <= k[-1].h.seq)
			bad(r);
		line_end(r);
		read_rows(r, at);
		if (!r->p->commit[at].nrow || !is(r, "tree"))
			bad(r);
		else
			r->p->commit[at].tree = tree_line(r);
	}
}

/* "none", and no more words. */
static bool none(struct reader *r)
{
	if (!slice_eqs(r->now, "none"))
		return false;
	r->now = slice_of("", 0);
	line_end(r);
	return true;
}

static void read_tip(struct reader *r, struct attest_chain *c)
{
	if (!is(r, "tip")) {
		bad(r);
		return;
	}
	if (none(r))
		return;
	c->tip = true;
	memcpy(c->end.chain, c->name, sizeof c->end.chain);
	memcpy(c->end.epoch, c->epoch, sizeof c->end.epoch);
	c->end.seq = take_number(r);
	take_bytes(r, c->end.sha256, SHA256_LEN);
	if (!dash(r))
		take_text(r, c->end.stopped, sizeof c->end.stopped);
	line_end(r);
	if (is(r, "tree"))
		c->tree = tree_line(r);
	else
		bad(r);
}

static bool rises(const struct attest_chain *a, const struct attest_chain *b)
{
	bool first = strcmp(a->name, "hq/all") == 0;
	int c = strcmp(a->name, b->name);

	if (first != (strcmp(b->name, "hq/all") == 0))
		return first;
	return c < 0 || (c == 0 && strcmp(a->epoch, b->epoch) < 0);
}

static void read_chains(struct reader *r)
{
	while (is(r, "chain")) {
		struct attest_chain *c = ADD(r, chain, nchain);
		size_t at = r->p->nchain - 1;

		if (!c)
			return;
		c->line = r->line;
		c->commit = r->p->ncommit;
		take_text(r, c->name, sizeof c->name);
		take_hex(r, c->epoch, 32);
		if (r->failed || !chain_name_ok(slice_str(c->name)) ||
		    (at && !rises(c - 1, c)))
			bad(r);
		line_end(r);
		read_commits(r, at);
		if (!r->p->chain[at].ncommit)
			bad(r);
		read_tip(r, &r->p->chain[at]);
	}
}

static void read_head(struct reader *r)
{
	struct attest *p = r->p;

	if (is(r, "wellhead") && is(r, "proof") &&
	    !slice_eqs(r->now, "1") && !r->failed) {
		err_set(r->e, ERR_NEWER, _("it is no proof, or one of a newer "
		    "wellhead"));
		r->failed = true;
	}
	if (!slice_eqs(r->now, "1"))
		bad(r);
	r->now = slice_of("", 0);
	line_end(r);
	if (!is(r, "org"))
		bad(r);
	take_hex(r, p->org, 32);
	line_end(r);
	if (!is(r, "root"))
		bad(r);
	take_bytes(r, p->root, KEY_PUBLIC);
	line_end(r);
	if (!is(r, "record"))
		bad(r);
	take_text(r, p->type, sizeof p->type);
	p->id = take_stamp(r);
	line_end(r);
}

static void read_last(struct reader *r)
{
	struct attest *p = r->p;

	p->tips_line = r->line;
	if (!is(r, "tips"))
		bad(r);
	p->covered = !none(r);
	if (p->covered)
		p->tips = tree_line(r);
	p->state_line = r->line;
	if (!is(r, "state"))
		bad(r);
	p->whole = !none(r);
	if (p->whole)
		p->state = tree_line(r);
	if (!slice_eqs(r->now, "end") || r->in.n)
		bad(r);
}

enum err_code attest_read(struct slice text, struct attest *p, struct err *e)
{
	struct reader r = { .in = text, .p = p, .e = e };

	*p = (struct attest){0};
	if (text.n > ATTEST_MAX)
		return err_set(e, ERR_TOO_BIG, _("a proof has at most %d "
		    "bytes"), ATTEST_MAX);
	if (!utf8_valid(text))
		return err_set(e, ERR_FORMAT, _("it is not UTF-8 text"));
	next_line(&r);
	read_head(&r);
	read_chains(&r);
	read_last(&r);
	return r.failed ? e->code : OK;
}

void attest_release(struct attest *p)
{
	free(p->chain);
	free(p->commit);
	free(p->row);
	free(p->value);
	arena_release(&p->arena);
}
