#include "leaf.h"

#include <stdlib.h>

#include "chain_impl.h"

void leaf_row_key(const struct batch *b, const char *table, stamp_t stamp,
    struct buf *scratch, unsigned char out[SHA256_LEN])
{
	unsigned char salt[32] = {0};	/* HMAC pads its key so, too */

	memcpy(salt, b->salt, sizeof b->salt);
	buf_clear(scratch);
	buf_add_str32(scratch, slice_str(table));
	buf_add_u64(scratch, (uint64_t)stamp);
	hmac_sha256(salt, slice_buf(scratch), out);
}

void leaf_salt(const unsigned char key[SHA256_LEN], const char *column,
    struct buf *scratch, unsigned char out[LEAF_SALT])
{
	unsigned char sum[SHA256_LEN];

	buf_clear(scratch);
	buf_add(scratch, key, SHA256_LEN);
	buf_add_str32(scratch, slice_str(column));
	sha256(slice_buf(scratch), sum);
	memcpy(out, sum, LEAF_SALT);
}

void leaf_commit(const unsigned char salt[LEAF_SALT], const char *column,
    const struct value *v, struct buf *scratch, merkle_hash out)
{
	buf_clear(scratch);
	buf_add(scratch, salt, LEAF_SALT);
	buf_add_str32(scratch, slice_str(column));
	value_add(scratch, v);
	sha256(slice_buf(scratch), out);
}

size_t leaf_values(const struct batch *b, const struct section *s,
    size_t row, struct leaf_value *out, struct buf *scratch)
{
	const struct value *cell = s->cell + row * s->table->ncol;
	unsigned char key[SHA256_LEN];
	size_t n = 0;

	leaf_row_key(b, s->table->name, cell[0].i, scratch, key);
	for (size_t col = 1; col < s->table->ncol; col++) {
		struct leaf_value *v = &out[n];

		if (cell[col].kind == VALUE_NULL)
			continue;
		v->column = &s->table->col[col];
		v->value = &cell[col];
		leaf_salt(key, v->column->key, scratch, v->salt);
		leaf_commit(v->salt, v->column->key, v->value, scratch,
		    v->commitment);
		n++;
	}
	return n;
}

void leaf_hash(const char *table, stamp_t stamp, const merkle_hash *commitment,
    size_t n, struct buf *scratch, merkle_hash out)
{
	buf_clear(scratch);
	buf_add_str32(scratch, slice_str(table));
	buf_add_u64(scratch, (uint64_t)stamp);
	buf_add(scratch, commitment, n * SHA256_LEN);
	merkle_leaf(slice_buf(scratch), out);
}

/* Room for the widest table's values, and their commitments in a row. */
struct work {
	struct leaf_value *value;
	merkle_hash *commitment;
	struct buf scratch;
};

static enum err_code work_init(struct work *w, const struct batch *b,
    struct err *e)
{
	size_t widest = 1;

	for (size_t i = 0; i < b->nsection; i++)
		if (b->section[i].table->ncol > widest)
			widest = b->section[i].table->ncol;
	*w = (struct work){ .value = calloc(widest, sizeof *w->value),
		.commitment = calloc(widest, sizeof *w->commitment) };
	return w->value && w->commitment ? OK : err_memory(e);
}

static void work_release(struct work *w)
{
	free(w->value);
	free(w->commitment);
	buf_release(&w->scratch);
}

static void row_leaf(struct work *w, const struct batch *b,
    const struct section *s, size_t row, merkle_hash out)
{
	size_t n = leaf_values(b, s, row, w->value, &w->scratch);

	for (size_t i = 0; i < n; i++)
		memcpy(w->commitment[i], w->value[i].commitment, SHA256_LEN);
	leaf_hash(s->table->name, s->cell[row * s->table->ncol].i,
	    w->commitment, n, &w->scratch, out);
}

enum err_code leaf_all(const struct batch *b, merkle_hash **out, size_t *n,
    struct err *e)
{
	size_t rows = batch_rows(b), at = 0;
	merkle_hash *leaf = calloc(rows + 1, sizeof *leaf);
	struct work w;
	enum err_code rc = work_init(&w, b, e);

	if (!rc && !leaf)
		rc = err_memory(e);
	for (size_t i = 0; !rc && i < b->nsection; i++)
		for (size_t row = 0; row < b->section[i].nrow; row++)
			row_leaf(&w, b, &b->section[i], row, leaf[at++]);
	if (!rc)
		rc = buf_ok(&w.scratch, e);
	work_release(&w);
	if (rc) {
		free(leaf);
		return rc;
	}
	*out = leaf;
	*n = rows;
	return OK;
}

enum err_code leaf_root(const struct batch *b, char out[SHA_HEX],
    struct err *e)
{
	struct merkle tree = {0};
	merkle_hash *leaf = NULL, root;
	size_t n;
	enum err_code rc = leaf_all(b, &leaf, &n, e);

	if (rc)
		return rc;
	for (size_t i = 0; i < n; i++)
		merkle_add(&tree, leaf[i]);
	merkle_root(&tree, root);
	hex_text(root, sizeof root, out);
	free(leaf);
	return OK;
}
