#include "merkle.h"

#include <string.h>

void merkle_leaf(struct slice s, merkle_hash out)
{
	const struct slice part[] = { slice_of("", 1), s };

	sha256_of(part, 2, out);
}

void merkle_join(const merkle_hash left, const merkle_hash right,
    merkle_hash out)
{
	unsigned char both[1 + 2 * SHA256_LEN] = { 1 };

	memcpy(both + 1, left, SHA256_LEN);
	memcpy(both + 1 + SHA256_LEN, right, SHA256_LEN);
	sha256(slice_of(both, sizeof(both)), out);
}

static size_t parts_of(uint64_t n)
{
	size_t count = 0;

	for (; n; n &= n - 1)
		count++;
	return count;
}

/* Two full subtrees of one size become one, like the carry of n + 1. */
void merkle_add(struct merkle *m, const merkle_hash leaf)
{
	size_t count = parts_of(m->n);

	memcpy(m->part[count], leaf, SHA256_LEN);
	for (uint64_t bit = m->n; bit & 1; bit >>= 1, count--)
		merkle_join(m->part[count - 1], m->part[count],
		    m->part[count - 1]);
	m->n++;
}

void merkle_root(const struct merkle *m, merkle_hash out)
{
	size_t count = parts_of(m->n);

	if (count == 0) {
		sha256(slice_of("", 0), out);
		return;
	}
	memcpy(out, m->part[count - 1], SHA256_LEN);
	for (size_t i = count - 1; i-- > 0;)
		merkle_join(m->part[i], out, out);
}

void merkle_save(const struct merkle *m, struct buf *out)
{
	buf_add(out, m->part, parts_of(m->n) * SHA256_LEN);
}

bool merkle_load(struct merkle *m, uint64_t n, struct slice parts)
{
	if (parts.n != parts_of(n) * SHA256_LEN)
		return false;
	m->n = n;
	if (parts.n)
		memcpy(m->part, parts.p, parts.n);
	return true;
}

/* The largest power of two below n. */
uint64_t merkle_split(uint64_t n)
{
	uint64_t k = 1;

	while (k << 1 < n)
		k <<= 1;
	return k;
}

static void root_of(const merkle_hash *leaf, size_t n, merkle_hash out)
{
	struct merkle m = {0};

	for (size_t i = 0; i < n; i++)
		merkle_add(&m, leaf[i]);
	merkle_root(&m, out);
}

void merkle_path(const merkle_hash *leaf, size_t n, size_t index,
    merkle_hash path[MERKLE_PATH_MAX], size_t *len)
{
	merkle_hash down[MERKLE_PATH_MAX];	/* the topmost first */
	size_t depth = 0;

	while (n > 1) {
		size_t k = (size_t)merkle_split(n);

		if (index < k) {
			root_of(leaf + k, n - k, down[depth++]);
			n = k;
		} else {
			root_of(leaf, k, down[depth++]);
			leaf += k;
			index -= k;
			n -= k;
		}
	}
	*len = depth;
	for (size_t i = 0; i < depth; i++)
		memcpy(path[i], down[depth - 1 - i], SHA256_LEN);
}

/* RFC 9162 section 2.1.3.2. */
bool merkle_follow(const merkle_hash leaf, uint64_t index, uint64_t n,
    const merkle_hash *path, size_t len, merkle_hash root)
{
	uint64_t fn = index, sn = n - 1;
	merkle_hash r;

	if (index >= n)
		return false;
	memcpy(r, leaf, SHA256_LEN);
	for (size_t i = 0; i < len; i++) {
		if (sn == 0)
			return false;
		if (fn & 1 || fn == sn) {
			merkle_join(path[i], r, r);
			for (; !(fn & 1) && fn; fn >>= 1)
				sn >>= 1;
		} else {
			merkle_join(r, path[i], r);
		}
		fn >>= 1;
		sn >>= 1;
	}
	memcpy(root, r, SHA256_LEN);
	return sn == 0;
}
