/* A Merkle tree with most of it left out, as words for a stack machine.
 */
#include "attest_impl.h"

/* ---- writing ---- */

struct writer {
	struct buf *out;
	bool any;		/* a word stands before */
	unsigned joins;		/* to be written */
};

static void space(struct writer *w)
{
	if (w->any)
		buf_addc(w->out, ' ');
	w->any = true;
}

static void flush(struct writer *w)
{
	if (!w->joins)
		return;
	space(w);
	buf_printf(w->out, "%u", w->joins);
	w->joins = 0;
}

static void push(struct writer *w, const unsigned char *hash)
{
	flush(w);
	space(w);
	if (hash)
		base64url_add(w->out, slice_of(hash, SHA256_LEN));
	else
		buf_addc(w->out, '=');
}

static void hide(struct writer *w, const merkle_hash *leaf, size_t n)
{
	struct merkle m = {0};
	merkle_hash root;

	for (size_t i = 0; i < n; i++)
		merkle_add(&m, leaf[i]);
	merkle_root(&m, root);
	push(w, root);
}

/* n > 0 leaves from number `at`; shown[0..nshown) are among them. As deep as
 * the tree, which is 64 at most. */
static void put(struct writer *w, const merkle_hash *leaf, size_t at, size_t n,
    const size_t *shown, size_t nshown)
{
	size_t left = 0, k;

	if (!nshown) {
		hide(w, leaf, n);
		return;
	}
	if (n == 1) {
		push(w, NULL);
		return;
	}
	k = (size_t)merkle_split(n);
	while (left < nshown && shown[left] < at + k)
		left++;
	put(w, leaf, at, k, shown, left);
	put(w, leaf + k, at + k, n - k, shown + left, nshown - left);
	w->joins++;
}

void attest_tree_add(struct buf *out, const merkle_hash *leaf, size_t n,
    const size_t *shown, size_t nshown)
{
	struct writer w = { .out = out };

	put(&w, leaf, 0, n, shown, nshown);
	flush(&w);
}

/* Left siblings stand before the leaf, the topmost first; a right one after
 * it, and a join for each. */
void attest_path_add(struct buf *out, const struct merkle_proof *m)
{
	struct writer w = { .out = out };
	bool left[MERKLE_PATH_MAX] = { false };
	uint64_t at = m->index, last = m->n - 1;

	for (size_t i = 0; i < m->len; i++, at >>= 1, last >>= 1) {
		if (!(at & 1) && at != last)
			continue;
		left[i] = true;
		for (; !(at & 1) && at; at >>= 1)
			last >>= 1;
	}
	for (size_t i = m->len; i-- > 0;)
		if (left[i])
			push(&w, m->path[i]);
	push(&w, NULL);
	for (size_t i = 0; i < m->len; i++) {
		if (!left[i])
			push(&w, m->path[i]);
		w.joins++;
	}
	flush(&w);
}

/* ---- reading ---- */

struct entry { merkle_hash hash; bool shown; };
struct machine {
	struct entry stack[2 * MERKLE_PATH_MAX];
	size_t n;
	const merkle_hash *leaf;
	size_t nleaf, next;
	bool joined;		/* the last word was a number */
};

static struct entry *pushed(struct machine *m)
{
	if (m->n == sizeof m->stack / sizeof *m->stack)
		return NULL;
	m->joined = false;
	return &m->stack[m->n++];
}

static bool join(struct machine *m, size_t times)
{
	if (m->joined)
		return false;
	m->joined = true;
	for (; times; times--, m->n--) {
		struct entry *a;

		if (m->n < 2)
			return false;
		a = &m->stack[m->n - 2];
		if (!a[0].shown && !a[1].shown)
			return false;
		merkle_join(a[0].hash, a[1].hash, a[0].hash);
		a[0].shown = true;
	}
	return true;
}

/* 1 to 64, one spelling each; 0: it is not that. */
static size_t joins_of(struct slice s)
{
	size_t v = 0;

	if (s.n < 1 || s.n > 2 || s.p[0] == '0')
		return 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return 0;
		v = v * 10 + (size_t)(s.p[i] - '0');
	}
	return v <= MERKLE_PATH_MAX ? v : 0;
}

static bool word(struct machine *m, struct slice s)
{
	struct entry *x;
	size_t n;

	if (slice_eqs(s, "=")) {
		if (m->next == m->nleaf || !(x = pushed(m)))
			return false;
		memcpy(x->hash, m->leaf[m->next++], SHA256_LEN);
		x->shown = true;
		return true;
	}
	if (s.n < 3)
		return (n = joins_of(s)) && join(m, n);
	x = pushed(m);
	if (!x || !base64url_decode_to(s, x->hash, SHA256_LEN, &n))
		return false;
	x->shown = false;
	return n == SHA256_LEN;
}

bool attest_tree_root(struct slice words, const merkle_hash *leaf, size_t n,
    merkle_hash root)
{
	struct machine m = { .leaf = leaf, .nleaf = n };
	bool more = true;

	while (more) {
		const unsigned char *end = words.n ?
		    memchr(words.p, ' ', words.n) : NULL;
		size_t len = end ? (size_t)(end - words.p) : words.n;

		if (!word(&m, slice_of(words.p, len)))
			return false;
		more = end != NULL;
		words = slice_of(words.p + len + more, words.n - len - more);
	}
	if (m.n != 1 || m.next != n || !m.stack[0].shown)
		return false;
	memcpy(root, m.stack[0].hash, SHA256_LEN);
	return true;
}
